import EventModel
import Testing

/// Periods as people type them, against a table and against day-by-day counting.
@Suite("Periods: a table, and counting days one by one")
struct PeriodTests {
    private let today = Day(year: 2025, month: 8, day: 5)!

    private func period(_ text: String) throws -> Period { try Period(text, today: today) }

    @Test("A kept text is a period by itself: a relative word is none, alone or in a range")
    func fixed() throws {
        for text in ["2025", "2025-Q3", "2025-W29", "2025-07..2025-09"] {
            #expect(try Period(fixed: text) == period(text))
        }
        for word in Period.relativeWords {
            #expect(try period(word).days.lowerBound.components.year > 2023)
            for text in [word, "2025..\(word)", "\(word)..2030"] {
                #expect(throws: PeriodFault.self) { try Period(fixed: text) }
            }
        }
    }

    @Test(
        "A period has the days its text says, its own text again, and a label",
        arguments: [
            ("2025", "2025-01-01", "2026-01-01", "2025", "2025"),
            ("2025-H2", "2025-07-01", "2026-01-01", "H2 2025", "Semester II 2025"),
            ("2025-Q3", "2025-07-01", "2025-10-01", "Q3 2025", "Triwulan III 2025"),
            ("2025-07", "2025-07-01", "2025-08-01", "July 2025", "Juli 2025"),
            ("2024-02", "2024-02-01", "2024-03-01", "February 2024", "Februari 2024"),
            ("2025-W29", "2025-07-14", "2025-07-21", "Week 29, 2025", "Minggu ke-29, 2025"),
            ("2020-W53", "2020-12-28", "2021-01-04", "Week 53, 2020", "Minggu ke-53, 2020"),
            ("2021-W01", "2021-01-04", "2021-01-11", "Week 1, 2021", "Minggu ke-1, 2021"),
            ("2025-07-14", "2025-07-14", "2025-07-15", "14 July 2025", "14 Juli 2025"),
            (
                "2025-07..2025-09", "2025-07-01", "2025-10-01", "July – September 2025",
                "Juli – September 2025"
            ),
            (
                "2024-11..2025-01", "2024-11-01", "2025-02-01", "November 2024 – January 2025",
                "November 2024 – Januari 2025"
            ),
            (
                "2025-07-14..2025-07-20", "2025-07-14", "2025-07-21", "14–20 July 2025",
                "14–20 Juli 2025"
            ),
            (
                "2025-07-28..2025-08-03", "2025-07-28", "2025-08-04", "28 July – 3 August 2025",
                "28 Juli – 3 Agustus 2025"
            ),
            ("2023..2025", "2023-01-01", "2026-01-01", "2023 – 2025", "2023 – 2025"),
            (
                "2025-Q1..2025-Q2", "2025-01-01", "2025-07-01", "Q1 – Q2 2025",
                "Triwulan I – Triwulan II 2025"
            ),
            (
                "2025-Q1..2025-04", "2025-01-01", "2025-05-01", "Q1 2025 – April 2025",
                "Triwulan I 2025 – April 2025"
            ),
            ("0001", "0001-01-01", "0002-01-01", "1", "1"),
            ("9999-12-31", "9999-12-31", "10000-01-01", "31 December 9999", "31 Desember 9999"),
        ])
    func table(text: String, from: String, to: String, english: String, indonesian: String) throws {
        let period = try period(text)
        #expect(period.days.lowerBound.description == from)
        #expect(period.days.upperBound.description == to)
        #expect(period.description == text)
        #expect(period.label(in: .english) == english)
        #expect(period.label(in: .indonesian) == indonesian)
    }

    @Test(
        "Relative words refer to the day they are given",
        arguments: [
            ("today", "2025-08-05"), ("yesterday", "2025-08-04"), ("this-week", "2025-W32"),
            ("last-week", "2025-W31"), ("this-month", "2025-08"), ("last-month", "2025-07"),
            ("this-quarter", "2025-Q3"), ("last-quarter", "2025-Q2"), ("this-year", "2025"),
            ("last-year", "2024"), ("last-month..today", "2025-07..2025-08-05"),
        ])
    func relative(word: String, meaning: String) throws {
        #expect(try period(word).description == meaning)
    }

    @Test("Every relative word is read") func words() throws {
        for word in Period.relativeWords { _ = try period(word) }
    }

