internal import Dispatch
import EventModel
import LMDB
import Vault

/// Gives the personal texts of a batch their tokens: names share one a text, everything else said of
/// somebody gets one of its own.
///
/// Tokens of new names, and of texts, are made before it is known which rows the log takes; only
/// those that an accepted row holds are kept.
@safe final class Sealing: @unchecked Sendable {
    // Sendable because the appender separates the reading of each batch from the writing.

    /// A name that the cache did not have when the batch began.
    private struct Entry {
        /// Where its text lies in `newTexts`.
        var text: Range<Int>
        /// Its row of the vault, where it has none there yet.
        var row: VaultRows.Name?
        /// Whether an accepted row holds it.
        var isUsed = false
        /// Whether it is found by its text from now on.
        var isName = true
    }

    private let vault: PersonalVault
    private let salts: Salts
    /// Tokens as the log's dictionaries have them, `~` and 43 characters each: of names seen lately, then
    /// those that came up with the batch.
    private let tokens = Buffer<UInt8>()
    /// By token: the fingerprint of these 44 bytes, and its id among the log's names, where known.
    private let fingerprints = Buffer<UInt64>()
    private let ids = Buffer<UInt32>()
    /// By personal text of the batch: the place of its token and one more; 0 where it has none (yet).
    private let places = Buffer<UInt32>()
    /// Places of tokens by name, and how many have one.
    private let cache = TextCache(limitBytes: 16 << 20)
    private var knownCount = 0
    /// Those that came up with the batch; their tokens follow the known ones.
    private var entries: [Entry] = []
    private var newTexts: [UInt8] = []
    private let pending = PendingTexts()
    private var json = ByteWriter(capacity: 1 << 12)
    /// Tells one vault from another that took its place: what is remembered of names then goes.
    private var mark: [UInt64] = []
    /// What the batch adds to the vault.
    private var rows = VaultRows()
    /// The writing of the vault, beside everything else that an append does.
    private let queue = DispatchQueue(label: "rekam.vault")
    private let writing = DispatchGroup()
    private let handed = Guarded(Handed())

    /// What goes to the thread that writes the vault, and comes back from it.
    private struct Handed: Sendable {
        var rows = VaultRows()
        var failure: (any Error)?
    }

    /// What the accepted rows' entries are salted with, and by accepted row its place there and one
    /// more; empty where none is.
    private let entrySalts = Buffer<UInt8>()
    private let saltPlaces = Buffer<UInt32>()

    /// `~` and 43 characters.
    static let width = PersonalText.tokenBytes + 1
    /// Names that are remembered at most: 11 MB.
    private static let mostKnown = 200_000

    init(vault: PersonalVault, salts: Salts) {
        self.vault = vault
        self.salts = salts
    }

    /// Begins to put what the batch needs into the vault, on a thread of its own: `commit` waits for it.
    ///
    /// - Returns: how far the vault is written then; nil where the batch needs nothing of it.
    func beginCommit() throws -> VaultStand? {
        guard !rows.isEmpty else { return nil }
        guard let before = try vault.beginRead()?.stand else {
            throw VaultFault.missing(path: vault.folder)
        }
        try vault.beginAppending()
        let rows = rows
        self.rows = VaultRows()
        handed.withLock { $0 = Handed(rows: rows) }
        queue.async(group: writing) { [self] in
            do {
                try vault.write(handed.withLock { $0.rows })
            } catch {
                handed.withLock { $0.failure = error }
            }
        }
        return before.adding(rows)
    }

    /// Waits until nothing is written to the vault any more.
    func wait() { writing.wait() }

    /// Forgets the batch before, and what another process's erasure may have made untrue.
    func begin(_ input: AppendInput) {
        places.fill(input.personalCount, with: 0)
        entries.removeAll(keepingCapacity: true)
        newTexts.removeAll(keepingCapacity: true)
        rows.removeAll()
        let now = vault.mark
        if now != mark || knownCount > Sealing.mostKnown {
            forget()
            mark = now
        }
        // Of a batch read back from entries, each text brings its token.
        resize(knownCount + (input.isSealed ? input.personalCount : 0))
    }

    private func resize(_ count: Int) {
        tokens.resize(Sealing.width * count)
        fingerprints.resize(count)
        ids.resize(count)
    }

