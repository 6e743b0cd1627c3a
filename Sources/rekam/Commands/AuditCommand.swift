import ArgumentParser
import Auditing
import EventLog
import EventModel
import Rendering

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Find what an auditor looks at twice.",
        subcommands: [AuditExceptionsCommand.self, AuditReconcileCommand.self])
}

struct AuditExceptionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exceptions",
        abstract:
            "List voids, removals, refusals, promotions, reopenings, new targets, backdating, doubts.",
        discussion: """
            The period is that of recording. Events recorded more than three days after they happened \
            are backdated (--backdated-after says otherwise). clock_set and clock_behind are entries of \
            the log's own whose time REKAM_NOW gave, or whose clock ran far behind the log. Doubtful are events later than their \
            recording, scores off their scale, cases without an opening, events before it, ties that \
            decide a figure (events that recording alone put in order), numbers of different length \
            compared as text, names that look alike. planned_again is a sample planned once more of \
            one KPI and period. All of a kind and batch stand in one line unless \
            --each is given. What came with the store's first entry is left out. Respondents' entries \
            are counted, never listed.

            Examples:
              rekam audit exceptions --period 2025-Q3
              rekam audit exceptions --period 2025-07 --backdated-after 12h --each --format csv
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    @Option(help: ArgumentHelp("Recorded in which period.", valueName: "period"))
    var period: String

    @Option(
        help: ArgumentHelp(
            "How long after its event an entry is backdated, such as 3d or 12h.",
            valueName: "time"))
    var backdatedAfter = "3d"

    @Flag(help: "Each backdated event and each doubt by itself.")
    var each = false

    func run() throws {
        let log = try store.open(readOnly: true)
        let zone = try log.read { try $0.definitions().storeTimeZone } ?? .utc
        let period = try log.read { try PeriodArgument.read(self.period, in: $0) }
        var search = AuditExceptions(of: log)
        search.backdatedAfterMilliseconds = try Self.milliseconds(backdatedAfter)
        search.listsEach = each
        Interrupt.listen()
        search.shouldStop = { Interrupt.isAsked }
        let words = output.words
        var sheet = Sheet([
            .init("kind", words.heading(.what)),
            .init("sequence", words.heading(.entry), isNumber: true),
            .init("recorded", words.heading(.recorded)),
            .init("happened", words.heading(.happened)), .init("subject", words.heading(.about)),
            .init("detail", words.heading(.detail)),
            .init("count", words.heading(.count), isNumber: true),
            .init("reason", words.heading(.reason)), .init("by", words.heading(.by)),
        ])
        for found in try search.found(in: period, zone: zone) {
            if found.isAnonymous {
                sheet.add([
                    .texts(words.word(found.kind.rawValue), found.kind.rawValue), .number(nil),
                    .text(nil), .text(nil), .texts(words.respondents, "respondents"), .text(nil),
                    .number(Int64(found.count), output.lang), .text(nil), .text(nil),
                ])
                continue
            }
            let detail =
                found.lines > 0
                ? words.refused(found.count, of: found.lines)
                : found.kind == .tie
                    ? words.ties(found.detail)
                    : found.firstLine.map { words.told(line: $0, cases: found.detail) }
                        ?? found.firstPlan.map { words.plannedFirst(entry: $0) } ?? found.detail
            sheet.add([
                .texts(words.word(found.kind.rawValue), found.kind.rawValue),
                .number(Int64(found.sequence), output.lang),
                .time(found.recorded, zone), .time(found.happened, zone), .text(found.subject),
                .texts(detail, found.machineDetail), .number(Int64(found.count), output.lang),
                found.reason.isEmpty
                    ? .text(nil)
                    : .texts(
                        found.lines > 0 ? Self.reasons(found.reason) : found.reason, found.reason),
                .text(found.person.isEmpty ? nil : found.person),
            ])
        }
        let timeliness = try timeliness(of: period, zone, in: log)
        func number(_ count: Int?) -> String { count.map(String.init) ?? "null" }
        Output.write(
            sheet, output.format, output.style, rows: "exceptions",
            empty: words.nothingUnusual(period),
            members: [
                ("events", number(timeliness?.events)),
                ("within_1_day", number(timeliness?.withinDay)),
                ("within_7_days", number(timeliness?.withinWeek)),
            ])
        guard output.format == .table, let timeliness, timeliness.events > 0 else { return }
        Output.line("")
        Output.line(
            words.timeliness(
                events: timeliness.events, withinDay: timeliness.withinDay,
                withinWeek: timeliness.withinWeek, of: period))
        Output.flush()
    }

    /// How soon the events that happened in the period were recorded; nil as long as it is not over.
    private func timeliness(
        of period: Period, _ zone: TimeZoneRules, in log: LogStore
    ) throws -> Timeliness? {
        try log.read { view in
            let last = view.lastRecorded ?? .earliest
            guard zone.day(of: max(try Machine.now(), last)) >= period.days.upperBound else {
                return nil
            }
            return try view.timeliness(of: [period], zone: zone)[0]
        }
    }

    /// Why lines were refused and how often each, which the log keeps as a JSON object, in words.
    private static func reasons(_ text: String) -> String {
        guard case .object(let members)? = try? JSONValue(parsing: text) else { return text }
        return members.map { member in
            guard case .number(let count) = member.value else { return member.key }
            return "\(member.key) (\(count))"
        }.joined(separator: ", ")
    }

    private static func milliseconds(_ text: String) throws -> Int64 {
        let units: [Character: Int64] = [
            "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
        ]
        guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()),
            number >= 0, number < 1_000_000
        else {
            throw Failure(.usage, "--backdated-after \(text): it looks like 3d or 12h.")
        }
        return number * unit
    }
}

extension AuditException {
    /// What it was, for programs: of what an import told, the first line and the first cases.
    fileprivate var machineDetail: String {
        guard let firstLine else { return detail }
        return "line \(firstLine)" + (detail.isEmpty ? "" : ": \(detail)")
    }
}
