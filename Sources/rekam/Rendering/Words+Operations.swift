package import EventModel
import Querying

/// What a long piece of work goes through.
package enum WorkUnit: Sendable { case pages, entries, events, files, mebibytes }

/// The words of what is done with a store: bringing events in, saying how it is.
package struct OperationWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    // MARK: Bringing events in

    /// `Accepted 1,998,412 · already there 1,203 · refused 385`; what is nothing is left out, but
    /// for what was accepted.
    package func outcome(accepted: Int, duplicates: Int, refused: Int) -> String {
        var pieces = [pick("Accepted ", "Diterima ") + number(accepted)]
        if duplicates > 0 { pieces.append(alreadyThere(number(duplicates))) }
        if refused > 0 { pieces.append(pick("refused ", "ditolak ") + number(refused)) }
        return pieces.joined(separator: " · ")
    }

    private func alreadyThere(_ count: String) -> String {
        pick("already there \(count)", "sudah ada \(count)")
    }

    /// Where the first line of a kind was refused.
    package func first(atLine line: Int) -> String {
        pick("first at line ", "pertama di baris ") + number(line)
    }

    /// That more reasons are in the file of reasons.
    package func otherReasons(_ count: Int) -> String {
        pick(
            count == 1
                ? "… and one other reason: see the file of reasons."
                : "… and \(number(count)) other reasons: see the file of reasons.",
            "… dan \(number(count)) alasan lain: lihat berkas alasan.")
    }

    /// That the clock ran behind the log.
    package var clockBehind: String {
        pick(
            "The clock ran behind the log's last recording time, which was repeated.",
            "Jam tertinggal dari waktu pencatatan terakhir, yang diulang.")
    }

    /// How far the projections are.
    package func upToDate(_ projections: Int, entry: Int) -> String {
        let done = number(projections)
        return pick(
            "Projections are up to date: \(done) of \(done) at entry \(number(entry)).",
            "Proyeksi mutakhir: \(done) dari \(done) pada entri \(number(entry)).")
    }

    // MARK: Work under way

    /// `1,998,412 events   612,000/s   12s left`; the time is left out where it is not known.
    package func progress(
        _ count: Int, of unit: WorkUnit, rate: Int, secondsLeft: Int?
    ) -> String {
        let name =
            switch unit {
            case .pages: pick("pages", "halaman")
            case .entries: pick("entries", "entri")
            case .events: pick("events", "peristiwa")
            case .files: pick("files", "berkas")
            case .mebibytes: "MiB"
            }
        let text = "\(number(count)) \(name)   \(number(rate))/" + pick("s", "dtk")
        guard let secondsLeft else { return text }
        let left = NumberText.duration(Fraction(secondsLeft * 1000), language)
        return text + "   " + pick("\(left) left", "sisa \(left)")
    }

    // MARK: How a store is

    package var store: String { pick("Store", "Penyimpanan") }
    package var entries: String { pick("Entries", "Entri") }
    package var root: String { words.root }
    package var lastEvent: String { pick("Last event", "Peristiwa terakhir") }
    package var noneYet: String { pick("none yet", "belum ada") }
    package var lastImport: String { pick("Last import", "Impor terakhir") }
    package var refused: String { pick("Refused", "Ditolak") }
    package var projections: String { pick("Projections", "Proyeksi") }
    package var space: String { pick("Space", "Ruang") }
    package var verified: String { pick("Verified", "Diverifikasi") }
    package var backedUp: String { pick("Backed up", "Dicadangkan") }
    package var held: String { pick("it held", "cocok") }
    package var neverVerified: String {
        pick("never here; rekam verify", "belum pernah di sini; rekam verify")
    }
    package var neverBackedUp: String {
        pick(
            "never from here; rekam backup DIR --verify",
            "belum pernah dari sini; rekam backup DIR --verify")
    }

    /// What an import brought, in a status line.
    package func imported(_ input: String, accepted: Int, duplicates: Int, refused: Int) -> String {
        var text = input + ": " + number(accepted) + pick(" accepted", " diterima")
        if duplicates > 0 {
            text += " · " + number(duplicates) + pick(" already there", " sudah ada")
        }
        if refused > 0 { text += " · " + number(refused) + pick(" refused", " ditolak") }
        return text
    }

    /// Lines refused of late.
    package func refusedInADay(_ count: Int) -> String {
        pick(
            "\(number(count)) lines in the last 24 hours",
            "\(number(count)) baris dalam 24 jam terakhir")
    }

    /// How far projections lag behind.
    package func lag(_ behind: Int) -> String {
        guard behind > 0 else { return pick("up to date", "mutakhir") }
        return pick(
            "\(number(behind)) entries behind; the next ingest brings them in",
            "tertinggal \(number(behind)) entri; impor berikutnya memasukkannya")
    }

    /// Projections from whose rows nothing is answered, and what to do.
    package func superseded(_ versions: [String]) -> String {
        let list = versions.joined(separator: ", ")
        return pick(
            "not answering: \(list); a calendar, an event type or a text is newer than their rows. Make "
                + "them anew: rekam projection rebuild --all",
            "tidak menjawab: \(list); ada kalender, jenis peristiwa atau teks yang lebih baru dari "
                + "barisnya. Bangun ulang: rekam projection rebuild --all")
    }

    /// Space used, the file's, and what is free.
    package func space(used: Int, file: Int, free: Int) -> String {
        let (used, file, free) = (bytes(used), bytes(file), bytes(free))
        return pick(
            "\(used) in a file of \(file) · \(free) free on the disk",
            "\(used) dalam berkas \(file) · \(free) kosong di disk")
    }

    private func bytes(_ count: Int) -> String { ByteText.text(count, language) }

    /// That a verification found a difference.
    package func differed(_ detail: String) -> String {
        pick("IT DID NOT HOLD: ", "TIDAK COCOK: ") + detail
    }

    /// The last signed checkpoint, and whether the store goes with it.
    ///
    /// - Parameter entries: it is of; nil where the file is none.
    package func kept(_ entries: UInt32?, holds: Bool) -> String {
        let of = entries.map { pick(", of ", ", atas ") + self.entries($0) } ?? ""
        return holds
            ? pick("it holds", "cocok") + of
            : pick("THE STORE IS NOT WHAT WAS SIGNED", "PENYIMPANAN BUKAN YANG DITANDATANGANI") + of
    }

    /// So many entries.
    package func entries(_ count: UInt32) -> String { words.entries(count) }

    /// When and where a backup was made.
    package func backedUp(_ age: String, to place: String) -> String {
        pick("\(age) to \(place)", "\(age) ke \(place)")
    }

    /// `12m ago`; the future is said as such.
    package func age(milliseconds: Int64) -> String {
        let text = NumberText.duration(Fraction(abs(milliseconds)), language)
        return milliseconds < 0
            ? pick("\(text) ahead of the clock", "\(text) di depan jam")
            : pick("\(text) ago", "\(text) lalu")
    }
}
