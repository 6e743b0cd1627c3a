/// English and Indonesian month names, long and short.
enum MonthNames {
    /// The month (1–12) a word stands for, whatever its case; nil for any other word.
    static func month(_ word: String) -> Int? { months[word.lowercased()] }

    private static let months: [String: Int] = {
        let names: [[String]] = [
            ["january", "januari", "jan"],
            ["february", "februari", "pebruari", "feb", "peb"],
            ["march", "maret", "mar"],
            ["april", "apr"],
            ["may", "mei"],
            ["june", "juni", "jun"],
            ["july", "juli", "jul"],
            ["august", "agustus", "aug", "agu", "agt", "ags", "agust"],
            ["september", "sep", "sept"],
            ["october", "oktober", "oct", "okt"],
            ["november", "nopember", "nov", "nop"],
            ["december", "desember", "dec", "des"],
        ]
        var months: [String: Int] = [:]
        for (index, words) in names.enumerated() { for word in words { months[word] = index + 1 } }
        return months
    }()
}
