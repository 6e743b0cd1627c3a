import Definitions
import EventModel
import Shipped
import Testing

/// The shipped definitions, read and checked as an analyst's would be.
@Suite struct CatalogueTests {
    static let files = Shipped.paths(in: "catalogue").map {
        (path: $0, text: Shipped.text(of: $0) ?? "")
    }
    static let types: EventTypes? = try? EventTypes.shipped(
        texts: Shipped.paths(in: "events").map { ($0, Shipped.text(of: $0) ?? "") })

    static func library() throws -> DefinitionLibrary {
        DefinitionLibrary(types: try #require(types), files: files)
    }

    @Test func `The whole catalogue is read and checked against the shipped event types`() throws {
        let all = try Self.library().all()
        #expect(all.count > 50)
        for definition in all {
            #expect(definition.explanation(in: .english).contains("It reads"))
        }
    }

    @Test func `The tests' own event types are those that ship`() throws {
        let shipped = try #require(Self.types)
        for schema in vocabulary.schemas {
            let other = try #require(shipped[schema.type], "\(schema.type)")
            guard !schema.isLogsOwn else { continue }
            for column in schema.columns {
                let same = other.columns.first { $0.name == column.name }
                #expect(
                    same?.shape == column.shape,
                    "\(schema.type).\(column.name): \(String(describing: same))")
            }
        }
    }

    @Test func `The KPIs that a service team expects are there`() throws {
        let names = try Self.library().kpiNames
        for name in [
            "ticket_volume", "complaint_count", "first_response_time", "reply_time",
            "first_assignment_time", "first_resolution_time", "resolution_time", "reopen_rate",
            "tickets_resolved", "escalation_rate", "backlog", "csat", "survey_response_rate",
            "sla_compliance", "sla_first_response_compliance", "transfers_per_ticket",
            "replies_sent", "calls_offered", "abandonment_rate", "average_speed_of_answer",
            "service_level", "average_handle_time", "calls_resolved", "nps", "churned_customers",
        ] { #expect(names.contains(name), "\(name)") }
    }

    @Test func `Every KPI says in both languages what it is, and where it comes from`() throws {
        let library = try Self.library()
        for name in library.kpiNames {
            let kpi = try #require(try library.kpi(name))
            #expect(!kpi.description.english.isEmpty && !kpi.source.isEmpty, "\(name)")
            for text in [kpi.description] + kpi.notes {
                #expect(text.indonesian != text.english, "\(name): \(text.english)")
            }
            #expect(["operational", "organizational"].contains(kpi.group))
        }
    }

    @Test func `Ticket projections can be asked by agent, team, channel, category and priority`()
        throws
    {
        let library = try Self.library()
        for name in library.projectionNames {
            let projection = try #require(try library.projection(name))
            guard projection.subjectKinds == ["ticket"] else { continue }
            let names = projection.dimensions.map(\.name)
            for wanted in ["agent", "team", "channel", "category", "priority"] {
                #expect(names.contains(wanted), "\(name) by \(wanted)")
            }
        }
    }

    @Test func `Merged and removed tickets leave every ticket projection`() throws {
        let library = try Self.library()
        for name in library.projectionNames {
            let projection = try #require(try library.projection(name))
            guard projection.subjectKinds.contains("ticket") else { continue }
            // What was spent on a merged ticket was spent all the same.
            let isMoney = projection.measures.contains {
                if case .money = $0.source { true } else { false }
            }
            if isMoney { continue }
            let gone = projection.bindings.first { $0.name == "gone" }
            guard case .first(let selector)? = gone?.kind else {
                Issue.record("\(name) keeps merged tickets")
                continue
            }
            #expect(selector.types == ["ticket.merged", "ticket.removed"])
            #expect(projection.conditions.contains(.exists("gone", negated: true)), "\(name)")
        }
    }

    @Test func `A KPI of one measure has its statistics without writing them`() throws {
        let kpi = try #require(try Self.library().kpi("first_response_time"))
        #expect(kpi.statistics.map(\.name) == ["p50", "p90", "p95", "max", "min", "count"])
        #expect(kpi.unit(ofStatistic: "p90") == .duration)
        #expect(kpi.unit(ofStatistic: "count") == .count)
        #expect(
            kpi.statistics[1].formula
                == .aggregate(
                    Aggregate(
                        function: .percentile(90), projection: "first_response", measure: "wait")))
    }

