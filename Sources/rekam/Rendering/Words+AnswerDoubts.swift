package import EventModel
package import Querying

/// What is said of answers that should be known before anybody relies on them, in both languages.
package struct AnswerDoubtWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    /// One sentence, with what to do.
    ///
    /// - Parameter title: what people call a figure; its name unless said.
    package func text(_ doubt: AnswerDoubt, title: (String) -> String = { $0 }) -> String {
        switch doubt {
        case .unknownValue(let kpi, let dimension, let value, let nearest):
            unknownValue(
                value.printable, of: dimension, in: kpi, nearest: nearest?.printable)
        case .targetsDiffer(let figure, let scorecards):
            targetsDiffer(title(figure), scorecards)
        case .reviewDue(let figure, let scorecard, let day):
            reviewDue([title(figure)], by: day, in: scorecard)
        }
    }

    private func unknownValue(
        _ value: String, of dimension: String, in kpi: String, nearest: String?
    ) -> String {
        pick(
            "\(kpi) asks for \(dimension) \"\(value)\", which nothing has.",
            "\(kpi) meminta \(dimension) \"\(value)\", yang tidak ada.")
            + (nearest.map { pick(" Did you mean \($0)?", " Maksudnya \($0)?") } ?? "")
    }

    private func targetsDiffer(_ title: String, _ scorecards: [String]) -> String {
        let names = list(scorecards)
        return pick(
            "\(title): answers show no target, for \(names) set different ones.",
            "\(title): jawaban tidak menampilkan target, sebab \(names) menetapkan target yang "
                + "berbeda.")
    }

    /// `a`, `a and b`, `a, b and c`.
    private func list(_ names: [String]) -> String {
        let head = names.dropLast().joined(separator: ", ")
        return (head.isEmpty ? "" : head + pick(" and ", " dan ")) + (names.last ?? "")
    }

    /// That targets were to be looked at again by now.
    func reviewDue(_ titles: [String], by day: Day, in scorecard: String) -> String {
        let list = titles.joined(separator: ", ")
        let text = day.text(language, knownYear: nil)
        return pick(
            "\(list): the target in \(scorecard) was to be reviewed by \(text). Register it with a "
                + "later day, under a new version: rekam scorecard add FILE",
            "\(list): target di \(scorecard) seharusnya ditinjau paling lambat \(text). Daftarkan "
                + "dengan tanggal yang lebih baru dan versi baru: rekam scorecard add FILE")
    }
}
