import EventModel
import Foundation
import LMDB
import Testing
import Vault

@testable import EventLog

/// Persons are erased from small stores; what the files hold is looked at byte by byte, and what
/// verification says is compared with what was done.
@Suite struct ErasureTests {
    private static let now = Instant(milliseconds: 1_760_000_000_000)

    private func note(_ number: Int, of ticket: Int, _ text: String, by actor: String) -> EventDraft
    {
        EventDraft(
            id: "n\(number)", source: "test", type: "ticket.status_changed",
            subject: "ticket/T-\(ticket)",
            time: Instant(milliseconds: 1_700_000_100_000 + Int64(number) * 60_000),
            fields: [
                .init("status", .text("open")), .init("actor", .text(actor)),
                .init("note", .text(text)),
            ])
    }

    private func budi(_ view: borrowing LogView) throws -> Person {
        let person = try view.person("customer/Budi")
        return try #require(person)
    }

    private func store(_ folder: StoreFolder) throws -> LogStore {
        let log = try LogStore.make(in: folder, salts: .counting(from: 9))
        try log.record([
            .opened(1, by: "Ratna Wijaya", title: "parcel lost anggrek"),
            .opened(2, by: "Budi", title: "another matter bougenvil"),
            note(1, of: 1, "called her cempaka", by: "sari"),
            note(2, of: 2, "called him dahlia", by: "sari"),
            .profile("sari", "Sari Lestari edelweis"),
        ])
        return log
    }

    /// Whether a text is anywhere in the vault's file, as it is or in base64 at any offset.
    private func isInVault(_ text: String, _ folder: StoreFolder) throws -> Bool {
        let bytes = try Data(contentsOf: URL(filePath: folder.path + "/private.mdb"))
        if bytes.firstRange(of: Data(text.utf8)) != nil { return true }
        for shift in 0..<3 {
            let padded = Array(repeating: UInt8(0), count: shift) + Array(text.utf8)
            let encoded = Base64URL.encode(padded.span)
            // Characters that hold bits of neighbours are left out.
            let inner = encoded.dropFirst(shift == 0 ? 0 : shift + 1).dropLast(2)
            if bytes.firstRange(of: Data(inner)) != nil { return true }
        }
        return false
    }

    @Test func `a customer's name and the texts of their tickets go, those of others stay`() throws
    {
        let folder = StoreFolder()
        let log = try store(folder)
        #expect(try isInVault("Ratna Wijaya", folder))
        #expect(try isInVault("cempaka", folder))
        let root = try log.read { $0.root }
        let size = try log.read { $0.entryCount }
        let erasure = try #require(try log.erase("customer/Ratna Wijaya"))
        #expect(erasure.names.count == 1)
        #expect(erasure.texts.keys.sorted() == [0, 2])
        for gone in ["Ratna Wijaya", "anggrek", "cempaka"] {
            #expect(try !isInVault(gone, folder))
        }
        for kept in ["Budi", "bougenvil", "dahlia", "edelweis", "sari"] {
            #expect(try isInVault(kept, folder))
        }
        #expect(try log.read { try $0.checkpoint(size: size).root.bytes } == root)
        #expect(try log.verify() == nil)
        let shown = try log.read { String(decoding: try $0.revealedEntry(0), as: UTF8.self) }
        #expect(!shown.contains("Ratna"))
        #expect(try log.read { try $0.person("customer/Ratna Wijaya") } == nil)
    }

    @Test func `an agent's own profile goes, and the notes that they wrote stay`() throws {
        let folder = StoreFolder()
        let log = try store(folder)
        let erasure = try #require(try log.erase("agent/sari"))
        #expect(erasure.texts.keys.sorted() == [4])
        #expect(try !isInVault("Sari Lestari", folder))
        #expect(try isInVault("cempaka", folder))
        #expect(try log.verify() == nil)
    }

