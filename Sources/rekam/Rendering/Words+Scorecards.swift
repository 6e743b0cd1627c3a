import Definitions
import EventModel
import Querying

/// The words of scorecards.
extension Words {
    var scorecard: String { pick("Scorecard", "Kartu skor") }
    var weight: String { pick("Weight", "Bobot") }
    var counted: String { pick("Counted", "Dihitung") }
    var target: String { pick("Target", "Target") }
    var actual: String { pick("Value", "Realisasi") }
    var attainment: String { pick("Attainment", "Pencapaian") }
    var score: String { pick("Score", "Skor") }
    var total: String { pick("Total", "Total") }
    var rank: String { pick("Rank", "Peringkat") }
    var change: String { pick("Before", "Sebelumnya") }
    var withheld: String { pick("withheld", "ditahan") }
    var company: String { pick("The company", "Perusahaan") }
    var serves: String { pick("Serves", "Mendukung") }
    var period: String { pick("Period", "Periode") }
    var scope: String { pick("Scope", "Cakupan") }
    var longTerm: String { pick("long-term", "jangka panjang") }
    /// Of a target without a last day.
    func since(_ day: String) -> String { pick("from \(day) on", "sejak \(day)") }

    /// By when a target is to be looked at again.
    func reviewed(by day: Day) -> String {
        let text = day.text(language, knownYear: nil)
        return pick("to be reviewed by \(text)", "ditinjau paling lambat \(text)")
    }

    var notCapped: String { pick("not capped", "tanpa batas") }
    var objectives: String { pick("Objectives", "Tujuan") }
    var rows: String { pick("Rows", "Baris") }
    var daysHeading: String { pick("Days", "Hari") }
    var named: String { pick("Name", "Nama") }

    /// `Last 12 months`: in how many of them the target was met.
    func lastTwelve(_ grain: Grain) -> String {
        switch grain {
        case .day: pick("Met, last 12 days", "Tercapai, 12 hari terakhir")
        case .week: pick("Met, last 12 weeks", "Tercapai, 12 minggu terakhir")
        case .month: pick("Met, last 12 months", "Tercapai, 12 bulan terakhir")
        case .quarter: pick("Met, last 12 quarters", "Tercapai, 12 triwulan terakhir")
        case .half: pick("Met, last 12 half-years", "Tercapai, 12 semester terakhir")
        case .year: pick("Met, last 12 years", "Tercapai, 12 tahun terakhir")
        }
    }

    func outOf(_ part: Int, _ whole: Int) -> String {
        pick("\(part) of \(whole)", "\(part) dari \(whole)")
    }

    /// Rows without data, and what becomes of their weight.
    func noData(_ titles: [String], isShared: Bool) -> String {
        let list = titles.joined(separator: ", ")
        return isShared
            ? pick(
                "No figure for \(list): the weight is shared out in proportion to the others'.",
                "Tidak ada angka untuk \(list): bobotnya dibagi sebanding ke baris lain.")
            : pick(
                "No figure for \(list): the total is withheld.",
                "Tidak ada angka untuk \(list): total ditahan.")
    }

    /// How many days of the period it holds for somebody.
    func inScope(_ days: Int, of all: Int, _ stretches: String) -> String {
        days == 0
            ? pick("Not in scope in this period.", "Tidak termasuk cakupan dalam periode ini.")
            : pick(
                "In scope on \(days) of \(all) days: \(stretches).",
                "Termasuk cakupan \(days) dari \(all) hari: \(stretches).")
    }

    func proportional(_ grain: Grain) -> String {
        let english: [Grain: String] = [
            .day: "day", .week: "week", .month: "month", .quarter: "quarter", .half: "half-year",
            .year: "year",
        ]
        return pick(
            "Targets for numbers are stated for a \(english[grain] ?? ""), here in proportion to the days.",
            "Target jumlah berlaku untuk satu \(grain.indonesianName), di sini sebanding dengan jumlah hari."
        )
    }

    func few(_ fewest: Int64) -> String {
        pick(
            "* rests on fewer than \(fewest) facts: a few more could move it much.",
            "* didasarkan pada kurang dari \(fewest) fakta: beberapa lagi bisa sangat mengubahnya.")
    }

    /// What `✓` and `✗` are about.
    func targets(_ aims: [String]) -> String {
        pick("Targets (✓ met, ✗ not met): ", "Target (✓ tercapai, ✗ belum): ")
            + aims.joined(separator: " · ")
    }

    var met: String { pick("met", "tercapai") }
    var notMet: String { pick("not met", "belum tercapai") }
}

extension Words {
    var anyValue: String { pick("any", "apa pun") }

    func missing(_ rule: ScorecardDefinition.Missing) -> String {
        switch rule {
        case .share:
            pick(
                "Where a row has no data, its weight is shared out in proportion to the others'.",
                "Bila satu baris tanpa data, bobotnya dibagi sebanding ke baris lain.")
        case .withhold:
            pick(
                "Where a row has no data, the total is withheld.",
                "Bila satu baris tanpa data, total ditahan.")
        }
    }
}
