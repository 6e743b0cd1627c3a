import EventModel
import LMDB

/// Case and name ids: first from the caches, on several threads; then, for what they lack, from the
/// store, which also gives the new ids, in order of first appearance.
extension Appender {
    /// Rows that one thread looks up at a time.
    private static let chunkRows = 2048

    /// Looks the texts of some rows up in the caches; what they lack gets `TextCache.none`.
    func lookUpTexts(_ input: AppendInput, rows range: Range<Int>) {
        let cases = unsafe caseIDs.start
        let names = unsafe nameIDs.start
        unsafe layout.nameStart.withUnsafeBufferPointer { nameStart in
            unsafe layout.nameColumns.withUnsafeBufferPointer { nameColumns in
                for place in range {
                    let row = input.row(place)
                    let subject = row.subject
                    unsafe cases[place] = caseCache.find(
                        row.subjectFingerprint.value,
                        input.text(Int(subject.offset), Int(subject.length)), Int(subject.length))
                    let type = Int(row.type)
                    for column in unsafe (nameStart[type]..<nameStart[type + 1]) {
                        let pair = unsafe Int(row.firstSlot) / 2 + nameColumns[column]
                        unsafe names[pair] = nameID(input, pair: pair)
                    }
                }
            }
        }
    }

    /// The id of the name in a pair of slots, without asking the store.
    @inline(__always)
    private func nameID(_ input: AppendInput, pair: Int) -> UInt32 {
        let slot = unsafe input.slots[2 * pair]
        if slot == .max { return 0 }
        let count = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF)
        if count == 0 { return 1 }
        let text = unsafe input.text(Int(slot >> 32), count)
        return unsafe nameCache.find(input.slots[2 * pair + 1], text, count)
    }

    /// Gives every accepted row its case's id and its names' ids.
    func resolveTexts(
        _ input: AppendInput, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        try resolveCases(input, &state, in: transaction)
        try resolveNames(input, &state, in: transaction)
    }

    private func resolveCases(
        _ input: AppendInput, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        let cases = unsafe caseIDs.start
        var unknown: [(row: UInt32, pending: UInt32)] = []
        for place in 0..<accepted.count {
            let row = accepted[place]
            if unsafe cases[Int(row)] == TextCache.none { unknown.append((row, 0)) }
        }
        guard !unknown.isEmpty else { return }
        pendingCases.reset(capacity: unknown.count)
        for place in unknown.indices {
            let row = input.row(Int(unknown[place].row))
            let text = unsafe input.text(Int(row.subject.offset), Int(row.subject.length))
            unknown[place].pending = UInt32(
                unsafe pendingCases.add(
                    row.subjectFingerprint.value, text, Int(row.subject.length)))
        }
        try pendingCases.resolve(
            in: tables.cases, nextID: &state.caseCount, textBytes: &state.caseBytes,
            sorter: sorter, cache: caseCache, transaction: transaction)
        for (row, pending) in unknown { unsafe cases[Int(row)] = pendingCases.id(Int(pending)) }
    }

    private func resolveNames(
        _ input: AppendInput, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        let names = unsafe nameIDs.start
        var unknown: [(pair: UInt32, pending: UInt32)] = []
        for place in 0..<accepted.count {
            let row = input.row(Int(accepted[place]))
            let type = Int(row.type)
            for column in layout.nameStart[type]..<layout.nameStart[type + 1] {
                let pair = Int(row.firstSlot) / 2 + layout.nameColumns[column]
                if unsafe names[pair] == TextCache.none { unknown.append((UInt32(pair), 0)) }
            }
        }
        guard !unknown.isEmpty else { return }
        pendingNames.reset(capacity: unknown.count)
        for place in unknown.indices {
            let pair = Int(unknown[place].pair)
            let slot = unsafe input.slots[2 * pair]
            let count = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF)
            let text = unsafe input.text(Int(slot >> 32), count)
            unknown[place].pending = UInt32(
                unsafe pendingNames.add(input.slots[2 * pair + 1], text, count))
        }
        try pendingNames.resolve(
            in: tables.names, nextID: &state.nameCount, textBytes: &state.nameBytes,
            sorter: sorter, cache: nameCache, transaction: transaction)
        for (pair, pending) in unknown { unsafe names[Int(pair)] = pendingNames.id(Int(pending)) }
    }

    /// Splits the rows over the crew and looks their texts up, while the caller does something else
    /// first.
    func lookUpTexts<Result>(
        _ input: AppendInput, while own: () throws -> Result
    ) rethrows -> Result {
        let chunks = ChunkCounter(
            count: (input.rowCount + Appender.chunkRows - 1) / Appender.chunkRows)
        caseIDs.resize(input.rowCount)
        nameIDs.resize(unsafe input.slots.count / 2)
        @Sendable func work() {
            while let chunk = chunks.next() {
                let start = chunk * Appender.chunkRows
                lookUpTexts(
                    input, rows: start..<min(start + Appender.chunkRows, input.rowCount))
            }
        }
        let alone = chunks.count < 2
        return try crew.run({ _ in if !alone { work() } }) {
            let result = try own()
            work()
            return result
        }
    }
}
