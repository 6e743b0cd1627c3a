import Foundation
import LMDB
import Testing

@Suite("Transactions, by writing and reading back")
struct TransactionTests {
    let folder = TemporaryFolder()
    var store: String { folder.file("store") }

    func open(readOnly: Bool = false) throws -> Environment {
        try Environment.open(at: store, .init(readOnly: readOnly, creates: !readOnly))
    }

    @Test("What is committed is read back, after closing too")
    func committedIsRead() throws {
        do {
            let environment = try open()
            let table = try environment.openTable("numbers")
            let write = try environment.beginWrite()
            for number in 0..<1000 as Range<UInt32> {
                try write.put(table, Key(number), [UInt8(truncatingIfNeeded: number)])
            }
            try write.commit()
        }
        let environment = try open(readOnly: true)
        let table = try environment.openTable("numbers")
        let read = try environment.beginRead()
        #expect(try read.count(of: table) == 1000)
        #expect(try read.copyValue(table, Key(UInt32(999))) == [231])
        #expect(try read.withValue(table, Key(UInt32(3))) { $0[0] } == 3)
        #expect(try read.copyValue(table, Key(UInt32(1000))) == nil)
        #expect(try !read.contains(table, Key("other")))
    }

    @Test("What is not committed is as if it had not been")
    func abortedIsGone() throws {
        let environment = try open()
        let table = try environment.openTable("numbers")
        do {
            let write = try environment.beginWrite()
            try write.put(table, Key("a"), [1])
            #expect(try write.contains(table, Key("a")))
        }
        do {
            let write = try environment.beginWrite()
            try write.put(table, Key("b"), [1])
            write.abort()
        }
        let read = try environment.beginRead()
        #expect(try read.count(of: table) == 0)
    }

    @Test("A view stays as it was when it began")
    func viewsStay() throws {
        let environment = try open()
        let table = try environment.openTable("numbers")
        let before = try environment.beginRead()
        let write = try environment.beginWrite()
        try write.put(table, Key("a"), [1])
        try write.commit()
        #expect(try before.count(of: table) == 0)
        #expect(try environment.beginRead().count(of: table) == 1)
        before.end()
    }

    @Test("Values are filled in place, and start as zeros")
    func filledInPlace() throws {
        let environment = try open()
        let table = try environment.openTable("values")
        let write = try environment.beginWrite()
        try write.put(table, Key("a"), byteCount: 4080) { bytes in
            bytes.storeBytes(of: 0x0102_0304 as UInt32, toByteOffset: 4076, as: UInt32.self)
        }
        #expect(write.bytesWritten == 4096)
        try write.commit()
        let read = try environment.beginRead()
        let value = try #require(try read.copyValue(table, Key("a")))
        #expect(value == [UInt8](repeating: 0, count: 4076) + [4, 3, 2, 1])
    }

    @Test("insert keeps what is there; delete says whether there was something")
    func insertAndDelete() throws {
        let environment = try open()
        let table = try environment.openTable("values")
        let write = try environment.beginWrite()
        #expect(try write.insert(table, Key("a"), [1].span))
        #expect(try !write.insert(table, Key("a"), [2].span))
        #expect(try write.copyValue(table, Key("a")) == [1])
        #expect(try write.delete(table, Key("a")))
        #expect(try !write.delete(table, Key("a")))
        try write.put(table, Key("b"), [])
        #expect(try write.copyValue(table, Key("b")) == [])
        try write.deleteAll(table)
        #expect(try write.count(of: table) == 0)
    }

    @Test("Keys of every shape sort as their numbers do, and a cursor walks them both ways")
    func cursors() throws {
        let environment = try open()
        let table = try environment.openTable("keys")
        let write = try environment.beginWrite()
        let firsts: [UInt32] = [0, 1, 255, 256, 65_536, .max]
        for first in firsts.reversed() {
            for second in [0, 1 << 40, UInt64.max] as [UInt64] {
                try write.put(table, Key(first, second), [1])
            }
        }
        var cursor = try write.cursor(table)
        var seen: [UInt32] = []
        var found = try cursor.move(.first)
        while found {
            if try cursor.keyNumber(at: 4, as: UInt64.self) == 1 << 40 {
                seen.append(try cursor.keyNumber(at: 0))
            }
            found = try cursor.move(.next)
        }
        #expect(seen == firsts)
        #expect(try cursor.seek(Key(2 as UInt32, 0 as UInt64)))
        #expect(try cursor.withEntry { key, _ in key.bigEndian(at: 0, as: UInt32.self) } == 255)
        #expect(try cursor.move(.previous))
        #expect(try cursor.keyNumber(at: 0, as: UInt32.self) == 1)
        // A damaged page has keys of any length.
        do throws(LMDBError) {
            _ = try cursor.keyNumber(at: 5, as: UInt64.self)
            Issue.record("a number past the key's end was read")
        } catch {
            #expect(error.kind == .corrupted)
        }
        #expect(try !cursor.seekExactly(Key(2 as UInt32, 0 as UInt64)))
        #expect(try cursor.seekExactly(Key(1 as UInt32, 0 as UInt64)))
        try cursor.delete()
        #expect(try cursor.move(.next))
        #expect(try cursor.keyNumber(at: 4, as: UInt64.self) == 1 << 40)
        #expect(try write.count(of: table) == 17)
        try write.commit()
    }

