/// Writes structures of Thrift's compact protocol: see `ThriftReader`.
///
/// Fields of a structure are written in the order of their numbers.
struct ThriftWriter {
    private(set) var bytes: [UInt8] = []
    /// The number of the last field of each structure that is open, the outermost first.
    private var last = [0]

    private mutating func field(_ id: Int, _ kind: ThriftReader.Kind) {
        let difference = id - last[last.count - 1]
        precondition((1...15).contains(difference), "fields come in the order of their numbers")
        bytes.append(UInt8(difference) << 4 | kind.rawValue)
        last[last.count - 1] = id
    }

    mutating func put(_ id: Int, _ value: Bool) { field(id, value ? .yes : .no) }

    mutating func put(_ id: Int, int8 value: Int8) {
        field(id, .byte)
        bytes.append(UInt8(bitPattern: value))
    }

    mutating func put(_ id: Int, int32 value: Int) {
        field(id, .int32)
        zigzag(Int64(Int32(value)))
    }

    mutating func put(_ id: Int, int64 value: Int) {
        field(id, .int64)
        zigzag(Int64(value))
    }

    mutating func put(_ id: Int, _ value: some Collection<UInt8>) {
        field(id, .binary)
        binary(value)
    }

    /// Writes a structure, whose fields a closure writes.
    mutating func put(_ id: Int, _ body: (inout ThriftWriter) -> Void) {
        field(id, .structure)
        structure(body)
    }

    /// Writes a list of structures.
    mutating func put<Element>(
        _ id: Int, each elements: [Element], _ body: (inout ThriftWriter, Element) -> Void
    ) {
        field(id, .list)
        listHeader(elements.count, .structure)
        for element in elements { structure { body(&$0, element) } }
    }

    mutating func put(_ id: Int, texts: [String]) {
        field(id, .list)
        listHeader(texts.count, .binary)
        for text in texts { binary(text.utf8) }
    }

    mutating func put(_ id: Int, int32s values: [Int]) {
        field(id, .list)
        listHeader(values.count, .int32)
        for value in values { zigzag(Int64(Int32(value))) }
    }

    /// Ends the outermost structure.
    mutating func end() { bytes.append(0) }

    private mutating func structure(_ body: (inout ThriftWriter) -> Void) {
        last.append(0)
        body(&self)
        last.removeLast()
        bytes.append(0)
    }

    private mutating func binary(_ value: some Collection<UInt8>) {
        bytes.append(varint: UInt64(value.count))
        bytes += value
    }

    private mutating func listHeader(_ count: Int, _ kind: ThriftReader.Kind) {
        if count < 15 {
            bytes.append(UInt8(count) << 4 | kind.rawValue)
        } else {
            bytes.append(0xF0 | kind.rawValue)
            bytes.append(varint: UInt64(count))
        }
    }

    private mutating func zigzag(_ value: Int64) {
        bytes.append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
    }
}

extension [UInt8] {
    /// Appends a number as LEB128, seven bits to a byte.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// Appends a number, little-endian.
    mutating func append<Number: FixedWidthInteger>(littleEndian value: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> Number(shift)))
        }
    }

    /// Reads a number, little-endian.
    ///
    /// - Precondition: all of its bytes are there.
    @inline(__always)
    func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(
        at position: Int, as type: Number.Type
    ) -> Number {
        var value: Number = 0
        for index in 0..<Number.bitWidth / 8 {
            value |= Number(self[position + index]) << Number(8 * index)
        }
        return value
    }
}
