import Auditing
import EventLog
import EventModel
import Foundation
import Projections
import Querying
import Testing

/// Law 9: once a figure was said to be settled, nothing that only happens later moves it.
///
/// Method: a generated team's events, and what random cases go through long after they seemed done,
/// are told day by day in the order of time. After each day every KPI of the catalogue is asked for by
/// month, in all, and once a week by team. What the law lists (a merge, a removal, an event taken back) is told at
/// the end of a day by itself: it may move what is settled, and the comparison must name it. Failures
/// print the seed and each figure before and after.
@Suite("Settled figures, day by day")
struct SettledFiguresTests {
    @Test(
        "A settled figure moves by nothing that only happened later",
        arguments: isThorough ? Array(1...8) : [1] as [UInt64])
    func settled(seed: UInt64) throws {
        let team = try DailyTeam(seed: seed, events: isThorough ? 6000 : 1200)
        var figures = SettledFigures()
        var named = 0
        while try team.tellDay() {
            figures.expect(try team.figures(), "\(team.today)")
            let before = try team.audited.entryCount
            guard try team.tellNamedCauses() else { continue }
            let moved = figures.accept(try team.figures())
            named += moved.count
            for figure in moved where figure.split.isEmpty {
                let causes = try team.causes(of: figure, since: before)
                #expect(
                    causes.contains { $0.isNamed },
                    "seed \(seed), \(team.today): \(figure) moved, and the comparison names \(causes)"
                )
            }
        }
        #expect(figures.count > 300, "seed \(seed): few figures were ever settled")
        #expect(named > 0, "seed \(seed): no named cause moved anything")
        #expect(
            figures.moved.isEmpty,
            """
            seed \(seed): \(figures.moved.count) of \(figures.count) settled figures moved, of \
            \(Set(figures.moved.map(\.kpi)).sorted().joined(separator: ", "))
            \(figures.moved.prefix(60).map(\.description).joined(separator: "\n"))
            """)
    }
}

private let isThorough = ProcessInfo.processInfo.environment["REKAM_THOROUGH"] == "1"

/// A team whose days are told one after the other, each recorded when it is over.
private final class DailyTeam {
    private static let zoneMilliseconds: Int64 = 7 * 3_600_000
    private static let dayMilliseconds: Int64 = 86_400_000

    let audited: AuditedLog
    /// The day told last.
    private(set) var today = Day(number: 0)
    private var days: [(day: Int64, lines: [DatedLine])]
    private var aftermath: Aftermath
    /// What law 9 lists of the day told last.
    private var namedCauses: [DatedLine] = []
    private let kpis: [(name: String, splits: [String])]

    init(seed: UInt64, events: Int) throws {
        let audited = try AuditedLog(now: "2024-12-31T00:00:00Z")
        self.audited = audited
        aftermath = Aftermath(seed: seed)
        let lines = try generatedLines(events, seed: seed, late: 0).map { try DatedLine($0) }
        days = Dictionary(grouping: lines) { Self.day(of: $0.time) }
            .map { ($0.key, $0.value.sorted { $0.time < $1.time }) }
            .sorted { $0.0 < $1.0 }
        let projections = try ProjectionStore(log: audited.log)
        try audited.catchUp()
        kpis = try audited.log.read { view in
            let context = try StoreState(view, of: audited.log, projections: projections)
            return try context.kpiNames.sorted().map { name in
                let answer = try context.answer(QueryRequest(kpis: [name], period: "2025-01"))
                return (name, answer.otherDimensions)
            }
        }
    }

    private static func day(of time: Instant) -> Int64 {
        (time.milliseconds + zoneMilliseconds) / dayMilliseconds
    }

    /// Where a local day begins.
    private static func start(_ day: Int64) -> Int64 { day * dayMilliseconds - zoneMilliseconds }

    /// Records the next day, but for what law 9 lists. False once there is none.
    func tellDay() throws -> Bool {
        guard let (day, lines) = days.first else { return false }
        days.removeFirst()
        today = Day(number: Int32(day))
        let merged = day % 9 == 0 ? aftermath.namedCause(from: Self.start(day)) : nil
        namedCauses = lines.filter { $0.type == "event.voided" } + (merged.map { [$0] } ?? [])
        let told =
            lines.filter { $0.type != "event.voided" }
            + aftermath.events(3, from: Self.start(day))
        for line in told { aftermath.met(line) }
        audited.now = Instant(milliseconds: Self.start(day + 1))
        try audited.record(told.sorted { $0.time < $1.time }.map(\.text))
        try audited.catchUp()
        return true
    }

