import Definitions
import EventModel

@testable import Querying

/// A seeded generator of numbers (SplitMix64), so that a failure can be run again.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// One fact, or several equal ones, spelt out.
struct PlainFact: Hashable {
    var day: Day
    var dimensions: [String]
    var measures: [Int64?]
    var multiplicity: Int64 = 1
}

/// Facts in memory, in the row form of a projection; names get ids in order of appearance, as a
/// log would give them.
struct MemoryFacts: FactSource {
    let layout: FactLayout
    private(set) var names = ["", ""]
    private(set) var words: [UInt32] = []
    private var idByName: [String: UInt32] = [:]
    /// Rows in one block.
    var blockRows = 100

    init(layout: FactLayout, facts: [PlainFact]) {
        self.layout = layout
        for fact in facts { add(fact) }
    }

    mutating func add(_ fact: PlainFact) {
        words.append(UInt32(bitPattern: fact.day.number) ^ 0x8000_0000)
        for text in fact.dimensions { words.append(intern(text)) }
        for measure in fact.measures {
            let biased = UInt64(bitPattern: measure ?? .min) ^ 1 << 63
            words.append(UInt32(truncatingIfNeeded: biased >> 32))
            words.append(UInt32(truncatingIfNeeded: biased))
        }
        let multiplicity = UInt64(bitPattern: fact.multiplicity)
        words.append(UInt32(truncatingIfNeeded: multiplicity >> 32))
        words.append(UInt32(truncatingIfNeeded: multiplicity))
    }

    private mutating func intern(_ text: String) -> UInt32 {
        if text.isEmpty { return 0 }
        if let id = idByName[text] { return id }
        let id = UInt32(names.count)
        names.append(text)
        idByName[text] = id
        return id
    }

    func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
        let block = blockRows * layout.stride
        var at = 0
        while at < words.count {
            let end = min(words.count, at + block)
            try body(words.span.extracting(at..<end))
            at = end
        }
    }

    func text(ofDimension index: Int, id: UInt32) -> String { names[Int(id)] }

    func ids(ofDimension index: Int, text: String) -> [UInt32] {
        idByName[text].map { [$0] } ?? []
    }
}

extension Day {
    /// A day written as `2025-07-14`.
    init(_ text: String) {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        self = Day(year: parts[0], month: parts[1], day: parts[2])!
    }
}

extension AnswerBasis {
    /// A log of tests.
    static func test(today: String = "2025-08-05") -> AnswerBasis {
        AnswerBasis(
            origin: "rekam.test/demo", sequence: 184_203,
            root: [0x9f, 0x3c, 0x1b] + [UInt8](repeating: 7, count: 29), timeZone: "Asia/Jakarta",
            tzdata: "2025b", today: Day(today))
    }
}

extension KPIDefinition {
    /// A KPI with no more than a formula.
    init(
        test name: String, title: LocalizedText? = nil, unit: Unit = .ratio,
        better: Direction = .higher, _ value: Formula,
        statistics: [(name: String, formula: Formula)] = []
    ) {
        self.init(
            name: name, version: 1, title: title ?? LocalizedText(english: name),
            description: LocalizedText(english: ""), group: "operational", unit: unit,
            better: better, value: value, statistics: statistics)
    }
}

extension Formula {
    /// `function(projection.measure[filter])`.
    static func over(
        _ function: AggregateFunction, _ projection: String, _ measure: String? = nil,
        _ filter: [String: [String]] = [:]
    ) -> Formula {
        .aggregate(
            Aggregate(
                function: function, projection: projection, measure: measure, filter: filter))
    }
}
