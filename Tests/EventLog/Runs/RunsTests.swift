import EventLog
import Foundation
import LMDB
import Testing

@Suite("Sorted runs, against a dictionary, with seeds")
struct RunsTests {
    /// What a random history is made of.
    struct Shape: CustomStringConvertible, Sendable {
        var policy: SortedRuns.Policy
        var words: Int
        var keys: UInt32
        var largestBatch: Int
        var steps: Int
        var budgets: [Int?]

        var description: String {
            "\(policy) words \(words) keys \(keys) batch ≤ \(largestBatch) budgets \(budgets)"
        }
    }

    static let shapes: [Shape] = [
        Shape(policy: .keep, words: 3, keys: .max, largestBatch: 4, steps: 300, budgets: [nil]),
        Shape(
            policy: .keep, words: 20, keys: 9, largestBatch: 1500, steps: 30, budgets: [0, 70_000]),
        Shape(
            policy: .keep, words: 2, keys: 7, largestBatch: 9000, steps: 12, budgets: [90_000, 1]),
        Shape(
            policy: .keep, words: 16, keys: .max, largestBatch: 2500, steps: 40,
            budgets: [65_520, nil, 0]),
        Shape(policy: .sum, words: 4, keys: 40, largestBatch: 500, steps: 60, budgets: [nil, 1]),
        Shape(
            policy: .sum, words: 24, keys: 3000, largestBatch: 1500, steps: 40,
            budgets: [70_000, 0, 200_000]),
        Shape(
            policy: .sum, words: 3, keys: .max, largestBatch: 6000, steps: 15, budgets: [100_000]),
        Shape(
            policy: .sum, words: 9, keys: 3, largestBatch: 2500, steps: 30, budgets: [nil, 66_000]),
    ]

    /// A random record; under `sum` often one that takes an earlier one back.
    func record(_ shape: Shape, _ numbers: inout SeededNumbers) -> [UInt32] {
        let keyWords = shape.policy == .sum ? shape.words - 2 : shape.words
        let key = (0..<keyWords).map { _ in UInt32.random(in: 0...shape.keys - 1, using: &numbers) }
        guard shape.policy == .sum else { return key }
        return key + countWords(Int64.random(in: -2...2, using: &numbers))
    }

    @Test(
        "Whatever is added, in whatever slices, is found again",
        arguments: zip(shapes, 1...8 as ClosedRange<UInt64>))
    func histories(shape: Shape, seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        let store = try RunsStore()
        let runs = store.runs("random", words: shape.words, shape.policy)
        var reference = RunsReference(words: shape.words, policy: shape.policy)
        for step in 0..<shape.steps {
            let size = Int.random(in: 0...shape.largestBatch, using: &numbers)
            let batch = (0..<size).map { _ in record(shape, &numbers) }
            reference.add(batch)
            let budget = shape.budgets.randomElement(using: &numbers) ?? nil
            try store.write { try runs.addAll(batch, $0, budget) }
            guard step % 12 == 11 || step == shape.steps - 1 else { continue }
            try check(runs, reference, store, &numbers, "step \(step) seed \(seed) \(shape)")
        }
    }

    func check(
        _ runs: SortedRuns, _ reference: RunsReference, _ store: RunsStore,
        _ numbers: inout SeededNumbers, _ place: String
    ) throws {
        let read = try store.environment.beginRead()
        try runs._checkInvariants(in: read)
        let expected = reference.sorted
        #expect(try runs.all(read) == expected, "\(place)")
        var added = RunsReference(words: reference.words, policy: reference.policy)
        try added.add(runs.allRaw(read))
        #expect(added.counts == reference.counts, "\(place)")
        try checkRange(runs, expected, read, &numbers, place)
        if runs.policy == .keep, runs.words >= 2 {
            try checkProbes(runs, expected, read, &numbers, place)
        }
    }

