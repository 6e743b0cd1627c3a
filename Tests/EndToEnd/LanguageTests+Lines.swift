extension LanguageTests {
    /// A command line as typed, without its language.
    struct Line {
        var typed: String
        /// What stands in its answer in Indonesian; nil where it is for programs, the same in both.
        var says: [String]?

        init(_ typed: String, _ says: String...) {
            self.typed = typed
            self.says = says
        }

        /// One that answers programs alone.
        static func same(_ typed: String) -> Line {
            var line = Line(typed)
            line.says = nil
            return line
        }
    }

    /// In the order in which they are typed; `CASE` is a ticket with a first response.
    static let lines: [Line] = [
        Line(
            "init --store fresh", "Penyimpanan fresh dibuat: ", " KPI dari ",
            "Waktu kerja mengikuti kalender ", "simpan salinannya di luar penyimpanan.",
            "Lanjut: rekam ingest FILE --store fresh --lang id, atau rekam kpi list --store fresh ",
            " untuk melihat apa yang dapat ditanyakan."
        ),
        .same("generate --events 10 --seed 5"),
        Line("ingest more", "Diterima 100", "Proyeksi mutakhir: "),
        Line("query first_response_time --by channel --period 2025", "2025", "Lanjut: "),
        Line(
            "explain first_response_time --period 2025 --limit 3",
            "= rata-rata wait dari first_response", "Fakta-fakta ini berjumlah tepat sama"),
        Line("diff ticket_volume --period 2025 --as-of 650", "Sebelum", "terlambat"),
        .same("facts first_response --period 2025"),
        Line("scorecard of cs_company --period 2025-03", "Bobot"),
        Line("scorecard list", "Judul"), Line("scorecard show cs_company", "Bobot"),
        Line(
            "scorecard add cards.yaml", "Kartu skor uji@1 didaftarkan.",
            "Lanjut: rekam scorecard uji"),
        Line("scorecard add cards.yaml", "Semuanya sudah terdaftar."),
        Line("scorecard check cards2.yaml", "Lanjut: rekam scorecard add cards2.yaml"),
        Line("scorecard add cards2.yaml", "menggantikan @1."),
        Line(
            "scorecard undo uji --reason uji", "uji@1 dipakai lagi, menggantikan uji@2.",
            "Lanjut: rekam scorecard history uji"),
        Line(
            "scorecard history uji", "Tindakan", "Alasan", "didaftarkan", "berlaku lagi", "berlaku"),
        Line(
            "scorecard diff uji@1 uji@2 --period 2025-03",
            "Tidak ada angka KPI yang bertumpu padanya."),
        Line("scorecard drop uji@2 --reason uji", "uji@2 dihapus."),
        Line("kpi list", "Satuan"), Line("kpi show csat", "persen"),
        Line("kpi add kpi.yaml", "KPI uji_kpi@1 didaftarkan.", "Lanjut: rekam query uji_kpi"),
        Line(
            "kpi add kpi2.yaml",
            "KPI uji_kpi@2 didaftarkan: dipakai mulai sekarang, menggantikan @1."
        ),
        Line("kpi check kpi2.yaml", "Satuan      durasi"),
        Line("kpi history uji_kpi", "Tindakan", "didaftarkan", "berlaku"),
        Line("kpi drop uji_kpi@2 --reason uji", "uji_kpi@2 dihapus: uji_kpi@1 dipakai lagi."),
        Line("kpi add kpi2.yaml", "KPI uji_kpi@2 didaftarkan: dipakai mulai sekarang"),
        Line("kpi undo uji_kpi --reason uji", "uji_kpi@1 dipakai lagi, menggantikan uji_kpi@2."),
        Line(
            "kpi diff uji_kpi@2 --period 2025", "Dalam kata-kata keduanya sama.",
            "angka yang dibandingkan tetap sama."),
        Line("calendar list", "Jam kerja"), Line("calendar show indonesia", "Hari libur"),
        Line(
            "calendar add meja.yaml", "Kalender meja@1 didaftarkan, menurut jam Asia/Jakarta.",
            "Lanjut: rekam calendar use meja"),
        Line(
            "calendar use meja --reason uji",
            "Waktu kerja kini mengikuti meja, dalam semua periode.",
            "Ikut dibangun ulang: "),
        Line("calendar use meja", "Waktu kerja sudah mengikuti meja."),
        Line(
            "calendar add meja2.yaml",
            "Kalender meja@2 didaftarkan: jam kerjanya berbeda dari versi 1 sejak 2025-06-02, sehingga "
                + "angka sejak itu dapat berubah."),
        Line("calendar check meja2.yaml", "Mengikuti jam zona Asia/Jakarta."),
        Line("calendar undo meja --reason uji", "meja@1 dipakai lagi, menggantikan meja@2."),
        Line("calendar diff meja@2 --period 2025", "angka yang dibandingkan tetap sama."),
        Line("calendar history meja", "Tindakan", "berlaku lagi"),
        Line("calendar drop meja@2 --reason uji", "meja@2 dihapus."),
        Line("projection show first_response", "first_response, versi "),
        Line("projection history resolution", "Tindakan", "dipromosikan", "berlaku"),
        Line(
            "projection check one.yaml", "second_reply, versi 1: Balasan kedua",
            "Dalam setiap ticket dicari", "answer  message.posted pertama setelah opened dengan",
            "Satu kasus punya satu fakta bila ada second, pada waktunya.",
            "wait  waktu dari answer sampai second", "2 contoh cocok.",
            "Lanjut: rekam projection try one.yaml --period last-month"),
        Line(
            "projection check cards.yaml",
            "Tentang semuanya bersama; target berlaku untuk satu bulan."),
        Line("projection check meja.yaml", "Mengikuti jam zona Asia/Jakarta.", "senin–jumat"),
        Line("projection check kpi.yaml", "Satuan      durasi, makin rendah makin baik"),
        Line(
            "projection try one.yaml --period 2025", " fakta dalam 2025 · ",
            "tidak ada yang disimpan"),
        Line(
            "projection try one.yaml --period 2025 --sample 20", "20 dari ",
            "Ini angka dari sampel, bukan angka penyimpanan."),
        Line(
            "projection try one.yaml --case CASE --all", "opened = peristiwa ini", " peristiwa · "),
        Line(
            "projection add one.yaml", "Proyeksi second_reply@1 didaftarkan", "2 contoh cocok.",
            "Lanjut: rekam projection backfill second_reply@1"),
        Line(
            "projection status second_reply", "Tertinggal", "terdaftar", "Lanjut: rekam projection"),
        Line(
            "projection backfill second_reply", "second_reply@1 dibangun dari ", "Peristiwa: ",
            " diabaikan, ", "0 gagal."),
        Line("projection promote second_reply --reason uji", "second_reply@1 kini dipakai."),
        Line("projection promote second_reply --reason uji", "second_reply@1 sudah dipakai."),
        Line("projection add two.yaml", "Proyeksi second_reply@2 didaftarkan"),
        Line(
            "projection diff second_reply@1 second_reply@2 --period 2025",
            "Promosi second_reply@2 akan mengubah ", " sel dalam 2025. Terbesar dulu:", "Sekarang",
            "Promosikan: rekam projection promote second_reply@2", "(urungkan dengan --undo)"),
        Line(
            "projection backfill second_reply@2",
            "Lanjut: rekam projection diff second_reply@1 second_reply@2"),
        Line(
            "projection promote second_reply@2 --reason uji",
            "second_reply@2 kini dipakai, second_reply@1 tidak lagi.", "(urungkan: rekam"),
        Line("projection list", "dipakai", "digantikan", "mutakhir"),
        Line("projection list --as-of 650", "Proyeksi", "Keadaan", "Dicatat"),
        Line("projection status --as-of 650", "dipakai"),
        Line(
            "projection drop second_reply@1 --reason uji", "second_reply@1 dicabut: ",
            " bebas untuk yang lain."),
        Line(
            "projection rebuild first_response", "1 proyeksi dibangun ulang dari ", " entri/dtk."),
        .same("projection cells first_response"),
        Line("mapping list", "Pemetaan", "Judul", "Lanjut: rekam mapping show "),
        .same("mapping show nps"),
        Line(
            "mapping check nps", "nps: sah. Menghasilkan survey.answered",
            "Lanjut: rekam ingest EXPORT --mapping nps --dry-run"),
        Line("mapping new kunjungan.json", "baris diperiksa", "Kolom yang tidak dibaca:"),
        Line("schema list", "Jenis", "Isian"),
        Line(
            "schema add kunjungan.json --dry-run", "visit.ended, versi 1 akan didaftarkan",
            "desk: teks 1 sampai 50 karakter", "end: a atau b", "minutes: bilangan bulat mulai 0",
            "note: teks maksimal 50 karakter, disimpan di entri saja"),
        Line(
            "schema add kunjungan.json", "visit.ended, versi 1 didaftarkan",
            "Lanjut: rekam schema show visit.ended"),
        Line(
            "schema add kunjungan2.json", "desk disebut meja; kedua nama berarti sama",
            "end boleh c", "isian baru done: true atau false", "minutes wajib ada",
            "peristiwa tanpa minutes dibaca sebagai 5"),
        Line(
            "schema show visit.ended", "visit.ended, versi 2: Kunjungan", "Berisi", "wajib",
            "hanya di entri", "desk kini disebut meja; kedua nama berarti sama.",
            "Peristiwa tanpa minutes dibaca sebagai 5."),
        .same("log show 0..3"),
        Line(
            "void --entries 495..499 --reason uji", " peristiwa dianulir", "Proyeksi mutakhir: "),
        .same("log case CASE"),
        Line("log case VOIDED", "Tidak dihitung dalam angka mana pun."),
        Line("log stat", "Penyimpanan", "Terakhir dicatat", " sampai ", " per entri"),
        Line("log stat --fields", " peristiwa", "selalu", "hanya di entri: tidak ada definisi"),
        Line(
            "log export-tiles tiles", " berkas ditulis ke tiles: ", "Pembacanya memerlukan kunci: "),
        Line("verify", "Halaman", "Semua cocok."), .same("checkpoint"), .same("checkpoint sign"),
        .same("checkpoint --verifier"), .same("proof 3"),
        Line(
            "proof --check 3.proof --entry 3.json --key \"$(rekam checkpoint --verifier)\"",
            "Entri ini nomor 3 dalam log"),
        Line("snapshot export --period 2025-Q1 --out q1", "q1 ditulis: "),
        Line("snapshot verify q1", "Terbukti", "Belum terbukti"),
        Line("replay --period 2025-03", "Cocok: "),
        Line(
            "period close 2025-01", "2025-01 ditutup pada ", " dicatat dalam satu hari setelah ",
            " dalam tujuh hari."),
        Line("void --entries 150..300 --reason uji", " peristiwa dianulir"),
        Line("snapshot export --period 2025-Q1 --out q1-baru", "q1-baru ditulis: "),
        Line(
            "snapshot diff q1 q1-baru", " angka berbeda", "Belum terbukti: apakah ",
            " entri rekam.local/log meneruskan yang "),
        Line(
            "checkpoint compare q1 q1", "Satu keadaan dari satu log: keduanya atas ",
            "Siapa yang menandatanganinya belum diperiksa: "),
        Line("period list", "ditutup", "Dalam 7 hari"), Line("period restatements", "dianulir"),
        Line("period reopen 2025-01 --reason uji", "2025-01 dibuka lagi;"),
        Line("audit exceptions --period 2026-01", "promosi", "penganuliran"),
        Line(
            "sample first_response_time --period 2025 --size 2 --seed x --format table",
            "Berdasar pada"),
        Line(
            "sample draw first_response_time --period 2025 --size-for 50,40",
            " dengan keyakinan 50 % paling banyak 40 % dari semuanya salah.", "Dicatat di entri "),
        Line(
            "sample evaluate hasil.csv --tolerable 90", "Strata", "Diuji", "Salah",
            "Dengan keyakinan 95 % paling banyak ", "Itu tidak melebihi 90 %."),
        Line(
            "audit reconcile daftar.csv --mapping daftar.yaml --period 2025-07",
            "tidak ada di sini", "1 kasus dibandingkan: ", "KPI yang berdasar padanya",
            "Dicatat di entri "),
        Line("person show PERSON", "Ada di", "customer pada ticket.opened: "),
        .same("person show PERSON --format json"),
        Line(
            "hold add PERSON --reason uji --by sari",
            "tidak dapat dihapus sampai penangguhan dilepas."),
        Line("hold list", "sari", "uji"),
        Line("hold release PERSON --reason uji", " dapat dihapus lagi."),
        Line(
            "retention set customer 730 --reason uji",
            "customer: masa retensinya habis 730 hari setelah peristiwa terakhirnya"),
        Line("retention show", "customer: masa retensinya habis "),
        Line("erase --due", "Tidak ada yang masa retensinya habis."),
        Line("erase PERSON --dry-run", "Dihapus ", "1 nama", "Tidak ada yang dihapus: "),
        Line(
            "erase PERSON --reason uji --by sari", "Terhapus: 1 nama", "tanpa namanya.",
            "Token disimpan di "),
        Line("erase --again", "Tidak ada yang sudah dihapus di "),
        Line("name publish AGENT --reason uji", "tercatat di log sebagai teks terbuka, "),
        Line("person correct AGENT name=Ani --reason uji", "Dikoreksi: mulai sekarang entri "),
        Line("verify", "Orang ", "dihapus)", " cocok dengan tokennya"),
        Line("status", "Penyimpanan", "mutakhir", "cocok, atas "),
        Line("doctor", "prosesor", "penulis", "tidak ada yang sedang menulis."),
        Line(
            "backup copy --verify", " entri dicadangkan ke copy: ", ", diverifikasi.",
            "Tanpa kunci penanda tangan: simpan salinan ",
            "Pulihkan: rekam restore copy --store BARU"),
        Line("backup whole --with-key", "Kunci penanda tangan ada di dalamnya: "),
        Line(
            "restore copy --store bare", " dipulihkan ke bare, menurut ",
            "Kunci penanda tangan tidak ada:"),
        Line(
            "restore whole --store back --checkpoint-file old", "lalu impor lagi"),
        Line(
            "restore --store back --accept-rollback uji",
            "Tidak ada checkpoint bertanda tangan di "),
        Line("checkpoint --store back"),
        Line(
            "restore --store back --accept-rollback uji",
            "Tidak ada entri bertanda tangan yang hilang;"),
        Line(
            "migrate store baru", " entri dipindahkan ke baru: bita, waktu dan akar yang sama, ",
            "lalu pakai menggantikan yang lama."),
        Line(
            "key rotate --reason uji",
            "Mulai sekarang checkpoint ditandatangani dengan kunci baru:",
            "Di dalam log kunci itu dijamin oleh "),
        Line(
            "key rotate --lost --reason uji", "Tidak ada yang menjaminnya: ",
            "di luar penyimpanan. Lanjut: rekam checkpoint"),
        Line(
            "key show", "kunci yang hilang, sehingga tidak ada yang menjamin kunci sesudahnya",
            ", yang menyebut penerusnya"),
    ]
}
