package import EventModel
package import Vault

/// Where the log stands: the registry's record `state`, rewritten by every batch.
package struct LogState: Hashable, Sendable {
    /// Entries, and the next free case and name id.
    package internal(set) var entryCount: UInt32 = 0
    package internal(set) var caseCount: UInt32 = 0
    package internal(set) var nameCount: UInt32 = LogState.firstName
    package internal(set) var voidedCount: UInt32 = 0
    /// Recording time of the last entry; `Instant.earliest` in an empty log.
    package internal(set) var lastRecorded = Instant.earliest
    /// Earliest and latest event time; meaningless in an empty log.
    package internal(set) var earliestTime = Instant.latest
    package internal(set) var latestTime = Instant.earliest
    /// Bytes of the streams, and of all entries before compression.
    package internal(set) var bundleBytes: UInt64 = 0
    package internal(set) var nameBytes: UInt64 = 0
    package internal(set) var caseBytes: UInt64 = 0
    package internal(set) var entryBytes: UInt64 = 0
    /// Root and right edge of the tree.
    package internal(set) var root = TreeHash.empty
    package internal(set) var frontier = MerkleFrontier()
    /// Event types and versions that the log has registered: tells whoever knows the types whether
    /// there are newer ones.
    package internal(set) var schemaCount: UInt32 = 0
    /// Entries by type id; types that came later may be missing.
    package internal(set) var typeCounts: [UInt32]
    /// The fingerprint of the highest row of `case_last`; 0 in an empty log.
    package internal(set) var caseLastMark: UInt64 = 0
    /// The fingerprints of the highest rows above the blocks of texts and of their ends, names' first and then
    /// cases'; 0 where there are none.
    package internal(set) var textMarks: [UInt64] = [0, 0, 0, 0]
    /// The fingerprints of the manifests of idempotency keys, names and cases; 0 where there are none.
    package internal(set) var keyMarks: [UInt64] = [0, 0, 0]
    /// How far the vault was written.
    package internal(set) var vault = VaultStand()

    /// Name ids 0 (absent) and 1 (the empty text) are given.
    static let firstName: UInt32 = 2

    package init(typeCount: Int) { typeCounts = Array(repeating: 0, count: typeCount) }

    /// The record's bytes.
    package var encoded: [UInt8] {
        var record = RecordWriter()
        for count in [entryCount, caseCount, nameCount, voidedCount] { record.put(count) }
        for instant in [lastRecorded, earliestTime, latestTime] { record.put(instant.milliseconds) }
        for bytes in [bundleBytes, nameBytes, caseBytes, entryBytes] { record.put(bytes) }
        record.put(root)
        record.put(UInt32(frontier.peaks.count))
        for peak in frontier.peaks { record.put(peak) }
        record.put(schemaCount)
        record.put(UInt32(typeCounts.count))
        for count in typeCounts { record.put(count) }
        for mark in [caseLastMark] + textMarks + keyMarks { record.put(mark) }
        for number in [vault.rows, vault.last] { record.put(number) }
        record.put(vault.mark)
        return LogState.sealed(record.bytes)
    }

    /// A record's content with the seal that belongs to it.
    package static func sealed(_ content: [UInt8]) -> [UInt8] {
        var seal = RecordWriter()
        seal.put(Fingerprint(of: content.span).value)
        return content + seal.bytes
    }

    /// Reads a record; nil where it does not hold together, or is not as it was written.
    package init?(_ bytes: [UInt8]) {
        let content = Array(bytes.dropLast(8))
        guard LogState.sealed(content) == bytes else { return nil }
        var record = RecordReader(content)
        guard let entryCount = record.take(UInt32.self), let caseCount = record.take(UInt32.self),
            let nameCount = record.take(UInt32.self), let voidedCount = record.take(UInt32.self),
            let lastRecorded = record.take(Int64.self), let earliest = record.take(Int64.self),
            let latest = record.take(Int64.self), let bundleBytes = record.take(UInt64.self),
            let nameBytes = record.take(UInt64.self), let caseBytes = record.take(UInt64.self),
            let entryBytes = record.take(UInt64.self), let root = record.takeHash(),
            let peakCount = record.take(UInt32.self), peakCount <= 32
        else { return nil }
        self.entryCount = entryCount
        self.caseCount = caseCount
        self.nameCount = nameCount
        self.voidedCount = voidedCount
        self.lastRecorded = Instant(milliseconds: lastRecorded)
        earliestTime = Instant(milliseconds: earliest)
        latestTime = Instant(milliseconds: latest)
        self.bundleBytes = bundleBytes
        self.nameBytes = nameBytes
        self.caseBytes = caseBytes
        self.entryBytes = entryBytes
        self.root = root
        var peaks: [TreeHash] = []
        for _ in 0..<peakCount {
            guard let peak = record.takeHash() else { return nil }
            peaks.append(peak)
        }
        guard let frontier = MerkleFrontier(size: Int(entryCount), peaks: peaks),
            let schemaCount = record.take(UInt32.self),
            let typeCount = record.take(UInt32.self), typeCount <= UInt16.max
        else { return nil }
        self.frontier = frontier
        self.schemaCount = schemaCount
        typeCounts = []
        for _ in 0..<typeCount {
            guard let count = record.take(UInt32.self) else { return nil }
            typeCounts.append(count)
        }
        guard let caseLastMark = record.take(UInt64.self) else { return nil }
        self.caseLastMark = caseLastMark
        for place in textMarks.indices {
            guard let mark = record.take(UInt64.self) else { return nil }
            textMarks[place] = mark
        }
        for place in keyMarks.indices {
            guard let mark = record.take(UInt64.self) else { return nil }
            keyMarks[place] = mark
        }
        guard let rows = record.take(UInt32.self), let last = record.take(UInt32.self),
            let mark = record.take(UInt64.self)
        else { return nil }
        vault = VaultStand(rows: rows, last: last, mark: mark)
        guard record.isAtEnd, nameCount >= LogState.firstName else { return nil }
    }
}