    /// Whether another vault has taken the place of the one that names were looked up in.
    var isOutdated: Bool { vault.mark != mark }

    /// Begins reading the vault; nil where there is none.
    func beginRead() throws -> VaultReader? { try vault.beginRead() }

    /// Whether a personal text has its token.
    @inline(__always)
    func hasToken(_ place: Int) -> Bool { places[place] != 0 }

    /// Where the 44 bytes of a text's token begin.
    @inline(__always)
    @unsafe func token(_ place: Int) -> UnsafePointer<UInt8> {
        let at = Int(places[place]) - 1
        precondition(at >= 0 && at < fingerprints.count, "a personal text without its token")
        return unsafe UnsafePointer(tokens.start + Sealing.width * at)
    }

    /// The fingerprint of these bytes.
    func fingerprint(_ place: Int) -> UInt64 { fingerprints[Int(places[place]) - 1] }

    /// The id of a text's token among the log's names; `TextCache.none` where not known.
    @inline(__always)
    func nameID(_ place: Int) -> UInt32 {
        let at = Int(places[place])
        return at == 0 ? TextCache.none : ids[at - 1]
    }

    /// Notes the id of a text's token among the log's names.
    func note(nameID: UInt32, _ place: Int) { ids[Int(places[place]) - 1] = nameID }

    /// Forgets every name: what a batch that failed noted of their ids was never committed.
    func forget() {
        cache.clear()
        knownCount = 0
    }

    /// Looks a name up in the cache; of a text read back from an entry, takes the token.
    ///
    /// - Returns: whether its token is at hand.
    @inline(__always)
    func lookUp(_ place: Int, _ input: AppendInput) -> Bool {
        let personal = input.personal(place)
        let text = personal.text
        let start = unsafe input.text(Int(text.offset), Int(text.length))
        if input.isSealed {
            precondition(text.length == PersonalText.tokenBytes, "no token in a sealed batch")
            let at = knownCount + place
            let target = unsafe tokens.start + Sealing.width * at
            unsafe target[0] = PersonalText.mark
            unsafe (target + 1).update(from: start, count: PersonalText.tokenBytes)
            places[place] = UInt32(at + 1)
            ids[at] = TextCache.none
            setFingerprint(at)
            return true
        }
        if personal.kind == .text { return false }
        let found = unsafe cache.find(personal.fingerprint.value, start, Int(text.length))
        if found == TextCache.none { return false }
        places[place] = found + 1
        return true
    }

    private func setFingerprint(_ at: Int) {
        let bytes = unsafe Span(
            _unsafeStart: tokens.start + Sealing.width * at, count: Sealing.width)
        fingerprints[at] = Fingerprint(of: bytes).value
    }

    /// Puts a token behind the others and returns its place.
    private func add(_ token: Token, hasColumn: Bool) -> Int {
        let at = ids.count
        resize(at + 1)
        unsafe token.write(marked: tokens.start + Sealing.width * at)
        ids[at] = TextCache.none
        if hasColumn { setFingerprint(at) }
        return at
    }

    /// Finds the names that the cache lacks in the vault, and makes tokens for those it lacks, too: all
    /// salts are drawn at once.
    ///
    /// - Parameters:
    ///   - finds: the batch's personal texts without tokens.
    ///   - isKnown: whether the log has a token, given as people see it, `~…`: then such a text means
    ///     that very token.
    func resolveNames(
        _ input: AppendInput, _ finds: Buffer<Find>,
        isKnown: (_ marked: Span<UInt8>) throws -> Bool
    ) throws {
        var unknown: [(place: Int, pending: Int)] = []
        for index in 0..<finds.count {
            let place = Int(finds[index].place)
            if input.personal(place).kind != .text { unknown.append((place, 0)) }
        }
        guard !unknown.isEmpty else { return }
        pending.reset(capacity: unknown.count)
        for index in unknown.indices {
            let personal = input.personal(unknown[index].place)
            let text = personal.text
            unknown[index].pending = unsafe pending.add(
                personal.fingerprint.value, input.text(Int(text.offset), Int(text.length)),
                Int(text.length))
        }
        try resolvePending(isKnown: isKnown)
        for (place, index) in unknown { places[place] = UInt32(knownCount + index + 1) }
    }

