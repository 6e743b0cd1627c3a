package import EventModel
package import Querying

/// What is said of samples, and of lists that are compared with the log.
extension AuditWords {
    /// A share of a hundred with so many decimals as it has, at most four: `2.9492 %`.
    private func percent(_ share: Fraction) -> String {
        let hundred = Fraction(share.numerator * 100, over: share.denominator)
        let text = hundred.decimalText(atMostPlaces: 4) ?? "–"
        return (language == .english ? text : text.replacing(".", with: ",")) + " %"
    }

    package func recorded(entry sequence: UInt32) -> String {
        pick(
            "Recorded in entry \(sequence): rekam log show \(sequence)",
            "Dicatat di entri \(sequence): rekam log show \(sequence)")
    }

    // MARK: Samples

    /// How many facts a sample needs.
    package func planned(
        size: Int, population: Int, confidence: Fraction, tolerable: Fraction, expected: Int
    ) -> String {
        let most = pick(
            expected == 0 ? "If none is wrong" : "If no more than \(number(expected)) are wrong",
            expected == 0
                ? "Jika tidak ada yang salah"
                : "Jika yang salah tidak lebih dari \(number(expected))")
        guard size < population else {
            return pick(
                "All \(number(population)) facts: there are no more than such a sample takes.",
                "Semua \(number(population)) data: jumlahnya tidak melebihi sampel seperti itu.")
        }
        return pick(
            "\(number(size)) of \(number(population)) facts. \(most), then with \(percent(confidence)) "
                + "confidence at most \(percent(tolerable)) of all are.",
            "\(number(size)) dari \(number(population)) data. \(most), maka dengan keyakinan "
                + "\(percent(confidence)) paling banyak \(percent(tolerable)) dari semuanya salah.")
    }

    /// That one KPI and period was planned more than once: who has several samples can choose.
    package func plannedOften(_ entries: [UInt32]) -> String {
        let list = entries.map { String($0) }.joined(separator: ", ")
        return pick(
            "This KPI and period was planned \(number(entries.count)) times (entries \(list)): one of "
                + "several samples can be chosen. Ask for the results of each.",
            "KPI dan periode ini direncanakan \(number(entries.count)) kali (entri \(list)): satu dari "
                + "beberapa sampel bisa dipilih. Mintalah hasil masing-masing.")
    }

    /// What the errors found show.
    package func evaluated(
        confidence: Fraction, bound: Fraction, tolerable: Fraction?, population: Int?
    ) -> String {
        let of =
            population.map {
                pick(" of \(number($0)) facts", " dari \(number($0)) data")
            } ?? ""
        let said = pick(
            "With \(percent(confidence)) confidence at most \(percent(bound))\(of) are wrong.",
            "Dengan keyakinan \(percent(confidence)) paling banyak \(percent(bound))\(of) salah.")
        guard let tolerable else { return said }
        let holds = (Fraction.compare(bound, tolerable) ?? 1) <= 0
        return said + " "
            + pick(
                holds
                    ? "That is no more than \(percent(tolerable))."
                    : "That is MORE than \(percent(tolerable)).",
                holds
                    ? "Itu tidak melebihi \(percent(tolerable))."
                    : "Itu MELEBIHI \(percent(tolerable)).")
    }

    // MARK: Lists

    /// Some KPIs, and how many more.
    package func few(_ kpis: [String]) -> String {
        guard kpis.count > 3 else { return kpis.isEmpty ? "–" : kpis.joined(separator: ", ") }
        return kpis.prefix(2).joined(separator: ", ")
            + pick(" and \(kpis.count - 2) more", " dan \(kpis.count - 2) lagi")
    }

    package func nothingReconciled(_ period: Period) -> String {
        pick(
            "Nothing in \(period) is missing in list or log, and nothing differs.",
            "Dalam \(period) tidak ada yang kurang di daftar atau log, dan tidak ada yang berbeda.")
    }

    package func reconciled(
        cases: Int, same: Int, missingHere: Int, missingThere: Int, different: Int
    ) -> String {
        pick(
            "\(number(cases)) cases compared: the same \(number(same)), missing here "
                + "\(number(missingHere)), missing there \(number(missingThere)), different "
                + "\(number(different)).",
            "\(number(cases)) kasus dibandingkan: sama \(number(same)), tidak ada di sini "
                + "\(number(missingHere)), tidak ada di sana \(number(missingThere)), berbeda "
                + "\(number(different)).")
    }

    /// Rows of a list that were not compared; the problem is English, as those of an import are.
    package func refusal(_ problem: String, count: Int, line: Int) -> String {
        guard count > 1 else {
            return pick(
                "NOT compared: line \(line): \(problem)",
                "TIDAK dibandingkan: baris \(line): \(problem)")
        }
        return pick(
            "NOT compared: \(number(count)) rows, the first in line \(line): \(problem)",
            "TIDAK dibandingkan: \(number(count)) baris, yang pertama di baris \(line): \(problem)")
    }

    package func notCompared(_ answers: Int) -> String {
        pick(
            "NOT compared: \(number(answers)) events of respondents, who are not to be known.",
            "TIDAK dibandingkan: \(number(answers)) peristiwa responden, yang tidak boleh dikenali."
        )
    }

    package func unlisted(_ count: Int) -> String {
        pick("\(number(count)) more are not listed.", "\(number(count)) lagi tidak didaftar.")
    }

    /// The KPIs that rest on what is missing or differs, those of most cases first.
    package func touched(_ kpis: [(kpi: String, cases: Int)]) -> String {
        let first = kpis.sorted { $0.cases > $1.cases }.prefix(5)
            .map { "\($0.kpi) (\(number($0.cases)))" }.joined(separator: ", ")
        let more = kpis.count - min(5, kpis.count)
        return pick(
            "KPIs that rest on it, with so many cases: \(first)",
            "KPI yang berdasar padanya, dengan jumlah kasus: \(first)")
            + (more > 0 ? pick(" and \(more) more", " dan \(more) lagi") : "")
    }
}

extension Sheet.Cell {
    /// A share: of a hundred for people, a number with all its decimals for programs.
    package static func share(_ share: Fraction, _ language: Language) -> Sheet.Cell {
        let hundred = Fraction(share.numerator * 100, over: share.denominator)
        let shown = hundred.decimalText(atMostPlaces: 4) ?? "–"
        let plain = JSONNumber.share(share)
        return Sheet.Cell(
            shown: (language == .english ? shown : shown.replacing(".", with: ",")) + " %",
            plain: plain, json: plain)
    }
}

/// Numbers as programs read them.
package enum JSONNumber {
    /// A share with up to twelve decimals.
    package static func share(_ share: Fraction) -> String {
        share.decimalText(atMostPlaces: 12) ?? "null"
    }
}
