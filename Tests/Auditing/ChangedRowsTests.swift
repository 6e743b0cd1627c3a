import Definitions
import EventLog
import EventModel
import Testing

@testable import Auditing
@testable import Projections

/// Rows that hold together and are not what the entries give: as somebody would leave them who knows
/// how they are written.
@Suite("Rows that no entry gives")
struct ChangedRowsTests {
    @Test("Replay and verification name a row that was added, whatever projection it is of")
    func added() throws {
        let audited = try AuditedLog()
        try audited.record(generatedLines(2000, seed: 3))
        let live = try LiveProjections(of: audited.log)
        try live.catchUp()
        #expect(try Verification(of: audited.log).run(threads: 2).difference == nil)
        for name in ["ticket_volume", "resolution", "csat"] {
            let source = try #require(live.sources.first { $0.definition.name == name })
            let version = source.definition.version
            let store = live.store
            var row: [UInt32] = []
            try audited.log.read { view in
                let status = try #require(try store.status(name, version: version, in: view))
                try store.scanMerged(status, in: view) { words in
                    if row.isEmpty { row = (0..<status.layout.words).map { words[$0] } }
                }
            }
            let first = row
            func add(_ count: Int64) throws {
                var row = first
                let bits = UInt64(bitPattern: count)
                row[row.count - 2] = UInt32(truncatingIfNeeded: bits >> 32)
                row[row.count - 1] = UInt32(truncatingIfNeeded: bits)
                let rows = row
                try audited.log.write { write, view in
                    var status = try #require(try store.status(name, version: version, in: view))
                    try store.runs(status.runs, status.layout).add(rows, in: write)
                    // Otherwise they are told as rows of another state wherever they are read.
                    status.rows = try store.manifest(of: status.runs, in: write)
                    try store.save(status, in: write)
                }
            }
            try add(1)
            let found = try Verification(of: audited.log).run(threads: 2).difference
            #expect(found?.contains("\(name)@\(version)") == true, "\(name): \(found ?? "")")
            let period = try Period("2025", today: Day(number: 0))
            let replay = try Replay(
                of: audited.log, asOf: audited.entryCount, options: BuildOptions()
            ).run(period)
            #expect(replay.difference != nil, "\(name)")
            try add(-1)
            #expect(try Verification(of: audited.log).run(threads: 2).difference == nil)
        }
    }
}
