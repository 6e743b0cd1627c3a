import Definitions
import Testing

/// Each limit from both sides.
@Suite struct LimitTests {
    private func isRead(_ text: String) -> Bool { FaultTests.said(text) == "no fault" }

    private func projection(
        names: Int = 0, dimensions: Int = 1, measures: Int = 1, condition: String = ""
    ) -> String {
        var text = "projection: p\nversion: 1\ntitle: P\nof: ticket\nlet:\n"
        text += "  opened: {first: ticket.opened}\n"
        for number in 0..<names { text += "  b\(number): {count: message.posted}\n" }
        text += "fact: opened\n\(condition)dimensions:\n"
        for number in 0..<dimensions { text += "  d\(number): opened.agent\n" }
        text += "measures:\n"
        for number in 0..<measures { text += "  m\(number): opened.level\n" }
        return text
    }

    @Test func `A definition has at most 64 names under let`() {
        #expect(isRead(projection(names: 63)))
        #expect(FaultTests.said(projection(names: 64)).contains("65 names stand under let"))
    }

    @Test func `A projection has at most 12 dimensions and 16 measures`() {
        #expect(isRead(projection(dimensions: 12, measures: 16)))
        #expect(FaultTests.said(projection(dimensions: 13)).contains("13 dimensions are given"))
        #expect(FaultTests.said(projection(measures: 17)).contains("17 measures are given"))
    }

    @Test func `A document has at most 60,000 bytes`() {
        let rest = projection()
        func padded(_ bytes: Int) -> String {
            rest + "# " + String(repeating: "x", count: bytes - rest.utf8.count - 3) + "\n"
        }
        #expect(isRead(padded(60_000)))
        #expect(FaultTests.said(padded(60_001)).contains("60001 bytes; expected at most 60000"))
    }

    @Test func `Formulas nest at most 64 levels`() {
        func kpi(_ depth: Int) -> String {
            let value = String(repeating: "-", count: depth - 1) + "count(p)"
            return projection() + "---\n" + FaultTests.kpi.replacing("count(p)", with: value)
        }
        // A plain scalar of YAML may not begin with a dash and a blank; this one has none.
        #expect(isRead(kpi(64)))
        #expect(FaultTests.said(kpi(65)).contains("nested too deep"))
        #expect(FaultTests.said(kpi(20_000)).contains("nested too deep"))
        let wide = (0..<65).map { _ in "1" }.joined(separator: " + ")
        let text = projection() + "---\n" + FaultTests.kpi.replacing("count(p)", with: wide)
        #expect(FaultTests.said(text).contains("nested too deep"))
    }

    @Test func `At most 64 KPIs stand on each other, however many each of them names`() {
        func ladder(_ levels: Int) -> String {
            let kpis = (0..<levels).map { level in
                let below = level == 0 ? "count(p)" : "e\(level - 1) + e\(level - 1)"
                return FaultTests.kpi.replacing("kpi: k", with: "kpi: e\(level)")
                    .replacing("count(p)", with: below)
            }
            return ([projection()] + kpis.reversed()).joined(separator: "---\n")
        }
        #expect(isRead(ladder(64)))
        #expect(
            FaultTests.said(ladder(65)).contains(
                "KPI \"e64\" stands on 64 KPIs, each on the next; expected at most 64 levels"))
        #expect(FaultTests.said(ladder(1_000)).contains("KPI \"e999\" stands on 999 KPIs"))
    }

    @Test func `A definition has at most 64 conditions, and a KPI 16 statistics`() {
        func conditions(_ count: Int) -> String {
            projection(
                condition: "when:\n"
                    + String(repeating: "  - {opened: present}\n", count: count))
        }
        #expect(isRead(conditions(64)))
        #expect(FaultTests.said(conditions(65)).contains("65 conditions stand here"))
        func statistics(_ count: Int) -> String {
            projection() + "---\n" + FaultTests.kpi + "statistics:\n"
                + (0..<count).map { "  s\($0): count(p)\n" }.joined()
        }
        #expect(isRead(statistics(16)))
        #expect(FaultTests.said(statistics(17)).contains("at most 16 names"))
    }

    @Test func `YAML nests at most 32 levels`() {
        // The document's own mapping is the first level.
        func nested(_ levels: Int) -> String {
            let depth = levels - 1
            let list =
                String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return FaultTests.said(projection(condition: "when: \(list)\n"))
        }
        #expect(!nested(32).contains("nested too deep"))
        #expect(nested(33).contains("lists and mappings are nested too deep"))
    }

    @Test func `Deep YAML is refused, not crashed on`() {
        for depth in [30, 31, 900, 2000, 29_000] {
            let nest = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let said = FaultTests.said(projection(condition: "when: \(nest)\n"))
            #expect(said != "no fault")
            #expect(said.contains("p.yaml:"), "\(depth) levels: \(said)")
        }
    }

    @Test func `Choices nest at most 8 levels`() {
        func nested(_ depth: Int) -> String {
            var inner = "{opened: present}"
            for _ in 0..<depth { inner = "{any: [\(inner), {opened: absent}]}" }
            return projection(condition: "when: \(inner)\n")
        }
        #expect(isRead(nested(7)))
        #expect(FaultTests.said(nested(9)).contains("nested too deep"))
    }

    @Test func `At most 20 faults are told`() {
        let text = projection(names: 60).replacing("message.posted", with: "x.y")
        #expect(FaultTests.said(text).split(separator: "\n").count == 20)
    }

    @Test(arguments: [
        "", "\n", "# nothing\n", "---\n---\n", "[]", "a", "\u{0}", "a: \u{7}", "{", "\"", "- a\n b",
        "kpi:", "projection:", "kpi: {a: b}", "? [a]\n: b\n", "a: *x", "\u{FEFF}kpi: k\n", "%",
    ])
    func `Odd files are refused with a place`(_ text: String) {
        let said = FaultTests.said(text)
        #expect(said.hasPrefix("p.yaml:"), "\(said)")
    }
}
