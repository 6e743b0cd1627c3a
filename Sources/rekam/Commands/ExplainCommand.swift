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
              rekam explain csat --period 2025-07 --provisional
              rekam explain csat --period 2025-07 --as-of 2025-08-05 --format csv
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: AnswerOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: ArgumentHelp("A KPI or one of its statistics.", valueName: "kpi"))
    var kpi: String

    @Option(help: ArgumentHelp("Which period.", valueName: "period"))
    var period: String

    @Flag(help: "Only the facts that may still change.")
    var provisional = false

    @Flag(help: "Beneath each fact, the entries it rests on.")
    var events = false

    @Flag(help: "Beneath each fact, what proves that its entries are in the log (RFC 6962).")
    var proof = false

    @Option(
        help: ArgumentHelp(
            "Facts shown, at most; 0 for all. A table shows 20 unless told otherwise.",
            valueName: "n"))
    var limit: Int?

    func run() throws {
        if let limit, limit < 0 { throw Failure(.usage, "--limit \(limit): 0 shows all.") }
        let log = try store.open(readOnly: true)
        let request = QueryRequest(kpis: [kpi], filters: try filters.pairs, period: period)
        let explanation: Explanation
        do {
            explanation = try asOf.replaying(log) {
                try $0.explanation(request, onlyOpen: provisional)
            }
        } catch let faults as QueryFaults {
            throw Failure(.usage, messages: faults.faults.map(\.description))
        } catch let fault as ExplanationFault {
            throw Failure(.usage, fault.description)
        }
        if (events || proof), explanation.parts.contains(where: \.isAnonymous) {
            throw Failure(
                .usage,
                "\(kpi) rests on anonymous answers, which are not shown one by one: ask without "
                    + "\(events ? "--events" : "--proof").")
        }
        let zone = try log.read { try $0.definitions().storeTimeZone } ?? .utc
        let evidence = Evidence(log: log, size: explanation.answer.basis.sequence)
        let view = ExplanationView(
            explanation, zone: zone, style: output.style,
            limit: limit == 0 ? nil : limit ?? (output.format == .table ? 20 : nil),
            beneath: { sequence in
                try (events ? [evidence.entry(sequence)] : [])
                    + (proof ? evidence.lines(sequence) : [])
            },
            members: { sequences in
                var members: [(name: String, json: String)] = []
                if events {
                    let entries = try sequences.map { try evidence.entry($0) }
                    members.append(("entries", "[" + entries.joined(separator: ", ") + "]"))
                }
                if proof {
                    let proofs = try sequences.map { try evidence.json($0) }
                    members.append(("proofs", "[" + proofs.joined(separator: ", ") + "]"))
                }
                return members
            })
        switch output.format {
        case .table: Output.write(try view.table())
        case .json: Output.write(try view.json())
        case .csv: Output.write(try view.csv())
        case .markdown: Output.write(try view.markdown())
        }
        Output.flush()
        if !explanation.addsUp, !provisional {
            throw Failure(
                .checkFailed,
                "the facts do not add up to the figure. The log says what is right: rekam verify")
        }
    }
}

/// Entries, and proofs that they are in a log of so many.
struct Evidence {
    let log: LogStore
    let size: UInt32

    /// An entry as recorded.
    func entry(_ sequence: UInt32) throws -> String {
        String(decoding: try log.read { try $0.entry(sequence) }, as: UTF8.self)
    }

    /// Its leaf hash and audit path, checked here before they are shown.
    func path(_ sequence: UInt32) throws -> (leaf: TreeHash, path: [TreeHash]) {
        let (leaf, path, root) = try log.read { view in
            let leaf = try view.leafHash(sequence)
            return try view.withTree(size: size) { tree in
                (leaf, try tree.inclusionProof(of: Int(sequence)), try tree.root())
            }
        }
        let isProved = MerkleProof.includes(
            leaf: leaf, at: Int(sequence), size: Int(size), path: path, root: root)
        guard isProved else {
            throw Failure(
                .checkFailed,
                "entry \(sequence) is not proved by its path. Check the store: rekam verify")
        }
        return (leaf, path)
    }

    /// The proof for people.
    func lines(_ sequence: UInt32) throws -> [String] {
        let (leaf, path) = try path(sequence)
        return ["entry \(sequence) of \(size), leaf \(Hexadecimal.text(leaf.bytes))"]
            + path.map { "  \(Hexadecimal.text($0.bytes))" }
    }

    /// The proof for programs.
    func json(_ sequence: UInt32) throws -> String {
        let (leaf, path) = try path(sequence)
        let hashes = path.map { "\"\(Hexadecimal.text($0.bytes))\"" }
        return "{\"sequence\": \(sequence), \"size\": \(size), "
            + "\"leaf\": \"\(Hexadecimal.text(leaf.bytes))\", "
            + "\"path\": [\(hashes.joined(separator: ", "))]}"
    }
}
