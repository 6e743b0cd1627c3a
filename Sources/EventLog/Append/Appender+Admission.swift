import EventModel
internal import Glibc
import LMDB
internal import Synchronization

/// What became of a batch's rows before anything is written.
struct Admission {
    var duplicates = 0
    /// Rows that are there already, but recorded at another place among those of their instant.
    var elsewhere: [Int] = []
    var rejections: [(row: Int, rejection: Rejection)] = []
    /// Accepted voids: the sequence each takes out, and its own.
    var voids: [(voided: UInt32, by: UInt32)] = []
}

/// Which rows become entries: those that are neither there already nor at odds with what is.
extension Appender {
    /// Decides about every row, in order, and looks the texts up meanwhile.
    func admit(
        _ input: AppendInput, _ batch: EventBatch, _ forming: EntryForming, _ old: LogState,
        isStrict: Bool, in transaction: borrowing WriteTransaction
    ) throws -> Admission {
        var hits: [(fingerprint: UInt64, sequence: UInt32)] = []
        try lookUpTexts(input) {
            hits = try findIdentities(input, in: transaction)
        }
        try sealing.resolveNames(input, finds.personal) { try isKnown($0, in: transaction) }
        accepted.resize(input.rowCount)
        sequences.resize(input.rowCount)
        // Whether somebody else says that an event comes from the log itself.
        let speaksForLog = finds.hasOwnSource && !batch.isLogsOwn
        var needsCare = !hits.isEmpty || finds.needsCare || speaksForLog
        for place in 1..<max(1, identities.count)
        where identities.key(place) == identities.key(place - 1) {
            needsCare = true
        }
        guard needsCare else {
            for row in 0..<input.rowCount {
                accepted[row] = UInt32(row)
                sequences[row] = input.base + UInt32(row)
            }
            return Admission()
        }
        var admitting = Admitting(
            appender: self, input: input, batch: batch, forming: forming,
            speaksForLog: speaksForLog, old: old,
            transaction: TransactionReference(transaction.state))
        try admitting.prepare(hits)
        try admitting.run(isStrict: isStrict)
        return admitting.admission
    }

    /// Whether a source is the log itself.
    func isOrigin(_ source: TextRange, _ input: AppendInput) -> Bool {
        guard Int(source.length) == originBytes.count else { return false }
        let start = unsafe input.text(Int(source.offset), originBytes.count)
        return unsafe originBytes.withUnsafeBufferPointer { origin in
            unsafe memcmp(start, origin.baseAddress!, origin.count) == 0
        }
    }

    /// Whether the log has a token, given as people see it.
    private func isKnown(
        _ marked: Span<UInt8>, in transaction: borrowing WriteTransaction
    ) throws -> Bool {
        let text = String(decoding: marked.copyBytes(), as: UTF8.self)
        if try tables.names.id(of: text, in: transaction) != nil { return true }
        for kind in types.personalKinds
        where try tables.cases.id(of: kind + "/" + text.dropFirst(), in: transaction) != nil {
            return true
        }
        return false
    }

    /// Sorts the rows by idempotency key and finds the entries that have the same fingerprint.
    private func findIdentities(
        _ input: AppendInput, in transaction: borrowing WriteTransaction
    ) throws -> [(fingerprint: UInt64, sequence: UInt32)] {
        identities.reset(capacity: input.rowCount)
        for row in 0..<input.rowCount {
            identities.add(input.row(row).identity.value, UInt32(row))
        }
        identities.sort()
        return try storedIdentities(identities.sortedKeys, in: transaction)
    }

    /// The entries that have one of some ascending fingerprints.
    func storedIdentities(
        _ fingerprints: [UInt64], in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [(fingerprint: UInt64, sequence: UInt32)] {
        var hits: [(fingerprint: UInt64, sequence: UInt32)] = []
        try tables.identities.probe(fingerprints, in: transaction) { place, sequence in
            hits.append((fingerprints[place], sequence))
        }
        return hits
    }
}
