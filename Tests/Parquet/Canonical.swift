import Parquet

/// A value as the text that `tools/conformance/parquet.py` gives of it.
func canonical(_ value: ParquetValue, _ type: ParquetType) -> String {
    func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
    func bits<Number: FixedWidthInteger>(_ pattern: Number) -> String {
        hex(
            (0..<Number.bitWidth / 8).reversed()
                .map { UInt8(truncatingIfNeeded: pattern >> Number(8 * $0)) })
    }
    switch (value, type) {
    case (.null, _): return "null"
    case (.boolean(let flag), _): return "\(flag)"
    case (.integer(let number), .time(let unit, _)),
        (.integer(let number), .timestamp(let unit, _)):
        return "t\(number * Int128(1_000_000_000 / unit.perSecond))"
    case (.integer(let number), _): return "\(number)"
    case (.decimal(let decimal), _): return String(decoding: decimal.text(), as: UTF8.self)
    case (.float(let number), _): return "f" + bits(number.bitPattern)
    case (.double(let number), _): return "d" + bits(number.bitPattern)
    case (.bytes(let bytes), _): return "x" + hex(bytes)
    }
}

/// The rows of a file, each as a line.
func lines(_ file: [UInt8]) throws -> [String] {
    let columns = try ParquetReader(file).columns
    return try rows(file).map { row in
        zip(row, columns).map { canonical($0, $1.type) }.joined(separator: "\t")
    }
}
