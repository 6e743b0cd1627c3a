public import Definitions
public import EventLog
public import EventModel

/// The projections that a log's definitions put in force: what answers queries, and so what has to
/// keep up with the log.
///
///     let live = try LiveProjections(of: store)
///     try live.catchUp(options: BuildOptions(threads: 2))
public struct LiveProjections {
    /// One for each promoted projection, by name.
    public let sources: [ProjectionSource]
    /// The store's zone and event types.
    public let context: BuildContext
    /// The registry of built versions.
    public let store: ProjectionStore

    /// Reads the definitions in force from a log.
    ///
    /// - Parameter names: only these projections; nil for all.
    /// - Throws: `DefinitionFaults` where a registered body cannot be read by this version of Rekam;
    ///   `ProjectionFault.registry` where a name is none of theirs.
    /// - Complexity: O(length of the definitions read).
    public init(of log: LogStore, only names: [String]? = nil) throws {
        let register = try log.read { try $0.definitions() }
        let changes = register.live("projection")
        for name in names ?? [] where !changes.contains(where: { $0.name == name }) {
            let near = nearest(to: name, among: changes.map(\.name))
            throw ProjectionFault.registry(
                reason: "no projection is called \"\(name)\"."
                    + (near.map { " Did you mean \($0)?" } ?? ""))
        }
        let library = DefinitionLibrary(register: register, types: log.types)
        sources = try changes.compactMap { change in
            guard names?.contains(change.name) ?? true else { return nil }
            return try library.projection(change.name).map {
                ProjectionSource(definition: $0, digest: change.digest)
            }
        }
        context = BuildContext(types: log.types, zone: register.storeTimeZone ?? .utc)
        store = try ProjectionStore(log: log)
    }

    /// Brings all of them to the log's end, and makes each answer that the log has promoted.
    ///
    /// Where another process has taken the same build over, it is given 1, 2, 4 … seconds to end it;
    /// what is left to do then is mostly nothing.
    @discardableResult
    public func catchUp(options: BuildOptions = BuildOptions()) throws -> BuildReport {
        var wait: UInt32 = 1
        while true {
            do {
                let report = try store.catchUp(sources, context: context, options: options)
                try settle()
                return report
            } catch ProjectionFault.overtaken where wait <= Self.longestWaitSeconds {
                Pause.seconds(wait)
                wait *= 2
            }
        }
    }

    /// The last wait for another process, so that all of them take four minutes.
    private static let longestWaitSeconds: UInt32 = 128

    /// Builds all of them anew from the log; they answer as before until that is done.
    @discardableResult
    public func rebuild(options: BuildOptions = BuildOptions()) throws -> BuildReport {
        let report = try store.rebuild(sources, context: context, options: options)
        try settle()
        return report
    }

    /// Promotes built versions where the log says so, and deletes what builds left behind.
    private func settle() throws {
        let statuses = try store.log.read { try store.statuses(in: $0) }
        for source in sources {
            let definition = source.definition
            let isWaiting = statuses.contains {
                $0.name == definition.name && $0.version == definition.version
                    && $0.state == .ready
            }
            if isWaiting { try store.promote(name: definition.name, version: definition.version) }
        }
        try store.clean()
    }
}

extension DefinitionLibrary {
    /// The definitions that a log's register puts in force.
    public convenience init(register: DefinitionRegister, types: EventTypes) {
        let documents = Definition.kinds.flatMap { kind in
            register.live(kind).map {
                SourceDocument(file: "\(kind) \($0.name)@\($0.version)", text: $0.body)
            }
        }
        self.init(types: types, documents: documents)
    }
}

extension DefinitionLibrary {
    /// Names of the projections that a KPI reads, through the KPIs it uses, too; sorted.
    public func projections(behind kpi: KPIDefinition) throws -> [String] {
        var names = Set(kpi.projections)
        for used in kpi.kpis {
            if let used = try self.kpi(used) { names.formUnion(try projections(behind: used)) }
        }
        return names.sorted()
    }
}
