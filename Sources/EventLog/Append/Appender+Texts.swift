import EventModel
import LMDB

/// Case and name ids: first from the caches, on several threads; then, for what they lack, from the
/// store, which also gives the new ids, in order of first appearance.
extension Appender {
    /// Rows that one thread looks up at a time.
    private static let chunkRows = 4096

    /// Looks the texts of some rows up in the caches; what they lack gets `TextCache.none`, and is noted
    /// with whatever else only some rows have, so that nobody has to look through all of them again.
    private func lookUpTexts(_ input: AppendInput, rows range: Range<Int>, _ finds: RowFinds) {
        let cases = unsafe caseIDs.start
        let names = unsafe nameIDs.start
        let needsCare = layout.needsCare
        finds.removeAll()
        for place in range {
            // Read where it lies: a row is two lines of the cache, most of which nobody needs here.
            let row = unsafe input.rowStart(place)
            let type = Int(unsafe row.pointee.type)
            precondition(type < needsCare.count, "a batch made with other event types")
            if needsCare[type] { finds.needsCare = true }
            if unsafe row.pointee.order.kind != .none { finds.hasOrder = true }
            if isOrigin(unsafe row.pointee.source, input) { finds.hasOwnSource = true }
            let firstPair = Int(unsafe row.pointee.firstSlot) / 2
            for personal in unsafe row.pointee.personal {
                if !sealing.lookUp(personal, input) { finds.personal.append(Find(place, personal)) }
                let pair = input.personal(personal).pair
                guard pair != PersonalText.noPair else { continue }
                personalOfPair[firstPair + Int(pair)] = UInt32(personal + 1)
            }
            // Known by what people call them; in the store persons stand under their tokens.
            let subject = unsafe row.pointee.subject
            let id = unsafe caseCache.find(
                row.pointee.subjectFingerprint.value,
                input.text(Int(subject.offset), Int(subject.length)), Int(subject.length))
            unsafe cases[place] = id
            if id == TextCache.none { unsafe finds.addCase(ofRow: place, row, input) }
            for column in layout.nameStart[type]..<layout.nameStart[type + 1] {
                let pair = firstPair + layout.nameColumns[column]
                let id = nameID(input, pair: pair)
                unsafe names[pair] = id
                if id == TextCache.none { finds.names.append(Find(place, pair)) }
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
        keepCasesOfAccepted()
        guard finds.cases.count > 0 else { return }
        // Room for subjects that are put together with tokens.
        var sealedBytes = 0
        for place in 0..<finds.cases.count {
            let event = unsafe input.rowStart(Int(finds.cases[place].row))
            if unsafe event.pointee.personalCount > 0 {
                unsafe sealedBytes += Int(event.pointee.subject.length) + PersonalText.tokenBytes
            }
        }
        pendingCases.reset(capacity: finds.cases.count)
        sealedSubjects.resize(sealedBytes)
        var room = unsafe sealedSubjects.start
        for place in 0..<finds.cases.count {
            let row = Int(finds.cases[place].row)
            guard let text = unsafe subject(of: input.row(row), input, room)
            else { preconditionFailure("an accepted row's person has a token") }
            if unsafe text.start == UnsafePointer(room) { unsafe room += text.count }
            finds.cases[place].place = UInt32(
                unsafe pendingCases.add(text.fingerprint, text.start, text.count))
        }
        try pendingCases.resolve(
            in: tables.cases, nextID: &state.caseCount, textBytes: &state.caseBytes,
            sorter: sorter, cache: caseCache, transaction: transaction)
        for place in 0..<finds.cases.count {
            let row = Int(finds.cases[place].row)
            let id = pendingCases.id(Int(finds.cases[place].place))
            unsafe cases[row] = id
            unsafe remember(input.row(row), input, id)
        }
        for place in 0..<finds.sameCases.count {
            let same = finds.sameCases[place]
            unsafe cases[Int(same.row)] = cases[Int(same.place)]
        }
        sealedSubjects.trim(above: 16 << 20)
    }

    /// Leaves the cases of accepted rows alone among those to be found; where the row that others have
    /// their case from is refused, they are asked for themselves, each in its place.
    private func keepCasesOfAccepted() {
        finds.cases.keep { sequences[Int($0.row)] != .max }
        finds.sameCases.keep { sequences[Int($0.row)] != .max }
        var alone: [Find] = []
        finds.sameCases.keep { same in
            let hasEarlier = sequences[Int(same.place)] != .max
            if !hasEarlier { alone.append(Find(Int(same.row), 0)) }
            return hasEarlier
        }
        guard !alone.isEmpty else { return }
        alone += (0..<finds.cases.count).map { finds.cases[$0] }
        finds.cases.resize(0)
        for find in alone.sorted(by: { $0.row < $1.row }) { finds.cases.append(find) }
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
        finds.names.keep { sequences[Int($0.row)] != .max }
        guard finds.names.count > 0 else { return }
        pendingNames.reset(capacity: finds.names.count)
        var pending: [Int] = []
        pending.reserveCapacity(finds.names.count)
        for place in 0..<finds.names.count {
            guard let text = unsafe name(input, pair: Int(finds.names[place].place)) else {
                preconditionFailure("an accepted row's names have tokens")
            }
            pending.append(unsafe pendingNames.add(text.fingerprint, text.start, text.count))
        }
        try pendingNames.resolve(
            in: tables.names, nextID: &state.nameCount, textBytes: &state.nameBytes,
            sorter: sorter, cache: nameCache, transaction: transaction)
        for place in 0..<finds.names.count {
            let pair = Int(finds.names[place].place)
            let id = pendingNames.id(pending[place])
            unsafe names[pair] = id
            let personal = Int(personalOfPair[pair])
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
        while chunkFinds.count < chunks.count { chunkFinds.append(RowFinds()) }
        let chunkFinds = chunkFinds
        @Sendable func work() {
            while let chunk = chunks.next() {
                let start = chunk * Appender.chunkRows
                lookUpTexts(
                    input, rows: start..<min(start + Appender.chunkRows, input.rowCount),
                    chunkFinds[chunk])
            }
        }
        let alone = chunks.count < 2
        let result = try crew.run({ _ in if !alone { work() } }) {
            let result = try own()
            work()
            return result
        }
        finds.removeAll()
        for chunk in 0..<chunks.count { finds.append(chunkFinds[chunk]) }
        return result
    }
}
