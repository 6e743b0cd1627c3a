import EventModel
import Foundation
import Ingest
import Testing

@Suite("Changes: overlapping exports tell what one tells")
struct ChangesTests {
    static let yaml =
        MappedReaderTests.head + """
            missing: ["?", ""]
            events:
              - {type: ticket.opened, first: true, data: {origin: customer, channel: phone}}
              - type: ticket.assigned
                changed: [agent, team]
                data:
                  agent: {from: "{agent}", missing: ""}
                  team: {from: "{team}", missing: ""}
              - {type: ticket.status_changed, changed: [status], data: {status: "{status}"}}
              - type: message.posted
                when: {status: pending}
                repeats: count
                data: {direction: out, visibility: public, actor_kind: agent, actor: x}
            """
    static let header = "no,waktu,status,agent,team"

    /// What one export after the other leaves in a log.
    private func log(_ exports: [[String]], _ yaml: String = ChangesTests.yaml) throws
        -> RecordedCases
    {
        let log = RecordedCases()
        let mapping = try Mapping.read(yaml, file: "test.yaml", in: surroundings())
        for rows in exports {
            let csv = ([ChangesTests.header] + rows).joined(separator: "\n") + "\n"
            let source = InputSource(bytes: Array(csv.utf8), name: "test.csv")
            let file = try MappedFile(mapping, source)
            #expect(file.rejections.isEmpty)
            #expect(log.record(file.drafts).conflicts == 0)
        }
        return log
    }

    private func contents(_ log: RecordedCases) -> Set<EventDraft> { Set(log.drafts) }

    @Test("without an order of the source each row says all that it says")
    func statements() throws {
        let log = try log([
            ["1,2025-01-01 08:00,new,?,?", "1,2025-01-01 08:05,new,Budi,A"]
        ])
        #expect(
            log.drafts.map(\.type) == [
                "ticket.opened", "ticket.assigned", "ticket.status_changed", "ticket.assigned",
                "ticket.status_changed",
            ])
        #expect(log.drafts[1].text("agent") == "" && log.drafts[3].text("agent") == "Budi")
        #expect(RowHistory(log.drafts).changes["ticket/1 status"] == ["new"])
    }

    /// Rows of some cases in order of time, many in the same minute, going back and forth.
    static func rows(seed: UInt64, count: Int) -> [String] {
        var state = seed &* 2 &+ 1
        func random(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        var minute = 0
        return (0..<count).map { _ in
            minute += random(3) / 2
            let clock =
                "\(String(format: "%02d", minute / 60)):\(String(format: "%02d", minute % 60))"
            let status = ["new", "open", "pending", "resolved"][random(4)]
            let agent = ["?", "Budi", "Citra"][random(3)]
            return "\(random(4)),2025-01-01 \(clock),\(status),\(agent),\(["A", "B"][random(2)])"
        }
    }

    @Test("rows 1…n and then 1…m are the same as 1…m at once, for every n", arguments: 0..<6)
    func prefixes(seed: UInt64) throws {
        let rows = ChangesTests.rows(seed: seed, count: 60)
        let whole = try log([rows])
        for count in 1..<rows.count {
            let twice = try log([Array(rows.prefix(count)), rows])
            #expect(contents(twice) == contents(whole), "seed \(seed), \(count) rows first")
        }
    }

    @Test("overlapping windows that begin at a new minute tell the same as one export")
    func windows() throws {
        for seed in UInt64(10)..<20 {
            let rows = ChangesTests.rows(seed: seed, count: 80)
            let whole = try log([rows])
            let minutes = rows.map { $0.split(separator: ",")[1] }
            let starts = rows.indices.filter { $0 == 0 || minutes[$0] != minutes[$0 - 1] }
            let exports = stride(from: 0, to: starts.count, by: 4).map { place in
                Array(rows[starts[place]..<min(rows.count, starts[place] + 40)])
            }
            #expect(
                RowHistory(try log(exports).drafts) == RowHistory(whole.drafts), "seed \(seed)")
        }
    }

    @Test("there and back within one minute is two changes")
    func thereAndBack() throws {
        let log = try log([
            [
                "1,2025-01-01 08:00,open,?,?", "1,2025-01-01 08:00,pending,?,?",
                "1,2025-01-01 08:00,open,?,?",
            ]
        ])
        let states = log.drafts.filter { $0.type == "ticket.status_changed" }
        #expect(states.map { $0.text("status") } == ["open", "pending", "open"])
        #expect(Set(states.map(\.id)).count == 3)
    }

    @Test("identical rows collapse unless they are to be counted")
    func repeats() throws {
        let rows = Array(repeating: "1,2025-01-01 08:00,pending,?,?", count: 3)
        #expect(try log([rows]).drafts.count { $0.type == "message.posted" } == 3)
        #expect(try log([rows, rows]).drafts.count { $0.type == "message.posted" } == 3)
        // Rows of other instants may stand between them.
        let mixed = [rows[0], "1,2025-01-01 09:00,new,?,?", rows[1], rows[2]]
        #expect(try log([mixed]).drafts.count { $0.type == "message.posted" } == 3)
        let collapsing = ChangesTests.yaml.replacing("repeats: count", with: "repeats: collapse")
        #expect(try log([rows], collapsing).drafts.count { $0.type == "message.posted" } == 1)
    }

    @Test("a refused row is not counted among those that are alike")
    func refusedRepeats() throws {
        let yaml =
            MappedReaderTests.head + """
                events:
                  - type: message.posted
                    repeats: count
                    data: {direction: out, visibility: public, actor_kind: agent, actor: x}
                  - type: message.posted
                    repeats: count
                    data:
                      direction: in
                      visibility: public
                      actor_kind: customer
                      automatic: "{automatic}"
                """
        let rows = ["1,2025-01-01 08:00,yes", "1,2025-01-01 08:00,yes"]
        func file(_ rows: [String]) throws -> MappedFile {
            let csv = (["no,waktu,automatic"] + rows).joined(separator: "\n") + "\n"
            return try MappedFile(
                Mapping.read(yaml, file: "test.yaml", in: surroundings()),
                InputSource(bytes: Array(csv.utf8), name: "test.csv"))
        }
        let sound = try file(rows)
        #expect(sound.rejections.isEmpty && Set(sound.drafts.map(\.id)).count == 4)
        let mixed = try file([rows[0], "1,2025-01-01 08:00,perhaps", rows[1]])
        #expect(mixed.rejections.count == 1)
        #expect(mixed.drafts == sound.drafts)
    }

    @Test(
        "ServiceNow's first incidents, exported twice, give the events of one export",
        .enabled(if: hasShared("data/servicenow-incidents")))
    func realFile() throws {
        let path = sharedPath("data/servicenow-incidents/incident_event_log.csv.gz")
        let text = String(decoding: try readAll(InputSource(path: path)), as: UTF8.self)
        let lines = text.split(separator: "\n", maxSplits: 1500).prefix(1500).map(String.init)
        let mapping = try shippedMapping("servicenow")
        func export(_ count: Int, _ log: RecordedCases) throws {
            let csv = lines.prefix(count).joined(separator: "\n") + "\n"
            let source = InputSource(bytes: Array(csv.utf8), name: "export")
            let file = try MappedFile(mapping, source)
            #expect(log.record(file.drafts).conflicts == 0)
        }
        let whole = RecordedCases()
        try export(1500, whole)
        for count in [2, 700, 1001, 1499] {
            let twice = RecordedCases()
            try export(count, twice)
            try export(1500, twice)
            #expect(contents(twice) == contents(whole), "\(count) lines first")
        }
    }
}
