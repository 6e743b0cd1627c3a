package import EventModel

/// What the commands say that show, hold and erase persons, in both languages.
package struct PersonWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    // MARK: Where a person stands

    package var roles: String { pick("Stands in", "Ada di") }
    package var goes: String { pick("Goes", "Dihapus") }
    package var copies: String { pick("Copies", "Salinan") }
    package var held: String { pick("Held", "Ditahan") }
    package var published: String { pick("Published", "Diumumkan") }

    private func entries(_ count: Int) -> String {
        number(count) + pick(count == 1 ? " entry" : " entries", " entri")
    }

    /// - Parameter kind: of case.
    package func subject(of kind: String, _ count: Int) -> String {
        pick("the case \(kind)", "kasus \(kind)") + ": " + entries(count)
    }

    package func field(_ name: String, of type: String, _ count: Int) -> String {
        "\(name) " + pick("of", "pada") + " \(type): " + entries(count)
    }

    package func goes(names: Int, texts: Int, entries count: Int) -> String {
        let name = pick(
            names == 1 ? "1 name" : "\(number(names)) names", "\(number(names)) nama")
        guard texts > 0 else { return name }
        return name + pick(" and ", " dan ")
            + pick(
                texts == 1 ? "1 text" : "\(number(texts)) texts", "\(number(texts)) teks")
            + pick(" of ", " pada ") + entries(count)
    }

    package func nobody(_ subject: String) -> String {
        pick(
            "Nobody of this name is known: \(subject). Subjects of persons look like customer/4711; "
                + "who was erased is known by no name.",
            "Tidak ada yang dikenal dengan nama ini: \(subject). Subjek orang tampak seperti "
                + "customer/4711; yang sudah dihapus tidak dikenal dengan nama apa pun.")
    }

    package var anonymous: String {
        pick(
            "Answers of respondents are not shown one by one.",
            "Jawaban responden tidak ditampilkan satu per satu.")
    }

    // MARK: Erasing

    package var nothingWritten: String {
        pick(
            "Nothing was erased: this was a rehearsal.",
            "Tidak ada yang dihapus: ini hanya percobaan.")
    }

    package var nothingLeft: String {
        pick(
            "There is nothing to erase.", "Tidak ada yang perlu dihapus.")
    }

    package var sure: String {
        pick(
            "This cannot be taken back. Type yes to erase: ",
            "Ini tidak dapat ditarik kembali. Ketik ya untuk menghapus: ")
    }

    /// The words that mean yes.
    package var yes: Set<String> { ["yes", "ya"] }

    package var leftAlone: String {
        pick("Nothing was erased.", "Tidak ada yang dihapus.")
    }

    package func erased(names: Int, texts: Int, entries count: Int, at sequence: UInt32) -> String {
        pick("Erased ", "Terhapus: ") + goes(names: names, texts: texts, entries: count)
            + pick(
                "; entry \(number(sequence)) says so, without the name.",
                "; entri \(number(sequence)) mencatatnya, tanpa namanya.")
    }

    package func keptAt(_ file: String) -> String {
        pick(
            "Tokens are kept in \(file), for backups that come back: keep it beside the store.",
            "Token disimpan di \(file), untuk cadangan yang dipulihkan: simpan di samping "
                + "penyimpanan.")
    }

    package func recall(_ kind: String, _ path: String, _ day: String) -> String {
        let words: [String: (String, String)] = [
            "backup": ("backup", "cadangan"), "snapshot": ("snapshot", "snapshot"),
            "export": ("export", "ekspor"),
        ]
        let word = words[kind].map { pick($0.0, $0.1) } ?? kind
        return "\(word) \(path), \(day)"
    }

    package var afterErasing: String {
        words.next + "rekam erase --again --in "
            + pick(
                "BACKUP for every backup; recall the other copies.",
                "CADANGAN untuk setiap cadangan; tarik salinan yang lain.")
    }

    package func isHeld(_ subject: String, reason: String, by person: String?, _ day: String)
        -> String
    {
        let who = person.map { pick(" by \($0)", " oleh \($0)") } ?? ""
        return pick(
            "\(subject) is held\(who) since \(day): \(reason). Nothing was erased; once the hold is "
                + "over: rekam hold release \(subject) --reason WHY",
            "\(subject) ditahan\(who) sejak \(day): \(reason). Tidak ada yang dihapus; setelah "
                + "penahanan selesai: rekam hold release \(subject) --reason ALASAN")
    }

    package func isPublished(_ subject: String, entry: UInt32) -> String {
        pick(
            "The name of \(subject) was published on purpose, by entry \(number(entry)): it stands in "
                + "the log in clear for ever and cannot be erased.",
            "Nama \(subject) sengaja diumumkan oleh entri \(number(entry)): nama itu tercatat terang "
                + "di log selamanya dan tidak dapat dihapus.")
    }

    package func due(_ count: Int) -> String {
        pick(
            count == 1 ? "1 person is due." : "\(number(count)) persons are due.",
            "\(number(count)) orang sudah jatuh tempo.")
    }

    package var nobodyDue: String {
        pick(
            "Nobody is due. What is kept how long: rekam retention show",
            "Tidak ada yang jatuh tempo. Lama penyimpanan: rekam retention show")
    }

    package func again(rows: Int, recorded: Int, in place: String) -> String {
        let rows =
            rows == 0
            ? pick(
                "Nothing of what was erased is in \(place).",
                "Tidak ada yang sudah dihapus di \(place).")
            : pick(
                rows == 1
                    ? "1 name or text was in \(place) again, and went."
                    : "\(number(rows)) names and texts were in \(place) again, and went.",
                "\(number(rows)) nama dan teks ada lagi di \(place), dan dihapus.")
        guard recorded > 0 else { return rows }
        return rows
            + pick(
                " \(number(recorded)) erasures that the log lacked are recorded.",
                " \(number(recorded)) penghapusan yang belum ada di log dicatat.")
    }

    /// - Parameter lines: numbers of lines of a list of erasures, from 1.
    package func linesOfOthers(_ file: String, _ lines: [Int]) -> String {
        let shown = lines.prefix(10).map { number($0) }.joined(separator: ", ")
        let rest = lines.count > 10 ? pick(" and more", " dan lainnya") : ""
        return pick(
            lines.count == 1
                ? "\(file): line \(shown) is of another log, and was left alone."
                : "\(file): lines \(shown)\(rest) are of another log, and were left alone.",
            "\(file): baris \(shown)\(rest) milik log lain, dan dibiarkan.")
    }

    /// - Parameter file: the list of erasures beside a new store.
    package func listOfOthers(_ file: String) -> String {
        pick(
            "\(file) is there already and is of another log: nothing in it is applied here. Move it "
                + "to where that log's backups are.",
            "\(file) sudah ada dan milik log lain: isinya tidak diterapkan di sini. Pindahkan ke "
                + "tempat cadangan log itu.")
    }

    // MARK: Holds and retentions

    package func holding(_ subject: String) -> String {
        pick(
            "\(subject) is held: it cannot be erased until the hold is released.",
            "\(subject) ditahan: tidak dapat dihapus sampai penahanan dilepas.")
    }

    package func released(_ subject: String) -> String {
        pick("\(subject) can be erased again.", "\(subject) dapat dihapus lagi.")
    }

    package var noHolds: String {
        pick("Nobody is held.", "Tidak ada yang ditahan.")
    }

    package var notHeld: String {
        pick(
            "There is no hold to release; rekam hold list shows all.",
            "Tidak ada penahanan untuk dilepas; rekam hold list menampilkan semua.")
    }

    /// A line of the list of holds.
    package func hold(_ subject: String, reason: String, by person: String?, _ day: String)
        -> String
    {
        "\(subject)  \(day)" + (person.map { "  \($0)" } ?? "") + "  \(reason)"
    }

    package func retention(_ kind: String, days: Int?) -> String {
        guard let days else {
            return pick("\(kind): never due", "\(kind): tidak pernah jatuh tempo")
        }
        return pick(
            "\(kind): due \(number(days)) days after their last event",
            "\(kind): jatuh tempo \(number(days)) hari setelah peristiwa terakhirnya")
    }

    package var noRetentions: String {
        pick(
            "Nothing is set: nobody is ever due. Set it: rekam retention set customer 730 --reason WHY",
            "Belum ada yang diatur: tidak ada yang jatuh tempo. Atur: rekam retention set customer 730 "
                + "--reason ALASAN")
    }

    package func nameOut(_ subject: String) -> String {
        pick(
            "The name of \(subject) stands in the log in clear from now on, and can never be erased.",
            "Mulai sekarang nama \(subject) tercatat terang di log, dan tidak pernah dapat dihapus."
        )
    }

    // MARK: Correcting

    package func corrected(_ sequence: UInt32) -> String {
        pick(
            "Corrected: entry \(number(sequence)) counts from now on. What stood there before stays in "
                + "the log; its words go with rekam erase.",
            "Dikoreksi: mulai sekarang entri \(number(sequence)) yang berlaku. Yang lama tetap ada di "
                + "log; kata-katanya hilang dengan rekam erase.")
    }

    // MARK: Status

    package var names: String { pick("Names", "Nama") }

    package func vault(bytes: Int, oldBackups: Int) -> String {
        let size = "private.mdb, " + ByteText.text(bytes, language)
        guard oldBackups > 0 else { return size }
        return size
            + pick(
                " · \(number(oldBackups)) backups with names are older than 30 days: take them away",
                " · \(number(oldBackups)) cadangan dengan nama lebih dari 30 hari: hapuslah")
    }

    package var vaultMissing: String {
        pick(
            "private.mdb is missing: persons are shown as tokens, and nobody new can be recorded",
            "private.mdb tidak ada: orang ditampilkan sebagai token, dan orang baru tidak dapat "
                + "dicatat")
    }

    // MARK: Verification

    package var persons: String { pick("Persons", "Orang") }

    package func commitments(
        names: (held: Int, erased: Int), subjects: (held: Int, erased: Int),
        texts: (held: Int, erased: Int), unreferenced: Int
    ) -> String {
        func part(
            _ count: (held: Int, erased: Int), _ one: String, _ indonesian: String
        ) -> String {
            number(count.held) + " " + pick(count.held == 1 ? one : one + "s", indonesian)
                + (count.erased > 0
                    ? pick(
                        " (and \(number(count.erased)) erased)",
                        " (dan \(number(count.erased)) dihapus)") : "")
        }
        let parts = [
            part(names, "name", "nama"), part(subjects, "case", "kasus"),
            part(texts, "text", "teks"),
        ]
        let rest =
            unreferenced == 0
            ? ""
            : pick(
                "; \(number(unreferenced)) rows that no entry needs",
                "; \(number(unreferenced)) baris yang tidak dipakai entri mana pun")
        return parts.joined(separator: ", ")
            + pick(" go with their tokens", " cocok dengan tokennya") + rest
    }

    package var noVault: String {
        pick(
            "there is no private.mdb: names were not looked at",
            "private.mdb tidak ada: nama tidak diperiksa")
    }

    package func vaultUnreadable(_ reason: String) -> String {
        pick("names were not looked at: \(reason)", "nama tidak diperiksa: \(reason)")
    }
}
