public import EventModel
import LMDB
import Vault

/// The log as one transaction sees it.
///
/// Given to the closure of `LogStore.read` and invalid after it, with everything it lends. Used by
/// one thread; the segments it gives may be read by several.
public struct LogView: ~Copyable {
    let store: LogStore
    /// What projections read their own tables through.
    package let transaction: TransactionReference
    package let state: LogState
    let bundles: BundleReader
    /// The stored hashes of the tree in this view.
    let tree: HeldTree
    /// Cases' last entries in this view.
    let caseLasts: HeldCaseLasts
    /// What explains tokens in this view.
    let persons: PersonReader
    /// The event types of the store, as this transaction sees them.
    public let types: EventTypes
    /// What the rows of its segments keep to.
    let check: SegmentCheck

    init(store: LogStore, transaction: TransactionReference) throws {
        self.store = store
        self.transaction = transaction
        let state = try store.tables.state(in: transaction)
        let known = try store.storeTypes.state(of: state, in: transaction)
        self.state = state
        types = known.types
        check = SegmentCheck(
            types: known.types, layout: known.layout, caseCount: state.caseCount,
            nameCount: state.nameCount)
        let tree = HeldTree(store.tables, state)
        self.tree = tree
        bundles = BundleReader(tree)
        caseLasts = HeldCaseLasts(store.tables.caseLasts, state)
        persons = PersonReader(store.vault, showsTokens: store.showsTokens, types: known.types)
    }

    var tables: LogTables { store.tables }

    /// Entries; sequences run from 0 to one less.
    public var entryCount: UInt32 { state.entryCount }
    /// Whether there is an entry that is not one of the log's own.
    package var hasEvents: Bool {
        zip(types.schemas, state.typeCounts).contains { !$0.isLogsOwn && $1 > 0 }
    }
    /// The root of the Merkle tree over all entries.
    public var root: [UInt8] { state.root.bytes }
    /// Cases; their ids run from 0 to one less.
    public var caseCount: Int { Int(state.caseCount) }
    /// Name ids given so far, 0 (absent) and 1 (the empty text) included.
    public var nameCount: Int { Int(state.nameCount) }

    /// Cases and name ids, once the last of each was found to be there: a count that memory is asked
    /// for by is not taken from a damaged record.
    ///
    /// - Complexity: O(log cases + log names).
    package func soundCounts() throws -> (cases: Int, names: Int) {
        if state.caseCount > 0 { _ = try subject(ofCase: state.caseCount - 1) }
        if state.nameCount > LogState.firstName { _ = try name(state.nameCount - 1) }
        return (caseCount, nameCount)
    }

    /// Recording time of the last entry; nil in an empty log.
    public var lastRecorded: Instant? { state.entryCount == 0 ? nil : state.lastRecorded }

    /// The event types as the log's first so many entries leave them.
    ///
    /// - Complexity: O(definitions).
    public func types(upTo count: UInt32) throws -> EventTypes {
        store.storeTypes.base.registering(try definitions(upTo: count))
    }

    // MARK: Columns

    // Segments are looked through when this process first opens them, O(rows) each; a damaged one
    // is a `StoreFault.damaged`.

    /// All segments, in order; together they cover every entry.
    ///
    /// - Complexity: O(entries / 65,536).
    public func segments() throws -> [ColumnSegment] {
        try Segmentation.pieces(ofCount: Int(entryCount)).map { try segment(over: $0) }
    }

    /// The segments that hold some sequences, in order.
    public func segments(covering sequences: Range<UInt32>) throws -> [ColumnSegment] {
        precondition(sequences.upperBound <= entryCount, "sequences beyond the log's end")
        return try Segmentation.pieces(ofCount: Int(entryCount), from: Int(sequences.lowerBound))
            .filter { $0.overlaps(Int(sequences.lowerBound)..<Int(sequences.upperBound)) }
            .map { try segment(over: $0) }
    }

    /// The segment that holds a sequence.
    ///
    /// - Throws: `StoreFault.damaged` beyond the log's end, too.
    /// - Complexity: O(log segments).
    public func segment(containing sequence: UInt32) throws -> ColumnSegment {
        try segment(over: piece(containing: sequence))
    }

    private func piece(containing sequence: UInt32) throws -> Range<Int> {
        guard sequence < entryCount else {
            throw damage(
                "segments", sequence, "something leads to this entry, beyond the log's end")
        }
        return Segmentation.piece(containing: Int(sequence), ofCount: Int(entryCount))
    }

    private func segment(over piece: Range<Int>) throws -> ColumnSegment {
        try tables.segment(over: piece, check, tree, in: transaction)
    }