    @Test func `an event that was taken out ties to a person what was taken out alone`() throws {
        let folder = StoreFolder()
        let log = try store(folder)
        var hers = EventDraft.opened(1, by: "Budi", title: "his all along fuchsia")
        hers.id = "o5"
        // Sequences 5 and 6: entry 0 was wrong, and the ticket is Budi's.
        try log.record([void("v1", of: "o1"), hers])
        let erasure = try #require(try log.erase("customer/Ratna Wijaya"))
        #expect(erasure.texts.keys.sorted() == [0, 5])
        for kept in ["cempaka", "fuchsia", "bougenvil"] { #expect(try isInVault(kept, folder)) }
        // Where the whole case was taken out, it goes as a whole.
        try log.record([
            void("v2", of: "o2", ticket: "T-2"), void("v3", of: "n2", ticket: "T-2"),
        ])
        let rest = try #require(try log.erase("customer/Budi"))
        #expect(Set([1, 3, 8, 9]).isSubset(of: rest.texts.keys))
        #expect(try log.verify() == nil)
    }

    @Test(arguments: [
        ("Ratna-Wijaya", "RATNA WIJAYA asked", true), ("ratna wijaya", "ratnawijaya.csv", true),
        ("0812 345", "chat0812345.txt", true), ("Al", "al asked", true), ("Al", "also", false),
        ("A.B", "a b asked", true), ("A.B", "labs", false), ("ratna", "of Rat and na", false),
        ("...", "...", false), ("José", "JOSE asked", true),
        ("Ratna", "R\u{0430}tn\u{0430} asked", true), ("Ratna", "\u{FF32}ａｔｎａ", true),
        ("Ra\u{200B}tna", "ratna", true), ("Łukasz", "lukasz", true), ("Ratna", "Retno", false),
        ("Jörg Müller", "of JOERG MUELLER", true), ("Joerg Mueller", "of Jörg Müller", true),
        ("Jo\u{308}rg", "joerg", true), ("Weiß", "WEISS", true), ("Bodø", "bodoe", true),
        ("Samuel", "samul", false),
    ])
    func `names are found however they are spelt`(_ name: String, _ text: String, _ isFound: Bool) {
        #expect(SpeltNames([name]).stand(in: text) == isFound)
    }

    @Test(arguments: [
        ("Ratna-Wijaya", "for RATNA WIJAYA.", true), ("Sari", "kesarian", false),
        ("0812 345", "on 0812-345", true), ("0812 345", "on 0812-3456", false),
        ("of", "off", false), ("081234567890", "call +62 812-3456-7890 now", true),
        ("+62 812 3456 7890", "WA(0812)3456.7890", true), ("081234567890", "０８１２３４５６７８９０", true),
        ("081234567890", "order 9123456, not 0812 3456 7891", false),
        ("1.234.567", "1234567", true),
    ])
    func `words are found as words`(_ word: String, _ text: String, _ isFound: Bool) {
        #expect(SpeltNames([word]).standAsWords(in: text) == isFound)
    }

    @Test func `words take texts of other cases along`() throws {
        let folder = StoreFolder()
        let log = try store(folder)
        let erasure = try #require(
            try log.erase("customer/Ratna Wijaya", words: ["dahlia", "lestari"]))
        #expect(erasure.texts.keys.sorted() == [0, 2, 3, 4])
    }

    @Test func `a word of a name tells of somebody, a word of an address or an id does not`() {
        let names = [
            "Ratna Wijaya", "budi.santoso@mail.example", "C-4711", "desk7", "Eko Prasetyo",
        ]
        for (text, isFound) in [
            ("Wijaya asked", true), ("for SANTOSO", true), ("by mail", false), ("4711", false),
            ("wijayakusuma", false), ("as ratna said", true), ("of Eko", true), ("ekonomi", false),
            ("eko2025 asked", true), ("the desk", false), ("as (eko) said", true),
        ] {
            let typed = NamingWords(text)
            #expect(names.contains { typed.name($0) } == isFound, "\(text)")
        }
    }

