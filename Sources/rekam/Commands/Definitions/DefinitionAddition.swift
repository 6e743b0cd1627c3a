import Definitions
import EventLog
import EventModel
import Projections
import Querying
import Recording
import Rendering

/// What registering definitions comes to, worked out before anything is recorded: so `check` and `add`
/// give one verdict.
///
///     let addition = try DefinitionAddition(files, to: log)
///     try addition.record(why: reason, at: now)
///
/// KPIs, scorecards and calendars answer from their registration on. A projection is built beside the
/// others, and answers once it is promoted; KPIs and scorecards that need a version which does not
/// answer yet wait for that.
struct DefinitionAddition {
    let log: LogStore
    let files: DefinitionFiles
    /// What comes into the log now, in the order of the files.
    private(set) var fresh: [DefinitionFiles.Fresh] = []
    /// What waits for a promotion, and the first fault it has without.
    private(set) var waiting: [(fresh: DefinitionFiles.Fresh, reason: String)] = []
    /// The calendars among it, with the rules of their zones.
    private let calendars: CalendarRecording
    /// How many examples hold.
    private(set) var held = 0
    /// What should be known of it before anybody relies on it.
    private(set) var doubts: [AnswerDoubt] = []
    /// What events call a calendar of which a new version has that name no more.
    private(set) var lostNames: LostCalendarNames?
    private let register: DefinitionRegister

    /// Reads files and checks them, and all that builds on what they define.
    ///
    /// - Throws: `DefinitionFaults` or `Failure` with everything that is wrong.
    /// - Complexity: O(definitions in force), and the values of the dimensions that formulas restrict.
    init(_ paths: [String], to log: LogStore) throws {
        self.log = log
        let register = try log.read { try $0.definitions() }
        self.register = register
        files = try DefinitionFiles(
            paths, in: DefinitionLibrary(register: register, types: log.types), of: log)
        let all = try files.unregistered(in: register)
        calendars = try Self.calendars(all, in: log)
        let zones = calendars.zones.map { rules, version in
            DefinitionChange(
                registering: "time_zone", rules.name, version: version, body: rules.body,
                digest: Digest.hex(ofText: rules.body), meaning: "", sequence: .max)
        }
        let pending = PendingDefinitions(all, in: register, types: log.types)
        for one in all {
            if let reason = pending.reason(of: one) {
                waiting.append((one, reason))
            } else {
                fresh.append(one)
            }
        }
        let then = register.with(zones + fresh.map(\.change))
        let library = DefinitionLibrary(register: then, types: log.types)
        try checkStanding(library)
        try checkProjections(then)
        doubts = try fresh.isEmpty ? [] : foundDoubts(library)
        let going = fresh.map(\.definition).filter { $0.kind == CalendarNoun.kind }
            .compactMap { register.live($0.kind, $0.name) }
        lostNames = try LostCalendarNames(going, library, register, of: log)
    }

    private static func calendars(
        _ all: [DefinitionFiles.Fresh], in log: LogStore
    ) throws -> CalendarRecording {
        let found = all.compactMap { one in
            if case .calendar(let calendar) = one.definition {
                (one.document, calendar)
            } else {
                nil
            }
        }
        do {
            return try CalendarRecording(found, in: log, zoneRules: Machine.zone)
        } catch let fault as CalendarFault {
            throw fault.placed(among: found.map(\.0))
        }
    }

    /// Nothing that answers may break.
    private func checkStanding(_ library: DefinitionLibrary) throws {
        do {
            for name in library.kpiNames { _ = try library.kpi(name) }
            for name in library.scorecardNames { _ = try library.scorecard(name) }
        } catch {
            throw DefinitionFaults(
                error.faults.map { fault in
                    var fault = fault
                    fault.what = "what is registered already would no longer hold: " + fault.what
                    return fault
                })
        }
    }

    private mutating func checkProjections(_ then: DefinitionRegister) throws {
        let projections = files.projections.map(\.definition)
        guard !projections.isEmpty else { return }
        let context = try BuildContext(register: then, types: log.types(in: then))
        try ProjectionStore(log: log).check(projections, context: context)
        held = try ExampleCheck.run(projections, context)
    }

    private func foundDoubts(_ library: DefinitionLibrary) throws -> [AnswerDoubt] {
        let projections = try ProjectionStore(log: log)
        return try log.read { view in
            let context = try StoreState(view, of: log, projections: projections)
            var doubts: [AnswerDoubt] = []
            for one in fresh {
                switch one.definition {
                case .kpi(let kpi): doubts += try context.doubts(about: kpi)
                case .scorecard(let scorecard):
                    let others = try library.scorecardNames.filter { $0 != scorecard.name }
                        .compactMap { try library.scorecard($0) }
                    // Each of several that disagree says the same.
                    doubts += scorecard.doubts(beside: others).filter { !doubts.contains($0) }
                case .projection, .calendar: break
                }
            }
            return doubts
        }
    }

