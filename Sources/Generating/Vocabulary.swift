/// The words of the organisation: an Indonesian internet and mobile provider.
struct Vocabulary: Sendable {
    /// A way customers reach the organisation.
    struct Channel: Sendable {
        var name: String
        var weight: Int
        /// Whether people wait for the answer: chat rather than mail.
        var isLive: Bool
        /// Whether a robot acknowledges at once.
        var acknowledges: Bool
        /// What kind of survey follows: a survey, or a public review.
        var via: String
    }

    let channels: [Channel] = [
        .init(name: "whatsapp", weight: 250, isLive: true, acknowledges: true, via: "survey"),
        .init(name: "email", weight: 170, isLive: false, acknowledges: true, via: "survey"),
        .init(name: "livechat", weight: 110, isLive: true, acknowledges: true, via: "survey"),
        .init(name: "in-app", weight: 95, isLive: false, acknowledges: true, via: "survey"),
        .init(name: "phone", weight: 85, isLive: true, acknowledges: false, via: "survey"),
        .init(name: "web", weight: 75, isLive: false, acknowledges: true, via: "survey"),
        .init(name: "instagram", weight: 55, isLive: true, acknowledges: false, via: "feedback"),
        .init(name: "marketplace", weight: 42, isLive: false, acknowledges: false, via: "review"),
        .init(name: "facebook", weight: 32, isLive: true, acknowledges: false, via: "feedback"),
        .init(name: "x", weight: 28, isLive: true, acknowledges: false, via: "feedback"),
        .init(name: "walk-in", weight: 20, isLive: true, acknowledges: false, via: "survey"),
        .init(name: "telegram", weight: 16, isLive: true, acknowledges: true, via: "survey"),
        .init(name: "app-review", weight: 13, isLive: false, acknowledges: false, via: "review"),
        .init(name: "sms", weight: 9, isLive: false, acknowledges: true, via: "survey"),
    ]

    /// A topic, the team that knows it, and its parts.
    struct Category: Sendable {
        var name: String
        var weight: Int
        var team: Int
        var subcategories: [String]
    }

    let categories: [Category] = [
        .init(
            name: "Gangguan jaringan", weight: 210, team: Team.technical,
            subcategories: ["Internet mati", "Lambat", "Putus-putus", "Gangguan massal"]),
        .init(
            name: "Tagihan", weight: 180, team: Team.billing,
            subcategories: ["Tagihan tidak sesuai", "Salinan tagihan", "Denda", "Prorata"]),
        .init(
            name: "Pembayaran", weight: 130, team: Team.billing,
            subcategories: ["Belum tercatat", "Gagal bayar", "Pengembalian dana"]),
        .init(
            name: "Akun", weight: 110, team: Team.service,
            subcategories: ["Lupa kata sandi", "Ubah data", "Tutup akun"]),
        .init(
            name: "Pemasangan", weight: 95, team: Team.technical,
            subcategories: ["Jadwal", "Teknisi tidak datang", "Jangkauan"]),
        .init(
            name: "Perangkat", weight: 85, team: Team.technical,
            subcategories: ["Modem rusak", "Wi-Fi", "Dekoder TV"]),
        .init(
            name: "Perubahan paket", weight: 75, team: Team.service,
            subcategories: ["Naik paket", "Turun paket", "Pindah alamat"]),
        .init(
            name: "Promo", weight: 60, team: Team.service,
            subcategories: ["Syarat promo", "Voucher ditolak"]),
        .init(
            name: "Pelayanan", weight: 45, team: Team.service,
            subcategories: ["Sikap petugas", "Waktu tunggu", "Pujian"]),
        .init(
            name: "Berhenti berlangganan", weight: 30, team: Team.service,
            subcategories: ["Pindah operator", "Harga", "Pindah rumah"]),
    ]

    /// Teams by number.
    enum Team {
        static let service = 0
        static let technical = 1
        static let billing = 2
        static let escalation = 3
        static let social = 4
        static let calls = 5
    }

    let teams = [
        "Layanan Pelanggan", "Teknis", "Penagihan", "Eskalasi", "Media Sosial", "Pusat Panggilan",
    ]
    let departments = [
        "Layanan", "Teknik", "Keuangan Pelanggan", "Layanan", "Layanan", "Layanan",
    ]
    /// Team numbers in the order agents are hired, so that the first eight staff every team.
    let hiring = [0, 5, 1, 2, 0, 4, 3, 0, 1, 5, 0, 2, 0, 1, 5, 0, 4, 1, 2, 0, 5, 3, 0, 1]

