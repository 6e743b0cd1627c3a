package import LMDB

/// The two LMDB tables that all sorted runs of a store share.
///
/// | table | key | value |
/// | --- | --- | --- |
/// | `runs.chunks` | store, run (UInt32 each), first record's first two words (UInt64), chunk number (UInt32), all big-endian | records and a seal, padded to k · 4,096 − 16 bytes |
/// | `runs.manifests` | name of the sorted runs | see `RunManifest` |
///
/// The chunks' keys hold where each chunk begins, so that the B-tree itself is the fence index.
package struct RunTables: Sendable {
    /// The records.
    package let chunks: Table
    /// What is known of each set of runs.
    package let manifests: Table
    /// The unpacked chunks whose seals this process has looked at.
    let checked = CheckedChunks()

    /// The tables' names.
    package static let names = ["runs.chunks", "runs.manifests"]

    /// Opens the tables, making them where they are missing.
    package init(in environment: Environment) throws(LMDBError) {
        let tables = try environment.openTables(RunTables.names)
        chunks = tables[0]
        manifests = tables[1]
    }

    /// The names of all sorted runs there are, in the order of their bytes.
    package func storedNames(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [String] {
        var names: [String] = []
        var cursor = try transaction.cursor(manifests)
        while try cursor.move(.next) {
            let name = try cursor.withEntry { key, _ in
                key[0] == 0 ? nil : String(decoding: key.copyBytes(), as: UTF8.self)
            }
            if let name { names.append(name) }
        }
        return names
    }

    /// A number no sorted runs of this store have had.
    func takeStoreNumber(in write: borrowing WriteTransaction) throws -> UInt32 {
        let last = try write.withValue(manifests, RunTables.counterKey) { bytes in
            bytes.count == 4 ? bytes.littleEndian(at: 0, as: UInt32.self) : .max
        }
        let (number, isPast) = (last ?? 0).addingReportingOverflow(1)
        guard !isPast else {
            throw RunsFault.damaged(store: 0, run: 0, detail: "the number given last is impossible")
        }
        try write.put(manifests, RunTables.counterKey, byteCount: 4) { bytes in
            bytes.storeBytes(of: number.littleEndian, as: UInt32.self)
        }
        return number
    }

    /// Why the next number cannot be right; nil where it can.
    package func counterProblem(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> String? {
        var given: UInt32 = 0
        var highest: UInt32 = 0
        var cursor = try transaction.cursor(manifests)
        while try cursor.move(.next) {
            try cursor.withEntry { key, value in
                if key[0] == 0 {
                    given = value.count == 4 ? value.littleEndian(at: 0) : 0
                } else if value.count >= 16 {
                    highest = max(highest, value.littleEndian(at: 12))
                }
            }
        }
        return given >= highest ? nil : "a number of runs would be given twice"
    }

    /// What lies among the runs and belongs to none; nil where nothing does. What is wrong within a
    /// run's own chunks, `SortedRuns` finds.
    ///
    /// - Parameter isKnown: whether sorted runs of a name may be there.
    /// - Complexity: O(names · log chunks).
    func strayProblem(
        in transaction: borrowing some Transaction & ~Copyable, isKnown: (String) -> Bool
    ) throws -> (table: Table, key: String)? {
        var stores: Set<UInt32> = []
        var names = try transaction.cursor(manifests)
        while try names.move(.next) {
            let (key, store) = try names.withEntry { key, value in
                (key.copyBytes(), value.count < 16 ? 0 : value.littleEndian(at: 12) as UInt32)
            }
            guard key != [0] else { continue }
            let name = String(decoding: key, as: UTF8.self)
            guard key[0] != 0, isKnown(name) else { return (manifests, name) }
            stores.insert(store)
        }
        var cursor = try transaction.cursor(chunks)
        var stands = try cursor.move(.first)
        while stands {
            let key = try cursor.withEntry { key, _ in key.copyBytes() }
            let store = key.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            guard key.count == 20, stores.contains(store) else {
                return (chunks, key.map { String($0) }.joined(separator: "."))
            }
            // On to what comes after this one's chunks.
            guard store < .max else { break }
            stands = try cursor.seek(Key(store + 1, 0, 0 as UInt64, 0))
        }
        return nil
    }

    /// No name begins with a zero byte.
    private static let counterKey = Key([0] as [UInt8])
}

/// What can go wrong with sorted runs besides LMDB.
package enum RunsFault: Error, Equatable, CustomStringConvertible {
    /// The runs in the store have another shape than the program expects.
    case otherShape(name: String)
    /// A multiplicity left the range of a signed 64-bit integer.
    case overflow
    /// What was read cannot have been written by this program.
    case damaged(store: UInt32, run: UInt32, detail: String)

    /// The sentence for the user.
    package var description: String {
        switch self {
        case .otherShape(let name):
            "the sorted runs \(name) have another shape than this version of the program writes. "
                + "Rebuild what rests on them."
        case .overflow:
            "a count left the range of a signed 64-bit integer. Nothing of this write was kept."
        case .damaged(let store, let run, let detail):
            "sorted run \(store).\(run) is damaged: \(detail). Rebuild what rests on it, or "
                + "restore the store from a backup."
        }
    }
}
