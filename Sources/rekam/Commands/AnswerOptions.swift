import ArgumentParser
import EventModel
import Rendering

/// How an answer is written.
struct AnswerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How it is written: table, json, csv or markdown.", valueName: "format"))
    var format = OutputFormat.table

    @OptionGroup var language: LanguageOptions

    @Flag(help: "No colour, even on a terminal.")
    var noColor = false

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

    func validate() { Progress.speak(lang) }

    /// What the auditor's commands say.
    var words: AuditWords { AuditWords(lang) }
}
