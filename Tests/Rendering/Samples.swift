import Definitions
import EventModel

@testable import Querying

/// Answers made by hand, for rendering.
enum Samples {
    static let basis = AnswerBasis(
        origin: "rekam.test/demo", sequence: 184_203,
        root: [0x9f, 0x3c, 0x1b] + [UInt8](repeating: 7, count: 29), timeZone: "Asia/Jakarta",
        tzdata: "2025b", today: Day(year: 2025, month: 8, day: 5)!)

    static let response = AnswerColumn(
        name: "first_response_time.p90", kpi: "first_response_time",
        title: LocalizedText(english: "First response", indonesian: "Respons pertama"),
        statistic: "p90", unit: .duration, better: .lower, isCount: false, openUntil: nil)

    static let satisfaction = AnswerColumn(
        name: "csat", kpi: "csat",
        title: LocalizedText(english: "Satisfaction", indonesian: "Kepuasan"),
        statistic: nil, unit: .percent, better: .higher, isCount: false,
        openUntil: Day(year: 2025, month: 8, day: 7)!)

    static let volume = AnswerColumn(
        name: "ticket_volume", kpi: "ticket_volume",
        title: LocalizedText(english: "Tickets opened", indonesian: "Tiket masuk"), statistic: nil,
        unit: .count, better: .lower, isCount: true, openUntil: nil)

    static func minutes(_ minutes: Int, _ count: Int64) -> Figure {
        Figure(value: Fraction(minutes * 60_000), count: count)
    }

    static func share(_ part: Int, _ whole: Int64) -> Figure {
        Figure(
            value: Fraction(Int128(part), over: Int128(whole)), count: whole,
            reason: whole == 0 ? .nothing : nil)
    }

    static let nothing = Figure(value: .none, count: 0, reason: .nothing)

    static func period(_ text: String) -> Period {
        guard let period = try? Period(text, today: basis.today) else { fatalError(text) }
        return period
    }

    static func row(
        _ key: [String], _ figures: [Figure], before: [Figure] = [], slice: Int = 0
    ) -> AnswerRow {
        AnswerRow(
            key: key, slice: slice, figures: figures, previous: before,
            statuses: figures.indices.map { $0 == 1 ? .provisional : .settled })
    }

    /// An answer of some rows; the total's slice is the whole period.
    static func answer(
        columns: [AnswerColumn], dimensions: [AnswerDimension] = [], rows: [AnswerRow],
        totals: [AnswerRow], period text: String = "2025-07", grain: Grain? = nil,
        compare: String? = nil, filters: [(dimension: String, values: [String])] = [],
        names: [String: DimensionNames] = [:]
    ) -> Answer {
        let period = period(text)
        let comparison = compare.map { Self.period($0) }
        func split(_ period: Period) -> [PeriodSlice] {
            grain.map { period.split(by: $0) } ?? [PeriodSlice(period: period, whole: period.first)]
        }
        return Answer(
            basis: basis, entriesNotYetIn: 0,
            definitions: [
                (name: "csat", version: 1), (name: "first_response", version: 3),
                (name: "first_response_time", version: 2),
            ], columns: columns, dimensions: dimensions, otherDimensions: ["team", "channel"],
            filters: filters, names: names, period: period, grain: grain, slices: split(period),
            comparison: comparison, comparisonSlices: comparison.map { split($0) } ?? [],
            rows: rows, totals: totals)
    }

    static let agent = AnswerDimension(name: "agent", kind: .text)

    /// The table everybody asks for.
    static let july = answer(
        columns: [response, satisfaction], dimensions: [agent],
        rows: [
            row(
                ["Budi Santoso"], [minutes(134, 312), share(28_486, 312)],
                before: [minutes(163, 290), share(25_868, 290)]),
            row(
                ["Citra Dewi"], [minutes(182, 251), share(22_088, 251)],
                before: [minutes(175, 260), share(22_984, 260)]),
            row(
                ["Dimas Pratama"], [nothing, nothing],
                before: [minutes(100, 4), share(400, 4)]),
            row(["Eka"], [minutes(3, 2), share(200, 2)], before: [nothing, nothing]),
            row([""], [minutes(45, 9), nothing], before: [minutes(45, 9), nothing]),
        ],
        totals: [
            row(
                [], [minutes(151, 563), share(50_614, 563)],
                before: [minutes(170, 550), share(48_785, 550)], slice: -1)
        ], compare: "2025-06")

    /// One line for each KPI.
    static let summary = answer(
        columns: [response, satisfaction, volume],
        rows: [],
        totals: [
            row(
                [],
                [
                    minutes(151, 563), share(50_614, 563),
                    Figure(value: Fraction(1204), count: 1204),
                ],
                before: [
                    minutes(151, 550), share(50_600, 563), Figure(value: Fraction(0), count: 0),
                ], slice: -1)
        ], compare: "2025-06", filters: [("agent", ["Budi Santoso"]), ("priority", ["", "high"])])

    /// A quarter by month, without dimensions.
    static let quarter = answer(
        columns: [volume, response],
        rows: (0..<3).map { month in
            row(
                [],
                [
                    Figure(value: Fraction(1_000_000 + month), count: Int64(1_000_000 + month)),
                    minutes(60 * (month + 40), 10),
                ], slice: month)
        },
        totals: (0..<3).map { month in
            row([], [Figure(value: Fraction(1), count: 1), minutes(3, 10)], slice: month)
        } + [
            row(
                [], [Figure(value: Fraction(3_000_003), count: 3_000_003), minutes(4920, 30)],
                slice: -1)
        ], period: "2025-Q2", grain: .month)

    /// Names that are wide, long, hostile; weeks that are cut.
    static let names = answer(
        columns: [satisfaction],
        dimensions: [
            AnswerDimension(name: "customer_segment", kind: .text),
            .init(name: "weekday", kind: .weekday),
        ],
        rows: [
            "=cmd|' /C calc'!A1", "Ni Luh\u{1B}[31m Ayu\nDua", "Zoë \"Z\" O'Brien, Jr.", "山田 太郎",
            "Nguye\u{302}\u{303}n Thi\u{323}", "👩‍👩‍👧 Keluarga", "evil \u{202E}txt", "a|b *c* <i>",
        ].enumerated().flatMap { index, name in
            [0, 1].map { week in
                row(
                    [name, "\(index % 7 + 1)"], [share(index * 997, Int64(index * 10))], slice: week
                )
            }
        },
        totals: [0, 1, -1].map { row([], [share(4000, 57)], slice: $0) },
        period: "2025-07-01..2025-07-13", grain: .week)
}
