import Auditing
import EventLog
import EventModel
import Generating
import Projections
import Testing

/// Method: a few events recorded at known times; what is found about each period of recording is
/// compared with what the words of the kinds say. The same log is searched whole and batch by batch,
/// which takes the other way through it.
@Suite("Doubtful entries, found in the log")
struct DoubtfulEntriesTests {
    private let zone = TimeZoneRules(
        name: "Asia/Jakarta", release: "2025b", transitions: [], offsetsSeconds: [25_200])

    private func event(
        _ id: String, _ type: String, _ subject: String, _ time: String, _ data: String = ""
    ) -> String {
        let usual = type == "ticket.opened" ? "\"channel\":\"email\",\"origin\":\"customer\"" : ""
        let data = usual + (usual.isEmpty || data.isEmpty ? "" : ",") + data
        return """
            {"specversion":"1.0","id":"\(id)","source":"test","type":"\(type)",\
            "subject":"\(subject)","time":"\(time)","data":{\(data)}}
            """
    }

    private func found(
        _ audited: AuditedLog, _ period: String, each: Bool = true
    ) throws -> [AuditException] {
        var search = AuditExceptions(of: audited.log)
        search.listsEach = each
        search.backdatedAfterMilliseconds = .max
        return try search.found(in: Period(period, today: Day(number: 0)), zone: zone)
    }

    private func texts(_ found: [AuditException]) -> [String] {
        found.map { "\($0.kind.rawValue) \($0.subject) \($0.detail) \($0.count)" }
    }

