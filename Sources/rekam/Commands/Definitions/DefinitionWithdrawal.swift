import Definitions
import EventLog
import EventModel
import Projections
import Recording
import Rendering

/// What taking versions out of force comes to, worked out before anything is recorded: so `undo` and
/// `drop` give one verdict.
///
///     let withdrawal = DefinitionWithdrawal([step], of: log, register)
///     try withdrawal.check(isSure: yes)
///     try withdrawal.record(why, at: now)
struct DefinitionWithdrawal {
    /// A version that goes.
    struct Step {
        var live: DefinitionChange
        /// The version that answers in its place, and the first of the entries that this takes back; nil
        /// where the version is dropped.
        var before: DefinitionChange?
        var undone: UInt32?

        /// `ours@2`, and the one that answers then.
        var version: String { "\(live.name)@\(live.version)" }
        var versionBefore: String? { before.map { "\($0.name)@\($0.version)" } }
        /// `kpi ours@2`: as its document is called where it can't be read.
        var file: String { "\(live.kind) \(version)" }
    }

    let steps: [Step]
    private let log: LogStore
    private let register: DefinitionRegister

    init(_ steps: [Step], of log: LogStore, _ register: DefinitionRegister) {
        self.steps = steps
        self.log = log
        self.register = register
    }

    /// Whether business time is measured anew with it.
    var hasCalendar: Bool { steps.contains { $0.live.kind == CalendarNoun.kind } }

    /// Everything else in force can be read without these versions, and no event loses its calendar
    /// unless that is meant.
    ///
    /// - Throws: `Failure` that names all that could not, and how it can be done.
    func check(isSure: Bool) throws {
        let going = Set(steps.map { "\($0.live.kind) \($0.live.name)" })
        let documents =
            register.documents().filter { document in
                !(document.heading.map { going.contains("\($0.kind) \($0.name)") } ?? false)
            }
            + steps.compactMap { step in
                step.before.map {
                    SourceDocument(file: "\($0.kind) \(step.versionBefore ?? "")", text: $0.body)
                }
            }
        let library = DefinitionLibrary(types: log.types, documents: documents)
        let needing = library.unreadable()
        guard needing.isEmpty else {
            throw Failure(
                .refused,
                "\(steps.map(\.file).joined(separator: ", ")) can't be taken away: "
                    + needing.joined(separator: ", ")
                    + (needing.count == 1 ? " needs it." : " need it.")
                    + (try offer(to: needing)))
        }
        if !isSure { try checkCalendars(library) }
    }

    /// What takes back with it what can't be read without it, where that was added together.
    private func offer(to needing: [String]) throws -> String {
        guard steps.count == 1,
            let all = try Self.together(with: steps[0].live, in: register, of: log),
            Set(needing).isSubset(of: all.map(\.file))
        else { return "" }
        return " They were added together, and go together: rekam \(steps[0].live.kind) undo "
            + "\(steps[0].live.name) --together"
    }

    /// Events that name a calendar which nothing is called any more would count by the store's own.
    private func checkCalendars(_ library: DefinitionLibrary) throws {
        let going = steps.map(\.live).filter { $0.kind == CalendarNoun.kind }
        guard let lost = try LostCalendarNames(going, library, register, of: log) else { return }
        throw Failure(
            .refused,
            "\(lost.events) \(lost.events == 1 ? "event names" : "events name") this calendar "
                + "(\(lost.names.map(\.printable).joined(separator: ", "))). Without it their business "
                + "time would count by \(lost.standard), the store's own, and figures from "
                + "\(lost.projections.joined(separator: ", ")) would move. --yes does it all the same."
        )
    }

    /// Records it, in one transaction, and builds again what counts by a changed calendar.
    ///
    /// - Returns: the projections that were built again.
    func record(
        why: RequiredReason, options: BuildOptions, at now: Instant
    ) throws -> BuildReport? {
        let count = try log.read { $0.entryCount }
        try log.appendOwn(
            steps.map { step in
                let (kind, name) = (step.live.kind, step.live.name)
                guard let before = step.before, let undone = step.undone else {
                    return log.dropping(
                        kind: kind, of: name, version: step.live.version, after: count,
                        reason: why.reason, by: why.by, at: now)
                }
                return log.promotion(
                    kind: kind, of: name, version: before.version, after: count,
                    reason: why.reason, by: why.by, undoing: undone, at: now)
            }, recorded: now)
        return hasCalendar ? try CalendarCommand.buildAgain(log, options) : nil
    }
}

