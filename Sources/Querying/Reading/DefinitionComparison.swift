import Definitions
package import EventLog
package import EventModel
package import Projections

/// What another version of a KPI or a calendar in force would move: the figures of every KPI that it has
/// a say in, asked of both.
///
/// What a scorecard says moves no figure: it sets targets.
package struct DefinitionComparison {
    /// The KPIs that were compared.
    package private(set) var kpis: [String] = []
    /// What came of each figure: of the whole period, and by month and agent, team or channel.
    package private(set) var compared = FigureComparison()

    /// Compares two versions, everything else as it is in force.
    ///
    /// - Throws: `QueryFaults` of what can't be answered, or what the store throws.
    /// - Complexity: O(facts of the period) for each KPI, and for calendars O(entries) for each projection
    ///   that measures business time.
    package init(
        ofKind kind: String, _ name: String, from old: Int, to new: Int, period: Period,
        of log: LogStore, options: BuildOptions
    ) throws {
        let (register, count) = try log.read { (try $0.definitions(), $0.entryCount) }
        let sides = [old, new].map { register.with([.putting(kind, name, $0)]) }
        let libraries = sides.map { DefinitionLibrary(register: $0, types: log.types(in: $0)) }
        let contexts = try sides.map {
            try StoreState(of: log, asOf: count, register: $0, options: options)
        }
        let calendars = try sides.map { try CalendarSet(register: $0, types: log.types) }
        for kpi in libraries[1].kpiNames
        where try libraries.contains(where: { library in
            guard let definition = try library.kpi(kpi) else { return false }
            if kind == "kpi" {
                return try library.kpis(behind: definition).contains { $0.name == name }
            }
            // Those whose rows depend on a calendar that the sides have otherwise.
            return try library.projections(behind: definition).contains {
                try library.projection($0).map { projection in
                    calendars[0].digests(of: projection) != calendars[1].digests(of: projection)
                } ?? false
            }
        }) {
            kpis.append(kpi)
            func both(by split: [String], grain: Grain?) throws {
                let request = QueryRequest(
                    kpis: [kpi], by: split, period: period, grain: grain)
                let said = try contexts.map { context in
                    try FigureSide { try context.answer(request) }
                }
                compared.compare(kpi, by: split, said[0], said[1])
            }
            try both(by: [], grain: nil)
            let known = contexts.map { (try? $0.usualSplits(of: kpi)) ?? [] }
            let splits = FigureComparison.usualDimensions.map { [$0] }
            if let split = splits.first(where: { split in known.allSatisfy { $0.contains(split) } })
            {
                try both(by: split, grain: .month)
            }
        }
    }

    /// The figures that differ, the largest change first; the whole before what it is made of.
    package var moved: [ChangedFigure] {
        compared.differing.sorted { $0.isBefore($1) }
    }
}

extension DefinitionChange {
    /// The change that would bring a registered version into force.
    fileprivate static func putting(
        _ kind: String, _ name: String, _ version: Int
    ) -> DefinitionChange {
        var change = DefinitionChange(
            registering: kind, name, version: version, body: "", digest: "", meaning: "",
            sequence: .max)
        change.action = .promoted
        return change
    }
}

extension ChangedFigure {
    /// How far it moved, as a share of what it was; more than all where it came or went.
    var size: Fraction {
        guard before.value.hasValue, after.value.hasValue,
            let distance = try? after.value.distance(from: before.value)
        else { return Fraction(1_000_000_000) }
        if before.value.numerator == 0 { return Fraction(1_000_000) }
        return (try? distance.dividedByMagnitude(of: before.value)) ?? Fraction(1_000_000)
    }

    /// Whether it comes before another: the larger change first, then what moves more cases, then by
    /// name, the whole before what it is made of.
    func isBefore(_ other: ChangedFigure, cases: (own: Int, others: Int) = (0, 0)) -> Bool {
        if let order = Fraction.compare(size, other.size), order != 0 { return order > 0 }
        if cases.own != cases.others { return cases.own > cases.others }
        if name != other.name { return name < other.name }
        return by.count == other.by.count ? place < other.place : by.count < other.by.count
    }
}
