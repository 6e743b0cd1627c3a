import Definitions
import EventLog
import EventModel
import Testing

@testable import Querying

/// Method: every KPI and statistic of the catalogue on a random log with voids and late events, as
/// it stands and as of earlier states: what is listed is added up by hand and must give the figure.
@Suite("Explanations")
struct ExplanationTests {
    private func log() throws -> AuditedLog {
        let audited = try AuditedLog()
        var random = Seeded(5)
        var rest = try generatedLines(700, seed: 5)[...]
        while !rest.isEmpty {
            audited.wait(milliseconds: 86_400_000)
            try audited.record(rest.prefix(200))
            rest = rest.dropFirst(200)
            let sequence = UInt32(100 + random.below(Int(try audited.entryCount) - 100))
            try audited.void(sequence..<sequence + 1)
        }
        try audited.catchUp()
        return audited
    }

    @Test("Facts, numerators and denominators add up to every figure") func addsUp() throws {
        let audited = try log()
        let count = try audited.entryCount
        var facts = 0
        for size in [count - 250, count] {
            let context = try StoreState(of: audited.log, asOf: size)
            for name in context.kpiNames {
                let kpi = try #require(try context.kpi(name))
                for column in [name] + kpi.statistics.map({ name + "." + $0.name }) {
                    let request = QueryRequest(kpis: [column], period: "2025")
                    do {
                        let explanation = try context.explanation(request)
                        #expect(explanation.addsUp, "\(column) at \(size)")
                        facts += try check(explanation, column)
                    } catch ExplanationFault.withheld {
                        let figure = try context.answer(request).total.figures[0]
                        #expect(figure.reason == .withheld(below: 5))
                    } catch ExplanationFault.roundOpen(let day) {
                        let figure = try context.answer(request).total.figures[0]
                        #expect(figure.reason == .roundOpen(through: day))
                    }
                }
            }
        }
        #expect(facts > 1000)
    }

    /// Adds the listed facts up, with nothing but what is shown.
    private func check(_ explanation: Explanation, _ column: String) throws -> Int {
        var facts = 0
        for (place, part) in explanation.parts.enumerated() where !part.isAnonymous {
            let lines = try explanation.lines(of: place, 0..<part.count)
            facts += lines.count
            for term in explanation.terms where term.part == place {
                var sum: Int128 = 0
                var count: Int64 = 0
                for line in lines {
                    guard let value = line.values[term.column] else { continue }
                    sum += Int128(value) * Int128(line.multiplicity)
                    count += line.multiplicity
                }
                #expect(count == term.count, "\(column), \(term.aggregate)")
                if let expected = term.sum {
                    #expect(sum == expected, "\(column), \(term.aggregate)")
                }
                if let marked = term.marked {
                    #expect(lines[marked].values[term.column].map { Fraction($0) } == term.value)
                }
            }
        }
        return facts
    }

    @Test("Each group's facts add up to its figure, and the groups to the whole")
    func groups() throws {
        let audited = try log()
        let context = try StoreState(of: audited.log, asOf: try audited.entryCount)
        var groups = 0
        var additive = 0
        for name in context.kpiNames {
            let kpi = try #require(try context.kpi(name))
            let known = try context.dimensions(of: name)
            var splits = [["agent"], ["channel", "team"]].filter { $0.allSatisfy(known.contains) }
            if known.contains("agent") { splits.append(["agent.department"]) }
            for column in [name] + kpi.statistics.map({ name + "." + $0.name }) {
                for by in splits {
                    let request = QueryRequest(kpis: [column], by: by, period: "2025")
                    let whole: Explanation
                    do {
                        whole = try context.explanation(request)
                    } catch let fault as ExplanationFault {
                        // Withheld, or a stock followed to its agents.
                        #expect(fault != .oneKPI)
                        continue
                    }
                    let place = "\(column) by \(by)"
                    let answer = try context.answer(request)
                    #expect(whole.groups.map(\.key) == answer.rows.map(\.key), "\(place)")
                    #expect(whole.holds, "\(place)")
                    for (group, row) in zip(whole.groups, answer.rows) {
                        #expect(group.figure == row.figures[0], "\(place), \(row.key)")
                        if group.figure.isWithheld {
                            #expect(group.parts.isEmpty && group.terms.isEmpty)
                            continue
                        }
                        groups += 1
                        _ = try check(group, place)
                    }
                    additive += try checkSums(whole, place)
                }
            }
        }
        #expect(groups > 500 && additive > 50, "\(groups) groups, \(additive) terms added")
    }

