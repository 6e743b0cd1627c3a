import Auditing
import EventLog
import EventModel
import Projections
import Querying
import Recording
import Shipped
import Testing

/// Method: a quarter is closed, then late, voided and corrected events and a new definition come;
/// every figure that moved must be found with the entries that moved it, and no other.
@Suite("Closed books")
struct ClosedBooksTests {
    private func desk() throws -> AuditedLog {
        let audited = try AuditedLog(now: "2025-09-30T00:00:00Z")
        for number in 1...3 { try open(audited, number, agent: "Budi") }
        return audited
    }

    private func open(
        _ audited: AuditedLog, _ number: Int, agent: String, id: String? = nil,
        day: Int? = nil
    ) throws {
        try audited.record(
            "ticket.opened", "ticket/\(number)", at: "2025-09-0\(day ?? number)T02:00:00Z",
            id: id ?? "o\(number)",
            [
                .init("channel", .text("email")), .init("origin", .text("customer")),
                .init("agent", .text(agent)),
            ])
    }

    private func close(_ audited: AuditedLog, _ text: String) throws -> Period {
        let period = try Period(text, today: Day(number: 0))
        let count = try audited.entryCount
        try audited.log.appendOwn(
            [
                audited.log.closing(
                    of: period, entries: count, snapshot: "", reason: nil, by: "sari",
                    at: audited.now)
            ], recorded: audited.now)
        return period
    }

    private func periods(_ audited: AuditedLog) throws -> ClosedPeriods {
        try audited.log.read { try ClosedPeriods($0, upTo: $0.entryCount) }
    }

    private func changes(
        _ audited: AuditedLog, from count: UInt32, kpi: String, by: [String] = []
    ) throws -> [ChangedCell] {
        var comparison = Comparison(
            of: audited.log, from: count, to: try audited.entryCount, options: BuildOptions())
        comparison.kpis = [kpi]
        comparison.by = by
        return try comparison.run(Period("2025-Q3", today: Day(number: 0))).cells
    }

    @Test("Late, voided and corrected events are named behind what they moved") func causes() throws
    {
        let audited = try desk()
        let count = try audited.entryCount
        audited.wait(milliseconds: 86_400_000)
        try open(audited, 4, agent: "Citra")
        // Ticket 1 was a mistake; ticket 2's agent was wrong.
        try audited.void(count - 3..<count - 2, reason: "spam", by: "sari")
        try audited.void(count - 2..<count - 1, reason: "wrong agent")
        try open(audited, 2, agent: "Citra")
        let cells = try changes(audited, from: count, kpi: "ticket_volume")
        let total = cells.first { $0.figure.key.isEmpty }
        // 3 − 1 + 1 = 3: all together reads the same.
        #expect(total == nil)
        let budi = try #require(cells.first { $0.figure.key.first?.value == "Budi" })
        #expect(budi.figure.before.value == Fraction(3) && budi.figure.after.value == Fraction(1))
        #expect(budi.causes.map(\.kind) == [.voided, .corrected])
        #expect(budi.causes[0].voided == count - 3 && budi.causes[0].reason == "spam")
        #expect(budi.causes[0].person == "sari")
        let citra = try #require(cells.first { $0.figure.key.first?.value == "Citra" })
        #expect(citra.figure.after.value == Fraction(2))
        #expect(citra.causes.map(\.kind) == [.late, .corrected])
        #expect(citra.causes[1].anew == count + 3)
        // What touched nothing is no cause.
        #expect(try changes(audited, from: count, kpi: "csat").isEmpty)
    }

    @Test("A late fact with nothing of what is counted is named where it makes a cell of 0")
    func nothingCounted() throws {
        let audited = try desk()
        func answered(_ agent: String, resolved: Bool) throws {
            try audited.record(
                "call.answered", "call/\(agent)", at: "2025-09-05T02:00:00Z", id: "a\(agent)",
                [.init("agent", .text(agent))])
            try audited.record(
                "call.ended", "call/\(agent)", at: "2025-09-05T02:05:00Z", id: "e\(agent)",
                [.init("resolved", .boolean(resolved)), .init("outcome", .text("handled"))])
        }
        try answered("Budi", resolved: true)
        let count = try audited.entryCount
        audited.wait(milliseconds: 86_400_000)
        try answered("Citra", resolved: false)
        let cells = try changes(audited, from: count, kpi: "calls_resolved", by: ["agent"])
        let citra = try #require(cells.first { $0.figure.key.first?.value == "Citra" })
        #expect(citra.figure.before.value == .none && citra.figure.after.value == Fraction(0))
        // The call's end, with nothing resolved, changes nothing.
        #expect(citra.causes.map(\.sequence) == [count])
        #expect(cells.count == 1 && citra.causes.allSatisfy { $0.kind == .late })
    }

