public import EventModel
public import Querying

/// Numbers and durations as people write them.
public enum NumberText {
    /// Digits in groups of three: `1,998,412`, in Indonesian `1.998.412`.
    public static func grouped(
        _ number: some BinaryInteger, _ language: Language = .english
    ) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 {
                text.append(language == .english ? "," : ".")
            }
            text.append(digit)
        }
        return text
    }

    /// A value with a fixed number of decimals, rounded half to even; "–" where there is none.
    public static func decimal(
        _ value: Fraction, places: Int, _ language: Language, unit: Int128 = 1
    ) -> String {
        guard let rounded = value.rounded(places: places, unit: unit) else { return "–" }
        return decimal(rounded, language)
    }

    /// A rounded value with all its decimals.
    static func decimal(_ rounded: RoundedDecimal, _ language: Language) -> String {
        var text = (rounded.isNegative ? "-" : "") + grouped(rounded.whole, language)
        if rounded.places > 0 {
            text += (language == .english ? "." : ",") + rounded.fractionDigits()
        }
        return text
    }

    /// How many decimals a currency's minor unit has; two unless ISO 4217 says otherwise.
    ///
    /// Source: ISO 4217, list one (2024).
    static func minorPlaces(of currency: String) -> Int {
        let places: [(Int, String)] = [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (3, "BHD IQD JOD KWD LYD OMR TND"), (4, "CLF UYW"),
        ]
        return places.first { $0.1.split(separator: " ").contains(Substring(currency)) }?.0 ?? 2
    }

    /// Milliseconds as people say them: `0.4s`, `45s`, `4m 05s`, `28m`, `2h 14m`, `3d 04h`.
    ///
    /// Below ten seconds tenths are shown, below ten minutes seconds, below 48 hours minutes, above
    /// them whole hours; each rounded half to even.
    public static func duration(_ value: Fraction, _ language: Language) -> String {
        guard value.hasValue else { return "–" }
        let isEnglish = language == .english
        let units = isEnglish ? ["s", "m", "h", "d"] : ["dtk", "m", "j", "hr"]
        let sign = value.numerator < 0 ? "-" : ""
        func pair(_ first: UInt128, _ second: UInt128, _ unit: Int) -> String {
            let digits = second < 10 ? "0\(second)" : "\(second)"
            return sign + grouped(first, language) + units[unit + 1] + " " + digits + units[unit]
        }
        guard let tenths = value.rounded(places: 0, unit: 100)?.whole,
            let seconds = value.rounded(places: 0, unit: 1000)?.whole,
            let minutes = value.rounded(places: 0, unit: 60_000)?.whole,
            let hours = value.rounded(places: 0, unit: 3_600_000)?.whole
        else { return "–" }
        if tenths == 0 { return "0" + units[0] }
        if tenths < 100 {
            let fraction = tenths % 10
            let point = isEnglish ? "." : ","
            return sign + "\(tenths / 10)" + (fraction == 0 ? "" : "\(point)\(fraction)") + units[0]
        }
        if seconds < 60 { return sign + "\(seconds)" + units[0] }
        if seconds < 600 { return pair(seconds / 60, seconds % 60, 0) }
        if minutes < 60 { return sign + "\(minutes)" + units[1] }
        if minutes < 48 * 60 { return pair(minutes / 60, minutes % 60, 1) }
        return pair(hours / 24, hours % 24, 2)
    }
}

extension Day {
    /// `7 August`, or with its year.
    func text(_ language: Language, knownYear: Int?) -> String {
        Period(CalendarSpan(.day, containing: self)).label(in: language, knownYear: knownYear)
    }
}
