import Definitions
package import EventModel
import Querying

/// The words of the answers, in both languages.
struct Words {
    var language: Language

    func pick(_ english: String, _ indonesian: String) -> String {
        language == .english ? english : indonesian
    }

    /// `1,998,412`, in Indonesian `1.998.412`.
    func number(_ number: some BinaryInteger) -> String {
        NumberText.grouped(number, language)
    }

    /// `6.1 s`, from tenths of a second.
    func seconds(tenths: Int) -> String {
        "\(tenths / 10)\(pick(".", ","))\(tenths % 10) \(pick("s", "dtk"))"
    }

    var all: String { pick("All", "Semua") }
    var facts: String { pick("Facts", "Fakta") }
    var valueOf: String { pick("Value of", "Nilai dari") }
    var sum: String { pick("Sum", "Jumlah") }
    var better: String { pick("better", "lebih baik") }
    var worse: String { pick("worse", "lebih buruk") }
    var points: String { pick("points", "poin") }
    var same: String { pick("unchanged", "tetap") }
    var new: String { pick("new", "baru") }
    var fromZero: String { pick("from 0", "dari 0") }
    var times: String { pick("times", "kali") }
    var root: String { pick("root", "akar") }
    func was(_ value: String) -> String { pick("was ", "tadinya ") + value }
    func against(_ period: String) -> String { pick("against ", "dibanding ") + period }

    func entries(_ count: UInt32) -> String {
        number(count)
            + pick(count == 1 ? " entry" : " entries", " entri")
    }

    func asOf(_ entries: String, _ day: String) -> String {
        pick("as of \(entries) (\(day))", "menurut \(entries) (\(day))")
    }

    /// What an answer rests on, in a line's pieces.
    func basis(_ basis: AnswerBasis, knownYear: Int?) -> [String] {
        return [
            basis.timeZone.printable, state(basis, knownYear: knownYear),
            root + " " + Hexadecimal.text(basis.root.prefix(3)) + "…",
        ] + calendars(basis.calendars)
    }

    /// Which state of the log that is, and as of when: of reported figures the day on which their books
    /// were closed.
    private func state(_ basis: AnswerBasis, knownYear: Int?) -> String {
        let entries = entries(basis.sequence)
        if let closing = basis.closing {
            let day = closing.day.text(language, knownYear: knownYear)
            return pick(
                "as closed on \(day) in entry \(number(closing.sequence)), of \(entries)",
                "menurut penutupan \(day) di entri \(number(closing.sequence)), dari \(entries)")
        }
        guard basis.isAsOf else { return entries }
        return asOf(entries, basis.today.text(language, knownYear: knownYear))
    }

    /// The calendars whose business time counts; no piece where none does.
    private func calendars(_ used: [CalendarVersion]) -> [String] {
        guard !used.isEmpty else { return [] }
        let list = used.map(\.text.printable).joined(separator: ", ")
        return [pick(used.count == 1 ? "calendar " : "calendars ", "kalender ") + list]
    }

    func closed(_ period: String) -> String {
        pick(
            "The books of \(period) are closed; these are the closed figures.",
            "Buku \(period) sudah ditutup; ini angka saat penutupan.")
    }

    /// The same of a part of what is shown.
    func closedApart(_ periods: String) -> String {
        pick(
            "The books of \(periods) are closed: these of the figures are the closed ones.",
            "Buku \(periods) sudah ditutup: angkanya di sini adalah angka saat penutupan.")
    }

    func restated(_ period: String, _ typed: String) -> String {
        pick(
            "The books of \(period) were closed, and figures changed since: rekam period restatements \(typed) · as first reported: --as-closed",
            "Buku \(period) pernah ditutup, dan ada angka yang berubah sejak itu: rekam period restatements \(typed) · seperti pertama dilaporkan: --as-closed"
        )
    }

    /// That figures were reported and may be reported otherwise.
    func reopened(_ period: String) -> String {
        pick(
            "The books of \(period) were closed and reported, and are open again.",
            "Buku \(period) pernah ditutup dan dilaporkan, dan kini dibuka lagi.")
    }

    /// A figure that is split.
    func split(_ title: String, by dimensions: [String]) -> String {
        title + pick(" by ", " per ") + dimensions.joined(separator: ", ")
    }

