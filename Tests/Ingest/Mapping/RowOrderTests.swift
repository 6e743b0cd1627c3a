import EventModel
import Ingest
import Testing

/// Method: rows of a small history are handed over in other orders and in parts; what the events say
/// of the cases (`RowHistory`) must stay the same, though they may be more.
@Suite("Order of rows: what a file says does not depend on it")
struct RowOrderTests {
    private func yaml(_ keys: String) -> String {
        MappedReaderTests.head + keys + """

            missing: ["?"]
            events:
              - {type: ticket.opened, first: true, data: {origin: customer, channel: "{kanal}"}}
              - type: ticket.assigned
                changed: [agent, team]
                data:
                  agent: {from: "{agent}", missing: ""}
                  team: {from: "{team}", missing: ""}
              - {type: ticket.status_changed, changed: [status], data: {status: "{status}"}}
            """
    }

    /// Rows of three cases, several within a minute, counted by case.
    private func rows(seed: UInt64, everyMinute: Bool = false) -> [String] {
        var random = Generator(state: seed)
        var counts = [0, 0, 0]
        var minute = 0
        return (0..<40).map { _ in
            minute += everyMinute ? 1 : Int.random(in: 0...1, using: &random)
            let number = Int.random(in: 0..<3, using: &random)
            counts[number] += 1
            let status = ["new", "open", "pending", "resolved"].randomElement(using: &random)!
            let agent = ["?", "Budi", "Citra"].randomElement(using: &random)!
            let team = ["A", "B"].randomElement(using: &random)!
            let clock = "0\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
            return "\(number),2025-07-01 \(clock),\(counts[number]),\(status),\(agent),\(team),"
                + (counts[number] == 1 ? "email" : "phone")
        }
    }

    private func drafts(_ parts: [[String]], _ yaml: String) throws -> [EventDraft] {
        let mapping = try Mapping.read(yaml, file: "test.yaml", in: surroundings())
        let log = RecordedCases()
        for rows in parts {
            let csv = (["no,waktu,urut,status,agent,team,kanal"] + rows).joined(separator: "\n")
            let file = try MappedFile(
                mapping, InputSource(bytes: Array(csv.utf8), name: "test.csv"))
            #expect(file.rejections.isEmpty && file.refusals().isEmpty)
            #expect(log.record(file.drafts).conflicts == 0)
        }
        return log.drafts
    }

    @Test(
        "by the source's order any order and any parts say the same",
        arguments: 1...12 as ClosedRange<UInt64>)
    func anyOrder(seed: UInt64) throws {
        let rows = rows(seed: seed)
        var random = Generator(state: seed)
        for keys in ["order: urut", "order: \"{urut}\""] {
            let yaml = yaml(keys)
            let whole = try drafts([rows], yaml)
            let history = RowHistory(whole)
            #expect(history.openings.values.allSatisfy { $0.text("channel") == "email" })
            #expect(RowHistory(try drafts([rows.reversed()], yaml)) == history, "seed \(seed)")
            for _ in 0..<5 {
                let shuffled = rows.shuffled(using: &random)
                #expect(RowHistory(try drafts([shuffled], yaml)) == history, "seed \(seed)")
                let cut = Int.random(in: 0...rows.count, using: &random)
                let parts = [Array(shuffled[cut...]), Array(shuffled[..<cut])]
                #expect(RowHistory(try drafts(parts, yaml)) == history, "seed \(seed), at \(cut)")
                let overlap = [Array(rows[(cut / 2)...]), Array(rows[..<cut])]
                #expect(RowHistory(try drafts(overlap, yaml)) == history, "seed \(seed), at \(cut)")
            }
        }
    }

    @Test(
        "without one so they do where no two rows of a case have one time",
        arguments: 1...12 as ClosedRange<UInt64>)
    func distinctTimes(seed: UInt64) throws {
        let rows = rows(seed: seed, everyMinute: true)
        var random = Generator(state: seed)
        let history = RowHistory(try drafts([rows], yaml("")))
        #expect(RowHistory(try drafts([rows.reversed()], yaml(""))) == history, "seed \(seed)")
        for _ in 0..<5 {
            let shuffled = rows.shuffled(using: &random)
            let cut = Int.random(in: 0...rows.count, using: &random)
            let parts = [Array(shuffled[cut...]), Array(shuffled[..<cut])]
            #expect(RowHistory(try drafts(parts, yaml(""))) == history, "seed \(seed), at \(cut)")
        }
    }