    /// All segments, each checked when it is first touched: for what touches only some.
    package func segmentWalk() throws -> SegmentWalk {
        var segments: [ColumnSegment] = []
        var roots: [TreeHash?] = []
        for piece in Segmentation.pieces(ofCount: Int(entryCount)) {
            let segment = try tables.segment(over: piece, in: transaction)
            segments.append(segment)
            roots.append(
                tables.checked.has(segment)
                    ? nil : try tree.root(atSegmentEnd: piece.upperBound, in: transaction))
        }
        return SegmentWalk(segments, roots, check, tables)
    }

    /// The segment that holds a sequence as it stands, for verification.
    func uncheckedSegment(containing sequence: UInt32) throws -> ColumnSegment {
        try tables.segment(over: piece(containing: sequence), in: transaction)
    }

    /// The segments that hold some sequences as they stand, for verification.
    func uncheckedSegments(covering sequences: Range<UInt32>) throws -> [ColumnSegment] {
        try Segmentation.pieces(ofCount: Int(entryCount), from: Int(sequences.lowerBound))
            .filter { $0.overlaps(Int(sequences.lowerBound)..<Int(sequences.upperBound)) }
            .map { try tables.segment(over: $0, in: transaction) }
    }

    /// The last entry of a case; nil when there is no such case.
    ///
    /// - Complexity: O(log cases).
    public func lastSequence(ofCase id: UInt32) throws -> UInt32? {
        guard id < state.caseCount else { return nil }
        let sequence = try caseLasts.lastSequence(ofCase: id, in: transaction)
        let segment = try segment(containing: sequence)
        guard segment.cases[Int(sequence - segment.first)] == id else {
            throw damage("case_last", id, "its last entry is another case's")
        }
        return sequence
    }

    /// The sequences of a case, ascending: a walk back through the columns.
    ///
    /// - Complexity: O(entries of the case).
    public func caseHistory(_ id: UInt32) throws -> [UInt32] {
        var history: [UInt32] = []
        guard var sequence = try lastSequence(ofCase: id) else { return history }
        var segment = try segment(containing: sequence)
        while sequence != .max {
            if sequence < segment.first { segment = try self.segment(containing: sequence) }
            history.append(sequence)
            let previous = segment.previous[Int(sequence - segment.first)]
            guard previous == .max || previous < sequence else {
                throw damage("segments", sequence, "a case's history does not lead back")
            }
            sequence = previous
        }
        return history.reversed()
    }

    // MARK: Voids

    /// The sequences taken out by an `event.voided`, ascending.
    ///
    /// - Complexity: O(result).
    public func voidedSequences() throws -> [UInt32] { try voids().map(\.voided) }

    /// Every voided sequence with that of its `event.voided`, ascending.
    public func voids() throws -> [(voided: UInt32, by: UInt32)] {
        var voids: [(voided: UInt32, by: UInt32)] = []
        guard state.voidedCount > 0 else { return voids }
        // The count alone is no reason to ask for gigabytes.
        voids.reserveCapacity(min(Int(state.voidedCount), 1 << 16))
        var cursor = try transaction.cursor(tables.voids)
        var stands = try cursor.move(.first)
        while stands {
            try cursor.withEntry { key, value in
                guard key.count == 4, value.count == 4 else {
                    throw damage("voids", 0, "a record is cut, or too long")
                }
                voids.append((key.bigEndian(at: 0), value.littleEndian(at: 0)))
            }
            stands = try cursor.move(.next)
        }
        var walk = try segmentWalk()
        for (voided, by) in voids {
            guard try takesOut(by, voided, &walk) else {
                throw damage("voids", voided, "no entry says it")
            }
        }
        guard voids.count == state.voidedCount else {
            throw damage("voids", 0, "entries that were taken out are missing")
        }
        return voids
    }

    /// Whether an entry is the `event.voided` of another.
    private func takesOut(
        _ sequence: UInt32, _ voided: UInt32, _ walk: inout SegmentWalk
    ) throws -> Bool {
        guard let type = check.layout.voidType else { return false }
        let segment = try walk.segment(containing: sequence).segment
        let row = Int(sequence - segment.first)
        let column = segment.column(
            type: type, index: check.layout.slotColumns[Int(type)])
        guard segment.types[row] == type, let column else { return false }
        return column[Int(segment.ordinals[row])] == Int64(voided)
    }

    /// Whether an entry was taken out.
    ///
    /// - Complexity: O(log voided entries).
    public func isVoided(_ sequence: UInt32) throws -> Bool {
        guard state.voidedCount > 0,
            let by = try transaction.withValue(
                tables.voids, Key(sequence), { $0.count == 4 ? $0.littleEndian(at: 0) : UInt32.max }
            )
        else { return false }
        var walk = try segmentWalk()
        guard try takesOut(by, sequence, &walk) else {
            throw damage("voids", sequence, "no entry says it")
        }
        return true
    }

    func damage(_ table: String, _ key: UInt32, _ reason: String) -> StoreFault {
        .damaged(path: store.path, table: table, key: String(key), reason: reason)
    }
}
