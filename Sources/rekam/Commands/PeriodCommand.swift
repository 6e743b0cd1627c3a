import ArgumentParser
import Auditing
import EventLog
import EventModel
import Exporting
import Projections
import Querying
import Rendering

struct PeriodCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "period",
        abstract: "Close the books of a period, and see what changed since.",
        subcommands: [
            PeriodCloseCommand.self, PeriodListCommand.self, PeriodRestatementsCommand.self,
            PeriodReopenCommand.self,
        ])
}

struct PeriodCloseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close a period: its figures are recorded as they are, with a digest.",
        discussion: """
            Nothing is locked. Later events still count; queries mark the figures they move as \
            restated, and rekam period restatements lists them.

            Example:
              rekam period close 2025-Q3 --reason "reported to the board" --by sari
            """)

    @OptionGroup var store: StoreOptions

    @OptionGroup var kept: KeptOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("Which period, such as 2025-Q3 or 2025-07.", valueName: "period"))
    var period: String

    @Option(help: ArgumentHelp("A remark; it is recorded.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who closes it; it is recorded.", valueName: "name"))
    var by: String?

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: false, beside: .at(kept))
        let now = try Machine.now()
        let (count, zone, last, periods) = try log.read { view in
            (
                view.entryCount, try view.definitions().storeTimeZone ?? .utc, view.lastRecorded,
                try ClosedPeriods(view, upTo: view.entryCount)
            )
        }
        let today = zone.day(of: max(now, last ?? now))
        let period = try log.read { try PeriodArgument.read(self.period, in: $0) }
        do { try periods.requireClosable(period, today: today) } catch {
            throw Failure(.usage, error.description)
        }
        try kept.requireSound(log)
        let snapshot = try SnapshotBuilder(
            log, asOf: count, options: BuildProgressLine.options()
        ).build(SnapshotRequest(period: period))
        Progress.clear()
        let again = try log.read { try ClosedPeriods($0, upTo: $0.entryCount) }
        guard again.history == periods.history else {
            throw Failure(.busy, "another process closed or opened a period meanwhile. Try again.")
        }
        try log.appendOwn(
            [
                log.closing(
                    of: period, entries: count, snapshot: snapshot.digest,
                    refused: snapshot.manifest.refusedNames, reason: reason, by: by, at: now)
            ], recorded: now)
        try LiveProjections(of: log).catchUp(options: BuildProgressLine.options())
        Progress.clear()
        let words = language.words
        Output.line(
            words.closed(period, entries: count, digest: String(snapshot.digest.prefix(16))))
        if !snapshot.waiting.isEmpty {
            Output.line(SnapshotWords(language.lang).waiting(snapshot.waiting))
        }
        if !snapshot.manifest.refused.isEmpty {
            Output.line(SnapshotWords(language.lang).refused(snapshot.manifest.refusedNames))
        }
        let timeliness = try log.read { try $0.timeliness(of: [period], zone: zone)[0] }
        Output.line(
            words.timeliness(
                events: timeliness.events, withinDay: timeliness.withinDay,
                withinWeek: timeliness.withinWeek))
        Output.line(words.afterClosing(period, entries: count))
        Output.flush()
    }
}