    @Test("What was said of people is named behind what it moved, and nothing else")
    func profiles() throws {
        func set(
            _ audited: AuditedLog, _ agent: String, _ department: String, at day: String, id: String
        ) throws {
            try audited.record(
                "agent.profile_set", "agent/\(agent)", at: "2025-\(day)T02:00:00Z", id: id,
                [.init("department", .text(department))])
        }
        let audited = try desk()
        try set(audited, "Budi", "east", at: "09-01", id: "p1")
        try set(audited, "Citra", "east", at: "09-01", id: "p2")
        let count = try audited.entryCount
        audited.wait(milliseconds: 86_400_000)
        // Budi was elsewhere from the 3rd on; Dewi has no tickets; Citra has one, and stays.
        try set(audited, "Budi", "west", at: "09-03", id: "p3")
        try set(audited, "Dewi", "west", at: "09-03", id: "p4")
        try set(audited, "Citra", "north", at: "10-03", id: "p5")
        try open(audited, 4, agent: "Citra")
        let cells = try changes(
            audited, from: count, kpi: "ticket_volume", by: ["agent.department"])
        func causes(_ department: String) -> [UInt32]? {
            cells.first { $0.figure.key.first?.value == department }?.causes.map(\.sequence)
        }
        // East: 3 − 1 + 1 = 3.
        #expect(cells.map(\.figure.key.first?.value) == ["west"])
        #expect(causes("west") == [count])
        #expect(cells[0].causes.map(\.kind) == [.late])
        #expect(cells[0].figure.before.count == 0 && cells[0].figure.after.value == Fraction(1))
        // Taken back, and told otherwise.
        let then = try audited.entryCount
        try audited.void(count..<count + 1, reason: "a mistake")
        try set(audited, "Budi", "south", at: "09-02", id: "p6")
        let now = try changes(
            audited, from: then, kpi: "ticket_volume", by: ["agent.department"])
        #expect(now.map(\.figure.key.first?.value) == ["east", "south", "west"])
        #expect(now.allSatisfy { $0.causes.map(\.kind) == [.voided, .late] })
        #expect(now.allSatisfy { $0.causes.map(\.sequence) == [then, then + 1] })
        // What nobody asks by moved nothing.
        #expect(try changes(audited, from: then, kpi: "ticket_volume", by: ["channel"]).isEmpty)
    }

