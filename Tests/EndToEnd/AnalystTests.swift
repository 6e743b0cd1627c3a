import Foundation
import Testing

/// Method: the built command over a small generated log, typed as an analyst would; what stands in
/// the store afterwards is compared with what is built in one go.
@Suite("An analyst's way")
struct AnalystTests {
    /// A projection of the second version of which other facts come out.
    static let first = """
        projection: slow_reply
        version: 1
        title: Slow replies
        of: ticket
        let:
          opened: {first: ticket.opened}
          answer: {first: message.posted, after: opened, where: {direction: out, visibility: public}}
        fact: answer
        dimensions: {agent: answer.actor, team: latest team, channel: opened.channel}
        measures:
          wait: {from: opened, to: answer}
        ---
        kpi: slow_reply_time
        version: 1
        title: Slow reply time
        group: operational
        unit: duration
        better: lower
        value: mean(slow_reply.wait)

        """

    static let second =
        first.components(separatedBy: "---")[0]
        .replacing("version: 1", with: "version: 2")
        .replacing("public}}", with: "public, actor_kind: agent}}")

    private func made(events: Int = 6000) throws -> Command {
        let command = try Command()
        try command.run("init")
        try command.shell("rekam generate --events \(events) --seed 11 | rekam ingest -")
        try command.file("one.yaml", Self.first)
        try command.file("two.yaml", Self.second)
        return command
    }

    private func cells(_ command: Command, _ name: String = "slow_reply") throws -> String {
        try command.run("projection", "cells", name).out
    }

    @Test("A KPI that waits for its projection keeps no period from closing, and is named")
    func waiting() throws {
        let command = try made(events: 2000)
        #expect(try command.run("projection", "add", "one.yaml").code == 0)
        let result = try command.shell(
            """
            rekam period close 2025-Q1; echo "closed $?"
            rekam snapshot export --period 2025-Q1 --out q1; echo "exported $?"
            rekam snapshot verify q1 > /dev/null; echo "verified $?"
            rekam replay --period 2025-Q1 > /dev/null; echo "replayed $?"
            rekam diff --period 2025-Q1 --as-of 1000 --as-of 2000 > /dev/null; echo "compared $?"
            rekam query slow_reply_time --period 2025; echo "asked $?"
            """)
        for word in [
            "closed 0", "exported 0", "verified 0", "replayed 0", "compared 0", "asked 64",
            "for want of a projection: slow_reply_time.",
        ] {
            #expect(result.out.contains(word), "\(word): \(result)")
        }
    }

