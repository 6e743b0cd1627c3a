import Definitions
package import EventLog
package import EventModel
package import Ingest
import Projections

/// Compares a source's own list with the log, case by case and field by field.
///
/// The list is read through its mapping into a scratch store, as an import is into the log, so that memory
/// does not grow with it; then each case of the scratch store is looked up in the log. What was taken
/// back in the log is not there.
package struct Reconciliation {
    /// How a case, or something in it, stands.
    package enum Verdict: String, CaseIterable, Hashable, Sendable {
        /// The list has it, and the log has not.
        case missingHere = "missing_here"
        /// The log has it, and the list has not.
        case missingThere = "missing_there"
        /// Both have it, and a field differs.
        case differs
    }

    /// One thing that list and log say otherwise.
    package struct Finding: Hashable, Sendable {
        package var verdict: Verdict
        /// The case.
        package var subject: String
        /// The event's type; empty where the whole case is meant.
        package var type: String
        /// The field, `time` or another attribute; empty where the whole event or case is meant.
        package var field: String
        /// What the list says; of a whole event its time.
        package var there: String
        /// What the log says; of a whole event its time.
        package var here: String
        /// The entry; nil where the log has none.
        package var sequence: UInt32?
        /// The KPIs that rest on such an event and field, in the order of the catalogue.
        package var kpis: [String]
    }

    /// What came of it.
    package struct Outcome: Sendable {
        /// The log's entries that were compared.
        package var entries: UInt32 = 0
        /// Rows of the list.
        package var rows = 0
        /// Rows that could not be read, and so were not compared.
        package var refused = 0
        /// Why, by kind, each with the first of them.
        package var refusals: [RefusalGroup] = []
        /// Events of people who are not to be known: they were not compared.
        package var anonymous = 0
        /// Cases that were compared, in list or log.
        package var cases: Int { same + missingHere + missingThere + different }
        package var same = 0
        package var missingHere = 0
        package var missingThere = 0
        package var different = 0
        /// In the order of the list, then what only the log has in its order.
        package var findings: [Finding] = []
        /// Findings beyond `mostFindings`.
        package var unlisted = 0
        /// The KPIs touched, each with the cases that touch it.
        package var touched: [(kpi: String, cases: Int)] = []

        /// Whether list and log say the same, as far as there was something to compare.
        package var agrees: Bool { same == cases && refused == 0 }
    }

    /// More findings are counted alone.
    package static let mostFindings = 100_000
    private static let casesAtOnce = 512

    private let log: LogStore
    private let scratch: LogStore
    private let period: Period
    private let zone: TimeZoneRules
    /// Asked now and then; true ends it.
    package var shouldStop: () -> Bool = { false }
    /// Whether findings show persons as the tokens that stand for them; they are compared by name.
    package var showsTokens = false

    /// - Parameter scratch: a new, empty store with the log's event types; the caller deletes it.
    package init(of log: LogStore, in period: Period, zone: TimeZoneRules, scratch: LogStore) {
        self.log = log
        self.period = period
        self.zone = zone
        self.scratch = scratch
    }

    /// Reads the list and compares.
    ///
    /// - Parameter clock: for the scratch store.
    /// - Throws: `MappingMismatch` where list and mapping don't go together, an `InputFault` where the list
    ///   can't be read to its end, `ProjectionFault.interrupted`.
    /// - Complexity: O(rows + entries), and a look at each entry of the cases compared.
    package func run(
        _ list: InputSource, through mapping: Mapping, clock: @escaping () throws -> Instant
    ) throws -> Outcome {
        var sink = scratch.sink(clock: clock)
        var options = IngestOptions()
        // What ids are made by is the log's own.
        options.privateDigest = try log.privateDigest()
        let read = try ingest(
            list, through: mapping, into: &sink, types: scratch.types, options: options,
            isCancelled: shouldStop)
        if let fault = read.inputFault { throw fault }
        if read.isCancelled { throw ProjectionFault.interrupted }
        var outcome = Outcome()
        outcome.rows = read.counts.lines
        outcome.refused = read.counts.refused
        outcome.refusals = read.refusals
        outcome.entries = try log.read { $0.entryCount }
        var known = try known()
        // A list without a case says that there are none: of the cases that its mapping is about.
        if known.types.isEmpty { known = mapped(mapping) }
        let caseCount = try scratch.read { view in
            view.entryCount == 0 ? 0 : try view.caseCount(upTo: view.entryCount)
        }
        let library = try log.read { view in
            DefinitionLibrary(register: try view.definitions(), types: view.types)
        }
        var work = ReconciledCases(
            period: period, zone: zone, types: log.types, known: known,
            // Every case in one row: the list says how cases stand, not how they came to.
            isOfStates: read.counts.lines - read.counts.refused <= Int(caseCount),
            touching: try TouchedKPIs(library), outcome: outcome)
        if showsTokens { work.token = { name in try log.read { try $0.tokenMarked(of: name) } } }
        var seen = CaseSet(count: try log.read { try $0.caseCount(upTo: outcome.entries) })
        for first in stride(from: UInt32(0), to: caseCount, by: Self.casesAtOnce) {
            if shouldStop() { throw ProjectionFault.interrupted }
            let last = min(caseCount, first + UInt32(Self.casesAtOnce))
            var there = try scratch.read { view in
                try (first..<last).map { try CaseContent(ofCase: $0, in: view) }
            }
            var here = try log.read { view in
                try there.map { content -> CaseContent? in
                    guard let id = try view.caseID(content.subject) else { return nil }
                    seen.insert(id)
                    return try CaseContent(
                        ofCase: id, in: view, upTo: outcome.entries, types: known.types)
                }
            }
            if showsTokens {
                for place in there.indices { try there[place].show(as: scratch) }
                for place in here.indices { try here[place]?.show(as: log) }
            }
            for (list, log) in zip(there, here) { try work.compare(list, log) }
        }
        try addOthers(seen, known, &work)
        return work.finished()
    }

    /// What the list tells of.
    struct Known {
        /// Types of its events, by id.
        var types: Set<UInt16> = []
        /// Whether one of them opens cases: then cases belong to the period in which they were opened.
        var openings: Set<UInt16> = []
        /// Where its events come from.
        var sources: Set<String> = []
    }

    private func mapped(_ mapping: Mapping) -> Known {
        var known = Known(sources: [mapping.source])
        for (place, schema) in log.types.schemas.enumerated()
        where mapping.eventTypes.contains(schema.type) {
            known.types.insert(UInt16(place))
            if schema.opensCase { known.openings.insert(UInt16(place)) }
        }
        return known
    }

    private func known() throws -> Known {
        var known = Known()
        try scratch.read { view in
            for segment in try view.segments() {
                for row in 0..<segment.count {
                    let type = segment.types[row]
                    guard known.types.insert(type).inserted else { continue }
                    if view.types.schemas[Int(type)].opensCase { known.openings.insert(type) }
                    known.sources.insert(
                        try view.content(of: segment.first + UInt32(row)).source)
                }
            }
        }
        return known
    }

    /// The cases that only the log has: of the list's source, and opened in the period where the list has
    /// openings, else with an event of its kinds in it.
    private func addOthers(_ seen: CaseSet, _ known: Known, _ work: inout ReconciledCases) throws {
        let types = known.openings.isEmpty ? known.types : known.openings
        guard !types.isEmpty else { return }
        let times = work.times
        var others: [UInt32] = []
        var met = seen
        try log.read { view in
            let end = work.outcome.entries
            for segment in try view.segments(covering: 0..<end) {
                for row in 0..<min(segment.count, Int(end - segment.first)) {
                    guard types.contains(segment.types[row]), times.contains(segment.times[row]),
                        !met.contains(segment.cases[row])
                    else { continue }
                    let sequence = segment.first + UInt32(row)
                    guard try !view.isVoided(sequence),
                        known.sources.contains(try view.content(of: sequence).source)
                    else { continue }
                    met.insert(segment.cases[row])
                    others.append(segment.cases[row])
                }
            }
        }
        for first in stride(from: 0, to: others.count, by: Self.casesAtOnce) {
            if shouldStop() { throw ProjectionFault.interrupted }
            let some = others[first..<min(others.count, first + Self.casesAtOnce)]
            var contents = try log.read { view in
                try some.map { id in
                    try CaseContent(
                        ofCase: id, in: view, upTo: work.outcome.entries, types: known.types)
                }
            }
            if showsTokens {
                for place in contents.indices { try contents[place].show(as: log) }
            }
            for content in contents { work.addOther(content) }
        }
    }
}

