import EventLog
import EventModel
import LMDB
import Testing

@Suite("Verification, by planting a fault in each table of a sound store")
struct VerificationTests {
    let folder = StoreFolder()

    /// A log with voids, definitions and a tail, closed again.
    func makeLog(count: Int = 900) throws {
        let store = try LogStore.make(in: folder)
        try store.record(randomDrafts(count: count, seed: 51))
        try store.record([message("gone", ticket: "V"), message("kept", ticket: "V")])
        try store.record([void("v", of: "gone", ticket: "V")])
        try store.appendOwn(
            type: "definition.registered", subject: "log/definitions", id: "r",
            fields: [
                .init("kind", .text("kpi")), .init("name", .text("csat")),
                .init("version", .integer(1)), .init("body", .text("kpi: csat")),
                .init("digest", .text(String(repeating: "a", count: 64))),
            ], at: .init(milliseconds: 1_760_000_000_000))
        try #expect(store.verify() == nil)
    }

    /// Changes a stored value, and gives what verification says then.
    func verify(
        after table: String, _ key: Key, _ change: (inout [UInt8]) -> Void
    ) throws -> LogDifference? {
        do {
            let environment = try Environment.open(at: folder.path)
            let table = try environment.openTable(table)
            let write = try environment.beginWrite()
            var value = try #require(try write.copyValue(table, key))
            change(&value)
            try write.put(table, key, value)
            try write.commit()
        }
        do {
            return try LogStore.open(at: folder.path).verify()
        } catch {
            // What is not as it was written is told already when the store is opened.
            guard let difference = LogDifference(damage: error) else { throw error }
            return difference
        }
    }

    @Test("A log is sound at every size, whatever its batches")
    func sound() throws {
        let store = try LogStore.make(in: folder)
        try #expect(store.verify() == nil)
        let drafts = randomDrafts(count: 1_200, seed: 52)
        var start = 0
        for size in [1, 62, 1, 2, 190, 256, 300, 388] {
            try store.record(drafts[start..<start + size])
            start += size
            try #expect(store.verify(threads: 1) == nil, "\(start) entries")
        }
    }

