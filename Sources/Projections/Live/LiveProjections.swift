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
    /// - Parameters:
    ///   - register: what the log's first entries left in force, for an earlier state; nil for what
    ///     is in force now.
    ///   - names: only these projections; nil for all.
    /// - Throws: `DefinitionFaults` where a registered body cannot be read by this version of Rekam;
    ///   `ProjectionFault.registry` where a name is none of theirs.
    /// - Complexity: O(length of the definitions read).
    public init(
        of log: LogStore, register known: DefinitionRegister? = nil, only names: [String]? = nil
    ) throws {
        let register = try known ?? log.read { try $0.definitions() }
        let changes = register.live("projection")
        for name in names ?? [] where !changes.contains(where: { $0.name == name }) {
            let near = nearest(to: name, among: changes.map(\.name))
            throw ProjectionFault.registry(
                reason: "no projection is called \"\(name)\"."
                    + (near.map { " Did you mean \($0)?" } ?? ""))
        }
        let types = log.types(in: register)
        let library = DefinitionLibrary(register: register, types: types)
        let context = try BuildContext(register: register, types: types)
        sources = try changes.compactMap { change in
            guard names?.contains(change.name) ?? true else { return nil }
            return try library.projection(change.name).map {
                Self.source($0, meaning: change.meaning, types: types, calendars: context.calendars)
            }
        }
        self.context = context
        store = try ProjectionStore(log: log)
    }

    /// What a version is built from: the same, whether it answers already or not.
    ///
    /// Its digest says how its rows are made: by which rules of evaluation, from what a definition
    /// says, with which calendars, from which versions of the event types that its cases have, and
    /// what older events are taken for. Rows made otherwise are built anew.
    ///
    /// - Parameters:
    ///   - evaluation: the rules of evaluation; those of an earlier Rekam tell its rows.
    ///   - calendars: asked for where business time counts.
    package static func source(
        _ definition: ProjectionDefinition, meaning: String, types: EventTypes,
        evaluation: Int = EvaluationVersion.current,
        calendars: @autoclosure () throws -> CalendarSet
    ) rethrows -> ProjectionSource {
        var schemas: [String] = []
        for (type, fields) in definition.reads {
            guard let schema = types[type] else { continue }
            schemas.append("\(type)@\(schema.version)")
            for field in fields {
                let present = schema.presentName(of: field)
                guard let value = schema.upcasting.defaults[present] else { continue }
                schemas.append("\(type).\(present)=\(value.text)")
            }
        }
        let kinds = definition.subjectKinds
        let read = Set(definition.reads.map(\.type))
        for schema in types.schemas
        where schema.version > 1 && !read.contains(schema.type)
            && (kinds.contains { schema.type.hasPrefix($0 + ".") } || schema.occurs(in: kinds))
        {
            schemas.append("\(schema.type)@\(schema.version)")
        }
        // Calendars are compiled for whom they count alone.
        let countsBusinessTime = definition.durations.contains { $0.clock == .business }
        let calendarDigests =
            countsBusinessTime ? try calendars().digests(of: definition) : []
        let parts =
            ["evaluation \(evaluation)", meaning]
            + calendarDigests + schemas.sorted()
        let text = Array(parts.joined(separator: "\n").utf8)
        return ProjectionSource(
            definition: definition, digest: TreeHash.leaf(text).hexadecimal)
    }

    /// Brings all of them to the log's end, and makes each answer that the log has promoted.
    ///
    /// Where another process has taken the same build over, it is given 1, 2, 4 … seconds to end it;
    /// what is left to do then is mostly nothing. A projection that meets a fault stays as it was,
    /// with the fault in its status, and the others go on without it.
    ///
    /// - Throws: the first fault, once all others are up to date.
    @discardableResult
    public func catchUp(options: BuildOptions = BuildOptions()) throws -> BuildReport {
        var wait: UInt32 = 1
        var sources = sources
        var first: ProjectionFault?
        while true {
            do {
                let report = try store.catchUp(sources, context: context, options: options)
                for source in sources {
                    let definition = source.definition
                    try store.note(nil, of: definition.name, version: definition.version)
                }
                try settle()
                try followReady(options)
                if let first { throw first }
                return report
            } catch ProjectionFault.overtaken where wait <= Self.longestWaitSeconds {
                Pause.seconds(wait)
                wait *= 2
            } catch let fault as ProjectionFault where fault != first {
                guard case .event(let name, let sequence, let reason) = fault,
                    let place = sources.firstIndex(where: { $0.definition.name == name })
                else { throw fault }
                try store.note(
                    BuildFault(sequence: sequence, reason: reason), of: name,
                    version: sources.remove(at: place).definition.version)
                first = first ?? fault
            }
        }
    }

    /// Keeps built versions that do not answer yet at the log's end, too, so that promoting one is
    /// a matter of a moment. A fault of theirs is kept in their status and is no one else's.
    private func followReady(_ options: BuildOptions) throws {
        let ready = try store.log.read { try store.statuses(in: $0) }.filter {
            $0.state == .ready && $0.build == nil
        }
        guard !ready.isEmpty else { return }
        let versions = try ProjectionVersions(of: store.log)
        for status in ready {
            let version = ProjectionVersions.Version(name: status.name, version: status.version)
            guard versions.all.contains(version), let source = try? versions.source(version),
                source.digest == status.digest
            else { continue }
            do {
                var report = BuildReport()
                _ = try store.round([source], context, options, &report)
                try store.note(nil, of: status.name, version: status.version)
            } catch ProjectionFault.event(_, let sequence, let reason) {
                try store.note(
                    BuildFault(sequence: sequence, reason: reason), of: status.name,
                    version: status.version)
            } catch ProjectionFault.overtaken {
                continue
            }
        }
    }

    /// The last wait for another process, so that all of them take four minutes.
    private static let longestWaitSeconds: UInt32 = 128

    /// Builds all of them anew from the log; they answer as before until that is done. What was
    /// recorded since an interrupted build began, which goes on from its own entries, comes in after.
    @discardableResult
    public func rebuild(options: BuildOptions = BuildOptions()) throws -> BuildReport {
        let report = try store.rebuild(sources, context: context, options: options)
        try catchUp(options: options)
        return report
    }

    /// Versions that answer and whose rows were made otherwise than the definitions in force say: from
    /// another text, calendar or version of an event type, or by other rules. Nothing is answered from
    /// them until they are made anew, as the next import does, and as a command that was killed would
    /// have done.
    ///
    /// - Complexity: O(projections).
    public func superseded(in view: borrowing LogView) throws -> [ProjectionStatus] {
        let statuses = try store.statuses(in: view)
        return sources.compactMap { source in
            let (name, version) = (source.definition.name, source.definition.version)
            return statuses.first {
                $0.name == name && $0.version == version && $0.isReadable
                    && $0.digest != source.digest
            }
        }
    }

    /// Promotes built versions where the log says so, and deletes what builds left behind.
    public func settle() throws {
        let statuses = try store.log.read { try store.statuses(in: $0) }
        for source in sources {
            let definition = source.definition
            let isWaiting = statuses.contains {
                $0.name == definition.name && $0.version == definition.version
                    && $0.state == .ready
            }
            guard isWaiting else { continue }
            do {
                try store.promote(name: definition.name, version: definition.version)
            } catch ProjectionFault.registry {
                // Another process has brought the live version further meanwhile: next time.
                continue
            }
        }
        try store.clean()
    }
}