    @Test func `words of names are found written together, and ordinary words are nobody's`() {
        let names = [
            "Siti Nurhaliza Putri", "Sean O'Brien", "Jean-Luc Picard", "Anna Müller", "Nu'man Hadi",
            "Maria de la Cruz", "Abu-Li Ma", "Tri Utami A.", "Peter van der Berg", "Hans Groß",
            "Jürgen Köhler", "Joerg Strauss", "budi_pratama", "Ida", "Adi Wibowo", "May Hari", "Li",
        ]
        for text in [
            "asked by SitiNurhaliza", "NurhalizaPutri wrote", "putrisiti", "SitiNurhalizaPutri",
            "by OBrien", "O’Brien called", "obrien", "for jeanluc", "Jean‑Luc", "LucPicard",
            "MUELLER's wish", "Mu\u{308}ller", "muller", "as Numan said", "nu'man",
            "DelaCruz asked", "abuli", "UtamiTri", "vanderBerg", "Gross", "GROSS", "Tri",
            "JuergenMuller", "JurgenKoehler", "juergen.muller", "koehler_2", "Jörg", "Jorg",
            "STRAUẞ", "Straus", "budi_pratama", "budi", "BudiPratama", "pratama.budi", "of Ida",
            "adi", "ADI-2", "luc", "Abu", "\u{FF29}\u{FF24}\u{FF21}", "I\u{200B}da", "wibowoadi",
            "siti.x", "for:putri;", "Sean",
        ] {
            let typed = NamingWords(text)
            #expect(names.contains { typed.name($0) }, "\(text)")
        }
        for text in [
            "asked for on 14 July, by letter", "recorded twice by the old helpdesk",
            "the lawsuit is over", "de la part du client", "an der Kasse", "a man of the team",
            "diminta pada 14 Juli lewat surat", "tiga kali dicatat oleh sistem lama", "salah hapus",
            "retensi habis", "penangguhan selesai", "it is off", "on 3 May", "hari ini", "lidah",
            "radio", "tadi", "trial", "sitihal", "",
        ] {
            let typed = NamingWords(text)
            #expect(!names.contains { typed.name($0) }, "\(text)")
        }
    }

    @Test func `of whom a text is about, every word counts but particles`() {
        for (name, text, isFound) in [
            ("Ida May", "on 3 May", true), ("Hari Susanto", "diminta hari ini", true),
            ("budi2", "of budi", true), ("Peter van der Berg", "an der Kasse", false),
            ("Will Smith", "it will go", true), ("Agent Li", "the agents", false),
        ] {
            #expect(NamingWords(text).name(name, isMeant: true) == isFound, "\(text)")
        }
    }

    private func act(
        _ type: String, _ subject: String, _ more: [EventDraft.Field], in log: LogStore
    )
        throws
    {
        let person = try #require(try log.read { try $0.person(subject) })
        let token = String(decoding: person.token.encoded, as: UTF8.self)
        let place = try log.read { $0.entryCount }
        try log.appendOwn(
            [
                EventDraft(
                    id: "\(type)/\(place)", source: log.origin, type: type,
                    subject: Erasure.subject,
                    time: Self.now,
                    fields: [
                        .init("token", .text(token)), .init("kind", .text(person.kind)),
                        .init("reason", .text("lawsuit")),
                    ] + more)
            ], recorded: Self.now)
    }

    @Test func `what a hold kept of somebody erased goes when it is over, and nothing newer`()
        throws
    {
        let folder = StoreFolder()
        let log = try store(folder)
        // The note on Ratna's ticket names sari, who is held: her texts stay, the name goes.
        try act("hold.added", "agent/sari", [], in: log)
        let first = try #require(try log.erase("customer/Ratna Wijaya"))
        #expect(first.names.count == 1 && first.textCount == 0)
        func left() throws -> Erasure {
            try log.read { view in
                try view.erasure(
                    of: view.keptByEndedHolds(view.personActs()), reason: "over", by: nil,
                    at: Self.now)
            }
        }
        #expect(try left().isEmpty)
        try log.record([note(9, of: 1, "another note", by: "joko")])
        let newer = try log.read { $0.entryCount } - 1
        try act("hold.released", "agent/sari", [.init("hold", .text("lawsuit"))], in: log)
        #expect(try left().texts.keys.sorted() == [0, 2])
        // By the token all of it can be named.
        let subject = "customer/" + first.names[0].marked
        let all = try log.read { view in
            let person = try #require(try view.person(subject))
            return try view.trace(person, words: ["edelweis"]).texts
        }
        #expect(all == [0, 2, 4, newer])
        try log.erase(at: Self.now) { view in
            try view.erasure(
                of: view.keptByEndedHolds(view.personActs()), reason: "over", by: nil, at: Self.now)
        }
        #expect(try !isInVault("cempaka", folder) && isInVault("dahlia", folder))
        #expect(try left().isEmpty)
        #expect(try log.verify() == nil)
    }

