import ArgumentParser
import EventLog
import EventModel
import Projections
import Recording
import Rendering

struct VoidCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "void",
        abstract: "Take a wrong import back: its events count in no figure any more.",
        discussion: """
            Nothing is deleted. Each event gets an event.voided with the reason; the log still shows \
            both. The same events may be recorded anew afterwards.

            Examples:
              rekam void --ingest 9f3c1b… --reason "wrong export"   (ids: rekam log case log/ingest)
              rekam void --entries 2001..2400 --reason "test data" --by sari
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Option(
        help: ArgumentHelp(
            "An import, by its id or its input's SHA-256, or how one of these begins.",
            valueName: "id"))
    var ingest: String?

    @Option(help: ArgumentHelp("Entries A to B, both included.", valueName: "a..b"))
    var entries: String?

    @Option(help: ArgumentHelp("Why; it is recorded. Name nobody in it.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who takes it back; it is recorded.", valueName: "name"))
    var by: String?

    func validate() throws {
        if (ingest == nil) == (entries == nil) {
            throw ValidationError("Say what to take back: --ingest ID or --entries A..B.")
        }
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why.") }
    }

    func run() throws {
        Interrupt.listen()
        let log = try store.open(readOnly: false)
        let ranges = try ranges(in: log)
        let total = ranges.reduce(0) { $0 + $1.count }
        try refuseNaming(ranges, in: log)
        var progress = Progress(of: .entries)
        let outcome = try Withdrawal(reason: reason, person: by).takeBack(
            ranges, in: log, clock: Machine.now
        ) { done in
            progress.show(count: done, share: total == 0 ? nil : done * 1000 / total)
            if Interrupt.isAsked {
                throw Failure(.interrupted, "stopped; what was taken back so far stays so.")
            }
        }
        Progress.clear()
        Output.line(
            KeepingWords(language.lang).voided(outcome.voided, skipped: outcome.skipped))
        let live = try LiveProjections(of: log)
        let report = try live.catchUp(options: BuildProgressLine.options())
        Progress.clear()
        Output.line(
            OperationWords(language.lang).upToDate(
                live.sources.count, entry: Int(report.position)))
        Output.flush()
    }

    /// More entries than these are an import: what is said of them is said of a file.
    private static let mostOfPersons = 100

    /// Refuses what names a customer of whose cases something is taken back: it stands in each void,
    /// also in those of others' cases, and would stay there.
    private func refuseNaming(_ ranges: [Range<UInt32>], in log: LogStore) throws {
        guard ranges.reduce(0, { $0 + $1.count }) <= Self.mostOfPersons else { return }
        try log.read { view in
            try PersonFinding.refuse(
                naming: Array(view.customers(ofCasesIn: ranges)), in: view,
                [("--reason", reason), ("--by", by)], staying: .besideOthers,
                PersonWords(language.lang))
        }
    }

    private func ranges(in log: LogStore) throws -> [Range<UInt32>] {
        if let ingest {
            let ranges: [Range<UInt32>]?
            do { ranges = try Withdrawal.ranges(ofImport: ingest, in: log) } catch let fault
                as WithdrawalFault
            {
                throw Failure(.usage, fault.description.printable)
            }
            guard let ranges else {
                throw Failure(
                    .usage,
                    "no import has the id \"\(ingest.printable)\". `rekam log case log/ingest` shows "
                        + "all. By its SHA-256 an input is not known whose name spoke of somebody "
                        + "who was erased; one with answers of people who are not to be known "
                        + "is, by all 64 digits of it.")
            }
            return ranges
        }
        let count = try log.read { $0.entryCount }
        return [try SequenceRange.parse(entries ?? "", of: count)]
    }
}
