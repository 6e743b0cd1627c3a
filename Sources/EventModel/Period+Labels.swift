extension Language {
    /// The months' names, January first.
    public var monthNames: [String] {
        switch self {
        case .english:
            [
                "January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December",
            ]
        case .indonesian:
            [
                "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus",
                "September", "Oktober", "November", "Desember",
            ]
        }
    }

    /// The weekdays' names, Monday first.
    public var weekdayNames: [String] {
        switch self {
        case .english:
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        case .indonesian:
            ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
        }
    }
}

extension CalendarSpan {
    /// Its name without the year (`July`, `Q3`, `Week 29`, `14 July`); a year is its own name.
    public func shortLabel(in language: Language) -> String {
        let (year, month, day) = start.components
        let monthName = language.monthNames[month - 1]
        let isEnglish = language == .english
        let roman = ["I", "II", "III", "IV"]
        switch grain {
        case .day: return "\(day) \(monthName)"
        case .week: return isEnglish ? "Week \(isoWeek.week)" : "Minggu ke-\(isoWeek.week)"
        case .month: return monthName
        case .quarter:
            let quarter = (month + 2) / 3
            return isEnglish ? "Q\(quarter)" : "Triwulan \(roman[quarter - 1])"
        case .half:
            let half = (month + 5) / 6
            return isEnglish ? "H\(half)" : "Semester \(roman[half - 1])"
        case .year: return String(year)
        }
    }

    /// Its name: `July 2025`, `Q3 2025`, `Week 29, 2025`, `14 July 2025`; `Juli 2025`.
    public func label(in language: Language) -> String {
        let name = shortLabel(in: language)
        if grain == .year { return name }
        return name + (grain == .week ? ", " : " ") + String(year)
    }
}

extension Period {
    /// Its name for people: `July 2025`, `July – September 2025`, `14–20 July 2025`.
    ///
    /// - Parameter knownYear: a year that goes without saying: `June` beside `July 2025`.
    public func label(in language: Language, knownYear: Int? = nil) -> String {
        func full(_ span: CalendarSpan) -> String {
            span.year == knownYear ? span.shortLabel(in: language) : span.label(in: language)
        }
        if isSingle || first.start == last.start && first.end == last.end { return full(first) }
        guard first.grain == last.grain, first.grain != .year, first.year == last.year else {
            return full(first) + " – " + full(last)
        }
        let (begin, end) = (first.start.components, last.start.components)
        if first.grain == .day, begin.month == end.month {
            return "\(begin.day)–" + full(last)
        }
        return first.shortLabel(in: language) + " – " + full(last)
    }

    /// The year it lies in; nil where it crosses one.
    public var singleYear: Int? { first.year == last.year ? first.year : nil }
}

extension PeriodSlice {
    /// Its name for people, with the days that are left of a cut span: `July 2025`,
    /// `Week 31, 2025 (28–31 July)`.
    public func label(in language: Language, knownYear: Int? = nil) -> String {
        let name = Period(whole).label(in: language, knownYear: knownYear)
        guard isPartial else { return name }
        let days = period.label(in: language, knownYear: period.singleYear)
        return "\(name) (\(days))"
    }
}
