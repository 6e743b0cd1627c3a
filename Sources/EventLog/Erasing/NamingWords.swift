internal import EventModel
internal import LMDB
internal import Vault

/// The words of a text that stays in clear for ever, such as a reason: whether one of them is a word of
/// somebody's name, so that it would outlast an erasure.
///
/// A word has three letters or more. Cases, accents and widths don't matter, nor whether `ü` is written
/// `ue` or `u` and `ß` as `ss`; words that are written together (`JuergenMuller`, `budi_pratama`) count
/// each, and together. Words of grammar, of dates and of this trade are nobody's but whose the text is about.
package struct NamingWords: Sendable {
    private var words: Set<String> = []

    /// Fewer letters tell of nobody.
    private static let least = 3
    /// So many parts of a piece are put together, at most.
    private static let mostParts = 6

    /// The words of a text.
    package init(_ text: String) {
        for piece in Self.pieces(of: text) {
            for start in piece.indices {
                var joined = ""
                for part in piece[start...].prefix(Self.mostParts) {
                    joined += part.folded
                    words.insert(joined)
                }
            }
        }
    }

    /// Whether a word of a name is among them, or some of its words written together.
    ///
    /// - Parameter isMeant: whether the text is about whoever is called so: then every word counts but
    ///   particles. Of others, a word that anybody may say is none, nor are letters beside a digit, since
    ///   `desk7` is an id.
    package func name(_ name: some StringProtocol, isMeant: Bool = false) -> Bool {
        let pieces = Self.pieces(of: name.prefix { $0 != "@" })
            .map { $0.filter { isMeant || !$0.isBesideDigit } }
        func tells(_ part: Part) -> Bool { isMeant ? part.isWord : part.isTelling }
        // What stands without a blank is a word as well: `Nu'man`.
        for piece in pieces where piece.count > 1 {
            let whole = piece.map(\.folded).joined()
            if whole.count >= Self.least, !Self.common.contains(whole), words.contains(whole) {
                return true
            }
        }
        let parts = pieces.joined().map { $0 }
        guard parts.contains(where: tells) else { return false }
        if parts.contains(where: { tells($0) && words.contains($0.folded) }) { return true }
        for start in parts.indices {
            var joined = parts[start].folded
            var isTold = tells(parts[start])
            for end in parts.indices where end > start {
                joined += parts[end].folded
                isTold = isTold || tells(parts[end])
                if isTold, words.contains(joined) { return true }
                // Any two, in either order.
                let two = [parts[start], parts[end]]
                guard two.contains(where: tells), two.allSatisfy({ $0.folded.count > 1 }) else {
                    continue
                }
                if words.contains(two[0].folded + two[1].folded)
                    || words.contains(two[1].folded + two[0].folded)
                {
                    return true
                }
            }
        }
        return false
    }

    // MARK: Words

    /// Letters with nothing between them.
    private struct Part {
        var folded: String
        var isBesideDigit: Bool
        /// Whether it is long enough and no particle.
        var isWord: Bool
        /// Whether it is none of the words that anybody may say, either.
        var isTelling: Bool
    }

    /// What blanks part, and in it what signs, digits and capitals do.
    private static func pieces(of text: some StringProtocol) -> [[Part]] {
        var pieces: [[Part]] = [[]]
        var letters: [Character] = []
        var isBesideDigit = false
        func end(atDigit: Bool = false) {
            if !letters.isEmpty {
                pieces[pieces.count - 1].append(
                    part(letters, isBesideDigit: isBesideDigit || atDigit))
            }
            letters.removeAll(keepingCapacity: true)
            isBesideDigit = atDigit
        }
        for character in text {
            if character.isLetter {
                if let last = letters.last, character.isUppercase, last.isLowercase { end() }
                // `OBrien`
                if letters.count > 1, character.isLowercase, letters[letters.count - 1].isUppercase,
                    letters[letters.count - 2].isUppercase
                {
                    let first = letters.removeLast()
                    end()
                    letters.append(first)
                }
                letters.append(character)
            } else if character.isNumber {
                end(atDigit: true)
            } else if character.isWhitespace {
                end()
                pieces.append([])
            } else if character.unicodeScalars.contains(where: {
                $0.properties.generalCategory != .format
            }) {
                end()
            }
        }
        end()
        return pieces.filter { !$0.isEmpty }
    }

    private static func part(_ letters: [Character], isBesideDigit: Bool) -> Part {
        let folded = folded(String(letters))
        let isWord = letters.count >= least && !particles.contains(folded)
        return Part(
            folded: folded, isBesideDigit: isBesideDigit, isWord: isWord,
            isTelling: isWord && !common.contains(folded))
    }

    /// A word with what is written in two ways in one: `müller`, `mueller` and `muller`.
    private static func folded(_ word: String) -> String {
        var found = ""
        var last: Unicode.Scalar?
        for scalar in SpeltNames.folded(SpeltNames.spelledOut(word)) {
            switch (last, scalar) {
            case ("a", "e"), ("o", "e"), ("u", "e"), ("s", "s"), ("a", "a"): break
            default: found.unicodeScalars.append(scalar)
            }
            last = scalar
        }
        return found
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(separator: " ").map { folded(String($0)) })
    }

    /// Words that stand in many names and tell of none, and the shortest of all grammar.
    private static let particles = words(
        """
        the and for der die das den dem des ein eine und von vom zum zur bin bint ibn binti del los las \
        les van ter ten dos san yang dan
        """)

    /// Words that tell of nobody whom the text is not about, though some are called so: of grammar, of
    /// dates and hours, and those in which this program and its keepers speak of what they do.
    private static let common = words(
        """
        not are was were has had have been this that these those with without from into \
        onto over under after before between but nor yet can may might will shall should would could \
        must does did done its his her him she they them their our you your who whom whose what when \
        where why how all any some none one two three four five six seven eight nine ten per via new \
        old own same other more most less few many much only also again once since until while than \
        then there here out off due day days week weeks month months year years hour hours minute \
        minutes today yesterday tomorrow january february march april may june july august september \
        october november december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday \
        wednesday thursday friday saturday sunday mon tue wed thu fri sat sun spring summer autumn \
        winter man men woman person persons people name names case cases ticket tickets team teams \
        desk agent agents customer customers respondent respondents user users client clients company \
        guest guests admin test demo office shop store group data import imported file files entry \
        entries event events log logs record recorded recording policy retention hold holds text texts \
        asked ask request requested letter mail email call called phone chat message court lawsuit law \
        legal wrong right error mistake twice double duplicate correct corrected correction change \
        changed close closed open opened reopened late erase erased erasure delete deleted consent \
        withdrawn left gone ended chosen calendar rekam key keys lost rotated period audit sample \
        figure figures target targets definition definitions version replaced \
        atau dari untuk dengan tanpa pada oleh dalam luar atas bawah sudah belum akan telah \
        tidak bukan ada ini itu dia ia kami kita mereka anda saya apa siapa kapan mana karena sebab \
        agar bila jika maka juga lagi saja hanya lebih kurang baru lama satu dua tiga empat lima enam \
        tujuh delapan sembilan sepuluh kali hari minggu pekan bulan tahun jam menit kemarin besok \
        sekarang januari februari maret mei juni juli agustus oktober desember senin selasa rabu kamis \
        jumat sabtu ahad orang nama kasus tiket tim agen pelanggan responden pengguna perusahaan \
        kantor toko berkas entri peristiwa catatan dicatat surat permintaan diminta minta telepon \
        pesan salah benar ganda dua kali koreksi perbaikan berubah tutup buka ditutup dibuka telat \
        hapus dihapus penghapusan selesai habis masa retensi hukum perkara pengadilan kebijakan kunci \
        hilang periode audit angka sasaran definisi versi diganti
        """)
}

extension LogView {
    /// Whether a word of a text is one of a name that the vault knows and that was not published on
    /// purpose. Where there is no vault, nothing can be told.
    ///
    /// - Complexity: O(names).
    package func namesSomebody(_ text: String) throws -> Bool {
        let words = NamingWords(text)
        guard let reader = try persons.vaultReader() else { return false }
        var published: Set<[UInt8]>?
        var isFound = false
        try reader.forEachStoredName { name in
            guard !isFound, words.name(String(decoding: name.copyBytes(), as: UTF8.self)) else {
                return
            }
            let known = try published ?? personActs().publishedNames
            published = known
            isFound = !known.contains(name.copyBytes())
        }
        return isFound
    }
}
