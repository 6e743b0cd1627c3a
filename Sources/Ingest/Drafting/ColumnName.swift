/// The words of a column's name, in small letters: `AvgTalkDuration` is `avg talk duration`,
/// `Answered (Y/N)` is `answered y n`. What a column is for is guessed from them.
struct ColumnName: Hashable, Sendable {
    let words: [String]

    init(_ text: String) {
        var words: [String] = []
        var word = ""
        let characters = Array(text)
        for (place, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            let before = place > 0 ? characters[place - 1] : " "
            let after = place + 1 < characters.count ? characters[place + 1] : " "
            // closedAt, and the last letter of IDTicket.
            let begins =
                character.isUppercase
                && (before.isLowercase || before.isUppercase && after.isLowercase)
            if begins, !word.isEmpty {
                words.append(word)
                word = ""
            }
            word += character.lowercased()
        }
        if !word.isEmpty { words.append(word) }
        self.words = words
    }

    func has(_ any: Set<String>) -> Bool { words.contains { any.contains($0) } }

    /// Whether it is one of some names as a whole.
    func isOne(of names: Set<String>) -> Bool { names.contains(words.joined(separator: " ")) }
}

/// What columns are called, in English and Indonesian.
enum ColumnWords {
    static let cases: Set<String> = [
        "ticket", "case", "incident", "issue", "call", "conversation", "request", "chat",
        "interaction", "tiket", "kasus", "laporan", "panggilan", "percakapan", "pengaduan",
        "keluhan",
        "trace", "insiden",
    ]
    static let numbers: Set<String> = [
        "id", "number", "no", "key", "nomor", "kode", "nr", "num", "code",
    ]
    static let wholeCases: Set<String> = [
        "ticket", "case", "tiket", "kasus", "number", "nomor", "key", "no", "ticketid",
        "concept name",
    ]

    static let answered: Set<String> = [
        "answered", "dijawab", "respons", "balasan", "replied", "responded",
    ]
    static let replies: Set<String> = [
        "reply", "response", "respond", "responded", "answer", "replied", "answered",
    ]
    static let resolved: Set<String> = [
        "resolved", "solved", "resolution", "selesai", "diselesaikan", "penyelesaian",
    ]
    static let closed: Set<String> = [
        "closed", "close", "ditutup", "penutupan", "tutup", "ended", "closedate",
    ]
    static let reopened: Set<String> = ["reopened", "reopen"]
    static let updated: Set<String> = [
        "updated", "update", "modified", "changed", "diperbarui", "diubah", "perubahan",
        "timestamp",
        "pembaruan",
    ]
    static let due: Set<String> = [
        "due", "deadline", "target", "sla", "tenggat", "tempo", "breach", "scheduled",
    ]
    static let opened: Set<String> = ["opened", "dibuka", "dilaporkan", "reported", "queued"]
    static let created: Set<String> = [
        "created", "create", "createdate", "creation", "open", "dibuat", "pembuatan", "masuk",
        "lapor", "submitted", "received", "diterima", "mulai", "start", "started",
    ]
    /// Times of the tool that copied the rows, which say nothing of the cases.
    static let copying: Set<String> = [
        "fivetran", "synced", "sync", "imported", "exported", "extracted", "loaded", "airbyte",
        "etl",
        "stitch", "batch",
    ]
    static let timely: Set<String> = [
        "date", "time", "timestamp", "tanggal", "waktu", "jam", "tgl", "at", "on", "datetime",
        "epoch", "ts",
    ]

    static let statuses: Set<String> = ["status", "state", "keadaan"]
    static let stages: Set<String> = [
        "stage", "activity", "aktivitas", "tahap", "phase", "kondisi", "step",
    ]
    static let agents: Set<String> = [
        "agent", "agents", "assignee", "assigned", "resource", "owner", "handler", "responder",
        "technician", "petugas", "agen", "operator", "pic", "teknisi", "staff", "penanggung",
        "ditugaskan",
    ]
    static let teams: Set<String> = [
        "team", "group", "section", "department", "queue", "workgroup", "tim", "grup", "divisi",
        "unit", "bagian", "departemen", "division", "market", "antrean",
    ]
    static let customers: Set<String> = [
        "customer", "requester", "caller", "client", "contact", "pelanggan", "nasabah", "pemohon",
        "pelapor", "konsumen", "klien", "reporter", "respondent", "responden", "customerid",
    ]
    static let channels: Set<String> = [
        "channel", "via", "source", "medium", "kanal", "saluran", "media", "sumber", "origin",
    ]
    static let priorities: Set<String> = [
        "priority", "severity", "urgency", "impact", "prioritas", "urgensi", "prio", "seriousness",
    ]
    static let categories: Set<String> = [
        "category", "topic", "type", "kategori", "jenis", "topik", "subcategory", "subkategori",
        "tipe",
    ]
    static let products: Set<String> = [
        "product", "produk", "service", "layanan", "plan", "contract",
    ]
    static let scores: Set<String> = [
        "score", "rating", "satisfaction", "csat", "nps", "ces", "skor", "kepuasan", "nilai",
        "stars",
        "bintang",
    ]
    static let waits: Set<String> = ["speed", "wait", "waiting", "tunggu", "ring", "asa"]
    static let talks: Set<String> = [
        "talk", "bicara", "handle", "billsec", "conversation", "durasi", "duration",
    ]
    static let bodies: Set<String> = [
        "body", "comment", "message", "text", "pesan", "isi", "content", "komentar", "balasan",
    ]
    static let authors: Set<String> = [
        "author", "user", "sender", "from", "actor", "penulis", "pengirim",
    ]
    /// What names a person, or where one lives, or is written by one.
    static let personal: Set<String> = [
        "name", "nama", "email", "mail", "phone", "telepon", "telp", "hp", "mobile", "address",
        "alamat",
        "subject", "subjek", "description", "deskripsi", "title", "judul", "note", "notes",
        "catatan",
        "comment", "komentar", "body", "text", "message", "pesan", "content", "isi", "recipient",
        "signature", "nik", "ktp", "npwp", "birth", "lahir", "by", "oleh", "person", "orang",
        "user",
        "details", "alias", "token", "wa", "whatsapp", "ip", "url", "photo", "employee", "karyawan",
        "pegawai", "gender", "password", "summary", "html", "cc", "bcc", "to", "sender", "from",
        "surname", "age", "umur", "usia", "salary", "gaji", "agama", "religion", "zip", "latitude",
        "longitude", "firstname", "lastname", "fullname", "contact", "account", "akun", "card",
        "rekening",
    ]
}
