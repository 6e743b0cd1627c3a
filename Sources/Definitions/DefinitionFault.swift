import EventModel

/// What is wrong in a definition file: where, what, what was expected, and the nearest valid word.
public struct DefinitionFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String
    /// 1-based line of the file.
    public var line: Int
    /// 1-based column of the line, in Unicode scalars.
    public var column: Int
    /// What is wrong, in one clause: `message.posted has no field "actr"`.
    public var what: String
    /// What would be right, in one clause; empty where `what` says it all.
    public var expected: String
    /// The valid word that comes nearest to the one found.
    public var nearest: String?

    /// A fault from its parts.
    public init(
        file: String, line: Int, column: Int, what: String, expected: String = "",
        nearest: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.what = what
        self.expected = expected
        self.nearest = nearest
    }

    /// `first.yaml:9:12: message.posted has no field "actr". Did you mean actor?`
    public var description: String { "\(file):\(line):\(column): \(sentence)" }

    /// The description without its place.
    public var sentence: String {
        let wish = expected.isEmpty ? "" : "; expected \(expected)"
        return "\(what)\(wish)." + (nearest.map { " Did you mean \($0)?" } ?? "")
    }
}

/// Everything found wrong in a definition file, in the order of the file; never empty.
public struct DefinitionFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// At most `mostFaults`; what comes after them is not reported.
    public var faults: [DefinitionFault]

    /// Faults, at least one.
    public init(_ faults: [DefinitionFault]) {
        precondition(!faults.isEmpty, "faults without a fault")
        self.faults = faults
    }

    /// One line each.
    public var description: String { faults.map(\.description).joined(separator: "\n") }

    /// Reading stops to collect after so many faults.
    public static let mostFaults = 20
}

/// Collects the faults of one document while it is read, so that a user sees more than the first.
package final class FaultList {
    /// What has been found so far.
    package private(set) var faults: [DefinitionFault] = []
    /// The file that it is about.
    package let file: String

    /// An empty list for a file.
    package init(file: String) { self.file = file }

    /// Adds a fault at a place; with `candidates`, the nearest of them to `word` is suggested, and
    /// where nothing was said to be expected, they are listed.
    package func report(
        line: Int, column: Int, _ what: String, expected: String = "", word: String? = nil,
        among candidates: [String] = []
    ) {
        guard faults.count < DefinitionFaults.mostFaults else { return }
        let suggestion = word.flatMap { nearest(to: $0, among: candidates) }
        var wish = expected
        if wish.isEmpty, suggestion == nil { wish = listed(candidates) }
        faults.append(
            DefinitionFault(
                file: file, line: line, column: column, what: what, expected: wish,
                nearest: suggestion))
    }

    /// Adds a fault at a value.
    package func report(
        at value: YAMLValue, _ what: String, expected: String = "", word: String? = nil,
        among candidates: [String] = []
    ) {
        report(
            line: value.line, column: value.column, what, expected: expected, word: word,
            among: candidates)
    }
}

/// `a`, `a or b`, `one of a, b, c`; a long list is cut.
package func listed(_ words: [String]) -> String {
    switch words.count {
    case 0: ""
    case 1: words[0]
    case 2: "\(words[0]) or \(words[1])"
    case ...16: "one of " + words.joined(separator: ", ")
    default: "one of " + words.prefix(14).joined(separator: ", ") + " … (\(words.count) in all)"
    }
}
