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
        registration(kind, version)
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

    package func waits(_ kpi: String, _ reason: String) -> String {
        pick("KPI \(kpi) waits for the promotion: ", "KPI \(kpi) menunggu promosi: ") + reason
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
