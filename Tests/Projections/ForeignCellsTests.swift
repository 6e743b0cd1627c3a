import Definitions
import EventLog
import EventModel
import Foundation
import LMDB
import Projections
import Testing
import Vault

/// Method: a copy of a store goes on apart; blocks of its projections' rows, under the keys that they
/// have in both, are put into the store.
@Suite("Rows of another log of the same beginning")
struct ForeignCellsTests {
    private func rows(_ folder: StoreFolder) throws -> [[UInt8]: [UInt8]] {
        let environment = try Environment.open(at: folder.path)
        let table = try environment.openTable("runs.chunks")
        let read = try environment.beginRead()
        var cursor = try read.cursor(table)
        var rows: [[UInt8]: [UInt8]] = [:]
        while try cursor.move(.next) {
            try cursor.withEntry { rows[$0.copyBytes()] = $1.copyBytes() }
        }
        return rows
    }

    private func put(_ key: [UInt8], _ value: [UInt8], _ folder: StoreFolder) throws {
        let environment = try Environment.open(at: folder.path)
        let table = try environment.openTable("runs.chunks")
        let write = try environment.beginWrite()
        try write.put(table, Key(key), value)
        try write.commit()
    }

    @Test("A block of a fork is not answered from, whether it was built or followed the log")
    func blocks() throws {
        let (own, other) = (StoreFolder(), StoreFolder())
        var random = RandomLog(seed: 31)
        let drafts = random.drafts(400, cases: 40)
        var definitions: [ProjectionDefinition] = []
        do {
            let log = try LogStore.make(in: own)
            try log.record(drafts[..<200])
            let store = try ProjectionStore(log: log)
            var made = RandomDefinitions(seed: 31)
            definitions = (0..<12).map { made.definition("p\($0)") }.filter {
                (try? store.check([$0], context: testContext)) != nil
            }
        }
        try FileManager.default.copyItem(atPath: own.path, toPath: other.path)
        func go(on folder: StoreFolder, _ isOther: Bool) throws {
            let log = try LogStore.open(at: folder.path, salts: .counting())
            let store = try ProjectionStore(log: log)
            // The same events, but for when some of them happened.
            func moved(_ draft: EventDraft) -> EventDraft {
                var draft = draft
                if isOther, draft.id.utf8.last.map({ $0 % 3 == 0 }) ?? false {
                    draft.time = Instant(milliseconds: draft.time.milliseconds + 420_000)
                }
                return draft
            }
            try log.record(drafts[200..<300].map(moved))
            try store.rebuild(sources(definitions), context: testContext)
            var options = BuildOptions()
            options.strategy = .differences
            try log.record(drafts[300...].map(moved))
            try store.catchUp(sources(definitions), context: testContext, options: options)
        }
        try go(on: own, false)
        try go(on: other, true)
        func read() throws {
            let log = try LogStore.open(at: own.path)
            _ = try canonical(definitions, ProjectionStore(log: log), log)
        }
        try read()
        let (now, theirs) = (try rows(own), try rows(other))
        let foreign = theirs.filter { now[$0.key] != nil && now[$0.key] != $0.value }
        var refused = 0
        for (key, value) in foreign {
            try put(key, value, own)
            do {
                try read()
            } catch {
                refused += 1
            }
            try put(key, #require(now[key]), own)
        }
        // Some blocks are of the log's own runs, which cells are not read from.
        let cells = foreign.keys.filter { $0[3] > 3 }
        #expect(refused >= cells.count && cells.count > 3, "\(refused) of \(foreign.count)")
        try read()
    }
}
