import Foundation
import LMDB
import Testing

@Suite("The page walk, over sound files and files with a fault planted in each part")
struct PageWalkTests {
    let folder = TemporaryFolder()
    var store: String { folder.file("store") }
    var file: URL { URL(fileURLWithPath: store + "/data.mdb") }

    /// A store with short and long values, several pages deep, and freed pages.
    func create() throws {
        let environment = try Environment.open(at: store, .init(creates: true))
        let tables = try environment.openTables(["short", "long", "empty"])
        for round in 0..<4 as Range<UInt32> {
            let write = try environment.beginWrite()
            for number in 0..<4_000 as Range<UInt32> where number % 4 >= round {
                try write.put(
                    tables[0], Key(number), [UInt8](repeating: 1, count: Int(number % 97)))
            }
            for number in 0..<30 as Range<UInt32> {
                try write.put(
                    tables[1], Key(number), [UInt8](repeating: 1, count: 2_100 * Int(round + 1)))
            }
            if round == 3 {
                for number in 0..<4_000 as Range<UInt32> where number % 3 == 0 {
                    try write.delete(tables[0], Key(number))
                }
            }
            try write.commit()
        }
    }

    func fault() throws -> PageFault? {
        do {
            _ = try PageWalk.check(folder: store)
            return nil
        } catch let fault as PageFault { return fault }
    }

    @Test("Every page of a file in use for a while is live once or free once")
    func sound() throws {
        try create()
        let census = try PageWalk.check(folder: store)
        let pages = try Data(contentsOf: file).count / 4_096
        #expect(census.free > 10)
        #expect(census.live + census.free >= UInt64(pages))
    }

    /// Planted: a value on pages of its own has to be a long one, on as many pages as it needs.
    @Test(
        "Values that took the place of longer ones keep their pages, and all holds",
        arguments: 0..<8)
    func shrunk(seed: UInt64) throws {
        let environment = try Environment.open(at: store, .init(creates: true))
        let table = try environment.openTable("values")
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % bound
        }
        for round in 0..<40 {
            let write = try environment.beginWrite()
            for _ in 0..<random(60) {
                let key = Key(UInt32(random(50)))
                if random(5) == 0 {
                    try write.delete(table, key)
                } else {
                    let count = Int(random(random(2) == 0 ? 300 : 30_000))
                    try write.put(table, key, [UInt8](repeating: 1, count: count))
                }
            }
            try write.commit()
            #expect(try fault() == nil, "seed \(seed), round \(round)")
        }
        try environment.beginWrite().put(table, Key(UInt32(0)), [1])
    }

    @Test("It waits for a writer's transaction, gives up in time, and sees each state whole")
    func besideWriter() async throws {
        try create()
        let environment = try Environment.open(at: store)
        let table = try environment.openTable("short")
        do {
            let write = try environment.beginWrite()
            #expect(throws: LMDBError.self) {
                try PageWalk.check(folder: store, waitAtMost: .milliseconds(20))
            }
            write.abort()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<60 as Range<UInt32> {
                    let write = try environment.beginWrite()
                    for number in 0..<200 as Range<UInt32> {
                        try write.put(
                            table, Key(number * 7 + round), [UInt8](repeating: 2, count: 300))
                    }
                    try write.commit()
                }
            }
            let place = store
            group.addTask {
                for _ in 0..<30 { _ = try PageWalk.check(folder: place) }
            }
            try await group.waitForAll()
        }
    }

    @Test("A turned bit in the head of any live page is named with its page")
    func heads() throws {
        try create()
        let whole = try Data(contentsOf: file)
        var named = 0
        for page in 2..<whole.count / 4_096 {
            // Number, kind, and bounds or count: what a page begins with, but two unused bytes.
            for offset in [0, 3, 10, 12, 14] {
                var damaged = whole
                damaged[page * 4_096 + offset] ^= 1 << UInt8((page + offset) % 8)
                try damaged.write(to: file)
                if try fault() != nil { named += 1 }
            }
        }
        let census = try { () -> PageCensus in
            try whole.write(to: file)
            return try PageWalk.check(folder: store)
        }()
        // Later pages of long values and free pages have no head.
        #expect(named > Int(census.live) * 2)
    }

    @Test("Faults of the meta pages are named")
    func meta() throws {
        try create()
        let whole = try Data(contentsOf: file)
        // Magic, version, page size, flags, roots, last page and transaction of either page.
        for page in 0..<2 {
            for offset in [16, 20, 40, 44, 144, 147] {
                var damaged = whole
                damaged[page * 4_096 + offset] ^= 4
                try damaged.write(to: file)
                #expect(try fault()?.page != nil, "page \(page), byte \(offset)")
            }
        }
        let newest = whole[144] > whole[4_096 + 144] ? 0 : 4_096
        for offset in [46, 48, 56, 64, 72, 80, 94, 96, 104, 120, 128, 136] {
            var damaged = whole
            damaged[newest + offset] ^= 1
            try damaged.write(to: file)
            #expect(try fault() != nil, "byte \(offset)")
        }
    }

    /// Where the first record of the free list begins: a count, then pages, descending.
    private func firstFreePages(in whole: Data) throws -> Int {
        let newest = whole[144] > whole[4_096 + 144] ? 0 : 4_096
        let root = Int(whole[newest + 80]) | Int(whole[newest + 81]) << 8
        let leaf = root * 4_096
        let node = leaf + Int(whole[leaf + 16]) + Int(whole[leaf + 17]) * 256
        try #require(whole[node + 4] == 0, "the record lies on pages of its own")
        return node + 8 + 8
    }

    @Test("A page taken from the free list into use is named")
    func twice() throws {
        try create()
        let whole = try Data(contentsOf: file)
        let record = try firstFreePages(in: whole)
        try #require(whole[record] > 0)
        var damaged = whole
        damaged[record + 8] = 2
        damaged[record + 9] = 0
        try damaged.write(to: file)
        let fault = try fault()
        #expect(fault != nil)
        #expect(fault?.description.contains("page") == true)
    }

    @Test("A damaged free list keeps a process from writing, not from reading", arguments: [0, 5])
    func freeList(byte: Int) throws {
        try create()
        let whole = try Data(contentsOf: file)
        let record = try firstFreePages(in: whole)
        var damaged = whole
        // The count that the record begins with: of pages far past its own end.
        damaged[record + byte] ^= 0x80
        try damaged.write(to: file)
        let environment = try Environment.open(at: store)
        let table = try environment.openTable("short")
        #expect(try environment.beginRead().withValue(table, Key(UInt32(3))) { $0.count } == nil)
        #expect(try environment.beginRead().withValue(table, Key(UInt32(7))) { $0.count } == 7)
        for _ in 0..<2 {
            do throws(LMDBError) {
                try environment.beginWrite().put(table, Key(UInt32(1)), [1])
                Issue.record("it was written to")
            } catch {
                #expect(error.kind == .corrupted && error.description.contains("free list"))
            }
        }
        try whole.write(to: file)
    }
}
