internal import Dispatch
import EventModel
import LMDB
internal import Synchronization

/// The first thing found in a store that is not what its entries say.
public struct LogDifference: Error, Hashable, Sendable, CustomStringConvertible {
    /// The table it stands in.
    public var table: String
    /// Its key there, or what takes its place.
    public var key: String
    /// The entry concerned; nil where there is none.
    public var sequence: UInt32?
    /// What is wrong.
    public var problem: String

    /// For example `segments 65536, entry 70001: the case is not that of the entry`.
    public var description: String {
        let entry = sequence.map { ", entry \($0)" } ?? ""
        return "\(table) \(key)\(entry): \(problem)"
    }
}

extension LogDifference {
    /// What an error says of a stored value that does not hold together; nil where it speaks of
    /// something else, such as a disk that cannot be read.
    package init?(damage error: any Error) {
        switch error {
        case StoreFault.damaged(_, let table, let key, let reason):
            self.init(table: table, key: key, problem: reason)
        case let fault as RunsFault:
            self.init(table: "runs.chunks", key: "", problem: fault.description)
        case let fault as LMDBError where fault.kind == .corrupted:
            self.init(table: "data.mdb", key: "", problem: fault.description)
        default: return nil
        }
    }
}

extension LogStore {
    /// Checks everything the log keeps against its entries: every entry is hashed and taken apart
    /// anew, and leaf hashes, tree, root, columns, names, cases, histories, idempotency keys, voids,
    /// definitions and counts are compared with what follows from them.
    ///
    /// Works on several threads in read transactions of well below a second, so that the log can be
    /// written meanwhile; what came after the beginning is not looked at.
    ///
    /// Commitments are compared with the vault, where there is one.
    ///
    /// - Parameters:
    ///   - persons: told how commitments and vault go together, where nothing differs.
    ///   - progress: called now and then with the number of entries done.
    /// - Returns: the first difference, in the order of the checks and of sequences; nil where there
    ///   is none.
    /// - Throws: what kept the check from being made.
    /// - Complexity: O(entries), about six microseconds each on one thread; memory O(cases).
    public func verify(
        threads: Int = 2, persons: (PersonCensus) -> Void = { _ in },
        progress: @escaping @Sendable (UInt32) -> Void = { _ in }
    ) throws -> LogDifference? {
        try verify(
            VerificationRun(store: self, looksAtVault: true, progress: progress), threads, persons)
    }

    /// The same, without a look at the vault: what figures rest on, which no personal text is part of.
    ///
    /// - Parameter known: so many first entries are not hashed and taken apart again: the stored tree
    ///   stands for them. Everything else is compared, so that the root is that of a tree that has
    ///   this tree's first `known` leaves, and after them the entries that are there.
    /// - Returns: the first difference; nil where there is none.
    /// - Complexity: O(entries); of those that are known a row is read and no entry.
    package func verifyEntries(threads: Int = 2, beyond known: UInt32 = 0) throws -> LogDifference?
    {
        let run = try VerificationRun(
            store: self, looksAtVault: false, beyond: known, progress: { _ in })
        return try verify(run, threads, { _ in })
    }

    private func verify(
        _ run: VerificationRun, _ threads: Int, _ persons: (PersonCensus) -> Void
    ) throws -> LogDifference? {
        do {
            try run.checkLayout()
            try run.checkEntries(threads: max(1, threads))
            try run.checkOrder()
            try run.checkTexts()
            try run.checkCounts()
            try run.checkSeals()
            try run.checkPersons()
            persons(run.census.withLock { $0 })
            return nil
        } catch let difference as LogDifference {
            return difference
        } catch {
            guard let difference = LogDifference(damage: error) else { throw error }
            return difference
        }
    }
}

/// One verification, over the entries there were when it began.
final class VerificationRun: Sendable {
    let store: LogStore
    let state: LogState
    let progress: @Sendable (UInt32) -> Void
    let types: EventTypes
    let layout: TypeLayout
    /// The first entry that is looked at; whole tiles of hashes stand before it.
    let first: Int
    /// Roots of whole tiles, 32 bytes each, as computed from the entries; before the first entry as
    /// they are stored.
    let tiles = Guarded<[UInt8]>([])
    /// Bytes of the entries checked so far.
    let entryBytes = Atomic<UInt64>(0)

    /// What entries say of persons.
    let tally: Guarded<PersonTally>
    /// How that goes together with the vault.
    let census = Guarded(PersonCensus())
    /// What was erased.
    let erased: ErasedTokens

