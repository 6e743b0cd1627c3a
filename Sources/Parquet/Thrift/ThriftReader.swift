/// Why bytes are no structure of Thrift's compact protocol.
enum ThriftFault: Error {
    /// They end within it.
    case cut
    /// They are none.
    case damaged
}

/// Reads structures of Thrift's compact protocol (*thrift-compact-protocol.md* of Apache Thrift), in
/// which Parquet's footer and the headers of its pages are written.
///
///     var last = 0
///     while let field = try thrift.field(after: &last) {
///         switch field.id {
///         case 1: count = try thrift.integer(field)
///         default: try thrift.skip(field)
///         }
///     }
///
/// It allocates nothing by a number that the bytes state: lists are walked, and each element takes a byte
/// at least.
struct ThriftReader {
    /// The kinds of values (compact protocol, *Struct encoding*).
    enum Kind: UInt8 {
        case yes = 1
        case no, byte, int16, int32, int64, double, binary, list, set, map, structure, uuid
    }

    /// The beginning of a field: its value follows.
    struct Field {
        var id: Int
        var kind: Kind
    }

    private let bytes: [UInt8]
    /// Where the next byte is read.
    private(set) var position: Int
    private let end: Int

    /// Structures inside each other, at most. Those of Parquet have seven levels.
    private static let deepest = 16

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        position = start
        end = bytes.count
    }

    // MARK: Fields

    /// The next field of a structure; nil at its end.
    ///
    /// - Parameter last: the number of the field before, 0 at the beginning.
    mutating func field(after last: inout Int) throws(ThriftFault) -> Field? {
        let byte = try self.byte()
        if byte == 0 { return nil }
        guard let kind = Kind(rawValue: byte & 0x0F) else { throw .damaged }
        let difference = Int(byte >> 4)
        let id = difference == 0 ? Int(try zigzag()) : last + difference
        guard (1...Int(Int16.max)).contains(id) else { throw .damaged }
        last = id
        return Field(id: id, kind: kind)
    }

    /// A whole number of any width.
    mutating func integer(_ field: Field) throws(ThriftFault) -> Int64 {
        switch field.kind {
        case .byte: return Int64(Int8(bitPattern: try byte()))
        case .int16, .int32, .int64: return try zigzag()
        default: throw .damaged
        }
    }

    /// A number that is no less than nought and fits in 32 bits, as sizes and counts are.
    mutating func count(_ field: Field) throws(ThriftFault) -> Int {
        let value = try integer(field)
        guard (0...Int64(Int32.max)).contains(value) else { throw .damaged }
        return Int(value)
    }

    func boolean(_ field: Field) throws(ThriftFault) -> Bool {
        switch field.kind {
        case .yes: return true
        case .no: return false
        default: throw .damaged
        }
    }

    /// A text, or bytes.
    mutating func text(_ field: Field) throws(ThriftFault) -> String {
        guard field.kind == .binary else { throw .damaged }
        return String(decoding: bytes[try binary()], as: UTF8.self)
    }

    /// The beginning of a structure: its fields follow.
    func structure(_ field: Field) throws(ThriftFault) {
        guard field.kind == .structure else { throw .damaged }
    }

    /// The beginning of a list of some kind: so many elements follow, each to be read as a field of it.
    mutating func list(_ field: Field, of kind: Kind) throws(ThriftFault) -> Int {
        guard field.kind == .list else { throw .damaged }
        let (count, found) = try listHeader()
        guard found == kind || count == 0 else { throw .damaged }
        return count
    }

    // MARK: What is passed over

    /// Passes over a field's value.
    mutating func skip(_ field: Field) throws(ThriftFault) {
        try skip(field.kind, isElement: false, depth: 0)
    }

    /// Passes over a structure of which no field was read.
    mutating func skipStructure() throws(ThriftFault) {
        try skip(.structure, isElement: true, depth: 0)
    }

    private mutating func skip(
        _ kind: Kind, isElement: Bool, depth: Int
    ) throws(ThriftFault) {
        guard depth < ThriftReader.deepest else { throw .damaged }
        switch kind {
        case .yes, .no: if isElement { _ = try byte() }
        case .byte: _ = try byte()
        case .int16, .int32, .int64: _ = try varint()
        case .double: try advance(8)
        case .uuid: try advance(16)
        case .binary: _ = try binary()
        case .list, .set:
            let (count, element) = try listHeader()
            for _ in 0..<count { try skip(element, isElement: true, depth: depth + 1) }
        case .map:
            let count = try varint()
            guard count > 0 else { return }
            let kinds = try byte()
            guard count <= UInt64(end - position), let key = Kind(rawValue: kinds >> 4),
                let value = Kind(rawValue: kinds & 0x0F)
            else { throw .damaged }
            for _ in 0..<count {
                try skip(key, isElement: true, depth: depth + 1)
                try skip(value, isElement: true, depth: depth + 1)
            }
        case .structure:
            var last = 0
            while let field = try field(after: &last) {
                try skip(field.kind, isElement: false, depth: depth + 1)
            }
        }
    }

    // MARK: Bytes

    private mutating func byte() throws(ThriftFault) -> UInt8 {
        guard position < end else { throw .cut }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func advance(_ count: Int) throws(ThriftFault) {
        guard count <= end - position else { throw .cut }
        position += count
    }

    private mutating func varint() throws(ThriftFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .damaged
    }

    private mutating func zigzag() throws(ThriftFault) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    private mutating func binary() throws(ThriftFault) -> Range<Int> {
        let count = try varint()
        guard count <= UInt64(Int32.max) else { throw .damaged }
        let start = position
        try advance(Int(count))
        return start..<position
    }

    private mutating func listHeader() throws(ThriftFault) -> (count: Int, kind: Kind) {
        let byte = try byte()
        let short = UInt64(byte >> 4)
        let count = short == 15 ? try varint() : short
        // Of nothing, some writers state no kind.
        if count == 0 { return (0, .byte) }
        guard let kind = Kind(rawValue: byte & 0x0F) else { throw .damaged }
        // Each element takes a byte at least.
        guard count <= UInt64(end - position) else { throw .cut }
        return (Int(count), kind)
    }
}
