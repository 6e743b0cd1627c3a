package import EventModel
package import Querying

/// What the auditor's commands say, in both languages. Whatever programs read (CSV, JSON, names of
/// commands and options) is the same in both.
package struct AuditWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    private func entries(_ count: some BinaryInteger) -> String {
        words.entries(UInt32(clamping: count))
    }

    // MARK: Headings

    /// What a column of the auditor's lists is called.
    package func heading(_ column: Column) -> String {
        switch column {
        case .period: pick("Period", "Periode")
        case .state: pick("State", "Keadaan")
        case .closed: pick("Closed", "Ditutup")
        case .entries: pick("Entries", "Entri")
        case .by: pick("By", "Oleh")
        case .remark: pick("Remark", "Catatan")
        case .snapshot: pick("Snapshot", "Snapshot")
        case .reopened: pick("Opened again", "Dibuka lagi")
        case .why: pick("Why", "Sebab")
        case .kpi: "KPI"
        case .cell: pick("Cell", "Sel")
        case .before: pick("Before", "Sebelum")
        case .after: pick("After", "Sesudah")
        case .entry: pick("Entry", "Entri")
        case .voided: pick("Voided", "Dianulir")
        case .anew: pick("Anew", "Pengganti")
        case .subject: words.caseTitle
        case .event: pick("Event", "Peristiwa")
        case .happened: pick("Happened", "Terjadi")
        case .recorded: pick("Recorded", "Dicatat")
        case .reason: pick("Reason", "Alasan")
        case .what: pick("What", "Apa")
        case .about: pick("About", "Tentang")
        case .detail: pick("Detail", "Rincian")
        case .count: pick("Count", "Jumlah")
        case .rank: "No"
        case .population: pick("Population", "Populasi")
        case .projection: pick("Projection", "Proyeksi")
        case .when: words.when
        case .valueOf: words.valueOf
        case .value: words.value
        case .source: words.source
        case .id: "Id"
        case .support: pick("Rests on", "Berdasar pada")
        case .of: pick("Of", "Dari")
        case .events: pick("Events", "Peristiwa")
        case .withinDay: pick("In 1 day", "Dalam 1 hari")
        case .withinWeek: pick("In 7 days", "Dalam 7 hari")
        case .field: pick("Field", "Isian")
        case .there: pick("List says", "Menurut daftar")
        case .here: pick("Log says", "Menurut log")
        case .touches: pick("Touches", "Memengaruhi")
        case .stratum: pick("Stratum", "Strata")
        case .tested: pick("Tested", "Diuji")
        case .errors: pick("Errors", "Salah")
        case .rate: pick("Rate", "Bagian")
        case .upperBound: pick("At most", "Paling banyak")
        }
    }

    /// The columns there are.
    package enum Column: CaseIterable {
        case period, state, closed, entries, by, remark, snapshot, reopened, why, kpi, cell, before,
            after, entry, voided, anew, subject, event, happened, recorded, reason, what, about,
            detail, count, rank, population, projection, when, valueOf, value, source, id, support,
            of, events, withinDay, withinWeek, field, there, here, touches, stratum, tested, errors,
            rate, upperBound
    }

    /// People who are counted and not named.
    package var respondents: String { pick("respondents", "responden") }

    /// All groups together.
    package var all: String { words.all }

    /// A dimension and its value, as in a list of cells: `agent Budi`.
    package func group(_ dimension: String, _ value: String) -> String {
        pick(dimension, words.heading(dimension: dimension).lowercased()) + " "
            + value.printableValue
    }

    /// A word that a list holds in a fixed place, such as a kind of change; itself where it is none.
    package func word(_ word: String) -> String {
        let known = [
            "closed": "ditutup", "reopened": "dibuka lagi", "late": "terlambat", "new": "baru",
            "voided": "dianulir", "corrected": "dikoreksi", "removed": "dikeluarkan",
            "definition": "definisi",
            "void": "penganuliran", "removal": "penghapusan", "refusal": "penolakan",
            "promotion": "promosi", "dropped": "dicabut", "reopening": "pembukaan lagi",
            "backdated": "tanggal mundur", "clock_set": "jam ditentukan",
            "planned_again": "direncanakan lagi",
            "clock_behind": "jam tertinggal", "unexplained": "sebab tidak ditemukan",
            "untold": "tidak disebutkan satu per satu", "differs": "berbeda",
            "not_defined_then": "belum ada waktu itu", "refused": "tidak dibandingkan",
            "missing_here": "tidak ada di sini", "missing_there": "tidak ada di sana",
        ]
        if let doubt = DoubtKind(rawValue: word) { return DoubtWords(language).short(doubt) }
        return pick(word.replacing("_", with: " "), known[word] ?? word)
    }

    /// `3 of 20 lines refused`.
    package func refused(_ count: Int, of lines: Int) -> String {
        pick(
            "\(number(count)) of \(number(lines)) lines refused",
            "\(number(count)) dari \(number(lines)) baris ditolak")
    }

    /// What an import told: the first line that has it, and the first cases.
    package func told(line: Int, cases: String) -> String {
        OperationWords(language).first(atLine: line) + (cases.isEmpty ? "" : ": \(cases)")
    }

    /// The plan of the same that came first.
    package func plannedFirst(entry: UInt32) -> String {
        pick("planned first in entry \(entry)", "direncanakan pertama kali di entri \(entry)")
    }

    /// The ties of a case, of many the first few.
    package func ties(_ text: String) -> String {
        let ties = text.split(separator: Self.tieSeparator)
        guard ties.count > 4 else { return text }
        return ties.prefix(4).joined(separator: Self.tieSeparator) + Self.tieSeparator
            + pick(
                "and \(number(ties.count - 4)) more (--format json has all)",
                "dan \(number(ties.count - 4)) lagi (--format json memuat semuanya)")
    }

    private static let tieSeparator = " · "

    // MARK: Closed books

    package func closed(_ period: Period, entries count: UInt32, digest: String) -> String {
        pick(
            "Closed \(period) at \(entries(count)); its snapshot's digest is \(digest)….",
            "\(period) ditutup pada \(entries(count)); digest snapshot-nya \(digest)….")
    }

    /// What a closing lacks.
    package func refused(_ names: [String], _ period: Period, at sequence: UInt32) -> String {
        let list = names.map(\.printable).joined(separator: ", ")
        return pick(
            "Not reported by the closing of \(period) (entry \(number(sequence))), as the numbers were "
                + "too large to add up exactly: \(list).",
            "Tidak dilaporkan oleh penutupan \(period) (entri \(number(sequence))), karena angkanya "
                + "terlalu besar untuk dijumlahkan secara tepat: \(list).")
    }

    package func afterClosing(_ period: Period, entries count: UInt32) -> String {
        let list = "rekam period restatements \(period)"
        let export = "rekam snapshot export --period \(period) --as-of \(count) --out DIR"
        return pick(
            "What changes from here on: \(list) · hand it out: \(export)",
            "Perubahan sejak sekarang: \(list) · serahkan: \(export)")
    }

    package func reopened(_ period: Period, entries count: UInt32) -> String {
        pick(
            "Opened \(period) again; it was closed at \(entries(count)). Close it anew: rekam period "
                + "close \(period)",
            "\(period) dibuka lagi; tadinya ditutup pada \(entries(count)). Tutup lagi: rekam period "
                + "close \(period)")
    }

    /// How many events of a period were recorded how soon after its end.
    ///
    /// - Parameter period: named where it is not clear which is meant.
    package func timeliness(
        events: Int, withinDay: Int, withinWeek: Int, of period: Period? = nil
    ) -> String {
        func share(_ count: Int) -> String { "\(number(count)) (\(self.share(count, of: events)))" }
        guard events > 0 else {
            // Whether respondents answered on its days is not told.
            return pick(
                "It has no events but what respondents may have sent, which is not counted.",
                "Tidak ada peristiwa di dalamnya selain yang mungkin dikirim responden, yang tidak "
                    + "dihitung.")
        }
        let whose = period.map {
            pick("the \(number(events)) events of \($0)", "\(number(events)) peristiwa \($0)")
        }
        return pick(
            "Of \(whose ?? "its \(number(events)) events"), \(share(withinDay)) were recorded within a "
                + "day after its end, \(share(withinWeek)) within seven.",
            "Dari \(whose ?? "\(number(events)) peristiwanya"), \(share(withinDay)) dicatat dalam satu "
                + "hari setelah periode berakhir, \(share(withinWeek)) dalam tujuh hari.")
    }

    /// `98.2 %`; of nothing, nothing.
    package func share(_ count: Int, of all: Int) -> String {
        guard all > 0 else { return "–" }
        let share = Fraction(Int128(count) * 100, over: Int128(all))
        return NumberText.decimal(share, places: 1, language) + " %"
    }

    package var noClosing: String {
        pick("No period was closed yet.", "Belum ada periode yang ditutup.")
    }

    package var nothingClosed: String {
        pick("No period is closed.", "Tidak ada periode yang ditutup.")
    }

    package func nothingRestated(_ period: String?) -> String {
        pick(
            "Nothing in \(period ?? "a closed period") changed since it was closed.",
            "Tidak ada yang berubah dalam \(period ?? "periode tertutup") sejak ditutup.")
    }

    package func nothingDiffers(_ period: Period, _ first: UInt32, _ second: UInt32) -> String {
        pick(
            "Nothing in \(period) reads differently at \(number(first)) and at \(entries(second)).",
            "Tidak ada yang terbaca berbeda dalam \(period) pada \(number(first)) dan "
                + "\(entries(second)).")
    }

    // MARK: Findings

    package func nothingUnusual(_ period: Period) -> String {
        pick(
            "Nothing unusual was recorded in \(period).",
            "Tidak ada yang janggal dicatat dalam \(period).")
    }

    package var nothingToDraw: String {
        pick("There is nothing to draw from.", "Tidak ada yang dapat diambil sebagai sampel.")
    }

    package func replayed(
        _ period: Period, entries count: UInt32, projections: Int, rows: UInt64,
        notStored: [String]
    ) -> String {
        let head = pick(
            "\(period) from \(entries(count)): \(projections) projections, \(number(rows)) rows",
            "\(period) dari \(entries(count)): \(projections) proyeksi, \(number(rows)) baris")
        guard !notStored.isEmpty else { return head }
        return head
            + pick(
                "; not stored in that version, so not compared: ",
                "; tidak tersimpan dalam versi itu, jadi tidak dibandingkan: ")
            + notStored.joined(separator: ", ")
    }

    package func agrees(_ figures: FigureComparison, tenths: Int) -> String {
        let count = number(figures.compared)
        let time = words.seconds(tenths: tenths)
        return pick("It agrees: \(count) figures. \(time)", "Cocok: \(count) angka. \(time)")
    }

    // MARK: Comparing figures

    /// Why figures were not compared.
    package func why(_ why: WhyNotCompared) -> String {
        switch why {
        case .undefined: pick("only one side has it", "hanya satu sisi yang memilikinya")
        case .withheld:
            pick("neither side shows these answers", "jawaban itu tidak ditampilkan kedua sisi")
        case .notStored:
            pick("answered from no stored rows", "tidak dijawab dari baris tersimpan")
        case .tooLarge:
            pick(
                "the numbers are too large to add up exactly",
                "angkanya terlalu besar untuk dijumlahkan secara tepat")
        case .fault(let text): text
        }
    }

    /// What was not compared, a line for each reason.
    package func notCompared(_ figures: FigureComparison) -> [String] {
        var reasons: [WhyNotCompared] = []
        for part in figures.notCompared where !reasons.contains(part.why) {
            reasons.append(part.why)
        }
        return reasons.map { reason in
            let parts = figures.notCompared.filter { $0.why == reason }
            let names = parts.map(\.name.printable).joined(separator: ", ")
            let count = parts.map(\.count).reduce(0, +)
            return pick(
                "Not compared: \(count == 1 ? "1 figure" : "\(number(count)) figures") of \(names): ",
                "Tidak dibandingkan: \(number(count)) angka dari \(names): ")
                + why(reason)
        }
    }

    package var nothingCompared: String {
        pick("No figure was compared.", "Tidak ada angka yang dibandingkan.")
    }

    // MARK: Verification

    /// What was checked, each with its name: pages, entries, tree, columns, projections, checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: entries of the last signed checkpoint; nil where none was signed.
    ///   - unchecked: why its signature was not looked at; nil where it was.
    package func verified(
        pages: (live: Int, free: Int), entries count: UInt32, root: String, tiles: Int,
        segments: Int, projections: Int, checkpoint: UInt32?,
        unchecked: String?
    ) -> [(name: String, text: String)] {
        let signed = checkpoint.map {
            pick(
                "the last signed one, of \(entries($0)), still holds",
                "yang terakhir ditandatangani, atas \(entries($0)), masih berlaku")
                + (unchecked.map {
                    pick("; its signature was NOT checked: ", "; tanda tangannya TIDAK diperiksa: ")
                        + $0
                } ?? "")
        }
        return [
            (
                pick("Pages", "Halaman"),
                pick(
                    "\(number(pages.live)) in use, \(number(pages.free)) free, each once",
                    "\(number(pages.live)) terpakai, \(number(pages.free)) bebas, masing-masing sekali"
                )
            ),
            (
                pick("Entries", "Entri"),
                pick(
                    "\(number(count)) hashed, root \(root)…",
                    "\(number(count)) dihitung hash-nya, akar \(root)…")
            ),
            (
                pick("Tree", "Pohon"),
                pick(
                    "\(number(tiles)) tiles rebuilt, equal",
                    "\(number(tiles)) tile dibangun ulang, sama")
            ),
            (
                pick("Columns", "Kolom"),
                pick(
                    "\(number(segments)) segments, names, histories and idempotency keys rebuilt, "
                        + "equal",
                    "\(number(segments)) segmen, nama, riwayat dan kunci idempotensi dibangun ulang, "
                        + "sama")
            ),
            (
                pick("Projections", "Proyeksi"),
                pick("\(projections) replayed, equal", "\(projections) diputar ulang, sama")
            ),
            (
                "Checkpoint",
                signed
                    ?? pick(
                        "none was signed yet (rekam checkpoint)",
                        "belum ada yang ditandatangani (rekam checkpoint)")
            ),
        ]
    }

    /// Projections that answer and were not compared, as there are no rows of them yet.
    package func notBuilt(_ versions: [String]) -> String {
        let list = versions.joined(separator: ", ")
        return pick(
            "Not compared, as they have no rows yet: \(list). Build them: rekam projection rebuild --all",
            "Tidak dibandingkan, karena belum punya baris: \(list). Bangun: "
                + "rekam projection rebuild --all")
    }

    /// Projections whose rows an earlier Rekam made by rules of its own.
    package func outdated(_ versions: [String]) -> String {
        let list = versions.joined(separator: ", ")
        return pick(
            "Not compared, as an earlier rekam made their rows and nothing is answered from them: "
                + "\(list). Make them anew: rekam projection rebuild --all",
            "Tidak dibandingkan, karena barisnya dibuat rekam yang lebih lama dan tidak dipakai "
                + "menjawab: \(list). Bangun ulang: rekam projection rebuild --all")
    }

    /// Projections whose rows were compared, and are not what answers are read from.
    package func superseded(_ versions: [String]) -> String {
        let list = versions.joined(separator: ", ")
        return pick(
            "Compared with what they were made of, and nothing is answered from them, as a calendar, an "
                + "event type or a text is newer: \(list). Make them anew: rekam projection rebuild --all",
            "Dibandingkan dengan asal pembuatannya, dan tidak dipakai menjawab, karena ada kalender, "
                + "jenis peristiwa atau teks yang lebih baru: \(list). Bangun ulang: rekam projection "
                + "rebuild --all")
    }

    /// Projections that others brought on while they were computed.
    package func moving(_ versions: [String]) -> String {
        let list = versions.joined(separator: ", ")
        return pick(
            "Not compared, as another process records meanwhile: \(list). Verify again when it rests.",
            "Tidak dibandingkan, karena proses lain sedang mencatat: \(list). Periksa lagi setelah "
                + "itu selesai.")
    }

    /// It holds, with the time it took where that is known.
    ///
    /// - Parameter isWhole: whether all was compared.
    package func holds(isWhole: Bool = true, tenths: Int? = nil) -> String {
        let said =
            isWhole
            ? pick("It holds.", "Semua cocok.")
            : pick("What was compared holds.", "Yang dibandingkan cocok.")
        return said + (tenths.map { " " + words.seconds(tenths: $0) } ?? "")
    }
}
