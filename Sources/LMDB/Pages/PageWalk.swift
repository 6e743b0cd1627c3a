/// A bounds-checked reader of LMDB's data file that trusts none of its bytes.
///
/// It walks the newest state from its meta page: every page of every table and of the free list must
/// be what its place asks for, and every page of the file either live once or free once. What passes
/// can be read through the map without running into a page that leads astray. Free pages, and
/// bytes of live pages that nobody reads, are not looked at; what long values hold is the matter of
/// those who know what belongs there.
///
///     let census = try PageWalk.check(folder: "rekam.store")
///
/// Writers wait while it runs, readers do not. Source: LMDB 0.9, mdb.c.
public struct PageWalk {
    let file: DataFile
    let meta: PageMeta
    var census = PageCensus()
    /// One bit for each page: seen as live or free.
    private var seen: [UInt64]
    /// Long values, looked at in the order of their pages once the tables are walked.
    private var long: [LongValue] = []
    /// Pages of long values, by table, that its record counts beyond what the values need; none are
    /// left once all long values were looked at.
    var spare: [String: UInt64] = [:]
    private var isBroken = false

    /// A long value as its leaf tells of it.
    private struct LongValue {
        var page: UInt64
        var byteCount: UInt64
        var table: Int32
    }
    private var tableNames: [String] = []

