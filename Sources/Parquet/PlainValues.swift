/// How values of a column are written one behind the other (parquet-format, Encodings.md, *Plain*), booleans
/// aside.
struct PlainValues {
    let column: ParquetColumn

    /// Bytes of each value; nil where each states its own length.
    var width: Int? {
        switch column.physical {
        case .boolean: 0
        case .int32, .float: 4
        case .int64, .double: 8
        case .int96: 12
        case .byteArray: nil
        case .fixedLengthByteArray: column.length
        }
    }

    /// Where the bytes of the value that begins at a place stand.
    func range(at position: Int, in bytes: [UInt8]) throws(ThriftFault) -> Range<Int> {
        if let width {
            guard width <= bytes.count - position else { throw .cut }
            return position..<position + width
        }
        guard bytes.count - position >= 4 else { throw .cut }
        let length = Int(bytes.littleEndian(at: position, as: UInt32.self))
        guard length <= bytes.count - position - 4 else { throw .cut }
        return position + 4..<position + 4 + length
    }

    /// The value whose bytes stand in a range, all of it.
    func value(_ range: Range<Int>, in bytes: [UInt8]) throws(ThriftFault) -> ParquetValue {
        let start = range.lowerBound
        switch column.physical {
        case .boolean: throw .damaged
        case .int32:
            let word = bytes.littleEndian(at: start, as: UInt32.self)
            if case .integer(_, false) = column.type { return .integer(Int128(word)) }
            return number(Int128(Int32(bitPattern: word)))
        case .int64:
            let word = bytes.littleEndian(at: start, as: UInt64.self)
            if case .integer(_, false) = column.type { return .integer(Int128(word)) }
            return number(Int128(Int64(bitPattern: word)))
        case .int96:
            // Nanoseconds of a Julian day, of which 1970-01-01 is the 2,440,588th.
            let nanoseconds = Int64(bitPattern: bytes.littleEndian(at: start, as: UInt64.self))
            let day = Int32(bitPattern: bytes.littleEndian(at: start + 8, as: UInt32.self))
            return .integer(
                (Int128(day) - 2_440_588) * 86_400_000_000_000 + Int128(nanoseconds))
        case .float:
            return .float(Float(bitPattern: bytes.littleEndian(at: start, as: UInt32.self)))
        case .double:
            return .double(Double(bitPattern: bytes.littleEndian(at: start, as: UInt64.self)))
        case .byteArray, .fixedLengthByteArray:
            guard case .decimal(_, let scale) = column.type else { return .bytes(bytes[range]) }
            guard let decimal = ParquetDecimal(bytes[range], scale: scale) else { throw .damaged }
            return .decimal(decimal)
        }
    }

    private func number(_ number: Int128) -> ParquetValue {
        guard case .decimal(_, let scale) = column.type else { return .integer(number) }
        return .decimal(ParquetDecimal(number, scale: scale))
    }

    /// Appends a value, with its length where each states its own.
    ///
    /// - Precondition: the value is one of the column's type.
    func append(_ value: ParquetValue, to bytes: inout [UInt8]) {
        switch (column.physical, value) {
        case (.int32, .integer(let number)): bytes.append(littleEndian: Int32(number))
        case (.int64, .integer(let number)): bytes.append(littleEndian: Int64(number))
        case (.int64, .decimal(let decimal)):
            bytes.append(littleEndian: Int64(unscaled(decimal)))
        case (.fixedLengthByteArray, .decimal(let decimal)):
            let number = unscaled(decimal)
            for shift in stride(from: 120, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> Int128(shift)))
            }
        case (.byteArray, .bytes(let text)):
            bytes.append(littleEndian: UInt32(text.count))
            bytes += text
        default: preconditionFailure("\(value) is no value of column \(column.name)")
        }
    }

    private func unscaled(_ decimal: ParquetDecimal) -> Int128 {
        guard case .decimal(let precision, let scale) = column.type, scale == decimal.scale,
            let number = decimal.unscaled, String(number.magnitude).utf8.count <= precision
        else { preconditionFailure("\(decimal) does not fit column \(column.name)") }
        return number
    }
}
