import Definitions
public import EventLog
import EventModel

/// Every version of every projection that a log has registered and not dropped, built or not.
///
///     let versions = try ProjectionVersions(of: store)
///     let source = try versions.source(versions.find("resolution@2"))
public struct ProjectionVersions {
    /// One of them.
    public struct Version: Hashable, Sendable {
        /// The projection's name.
        public var name: String
        /// Its version, from 1.
        public var version: Int
        /// `resolution@2`.
        public var text: String { "\(name)@\(version)" }

        /// A version from its parts.
        package init(name: String, version: Int) {
            self.name = name
            self.version = version
        }
    }

    /// By name, then version.
    public let all: [Version]
    /// What the log says of definitions.
    public let register: DefinitionRegister
    private let types: EventTypes

    /// Reads them from a log.
    ///
    /// - Parameter known: what the log's first entries left in force, for an earlier state; nil for
    ///   what is in force now.
    /// - Complexity: O(definitions); none is read before it is asked for.
    public init(of log: LogStore, register known: DefinitionRegister? = nil) throws {
        register = try known ?? log.read { try $0.definitions() }
        types = log.types(in: register)
        var found: Set<Version> = []
        for change in register.changes where change.kind == "projection" {
            let version = Version(name: change.name, version: change.version)
            switch change.action {
            case .registered: found.insert(version)
            case .dropped: found.remove(version)
            case .promoted: break
            }
        }
        all = found.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }

    /// Finds what somebody typed: `resolution@2`, or `resolution` for the newest one.
    ///
    /// - Throws: `ProjectionFault.registry`, with the nearest name.
    public func find(_ text: String) throws -> Version {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let name = String(parts[0])
        let versions = all.filter { $0.name == name }
        guard !versions.isEmpty else {
            let near = nearest(to: name, among: Set(all.map(\.name)).sorted())
            throw ProjectionFault.registry(
                reason: "no projection is called \"\(name)\"."
                    + (near.map { " Did you mean \($0)?" }
                        ?? " Register it: rekam projection add FILE"))
        }
        guard parts.count > 1 else { return versions[versions.count - 1] }
        guard parts.count == 2, let number = Int(parts[1]),
            let found = versions.first(where: { $0.version == number })
        else {
            let known = versions.map(\.text).joined(separator: ", ")
            throw ProjectionFault.registry(
                reason: "there is no \(text); registered: \(known)")
        }
        return found
    }

    /// The version that the log says answers; nil where none does.
    public func live(_ name: String) -> Version? {
        register.promoted("projection", name).map { Version(name: name, version: $0) }
    }

    /// What to build a version from.
    ///
    /// - Throws: `DefinitionFaults` where its registered text can't be read by this Rekam.
    public func source(_ version: Version) throws -> ProjectionSource {
        try source(version, evaluation: EvaluationVersion.current)
    }

    /// What a version was built from under the rules of some Rekam.
    func source(_ version: Version, evaluation: Int) throws -> ProjectionSource {
        guard let change = register.definition("projection", version.name, version.version) else {
            throw ProjectionFault.registry(reason: "there is no \(version.text)")
        }
        let document = SourceDocument(file: "projection \(version.text)", text: change.body)
        var reader = DefinitionReader(types: types)
        reader.knownCalendarNames = { register.live("calendar").map(\.name) }
        let read = try reader.read([document])
        guard case .projection(let definition)? = read.first?.definition else {
            throw ProjectionFault.registry(reason: "\(version.text) is no projection")
        }
        return try LiveProjections.source(
            definition, meaning: change.meaning, types: types, evaluation: evaluation,
            calendars: try CalendarSet(register: register, types: types))
    }
}
