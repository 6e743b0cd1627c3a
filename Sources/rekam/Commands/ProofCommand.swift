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
            first SIZE entries (the form a C2SP witness is sent). --check reads either back, without a \
            store: one of an entry with the entry, one of growth with the earlier checkpoint, which \
            you kept. Where the log signs with another key since, --rotations has what your key said \
            of it (rekam key show --rotations).

            Examples:
              rekam proof 184001 > 184001.tlog-proof
              rekam proof --from 184000 > grown
              rekam log show 184001 > entry && rekam proof --check 184001.tlog-proof --entry entry \
            --key "$(rekam checkpoint --verifier)"
              rekam proof --check grown --from october.checkpoint --key their.key
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var kept: KeptOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The entry's sequence.", valueName: "seq"))
    var sequence: UInt32?

    @Option(
        help: ArgumentHelp(
            "Prove that the log continues its first so many entries; with --check: the earlier "
                + "checkpoint's file.", valueName: "size|file"))
    var from: String?

    @Option(help: ArgumentHelp("In the tree of the first so many entries; all unless said."))
    var to: UInt32?

    @Option(help: ArgumentHelp("Check a proof; no store is needed.", valueName: "file"))
    var check: String?

    @Option(help: ArgumentHelp("With --check: the entry, as log show prints it."))
    var entry: String?

    @OptionGroup var trust: TrustOptions

    func validate() throws {
        guard check == nil else {
            guard sequence == nil, (entry == nil) != (from == nil), trust.key != nil else {
                throw ValidationError(
                    "--check FILE wants --key VKEY, and --entry FILE where it proves an entry, or "
                        + "--from CHECKPOINT where it proves growth.")
            }
            return
        }
        guard (sequence == nil) != (from == nil) else {
            throw ValidationError("a sequence, --from SIZE or --check FILE: one of them.")
        }
        guard from.map({ UInt32($0) != nil }) ?? true else {
            throw ValidationError("--from \(from ?? ""): a number of entries, such as 184000.")
        }
    }

    func run() throws {
        if let check {
            let proof = ProofCheck(path: check, verifiers: try trust.verifiers() ?? [])
            let words = CheckpointWords(language.lang)
            if let entry {
                Output.line(words.proved(try proof.index(of: entry), of: proof.log))
            } else if let from {
                Output.line(words.relation(try proof.growth(from: from).said))
                Output.line(words.signed)
            }
            return Output.flush()
        }
        let log = try store.open(readOnly: true, beside: .nothing)
        let count = try log.read { $0.entryCount }
        let size = to ?? count
        guard size <= count else {
            throw Failure(
                .usage,
                "--to \(size): the log holds \(NumberText.grouped(count)) entries.")
        }
        if let from = from.flatMap({ UInt32($0) }) {
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
}
