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
    package var figure: ChangedFigure
    /// What moved it, in the order of the log.
    package var causes: [Cause]
    /// Whether what moved it is not told: it rests on answers of respondents.
    package var isUntold = false
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

    /// Compares every cell of a period, by KPI and group. Each is asked of both states: what causes were
    /// found has no say in whether it differs.
    ///
    /// - Throws: `QueryFaults` where neither state has what is asked for. Of all KPIs those are compared
    ///   that have the dimensions; one must.
    /// - Complexity: O(facts of the period) for each KPI and split, and O(entries) for each projection of
    ///   which entries since changed facts.
    package func run(_ period: Period) throws -> (cells: [ChangedCell], figures: FigureComparison) {
        let (first, second) = try log.read { view in
            (
                try view.definitions(upTo: choice == .then ? counts.before : nil),
                try view.definitions(upTo: choice == .then ? counts.after : nil)
            )
        }
        func context(_ count: UInt32, _ register: DefinitionRegister) throws -> any AskedState {
            try StoreState(of: log, asOf: count, register: register, options: options)
        }
        let (before, after) = (
            try context(counts.before, first), try context(counts.after, second)
        )
        // The same definitions over the entries of after.
        let middle = try context(counts.after, first)
        let moved = try MovedFacts(
            log, (first, second), counts.before..<counts.after, before: period.days.upperBound,
            options)
        let profiles = MovedProfiles(
            moved, FollowedStates(after, at: [counts.before, counts.after]), before, after)
        var figures = FigureComparison()
        var cells: [ChangedCell] = []
        var unknown: QueryFaults?
        for columns in try columns(before, after) {
            let kpi = String(columns[0].prefix { $0 != "." })
            let request = QueryRequest(kpis: columns, period: period)
            let splits = splits(of: columns[0], before, after)
            let said = zip(
                before.answers(request, by: splits), after.answers(request, by: splits))
            for (split, said) in zip(splits, said) {
                var asked = request
                asked.by = split
                let known = figures.differing.count
                var grounds: Set<MovedFacts.Name> = []
                func sides(
                    _ state: any AskedState, _ said: Result<Answer, any Error>
                ) throws -> [FigureSide] {
                    try FigureSide.columns(of: asked) { part in
                        // All of them were asked together with the other splits.
                        let isWhole = part.kpis.count == columns.count
                        let answer = try isWhole ? said.get() : state.answer(part)
                        grounds.formUnion(try moved.grounds(of: answer))
                        return answer
                    }
                }
                let (old, new) = (try sides(before, said.0), try sides(after, said.1))
                for (place, name) in columns.enumerated() {
                    guard let faults = figures.compare(name, by: split, old[place], new[place])
                    else { continue }
                    if !kpis.isEmpty { throw faults }
                    unknown = unknown ?? faults
                }
                let differing = figures.differing[known...]
                guard !differing.isEmpty else { continue }
                let redefinitions = try moved.redefinitions(of: grounds)
                var between: [FigureSide] = []
                if !redefinitions.isEmpty {
                    between = try FigureSide.columns(of: asked) { try middle.answer($0) }
                }
                for figure in differing {
                    var causes = try moved.events(
                        behind: figure.name, figure.key, period, in: before, profiles.states)
                    causes += try profiles.events(behind: figure.name, figure.key, period)
                    causes.sort { $0.sequence < $1.sequence }
                    let side = columns.firstIndex(of: figure.name).flatMap { place in
                        place < between.count ? between[place] : nil
                    }
                    if let side, !side.says(figure.after, at: figure.place) {
                        causes += redefinitions
                    }
                    cells.append(
                        ChangedCell(
                            figure: figure, causes: causes,
                            isUntold: try causes.isEmpty && moved.isAnonymous(kpi)))
                }
            }
        }
        if let unknown, figures.counts.isEmpty { throw unknown }
        return (cells, figures)
    }

    /// What was asked for; else every KPI that one of the states answers, with its statistics.
    private func columns(
        _ before: any AskedState, _ after: any AskedState
    ) throws -> [[String]] {
        guard kpis.isEmpty else { return kpis.map { [$0] } }
        let present = try after.kpisThatAnswer().answering
        let gone = try before.kpisThatAnswer().answering.filter { !present.contains($0) }
        return try (present + gone).map { kpi in
            var columns = [kpi]
            for context in [after, before] {
                let statistics = try context.kpi(kpi)?.statistics ?? []
                for name in statistics.map({ "\(kpi).\($0.name)" }) where !columns.contains(name) {
                    columns.append(name)
                }
            }
            return columns
        }
    }

    /// By what a KPI is split: what was asked for, else all together and each usual dimension that
    /// it has in one of the states.
    private func splits(
        of name: String, _ before: any AskedState, _ after: any AskedState
    ) -> [[String]] {
        guard by.isEmpty else { return [by] }
        // A state that can't be asked says so when it is.
        let known = [after, before].flatMap { (try? $0.usualSplits(of: name)) ?? [] }
        return [[]] + FigureComparison.usualDimensions.map { [$0] }.filter(known.contains)
    }
}

extension FigureSide {
    /// Whether it says this at a place.
    fileprivate func says(_ figure: Figure, at place: FigurePlace) -> Bool {
        guard case .figures(let figures, _) = self else { return false }
        return figures[place]?.isSame(as: figure) ?? figure.isOfNothing
    }
}
