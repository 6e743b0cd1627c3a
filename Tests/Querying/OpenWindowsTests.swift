import Definitions
import EventModel
import Shipped
import Testing

@testable import Querying

@Suite("Open windows: read off definitions")
struct OpenWindowsTests {
    private static let day: Int64 = 86_400_000

    private func library(_ files: [(path: String, text: String)]) throws -> DefinitionLibrary {
        let types = try EventTypes.shipped(texts: Shipped.texts(in: "events"))
        return DefinitionLibrary(types: types, files: files)
    }

    private func windows(_ name: String) throws -> OpenWindows {
        let library = try library(Shipped.texts(in: "catalogue"))
        return OpenWindows(try #require(try library.projection(name)))
    }

    /// The windows of a projection about tickets that is written here but for its first lines.
    private func windows(of body: String) throws -> OpenWindows {
        let text = "projection: p\nversion: 1\ntitle: P\nof: ticket\n" + body
        let library = try library([("p.yaml", text)])
        return OpenWindows(try #require(try library.projection("p")))
    }

    private func days(_ days: Int64) -> Reach { Reach(milliseconds: days * Self.day) }

    @Test("Every shipped projection says until when its facts may change") func shipped() throws {
        let facts: [String: Reach] = [
            "resolution": days(7), "sla_resolution": days(7), "call_volume": days(1),
            "agent_time": days(7), "cost": Reach(days: 366), "revenue": Reach(days: 366),
            "csat": days(14), "ces": days(14), "nps": days(14),
        ]
        let measures: [String: [String: Reach]] = [
            "first_resolution": ["first_contact": days(7)],
            "call_volume": [
                "wait": days(1), "wait_business": days(1), "answered": days(1),
                "answered_in_time": Reach(milliseconds: 20_000), "abandoned": days(1),
                "outcome_known": days(2), "first_contact": days(9),
            ],
            "call_handling": [
                "handle": days(1), "handle_business": days(1), "talk": days(1),
                "resolved": days(1),
            ],
            "agent_time": ["time": days(7)],
            "purchase": ["returning": days(90)],
            "survey_invitation": ["answered": days(14)],
            "csat": [
                "satisfied": days(14), "score": days(14), "satisfied_customer": days(14),
            ],
            "ces": ["score": days(14), "easy": days(14)],
            "nps": ["promoter": days(14), "passive": days(14), "detractor": days(14)],
        ]
        for name in try library(Shipped.texts(in: "catalogue")).projectionNames {
            let windows = try windows(name)
            #expect(windows.ofFacts == facts[name] ?? Reach(), "\(name)")
            #expect(windows.ofMeasures == measures[name] ?? [:], "\(name)")
        }
    }

    @Test("What surveys accept keeps their answers open, and no other projection's facts")
    func fields() throws {
        func sent(_ binding: String) -> OpenWindows.FieldWindow {
            .init(
                field: FieldReference(binding: binding, field: "valid_days"),
                millisecondsPerUnit: Self.day)
        }
        let library = try library(Shipped.texts(in: "catalogue"))
        for name in library.projectionNames {
            let windows = try windows(name)
            let isAnswer = ["csat", "ces", "nps"].contains(name)
            #expect(windows.fieldsOfFacts == (isAnswer ? [sent("sent")] : []), "\(name)")
            if name == "survey_invitation" {
                #expect(windows.fieldsOfMeasures == ["answered": [sent("fact")]])
            }
            // Nothing is known of a window that no measure holds.
            let definition = try #require(try library.projection(name))
            for window in windows.fieldsOfFacts + windows.fieldsOfMeasures.values.flatMap({ $0 }) {
                #expect(
                    definition.measures.contains { $0.source == .number(window.field) }, "\(name)")
            }
        }
    }

    @Test(
        "What looks past the fact without an end never settles",
        arguments: [
            // The last of its kind goes on moving; so does what is looked for after it.
            "let: {solved: {last: ticket.status_changed}}\nfact: solved\ndimensions: {}",
            """
            let:
              active: {last: ticket.status_changed, where: {status: open}}
              solved: {first: ticket.status_changed, since: active, where: {status: closed}}
            fact: solved
            dimensions: {}
            """,
            // The first opening may come after what needs one.
            """
            let: {opened: {first: ticket.opened}}
            fact: {each: message.posted}
            when: {opened: present}
            dimensions: {}
            """,
            """
            let: {opened: {first: ticket.opened}}
            fact: {each: message.posted}
            dimensions: {channel: opened.channel}
            """,
            // Whether there is a better one is not known before its end.
            """
            let:
              closed: {first: ticket.status_changed, where: {status: closed}}
              solved: {first: ticket.status_changed, where: {status: resolved}}
              done: {either: [solved, closed]}
            fact: done
            dimensions: {}
            """,
            // Late enough, whenever that is.
            """
            let:
              later: {next: message.posted}
              delay: {from: fact, to: later}
            fact: {each: message.posted}
            when: {delay: {min: 1h}}
            dimensions: {}
            """,
            // Bounded in one alternative alone.
            """
            let:
              later: {next: message.posted}
              delay: {from: fact, to: later}
            fact: {each: message.posted}
            when: {any: [{delay: {max: 1h}}, {later: absent}]}
            dimensions: {}
            """,
            // A count may always grow.
            """
            let: {answers: {count: message.posted, after: fact}}
            fact: {each: message.posted}
            when: {answers: {max: 3}}
            dimensions: {}
            """,
        ]) func unlimited(_ body: String) throws
    {
        #expect(try windows(of: body + "\nmeasures: {}\n").ofFacts.isUnlimited)
    }

    @Test("Days before the event are open as long as an event may still name them") func splits()
        throws
    {
        func split(_ split: String) throws -> Reach {
            try windows(
                of: """
                    fact: {each: cost.recorded}
                    split: \(split)
                    dimensions: {}
                    measures: {amount: fact.amount}
                    """
            ).ofFacts
        }
        #expect(try split("{from: fact.from_day, to: fact.to_day}").isUnlimited)
        #expect(
            try split("{from: fact.from_day, to: fact.to_day, within: 31d}") == Reach(days: 31))
    }

    @Test("Windows, ends at other events and bounds decide") func bounded() throws {
        func windows(_ bindings: String, when: String) throws -> Reach {
            try self.windows(
                of: """
                    let:
                    \(bindings)
                    fact: {each: ticket.status_changed, where: {status: resolved}}
                    when: \(when)
                    dimensions: {}
                    measures: {}
                    """
            ).ofFacts
        }
        #expect(
            try windows("  a: {next: message.posted, within: 2h}", when: "{a: absent}")
                == Reach(milliseconds: 7_200_000))
        #expect(
            try windows(
                "  a: {first: message.posted, before: fact}\n  b: {last: message.posted, after: a, before: fact}",
                when: "{b: absent}") == Reach())
        // One window after another.
        #expect(
            try windows(
                "  a: {next: message.posted, within: 2h}\n"
                    + "  b: {last: message.posted, after: a, within: 1h}",
                when: "{b: absent}") == Reach(milliseconds: 10_800_000))
        // Once the bound is past, an answer is too late; a merge and a removal are named.
        #expect(
            try windows(
                "  a: {next: message.posted}\n  wait: {from: fact, to: a}\n"
                    + "  gone: {first: [ticket.merged, ticket.removed]}",
                when: "{a: present, wait: {max: 30m}, gone: absent}")
                == Reach(milliseconds: 1_800_000))
    }
}
