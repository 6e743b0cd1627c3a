package import EventModel

/// What the commands about snapshots say, in both languages.
package struct SnapshotWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    private var audit: AuditWords { AuditWords(language) }

    private func kpis(_ count: Int, _ whose: String?) -> String {
        "\(count) "
            + pick(
                "KPIs" + (whose.map { " of \($0)" } ?? ""), "KPI" + (whose.map { " \($0)" } ?? ""))
    }

    // MARK: Export

    package func wrote(
        _ folder: String, kpis count: Int, whose: String?, period: String, entries: UInt32,
        isWhole: Bool
    ) -> String {
        pick("Wrote \(folder): ", "\(folder) ditulis: ") + kpis(count, whose) + ", \(period), "
            + pick("from ", "dari ") + words.entries(entries)
            + (isWhole ? pick(", with all of them", ", beserta semuanya") : "") + "."
    }

    /// - Parameter kpis: those without figures.
    package func waiting(_ kpis: [String]) -> String {
        pick("Without figures yet, for want of a projection: ", "Belum ada angka, tanpa proyeksi: ")
            + kpis.map(\.printable).joined(separator: ", ") + "."
    }

    /// - Parameter names: KPIs and statistics of which it has not all figures.
    package func refused(_ names: [String]) -> String {
        let list = names.map(\.printable).joined(separator: ", ")
        return pick(
            "Refused, as the numbers are too large to add up exactly: \(list). The snapshot says which "
                + "figures it lacks.",
            "Ditolak, karena angkanya terlalu besar untuk dijumlahkan secara tepat: \(list). Snapshot "
                + "menyebut angka mana yang tidak dimuatnya.")
    }

    package func digest(_ text: String) -> String {
        pick("Its digest is \(text).", "Digest-nya \(text).")
    }

    package func check(_ folder: String, _ key: String) -> String {
        pick("Whoever gets it types: ", "Penerimanya mengetik: ")
            + "rekam snapshot verify \(folder) --key \(key)"
    }

    // MARK: Verification

    /// What was checked, what is established, and what is not; lines for people.
    package func report(_ checked: SnapshotChecked) -> [String] {
        let entries = words.entries(checked.entries)
        let recorded = checked.recorded.map { pick(", recorded by ", ", dicatat sampai ") + $0 }
        var lines = [
            kpis(checked.kpiCount, checked.whose) + ", \(checked.period) · \(checked.timeZone) · "
                + entries + (recorded ?? ""),
            "", pick("Established", "Terbukti"),
            pick(
                "  Nothing was changed since it was signed: \(checked.fileCount) files and the "
                    + "manifest have the digests that were signed.",
                "  Tidak ada yang berubah sejak ditandatangani: \(checked.fileCount) berkas dan "
                    + "manifes cocok dengan digest yang ditandatangani."),
            signed(checked),
        ]
        if checked.isRecomputed {
            lines += [
                pick(
                    "  The \(entries) with it are those of the signed log, each hashed into its "
                        + "root.",
                    "  \(entries) yang disertakan adalah isi log yang ditandatangani, masing-masing "
                        + "terhitung dalam akarnya."),
                pick(
                    "  Every figure follows from them: computed anew, the same byte for byte.",
                    "  Setiap angka berasal darinya: dihitung ulang, sama bita demi bita."),
            ]
        }
        if let store = checked.store {
            lines.append(
                pick(
                    "  Every figure follows from the store \(store): computed anew, the same byte "
                        + "for byte.",
                    "  Setiap angka berasal dari penyimpanan \(store): dihitung ulang, sama bita demi "
                        + "bita."))
        }
        if let closing = checked.closing {
            lines.append(
                pick(
                    "  The books of \(checked.period) were closed with it: entry "
                        + "\(audit.number(closing)) of the signed log names its digest.",
                    "  Buku \(checked.period) ditutup dengannya: entri \(audit.number(closing)) dalam "
                        + "log yang ditandatangani menyebut digest-nya."))
        }
        return lines + notEstablished(checked) + ["", audit.holds()]
    }

    private func signed(_ checked: SnapshotChecked) -> String {
        switch checked.stands {
        case .given:
            pick(
                "  It is signed by \(checked.signer), with the key you gave.",
                "  Ditandatangani oleh \(checked.signer), dengan kunci yang Anda beri.")
        case .vouchedFor:
            pick(
                "  It is signed by \(checked.signer), with a later key, for which the one you gave "
                    + "vouches: \(checked.key)",
                "  Ditandatangani oleh \(checked.signer), dengan kunci yang lebih baru, yang dijamin "
                    + "oleh kunci yang Anda beri: \(checked.key)")
        case .unconfirmed:
            pick(
                "  It is signed by a key you have not confirmed: \(checked.key)",
                "  Ditandatangani dengan kunci yang belum Anda pastikan: \(checked.key)")
        }
    }

    private func lacking(_ names: [String]) -> String {
        let list = names.map(\.printable).joined(separator: ", ")
        return pick(
            "All figures of \(list): it lacks some, as the numbers were too large to add up exactly.",
            "Semua angka \(list): sebagian tidak dimuat, karena angkanya terlalu besar untuk "
                + "dijumlahkan secara tepat.")
    }

    private func notEstablished(_ checked: SnapshotChecked) -> [String] {
        var lines = ["", pick("Not established", "Belum terbukti")]
        if checked.stands == .unconfirmed {
            lines.append(
                pick(
                    "  Whose key that is: get it from its holder another way, and give it as --key.",
                    "  Milik siapa kunci itu: mintalah dari pemiliknya lewat jalan lain, lalu beri "
                        + "dengan --key."))
        }
        if !checked.refused.isEmpty { lines.append("  " + lacking(checked.refused)) }
        if !checked.isRecomputed, checked.store == nil {
            lines.append(
                pick(
                    "  That the figures follow from the log: ask for a snapshot with entries, or "
                        + "give --store.",
                    "  Bahwa angka-angkanya berasal dari log: mintalah snapshot beserta entri, atau "
                        + "beri --store."))
        }
        if checked.hasNames {
            lines.append(
                pick(
                    "  That people are called so: their tokens are signed, names.json is not.",
                    "  Bahwa nama orangnya benar: tokennya ditandatangani, names.json tidak."))
        }
        return lines + [
            pick(
                "  That the sources told the log everything that happened.",
                "  Bahwa sumber-sumber melaporkan semua yang terjadi kepada log."),
            pick(
                "  That the recording clock was right, but for its order: recording times never "
                    + "decrease.",
                "  Bahwa jam pencatat benar, kecuali urutannya: waktu pencatatan tidak pernah mundur."
            ),
        ]
    }

    // MARK: Comparison

    /// How the logs of two snapshots, or of a snapshot and a store, stand to each other.
    package func standing(_ compared: ComparedCheckpoints) -> String {
        CheckpointWords(language).relation(compared)
    }

    /// What the signatures of two snapshots say of whose they are.
    ///
    /// - Parameter areLinked: whether one key signed both, or one vouches for the other.
    package func signers(areLinked: Bool) -> String {
        areLinked
            ? pick(
                "One holder signed both: the same key, or one that the other vouches for.",
                "Satu pemegang menandatangani keduanya: kunci yang sama, atau yang satu menjamin yang "
                    + "lain.")
            : pick(
                "Two keys signed them, and neither vouches for the other: one may not be the log's.",
                "Dua kunci menandatanganinya, dan tidak ada yang menjamin yang lain: mungkin salah "
                    + "satunya bukan milik log.")
    }

    package func differ(_ count: Int, of compared: Int, _ before: UInt32, _ after: UInt32) -> String
    {
        let (one, other) = (audit.number(before), words.entries(after))
        if count == 0 {
            return pick(
                "All \(audit.number(compared)) figures are the same · \(one) and \(other)",
                "Semua \(audit.number(compared)) angka sama · \(one) dan \(other)")
        }
        return pick(
            "\(audit.number(count)) of \(audit.number(compared)) figures differ · \(one) against "
                + other,
            "\(audit.number(count)) dari \(audit.number(compared)) angka berbeda · \(one) dibanding "
                + other)
    }

    /// A heading over the definitions that differ.
    package var definitions: String { pick("Definitions", "Definisi") }

    /// All together, or one of a dimension.
    package func group(_ dimension: String, _ name: String) -> String {
        guard !dimension.isEmpty else { return pick("all", "semua") }
        return audit.group(dimension, name)
    }
}

