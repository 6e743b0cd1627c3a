internal import Compression

/// Gathers the values of a column in a group of rows, and writes them as pages.
struct ColumnWriter {
    private let column: ParquetColumn
    private let plain: PlainValues
    private let sizes: ParquetWriter.Sizes

    /// Of each row whether it has a value, where the column is optional.
    private var present: [UInt32] = []
    private var rows = 0
    private var nulls = 0
    private var least: ParquetValue?
    private var greatest: ParquetValue?
    /// Values one behind the other: of the dictionary while there is one, of all rows else. Of booleans
    /// none.
    private var values: [UInt8] = []
    /// While there is a dictionary: where in it each value of the rows stands, and each value's place.
    private var places: [UInt32] = []
    private var dictionary: [ParquetValue: UInt32]? = [:]
    /// Where each value of the dictionary ends.
    private var ends: [Int] = []
    /// Bytes that all values would take without one.
    private var plainBytes = 0
    private var booleans: [Bool] = []

    /// Values of a dictionary, and their bytes, at most.
    private static let mostInDictionary = 32_768
    private static let mostOfDictionary = 1 << 20
    /// From so many values on, a dictionary of which less than every second one stands twice is none.
    private static let fewestToJudge = 4_096
    /// The least and the greatest text are stated where they are no longer than this.
    private static let mostOfBound = 64

    init(_ column: ParquetColumn, _ sizes: ParquetWriter.Sizes) {
        self.column = column
        self.sizes = sizes
        plain = PlainValues(column: column)
    }

    /// Bytes in memory, about.
    var heldBytes: Int { values.count + 4 * places.count + present.count + booleans.count }

    mutating func append(_ value: ParquetValue) {
        rows += 1
        if column.isOptional { present.append(value == .null ? 0 : 1) }
        guard value != .null else {
            precondition(column.isOptional, "column \(column.name) has a value in each row")
            nulls += 1
            return
        }
        bound(value)
        if case .boolean(let flag) = value {
            precondition(column.physical == .boolean, "column \(column.name) holds no booleans")
            return booleans.append(flag)
        }
        guard let known = dictionary?[value] else { return add(value) }
        places.append(known)
        plainBytes += entry(Int(known)).count
    }

    private func entry(_ place: Int) -> Range<Int> {
        (place == 0 ? 0 : ends[place - 1])..<ends[place]
    }

    private mutating func add(_ value: ParquetValue) {
        let start = values.count
        plain.append(value, to: &values)
        guard dictionary != nil else { return }
        // The caller's bytes are not kept alive by a short text of them.
        var kept = value
        if case .bytes(let bytes) = value { kept = .bytes(Array(bytes)[...]) }
        dictionary?[kept] = UInt32(ends.count)
        places.append(UInt32(ends.count))
        ends.append(values.count)
        plainBytes += values.count - start
        let isRarelyShared =
            ends.count >= ColumnWriter.fewestToJudge && ends.count > places.count / 2
        if isRarelyShared || ends.count > ColumnWriter.mostInDictionary
            || values.count > ColumnWriter.mostOfDictionary
        {
            giveUpDictionary()
        }
    }

    /// Writes all values one behind the other instead.
    private mutating func giveUpDictionary() {
        var all: [UInt8] = []
        all.reserveCapacity(plainBytes)
        for place in places { all += values[entry(Int(place))] }
        values = all
        dictionary = nil
        places = []
        ends = []
    }

    private mutating func bound(_ value: ParquetValue) {
        if least.map({ value.isLess(than: $0) }) ?? true { least = value }
        if greatest.map({ $0.isLess(than: value) }) ?? true { greatest = value }
    }

    // MARK: Pages

    /// Writes what was gathered, and begins anew.
    ///
    /// - Returns: the pages, of which `written` then tells where they stand from the first on.
    mutating func end(
        _ compressor: inout ZstdCompressor, _ written: inout WrittenChunk
    ) throws -> [UInt8] {
        defer { self = ColumnWriter(column, sizes) }
        let width = RunWriter.width(of: max(ends.count - 1, 1))
        if dictionary != nil, values.count + places.count * width / 8 >= plainBytes {
            giveUpDictionary()
        }
        written.values = rows
        written.nulls = nulls
        written.bounds = bounds
        var pages: [UInt8] = []
        if dictionary != nil, column.physical != .boolean {
            try put(values, .dictionary, count: ends.count, to: &pages, &compressor, &written)
            written.hasDictionary = true
        }
        written.dataStart = pages.count
        var cut = Cut()
        while cut.row < rows {
            let (content, count) = nextPage(&cut, width)
            try put(content, .data, count: count, to: &pages, &compressor, &written)
        }
        written.storedBytes = pages.count
        return pages
    }

