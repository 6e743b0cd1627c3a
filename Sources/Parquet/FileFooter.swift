/// What stands at a file's end (`FileMetaData` of parquet.thrift): its columns, and where the pages of each
/// group of rows stand.
///
/// Groups of rows are looked through once when the footer is read, and read again one at a time: files
/// may have many.
struct FileFooter {
    private(set) var columns: [ParquetColumn] = []
    private(set) var rowCount = 0
    private(set) var metadata: [(key: String, value: String)] = []
    private let bytes: [UInt8]
    /// Where in the footer each group of rows begins, and how many rows it has.
    private(set) var rowGroups: [(position: Int, rowCount: Int)] = []
    private var leafCount = 0

    /// Its bytes, at most.
    static let mostBytes = 64 << 20
    private static let magic = Array("PAR1".utf8)
    private static let encryptedMagic = Array("PARE".utf8)

    /// - Throws: `ParquetFault`, and what the source throws.
    init(of source: any ParquetSource) throws {
        let size = source.byteCount
        guard size >= 12 else { throw ParquetFault.notParquet }
        let tail = try source.bytes(size - 8..<size)
        if Array(tail[4...]) == FileFooter.encryptedMagic { throw ParquetFault.encrypted }
        guard Array(tail[4...]) == FileFooter.magic,
            try source.bytes(0..<4) == FileFooter.magic
        else { throw ParquetFault.notParquet }
        let length = Int(tail.littleEndian(at: 0, as: UInt32.self))
        guard length <= size - 12 else { throw ParquetFault.notParquet }
        guard length <= FileFooter.mostBytes else {
            throw ParquetFault.tooLarge("a list of columns", limit: FileFooter.mostBytes)
        }
        bytes = try source.bytes(size - 8 - length..<size - 8)
        do {
            try read()
        } catch is ThriftFault {
            throw ParquetFault.damagedFooter("can't be read")
        }
    }

    private mutating func read() throws {
        var thrift = ThriftReader(bytes)
        var schema: SchemaReading?
        var stated: Int64?
        var last = 0
        while let field = try thrift.field(after: &last) {
            switch field.id {
            case 2:
                schema = try SchemaReading(&thrift, count: thrift.list(field, of: .structure))
            case 3: stated = try thrift.integer(field)
            case 4:
                for _ in 0..<(try thrift.list(field, of: .structure)) {
                    let position = thrift.position
                    try thrift.skipStructure()
                    rowGroups.append((position, 0))
                }
            case 5:
                for _ in 0..<(try thrift.list(field, of: .structure)) {
                    metadata.append(try FileFooter.keyValue(&thrift))
                }
            case 8: throw ParquetFault.encrypted
            default: try thrift.skip(field)
            }
        }
        guard let schema, let stated else {
            throw ParquetFault.damagedFooter("lacks the columns, or the number of rows")
        }
        columns = schema.columns
        leafCount = schema.leafCount
        for place in rowGroups.indices {
            rowGroups[place].rowCount = try rowGroup(place).rowCount
            rowCount += rowGroups[place].rowCount
            guard rowCount <= 1 << 48 else { break }
        }
        guard rowCount == stated else {
            throw ParquetFault.damagedFooter(
                "says \(stated) rows, where its groups of rows hold \(rowCount)")
        }
    }

    private static func keyValue(_ thrift: inout ThriftReader) throws(ThriftFault) -> (
        key: String, value: String
    ) {
        var pair = (key: "", value: "")
        var last = 0
        while let field = try thrift.field(after: &last) {
            switch field.id {
            case 1: pair.key = try thrift.text(field)
            case 2: pair.value = try thrift.text(field)
            default: try thrift.skip(field)
            }
        }
        return pair
    }

    /// A group of rows.
    func rowGroup(_ place: Int) throws -> RowGroup {
        do {
            var thrift = ThriftReader(bytes, from: rowGroups[place].position)
            let group = try RowGroup(&thrift)
            guard group.chunks.count == leafCount else {
                throw ParquetFault.damagedFooter(
                    "has \(group.chunks.count) columns in group of rows \(place + 1), where the file "
                        + "has \(leafCount)")
            }
            return group
        } catch is ThriftFault {
            throw ParquetFault.damagedFooter("can't be read for group of rows \(place + 1)")
        }
    }
}

/// A group of rows (`RowGroup`).
struct RowGroup {
    private(set) var rowCount = 0
    private(set) var chunks: [ColumnChunk] = []

    init(_ thrift: inout ThriftReader) throws {
        var stated: Int64?
        var last = 0
        while let field = try thrift.field(after: &last) {
            switch field.id {
            case 1:
                for _ in 0..<(try thrift.list(field, of: .structure)) {
                    chunks.append(try ColumnChunk(&thrift))
                }
            case 3: stated = try thrift.integer(field)
            default: try thrift.skip(field)
            }
        }
        guard let stated, (0...1 << 40).contains(stated) else { throw ThriftFault.damaged }
        rowCount = Int(stated)
    }
}

/// What a group of rows has of a column (`ColumnChunk`, with its `ColumnMetaData`).
struct ColumnChunk {
    private(set) var physical = 0
    private(set) var codec = 0
    private(set) var valueCount: Int64 = 0
    /// Where its pages stand in the file; nil for what is no such place, as some writers state of no rows.
    private(set) var pages: Range<Int>?
    /// Whether its pages stand in another file.
    private(set) var isElsewhere = false
    private(set) var isEncrypted = false
    /// The names that lead to it in the schema, put together.
    private(set) var path = ""

    init(_ thrift: inout ThriftReader) throws(ThriftFault) {
        var last = 0
        var hasMetadata = false
        while let field = try thrift.field(after: &last) {
            switch field.id {
            case 1: isElsewhere = try !thrift.text(field).isEmpty
            case 3:
                try thrift.structure(field)
                try readMetadata(&thrift)
                hasMetadata = true
            case 8, 9:
                isEncrypted = true
                try thrift.skip(field)
            default: try thrift.skip(field)
            }
        }
        guard hasMetadata || isEncrypted else { throw .damaged }
    }

    private mutating func readMetadata(_ thrift: inout ThriftReader) throws(ThriftFault) {
        var dataStart: Int64 = -1
        var dictionaryStart: Int64?
        var length: Int64 = -1
        var last = 0
        while let field = try thrift.field(after: &last) {
            switch field.id {
            case 1: physical = try thrift.count(field)
            case 3:
                let count = try thrift.list(field, of: .binary)
                for place in 0..<count {
                    let name = try thrift.text(.init(id: 0, kind: .binary))
                    path += (place == 0 ? "" : ".") + name
                }
            case 4: codec = try thrift.count(field)
            case 5: valueCount = try thrift.integer(field)
            case 7: length = try thrift.integer(field)
            case 9: dataStart = try thrift.integer(field)
            case 11: dictionaryStart = try thrift.integer(field)
            default: try thrift.skip(field)
            }
        }
        var start = dataStart
        // Some writers state 0 where there is none.
        if let first = dictionaryStart, first > 0, first < start { start = first }
        let (end, isBeyond) = start.addingReportingOverflow(length)
        if start >= 4, length >= 0, !isBeyond { pages = Int(start)..<Int(end) }
    }
}
