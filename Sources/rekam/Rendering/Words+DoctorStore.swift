import EventModel
import Operating
import Querying

/// What the doctor says of a store.
extension DoctorWords {
    func said(_ matter: Finding.OfStore, _ level: Finding.Level) -> (text: String, remedy: String) {
        switch matter {
        case .absent(let path):
            (
                pick("there is none at \(path) yet.", "belum ada di \(path)."), "rekam init"
            )
        case .unopened(let reason):
            (
                reason,
                pick(
                    "Keep the folder as it is, and restore a backup beside it if nothing else helps.",
                    "Biarkan folder itu apa adanya, dan pulihkan cadangan di sebelahnya bila cara "
                        + "lain tidak menolong.")
            )
        case .map(let used, let all): map(used, all, level)
        case .link, .exposed, .lockMode, .foreign, .files: files(matter)
        case .key: (pick("the signing key is there.", "kunci penanda tangan ada."), "")
        case .keyMissing:
            (
                pick(
                    "the store has no signing key: it cannot sign checkpoints.",
                    "penyimpanan tidak punya kunci penanda tangan: tidak dapat menandatangani "
                        + "checkpoint."),
                pick(
                    "Bring the copy kept apart back (mode 0600), or: rekam key rotate --lost.",
                    "Kembalikan salinan yang disimpan terpisah (mode 0600), atau: rekam key rotate "
                        + "--lost.")
            )
        case .keyFault(let fault):
            (
                fault,
                pick(
                    "Bring the right key back from its copy.",
                    "Kembalikan kunci yang benar dari salinannya.")
            )
        case .vault: (pick("private.mdb is there.", "private.mdb ada."), "")
        case .vaultMissing, .vaultMode, .vaultKept: vault(matter)
        case .digestKey(let isMissing): digestKey(isMissing)
        case .vaultOlder: vaultOlder
        case .erasuresLacking(let path, let count):
            (
                pick(
                    "\(path) lacks \(count) of the erasures that the log tells: a backup that comes back "
                        + "where the store is lost would bring these persons back.",
                    "\(path) tidak memuat \(count) penghapusan yang tercatat di log: cadangan yang "
                        + "dipulihkan saat penyimpanan hilang akan memunculkan orang itu kembali."),
                pick("Write it anew from the log: ", "Tulis ulang dari log: ")
                    + "rekam erase --again"
            )
        case .vaultUnrecorded(let rows):
            (PersonWords(language).unrecorded(rows) + ".", "")
        case .readers(let readers, let freed): self.readers(readers, freed, level)
        case .writer(let isWriting):
            isWriting
                ? (
                    pick("another process is writing now.", "proses lain sedang menulis."),
                    pick("Wait for it to end.", "Tunggu sampai selesai.")
                ) : (pick("nobody is writing now.", "tidak ada yang sedang menulis."), "")
        case .clockAhead:
            (
                pick(
                    "ahead of the log's last recording time.",
                    "di depan waktu pencatatan terakhir log."), ""
            )
        case .clockBehind(let seconds, let last):
            (
                pick(
                    "the clock is \(seconds) s behind the log's last recording time, \(last.rfc3339).",
                    "jam tertinggal \(number(seconds)) dtk dari waktu pencatatan terakhir log, "
                        + "\(last.rfc3339)."),
                pick(
                    "Set it (timedatectl set-ntp true); until then that time is repeated.",
                    "Setel (timedatectl set-ntp true); sampai saat itu waktu tersebut diulang.")
            )
        case .zoneRules(let zone, let recorded, let machine):
            zoneRules(zone, recorded, machine, level)
        case .verified, .neverVerified, .backup, .noBackup: history(matter, level)
        case .superseded(let versions):
            (
                pick(
                    "nothing is answered from \(versions.joined(separator: ", ")): a calendar, an event "
                        + "type or a text is newer than the rows.",
                    "\(versions.joined(separator: ", ")) tidak menjawab: ada kalender, jenis peristiwa "
                        + "atau teks yang lebih baru dari barisnya."),
                pick(
                    "Make the rows anew: rekam projection rebuild --all.",
                    "Bangun ulang barisnya: rekam projection rebuild --all.")
            )
        case .kept(let entries):
            (
                pick(
                    "the last signed one, of \(words.entries(entries)), goes with the store.",
                    "yang terakhir ditandatangani, atas \(words.entries(entries)), cocok dengan "
                        + "penyimpanan."), ""
            )
        case .keptFault(let fault):
            (
                fault,
                pick(
                    "Keep the store and that file as they are until somebody can say why.",
                    "Biarkan penyimpanan dan berkas itu apa adanya sampai sebabnya jelas.")
            )
        case .doubtful(let found):
            (DoubtWords(language).counted(found) + ".", DoubtWords(language).how(found.kind))
        case .leftovers(let paths):
            (
                pick(
                    "Copies that were killed in the making left "
                        + paths.joined(separator: ", ") + ": names of persons may lie there.",
                    "Penyalinan yang terputus meninggalkan " + paths.joined(separator: ", ")
                        + ": di dalamnya bisa ada nama orang."),
                pick("Take them away: ", "Hapus: ") + "rm -r "
                    + paths.map { Answer.quoted($0) }.joined(separator: " ")
            )
        }
    }

