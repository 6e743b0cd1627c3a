import EventModel
import LMDB

/// Numbers by 64-bit fingerprint: sequences by idempotency key, ids by text. A fingerprint may
/// stand for several numbers; who asks confirms which is meant.
struct KeyRuns: Sendable {
    let runs: SortedRuns

    init(_ name: String, _ tables: RunTables) {
        runs = SortedRuns(name: name, words: 3, policy: .keep, tables: tables)
    }

    /// Finds the numbers of some fingerprints, which must ascend.
    ///
    /// - Parameter found: called for each number: place among `fingerprints`, number.
    func probe(
        _ fingerprints: [UInt64], in transaction: borrowing some Transaction & ~Copyable,
        found: (Int, UInt32) -> Void
    ) throws {
        try runs.probe(fingerprints, in: transaction) { place, record in
            found(place, record[2])
        }
    }

    /// Adds pairs of fingerprint and number.
    func add(_ pairs: KeyPairs, in transaction: borrowing WriteTransaction) throws {
        guard !pairs.records.isEmpty else { return }
        try runs.add(pairs.records, in: transaction)
    }
}

/// Pairs of fingerprint and number, ascending by fingerprint, as `SortedRuns` takes them.
struct KeyPairs {
    private(set) var records: [UInt32] = []

    init(capacity: Int) { records.reserveCapacity(capacity * 3) }

    /// Adds a pair; numbers of one fingerprint must ascend.
    mutating func add(_ fingerprint: UInt64, _ number: UInt32) {
        records.append(UInt32(truncatingIfNeeded: fingerprint >> 32))
        records.append(UInt32(truncatingIfNeeded: fingerprint))
        records.append(number)
    }
}
