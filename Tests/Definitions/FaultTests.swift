import Definitions
import EventModel
import Foundation
import Testing

/// Golden texts: each faulty definition with everything that is said about it.
@Suite struct FaultTests {
    /// A projection without fault; tests replace one line of it.
    static let base = """
        projection: p
        version: 1
        title: P
        of: ticket
        let:
          opened: {first: ticket.opened}
          answer: {first: message.posted, after: opened, where: {direction: out}}
          replies: {count: message.posted, after: opened}
          wait: {from: opened, to: answer}
        fact: answer
        when: {opened.origin: customer}
        dimensions: {agent: answer.actor, team: latest team}
        measures: {wait: wait}

        """
    static let kpi = """
        kpi: k
        version: 1
        title: K
        group: operational
        unit: count
        better: higher
        value: count(p)

        """

    static let calendar = """
        calendar: c
        version: 1
        title: C
        zone: Asia/Jakarta
        week: {monday-thursday: [08:00-12:00, 13:00-17:00], friday: 09:00-15:00}
        changes: [{from: 2026-01-05, week: {saturday: 22:00-06:00}}]
        holidays: [{date: 2025-01-01, name: New Year}]

        """

    static let scorecard = """
        scorecard: s
        version: 1
        title: S
        scope: agent
        where: {agent.role: present}
        grain: month
        objectives: {happy: Happy customers}
        rows:
          - {kpi: k, weight: 60, target: {min: 90}, from: 2025-01, to: 2025-12, serves: happy}
          - {kpi: t.p90, weight: 40, target: {max: 1h}, from: 2025-01, to: 2025-12, serves: top.k}
        ---
        scorecard: top
        version: 1
        title: Top
        scope: company
        grain: month
        objectives: {happy: Happy customers}
        rows:
          - {kpi: k, weight: 100, target: {min: 900}, from: 2025, to: 2028, serves: happy}

        """
    static let respondents = """
        projection: p
        version: 1
        title: P
        of: respondent
        fact: {each: survey.answered, where: {kind: pulse}}
        when: {fact.question: {max: 10}}
        dimensions: {team: fact.team}
        measures:
          who: {name: subject}
          score: fact.score
          good: {flag: {fact.score: {min: 4}}}

        """
    static let duration = """
        kpi: t
        version: 1
        title: T
        group: operational
        unit: duration
        better: lower
        value: mean(p.wait)

        """

    static func said(_ text: String) -> String {
        do throws(DefinitionFaults) {
            _ = try DefinitionReader(types: vocabulary).read(text, file: "p.yaml")
            return "no fault"
        } catch {
            return error.description
        }
    }

    /// A block of the golden file.
    struct Golden: CustomTestStringConvertible {
        var definition: String
        var replaced: String
        var replacement: String
        var said: String
        var testDescription: String { replacement }
    }

    static let golden: [Golden] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Golden/definition-faults.txt")
        guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
        return text.components(separatedBy: "\n== ").dropFirst().map { block in
            let lines = block.components(separatedBy: "\n")
            func text(_ line: Int) -> String {
                String(lines[line].dropFirst(2)).replacing("\\n", with: "\n")
                    .replacing("\\t", with: "\t")
            }
            let said = lines.dropFirst(3).filter { !$0.isEmpty }.joined(separator: "\n")
            return Golden(
                definition: lines[0], replaced: text(1), replacement: text(2), said: said)
        }
    }()

    @Test func `The golden file is there`() {
        #expect(Self.golden.count > 80)
    }

    @Test(arguments: golden)
    func `Every fault is named with place, expectation and nearest word`(_ golden: Golden) {
        let texts = [
            "kpi": Self.kpi, "calendar": Self.calendar, "scorecard": Self.scorecard,
            "respondents": Self.respondents,
        ]
        var text = texts[golden.definition] ?? Self.base
        #expect(text.contains(golden.replaced))
        text = text.replacing(golden.replaced, with: golden.replacement, maxReplacements: 1)
        if golden.definition == "kpi" { text = Self.base + "---\n" + text }
        // What it needs stands behind it, so that its lines count from 1.
        if golden.definition == "scorecard" {
            text += "---\n" + Self.base + "---\n" + Self.kpi + "---\n" + Self.duration
        }
        #expect(Self.said(text) == golden.said)
    }

    @Test func `The definitions that the golden file changes are without fault`() {
        #expect(
            Self.said(
                [Self.base, Self.kpi, Self.calendar, Self.scorecard, Self.duration]
                    .joined(separator: "---\n")) == "no fault")
    }

    @Test func `Faults of several documents are told together, in the order of the file`() {
        let text =
            Self.base.replacing("fact: answer", with: "fact: anwser") + "---\n" + Self.kpi
            + "---\n" + Self.kpi.replacing("kpi: k", with: "kpi: k2").replacing("(p)", with: "(q)")
        #expect(
            Self.said(text) == """
                p.yaml:10:7: "let" does not say what "anwser" is. Did you mean answer?
                p.yaml:29:14: no projection is called "q".
                """)
    }

    @Test func `A circle of KPIs is refused with the way around`() {
        func kpi(_ name: String, _ value: String) -> String {
            Self.kpi.replacing("kpi: k", with: "kpi: \(name)").replacing("count(p)", with: value)
        }
        let text = [Self.base, kpi("a", "b * 2"), kpi("b", "1 + c"), kpi("c", "a / 2")]
            .joined(separator: "---\n")
        #expect(
            Self.said(text) == """
                p.yaml:21:8: KPI "a" depends on itself: a → b → c → a; expected KPIs that don't \
                depend on each other in a circle.
                """)
    }
}