/// What a check of a snapshot found, for the words about it.
package struct SnapshotChecked {
    package var kpiCount: Int
    /// The agent or team it is limited to; nil for all.
    package var whose: String?
    package var period: String
    package var timeZone: String
    package var entries: UInt32
    /// By when the last of them was recorded; nil where it does not say.
    package var recorded: String?
    package var fileCount: Int
    /// Who signed it, and the key it carries.
    package var signer: String
    package var key: String
    /// How it stands to the key that was given.
    package var stands: Signer
    /// Whose key signed a snapshot: the one that was given, a later one that it vouches for, or one that
    /// nobody confirmed.
    package enum Signer { case given, vouchedFor, unconfirmed }

    /// Whether its figures were computed from entries it carries.
    package var isRecomputed = false
    /// The entry that closed the period's books with it; nil where none was given.
    package var closing: UInt32?
    /// The store its figures were computed from; nil where none was.
    package var store: String?
    /// KPIs and statistics of which it lacks figures.
    package var refused: [String] = []
    /// Whether it has a file that says what people call those whose tokens its figures have.
    package var hasNames = false

    package init(
        kpiCount: Int, whose: String?, period: String, timeZone: String, entries: UInt32,
        recorded: String?, fileCount: Int, signer: String, key: String, stands: Signer
    ) {
        self.kpiCount = kpiCount
        self.whose = whose
        self.period = period
        self.timeZone = timeZone
        self.entries = entries
        self.recorded = recorded
        self.fileCount = fileCount
        self.signer = signer
        self.key = key
        self.stands = stands
    }
}
