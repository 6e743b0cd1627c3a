package import LMDB

extension SortedRuns {
    /// Finds all records whose first two words are one of many fingerprints; under `keep` alone,
    /// where records lie as they are.
    ///
    /// - Parameters:
    ///   - fingerprints: ascending; the first word of a record is the upper half, the second the
    ///     lower one. Equal ones are all reported.
    ///   - onHit: gets the fingerprint's index and the record, lent; run by run, in no order of
    ///     indexes over all.
    /// - Complexity: O(fingerprints · runs), a few cache lines each when records are uniform.
    package func probe(
        _ fingerprints: [UInt64], in transaction: borrowing some Transaction & ~Copyable,
        onHit: (Int, Span<UInt32>) throws -> Void
    ) throws {
        precondition(
            shape.keyWords >= 2 && !shape.isPacked, "a fingerprint is two words of the key")
        guard !fingerprints.isEmpty, let manifest = try load(in: transaction) else { return }
        var cursor = try transaction.cursor(tables.chunks)
        let keys = fingerprints.span
        for index in 1..<max(1, keys.count) {
            precondition(keys[index - 1] <= keys[index], "fingerprints are not sorted")
        }
        var guesses: [Guess] = []
        for run in manifest.runs where run.role.isRead && run.count > 0 {
            var prober = RunProber(reader(of: run, store: manifest.store))
            try prober.probe(keys, &cursor, &guesses, onHit)
        }
    }

    /// All records of one fingerprint, flat, in order.
    package func records(
        of fingerprint: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [UInt32] {
        var found: [[UInt32]] = []
        try probe([fingerprint], in: transaction) { _, record in
            found.append((0..<record.count).map { record[$0] })
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
    }
}