struct PeriodReopenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen",
        abstract: "Open a closed period again; the log keeps that it was closed, and why not now.",
        discussion: """
            Example:
              rekam period reopen 2025-Q3 --reason "June's calls were missing" --by sari
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who opens it; it is recorded.", valueName: "name"))
    var by: String?

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why.") }
    }

    func run() throws {
        let log = try store.open(readOnly: false)
        let now = try Machine.now()
        let periods = try log.read { try ClosedPeriods($0, upTo: $0.entryCount) }
        let period = try log.read { try PeriodArgument.read(self.period, in: $0) }
        let closing: Closing
        do { closing = try periods.requireReopenable(period) } catch {
            throw Failure(.usage, error.description)
        }
        try log.appendOwn(
            [log.reopening(of: closing, reason: reason, by: by, at: now)], recorded: now)
        try LiveProjections(of: log).catchUp(options: BuildProgressLine.options())
        Progress.clear()
        Output.line(language.words.reopened(closing.period, entries: closing.entries))
        Output.flush()
    }
}

struct PeriodListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List every closing there was, and what was opened again.",
        discussion: """
            The first closing of a period is what was reported, whatever came after it; each is asked \
            for by its entry (rekam query --closing). Beside it stands how many of the period's events \
            are recorded by now, and which share of them was within one day after its end, and within \
            seven.

            Example:
              rekam period list
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions

    func run() throws {
        let log = try store.open(readOnly: true)
        let (periods, zone, timeliness) = try log.read { view in
            let periods = try ClosedPeriods(view, upTo: view.entryCount)
            let zone = try view.definitions().storeTimeZone ?? .utc
            return (
                periods, zone, try view.timeliness(of: periods.history.map(\.period), zone: zone)
            )
        }
        let words = output.words
        var sheet = Sheet([
            .init("period", words.heading(.period)), .init("state", words.heading(.state)),
            .init("closed", words.heading(.closed)),
            .init("entries", words.heading(.entries), isNumber: true),
            .init("by", words.heading(.by)), .init("reason", words.heading(.remark)),
            .init("snapshot", words.heading(.snapshot)), .init("refused", ""),
            .init("reopened", words.heading(.reopened)),
            .init("reopened_by", words.heading(.by)),
            .init("reopened_reason", words.heading(.why)),
            .init("sequence", words.heading(.entry), isNumber: true),
            .init("events", words.heading(.events), isNumber: true),
            .init("within_1_day", words.heading(.withinDay), isNumber: true),
            .init("within_7_days", words.heading(.withinWeek), isNumber: true),
        ])
        for (closing, events) in zip(periods.history, timeliness) {
            let again = closing.reopening
            let state = again == nil ? "closed" : "reopened"
            sheet.add([
                .text(closing.period.description), .texts(words.word(state), state),
                .time(closing.recorded, zone), .number(Int64(closing.entries), output.lang),
                .text(closing.person.isEmpty ? nil : closing.person),
                .text(closing.reason.isEmpty ? nil : closing.reason),
                .texts(
                    closing.snapshot.isEmpty ? "–" : closing.snapshot.prefix(12) + "…",
                    closing.snapshot),
                Sheet.Cell.text(
                    closing.refused.isEmpty ? nil : closing.refused.joined(separator: ",")
                ).unshown,
                again.map { .time($0.recorded, zone) } ?? .text(nil),
                .text(again.flatMap { $0.person.isEmpty ? nil : $0.person }),
                .text(again?.reason), .number(Int64(closing.sequence), output.lang),
                .number(Int64(events.events), output.lang),
                .number(
                    events.withinDay, shown: words.share(events.withinDay, of: events.events)),
                .number(
                    events.withinWeek, shown: words.share(events.withinWeek, of: events.events)),
            ])
        }
        Output.write(
            sheet, output.format, output.style, rows: "periods", empty: words.noClosing)
        guard output.format == .table else { return }
        for closing in periods.history where !closing.refused.isEmpty {
            Output.line(words.refused(closing.refused, closing.period, at: closing.sequence))
        }
        Output.flush()
    }
}

struct PeriodRestatementsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restatements",
        abstract: "List what changed in reported periods since: old value, new value, and why.",
        discussion: """
            The old value is what was reported by the first closing of the period, however often its \
            books were opened and closed again since; --closing takes another one.

            Examples:
              rekam period restatements
              rekam period restatements 2025-Q3 --format csv
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var output: AnswerOptions

    @Argument(
        help: ArgumentHelp(
            "One period whose books were closed; all without it.", valueName: "period"))
    var period: String?

    @Option(
        help: ArgumentHelp(
            "Since another closing, an entry that rekam period list shows.", valueName: "entry"))
    var closing: UInt32?

    @Option(
        help: ArgumentHelp("Memory it may take, such as 256M or 1G.", valueName: "size"))
    var memory = "384M"

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: true)
        log.show(tokensOnly: tokens.tokens)
        let options = BuildProgressLine.options(memoryBytes: try MemorySize.parse(memory))
        let (count, zone, periods) = try log.read { view in
            (
                view.entryCount, try view.definitions().storeTimeZone ?? .utc,
                try ClosedPeriods(view, upTo: view.entryCount)
            )
        }
        var closings = periods.reported
        if let closing { closings = periods.history.filter { $0.sequence == closing } }
        if let period {
            let wanted = try log.read { try PeriodArgument.read(period, in: $0) }
            closings = closings.filter { $0.period.days == wanted.days }
            guard !closings.isEmpty else {
                let fault: ClosingFault =
                    closing.map { .noClosing(wanted, at: $0) } ?? .notClosed(wanted)
                throw Failure(.usage, fault.description)
            }
        } else if let closing, closings.isEmpty {
            throw Failure(
                .usage,
                "--closing \(closing): no books were closed there. rekam period list shows "
                    + "the closings with their entries.")
        }
        var list = ChangeList(zone: zone, language: output.lang)
        for closing in closings {
            let comparison = Comparison(
                of: log, from: closing.entries, to: count, options: options)
            list.add(try comparison.run(closing.period), period: closing.period)
        }
        Progress.clear()
        let words = output.words
        list.write(
            output.format, output.style, rows: "restatements",
            empty: closings.isEmpty ? words.nothingClosed : words.nothingRestated(period))
    }
}

extension Output {
    /// Writes a list in the format asked for.
    static func write(
        _ sheet: Sheet, _ format: OutputFormat, _ style: TextStyle, rows key: String,
        empty: String, members: [(name: String, json: String)] = []
    ) {
        switch format {
        case .table:
            for text in sheet.count == 0 ? [empty] : sheet.lines(style) { line(text) }
        case .csv: write(sheet.csv())
        case .json: write(sheet.json(members, rows: key))
        case .markdown: write(sheet.markdown())
        }
        flush()
    }
}
