import EventLog
import EventModel
import Foundation
import LMDB
import Testing

/// Method: one bit of a sound store's data file is turned, at places that a seed gives. The page
/// walk, then the verification, must name a difference; where both pass, reading every table shows
/// that the bit lay on a free page or where nobody reads.
@Suite("Turned bits")
struct BitFlipTests {
    let folder = StoreFolder()
    var file: URL { URL(fileURLWithPath: folder.path + "/data.mdb") }

    static let tables = [
        "registry", "segments", "bundles", "bundle_ends", "tail", "tree", "names", "name_ends",
        "cases", "case_ends", "case_last", "voids", "definitions", "runs.chunks",
        "runs.manifests",
    ]

    static let count = isThorough ? 4_000 : 90
    static let isThorough = ProcessInfo.processInfo.environment["REKAM_THOROUGH"] == "1"

    /// Every key and value that can be read; `bundles` apart, which compare by their entries.
    func content() throws -> [String: [[UInt8]]] {
        var content: [String: [[UInt8]]] = [:]
        let environment = try Environment.open(at: folder.path, .init(readOnly: true))
        let tables = try environment.openTables(Self.tables)
        let read = try environment.beginRead()
        for table in tables where table.name != "bundles" {
            var rows: [[UInt8]] = []
            var cursor = try read.cursor(table)
            while try cursor.move(.next) {
                try cursor.withEntry { key, value in
                    rows.append(key.copyBytes())
                    rows.append(value.copyBytes())
                }
            }
            content[table.name] = rows
        }
        read.end()
        return content
    }

    func entries() throws -> [[UInt8]] {
        let store = try LogStore.open(at: folder.path, readOnly: true)
        return try store.read { view in
            try (0..<view.entryCount).map { try view.entry($0) }
        }
    }

    /// What verification says, page walk first; nil where it finds nothing.
    func difference() throws -> LogDifference? {
        do {
            _ = try StorePages.check(at: folder.path)
            return try LogStore.open(at: folder.path, readOnly: true).verify()
        } catch let difference as LogDifference {
            return difference
        } catch {
            guard let difference = LogDifference(damage: error) else { throw error }
            return difference
        }
    }

    @Test("Each is named, or lies where nothing is kept", arguments: [71, 72] as [UInt64])
    func flips(seed: UInt64) throws {
        do {
            let store = try LogStore.make(in: folder)
            try store.record(randomDrafts(count: 700, seed: seed))
            try store.record([message("gone", ticket: "V"), message("kept", ticket: "V")])
            try store.record([void("v", of: "gone", ticket: "V")])
            try #expect(store.verify() == nil)
        }
        let whole = try Data(contentsOf: file)
        let tables = try content()
        let known = try entries()
        var random = Seeded(seed)
        var named = 0
        for _ in 0..<Self.count {
            let place = Int.random(in: 0..<whole.count, using: &random)
            let bit = Int.random(in: 0..<8, using: &random)
            let mark = "seed \(seed), byte \(place), bit \(bit)"
            var damaged = whole
            damaged[place] ^= 1 << UInt8(bit)
            try damaged.write(to: file)
            if let difference = try difference() {
                named += 1
                #expect(!difference.table.isEmpty && !difference.problem.isEmpty, "\(mark)")
            } else {
                #expect(try content() == tables, "\(mark): a value changed unnoticed")
                #expect(try entries() == known, "\(mark): an entry changed unnoticed")
            }
        }
        try whole.write(to: file)
        try #expect(difference() == nil)
        #expect(named > Self.count / 3, "seed \(seed): \(named) of \(Self.count)")
    }

    @Test("A file cut anywhere is named, and left as it is")
    func cuts() throws {
        do {
            let store = try LogStore.make(in: folder)
            try store.record(randomDrafts(count: 700, seed: 73))
        }
        let whole = try Data(contentsOf: file)
        for length in [0, 1, 4_095, 4_096, 8_191, 8_192, whole.count / 2, whole.count - 4_096] {
            try whole.prefix(length).write(to: file)
            if length == 0 {
                #expect(throws: LogDifference.self) { try StorePages.check(at: folder.path) }
            } else {
                let found = try difference()
                #expect(
                    found?.table == "data.mdb", "cut to \(length): \(String(describing: found))")
            }
            #expect(try Data(contentsOf: file).count == length)
        }
    }
}
