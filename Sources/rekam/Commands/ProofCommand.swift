import ArgumentParser
import EventLog
import Rendering

struct ProofCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof",
        abstract: "Prove that an entry is in the log, or that the log only grew.",
        discussion: """
            With a sequence it prints a C2SP tlog-proof: the audit path of the entry and the signed \
            checkpoint that it leads to. With --from it prints what shows that the log continues its \
            first SIZE entries (the form a C2SP witness is sent). --check reads a proof back.

            Examples:
              rekam proof 184001 > 184001.tlog-proof
              rekam proof --from 184000
              rekam log show 184001 > entry && rekam proof --check 184001.tlog-proof --entry entry \
            --key "$(rekam checkpoint --verifier)"
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var kept: KeptOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The entry's sequence.", valueName: "seq"))
    var sequence: UInt32?

    @Option(help: ArgumentHelp("Prove that the log continues its first so many entries."))
    var from: UInt32?

    @Option(help: ArgumentHelp("In the tree of the first so many entries; all unless said."))
    var to: UInt32?

    @Option(help: ArgumentHelp("Check a tlog-proof; no store is needed.", valueName: "file"))
    var check: String?

    @Option(help: ArgumentHelp("With --check: the entry, as log show prints it."))
    var entry: String?

    @Option(help: ArgumentHelp("With --check: the verifier key of the log.", valueName: "vkey"))
    var key: String?

    func validate() throws {
        let wanted = [sequence != nil, from != nil, check != nil].count { $0 }
        guard wanted == 1 else {
            throw ValidationError("a sequence, --from SIZE or --check FILE: one of them.")
        }
        guard check == nil || (entry != nil && key != nil) else {
            throw ValidationError("--check FILE wants --entry FILE and --key VKEY.")
        }
    }

    func run() throws {
        if let check { return try checkProof(check) }
        let log = try store.open(readOnly: true)
        let count = try log.read { $0.entryCount }
        let size = to ?? count
        guard size <= count else {
            throw Failure(
                .usage,
                "--to \(size): the log holds \(NumberText.grouped(count)) entries.")
        }
        if let from {
            guard from <= size else {
                throw Failure(.usage, "--from \(from): the later state has \(size) entries.")
            }
            let hashes = try log.read { try $0.consistencyPath(from: from, to: size) }
            let note = try kept.sign(log, size: size)
            Output.write(
                ConsistencyProof(size: from, hashes: hashes, checkpoint: note.encoded).encoded)
        } else if let sequence {
            guard sequence < size else {
                throw Failure(
                    .usage,
                    "there is no entry \(sequence) among the first \(NumberText.grouped(size)), "
                        + "numbered from 0.")
            }
            Output.write(try EntryProofs(log, size: size, kept).proof(of: sequence).encoded)
        }
        Output.flush()
    }

    private func checkProof(_ path: String) throws {
        guard let entry, let key, let verifier = NoteVerifier(key) else {
            throw Failure(
                .usage, "--key \(key ?? ""): a verifier key looks like name+1a2b3c4d+Abc…")
        }
        guard let bytes = Machine.read(path), var content = Machine.read(entry) else {
            throw Failure(.inputOutput, "\(path) or \(entry) can't be read.")
        }
        // `log show` ends the entry with a line break, which is no part of it.
        if content.last == 0x0A { content.removeLast() }
        guard let proof = InclusionProof(String(decoding: bytes, as: UTF8.self)) else {
            throw Failure(.checkFailed, "\(path) is no tlog-proof.")
        }
        guard proof.holds(for: content, verifier: verifier) else {
            throw Failure(
                .checkFailed,
                "\(path) does not prove that this entry is in a log signed by \(verifier.name).")
        }
        Output.line(language.words.proved(proof.index, of: verifier.name))
        Output.flush()
    }
}
