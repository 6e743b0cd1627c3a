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
            It does not read the entries: rekam verify does.

            Example:
              rekam doctor
            """)

    @OptionGroup var store: StoreOptions

    @Option(help: ArgumentHelp("How it is written: table or json.", valueName: "format"))
    var format = OutputFormat.table

    @Flag(help: "No colour, even on a terminal.")
    var noColor = false

    func run() throws {
        let path = store.path
        var findings: [Finding]
        var isOpen = false
        do {
            let log = try store.open(readOnly: true)
            isOpen = true
            let zone = try log.read { try $0.definitions().storeTimeZone?.name }
            let facts = try MachineFacts(path: path, zone: zone)
            let found = try StoreFacts(of: log, user: facts.user)
            findings = Examination.machine(facts)
            findings += Examination.fileSystem(
                facts, storeBytes: StoreFiles.status(path + "/data.mdb")?.size ?? 0)
            findings += Examination.store(found, on: facts)
        } catch {
            let facts = try MachineFacts(path: path, zone: nil)
            findings = Examination.machine(facts)
            findings += Examination.fileSystem(
                facts, storeBytes: StoreFiles.status(path + "/data.mdb")?.size ?? 0)
            findings.append(Examination.unopened(isOpen: isOpen, "\(error)", path: path))
        }
        let faults = findings.count { $0.level == .fault }
        format == .json ? printJSON(findings, path) : printTable(findings, path)
        Output.flush()
        if faults > 0 { throw Failure(.checkFailed, "") }
    }

    private func printTable(_ findings: [Finding], _ path: String) {
        let isColoured = Output.isColoured(unless: noColor)
        func mark(_ level: Finding.Level) -> String {
            let (word, colour) =
                switch level {
                case .fine: ("ok   ", "32")
                case .note: ("note ", "33")
                case .fault: ("FAULT", "31")
                }
            return isColoured ? "\u{1B}[\(colour)m\(word)\u{1B}[0m" : word
        }
        let faults = findings.count { $0.level == .fault }
        let notes = findings.count { $0.level == .note }
        let found =
            faults == 0
            ? "Fit." : "\(faults) \(faults == 1 ? "fault" : "faults"): see below what to do."
        Output.line(
            "\(found)\(notes > 0 && faults == 0 ? " \(notes) to know." : "") \(path.printable)")
        Output.line()
        let width = findings.map(\.subject.count).max() ?? 0
        let order: [Finding.Level] = [.fault, .note, .fine]
        for level in order {
            for finding in findings where finding.level == level {
                Output.line(
                    "\(mark(level))  \(TextWidth.padded(finding.subject, to: width))  "
                        + finding.text.printable)
                if !finding.remedy.isEmpty {
                    Output.line(
                        String(repeating: " ", count: 9 + width) + "→ " + finding.remedy.printable)
                }
            }
        }
    }

    private func printJSON(_ findings: [Finding], _ path: String) {
        let list = findings.map { finding in
            JSONValue.object([
                JSONMember(key: "subject", value: .string(finding.subject)),
                JSONMember(key: "level", value: .string(finding.level.rawValue)),
                JSONMember(key: "text", value: .string(finding.text)),
                JSONMember(key: "remedy", value: .string(finding.remedy)),
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
