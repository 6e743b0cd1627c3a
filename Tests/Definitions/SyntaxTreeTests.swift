import Definitions
import EventModel
import Testing

/// What definitions are read into: shorthands are gone, bindings are in order.
@Suite struct SyntaxTreeTests {
    private func projection(_ text: String) throws -> ProjectionDefinition {
        let read = try DefinitionReader(types: vocabulary).read(text, file: "p.yaml")
        guard case .projection(let projection)? = read.first else { throw NotAProjection() }
        return projection
    }

    private struct NotAProjection: Error {}

    private func formula(_ text: String) throws -> Formula {
        var parts = FaultTests.base + "---\n"
        parts += FaultTests.kpi.replacing("count(p)", with: "\"\(text)\"")
            .replacing(
                "unit: count", with: text.contains("wait") ? "unit: duration" : "unit: count")
        let read = try DefinitionReader(types: vocabulary).read(parts, file: "p.yaml")
        guard case .kpi(let kpi)? = read.last else { throw NotAProjection() }
        return kpi.value
    }

    private let count = Formula.aggregate(Aggregate(function: .count, projection: "p"))

    @Test func `The design's example`() throws {
        let read = try projection(
            """
            projection: first_response
            version: 1
            title: {en: First response, id: Respons pertama}
            of: ticket
            let:
              opened: {first: ticket.opened, where: {origin: customer}}
              answer: {first: message.posted, after: opened, where: {direction: out, visibility: public, actor_kind: agent}}
            fact: answer
            dimensions: {agent: answer.actor, team: latest team, channel: opened.channel, priority: latest priority}
            measures:
              wait: {from: opened, to: answer, clock: business}
              wait_wall: {from: opened, to: answer}
            """)
        func isOne(_ value: String) -> FieldTest { .among([.text(value)], negated: false) }
        let expected = ProjectionDefinition(
            name: "first_response", version: 1,
            title: LocalizedText(english: "First response", indonesian: "Respons pertama"),
            subjectKinds: ["ticket"],
            bindings: [
                Binding(
                    name: "opened",
                    kind: .first(
                        Selector(types: ["ticket.opened"], tests: [("origin", isOne("customer"))])),
                    window: Window()),
                Binding(
                    name: "answer",
                    kind: .first(
                        Selector(
                            types: ["message.posted"],
                            tests: [
                                ("direction", isOne("out")), ("visibility", isOne("public")),
                                ("actor_kind", isOne("agent")),
                            ])), window: Window(after: "opened")),
            ],
            fact: .one("answer"),
            latestTypes: [
                ("team", ["ticket.opened", "ticket.assigned"]),
                ("priority", ["ticket.opened", "ticket.attributes_set"]),
            ],
            dimensions: [
                ("agent", .field(FieldReference(binding: "answer", field: "actor"))),
                ("team", .latest("team", at: "fact")),
                ("channel", .field(FieldReference(binding: "opened", field: "channel"))),
                ("priority", .latest("priority", at: "fact")),
            ],
            measures: [
                ("wait", .duration(Duration(from: "opened", to: "answer", clock: .business))),
                ("wait_wall", .duration(Duration(from: "opened", to: "answer", clock: .wall))),
            ])
        #expect(read == expected)
    }

