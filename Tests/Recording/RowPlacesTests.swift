import EventLog
import EventModel
import Ingest
import Recording
import Testing

/// Method: a history of one instant is exported again and again, each time longer, as analysts do every
/// night; the places that the log has of its rows, and what is told of them, follow from the words of
/// `row-order` alone.
@Suite("Places of rows: exports that grow or overlap give each row the same one, or it is told")
struct RowPlacesTests {
    private let now = Instant(milliseconds: 1_767_574_800_000)

    private func csv(_ rows: [String]) -> [UInt8] {
        Array((["case,when,status"] + rows).joined(separator: "\n").utf8 + [0x0A])
    }

    /// - Parameter order: what the order of rows means; empty where rows are counted, and have no place.
    private func mapping(_ order: String, _ store: LogStore, more: String = "") throws -> Mapping {
        let yaml = """
            mapping: m
            source: crm
            time: {format: yyyy-MM-dd HH:mm}
            times: {t: "{when}"}
            case: "{case}"
            at: t
            \(order.isEmpty ? "" : "row-order: \(order)")
            events:
              - type: ticket.status_changed
                \(order.isEmpty ? "repeats: count" : "")
                data: {status: "{status}"}
            \(more)
            """
        return try Mapping.read(
            yaml, file: "m.yaml",
            in: MappingSurroundings(types: store.types, storeZone: .utc, zone: { _ in nil }))
    }

    private func row(_ status: String, case number: Int = 1, at time: String = "10:00") -> String {
        "ticket/\(number),2025-05-05 \(time),\(status)"
    }

    /// What is told of rows' places.
    private func told(_ outcome: IngestOutcome) -> [String] {
        outcome.doubts.filter { $0.kind == .rowPlaces }.map {
            "\($0.count) from line \($0.line ?? 0): \($0.cases.joined(separator: ", "))"
        }
    }

    /// Exports one after the other, each rehearsed first.
    private func ingest(
        _ exports: [[String]], _ order: String, more: String = "", in store: LogStore
    ) throws -> [[String]] {
        let now = now
        let mapping = try mapping(order, store, more: more)
        var found: [[String]] = []
        for rows in exports {
            var nothing = store.rehearsal()
            let run = Import(into: store, clock: { now })
            let rehearsed = try run.rehearse(
                InputSource(bytes: csv(rows), name: "rows.csv"), through: mapping,
                after: &nothing
            ) { _, _ in }
            let outcome = try run.run(
                InputSource(bytes: csv(rows), name: "rows.csv"), through: mapping)
            #expect(told(rehearsed) == told(outcome))
            found.append(told(outcome))
        }
        return found
    }

    /// States in the order of the log's words, one after the other.
    private func states(_ store: LogStore) throws -> [String] {
        try store.read { view in
            guard let id = try view.caseID("ticket/1") else { return [] }
            let history = try view.caseHistory(id)
            return try view.inOrder(history, types: view.types).map { sequence in
                let entry = try JSONValue(
                    parsing: String(decoding: view.entry(sequence), as: UTF8.self))
                guard case .string(let status)? = entry["data"]?["status"] else { return "" }
                return status
            }
        }
    }

    @Test("Longer and longer exports are right, newest first and oldest first")
    func growing() throws {
        // A state that comes again is another row: it has another time in a real history.
        let distinct = ["new", "open", "pending", "hold", "resolved", "closed"]
        for order in ["oldest-first", "newest-first"] {
            try withStore { (store: LogStore) throws -> Void in
                var exports: [[String]] = []
                for count in [1, 3, 4, 6, 6] {
                    var rows = distinct.prefix(count).map { row($0) }
                    rows.append(row("open", case: 2, at: "11:00"))
                    exports.append(order == "oldest-first" ? rows : rows.reversed())
                }
                let told = try ingest(exports, order, in: store)
                #expect(told == Array(repeating: [], count: exports.count), "\(order)")
                #expect(try states(store) == distinct, "\(order)")
            }
        }
    }

    @Test("Rows of other cases and instants between rows of one move none of them")
    func between() throws {
        let distinct = ["new", "open", "pending", "hold"]
        try withStore { (store: LogStore) throws -> Void in
            var exports: [[String]] = []
            for count in [2, 3, 4, 4] {
                // Each row after some of the others, which tell of another day in one export and not in
                // the next.
                let rows = distinct.prefix(count).reversed().enumerated().flatMap { place, status in
                    [row(status)]
                        + (0..<(place + exports.count) % 3).map {
                            row("open", case: 10 + $0, at: "\(12 + place):0\($0)")
                        }
                }
                exports.append(rows)
            }
            let told = try ingest(exports, "newest-first", in: store)
            #expect(told == Array(repeating: [], count: exports.count))
            #expect(try states(store) == distinct)
        }
    }

