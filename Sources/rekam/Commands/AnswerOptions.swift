import ArgumentParser
import EventModel
import Rendering

/// The formats that a command can write.
protocol FormatChoice {
    static var formats: [OutputFormat] { get }
}

enum EveryFormat: FormatChoice {
    static let formats: [OutputFormat] = [.table, .json, .csv, .markdown]
}

enum TableOrJSON: FormatChoice {
    static let formats: [OutputFormat] = [.table, .json]
}

enum TableJSONOrCSV: FormatChoice {
    static let formats: [OutputFormat] = [.table, .json, .csv]
}

enum CSVOrJSON: FormatChoice {
    static let formats: [OutputFormat] = [.csv, .json]
}

/// `--format` of a command that writes some formats; another is refused, and those are named.
struct Format<Choice: FormatChoice>: ExpressibleByArgument {
    let value: OutputFormat

    init(_ value: OutputFormat) { self.value = value }

    init?(argument: String) {
        guard let value = OutputFormat(rawValue: argument), Choice.formats.contains(value) else {
            return nil
        }
        self.value = value
    }

    static var allValueStrings: [String] { Choice.formats.map(\.rawValue) }

    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

    var defaultValueDescription: String { value.rawValue }
}

/// Whether CSV is for a program and not for a spreadsheet.
struct RawOption: ParsableArguments {
    @Flag(
        name: .customLong("raw"),
        help: "In CSV, texts byte for byte: no apostrophe before what a spreadsheet would run.")
    var isRaw = false

    /// Heeds it; a format without such texts is refused.
    func heed(writing format: OutputFormat) throws {
        guard isRaw else { return }
        guard format == .csv else {
            throw ValidationError("--raw is about CSV: add --format csv, or leave --raw out.")
        }
        CSVText.writeRaw()
    }
}

/// How an answer is written, in any format.
typealias AnswerOptions = WritingOptions<EveryFormat>

/// How an answer is written.
struct WritingOptions<Choice: FormatChoice>: ParsableArguments {
    @Option(
        name: .customLong("format"),
        help: ArgumentHelp(
            "How it is written: \(OutputFormat.list(Choice.formats)).", valueName: "format"))
    var chosenFormat = Format<Choice>(.table)

    @OptionGroup var language: LanguageOptions

    @OptionGroup var raw: RawOption

    @Flag(help: "No colour, even on a terminal.")
    var noColor = false

    func validate() throws {
        try raw.heed(writing: format)
        if format != .table { PrintedTokens.areForPrograms() }
    }

    var format: OutputFormat { chosenFormat.value }

    /// The language for people.
    var lang: Language { language.lang }

    /// What the auditor's commands say.
    var words: AuditWords { AuditWords(lang) }

    /// The style for people.
    var style: TextStyle {
        TextStyle(
            language: lang, width: Output.width, isColoured: Output.isColoured(unless: noColor))
    }
}

/// The language of a command that prints for programs alone: taken as everywhere, to no effect.
struct SameInBothLanguages: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Taken as by every command; what is printed here is for programs, the same in both.",
            valueName: "language"))
    var lang = Language.english
}

/// In which language people are answered.
struct LanguageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Language of titles, units, numbers and dates: en or id.", valueName: "language"))
    var lang = Language.english

    func validate() {
        Progress.speak(lang)
        NextCommand.uses(lang)
    }

    /// What the auditor's commands say.
    var words: AuditWords { AuditWords(lang) }
}