    /// Records it, in one transaction, and builds again what counts by a changed calendar.
    ///
    /// - Returns: the projections that were built again.
    func record(
        why: RecordedReason, options: BuildOptions, at now: Instant
    ) throws -> BuildReport? {
        let count = try log.read { $0.entryCount }
        let others = fresh.filter { $0.definition.kind != "calendar" }
        try log.appendOwn(
            calendars.drafts(reason: why.reason, by: why.by, at: now)
                + others.map {
                    $0.draft(in: log, after: count, reason: why.reason, by: why.by, at: now)
                },
            recorded: now)
        guard !calendars.additions.isEmpty else { return nil }
        return try CalendarCommand.buildAgain(log, options)
    }

    /// What was registered, line by line.
    func lines(_ language: Language, at now: Instant) -> [String] {
        let words = DefinitionWords(language)
        let today = (register.storeTimeZone ?? .utc).day(of: now)
        var lines = fresh.map { one in
            let kind = one.definition.kind
            if one.standing == .retold { return words.retold(kind, one.version) }
            if kind == "projection" { return words.registered(kind, one.version) }
            guard
                let addition = calendars.additions.first(where: {
                    kind == "calendar" && $0.definition.name == one.definition.name
                })
            else {
                return words.answering(
                    kind, one.version, before: register.live(kind, one.definition.name)?.version)
            }
            return words.calendar(
                one.version, zone: addition.definition.zone, before: addition.before,
                differsFrom: addition.changesFrom, today: today)
        }
        lines += waiting.map { words.waits($0.fresh.definition.kind, $0.fresh.version, $0.reason) }
        if lines.isEmpty { lines.append(words.allRegistered) }
        if held > 0 { lines.append(words.hold(held)) }
        if let lostNames { lines.append(words.lost(lostNames.names, events: lostNames.events)) }
        let told = AnswerDoubtWords(language)
        return lines + doubts.map { told.text($0) }
    }

    /// What comes next, once it is registered.
    func next() throws -> String? {
        if let projection = files.projections.first?.definition {
            return "rekam projection backfill \(projection.name)@\(projection.version)"
        }
        switch (fresh.first?.definition ?? files.contents.first?.definition) {
        case .kpi(let kpi)?: return "rekam query \(kpi.name) --period last-month"
        case .scorecard(let scorecard)?:
            return "rekam scorecard \(scorecard.name)"
                + (scorecard.isCompanyWide ? "" : " --by \(scorecard.scope)")
                + " --period last-month"
        case .calendar(let calendar)?:
            let standard = try log.read { try $0.definitions() }.standardCalendar
            return "rekam calendar \(standard == calendar.name ? "show" : "use") \(calendar.name)"
        case .projection?, nil: return nil
        }
    }
}

extension CalendarFault {
    /// The fault at the word of a text that it is about; of a zone's name with the nearest that there is.
    fileprivate func placed(among documents: [SourceDocument]) -> DefinitionFaults {
        let document = documents.first { $0.heading?.name == calendar } ?? documents[0]
        let faults = FaultList(file: document.file)
        let root = YAMLReader.read(document, faults: FaultList(file: document.file))
        let value = root?.pairs?.first { $0.name == key }?.value
        let place = value?.elements.first { $0.text == word } ?? value
        faults.report(
            line: place?.line ?? document.firstLine, column: place?.column ?? 1,
            description.hasSuffix(".") ? String(description.dropLast()) : description,
            word: key == "zone" ? word : nil, among: key == "zone" ? Machine.zoneNames() : [])
        return DefinitionFaults(faults.faults)
    }
}

/// Definitions of some files that can't be read until a projection of theirs answers.
private struct PendingDefinitions {
    /// By kind and name, the first fault it has while another version answers.
    private var reasons: [String: String] = [:]

    init(_ all: [DefinitionFiles.Fresh], in register: DefinitionRegister, types: EventTypes) {
        // A projection that has no version in force gives its KPIs nothing to clash with.
        let standing =
            register.documents()
            + all.filter { one in
                one.definition.kind == "calendar"
                    || one.definition.kind == "projection"
                        && register.promoted("projection", one.definition.name) == nil
            }.map(\.document)
        var candidates = all.filter { ["kpi", "scorecard"].contains($0.definition.kind) }
        var isSettled = false
        while !isSettled {
            isSettled = true
            let library = DefinitionLibrary(
                types: types, documents: standing + candidates.map(\.document))
            for candidate in candidates {
                do throws(DefinitionFaults) {
                    if candidate.definition.kind == "kpi" {
                        _ = try library.kpi(candidate.definition.name)
                    } else {
                        _ = try library.scorecard(candidate.definition.name)
                    }
                } catch {
                    reasons[Self.key(candidate)] = error.faults[0].sentence
                    isSettled = false
                }
            }
            candidates.removeAll { reasons[Self.key($0)] != nil }
        }
    }

    func reason(of one: DefinitionFiles.Fresh) -> String? { reasons[Self.key(one)] }

    private static func key(_ one: DefinitionFiles.Fresh) -> String {
        "\(one.definition.kind) \(one.definition.name)"
    }
}
