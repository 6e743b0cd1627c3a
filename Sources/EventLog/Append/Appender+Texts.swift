import EventModel
import LMDB
import Synchronization

/// Case and name ids: first from the caches, on several threads; then, for what they lack, from the
/// store, which also gives the new ids, in order of first appearance.
extension Appender {
    /// Rows that one thread looks up at a time.
    private static let chunkRows = 2048

    /// Looks the texts of some rows up in the caches; what they lack gets `TextCache.none`.
    func lookUpTexts(_ input: AppendInput, rows range: Range<Int>) {
        let cases = unsafe caseIDs.start
        let names = unsafe nameIDs.start
        for place in range {
            let row = input.row(place)
            if hasOwnSource(row, input) { hasOwnSources.store(true, ordering: .relaxed) }
            if row.personalCount > 0 {
                sealing.lookUp(row, input)
                for personal in row.personal {
                    let pair = input.personal(personal).pair
                    guard pair != PersonalText.noPair else { continue }
                    personalOfPair[Int(row.firstSlot) / 2 + Int(pair)] = UInt32(personal + 1)
                }
            }
            // Known by what people call them; in the store persons stand under their tokens.
            let subject = row.subject
            unsafe cases[place] = caseCache.find(
                row.subjectFingerprint.value,
                input.text(Int(subject.offset), Int(subject.length)), Int(subject.length))
            let type = Int(row.type)
            for column in layout.nameStart[type]..<layout.nameStart[type + 1] {
                let pair = Int(row.firstSlot) / 2 + layout.nameColumns[column]
                unsafe names[pair] = nameID(input, pair: pair)
            }
        }
    }

    /// Room for the subject of a person: its kind, a slash and a token.
    static let longestSealedSubject = 256 + PersonalText.tokenBytes

    /// A text in raw memory.
    @safe struct RawText {
        let start: UnsafePointer<UInt8>
        let count: Int
        let fingerprint: UInt64
    }

    /// A row's subject as the log has it: a person's with the token of the name, put together in
    /// `room`; nil where the name has no token yet.
    @unsafe func subject(
        of row: EventRow, _ input: AppendInput, _ room: UnsafeMutablePointer<UInt8>
    ) -> RawText? {
        let text = row.subject
        let start = unsafe input.text(Int(text.offset), Int(text.length))
        for place in row.personal where input.personal(place).kind == .subject {
            guard !input.isSealed else { break }
            guard sealing.hasToken(place) else { return nil }
            let kind = Int(text.length) - Int(input.personal(place).text.length)
            precondition(kind <= 256, "a kind of case is a short word")
            unsafe room.update(from: start, count: kind)
            unsafe (room + kind).update(
                from: sealing.token(place) + 1, count: PersonalText.tokenBytes)
            let count = kind + PersonalText.tokenBytes
            let bytes = unsafe Span(_unsafeStart: UnsafePointer(room), count: count)
            return unsafe RawText(
                start: UnsafePointer(room), count: count,
                fingerprint: Fingerprint(of: bytes).value)
        }
        return unsafe RawText(
            start: start, count: Int(text.length), fingerprint: row.subjectFingerprint.value)
    }

    /// The text of a name column as the log's dictionary has it: a person's is `~` and the token. Nil
    /// where it has no token yet.
    @unsafe func name(_ input: AppendInput, pair: Int) -> RawText? {
        let slot = unsafe input.slots[2 * pair]
        let personal = Int(personalOfPair[pair])
        if personal > 0, !input.isSealed {
            guard sealing.hasToken(personal - 1) else { return nil }
            return unsafe RawText(
                start: sealing.token(personal - 1), count: Sealing.width,
                fingerprint: sealing.fingerprint(personal - 1))
        }
        let count = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF)
        return unsafe RawText(
            start: input.text(Int(slot >> 32), count), count: count,
            fingerprint: input.slots[2 * pair + 1])
    }

    /// The id of the name in a pair of slots, without asking the store.
    @inline(__always)
    private func nameID(_ input: AppendInput, pair: Int) -> UInt32 {
        let slot = unsafe input.slots[2 * pair]
        if slot == .max { return 0 }
        if slot & 0xFFFF_FFFF == 0 { return 1 }
        let personal = Int(personalOfPair[pair])
        if personal > 0, !input.isSealed {
            return sealing.nameID(personal - 1)
        }
        let count = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF)
        return unsafe nameCache.find(
            input.slots[2 * pair + 1], input.text(Int(slot >> 32), count), count)
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
        // Room for subjects that are put together with tokens.
        var sealedBytes = 0
        for place in 0..<accepted.count {
            let row = accepted[place]
            guard unsafe cases[Int(row)] == TextCache.none else { continue }
            unknown.append((row, 0))
            let event = unsafe input.rowStart(Int(row))
            if unsafe event.pointee.personalCount > 0 {
                unsafe sealedBytes += Int(event.pointee.subject.length) + PersonalText.tokenBytes
            }
        }
        guard !unknown.isEmpty else { return }
        pendingCases.reset(capacity: unknown.count)
        sealedSubjects.resize(sealedBytes)
        var room = unsafe sealedSubjects.start
        for place in unknown.indices {
            guard let text = unsafe subject(of: input.row(Int(unknown[place].row)), input, room)
            else { preconditionFailure("an accepted row's person has a token") }
            if unsafe text.start == UnsafePointer(room) { unsafe room += text.count }
            unknown[place].pending = UInt32(
                unsafe pendingCases.add(text.fingerprint, text.start, text.count))
        }
        try pendingCases.resolve(
            in: tables.cases, nextID: &state.caseCount, textBytes: &state.caseBytes,
            sorter: sorter, cache: caseCache, transaction: transaction)
        for (row, pending) in unknown {
            let id = pendingCases.id(Int(pending))
            unsafe cases[Int(row)] = id
            unsafe remember(input.row(Int(row)), input, id)
        }
        sealedSubjects.trim(above: 16 << 20)
    }

    /// Keeps a person's case by what people call it.
    @unsafe private func remember(_ row: EventRow, _ input: AppendInput, _ id: UInt32) {
        guard !input.isSealed, row.personal.contains(where: { input.personal($0).kind == .subject })
        else { return }
        let count = Int(row.subject.length)
        let text = unsafe input.text(Int(row.subject.offset), count)
        let fingerprint = row.subjectFingerprint.value
        if unsafe caseCache.find(fingerprint, text, count) == TextCache.none {
            unsafe caseCache.insert(fingerprint, text, count, id: id)
        }
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
            guard let text = unsafe name(input, pair: Int(unknown[place].pair)) else {
                preconditionFailure("an accepted row's names have tokens")
            }
            unknown[place].pending = UInt32(
                unsafe pendingNames.add(text.fingerprint, text.start, text.count))
        }
        try pendingNames.resolve(
            in: tables.names, nextID: &state.nameCount, textBytes: &state.nameBytes,
            sorter: sorter, cache: nameCache, transaction: transaction)
        for (pair, pending) in unknown {
            let id = pendingNames.id(Int(pending))
            unsafe names[Int(pair)] = id
            let personal = Int(personalOfPair[Int(pair)])
            guard personal > 0, !input.isSealed else { continue }
            sealing.note(nameID: id, personal - 1)
        }
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
        personalOfPair.fill(unsafe input.slots.count / 2, with: 0)
        hasOwnSources.store(false, ordering: .relaxed)
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
