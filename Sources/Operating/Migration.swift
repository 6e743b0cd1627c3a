public import EventLog
import EventModel
internal import Projections
public import Vault

/// Carries a log over into a new store in this program's format: every entry's bytes, sequence and
/// recording time as they were, and so the same root; all the rest is derived from them anew.
///
///     let carried = try Migration(of: old).run(to: "new.store", salts: salts, threads: 2)
public struct Migration {
    private let old: LogStore
    /// Told how many entries were carried over.
    public var progress: (_ entries: Int) throws -> Void = { _ in }
    /// A group, by number, that may read the new store.
    public var group: UInt32?

    /// A migration of a store, which is left as it is.
    public init(of old: LogStore) { self.old = old }

    /// What was carried over.
    public struct Outcome: Sendable {
        /// Entries.
        public var entries: UInt32
        /// The root over them, in both stores.
        public var root: TreeHash
        /// Whether the signing key came along.
        public var hasKey: Bool
    }

    private static let batchEvents = 49_152
    private static let batchBytes = 32 << 20

    /// Makes the new store in a folder that is not there yet, or empty. Entries that the old store
    /// gets meanwhile are left to it.
    ///
    /// - Parameter salts: the source of the new store's own key for digests.
    /// - Throws: `OperatingFault.notTheSame`, `StoreFault`; nothing is left at `folder` then.
    /// - Complexity: O(entries), as fast as an import where many share a recording time.
    public func run(to folder: String, salts: Salts, threads: Int) throws -> Outcome {
        let (count, root) = try old.read {
            ($0.entryCount, try $0.withTree(size: $0.entryCount) { try $0.root() })
        }
        let key = StoreFiles.isAbsent(old.path + "/key") ? nil : try old.signingKey()
        let partial = try PartialFolder(for: folder)
        let erasures = try old.knownErasures()
        let identity = try carry(
            count, root, key, erasures, to: partial.path, salts: salts, threads: threads)
        // The new log has an identity of its own: the old one's lines mean nothing to it. They stand
        // before the store appears, which is never without them.
        try KeptErasures(ofStore: folder).add(erasures, identity: identity)
        let holds = try old.keptHolds.read(identity: old.identity).holds
        try KeptHolds(ofStore: folder).append(holds.map { KeptHold($0) }, identity: identity)
        try partial.finish()
        return Outcome(entries: count, root: root, hasKey: key != nil)
    }

    /// - Returns: the new log's identity.
    private func carry(
        _ count: UInt32, _ root: TreeHash, _ key: StoreKey?, _ erasures: [Erasure],
        to path: String, salts: Salts, threads: Int
    ) throws -> String {
        let new = try LogStore.create(
            at: path, origin: old.origin, types: old.baseTypes, key: key, salts: salts,
            threads: threads, group: group, syncsCommits: false, vaultKey: old.digestKey())
        var next: UInt32 = 0
        while next < count {
            let types = try new.read { $0.types }
            let (batch, recorded) = try batch(from: next, below: count, types)
            let outcome = try new.append(batch, recorded: recorded, isStrict: true)
            if let (row, rejection) = outcome.rejections.first {
                throw fault(next + UInt32(row), "it is refused now: \(rejection.problem)")
            }
            guard outcome.accepted == batch.rows.count else {
                throw fault(next, "an entry is there twice")
            }
            next += UInt32(outcome.accepted)
            try progress(Int(next))
        }
        let carried = try new.read { try $0.withTree(size: $0.entryCount) { try $0.root() } }
        guard carried == root else {
            throw fault(nil, "the new log's root is \(carried), the old one's \(root)")
        }
        try new.sync()
        try old.copyVault(into: new)
        try new.takeVault()
        try new.eraseAgainUnrecorded(erasures)
        _ = try LiveProjections(of: new).catchUp(options: BuildOptions(threads: threads))
        try new.sync()
        return new.identity
    }

    /// The next entries that share a recording time, as events again.
    private func batch(
        from first: UInt32, below count: UInt32, _ types: EventTypes
    ) throws -> (batch: EventBatch, recorded: Instant) {
        var validator = EventValidator(types)
        let registered = types.id(of: "definition.registered")
        var batch = EventBatch()
        batch.isLogsOwn = true
        var recorded = Int64.min
        try old.read { view in
            var segment = try view.segment(containing: first)
            recorded = segment.recorded[Int(first - segment.first)]
            var sequence = first
            while sequence < count, batch.rows.count < Self.batchEvents,
                batch.bytes.count < Self.batchBytes
            {
                if sequence - segment.first >= UInt32(segment.count) {
                    segment = try view.segment(containing: sequence)
                }
                guard segment.recorded[Int(sequence - segment.first)] == recorded else { break }
                let before = batch.mark
                let marks = try view.withEntry(sequence) { entry in
                    do {
                        return try validator.admit(entry: entry, into: &batch)
                    } catch let rejection as Rejection {
                        throw fault(sequence, rejection.problem)
                    }
                }
                if sequence == first {
                    batch.provenance = marks.provenance
                } else if marks.provenance != batch.provenance {
                    batch.goBack(to: before)
                    break
                }
                sequence += 1
                // What follows may be of a type that this one brings.
                if batch.rows.last?.type == registered { break }
            }
        }
        return (batch, Instant(milliseconds: recorded))
    }

    private func fault(_ sequence: UInt32?, _ reason: String) -> OperatingFault {
        .notTheSame(path: old.path, sequence: sequence, reason: reason)
    }
}