    /// That the books were closed without some figures.
    func unreported(_ titles: [String], _ period: String, _ status: FigureStatus) -> String {
        let list = titles.joined(separator: ", ")
        return status == .notDefinedThen
            ? pick(
                "Nothing was reported of \(list) when the books of \(period) were closed: not defined "
                    + "then.",
                "\(list) belum didefinisikan saat buku \(period) ditutup, jadi tidak ada angka yang "
                    + "dilaporkan.")
            : pick(
                "Nothing was reported of \(list) when the books of \(period) were closed: no exact "
                    + "figure could be given then.",
                "\(list) tidak dapat dijawab secara tepat saat buku \(period) ditutup, jadi tidak ada "
                    + "angka yang dilaporkan.")
    }

    /// Columns of which no figure can be given.
    func refused(_ titles: [String]) -> String {
        let list = titles.joined(separator: ", ")
        return pick(
            "\(list): refused, as the numbers are too large to add up exactly.",
            "\(list): tidak dapat dijawab, karena angkanya terlalu besar untuk dijumlahkan secara "
                + "tepat.")
    }

    /// Why a row has no value.
    func reason(_ reason: NullReason) -> String {
        switch reason {
        case .nothing: pick("nothing to measure", "tidak ada data")
        case .zeroDenominator: pick("divided by zero", "pembagi nol")
        case .withheld(let fewest):
            pick("fewer than \(fewest) people", "kurang dari \(fewest) orang")
        case .roundOpen(let day):
            pick("round not closed yet: its days end ", "putaran belum ditutup: berakhir ")
                + day.text(language, knownYear: nil)
        case .mixedCurrencies(let currencies):
            pick("several currencies: ", "beberapa mata uang: ")
                + currencies.map(\.printableValue).joined(separator: ", ")
        case .tooLarge: pick("too large to add up exactly", "terlalu besar untuk dijumlahkan tepat")
        }
    }

    func mayChange(_ period: String, until day: String) -> String {
        pick(
            "\(period) may still change until \(day).",
            "\(period) masih bisa berubah sampai \(day).")
    }

    func staysOpen(_ titles: [String]) -> String {
        let list = titles.joined(separator: ", ")
        return pick(
            "\(list): provisional, for no window says until when it may change.",
            "\(list): sementara, sebab tidak ada batas waktu yang menyebut sampai kapan bisa berubah."
        )
    }

    func notYetIn(_ count: UInt32) -> String {
        let number = number(count)
        return pick(
            "\(number) newer entries are not in these figures yet. Bring them in: rekam projection rebuild --all",
            "\(number) entri yang lebih baru belum masuk hitungan. Masukkan: rekam projection rebuild --all"
        )
    }

    func nothing(_ period: String) -> String {
        pick("Nothing was recorded in \(period).", "Tidak ada catatan pada \(period).")
    }

    // MARK: Explanations

    var caseTitle: String { pick("Case", "Kasus") }
    var when: String { pick("When", "Waktu") }
    var entriesTitle: String { pick("Entries", "Entri") }
    var noFacts: String { pick("No facts.", "Tidak ada fakta.") }

    func over(_ count: Int64) -> String {
        let number = number(count)
        return pick(
            "over \(number) \(count == 1 ? "fact" : "facts")", "dari \(number) fakta")
    }

    func more(_ count: Int) -> String {
        let number = number(count)
        return pick(
            "… \(number) more: --limit 0 shows all, and so does --format csv",
            "… \(number) lagi: --limit 0 menampilkan semua, begitu juga --format csv")
    }

    var addsUp: String {
        pick(
            "The facts add up to the figure exactly.",
            "Fakta-fakta ini berjumlah tepat sama dengan angka di atas.")
    }

    /// - Parameter areAdded: whether the figure's parts can be added over groups.
    func groupsAddUp(_ areAdded: Bool) -> String {
        areAdded
            ? pick(
                "The facts add up to each figure exactly, and the groups to the whole.",
                "Fakta-fakta ini berjumlah tepat sama dengan setiap angka, dan kelompok-kelompoknya dengan keseluruhan."
            )
            : pick(
                "The facts add up to each figure exactly. Percentiles, extremes and numbers of different things do not add up over groups.",
                "Fakta-fakta ini berjumlah tepat sama dengan setiap angka. Persentil, nilai ekstrem dan jumlah hal yang berbeda tidak dapat dijumlahkan antarkelompok."
            )
    }

    var doesNotAddUp: String {
        pick(
            "The facts do NOT add up to the figure: the stored rows differ from what the entries say. Check the store: rekam verify",
            "Fakta-fakta ini TIDAK berjumlah sama dengan angka di atas: periksa dengan rekam verify"
        )
    }

    func openOnly(_ count: Int) -> String {
        let number = number(count)
        return pick(
            "\(number) facts may still change; the others are settled.",
            "\(number) fakta masih bisa berubah; yang lain sudah tetap.")
    }

