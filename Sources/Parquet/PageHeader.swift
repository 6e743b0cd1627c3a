/// What stands before each page (`PageHeader` of parquet.thrift).
struct PageHeader {
    enum Kind: Int {
        case data, index, dictionary, data2
    }

    private(set) var kind = Kind.data
    private(set) var unpackedBytes = 0
    private(set) var storedBytes = 0
    private(set) var checksum: UInt32?
    /// Values of the page, those that are null included.
    private(set) var valueCount = 0
    private(set) var encoding = 0
    /// How it is said which values are null: of pages of the first version.
    private(set) var levelEncoding = 0
    /// Of pages of the second version.
    private(set) var nullCount = 0
    private(set) var rowCount = 0
    private(set) var levelBytes = 0
    private(set) var isPacked = true
    private var repetitionBytes = 0
    /// Bytes of the header itself.
    private(set) var headerBytes = 0

    /// Reads a header that bytes begin with.
    init(_ bytes: [UInt8]) throws(ThriftFault) {
        var thrift = ThriftReader(bytes)
        var last = 0
        var number: Int?
        var body: Kind?
        while let field = try thrift.field(after: &last) {
            switch field.id {
            case 1: number = try thrift.count(field)
            case 2: unpackedBytes = try thrift.count(field)
            case 3: storedBytes = try thrift.count(field)
            case 4: checksum = UInt32(truncatingIfNeeded: try thrift.integer(field))
            case 5, 7, 8:
                try thrift.structure(field)
                let found: Kind = field.id == 5 ? .data : field.id == 7 ? .dictionary : .data2
                try read(&thrift, found)
                body = found
            default: try thrift.skip(field)
            }
        }
        guard let kind = number.flatMap({ Kind(rawValue: $0) }), kind == .index || kind == body
        else { throw .damaged }
        self.kind = kind
        headerBytes = thrift.position
        guard levelBytes <= storedBytes, levelBytes <= unpackedBytes, repetitionBytes == 0,
            kind != .data2 || (nullCount <= valueCount && rowCount == valueCount)
        else { throw .damaged }
    }

    private mutating func read(_ thrift: inout ThriftReader, _ kind: Kind) throws(ThriftFault) {
        var last = 0
        while let field = try thrift.field(after: &last) {
            switch (kind, field.id) {
            case (_, 1): valueCount = try thrift.count(field)
            case (.data, 2), (.dictionary, 2), (.data2, 4): encoding = try thrift.count(field)
            case (.data, 3): levelEncoding = try thrift.count(field)
            case (.data2, 2): nullCount = try thrift.count(field)
            case (.data2, 3): rowCount = try thrift.count(field)
            case (.data2, 5): levelBytes = try thrift.count(field)
            case (.data2, 6): repetitionBytes = try thrift.count(field)
            case (.data2, 7): isPacked = try thrift.boolean(field)
            default: try thrift.skip(field)
            }
        }
    }
}
