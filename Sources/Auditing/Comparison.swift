import Definitions
package import EventLog
package import EventModel
package import Projections
package import Querying

/// Why a figure is not what it was: an event that came since, or a definition.
package struct Cause: Hashable, Sendable {
    /// What kind of change it is.
    package enum Kind: String, Hashable, Sendable {
        /// An event of before that was recorded since.
        case late
        /// An event that happened since.
        case new
        /// An event taken out.
        case voided
        /// An event taken out and recorded anew.
        case corrected
        /// An event that takes a whole case out: a merge, a removal.
        case undone = "removed"
        /// Another version of a definition, a calendar or an event type.
        case definition
    }

    package var kind: Kind
    /// The entry that brought it; of a correction, the void's.
    package var sequence: UInt32
    /// The entry taken out.
    package var voided: UInt32?
    /// The entry recorded anew.
    package var anew: UInt32?
    /// The case, or the definition.
    package var subject: String
    /// The event's type, or what was done with the definition.
    package var type: String
    package var happened: Instant
    package var recorded: Instant
    package var reason: String
    package var person: String
}

/// One figure that two states of the log answer differently.
package struct ChangedCell: Sendable {
    package var column: AnswerColumn
    /// The dimensions' values; empty for all together.
    package var key: [(dimension: String, value: String)]
    package var before: Figure
    package var after: Figure
    /// What moved it, in the order of the log.
    package var causes: [Cause]
}

/// Compares the figures of a period as two states of the log answer them, and names what moved each.
package struct Comparison {
    private let log: LogStore
    private let counts: (before: UInt32, after: UInt32)
    private let choice: DefinitionChoice
    private let options: BuildOptions
    /// Columns asked for; empty for every KPI.
    package var kpis: [String] = []
    /// Dimensions of each split; empty for all together and by agent, team and channel.
    package var by: [String] = []

    /// A comparison of the log's first entries with its first more entries.
    package init(
        of log: LogStore, from before: UInt32, to after: UInt32,
        definitions choice: DefinitionChoice = .then, options: BuildOptions
    ) {
        precondition(before <= after, "the earlier state first")
        self.log = log
        counts = (before, after)
        self.choice = choice
        self.options = options
    }

    /// The dimensions by which a snapshot splits its figures.
    package static let usualDimensions = ["agent", "team", "channel"]

    /// Every cell of a period that differs, by KPI and group.
    ///
    /// - Throws: `QueryFaults` where something asked for does not exist.
    /// - Complexity: O(entries) for each projection that something changed.
    package func changes(of period: Period) throws -> [ChangedCell] {
        let (first, second) = try log.read { view in
            (
                try view.definitions(upTo: choice == .then ? counts.before : nil),
                try view.definitions(upTo: choice == .then ? counts.after : nil)
            )
        }
        let before = try QueryContext(
            of: log, asOf: counts.before, definitions: choice, options: options)
        let after = try QueryContext(
            of: log, asOf: counts.after, definitions: choice, options: options)
        var names = kpis
        if names.isEmpty {
            let (present, earlier) = (
                try after.kpisThatAnswer().answering, try before.kpisThatAnswer().answering
            )
            names = present + earlier.filter { !present.contains($0) }
        }
        try check(names, before, after, period)
        let moved = try MovedFacts(
            log, (first, second), counts.before..<counts.after, before: period.days.upperBound,
            options)
        let profiles = MovedProfiles(
            moved, FollowedStates(after, at: [counts.before, counts.after]), before, after)
        var cells: [ChangedCell] = []
        for name in names {
            let kpi = String(name.prefix { $0 != "." })
            guard try moved.mayTouch(kpi) || profiles.mayTouch(name, by, period) else { continue }
            // The same definitions over the entries of after, where they changed on the way.
            let middle =
                try moved.isRedefined(kpi)
                ? QueryContext(
                    of: log, asOf: counts.after, register: first, options: options) : nil
            for split in try splits(of: name, after, before, period) {
                cells += try compare(name, split, period, before, middle, after, moved, profiles)
            }
        }
        return cells
    }

    /// Refuses what neither state can be asked: a wrong name is no figure that stayed the same. Of all
    /// KPIs those are compared that have the dimensions; one must.
    private func check(
        _ names: [String], _ before: QueryContext, _ after: QueryContext, _ period: Period
    ) throws {
        var first: QueryFaults?
        for name in names {
            let request = QueryRequest(kpis: [name], by: by, period: period.description)
            do {
                _ = try after.resolved(request)
            } catch let faults as QueryFaults where (try? before.resolved(request)) == nil {
                if !kpis.isEmpty { throw faults }
                first = first ?? faults
                continue
            }
            if kpis.isEmpty { return }
        }
        if let first { throw first }
    }

    /// By what a KPI is split: what was asked for, else all together and each usual dimension that
    /// its facts have.
    private func splits(
        of name: String, _ after: QueryContext, _ before: QueryContext, _ period: Period
    ) throws -> [[String]] {
        guard by.isEmpty else { return [by] }
        let context = after.kpiNames.contains(String(name.prefix { $0 != "." })) ? after : before
        let answer = try context.answer(
            QueryRequest(kpis: [name], period: period.description))
        return [[]]
            + Self.usualDimensions.filter { answer.otherDimensions.contains($0) }.map { [$0] }
    }

    private func figures(
        _ context: QueryContext?, _ request: QueryRequest
    ) throws -> (column: AnswerColumn, rows: [[String]: Figure])? {
        guard let context else { return nil }
        do {
            let answer = try context.answer(request)
            var rows: [[String]: Figure] = [:]
            for row in request.by.isEmpty ? [answer.total] : answer.rows {
                rows[row.key] = row.figures[0]
            }
            return (answer.columns[0], rows)
        } catch let faults as QueryFaults {
            // What can't even be asked there did not exist yet, or does not any more; all else is a
            // fault, and nothing that was compared.
            guard (try? context.resolved(request)) == nil else { throw faults }
            return nil
        }
    }

    private func compare(
        _ name: String, _ split: [String], _ period: Period, _ before: QueryContext,
        _ middle: QueryContext?, _ after: QueryContext, _ moved: MovedFacts,
        _ profiles: MovedProfiles
    ) throws -> [ChangedCell] {
        let request = QueryRequest(kpis: [name], by: split, period: period.description)
        let old = try figures(before, request)
        let new = try figures(after, request)
        let between = try figures(middle, request)
        guard let column = new?.column ?? old?.column else { return [] }
        let nothing = Figure(value: .none, count: 0, reason: .nothing)
        var keys = Set(old?.rows.keys.map { $0 } ?? [])
        keys.formUnion(new?.rows.keys.map { $0 } ?? [])
        var cells: [ChangedCell] = []
        for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let was = old?.rows[key] ?? nothing
            let now = new?.rows[key] ?? nothing
            guard !was.isSame(as: now) else { continue }
            let pairs = Array(zip(split, key)).map { (dimension: $0, value: $1) }
            var causes = try moved.events(behind: name, pairs, period, in: before, profiles.states)
            causes += try profiles.events(behind: name, pairs, period)
            causes.sort { $0.sequence < $1.sequence }
            if middle != nil {
                let redefined = between?.rows[key] ?? nothing
                if !redefined.isSame(as: now) || between == nil {
                    causes += try moved.redefinitions(of: String(name.prefix { $0 != "." }))
                }
            }
            cells.append(
                ChangedCell(
                    column: column, key: pairs, before: was, after: now, causes: causes))
        }
        return cells
    }
}
