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
            with 0 when everything checked holds, with 1 and the first difference when not. Where the \
            log signs with another key since, an earlier key is followed to it by what it signed.

            Examples:
              rekam snapshot verify 2025-Q3 --key cs.example.com/log+1a2b3c4d+AbCd…
              rekam snapshot verify 2025-Q3 --store rekam.store
              rekam snapshot verify 2025-Q3 --key their.key --closing closed.json \
            --proof closed.tlog-proof
            """)

    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The snapshot's folder.", valueName: "dir"))
    var folder: String

    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("A store to compute the figures from anew.", valueName: "dir"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "The entry that closed the period's books, as log show --tokens prints it: it names "
                + "the snapshot.", valueName: "file"))
    var closing: String?

    @Option(
        help: ArgumentHelp("With --closing: its proof (rekam proof SEQ).", valueName: "file"))
    var proof: String?

    @Option(
        help: ArgumentHelp(
            "Where entries are recorded anew for a while; $TMPDIR, else /tmp, unless said.",
            valueName: "dir"))
    var scratch: String?

    func validate() throws {
        guard (closing == nil) == (proof == nil) else {
            throw ValidationError("--closing FILE and --proof FILE go together.")
        }
    }

    func run() throws {
        let reading = try SnapshotCommand.checking(folder) { try SnapshotReading(folder) }
        let signer = try signer(reading)
        let manifest = reading.manifest
        var report = SnapshotChecked(
            kpiCount: manifest.kpiCount, whose: (manifest.agent ?? manifest.team)?.printable,
            period: manifest.period.description, timeZone: manifest.timeZone.printable,
            entries: UInt32(clamping: manifest.checkpoint.size),
            recorded: manifest.recordedThrough?.rfc3339, fileCount: manifest.files.count,
            signer: reading.verifier.name.printable, key: reading.verifier.text,
            stands: signer)
        report.refused = manifest.refusedNames
        report.hasNames = reading.hasNames
        if reading.hasEntries {
            try recompute(reading)
            report.isRecomputed = true
        }
        if let store {
            try compare(reading, store)
            report.store = store.printable
        }
        if let closing, let proof { report.closing = try tie(reading, to: closing, proof) }
        Progress.clear()
        for line in SnapshotWords(language.lang).report(report) { Output.line(line) }
        Output.flush()
    }

    /// How the key stands to the one that was given, if one was.
    private func signer(_ reading: SnapshotReading) throws -> SnapshotChecked.Signer {
        guard let given = try trust.verifiers() else { return .unconfirmed }
        if given[0] == reading.verifier { return .given }
        guard try trusted(reading).contains(reading.verifier) else {
            throw Failure(
                .checkFailed,
                "the snapshot \(folder) does not hold: it is signed by \(reading.verifier.text), "
                    + "not by the key you gave, and nothing in it shows that your key vouches for "
                    + "that one.")
        }
        return .vouchedFor
    }

    /// The key given, or where none is that of the snapshot, and each that it leads to.
    private func trusted(_ reading: SnapshotReading) throws -> [NoteVerifier] {
        let given = try trust.verifiers() ?? [reading.verifier]
        return given + given.flatMap { reading.succession.verifiers(trusting: $0) }
    }

    /// The entry that closed the books with this snapshot.
    private func tie(
        _ reading: SnapshotReading, to file: String, _ proofFile: String
    ) throws -> UInt32 {
        guard var entry = Machine.read(file), let bytes = Machine.read(proofFile) else {
            throw Failure(
                .inputOutput, "\(file.printable) or \(proofFile.printable) can't be read.")
        }
        // `log show` ends the entry with a line break, which is no part of it.
        if entry.last == 0x0A { entry.removeLast() }
        guard let proof = InclusionProof(String(decoding: bytes, as: UTF8.self)) else {
            throw Failure(.checkFailed, "\(proofFile.printable) is no tlog-proof.")
        }
        let verifiers = try trusted(reading)
        return try SnapshotCommand.checking(folder) {
            try reading.closing(entry, proof: proof, verifiers: verifiers)
        }
    }

    private func recompute(_ reading: SnapshotReading) throws {
        Interrupt.listen()
        let line = ProgressLine(.entries)
        let total = max(1, Int(reading.manifest.checkpoint.size))
        let recomputing = SnapshotRecomputing(
            reading, types: try EventTypes.shipped(texts: Shipped.texts(in: "events")))
        try SnapshotCommand.checking(folder) {
            try Machine.scratch(for: "verify", in: scratch).use { place in
                try recomputing.run(scratch: place, options: BuildProgressLine.options()) { done in
                    line.show(count: done, share: done * 1000 / total)
                    if Interrupt.isAsked { throw Failure(.interrupted, "stopped.") }
                }
            }
        }
    }

    private func compare(_ reading: SnapshotReading, _ path: String) throws {
        let log = try LogStore.open(at: path, readOnly: true, threads: Machine.cores)
        let expected = reading.manifest.checkpoint
        let comparison = try log.read { try $0.comparison(with: expected) }
        guard comparison.relation == .same || comparison.relation == .grown,
            comparison.smaller == expected
        else {
            throw Failure(
                .checkFailed,
                "the snapshot \(folder) does not hold: the first \(expected.size) entries of "
                    + "\(path) are not those it was taken from. "
                    + SnapshotWords(.english).standing(comparison.said))
        }
        try SnapshotCommand.checking(folder) {
            try reading.compare(
                with: SnapshotBuilder(
                    log, asOf: expected.size, options: BuildProgressLine.options()
                ).build(reading.request))
        }
    }
}
