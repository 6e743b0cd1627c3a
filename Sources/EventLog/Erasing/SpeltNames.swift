internal import EventModel
@_spi(_Unicode) internal import Swift

/// Names and words that are looked for in texts whatever their spelling there: letters and digits are
/// compared, in lower case, and nothing else. `Ratna-Wijaya` stands in `export RATNA.WIJAYA 3`, and
/// `0812345` in `chat0812345.txt`.
///
/// Accents, widths and alphabets hide nobody: a letter counts as the one of ASCII that it is made of or
/// looks like; `ü` counts as `u` and as `ue`, as it does where a keyboard has none. A telephone number is found under any way of parting it, with its country's code or
/// without.
package struct SpeltNames: Sendable {
    private let names: [String]
    /// The words of those that have several, without initials.
    private let parts: [[String]]
    /// The telephone numbers among them, without what stands before them within the country.
    private let numbers: [String]

    /// Fewer letters and digits than these are found as whole words alone.
    private static let leastWithin = 4
    /// Fewer digits are no telephone number.
    private static let leastNumber = 8

    /// Names, of which those without a letter or digit are left out.
    package init(_ names: some Sequence<String>) {
        let parted = Set(names.flatMap { Self.spellings(of: $0) })
        let spelt = Set(parted.map { $0.joined() }).filter { !$0.isEmpty }
        self.names = spelt.sorted()
        parts = parted.map { $0.filter { $0.count > 1 } }.filter { $0.count > 1 }
        numbers = spelt.filter { $0.utf8.allSatisfy(Self.isDigit) }
            .map { Self.withoutPrefix($0) }.filter { $0.utf8.count >= Self.leastNumber }.sorted()
    }

    /// Whether there is nothing to look for.
    package var isEmpty: Bool { names.isEmpty }

    /// Whether one of them stands in a text.
    ///
    /// - Complexity: O(length · names).
    package func stand(in text: String) -> Bool {
        hasNumber(of: text)
            || Self.spellings(of: text).contains { words in
                let whole = words.joined()
                return names.contains { name in
                    name.count < Self.leastWithin
                        ? Self.stands(name, among: words) : whole.contains(name)
                }
            }
    }

    /// Whether one of them stands in a text, be it with its words in another order or with others
    /// between them: `Budi Pratama` in `pratama_budi-2026.csv`. For names of files, in which little else
    /// stands.
    ///
    /// - Complexity: O(length · names).
    package func standInAnyOrder(in text: String) -> Bool {
        stand(in: text)
            || Self.spellings(of: text).contains { words in
                let whole = words.joined()
                return parts.contains { parts in
                    parts.allSatisfy {
                        $0.count < Self.leastWithin ? words.contains($0) : whole.contains($0)
                    }
                }
            }
    }

    /// Whether one of them stands in a text with nothing on either side that would make it another word.
    ///
    /// - Complexity: O(length · names).
    package func standAsWords(in text: String) -> Bool {
        hasNumber(of: text)
            || Self.spellings(of: text).contains { words in
                names.contains { Self.stands($0, among: words) }
            }
    }

    /// Words one after another that make up a name.
    private static func stands(_ name: String, among words: [String]) -> Bool {
        words.indices.contains { start in
            var rest = name[...]
            for word in words[start...] {
                guard rest.hasPrefix(word) else { return false }
                rest = rest.dropFirst(word.count)
                if rest.isEmpty { return true }
            }
            return false
        }
    }

    // MARK: Numbers

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// A number without the zeros and the `62` that stand before it, in Indonesia or from abroad.
    private static func withoutPrefix(_ digits: String) -> String {
        var rest = digits.drop { $0 == "0" }
        if rest.hasPrefix("62") { rest = rest.dropFirst(2) }
        return String(rest.drop { $0 == "0" })
    }

    /// Whether one of the numbers stands in a text, parted however it likes: letters end a number.
    private func hasNumber(of text: String) -> Bool {
        guard !numbers.isEmpty else { return false }
        var run = ""
        for scalar in Self.folded(text) {
            if scalar.isASCII, Self.isDigit(UInt8(scalar.value)) {
                run.unicodeScalars.append(scalar)
            } else if scalar.properties.isAlphabetic {
                run += " "
            }
        }
        return numbers.contains { run.contains($0) }
    }

    // MARK: Folding

    /// The words of a text: as its letters are without their signs, and where it has such letters also as
    /// they are written where a keyboard has none: `muller` and `mueller`.
    private static func spellings(of text: String) -> Set<[String]> {
        [words(text), words(spelledOut(text))]
    }

    /// The text with letters that are written as two where a keyboard has none of them.
    static func spelledOut(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return text.caseFolded._nfc.map { twoLetters[$0] ?? String($0) }.joined()
    }

    private static let twoLetters: [Unicode.Scalar: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe",
    ]

    /// The letters and digits of a text, parted where something else stands. In scripts that put no blanks
    /// between words each letter is one.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var isOpen = false
        for scalar in folded(text) {
            guard scalar.properties.isAlphabetic || scalar.properties.numericType != nil else {
                isOpen = false
                continue
            }
            let isAlone = isUnspaced(scalar)
            if isOpen, !isAlone {
                words[words.count - 1].unicodeScalars.append(scalar)
            } else {
                words.append(String(scalar))
            }
            isOpen = !isAlone
        }
        return words
    }

    /// Whether a letter is of a script without blanks between words: Chinese, Japanese, Thai, Lao, Burmese,
    /// Khmer, Balinese, Sundanese, Javanese.
    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isIdeographic { return true }
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x1B00...0x1BBF, 0x3040...0x30FF,
            0xA980...0xA9DF:
            return true
        default: return false
        }
    }

    /// The scalars of a text in lower case, without accents and what nobody sees; digits of any script
    /// as those of ASCII, and letters that look like one of ASCII as that one.
    static func folded(_ text: String) -> [Unicode.Scalar] {
        var found: [Unicode.Scalar] = []
        for scalar in wide(text).caseFolded._nfd {
            if [.nonspacingMark, .format].contains(scalar.properties.generalCategory) { continue }
            if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue
            {
                found.append(Unicode.Scalar(UInt8(0x30 + Int(value))))
            } else {
                found.append(alike[scalar] ?? scalar)
            }
        }
        return found
    }

    /// The text with letters and signs of full width in their usual one.
    private static func wide(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isWide = (0xFF01...0xFF5E).contains(scalar.value)
            scalars.append(
                isWide ? Unicode.Scalar(UInt8(scalar.value - 0xFEE0)) : scalar)
        }
        return String(scalars)
    }

    /// Letters of Latin, Cyrillic and Greek that are taken for one of ASCII.
    /// Source: Unicode Technical Standard #39, confusables, as far as small letters of names go.
    private static let alike: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs: [(String, String)] = [
            ("a", "аαɑ"), ("b", "вβь"), ("c", "сϲ"), ("d", "ԁđ"), ("e", "еεєə"), ("f", "ғƒ"),
            ("g", "ɡ"), ("h", "һнћ"), ("i", "іıιɩ"), ("j", "јϳ"), ("k", "кκ"), ("l", "ӏł"),
            ("m", "мμ"), ("n", "пηɴ"), ("o", "оοøσ"), ("p", "рρ"), ("q", "ԛ"), ("r", "г"),
            ("s", "ѕ"), ("t", "тτ"), ("u", "υц"), ("v", "νѵ"), ("w", "ԝωш"), ("x", "хχ"),
            ("y", "уγү"), ("z", "ζ"),
        ]
        var found: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (letter, others) in pairs {
            for other in others.unicodeScalars { found[other] = letter.unicodeScalars.first }
        }
        return found
    }()
}
