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
