internal import EventModel

/// A step by which a part of a text is taken. One that doesn't find its mark leaves nothing, but for those that
/// remove, lower or cut what is there.
enum TextStep: Sendable, Hashable {
    /// What stands behind the first such text.
    case after(String)
    /// What stands before the first such text.
    case before(String)
    /// One of the pieces between such texts: from 1 on, or from the end with -1.
    case part(Int, of: String)
    /// Off the beginning, or off the end.
    case remove(String)
    case removeEnd(String)
    case lower, upper
    /// The first so many characters.
    case most(Int)

    /// - Complexity: O(length).
    func taken(of text: String) -> String? {
        switch self {
        case .after(let mark):
            return text.firstRange(of: mark).map { String(text[$0.upperBound...]) }
        case .before(let mark):
            return text.firstRange(of: mark).map { String(text[..<$0.lowerBound]) }
        case .part(let number, let mark):
            let pieces = TextStep.pieces(of: text, between: mark)
            let place = number > 0 ? number - 1 : pieces.count + number
            return pieces.indices.contains(place) ? pieces[place] : nil
        case .remove(let mark):
            return text.hasPrefix(mark) ? String(text.dropFirst(mark.count)) : text
        case .removeEnd(let mark):
            return text.hasSuffix(mark) ? String(text.dropLast(mark.count)) : text
        case .lower: return text.lowercased()
        case .upper: return text.uppercased()
        case .most(let count): return String(text.prefix(count))
        }
    }

    /// The pieces of a text between marks.
    static func pieces(of text: String, between mark: String) -> [String] {
        text.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
    }
}
