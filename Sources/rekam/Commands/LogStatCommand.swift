import ArgumentParser
import EventLog
import EventModel
import Rendering

struct LogStatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stat",
        abstract: "Show what the log holds: entries by type, times, cases, bytes.",
        discussion: """
            With --fields: every field, how often it is there, and its common values, so that you \
            see what there is to measure. Of surveys and of respondents' events no more is told than \
            how many there are.

            Examples:
              rekam log stat
              rekam log stat --fields
              rekam log stat --fields --type message.posted
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Flag(help: "Show fields, how often they are there, and common values.")
    var fields = false

    @Option(help: ArgumentHelp("With --fields: only this event type.", valueName: "type"))
    var type: String?

    @Option(help: ArgumentHelp("With --fields: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    func validate() throws {
        if type != nil, !fields { throw ValidationError("--type goes with --fields.") }
        if format.value != .table, !fields { throw ValidationError("--format goes with --fields.") }
    }

    func run() throws {
        let log = try store.open(readOnly: true)
        if fields {
            return try FieldList(log, type: type, isJSON: format.value == .json, language.lang)
                .print()
        }
        let (statistics, zone) = try log.read { view in
            (try view.statistics(), try view.definitions().storeTimeZone)
        }
        let words = LogWords(language.lang)
        var lines: [(String, String)] = [
            (words.store, log.path.printable), (words.origin, log.origin.printable),
            (words.entries, words.number(statistics.entryCount)),
            (words.root, Hexadecimal.text(statistics.root.bytes)),
            (words.cases, words.number(statistics.caseCount)),
            (words.names, words.number(statistics.nameCount)),
            (words.voided, words.number(statistics.voidedCount)),
        ]
        if let zone {
            let release = zone.release.isEmpty ? "" : ", tzdata \(zone.release)"
            lines.append((words.timeZone, zone.name + release))
        }
        if let earliest = statistics.earliest, let latest = statistics.latest {
            lines.append((words.events, words.range(earliest.rfc3339, latest.rfc3339)))
        }
        if let last = statistics.lastRecorded { lines.append((words.lastRecorded, last.rfc3339)) }
        let bytes = statistics.tables.reduce(0) { $0 &+ $1.bytes }
        let each = Int(statistics.entryCount) == 0 ? 0 : bytes / Int(statistics.entryCount)
        lines.append((words.bytes, words.bytes(bytes, each: each)))
        let wide = max(15, (lines.map { TextWidth.of($0.0) }.max() ?? 0) + 2)
        for (name, value) in lines { Output.line(TextWidth.padded(name, to: wide) + value) }
        Output.line()
        let width = statistics.types.map { $0.type.count }.max() ?? 0
        let numbers = statistics.types.map { words.number($0.count) }
        let digits = numbers.map(\.count).max() ?? 0
        for ((type, _), number) in zip(statistics.types, numbers) {
            Output.line(
                TextWidth.padded(type.printable, to: width) + "  "
                    + TextWidth.rightAligned(number, to: digits))
        }
        Output.flush()
    }
}
