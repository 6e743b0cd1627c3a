package import EventModel

/// What is said of doubtful input, in both languages. `ingest`, `status`, `audit exceptions` and
/// `doctor` use the same words for the same kind.
package struct DoubtWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    /// What is doubtful, in the plural.
    package func what(_ kind: DoubtKind) -> String {
        switch kind {
        case .phone: pick("phone numbers", "nomor telepon")
        case .email: pick("addresses", "alamat surel")
        case .localTimeRepeated:
            pick(
                "local times that the clock shows twice",
                "waktu setempat yang muncul dua kali pada jam")
        case .localTimeSkipped:
            pick("local times that the clock skips", "waktu setempat yang dilewati jam")
        case .twoDateFormats:
            pick(
                "dates that fit two of the mapping's formats",
                "tanggal yang cocok dengan dua format pemetaan")
        case .dateAlone: pick("dates without a time", "tanggal tanpa jam")
        case .shortRow:
            pick("rows shorter than the header", "baris yang lebih pendek dari judul kolom")
        case .textCut: pick("texts that were cut", "teks yang dipotong")
        case .absentColumn:
            pick("columns that no row has", "kolom yang tidak ada di satu baris pun")
        case .rowsOutOfOrder: pick("rows out of order", "baris yang tidak berurutan")
        case .rowPlaces:
            pick(
                "rows that may be others, or stand elsewhere in their instant, than recorded",
                "baris yang mungkin lain, atau lain tempatnya di antara baris sesaat, dari yang "
                    + "tercatat")
        case .offScale: pick("scores off their scale", "skor di luar skalanya")
        case .future:
            pick("events later than their recording", "peristiwa setelah waktu pencatatannya")
        case .sequenceWidths:
            pick(
                "numbers of different length in a sequence compared as text",
                "angka berbeda panjang dalam urutan (sequence) yang dibandingkan sebagai teks")
        case .noOpening: pick("cases without an opening", "kasus tanpa pembukaan")
        case .endBeforeStart:
            pick("cases with events before their opening", "kasus dengan peristiwa sebelum dibuka")
        case .tie:
            pick(
                "cases in which a tie decides a figure",
                "kasus yang angkanya ditentukan oleh urutan seri")
        case .moved:
            pick(
                "cases with events shortly before their opening",
                "kasus dengan peristiwa sesaat sebelum dibuka")
        case .namesAlike: pick("names that look alike", "nama yang tampak sama")
        case .backdated:
            pick(
                "events recorded long after they happened",
                "peristiwa yang dicatat lama setelah terjadi")
        }
    }

    /// Columns that a mapping reads, and no row has.
    package func absent(_ columns: [String]) -> String {
        let names = columns.joined(separator: ", ")
        return doubtful + pick("no row has ", "tidak ada baris yang punya ") + names + ". "
            + how(.absentColumn)
    }

    /// What a rehearsal does not try.
    package var tiesNotTried: String {
        pick(
            "Not tried: whether ties decide a figure. The real run tells.",
            "Belum dicoba: apakah ada urutan seri yang menentukan angka. Impor yang sebenarnya "
                + "memberitahukannya.")
    }

    /// What a rehearsal of very many events does not look at.
    package var casesNotLookedAt: String {
        pick(
            "Too many events to look at whole cases: which have no opening, events before it or a "
                + "tie that decides a figure the real run tells.",
            "Terlalu banyak peristiwa untuk memeriksa kasus utuh: kasus tanpa pembukaan, dengan "
                + "peristiwa sebelum dibuka atau dengan urutan seri yang menentukan angka "
                + "diberitahukan oleh impor yang sebenarnya.")
    }

    /// What is doubtful, in a word or two for a list.
    package func short(_ kind: DoubtKind) -> String {
        switch kind {
        case .offScale: pick("off its scale", "di luar skala")
        case .future: pick("ahead of time", "mendahului waktu")
        case .sequenceWidths: pick("sequence as text", "urutan sebagai teks")
        case .noOpening: pick("no opening", "tanpa pembukaan")
        case .endBeforeStart: pick("before opening", "sebelum dibuka")
        case .tie: pick("tie", "seri")
        case .moved: pick("just before opening", "sesaat sebelum dibuka")
        case .namesAlike: pick("names alike", "nama serupa")
        case .backdated: pick("backdated", "tanggal mundur")
        case .rowPlaces: pick("other places", "tempat berbeda")
        default: what(kind)
        }
    }

    /// How it was taken, and what to do about it.
    package func how(_ kind: DoubtKind) -> String {
        switch kind {
        case .phone, .email:
            pick(
                "They stand in the log in clear for ever: cut them where they come from.",
                "Itu tercatat di log sebagai teks terbuka selamanya: potong di asalnya.")
        case .localTimeRepeated:
            pick(
                "Each is taken for the first, or for the second where the row forbids the first: "
                    + "export times in UTC or with their offset.",
                "Masing-masing dibaca sebagai yang pertama, atau yang kedua bila barisnya tidak "
                    + "memungkinkan yang pertama: ekspor waktu dalam UTC atau dengan selisihnya.")
        case .localTimeSkipped:
            pick(
                "Each is read as if the clock had not been put forward: check the mapping's zone.",
                "Masing-masing dibaca seolah-olah jam belum dimajukan: periksa zona waktu pemetaan."
            )
        case .twoDateFormats:
            pick(
                "The format that stands first counts: state only the one that is meant.",
                "Format yang disebut lebih dulu yang berlaku: sebutkan satu saja, yang dimaksud.")
        case .rowsOutOfOrder:
            pick(
                "Their times decide: check row-order, order and the time zone of the mapping.",
                "Waktunya yang menentukan: periksa row-order, order dan zona waktu pemetaan.")
        case .dateAlone:
            pick(
                "Each is the first instant of its day: times within a day are not known.",
                "Masing-masing dibaca sebagai awal harinya: jamnya tidak diketahui.")
        case .shortRow:
            pick(
                "Their last fields are taken for empty: check that the export was not cut off.",
                "Kolom terakhirnya dianggap kosong: periksa apakah ekspornya terpotong.")
        case .textCut:
            pick(
                "The mapping keeps so many characters (most) and no more.",
                "Pemetaan hanya menyimpan sekian huruf (most), tidak lebih.")
        case .absentColumn:
            pick(
                "They are taken for empty: check the path in the mapping, or name it under optional.",
                "Isinya dianggap kosong: periksa jalurnya di pemetaan, atau sebutkan di optional.")
        case .rowPlaces:
            pick(
                "What was recorded first keeps its place, so the others may be in a wrong order, and "
                    + "of two rows alike that a file's end parts one may be missing: export whole "
                    + "instants, with a column that counts the changes (order).",
                "Yang dicatat lebih dulu tetap di tempatnya, jadi urutan yang lain bisa keliru, dan "
                    + "dari dua baris serupa yang terpisah oleh ujung berkas satu bisa hilang: ekspor "
                    + "semua baris sesaat, dengan kolom yang menghitung perubahan (order).")
        case .offScale:
            pick(
                "They count as no answer: mend the score or its scale at the source, and send the "
                    + "event again under another id.",
                "Itu tidak dihitung sebagai jawaban: perbaiki skor atau skalanya di sumber, lalu "
                    + "kirim lagi peristiwanya dengan id lain.")
        case .future:
            pick(
                "They count on their own day: check the source's clock, its time zone and its years.",
                "Itu dihitung pada harinya sendiri: periksa jam, zona waktu dan tahun di sumber.")
        case .sequenceWidths:
            pick(
                "As text \"10\" comes before \"9\": pad the numbers with zeros, or send sequencetype "
                    + "Integer.",
                "Sebagai teks \"10\" mendahului \"9\": isi angkanya dengan nol di depan, atau kirim "
                    + "sequencetype Integer.")
        default: howOfCases(kind)
        }
    }

    private func howOfCases(_ kind: DoubtKind) -> String {
        switch kind {
        case .noOpening:
            pick(
                "What is measured from the opening leaves them out: ingest the export that has it.",
                "Yang diukur dari pembukaan tidak menghitungnya: impor ekspor yang memuatnya.")
        case .endBeforeStart:
            pick(
                "More than two minutes before, so times between the two are not measured: check "
                    + "the clocks and time zones of the sources.",
                "Lebih dari dua menit sebelumnya, jadi waktu di antaranya tidak diukur: periksa "
                    + "jam dan zona waktu sumbernya.")
        case .tie:
            pick(
                "Time, the source's order and rank do not part these events; the one recorded "
                    + "first counts as first: send a sequence, or finer times.",
                "Waktu, urutan sumber dan peringkat tidak membedakan peristiwa ini; yang dicatat "
                    + "lebih dulu dianggap lebih dulu: kirim sequence, atau waktu yang lebih rinci."
            )
        case .backdated:
            pick(
                "More than three days, each on its own day: figures of those days may have been "
                    + "read before.",
                "Lebih dari tiga hari, masing-masing pada harinya sendiri: angka hari itu mungkin "
                    + "sudah dibaca sebelumnya.")
        case .moved:
            pick(
                "Each counts as at the opening: clocks of two systems differ.",
                "Masing-masing dianggap terjadi saat pembukaan: jam dua sistem berbeda.")
        default:
            pick(
                "They are told apart: make them one at the source, or merge them with an alias.",
                "Masing-masing dibedakan: samakan di sumber, atau gabungkan dengan alias.")
        }
    }

    /// `Doubtful: scores off their scale in data.score: 3 (first at line 12: ticket/7). They count as …`
    ///
    /// - Parameters:
    ///   - line: the first one; nil where it is not told.
    ///   - cases: the first ones.
    package func found(
        _ kind: DoubtKind, in place: String, _ count: Int, first line: Int?, cases: [String]
    ) -> String {
        doubtful + what(kind) + pick(" in ", " pada ") + "\(place): \(number(count))"
            + first(cases, of: count, atLine: line) + ". " + how(kind)
    }

    /// ` (first at line 12: ticket/7, ticket/8, …)`
    private func first(_ cases: [String], of count: Int, atLine line: Int?) -> String {
        let names = cases.map(\.printable).joined(separator: ", ")
        let more = count > cases.count && !cases.isEmpty ? ", …" : ""
        let place = line.map { OperationWords(language).first(atLine: $0) }
        let told = [place, names.isEmpty ? nil : names + more].compactMap { $0 }
        return told.isEmpty ? "" : " (\(told.joined(separator: ": ")))"
    }

    /// `Doubtful: phone numbers in id: 3, addresses in subject: 1 (first at line 12). They stand …`
    ///
    /// - Parameter line: the first one; nil where none is told.
    package func persons(
        _ groups: [(kind: DoubtKind, place: String, count: Int)], first line: Int?
    ) -> String {
        doubtful
            + groups.map {
                what($0.kind) + pick(" in ", " pada ") + "\($0.place): \(number($0.count))"
            }
            .joined(separator: ", ")
            + (line.map { " (\(OperationWords(language).first(atLine: $0)))" } ?? "")
            + ". " + how(.phone)
    }

    /// `Doubtful: cases without an opening: 2 (ticket/7, ticket/8). What is measured …`
    package func found(_ cases: DoubtfulCases) -> String {
        doubtful + counted(cases) + ". " + how(cases.kind)
    }

    /// `cases without an opening: 12 (ticket/7, ticket/8, ticket/9, …)`
    package func counted(_ cases: DoubtfulCases) -> String {
        what(cases.kind) + ": " + number(cases.count)
            + first(cases.first, of: cases.count, atLine: cases.line)
            + (cases.untried > 0 ? "; " + untried(cases.untried) : "")
    }

    private func untried(_ count: Int) -> String {
        pick(
            "\(number(count)) more cases with ties not tried (`rekam audit exceptions` tries all)",
            "\(number(count)) kasus lain dengan urutan seri belum dicoba (`rekam audit exceptions` "
                + "mencoba semuanya)")
    }

    /// So many of each kind in the last 24 hours.
    package func inADay(_ kinds: [DoubtfulCases]) -> String {
        kinds.map { counted($0) }.joined(separator: " · ")
            + pick(" in the last 24 hours", " dalam 24 jam terakhir")
    }

    /// What such lines are called in a list.
    package var title: String { pick("Doubtful", "Meragukan") }

    private var doubtful: String { title + ": " }
}
