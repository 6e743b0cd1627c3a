public import Definitions
public import EventLog
public import EventModel

extension ProjectionStore {
    /// Makes a built version answer, and records that with whatever else belongs to it, in one
    /// transaction: a reader sees the old version with the old log, or the new one with the new.
    ///
    /// - Parameter drafts: `definition.promoted`, and definitions that come into force with it.
    /// - Throws: `ProjectionFault.registry` where it is not built, or behind the version that
    ///   answers; a `Rejection` where the log refuses a draft.
    public func promote(
        _ version: ProjectionVersions.Version, recording drafts: [EventDraft], at now: Instant
    ) throws {
        try log.appendOwn(drafts, recorded: now) { write, _ in
            try promote(name: version.name, version: version.version, in: write)
        }
    }

    /// Forgets a version and records that, in one transaction; its rows are then deleted in short
    /// ones. One that was never built has only its registration to lose.
    public func drop(
        _ version: ProjectionVersions.Version, recording drafts: [EventDraft], at now: Instant
    ) throws {
        try log.appendOwn(drafts, recorded: now) { write, _ in
            guard try status(version.name, version.version, in: write) != nil else { return }
            try drop(name: version.name, version: version.version, in: write)
        }
        try clean()
    }
}

extension DefinitionLibrary {
    /// What promoting a version would do to a KPI that reads its projection.
    public enum KPIFate: Hashable, Sendable {
        /// It can be read with that version, too.
        case stays
        /// It can't: the first fault.
        case breaks(String)
    }

    /// The KPIs of a register, as they would be read if a version of a projection answered.
    ///
    /// - Returns: each KPI in force that reads the projection, itself or through others.
    public static func fates(
        of version: ProjectionVersions.Version, in register: DefinitionRegister, types: EventTypes
    ) throws -> [(kpi: String, fate: KPIFate)] {
        let now = DefinitionLibrary(register: register, types: types)
        let then = DefinitionLibrary(register: register, types: types, promoting: version)
        var fates: [(kpi: String, fate: KPIFate)] = []
        for name in now.kpiNames {
            guard let kpi = try now.kpi(name),
                try now.projections(behind: kpi).contains(version.name)
            else { continue }
            do {
                _ = try then.kpi(name)
                fates.append((name, .stays))
            } catch {
                fates.append((name, .breaks(error.faults[0].sentence)))
            }
        }
        return fates
    }

    /// The definitions in force in a register, with one version of a projection in place of the
    /// one that answers.
    public convenience init(
        register: DefinitionRegister, types: EventTypes,
        promoting version: ProjectionVersions.Version
    ) {
        self.init(types: types, documents: register.documents(promoting: version))
    }
}