    /// Entries of one read transaction.
    static let sliceEntries = Segmentation.finalRows

    init(
        store: LogStore, looksAtVault: Bool, beyond known: UInt32 = 0,
        progress: @escaping @Sendable (UInt32) -> Void
    ) throws {
        self.store = store
        self.progress = progress
        (state, types) = try store.read { ($0.state, $0.types) }
        layout = TypeLayout(types)
        first = Int(min(known, state.entryCount)) / BundleJob.perBundle * BundleJob.perBundle
        tally = Guarded(PersonTally(nameCount: state.nameCount))
        erased = ErasedTokens(store)
        let vault = looksAtVault ? try lookAtVault() : .absent
        census.withLock { $0.vault = vault }
        let tileBytes = Int(state.entryCount) / BundleJob.perBundle * 32
        tiles.withLock { $0 = Array(repeating: 0, count: tileBytes) }
    }

    var count: Int { Int(state.entryCount) }

    /// Takes every entry apart and compares it with its row, slice by slice.
    func checkEntries(threads: Int) throws {
        try takeTiles(before: first)
        let perSlice = VerificationRun.sliceEntries
        let known = first / perSlice
        let slices = (count + perSlice - 1) / perSlice - known
        let counter = ChunkCounter(count: slices)
        let done = Atomic<Int>(0)
        // By slice, so that the first difference is named, whichever thread is faster.
        let faults = Guarded<[Int: any Error]>([:])
        DispatchQueue.concurrentPerform(iterations: min(threads, max(1, slices))) { _ in
            let verifier = SliceVerifier(self)
            while let slice = counter.next(), faults.withLock({ $0.isEmpty }) {
                let start = (known + slice) * perSlice
                let range = max(start, self.first)..<min(start + perSlice, self.count)
                do {
                    try self.store.read { try verifier.check(range, in: $0) }
                } catch {
                    faults.withLock { $0[slice] = error }
                }
                let total = done.add(range.count, ordering: .relaxed).newValue
                self.progress(UInt32(total))
            }
            let tally = verifier.tally
            self.tally.withLock { $0.add(tally) }
        }
        let fault = faults.withLock { $0.min { $0.key < $1.key }?.value }
        if let fault { throw fault }
        guard first > 0 || entryBytes.load(ordering: .relaxed) == state.entryBytes else {
            throw LogDifference(
                table: "registry", key: StoreFormat.stateKey,
                problem: "the bytes of entries are not those that are there")
        }
        try checkTree()
    }

    /// Takes whole tiles' roots as they are stored, each held against the log's root.
    private func takeTiles(before end: Int) throws {
        try store.read { view in
            for place in 0..<end / BundleJob.perBundle {
                let root = try view.tree.node(lane: 1, place, in: view.transaction)
                tiles.withLock { tiles in
                    for index in 0..<32 { tiles[32 * place + index] = root.storage[index] }
                }
            }
        }
    }

    /// Compares the stored upper levels, the frontier and the root with the tiles' roots.
    private func checkTree() throws {
        let roots = tiles.withLock { $0 }
        var frontier = MerkleFrontier()
        var levels: [[TreeHash]] = [[], [], []]
        for tile in 0..<roots.count / 32 {
            guard let root = TreeHash(Array(roots[32 * tile..<32 * tile + 32])) else { continue }
            levels[0].append(root)
            frontier.add(root, level: LogTables.tileLevels) { level, _, hash in
                guard level % LogTables.tileLevels == 0, level < 32 else { return }
                levels[level / LogTables.tileLevels - 1].append(hash)
            }
        }
        try store.read { view in
            for (index, hashes) in levels.enumerated() {
                try compare(hashes, lane: index + 1, in: view)
            }
            for sequence in frontier.size..<count {
                frontier.add(try view.leafHash(UInt32(sequence)))
            }
        }
        guard frontier == state.frontier, frontier.root == state.root else {
            throw LogDifference(
                table: "registry", key: StoreFormat.stateKey,
                problem: "the root is not that of the entries")
        }
    }

    private func compare(_ hashes: [TreeHash], lane: Int, in view: borrowing LogView) throws {
        for (place, hash) in hashes.enumerated()
        where try view.tables.storedNode(lane: lane, place, in: view.transaction) != hash {
            throw LogDifference(
                table: "tree", key: "\(lane)/\(place)",
                problem: "the hash is not that of the entries below it")
        }
    }
}
