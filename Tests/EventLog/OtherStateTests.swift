import EventLog
import EventModel
import Foundation
import LMDB
import Testing

/// Method: values of tables are changed, or put back as they were at half of the log, while all others
/// stand. Each such value is whole in itself: only what stands above it tells.
@Suite("Rows that were changed, or are of another state, are refused where they are read")
struct OtherStateTests {
    private let folder = StoreFolder()
    private let drafts = randomDrafts(count: 1_200, seed: 53)

    private func rows(of table: String) throws -> [[UInt8]: [UInt8]] {
        let environment = try Environment.open(at: folder.path)
        let table = try environment.openTable(table)
        let read = try environment.beginRead()
        var cursor = try read.cursor(table)
        var rows: [[UInt8]: [UInt8]] = [:]
        while try cursor.move(.next) {
            try cursor.withEntry { key, value in
                rows[key.indices.map { key[$0] }] = value.indices.map { value[$0] }
            }
        }
        return rows
    }

    private func put(_ rows: [[UInt8]: [UInt8]], into table: String) throws {
        let environment = try Environment.open(at: folder.path)
        let table = try environment.openTable(table)
        let write = try environment.beginWrite()
        for (key, value) in rows { try write.put(table, Key(key), value) }
        try write.commit()
    }

    private func record(_ drafts: some Collection<EventDraft>, makes: Bool) throws {
        let store =
            makes ? try LogStore.make(in: folder) : try LogStore.open(at: folder.path, salts: .same)
        try store.record(Array(drafts))
    }

    /// Reads every history, looks every subject up, and proves an entry.
    private func readAll() throws {
        let store = try LogStore.open(at: folder.path)
        try store.read { view in
            for id in 0..<UInt32(view.caseCount) {
                _ = try view.caseHistory(id)
                let subject = try view.subject(ofCase: id)
                try #require(view.caseID(subject) == id)
            }
            for id in 2..<UInt32(view.nameCount) { _ = try view.name(id) }
            _ = try view.withTree { try $0.inclusionProof(of: 3) }
        }
    }

    private func difference() throws -> LogDifference? {
        do {
            return try LogStore.open(at: folder.path).verify()
        } catch {
            guard let difference = LogDifference(damage: error) else { throw error }
            return difference
        }
    }

    @Test(
        "What a table held at half of the log is not read as what it holds now",
        arguments: ["case_last", "runs.manifests", "cases", "registry"])
    func earlier(table: String) throws {
        try record(drafts[..<600], makes: true)
        let earlier = try rows(of: table)
        try record(drafts[600...], makes: false)
        try readAll()
        let now = try rows(of: table)
        let other = earlier.filter { now[$0.key] != nil && now[$0.key] != $0.value }
        try #require(!other.isEmpty)
        try put(other, into: table)
        #expect(throws: (any Error).self) { try readAll() }
        try #expect(difference() != nil)
    }

