import EventLog
import EventModel
import Foundation
import LMDB
import Testing

@Suite("Opening and refusing stores, by making what should be refused")
struct StoreTests {
    let folder = StoreFolder()

    func fault(_ body: () throws -> Void) -> StoreFault? {
        do {
            try body()
            return nil
        } catch {
            return error as? StoreFault
        }
    }

    @Test("A folder that is no store is refused with the remedy, and left as it is")
    func noStore() throws {
        #expect(
            fault { _ = try LogStore.open(at: folder.path) } == .notAStore(path: folder.path))
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true)
        #expect(
            fault { _ = try LogStore.open(at: folder.path) } == .notAStore(path: folder.path))
        #expect(StoreFault.notAStore(path: "x").description.contains("rekam init"))
        try #expect(FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try "{}".write(toFile: folder.path + "/notes", atomically: true, encoding: .utf8)
        #expect(
            fault { _ = try LogStore.make(in: folder) } == .alreadyThere(path: folder.path))
    }

    @Test("An LMDB folder of somebody else is refused, and gets no tables")
    func foreign() throws {
        do {
            let other = try LMDB.Environment.open(at: folder.path, .init(creates: true))
            _ = try other.openTables(["theirs"])
        }
        #expect(
            fault { _ = try LogStore.open(at: folder.path) } == .notAStore(path: folder.path))
        let other = try LMDB.Environment.open(at: folder.path, .init(readOnly: true))
        #expect(throws: LMDBError.self) { try other.openTables(["registry"]) }
    }

    @Test("Another format version is refused with both versions")
    func otherVersion() throws {
        do { _ = try LogStore.make(in: folder) }
        do {
            let environment = try LMDB.Environment.open(at: folder.path)
            let table = try environment.openTable("registry")
            let write = try environment.beginWrite()
            var format = try #require(try write.copyValue(table, Key("format")))
            format[9] = 99
            try write.put(table, Key("format"), format)
            try write.commit()
        }
        let fault = fault { _ = try LogStore.open(at: folder.path) }
        #expect(fault == .otherFormat(path: folder.path, version: 99, expected: 2))
        #expect(fault?.description.contains("format version 99") == true)
    }

    @Test(
        "An offset that no stream is long enough for is damage, not a crash",
        arguments: [UInt64.max, 1 << 63, 1 << 62, UInt64(UInt32.max) * 16_352])
    func impossibleOffset(offset: UInt64) throws {
        do {
            let store = try LogStore.make(in: folder)
            try store.record((0..<300).map { message("m\($0)") })
        }
        do {
            // The first whole bundle ends, and so the second begins, far off.
            let environment = try LMDB.Environment.open(at: folder.path)
            let table = try environment.openTable("bundle_ends")
            let write = try environment.beginWrite()
            let key = Key(0 as UInt32, 0 as UInt32)
            var ends = try #require(try write.copyValue(table, key))
            for place in 0..<8 { ends[place] = UInt8(truncatingIfNeeded: offset >> (8 * place)) }
            ends = ByteStream.sealed(ends, table: "bundle_ends", lane: 0, block: 0)
            try write.put(table, key, ends)
            try write.commit()
        }
        let store = try LogStore.open(at: folder.path, salts: .same)
        #expect(throws: StoreFault.self) { try store.read { _ = try $0.entry(0) } }
        try store.record((300..<600).map { message("m\($0)") })
        #expect(throws: StoreFault.self) { try store.read { _ = try $0.entry(256) } }
    }

    @Test("A count of cases or names that are not there sizes nothing", arguments: [4, 8])
    func impossibleCount(place: Int) throws {
        do {
            let store = try LogStore.make(in: folder)
            try store.record((0..<30).map { message("m\($0)") })
            #expect(try store.read { try $0.soundCounts().cases } > 0)
        }
        do {
            // The state's second number counts cases, its third names.
            let environment = try LMDB.Environment.open(at: folder.path)
            let table = try environment.openTable("registry")
            let write = try environment.beginWrite()
            var state = try #require(try write.copyValue(table, Key("state")))
            state.replaceSubrange(place..<place + 4, with: [0xFF, 0xFF, 0xFF, 0x70])
            try write.put(table, Key("state"), LogState.sealed(state.dropLast(8)))
            try write.commit()
        }
        let store = try LogStore.open(at: folder.path, salts: .same)
        #expect(throws: StoreFault.self) { try store.read { try $0.soundCounts() } }
        if place == 8 { #expect(throws: StoreFault.self) { try store.fieldStatistics() } }
    }

    @Test("One path is open once in a process, and once more after it is let go")
    func once() throws {
        do {
            let store = try LogStore.make(in: folder)
            #expect(
                fault { _ = try LogStore.open(at: folder.path + "/.") }
                    == .openAlready(path: folder.path + "/."))
            try store.record([message("a")])
        }
        let store = try LogStore.open(at: folder.path, salts: .same)
        try #expect(store.read { $0.entryCount } == 1)
        try #expect(store.record([message("b")]).accepted == 1)
    }

    @Test("A store open for reading reads and refuses to write")
    func readOnly() throws {
        do { try LogStore.make(in: folder).record([message("a")]) }
        let store = try LogStore.open(at: folder.path, readOnly: true)
        try #expect(store.read { $0.entryCount } == 1)
        #expect(fault { try store.record([message("b")]) } == .readOnly(path: folder.path))
    }

    @Test("The folder and the key belong to their owner alone, and the key signs")
    func key() throws {
        let store = try LogStore.make(in: folder)
        func mode(_ path: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return try #require(attributes[.posixPermissions] as? Int)
        }
        try #expect(mode(folder.path) == 0o700)
        try #expect(mode(folder.path + "/key") == 0o600)
        try #expect(mode(folder.path + "/data.mdb") == 0o600)
        let key = try store.signingKey()
        #expect(key.name == "test.example/log")
        try #expect(key.signature(of: [1, 2, 3]).count == 64)
        #expect(key.verifier.hasPrefix("test.example/log+"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: folder.path + "/key")
        #expect(throws: StoreFault.self) { try store.signingKey() }
    }

    @Test("A transaction that is not committed leaves nothing, and the next one is sound")
    func crash() throws {
        struct Stop: Error {}
        let store = try LogStore.make(in: folder)
        try store.record(randomDrafts(count: 300, seed: 41))
        let before = try store.read { try LogImage($0) }
        #expect(throws: Stop.self) {
            try store.appendAndFail(batch(randomDrafts(count: 900, seed: 41).suffix(600))) {
                throw Stop()
            }
        }
        try #expect(store.read { try LogImage($0) }.difference(from: before) == nil)
        try store.record(randomDrafts(count: 900, seed: 41).suffix(600))
        let other = StoreFolder()
        let reference = try LogStore.make(in: other)
        try reference.record(randomDrafts(count: 900, seed: 41))
        let expected = try reference.read { try LogImage($0) }
        try #expect(store.read { try LogImage($0) }.difference(from: expected) == nil)
    }

    @Test("Definitions are registered, promoted and dropped, and known as of any entry")
    func definitions() throws {
        let store = try LogStore.make(in: folder)
        func change(_ type: String, _ version: Int64, _ id: String, body: String? = nil) throws {
            var fields: [EventDraft.Field] = [
                .init("kind", .text("projection")), .init("name", .text("first_response")),
                .init("version", .integer(version)),
            ]
            if let body {
                fields += [
                    .init("body", .text(body)),
                    .init("digest", .text(String(repeating: body, count: 64))),
                ]
            }
            try store.appendOwn(
                type: type, subject: "log/definitions", id: id, fields: fields,
                at: Instant(milliseconds: 1_000))
        }
        try change("definition.registered", 1, "r1", body: "a")
        try change("definition.promoted", 1, "p1")
        try change("definition.registered", 2, "r2", body: "b")
        try change("definition.promoted", 2, "p2")
        try change("definition.dropped", 1, "d1")
        #expect(throws: Rejection.self) { try change("definition.registered", 2, "r3", body: "c") }
        try store.read { view in
            let now = try view.definitions()
            #expect(now.changes.count == 5)
            #expect(now.live("projection", "first_response")?.body == "b")
            #expect(now.live("projection").map(\.version) == [2])
            let then = try view.definitions(upTo: 3)
            #expect(then.promoted("projection", "first_response") == 1)
            #expect(then.definition("projection", "first_response", 2)?.sequence == 2)
            try #expect(view.definitions(upTo: 1).promoted("projection", "first_response") == nil)
        }
    }

    @Test("What a killed process left of a scratch folder goes with the next, what is held stays")
    func scratch() throws {
        let parent = StoreFolder()
        let path = parent.path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        for name in [
            "w-0123456789abcdef/deep", "w-0123456789ABCDEF", "w-short", "v-0123456789abcdef",
        ] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + name, withIntermediateDirectories: true)
        }
        func names() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        }
        let others = ["v-0123456789abcdef", "w-0123456789ABCDEF", "w-short"]
        let held = try ScratchFolder(in: path, name: "w-", random: "00000000000000aa")
        #expect(try names() == (others + ["w-00000000000000aa"]).sorted())
        try ScratchFolder(in: path + "/", name: "w-", random: "00000000000000bb").use { place in
            #expect(place == path + "/w-00000000000000bb")
            let count = try names().count
            #expect(count == 5)
        }
        held.use { _ in }
        #expect(try names() == (others + ["w-00000000000000aa"]).sorted())
        withExtendedLifetime(held) {}
    }
}
