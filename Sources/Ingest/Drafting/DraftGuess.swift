/// What the words of a column that is mapped to Rekam's own mean, as far as they tell.
enum DraftGuess {
    private static let statuses: [(status: String, words: Set<String>)] = [
        (
            "closed",
            [
                "closed", "close", "ditutup", "tutup", "cancelled", "canceled", "batal",
                "dibatalkan", "archived",
            ]
        ),
        (
            "resolved",
            [
                "resolved", "resolve", "solved", "selesai", "diselesaikan", "done", "completed",
                "complete", "fixed", "tuntas", "beres",
            ]
        ),
        ("hold", ["hold", "ditahan", "suspended", "snoozed", "onhold"]),
        (
            "pending",
            [
                "pending", "waiting", "wait", "awaiting", "menunggu", "tertunda", "queued", "antri",
                "antre",
            ]
        ),
        ("new", ["new", "baru"]),
        (
            "open",
            [
                "open", "opened", "dibuka", "terbuka", "progress", "proses", "diproses",
                "dikerjakan", "active",
                "aktif", "assigned", "ditugaskan", "accepted", "reopened", "ongoing", "berjalan",
                "working",
            ]
        ),
    ]
    private static let priorities: [(String, Set<String>)] = [
        (
            "urgent",
            [
                "urgent", "critical", "kritis", "mendesak", "blocker", "p1", "darurat", "highest",
                "major",
            ]
        ),
        ("high", ["high", "tinggi", "p2"]),
        ("normal", ["normal", "medium", "sedang", "menengah", "moderate", "p3", "biasa"]),
        ("low", ["low", "rendah", "minor", "p4", "lowest", "p5"]),
    ]
    private static let channels: [(String, Set<String>)] = [
        ("email", ["email", "mail", "surel"]),
        ("phone", ["phone", "telephone", "telepon", "voice", "call", "telp"]),
        ("whatsapp", ["whatsapp", "wa"]),
        ("chat", ["chat", "livechat", "messaging"]),
        ("portal", ["portal", "web", "form", "website", "service", "selfservice"]),
        ("walk-in", ["walk", "walkin", "counter", "loket", "langsung"]),
    ]
    private static let denying: Set<String> = ["not", "unresolved", "belum", "tidak", "un", "no"]

    static func status(_ text: String) -> String? { guess(text, statuses) }
    static func priority(_ text: String) -> String? { guess(text, priorities) }
    static func channel(_ text: String) -> String? { guess(text, channels) }

    static let allStatuses = ["new", "open", "pending", "hold", "resolved", "closed"]
    static let allPriorities = ["low", "normal", "high", "urgent"]

    /// Nil where the words mean nothing here, or two things.
    private static func guess(_ text: String, _ table: [(String, Set<String>)]) -> String? {
        // WhatsApp is one word, and InProgress two.
        let name = ColumnName(text.lowercased())
        let parts = ColumnName(text)
        guard name.words.count <= 3, !name.has(denying), !parts.has(denying) else { return nil }
        let found = table.filter { name.has($0.1) || parts.has($0.1) }.map(\.0)
        return found.count == 1 ? found[0] : nil
    }
}
