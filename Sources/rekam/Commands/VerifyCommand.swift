import ArgumentParser
import Auditing
import EventLog
import Operating
import Synchronization

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove the store: hash every entry, rebuild everything else, compare.",
        discussion: """
            Ends with 0 when it holds, with 1 and the first difference when it does not.

            Example:
              rekam verify
            """)

    @OptionGroup var store: StoreOptions

    func run() throws {
        let log = try store.open(readOnly: true)
        let started = Machine.ticks()
        let total = Int(try log.read { $0.entryCount })
        let line = ProgressLine("entries")
        let report = try Verification(of: log).run(threads: Machine.cores) { done in
            line.show(count: Int(done), share: total == 0 ? 1000 : Int(done) * 1000 / total)
        }
        Progress.clear()
        // After the checks: who may only read the store leaves no note, and needs none.
        OperationNote(
            time: try Machine.now(), entries: report.entries, holds: report.difference == nil,
            detail: report.difference ?? ""
        ).leave(.verification, in: log)
        let root = report.root.prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        if let difference = report.difference {
            throw Failure(
                .checkFailed,
                "the store does not hold: \(difference). Keep it as it is, and restore a backup "
                    + "beside it.")
        }
        Output.line(
            "Entries      \(Progress.grouped(Int(report.entries))) hashed, root \(root.joined())…")
        Output.line("Tree         rebuilt, equal")
        Output.line("Columns      names, cases, histories and idempotency keys rebuilt, equal")
        Output.line("Projections  \(report.projections) replayed, equal")
        let tenths = (Machine.ticks() - started) / 100_000_000
        Output.line("It holds. \(tenths / 10).\(tenths % 10) s")
        Output.flush()
    }
}

/// A progress line that several threads may show.
final class ProgressLine: Sendable {
    private let line: Mutex<Progress>

    init(_ noun: String) { line = Mutex(Progress(of: noun)) }

    func show(count: Int, share: Int?) { line.withLock { $0.show(count: count, share: share) } }
}
