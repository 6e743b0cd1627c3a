import ArgumentParser
import EventLog
import EventModel
import Operating
import Rendering

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say whether this machine, its disk and the store are fit, and what to do.",
        discussion: """
            Ends with 1 when anything is at fault. Without a store it looks at the machine alone. \
            It counts what is doubtful in what was recorded, from the log's columns; it does not read \
            the entries: rekam verify does.

            Example:
              rekam doctor
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var kept: KeptOptions
    @OptionGroup var language: LanguageOptions

    @Option(help: ArgumentHelp("How it is written: table or json.", valueName: "format"))
    var format = Format<TableOrJSON>(.table)

    @Flag(help: "No colour, even on a terminal.")
    var noColor = false

    func run() throws {
        let path = store.path
        var findings: [Finding]
        var isOpen = false
        do {
            let log = try store.open(readOnly: true, beside: .nothing)
            isOpen = true
            let zone = try log.read { try $0.definitions().storeTimeZone?.name }
            let facts = try MachineFacts(path: path, zone: zone)
            let found = try StoreFacts(of: log, user: facts.user)
            findings = Examination.machine(facts)
            findings += Examination.fileSystem(
                facts, storeBytes: StoreFiles.status(path + "/data.mdb")?.size ?? 0)
            findings += Examination.store(found, on: facts)
            findings += Examination.kept(kept.kept(of: log.path), of: log)
        } catch {
            let facts = try MachineFacts(path: path, zone: nil)
            findings = Examination.machine(facts)
            findings += Examination.fileSystem(
                facts, storeBytes: StoreFiles.status(path + "/data.mdb")?.size ?? 0)
            findings.append(Examination.unopened(isOpen: isOpen, "\(error)", path: path))
        }
        findings += Examination.leftovers(ofStore: try Machine.wholePath(path))
        let faults = findings.count { $0.level == .fault }
        format.value == .json ? printJSON(findings, path) : printTable(findings, path)
        Output.flush()
        if faults > 0 { throw Failure(.checkFailed, "") }
    }

    private func printTable(_ findings: [Finding], _ path: String) {
        let words = DoctorWords(language.lang)
        let isColoured = Output.isColoured(unless: noColor)
        func mark(_ level: Finding.Level) -> String {
            let colour =
                switch level {
                case .fine: "32"
                case .note: "33"
                case .fault: "31"
                }
            let word = words.mark(level)
            return isColoured ? "\u{1B}[\(colour)m\(word)\u{1B}[0m" : word
        }
        let faults = findings.count { $0.level == .fault }
        let notes = findings.count { $0.level == .note }
        Output.line("\(words.verdict(faults: faults, notes: notes)) \(path.printable)")
        Output.line()
        let subjects = findings.map { words.subject($0.subject) }
        let width = subjects.map { TextWidth.of($0) }.max() ?? 0
        let order: [Finding.Level] = [.fault, .note, .fine]
        for level in order {
            for (finding, subject) in zip(findings, subjects) where finding.level == level {
                let (text, remedy) = words.said(finding)
                Output.line(
                    "\(mark(level))  \(TextWidth.padded(subject, to: width))  " + text.printable)
                if !remedy.isEmpty {
                    Output.line(
                        String(repeating: " ", count: 9 + width) + "→ " + remedy.printable)
                }
            }
        }
    }

    /// What programs read is English.
    private func printJSON(_ findings: [Finding], _ path: String) {
        let words = DoctorWords(.english)
        let list = findings.map { finding in
            let (text, remedy) = words.said(finding)
            return JSONValue.object([
                JSONMember(key: "subject", value: .string(finding.subject.rawValue)),
                JSONMember(key: "level", value: .string(finding.level.rawValue)),
                JSONMember(key: "text", value: .string(text)),
                JSONMember(key: "remedy", value: .string(remedy)),
            ])
        }
        let isFit = !findings.contains { $0.level == .fault }
        let answer = JSONValue.object([
            JSONMember(key: "store", value: .string(path)),
            JSONMember(key: "fit", value: .boolean(isFit)),
            JSONMember(key: "findings", value: .array(list)),
        ])
        Output.write(answer.canonical ?? [])
        Output.line()
    }
}
