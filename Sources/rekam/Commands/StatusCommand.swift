import ArgumentParser
import EventLog
import EventModel
import Operating
import Querying
import Rendering

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how the store is doing: last events, lag, refusals, space, backups.",
        discussion: """
            For monitoring: ends with 1 when something is older than allowed, or the last \
            verification found a difference, or the store is not what was last signed of it (rolled \
            back, or rewritten).

            Examples:
              rekam status
              rekam status --max-age 2h --max-backup-age 26h --format json
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var kept: KeptOptions

    @Option(help: ArgumentHelp("The last event must be younger.", valueName: "time"))
    var maxAge: String?

    @Option(help: ArgumentHelp("The last backup must be younger.", valueName: "time"))
    var maxBackupAge: String?

    @Option(help: ArgumentHelp("The last verification must be younger.", valueName: "time"))
    var maxVerifyAge: String?

    @Option(help: ArgumentHelp("How it is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    @OptionGroup var language: LanguageOptions

    func run() throws {
        func limit(_ text: String?, _ option: String) throws -> Int64? {
            try text.map { try StoreOptions.milliseconds($0, option: option) }
        }
        let limits = StoreStatus.Limits(
            event: try limit(maxAge, "--max-age"),
            backup: try limit(maxBackupAge, "--max-backup-age"),
            verification: try limit(maxVerifyAge, "--max-verify-age"))
        let log = try store.open(readOnly: true, beside: .nothing)
        let now = try Machine.now()
        let status = try StoreStatus(of: log, now: now, kept: kept.kept(of: log.path))
        let breaches = status.breaches(of: limits, now: now)
        let free = Disk(log.path).freeBytes
        if format.value == .json {
            Output.write(json(status, breaches, now, free).canonical ?? [])
            Output.line()
        } else {
            printTable(status, now, free)
        }
        Output.flush()
        guard breaches.isEmpty else {
            throw Failure(
                .checkFailed, messages: format.value == .json ? [] : breaches.map { words($0, now) }
            )
        }
    }

    private func printTable(_ status: StoreStatus, _ now: Instant, _ free: Int) {
        let words = OperationWords(language.lang)
        func ago(_ time: Instant) -> String {
            words.age(milliseconds: now.milliseconds - time.milliseconds)
        }
        var lines = [
            (words.store, "\(status.path.printable) · \(status.origin.printable)"),
            (
                words.entries,
                words.number(Int(status.entries))
                    + " · \(words.root) \(status.root.hexadecimal.prefix(12))…"
            ),
            (words.lastEvent, status.lastEvent.map(ago) ?? words.noneYet),
        ]
        if let last = status.lastImport {
            let text = words.imported(
                last.input.printable, accepted: last.accepted, duplicates: last.duplicates,
                refused: last.refused)
            lines.append((words.lastImport, "\(text), \(ago(last.time))"))
            lines.append((words.refused, words.refusedInADay(status.refusedInADay)))
        }
        let doubts = DoubtWords(language.lang)
        if !status.doubtsInADay.isEmpty {
            lines.append((doubts.title, doubts.inADay(status.doubtsInADay)))
        }
        lines.append(
            (
                words.projections,
                "\(status.projections), "
                    + (status.superseded.isEmpty
                        ? words.lag(Int(status.behind)) : words.superseded(status.superseded))
            ))
        lines.append(
            (words.space, words.space(used: status.usedBytes, file: status.fileBytes, free: free)))
        let persons = PersonWords(language.lang)
        lines.append(
            (
                persons.names,
                status.vaultBytes.map {
                    persons.vault(bytes: $0, oldBackups: status.oldBackups)
                } ?? persons.vaultMissing
            ))
        lines.append(
            (
                words.verified,
                status.verification.map {
                    ($0.holds ? words.held : words.differed($0.detail.printable))
                        + ", \(ago($0.time)), \(words.entries($0.entries))"
                } ?? words.neverVerified
            ))
        lines.append(
            (
                words.backedUp,
                status.backup.map {
                    words.backedUp(ago($0.time), to: $0.detail.printable)
                        + ", \(words.entries($0.entries))"
                } ?? words.neverBackedUp
            ))
        if status.signed != nil || status.keptFault != nil {
            lines.append(("Checkpoint", words.kept(status.signed, holds: status.keptFault == nil)))
        }
        let width = max(13, (lines.map { TextWidth.of($0.0) }.max() ?? 0) + 2)
        for (name, text) in lines { Output.line(TextWidth.padded(name, to: width) + text) }
    }

    private func age(_ time: Instant, _ now: Instant) -> String {
        OperationWords(.english).age(milliseconds: now.milliseconds - time.milliseconds)
    }

    private func words(_ breach: StoreStatus.Breach, _ now: Instant) -> String {
        switch breach {
        case .event(let time):
            "the last event " + (time.map { "came \(age($0, now))" } ?? "never came")
                + ", more than --max-age \(maxAge ?? "")."
        case .backup(let time):
            "the last backup " + (time.map { "was made \(age($0, now))" } ?? "was never made")
                + ", more than --max-backup-age \(maxBackupAge ?? "")."
        case .verification(let time):
            "the last verification " + (time.map { "was \(age($0, now))" } ?? "never was")
                + ", more than --max-verify-age \(maxVerifyAge ?? "")."
        case .differs:
            "the last verification found a difference. Keep the store as it is, and restore a "
                + "backup beside it."
        case .kept(let fault): fault.description
        case .vault(let finding):
            DoctorWords(.english).said(finding).text + " "
                + DoctorWords(.english).said(finding).remedy
        }
    }

    private func json(
        _ status: StoreStatus, _ breaches: [StoreStatus.Breach], _ now: Instant, _ free: Int
    ) -> JSONValue {
        func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }
        func time(_ value: Instant?) -> JSONValue { value.map { .string($0.rfc3339) } ?? .null }
        func ageOf(_ value: Instant?) -> JSONValue {
            value.map { number((now.milliseconds - $0.milliseconds) / 1000) } ?? .null
        }
        func object(_ members: [(String, JSONValue)]) -> JSONValue {
            .object(members.map { JSONMember(key: $0.0, value: $0.1) })
        }
        func note(_ note: OperationNote?) -> JSONValue {
            guard let note else { return .null }
            return object([
                ("time", time(note.time)), ("age_seconds", ageOf(note.time)),
                ("entries", number(note.entries)), ("holds", .boolean(note.holds)),
                ("detail", .string(note.detail)),
            ])
        }
        let last = status.lastImport.map { last in
            object([
                ("time", time(last.time)), ("input", .string(last.input)),
                ("accepted", number(last.accepted)), ("duplicate", number(last.duplicates)),
                ("refused", number(last.refused)),
            ])
        }
        let names = breaches.map { breach -> JSONValue in
            switch breach {
            case .event: .string("max-age")
            case .backup: .string("max-backup-age")
            case .verification: .string("max-verify-age")
            case .differs: .string("differs")
            case .kept: .string("checkpoint")
            case .vault: .string("names")
            }
        }
        return object([
            ("store", .string(status.path)), ("origin", .string(status.origin)),
            ("now", time(now)), ("ok", .boolean(breaches.isEmpty)), ("breaches", .array(names)),
            ("entries", number(status.entries)), ("root", .string(status.root.hexadecimal)),
            ("last_event", time(status.lastEvent)),
            ("last_event_age_seconds", ageOf(status.lastEvent)), ("last_import", last ?? .null),
            ("refused_in_24_hours", number(status.refusedInADay)),
            (
                "doubtful_in_24_hours",
                object(status.doubtsInADay.map { ($0.kind.rawValue, number($0.count)) })
            ),
            (
                "doubtful_first_in_24_hours",
                object(
                    status.doubtsInADay.map { found in
                        (
                            found.kind.rawValue,
                            object([
                                ("cases", .array(found.first.map { .string($0) })),
                                ("line", found.line.map { number($0) } ?? .null),
                                ("input", found.input.map { .string($0) } ?? .null),
                            ])
                        )
                    })
            ),
            (
                "untried_ties_in_24_hours",
                number(status.doubtsInADay.map(\.untried).reduce(0, +))
            ),
            ("projections", number(status.projections)),
            ("entries_behind", number(status.behind)),
            ("not_answering", .array(status.superseded.map { .string($0) })),
            ("file_bytes", number(status.fileBytes)),
            ("names_bytes", status.vaultBytes.map { number($0) } ?? .null),
            ("old_backups_with_names", number(status.oldBackups)),
            ("used_bytes", number(status.usedBytes)), ("free_bytes", number(free)),
            ("signed_entries", status.signed.map { number($0) } ?? .null),
            (
                "checkpoint_fault",
                status.keptFault.map { .string($0.description) } ?? .null
            ),
            ("last_verification", note(status.verification)), ("last_backup", note(status.backup)),
        ])
    }
}
