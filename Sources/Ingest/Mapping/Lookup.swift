/// A table of texts: what a source calls something, and what it is called here.
struct Lookup: Sendable {
    /// What becomes of a text that is not in the table.
    enum Otherwise: Sendable, Hashable {
        case keep
        case skip
        case refuse
        case use(Template)
    }

    /// The name the mapping gives it; empty for one that stands where it is used.
    var name: String
    /// By text; an entry without value says that the text stands for nothing.
    var entries: [String: String?] = [:]
    var otherwise = Otherwise.refuse
    var ignoresCase = false

    /// What was found.
    enum Result {
        case text(String)
        case made(Template)
        case missing
        case refused
    }

    func key(_ text: String) -> String { ignoresCase ? text.lowercased() : text }

    func find(_ text: String) -> Result {
        if let found = entries[key(text)] { return found.map { .text($0) } ?? .missing }
        switch otherwise {
        case .keep: return .text(text)
        case .skip: return .missing
        case .refuse: return .refused
        case .use(let other): return .made(other)
        }
    }
}
