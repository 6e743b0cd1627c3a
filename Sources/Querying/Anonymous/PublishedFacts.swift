package import Definitions
package import EventLog
package import EventModel
package import Projections

/// The facts of a projection of anonymous cases, as far as they are shown: those of answers in a
/// group (`RoundLedger`), on the day on which their round began, under the group's team. Nothing
/// above it sees another row.
package final class PublishedFacts: FactSource {
    /// Rows that are not shown, and why: answers without what was answered.
    struct Withheld {
        var reason: NullReason
        /// For a round that is open, the last day on which it may change.
        var openThrough: Day?
        var rows: any FactSource
    }

    package let layout: FactLayout
    package let position: UInt32?
    /// Where its texts come from.
    let base: any FactSource
    private let definition: ProjectionDefinition
    private let projections: ProjectionStore
    private let context: BuildContext
    private let rounds: AnonymousRounds
    private let count: UInt32
    private var read: (rows: [UInt32], withheld: [Withheld])?

    /// - Parameters:
    ///   - base: the projection's own rows, of which none is read.
    ///   - count: the log's first so many entries, where `base` has no position.
    package init(
        _ base: any FactSource, _ definition: ProjectionDefinition, _ projections: ProjectionStore,
        _ context: BuildContext, _ rounds: AnonymousRounds, upTo count: UInt32
    ) {
        self.base = base
        self.definition = definition
        self.projections = projections
        self.context = context
        self.rounds = rounds
        self.count = base.position ?? count
        position = base.position
        layout = base.layout
    }

    /// The source itself, or, of a projection of anonymous cases, what of it is shown.
    package static func shown(
        _ base: any FactSource, of definition: ProjectionDefinition?,
        _ projections: ProjectionStore, context: () throws -> BuildContext,
        _ rounds: AnonymousRounds, upTo count: UInt32
    ) throws -> any FactSource {
        guard let definition, definition.isAnonymous else { return base }
        return PublishedFacts(
            base, definition, projections, try context(), rounds, upTo: count)
    }

    package func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
        let rows = try contents().rows
        try body(rows.span)
    }

    package func text(ofDimension index: Int, id: UInt32) throws -> String {
        try base.text(ofDimension: index, id: id)
    }

    package func ids(ofDimension index: Int, text: String) throws -> [UInt32] {
        try base.ids(ofDimension: index, text: text)
    }

    package func occurringIDs(ofDimension index: Int) throws -> [UInt32] {
        var ids = Set(try scannedIDs(ofDimension: index))
        for part in try withheld() { ids.formUnion(try part.rows.scannedIDs(ofDimension: index)) }
        return ids.sorted()
    }

    package func occurs(_ id: UInt32, inDimension index: Int) throws -> Bool {
        try occurringIDs(ofDimension: index).contains(id)
    }

    /// What is not shown.
    func withheld() throws -> [Withheld] { try contents().withheld }

    // MARK: Reading

    private func contents() throws -> (rows: [UInt32], withheld: [Withheld]) {
        if let read { return read }
        let ledgers = try rounds.ledgers(upTo: count)
        let groups = ledgers.flatMap(\.groups)
        let withheld = ledgers.flatMap(\.withheld)
        var facts = try facts(
            ofCases: Set(groups.flatMap(\.cases) + withheld.map(\.caseID)), at: count)
        // An answer that was voided after it was shown has no fact any more.
        for state in Set(groups.filter { $0.answers.contains { facts[$0] == nil } }.map(\.state)) {
            let parts = groups.filter { $0.state == state }
            facts.merge(try self.facts(ofCases: Set(parts.flatMap(\.cases)), at: state)) {
                now, _ in now
            }
        }
        var rows: [UInt32] = []
        var few = MarkerRows(layout: layout, base: base)
        var open: [Day: MarkerRows] = [:]
        for group in groups {
            // A definition takes all of a group, or nothing.
            let shown = zip(group.answers, group.teams).filter { facts[$0.0] != nil }
            let isTaken = shown.count >= RoundLedger.fewest
            for (answer, team) in shown {
                guard var row = facts[answer] else { continue }
                place(&row, on: rounds.day(of: group.begin), in: team)
                // The team itself has no figure where it was too small.
                if team != group.group || !isTaken { few.add(row) }
                place(&row, on: rounds.day(of: group.begin), in: group.group)
                if isTaken { rows += row }
            }
        }
        for answer in withheld {
            guard var row = facts[answer.answer] else { continue }
            place(&row, on: rounds.day(of: answer.begin), in: answer.group)
            if let end = answer.openUntil {
                open[rounds.day(of: end), default: few.empty].add(row)
            } else {
                few.add(row)
            }
        }
        var parts = open.sorted { $0.key < $1.key }.map { end, rows in
            Withheld(reason: .roundOpen(through: end), openThrough: end, rows: rows)
        }
        if !few.rows.isEmpty {
            parts.append(
                Withheld(reason: .withheld(below: RoundLedger.fewest), openThrough: nil, rows: few))
        }
        read = (rows, parts)
        return (rows, parts)
    }

    /// The rows of cases' facts, by the entry of their answer.
    private func facts(ofCases ids: Set<UInt32>, at state: UInt32) throws -> [UInt32: [UInt32]] {
        let found = try projections.facts(
            ofCases: ids.sorted(), definition, context: context, upTo: state)
        return Dictionary(found.facts.map { ($0.sequence, $0.row) }, uniquingKeysWith: { $1 })
    }

    private func place(_ row: inout [UInt32], on day: Day, in group: UInt32) {
        row[0] = CellLayout.word(of: day)
        for index in definition.groupDimensions(context.types) { row[1 + index] = group }
    }
}

extension LiveFacts {
    /// What is shown of a projection's replayed rows.
    package static func shown(
        _ rows: CellSet, of definition: ProjectionDefinition, _ projections: ProjectionStore,
        _ context: BuildContext, _ log: LogStore, in view: borrowing LogView
    ) throws -> any FactSource {
        let facts = LiveFacts(
            .replayed(rows), definition: definition,
            calendars: CalendarsInForce(try view.definitions()), log: try SharedView(view),
            reach: { $0 })
        return try PublishedFacts.shown(
            facts, of: definition, projections, context: { context },
            AnonymousRounds(of: log, zone: context.zone), upTo: rows.position)
    }
}

/// Rows of what is not shown: who, in which group and when, and nothing measured.
private struct MarkerRows: FactSource {
    let layout: FactLayout
    let base: any FactSource
    private(set) var rows: [UInt32] = []

    init(layout: FactLayout, base: any FactSource) {
        self.layout = layout
        self.base = base
    }

    /// The same without rows.
    var empty: MarkerRows { MarkerRows(layout: layout, base: base) }

    mutating func add(_ row: [UInt32]) {
        var row = row
        for word in layout.offset(ofMeasure: 0)..<row.count - 2 { row[word] = 0 }
        rows += row
    }

    func scan(days: Range<Day>, _ body: (Span<UInt32>) throws -> Void) throws {
        try body(rows.span)
    }

    func text(ofDimension index: Int, id: UInt32) throws -> String {
        try base.text(ofDimension: index, id: id)
    }

    func ids(ofDimension index: Int, text: String) throws -> [UInt32] {
        try base.ids(ofDimension: index, text: text)
    }
}
