import ArgumentParser
import EventLog
import EventModel
import Exporting
import Projections
import Rendering
import Shipped

struct SnapshotVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a snapshot, and say what that establishes and what it does not.",
        discussion: """
            No store is needed. Where the snapshot carries the entries, every figure is computed \
            anew from them. With --store the figures are computed from that store and compared. Ends \
            with 0 when everything checked holds, with 1 and the first difference when not.

            Examples:
              rekam snapshot verify 2025-Q3 --key cs.example.com/log+1a2b3c4d+AbCd…
              rekam snapshot verify 2025-Q3 --store rekam.store
            """)

    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The snapshot's folder.", valueName: "dir"))
    var folder: String

    @Option(
        help: ArgumentHelp(
            "The log's verifier key, from somebody you trust; or a file with it.",
            valueName: "vkey"))
    var key: String?

    @Option(help: ArgumentHelp("A store to compute the figures from anew.", valueName: "dir"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Where entries are recorded anew for a while; $TMPDIR, else /tmp, unless said.",
            valueName: "dir"))
    var scratch: String?

    func run() throws {
        let reading = try SnapshotCommand.checking(folder) { try SnapshotReading(folder) }
        let isConfirmed = try confirm(reading)
        let manifest = reading.manifest
        var report = SnapshotChecked(
            kpiCount: manifest.kpiCount, whose: (manifest.agent ?? manifest.team)?.printable,
            period: manifest.period.printable, timeZone: manifest.timeZone.printable,
            entries: UInt32(clamping: manifest.checkpoint.size),
            recorded: manifest.recordedThrough?.rfc3339, fileCount: manifest.files.count,
            signer: reading.verifier.name.printable, key: reading.verifier.text,
            isConfirmed: isConfirmed)
        if reading.hasEntries {
            try recompute(reading)
            report.isRecomputed = true
        }
        if let store {
            try compare(reading, store)
            report.store = store.printable
        }
        Progress.clear()
        for line in SnapshotWords(language.lang).report(report) { Output.line(line) }
        Output.flush()
    }

    /// Whether the key is the one that was given; nil given is not confirmed.
    private func confirm(_ reading: SnapshotReading) throws -> Bool {
        guard let key else { return false }
        let text =
            Machine.read(key, most: 4096).map { String(decoding: $0, as: UTF8.self) } ?? key
        guard let verifier = NoteVerifier(text.filter { !$0.isWhitespace }) else {
            throw Failure(
                .usage, "--key \(key.printable): a verifier key looks like name+1a2b3c4d+Abc…")
        }
        guard verifier == reading.verifier else {
            throw Failure(
                .checkFailed,
                "the snapshot \(folder) does not hold: it is signed by \(reading.verifier.text), "
                    + "not by the key you gave.")
        }
        return true
    }

    private func recompute(_ reading: SnapshotReading) throws {
        let place = try Machine.temporaryPath(for: "verify", in: scratch)
        defer { FolderFiles.removeTree(place) }
        Interrupt.listen()
        let line = ProgressLine(.entries)
        let total = max(1, Int(reading.manifest.checkpoint.size))
        let recomputing = SnapshotRecomputing(
            reading, types: try EventTypes.shipped(texts: Shipped.texts(in: "events")))
        try SnapshotCommand.checking(folder) {
            try recomputing.run(scratch: place, options: BuildProgressLine.options()) { done in
                line.show(count: done, share: done * 1000 / total)
                if Interrupt.isAsked { throw Failure(.interrupted, "stopped.") }
            }
        }
    }

    private func compare(_ reading: SnapshotReading, _ path: String) throws {
        let log = try LogStore.open(at: path, readOnly: true, threads: Machine.cores)
        let expected = reading.manifest.checkpoint
        let holds = try log.read { view in
            try log.origin == expected.origin && view.entryCount >= expected.size
                && view.checkpoint(size: expected.size).root == expected.root
        }
        guard holds else {
            throw Failure(
                .checkFailed,
                "the snapshot \(folder) does not hold: the first \(expected.size) entries of "
                    + "\(path) are not those it was taken from.")
        }
        try SnapshotCommand.checking(folder) {
            try reading.compare(
                with: SnapshotBuilder(
                    log, asOf: expected.size, options: BuildProgressLine.options()
                ).build(reading.request))
        }
    }
}