    @Test(
        "A row that another log of the same beginning has under the same key is not read",
        arguments: ["segments", "runs.chunks", "names", "cases", "text_marks"])
    func foreign(table: String) throws {
        func next(_ number: Int, _ word: String) -> EventDraft {
            message(
                "m\(number)", ticket: "\(word)-\(number % 90)", minute: Int64(number),
                actor: "\(word) \(number % 7)")
        }
        try record(drafts[..<300], makes: true)
        let other = OtherStateTests()
        try FileManager.default.copyItem(atPath: folder.path, toPath: other.folder.path)
        for start in stride(from: 0, to: 600, by: 200) {
            for (log, word) in [(self, "here"), (other, "there")] {
                try log.record((start..<start + 200).map { next($0, word) }, makes: false)
            }
        }
        try readAll()
        let (now, theirs) = (try rows(of: table), try other.rows(of: table))
        let foreign = theirs.filter { key, value in
            now[key].map { $0 != value && $0.count == value.count } ?? false
        }
        for (key, value) in foreign {
            try put([key: value], into: table)
            #expect(throws: (any Error).self, "\(key)") {
                try readAll()
                // By what is there already, and by who comes for the first time, all keys are read.
                try record(drafts[..<300] + (0..<600).map { next($0, "here") }, makes: false)
                try record([next(999, "elsewhere")], makes: false)
            }
            try #expect(difference() != nil)
            try put([key: #require(now[key])], into: table)
        }
        // Of runs, fences differ: their keys name the first record.
        try #require(!foreign.isEmpty || table == "runs.chunks")
        try readAll()
    }

    @Test("A case that ends at an earlier entry of its own is not read with its history cut")
    func earlierEntry() throws {
        try record(drafts, makes: true)
        let (id, history) = try LogStore.open(at: folder.path).read { view in
            for id in 0..<UInt32(view.caseCount) {
                let history = try view.caseHistory(id)
                if history.count > 2 { return (id, history) }
            }
            return (0, [])
        }
        try #require(history.count > 2)
        let key: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
        var row = try #require(try rows(of: "case_last")[key])
        let earlier = history[history.count - 2]
        for place in 0..<4 {
            row[4 * Int(id) + place] = UInt8(truncatingIfNeeded: earlier >> UInt32(8 * place))
        }
        try put([key: row], into: "case_last")
        #expect(throws: (any Error).self) { try readAll() }
        let subject = try LogStore.open(at: folder.path).read { try $0.subject(ofCase: id) }
        var next = try #require(drafts.first { $0.subject == subject })
        next.id = "one more"
        #expect(throws: (any Error).self, "nor gone on from") {
            try record([next], makes: false)
        }
        try #expect(difference()?.table == "case_last")
    }

    @Test(
        "A block of texts that was changed, or stands elsewhere, is not read, nor gone on from",
        arguments: [("names", "cases"), ("name_ends", "case_ends"), ("cases", "names")])
    func texts(table: String, other: String) throws {
        try record(drafts, makes: true)
        try readAll()
        // The last block, which grows.
        let (key, now) = try #require(
            rows(of: table).max { $0.key.lexicographicallyPrecedes($1.key) })
        func changed(_ place: Int) -> [UInt8] {
            var row = now
            row[place] ^= 1
            return row
        }
        // A byte of a text, of the zeros behind, how many bytes there are, the seal; another table's.
        let others = [
            changed(5), changed(now.count - 17), changed(now.count - 16), changed(now.count - 8),
            Array(now.dropLast()), try #require(rows(of: other).values.first),
        ]
        let next = message("one more", ticket: "one more", actor: "Somebody else")
        for row in others {
            try put([key: row], into: table)
            #expect(throws: (any Error).self) { try readAll() }
            #expect(throws: (any Error).self) { try record([next], makes: false) }
            try #expect(difference()?.table == table)
        }
        try put([key: now], into: table)
        try readAll()
        try record([next], makes: false)
        try readAll()
        try #expect(difference() == nil)
    }

    @Test("A changed hash of the tree is in no proof and under no root", arguments: [0, 1, 2, 3])
    func tree(place: Int) throws {
        try record(drafts, makes: true)
        let key: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0]
        var row = try #require(try rows(of: "tree")[key])
        row[32 * place] ^= 1
        try put([key: row], into: "tree")
        let store = try LogStore.open(at: folder.path)
        #expect(throws: (any Error).self) {
            try store.read { try $0.withTree { try $0.root() } }
        }
    }

    @Test("What nothing in the vault stands for is found by verification")
    func vault() throws {
        try record(drafts, makes: true)
        try #expect(difference() == nil)
        do {
            var options = Environment.Options()
            options.file = .beside("private")
            let environment = try Environment.open(at: folder.path, options)
            let table = try environment.openTable("notes")
            let write = try environment.beginWrite()
            try write.put(table, Key("unknown"), [1])
            try write.commit()
        }
        try #expect(difference()?.table == "private.mdb notes")
    }
}
