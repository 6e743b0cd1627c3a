package import EventModel

/// What the commands say that show, hold and erase persons, in both languages.
package struct PersonWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    // MARK: Where a person stands

    package var roles: String { pick("Stands in", "Ada di") }
    package var goes: String { pick("Goes", "Dihapus") }
    package var copies: String { pick("Copies", "Salinan") }
    package var held: String { pick("Held", "Ditangguhkan") }
    package var published: String { pick("Published", "Diumumkan") }
    package var stays: String { pick("Stays", "Tetap") }
    package var alsoCalled: String { pick("Also called", "Nama lain") }

    private func entries(_ count: Int) -> String {
        number(count) + pick(count == 1 ? " entry" : " entries", " entri")
    }

    /// - Parameter kind: of case.
    package func subject(of kind: String, _ count: Int) -> String {
        pick("the case \(kind)", "kasus \(kind)") + ": " + entries(count)
    }

    package func field(_ name: String, of type: String, _ count: Int) -> String {
        "\(name) " + pick("of", "pada") + " \(type): " + entries(count)
    }

    package func goes(names: Int, texts: Int, entries count: Int) -> String {
        let name = pick(
            names == 1 ? "1 name" : "\(number(names)) names", "\(number(names)) nama")
        guard texts > 0 else { return name }
        return name + pick(" and ", " dan ")
            + pick(
                texts == 1 ? "1 text" : "\(number(texts)) texts", "\(number(texts)) teks")
            + pick(" of ", " pada ") + entries(count)
    }

    package func nobody(_ subject: String) -> String {
        pick(
            "Nobody of this name is known: \(subject). Subjects of persons look like customer/4711; "
                + "who was erased is known by token alone, customer/~TOKEN: rekam log case log/persons",
            "Tidak ada yang dikenal dengan nama ini: \(subject). Subjek orang tampak seperti "
                + "customer/4711; yang sudah dihapus hanya dikenal dengan token, customer/~TOKEN: rekam log "
                + "case log/persons")
    }

    /// That it cannot be said who is known, as nothing explains a token.
    package func nobodyCanBeKnown(_ store: String) -> String {
        pick(
            "Who is known can't be said: \(store) has no private.mdb that can be read, and names stand "
                + "nowhere else. Put it back from a backup with names that is younger than thirty days, "
                + "ask as its owner, or name the person by token: customer/~TOKEN.",
            "Siapa yang dikenal tidak dapat dikatakan: \(store) tidak punya private.mdb yang terbaca, "
                + "dan nama tidak ada di tempat lain. Kembalikan dari cadangan dengan nama yang belum "
                + "tiga puluh hari, tanyakan sebagai pemiliknya, atau sebut orangnya dengan token: "
                + "customer/~TOKEN.")
    }

    package func anonymous(_ count: Int) -> String {
        pick(
            (count == 1 ? "1 answer" : "\(number(count)) answers")
                + " to surveys, given by the person or naming them: not shown one by one.",
            "\(number(count)) jawaban survei, dari orang itu atau menyebutnya: tidak ditampilkan satu "
                + "per satu.")
    }

    /// What to do about another name of the person.
    package func eraseToo(_ subject: String) -> String {
        pick(
            "\(subject): another name of the same person, erased by itself",
            "\(subject): nama lain orang yang sama, dihapus tersendiri")
    }

    /// Where what is said of an act on persons stands.
    package enum Staying: Sendable {
        /// In the log, in clear; one person is meant.
        case inClear
        /// The same, of everybody who is due.
        case inClearOfDue
        /// In the vault, beside events of others.
        case besideOthers
    }

    /// - Parameter option: that names a person.
    package func tells(_ option: String, _ staying: Staying) -> String {
        let who =
            switch staying {
            case .inClear:
                pick(
                    "names the person or has a --word in it",
                    "menyebut orang itu atau memuat suatu --word")
            case .inClearOfDue:
                pick("names somebody who is due", "menyebut orang yang masa retensinya habis")
            case .besideOthers:
                pick("names a person whom this is about", "menyebut orang yang bersangkutan")
            }
        let stays =
            staying == .besideOthers
            ? pick(
                "and may stay when they are erased",
                "dan mungkin tetap ada setelah orang itu dihapus")
            : pick(
                "and stands in the log in clear for ever",
                "dan tercatat di log sebagai teks terbuka selamanya")
        return "\(option) \(who), \(stays). " + pick("Say it without.", "Tulis tanpa itu.")
    }

    /// That an input would bring back who was erased since.
    package func returns(_ file: String, _ persons: Int, events: Int) -> String {
        pick(
            "\(file) was recorded before, and \(number(events)) of its events would be recorded anew: "
                + (persons == 1
                    ? "1 person was erased since" : "\(number(persons)) persons were erased since")
                + ", and whoever stands in them would come back under a new token. Nothing was recorded. "
                + "Take out of the file whoever is to stay erased; or go on with --despite-erasures, and "
                + "erase them once more.",
            "\(file) pernah dicatat, dan \(number(events)) peristiwanya akan dicatat lagi: "
                + "\(number(persons)) orang dihapus sejak itu, dan siapa pun yang tercantum di dalamnya akan "
                + "muncul kembali dengan token baru. Tidak ada yang dicatat. Keluarkan dari berkas siapa pun "
                + "yang harus tetap terhapus; atau lanjutkan dengan --despite-erasures, lalu hapus mereka "
                + "sekali lagi.")
    }

    // MARK: Erasing

    package var nothingWritten: String {
        pick(
            "Nothing was erased: this was a rehearsal.",
            "Tidak ada yang dihapus: ini hanya percobaan.")
    }

    package var answersLater: String {
        pick(
            "Texts in respondents' answers are not counted here: they are looked through when it is done.",
            "Teks dalam jawaban responden tidak dihitung di sini: baru diperiksa saat penghapusan dilakukan."
        )
    }

    package var nothingLeft: String {
        pick(
            "There is nothing to erase.", "Tidak ada yang perlu dihapus.")
    }

    package var sure: String {
        pick(
            "This cannot be taken back. Type yes to erase: ",
            "Ini tidak dapat ditarik kembali. Ketik ya untuk menghapus: ")
    }

    /// The words that mean yes.
    package var yes: Set<String> { ["yes", "ya"] }

    package var leftAlone: String {
        pick("Nothing was erased.", "Tidak ada yang dihapus.")
    }

    package func erased(names: Int, texts: Int, entries count: Int, at sequence: UInt32) -> String {
        pick("Erased ", "Terhapus: ") + goes(names: names, texts: texts, entries: count)
            + pick(
                "; entry \(number(sequence)) says so, without the name.",
                "; entri \(number(sequence)) mencatatnya, tanpa namanya.")
    }

    /// That the list beside the store lacked erasures that the log tells, and has them again.
    package func listMended(_ count: Int) -> String {
        pick(
            count == 1
                ? "It lacked 1 earlier erasure, and has it again."
                : "It lacked \(number(count)) earlier erasures, and has them again.",
            "Di dalamnya tadi kurang \(number(count)) penghapusan terdahulu, kini sudah ada lagi.")
    }

    /// Before the entries whose texts go.
    package var textsOf: String { pick("Entries", "Entri") }

    package func keptAt(_ file: String) -> String {
        pick(
            "Tokens are kept in \(file), for backups that come back: keep it beside the store.",
            "Token disimpan di \(file), untuk cadangan yang dipulihkan: simpan di samping "
                + "penyimpanan.")
    }

    package func recall(_ kind: String, _ path: String, _ day: String) -> String {
        let words: [String: (String, String)] = [
            "backup": ("backup", "cadangan"), "snapshot": ("snapshot", "snapshot"),
            "export": ("export", "ekspor"), "store": ("store", "penyimpanan"),
        ]
        let word = words[kind].map { pick($0.0, $0.1) } ?? kind
        return "\(word) \(path), \(day)"
    }

    package var afterErasing: String {
        words.next + "rekam erase --again --in "
            + pick(
                "BACKUP\(NextCommand.options) for every backup; recall the other copies.",
                "CADANGAN\(NextCommand.options) untuk setiap cadangan; tarik salinan yang lain.")
    }

    /// What becomes of texts that a hold keeps.
    package var afterHold: String {
        pick(
            "Once the hold is released, rekam erase --due takes out what it keeps.",
            "Setelah penangguhan dilepas, rekam erase --due menghapus yang masih ada karenanya.")
    }

    /// That texts of persons who were erased before stand there, and nothing holds them any more.
    package func keptByEndedHolds(_ count: Int) -> String {
        pick(
            (count == 1 ? "1 text" : "\(number(count)) texts")
                + " of persons erased before stayed for a hold that is over.",
            "\(number(count)) teks dari orang yang sudah dihapus masih ada karena penangguhan yang "
                + "kini selesai.")
    }

    /// - Parameter holds: as `holdLine` gives them.
    package func isHeld(_ subject: String, _ holds: [String]) -> String {
        let all = holds.joined(separator: "; ")
        let which =
            holds.count > 1
            ? pick(" --hold \"THE REASON ABOVE\"", " --hold \"ALASAN DI ATAS\"") : ""
        return pick(
            "\(subject) is held \(all). Nothing was erased; once the hold is over: "
                + "rekam hold release \(subject)\(which) --reason WHY",
            "\(subject) ditangguhkan \(all). Tidak ada yang dihapus; setelah penangguhan selesai: "
                + "rekam hold release \(subject)\(which) --reason ALASAN")
    }

    /// A hold: who added it, when and why.
    package func holdLine(reason: String, by person: String?, _ day: String) -> String {
        let who = person.map { pick("by \($0) ", "oleh \($0) ") } ?? ""
        return who + pick("since \(day): \(reason)", "sejak \(day): \(reason)")
    }

    /// Texts that stay, since their cases name somebody who is held.
    package func staying(_ count: Int) -> String {
        pick(
            (count == 1 ? "1 text stays" : "\(number(count)) texts stay")
                + ": of cases that name somebody held",
            "\(number(count)) teks tetap ada: dari kasus yang menyebut orang yang ditangguhkan")
    }

    package func isPublished(_ subject: String, entry: UInt32) -> String {
        pick(
            "The name of \(subject) was published on purpose, by entry \(number(entry)): it stands in "
                + "the log in clear for ever and cannot be erased.",
            "Nama \(subject) sengaja diumumkan oleh entri \(number(entry)): nama itu tercatat di "
                + "log sebagai teks terbuka selamanya dan tidak dapat dihapus.")
    }

    package func due(_ count: Int) -> String {
        pick(
            count == 1 ? "1 person is due." : "\(number(count)) persons are due.",
            "\(number(count)) orang masa retensinya habis.")
    }

    /// That some persons are due and are left out.
    package func dueAndHeld(_ count: Int) -> String {
        pick(
            (count == 1 ? "1 person is" : "\(number(count)) persons are")
                + " due and left out, since they are held: rekam hold list",
            "\(number(count)) orang masa retensinya habis tetapi dilewati, karena ditangguhkan: "
                + "rekam hold list")
    }

    package var nobodyDue: String {
        pick(
            "Nobody is due. What is kept how long: rekam retention show",
            "Tidak ada yang masa retensinya habis. Lama penyimpanan: rekam retention show")
    }

    package func again(rows: Int, recorded: Int, in place: String) -> String {
        let rows =
            rows == 0
            ? pick(
                "Nothing of what was erased is in \(place).",
                "Tidak ada yang sudah dihapus di \(place).")
            : pick(
                rows == 1
                    ? "1 name or text was in \(place) again, and went."
                    : "\(number(rows)) names and texts were in \(place) again, and went.",
                rows == 1
                    ? "1 nama atau teks ada lagi di \(place), dan dihapus."
                    : "\(number(rows)) nama dan teks ada lagi di \(place), dan dihapus.")
        guard recorded > 0 else { return rows }
        return rows
            + pick(
                recorded == 1
                    ? " 1 erasure that the log lacked is recorded."
                    : " \(number(recorded)) erasures that the log lacked are recorded.",
                " \(number(recorded)) penghapusan yang belum ada di log dicatat.")
    }

    /// - Parameter lines: numbers of lines of a list of erasures, from 1.
    package func linesOfOthers(_ file: String, _ lines: [Int]) -> String {
        let shown = lines.prefix(10).map { number($0) }.joined(separator: ", ")
        let rest = lines.count > 10 ? pick(" and more", " dan lainnya") : ""
        return pick(
            lines.count == 1
                ? "\(file): line \(shown) is of another log, and was left alone."
                : "\(file): lines \(shown)\(rest) are of another log, and were left alone.",
            "\(file): baris \(shown)\(rest) milik log lain, dan dibiarkan.")
    }

    /// - Parameter file: a list of erasures that is there, of other logs alone.
    package func listWithoutThis(_ file: String) -> String {
        pick(
            "\(file) has no erasure of this log: only those that the log itself tells were looked for.",
            "\(file) tidak memuat penghapusan log ini: hanya yang disebut log itu sendiri yang dicari."
        )
    }

    /// - Parameter file: the list of erasures beside a new store.
    package func listOfOthers(_ file: String) -> String {
        pick(
            "\(file) is there already and is of another log: nothing in it is applied here. Move it "
                + "to where that log's backups are.",
            "\(file) sudah ada dan milik log lain: isinya tidak diterapkan di sini. Pindahkan ke "
                + "tempat cadangan log itu.")
    }

    /// That a copy with names could not be put into the list of copies.
    package func copyNotNoted(_ path: String) -> String {
        pick(
            "\(path) has names and could not be put into the list of copies, which only the store's "
                + "owner writes: tell them of it.",
            "\(path) memuat nama dan tidak dapat dimasukkan ke daftar salinan, yang hanya ditulis "
                + "pemilik penyimpanan: beri tahu dia.")
    }

    // MARK: Holds and retentions

    package func holding(_ subject: String) -> String {
        pick(
            "\(subject) is held: it cannot be erased until the hold is released.",
            "\(subject) ditangguhkan: tidak dapat dihapus sampai penangguhan dilepas.")
    }

    package func isHeldAlready(_ subject: String, _ day: String) -> String {
        pick(
            "\(subject) is held for this reason already, since \(day): nothing was recorded.",
            "\(subject) sudah ditangguhkan dengan alasan ini sejak \(day): tidak ada yang dicatat.")
    }

    /// Another hold of the same person.
    package func heldToo(_ line: String) -> String {
        pick("It is also held ", "Juga ditangguhkan ") + line
    }

    package func stillHeld(_ subject: String) -> String {
        pick(
            "The hold is over. \(subject) cannot be erased yet:",
            "Penangguhan itu selesai. \(subject) belum dapat dihapus:")
    }

    /// - Parameter holds: as `holdLine` gives them.
    package func whichHold(_ subject: String, _ holds: [String]) -> String {
        let all = holds.joined(separator: "; ")
        return pick(
            "Which hold of \(subject)? It is held \(all). Name one by its reason: --hold \"REASON\"",
            "Penangguhan \(subject) yang mana? Orang itu ditangguhkan \(all). Sebut satu dengan "
                + "alasannya: --hold \"ALASAN\"")
    }

    package func released(_ subject: String) -> String {
        pick("\(subject) can be erased again.", "\(subject) dapat dihapus lagi.")
    }

    package var noHolds: String {
        pick("Nobody is held.", "Tidak ada yang ditangguhkan.")
    }

    package var notHeld: String {
        pick(
            "There is no hold to release; rekam hold list shows all.",
            "Tidak ada penangguhan untuk dilepas; rekam hold list menampilkan semua.")
    }

    /// A line of the list of holds.
    package func hold(_ subject: String, reason: String, by person: String?, _ day: String)
        -> String
    {
        "\(subject)  \(day)" + (person.map { "  \($0)" } ?? "") + "  \(reason)"
    }

    package func retention(_ kind: String, days: Int?) -> String {
        guard let days else {
            return pick("\(kind): never due", "\(kind): masa retensinya tidak pernah habis")
        }
        return pick(
            "\(kind): due \(number(days)) days after their last event",
            "\(kind): masa retensinya habis \(number(days)) hari setelah peristiwa terakhirnya")
    }

    package var noRetentions: String {
        pick(
            "Nothing is set: nobody is ever due. Set it: rekam retention set customer 730 --reason WHY",
            "Belum ada yang diatur: masa retensi siapa pun tidak habis. Atur: rekam retention set customer "
                + "730 --reason ALASAN")
    }

    package func nameOut(_ subject: String) -> String {
        pick(
            "The name of \(subject) stands in the log in clear from now on, and can never be erased.",
            "Mulai sekarang nama \(subject) tercatat di log sebagai teks terbuka, dan tidak pernah dapat dihapus."
        )
    }

    // MARK: Correcting

    package func corrected(_ sequence: UInt32) -> String {
        pick(
            "Corrected: entry \(number(sequence)) counts from now on. What stood there before stays in "
                + "the log; its words go with rekam erase.",
            "Dikoreksi: mulai sekarang entri \(number(sequence)) yang berlaku. Yang lama tetap ada di "
                + "log; kata-katanya hilang dengan rekam erase.")
    }

    // MARK: Status

    package var names: String { pick("Names", "Nama") }

    package func vault(bytes: Int, oldBackups: Int) -> String {
        let size = "private.mdb, " + ByteText.text(bytes, language)
        guard oldBackups > 0 else { return size }
        return size
            + pick(
                " · \(number(oldBackups)) backups with names are older than 30 days: take them away",
                " · \(number(oldBackups)) cadangan dengan nama lebih dari 30 hari: hapuslah")
    }

    package var vaultMissing: String {
        pick(
            "private.mdb is missing: persons are shown as tokens, and nobody new can be recorded",
            "private.mdb tidak ada: orang ditampilkan sebagai token, dan orang baru tidak dapat "
                + "dicatat")
    }

    // MARK: Verification

    package var persons: String { pick("Persons", "Orang") }

    package func commitments(
        names: (held: Int, erased: Int), subjects: (held: Int, erased: Int),
        texts: (held: Int, erased: Int), unreferenced: Int, isCutOff: Bool
    ) -> String {
        func part(
            _ count: (held: Int, erased: Int), _ one: String, _ indonesian: String
        ) -> String {
            number(count.held) + " " + pick(count.held == 1 ? one : one + "s", indonesian)
                + (count.erased > 0
                    ? pick(
                        " (and \(number(count.erased)) erased)",
                        " (dan \(number(count.erased)) dihapus)") : "")
        }
        let parts = [
            part(names, "name", "nama"), part(subjects, "case", "kasus"),
            part(texts, "text", "teks"),
        ]
        let rest =
            unreferenced == 0 && !isCutOff
            ? ""
            : "; " + unrecorded(unreferenced)
        return parts.joined(separator: ", ")
            + pick(" go with their tokens", " cocok dengan tokennya") + rest
    }

    /// What an append left that never was, or one that is under way.
    package func unrecorded(_ rows: Int) -> String {
        let what =
            rows == 0
            ? pick("an unfinished append", "pencatatan yang belum selesai")
            : pick(
                rows == 1
                    ? "1 row that no entry needs" : "\(number(rows)) rows that no entry needs",
                "\(number(rows)) baris yang tidak dipakai entri mana pun")
        return what
            + pick(
                " in private.mdb; the next command that writes takes it away",
                " di private.mdb; perintah berikutnya yang menulis akan membuangnya")
    }

    package var noVault: String {
        pick(
            "there is no private.mdb: names were not looked at",
            "private.mdb tidak ada: nama tidak diperiksa")
    }

    package func vaultUnreadable(_ reason: String) -> String {
        pick("names were not looked at: \(reason)", "nama tidak diperiksa: \(reason)")
    }
}
