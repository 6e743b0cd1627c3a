import ArgumentParser
import EventLog
import EventModel
import Rendering

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Look into the log itself.",
        subcommands: [
            LogShowCommand.self, LogCaseCommand.self, LogStatCommand.self, LogTilesCommand.self,
        ])
}

struct LogShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print entries: canonical JSON, one per line.",
        discussion: """
            Names and other texts of persons stand in an entry as tokens, and are shown in clear as \
            long as the vault explains them; --tokens prints the entries as they are recorded and \
            hashed. Of a respondent's answer no more \
            is shown than that it is there.

            Examples:
              rekam log show 184001
              rekam log show 184001 --tokens
              rekam log show 0..99
              rekam log show --last 10
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var language: SameInBothLanguages

    @Argument(help: ArgumentHelp("A sequence, or a range A..B with both ends.", valueName: "seq"))
    var sequences: String?

    @Option(help: ArgumentHelp("The last entries instead.", valueName: "n"))
    var last: Int?

    func validate() throws {
        if sequences != nil, last != nil {
            throw ValidationError("Which entries? Sequences, or --last N, not both.")
        }
    }

    func run() throws {
        let log = try store.open(readOnly: true)
        log.show(tokensOnly: tokens.tokens)
        try log.read { view in
            let range = try range(of: view.entryCount)
            for sequence in range {
                Output.write(try AnonymousAnswers.shown(sequence, in: view))
                Output.write("\n")
            }
        }
        Output.flush()
    }

    private func range(of count: UInt32) throws -> Range<UInt32> {
        if let last {
            guard last >= 0 else { throw Failure(.usage, "--last wants a number of entries.") }
            return count - UInt32(min(last, Int(count)))..<count
        }
        guard let sequences else {
            throw Failure(.usage, "which entries? A sequence, a range A..B, or --last N.")
        }
        return try SequenceRange.parse(sequences, of: count)
    }
}

/// Sequences as typed: `184001`, or `0..99` with both ends.
enum SequenceRange {
    static func parse(_ text: String, of count: UInt32) throws -> Range<UInt32> {
        let parts = text.split(separator: "..", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt32($0) }
        guard numbers.count == parts.count, (1...2).contains(numbers.count),
            numbers[0] <= numbers[numbers.count - 1]
        else {
            throw Failure(.usage, "\"\(text)\" is no sequence. It looks like 184001, or 0..99.")
        }
        let last = numbers[numbers.count - 1]
        guard last < count else {
            throw Failure(
                .usage,
                "there is no entry \(last): the log holds \(NumberText.grouped(count)), "
                    + "numbered from 0.")
        }
        return numbers[0]..<last + 1
    }
}

struct LogCaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "Print a case's entries, in the order they happened.",
        discussion: """
            Voided entries and voids are marked on standard error.

            Example:
              rekam log case ticket/T-1000042
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The case, as in its events' subject.", valueName: "subject"))
    var subject: String

    func run() throws {
        try AnonymousAnswers.refuse(case: subject)
        let log = try store.open(readOnly: true)
        log.show(tokensOnly: tokens.tokens)
        try log.read { view in
            guard let id = try view.caseID(subject) else {
                throw Failure(
                    .usage,
                    "no entry has the subject \"\(subject)\". Subjects look like ticket/T-1.")
            }
            var voided: [UInt32] = []
            for sequence in try view.inOrder(view.caseHistory(id), types: log.types) {
                Output.write(try PrintedTokens.entry(sequence, in: view))
                Output.write("\n")
                if try view.isVoided(sequence) { voided.append(sequence) }
            }
            Output.flush()
            if !voided.isEmpty { Output.errorLine(LogWords(language.lang).voided(voided)) }
        }
    }
}
