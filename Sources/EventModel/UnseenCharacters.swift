/// Characters of which people see nothing, or a blank like any other: two names may differ by them
/// alone.
///
/// They stay where they have a say in what is seen: variation selectors behind what has variants,
/// joiners between what joins, tags in a flag.
/// Source: Unicode 17, `Default_Ignorable_Code_Point` and general category Zs; RFC 5892, appendices A.1
/// and A.2, for joiners; UTS #51 for emoji.
enum UnseenCharacters {
    /// Whether a scalar of a text is not seen where it stands.
    ///
    /// - Complexity: O(1), but for tags: O(tags before it).
    static func isUnseen(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
        let scalar = scalars[place]
        // A blank pattern of Braille, and marks around annotated text, are no more to be seen.
        if scalar.value == 0x2800 || (0xFFF9...0xFFFB).contains(scalar.value) { return true }
        if scalar.properties.generalCategory == .spaceSeparator { return scalar != " " }
        guard scalar.properties.isDefaultIgnorableCodePoint else { return false }
        guard place > 0 else { return true }
        let before = scalars[place - 1]
        let after = place + 1 < scalars.count ? scalars[place + 1] : nil
        switch scalar.value {
        case 0xFE0E, 0xFE0F:
            return !isEmoji(before) && !isKeycap(before, after)
        case 0xFE00...0xFE0D, 0xE0100...0xE01EF: return !before.properties.isIdeographic
        case 0x180B...0x180D, 0x180F: return !(0x1820...0x18AA).contains(before.value)
        case 0x200D: return !joinsEmoji(before, after) && !isBetweenLetters(before, after)
        case 0x200C: return !isBetweenLetters(before, after)
        case 0xE0020...0xE007F: return !isInFlag(scalars, place)
        default: return true
        }
    }

    private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isEmoji && !scalar.isASCII
    }

    /// `5` and its selector before the keycap that goes around both.
    private static func isKeycap(_ before: Unicode.Scalar, _ after: Unicode.Scalar?) -> Bool {
        before.properties.isEmoji && after?.value == 0x20E3
    }

    private static func joinsEmoji(_ before: Unicode.Scalar, _ after: Unicode.Scalar?) -> Bool {
        guard let after else { return false }
        return (isEmoji(before) || before.value == 0xFE0F) && isEmoji(after)
    }

    /// A joiner or non-joiner that changes how letters are written: behind a virama, or between
    /// Arabic letters of which the first would join the second.
    private static func isBetweenLetters(
        _ before: Unicode.Scalar, _ after: Unicode.Scalar?
    ) -> Bool {
        if before.properties.canonicalCombiningClass == .virama { return true }
        guard let after else { return false }
        return isArabicLetter(after) && isArabicLetter(before) && !joinsOnlyBefore(before)
    }

    private static func isArabicLetter(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.properties.generalCategory == .otherLetter else { return false }
        return (0x0620...0x06FF).contains(scalar.value) || (0x0750...0x077F).contains(scalar.value)
    }

    /// Letters that never join the one that follows: alef, dal, reh, waw and their like, and hamza.
    ///
    /// Source: `ArabicShaping.txt`, joining types R and U.
    private static func joinsOnlyBefore(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0621...0x0625, 0x0627, 0x0629, 0x062F...0x0632, 0x0648, 0x0671...0x0677,
            0x0688...0x0699, 0x06C0, 0x06C3...0x06CB, 0x06CD, 0x06CF, 0x06D2, 0x06D3, 0x06D5,
            0x06EE,
            0x06EF, 0x0759...0x075B, 0x076B, 0x076C, 0x0771, 0x0773, 0x0774, 0x0778, 0x0779:
            return true
        default: return false
        }
    }

    /// Tags behind a black flag spell a region: Scotland's flag is one.
    private static func isInFlag(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
        var first = place
        while first > 0, (0xE0020...0xE007F).contains(scalars[first].value) { first -= 1 }
        return scalars[first].value == 0x1F3F4
    }
}
