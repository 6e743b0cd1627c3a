/// What the values of a column are (parquet-format, LogicalTypes.md).
package enum ParquetType: Hashable, Sendable {
    case boolean
    /// Whole numbers of 8, 16, 32 or 64 bits.
    case integer(bits: Int, isSigned: Bool)
    case float
    case double
    /// Exact numbers of so many digits, of which `scale` stand behind the point.
    case decimal(precision: Int, scale: Int)
    /// UTF-8: STRING, ENUM and JSON.
    case text
    /// Bytes of which nothing is said.
    case bytes
    /// 16 bytes (RFC 9562).
    case uuid
    /// Days since 1970-01-01.
    case date
    /// Units since midnight.
    case time(ParquetUnit, isAdjustedToUTC: Bool)
    /// Units since 1970-01-01 00:00, of UTC or of a clock that is not named.
    case timestamp(ParquetUnit, isAdjustedToUTC: Bool)
    /// What is not read, in words that follow "a column that is": `a list (LIST)`.
    case unsupported(String)

    /// The most digits of a decimal.
    package static let mostDigits = 76
}

/// A unit of time.
package enum ParquetUnit: Int, Hashable, Sendable {
    case milliseconds = 1_000
    case microseconds = 1_000_000
    case nanoseconds = 1_000_000_000

    /// How many of it are a second.
    package var perSecond: Int { rawValue }
}

/// How values are stored: `Type` of parquet.thrift, by its numbers.
enum PhysicalType: Int {
    case boolean, int32, int64, int96, float, double, byteArray, fixedLengthByteArray

    /// The name in the format.
    var name: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .int32: "INT32"
        case .int64: "INT64"
        case .int96: "INT96"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .byteArray: "BYTE_ARRAY"
        case .fixedLengthByteArray: "FIXED_LEN_BYTE_ARRAY"
        }
    }
}

/// `Encoding` of parquet.thrift, by its numbers.
enum Encoding: Int {
    case plain = 0
    case plainDictionary = 2
    case runLength = 3
    case bitPacked = 4
    case deltaBinaryPacked = 5
    case deltaLengthByteArray = 6
    case deltaByteArray = 7
    case runLengthDictionary = 8
    case byteStreamSplit = 9

    /// The name in the format of one that is not read.
    static func name(_ number: Int) -> String {
        switch Encoding(rawValue: number) {
        case .plain: "PLAIN"
        case .plainDictionary: "PLAIN_DICTIONARY"
        case .runLength: "RLE"
        case .bitPacked: "BIT_PACKED"
        case .deltaBinaryPacked: "DELTA_BINARY_PACKED"
        case .deltaLengthByteArray: "DELTA_LENGTH_BYTE_ARRAY"
        case .deltaByteArray: "DELTA_BYTE_ARRAY"
        case .runLengthDictionary: "RLE_DICTIONARY"
        case .byteStreamSplit: "BYTE_STREAM_SPLIT"
        case nil: "number \(number)"
        }
    }
}

/// `CompressionCodec` of parquet.thrift, by its numbers.
enum Codec: Int {
    case uncompressed = 0
    case snappy = 1
    case gzip = 2
    case zstd = 6

    /// The name in the format, of one that is not read, too.
    static func name(_ number: Int) -> String {
        let names = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"]
        return names.indices.contains(number) ? names[number] : "number \(number)"
    }

    /// How many bytes a packed one can give at most, by the formats: 128 KiB for the 4 bytes of a block of
    /// zstd, 258 for 2 bits of deflate, 64 for the 3 bytes of a copy in Snappy.
    var mostUnpacked: Int {
        switch self {
        case .uncompressed: 1
        case .snappy: 22
        case .gzip: 1032
        case .zstd: 32_768
        }
    }
}

/// A column of a file.
package struct ParquetColumn: Hashable, Sendable {
    /// Its name, which may stand twice.
    package var name: String
    /// What its values are.
    package var type: ParquetType
    /// Whether it may be without a value.
    package var isOptional: Bool
    var physical = PhysicalType.boolean
    /// Bytes of a value of fixed length.
    var length = 0
    /// Its place among the columns that hold values, from 0: those within lists and groups count.
    var leaf = 0

    /// A column to be written.
    ///
    /// - Precondition: the type is one that is written (see `ParquetWriter`).
    package init(_ name: String, _ type: ParquetType, isOptional: Bool = false) {
        self.name = name
        self.type = type
        self.isOptional = isOptional
        switch type {
        case .boolean: physical = .boolean
        case .integer(64, isSigned: true), .timestamp: physical = .int64
        case .date: physical = .int32
        case .text: physical = .byteArray
        case .decimal(1...18, let scale) where scale >= 0: physical = .int64
        case .decimal(19...38, let scale) where scale >= 0:
            physical = .fixedLengthByteArray
            length = 16
        default: preconditionFailure("columns of \(type) are not written")
        }
    }

    /// A column that was found.
    init(found name: String, _ type: ParquetType, isOptional: Bool, leaf: Int) {
        self.name = name
        self.type = type
        self.isOptional = isOptional
        self.leaf = leaf
    }
}
