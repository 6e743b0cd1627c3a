/// The key of an entry in a table: 1 to 511 bytes, compared as bytes.
///
/// Integers become big-endian bytes, so that keys of one shape sort as their numbers do. Keys up
/// to 24 bytes allocate nothing.
///
///     let segment = Key(kind, first)          // two UInt32: 8 bytes
///     let registry = Key("projections/first_response")
public struct Key: Sendable {
    /// The bytes of a short key, in order in memory.
    private var words: InlineArray<3, UInt64>
    private var count: Int
    /// The bytes of a key longer than 24.
    private var long: [UInt8]?

    /// The longest key LMDB takes.
    public static let maximumBytes = 511

    private init(_ first: UInt64, _ second: UInt64, _ third: UInt64 = 0, count: Int) {
        words = [first.bigEndian, second.bigEndian, third.bigEndian]
        self.count = count
    }

    /// Four bytes.
    public init(_ value: UInt32) { self.init(UInt64(value) << 32, 0, count: 4) }

    /// Eight bytes.
    public init(_ value: UInt64) { self.init(value, 0, count: 8) }

    /// Eight bytes: two numbers, the first the bigger.
    public init(_ first: UInt32, _ second: UInt32) {
        self.init(UInt64(first) << 32 | UInt64(second), 0, count: 8)
    }

    /// Twelve bytes: three numbers, the first the biggest.
    public init(_ first: UInt32, _ second: UInt32, _ third: UInt32) {
        self.init(UInt64(first) << 32 | UInt64(second), UInt64(third) << 32, count: 12)
    }

    /// Sixteen bytes: four numbers, the first the biggest.
    public init(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32) {
        self.init(
            UInt64(first) << 32 | UInt64(second), UInt64(third) << 32 | UInt64(fourth), count: 16)
    }

    /// Twelve bytes: a small number, then a big one.
    public init(_ first: UInt32, _ second: UInt64) {
        self.init(UInt64(first) << 32 | second >> 32, second << 32, count: 12)
    }

    /// Sixteen bytes: two big numbers.
    public init(_ first: UInt64, _ second: UInt64) { self.init(first, second, count: 16) }

    /// Twenty bytes: two small numbers, a big one and a small one.
    public init(_ first: UInt32, _ second: UInt32, _ third: UInt64, _ fourth: UInt32) {
        self.init(
            UInt64(first) << 32 | UInt64(second), third, UInt64(fourth) << 32, count: 20)
    }

    /// The bytes of a text in UTF-8; traps when it is empty or longer than 511 bytes.
    public init(_ text: String) { self.init(Array(text.utf8)) }

    /// Bytes as they are; traps when there are none or more than 511.
    public init(_ bytes: [UInt8]) {
        precondition((1...Key.maximumBytes).contains(bytes.count), "a key has 1 to 511 bytes")
        words = [0, 0, 0]
        count = bytes.count
        long = bytes
    }

    /// Hands the key's bytes to a call of LMDB.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        if let long { return unsafe long.withUnsafeBytes { unsafe body($0) } }
        return unsafe withUnsafeBytes(of: words) { words in
            unsafe body(UnsafeRawBufferPointer(rebasing: words[..<count]))
        }
    }
}

extension Span<UInt8> {
    /// The big-endian number at a byte offset, as keys hold them; traps beyond the end.
    public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: T.Type = T.self
    ) -> T {
        T(bigEndian: load(at: offset))
    }

    /// The little-endian number at a byte offset, as values hold them; traps beyond the end.
    public func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: T.Type = T.self
    ) -> T {
        T(littleEndian: load(at: offset))
    }

    /// A copy of the bytes.
    public func copyBytes() -> [UInt8] {
        unsafe withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }

    private func load<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> T {
        precondition(
            offset >= 0 && offset + MemoryLayout<T>.size <= count, "a number beyond the bytes")
        return unsafe withUnsafeBytes { bytes in
            unsafe bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
        }
    }
}