    @Test("A refused row keeps its place, so that it comes right when it is put right")
    func refused() throws {
        for order in ["oldest-first", "newest-first"] {
            try withStore { (store: LogStore) throws -> Void in
                func export(_ middle: String) -> [String] {
                    let rows = ["new", middle, "closed"].map { row($0) }
                    return order == "oldest-first" ? rows : rows.reversed()
                }
                let told = try ingest([export("wrong"), export("hold")], order, in: store)
                #expect(told == [[], []], "\(order)")
                #expect(try states(store) == ["new", "hold", "closed"], "\(order)")
            }
        }
    }

    @Test("An export that begins within an instant, or has a row among those of before, is told")
    func told() throws {
        try withStore { (store: LogStore) throws -> Void in
            // Cut: nothing says that what follows comes after.
            let told = try ingest(
                [[row("new"), row("open")], [row("hold"), row("closed")]], "oldest-first",
                in: store)
            #expect(told == [[], ["2 from line 2: ticket/1"]])
        }
        try withStore { (store: LogStore) throws -> Void in
            let told = try ingest(
                [
                    [row("new"), row("closed")], [row("new"), row("hold"), row("closed")],
                ], "oldest-first", in: store)
            #expect(told == [[], ["2 from line 3: ticket/1"]])
        }
        try withStore { (store: LogStore) throws -> Void in
            // Another instant, another case: nothing to tell.
            let told = try ingest(
                [
                    [row("new")], [row("new", case: 2), row("open", at: "10:01")],
                ], "newest-first", in: store)
            #expect(told == [[], []])
        }
    }

    @Test(
        "Rows alike are counted from the oldest on, so that an export that grows adds the new ones")
    func alike() throws {
        let history = ["open", "pending", "open", "pending", "open", "closed"]
        for order in ["oldest-first", "newest-first"] {
            try withStore { (store: LogStore) throws -> Void in
                let exports = [1, 2, 3, 5, 6, 6].map { count in
                    let rows = history.prefix(count).flatMap { [row($0), row($0, case: 2)] }
                    return order == "oldest-first" ? rows : rows.reversed()
                }
                #expect(
                    try ingest(exports, order, in: store)
                        == Array(repeating: [], count: exports.count), "\(order)")
                #expect(try states(store) == history, "\(order)")
            }
        }
    }

    @Test(
        "A row alike that may be lost at the end of a file is told, in files that overlap none is")
    func cut() throws {
        let history = [
            row("new", at: "09:00"), row("open"), row("open"), row("closed", at: "11:00"),
        ]
        func told(_ order: String, _ parts: [[String]]) throws -> [[String]] {
            var found: [[String]] = []
            try withStore { found = try ingest(parts, order, in: $0) }
            return found
        }
        let parts = [Array(history[..<2]), Array(history[2...])]
        for order in ["oldest-first", ""] {
            #expect(try told(order, parts) == [[], ["1 from line 2: ticket/1"]])
            #expect(try told(order, parts.reversed()) == [[], ["1 from line 3: ticket/1"]])
            #expect(try told(order, [history, history]) == [[], []])
            #expect(try told(order, [Array(history[..<3]), Array(history[0...])]) == [[], []])
            #expect(try told(order, [Array(history[1...]), Array(history[0...])]) == [[], []])
        }
    }

    @Test(
        "A row at a place that is taken is told, also where another of its events is there already")
    func takenWithRepetition() throws {
        let channel = "  - {type: ticket.attributes_set, data: {channel: email}}"
        try withStore { (store: LogStore) throws -> Void in
            let parts = [[row("new", at: "09:00"), row("open")], [row("closed")]]
            #expect(
                try ingest(parts, "oldest-first", more: channel, in: store)
                    == [[], ["1 from line 2: ticket/1"]])
        }
        try withStore { (store: LogStore) throws -> Void in
            let rows = [row("new", at: "09:00"), row("open"), row("closed")]
            #expect(
                try ingest([rows, rows], "oldest-first", more: channel, in: store) == [[], []])
        }
    }

    @Test(
        "A long instant is numbered from its oldest row on, also in batches and beside other cases")
    func interleaved() throws {
        try withStore { (store: LogStore) throws -> Void in
            let states = ["new", "open", "pending", "hold", "resolved", "closed"]
            let rows = states.flatMap { [row($0), row($0, case: 2)] }
            #expect(try ingest([rows.reversed()], "newest-first", in: store) == [[]])
            #expect(try self.states(store) == states)
            #expect(
                try ingest([Array(rows.dropFirst(2)).reversed()], "newest-first", in: store)
                    == [["10 from line 2: ticket/2, ticket/1"]])
        }
    }
}
