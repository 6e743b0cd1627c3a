import Definitions
import EventLog
import EventModel
import Foundation
import Ingest
import Recording
import Shipped
import Testing
import Vault

/// Method: small CSV files are recorded in stores of their own, in batches of several sizes, and what
/// stands in the log is compared with what it holds of the same file without the rows that are refused.
@Suite("Rows on their way into a log: refused ones leave no trace, only recorded ones are doubtful")
struct MappedRecordingTests {
    private let now = Instant(milliseconds: 1_767_574_800_000)

    private func mapping(_ keys: String, _ store: LogStore) throws -> Mapping {
        let yaml = """
            mapping: m
            source: crm
            time: {format: yyyy-MM-dd HH:mm}
            times: {t: "{when}"}
            case: "{case}"
            at: t
            \(keys)
            """
        return try Mapping.read(
            yaml, file: "m.yaml",
            in: MappingSurroundings(types: store.types, storeZone: .utc, zone: { _ in nil }))
    }

    private static let cases = """
        order: seq
        events:
          - {type: ticket.opened, first: true, data: {channel: email, origin: customer}}
          - type: message.posted
            id: "{mid}"
            when: {mid: {present: true}}
            data: {direction: out, visibility: public, actor_kind: agent, actor: "{agent}"}
          - {type: ticket.assigned, changed: [agent], data: {agent: "{agent}"}}
        """

    @discardableResult
    private func record(
        _ rows: [String], _ keys: String, in store: LogStore, batch: Int = 65_536
    ) throws -> IngestOutcome {
        let now = now
        var run = Import(into: store, clock: { now })
        run.options.batchEvents = batch
        let csv = (["case,seq,mid,when,agent"] + rows).joined(separator: "\n") + "\n"
        return try run.run(
            InputSource(bytes: Array(csv.utf8), name: "rows.csv"), through: mapping(keys, store))
    }

    private func rehearse(
        _ rows: [String], _ keys: String, in store: LogStore
    ) throws -> IngestOutcome {
        let now = now
        let csv = (["case,seq,mid,when,agent"] + rows).joined(separator: "\n") + "\n"
        var nothing = store.rehearsal()
        return try Import(into: store, clock: { now }).rehearse(
            InputSource(bytes: Array(csv.utf8), name: "rows.csv"), through: mapping(keys, store),
            after: &nothing
        ) { _, _ in }
    }

    /// Type, case, id and order of what the log has of cases, in order.
    private func events(_ store: LogStore, from first: UInt32 = 0) throws -> [String] {
        try store.read { view in
            try (first..<view.entryCount).compactMap { sequence in
                let entry = try JSONValue(
                    parsing: String(decoding: view.entry(sequence), as: UTF8.self))
                func text(_ key: String) -> String {
                    String(decoding: entry[key]?.canonical ?? [], as: UTF8.self)
                }
                guard text("type") != "\"ingest.recorded\"" else { return nil }
                return ["type", "subject", "id", "time", "rekamorder", "rekamplace"].map(text)
                    .joined(
                        separator: " ")
            }
        }
    }

    @Test("A number in order that no entry can hold is kept with its length, and the log verifies")
    func orders() throws {
        let texts = [
            "1", "9007199254740991", "9007199254740992", "9223372036854775807",
            "9223372036854775808",
        ]
        try withStore { store in
            let rows = texts.map { "ticket/1,\($0),,2025-05-05 10:00,Ana" }
            #expect(try record(rows, Self.cases, in: store).counts.refused == 0)
            #expect(try store.verify() == nil)
            let all = try events(store).joined()
            for text in texts.dropFirst(2) {
                #expect(all.contains(" \"\(text.count):\(text)\""), "\(text)")
            }
        }
    }

