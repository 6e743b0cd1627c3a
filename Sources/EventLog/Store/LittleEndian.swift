/// Writing of small records: little-endian integers and length-prefixed texts.
struct RecordWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        var rest = value
        for _ in 0..<Value.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest = Value.bitWidth > 8 ? rest >> 8 : 0
        }
    }

    mutating func put(_ text: String) {
        put(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(_ hash: TreeHash) { bytes.append(contentsOf: hash.bytes) }
}

/// Reading of small records; a record that is too short reads as nil.
struct RecordReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything was read.
    var isAtEnd: Bool { position == bytes.count }

    mutating func take<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
        let width = Value.bitWidth / 8
        guard position + width <= bytes.count else { return nil }
        var value: Value = 0
        for index in stride(from: width - 1, through: 0, by: -1) {
            value =
                (width > 1 ? value << 8 : 0) | Value(truncatingIfNeeded: bytes[position + index])
        }
        position += width
        return value
    }

    mutating func takeText() -> String? {
        guard let count = take(UInt32.self), position + Int(count) <= bytes.count else {
            return nil
        }
        defer { position += Int(count) }
        return String(validating: bytes[position..<position + Int(count)], as: UTF8.self)
    }

    mutating func takeHash() -> TreeHash? {
        guard position + 32 <= bytes.count else { return nil }
        defer { position += 32 }
        return TreeHash(Array(bytes[position..<position + 32]))
    }
}

/// Keys of tables: big-endian, so that LMDB's order is the numbers' order.
enum TableKey {
    static func bytes(_ value: UInt32) -> [UInt8] {
        [
            UInt8(truncatingIfNeeded: value >> 24), UInt8(truncatingIfNeeded: value >> 16),
            UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value),
        ]
    }

    static func number(_ bytes: Span<UInt8>) -> UInt32? {
        guard bytes.count == 4 else { return nil }
        return UInt32(bytes[0]) << 24 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 8
            | UInt32(bytes[3])
    }
}
