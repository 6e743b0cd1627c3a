import Definitions
import Projections

/// The columns of facts or cells for programs: those that all have, then dimensions and measures.
///
/// Each has a name of its own: a dimension or measure that is called like a column before it is written
/// `dimension.time`, `measure.time`. A flag is 1 where it holds and 0 where it does not, so that its
/// mean is the share of facts for which it holds; any other measure without a value is absent.
struct FactColumns {
    /// In order; the last one is `count`.
    let names: [String]
    private let flags: [Int]

    /// - Parameters:
    ///   - own: the columns that stand before dimensions and measures.
    ///   - measures: with whether each is a flag.
    init(
        after own: [String], dimensions: [String], measures: [(name: String, isFlag: Bool)]
    ) {
        var names = own
        func add(_ name: String, _ kind: String) {
            let isTaken = name == Self.count || names.contains(name)
            names.append(isTaken ? "\(kind).\(name)" : name)
        }
        for name in dimensions { add(name, "dimension") }
        let first = names.count
        for measure in measures { add(measure.name, "measure") }
        self.names = names + [Self.count]
        flags = measures.indices.filter { measures[$0].isFlag }.map { first + $0 }
    }

    /// The columns of a definition's facts.
    init(after own: [String], _ definition: ProjectionDefinition) {
        self.init(
            after: own, dimensions: definition.dimensions.map(\.name),
            measures: definition.measures.map { measure in
                if case .flag = measure.source {
                    (measure.name, true)
                } else {
                    (measure.name, false)
                }
            })
    }

    /// The columns of stored rows.
    init(after own: [String], _ layout: CellLayout) {
        self.init(
            after: own, dimensions: layout.dimensions.map(\.name),
            measures: layout.measures.map { ($0.name, $0.kind == .flag) })
    }

    private static let count = "count"

    /// A row's texts as they are written, nil where one is absent.
    ///
    /// - Parameter texts: a text for each column.
    func written(_ texts: [String?]) -> [String?] {
        precondition(texts.count == names.count, "a text for each column")
        var texts = texts
        for place in flags { texts[place] = texts[place] ?? "0" }
        return texts
    }
}