    /// Gives each pending name its token, in their order.
    private func resolvePending(isKnown: (_ marked: Span<UInt8>) throws -> Bool) throws {
        let reader = try vault.beginRead()
        let width = Disclosure.saltBytes
        let salt = try salts.bytes(for: pending.count)
        entries.reserveCapacity(pending.count)
        for index in 0..<pending.count {
            let salt = salt.span.extracting(width * index..<width * (index + 1))
            let token: Token = try pending.withText(index) { text in
                try self.token(ofName: text, salt, reader, isKnown: isKnown)
            }
            _ = add(token, hasColumn: true)
        }
    }

    /// The token of a name that the cache lacks; it becomes the next entry.
    private func token(
        ofName text: Span<UInt8>, _ salt: Span<UInt8>, _ reader: VaultReader?,
        isKnown: (_ marked: Span<UInt8>) throws -> Bool
    ) throws -> Token {
        let start = newTexts.count
        newTexts.append(copying: text)
        var entry = Entry(text: start..<newTexts.count)
        defer { entries.append(entry) }
        if let marked = Token(marked: text), try isKnown(text) {
            entry.isName = false
            return marked
        }
        let name = Fingerprint(of: text).value
        if let found = try reader?.token(ofName: text, name) { return found }
        let from = rows.bytes.count
        let token = Disclosure.write(
            salt: salt, key: Disclosure.nameKey.utf8Span.span, text: text, json: &json,
            addingTo: &rows.bytes)
        entry.row = VaultRows.Name(token: token, name: name, disclosure: from..<rows.bytes.count)
        return token
    }

    /// Makes the tokens of the accepted rows' texts, and gathers what the vault needs for them.
    ///
    /// - Parameters:
    ///   - finds: the batch's personal texts that had no token when they were looked up.
    ///   - sequences: by row; `UInt32.max` where it was not accepted.
    func sealTexts(
        _ input: AppendInput, _ finds: Buffer<Find>, sequences: Buffer<UInt32>
    ) throws {
        var texts: [(place: Int, sequence: UInt32, number: Int)] = []
        var numbers = TextNumbers()
        var row: UInt32?
        for index in 0..<finds.count {
            let find = finds[index]
            let sequence = sequences[Int(find.row)]
            guard sequence != .max else { continue }
            if row != find.row { numbers = TextNumbers() }
            row = find.row
            let place = Int(find.place)
            let personal = input.personal(place)
            if personal.kind == .text {
                texts.append((place, sequence, numbers.next(personal)))
            } else {
                entries[Int(places[place]) - knownCount - 1].isUsed = true
            }
        }
        for entry in entries where entry.isUsed {
            if let row = entry.row { rows.names.append(row) }
        }
        guard !texts.isEmpty else { return }
        let salt = try salts.bytes(for: texts.count)
        rows.texts.reserveCapacity(texts.count)
        for (index, text) in texts.enumerated() {
            let personal = input.personal(text.place)
            let width = Disclosure.saltBytes
            let start = rows.bytes.count
            let hasColumn = personal.pair != PersonalText.noPair
            var token: Token?
            unsafe input.withSpans(personal.key, personal.text) { key, content in
                token = Disclosure.write(
                    salt: salt.span.extracting(width * index..<width * (index + 1)), key: key,
                    text: content, isNumber: personal.isNumber, json: &json,
                    addingTo: &rows.bytes)
            }
            guard let token else { continue }
            places[text.place] = UInt32(add(token, hasColumn: hasColumn) + 1)
            let disclosure = start..<rows.bytes.count
            if hasColumn {
                rows.names.append(.init(token: token, name: nil, disclosure: disclosure))
            } else {
                rows.texts.append(
                    .init(sequence: text.sequence, place: text.number, disclosure: disclosure))
            }
        }
    }

