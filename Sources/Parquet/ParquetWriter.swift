internal import Compression

/// Writes a Parquet file of flat columns, for whatever reads Parquet.
///
///     let writer = try ParquetWriter(
///         [ParquetColumn("day", .date), ParquetColumn("agent", .text, isOptional: true)],
///         metadata: [("unit", "seconds")], createdBy: "rekam version 1.0.0") { try file.write($0) }
///     try writer.append([.integer(20_000), .text("Budi")])
///     try writer.finish()
///
/// Columns are `boolean`, whole numbers of 64 bits, `decimal` of up to 38 digits, `text`, `date` and
/// `timestamp`. Pages are packed by ZSTD and have checksums; a column is written by a dictionary where that
/// is shorter; each group of rows states the least and the greatest value of a column, and how many are
/// null. The same rows give the same bytes, as far as the same version of zstd packs them.
///
/// A group of rows is in memory until it is written: 64 MiB of values, or 131,072 rows.
package final class ParquetWriter {
    /// How much is put together; smaller in tests.
    package struct Sizes: Sendable {
        /// Rows of a group, at most.
        package var groupRows = 131_072
        /// Bytes of a group's values, about.
        package var groupBytes = 64 << 20
        /// Values of a page, at most.
        package var pageRows = 20_000
        /// Bytes of a page's values, about.
        package var pageBytes = 1 << 20

        package init() {}
    }

    private let columns: [ParquetColumn]
    private let metadata: [(key: String, value: String)]
    private let createdBy: String
    private let sizes: Sizes
    private let write: (Span<UInt8>) throws -> Void
    private var chunks: [ColumnWriter]
    private var compressor: ZstdCompressor
    private var position = 0
    private var rows = 0
    private var rowsOfGroup = 0
    private var groups: [WrittenGroup] = []
    private var isFinished = false

    private static let magic = Array("PAR1".utf8)

    private struct WrittenGroup {
        var rows: Int
        var chunks: [WrittenChunk]
    }

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - metadata: what else is to stand in it, in this order.
    ///   - createdBy: who writes, as `rekam version 1.0.0`.
    ///   - write: takes the file's bytes, one piece behind the other.
    /// - Throws: what `write` throws, and a `CompressionFault` where no memory is left.
    package init(
        _ columns: [ParquetColumn], metadata: [(key: String, value: String)] = [],
        createdBy: String, sizes: Sizes = Sizes(), write: @escaping (Span<UInt8>) throws -> Void
    ) throws {
        self.columns = columns
        self.metadata = metadata
        self.createdBy = createdBy
        self.sizes = sizes
        self.write = write
        chunks = columns.map { ColumnWriter($0, sizes) }
        compressor = try ZstdCompressor(level: 3)
        try put(ParquetWriter.magic)
    }

    /// Appends a row.
    ///
    /// - Parameter row: a value for each column, of its type; `null` for optional ones alone.
    /// - Precondition: each value is one of its column's type: decimals of its scale, and within its digits.
    /// - Throws: what `write` throws.
    /// - Complexity: O(columns), and O(group of rows) where one is full.
    package func append(_ row: [ParquetValue]) throws {
        precondition(row.count == columns.count && !isFinished, "a row has all columns")
        var held = 0
        for place in row.indices {
            chunks[place].append(row[place])
            held += chunks[place].heldBytes
        }
        rowsOfGroup += 1
        if rowsOfGroup >= sizes.groupRows || held >= sizes.groupBytes { try endGroup() }
    }

    /// Ends the file: what follows its rows is written.
    ///
    /// - Throws: what `write` throws.
    package func finish() throws {
        precondition(!isFinished, "a file is finished once")
        if rowsOfGroup > 0 { try endGroup() }
        isFinished = true
        var footer = footer
        footer.append(littleEndian: UInt32(footer.count))
        try put(footer + ParquetWriter.magic)
    }

    private func put(_ bytes: [UInt8]) throws {
        try write(bytes.span)
        position += bytes.count
    }

    private func endGroup() throws {
        var group = WrittenGroup(rows: rowsOfGroup, chunks: [])
        for place in chunks.indices {
            var written = WrittenChunk()
            let bytes = try chunks[place].end(&compressor, &written)
            written.move(by: position)
            group.chunks.append(written)
            try put(bytes)
        }
        rows += rowsOfGroup
        rowsOfGroup = 0
        groups.append(group)
    }

    // MARK: Footer

    private var footer: [UInt8] {
        var thrift = ThriftWriter()
        thrift.put(1, int32: 2)
        let elements: [ParquetColumn?] = [nil] + columns
        thrift.put(2, each: elements) { thrift, column in
            if let column {
                ParquetWriter.put(column, to: &thrift)
            } else {
                thrift.put(4, "schema".utf8)
                thrift.put(5, int32: elements.count - 1)
            }
        }
        thrift.put(3, int64: rows)
        thrift.put(4, each: groups) { thrift, group in
            thrift.put(1, each: Array(zip(self.columns, group.chunks))) { thrift, pair in
                thrift.put(2, int64: 0)
                thrift.put(3) { pair.1.put(pair.0, to: &$0) }
            }
            thrift.put(2, int64: group.chunks.reduce(0) { $0 + $1.unpackedBytes })
            thrift.put(3, int64: group.rows)
            thrift.put(5, int64: group.chunks.first?.start ?? 4)
            thrift.put(6, int64: group.chunks.reduce(0) { $0 + $1.storedBytes })
        }
        if !metadata.isEmpty {
            thrift.put(5, each: metadata) { thrift, pair in
                thrift.put(1, pair.key.utf8)
                thrift.put(2, pair.value.utf8)
            }
        }
        thrift.put(6, createdBy.utf8)
        // Least and greatest values are by the order that each type has.
        thrift.put(7, each: columns) { thrift, _ in thrift.put(1) { _ in } }
        thrift.end()
        return thrift.bytes
    }

    private static func put(_ column: ParquetColumn, to thrift: inout ThriftWriter) {
        thrift.put(1, int32: column.physical.rawValue)
        if column.length > 0 { thrift.put(2, int32: column.length) }
        thrift.put(3, int32: column.isOptional ? 1 : 0)
        thrift.put(4, column.name.utf8)
        switch column.type {
        case .text:
            thrift.put(6, int32: 0)
            thrift.put(10) { $0.put(1) { _ in } }
        case .decimal(let precision, let scale):
            thrift.put(6, int32: 5)
            thrift.put(7, int32: scale)
            thrift.put(8, int32: precision)
            thrift.put(10) {
                $0.put(5) {
                    $0.put(1, int32: scale)
                    $0.put(2, int32: precision)
                }
            }
        case .date:
            thrift.put(6, int32: 6)
            thrift.put(10) { $0.put(6) { _ in } }
        case .timestamp(let unit, let isAdjusted):
            // The older annotation means adjusted ones, and has no nanoseconds.
            if isAdjusted, unit != .nanoseconds {
                thrift.put(6, int32: unit == .milliseconds ? 9 : 10)
            }
            thrift.put(10) {
                $0.put(8) {
                    $0.put(1, isAdjusted)
                    $0.put(2) {
                        $0.put(unit == .milliseconds ? 1 : unit == .microseconds ? 2 : 3) { _ in }
                    }
                }
            }
        case .integer:
            thrift.put(6, int32: 18)
            thrift.put(10) {
                $0.put(10) {
                    $0.put(1, int8: 64)
                    $0.put(2, true)
                }
            }
        default: break
        }
    }
}