    /// Walks a store's data file.
    ///
    /// - Parameters:
    ///   - wait: how long to wait for a writer's transaction to end.
    ///   - progress: told pages done and pages in the file.
    /// - Throws: `PageFault` for the first thing that is wrong; `LMDBError` where the file cannot be
    ///   read, or a writer is not done in time.
    /// - Complexity: O(pages of leaves + long values); memory one bit a page.
    public static func check(
        folder: String, file name: DataFileName = .data,
        waitAtMost wait: Duration = .seconds(60),
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws -> PageCensus {
        let file = try DataFile(path: folder + "/" + name.name)
        var rounds = 0
        while true {
            let pause = try WriterPause(folder: folder, name, waitingAtMost: wait)
            defer { withExtendedLifetime(pause) {} }
            try file.measure()
            let meta = try PageMeta.newest(of: file)
            var walk = PageWalk(file: file, meta: meta)
            do {
                try walk.run(progress)
            } catch let fault as PageFault {
                // Without the lock a writer may have used pages again meanwhile.
                guard !pause.isHeld, rounds < 5, try PageMeta.newest(of: file) != meta else {
                    throw fault
                }
                rounds += 1
                continue
            }
            return walk.census
        }
    }

    /// Looks at the free list alone, which LMDB takes for granted when it writes: a record that says
    /// it is longer than it is leads it out of its memory. Nobody may write meanwhile.
    ///
    /// - Throws: `PageFault`, or `LMDBError`.
    /// - Complexity: O(free pages).
    static func checkFreeList(folder: String, file name: DataFileName = .data) throws {
        let file = try DataFile(path: folder + "/" + name.name)
        var walk = PageWalk(file: file, meta: try PageMeta.newest(of: file))
        try walk.walkFreeList { walk, page, node in _ = try walk.freePages(page, node) }
    }

    private init(file: DataFile, meta: PageMeta) {
        self.file = file
        self.meta = meta
        // A damaged count must not ask for more memory than the file could have pages.
        let pages = min(meta.lastPage + 1, file.byteCount / UInt64(meta.pageBytes) + 1 << 20)
        seen = Array(repeating: 0, count: Int(pages / 64 + 1))
        census.pageBytes = meta.pageBytes
        census.transaction = meta.transaction
    }

    private mutating func walkFreeList(
        _ leaf: (inout PageWalk, UInt64, PageNode) throws -> Void
    ) throws {
        guard meta.lastPage >= 1, meta.lastPage < UInt64(seen.count) * 64 else {
            throw PageFault(
                page: meta.place, table: "meta page",
                problem: "it counts \(meta.lastPage + 1) pages, far more than the file has")
        }
        mark(0)
        mark(1)
        census.live = 2
        try walkTree(meta.freeList, table: "free list", order: .numbers, leaf: leaf)
    }

    private mutating func run(_ progress: (UInt64, UInt64) -> Void) throws {
        let pages = meta.lastPage + 1
        try walkFreeList { walk, page, node in try walk.takeFree(page, node) }
        var tables: [(String, TreeRecord)] = []
        try walkTree(meta.main, table: "list of tables", order: .bytes) { walk, page, node in
            tables.append(try walk.tableRecord(page, node))
        }
        for (name, record) in tables {
            try walkTree(record, table: name, order: .bytes) { _, page, node in
                guard node.flags & ~PageNode.isLong == 0 else {
                    throw PageFault(page: page, table: name, problem: "a value is of no known kind")
                }
            }
            progress(census.live, pages)
        }
        try walkLong(progress, pages)
        try requireEvery(pages)
    }

    /// Takes a page as live or free, once.
    mutating func take(_ page: UInt64, table: String, from: UInt64) throws {
        guard page >= 2, page <= meta.lastPage else {
            throw PageFault(
                page: from, table: table, problem: "it leads to page \(page), which is none")
        }
        guard seen[Int(page / 64)] & 1 << (page % 64) == 0 else {
            throw PageFault(
                page: page, table: table, problem: "it is in use twice, or in use and free")
        }
        mark(page)
    }

    private mutating func mark(_ page: UInt64) { seen[Int(page / 64)] |= 1 << (page % 64) }

    private func requireEvery(_ pages: UInt64) throws {
        for page in 0..<pages where seen[Int(page / 64)] & 1 << (page % 64) == 0 {
            throw PageFault(
                page: page, table: "no table", problem: "it is neither in use nor free")
        }
    }

    // MARK: Leaves of the special trees

    /// A record of the free list: a transaction's number, and the pages it freed, descending. They
    /// follow their count, eight bytes each.
    private func freePages(_ page: UInt64, _ node: PageNode) throws -> (words: [UInt8], count: Int)
    {
        func fault(_ problem: String) -> PageFault {
            PageFault(page: page, table: "free list", problem: problem)
        }
        guard node.key.count == 8, node.flags & ~PageNode.isLong == 0 else {
            throw fault("a record is of no known kind")
        }
        guard node.key.word(at: 0) <= meta.transaction else {
            throw fault("it speaks of a transaction that has not been")
        }
        let value = try value(of: node, page: page, table: "free list")
        guard value.count >= 8, value.count % 8 == 0 else { throw fault("a record is cut") }
        let count = value.word(at: 0)
        guard count <= UInt64(value.count / 8 - 1) else { throw fault("a record is too long") }
        // Hundreds of thousands in a large store, and this stands before a process's first write:
        // one load and one comparison each.
        let (isSound, first, last) = unsafe value.withUnsafeBytes { bytes in
            var last = UInt64.max
            var isSound = true
            for place in 1..<Int(count) + 1 {
                let free = unsafe UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
                isSound = isSound && free < last
                last = free
            }
            return (isSound, count == 0 ? 0 : value.word(at: 8), last)
        }
        guard isSound else { throw fault("a record is not in order") }
        guard first <= meta.lastPage, last >= 2 else {
            throw fault("it leads to page \(last < 2 ? last : first), which is none")
        }
        return (value, Int(count))
    }

    /// Takes the pages of such a record as free.
    private mutating func takeFree(_ page: UInt64, _ node: PageNode) throws {
        let (words, count) = try freePages(page, node)
        for place in 0..<count {
            try take(words.word(at: 8 * place + 8), table: "free list", from: page)
            census.free += 1
        }
    }

    private func tableRecord(_ page: UInt64, _ node: PageNode) throws -> (String, TreeRecord) {
        guard node.flags == PageNode.isTable, let name = String(validating: node.key, as: UTF8.self)
        else {
            throw PageFault(
                page: page, table: "list of tables", problem: "a record is no table's")
        }
        let value = try value(of: node, page: page, table: "list of tables")
        guard value.count == TreeRecord.byteCount else {
            throw PageFault(page: page, table: name, problem: "its record is cut")
        }
        let record = TreeRecord(value, at: 0)
        guard record.padding == 0, record.flags == 0 else {
            throw PageFault(page: page, table: name, problem: "its record has unknown flags")
        }
        return (name, record)
    }

    /// A value's bytes, wherever they lie.
    private func value(of node: PageNode, page: UInt64, table: String) throws -> [UInt8] {
        guard let long = node.longPage else { return node.value }
        var bytes = [UInt8](repeating: 0, count: Int(node.byteCount))
        guard
            try file.read(at: long * UInt64(meta.pageBytes) + PageHeader.bytes, into: &bytes)
        else { throw PageFault(page: page, table: table, problem: "its value lies past the end") }
        return bytes
    }

    // MARK: Long values

    mutating func note(_ node: PageNode, page: UInt64, table: String) throws {
        guard let first = node.longPage else { return }
        if tableNames.last != table { tableNames.append(table) }
        let pages = PageHeader.pages(ofValue: node.byteCount, pageBytes: meta.pageBytes)
        guard first <= meta.lastPage, pages <= meta.lastPage - first + 1 else {
            throw PageFault(
                page: page, table: table, problem: "it leads to a value past the last page")
        }
        for place in 0..<pages { try take(first + place, table: table, from: page) }
        census.live += pages
        long.append(
            LongValue(
                page: first, byteCount: node.byteCount, table: Int32(tableNames.count - 1)))
    }

    /// Looks at the headers of long values, front to back, as a disk likes it.
    private mutating func walkLong(_ progress: (UInt64, UInt64) -> Void, _ all: UInt64) throws {
        long.sort { $0.page < $1.page }
        var bytes = [UInt8](repeating: 0, count: Int(PageHeader.bytes))
        for (place, value) in long.enumerated() {
            let table = tableNames[Int(value.table)]
            let count = PageHeader.pages(ofValue: value.byteCount, pageBytes: meta.pageBytes)
            let end = (value.page + count) * UInt64(meta.pageBytes)
            guard try file.read(at: value.page * UInt64(meta.pageBytes), into: &bytes),
                end <= file.byteCount
            else {
                throw PageFault(
                    page: value.page, table: table,
                    problem: "the file ends before it does, at byte \(file.byteCount)")
            }
            let header = PageHeader(bytes)
            let pages = UInt64(header.longPages)
            guard header.number == value.page, header.flags == PageHeader.isLong, pages >= count,
                pages - count <= spare[table] ?? 0
            else {
                throw PageFault(
                    page: value.page, table: table, problem: "it is no long value's first page")
            }
            for page in count..<pages {
                try take(value.page + page, table: table, from: value.page)
            }
            census.live += pages - count
            spare[table]? -= pages - count
            if place % 1024 == 0 { progress(value.page, all) }
        }
        for (table, pages) in spare where pages > 0 {
            throw PageFault(
                page: meta.place, table: table,
                problem: "its record counts \(pages) pages of long values that it does not have")
        }
    }
}
