import Foundation
import Glibc
import LMDB
import Testing

@Suite("Damaged data files, by damaging them")
struct DamageTests {
    let folder = TemporaryFolder()
    var store: String { folder.file("store") }
    var file: String { store + "/data.mdb" }

    /// A store of short and long values; the number of its pages.
    func create() throws -> Int {
        let environment = try Environment.open(at: store, .init(creates: true))
        let tables = try environment.openTables(["short", "long"])
        let write = try environment.beginWrite()
        for number in 0..<8000 as Range<UInt32> {
            try write.put(tables[0], Key(number), [UInt8](repeating: 1, count: 20))
        }
        for number in 0..<50 as Range<UInt32> {
            try write.put(tables[1], Key(number), [UInt8](repeating: 1, count: 12_272))
        }
        try write.commit()
        return try environment.usedFileBytes() / 4096
    }

    func overwrite(page: Int, with byte: UInt8) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        try handle.seek(toOffset: UInt64(page * 4096))
        try handle.write(contentsOf: Data(repeating: byte, count: 4096))
        try handle.close()
    }

    func cut(to pages: Int) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        try handle.truncate(atOffset: UInt64(pages * 4096))
        try handle.close()
    }

    /// Reads everything, by walking and by asking; what went wrong first.
    func readAll() -> LMDBError.Kind? {
        do {
            let environment = try Environment.open(at: store, .init(readOnly: true))
            let tables = try environment.openTables(["short", "long"])
            for table in tables {
                let read = try environment.beginRead()
                var sum = 0
                var steps = 0
                var cursor = try read.cursor(table)
                while try cursor.move(.next), steps < 100_000 {
                    steps += 1
                    try cursor.withEntry { _, value in sum += value.count }
                }
                for number in 0..<8000 as Range<UInt32> {
                    _ = try read.withValue(table, Key(number)) { sum += Int($0[$0.count - 1]) }
                }
            }
            return nil
        } catch { return (error as? LMDBError)?.kind }
    }

    @Test("Any page overwritten is an error when it is read, never a trap")
    func pages() async throws {
        let pages = try create()
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(readAll() == nil)
        var faults = 0
        for page in stride(from: 2, to: pages, by: 3) {
            for byte in [0, 17] as [UInt8] {
                try overwrite(page: page, with: byte)
                if let kind = readAll() {
                    #expect(kind == .corrupted, "page \(page) byte \(byte)")
                    faults += 1
                }
            }
            try whole.write(to: URL(fileURLWithPath: file))
        }
        // The later pages of long values are content alone: what they hold is not LMDB's matter.
        #expect(faults > pages / 5)
    }

    @Test("A long value whose pages do not hold it is an error")
    func extents() throws {
        let pages = try create()
        var whole = try Data(contentsOf: URL(fileURLWithPath: file))
        // A page begins with its number, two unused bytes, its kind (4: long value) and its count.
        let long = (2..<pages).first { whole[$0 * 4096 + 10] == 4 && whole[$0 * 4096 + 12] == 3 }
        let start = try #require(long) * 4096
        for (offset, byte) in [(10, 2), (12, 2), (12, 4), (15, 1)] as [(Int, UInt8)] {
            let before = whole[start + offset]
            whole[start + offset] = byte
            try whole.write(to: URL(fileURLWithPath: file))
            #expect(readAll() == .corrupted, "byte \(offset) set to \(byte)")
            whole[start + offset] = before
        }
    }

    @Test(
        "A file cut short is an error when it is opened, and stays as it is",
        arguments: [2, 5, 100])
    func cut(lost: Int) throws {
        let pages = try create()
        try cut(to: pages - lost)
        for _ in 0..<2 {
            #expect(readAll() == .corrupted)
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
            #expect(size?.intValue == (pages - lost) * 4096)
        }
    }

    /// Planted: the length is looked at without the writer's lock, as it was.
    @Test("Beside a writer a short file is left as it is: what it lacks may be on its way")
    func besideWriter() throws {
        let pages = try create()
        try cut(to: pages - 2)
        func size() throws -> Int? {
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
            return size?.intValue
        }
        let writer = unsafe open(store + "/writer.lock", O_RDWR)
        #expect(writer >= 0 && flock(writer, LOCK_EX) == 0)
        _ = try Environment.open(at: store, .init(readOnly: true))
        #expect(try size() == (pages - 2) * 4096)
        close(writer)
        #expect(readAll() == .corrupted)
        #expect(try size() == (pages - 2) * 4096)
    }

    @Test("A file that lacks nothing but free pages at its end is whole")
    func freeEnd() throws {
        var pages = 0
        do {
            let environment = try Environment.open(at: store, .init(creates: true))
            let table = try environment.openTable("short")
            func change(_ body: (borrowing WriteTransaction) throws -> Void) throws {
                let write = try environment.beginWrite()
                try body(write)
                try write.commit()
            }
            try change { try $0.put(table, Key("kept"), [1]) }
            try change { write in
                for number in 0..<50 as Range<UInt32> {
                    try write.put(table, Key(number), [UInt8](repeating: 1, count: 12_272))
                }
            }
            try change { write in
                for number in 0..<50 as Range<UInt32> { try write.delete(table, Key(number)) }
            }
            for _ in 0..<8 { try change { try $0.put(table, Key("kept"), [1]) } }
            pages = try environment.usedFileBytes() / 4096
        }
        try cut(to: pages - 3)
        let environment = try Environment.open(at: store)
        let table = try environment.openTable("short")
        let read = try environment.beginRead()
        #expect(try read.copyValue(table, Key("kept")) == [1])
        #expect(try read.count(of: table) == 1)
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect((attributes[.size] as? NSNumber)?.intValue == pages * 4096)
    }

    @Test("Writing into a damaged page is an error, and the store then writes no more")
    func writing() async throws {
        let pages = try create()
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        for page in stride(from: 5, to: pages, by: 7) {
            try overwrite(page: page, with: 0)
            // In a process of its own: what is broken stays open until the end.
            let place = store
            await #expect(processExitsWith: .success) { [path = place as String] in
                do {
                    let environment = try Environment.open(at: path)
                    let table = try environment.openTable("short")
                    let write = try environment.beginWrite()
                    for number in 0..<8000 as Range<UInt32> {
                        try write.put(table, Key(number), [UInt8](repeating: 2, count: 30))
                    }
                    try write.commit()
                } catch let error as LMDBError where error.kind == .corrupted {}
            }
            try whole.write(to: URL(fileURLWithPath: file))
        }
    }
}