/// What the footer says of a column in a group of rows.
struct WrittenChunk {
    /// Where its first page stands; the first of data, where that is another.
    private(set) var start = 0
    var dataStart = 0
    var hasDictionary = false
    var storedBytes = 0
    var unpackedBytes = 0
    var values = 0
    var nulls = 0
    /// The least and the greatest value as they are written, without their lengths.
    var bounds: (least: [UInt8], greatest: [UInt8])?

    mutating func move(by offset: Int) {
        start += offset
        dataStart += offset
    }

    func put(_ column: ParquetColumn, to thrift: inout ThriftWriter) {
        thrift.put(1, int32: column.physical.rawValue)
        thrift.put(
            2,
            int32s: [Encoding.plain, .runLength].map(\.rawValue)
                + (hasDictionary ? [Encoding.runLengthDictionary.rawValue] : []))
        thrift.put(3, texts: [column.name])
        thrift.put(4, int32: Codec.zstd.rawValue)
        thrift.put(5, int64: values)
        thrift.put(6, int64: unpackedBytes)
        thrift.put(7, int64: storedBytes)
        thrift.put(9, int64: dataStart)
        if hasDictionary { thrift.put(11, int64: start) }
        thrift.put(12) {
            $0.put(3, int64: nulls)
            if let bounds {
                $0.put(5, bounds.greatest)
                $0.put(6, bounds.least)
            }
        }
    }
}