    /// How far rows and their values were written.
    private struct Cut {
        var row = 0
        /// Of values that are not null.
        var value = 0
        var byte = 0
    }

    /// The content of the next page, and of how many rows it is.
    private func nextPage(_ cut: inout Cut, _ width: Int) -> (content: [UInt8], rows: Int) {
        let first = cut
        while cut.row < rows, cut.row - first.row < sizes.pageRows,
            cut.byte - first.byte < sizes.pageBytes
        {
            if !column.isOptional || present[cut.row] == 1 {
                if dictionary == nil {
                    cut.byte +=
                        plain.width ?? 4
                        + Int(
                            values.littleEndian(at: cut.byte, as: UInt32.self))
                }
                cut.value += 1
            }
            cut.row += 1
        }
        var content: [UInt8] = []
        if column.isOptional {
            var levels: [UInt8] = []
            RunWriter.append(present[first.row..<cut.row], width: 1, to: &levels)
            content.append(littleEndian: UInt32(levels.count))
            content += levels
        }
        if column.physical == .boolean {
            var byte: UInt8 = 0
            for place in first.value..<cut.value {
                let bit = UInt8((place - first.value) % 8)
                byte |= booleans[place] ? 1 << bit : 0
                guard bit == 7 || place == cut.value - 1 else { continue }
                content.append(byte)
                byte = 0
            }
        } else if dictionary != nil {
            content.append(UInt8(width))
            RunWriter.append(places[first.value..<cut.value], width: width, to: &content)
        } else {
            content += values[first.byte..<cut.byte]
        }
        return (content, cut.row - first.row)
    }

    private func put(
        _ content: [UInt8], _ kind: PageHeader.Kind, count: Int, to pages: inout [UInt8],
        _ compressor: inout ZstdCompressor, _ written: inout WrittenChunk
    ) throws {
        var packed: [UInt8] = []
        try compressor.compress(content.span, appendingTo: &packed)
        let checksum = Int(Int32(bitPattern: CRC32.checksum(packed.span)))
        let isByDictionary = kind == .data && dictionary != nil && column.physical != .boolean
        var thrift = ThriftWriter()
        thrift.put(1, int32: kind.rawValue)
        thrift.put(2, int32: content.count)
        thrift.put(3, int32: packed.count)
        thrift.put(4, int32: checksum)
        thrift.put(kind == .data ? 5 : 7) {
            $0.put(1, int32: count)
            $0.put(2, int32: (isByDictionary ? Encoding.runLengthDictionary : .plain).rawValue)
            guard kind == .data else { return }
            $0.put(3, int32: Encoding.runLength.rawValue)
            $0.put(4, int32: Encoding.runLength.rawValue)
        }
        thrift.end()
        written.unpackedBytes += thrift.bytes.count + content.count
        pages += thrift.bytes + packed
    }

    /// The least and the greatest value, where both are short.
    private var bounds: (least: [UInt8], greatest: [UInt8])? {
        guard let least, let greatest else { return nil }
        let both = [least, greatest].map { value -> [UInt8] in
            switch value {
            case .boolean(let flag): return [flag ? 1 : 0]
            case .bytes(let bytes): return Array(bytes)
            default:
                var bytes: [UInt8] = []
                plain.append(value, to: &bytes)
                return bytes
            }
        }
        guard both.allSatisfy({ $0.count <= ColumnWriter.mostOfBound }) else { return nil }
        return (both[0], both[1])
    }
}

extension ParquetValue {
    /// Whether one stands before another in the order of their type (*ColumnOrder* of parquet.thrift): texts
    /// by their bytes.
    func isLess(than other: ParquetValue) -> Bool {
        switch (self, other) {
        case (.boolean(let left), .boolean(let right)): !left && right
        case (.integer(let left), .integer(let right)): left < right
        case (.decimal(let left), .decimal(let right)): left < right
        case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right)
        default: preconditionFailure("values of a column are of one type")
        }
    }
}

extension ParquetDecimal {
    /// Whether one is less than another of the same scale.
    static func < (left: ParquetDecimal, right: ParquetDecimal) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