    @Test("From a file to a promoted KPI, compared, promoted, undone and dropped")
    func way() throws {
        let command = try made()
        let tried = try command.run("projection", "try", "one.yaml", "--period", "2025")
        #expect(tried.code == 0 && tried.out.contains("nothing stored"), "\(tried)")
        #expect(try command.run("projection", "status", "slow_reply").code == 64)
        #expect(try command.run("projection", "add", "one.yaml").code == 0)
        #expect(try command.run("query", "slow_reply_time", "--period", "2025").code == 64)
        #expect(try command.run("projection", "promote", "slow_reply", "--reason", "x").code == 64)
        #expect(try command.run("projection", "backfill", "slow_reply").code == 0)
        #expect(
            try command.run("projection", "promote", "slow_reply", "--reason", "asked").code == 0)
        let figure = try command.run(
            "query", "slow_reply_time", "--period", "2025", "--format", "csv")
        #expect(figure.code == 0)
        #expect(tried.out.contains("Slow reply time"))
        // Another meaning under the same version is refused, the same text is not; other words for
        // people are recorded, and nothing is built anew.
        try command.file(
            "other.yaml", Self.first.replacing("opened.channel", with: "latest channel"))
        let changed = try command.run("projection", "add", "other.yaml")
        #expect(changed.code == 65 && changed.error.contains("expected version: 2"), "\(changed)")
        try command.file("told.yaml", Self.first.replacing("Slow replies", with: "Quick replies"))
        let told = try command.run("projection", "add", "told.yaml")
        #expect(told.code == 0 && told.out.contains("Recorded the new texts of projection"))
        #expect(try command.run("query", "slow_reply_time", "--period", "2025").code == 0)
        #expect(try command.run("projection", "add", "one.yaml").code == 0)
        // The second version.
        #expect(try command.run("projection", "add", "two.yaml").code == 0)
        let diff = try command.run(
            "projection", "diff", "slow_reply@1", "slow_reply@2", "--period", "2025")
        #expect(diff.code == 0, "\(diff)")
        #expect(diff.out.contains("slow_reply_time"), "\(diff.out)")
        let before = try cells(command)
        #expect(try command.run("projection", "backfill", "slow_reply@2").code == 0)
        #expect(try cells(command) == before)
        #expect(
            try command.run("projection", "promote", "slow_reply@2", "--reason", "bots").code == 0)
        let after = try cells(command)
        #expect(after != before)
        #expect(
            try command.run("projection", "drop", "slow_reply@2", "--reason", "x").code == 64)
        #expect(
            try command.run("projection", "promote", "slow_reply", "--undo", "--reason", "no").code
                == 0)
        #expect(try cells(command) == before)
        #expect(try command.run("projection", "drop", "slow_reply@2", "--reason", "x").code == 0)
        #expect(try command.run("verify").code == 0)
        let log = try command.run("log", "case", "log/definitions").out
        #expect(log.contains("\"reason\":\"bots\"") && log.contains("definition.dropped"))
    }

    @Test("The promoted projection is the one built after the fact, whatever came in meanwhile")
    func builtAfter() throws {
        let command = try made()
        try command.run("projection", "add", "one.yaml")
        try command.shell("rekam projection backfill slow_reply")
        try command.shell("rekam generate --events 9000 --seed 11 | rekam ingest -")
        try command.run("projection", "promote", "slow_reply", "--reason", "x")
        let live = try cells(command)
        #expect(live.count > 1000)
        try command.run("projection", "rebuild", "slow_reply")
        #expect(try cells(command) == live)
    }

    @Test("Killed at random moments, a backfill goes on and ends with the same cells")
    func killed() throws {
        let isThorough = ProcessInfo.processInfo.environment["REKAM_THOROUGH"] != nil
        let command = try made(events: isThorough ? 60_000 : 12_000)
        try command.run("projection", "add", "one.yaml")
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var state = seed
        let started = Date()
        try command.shell("rekam projection backfill slow_reply --memory 16M --threads 1")
        let whole = max(20, Int(Date().timeIntervalSince(started) * 1000))
        try command.run("projection", "promote", "slow_reply", "--reason", "x")
        let expected = try cells(command)
        for version in 2...(isThorough ? 101 : 5) {
            try command.file(
                "v.yaml",
                Self.first.components(separatedBy: "---")[0].replacing(
                    "version: 1", with: "version: \(version)"))
            try command.run("projection", "add", "v.yaml")
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let moment = Int(state >> 33) % whole
            try command.shell(
                "rekam projection backfill slow_reply@\(version) --memory 16M & "
                    + "sleep \(Double(moment) / 1000); kill -KILL $! 2>/dev/null; wait; true")
            let resumed = try command.run("projection", "backfill", "slow_reply@\(version)")
            #expect(resumed.code == 0, "seed \(seed), \(moment) ms: \(resumed)")
            try command.run(
                "projection", "promote", "slow_reply@\(version)", "--reason", "x")
            #expect(try cells(command) == expected, "seed \(seed), killed after \(moment) ms")
        }
        #expect(try command.run("verify").code == 0)
    }

    @Test("One case is played event by event, and its facts are those of the whole log")
    func play() throws {
        let command = try made()
        try command.run("projection", "add", "one.yaml")
        let rows = try command.run("facts", "slow_reply", "--period", "2025").out
            .split(whereSeparator: \.isNewline)
        #expect(rows.count > 100)
        let subject = String(rows[1].split(separator: ",")[0])
        let play = try command.run("projection", "try", "one.yaml", "--case", subject)
        #expect(play.code == 0 && play.out.contains("opened = this event"), "\(play)")
        #expect(play.out.components(separatedBy: "+ fact:").count == 2)
        let json = try command.run("facts", "slow_reply", "--period", "2025", "--format", "json")
            .out
        #expect(json.split(separator: "\n").count == rows.count - 1)
        let query = try command.run(
            "query", "first_response_time.count", "--period", "2025", "--format", "json")
        #expect(query.code == 0)
    }

    @Test("An example that does not hold is refused with what differed")
    func examples() throws {
        let command = try made(events: 100)
        let events = """
            examples:
              - title: one answer
                events:
                  - {ticket.opened: {channel: email, origin: customer}}
                  - {message.posted: {direction: out, visibility: public, actor_kind: agent, actor: Budi}, at: +30m}
                facts:
                  - {agent: Budi, wait: WAIT}

            """
        func file(_ wait: String) -> String {
            Self.first.replacing("---", with: events.replacing("WAIT", with: wait) + "---")
        }
        try command.file("right.yaml", file("30m"))
        try command.file("wrong.yaml", file("31m"))
        let right = try command.run("projection", "check", "right.yaml")
        #expect(right.code == 0 && right.out.contains("1 example holds."), "\(right)")
        for verb in ["check", "add"] {
            let wrong = try command.run("projection", verb, "wrong.yaml")
            #expect(wrong.code == 65)
            #expect(wrong.error.contains("wait is 30m, expected 31m"), "\(wrong)")
        }
    }

    @Test("The shipped examples hold", arguments: ["second-reply", "many-teams", "weekend-share"])
    func shipped(name: String) throws {
        let command = try made()
        let path = Command.root.appending(path: "Schemas/examples/\(name).yaml").path
        let check = try command.run("projection", "check", path)
        #expect(check.code == 0 && check.out.contains("examples hold."), "\(check)")
        let tried = try command.run(
            "projection", "try", path, "--period", "2025", "--by", "channel")
        #expect(tried.code == 0 && tried.out.contains("facts in 2025"), "\(tried)")
    }

    @Test("Types evolve: old events are read by the new version, live and rebuilt alike")
    func evolve() throws {
        let command = try Command()
        try command.run("init")
        func schema(_ upcast: String, _ fields: String) -> String {
            """
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Visit",
            "$ref": "cloudevent.json", "type": "object", \(upcast)
            "properties": {"type": {"const": "visit.ended"}, "subject": {"pattern": "^visit/."},
            "data": {"type": "object", "properties": {\(fields)}, "additionalProperties": false}}}
            """
        }
        let name = #"{"type": "string", "maxLength": 50, "x-column": "name"}"#
        try command.file(
            "one.json",
            schema(
                "",
                #""desk": \#(name), "end": {"type": "string", "enum": ["a"], "x-column": "enum"}"#))
        try command.file(
            "two.json",
            schema(
                #""x-version": 2, "x-upcast": {"renamed": {"desk": "counter"}, "defaults": {"brand": "main"}},"#,
                #""counter": \#(name), "brand": \#(name), "end": {"type": "string", "enum": ["a", "b"], "x-column": "enum"}"#
            ))
        try command.file("bad.json", schema("", #""desk": {"type": "string", "pattern": "x"}"#))
        func event(_ id: Int, _ data: String) -> String {
            #"{"specversion":"1.0","id":"\#(id)","source":"t","type":"visit.ended","#
                + #""subject":"visit/\#(id)","time":"2025-07-14T08:12:00Z","data":\#(data)}"# + "\n"
        }
        let refused = try command.run("schema", "add", "bad.json")
        #expect(refused.code == 65 && refused.error.contains("pattern"), "\(refused)")
        #expect(try command.run("schema", "add", "one.json").code == 0)
        try command.file(
            "v.yaml",
            """
            projection: visits
            version: 1
            title: Visits
            of: visit
            fact: {each: visit.ended}
            dimensions: {desk: fact.desk, end: fact.end}
            measures: {}
            """)
        try command.file(
            "a.ndjson", (0..<70).map { event($0, #"{"desk":"D","end":"a"}"#) }.joined())
        #expect(try command.run("ingest", "a.ndjson").code == 0)
        for step in ["add v.yaml", "backfill visits", "promote visits --reason x"] {
            #expect(try command.shell("rekam projection " + step).code == 0)
        }
        let first = try cells(command, "visits")
        #expect(try command.run("schema", "add", "two.json").code == 0)
        #expect(try cells(command, "visits") == first)
        try command.file(
            "b.ndjson",
            (70..<150).map { event($0, #"{"counter":"C","end":"b","brand":"gold"}"#) }.joined())
        #expect(try command.run("ingest", "b.ndjson").code == 0)
        let live = try cells(command, "visits")
        #expect(live.contains(",D,a,70") && live.contains(",C,b,80"), "\(live)")
        try command.run("projection", "rebuild", "visits")
        #expect(try cells(command, "visits") == live)
        try command.file(
            "w.yaml",
            """
            projection: brands
            version: 1
            title: Brands
            of: visit
            fact: {each: visit.ended, where: {brand: present}}
            dimensions: {counter: fact.counter, brand: fact.brand}
            measures: {}
            """)
        for step in ["add w.yaml", "backfill brands", "promote brands --reason x"] {
            #expect(try command.shell("rekam projection " + step).code == 0)
        }
        let brands = try cells(command, "brands")
        #expect(brands.contains(",D,main,70") && brands.contains(",C,gold,80"), "\(brands)")
        #expect(try command.run("verify").code == 0)
        // Events of the first version say so, or are refused by the second.
        try command.file("c.ndjson", event(900, #"{"desk":"D","end":"a"}"#))
        #expect(try command.run("ingest", "c.ndjson").code == 65)
        let named = event(901, #"{"desk":"D","end":"a"}"#).replacing(
            #""data""#, with: #""dataschema":"https://x/visit.ended/1","data""#)
        try command.file("d.ndjson", named)
        #expect(try command.run("ingest", "d.ndjson").code == 0)
        #expect(try cells(command, "brands").contains(",D,main,71"))
        #expect(try command.run("verify").code == 0)
    }

    @Test("A build that meets a fault says where, keeps it, and what answers goes on")
    func fault() throws {
        let command = try made(events: 300)
        try command.file(
            "f.yaml",
            """
            projection: amounts
            version: 1
            title: Amounts
            of: ticket
            fact: {each: cost.recorded}
            dimensions: {amount: fact.amount}
            measures: {}
            """)
        let event =
            #"{"specversion":"1.0","id":"big","source":"t","type":"cost.recorded","subject":"ticket/T","#
            + #""time":"2025-07-14T08:12:00Z","data":{"amount":9007199254740991,"currency":"IDR"}}"#
        try command.file("big.ndjson", event + "\n")
        #expect(try command.run("ingest", "big.ndjson").code == 0)
        try command.run("projection", "add", "f.yaml")
        let build = try command.run("projection", "backfill", "amounts")
        #expect(build.code == 74 && build.error.contains("beyond 32 bits"), "\(build)")
        let status = try command.run("projection", "status", "amounts", "--format", "json").out
        let list = try JSONSerialization.jsonObject(with: Data(status.utf8)) as? [[String: Any]]
        let fault = list?.first?["fault"] as? [String: Any]
        #expect(fault?["sequence"] is NSNumber && fault?["reason"] is String, "\(status)")
        #expect(try command.run("query", "ticket_volume", "--period", "2025").code == 0)
    }

    @Test("The reference page is what the schemas say, and each of its definitions is read")
    func reference() throws {
        let command = try made(events: 100)
        let tool = Command.root.appending(path: "tools/language").path
        let check = try command.shell("python3 \(tool) --check")
        #expect(check.code == 0, "\(check)")
        let page = try String(
            contentsOf: Command.root.appending(path: "docs/REFERENCE.md"), encoding: .utf8)
        let blocks = page.components(separatedBy: "```yaml\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0] + "\n"
        }
        #expect(blocks.count == 12)
        for block in blocks {
            try command.file("q.yaml", block)
            let read = try command.run("projection", "check", "q.yaml")
            #expect(read.code == 0, "\(block)\n\(read.error)")
        }
    }
}
