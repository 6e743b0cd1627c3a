internal import Definitions

/// Questions of a drafted mapping that nobody has answered yet: `"?"` as a value, or `{?}` in a text, in a
/// line whose comment begins with `?`. A question mark elsewhere is a text like any other.
enum DraftQuestions {
    static func report(in root: YAMLValue, of text: String, to faults: FaultList) {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        func visit(_ value: YAMLValue) {
            switch value.content {
            case .scalar(let text, isPlain: false) where text == "?" || text.contains("{?}"):
                guard value.line <= lines.count,
                    let question = comment(of: lines[value.line - 1])
                else { return }
                faults.report(
                    at: value, "a question of the draft is open: \(question)",
                    expected: "an answer in the place of \(text == "?" ? "\"?\"" : "{?}")")
            case .scalar: return
            case .list(let values): values.forEach(visit)
            case .mapping(let pairs): pairs.forEach { visit($0.value) }
            }
        }
        visit(root)
    }

    /// What a line's comment asks; nil where it asks nothing.
    private static func comment(of line: Substring) -> String? {
        guard let mark = line.ranges(of: "# ? ").last else { return nil }
        return String(line[mark.upperBound...]).trimmingCharacters
    }

    /// The lines of a mapping that still mark a guess.
    static func guesses(in text: String) -> [Int] {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        return lines.indices.filter { comment(of: lines[$0]) != nil }.map { $0 + 1 }
    }
}

extension String {
    /// Without blanks and a full stop at its end, as faults end themselves.
    fileprivate var trimmingCharacters: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace || last == "." { text.removeLast() }
        return String(text)
    }
}
