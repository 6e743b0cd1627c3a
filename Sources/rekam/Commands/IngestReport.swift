import EventLog
import EventModel
import Ingest
import Projections
import Rendering

/// What an ingest did, gathered over its files and said once at the end.
struct IngestReport {
    private struct Part {
        var file: String
        var outcome: IngestOutcome
        var rejects: String?
        var nanoseconds: UInt64
    }

    /// What Ctrl-C leaves behind.
    static let stopped = """
        stopped. What is counted above is recorded; the next ingest brings the projections up to \
        date.
        """

    private let format: OutputFormat
    private let words: OperationWords
    /// Whether nothing was recorded: events stand on standard output, the report goes beside it.
    private let isDryRun: Bool
    private var parts: [Part] = []
    private var projections: (done: Int, entries: UInt32)?
    private var projectionNanoseconds: UInt64 = 0
    private var cases: [DoubtfulCases] = []
    /// Whether the cases of a rehearsal were looked at.
    private var isWhole = true

    init(format: OutputFormat, language: Language = .english, isDryRun: Bool = false) {
        self.format = format
        self.isDryRun = isDryRun
        words = OperationWords(language)
    }

    mutating func add(
        _ outcome: IngestOutcome, file: String, rejects: String?, seconds nanoseconds: UInt64
    ) {
        parts.append(
            Part(file: file, outcome: outcome, rejects: rejects, nanoseconds: nanoseconds))
    }

    /// Whether no input is done with yet.
    var isEmpty: Bool { parts.isEmpty }

    /// Brings the projections up to date with what was recorded.
    mutating func catchUp(_ live: LiveProjections) throws {
        let started = Machine.ticks()
        let report = try live.catchUp(options: BuildProgressLine.options())
        Progress.clear()
        projections = (live.sources.count, report.position)
        projectionNanoseconds = Machine.ticks() - started
    }

    /// Looks at the cases that what was recorded belongs to: whether they have an opening, nothing
    /// before it, and no ties that decide a figure.
    ///
    /// - Parameter known: what the log knew of names before.
    mutating func lookAtCases(of live: LiveProjections, after known: KnownNames) throws {
        let ranges = parts.flatMap(\.outcome.sequences)
        guard let first = ranges.first?.lowerBound, let end = ranges.last?.upperBound else {
            return
        }
        // What others recorded meanwhile belongs to the same question.
        cases = try live.countDoubts(in: first..<end, isImport: true, after: known)
    }

    /// Looks at the cases that what was rehearsed would belong to; ties alone only the real run tries.
    mutating func lookAtCases(_ rehearsed: RehearsedCases, in log: LogStore) throws {
        isWhole = rehearsed.isWhole
        if isWhole { cases = try log.read { try rehearsed.doubts(in: $0) } }
    }

    private func say(_ line: String) {
        isDryRun ? Output.errorLine(line) : Output.line(line)
    }

    /// Says what was done.
    func print() {
        format == .json ? printJSON() : printText()
        Output.flush()
    }

    /// Ends as the worst of the files asks for.
    func end() throws {
        let faults = parts.compactMap(\.outcome.inputFault)
        if !faults.isEmpty { throw Failure(.inputOutput, messages: faults.map { "\($0)" }) }
        if Interrupt.isAsked {
            throw Failure(.interrupted, Self.stopped)
        }
        if parts.contains(where: { $0.outcome.counts.refused > 0 }) { throw Failure(.refused, "") }
    }

    private func printText() {
        for part in parts {
            let counts = part.outcome.counts
            var line = parts.count > 1 ? "\(part.file): " : ""
            line += words.outcome(
                accepted: counts.accepted, duplicates: counts.duplicates, refused: counts.refused)
            if let rejects = part.rejects { line += " → \(rejects)" }
            say(line)
            printRefusals(part.outcome)
            printDoubts(part.outcome.doubts)
            if part.outcome.clockRanBehind {
                say(words.clockBehind)
            }
        }
        let doubts = DoubtWords(words.language)
        for found in cases { say(doubts.found(found)) }
        if isDryRun, parts.contains(where: { $0.outcome.counts.accepted > 0 }) {
            say(isWhole ? doubts.tiesNotTried : doubts.casesNotLookedAt)
        }
        if let projections {
            say(words.upToDate(projections.done, entry: Int(projections.entries)))
        }
    }

