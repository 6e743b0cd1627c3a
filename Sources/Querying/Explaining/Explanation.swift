package import Definitions
import EventLog
package import EventModel
import Projections

/// What is behind one figure: every fact, with its case, its values and the entries it rests on.
package struct Explanation {
    /// One aggregate of the formula.
    package struct Term {
        /// What it is.
        package var aggregate: Aggregate
        /// Place of its projection among the parts.
        package var part: Int
        /// Place of its column among the part's.
        package var column: Int
        /// Its value, from the projection's rows.
        package var value: Fraction
        /// The same from the facts listed.
        package var listed: Fraction
        /// What the listed values add up to; nil where they are not added.
        package var sum: Int128?
        /// How many facts it rests on.
        package var count: Int64
        /// The fact at that rank, of a percentile, minimum or maximum.
        package var marked: Int?
        /// Whether it counts rather than measures.
        package var isCount: Bool
        /// Whether the groups of a split have parts of it that add up to it: not so of percentiles
        /// and of numbers of different things.
        package var isAdditive: Bool
    }

    /// What facts bring to the figure: a measure, or that they count.
    package struct Column {
        /// How values are shown.
        package enum Kind: Hashable, Sendable {
            case duration, number, mark, fact, name
        }
        /// `wait`, or `facts`; with the dimensions' values that it is limited to.
        package var title: String
        package var kind: Kind
        let stream: FactStream
    }

    /// A named event of a fact.
    package struct Event: Hashable, Sendable {
        package var name: String
        package var sequence: UInt32
        package var time: Instant
    }

    /// One fact, ready to be shown.
    package struct Line {
        /// The case, as in its events' subject.
        package var subject: String
        /// When its event happened.
        package var time: Instant
        /// The events its definition looked up, in their order in the log.
        package var events: [Event]
        /// The sequence of its own event.
        package var sequence: UInt32
        /// The other entries it rests on.
        package var support: [UInt32]
        /// By dimension; "" where it has none.
        package var dimensions: [String]
        /// By column: nil where the fact has none.
        package var values: [Int64?]
        /// Names behind values of columns of that kind.
        package var names: [String?]
        /// How many such facts: −1 where it takes an earlier one back.
        package var multiplicity: Int64
        /// What it is the rank of, such as `percentile 90 of …`.
        package var marks: [Aggregate]

        /// Every entry behind it, ascending.
        package var entries: [UInt32] { (support + [sequence]).sorted() }
    }

    /// The facts of one projection.
    package struct Part {
        package var definition: ProjectionDefinition
        package var columns: [Column]
        /// Names of the events that say when it happened: a duration's ends, else the fact.
        package var moments: [String]
        /// Whether its cases are respondents, who are not shown one by one.
        package var isAnonymous: Bool
        let traced: TracedFacts

        /// How many facts there are.
        package var count: Int { traced.facts.count }
        package var dimensions: [String] { traced.layout.dimensions.map(\.name) }
    }

    /// The figure, as a query answers it: one column, no rows but one.
    package var answer: Answer
    /// How the figure is computed; nil where nothing is asked.
    package var formula: Formula?
    package var terms: [Term]
    package var parts: [Part]
    /// Whether only facts that may still change are listed.
    package var isOpenOnly: Bool
    /// Whether the listed facts add up to the figure, each term and the whole.
    package var addsUp: Bool
    /// What is behind each group's figure, where it is split: the group is its answer's total. A group
    /// whose figure is withheld has no terms and no parts.
    package var groups: [Explanation] = []
    /// Whether the groups' terms add up to those of the whole; nil where no term can.
    package var groupsAddUp: Bool?

    /// Whether everything that can add up does: the facts to each figure, the groups to the whole.
    package var holds: Bool {
        addsUp && groups.allSatisfy(\.addsUp) && groupsAddUp != false
    }

    /// Whether groups stand in place of the facts, be there any or none.
    package var isSplit: Bool { !answer.dimensions.isEmpty && answer.total.key.isEmpty }

    /// The group's values, by dimension; empty for the whole.
    package var key: [String] { answer.total.key }

    /// The figure.
    package var figure: Figure { answer.total.figures[0] }

    /// How many facts are listed.
    package var count: Int { parts.reduce(0) { $0 + $1.count } }
}

extension Explanation {
    /// Some facts of a part, with what the log says of them.
    ///
    /// - Complexity: O(facts · log entries), one read transaction.
    package func lines(of part: Int, _ range: Range<Int>) throws -> [Line] {
        let traced = parts[part].traced
        let texts = traced.origin.texts
        let cells = texts.layout
        return try traced.origin.projections.log.read { view in
            try range.map { index in
                let fact = traced.facts[index]
                let events = try fact.events.filter { $0.name != "fact" }
                    .map {
                        Event(
                            name: $0.name, sequence: $0.sequence,
                            time: try view.happened($0.sequence))
                    }.sorted { $0.sequence < $1.sequence }
                let values = parts[part].columns.map { $0.stream.value(of: fact) }
                let names = try zip(parts[part].columns, values).map { column, value in
                    guard column.kind == .name, let value, let measure = column.stream.measure
                    else { return String?.none }
                    let place = (measure - cells.firstMeasureWord) / 2
                    return try texts.text(ofMeasure: place, value, in: view)
                }
                return Line(
                    subject: try view.subject(ofCase: fact.caseID), time: traced.times[index],
                    events: events, sequence: fact.sequence, support: fact.support,
                    dimensions: try cells.dimensions.indices.map {
                        try texts.text(ofDimension: $0, fact.row[1 + $0], in: view) ?? ""
                    }, values: values, names: names, multiplicity: fact.multiplicity,
                    marks: terms.filter { $0.part == part && $0.marked == index }.map(\.aggregate))
            }
        }
    }

    /// The sequences of a part's facts, in their order.
    package func sequences(of part: Int) -> [UInt32] { parts[part].traced.facts.map(\.sequence) }

    /// What the values of an anonymous part come to, by column, and of how many facts; a name, who
    /// answered, has no sum. Respondents' values are shown together or not at all.
    package func sums(of part: Int) -> [(sum: Int128?, count: Int64)] {
        parts[part].columns.map { column in
            var sum: Int128 = 0
            var count: Int64 = 0
            for fact in parts[part].traced.facts {
                guard let value = column.stream.value(of: fact) else { continue }
                sum += Int128(value) * Int128(fact.multiplicity)
                count += fact.multiplicity
            }
            return (column.kind == .name ? nil : sum, count)
        }
    }
}
