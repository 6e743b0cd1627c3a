import EventLog
import Foundation
import LMDB

/// Pseudo-random numbers that are the same on every machine (SplitMix64, Steele et al., 2014).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// A store of its own for a test, which can be closed and opened again.
final class RunsStore {
    let path = NSTemporaryDirectory() + "/rekam-runs-" + UUID().uuidString
    private(set) var environment: Environment
    private(set) var tables: RunTables

    init() throws {
        environment = try Environment.open(at: path, RunsStore.options)
        tables = try RunTables(in: environment)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private static var options: Environment.Options {
        var options = Environment.Options(creates: true)
        options.syncsCommits = false
        return options
    }

    func runs(_ name: String, words: Int, _ policy: SortedRuns.Policy) -> SortedRuns {
        SortedRuns(name: name, words: words, policy: policy, tables: tables)
    }

    func write(_ body: (borrowing WriteTransaction) throws -> Void) throws {
        let write = try environment.beginWrite()
        try body(write)
        try write.commit()
    }
}

/// The same multiset in a dictionary.
struct RunsReference {
    let words: Int
    let policy: SortedRuns.Policy
    var counts: [[UInt32]: Int64] = [:]

    mutating func add(_ records: [[UInt32]]) {
        for record in records {
            switch policy {
            case .keep: counts[record, default: 0] += 1
            case .sum:
                let key = Array(record.dropLast(2))
                let bits = UInt64(record[words - 2]) << 32 | UInt64(record[words - 1])
                counts[key, default: 0] += Int64(bitPattern: bits)
                if counts[key] == 0 { counts[key] = nil }
            }
        }
    }

    /// All records in order.
    var sorted: [[UInt32]] {
        counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { key, count in
            switch policy {
            case .keep: [[UInt32]](repeating: key, count: Int(count))
            case .sum: [key + countWords(count)]
            }
        }
    }
}

/// A multiplicity's two words, the bigger first.
func countWords(_ count: Int64) -> [UInt32] {
    let bits = UInt64(bitPattern: count)
    return [UInt32(truncatingIfNeeded: bits >> 32), UInt32(truncatingIfNeeded: bits)]
}

extension SortedRuns {
    func addAll(_ records: [[UInt32]], _ write: borrowing WriteTransaction, _ budget: Int?) throws {
        let sorted = records.sorted { $0.lexicographicallyPrecedes($1) }
        try add(sorted.flatMap { $0 }, in: write, mergeBudgetBytes: budget)
    }

    func all(
        from: [UInt32] = [], to: [UInt32]? = nil,
        _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> [[UInt32]] {
        var found: [[UInt32]] = []
        try scan(from: from, to: to, in: transaction) { record in
            found.append((0..<record.count).map { record[$0] })
        }
        return found
    }

    func allRaw(
        from: [UInt32] = [], to: [UInt32]? = nil,
        _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> [[UInt32]] {
        var found: [[UInt32]] = []
        try scanRaw(from: from, to: to, in: transaction) { block in
            for offset in stride(from: 0, to: block.count, by: words) {
                found.append((offset..<offset + words).map { block[$0] })
            }
        }
        return found
    }
}