extension DefinitionRegister {
    /// The texts in force; of a projection that has no version in force the newest one, so that its
    /// KPIs can be read though they have no figures.
    ///
    /// - Parameter version: a version of a projection to take in place of the one that answers.
    public func documents(
        promoting version: ProjectionVersions.Version? = nil
    ) -> [SourceDocument] {
        let live = Definition.kinds.flatMap { self.live($0) }.filter {
            version == nil || $0.kind != "projection" || $0.name != version?.name
        }
        let chosen = version.flatMap { definition("projection", $0.name, $0.version) }
        return (waiting + live + [chosen].compactMap { $0 }).map {
            SourceDocument(file: "\($0.kind) \($0.name)@\($0.version)", text: $0.body)
        }
    }
}

extension DefinitionLibrary {
    /// The definitions that a log's register puts in force.
    public convenience init(register: DefinitionRegister, types: EventTypes) {
        self.init(types: types, documents: register.documents())
    }
}

extension DefinitionLibrary {
    /// A KPI and those that it uses, directly or through others.
    ///
    /// - Complexity: O(KPIs that it uses), each of them once.
    public func kpis(behind kpi: KPIDefinition) throws -> [KPIDefinition] {
        var found = [kpi]
        var seen: Set<String> = [kpi.name]
        var next = 0
        while next < found.count {
            for name in found[next].kpis where seen.insert(name).inserted {
                if let used = try self.kpi(name) { found.append(used) }
            }
            next += 1
        }
        return found
    }

    /// Names of the projections that a KPI reads, through the KPIs it uses, too; sorted.
    public func projections(behind kpi: KPIDefinition) throws -> [String] {
        Set(try kpis(behind: kpi).flatMap(\.projections)).sorted()
    }
}
