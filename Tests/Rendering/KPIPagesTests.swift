import Definitions
import EventModel
import Testing

@testable import Rendering

@Suite("KPI pages: whole texts, kept in Tests/Golden")
struct KPIPagesTests {
    private static let opened = Selector(types: ["ticket.opened"], tests: [])
    private static let answer = Selector(
        types: ["message.posted"], tests: [("direction", .among([.text("out")], negated: false))])

    private let projection = ProjectionDefinition(
        name: "first_response", version: 3, title: LocalizedText(english: "First response"),
        subjectKinds: ["ticket"],
        bindings: [
            Binding(name: "opened", kind: .first(opened), window: Window()),
            Binding(name: "answer", kind: .first(answer), window: Window(after: "opened")),
        ], fact: .one("answer"),
        dimensions: [
            ("agent", .field(FieldReference(binding: "answer", field: "actor"))),
            ("channel", .field(FieldReference(binding: "opened", field: "channel"))),
        ],
        measures: [("wait", .duration(Duration(from: "opened", to: "answer", clock: .business)))])

    private var kpis: [KPIDefinition] {
        func over(_ function: AggregateFunction, _ measure: String? = "wait") -> Formula {
            .aggregate(
                Aggregate(function: function, projection: "first_response", measure: measure))
        }
        return [
            KPIDefinition(
                name: "first_response_time", version: 2,
                title: LocalizedText(
                    english: "First response time", indonesian: "Waktu respons pertama"),
                description: LocalizedText(
                    english:
                        "How long a customer waits for the first answer that a person gives, in business time.",
                    indonesian:
                        "Berapa lama pelanggan menunggu jawaban pertama dari seorang petugas, dalam jam kerja."
                ),
                group: "operational", unit: .duration, better: .lower, value: over(.mean),
                statistics: [("p50", over(.percentile(50))), ("p90", over(.percentile(90)))],
                source: "COPC CX Standard, release 7.0",
                notes: [
                    LocalizedText(
                        english: "Automatic replies do not count.",
                        indonesian: "Balasan otomatis tidak dihitung."),
                    LocalizedText(english: "A ticket without an answer has no value."),
                ]),
            KPIDefinition(
                name: "occupancy", version: 1, title: LocalizedText(english: "Occupancy"),
                description: LocalizedText(english: ""), group: "organizational", unit: .percent,
                better: .band(minimum: 75, maximum: 85), value: over(.count, nil)),
        ]
    }

    @Test("The list, by group") func list() throws {
        try Golden.check("kpi-list.en.txt", KPIPages.list(kpis, TextStyle()))
        try Golden.check("kpi-list.id.txt", KPIPages.list(kpis, TextStyle(language: .indonesian)))
        try Golden.check("kpi-list.50.txt", KPIPages.list(kpis, TextStyle(width: 50)))
    }

    @Test("A KPI's page") func page() throws {
        func page(_ style: TextStyle) -> String {
            KPIPages.page(kpis[0], projections: [projection], style)
        }
        try Golden.check("kpi-show.en.txt", page(TextStyle(width: 80)))
        try Golden.check("kpi-show.id.txt", page(TextStyle(language: .indonesian)))
        try Golden.check("kpi-show.30.txt", page(TextStyle(width: 30)))
    }

    @Test("Nothing is wider than the terminal", arguments: 12...90)
    func widths(width: Int) {
        let style = TextStyle(width: width)
        let text =
            KPIPages.list(kpis, style)
            + kpis.map { KPIPages.page($0, projections: [projection], style) }.joined()
        for line in text.split(separator: "\n") {
            #expect(TextWidth.of(String(line)) <= width, "\(width): \(line)")
        }
    }
}
