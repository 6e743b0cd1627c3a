package import EventModel

/// What the commands say that list, build, promote and compare projections, in both languages.
package struct ProjectionWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    // MARK: How they stand

    /// Where a version stands: `live`, `ready`, `retired`, `building` or `registered`.
    package func state(_ state: String) -> String {
        let known = [
            "live": "dipakai", "ready": "siap", "retired": "digantikan", "building": "dibangun",
            "registered": "terdaftar",
        ]
        return pick(state, known[state] ?? state)
    }

    /// How far a projection lags behind the log.
    package func behind(_ entries: UInt32) -> String {
        entries == 0
            ? pick("up to date", "mutakhir")
            : pick("\(number(entries)) entries behind", "tertinggal \(number(entries)) entri")
    }

    package var notBuilt: String {
        pick(
            "not built yet: the next ingest builds it",
            "belum dibangun: impor berikutnya membangunnya")
    }

    package var noneThen: String {
        pick("No projection was registered by then.", "Saat itu belum ada proyeksi yang terdaftar.")
    }

    /// A heading of a list of versions.
    package func heading(_ column: Column) -> String {
        switch column {
        case .projection: pick("Projection", "Proyeksi")
        case .version: pick("Version", "Versi")
        case .state: pick("State", "Keadaan")
        case .entry: pick("Entry", "Entri")
        case .recorded: pick("Recorded", "Dicatat")
        case .position: pick("Position", "Posisi")
        case .behind: pick("Behind", "Tertinggal")
        case .rows: pick("Rows", "Baris")
        case .size: pick("Size", "Ukuran")
        }
    }

    /// The columns there are.
    package enum Column {
        case projection, version, state, entry, recorded, position, behind, rows, size
    }

    /// That a build of a version stopped, where and why.
    package func stopped(_ version: String, at sequence: UInt32?, _ reason: String) -> String {
        let place = sequence.map { pick(" at entry \($0)", " pada entri \(number($0))") } ?? ""
        return version + pick(" stopped", " berhenti") + place + ": \(reason)."
    }

    /// How far a build is; what is left where that can be told.
    package func building(
        _ version: String, percent: Int, rate: Int, secondsLeft: Int?
    ) -> String {
        let left = secondsLeft.map { pick(", \($0) s left", ", sisa \($0) dtk") } ?? ""
        return pick(
            "\(version) is being built: \(percent) %, \(number(rate)) events/s\(left).",
            "\(version) sedang dibangun: \(percent) %, \(number(rate)) peristiwa/dtk\(left).")
    }

    /// That a version answers nothing, for its rows are of an earlier state of what they are made of.
    package func superseded(_ version: String) -> String {
        pick(
            "Nothing is answered from \(version): a calendar, an event type or a text is newer than its "
                + "rows.",
            "\(version) tidak menjawab: ada kalender, jenis peristiwa atau teks yang lebih baru dari "
                + "barisnya.")
    }

    package func interrupted(_ version: String) -> String {
        pick(
            "\(version) has a build that was interrupted.", "Pembangunan \(version) terputus.")
    }

    // MARK: Building

    package func rebuilt(projections count: Int, entries: Int, rows: Int, rate: Int) -> String {
        pick(
            "Rebuilt \(count) \(count == 1 ? "projection" : "projections") from \(number(entries)) "
                + "entries: \(number(rows)) rows, \(number(rate)) entries/s.",
            "\(count) proyeksi dibangun ulang dari \(number(entries)) entri: \(number(rows)) baris, "
                + "\(number(rate)) entri/dtk.")
    }

    package func alreadyBuilt(_ version: String) -> String {
        pick(
            "\(version) is built already, up to the log's end.",
            "\(version) sudah dibangun, sampai akhir log.")
    }

    /// - Parameter rate: entries a second; nil where it took too short a time to say.
    package func built(
        _ version: String, entries: Int, rows: Int, tenths: Int, rate: Int?
    ) -> String {
        let speed =
            rate.map { ", \(number($0)) " + pick("entries/s", "entri/dtk") } ?? ""
        let time = words.seconds(tenths: tenths)
        return pick(
            "Built \(version) from \(number(entries)) entries in \(time): \(number(rows)) rows",
            "\(version) dibangun dari \(number(entries)) entri dalam \(time): \(number(rows)) baris"
        ) + speed + "."
    }

    package func events(read: Int, applied: Int, ignored: Int, voided: Int) -> String {
        pick(
            "Events: \(number(read)) read, \(number(applied)) applied, \(number(ignored)) ignored, "
                + "\(number(voided)) voided, 0 failed.",
            "Peristiwa: \(number(read)) dibaca, \(number(applied)) diterapkan, \(number(ignored)) "
                + "diabaikan, \(number(voided)) dianulir, 0 gagal.")
    }

    package func ignored(_ count: Int, _ type: String) -> String {
        pick("ignored ", "diabaikan ") + "\(number(count)) \(type)"
    }

    package func otherTypes(_ count: Int) -> String {
        pick("… and \(count) other types", "… dan \(count) jenis lain") + ": --format json"
    }

    package func newer(_ entries: Int) -> String {
        pick(
            "\(number(entries)) newer entries came in: the next ingest, or promote, brings them in.",
            "\(number(entries)) entri lebih baru masuk: impor berikutnya, atau promosi, "
                + "memasukkannya.")
    }

    package var answers: String { pick("It answers. ", "Sudah dipakai. ") }

    // MARK: Promoting and dropping

    package func answersAlready(_ version: String) -> String {
        pick("\(version) answers already.", "\(version) sudah dipakai.")
    }

    package func answersNow(_ version: String, before: String?) -> String {
        pick("\(version) answers now", "\(version) kini dipakai")
            + (before.map { pick(", \($0) no longer does.", ", \($0) tidak lagi.") } ?? ".")
    }

    package func withIt(_ id: String) -> String { pick("with it: ", "bersamanya: ") + id }

    /// A command with the one that takes it back.
    package func undo(_ command: String, with other: String) -> String {
        next(command) + "   (\(pick("undo", "urungkan")): \(other)\(NextCommand.options))"
    }

    package func dropped(_ version: String, bytes: Int) -> String {
        let size = ByteText.text(bytes, language)
        return pick(
            "Dropped \(version): \(size) are free for others.",
            "\(version) dicabut: \(size) bebas untuk yang lain.")
    }

    // MARK: Comparing

    package func wouldMove(
        _ version: String, cells: Int, of all: Int, in period: String, isListed: Bool
    ) -> String {
        pick(
            "Promoting \(version) would move \(number(cells)) of \(number(all)) cells in \(period).",
            "Promosi \(version) akan mengubah \(number(cells)) dari \(number(all)) sel dalam "
                + "\(period).") + (isListed ? pick(" Largest first:", " Terbesar dulu:") : "")
    }

    /// The headings of what would change: KPI, group, period, now, an arrow, then, cases, an example.
    package var changeHeadings: [String] {
        [
            "KPI", "", pick("Period", "Periode"), pick("Now", "Sekarang"), "",
            pick("Then", "Nanti"), pick("Cases", "Kasus"), pick("such as", "misalnya"),
        ]
    }

    /// The headings of what another version moves: KPI, group, period, of the one, an arrow, of the other.
    package var movedHeadings: [String] {
        [
            "KPI", "", pick("Period", "Periode"), pick("Before", "Sebelum"), "",
            pick("After", "Sesudah"),
        ]
    }

    package var sameWords: String {
        pick("Both say the same in words.", "Dalam kata-kata keduanya sama.")
    }

    package var movesNone: String {
        pick("No KPI's figures rest on it.", "Tidak ada angka KPI yang bertumpu padanya.")
    }

    package var all: String { pick("all", "semua") }

    package func more(_ count: Int, top: Int) -> String {
        pick("… and \(number(count)) more", "… dan \(number(count)) lagi") + ": --top \(top)"
    }

    package func noLongerThere(_ names: [String]) -> String {
        pick("No longer there: ", "Tidak ada lagi: ") + names.joined(separator: ", ") + "."
    }

    package func new(_ names: [String]) -> String {
        pick("New: ", "Baru: ") + names.joined(separator: ", ") + "."
    }

    package var readByNone: String {
        pick("No KPI reads it.", "Tidak ada KPI yang membacanya.")
    }

    package func readTheSame(_ same: Int, of compared: Int) -> String {
        pick(
            "\(number(same)) of \(number(compared)) figures compared read the same.",
            "\(number(same)) dari \(number(compared)) angka yang dibandingkan tetap sama.")
    }

    package func promote(_ version: String) -> String {
        let command = "rekam projection promote \(version) --reason \"…\""
        return pick(
            "Promote: \(command)   (undo with --undo)",
            "Promosikan: \(command)   (urungkan dengan --undo)")
    }
}
