import EventModel

/// Forms entries in raw memory: an event's canonical bytes with the log's own attributes put in, and
/// tokens in the place of personal texts.
@safe struct EntryForming {
    /// What comes before a position, the same for all entries of a batch: who approved, which clock.
    private let before: [UInt8]
    /// What comes after it: who sent, and `"rekamtime":"2025-07-14T08:12:00.000Z",`.
    private let after: [UInt8]
    private let input: AppendInput
    private let sealing: Sealing

    /// `PersonalText.tokenBytes`, known here when it is compiled.
    private static let tokenBytes = 43

    init(_ input: AppendInput, _ provenance: Provenance, sealing: Sealing) {
        func member(_ name: String, _ text: String?) -> [UInt8] {
            guard let text else { return [] }
            return Array("\"\(LogMarks.prefix)\(name)\":".utf8)
                + (JSONValue.string(text).canonical ?? []) + [0x2C]
        }
        before = member("approvals", provenance.approvals) + member("clock", provenance.clock)
        after = member("sender", provenance.sender) + member("time", input.recorded.rfc3339)
        self.input = input
        self.sealing = sealing
        precondition(EntryForming.tokenBytes == PersonalText.tokenBytes, "tokens of one length")
    }

    /// The most bytes an entry of this event can have.
    @inline(__always)
    @unsafe func bound(_ row: UnsafePointer<EventRow>) -> Int {
        unsafe Int(row.pointee.canonical.length)
            + Int(row.pointee.personalCount) * (PersonalText.tokenBytes + 2)
            + before.count + after.count + EventBatch.longestLogAttributes
            + EventBatch.longestOrder
    }

    /// Writes an entry and returns its length; there must be room for `bound` bytes.
    @inline(__always)
    @unsafe func form(
        _ row: UnsafePointer<EventRow>, sequence: UInt32, into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let place = Int(unsafe row.pointee.logAt)
        let length = Int(unsafe row.pointee.canonical.length)
        precondition(place <= length, "the log's attributes have no place")
        var position = unsafe splice(0..<place, of: row, into: output)
        position += unsafe put(before, at: output + position)
        let order = unsafe row.pointee.orderText
        if order.length > 0 {
            let isPlace = unsafe row.pointee.isPlace
            position += unsafe put(
                isPlace ? "\"rekamplace\":" : "\"rekamorder\":", at: output + position)
            unsafe (output + position).update(
                from: input.text(Int(order.offset), Int(order.length)), count: Int(order.length))
            position += Int(order.length)
            unsafe output[position] = 0x2C
            position += 1
        }
        position += unsafe put("\"rekamposition\":", at: output + position)
        position += unsafe putNumber(sequence, at: output + position)
        if let salt = unsafe sealing.salt(Int(sequence - input.base)) {
            position += unsafe put("\"rekamsalt\":\"", at: output + position)
            unsafe (output + position).update(from: salt, count: EntrySalt.length)
            position += EntrySalt.length
            position += unsafe put("\",", at: output + position)
        }
        position += unsafe put(after, at: output + position)
        return unsafe position
            + splice(place..<length, of: row, into: output + position)
    }

    /// Takes what makes an event the same into a digest: its content's pieces with commas between them.
    /// Texts that have tokens of their own are left out, since the same text gets another token when it
    /// comes again: `~` stands for each.
    @inline(__always)
    @unsafe func digest(_ row: UnsafePointer<EventRow>, _ digest: inout ContentDigest.Pieces) {
        let whole = unsafe row.pointee.canonical
        let canonical = unsafe input.text(Int(whole.offset), Int(whole.length))
        var isFirst = true
        for place in unsafe row.pointee.content {
            if !isFirst { digest.take(0x2C) }
            isFirst = false
            let piece = input.content(place).indices
            var from = piece.lowerBound
            for place in unsafe row.pointee.personal {
                let personal = input.personal(place)
                let at = Int(personal.at)
                guard at >= from else { continue }
                guard at < piece.upperBound else { break }
                unsafe digest.take(canonical + from, count: at - from)
                from = at + Int(personal.length)
                if personal.isNumber { digest.take(0x22) }
                if personal.kind == .text {
                    digest.take(PersonalText.mark)
                } else {
                    unsafe digest.take(sealing.token(place) + 1, count: EntryForming.tokenBytes)
                }
                if personal.isNumber { digest.take(0x22) }
            }
            unsafe digest.take(canonical + from, count: piece.upperBound - from)
        }
    }

    /// Copies a piece of a row's canonical bytes with tokens in the place of its personal texts.
    @inline(__always)
    @unsafe private func splice(
        _ range: Range<Int>, of row: UnsafePointer<EventRow>,
        into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let whole = unsafe row.pointee.canonical
        let canonical = unsafe input.text(Int(whole.offset), Int(whole.length))
        var from = range.lowerBound
        var position = 0
        for place in unsafe row.pointee.personal {
            let personal = input.personal(place)
            let at = Int(personal.at)
            guard at >= from else { continue }
            guard at < range.upperBound else { break }
            unsafe (output + position).update(from: canonical + from, count: at - from)
            position += at - from
            from = at + Int(personal.length)
            if personal.isNumber {
                unsafe output[position] = 0x22
                position += 1
            }
            unsafe (output + position).update(
                from: sealing.token(place) + 1, count: EntryForming.tokenBytes)
            position += EntryForming.tokenBytes
            if personal.isNumber {
                unsafe output[position] = 0x22
                position += 1
            }
        }
        let rest = range.upperBound - from
        unsafe (output + position).update(from: canonical + from, count: rest)
        return position + rest
    }

    @inline(__always)
    @unsafe private func put(_ bytes: [UInt8], at output: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe output.update(from: start, count: source.count)
        }
        return bytes.count
    }

    @inline(__always)
    @unsafe private func put(_ text: StaticString, at output: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe output.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    /// Writes a sequence and a comma and returns their length.
    @inline(__always)
    @unsafe private func putNumber(
        _ number: UInt32, at output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var digits = 1
        var limit: UInt64 = 10
        while UInt64(number) >= limit {
            digits += 1
            limit *= 10
        }
        var rest = number
        for place in stride(from: digits - 1, through: 0, by: -1) {
            unsafe output[place] = UInt8(48 + rest % 10)
            rest /= 10
        }
        unsafe output[digits] = 0x2C
        return digits + 1
    }
}