    /// Adds the groups' terms up by hand; none is looked at where a group is withheld.
    private func checkSums(_ whole: Explanation, _ place: String) throws -> Int {
        guard whole.groups.allSatisfy({ !$0.terms.isEmpty }) else { return 0 }
        var checked = 0
        for (index, term) in whole.terms.enumerated() where term.isAdditive {
            let parts = whole.groups.map { $0.terms[index] }
            #expect(parts.reduce(0) { $0 + $1.count } == term.count, "\(place), \(term.aggregate)")
            if let sum = term.sum {
                #expect(
                    parts.reduce(Int128(0)) { $0 + ($1.sum ?? 0) } == sum,
                    "\(place), \(term.aggregate)")
            }
            checked += 1
        }
        return checked
    }

    @Test("Groups that do not add up to the whole are noticed") func groupSums() throws {
        let audited = try log()
        let context = try StoreState(of: audited.log, asOf: try audited.entryCount)
        let request = QueryRequest(kpis: ["ticket_volume"], by: ["channel"], period: "2025")
        let whole = try context.explanation(request)
        var sums = GroupSums(whole.terms)
        for group in whole.groups.dropFirst() { sums.add(group.terms) }
        #expect(whole.groups.count > 1 && sums.addUp(to: whole.terms) == false)
        sums.add(whole.groups[0].terms)
        #expect(sums.addUp(to: whole.terms) == true)
        // What cannot be added says nothing.
        let ranked = try context.explanation(
            QueryRequest(
                kpis: ["first_response_time.p90"], by: ["channel"], period: "2025"))
        #expect(ranked.groupsAddUp == nil && ranked.holds)
    }

    @Test("Who is kept adds up for those of one channel alone, too") func keptOfSome() throws {
        let audited = try log()
        let context = try StoreState(of: audited.log, asOf: try audited.entryCount)
        let known = try context.dimensions(of: "retention_rate")
        for dimension in known {
            let rows = try context.answer(
                QueryRequest(kpis: ["retention_rate"], by: [dimension], period: "2025-Q3")
            ).rows
            for row in rows where row.key != [""] {
                let explanation = try context.explanation(
                    QueryRequest(
                        kpis: ["retention_rate"], filters: [(dimension, row.key[0])],
                        period: "2025-Q3"))
                #expect(explanation.addsUp, "\(dimension) \(row.key)")
            }
        }
    }

    @Test("Rows that no fact explains are noticed") func notices() throws {
        let audited = try log()
        let context = try StoreState(of: audited.log, asOf: try audited.entryCount)
        // As if one fact's row had been counted twice in the store.
        let source = try #require(try context.source("ticket_volume"))
        let tampered = try StoreState(of: audited.log, asOf: try audited.entryCount)
        tampered.put(Doubled(origin: source))
        let request = QueryRequest(kpis: ["ticket_volume"], period: "2025")
        let honest = try context.answer(request).total.figures[0]
        let other = try tampered.answer(request).total.figures[0]
        #expect(other.value != honest.value)
        #expect(throws: ExplanationFault.notTraced(projection: "ticket_volume")) {
            try tampered.explanation(request)
        }
    }

    /// A source that lends every row twice.
    private struct Doubled: FactSource {
        let origin: any FactSource
        var layout: FactLayout { origin.layout }
        func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
            try origin.scan(days: days, body)
            try origin.scan(days: days, body)
        }
        func text(ofDimension index: Int, id: UInt32) throws -> String {
            try origin.text(ofDimension: index, id: id)
        }
        func ids(ofDimension index: Int, text: String) throws -> [UInt32] {
            try origin.ids(ofDimension: index, text: text)
        }
    }

    @Test("One KPI at a time") func oneKPI() throws {
        let audited = try AuditedLog()
        let context = try StoreState(of: audited.log, asOf: try audited.entryCount)
        #expect(throws: ExplanationFault.oneKPI) {
            try context.explanation(QueryRequest(kpis: ["csat", "nps"], period: "2025"))
        }
    }
}
