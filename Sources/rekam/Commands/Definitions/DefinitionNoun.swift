import Definitions
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

    /// The version that somebody typed, or else the one in force, and what is in force with it in the
    /// place of its own name.
    ///
    /// - Throws: `Failure` where there is none, or it can't be read with what is in force.
    static func shown(
        _ typed: String, in register: DefinitionRegister, of log: LogStore
    ) throws -> ShownDefinition {
        let (name, version) = try find(typed, in: register)
        let chosen =
            version.map { register.definition(kind, name, $0) } ?? register.live(kind, name)
        guard let chosen else {
            throw Failure(
                .usage, "no version of \(name) is in force: rekam \(kind) history \(name)")
        }
        let text = "\(name)@\(chosen.version)"
        let library = DefinitionLibrary(
            types: log.types,
            documents: register.documents() + [
                SourceDocument(file: "\(kind) \(text)", text: chosen.body)
            ])
        do {
            guard let definition = try library.definition(ofKind: kind, name) else {
                throw Failure(.refused, "\(text) is no \(kind).")
            }
            return ShownDefinition(change: chosen, definition: definition, library: library)
        } catch let faults as DefinitionFaults {
            throw Failure(
                .refused,
                "\(text) can't be read with what is in force now: \(faults.faults[0].sentence) Its "
                    + "text: rekam \(kind) show \(text) --yaml")
        }
    }
}

/// A version of a definition, and what is in force with it in the place of its own name.
struct ShownDefinition {
    var change: DefinitionChange
    var definition: Definition
    var library: DefinitionLibrary

    /// `csat@1`.
    var text: String { "\(change.name)@\(change.version)" }
}
