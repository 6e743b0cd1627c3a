internal import EventModel

/// The comments of a drafted mapping, in English and Indonesian.
struct DraftWords {
    let language: Language

    private func pick(_ english: String, _ indonesian: String) -> String {
        language == .english ? english : indonesian
    }

    func heading(_ file: String, rows: Int) -> [String] {
        pick(
            """
            Drafted from \(file), of which \(rows) rows were looked at.
            "# ?" marks what was guessed: read it, and mend it where it is wrong. Where "?" stands as a value, \
            a question
            must be answered first: rekam mapping check names them. What each part means: \
            Schemas/mappings/README.md
            """,
            """
            Rancangan dari \(file); \(rows) baris diperiksa.
            "# ?" menandai dugaan: baca, lalu perbaiki bila keliru. Bila "?" menjadi nilai, pertanyaannya wajib \
            dijawab
            lebih dahulu: rekam mapping check menyebutkannya. Arti tiap bagian: Schemas/mappings/README.md
            """
        ).split(separator: "\n").map(String.init)
    }

    var source: String {
        pick(
            "the system that the rows come from; not a person's account",
            "sistem asal baris; bukan akun seseorang")
    }
    var linesAbove: String {
        pick("lines above the header", "baris di atas kepala tabel")
    }
    var missing: String {
        pick("texts that stand for nothing", "teks yang berarti kosong")
    }
    func formats(_ formats: [String]) -> String {
        let all = formats.joined(separator: pick(" or ", " atau "))
        return pick(
            "all times fit \(all): which one is meant?",
            "semua waktu cocok dengan \(all): mana yang dimaksud?")
    }
    func formatByOther(_ other: String) -> String {
        pick(
            "also fits \(other); other columns don't",
            "juga cocok dengan \(other); kolom lain tidak")
    }
    var together: String {
        pick("each time fits one of these", "tiap waktu cocok dengan salah satunya")
    }
    var withoutOffset: String {
        pick(
            "no time states its offset: they are in the store's zone, or name theirs: zone: Asia/Jakarta",
            "tidak ada waktu yang menyebut selisihnya: dibaca dalam zona penyimpanan, atau sebutkan: zone: Asia/Jakarta"
        )
    }
    var time: String {
        pick(
            "no column holds a time: a day such as 2025-07-31, for all rows",
            "tidak ada kolom waktu: satu tanggal seperti 2025-07-31 untuk semua baris")
    }
    var copyingTime: String {
        pick(
            "the time of copying, since there is no other",
            "waktu penyalinan, karena tidak ada yang lain")
    }
    func notAlwaysThere(_ count: Int) -> String {
        pick(
            "\(count) rows don't have it, and are refused",
            "\(count) baris tidak memilikinya, dan akan ditolak")
    }
    var standing: String {
        pick(
            "since when a row's status stands: the latest time that it has",
            "sejak kapan status baris berlaku: waktu terakhir yang ada")
    }
    var statusWithoutTime: String {
        pick(
            "not read: no column tells since when the status stands",
            "tidak dibaca: tidak ada kolom yang menyebut sejak kapan status berlaku")
    }
    func subject(_ name: String, _ others: [String]) -> String {
        let rest =
            others.isEmpty
            ? "" : pick("; or ", "; atau ") + others.map { "{\($0)}" }.joined(separator: ", ")
        return pick("what names a \(name)", "yang menamai \(name)") + rest
    }
    var noSubject: String {
        pick(
            "which column names the ticket? Or one text for all rows",
            "kolom mana yang menamai tiket? Atau satu teks untuk semua baris")
    }
    var personInSubject: String {
        pick(
            "names a person: then customer/, whose name is kept as a token",
            "menamai seseorang: pakai customer/, yang namanya disimpan sebagai token")
    }
    var rowOrder: String {
        pick(
            "the order in which rows of one instant happened; leave it out where it means nothing",
            "urutan baris pada saat yang sama; hapus bila tidak berarti")
    }
    func rows(_ count: Int) -> String {
        pick("\(count) \(count == 1 ? "row" : "rows")", "\(count) baris")
    }
    func word(_ count: Int, _ words: [String]) -> String {
        rows(count) + ": " + words.joined(separator: ", ")
            + pick(", or ~ where it says nothing", ", atau ~ bila tidak berarti apa-apa")
    }
    func guess(_ count: Int) -> String { rows(count) }
    var origin: String {
        pick(
            "who opens tickets: customer, agent or system",
            "siapa yang membuka tiket: customer, agent, atau system")
    }
    var channel: String {
        pick(
            "no column tells the channel: email, phone, chat, whatsapp, portal …",
            "tidak ada kolom kanal: email, phone, chat, whatsapp, portal …")
    }
    func channel(_ count: Int) -> String {
        rows(count) + ": email, phone, chat, whatsapp, portal …"
    }
    var channelGuess: String {
        pick(
            "as the file calls it, where nothing else is said",
            "seperti dalam berkas bila tidak disebut lain")
    }
    func role(_ english: String, _ indonesian: String) -> String {
        pick("taken for \(english)", "dianggap \(indonesian)")
    }
    var agent: String { role("the agent", "agen") }
    var team: String { role("the team", "tim") }
    var customer: String { role("the customer", "pelanggan") }
    var category: String { role("the category", "kategori") }
    var product: String { role("the product", "produk") }
    func time(_ english: String, _ indonesian: String) -> String { role(english, indonesian) }
    var firstReply: String {
        pick(
            "taken for the first public answer of an agent",
            "dianggap jawaban publik pertama dari agen")
    }
    var direction: String { pick("in (of the customer) or out", "in (dari pelanggan) atau out") }
    var visibility: String { pick("public or internal", "public atau internal") }
    var actorKind: String {
        pick("agent, customer, bot or system", "agent, customer, bot, atau system")
    }
    var surveyKind: String {
        pick("csat, ces, nps, enps or pulse", "csat, ces, nps, enps, atau pulse")
    }
    var surveyName: String { pick("what the survey is called", "nama survei") }
    var scale: String {
        pick(
            "the scale of the question, as far as the answers tell",
            "skala pertanyaan, sejauh terlihat dari jawaban")
    }
    var unit: String { pick("the unit is not said: seconds?", "satuan tidak disebut: seconds?") }
    var plan: String { role("the plan", "paket") }
    var segment: String { pick("which kind of customers", "kelompok pelanggan") }
    var skipped: String { pick("rows that are passed over", "baris yang dilewati") }
    var fields: String {
        pick("other fields of the history are not read", "isian lain dalam riwayat tidak dibaca")
    }
    var looksLikeTable: String {
        pick(
            "rows without status, agent or score: perhaps a table that others refer to, for \"lookups\" of "
                + "another mapping",
            "baris tanpa status, agen, atau skor: mungkin tabel rujukan, untuk \"lookups\" dalam pemetaan lain"
        )
    }
    var unread: String { pick("Columns that are not read:", "Kolom yang tidak dibaca:") }
    var empty: String { pick("nothing in it", "kosong") }
    func values(_ column: ColumnFacts) -> String {
        let count = column.counts.count
        let samples = column.samples.map(DraftText.quoted).joined(separator: ", ")
        if !samples.isEmpty {
            return count <= column.samples.count
                ? samples
                : pick("\(count) texts, such as \(samples)", "\(count) teks, misalnya \(samples)")
        }
        return column.isNumber && !column.isPersonal
            ? pick("\(count) \(count == 1 ? "number" : "numbers")", "\(count) angka")
            : pick(
                "\(count) \(count == 1 ? "text" : "texts"), none shown",
                "\(count) teks, tidak ditampilkan")
    }
    var list: String { pick("a list", "daftar") }
    func level(_ rows: Int) -> String {
        pick("a list of objects, \(rows) in all", "daftar objek, seluruhnya \(rows)")
    }
}