    func checkRange(
        _ runs: SortedRuns, _ expected: [[UInt32]], _ read: borrowing ReadTransaction,
        _ numbers: inout SeededNumbers, _ place: String
    ) throws {
        guard let one = expected.randomElement(using: &numbers),
            let other = expected.randomElement(using: &numbers)
        else { return }
        let depth = Int.random(
            in: 1...(runs.policy == .sum ? runs.words - 2 : runs.words), using: &numbers)
        let from = Array(one.prefix(depth))
        let to = Array(other.prefix(depth))
        let wanted = expected.filter {
            let start = Array($0.prefix(depth))
            return !start.lexicographicallyPrecedes(from) && start.lexicographicallyPrecedes(to)
        }
        #expect(try runs.all(from: from, to: to, read) == wanted, "\(from)..<\(to) \(place)")
        var raw = RunsReference(words: runs.words, policy: runs.policy)
        try raw.add(runs.allRaw(from: from, to: to, read))
        #expect(raw.sorted == wanted, "raw \(from)..<\(to) \(place)")
    }

    func checkProbes(
        _ runs: SortedRuns, _ expected: [[UInt32]], _ read: borrowing ReadTransaction,
        _ numbers: inout SeededNumbers, _ place: String
    ) throws {
        func fingerprint(_ record: [UInt32]) -> UInt64 {
            UInt64(record[0]) << 32 | UInt64(record[1])
        }
        var keys = (0..<20).map { _ in numbers.next() } + [0, .max]
        for _ in 0..<min(200, expected.count) {
            guard let record = expected.randomElement(using: &numbers) else { break }
            keys += [fingerprint(record), fingerprint(record) &+ 1, fingerprint(record) &- 1]
        }
        if Bool.random(using: &numbers) { keys = Array(keys.shuffled(using: &numbers).prefix(3)) }
        keys.sort()
        var found = RunsReference(words: runs.words, policy: runs.policy)
        var misplaced = 0
        let byKey = Dictionary(grouping: expected, by: fingerprint)
        var wanted = RunsReference(words: runs.words, policy: runs.policy)
        for key in keys { wanted.add(byKey[key] ?? []) }
        try runs.probe(keys, in: read) { index, record in
            let copy = (0..<record.count).map { record[$0] }
            if fingerprint(copy) != keys[index] { misplaced += 1 }
            found.add([copy])
        }
        #expect(misplaced == 0, "\(place)")
        #expect(found.counts == wanted.counts, "probes \(place)")
        let key = keys[keys.count / 2]
        #expect(try runs.records(of: key, in: read) == (byKey[key] ?? []).flatMap { $0 })
    }

    @Test("A merge can stop after any slice, and the store be closed", arguments: [4, 5])
    func interruptions(seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        let path = NSTemporaryDirectory() + "/rekam-runs-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        var reference = RunsReference(words: 18, policy: .sum)
        let shape = Shape(
            policy: .sum, words: 18, keys: 2, largestBatch: 1200, steps: 0, budgets: [])
        func withRuns(_ body: (Environment, SortedRuns) throws -> Void) throws {
            let environment = try Environment.open(at: path, .init(creates: true))
            let tables = try RunTables(in: environment)
            try body(
                environment, SortedRuns(name: "cells", words: 18, policy: .sum, tables: tables))
        }
        for _ in 0..<9 {
            let batch = (0..<1200).map { _ in record(shape, &numbers) }
            reference.add(batch)
            try withRuns { environment, runs in
                let write = try environment.beginWrite()
                try runs.addAll(batch, write, 0)
                try write.commit()
            }
        }
        var slices = 0
        var goesOn = true
        while goesOn {
            try withRuns { environment, runs in
                do {
                    let abandoned = try environment.beginWrite()
                    _ = try runs.merge(in: abandoned, budgetBytes: 80_000)
                }
                let write = try environment.beginWrite()
                goesOn = try runs.merge(in: write, budgetBytes: 70_000)
                try write.commit()
                let read = try environment.beginRead()
                try runs._checkInvariants(in: read)
                #expect(try runs.all(read) == reference.sorted, "slice \(slices) seed \(seed)")
            }
            slices += 1
        }
        #expect(slices > 4)
    }
}
