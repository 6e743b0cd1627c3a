import EventModel

/// Words of records where they lie: in the map, in an array or unpacked. Only to be kept as long as what
/// lent them: see `Transaction.unsafeValue(_:_:)`. Every access is checked against the bounds.
@safe
struct RunWords {
    private let base: UnsafePointer<UInt32>?
    let count: Int

    /// No words.
    init() {
        unsafe base = nil
        count = 0
    }

    @unsafe
    init(_ bytes: UnsafeRawBufferPointer) {
        let address = UInt(bitPattern: bytes.baseAddress)
        precondition(address % 4 == 0, "a chunk lies at an odd address")
        unsafe base = bytes.baseAddress?.assumingMemoryBound(to: UInt32.self)
        count = bytes.count / 4
    }

    @unsafe
    init(_ words: UnsafeBufferPointer<UInt32>) {
        unsafe base = words.baseAddress
        count = words.count
    }

    @inline(__always)
    subscript(index: Int) -> UInt32 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "beyond the chunk")
        return unsafe base.unsafelyUnwrapped[index]
    }

    /// Two words as one number, the bigger first.
    @inline(__always)
    func pair(_ index: Int) -> UInt64 {
        precondition(
            UInt(bitPattern: index) < UInt(bitPattern: count)
                && index &+ 1 < count, "beyond the chunk")
        let start = unsafe base.unsafelyUnwrapped + index
        return unsafe UInt64(start[0]) << 32 | UInt64(start[1])
    }

    /// Lends some of the words.
    @inline(__always)
    func withSpan<R>(_ range: Range<Int>, _ body: (Span<UInt32>) throws -> R) rethrows -> R {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "beyond the chunk")
        let words = unsafe UnsafeBufferPointer(
            start: base.map { unsafe $0 + range.lowerBound }, count: range.count)
        return try unsafe body(Span(_unsafeElements: words))
    }

    /// The fingerprint of all of them.
    var fingerprint: Fingerprint {
        unsafe Fingerprint(
            of: Span(_unsafeBytes: UnsafeRawBufferPointer(start: base, count: 4 * count)))
    }

    /// Copies some of the words.
    @inline(__always)
    func copy(_ range: Range<Int>, to block: inout [UInt32], at offset: Int) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count && offset >= 0
                && offset + range.count <= block.count, "beyond the chunk")
        guard let base = unsafe base else { return }
        unsafe block.withUnsafeMutableBufferPointer { block in
            unsafe (block.baseAddress.unsafelyUnwrapped + offset).update(
                from: base + range.lowerBound, count: range.count)
        }
    }
}