    private func printDoubts(_ groups: [DoubtGroup]) {
        let doubts = DoubtWords(words.language)
        let persons = groups.filter(\.kind.isOfPersons)
        if !persons.isEmpty {
            say(
                doubts.persons(
                    persons.map { ($0.kind, $0.attribute, $0.count) },
                    first: persons.compactMap(\.line).min()))
        }
        let absent = groups.filter { $0.kind == .absentColumn }.map(\.attribute.printable)
        if !absent.isEmpty { say(doubts.absent(absent)) }
        for group in groups where !group.kind.isOfPersons && group.kind != .absentColumn {
            say(
                doubts.found(
                    group.kind, in: group.attribute.printable, group.count, first: group.line,
                    cases: group.cases))
        }
    }

    private func printRefusals(_ outcome: IngestOutcome) {
        // A rehearsal has no file of reasons to look others up in.
        let shown = outcome.refusals.prefix(isDryRun ? .max : 10)
        let width = shown.map { words.number($0.count).count }.max() ?? 0
        let texts = shown.map { $0.first.summary.printable }
        let longest = min(72, texts.map { TextWidth.of($0) }.max() ?? 0)
        for (group, text) in zip(shown, texts) {
            let count = words.number(group.count)
            say(
                "  " + TextWidth.rightAligned(count, to: width) + "  "
                    + TextWidth.padded(text, to: longest)
                    + "  " + words.first(atLine: group.first.line))
        }
        if outcome.refusals.count > shown.count {
            say("  " + words.otherReasons(outcome.refusals.count - shown.count))
        }
    }

    private func printJSON() {
        func number(_ value: Int) -> JSONValue { .number(String(value)) }
        let inputs: [JSONValue] = parts.map { part in
            let counts = part.outcome.counts
            let refusals = part.outcome.refusals.map { group in
                var members = [
                    JSONMember(key: "count", value: number(group.count)),
                    JSONMember(key: "field", value: .string(group.first.field)),
                    JSONMember(key: "first_line", value: number(group.first.line)),
                    JSONMember(key: "problem", value: .string(group.first.problem)),
                    JSONMember(key: "value", value: .string(group.first.value)),
                ]
                if let recorded = group.first.recorded {
                    members.append(
                        JSONMember(key: "recorded_value", value: .string(recorded.value)))
                    members.append(
                        JSONMember(
                            key: "recorded_entry", value: .number(String(recorded.sequence))))
                }
                return JSONValue.object(members)
            }
            let doubts = part.outcome.doubts.map { doubt in
                JSONValue.object([
                    JSONMember(key: "attribute", value: .string(doubt.attribute)),
                    JSONMember(key: "cases", value: .array(doubt.cases.map { .string($0) })),
                    JSONMember(key: "count", value: number(doubt.count)),
                    JSONMember(key: "first_line", value: doubt.line.map { number($0) } ?? .null),
                    JSONMember(key: "kind", value: .string(doubt.kind.rawValue)),
                ])
            }
            return .object([
                JSONMember(key: "input", value: .string(part.file)),
                JSONMember(key: "lines", value: number(counts.lines)),
                JSONMember(key: "accepted", value: number(counts.accepted)),
                JSONMember(key: "duplicate", value: number(counts.duplicates)),
                JSONMember(key: "refused", value: number(counts.refused)),
                JSONMember(key: "doubts", value: .array(doubts)),
                JSONMember(key: "refusals", value: .array(refusals)),
                JSONMember(key: "rejects", value: part.rejects.map { .string($0) } ?? .null),
            ])
        }
        let durable = parts.reduce(UInt64(0)) { $0 + $1.nanoseconds }
        let answer = JSONValue.object([
            JSONMember(key: "inputs", value: .array(inputs)),
            JSONMember(key: "milliseconds_durable", value: number(Int(durable / 1_000_000))),
            JSONMember(
                key: "milliseconds_projections",
                value: number(Int(projectionNanoseconds / 1_000_000))),
            JSONMember(
                key: "doubtful_cases",
                value: !isWhole
                    ? .null
                    : .array(
                        cases.map { found in
                            .object([
                                JSONMember(key: "kind", value: .string(found.kind.rawValue)),
                                JSONMember(key: "count", value: number(found.count)),
                                JSONMember(
                                    key: "cases", value: .array(found.first.map { .string($0) })),
                                JSONMember(key: "untried", value: number(found.untried)),
                            ])
                        })),
            JSONMember(
                key: "entries", value: projections.map { number(Int($0.entries)) } ?? .null),
        ])
        let text = answer.canonical ?? []
        if isDryRun { return Output.errorLine(String(decoding: text, as: UTF8.self)) }
        Output.write(text)
        Output.line()
    }
}
