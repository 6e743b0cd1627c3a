package import EventModel

/// What the commands say that make, copy, restore and carry over stores, and look after their keys,
/// in both languages.
package struct KeepingWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    // MARK: A new store

    /// - Parameter release: of the tz database that the zone's rules come from; "" where none is said.
    package func made(
        _ store: String, kpis: Int, projections: Int, zone: String, release: String
    ) -> String {
        let days = zone + (release.isEmpty ? "" : " (tzdata \(release))")
        return pick(
            "Made the store \(store): \(kpis) KPIs over \(projections) projections, days in \(days).",
            "Penyimpanan \(store) dibuat: \(kpis) KPI dari \(projections) proyeksi, hari menurut "
                + "\(days).")
    }

    package func businessTime(_ calendar: String) -> String {
        pick("Business time follows the calendar ", "Waktu kerja mengikuti kalender ")
            + "\(calendar): rekam calendar show \(calendar)"
    }

    package func keyIs(_ store: String) -> String {
        pick(
            "Its signing key is \(store)/key: keep a copy where the store is not.",
            "Kunci penanda tangannya \(store)/key: simpan salinannya di luar penyimpanan.")
    }

    package func shared(with group: String) -> String {
        pick(
            "Members of \(group) may read it, but not the key.",
            "Anggota \(group) boleh membacanya, tetapi tidak kuncinya.")
    }

    package var firstSteps: String {
        let options = NextCommand.options
        return words.next
            + pick(
                "rekam ingest FILE\(options), or rekam kpi list\(options) to see what can be asked.",
                "rekam ingest FILE\(options), atau rekam kpi list\(options) untuk melihat apa yang "
                    + "dapat ditanyakan.")
    }

    // MARK: Taking back

    package func voided(_ count: Int, skipped: Int) -> String {
        let rest =
            skipped > 0
            ? " · "
                + pick(
                    "\(number(skipped)) left as \(skipped == 1 ? "it was" : "they were") "
                        + "(voided before, or the log's own)",
                    "\(number(skipped)) dibiarkan (sudah dianulir, atau milik log sendiri)") : ""
        let events = count == 1 ? "event" : "events"
        return pick("Voided \(number(count)) \(events)", "\(number(count)) peristiwa dianulir")
            + rest
    }

    // MARK: Backups

    package func backedUp(
        _ entries: Int, to folder: String, bytes: Int, root: String, isVerified: Bool
    ) -> String {
        let size = ByteText.text(bytes, language)
        return pick(
            "Backed up \(number(entries)) entries to \(folder): \(size), root \(root)…",
            "\(number(entries)) entri dicadangkan ke \(folder): \(size), akar \(root)…")
            + (isVerified ? pick(", verified.", ", diverifikasi.") : ".")
    }

    package var keyInBackup: String {
        pick(
            "The signing key is in it: keep it where only the store's owner can read it.",
            "Kunci penanda tangan ada di dalamnya: simpan di tempat yang hanya dapat dibaca pemilik "
                + "penyimpanan.")
    }

    package func keyNotInBackup(_ store: String) -> String {
        pick(
            "Without the signing key: keep a copy of \(store)/key apart from it.",
            "Tanpa kunci penanda tangan: simpan salinan \(store)/key terpisah darinya.")
    }

    package var namesInBackup: String {
        pick(
            "It holds names of persons: take it away after thirty days, or make one "
                + "--without-names to keep.",
            "Isinya termasuk nama orang: hapus setelah tiga puluh hari, atau buat yang "
                + "--without-names untuk disimpan.")
    }

    package var namesNotInBackup: String {
        pick(
            "Without names of persons: it can be kept for ever.",
            "Tanpa nama orang: boleh disimpan selamanya.")
    }

    package func namesMissing(_ store: String) -> String {
        pick(
            "NAMES ARE MISSING: \(store) has no private.mdb that can be read, so this backup brings "
                + "back figures and no names.",
            "NAMA TIDAK ADA: \(store) tidak punya private.mdb yang terbaca, sehingga cadangan ini "
                + "mengembalikan angka tanpa nama.")
    }

    /// Holds that a file outside the backup keeps.
    package func holdsInForce(_ count: Int) -> String {
        pick(
            count == 1
                ? "1 hold that is kept beside the store is in force."
                : "\(number(count)) holds that are kept beside the store are in force.",
            "\(number(count)) penangguhan yang tersimpan di samping penyimpanan berlaku.")
    }

    /// - Parameter day: on which the backup was made.
    package func notInIt(since day: String) -> String {
        pick(
            "Retention rules made after \(day) are not in it, nor holds unless they are kept beside it; "
                + "look before anybody is erased: rekam hold list, rekam retention show",
            "Aturan retensi setelah \(day) tidak ada di dalamnya, begitu pula penangguhan yang tidak "
                + "tersimpan di sampingnya; periksa sebelum ada yang dihapus: rekam hold list, rekam "
                + "retention show")
    }

    /// - Parameter file: a list of erasures that is there, of other logs alone.
    package func erasuresOfOthers(_ file: String) -> String {
        pick(
            "\(file) has no erasure of this log: who was erased after the backup was made can be read "
                + "again. Where this log's own list is, move the store away and restore with "
                + "--erasures FILE.",
            "\(file) tidak memuat penghapusan log ini: yang dihapus setelah pencadangan terbaca lagi. "
                + "Bila daftar log ini sendiri ada, pindahkan penyimpanan dan pulihkan dengan "
                + "--erasures BERKAS.")
    }

    package var restoredWithoutNames: String {
        pick(
            "The backup has no names: persons are shown as tokens.",
            "Cadangan itu tanpa nama: orang ditampilkan sebagai token.")
    }

    /// - Parameter file: where it would be.
    package func noErasures(_ file: String) -> String {
        pick(
            "No list of erasures is at \(file): who was erased after the backup was made "
                + "can be read again. Where there is one, move the store away and restore with "
                + "--erasures FILE.",
            "Tidak ada daftar penghapusan di \(file): yang dihapus setelah pencadangan "
                + "terbaca lagi. Bila daftarnya ada, pindahkan penyimpanan dan pulihkan dengan "
                + "--erasures BERKAS.")
    }

    package func erasedAgain(_ rows: Int) -> String {
        pick(
            rows == 1
                ? "1 name or text that was erased after the backup was made is erased again."
                : "\(number(rows)) names and texts that were erased after the backup was made are erased "
                    + "again.",
            rows == 1
                ? "1 nama atau teks yang dihapus setelah pencadangan dihapus lagi."
                : "\(number(rows)) nama dan teks yang dihapus setelah pencadangan dihapus lagi.")
    }

    package func bringBack(_ folder: String) -> String {
        pick(
            "Bring it back: rekam restore \(folder) --store NEW",
            "Pulihkan: rekam restore \(folder) --store BARU")
    }

    package func restored(
        _ entries: Int, of origin: String, to store: String, made: Instant, root: String
    ) -> String {
        pick(
            "Restored \(number(entries)) entries of \(origin) to \(store), as of \(made.rfc3339), "
                + "root \(root)….",
            "\(number(entries)) entri \(origin) dipulihkan ke \(store), menurut \(made.rfc3339), "
                + "akar \(root)….")
    }

    package func restoredWithoutKey(_ store: String) -> String {
        pick(
            "It has no signing key: put the one kept apart at \(store)/key (mode 0600), or sign with a "
                + "new one: rekam key rotate --lost.",
            "Kunci penanda tangan tidak ada: taruh salinan yang disimpan terpisah di \(store)/key "
                + "(mode 0600), atau pakai kunci baru: rekam key rotate --lost.")
    }

    /// That the log of a restored store without a key does not tell yet who was erased since.
    package func erasuresLeft(_ store: String) -> String {
        pick(
            "Its log does not tell of all erasures yet, and no backup of it is made before: once the "
                + "key is there, rekam erase --again --store \(store)",
            "Log-nya belum memuat semua penghapusan, dan sebelum itu tidak ada cadangan yang dibuat: "
                + "setelah kuncinya ada, rekam erase --again --store \(store)")
    }

    package var afterRestoring: String {
        let options = NextCommand.options
        return words.next
            + pick(
                "rekam verify\(options), then ingest again what came after the backup.",
                "rekam verify\(options), lalu impor lagi yang datang setelah pencadangan.")
    }

    /// That entries are missing which were signed, as a checkpoint kept in a file tells.
    package func missing(_ entries: Int, told file: String, _ store: String) -> String {
        let accept = "rekam restore --store \(store) --accept-rollback"
        return pick(
            "\(number(entries)) entries that were signed are not in it (\(file)); nothing is signed "
                + "until you accept that: \(accept) REASON",
            "\(number(entries)) entri yang sudah ditandatangani tidak ada di dalamnya (\(file)); tidak "
                + "ada yang ditandatangani sampai Anda menerimanya: \(accept) ALASAN")
    }

    /// That there is nothing to hold a restored log and its key against.
    ///
    /// - Parameter file: where the last signed checkpoint would be kept.
    package func nothingKept(_ file: String) -> String {
        let options = NextCommand.options
        return pick(
            "No signed checkpoint is kept at \(file): whether entries that were signed are missing, and "
                + "whether this key signed them, was not compared. Name one with --checkpoint-file, or "
                + "hold the key against what you handed out: rekam checkpoint --verifier\(options)",
            "Tidak ada checkpoint bertanda tangan di \(file): belum dibandingkan apakah ada entri "
                + "bertanda tangan yang hilang, dan apakah kunci ini yang menandatanganinya. Sebutkan "
                + "checkpoint dengan --checkpoint-file, atau cocokkan kuncinya dengan yang pernah Anda "
                + "serahkan: rekam checkpoint --verifier\(options)")
    }

    package var nothingMissing: String {
        pick(
            "No signed entry is missing; there is nothing to accept.",
            "Tidak ada entri bertanda tangan yang hilang; tidak ada yang perlu diterima.")
    }

    package func accepted(_ first: Int, _ last: Int) -> String {
        pick(
            "Recorded that entries \(number(first)) to \(number(last)) are gone, and signed the log as "
                + "it is.",
            "Dicatat bahwa entri \(number(first)) sampai \(number(last)) hilang, dan log "
                + "ditandatangani apa adanya.")
    }

    // MARK: Migration

    package func carried(_ entries: Int, to store: String, root: String) -> String {
        pick(
            "Carried \(number(entries)) entries over to \(store): the same bytes, times and root, "
                + "\(root)….",
            "\(number(entries)) entri dipindahkan ke \(store): bita, waktu dan akar yang sama, "
                + "\(root)….")
    }

    package var carriedNoKey: String {
        pick(
            "There was no signing key to take along.",
            "Tidak ada kunci penanda tangan untuk dibawa.")
    }

    package func cameMeanwhile(_ entries: Int) -> String {
        pick(
            "\(number(entries)) entries came into the old store meanwhile and are not in the new one: "
                + "ingest their inputs there again.",
            "Sementara itu \(number(entries)) entri masuk ke penyimpanan lama dan tidak ada di yang "
                + "baru: impor lagi masukannya di sana.")
    }

    package func afterMigrating(_ store: String) -> String {
        words.next + "rekam verify --store \(store)"
            + pick(
                ", then use it in place of the old one.", ", lalu pakai menggantikan yang lama.")
    }

    // MARK: Keys

    /// A key that signed until an entry was recorded.
    ///
    /// - Parameter previous: the key; nil where it was lost.
    package func rotation(
        at sequence: UInt32, recorded: Instant, previous: String?, isEndorsed: Bool
    ) -> String {
        let entry = "\(number(sequence)), \(recorded.rfc3339)"
        let before = pick("before entry \(entry): ", "sebelum entri \(entry): ")
        guard let previous else {
            return before
                + pick(
                    "a key that was lost, so that nothing vouches for the one after it",
                    "kunci yang hilang, sehingga tidak ada yang menjamin kunci sesudahnya")
        }
        return before + previous
            + (isEndorsed
                ? pick(", which names its successor", ", yang menyebut penerusnya")
                : pick(
                    ", WHICH DOES NOT NAME ITS SUCCESSOR: trust neither without asking",
                    ", YANG TIDAK MENYEBUT PENERUSNYA: jangan percayai keduanya tanpa bertanya"))
    }

    package var newKey: String {
        pick(
            "Checkpoints are signed with a new key from now on:",
            "Mulai sekarang checkpoint ditandatangani dengan kunci baru:")
    }

    package func vouched(by previous: String?) -> String {
        guard let previous else {
            return pick(
                "Nothing vouches for it: tell everybody who checks checkpoints, on a way they trust.",
                "Tidak ada yang menjaminnya: beri tahu semua yang memeriksa checkpoint, lewat jalan "
                    + "yang mereka percayai.")
        }
        return pick(
            "It is vouched for, in the log, by \(previous).",
            "Di dalam log kunci itu dijamin oleh \(previous).")
    }

    /// - Parameter earlier: where the checkpoint is that the lost key signed.
    package func signedAnew(_ earlier: String) -> String {
        pick(
            "The checkpoint that the lost key signed goes with the log; it is \(earlier) now, and a "
                + "new one is signed.",
            "Checkpoint yang ditandatangani kunci yang hilang itu cocok dengan log; kini ada di "
                + "\(earlier), dan yang baru sudah ditandatangani.")
    }

    package func keepKey(_ store: String) -> String {
        pick(
            "Keep a copy of \(store)/key where the store is not. ",
            "Simpan salinan \(store)/key di luar penyimpanan. ") + words.next("rekam checkpoint")
    }
}