    private func digestKey(_ isMissing: Bool) -> (text: String, remedy: String) {
        (
            isMissing
                ? pick(
                    "private.mdb lacks its key of digests: inputs can't be known again.",
                    "private.mdb tidak punya kunci digest: masukan tidak dapat dikenali lagi.")
                : pick(
                    "private.mdb has another store's key of digests: inputs would be taken for new.",
                    "private.mdb memuat kunci digest penyimpanan lain: masukan akan dianggap baru."),
            pick(
                "Put private.mdb back from a backup of this store, then: rekam erase --again.",
                "Kembalikan private.mdb dari cadangan penyimpanan ini, lalu: rekam erase --again.")
        )
    }

    private var vaultOlder: (text: String, remedy: String) {
        (
            pick(
                "private.mdb is older than its log, or of a copy that went on apart: nothing is recorded "
                    + "beside it, since who is known would be given a second token.",
                "private.mdb lebih tua daripada log-nya, atau dari salinan yang berjalan sendiri: tidak "
                    + "ada yang dicatat di sampingnya, sebab orang yang sudah dikenal akan mendapat "
                    + "token kedua."),
            pick(
                "Put the newest private.mdb back; where there is none, go on with this one: "
                    + "rekam erase --again.",
                "Kembalikan private.mdb yang terbaru; bila tidak ada, lanjutkan dengan yang ini: "
                    + "rekam erase --again.")
        )
    }

    private func vault(_ matter: Finding.OfStore) -> (text: String, remedy: String) {
        if case .vaultKept(let path, let mode, let wanted) = matter {
            return (
                pick(
                    "\(path) has mode \(String(mode, radix: 8)): the group sees figures, and tokens in "
                        + "the place of names.",
                    "\(path) bermode \(String(mode, radix: 8)): grup melihat angka, dan token sebagai "
                        + "ganti nama."),
                pick("Let it read names: ", "Izinkan grup membaca nama: ")
                    + "chmod \(String(wanted, radix: 8)) \(path)"
            )
        }
        guard case .vaultMode(let path, let mode, let wanted) = matter else {
            return (
                pick(
                    "private.mdb is missing: persons are shown as tokens, and nobody new can be "
                        + "recorded.",
                    "private.mdb tidak ada: orang ditampilkan sebagai token, dan orang baru tidak "
                        + "dapat dicatat."),
                pick(
                    "Put it back from a backup with names; a backup that was made without has none.",
                    "Kembalikan dari cadangan dengan nama; cadangan yang dibuat tanpa nama tidak "
                        + "memilikinya.")
            )
        }
        return (
            pick(
                "\(path) has mode \(String(mode, radix: 8)), data.mdb has \(String(wanted, radix: 8)): "
                    + "names are read by others than figures are.",
                "\(path) bermode \(String(mode, radix: 8)), data.mdb \(String(wanted, radix: 8)): "
                    + "nama dibaca orang lain daripada angka."),
            "chmod \(String(wanted, radix: 8)) \(path)"
        )
    }

    private func map(
        _ used: Int, _ all: Int, _ level: Finding.Level
    ) -> (text: String, remedy: String) {
        let text = pick(
            "\(bytes(used)) of a map of \(bytes(all))", "\(bytes(used)) dari peta \(bytes(all))")
        return switch level {
        case .fine: (text + ".", "")
        case .note:
            (
                text
                    + pick(
                        "; the machine refused the usual 1 TiB.",
                        "; mesin menolak 1 TiB yang biasa."),
                pick(
                    "Take limits on address space away (ulimit -v) before the store grows that far.",
                    "Hapus batas ruang alamat (ulimit -v) sebelum penyimpanan tumbuh sejauh itu.")
            )
        case .fault:
            (
                text + pick(": there is little room left.", ": ruangnya hampir habis."),
                pick(
                    "Take limits on address space away: ulimit -v unlimited.",
                    "Hapus batas ruang alamat: ulimit -v unlimited.")
            )
        }
    }