    @Test(
        "A row that the log refuses leaves no trace in the rows of its case after it",
        arguments: [1, 2, 3, 5, 65_536])
    func noTrace(batch: Int) throws {
        let before = [
            "ticket/0,1,a,2025-05-05 10:00,Ana", "ticket/0,2,b,2025-05-05 10:00,Ana",
        ]
        let refused = [1, 2, 5]
        let rows = [
            "ticket/1,1,c,2025-05-06 09:00,Ana",
            // Another event has their ids: in the log, twice, and in the file.
            "ticket/2,1,a,2025-05-06 10:00,Budi", "ticket/2,2,b,2025-05-06 11:00,Budi",
            "ticket/2,3,,2025-05-07 10:00,Budi", "ticket/1,2,,2025-05-07 10:00,Ana",
            "ticket/3,1,c,2025-05-07 10:00,Citra", "ticket/3,2,d,2025-05-08 10:00,Citra",
        ]
        let good = rows.indices.filter { !refused.contains($0) }.map { rows[$0] }
        var expected: [String] = []
        try withStore { store in
            try record(before, Self.cases, in: store)
            let first = try store.read { $0.entryCount }
            try record(good, Self.cases, in: store)
            expected = try events(store, from: first)
        }
        #expect(expected.count { $0.contains("ticket.opened") } == 3)
        try withStore { store in
            try record(before, Self.cases, in: store)
            let first = try store.read { $0.entryCount }
            let said = try rehearse(rows, Self.cases, in: store)
            let outcome = try record(rows, Self.cases, in: store, batch: batch)
            #expect(try events(store, from: first) == expected)
            #expect(outcome.counts.refused == 3 && outcome.counts.lines == rows.count)
            #expect(outcome.refusals.map(\.first.line) == [3])
            #expect(said.counts.accepted == expected.count && said.refusals == outcome.refusals)
            // What was recorded is all there when the file comes again.
            let again = try record(rows, Self.cases, in: store, batch: batch)
            #expect(again.counts.accepted == 0 && again.counts.duplicates == expected.count)
            #expect(again.counts.refused == 3)
            #expect(try store.verify() == nil)
        }
    }

    @Test("A refused row is not counted among those that repeat; among those of its instant it is")
    func repeats() throws {
        for keys in ["", "row-order: oldest-first"] {
            let keys =
                keys + """

                    events:
                      - type: message.posted
                        id: "{mid}"
                        when: {mid: {present: true}}
                        data: {direction: out, visibility: public, actor_kind: agent}
                      - {type: ticket.status_changed, repeats: count, data: {status: open}}
                    """
            let rows = [
                "ticket/2,1,,2025-05-06 10:00,", "ticket/2,1,a,2025-05-06 10:00,",
                "ticket/2,1,,2025-05-06 10:00,", "ticket/2,1,,2025-05-06 10:00,",
            ]
            var found: [[String]] = []
            for rows in [rows, [rows[0], rows[2], rows[3]]] {
                try withStore { store in
                    try record(["ticket/0,1,a,2025-05-05 10:00,"], keys, in: store)
                    let first = try store.read { $0.entryCount }
                    try record(rows, keys, in: store)
                    found.append(try events(store, from: first))
                }
            }
            #expect(found[0].count == 3)
            // Put right, it stands where it stood: the others keep their places.
            func withoutPlace(_ event: String) -> Substring { event.prefix { $0 != "Z" } }
            #expect(found[0].map(withoutPlace) == found[1].map(withoutPlace))
            #expect((found[0] == found[1]) == !keys.contains("row-order"))
        }
    }

    @Test("What is doubtful is told of recorded rows alone, and of respondents without a line")
    func doubts() throws {
        let keys = """
            order: seq
            events:
              - type: survey.answered
                id: "{mid}"
                data: {survey: s, kind: csat, score: 3}
            """
        let rows = [
            "ticket/1,2,a,2030-05-05 10:00,", "ticket/1,1,b,2030-05-06 10:00,",
            "respondent/r,2,c,2030-05-05 10:00,", "respondent/r,1,d,2030-05-06 10:00,",
        ]
        try withStore { store in
            let expected = [
                DoubtGroup(
                    kind: .future, attribute: "time", count: 2, line: 2, cases: ["ticket/1"]),
                DoubtGroup(kind: .future, attribute: "time", count: 2, line: nil),
                DoubtGroup(
                    kind: .rowsOutOfOrder, attribute: "t", count: 1, line: 3, cases: ["ticket/1"]),
                DoubtGroup(kind: .rowsOutOfOrder, attribute: "t", count: 1, line: nil),
            ]
            #expect(try rehearse(rows, keys, in: store).doubts == expected)
            #expect(try record(rows, keys, in: store).doubts == expected)
            let kept = try store.read { view in
                try view.revealedEntry(view.entryCount - 1)
            }
            for told in [
                #"{\"future\":{\"cases\":[\"ticket/1\"],\"count\":2,\"line\":2}"#,
                #"\"rows_out_of_order\":{\"cases\":[\"ticket/1\"],\"count\":1,\"line\":3}}"#,
            ] { #expect(String(decoding: kept, as: UTF8.self).contains(told)) }
            // There already, and refused for another content.
            let again =
                rows + [
                    "ticket/2,2,e,2025-05-05 10:00,", "ticket/2,1,a,2025-05-06 10:00,",
                ]
            let outcome = try record(again, keys, in: store)
            #expect(outcome.counts.accepted == 1 && outcome.counts.refused == 1)
            #expect(outcome.doubts.isEmpty, "\(outcome.doubts)")
        }
    }
}