    @Test("Numbers become keys in big-endian bytes")
    func keyBytes() throws {
        let environment = try open()
        let table = try environment.openTable("keys")
        let big: UInt64 = 0x0102_0304_0506_0708
        let bigBytes = (1...8).map { UInt8($0) }
        let small: UInt32 = 0x1112_1314
        let smallBytes = (0x11...0x14).map { UInt8($0) }
        let shapes: [(Key, [UInt8])] = [
            (Key(small), smallBytes), (Key(big), bigBytes),
            (Key(small, 7 as UInt32), smallBytes + [0, 0, 0, 7]),
            (Key(7, 8, small), [0, 0, 0, 7, 0, 0, 0, 8] + smallBytes),
            (Key(7, 8, 9 as UInt32, small), [0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9] + smallBytes),
            (Key(small, big), smallBytes + bigBytes), (Key(big, big), bigBytes + bigBytes),
            (Key(small, 7, big, small), smallBytes + [0, 0, 0, 7] + bigBytes + smallBytes),
            (Key("é"), [0xc3, 0xa9]), (Key(bigBytes + bigBytes), bigBytes + bigBytes),
        ]
        for (key, bytes) in shapes {
            let write = try environment.beginWrite()
            try write.put(table, key, [1])
            var cursor = try write.cursor(table)
            #expect(try cursor.move(.first))
            #expect(try cursor.withEntry { key, _ in key.copyBytes() } == bytes)
        }
    }

    @Test("Any key of 1 to 511 bytes comes back", arguments: [1, 15, 16, 17, 511])
    func keyLengths(length: Int) throws {
        let environment = try open()
        let table = try environment.openTable("keys")
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let write = try environment.beginWrite()
        try write.put(table, Key(bytes), [9])
        #expect(try write.copyValue(table, Key(bytes)) == [9])
        var cursor = try write.cursor(table)
        #expect(try cursor.move(.first))
        #expect(try cursor.withEntry { key, _ in key.copyBytes() } == bytes)
    }

    @Test("A copy holds the same entries in fewer pages, however much was deleted before")
    func copies() throws {
        let environment = try open()
        let tables = try environment.openTables(["values", "short", "empty"])
        for round in 0..<4 as Range<UInt32> {
            let write = try environment.beginWrite()
            for number in 0..<400 as Range<UInt32> {
                let length = Int(number) * 37 + Int(round)
                try write.put(
                    tables[0], Key(number), [UInt8](repeating: UInt8(round), count: length))
                try write.put(tables[1], Key(number, round), [UInt8(round)])
            }
            for number in stride(from: 0, to: 400, by: 3) as StrideTo<UInt32> {
                try write.delete(tables[0], Key(number))
            }
            try write.commit()
        }
        let folder = TemporaryFolder().path
        var told = 0
        try environment.copy(toFolder: folder) { told = $0 }
        #expect(told > 1_000_000)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["data.mdb"])
        let copy = try Environment.open(at: folder)
        for name in ["values", "short", "empty"] {
            #expect(try contents(of: name, copy) == contents(of: name, environment), "\(name)")
        }
        #expect(try copy.usedFileBytes() < environment.usedFileBytes())
    }

    private func contents(
        of name: String, _ environment: Environment
    ) throws -> [[UInt8]] {
        let table = try environment.openTable(name)
        let read = try environment.beginRead()
        var cursor = try read.cursor(table)
        var entries: [[UInt8]] = []
        while try cursor.move(.next) {
            entries.append(try cursor.withEntry { $0.copyBytes() + $1.copyBytes() })
        }
        return entries
    }

    @Test("A copy shows the moment it began, and a store that is there is never copied over")
    func copyBesideWriter() throws {
        let environment = try open()
        let table = try environment.openTable("values")
        let write = try environment.beginWrite()
        for number in 0..<12_000 as Range<UInt32> {
            try write.put(table, Key(number), [UInt8](repeating: 1, count: 3000))
        }
        try write.commit()
        let folder = TemporaryFolder().path
        var isFirst = true
        try environment.copy(toFolder: folder) { _ in
            guard isFirst else { return }
            isFirst = false
            let write = try environment.beginWrite()
            for number in 0..<12_000 as Range<UInt32> { try write.put(table, Key(number), [2]) }
            try write.commit()
        }
        let copied = try contents(
            of: "values", Environment.open(at: folder, .init(readOnly: true)))
        #expect(copied.count == 12_000)
        #expect(copied.allSatisfy { $0.count == 3004 && $0[4...].allSatisfy { $0 == 1 } })
        #expect(throws: LMDBError.self) { try environment.copy(toFolder: folder) }
    }
}