    /// Records what law 9 lists of that day. False where there is nothing.
    func tellNamedCauses() throws -> Bool {
        if namedCauses.isEmpty { return false }
        try audited.record(namedCauses.map(\.text))
        try audited.catchUp()
        return true
    }

    /// Every KPI by month from the year's first to this one, in all and by team.
    func figures() throws -> [AskedFigure] {
        let period = "2025-01..\(today.description.prefix(7))"
        guard today.description >= "2025-01-01" else { return [] }
        // By team also before and after what may move a figure, so that nothing of it is told later.
        let isByTeam = today.number % 7 == 0 || !namedCauses.isEmpty
        let splits = isByTeam ? [[], ["team"]] : [[]]
        return try splits.flatMap { (by: [String]) in
            let names = kpis.filter { kpi in by.allSatisfy { kpi.splits.contains($0) } }
            let answer = try audited.answer(
                QueryRequest(kpis: names.map(\.name), by: by, period: period, grain: "month"))
            return answer.rows.flatMap { row in
                zip(zip(answer.columns, row.figures), row.statuses).map { shown, status in
                    AskedFigure(
                        kpi: shown.0.name, period: answer.slices[row.slice].period.description,
                        split: zip(by, row.key).map { "\($0) \($1)" }.joined(), figure: shown.1,
                        isSettled: status == .settled)
                }
            }
        }
    }

    /// What the comparison names behind a figure that moved since an entry.
    func causes(of figure: AskedFigure, since count: UInt32) throws -> [Cause] {
        var comparison = Comparison(
            of: audited.log, from: count, to: try audited.entryCount, options: BuildOptions())
        comparison.kpis = [figure.kpi]
        let found = try comparison.run(Period(figure.period, today: today))
        return found.cells.filter(\.figure.key.isEmpty).flatMap(\.causes)
    }
}

extension Cause {
    /// Whether law 9 lists it: what only happened later is none, but for a merge and a removal.
    fileprivate var isNamed: Bool {
        kind != .new
    }
}

/// A figure as it was answered.
private struct AskedFigure: Hashable, CustomStringConvertible {
    var kpi: String
    var period: String
    var split: String
    var figure: Figure
    var isSettled: Bool

    var description: String { "\(kpi) \(period)\(split.isEmpty ? "" : " of \(split)")" }

    var place: String { "\(kpi)|\(period)|\(split)" }

    /// What may not move: value, facts and why there is none.
    func says(_ other: Figure) -> Bool {
        figure.isSame(as: other)
    }
}

/// What was said to be settled, and what of it moved.
private struct SettledFigures {
    struct Moved: CustomStringConvertible {
        var kpi: String
        var description: String
    }

    private var known: [String: AskedFigure] = [:]
    private(set) var moved: [Moved] = []
    private var movedPlaces: Set<String> = []

    var count: Int { known.count }

    /// Holds figures against what was settled; each that moved is kept, once.
    mutating func expect(_ figures: [AskedFigure], _ day: String) {
        for (before, after) in take(figures) where movedPlaces.insert(before.place).inserted {
            let text = "\(before): \(Self.text(before)) → \(Self.text(after)) on \(day)"
            moved.append(Moved(kpi: before.kpi, description: text))
        }
    }

    /// Takes figures as they are now; gives those that moved.
    mutating func accept(_ figures: [AskedFigure]) -> [AskedFigure] { take(figures).map(\.1) }

    private mutating func take(_ figures: [AskedFigure]) -> [(AskedFigure, AskedFigure)] {
        var changes: [(AskedFigure, AskedFigure)] = []
        let present = Set(figures.map(\.place))
        let hasGroups = figures.contains { !$0.split.isEmpty }
        // A group is gone from an answer once nothing of it is left in any month.
        for (place, before) in known
        where hasGroups && !present.contains(place) && before.figure.count ?? 0 != 0 {
            var gone = before
            gone.figure = Figure(value: .none, count: 0, reason: .nothing)
            changes.append((before, gone))
            known[place] = gone
        }
        for figure in figures {
            if let before = known[figure.place] {
                if !before.says(figure.figure) { changes.append((before, figure)) }
                known[figure.place] = figure
            } else if figure.isSettled {
                known[figure.place] = figure
            }
        }
        return changes
    }

    private static func text(_ asked: AskedFigure) -> String {
        let figure = asked.figure
        let value = figure.value.decimalText() ?? "null"
        return "\(value) (\(figure.value.numerator)/\(figure.value.denominator), "
            + "\(figure.count.map(String.init) ?? "?") facts)"
    }
}
