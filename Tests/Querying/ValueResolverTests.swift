import Definitions
import EventModel
import Testing

@testable import Querying

/// Method: a small desk in which every way to name somebody could lead to two people; what each text
/// means is worked out by hand.
@Suite("Values as people name them")
struct ValueResolverTests {
    /// Agents by id, with their names; a team called as one of them, and a customer as another.
    private static let names: [(id: String, name: String?)] = [
        ("b.1", "Budi Santoso"), ("b.2", "Budiman Adi"), ("c.1", "Citra Dewi"),
        ("c.2", "Citra Dewi"),
        ("m", "Straße Müller"), ("–", nil), ("Bu\u{200B}di", nil), ("Ümit", nil), ("d", "D"),
        ("D", nil), ("gold", nil),
    ]

    private static func context(agents: [String] = names.map(\.id)) -> any AskedState {
        let day = Day("2025-07-01")
        let facts =
            agents.map { PlainFact(day: day, dimensions: [$0, "Gold", "9"], measures: []) }
            + [PlainFact(day: day, dimensions: ["", "", "14"], measures: [])]
            + [PlainFact(day: day, dimensions: ["", "Rano", "14"], measures: [])]
        var hour = FactDimension(name: "hour", kind: .hour)
        hour.listed = (0..<24).map { "\($0)" }
        var context = MemoryState(
            kpis: [KPIDefinition(test: "volume", unit: .count, .over(.count, "volume"))],
            sources: [
                MemoryFacts(
                    layout: FactLayout(
                        projection: "volume", version: 1,
                        dimensions: [.init(name: "agent"), .init(name: "team"), hour],
                        measures: []), facts: facts)
            ], basis: .test())
        var called: [String: [ProfileChange]] = ["idle": [.init(day: day, value: "Idle Hands")]]
        for (id, name) in names {
            if let name { called[id] = [.init(day: day, value: name)] }
        }
        let changes = ["name": called]
        context.profiles = [
            "agent": MemoryProfiles(fields: ["name"], nameField: "name", changes: changes)
        ]
        context.kinds = ["Sari": ["customer"]]
        return context
    }

    private func asked(
        _ text: String, _ dimension: String = "agent", of context: any AskedState = context()
    ) -> String {
        do {
            let answer = try context.answer(
                QueryRequest(
                    kpis: ["volume"], filters: [(dimension, text)], period: "2025-07"))
            return answer.filters[0].values.joined(separator: "|")
        } catch { return "\(error)" }
    }

    private static let meanings: [(String, String)] = [
        // An id, whatever anybody is called.
        ("b.1", "b.1"), ("d", "d"), ("D", "D"), ("gold", "gold"),
        ("Bu\u{200B}di", "Bu\u{200B}di"),
        // A name; what nobody sees at its ends is no part of it.
        ("Budi Santoso", "b.1"), (" Budi Santoso\u{A0}", "b.1"),
        ("\u{200B}Budi Santoso", "b.1"),
        // Without regard to letter case, in no locale; composed or not.
        ("BUDI SANTOSO", "b.1"), ("STRASSE MÜLLER", "m"), ("strasse mu\u{308}ller", "m"),
        ("ÜMIT", "Ümit"), ("U\u{308}mit", "Ümit"),
        // As tables show it.
        ("Citra Dewi (c.2)", "c.2"), ("Bu\\u{200b}di", "Bu\u{200B}di"), ("\"–\"", "–"),
        // Cut short.
        ("santoso", "b.1"), ("budim", "b.2"), ("b sant", "b.1"), ("müll", "m"),
        // Who has no facts is known all the same.
        ("idle", "idle"), ("Idle Hands", "idle"), ("hands", "idle"),
        // Nobody, and somebody who is called by the sign for nobody.
        ("", ""), (" ", ""), ("–", "–"),
    ]

    @Test("The first way in which one fits is meant", arguments: meanings)
    func meant(_ typed: String, _ value: String) { #expect(asked(typed) == value) }

    @Test("Without an agent of that name the sign is nobody") func nobody() {
        #expect(asked("–", of: Self.context(agents: ["b.1"])) == "")
    }

    @Test("Hours are asked for as they are shown") func hours() {
        #expect(asked("9", "hour") == "9")
        #expect(asked("09:00", "hour") == "9")
        #expect(asked("9:00", "hour") == "9")
        #expect(asked("23", "hour") == "23")
        #expect(asked("24", "hour").contains("no hour is called \"24\""))
    }

    private static let questions: [(String, String)] = [
        (
            "Citra Dewi",
            "agent \"Citra Dewi\" could be Citra Dewi (c.1) or Citra Dewi (c.2). Type one of these as it stands."
        ),
        (
            "citra dewi",
            "agent \"citra dewi\" could be Citra Dewi (c.1) or Citra Dewi (c.2). Type one of these as it stands."
        ),
        (
            "bud",
            "agent \"bud\" could be Budi Santoso (b.1), Budiman Adi (b.2) or Bu\\u{200b}di. Type more of the name."
        ),
        ("Zzz", "no agent is called \"Zzz\". `--by agent` shows all."),
        ("Sanroso", "no agent is called \"Sanroso\". Did you mean Budi Santoso?"),
        (
            "Rano",
            "no agent is called \"Rano\": the log has that name, but of no agent. `--by agent` shows all."
        ),
        (
            "Sari",
            "no agent is called \"Sari\": the log has a customer of that name. `--by agent` shows all."
        ),
    ]

    @Test("Where several fit, or none, a question comes back", arguments: questions)
    func asking(_ typed: String, _ message: String) { #expect(asked(typed) == message) }

    @Test("Of several values each is looked at") func several() throws {
        do {
            _ = try Self.context().answer(
                QueryRequest(
                    kpis: ["volume"], filters: [("agent", "b.1"), ("agent", "Rano")],
                    period: "2025-07"))
            Issue.record("a stranger was taken for an agent")
        } catch { #expect("\(error)".contains("no agent is called \"Rano\"")) }
    }

    @Test("What was found is asked for as it is, also where it has no facts") func resolved() throws
    {
        let context = Self.context()
        var request = try context.resolved(
            QueryRequest(kpis: ["volume"], filters: [("agent", "hands")], period: "2025-07"))
        #expect(request.filters.map(\.value) == ["idle"])
        request.filters = [("agent", "Rano")]
        #expect(try context.answer(request).total.figures[0].value == Fraction(0))
    }

    @Test(
        "Letters meet in one form, whatever their case",
        arguments: [
            ("STRASSE", "straße"), ("Σίσυφος", "ΣΊΣΥΦΟΣ"), ("ﬁsch", "FISCH"), ("É", "e\u{301}"),
            ("ǅ", "ǆ"),
        ])
    func folding(one: String, other: String) {
        #expect(NameFolding.fold(one) == NameFolding.fold(other))
        #expect(NameFolding.fold(one) == NameFolding.fold(NameFolding.fold(one)))
    }
}