    @Test(
        "The previous period is of equal kind",
        arguments: [
            ("2025-07", "2025-06"), ("2025-01", "2024-12"), ("2025-Q1", "2024-Q4"),
            ("2025-H1", "2024-H2"), ("2025", "2024"), ("2025-W01", "2024-W52"),
            ("2021-W01", "2020-W53"), ("2025-03-01", "2025-02-28"),
            ("2025-07..2025-09", "2025-04..2025-06"),
            ("2025-07-14..2025-07-20", "2025-07-07..2025-07-13"),
            ("2025-Q1..2025-04", "2024-09..2024-12"),
            ("2025-07..2025-08-03", "2025-05-28..2025-06-30"),
        ])
    func previous(text: String, expected: String) throws {
        #expect(try period(text).previous?.description == expected)
    }

    @Test("Nothing lies before year 1") func beginning() throws {
        #expect(try period("0001").previous == nil)
        #expect(try period("0001-01").previous == nil)
        #expect(try period("0002").previous?.description == "0001")
    }

    @Test(
        "What is no period is refused with what is wrong",
        arguments: [
            ("2025-13", "there is no month 13"), ("2025-00", "there is no month 0"),
            ("2025-Q5", "there is no quarter 5"), ("2025-H3", "there is no half 3"),
            ("2025-W53", "there is no week 53 in 2025, which has 52"),
            ("2020-W54", "there is no week 54 in 2020, which has 53"),
            ("2025-02-29", "February 2025 has 28 days, there is no day 29"),
            ("2025-7", "a month has two digits: 2025-07"), ("", "it is empty"),
            ("0000", "there is no year 0000"), ("july", "\"july\" is no period"),
            ("2025-W", "\"2025-W\" is no period"), ("2025-X1", "\"2025-X1\" is no period"),
            ("25-07", "\"25-07\" is no period"), ("2025-07-1", "\"2025-07-1\" is no period"),
            ("2025-07-01-01", "\"2025-07-01-01\" is no period"), ("２０２５", "\"２０２５\" is no period"),
            ("2025-07..2025-06", "2025-07..2025-06 ends before it begins"),
            ("2025..2026..2027", "\"2025..2026..2027\" has more than one \"..\""),
            ("2025-07..", "it is empty"), ("this-day", "\"this-day\" is no period"),
        ])
    func refused(text: String, problem: String) {
        #expect(throws: PeriodFault(problem: problem)) { try Period(text, today: today) }
    }

    @Test("A fault says what periods look like") func hint() {
        #expect(
            PeriodFault(problem: "there is no month 13").description
                == "there is no month 13. Periods look like 2025, 2025-Q3, 2025-07, 2025-W29, "
                + "2025-07-14, 2025-07..2025-09.")
    }

    @Test(
        "A split covers each day once, in order, and names what it cuts", arguments: Grain.allCases)
    func splitting(grain: Grain) throws {
        for text in ["2025", "2024-02", "2025-W29", "2025-07-14", "2024-11-30..2026-03-02"] {
            let period = try period(text)
            let slices = period.split(by: grain)
            #expect(slices.first?.period.days.lowerBound == period.days.lowerBound)
            #expect(slices.last?.period.days.upperBound == period.days.upperBound)
            for (slice, next) in zip(slices, slices.dropFirst()) {
                #expect(slice.period.days.upperBound == next.period.days.lowerBound)
                #expect(slice.whole.index + 1 == next.whole.index)
            }
            for slice in slices {
                let whole = slice.whole.days
                #expect(
                    slice.isPartial
                        == (whole.lowerBound < period.days.lowerBound
                            || whole.upperBound > period.days.upperBound))
                #expect(slice.isPartial || slice.period == Period(slice.whole))
            }
        }
    }

    @Test("Weeks cut by a month's edges say which days are left") func partialWeeks() throws {
        let slices = try period("2025-07").split(by: .week)
        #expect(
            slices.map { $0.label(in: .english, knownYear: 2025) } == [
                "Week 27 (1–6 July)", "Week 28", "Week 29", "Week 30", "Week 31 (28–31 July)",
            ])
        #expect(slices[0].period.description == "2025-07-01..2025-07-06")
        #expect(slices[4].label(in: .indonesian) == "Minggu ke-31, 2025 (28–31 Juli)")
    }

    @Test("Each day lies in the span that is said to hold it", arguments: Grain.allCases)
    func spans(grain: Grain) throws {
        var day = Day(year: 1999, month: 12, day: 25)!
        var last = CalendarSpan(grain, containing: day)
        for _ in 0..<3000 {
            let span = CalendarSpan(grain, containing: day)
            #expect(span.days.contains(day))
            #expect(span == last || (span.index == last.index + 1 && span.start == day))
            #expect(try Period(span.description, today: day).first == span)
            last = span
            day = day.advanced(by: 1)
        }
    }
}