    @Test(
        "rows stand oldest first or newest first within an instant",
        arguments: 1...12 as ClosedRange<UInt64>)
    func rowOrder(seed: UInt64) throws {
        let rows = rows(seed: seed)
        let oldest = try drafts([rows], yaml("row-order: oldest-first"))
        let newest = try drafts([rows.reversed()], yaml("row-order: newest-first"))
        #expect(RowHistory(oldest).changes == RowHistory(newest).changes, "seed \(seed)")
        #expect(
            RowHistory(oldest).changes
                == RowHistory(try drafts([rows], yaml("order: urut"))).changes)
    }

    @Test("no row goes untold for what others say, whatever counts them")
    func nothingLeftOut() throws {
        for orders in [["1", "2", "3"], ["3", "2", "1"], ["a", "b", "c"], ["?", "?", "1"]] {
            let rows = orders.enumerated().map { row, order in
                "1,2025-01-01 08:0\(row),\(order),open,Budi,A,web"
            }
            for keys in ["order: urut", "row-order: oldest-first", ""] {
                let said = try drafts([rows], yaml(keys)).filter { $0.type != "ticket.opened" }
                #expect(said.count == 2 * rows.count, "\(orders), \(keys)")
            }
        }
    }

    @Test("what a row says of a state in one event it does not say again in another")
    func saidInOneRow() throws {
        let yaml =
            MappedReaderTests.head + """
                order: urut
                events:
                  - type: ticket.status_changed
                    when: {agent: Budi}
                    data: {status: resolved, resolution: solved}
                  - {type: ticket.status_changed, changed: [status], data: {status: "{status}"}}
                """
        func given(_ rows: [String]) throws -> [String] {
            try drafts([rows], yaml).map { "\($0.text("status")!) \($0.text("resolution") ?? "")" }
        }
        #expect(try given(["1,2025-01-01,1,resolved,Budi,A,web"]) == ["resolved solved"])
        #expect(try given(["1,2025-01-01,1,open,Budi,A,web"]) == ["resolved solved", "open "])
        #expect(
            try given(["1,2025-01-01,1,resolved,Budi,A,web", "1,2025-01-01,2,resolved,Ana,A,web"])
                == ["resolved solved", "resolved "])
    }

    @Test("every event of a row has its order: a number where it is whole, else a text")
    func orders() throws {
        let drafts = try drafts(
            [
                [
                    "1,2025-01-01,007,open,Budi,A,web", "1,2025-01-02,a7,open,Budi,A,web",
                    "1,2025-01-03,-3,open,Budi,A,web", "1,2025-01-04,1.5.0,open,Budi,A,web",
                ]
            ],
            yaml("order: urut"))
        let orders = drafts.filter { $0.type != "ticket.opened" }.map(\.order)
        #expect(
            orders
                == [.integer(7), .text("a7"), .integer(-3), .text("1.5.0")].flatMap { [$0, $0] })
        #expect(drafts[0].order == .integer(7))
        let mapping = try Mapping.read(yaml("order: urut"), file: "m", in: surroundings())
        let long = String(repeating: "x", count: 33)
        let file = try MappedFile(
            mapping,
            InputSource(
                bytes: Array(
                    "no,waktu,urut,status,agent,team,kanal\n1,2025-01-01,\(long),open,a,b,c\n".utf8),
                name: "test.csv"))
        #expect(file.rejections.map(\.field) == ["order"] && file.rejections[0].value == long)
    }

    @Test("whole numbers go by their value, however long and however they are written")
    func numbers() throws {
        let orders: [(String, SourceOrder)] = [
            ("9007199254740991", .integer(9_007_199_254_740_991)),
            ("9007199254740992", .text("16:9007199254740992")),
            ("-9007199254740991", .integer(-9_007_199_254_740_991)),
            ("0036028797018963968", .text("17:36028797018963968")), ("+7", .integer(7)),
            ("7.0", .integer(7)), ("\"1,024\"", .integer(1024)), ("-0", .integer(0)),
            ("v7", .text("v7")), ("2025.01.02", .text("2025.01.02")),
        ]
        let rows = orders.enumerated().map { "\($0),2025-01-01,\($1.0),open,Budi,A,web" }
        #expect(
            try drafts([rows], yaml("order: urut")).filter { $0.type == "ticket.opened" }
                .map(\.order) == orders.map(\.1))
        // One order is one event, however it is written.
        let alike = ["2", "02", "2.0"].map { "1,2025-01-01,\($0),open,Budi,A,web" }
        #expect(Set(try drafts([alike], yaml("order: urut")).map(\.id)).count == 3)
    }

    @Test("a number that is not whole is refused, and so is an order with a control character")
    func noOrders() throws {
        let mapping = try Mapping.read(yaml("order: urut"), file: "m", in: surroundings())
        for text in ["9.5", "9e0", "1E+3", "\"9,5\"", ".5", "-9007199254740992"] {
            let csv = "no,waktu,urut,status,agent,team,kanal\n1,2025-01-01,\(text),open,a,b,c\n"
            let file = try MappedFile(
                mapping, InputSource(bytes: Array(csv.utf8), name: "test.csv"))
            #expect(file.rejections.map(\.field) == ["order"] && file.drafts.isEmpty, "\(text)")
        }
        for control in ["\u{1}", "\u{7f}", "\u{9f}"] {
            let csv =
                "no,waktu,urut,status,agent,team,kanal\n1,2025-01-01,a\(control)b,open,a,b,c\n"
            let file = try MappedFile(
                mapping, InputSource(bytes: Array(csv.utf8), name: "test.csv"))
            #expect(file.rejections.map(\.field) == ["order"] && file.drafts.isEmpty)
        }
    }

    @Test("a first row further back opens the case too, and the earliest is the one that counts")
    func openings() throws {
        let drafts = try drafts(
            [
                [
                    "1,2025-01-03,3,open,Budi,A,late", "1,2025-01-01,1,new,?,?,early",
                    "1,2025-01-02,2,new,?,?,between", "1,2025-01-01,1,new,?,?,again",
                ]
            ], yaml(""))
        let openings = drafts.filter { $0.type == "ticket.opened" }
        // Nothing tells which of two rows of one time is the first: the log has both.
        #expect(openings.map { $0.text("channel") } == ["late", "early", "again"])
        #expect(RowHistory(drafts).openings["ticket/1"]?.text("channel") == "early")
    }

    @Test(
        "an opening with a time of its own is the first row's, by the source's order or the row's time",
        arguments: ["", "order: urut", "row-order: oldest-first"])
    func ownTimes(keys: String) throws {
        let yaml =
            MappedReaderTests.head.replacing("times: {", with: "times: {opened: \"{agent}\", ")
            + keys + """

                events:
                  - type: ticket.opened
                    first: true
                    at: opened
                    data: {origin: customer, channel: "{kanal}"}
                """
        let opened = "2025-07-01 08:00"
        // One row says as much as an earlier one, and one has the source's count against its time.
        let rows = [
            "1,2025-07-01 08:00,1,open,\(opened),A,web",
            "1,2025-07-01 08:00,2,open,\(opened),A,app",
            "1,2025-07-02 08:00,3,open,\(opened),A,web",
            "1,2025-07-03 08:00,4,open,\(opened),A,fax",
        ]
        func first(_ rows: [String], _ yaml: String) throws -> String? {
            try drafts([rows], yaml).filter { $0.type == "ticket.opened" }.min {
                RowHistory.order($0) < RowHistory.order($1)
            }?.text("channel")
        }
        let newest = yaml.replacing("oldest-first", with: "newest-first")
        #expect(try first(rows, yaml) == "web")
        #expect(
            try first(keys.isEmpty ? [rows[0]] + rows[2...].reversed() : rows.reversed(), newest)
                == "web")
        #expect(try first([rows[3], rows[2], rows[0]], newest) == "web")
        #expect(try first([rows[2], rows[3], rows[1]], newest) == "app")
    }

    @Test(
        "Of rows that stand for an opening with a time of its own all nine decimals tell the first")
    func decimals() throws {
        let yaml =
            MappedReaderTests.head.replacing("times: {", with: "times: {opened: \"{agent}\", ")
                + """
                events:
                  - {type: ticket.opened, first: true, at: opened, data: {origin: customer, channel: "{kanal}"}}
                """
        let rows = ["000000001", "000000002", "123456789", "123456790"].map {
            "1,2025-07-01T08:00:00.\($0)Z,1,open,2025-07-01 08:00,A,\($0)"
        }
        for order in [rows, rows.reversed(), [rows[2], rows[0], rows[3], rows[1]]] {
            let openings = try drafts([order], yaml)
            let first = openings.min { RowHistory.order($0) < RowHistory.order($1) }
            #expect(first?.text("channel") == "000000001")
            #expect(Set(openings.map(\.id)).count == openings.count)
            #expect(Set(openings.map { RowHistory.order($0).text }).count == openings.count)
        }
        #expect(try drafts([rows.reversed()], yaml).count == 4)
        // One channel: what tells the openings apart is their rows' time alone.
        let alike = rows.map { String($0.prefix { $0 != "A" }) + "A,web" }
        #expect(Set(try drafts([alike.reversed()], yaml).map(\.id)).count == 4)
    }

    @Test("Rows whose places mean something are counted where they are alike, not taken for one")
    func alikeRows() throws {
        let rows = ["open", "pending", "open"].map { "1,2025-07-01 08:00,1,\($0),Budi,A,web" }
        func yaml(_ keys: String, _ more: String = "") -> String {
            MappedReaderTests.head + keys + """

                events:
                  - {type: ticket.status_changed, data: {status: "{status}"}\(more)}
                """
        }
        func statuses(_ keys: String, _ rows: [String]) throws -> [String?] {
            try drafts([rows], yaml(keys)).sorted {
                RowHistory.order($0) < RowHistory.order($1)
            }.map { $0.text("status") }
        }
        let expected = ["open", "pending", "open"]
        #expect(try statuses("row-order: oldest-first", rows) == expected)
        #expect(try statuses("row-order: newest-first", rows.reversed()) == expected)
        #expect(throws: (any Error).self) {
            try Mapping.read(
                yaml("row-order: newest-first", ", repeats: collapse"), file: "m",
                in: surroundings())
        }
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) << 32 | (state &* 0x9E37_79B9_7F4A_7C15) >> 32
        }
    }
}
