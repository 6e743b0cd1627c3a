package import EventModel

/// What is said when definitions are checked and registered, in both languages.
package struct DefinitionWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    /// What a kind of definition is called.
    private func kind(_ kind: String) -> String {
        let known = [
            "kpi": "KPI", "projection": "proyeksi", "scorecard": "kartu skor",
            "calendar": "kalender",
        ]
        return kind == "kpi" ? "KPI" : pick(kind, known[kind] ?? kind)
    }

    private func registration(_ kind: String, _ version: String) -> String {
        let name = self.kind(kind)
        return pick(
            "Registered \(name) \(version)",
            "\(name.prefix(1).uppercased())\(name.dropFirst()) \(version) didaftarkan")
    }

    /// That a definition was registered, to be built or promoted later.
    package func registered(_ kind: String, _ version: String) -> String {
        registration(kind, version) + "."
    }

    /// That the texts for people of one were recorded anew.
    package func retold(_ kind: String, _ version: String) -> String {
        let name = self.kind(kind)
        return pick(
            "Recorded the new texts of \(name) \(version); what it says is the same.",
            "Teks baru \(name) \(version) dicatat; maknanya tetap sama.")
    }

    /// That one was registered that answers at once.
    ///
    /// - Parameter before: the version that answered until now.
    package func answering(_ kind: String, _ version: String, before: Int?) -> String {
        registration(kind, version)
            + (before.map {
                pick(
                    ": it answers from now on, in place of @\($0).",
                    ": dipakai mulai sekarang, menggantikan @\($0).")
            } ?? ".")
    }

    /// That one comes with the promotion of a projection, and why.
    package func waits(_ kind: String, _ version: String, _ reason: String) -> String {
        let name = self.kind(kind)
        return (name.prefix(1).uppercased() + name.dropFirst())
            + pick(" \(version) waits for the promotion: ", " \(version) menunggu promosi: ")
            + reason
    }

    package var withoutStore: String {
        pick(
            "There is no store here: checked against what a new one brings along.",
            "Tidak ada penyimpanan di sini: diperiksa terhadap isi penyimpanan baru.")
    }

    package var allRegistered: String {
        pick("All of it is registered already.", "Semuanya sudah terdaftar.")
    }

    /// That a definition's examples hold.
    package func hold(_ examples: Int) -> String {
        pick(
            examples == 1 ? "1 example holds." : "\(examples) examples hold.",
            "\(examples) contoh cocok.")
    }

    // MARK: Histories

    /// What became of a version.
    package enum Act: String, Sendable {
        case registered, retold, promoted, undone, dropped
    }

    package func act(_ act: Act) -> String {
        switch act {
        case .registered: pick("registered", "didaftarkan")
        case .retold: pick("new texts", "teks baru")
        case .promoted: pick("promoted", "dipromosikan")
        case .undone: pick("back in force", "berlaku lagi")
        case .dropped: pick("dropped", "dihapus")
        }
    }

    package var inForce: String { pick("in force", "berlaku") }

    /// The columns of a history.
    package enum Column { case entry, recorded, version, act, inForce, reason, by }

    package func heading(_ column: Column) -> String {
        switch column {
        case .entry: pick("Entry", "Entri")
        case .recorded: pick("Recorded", "Dicatat")
        case .version: pick("Version", "Versi")
        case .act: pick("What", "Tindakan")
        case .inForce: ""
        case .reason: pick("Reason", "Alasan")
        case .by: pick("By", "Oleh")
        }
    }

    /// That a version is in force again in place of another.
    package func undone(_ version: String, instead other: String) -> String {
        pick(
            "\(version) answers again, in place of \(other).",
            "\(version) dipakai lagi, menggantikan \(other).")
    }

    /// That a version is out of use, and which one is in force then.
    package func dropped(_ version: String, inForce other: String?, wasInForce: Bool) -> String {
        let head = pick("Dropped \(version)", "\(version) dihapus")
        guard wasInForce else { return head + "." }
        return head
            + (other.map { pick(": \($0) answers again.", ": \($0) dipakai lagi.") }
                ?? pick(": no version of it answers now.", ": kini tidak ada versi yang dipakai."))
    }

    // MARK: Calendars

    /// That a calendar was registered.
    ///
    /// - Parameters:
    ///   - before: the version in force until now; nil for a new name.
    ///   - day: the first day with other hours than that one; nil where there is none.
    package func calendar(
        _ version: String, zone: String, before: Int?, differsFrom day: Day?, today: Day
    ) -> String {
        let head = registration("calendar", version)
        guard let before else {
            return head + pick(", on the clock of \(zone).", ", menurut jam \(zone).")
        }
        guard let day else {
            return head
                + pick(
                    ": its hours are those of version \(before).",
                    ": jam kerjanya sama dengan versi \(before).")
        }
        return head
            + (day > today
                ? pick(
                    ": its hours are those of version \(before) until \(day).",
                    ": jam kerjanya sama dengan versi \(before) sampai \(day).")
                : pick(
                    ": its hours differ from version \(before) from \(day) on, so that figures since "
                        + "then may change.",
                    ": jam kerjanya berbeda dari versi \(before) sejak \(day), sehingga angka sejak "
                        + "itu dapat berubah."))
    }

    /// That events name a calendar that is called so no more.
    package func lost(_ names: [String], events: Int) -> String {
        let list = names.map(\.printable).joined(separator: ", ")
        return pick(
            "\(list): no calendar is called so any more. "
                + (events == 1
                    ? "1 event that names it counts" : "\(events) events that name it count")
                + " by the store's own.",
            "\(list): tidak ada lagi kalender bernama demikian. \(events) peristiwa yang menyebutnya "
                + "dihitung menurut kalender penyimpanan.")
    }

    /// Which projections were built again with it.
    package func builtAgain(_ names: [String]) -> String {
        let list = names.joined(separator: ", ")
        return names.count == 1
            ? pick("Built again with it: \(list).", "Ikut dibangun ulang: \(list).")
            : pick(
                "Built again with it: \(names.count) projections (\(list)).",
                "Ikut dibangun ulang: \(names.count) proyeksi (\(list)).")
    }

    package func followsAlready(_ calendar: String) -> String {
        pick(
            "Business time follows \(calendar) already.",
            "Waktu kerja sudah mengikuti \(calendar).")
    }

    package func followsNow(_ calendar: String) -> String {
        pick(
            "Business time follows \(calendar) now, in all periods.",
            "Waktu kerja kini mengikuti \(calendar), dalam semua periode.")
    }
}