/// Cases by their ids, a bit each.
struct CaseSet {
    private var words: [UInt64]

    init(count: UInt32) { words = Array(repeating: 0, count: Int(count) / 64 + 1) }

    func contains(_ id: UInt32) -> Bool {
        let word = Int(id / 64)
        return word < words.count && words[word] & 1 << UInt64(id % 64) != 0
    }

    mutating func insert(_ id: UInt32) {
        let word = Int(id / 64)
        if word < words.count { words[word] |= 1 << UInt64(id % 64) }
    }
}

/// The KPIs that rest on events and their fields.
struct TouchedKPIs {
    private var fields: [(kpi: String, types: [String: Set<String>])] = []

    init(_ library: DefinitionLibrary) throws {
        for name in library.kpiNames {
            guard let kpi = try library.kpi(name) else { continue }
            var types: [String: Set<String>] = [:]
            for projection in try library.projections(behind: kpi) {
                for read in try library.projection(projection)?.reads ?? [] {
                    types[read.type, default: []].formUnion(read.fields)
                }
            }
            fields.append((name, types))
        }
    }

    /// All of them, in the order of the catalogue.
    var kpis: [String] { fields.map(\.kpi) }

    /// - Parameter field: of `data`; nil where all of the event is meant, such as its time.
    func kpis(_ type: String, _ field: String? = nil) -> [String] {
        fields.filter { kpi in
            guard let read = kpi.types[type] else { return false }
            return field.map { read.contains($0) } ?? true
        }.map(\.kpi)
    }
}