/// Names by which events speak of a calendar, and that no calendar has once versions have changed: such
/// events count by the store's own.
struct LostCalendarNames {
    /// The names that go.
    let names: [String]
    /// How many events use one of them where that decides whose business time counts.
    let events: Int
    /// The projections that it decides figures of.
    let projections: [String]
    /// The calendar by which they would count.
    let standard: String

    /// - Parameters:
    ///   - going: versions of calendars that go.
    ///   - library: what is in force then.
    /// - Returns: nil where no event loses its calendar.
    init?(
        _ going: [DefinitionChange], _ library: DefinitionLibrary, _ register: DefinitionRegister,
        of log: LogStore
    ) throws {
        func names(_ calendar: CalendarDefinition?) -> [String] {
            calendar.map { [$0.name] + $0.aliases } ?? []
        }
        standard = register.standardCalendar ?? ""
        let before = try going.filter { $0.name != register.standardCalendar }.flatMap { change in
            let document = SourceDocument(file: "calendar \(change.name)", text: change.body)
            return names(
                try DefinitionLibrary(types: log.types, documents: [document])
                    .calendar(change.name))
        }
        let after = Set(
            try library.calendarNames.flatMap { names(try library.calendar($0)) })
        self.names = before.filter { !after.contains($0) }
        guard !self.names.isEmpty else { return nil }
        let answering = try library.projectionNames.filter {
            register.live("projection", $0) != nil
        }.compactMap { try library.projection($0) }
        let lost = self.names
        (events, projections) = try log.read {
            try $0.events(namingCalendars: lost, for: answering)
        }
        if events == 0 { return nil }
    }
}

extension DefinitionWithdrawal {
    /// Taking back the version in force of a definition: the one before it answers again.
    ///
    /// - Returns: nil where none is in force, or none was before.
    static func undoing(
        _ kind: String, _ name: String, in register: DefinitionRegister
    ) -> Step? {
        guard let live = register.live(kind, name),
            let (undone, before) = register.undoing(kind, name)
        else { return nil }
        return Step(
            live: live, before: register.definition(kind, name, before.version) ?? before,
            undone: undone)
    }

    /// What was registered with a version by one command and is still in force, itself included: each
    /// taken back to the version before it, or dropped where there was none. In the order of the log; nil
    /// where the version came alone, or into force otherwise.
    ///
    /// One command records its definitions one after the other, at one time, for one reason. Projections
    /// are not among them: they answer by their promotion.
    static func together(
        with live: DefinitionChange, in register: DefinitionRegister, of log: LogStore
    ) throws -> [Step]? {
        guard let own = register.standing(live.kind, live.name).last, own.action == .registered,
            own.version == live.version
        else { return nil }
        let registered = register.changes.filter { $0.action == .registered }
        guard let place = registered.firstIndex(where: { $0.sequence == own.sequence }),
            !isShipped(own, in: register)
        else { return nil }
        let command = try Recorded(own.sequence, of: log)
        func isWithIt(_ next: Int, beside last: Int) throws -> Bool {
            guard registered.indices.contains(next),
                max(registered[next].sequence, registered[last].sequence)
                    - min(registered[next].sequence, registered[last].sequence) == 1
            else { return false }
            return try Recorded(registered[next].sequence, of: log) == command
        }
        var (first, last) = (place, place)
        while try isWithIt(first - 1, beside: first) { first -= 1 }
        while try isWithIt(last + 1, beside: last) { last += 1 }
        let steps = registered[first...last].compactMap { change -> Step? in
            guard ["kpi", "scorecard", "calendar"].contains(change.kind),
                let live = register.live(change.kind, change.name),
                register.standing(change.kind, change.name).last?.sequence == change.sequence
            else { return nil }
            return undoing(change.kind, change.name, in: register) ?? Step(live: live)
        }
        return steps.count > 1 ? steps : nil
    }

    /// Whether a version came with the store: its making records nothing but definitions, without a gap.
    private static func isShipped(_ change: DefinitionChange, in register: DefinitionRegister)
        -> Bool
    {
        register.changes.enumerated().prefix { $0 == Int($1.sequence) }.contains {
            $0.element.sequence == change.sequence
        }
    }

    /// What the entries of one command have in common.
    private struct Recorded: Equatable {
        var time: Instant
        var reason: JSONValue?
        var person: JSONValue?

        init(_ sequence: UInt32, of log: LogStore) throws {
            (time, reason, person) = try log.read { view in
                let text = String(decoding: try view.revealedEntry(sequence), as: UTF8.self)
                let data = try JSONValue(parsing: text)["data"]
                return (try view.recorded(sequence), data?["reason"], data?["by"])
            }
        }
    }
}
