import Definitions
import EventLog
import EventModel
import Foundation
import Ingest
import Recording
import Shipped
import Testing
import Vault

/// Method: small stores in temporary folders; what `init`, `ingest` and `void` leave in the log is
/// read back entry by entry.
@Suite("Recording")
struct RecordingTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "rekam-recording-\(UUID().uuidString)")
    private let now = Instant(milliseconds: 1_767_574_800_000)

    private func store() throws -> LogStore {
        let new = NewStore(
            origin: "test.example/log",
            timeZone: TimeZoneRules(
                name: "Asia/Jakarta", release: "2025b", transitions: [], offsetsSeconds: [25_200]),
            types: try EventTypes.shipped(texts: Shipped.texts(in: "events")),
            catalogue: Shipped.texts(in: "catalogue").flatMap {
                SourceDocument.split($0.text, file: $0.path)
            }, seed: (0..<32).map { UInt8($0) }, salts: .counting())
        return try new.create(at: folder.path, now: now, threads: 2).store
    }

    private func line(_ id: String, _ minute: Int = 0) -> String {
        """
        {"specversion":"1.0","id":"\(id)","source":"test","type":"message.posted",\
        "subject":"ticket/T-1","time":"2025-07-14T08:\(minute + 10):00Z",\
        "data":{"direction":"in","visibility":"public","actor_kind":"customer"}}
        """ + "\n"
    }

    private func record(_ text: String, in store: LogStore) throws -> IngestOutcome {
        let now = now
        return try Import(into: store, clock: { now })
            .run(InputSource(bytes: Array(text.utf8), name: "input.ndjson"))
    }

    private func imports(_ store: LogStore) throws -> [JSONValue] {
        try store.read { view in
            guard let id = try view.caseID("log/ingest") else { return [] }
            return try view.caseHistory(id).map {
                try JSONValue(parsing: String(decoding: view.revealedEntry($0), as: UTF8.self))
            }
        }
    }

    @Test("A new store begins with its zone and the whole catalogue, each projection promoted")
    func newStore() throws {
        let store = try store()
        defer { try? FileManager.default.removeItem(at: folder) }
        let register = try store.read { try $0.definitions() }
        #expect(register.storeTimeZone?.name == "Asia/Jakarta")
        #expect(register.storeTimeZone?.offsetsSeconds == [25_200])
        let projections = register.live("projection")
        #expect(projections.count > 10)
        #expect(register.live("kpi").count > 30)
        #expect(
            projections.allSatisfy { register.promoted("projection", $0.name) == $0.version })
    }

    @Test("An input leaves one record; the same again leaves nothing at all")
    func oneRecord() throws {
        let store = try store()
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = line("1") + "no JSON\n" + line("2", 1) + "no JSON either\n"
        let outcome = try record(text, in: store)
        #expect(outcome.counts.accepted == 2)
        #expect(outcome.counts.refused == 2)
        let first = try imports(store)
        #expect(first.count == 1)
        #expect(first[0]["data"]?["digest"] == .string(Digest.hex(of: Array(text.utf8))))
        #expect(first[0]["data"]?["lines"] == .number("4"))
        #expect(first[0]["data"]?["accepted"] == .number("2"))
        #expect(first[0]["data"]?["refused"] == .number("2"))
        let before = try store.read { $0.entryCount }
        let again = try record(text, in: store)
        #expect(again.counts.accepted == 0)
        #expect(again.counts.duplicates == 2)
        #expect(try store.read { $0.entryCount } == before)
    }

    @Test("A withdrawn import is taken out event by event, and may come again")
    func withdrawal() throws {
        let store = try store()
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = (0..<40).map { line("w\($0)", $0) }.joined()
        _ = try record(text, in: store)
        let id = Digest.hex(of: Array(text.utf8))
        let ranges = try #require(try Withdrawal.ranges(ofImport: String(id.prefix(12)), in: store))
        #expect(ranges.reduce(0) { $0 + $1.count } == 40)
        let now = now
        let withdrawal = Withdrawal(reason: "wrong export", person: "sari")
        let outcome = try withdrawal.takeBack(ranges, in: store, clock: { now })
        #expect(outcome.voided == 40 && outcome.skipped == 0)
        #expect(try store.read { try $0.voidedSequences().count } == 40)
        let twice = try withdrawal.takeBack(ranges, in: store, clock: { now })
        #expect(twice.voided == 0 && twice.skipped == 40)
        let again = try record(text, in: store)
        #expect(again.counts.accepted == 40)
        #expect(try imports(store).count == 2)
        #expect(try record(text, in: store).counts.accepted == 0)
        #expect(try Withdrawal.ranges(ofImport: "0000000000", in: store) == nil)
    }

    @Test("A beginning of two imports' ids takes nothing back, the whole id its own import")
    func ambiguous() throws {
        let store = try store()
        defer { try? FileManager.default.removeItem(at: folder) }
        // Their digests begin with the same eight digits.
        let texts = ["v67637", "v109856"].map { number in
            #"{"specversion":"1.0","id":"\#(number)","source":"d","type":"ticket.opened","#
                + #""subject":"ticket/\#(number.uppercased())","time":"2025-08-01T00:00:00Z","#
                + #""data":{"channel":"email","origin":"customer"}}"# + "\n"
        }
        let digests = texts.map { Digest.hex(of: Array($0.utf8)) }
        #expect(digests[0].prefix(8) == digests[1].prefix(8))
        for text in texts { _ = try record(text, in: store) }
        let start = String(digests[0].prefix(8))
        #expect(throws: WithdrawalFault.fitsSeveral(start, digests.sorted())) {
            try Withdrawal.ranges(ofImport: start, in: store)
        }
        for (text, digest) in zip(texts, digests) {
            let ranges = try #require(try Withdrawal.ranges(ofImport: digest, in: store))
            #expect(ranges.map(\.count) == [1])
            // The same input again, after it was taken back, is the same import still.
            _ = try Withdrawal(reason: "test").takeBack(ranges, in: store, clock: { now })
            _ = try record(text, in: store)
            let both = try Withdrawal.ranges(ofImport: String(digest.prefix(12)), in: store)
            #expect(both?.count == 2)
        }
    }
}