    @Test("Each kind is found in the period in which it arose, with its case")
    func kinds() throws {
        let audited = try AuditedLog(now: "2025-01-01T00:00:00Z")
        audited.now = try Instant(rfc3339: "2025-02-10T00:00:00Z")
        let scale = "\"survey\":\"s\",\"kind\":\"csat\",\"scale_minimum\":1,\"scale_maximum\":5"
        try audited.record([
            event("1", "ticket.opened", "ticket/1", "2025-02-01T08:00:00Z", "\"team\":\"Sales\""),
            event("2", "ticket.opened", "ticket/2", "2035-02-01T08:00:00Z", "\"team\":\"sales\""),
            event(
                "3", "survey.answered", "ticket/1", "2025-02-02T08:00:00Z", scale + ",\"score\":9"),
            event(
                "4", "survey.answered", "respondent/r", "2025-02-02T08:00:00Z",
                scale + ",\"score\":9"),
            event(
                "5", "ticket.status_changed", "ticket/5", "2025-02-02T08:00:00Z",
                "\"status\":\"open\""),
            event("6", "agent.profile_set", "agent/c", "2025-02-02T08:00:00Z"),
        ])
        audited.now = try Instant(rfc3339: "2025-03-10T00:00:00Z")
        try audited.record([
            // Two minutes early counts as at the opening, more does not.
            event(
                "7", "ticket.status_changed", "ticket/1", "2025-02-01T07:58:00Z",
                "\"status\":\"open\""),
            event(
                "8", "ticket.status_changed", "ticket/1", "2025-02-01T07:57:59.999Z",
                "\"status\":\"new\""),
            // The opening comes later than what it opens.
            event("9", "ticket.opened", "ticket/5", "2025-02-02T07:00:00Z", "\"team\":\"Care\""),
        ])
        #expect(
            try texts(found(audited, "2025-02")) == [
                "future ticket/2 ticket.opened 1",
                "names_alike team Sales · sales 1",
                "off_scale ticket/1 survey.answered: score 9 (1–5) 1",
                "off_scale   1",
            ])
        #expect(
            try texts(found(audited, "2025-03")) == [
                "moved ticket/1 ticket.status_changed 1",
                "end_before_start ticket/1 ticket.status_changed 1",
            ])
        // The whole log, as a doctor looks at it.
        try audited.log.read { view in
            var census = DoubtCensus()
            try view.findDoubts(in: 0..<view.entryCount) { census.add($0) }
            #expect(
                try census.named(in: view) == [
                    DoubtfulCases(kind: .offScale, count: 2, first: ["ticket/1"]),
                    DoubtfulCases(kind: .future, count: 1, first: ["ticket/2"]),
                    DoubtfulCases(kind: .endBeforeStart, count: 1, first: ["ticket/1"]),
                    DoubtfulCases(kind: .moved, count: 1, first: ["ticket/1"]),
                ])
        }
    }

    @Test("A case without an opening is found once, and no more when the opening was taken out")
    func openings() throws {
        let audited = try AuditedLog(now: "2025-01-01T00:00:00Z")
        audited.now = try Instant(rfc3339: "2025-02-10T00:00:00Z")
        let status = "\"status\":\"open\""
        try audited.record([
            event("1", "ticket.status_changed", "ticket/1", "2025-02-01T08:00:00Z", status),
            event("2", "ticket.status_changed", "ticket/2", "2025-02-01T08:00:00Z", status),
            event("3", "call.answered", "call/3", "2025-02-01T08:00:00Z", "\"agent\":\"Sari\""),
        ])
        audited.now = try Instant(rfc3339: "2025-03-10T00:00:00Z")
        try audited.record([
            event("4", "ticket.status_changed", "ticket/1", "2025-03-01T08:00:00Z", status)
        ])
        #expect(
            try texts(found(audited, "2025-02", each: false)) == [
                "no_opening ticket/1 ticket.status_changed 3"
            ])
        #expect(try found(audited, "2025-03").isEmpty)
        let count = try audited.entryCount
        try audited.record([event("5", "ticket.opened", "ticket/1", "2025-02-01T07:59:00Z")])
        #expect(try found(audited, "2025-02").map(\.subject) == ["ticket/2", "call/3"])
        try audited.void(count..<count + 1)
        #expect(try found(audited, "2025-02").map(\.subject) == ["ticket/1", "ticket/2", "call/3"])
    }

    @Test("Names that differ in case or in what is not seen are alike, others are not")
    func alike() throws {
        let audited = try AuditedLog(now: "2025-01-01T00:00:00Z")
        audited.now = try Instant(rfc3339: "2025-02-10T00:00:00Z")
        let names = [
            "Budi", "Bu\u{200B}di", "budi", "Budi ", "Ana Maria", "Ana\u{00A0}Maria", "Strasse",
            "STRASSE", "Dewi", "Dew\u{00ED}", "Eka  Putri", "Eka Putri", "İpek", "ipek",
            "\u{202A}Gita\u{202C}", "Gita", "Ha\u{3164}na", "Hana",
        ]
        try audited.record(
            names.enumerated().map {
                event(
                    "\($0)", "ticket.opened", "ticket/\($0)", "2025-02-01T08:00:00Z",
                    "\"agent\":\"\($1)\"")
            } + [event("p", "agent.profile_set", "agent/DEWI", "2025-02-01T08:00:00Z")])
        let alike = try audited.log.read { try $0.namesAlike(in: 0..<$0.entryCount) }
        #expect(
            Set(alike.map { "\($0.kind): \($0.text)" }) == [
                "agent: Budi · Bu\\u{200b}di · budi", "agent: Ana Maria · Ana\\u{a0}Maria",
                "agent: STRASSE · Strasse", "agent: DEWI · Dewi",
                "agent: Eka \\u{20}Putri · Eka Putri", "agent: ipek · İpek",
                "agent: Hana · Ha\\u{3164}na",
            ])
    }

    @Test("What is said of tickets in surveys is compared, what respondents say is not")
    func alikeAnswers() throws {
        let audited = try AuditedLog(now: "2025-01-01T00:00:00Z")
        audited.now = try Instant(rfc3339: "2025-02-10T00:00:00Z")
        let answers = [
            ("ticket/1", "Kas"), ("ticket/2", "kas"), ("respondent/a", "Gudang"),
            ("respondent/b", "gudang"),
        ]
        try audited.record(
            answers.map { subject, team in
                event(
                    subject, "survey.answered", subject, "2025-02-02T08:00:00Z",
                    "\"survey\":\"s\",\"kind\":\"csat\",\"scale_minimum\":1,\"scale_maximum\":5,"
                        + "\"score\":4,\"team\":\"\(team)\"")
            })
        let alike = try audited.log.read { try $0.namesAlike(in: 0..<$0.entryCount) }
        #expect(alike.map { "\($0.kind): \($0.text)" } == ["team: Kas · kas"])
    }

    @Test("Names are told where another that looks alike was said before, once")
    func alikeBefore() throws {
        let audited = try AuditedLog(now: "2025-01-01T00:00:00Z")
        func opened(_ id: String, _ agent: String) -> String {
            event(
                id, "ticket.opened", "ticket/\(id)", "2025-02-01T08:00:00Z",
                "\"agent\":\"\(agent)\"")
        }
        var ends = [try audited.entryCount]
        for (id, agent) in ["Budi", "Sari", "budi", "budi", "Budi"].enumerated() {
            try audited.record([opened("\(id)", agent)])
            ends.append(try audited.entryCount)
        }
        let found = try zip(ends, ends.dropFirst()).map { first, end in
            try audited.log.read { try $0.namesAlike(in: first..<end) }.count
        }
        #expect(found == [0, 0, 1, 0, 0])
    }

    @Test("A tie is told with the later recorded of its events, and with what it decides")
    func ties() throws {
        let audited = try AuditedLog(now: "2025-01-01T00:00:00Z")
        let start = try audited.entryCount
        audited.now = try Instant(rfc3339: "2025-02-10T00:00:00Z")
        func assigned(_ place: Int, _ agent: String, id: String = "a") -> String {
            event(
                "\(id)\(place)", "ticket.assigned", "ticket/\(place)", "2025-02-01T09:00:00Z",
                "\"agent\":\"\(agent)\"")
        }
        try audited.record(
            (0..<10).flatMap {
                [
                    event("o\($0)", "ticket.opened", "ticket/\($0)", "2025-02-01T08:00:00Z"),
                    assigned($0, "budi"),
                    event(
                        "r\($0)", "ticket.status_changed", "ticket/\($0)", "2025-02-01T10:00:00Z",
                        "\"status\":\"resolved\""),
                ]
            })
        audited.now = try Instant(rfc3339: "2025-03-10T00:00:00Z")
        // Who is told twice is no tie, as little as who was assigned at another time.
        try audited.record((0..<9).map { assigned($0, $0 < 8 ? "sari" : "budi", id: "b") })
        #expect(try found(audited, "2025-02").allSatisfy { $0.kind != .tie })
        let march = try found(audited, "2025-03").filter { $0.kind == .tie }
        #expect(march.map(\.subject) == (0..<8).map { "ticket/\($0)" })
        let first = try #require(march.first)
        // Thirty events and what the log says of them came before.
        #expect(first.sequence == start + 31)
        #expect(
            first.detail.contains("\(start + 1) = \(start + 31) ")
                && first.detail.contains("resolution"))
        // The whole, part by part, and as far as is tried.
        let live = try LiveProjections(of: audited.log)
        let end = try audited.entryCount
        func cases(_ entries: Range<UInt32>) throws -> [UInt32] {
            var found: [UInt32] = []
            try live.findDoubts(in: entries) { doubt, _ in
                if doubt.kind == .tie { found.append(doubt.caseID) }
            }
            return found
        }
        let whole = try cases(0..<end)
        #expect(whole.count == 8)
        #expect(try (start..<end).flatMap { try cases($0..<$0 + 1) } == whole)
        var tried = 0
        let untried = try live.findDoubts(in: 0..<end, trials: TieTrials(most: 3)) { doubt, _ in
            if doubt.kind == .tie { tried += 1 }
        }
        #expect(tried == 3 && untried == 6)
    }

    @Test("A generated year is told the same whole and batch by batch", arguments: 1...3)
    func bothWays(seed: UInt64) throws {
        let audited = try AuditedLog(now: "2025-01-01T00:00:00Z")
        audited.now = try Instant(rfc3339: "2026-01-05T00:00:00Z")
        var lines = try generatedLines(3000, seed: seed)
        lines.removeAll { $0.contains("event.voided") }
        // Openings are lost, and come late.
        var random = Seeded(seed)
        let late = lines.filter { $0.contains("ticket.opened") && random.below(5) == 0 }
        lines.removeAll { late.contains($0) }
        try audited.record(lines)
        try audited.record(late.prefix(late.count / 2))
        try audited.log.read { view in
            var whole: [CaseDoubt] = []
            try view.findDoubts(in: 0..<view.entryCount) { whole.append($0) }
            var parts: Set<CaseDoubt> = []
            var start: UInt32 = 0
            while start < view.entryCount {
                let end = min(view.entryCount, start + 37)
                try view.findDoubts(in: start..<end) { doubt in
                    // Which early entries are named first depends on what is looked at.
                    var doubt = doubt
                    doubt.sequences = [doubt.sequences.last ?? 0]
                    parts.insert(doubt)
                }
                start = end
            }
            let expected = Set(
                whole.map { doubt in
                    var doubt = doubt
                    doubt.sequences = [doubt.sequences.last ?? 0]
                    return doubt
                })
            #expect(expected.count > 10 && expected == parts, "seed \(seed)")
        }
    }
}
