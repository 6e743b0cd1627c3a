/// A refused piece of the user's data: where, what, what was expected and what to do.
///
/// Rejections are counted and grouped by `problem`, so that it never names a line; `value` is shown
/// at the first line that has it.
public struct Rejection: Error, Hashable, Sendable {
    /// 1-based line or row of the input; 0 where there is none.
    public var line: Int
    /// The field, as a path in the event (`data.direction`) or a column's name; empty for the line.
    public var field: String
    /// The offending value as read, cut to 200 characters; empty where it is missing.
    public var value: String
    /// What is wrong and what was expected, in one clause: `message.posted without "direction"
    /// (expected in or out)`.
    public var problem: String

    /// A rejection from its parts; `value` is cut to 200 characters.
    public init(line: Int = 0, field: String, value: String = "", problem: String) {
        self.line = line
        self.field = field
        self.value = value.count > 200 ? String(value.prefix(199)) + "…" : value
        self.problem = problem
    }

    /// The problem with the value put in after the field's name, cut to 40 characters:
    /// `time "2025-02-30T…" is no date`; for a group of rejections, that of the first.
    public var summary: String {
        let name = field.split(separator: ".").last ?? ""
        guard !value.isEmpty, !name.isEmpty, problem.hasPrefix(name + " ") else { return problem }
        let cut = value.count > 40 ? value.prefix(39) + "…" : value[...]
        return "\(name) \"\(cut)\"" + problem.dropFirst(name.count)
    }
}