    private func files(_ matter: Finding.OfStore) -> (text: String, remedy: String) {
        switch matter {
        case .link(let path):
            (
                pick("\(path) is a symbolic link.", "\(path) adalah tautan simbolis."),
                pick(
                    "Link the store's folder rather than files in it.",
                    "Tautkan folder penyimpanan, bukan berkas di dalamnya.")
            )
        case .exposed(let path, let mode, let wanted):
            (
                pick(
                    "\(path) has mode \(String(mode, radix: 8)): others can reach it.",
                    "\(path) bermode \(String(mode, radix: 8)): orang lain dapat menjangkaunya."),
                "chmod \(String(wanted, radix: 8)) \(path)"
            )
        case .lockMode(let path, let mode, let wanted):
            (
                pick(
                    "\(path) has mode \(String(mode, radix: 8)): the group must write it to read.",
                    "\(path) bermode \(String(mode, radix: 8)): grup harus dapat menulisnya untuk "
                        + "membaca."),
                "chmod \(String(wanted, radix: 8)) \(path)"
            )
        case .foreign(let path, let owner):
            (
                pick(
                    "\(path) belongs to another user (\(owner)).",
                    "\(path) milik pengguna lain (\(owner))."),
                pick(
                    "Only its owner records, backs up and signs; you can ask.",
                    "Hanya pemiliknya yang mencatat, mencadangkan dan menandatangani; Anda dapat "
                        + "bertanya.")
            )
        case .files(true):
            (pick("the owner writes, a group reads.", "pemilik menulis, satu grup membaca."), "")
        default: (pick("its owner's alone.", "milik pemiliknya saja."), "")
        }
    }

    private func readers(
        _ readers: [Int], _ freed: Int, _ level: Finding.Level
    ) -> (text: String, remedy: String) {
        let count = readers.count
        let now = pick(
            count == 1 ? "1 process reads now" : "\(count) processes read now",
            "\(count) proses sedang membaca")
        return switch level {
        case .fine: (now + pick(", none left behind.", ", tidak ada yang tertinggal."), "")
        case .note:
            (
                pick(
                    "\(freed) left behind by killed processes; freed just now. \(now).",
                    "\(freed) ditinggalkan proses yang dimatikan; baru saja dibebaskan. \(now)."),
                pick(
                    "Nothing: what they kept from being used again is free for the next ingest.",
                    "Tidak perlu apa-apa: ruang yang ditahannya bebas untuk impor berikutnya.")
            )
        case .fault:
            (
                now + pick("; 126 is the most.", "; paling banyak 126."),
                pick("End some: ", "Akhiri beberapa: ")
                    + readers.prefix(5).map(String.init).joined(separator: ", ") + " …"
            )
        }
    }

    private func zoneRules(
        _ zone: String, _ recorded: String, _ machine: String, _ level: Finding.Level
    ) -> (text: String, remedy: String) {
        if level == .fine {
            return (
                pick(
                    "\(zone) is the same in tz database \(recorded) and \(machine).",
                    "\(zone) sama dalam basis data tz \(recorded) dan \(machine)."), ""
            )
        }
        return (
            pick(
                "\(zone) was recorded from tz database \(recorded); the machine's \(machine) has other "
                    + "rules for it.",
                "\(zone) dicatat dari basis data tz \(recorded); milik mesin ini, \(machine), punya "
                    + "aturan lain."),
            pick(
                "Figures keep to the recorded rules; a store with the new ones: init and migrate.",
                "Angka mengikuti aturan yang tercatat; penyimpanan dengan aturan baru: init dan "
                    + "migrate.")
        )
    }

    private func history(_ matter: Finding.OfStore, _ level: Finding.Level) -> (
        text: String, remedy: String
    ) {
        switch matter {
        case .verified(let time, let difference?):
            (
                pick("at ", "pada ") + "\(time.rfc3339): \(difference)",
                pick(
                    "Keep the store as it is, and restore a backup beside it.",
                    "Biarkan penyimpanan apa adanya, dan pulihkan cadangan di sebelahnya.")
            )
        case .verified(let time, nil):
            (
                pick("at \(time.rfc3339), and it held.", "pada \(time.rfc3339), dan cocok."), ""
            )
        case .backup(let time, let place, let entries, let all):
            (
                pick(
                    "at \(time.rfc3339) to \(place), \(entries) of \(all) entries.",
                    "pada \(time.rfc3339) ke \(place), \(number(entries)) dari \(number(all)) entri."
                ),
                level == .fine ? "" : "rekam backup DIR --verify"
            )
        case .noBackup:
            (pick("none is known.", "belum ada yang diketahui."), "rekam backup DIR --verify")
        default: (pick("never.", "belum pernah."), "rekam verify")
        }
    }
}
