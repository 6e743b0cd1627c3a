import EventModel

/// Texts compared as people compare names: without regard to letter case, in no locale.
enum NameFolding {
    /// A text in the form in which names are compared: `STRASSE` and `Straße` have the same.
    ///
    /// To upper case and back, so that letters which have several small forms, or whose great form is
    /// two letters, meet.
    static func fold(_ text: String) -> String {
        NormalText.form(of: text.uppercased().lowercased())
    }

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

    private static func words(_ text: String) -> [Substring] {
        text.split { !$0.isLetter && !$0.isNumber }
    }
}