    @Test("A new definition is named where it moved a figure") func definitions() throws {
        let audited = try desk()
        let count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        try audited.revise("kpi", "ticket_volume") {
            $0.replacing("value: count(ticket_volume)", with: "value: 10 * count(ticket_volume)")
        }
        let cells = try changes(audited, from: count, kpi: "ticket_volume")
        let total = try #require(cells.first { $0.figure.key.isEmpty })
        #expect(
            total.figure.before.value == Fraction(3) && total.figure.after.value == Fraction(30))
        #expect(total.causes.map(\.kind) == [.definition])
        #expect(total.causes[0].subject == "kpi ticket_volume@2")
    }

    @Test("Only what a figure rests on is named as its cause") func unrelated() throws {
        let audited = try desk()
        for number in 1...3 {
            try audited.record(
                "message.posted", "ticket/\(number)", at: "2025-09-0\(number)T09:00:00Z",
                id: "m\(number)",
                [
                    .init("direction", .text("out")), .init("visibility", .text("public")),
                    .init("actor_kind", .text("agent")), .init("actor", .text("Budi")),
                ])
        }
        try audited.catchUp()
        let count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        // A calendar, a KPI and an event type that most figures have nothing to do with.
        try audited.revise("calendar", "indonesia") {
            $0.replacing("08:00-12:00", with: "08:00-09:30")
        }
        try audited.revise("kpi", "csat") { $0.replacing("100 *", with: "50 *") }
        for kpi in ["ticket_volume", "first_response_time"] {
            try audited.revise("kpi", kpi) { $0.replacing("value: ", with: "value: 2 * ") }
        }
        func causes(_ kpi: String) throws -> Set<String> {
            let cells = try changes(audited, from: count, kpi: kpi)
            #expect(!cells.isEmpty, "\(kpi)")
            return Set(cells.flatMap(\.causes).map(\.subject))
        }
        #expect(try causes("ticket_volume") == ["kpi ticket_volume@2"])
        // Its projection measures business time, too, and this KPI does not read that.
        #expect(try causes("first_response_time") == ["kpi first_response_time@2"])
        #expect(try causes("first_response_time_business") == ["calendar indonesia@2"])
    }

    @Test("A KPI that was registered after a closing is not defined then, and not restated")
    func definedLater() throws {
        let audited = try desk()
        audited.now = try Instant(rfc3339: "2025-10-02T00:00:00Z")
        _ = try close(audited, "2025-Q3")
        try audited.register(
            "kpi", "twice",
            """
            kpi: twice
            version: 1
            title: Twice
            group: operational
            unit: count
            better: lower
            value: 2 * count(ticket_volume)
            """)
        try audited.catchUp()
        let count = try audited.entryCount
        let closing = try #require(try periods(audited).history.first)
        let books = try #require(
            try ClosedBooks(of: audited.log, upTo: count, options: BuildOptions()))
        let context = try StoreState(of: audited.log, asOf: count)
        context.books = books
        let request = QueryRequest(
            kpis: ["twice", "ticket_volume"], by: ["agent"], period: "2025-Q3")
        let answer = try context.answer(request)
        #expect(answer.total.statuses == [.notDefinedThen, .closed])
        #expect(answer.rows.map(\.statuses) == [[.notDefinedThen, .closed]])

        let then = try StoreState(of: audited.log, asOf: closing.entries)
        func reported(_ kpis: [String], by: [String] = []) throws -> Answer {
            try then.reported(
                QueryRequest(kpis: kpis, by: by, period: "2025-Q3"),
                present: StoreState(of: audited.log, asOf: count))
        }
        let both = try reported(["twice", "ticket_volume"], by: ["agent"])
        #expect(both.columns.map(\.name) == ["twice", "ticket_volume"])
        #expect(both.total.statuses == [.notDefinedThen, .closed])
        #expect(both.total.figures.map(\.value) == [.none, Fraction(3)])
        #expect(both.rows.map(\.figures).map { $0.map(\.value) } == [[.none, Fraction(3)]])
        #expect(both.basis.sequence == closing.entries)
        let alone = try reported(["twice"])
        #expect(alone.total.statuses == [.notDefinedThen] && alone.definitions.isEmpty)
        #expect(alone.total.figures.map(\.value) == [.none])
        #expect(alone.basis.sequence == closing.entries && alone.basis.root == both.basis.root)
        // A name that neither state has is a fault of the question.
        #expect(throws: QueryFaults.self) { try reported(["thrice", "ticket_volume"]) }
    }

    @Test("A dimension that came after a closing is not defined then; all together is as reported")
    func splitLater() throws {
        let audited = try desk()
        audited.now = try Instant(rfc3339: "2025-10-02T00:00:00Z")
        _ = try close(audited, "2025-Q3")
        try audited.revise("projection", "ticket_volume") {
            $0.replacing(
                "  channel: opened.channel",
                with: "  channel: opened.channel\n  way: opened.channel")
        }
        try audited.catchUp()
        let count = try audited.entryCount
        let books = try #require(
            try ClosedBooks(of: audited.log, upTo: count, options: BuildOptions()))
        let context = try StoreState(of: audited.log, asOf: count)
        context.books = books
        let answer = try context.answer(
            QueryRequest(kpis: ["ticket_volume"], by: ["way"], period: "2025-Q3"))
        #expect(answer.rows.map(\.statuses) == [[.notDefinedThen]])
        #expect(answer.total.statuses == [.closed])
    }

    @Test("Figures of a closed period are closed, or restated where they changed") func marks()
        throws
    {
        let audited = try desk()
        audited.now = try Instant(rfc3339: "2025-10-02T00:00:00Z")
        _ = try close(audited, "2025-Q3")
        try open(audited, 4, agent: "Citra")
        try audited.catchUp()
        let count = try audited.entryCount
        let books = try #require(
            try ClosedBooks(of: audited.log, upTo: count, options: BuildOptions()))
        let context = try StoreState(of: audited.log, asOf: count)
        context.books = books
        let answer = try context.answer(
            QueryRequest(kpis: ["ticket_volume"], by: ["agent"], period: "2025-Q3"))
        #expect(answer.rows.map(\.key) == [["Budi"], ["Citra"]])
        #expect(answer.rows.map { $0.statuses[0] } == [.closed, .restated])
        #expect(answer.total.statuses == [.restated])
        // A month of it belongs to the same books; the next quarter does not.
        let month = try context.answer(QueryRequest(kpis: ["ticket_volume"], period: "2025-07"))
        #expect(month.total.statuses == [.closed])
        let open = try context.answer(QueryRequest(kpis: ["ticket_volume"], period: "2025-10"))
        #expect(open.total.statuses == [.provisional])
    }

    private func reopen(_ audited: AuditedLog, _ period: Period) throws {
        let closing = try periods(audited).requireReopenable(period)
        try audited.log.appendOwn(
            [audited.log.reopening(of: closing, reason: "late", by: nil, at: audited.now)],
            recorded: audited.now)
        audited.wait(milliseconds: 1000)
    }

    @Test("What was first reported stays, however often the books are opened and closed again")
    func reported() throws {
        let audited = try desk()
        audited.now = try Instant(rfc3339: "2025-10-02T00:00:00Z")
        let quarter = try close(audited, "2025-Q3")
        let first = try #require(try periods(audited).history.first)
        var closings = [first.sequence]
        func statuses() throws -> [FigureStatus] {
            try audited.catchUp()
            let count = try audited.entryCount
            let books = try #require(
                try ClosedBooks(of: audited.log, upTo: count, options: BuildOptions()))
            let context = try StoreState(of: audited.log, asOf: count)
            context.books = books
            let answer = try context.answer(
                QueryRequest(kpis: ["ticket_volume"], by: ["agent"], period: "2025-Q3"))
            return answer.rows.map { $0.statuses[0] } + answer.total.statuses
        }
        for round in 1...3 {
            try reopen(audited, quarter)
            #expect(try statuses().first == .reopened, "Budi's figure is as reported")
            try open(audited, 3 + round, agent: "Citra")
            #expect(try statuses() == [.reopened, .restated, .restated])
            _ = try close(audited, "2025-Q3")
            // Closed anew, it still isn't what was reported first.
            #expect(try statuses() == [.closed, .restated, .restated])
            let books = try periods(audited)
            closings.append(try #require(books.history.last).sequence)
            #expect(books.reported == [try #require(books.history.first)])
            #expect(books.history.map(\.sequence) == closings)
            #expect(try books.report(of: quarter, at: nil).entries == first.entries)
            for closing in closings {
                #expect(try books.report(of: quarter, at: closing).sequence == closing)
            }
            #expect(throws: ClosingFault.noClosing(quarter, at: first.sequence + 1)) {
                try books.report(of: quarter, at: first.sequence + 1)
            }
            let cells = try changes(audited, from: first.entries, kpi: "ticket_volume")
            let total = try #require(cells.first { $0.figure.key.isEmpty })
            #expect(total.figure.before.value == Fraction(3))
            #expect(total.figure.after.value == Fraction(Int128(3 + round)))
        }
        let other = try Period("2025-Q4", today: Day(number: 0))
        #expect(try periods(audited).firstReport(of: other.days) == nil)
        #expect(throws: ClosingFault.notClosed(other)) {
            try periods(audited).report(of: other, at: nil)
        }
    }

    @Test("The next version of an event type is named where it moved a figure") func schemas()
        throws
    {
        let audited = try desk()
        let count = try audited.entryCount
        audited.wait(milliseconds: 1000)
        let shipped = try #require(
            Shipped.texts(in: "events").first { $0.path.hasSuffix("ticket.opened.json") })
        let text = shipped.text.replacing(
            "\"type\": \"object\",\n  \"properties\": {\n    \"type\"",
            with: """
                "x-version": 2, "x-upcast": {"defaults": {"reason": "complaint"}},
                  "type": "object",
                  "properties": {
                    "type"
                """)
        #expect(text != shipped.text)
        try SchemaRegistration([("opened.json", text)], for: audited.log.types)
            .record(in: audited.log, at: audited.now)
        let cells = try changes(audited, from: count, kpi: "complaint_count")
        let total = try #require(cells.first { $0.figure.key.isEmpty })
        #expect(total.figure.before.value == Fraction(0) && total.figure.after.value == Fraction(3))
        #expect(total.causes.map(\.kind) == [.definition])
        #expect(total.causes[0].subject == "event_schema ticket.opened@2")
        // What reads no such field moved no figure, and is not listed.
        #expect(try changes(audited, from: count, kpi: "ticket_volume").isEmpty)
    }

    @Test("How soon a period's events were recorded is counted by its own last day")
    func timeliness()
        throws
    {
        let audited = try AuditedLog(now: "2025-09-30T00:00:00Z")
        // Days end at 17:00 UTC there. The last moment within, and the first after it.
        let moments = [
            "2025-09-30T01:00:00Z", "2025-09-30T17:00:00Z", "2025-10-01T16:59:59.999Z",
            "2025-10-01T17:00:00Z", "2025-10-07T16:59:59.999Z", "2025-10-07T17:00:00Z",
        ]
        for (number, moment) in moments.enumerated() {
            audited.now = try Instant(rfc3339: moment)
            try open(audited, number + 1, agent: "Budi")
        }
        // Taken back, it is no event; of another month, it is another period's.
        try open(audited, 8, agent: "Budi")
        try audited.void((try audited.entryCount) - 1..<(try audited.entryCount))
        try audited.record(
            "ticket.opened", "ticket/9", at: "2025-10-01T02:00:00Z", id: "o9",
            [.init("channel", .text("email")), .init("origin", .text("customer"))])
        // When people who are not to be known answered is not told.
        try audited.record(
            "survey.answered", "respondent/x", at: "2025-09-20T02:00:00Z", id: "r1",
            [
                .init("survey", .text("pulse")), .init("kind", .text("pulse")),
                .init("score", .integer(4)), .init("scale_minimum", .integer(1)),
                .init("scale_maximum", .integer(5)),
            ])
        let zone = try audited.log.read { try $0.definitions().storeTimeZone ?? .utc }
        let periods = try ["2025-09", "2025-Q3", "2025-08"].map {
            try Period($0, today: Day(number: 0))
        }
        let found = try audited.log.read { try $0.timeliness(of: periods, zone: zone) }
        #expect(found.map(\.events) == [6, 6, 0])
        #expect(found.map(\.withinDay) == [3, 3, 0])
        #expect(found.map(\.withinWeek) == [5, 5, 0])
    }

    @Test("Periods nest, and never cut each other") func rules() throws {
        let audited = try desk()
        audited.now = try Instant(rfc3339: "2025-10-02T00:00:00Z")
        let today = try Period("2025-10-02", today: Day(number: 0)).days.lowerBound
        func check(_ text: String) throws -> String? {
            do throws(ClosingFault) {
                guard let period = try? Period(text, today: today) else { return "no period" }
                try self.periods(audited, text).requireClosable(period, today: today)
                return nil
            } catch { return error.description }
        }
        #expect(try check("2025-10")?.contains("is not over") == true)
        let august = try close(audited, "2025-08")
        #expect(try check("2025-08")?.contains("closed already") == true)
        #expect(try check("2025-08-04")?.contains("lies in 2025-08") == true)
        #expect(try check("2025-W31")?.contains("cuts 2025-08") == true)
        #expect(try check("2025-Q3") == nil)
        _ = try close(audited, "2025-Q3")
        let both = try periods(audited)
        #expect(throws: ClosingFault.self) { try both.requireReopenable(august) }
        #expect(both.closing(of: august.days)?.period == august)
        let quarter = try Period("2025-07..2025-09", today: today)
        let closing = try both.requireReopenable(quarter)
        try audited.log.appendOwn(
            [audited.log.reopening(of: closing, reason: "late", by: nil, at: audited.now)],
            recorded: audited.now)
        let left = try periods(audited)
        #expect(left.inForce.map(\.period) == [august])
        #expect(left.history.count == 2 && left.history[1].reopening?.reason == "late")
        #expect(throws: ClosingFault.notClosed(quarter)) { try left.requireReopenable(quarter) }
        // Closed anew, the last closing counts.
        audited.wait(milliseconds: 1000)
        try open(audited, 4, agent: "Citra")
        _ = try close(audited, "2025-Q3")
        let last = try periods(audited)
        #expect(last.closing(of: quarter.days)?.entries == (try audited.entryCount) - 1)
    }

    /// The rules as they stand; a closure that throws only its own faults needs them at hand.
    private func periods(_ audited: AuditedLog, _ text: String) -> ClosedPeriods {
        guard let periods = try? periods(audited) else { fatalError(text) }
        return periods
    }
}
