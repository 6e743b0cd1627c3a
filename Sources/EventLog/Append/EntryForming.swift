import EventModel

/// Forms entries in raw memory: an event's canonical bytes with the log's own attributes put in.
@safe struct EntryForming {
    /// `"recordedtime":"2025-07-14T08:12:00.000Z",`, the same for all entries of a batch.
    private let recordedTime: InlineArray<42, UInt8>

    init(recorded: Instant) {
        var text = Array("\"recordedtime\":\"".utf8)
        recorded.appendRFC3339(to: &text)
        text += Array("\",".utf8)
        precondition(text.count == 42, "a recorded time has 24 characters")
        recordedTime = InlineArray { text[$0] }
    }

    /// The most bytes an entry of this event can have.
    static func bound(_ row: EventRow) -> Int {
        Int(row.canonical.length) + EventBatch.longestLogAttributes
    }

    /// Writes an entry and returns its length; there must be room for `bound` bytes.
    @inline(__always)
    @unsafe func form(
        _ row: EventRow, bytes: UnsafePointer<UInt8>, sequence: UInt32,
        into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let canonical = unsafe bytes + Int(row.canonical.offset)
        let first = Int(row.recordedTimeAt)
        let second = Int(row.sequenceAt)
        let length = Int(row.canonical.length)
        precondition(first <= second && second <= length, "the log's attributes have no place")
        unsafe output.update(from: canonical, count: first)
        var position = first
        unsafe recordedTime.span.withUnsafeBufferPointer { text in
            unsafe (output + position).update(from: text.baseAddress!, count: 42)
        }
        position += 42
        unsafe (output + position).update(from: canonical + first, count: second - first)
        position += second - first
        position += unsafe putSequence(sequence, at: output + position)
        unsafe (output + position).update(from: canonical + second, count: length - second)
        return position + length - second
    }

    /// Writes `"sequence":N,` and returns its length.
    @inline(__always)
    @unsafe private func putSequence(
        _ sequence: UInt32, at output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        // `"sequen` and `ce":` as little-endian words.
        let raw = UnsafeMutableRawPointer(output)
        unsafe raw.storeBytes(of: 0x6E65_7571_6573_22, as: UInt64.self)
        unsafe raw.storeBytes(of: 0x3A22_6563, toByteOffset: 7, as: UInt32.self)
        var digits = 1
        var limit: UInt64 = 10
        while UInt64(sequence) >= limit {
            digits += 1
            limit *= 10
        }
        var rest = sequence
        for place in stride(from: digits - 1, through: 0, by: -1) {
            unsafe output[11 + place] = UInt8(48 + rest % 10)
            rest /= 10
        }
        unsafe output[11 + digits] = 0x2C
        return 12 + digits
    }
}
