package import EventModel
package import Operating

/// What the doctor says, in both languages.
package struct DoctorWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    /// Bytes in few digits, rounded down.
    func bytes(_ count: Int) -> String {
        count >= 1 << 40
            ? "\(count >> 40) TiB"
            : count >= 10 << 30
                ? "\(count >> 30) GiB"
                : count >= 10 << 20 ? "\(count >> 20) MiB" : "\(count >> 10) KiB"
    }

    /// How much a finding matters, in a word of five columns.
    package func mark(_ level: Finding.Level) -> String {
        switch level {
        case .fine: "ok   "
        case .note: pick("note ", "info ")
        case .fault: pick("FAULT", "SALAH")
        }
    }

    /// What all findings come to.
    package func verdict(faults: Int, notes: Int) -> String {
        if faults > 0 {
            return pick(
                "\(faults) \(faults == 1 ? "fault" : "faults"): see below what to do.",
                "\(faults) kesalahan: lihat di bawah apa yang harus dilakukan.")
        }
        return pick("Fit.", "Layak.")
            + (notes > 0 ? pick(" \(notes) to know.", " \(notes) catatan.") : "")
    }

    /// What was looked at, in a word or two.
    package func subject(_ subject: Finding.Subject) -> String {
        let indonesian =
            switch subject {
            case .processor: "prosesor"
            case .memory: "memori"
            case .pages: "halaman"
            case .libraries: "pustaka"
            case .clock: "jam"
            case .space: "ruang"
            case .store: "penyimpanan"
            case .map: "peta"
            case .files: "berkas"
            case .key: "kunci"
            case .readers: "pembaca"
            case .writer: "penulis"
            case .verified: "verifikasi"
            case .backup: "cadangan"
            case .names: "nama"
            case .doubtful: "meragukan"
            case .checkpoint: "checkpoint"
            case .projections: "proyeksi"
            case .addressSpace: "ruang alamat"
            case .fileSize: "ukuran berkas"
            case .openFiles: "berkas terbuka"
            case .timeZones: "zona waktu"
            case .fileSystem: "sistem berkas"
            case .zoneRules: "aturan zona"
            }
        return pick(subject.rawValue, indonesian)
    }

    /// What was found, in a sentence, and what to do about it; empty where there is nothing to do.
    package func said(_ finding: Finding) -> (text: String, remedy: String) {
        switch finding.matter {
        case .machine(let matter): said(matter, finding.level)
        case .fileSystem(let matter): said(matter, finding.level)
        case .store(let matter): said(matter, finding.level)
        }
    }

    private func said(
        _ matter: Finding.OfMachine, _ level: Finding.Level
    ) -> (text: String, remedy: String) {
        switch matter {
        case .processor(let cores, let kernel):
            (
                pick(
                    "\(cores) \(cores == 1 ? "core" : "cores"); events are parsed with \"\(kernel)\" "
                        + "instructions.",
                    "\(cores) inti; peristiwa diurai dengan instruksi \"\(kernel)\"."),
                level == .fine
                    ? ""
                    : pick(
                        "Ingest is slower here; a machine with AVX2 or NEON is faster.",
                        "Impor lebih lambat di sini; mesin dengan AVX2 atau NEON lebih cepat.")
            )
        case .memory(let bytes): memory(bytes, level)
        case .addressSpace(let bytes): limited(bytes, "-v")
        case .fileSize(let bytes): limited(bytes, "-f")
        case .openFiles(let count):
            (
                pick("limited to \(count) (ulimit -n).", "dibatasi \(count) (ulimit -n)."),
                pick("Allow 64 or more: ulimit -n 1024.", "Izinkan 64 atau lebih: ulimit -n 1024.")
            )
        case .pages(let bytes):
            (
                pick(
                    "memory pages have \(bytes) bytes; stores are laid out in 4,096.",
                    "halaman memori berukuran \(number(bytes)) bita; penyimpanan disusun dalam 4.096."
                ), pick("Use a kernel with pages of 4 KiB.", "Pakai kernel dengan halaman 4 KiB.")
            )
        case .timeZones(let release): timeZones(release)
        case .libraries(let list):
            (
                list.joined(separator: ", ") + ".",
                level == .fine
                    ? ""
                    : pick(
                        "Install liblmdb 0.9.24 or later: earlier ones have faults that lose data.",
                        "Pasang liblmdb 0.9.24 atau lebih baru: yang lama punya cacat yang "
                            + "menghilangkan data.")
            )
        case .clock(let now):
            (
                pick("the clock says \(now.rfc3339).", "jam menunjukkan \(now.rfc3339)."),
                pick(
                    "Set it (timedatectl set-ntp true): recording times come from it.",
                    "Setel (timedatectl set-ntp true): waktu pencatatan berasal darinya.")
            )
        }
    }

    private func memory(_ bytes: Int?, _ level: Finding.Level) -> (text: String, remedy: String) {
        guard let bytes else {
            return (pick("no limit is known.", "tidak ada batas yang diketahui."), "")
        }
        guard level == .fault else { return (self.bytes(bytes) + ".", "") }
        return (
            self.bytes(bytes) + pick(" for this process.", " untuk proses ini."),
            pick(
                "Give it 512 MiB or more; until then: rekam projection rebuild --memory 64M.",
                "Beri 512 MiB atau lebih; sampai saat itu: rekam projection rebuild --memory 64M.")
        )
    }

    private func limited(_ bytes: Int, _ option: String) -> (text: String, remedy: String) {
        let size = self.bytes(bytes)
        return (
            pick(
                "limited to \(size) (ulimit \(option)), which a store cannot outgrow.",
                "dibatasi \(size) (ulimit \(option)), yang tidak dapat dilampaui penyimpanan."),
            pick("Take the limit away: ", "Hapus batasnya: ") + "ulimit \(option) unlimited."
        )
    }

    private func timeZones(_ release: String?) -> (text: String, remedy: String) {
        if let release {
            return (pick("tz database \(release).", "basis data tz \(release)."), "")
        }
        return (
            pick("this machine has no tz database.", "mesin ini tidak punya basis data tz."),
            pick(
                "Stores here work; to make new ones or add calendars, install the package tzdata.",
                "Penyimpanan di sini tetap bekerja; untuk membuat yang baru atau menambah kalender, "
                    + "pasang paket tzdata.")
        )
    }

    private func said(
        _ matter: Finding.OfFileSystem, _ level: Finding.Level
    ) -> (text: String, remedy: String) {
        switch matter {
        case .usual(let kind):
            (
                kind.isEmpty
                    ? pick(
                        "of a kind that the machine does not tell.",
                        "dari jenis yang tidak disebut mesin ini.") : "\(kind).", ""
            )
        case .network(let kind):
            (
                pick(
                    "the store lies on \(kind), where locks and shared memory maps do not hold.",
                    "penyimpanan berada di \(kind), tempat kunci berkas dan peta memori bersama tidak "
                        + "berlaku."),
                pick(
                    "Move it to a disk of this machine: rekam backup, then rekam restore there.",
                    "Pindahkan ke disk mesin ini: rekam backup, lalu rekam restore di sana.")
            )
        case .memory(let kind):
            (
                pick(
                    "the store lies in memory (\(kind)).",
                    "penyimpanan berada di memori (\(kind))."),
                pick(
                    "It is gone when the machine stops; put it on a disk to keep it.",
                    "Isinya hilang saat mesin berhenti; taruh di disk agar tersimpan.")
            )
        case .container:
            (
                pick(
                    "the store lies in a container's own layer (overlay).",
                    "penyimpanan berada di lapisan milik kontainer (overlay)."),
                pick(
                    "It is gone with the container; put it on a volume to keep it.",
                    "Isinya hilang bersama kontainer; taruh di volume agar tersimpan.")
            )
        case .readOnly:
            (
                pick(
                    "the file system is mounted read-only.",
                    "sistem berkas dipasang hanya untuk dibaca."),
                pick(
                    "Mount it read-write (mount -o remount,rw) to record anything.",
                    "Pasang agar dapat ditulisi (mount -o remount,rw) untuk mencatat apa pun.")
            )
        case .space(let free, let all, let store): space(free, all, store, level)
        }
    }

    private func space(
        _ free: Int, _ all: Int, _ store: Int, _ level: Finding.Level
    ) -> (text: String, remedy: String) {
        let text = pick(
            "\(bytes(free)) free of \(bytes(all))", "\(bytes(free)) kosong dari \(bytes(all))")
        if level == .fine { return (text + ".", "") }
        return (
            text
                + pick(
                    "; the store takes \(bytes(store)).", "; penyimpanan memakai \(bytes(store))."),
            level == .fault
                ? pick(
                    "Free some before the next ingest: a full disk refuses it, though nothing is "
                        + "lost.",
                    "Kosongkan sebagian sebelum impor berikutnya: disk penuh menolaknya, walau tidak "
                        + "ada yang hilang.")
                : pick(
                    "A backup or a move beside it would not fit: make backups to another disk.",
                    "Cadangan atau pemindahan di sebelahnya tidak akan muat: cadangkan ke disk lain."
                )
        )
    }
}
