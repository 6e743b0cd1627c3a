import LMDB

/// The tables of the log; their byte layouts are drawn in `Schemas/STORE.md`.
package struct LogTables: Sendable {
    /// Format version, origin, event types, and the state of the log.
    let registry: Table
    /// Column segments, by first sequence.
    let segments: Table
    /// Compressed bundles of 256 entries, and where each ends.
    let bundles: ByteStream
    let bundleEnds: ByteStream
    /// The entries after the last whole bundle, by sequence.
    let tail: Table
    /// Tree hashes of levels 8, 16 and 24, by lane 1, 2 and 3: see `treeLevel`.
    let treeHashes: ByteStream
    /// Texts of names and of cases, in the order of their ids.
    let names: TextTables
    let cases: TextTables
    /// Last sequence of each case.
    let caseLasts: CaseLasts
    /// Voided sequences, each with that of the void.
    let voids: Table
    /// Definitions registered, promoted and dropped, by sequence.
    let definitions: Table
    /// The sources that declare an order of their own, by number.
    let sources: Table
    /// Sequences by the fingerprint of their idempotency key.
    let identities: KeyRuns
    /// The digest of events' contents, under the store's key.
    let digest: ContentDigest
    /// The segments that this process has looked through.
    let checked = CheckedSegments()
    /// The store's folder, for errors.
    let path: String

    static let names = [
        "registry", "segments", "bundles", "bundle_ends", "tail", "tree", "names", "name_ends",
        "cases", "case_ends", "case_last", "voids", "definitions", "sources", "text_marks",
    ]

    /// All tables that a store's data file has: those of the log, of its runs and of projections.
    static let all = names + RunTables.names + ["projections"]

    init(_ environment: Environment, contentKey: [UInt8]) throws {
        digest = ContentDigest(key: contentKey)
        let path = environment.path
        let runs = try RunTables(in: environment)
        let tables = try environment.openTables(LogTables.names)
        registry = tables[0]
        segments = tables[1]
        bundles = ByteStream(table: tables[2], path: path)
        bundleEnds = ByteStream(table: tables[3], path: path)
        tail = tables[4]
        treeHashes = ByteStream(table: tables[5], path: path)
        let lengths: [@Sendable (LogState) -> UInt64] = [
            \.nameBytes, { 8 * UInt64($0.nameCount) }, \.caseBytes, { 8 * UInt64($0.caseCount) },
        ]
        func texts(_ place: Int) -> ByteStream {
            ByteStream(
                table: tables[6 + place], path: path,
                tie: StreamTie(
                    tree: MarkTree(table: tables[14], path: path, lane: UInt32(4 * place)),
                    place: place, registry: tables[0], length: lengths[place]))
        }
        names = TextTables(
            texts: texts(0), ends: texts(1), keys: KeyRuns("name_keys", runs))
        cases = TextTables(
            texts: texts(2), ends: texts(3), keys: KeyRuns("case_keys", runs))
        caseLasts = CaseLasts(tree: MarkTree(table: tables[10], path: path))
        voids = tables[11]
        definitions = tables[12]
        sources = tables[13]
        identities = KeyRuns("identities", runs)
        self.path = path
    }

    /// The hashes of one upper level of the tree: 1 for subtrees of 256 leaves, 2 for 65,536.
    func treeLevel(_ level: Int) -> ByteStream {
        var hashes = treeHashes
        hashes.lane = UInt32(level)
        return hashes
    }

    /// The runs by which texts and idempotency keys are found, in the order of their marks in the
    /// log's state.
    var keyRuns: [KeyRuns] { [identities, names.keys, cases.keys] }

    /// The streams that the log's state has marks of, in their order.
    var tied: [ByteStream] { [names.texts, names.ends, cases.texts, cases.ends] }

    /// Ties what was added to texts to the state that has it.
    ///
    /// - Complexity: O(blocks added).
    func markTexts(
        _ old: LogState, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        for stream in tied {
            guard let tie = stream.tie, tie.length(state) > tie.length(old) else { continue }
            let first = Int(tie.length(old)) / ByteStream.blockBytes
            var written: [(leaf: Int, fingerprint: UInt64)] = []
            for block in first..<tie.blocks(in: state) {
                written.append((block, try stream.storedSeal(ofBlock: block, in: transaction)))
            }
            state.textMarks[tie.place] = try tie.tree.update(
                written, leaves: tie.blocks(in: old), mark: old.textMarks[tie.place],
                in: transaction)
        }
    }

    /// What tells the runs of keys as they are from those of another state.
    ///
    /// - Complexity: O(runs).
    func keyMarks(in transaction: borrowing some Transaction & ~Copyable) throws -> [UInt64] {
        var marks: [UInt64] = []
        for keys in keyRuns { marks.append(try keys.runs.mark(in: transaction)) }
        return marks
    }

    /// The tables of the log; those of the sorted runs are shared with projections.
    var all: [Table] {
        [
            registry, segments, bundles.table, bundleEnds.table, tail, treeHashes.table,
            names.texts.table,
            names.ends.table, cases.texts.table, cases.ends.table, caseLasts.table, voids,
            definitions,
            sources, names.texts.tie!.tree.table, names.keys.runs.tables.chunks,
            names.keys.runs.tables.manifests,
        ]
    }
}
