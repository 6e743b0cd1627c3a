import EventLog
import EventModel
import Foundation
import LMDB
import Projections
import Testing

@testable import Auditing

/// Method: tables of a whole log are changed behind it; what reads columns alone answers as before.
@Suite("Entries that the columns do not say")
struct ForeignEntriesTests {
    private func change(
        _ audited: AuditedLog, _ table: String, _ body: (inout [UInt8]) -> Void
    ) throws {
        try audited.log.write { write, _ in
            let table = try audited.log.environment.openTable(table)
            var cursor = try write.cursor(table)
            try #require(try cursor.move(table.name == "definitions" ? .first : .last))
            var (key, value) = try cursor.withEntry { ($0.copyBytes(), $1.copyBytes()) }
            body(&value)
            try write.put(table, Key(key), value)
        }
    }

    @Test(
        "Nothing is replayed beside entries, columns or definitions that do not say the same",
        arguments: ["bundles", "segments", "definitions"])
    func replay(table: String) throws {
        let audited = try AuditedLog()
        try audited.record(generatedLines(2000, seed: 3))
        try LiveProjections(of: audited.log).catchUp()
        let period = try Period("2025", today: Day(number: 0))
        func difference() throws -> String? {
            try Replay(
                of: audited.log, asOf: audited.entryCount, options: BuildOptions()
            ).run(period).difference
        }
        try #expect(difference() == nil)
        let kept = KeptCheckpoint(path: audited.log.path + ".signed")
        defer { try? FileManager.default.removeItem(atPath: kept.path) }
        _ = try kept.sign(audited.log)
        try audited.record(
            "ticket.opened", "ticket/later", at: "2025-12-01T00:00:00Z", id: "later",
            [.init("channel", .text("email")), .init("origin", .text("customer"))])
        // Of a segment the last byte, which fills its pages and no reader looks at.
        try change(audited, table) { $0[table == "segments" ? $0.count - 1 : 100] ^= 1 }
        try #expect(difference()?.contains(table) == true)
        #expect(throws: KeptFault.self, "nor signed") { try kept.sign(audited.log) }
        try #expect(kept.read()?.checkpoint.size ?? 0 < audited.entryCount)
    }
}