    @Test func `a hold under one name holds the person under every name`() throws {
        let folder = StoreFolder()
        let log = try store(folder)
        let aliases = [("a1", "sari", "s.lestari"), ("a2", "s.lestari", "slestari")].map {
            EventDraft(
                id: $0, source: "test", type: "agent.alias_set", subject: "agent/\($1)",
                time: Instant(milliseconds: 1_700_000_000_000), fields: [.init("alias", .text($2))])
        }
        try log.record(aliases + [.opened(5, by: "slestari", title: "kemangi")])
        try act("hold.added", "agent/slestari", [], in: log)
        for name in ["sari", "s.lestari", "slestari"] {
            let holds = try log.read { view in
                try view.holds(of: #require(try view.person("agent/\(name)")), view.personActs())
            }
            #expect(holds.count == 1, "\(name)")
        }
        // Sari's note on Ratna's ticket is of a case that names somebody held.
        let erasure = try #require(try log.erase("customer/Ratna Wijaya"))
        #expect(erasure.texts.isEmpty)
        try act("hold.released", "agent/slestari", [.init("hold", .text("lawsuit"))], in: log)
        #expect(try log.read { try $0.personActs().holds }.isEmpty)
    }

    @Test func `verification counts what is held and what was erased, and names what is missing`()
        throws
    {
        let folder = StoreFolder()
        let log = try store(folder)
        var census = PersonCensus()
        #expect(try log.verify(persons: { census = $0 }) == nil)
        #expect(census.names.held == 3)
        #expect(census.subjects.held == 1)
        #expect(census.texts.held == 5)
        #expect(census.unreferenced == 0)
        try log.erase("customer/Ratna Wijaya")
        #expect(try log.verify(persons: { census = $0 }) == nil)
        #expect(census.names.held == 2 && census.names.erased == 1)
        #expect(census.texts.held == 3 && census.texts.erased == 2)
        try log.vault.takeOut { table, key, _ in
            table == "texts" && key.count == 8 && key[3] == 3
        }
        let difference = try #require(try log.verify())
        #expect(difference.table == "private.mdb texts" && difference.sequence == 3)
    }

    @Test func `a row whose text was changed is a difference`() throws {
        let folder = StoreFolder()
        let log = try store(folder)
        try log.vault.update { write, tables in
            let other = Array(#"["AAAAAAAAAAAAAAAAAAAAAA","name","Somebody"]"#.utf8)
            guard let token = try log.read({ try $0.person("customer/Budi")?.token }) else {
                return
            }
            var cursor = try write.cursor(tables.disclosures)
            var number: UInt32?
            while try cursor.move(.next) {
                let isIt = try cursor.withEntry {
                    Token(of: Disclosure(array: $1.copyBytes())) == token
                }
                if isIt { number = try cursor.keyNumber(at: 0) }
            }
            try write.put(tables.disclosures, .init(try #require(number)), other)
        }
        #expect(try log.verify()?.problem.hasSuffix("commits to is another text") == true)
    }

    @Test func `without a vault names are not looked at`() throws {
        let folder = StoreFolder()
        var log: LogStore? = try store(folder)
        log = nil
        try FileManager.default.removeItem(atPath: folder.path + "/private.mdb")
        let again = try LogStore.open(at: folder.path, readOnly: true)
        var census = PersonCensus()
        #expect(try again.verify(persons: { census = $0 }) == nil)
        #expect(census.vault == .absent)
        _ = log
    }

    @Test func `an erasure that a crash cut off is finished, or never was`() throws {
        let folder = StoreFolder()
        do {
            let log = try store(folder)
            // The note alone: the log does not tell it.
            let erasure = try log.read { view in
                try view.erasure(
                    of: [view.trace(budi(view))],
                    reason: "asked for", by: nil, at: Self.now)
            }
            try log.vault.note(LogStore.erasing, erasure.json.canonical)
        }
        do {
            let log = try LogStore.open(at: folder.path, salts: .counting(from: 3))
            #expect(try log.erasureUnderWay() == nil)
            #expect(try isInVault("Budi", folder))
            let erasure = try log.read { view in
                try view.erasure(
                    of: [view.trace(budi(view))],
                    reason: "asked for", by: nil, at: Self.now)
            }
            try log.vault.note(LogStore.erasing, erasure.json.canonical)
            try log.appendOwn(erasure.drafts(origin: log.origin), recorded: Self.now)
        }
        let log = try LogStore.open(at: folder.path)
        #expect(try log.erasureUnderWay() == nil)
        #expect(try !isInVault("Budi", folder))
        #expect(try log.keptErasures.read(identity: log.identity).own.count == 1)
        #expect(try log.verify() == nil)
    }

    @Test func `an older vault put back is noticed, and erased again`() throws {
        let folder = StoreFolder()
        let path = folder.path
        var log: LogStore? = try store(folder)
        log = nil
        try FileManager.default.copyItem(
            atPath: path + "/private.mdb", toPath: path + "/old")
        log = try LogStore.open(at: path, salts: .counting(from: 3))
        try #require(log).erase("customer/Budi")
        log = nil
        try FileManager.default.removeItem(atPath: path + "/private.mdb")
        try FileManager.default.moveItem(atPath: path + "/old", toPath: path + "/private.mdb")
        let again = try LogStore.open(at: path)
        #expect(try again.verify()?.problem.contains("older than the log") == true)
        #expect(try again.eraseAgain(at: Self.now, takesVault: true).rows == 3)
        #expect(try again.verify() == nil)
        #expect(try !isInVault("Budi", folder))
    }

    @Test func `events sent again are there already, and a new one begins a new token`() throws {
        let folder = StoreFolder()
        let log = try store(folder)
        let before = try #require(try log.read { try $0.person("customer/Ratna Wijaya")?.token })
        try log.erase("customer/Ratna Wijaya")
        let again = try log.record([
            .opened(1, by: "Ratna Wijaya", title: "parcel lost anggrek")
        ])
        #expect(again.duplicates == 1 && again.accepted == 0)
        #expect(try !isInVault("Ratna Wijaya", folder))
        try log.record([.opened(7, by: "Ratna Wijaya", title: "a new matter")])
        let after = try #require(try log.read { try $0.person("customer/Ratna Wijaya")?.token })
        #expect(before != after)
        #expect(try log.verify() == nil)
    }

    @Test func `an erasure of many persons takes several entries, and is read back whole`() throws {
        let folder = StoreFolder()
        let log = try LogStore.make(in: folder, salts: .counting(from: 1))
        try log.record(
            (0..<1000).map { EventDraft.opened($0, by: "Customer \($0)", title: "matter \($0)") })
        let erasure = try #require(
            try log.erase(at: Self.now) { view in
                let traces = try (0..<1000).compactMap {
                    try view.person("customer/Customer \($0)").map { try view.trace($0) }
                }
                return try view.erasure(of: traces, reason: "due", by: nil, at: Self.now)
            })
        #expect(erasure.names.count == 1000 && erasure.textCount == 1000)
        #expect(try log.read { $0.entryCount } > 1002)
        #expect(try log.read { try $0.erasures() }.map(\.id) == [erasure.id])
        #expect(try log.verify() == nil)
        #expect(try !isInVault("Customer 77", folder))
    }
}