    /// A column's place in the first segment of a log of 512 entries or more: bytes a row takes in
    /// the columns before it.
    func rowOffset(_ value: [UInt8], _ before: Int, row: Int, width: Int) -> Int {
        func word(_ at: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(value[at + $1]) << (8 * $1) }
        }
        let count = word(8)
        return word(16) + before * ((count + 15) & ~15) + row * width
    }

    @Test(
        "A changed column is found, with its entry",
        arguments: [
            (0, 8, "time"), (8, 8, "recording time"), (16, 4, "case"), (20, 4, "previous"),
            (24, 2, ""), (26, 2, ""), (28, 8, "digest"),
        ])
    func columns(before: Int, width: Int, what: String) throws {
        try makeLog()
        let difference = try verify(after: "segments", Key(0 as UInt32)) { value in
            value[rowOffset(value, before, row: 77, width: width)] ^= 1
        }
        #expect(difference?.table == "segments")
        #expect(difference?.sequence == 77)
        #expect(difference?.problem.contains(what) == true, "\(difference?.problem ?? "nothing")")
    }

    @Test("A changed field column is found")
    func fields() throws {
        try makeLog()
        let difference = try verify(after: "segments", Key(0 as UInt32)) { value in
            // The last bytes with meaning belong to the last type's last column.
            let used = (0..<4).reduce(0) { $0 | Int(value[20 + $1]) << (8 * $1) }
            let last = value[..<used].lastIndex { $0 != 0 } ?? 0
            value[last] ^= 3
        }
        #expect(difference?.table == "segments")
        #expect(difference?.problem.contains("is not the entry's") == true)
    }

    @Test("A changed bundle is found, and so is an entry of the tail")
    func entries() throws {
        try makeLog()
        let bundle = try verify(after: "bundles", Key(0 as UInt32, 0 as UInt32)) { value in
            value[value.count / 3] ^= 0x10
        }
        #expect(bundle != nil)
        let other = StoreFolder()
        let store = try LogStore.make(in: other)
        try store.record([message("a"), message("b", minute: 7)])
        try #expect(store.verify() == nil)
        let entry = try store.read { try $0.entry(1) }
        #expect(String(decoding: entry, as: UTF8.self).contains("\"rekamposition\":1,"))
    }

    /// Changes a byte in the middle of a bundle, and seals its block anew.
    private func change(bundle: Int) throws {
        let environment = try Environment.open(at: folder.path)
        let (bundles, ends) = try (
            environment.openTable("bundles"), environment.openTable("bundle_ends")
        )
        let write = try environment.beginWrite()
        let zero = Key(0 as UInt32, 0 as UInt32)
        let list = try #require(try write.copyValue(ends, zero))
        func end(_ bundle: Int) -> Int {
            bundle < 0 ? 0 : (0..<8).reduce(0) { $0 | Int(list[8 * bundle + $1]) << (8 * $1) }
        }
        let place = (end(bundle - 1) + end(bundle)) / 2
        let perBlock = try #require(try write.copyValue(bundles, zero)).count - 16
        let block = place / perBlock
        let key = Key(0 as UInt32, UInt32(block))
        var value = try #require(try write.copyValue(bundles, key))
        value[place % perBlock] ^= 0x10
        try write.put(
            bundles, key, ByteStream.sealed(value, table: "bundles", lane: 0, block: block))
        try write.commit()
    }

    @Test(
        "Nothing altered is signed: entries signed before stand as they were, later ones are looked at",
        arguments: [0, 1, 2])
    func signed(bundle: Int) throws {
        try makeLog()
        let kept = KeptCheckpoint(path: folder.path + "/signed")
        let root: [UInt8]
        do {
            let store = try LogStore.open(at: folder.path)
            _ = try kept.sign(store, size: 512)
            root = try store.read { $0.root }
        }
        try change(bundle: bundle)
        let store = try LogStore.open(at: folder.path)
        try #expect(store.verify()?.table == "bundles")
        let isKnown = bundle < 2
        try #expect((store.verifyEntries(beyond: 512) == nil) == isKnown)
        try #expect(store.verifyEntries(beyond: 511) != nil || bundle == 0)
        if isKnown {
            try #expect(Checkpoint(kept.sign(store).text)?.root.bytes == root)
        } else {
            #expect(throws: KeptFault.self) { try kept.sign(store) }
        }
        try #expect(kept.read()?.checkpoint.size == (isKnown ? store.read { $0.entryCount } : 512))
    }

    @Test("What another key signed is no reason to look at nothing")
    func signedByOther() throws {
        try makeLog()
        let kept = KeptCheckpoint(path: folder.path + "/signed")
        do {
            let store = try LogStore.open(at: folder.path)
            _ = try kept.sign(store, size: 900)
            _ = try store.rotateKey(
                seed: Array(repeating: 8, count: 32), isLost: false, reason: nil, by: nil,
                at: Instant(milliseconds: 1_770_000_000_000))
        }
        try change(bundle: 0)
        let store = try LogStore.open(at: folder.path)
        #expect(throws: KeptFault.self) { try kept.sign(store) }
    }

    @Test("A changed entry of the tail is found")
    func tail() throws {
        try makeLog()
        let difference = try verify(after: "tail", Key(901 as UInt32)) { value in
            let place = value.firstIndex(of: UInt8(ascii: "k"))!
            value[place] = UInt8(ascii: "K")
        }
        #expect(difference?.sequence == 901)
        #expect(difference?.problem.contains("digest") == true)
    }

    @Test(
        "A changed value of any other table is found",
        arguments: [
            ("tree", [1, 0], 40), ("names", [0, 0], 3), ("cases", [0, 0], 9),
            ("name_ends", [0, 0], 41), ("case_ends", [0, 0], 8), ("bundle_ends", [0, 0], 8),
            ("case_last", [0, 0], 5), ("case_last", [1, 0], 3), ("case_last", [3, 0], 0),
            ("voids", [900], 0), ("definitions", [903], 30),
        ])
    func tables(table: String, key: [UInt32], byte: Int) throws {
        try makeLog()
        let stored = key.count == 1 ? Key(key[0]) : Key(key[0], key[1])
        let difference = try verify(after: table, stored) { $0[byte] ^= 1 }
        #expect(difference != nil, "\(table)")
    }

    @Test("A changed root, frontier or count is found", arguments: [0, 4, 8, 12, 16, 24, 72, 110])
    func registry(byte: Int) throws {
        try makeLog()
        let difference = try verify(after: "registry", Key("state")) { value in
            value[byte] ^= 1
        }
        #expect(difference != nil, "byte \(byte)")
    }

    @Test("A key that is missing is found, with its entry")
    func identities() throws {
        try makeLog()
        do {
            let environment = try Environment.open(at: folder.path)
            let chunks = try environment.openTable("runs.chunks")
            let write = try environment.beginWrite()
            var cursor = try write.cursor(chunks)
            var changed = 0
            var stands = try cursor.move(.first)
            var found: [([UInt8], [UInt8])] = []
            while stands {
                try cursor.withEntry { key, value in
                    found.append((key.indices.map { key[$0] }, value.indices.map { value[$0] }))
                }
                stands = try cursor.move(.next)
            }
            for (key, value) in found where changed == 0 {
                var value = value
                value[8] ^= 1
                try write.put(chunks, Key(key), value)
                changed += 1
            }
            try write.commit()
        }
        try #expect(LogStore.open(at: folder.path).verify() != nil)
    }

    @Test("Entries that come while a log is verified do not disturb it")
    func beside() async throws {
        let store = try LogStore.make(in: folder)
        let drafts = randomDrafts(count: 3_000, seed: 53)
        try store.record(drafts[..<1_000])
        try await withThrowingTaskGroup(of: LogDifference?.self) { group in
            group.addTask {
                for _ in 0..<5 { if let found = try store.verify() { return found } }
                return nil
            }
            group.addTask {
                var start = 1_000
                while start < drafts.count {
                    try store.record(drafts[start..<start + 50])
                    start += 50
                }
                return nil
            }
            for try await difference in group { #expect(difference == nil) }
        }
    }
}
