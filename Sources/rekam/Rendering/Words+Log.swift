package import EventModel

/// What the commands say that look into the log itself, in both languages.
package struct LogWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    // MARK: What it holds

    package var store: String { pick("Store", "Penyimpanan") }
    package var origin: String { pick("Origin", "Asal") }
    package var entries: String { words.entriesTitle }
    package var root: String { pick("Root", "Akar") }
    package var cases: String { pick("Cases", "Kasus") }
    package var names: String { pick("Names", "Nama") }
    package var voided: String { pick("Voided", "Dianulir") }
    package var timeZone: String { pick("Time zone", "Zona waktu") }
    package var events: String { words.events }
    package var lastRecorded: String { pick("Last recorded", "Terakhir dicatat") }
    package var bytes: String { pick("Bytes", "Bita") }

    /// From one moment, or number, to another.
    package func range(_ first: String, _ last: String) -> String {
        first + pick(" to ", " sampai ") + last
    }

    package func bytes(_ count: Int, each: Int) -> String {
        number(count) + pick(", \(each) an entry", ", \(number(each)) per entri")
    }

    // MARK: Tokens

    /// What a token that stands where a name or text did means.
    package enum TokenMeaning { case erased, noVault, snapshot }

    /// What the tokens are that were printed.
    package func token(_ meaning: TokenMeaning) -> String {
        switch meaning {
        case .erased:
            pick(
                "Tokens of 43 letters stand in the place of names and texts that were erased, or are "
                    + "missing in the vault; rekam verify tells which.",
                "Token 43 huruf menggantikan nama dan teks yang sudah dihapus, atau yang hilang dari "
                    + "vault; rekam verify memberitahukan yang mana.")
        case .noVault:
            pick(
                "Tokens of 43 letters stand in the place of names and texts: these lie in the vault "
                    + "(private.mdb), which this store does not have.",
                "Token 43 huruf menggantikan nama dan teks: semuanya ada di vault (private.mdb), yang "
                    + "tidak dimiliki penyimpanan ini.")
        case .snapshot:
            pick(
                "Tokens of 43 letters stand in the place of names, as snapshots sign them: whose they "
                    + "are may stand in names.json beside them.",
                "Token 43 huruf menggantikan nama, seperti yang ditandatangani snapshot: pemiliknya "
                    + "mungkin ada di names.json di sampingnya.")
        }
    }

    // MARK: Its fields

    package func type(_ type: String, events count: Int) -> String {
        "\(type) · \(number(count)) " + pick("events", "peristiwa")
    }

    /// How often a field is there: in so many of all.
    package func share(_ present: Int, of count: Int) -> String {
        guard count > 0, present > 0 else { return pick("never", "tidak pernah") }
        if present == count { return pick("always", "selalu") }
        let percent = present * 100 / count
        return percent == 0 ? "<1 %" : "\(percent) %"
    }

    package var entryOnly: String {
        pick(
            "in the entry only: no definition can read it",
            "hanya di entri: tidak ada definisi yang dapat membacanya")
    }

    package var nobody: String { pick("nobody", "(kosong)") }

    package func more(_ count: Int) -> String {
        pick(", … \(number(count)) more", ", … \(number(count)) lagi")
    }

    package var fieldsWithheld: String {
        pick(
            "fields of respondents' events are not shown",
            "isian peristiwa responden tidak ditampilkan")
    }

    package var noSuchEvents: String {
        pick("The log has no such events yet.", "Log belum memuat peristiwa seperti itu.")
    }

    // MARK: Cases and tiles

    package func voided(_ sequences: [UInt32]) -> String {
        let list = sequences.map(String.init).joined(separator: ", ")
        return pick(
            "Voided: \(list). They count in no figure.",
            "Dianulir: \(list). Tidak dihitung dalam angka mana pun.")
    }

    /// - Parameter earlier: entries that the folder held already.
    package func wroteTiles(
        _ files: Int, to folder: String, entries: Int, root: String, earlier: Int
    ) -> String {
        let held =
            earlier > 0
            ? pick(" (\(number(earlier)) were there)", " (\(number(earlier)) sudah ada)") : ""
        return pick(
            "Wrote \(number(files)) files to \(folder): \(number(entries)) entries, root \(root)…",
            "\(number(files)) berkas ditulis ke \(folder): \(number(entries)) entri, akar \(root)…")
            + held
    }

    /// That entries which are handed out tell what respondents answered.
    package func holdsAnswers(_ count: Int) -> String {
        pick(
            "Answers of respondents stand in these entries one by one (\(number(count))): hand them only to those who may read each.",
            "Jawaban responden ada satu per satu di dalam entri ini (\(number(count))): berikan hanya kepada yang boleh membacanya."
        )
    }

    /// That bundles of entries were not written.
    package func leftOut(bundles count: Int) -> String {
        pick(
            (count == 1 ? "1 bundle of entries holds" : "\(number(count)) bundles of entries hold")
                + " respondents' answers and stayed out; --with-answers writes them, too.",
            "\(number(count)) bundel entri memuat jawaban responden dan tidak ditulis; "
                + "--with-answers ikut menulisnya.")
    }

    package var tilesKey: String {
        pick("Who reads it needs the key: ", "Pembacanya memerlukan kunci: ")
            + "rekam checkpoint --verifier"
    }
}
