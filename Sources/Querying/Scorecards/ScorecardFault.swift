import Definitions
public import EventModel

/// Why a scorecard cannot be filled in; each reads well after `Error: `.
public enum ScorecardFault: Error, Hashable, Sendable, CustomStringConvertible {
    case unknown(String, nearest: String?, known: [String])
    /// It is about one agent, and nobody says which.
    case noSubject(String, scope: String)
    /// It is about the company.
    case noRanking(String)
    /// It is about another dimension than asked.
    case otherScope(String, scope: String, asked: String)
    /// None of its rows counts in the period.
    case notInForce(String, period: String, from: Day, to: Day?)
    case tooLarge(String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unknown(let name, let nearest, let known):
            return "no scorecard is called \"\(name.shown)\"."
                + (nearest.map { " Did you mean \($0)?" } ?? "")
                + (known.isEmpty
                    ? " Add one: rekam scorecard add FILE"
                    : " There are \(QueryFault.joined(known, "and")).")
        case .noSubject(let name, let scope):
            let option = ["agent", "team", "department"].contains(scope)
            return "\(name) is about one \(scope). Say which: "
                + (option ? "--\(scope) NAME" : "--where \(scope)=NAME")
                + ", or --by \(scope) for a ranking."
        case .noRanking(let name):
            return "\(name) is about the company: there is nothing to rank."
        case .otherScope(let name, let scope, let asked):
            return "\(name) is about one \(scope), so it can't be ranked by \(asked.shown). "
                + "Rank by \(scope): --by \(scope)"
        case .notInForce(let name, let period, let from, let to):
            return "no row of \(name) counts in \(period): they run from \(from) "
                + (to.map { "to \($0)." } ?? "on.")
        case .tooLarge(let name): return "the numbers of \(name) are too large to be scored."
        }
    }
}
