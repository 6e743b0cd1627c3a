import ArgumentParser
import Auditing
import EventLog
import EventModel
import LMDB
import Operating
import Projections
import Rendering
import Synchronization

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove the store: hash every entry, rebuild everything else, compare.",
        discussion: """
            First every page of the data file is walked, trusting none: a flipped bit ends in a \
            named page. Then every entry is hashed, and tree, columns, names, histories, \
            idempotency keys and projections are rebuilt and compared; last, the checkpoint kept \
            outside the store. Ends with 0 when it holds, with 1 and the first difference when it \
            does not. A projection that has no rows yet is named: it was not compared; so is one \
            whose rows a newer calendar, event type or text waits to replace. Others can read and \
            write meanwhile.

            Example:
              rekam verify
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var kept: KeptOptions
    @OptionGroup var language: LanguageOptions

    func run() throws {
        let started = Machine.ticks()
        let path = store.path
        let pages = try failing { () -> PageCensus in
            let line = ProgressLine(.pages)
            return try StorePages.check(at: path, patience: store.patience()) { done, all in
                line.show(count: Int(done), share: Int(done * 1000 / max(1, all)))
            }
        }
        Progress.clear()
        let log = try failing { try store.open(readOnly: true, beside: .nothing) }
        let total = Int(try failing { try log.read { $0.entryCount } })
        let line = ProgressLine(.entries)
        let report = try Verification(of: log).run(threads: Machine.cores) { done in
            line.show(count: Int(done), share: total == 0 ? 1000 : Int(done) * 1000 / total)
        }
        Progress.clear()
        // Who may not read the key, or has none, can still compare the entries.
        var verifiers: [NoteVerifier] = []
        var unchecked: String?
        do { verifiers = try log.noteVerifiers() } catch { unchecked = "\(error)" }
        let difference =
            try report.difference
            ?? kept.kept(of: path).fault(against: log, verifiers: verifiers)?.description
        // After the checks: who may only read the store leaves no note, and needs none.
        OperationNote(
            time: try Machine.now(), entries: report.entries, holds: difference == nil,
            detail: difference ?? ""
        ).leave(.verification, at: path)
        if let difference { throw failure(difference) }
        let checkpoint = try kept.kept(of: path).read()?.checkpoint
        let words = language.words
        let checked = words.verified(
            pages: (Int(pages.live), Int(pages.free)), entries: report.entries,
            root: Hexadecimal.text(report.root.prefix(6)), tiles: report.tiles,
            segments: report.segments, projections: report.projections,
            checkpoint: checkpoint.map { UInt32(clamping: $0.size) }, unchecked: unchecked)
        let persons = PersonWords(language.lang)
        let explained = (persons.persons, text(of: report.persons, persons))
        // The checkpoint, which is kept outside the store and matters most, comes last.
        for (name, text) in checked.dropLast() + [explained] + checked.suffix(1) {
            Output.line(TextWidth.padded(name, to: 13) + text)
        }
        tellUncompared(report.uncompared, words)
        if !report.superseded.isEmpty { Output.line(words.superseded(report.superseded)) }
        Output.line(
            words.holds(
                isWhole: report.uncompared.isEmpty && report.superseded.isEmpty,
                tenths: Int((Machine.ticks() - started) / 100_000_000)))
        Output.flush()
    }

    private func tellUncompared(
        _ found: [ProjectionVerification.Uncompared], _ words: AuditWords
    ) {
        let kinds: [(ProjectionVerification.Uncompared.Reason, ([String]) -> String)] = [
            (.unbuilt, words.notBuilt), (.outdated, words.outdated), (.moving, words.moving),
        ]
        for (reason, text) in kinds {
            let versions = found.filter { $0.reason == reason }.map(\.version)
            if !versions.isEmpty { Output.line(text(versions)) }
        }
    }

    private func text(of census: PersonCensus, _ words: PersonWords) -> String {
        func pair(_ count: PersonCensus.Count) -> (held: Int, erased: Int) {
            (count.held, count.erased)
        }
        return switch census.vault {
        case .absent: words.noVault
        case .unreadable(let reason): words.vaultUnreadable(reason)
        case .looked:
            words.commitments(
                names: pair(census.names), subjects: pair(census.subjects),
                texts: pair(census.texts), unreferenced: census.unreferenced,
                isCutOff: census.isCutOff)
        }
    }

    /// What is damaged ends with 1, here and in opening the store.
    private func failing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            guard let difference = error as? LogDifference ?? LogDifference(damage: error) else {
                throw error
            }
            // A store that can't be opened still says, later, that it was found damaged.
            OperationNote(
                time: try Machine.now(), entries: 0, holds: false, detail: difference.description
            ).leave(.verification, at: store.path)
            throw failure(difference.description)
        }
    }

    private func failure(_ difference: String) -> Failure {
        let text = difference.hasSuffix(".") ? String(difference.dropLast()) : difference
        return Failure(
            .checkFailed,
            "the store does not hold: \(text). Keep it as it is, and restore a backup beside it.")
    }
}

/// A progress line that several threads may show.
final class ProgressLine: Sendable {
    private let line: Mutex<Progress>

    init(_ unit: WorkUnit) { line = Mutex(Progress(of: unit)) }

    func show(count: Int, share: Int?) { line.withLock { $0.show(count: count, share: share) } }
}
