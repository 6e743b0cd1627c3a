import Definitions
import EventModel
import Querying
import Testing

@testable import Querying
@testable import Rendering

@Suite("Rendering: what differs is shown, also where the value is the same")
struct ChangedFigureTests {
    @Test("A replay says what the stored rows give and what the entries do") func replayed() throws
    {
        let period = try Period("2025-07", today: Day(number: 0))
        func text(_ before: Figure, _ after: Figure) -> String {
            FigureText(.english).replayed(
                ChangedFigure(
                    name: "csat", by: ["agent"], place: FigurePlace(period, ["Ana"]),
                    before: before, after: after, units: (.count, .count)))
        }
        let five = Figure(value: Fraction(5), count: 3)
        var other = five
        other.count = 4
        #expect(
            text(five, other)
                == "csat of Ana: the stored rows give 5 (3 facts), the entries 5 (4 facts)")
        other.value = Fraction(6)
        #expect(text(five, other) == "csat of Ana: the stored rows give 5, the entries 6")
        let none = Figure(value: .none, count: 0, reason: .nothing)
        let zero = Figure(value: .none, count: 0, reason: .zeroDenominator)
        #expect(
            text(none, zero)
                == "csat of Ana: the stored rows give – (nothing to measure), the entries "
                + "– (divided by zero)")
    }
}

@Suite("Rendering: whole texts, kept in Tests/Golden")
struct GoldenTests {
    @Test("The table everybody asks for, in both languages and narrow terminals") func july() throws
    {
        let english = Samples.july.table(TextStyle())
        try Golden.check("query-july.en.txt", english)
        try Golden.check("query-july.id.txt", Samples.july.table(TextStyle(language: .indonesian)))
        for width in [80, 60, 40, 24] {
            try Golden.check(
                "query-july.\(width).txt", Samples.july.table(TextStyle(width: width)))
        }
        try Golden.check(
            "query-july.colour.txt",
            Samples.july.table(TextStyle(width: 100, isColoured: true)))
        #expect(Samples.july.table(TextStyle(width: 120)) == english)
    }

    @Test("JSON, CSV and Markdown of the same answer") func formats() throws {
        try Golden.check("query-july.json", Samples.july.json())
        try Golden.check("query-july.csv", Samples.july.csv())
        try Golden.check("query-july.en.md", Samples.july.markdown(.english))
        try Golden.check("query-july.id.md", Samples.july.markdown(.indonesian))
    }

    @Test("One line for each KPI where there is one group") func summary() throws {
        try Golden.check("query-summary.en.txt", Samples.summary.table(TextStyle(width: 100)))
        try Golden.check(
            "query-summary.id.txt", Samples.summary.table(TextStyle(language: .indonesian)))
        try Golden.check("query-summary.50.txt", Samples.summary.table(TextStyle(width: 50)))
        try Golden.check("query-summary.md", Samples.summary.markdown(.english))
    }

    @Test("A period by its months") func quarter() throws {
        try Golden.check("query-quarter.en.txt", Samples.quarter.table(TextStyle()))
        try Golden.check(
            "query-quarter.id.txt", Samples.quarter.table(TextStyle(language: .indonesian)))
        try Golden.check("query-quarter.json", Samples.quarter.json())
        try Golden.check("query-quarter.md", Samples.quarter.markdown(.indonesian))
    }

    @Test("Names of every kind, weeks cut at the edges") func names() throws {
        try Golden.check("query-names.txt", Samples.names.table(TextStyle()))
        try Golden.check("query-names.60.txt", Samples.names.table(TextStyle(width: 60)))
        try Golden.check("query-names.json", Samples.names.json())
        try Golden.check("query-names.csv", Samples.names.csv())
        try Golden.check("query-names.md", Samples.names.markdown(.english))
    }

    @Test("No group at all") func empty() throws {
        let empty = Samples.answer(
            columns: [Samples.response], dimensions: [Samples.agent], rows: [],
            totals: [Samples.row([], [Samples.nothing], slice: -1)])
        try Golden.check("query-empty.txt", empty.table(TextStyle()))
        try Golden.check("query-empty.json", empty.json())
        try Golden.check("query-empty.csv", empty.csv())
        try Golden.check("query-empty.md", empty.markdown(.indonesian))
    }

    @Test("Nothing is wider than the terminal", arguments: 1...110)
    func widths(width: Int) {
        for answer in [Samples.july, Samples.summary, Samples.quarter, Samples.names] {
            for language in Language.allCases {
                let text = answer.table(TextStyle(language: language, width: width))
                for line in text.split(separator: "\n") {
                    #expect(TextWidth.of(String(line)) <= width, "\(width): \(line)")
                }
            }
        }
    }

    @Test("Colours change nothing but colours, and every line ends plain") func colours() {
        let plain = Samples.july.table(TextStyle(width: 90))
        let coloured = Samples.july.table(TextStyle(width: 90, isColoured: true))
        var stripped = ""
        var isEscape = false
        for character in coloured {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape { stripped.append(character) }
            if character == "m" { isEscape = false }
        }
        #expect(stripped == plain)
        #expect(!plain.contains("\u{1B}"))
    }
}