    @Test func `A statistic is in the unit its formula gives, whatever the KPI's own is`() throws {
        let text = """
            projection: p
            version: 1
            title: P
            of: ticket
            let:
              opened: {first: ticket.opened}
              last: {last: message.posted}
              n: {count: message.posted}
            fact: last
            dimensions: {channel: opened.channel}
            measures: {wait: {from: opened, to: last}, n: n}
            ---
            kpi: waits
            version: 1
            title: W
            group: operational
            unit: UNIT
            better: lower
            value: VALUE
            statistics:
              messages: sum(p.n)
              each: sum(p.n) / count(p)
              facts: count(p)
              longest: max(p.wait)
              hours: sum(p.wait) / 1h

            """
        func units(_ unit: String, _ value: String) throws -> [Unit] {
            let read = try DefinitionReader(types: try #require(Self.types)).read(
                text.replacing("UNIT", with: unit).replacing("VALUE", with: value), file: "p.yaml")
            guard case .kpi(let kpi)? = read.last else { return [] }
            #expect(
                (kpi.better(ofStatistic: "longest") == nil) == (unit != "duration")
                    && kpi.better(ofStatistic: nil) == .lower)
            return ["messages", "each", "facts", "longest", "hours"].map {
                kpi.unit(ofStatistic: $0)
            }
        }
        #expect(
            try units("duration", "mean(p.wait)") == [.ratio, .ratio, .count, .duration, .ratio])
        #expect(
            try units("ratio", "count(p) / days()") == [.ratio, .ratio, .count, .duration, .ratio])
        #expect(
            try units("percent", "100 * count(p) / days()")
                == [.score, .percent, .count, .duration, .percent])
    }

    @Test func `What a statistic of a new KPI gives is a number, a length of time or money`() throws
    {
        var reader = try Self.library().reader()
        let text = """
            kpi: k
            version: 1
            title: K
            group: operational
            unit: duration
            better: lower
            value: mean(first_response.wait)
            statistics: {square: mean(first_response.wait) * mean(first_response.wait)}

            """
        // One that the log has is taken as it is.
        #expect(try reader.read(text, file: "k.yaml").count == 1)
        reader.isPublishedName = { _ in false }
        #expect {
            try reader.read(text, file: "k.yaml")
        } throws: {
            "\($0)".contains("a plain number, a length of time or money")
        }
    }

    @Test(
        "A new definition calls nothing like what every fact is told with, nor two things alike",
        arguments: ["case", "sequence", "time", "day", "count"])
    func fixedNames(name: String) throws {
        var reader = DefinitionReader(types: try #require(Self.types))
        func read(_ dimension: String, _ measure: String) throws {
            let text = """
                projection: p
                version: 1
                title: P
                of: ticket
                let: {opened: {first: ticket.opened}}
                fact: opened
                dimensions: {\(dimension): opened.channel}
                measures: {\(measure): opened.level}

                """
            _ = try reader.read(text, file: "p.yaml")
        }
        // One that the log has is read all the same.
        try read(name, name)
        reader.isPublishedName = { _ in false }
        try read("channel", "level")
        #expect(throws: DefinitionFaults.self) { try read(name, "level") }
        #expect(throws: DefinitionFaults.self) { try read("level", "level") }
        if ["time", "case"].contains(name) {
            try read("channel", name)
        } else {
            #expect(throws: DefinitionFaults.self) { try read("channel", name) }
        }
    }

    @Test func `One KPI is read without reading the others`() throws {
        // A fault in another document does no harm until that is asked for.
        var files = Self.files
        files.append((path: "mine.yaml", text: "kpi: broken\nversion: none\n"))
        let library = DefinitionLibrary(types: try #require(Self.types), files: files)
        #expect(try library.kpi("csat") != nil)
        #expect(throws: DefinitionFaults.self) { try library.kpi("broken") }
        #expect(try library.kpi("nothing") == nil)
        #expect(try library.projection("csat")?.name == "csat")
    }

    @Test func `A user's KPI may use the catalogue, and other KPIs by name`() throws {
        let library = try Self.library()
        let text = """
            kpi: resolution_gap
            version: 1
            title: Gap
            group: operational
            unit: duration
            better: lower
            value: resolution_time - first_resolution_time
            """
        let read = try library.reader().read(text, file: "mine.yaml")
        guard case .kpi(let kpi)? = read.first else { return }
        #expect(kpi.kpis == ["first_resolution_time", "resolution_time"])
        #expect(kpi.projections.isEmpty)
    }

    @Test func `What a projection is said to mean is what it says`() throws {
        let projection = try #require(try Self.library().projection("first_response"))
        #expect(
            Definition.projection(projection).explanation(in: .english) == """
                first_response, version 1: First response
                The first public reply by a human to a ticket that a customer opened, on the day of \
                the reply.

                In each ticket it looks for
                  opened  the first ticket.opened
                  answer  the first message.posted after opened where actor_kind is agent, automatic \
                is not true, direction is out and visibility is public
                  gone    the first ticket.merged or ticket.removed

                A case has one fact when there is answer, at its time, provided that
                  opened.origin is customer
                  there is no gone

                A fact can be asked by
                  agent     answer.actor, or else the agent in force
                  team      the team in force
                  channel   the channel in force
                  category  the category in force
                  priority  the priority in force
                  hour      the hour of the day, 0 to 23
                  weekday   the day of the week, 1 (Monday) to 7

                It measures
                  wait           time from opened to answer
                  wait_business  business time from opened to answer

                What is in force is set by
                  agent     ticket.assigned or ticket.opened
                  category  ticket.attributes_set or ticket.opened
                  channel   ticket.attributes_set or ticket.opened
                  priority  ticket.attributes_set or ticket.opened
                  team      ticket.assigned or ticket.opened

                It reads
                  message.posted         actor, actor_kind, automatic, direction, visibility
                  ticket.assigned        agent, team
                  ticket.attributes_set  category, channel, priority
                  ticket.merged
                  ticket.opened          agent, category, channel, origin, priority, team
                  ticket.removed
                """)
    }
}
