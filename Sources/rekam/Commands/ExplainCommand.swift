import ArgumentParser
import EventLog
import EventModel
import Querying
import Rendering

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show the cases, values and entries behind a figure; they add up to it.",
        discussion: """
            Every fact is found anew in the log, and the facts are added up again: where that is not \
            exactly the figure that a query gives, the command says so and ends with 1.

            Examples:
              rekam explain first_response_time --agent budi --period 2025-07
              rekam explain first_response_time.p90 --period 2025-Q3 --events --limit 5
              rekam explain csat --period 2025-07 --by agent
              rekam explain csat --period 2025-07 --provisional
              rekam explain csat --period 2025-07 --as-of 2025-08-05 --format csv
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var tokens: TokensOption
    @OptionGroup var output: AnswerOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var kept: KeptOptions

    @Argument(help: ArgumentHelp("A KPI or one of its statistics.", valueName: "kpi"))
    var kpi: String

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Option(
        help: ArgumentHelp(
            "Each group apart: dimensions parted by commas.", valueName: "dimensions"))
    var by: [String] = []

    @Flag(help: "Only the facts that may still change.")
    var provisional = false

    @Flag(help: "Beneath each fact, the entries it rests on.")
    var events = false

    @Flag(
        help: ArgumentHelp(
            "Beneath each fact, proofs that its entries are in the log.",
            discussion: "C2SP tlog-proofs under one signed checkpoint, as rekam proof prints them.")
    )
    var proof = false

    @Option(
        help: ArgumentHelp(
            "Facts shown, at most, of each group; 0 for all. A table shows 20, or 5 of each group.",
            valueName: "n"))
    var limit: Int?

    func run() throws {
        if let limit, limit < 0 { throw Failure(.usage, "--limit \(limit): 0 shows all.") }
        if events || proof, output.format == .csv || output.format == .markdown {
            throw Failure(
                .usage,
                "\(events ? "--events" : "--proof") goes with the table and --format json.")
        }
        let log = try store.open(readOnly: true, beside: .at(kept))
        let typed = TypedQuestion(
            kpis: [kpi], by: by, filters: try filters.pairs, times: TypedTimes(period: period))
        let explanation = try Failure.asking {
            let named = try asOf.asking(log, as: tokens, typed.resolved)
            return try asOf.replaying(log) {
                try $0.explanation(named ?? typed.request(in: $0), onlyOpen: provisional)
            }
        }
        if (events || proof), explanation.parts.contains(where: \.isAnonymous) {
            throw Failure(
                .usage,
                "\(kpi) rests on anonymous answers, which are not shown one by one: ask without "
                    + "\(events ? "--events" : "--proof").")
        }
        let view = try view(of: explanation, log)
        switch output.format {
        case .table: Output.page(try view.table())
        case .json: Output.write(try view.json())
        case .csv: Output.write(try view.csv())
        case .markdown: Output.write(try view.markdown())
        }
        Output.flush()
        if !explanation.holds, !provisional {
            throw Failure(
                .checkFailed,
                "the facts do not add up to the figure. The log says what is right: rekam verify")
        }
    }

    /// The explanation with what stands beneath its facts.
    private func view(of explanation: Explanation, _ log: LogStore) throws -> ExplanationView {
        let zone = try log.read { try $0.definitions().storeTimeZone } ?? .utc
        let proofs =
            try proof ? EntryProofs(log, size: explanation.answer.basis.sequence, kept) : nil
        func entry(_ sequence: UInt32) throws -> String {
            String(
                decoding: try log.read { try PrintedTokens.entry(sequence, in: $0) }, as: UTF8.self)
        }
        let usual = explanation.isSplit ? 5 : 20
        return ExplanationView(
            explanation, zone: zone, style: output.style,
            limit: limit == 0 ? nil : limit ?? (output.format == .table ? usual : nil),
            beneath: { sequence in
                // A proof stands as a file would, so that it can be cut out.
                try (events ? ["    " + entry(sequence)] : [])
                    + (proofs.map { [try $0.proof(of: sequence).encoded] } ?? [])
            },
            members: { sequences in
                var members: [(name: String, json: String)] = []
                if events {
                    let entries = try sequences.map { try entry($0) }
                    members.append(("entries", "[" + entries.joined(separator: ", ") + "]"))
                }
                if let proofs {
                    let texts = try sequences.map { try proofs.json($0) }
                    members.append(("proofs", "[" + texts.joined(separator: ", ") + "]"))
                }
                return members
            })
    }
}

/// Proofs that entries stand in a log, under one signed checkpoint.
struct EntryProofs {
    private let log: LogStore
    private let size: UInt32
    private let checkpoint: String
    private let verifier: NoteVerifier

    /// Signs the checkpoint of a log's first `size` entries.
    init(_ log: LogStore, size: UInt32, _ kept: KeptOptions) throws {
        self.log = log
        self.size = size
        checkpoint = try kept.sign(log, size: size).encoded
        guard let verifier = try log.noteVerifiers().first else {
            throw Failure(.checkFailed, "the key in \(log.path.printable) verifies nothing.")
        }
        self.verifier = verifier
    }

    /// The proof of an entry; as a reader will, this looks whether it holds first.
    func proof(of sequence: UInt32) throws -> InclusionProof {
        let (path, entry) = try log.read { view in
            (try view.inclusionPath(of: sequence, size: size), try view.entry(sequence))
        }
        let proof = InclusionProof(index: sequence, path: path, checkpoint: checkpoint)
        guard proof.holds(for: entry, verifier: verifier) else {
            throw Failure(
                .checkFailed,
                "entry \(sequence) is not what the log's tree says. Check the store: rekam verify")
        }
        return proof
    }

    /// The proof for programs: an object.
    fileprivate func json(_ sequence: UInt32) throws -> String {
        let leaf = try log.read { try $0.leafHash(sequence) }
        return "{\"sequence\": \(sequence), \"leaf\": \"\(Hexadecimal.text(leaf.bytes))\", "
            + "\"tlog_proof\": \(JSONText.string(try proof(of: sequence).encoded))}"
    }
}
