import EventLog
import EventModel
import LMDB

/// The numbers of cell runs and of who writes a build: each is given once in a store's life, so that rows
/// of two builds never come under one name.
///
/// The one given last stands with a seal under the key of a zero byte. What is in use counts, too: a
/// number that was set back is not given again.
extension ProjectionStore {
    private static let counter: [UInt8] = [0]

    /// A number that no sorted runs and no owner of a build have had.
    ///
    /// - Complexity: O(versions).
    func newNumber(in write: borrowing WriteTransaction) throws -> UInt64 {
        let number = max(try lastNumber(in: write) ?? 0, try highestNumber(in: write)) + 1
        try write.put(
            writableTable, Key(ProjectionStore.counter), ProjectionStore.sealed(number))
        return number
    }

    /// Why the number given last can't be right; nil where it can.
    func numberProblem(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> String? {
        let highest = try highestNumber(in: transaction)
        if let last = try lastNumber(in: transaction) {
            return last >= highest ? nil : "a number would be given twice"
        }
        let isMissing = try table.map { table in
            try !transaction.contains(table, Key(ProjectionStore.counter))
        }
        return (isMissing ?? true) && highest == 0
            ? nil : "the number given last is missing, or not as it was written"
    }

    /// The number given last; nil where there is none, or it is not as it was written.
    private func lastNumber(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64? {
        guard let table,
            let bytes = try transaction.copyValue(table, Key(ProjectionStore.counter)),
            let number = try? StatusReader(bytes: bytes).first, number < .max,
            bytes == ProjectionStore.sealed(number)
        else { return nil }
        return number
    }

    private static func sealed(_ number: UInt64) -> [UInt8] {
        var writer = StatusWriter()
        writer.put(number)
        writer.put(
            Fingerprint(Fingerprint(of: counter.span), Fingerprint(of: writer.bytes.span)).value)
        return writer.bytes
    }

    /// The highest number in use.
    private func highestNumber(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt64 {
        guard let runTables else { return 0 }
        var highest: UInt64 = 0
        for name in try runTables.storedNames(in: transaction) where name.hasPrefix("cells/") {
            highest = max(highest, name.split(separator: "/").last.flatMap { UInt64($0) } ?? 0)
        }
        for status in try statuses(in: transaction) {
            highest = max(highest, status.build?.owner ?? 0)
        }
        return highest
    }
}

extension StatusReader {
    /// Its first number.
    fileprivate var first: UInt64 {
        get throws {
            var reader = self
            return try reader.number()
        }
    }
}
