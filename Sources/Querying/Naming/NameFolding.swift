import EventModel

/// Texts compared as people compare names: without regard to letter case, in no locale.
enum NameFolding {
    /// A text in the form in which names are compared: `STRASSE` and `Straße` have the same, and so has
    /// whatever people can't tell apart.
    static func fold(_ text: String) -> String { text.nameLikeness }

    /// Whether each word of a folded text begins a word of a folded name, in order.
    static func isPrefix(_ text: String, of name: String) -> Bool {
        let wanted = words(text)
        guard !wanted.isEmpty else { return false }
        var rest = words(name)[...]
        for word in wanted {
            guard let place = rest.firstIndex(where: { $0.hasPrefix(word) }) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    /// What stands between blanks and the marks that part words of names and ids; signs are letters of
    /// a name like others: `C#` does not begin `C++`.
    private static func words(_ text: String) -> [Substring] {
        text.split { $0.isWhitespace || separators.contains($0) }
    }

    private static let separators: Set<Character> = [
        ".", ",", ";", ":", "-", "–", "_", "/", "(", ")", "'", "’", "\"", "@", "&",
    ]
}
