import EventLog
import EventModel
import Projections
import Rendering

/// A kind of definition as commands are named by it.
protocol DefinitionNoun {
    /// As the log calls it, and the command.
    static var kind: String { get }
    /// One that is shipped, for examples.
    static var example: String { get }
}

enum ProjectionNoun: DefinitionNoun {
    static let kind = "projection"
    static let example = "resolution"
}

enum KPINoun: DefinitionNoun {
    static let kind = "kpi"
    static let example = "csat"
}

enum ScorecardNoun: DefinitionNoun {
    static let kind = "scorecard"
    static let example = "cs_agent"
}

enum CalendarNoun: DefinitionNoun {
    static let kind = "calendar"
    static let example = "indonesia"
}

extension DefinitionNoun {
    /// The name and version that somebody typed: `csat@2`, or `csat` without one.
    ///
    /// - Throws: `Failure` where the log never had a definition of this name, or version.
    static func find(
        _ typed: String, in register: DefinitionRegister
    ) throws -> (name: String, version: Int?) {
        let parts = typed.split(separator: "@", omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        let known = register.changes.filter { $0.kind == kind && $0.action == .registered }
        let versions = Set(known.filter { $0.name == name }.map(\.version)).sorted()
        guard !versions.isEmpty else {
            let near = nearest(to: name, among: Set(known.map(\.name)).sorted())
            throw Failure(
                .usage,
                "no \(kind == "kpi" ? "KPI" : kind) is called \"\(name.printable)\"."
                    + (near.map { " Did you mean \($0)?" } ?? "")
                    + " `rekam \(kind) list` shows all.")
        }
        guard parts.count > 1 else { return (name, nil) }
        guard parts.count == 2, let version = Int(parts[1]), versions.contains(version) else {
            let all = versions.map { "\(name)@\($0)" }.joined(separator: ", ")
            throw Failure(.usage, "there is no \(typed.printable); registered: \(all)")
        }
        return (name, version)
    }
}
