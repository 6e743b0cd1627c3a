import Definitions
import EventLog
import EventModel
import Projections
import Querying

/// `channel=email` and the like; several values of one dimension are alternatives, each named as in
/// every question.
struct DimensionFilter: Sendable {
    /// By the dimension's place.
    private var words: [Int: Set<UInt32>] = [:]

    /// - Throws: a `Failure` that says what is wrong with a condition, all values in one go.
    init(
        _ texts: [String], _ source: ProjectionSource, _ live: LiveProjections,
        _ register: DefinitionRegister, _ log: LogStore, on days: Range<Day>, upTo count: UInt32,
        options: BuildOptions
    ) throws {
        guard !texts.isEmpty else { return }
        let asked = try Self.values(texts, source.definition.dimensions.map(\.name))
        let facts = try PrefixFacts(
            source, of: live, calendars: CalendarsInForce(register), upTo: count, options: options)
        let context = try StoreState(of: log, asOf: count, register: register, options: options)
        var faults: [QueryFault] = []
        for (place, values) in asked.sorted(by: { $0.key < $1.key }) {
            do {
                words[place] = try context.words(
                    of: values, inDimension: place, of: facts,
                    on: days.upperBound.advanced(by: -1), upTo: count)
            } catch let found as QueryFaults { faults += found.faults }
        }
        if !faults.isEmpty { throw Failure(.usage, messages: faults.map(\.description)) }
    }

    /// The values asked for, by the place of their dimension.
    private static func values(
        _ texts: [String], _ dimensions: [String]
    ) throws -> [Int: [String]] {
        var values: [Int: [String]] = [:]
        for text in texts {
            guard let (name, value) = FilterOptions.parts(of: text) else {
                throw Failure(.usage, "--where \(text.printable): it looks like channel=email.")
            }
            guard let place = dimensions.firstIndex(of: name) else {
                let near = nearest(to: name, among: dimensions)
                throw Failure(
                    .usage,
                    "no dimension is called \"\(name.printable)\"."
                        + (near.map { " Did you mean \($0)?" }
                            ?? " There are \(dimensions.joined(separator: ", "))."))
            }
            values[place, default: []].append(value)
        }
        return values
    }

    /// Whether a fact passes.
    func passes(_ fact: Fact) -> Bool {
        words.allSatisfy { place, wanted in wanted.contains(fact.row[1 + place]) }
    }
}
