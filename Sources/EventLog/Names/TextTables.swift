import EventModel
import LMDB

/// A dictionary in the store: texts in the order of their ids, and ids by fingerprint.
struct TextTables: Sendable {
    let texts: ByteStream
    /// Where each text ends in `texts`, eight bytes each.
    let ends: ByteStream
    let keys: KeyRuns

    /// Lends the bytes of a text.
    func withText<Result>(
        _ id: UInt32, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        let start = id == 0 ? 0 : try ends.number(Int(id) - 1, in: transaction)
        let end = try ends.number(Int(id), in: transaction)
        guard end >= start, end - start <= UInt64(TextTables.longestText) else {
            throw StoreFault.damaged(
                path: ends.path, table: ends.table.name, key: String(id),
                reason: "offsets do not grow")
        }
        return try texts.withBytes(
            at: start, count: Int(end - start), in: transaction, body)
    }

    /// A text by its id.
    func text(
        _ id: UInt32, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> String {
        try withText(id, in: transaction) { String(decoding: $0.copyBytes(), as: UTF8.self) }
    }

    /// A text by its id, which is found by it again: one that was changed, or that another id has,
    /// is not read.
    ///
    /// - Throws: `StoreFault.damaged`.
    /// - Complexity: O(log texts · runs).
    func ownText(
        _ id: UInt32, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> String {
        let bytes = try withText(id, in: transaction) { $0.copyBytes() }
        // What is absent, and the name of nobody, are found by no text.
        var isFound = bytes.isEmpty && id < LogState.firstName
        if !isFound {
            try keys.probe([Fingerprint(of: bytes.span).value], in: transaction) { _, found in
                isFound = isFound || found == id
            }
        }
        guard isFound else { throw isNotOwn(id) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id of a text; nil where there is none.
    func id(
        of text: String, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> UInt32? {
        let wanted = Array(text.utf8)
        var candidates: [UInt32] = []
        let fingerprint = Fingerprint(of: wanted.span)
        try keys.probe([fingerprint.value], in: transaction) { _, id in candidates.append(id) }
        for id in candidates {
            let isWanted = try withText(id, in: transaction) { stored in
                if isEqual(stored, wanted.span) { return true }
                guard has(stored, fingerprint) else { throw isNotOwn(id) }
                return false
            }
            if isWanted { return id }
        }
        return nil
    }

    /// Whether a text that is not the wanted one has its fingerprint all the same, as two texts may: one
    /// that has not is not the text that was recorded.
    func has(_ stored: Span<UInt8>, _ fingerprint: Fingerprint) -> Bool {
        Fingerprint(of: stored) == fingerprint
    }

    func isNotOwn(_ id: UInt32) -> StoreFault {
        .damaged(
            path: texts.path, table: texts.table.name, key: String(id),
            reason: "the text is not the one that was recorded")
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