    var explainNext: String {
        pick(
            "Show events: --events · prove them: --proof · as reported on an earlier day: --as-of DAY",
            "Lihat peristiwa: --events · buktikan: --proof · menurut hari sebelumnya: --as-of HARI"
        )
    }

    var next: String { pick("Next: ", "Lanjut: ") }

    /// `Next: rekam …`, with the store and the language that this command was given.
    func next(_ command: String) -> String { next + command + NextCommand.options }

    /// The name of a grain as a heading.
    func heading(_ grain: Grain) -> String {
        switch grain {
        case .day: pick("Day", "Hari")
        case .week: pick("Week", "Minggu")
        case .month: pick("Month", "Bulan")
        case .quarter: pick("Quarter", "Triwulan")
        case .half: pick("Half-year", "Semester")
        case .year: pick("Year", "Tahun")
        }
    }

    /// A dimension's name as a heading: the usual ones translated, others as they are.
    func heading(dimension name: String) -> String {
        if let dot = name.firstIndex(of: ".") {
            let owner = heading(dimension: String(name[..<dot])).lowercased()
            let field = heading(dimension: String(name[name.index(after: dot)...]))
            return pick(
                owner.prefix(1).uppercased() + owner.dropFirst() + " " + field.lowercased(),
                field + " " + owner)
        }
        let known: [String: (String, String)] = [
            "agent": ("Agent", "Agen"), "team": ("Team", "Tim"), "channel": ("Channel", "Kanal"),
            "category": ("Category", "Kategori"), "priority": ("Priority", "Prioritas"),
            "customer": ("Customer", "Pelanggan"), "product": ("Product", "Produk"),
            "reason": ("Reason", "Alasan"), "hour": ("Hour", "Jam"),
            "weekday": ("Weekday", "Nama hari"),
            "department": ("Department", "Departemen"), "level": ("Level", "Tingkat"),
            "queue": ("Queue", "Antrean"), "survey": ("Survey", "Survei"),
            "role": ("Role", "Peran"), "manager": ("Manager", "Atasan"), "name": ("Name", "Nama"),
        ]
        if let (english, indonesian) = known[name] { return pick(english, indonesian) }
        let spaced = name.split(separator: "_").joined(separator: " ")
        return spaced.prefix(1).uppercased() + spaced.dropFirst()
    }

    // MARK: KPI pages

    var kpi: String { "KPI" }
    var title: String { pick("Title", "Judul") }
    var value: String { pick("Value", "Nilai") }
    var unit: String { pick("Unit", "Satuan") }
    var good: String { pick("Better", "Lebih baik") }
    var statistics: String { pick("Beside it", "Selain itu") }
    var events: String { pick("Events", "Peristiwa") }
    var by: String { pick("By", "Menurut") }
    var notes: String { pick("To know", "Catatan") }
    var source: String { pick("Source", "Sumber") }
    var projections: String { pick("Projections", "Proyeksi") }
    func version(_ number: Int) -> String { pick("version \(number)", "versi \(number)") }

    func name(_ unit: Definitions.Unit) -> String { unit.inWords(in: language) }

    func direction(_ direction: Direction, _ unit: Definitions.Unit) -> String {
        switch direction {
        case .higher: return pick("higher", "lebih tinggi")
        case .lower: return pick("lower", "lebih rendah")
        case .band(let minimum, let maximum):
            let text = FigureText(language)
            return text.value(Fraction(minimum), unit) + " – " + text.value(Fraction(maximum), unit)
        }
    }

    func group(_ name: String) -> String {
        switch name {
        case "operational": pick("Operational", "Operasional")
        case "organizational": pick("Organizational", "Organisasi")
        default: name.prefix(1).uppercased() + name.dropFirst().printable
        }
    }
}

/// What is said of one subject, in both languages: each type of words has its own sentences and
/// these small pieces of them.
package protocol SubjectWords {
    /// The language they are in.
    var language: Language { get }
    /// The words of a language.
    init(_ language: Language)
}

extension SubjectWords {
    var words: Words { Words(language: language) }

    func pick(_ english: String, _ indonesian: String) -> String {
        words.pick(english, indonesian)
    }

    /// A number, grouped as the language does: `184,203`, `184.203`.
    package func number(_ number: some BinaryInteger) -> String { words.number(number) }

    /// See `Words.next`.
    package func next(_ command: String) -> String { words.next(command) }
}

extension Substring {
    /// See `String.printable`.
    fileprivate var printable: String { String(self).printable }
}
