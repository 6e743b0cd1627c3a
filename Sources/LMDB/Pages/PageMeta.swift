/// The head of every page.
struct PageHeader {
    /// Its bytes.
    static let bytes: UInt64 = 16
    static let isBranch: UInt16 = 1
    static let isLeaf: UInt16 = 2
    static let isLong: UInt16 = 4
    static let isMeta: UInt16 = 8

    var number: UInt64
    var flags: UInt16
    /// Where the list of nodes ends, and where nodes begin.
    var lower: Int
    var upper: Int
    /// Of a long value: its pages; in the same place as the two above.
    var longPages: UInt32

    init(_ bytes: [UInt8]) {
        number = bytes.word(at: 0)
        flags = bytes.half(at: 10)
        lower = Int(bytes.half(at: 12))
        upper = Int(bytes.half(at: 14))
        longPages = UInt32(lower) | UInt32(upper) << 16
    }

    /// Pages of a long value.
    static func pages(ofValue byteCount: UInt64, pageBytes: Int) -> UInt64 {
        (bytes + byteCount + UInt64(pageBytes) - 1) / UInt64(pageBytes)
    }
}

/// What LMDB records of a tree (`MDB_db`).
struct TreeRecord: Equatable {
    static let byteCount = 48
    /// The root of an empty tree.
    static let none = UInt64.max

    var padding: UInt32
    var flags: UInt16
    var depth: UInt16
    var branchPages: UInt64
    var leafPages: UInt64
    var longPages: UInt64
    var entries: UInt64
    var root: UInt64

    init(_ bytes: [UInt8], at offset: Int) {
        padding = UInt32(bytes.half(at: offset)) | UInt32(bytes.half(at: offset + 2)) << 16
        flags = bytes.half(at: offset + 4)
        depth = bytes.half(at: offset + 6)
        branchPages = bytes.word(at: offset + 8)
        leafPages = bytes.word(at: offset + 16)
        longPages = bytes.word(at: offset + 24)
        entries = bytes.word(at: offset + 32)
        root = bytes.word(at: offset + 40)
    }
}

/// One of the two pages a data file begins with (`MDB_meta`).
struct PageMeta: Equatable {
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let version: UInt32 = 1
    /// Bytes of a meta page that mean something.
    private static let headBytes = 16 + 136
    /// Keys of the free list are numbers.
    private static let numberKeys: UInt16 = 8
    private static let noFolder: UInt16 = 0x4000

    /// Its page, 0 or 1.
    var place: UInt64
    var pageBytes: Int
    var freeList: TreeRecord
    var main: TreeRecord
    var lastPage: UInt64
    var transaction: UInt64

    /// The state that LMDB would take: both pages must be sound, and one transaction apart.
    static func newest(of file: DataFile) throws -> PageMeta {
        let first = try PageMeta(0, offset: 0, of: file)
        let second = try PageMeta(1, offset: UInt64(first.pageBytes), of: file)
        guard first.pageBytes == second.pageBytes else {
            throw fault(1, "its page size is another than that of page 0")
        }
        let newest = first.transaction < second.transaction ? second : first
        let oldest = first.transaction < second.transaction ? first : second
        let isNew = first.transaction == 0 && second.transaction == 0
        guard isNew || newest.transaction == oldest.transaction + 1 else {
            throw fault(newest.place, "its transaction does not follow that of the other")
        }
        guard isNew || newest.transaction & 1 == newest.place else {
            throw fault(newest.place, "its transaction belongs on the other")
        }
        return newest
    }

    private init(_ place: UInt64, offset: UInt64, of file: DataFile) throws {
        var bytes = [UInt8](repeating: 0, count: PageMeta.headBytes)
        guard try file.read(at: offset, into: &bytes) else {
            throw PageMeta.fault(place, "the file ends before it does, at byte \(file.byteCount)")
        }
        let header = PageHeader(bytes)
        let magic = UInt32(bytes.half(at: 16)) | UInt32(bytes.half(at: 18)) << 16
        let version = UInt32(bytes.half(at: 20)) | UInt32(bytes.half(at: 22)) << 16
        guard header.number == place, header.flags == PageHeader.isMeta, magic == PageMeta.magic,
            version == PageMeta.version
        else { throw PageMeta.fault(place, "it is no meta page of LMDB") }
        freeList = TreeRecord(bytes, at: 40)
        main = TreeRecord(bytes, at: 88)
        lastPage = bytes.word(at: 136)
        transaction = bytes.word(at: 144)
        self.place = place
        pageBytes = Int(freeList.padding)
        guard pageBytes >= 512, pageBytes <= 32_768, pageBytes & (pageBytes - 1) == 0 else {
            throw PageMeta.fault(place, "its page size is \(freeList.padding) bytes")
        }
        // The environment's flags stand here, too: a file that is no folder's has one of its own.
        guard freeList.flags & ~PageMeta.noFolder == PageMeta.numberKeys, main.flags == 0,
            main.padding == 0
        else {
            throw PageMeta.fault(place, "it has unknown flags")
        }
        // No file comes near this; and page numbers can be added up without care.
        guard lastPage < 1 << 48 else {
            throw PageMeta.fault(place, "it counts \(lastPage) pages")
        }
    }

    private static func fault(_ place: UInt64, _ problem: String) -> PageFault {
        PageFault(page: place, table: "meta page", problem: problem)
    }
}

extension [UInt8] {
    /// A little-endian number of two bytes.
    func half(at offset: Int) -> UInt16 {
        UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
    }

    /// A little-endian number of eight bytes.
    func word(at offset: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in stride(from: offset + 7, through: offset, by: -1) {
            value = value << 8 | UInt64(self[index])
        }
        return value
    }
}