    let products = [
        "Internet Rumah 30", "Internet Rumah 100", "Seluler Hemat", "Seluler Bebas", "TV Keluarga",
        "Internet Usaha", "Aplikasi", "Modem Sewa",
    ]
    let plans = ["Hemat", "Keluarga", "Usaha", "Bebas"]
    let segments = ["rumah tangga", "usaha kecil", "perusahaan"]

    let reasons = ["complaint", "inquiry", "request", "incident", "other"]
    let reasonLottery = Lottery([34, 30, 20, 12, 4])
    let abouts = ["product", "service", "agent", "other"]
    let aboutLottery = Lottery([52, 36, 5, 7])
    let priorities = ["low", "normal", "high", "urgent"]
    let priorityLottery = Lottery([18, 58, 18, 6])
    let planLottery = Lottery([48, 32, 8, 12])
    let channelLottery: Lottery
    let categoryLottery: Lottery

    let titles = [
        "Internet mati sejak tadi pagi", "Tagihan bulan ini naik tanpa pemberitahuan",
        "Mohon salinan tagihan", "Pembayaran sudah masuk tetapi belum tercatat",
        "Tidak bisa masuk ke aplikasi", "Teknisi belum datang sesuai jadwal",
        "Modem berkedip merah terus", "Ingin naik paket", "Voucher \\\"HEMAT25\\\" ditolak",
        "Kecepatan tidak sesuai paket", "Pindah alamat minggu depan", "Keluhan sikap petugas 😡",
        "Permintaan pengembalian dana", "Pertanyaan tentang syarat promo",
    ]
    let comments = [
        "Cepat dan ramah, terima kasih!", "Masalah belum selesai juga.", "Petugasnya sabar 👍",
        "Terlalu lama menunggu", "Sudah dijelaskan dengan baik", "Harus menelepon tiga kali…",
        "Mantap 🙏", "Solusinya \\\"restart modem\\\" saja", "Biasa saja",
        "Tolong diperbaiki lagi ya",
    ]
    let resolutions = [
        "selesai", "selesai jarak jauh", "penggantian perangkat", "pengembalian dana", "edukasi",
        "tidak ditemukan gangguan", "solusi sementara",
    ]
    let voidReasons = [
        "Salah tiket", "Uji coba", "Tercatat dua kali", "Salah pilih pelanggan", "Salah ketik",
    ]
    let churnReasons = ["harga", "pindah rumah", "kualitas", "pindah operator", "menunggak"]

    init() {
        channelLottery = Lottery(channels.map(\.weight))
        categoryLottery = Lottery(categories.map(\.weight))
    }

    static let firstNames = [
        "Budi", "Siti", "Agus", "Dewi", "Andi", "Rina", "Joko", "Putri", "Hendra", "Maya", "Rizky",
        "Fitri", "Eko", "Ratna", "Dian", "Yusuf", "Lestari", "Bayu", "Intan", "Arif", "Wulan",
        "Fajar", "Nur", "Galih", "Ayu", "Ilham", "Sari", "Dimas", "Indah", "Rudi", "Mega", "Taufik",
        "Citra", "Iwan", "Yuni", "Reza", "Kartika", "Made", "Ketut", "Ucok", "Tiur", "Asep",
        "Euis", "Daeng", "Halimah", "Yohanes", "Maria",
    ]
    static let lastNames = [
        "Santoso", "Rahayu", "Wijaya", "Lestari", "Pratama", "Saputra", "Hidayat", "Kusuma",
        "Nugroho", "Siregar", "Simanjuntak", "Hutapea", "Wibowo", "Setiawan", "Permata", "Utami",
        "Gunawan", "Firmansyah", "Handayani", "Suryani", "Nasution", "Harahap", "Maulana",
        "Ramadhan",
        "Susanti", "Purnomo", "Anggraini", "Sihombing", "Tanjung", "Lubis", "Suharto", "Widodo",
        "Kurniawan", "Puspita", "Mahendra", "Syahputra", "Cahyani", "Irawan", "Wahyuni", "Pangestu",
        "Hasan",
    ]
}