    /// Salts the entries of answers: those of people who are not to be known, some of whose entries
    /// hold nothing else that cannot be guessed, and whose hashes are handed out with proofs.
    ///
    /// - Parameters:
    ///   - mayAnswer: by type id, whether its events may be such answers.
    ///   - given: for a batch read back from entries, what these were salted with.
    func saltAnswers(
        _ input: AppendInput, accepted: Buffer<UInt32>, mayAnswer: [Bool], given: [EntrySalt]
    ) throws {
        saltPlaces.resize(0)
        entrySalts.resize(0)
        func place(_ number: Int, at index: Int) {
            if saltPlaces.count == 0 { saltPlaces.fill(accepted.count, with: 0) }
            saltPlaces[index] = UInt32(number + 1)
        }
        if input.isSealed {
            let byRow = Dictionary(given.map { ($0.row, $0.text) }, uniquingKeysWith: { $1 })
            guard !byRow.isEmpty else { return }
            for index in 0..<accepted.count {
                guard let text = byRow[Int(accepted[index])] else { continue }
                precondition(text.count == EntrySalt.length, "a salt has 16 bytes")
                place(entrySalts.count / EntrySalt.length, at: index)
                for byte in text { entrySalts.append(byte) }
            }
            return
        }
        var answers: [Int] = []
        for index in 0..<accepted.count {
            let type = unsafe input.rowStart(Int(accepted[index])).pointee.type
            guard mayAnswer[Int(type)] else { continue }
            if isAnonymous(input.row(Int(accepted[index])), input) { answers.append(index) }
        }
        guard !answers.isEmpty else { return }
        let random = try salts.bytes(for: answers.count)
        entrySalts.resize(EntrySalt.length * answers.count)
        for (number, index) in answers.enumerated() {
            let bytes = random.span.extracting(
                EntrySalt.byteCount * number..<EntrySalt.byteCount * (number + 1))
            unsafe Base64URL.encode(bytes, into: entrySalts.start + EntrySalt.length * number)
            place(number, at: index)
        }
    }

    /// Whether a row's case is somebody who is not to be known.
    private func isAnonymous(_ row: EventRow, _ input: AppendInput) -> Bool {
        let count = Int(row.subject.length)
        let start = unsafe input.text(Int(row.subject.offset), count)
        let subject = unsafe Span(_unsafeStart: start, count: count)
        return Self.anonymous.contains { kind in
            guard count >= kind.count else { return false }
            for index in kind.indices where subject[index] != kind[index] { return false }
            return true
        }
    }

    /// How the cases of such people begin.
    private static let anonymous = EventTypes.anonymousKinds.map { Array(($0 + "/").utf8) }

    /// The salt of an accepted row's entry, 22 characters; nil where it has none.
    @inline(__always)
    @unsafe func salt(_ index: Int) -> UnsafePointer<UInt8>? {
        guard saltPlaces.count > 0, saltPlaces[index] > 0 else { return nil }
        let at = EntrySalt.length * (Int(saltPlaces[index]) - 1)
        precondition(at + EntrySalt.length <= entrySalts.count, "a salt outside the batch")
        return unsafe UnsafePointer(entrySalts.start + at)
    }

    /// Waits until what the batch needs is in the vault, before the log commits; its names are
    /// remembered.
    func commit() throws {
        wait()
        let error = handed.withLock { handed in
            swap(&rows, &handed.rows)
            return handed.failure.take()
        }
        if let error { throw error }
        let first = knownCount
        for (index, entry) in entries.enumerated() where entry.isUsed && entry.isName {
            let at = first + index
            if at > knownCount {
                unsafe (tokens.start + Sealing.width * knownCount).update(
                    from: tokens.start + Sealing.width * at, count: Sealing.width)
                fingerprints[knownCount] = fingerprints[at]
                ids[knownCount] = ids[at]
            }
            let text = newTexts.span.extracting(entry.text)
            cache.insert(Fingerprint(of: text).value, text, id: UInt32(knownCount))
            knownCount += 1
        }
        entries.removeAll(keepingCapacity: true)
    }
}

/// The places of an entry's texts in the vault: those of `data` from 0 on, those of other attributes
/// from 128 on, so that other extensions do not move them.
struct TextNumbers {
    private var ofData = 0
    private var ofAttributes = 128

    /// The place of the next text, in the order in which they stand in the entry.
    mutating func next(_ personal: PersonalText) -> Int {
        if personal.isAttribute {
            ofAttributes += 1
            return ofAttributes - 1
        }
        ofData += 1
        return ofData - 1
    }
}
