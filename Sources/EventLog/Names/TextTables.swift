import EventModel
import LMDB

/// A dictionary in the store: texts in the order of their ids, and ids by fingerprint.
struct TextTables: Sendable {
    let texts: ByteStream
    /// Where each text ends in `texts`, eight bytes each.
    let ends: ByteStream
    let keys: KeyRuns

    /// Lends the bytes of a text, from blocks that are as they were written.
    ///
    /// - Throws: `StoreFault.damaged`.
    func withText<Result>(
        _ id: UInt32, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        let (start, end) = try bounds(of: id, in: transaction)
        guard end >= start, end - start <= UInt64(TextTables.longestText) else {
            throw StoreFault.damaged(
                path: ends.path, table: ends.table.name, key: String(id),
                reason: "offsets do not grow")
        }
        return try texts.withBytes(
            at: start, count: Int(end - start), in: transaction, body)
    }

    /// Where a text begins and ends.
    private func bounds(
        of id: UInt32, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> (start: UInt64, end: UInt64) {
        if id == 0 { return (0, try ends.number(0, in: transaction)) }
        return try ends.withBytes(at: UInt64(id - 1) * 8, count: 16, in: transaction) {
            ($0.littleEndian(at: 0), $0.littleEndian(at: 8))
        }
    }

    /// A text by its id.
    func text(
        _ id: UInt32, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> String {
        try withText(id, in: transaction) { text in
            unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The id of a text; nil where there is none.
    func id(
        of text: String, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt32? {
        let wanted = Array(text.utf8)
        var candidates: [UInt32] = []
        try keys.probe([Fingerprint(of: wanted.span).value], in: transaction) { _, id in
            candidates.append(id)
        }
        for id in candidates
        where try withText(id, in: transaction, { isEqual($0, wanted.span) }) {
            return id
        }
        return nil
    }

    /// No text is longer than an entry.
    static let longestText = EventBatch.longestEntry
}

/// Whether two spans hold the same bytes.
func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    for index in left.indices where left[index] != right[index] { return false }
    return true
}

/// Whether two texts hold the same bytes; Swift's own `==` takes more than that for equal.
func isSameText(_ left: String?, _ right: String) -> Bool {
    left.map { $0.utf8.elementsEqual(right.utf8) } ?? false
}