    @Test func `Windows, next, previous and the order of bindings`() throws {
        let read = try projection(
            """
            projection: p
            version: 2
            title: P
            of: [call, ticket]
            let:
              z: {either: [a, y]}
              y: {first: ticket.assigned, from: a, until: fact, within: 1h 30m}
              a: {last: ticket.opened, since: p, before: fact}
              p: {previous: ticket.assigned, within: 2d}
              n: {next: [ticket.assigned, ticket.opened], where: {agent: {is: present, not: x, differs: p.agent}}}
              c: {count: call.queued, between: [a, n], where: {agent: {same: fact.agent}}}
            fact: {each: ticket.assigned, where: {agent: absent}}
            """)
        #expect(read.bindings.map(\.name) == ["p", "a", "y", "z", "n", "c"])
        #expect(read.subjectKinds == ["call", "ticket"])
        let byName = Dictionary(uniqueKeysWithValues: read.bindings.map { ($0.name, $0) })
        #expect(
            byName["p"]?.window == Window(before: "fact", withinMilliseconds: 2 * 86_400_000))
        #expect(byName["a"]?.window == Window(after: "p", before: "fact"))
        #expect(byName["a"]?.isStartOptional == true)
        #expect(
            byName["y"]?.window
                == Window(
                    after: "a", includesStart: true, before: "fact", includesEnd: true,
                    withinMilliseconds: 5_400_000))
        #expect(byName["n"]?.window == Window(after: "fact"))
        #expect(byName["c"]?.window == Window(after: "a", before: "n"))
        #expect(byName["z"]?.kind == .either(["a", "y"]))
        #expect(
            byName["n"]?.kind
                == .first(
                    Selector(
                        types: ["ticket.assigned", "ticket.opened"],
                        tests: [
                            ("agent", .present), ("agent", .among([.text("x")], negated: true)),
                            (
                                "agent",
                                .same(FieldReference(binding: "p", field: "agent"), negated: true)
                            ),
                        ])))
    }

    @Test func `Conditions, named lengths of time and kinds of values`() throws {
        let read = try projection(
            """
            projection: p
            version: 1
            title: P
            of: ticket
            let:
              opened: {first: ticket.opened}
              target: {last: sla.applied, where: {pauses_hold: true}}
              cost: {last: cost.recorded, where: {from_day: {min: 2025-01-31}, amount: [5, -7]}}
              replies: {count: message.posted}
              wait: {from: opened, to: target, except: {status: hold}}
            fact: opened
            when:
              - opened: present
                replies: {max: 3}
                wait: {min: 1m, max: 1h, within: target.target_milliseconds}
              - any: [{latest level: {min: 2}}, {wait: {beyond: opened.level, unit: 1d}, replies: 2}]
            measures: {wait: wait, replies: replies, mark: {flag: {cost: absent}}, who: {name: latest customer or opened.agent}}
            """)
        let wait = Duration(
            from: "opened", to: "target", clock: .wall, except: ("status", [.text("hold")]))
        #expect(
            read.conditions == [
                .exists("opened", negated: false), .count("replies", minimum: nil, maximum: 3),
                .duration(wait, minimum: 60_000, maximum: 3_600_000),
                .within(
                    wait, FieldReference(binding: "target", field: "target_milliseconds"),
                    millisecondsPerUnit: 1),
                .any([
                    [.latest("level", .range(minimum: 2, maximum: nil))],
                    [
                        .beyond(
                            wait, FieldReference(binding: "opened", field: "level"),
                            millisecondsPerUnit: 86_400_000),
                        .count("replies", minimum: 2, maximum: 2),
                    ],
                ]),
            ])
        #expect(read.measures.map(\.name) == ["wait", "replies", "mark", "who"])
        #expect(read.measures[0].source == .duration(wait))
        #expect(read.measures[1].source == .count("replies"))
        #expect(read.measures[2].source == .flag([.exists("cost", negated: true)]))
        guard case .last(let selector)? = read.bindings.first(where: { $0.name == "cost" })?.kind
        else { return }
        // 2025-01-31 is day 20,119.
        #expect(selector.tests[1].test == .range(minimum: 20_119, maximum: nil))
        #expect(selector.tests[0].test == .among([.integer(5), .integer(-7)], negated: false))
        #expect(read.latestTypes.map(\.field) == ["customer", "level", "status"])
    }

    @Test func `Values in force come from the types named, else from the case's own`() throws {
        func types(_ latest: String, of: String = "ticket", field: String = "team") throws
            -> [String]
        {
            try projection(
                "projection: p\nversion: 1\ntitle: P\nof: \(of)\nlet: {x: {first: survey.sent}}\n"
                    + "fact: x\n\(latest)dimensions: {d: latest \(field)}\n"
                    + "measures: {who: {name: subject}}\n"
            ).latestTypes[0].types
        }
        #expect(try types("") == ["ticket.opened", "ticket.assigned"])
        #expect(try types("", of: "customer") == ["survey.sent", "survey.answered"])
        #expect(try types("", field: "visibility") == ["message.posted"])
        #expect(
            try types("latest: {team: [survey.sent, ticket.assigned]}\n")
                == ["ticket.assigned", "survey.sent"])
    }

    @Test func `Formulas bind as arithmetic does, and numbers are exact`() throws {
        func number(_ numerator: Int64, _ denominator: Int64 = 1) -> Formula {
            .number(numerator: numerator, denominator: denominator)
        }
        #expect(
            try formula("1 + 2 * count(p) - 3")
                == .difference(.sum(number(1), .product(number(2), count)), number(3)))
        #expect(
            try formula("-count(p) / (0.50 - 12.125)")
                == .quotient(
                    .negated(count), .difference(number(1, 2), number(97, 8))))
        #expect(
            try formula("count(p) / 2 / days()")
                == .quotient(.quotient(count, number(2)), .periodDays))
        #expect(
            try formula("p95(p[agent=budi|citra,team='a b'].wait)")
                == .aggregate(
                    Aggregate(
                        function: .percentile(95), projection: "p", measure: "wait",
                        filter: ["agent": ["budi", "citra"], "team": ["a b"]])))
        #expect(try formula("mean(p.wait[agent=x])") == formula("mean( p [ agent = x ] . wait )"))
        #expect(try formula("0") == number(0))
    }

    @Test(
        arguments: [
            ("7d", 604_800_000), ("4h 30m", 16_200_000), ("4h30m", 16_200_000), ("20s", 20_000),
            ("250ms", 250), ("0", 0), ("1w 1d", 691_200_000), ("", nil), ("7", nil), ("d", nil),
            ("30m 4h", nil), ("1h 1h", nil), ("1.5h", nil), ("-1h", nil), ("99999999999999w", nil),
        ] as [(String, Int64?)])
    func `Lengths of time`(_ example: (text: String, milliseconds: Int64?)) {
        #expect(DurationText.milliseconds(example.text) == example.milliseconds)
        guard let milliseconds = example.milliseconds, milliseconds > 0 else { return }
        #expect(DurationText.milliseconds(DurationText.text(milliseconds)) == milliseconds)
    }

    @Test func `Documents know their lines, with any line ends`() throws {
        let text = "# head\n---\nkpi: a\n---\n\n---\nprojection: 'b' # x\nversion: 1\n"
        for variant in [
            text, text.replacing("\n", with: "\r\n"), text.replacing("\n", with: "\r"),
            "\u{FEFF}" + text,
        ] {
            let documents = SourceDocument.split(variant, file: "f.yaml")
            #expect(documents.map(\.firstLine) == [3, 7])
            #expect(documents.map { $0.heading?.name } == ["a", "b"])
            #expect(documents.map { $0.heading?.kind } == ["kpi", "projection"])
            #expect(documents[0].text == "kpi: a\n")
        }
    }

    @Test func `A body read from the log is the same definition`() throws {
        let library = try CatalogueTests.library()
        for name in library.kpiNames {
            let body = try #require(library.document(kind: "kpi", name: name)).text
            let again = DefinitionLibrary(
                types: library.types,
                documents: [SourceDocument(file: "log", text: body)]
                    + library.projectionNames.compactMap {
                        library.document(kind: "projection", name: $0)
                    })
            #expect(try again.kpi(name) == library.kpi(name))
        }
    }

    @Test func `The nearest word is the likely one`() {
        let words = ["agent", "team", "channel", "first_response_time", "csat"]
        #expect(nearest(to: "agnt", among: words) == "agent")
        #expect(nearest(to: "Chanel", among: words) == "channel")
        #expect(nearest(to: "first_response", among: words) == "first_response_time")
        #expect(nearest(to: "cast", among: words) == "csat")
        #expect(nearest(to: "xyz", among: words) == nil)
        #expect(nearest(to: "", among: words) == nil)
    }
}
