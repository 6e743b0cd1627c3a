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

    /// A name that has no token yet.
    private struct Fresh {
        var name: VaultRows.Name
        var isUsed = false
    }

    private let vault: PersonalVault
    private let salts: Salts
    /// By personal text of the batch: `~` and its token, 44 bytes; the first byte is 0 where it has
    /// none (yet).
    let tokens = Buffer<UInt8>()
    /// By personal text: the fingerprint of these 44 bytes.
    let fingerprints = Buffer<UInt64>()
    /// By personal text: its place in `fresh` and one more; 0 for one that was known.
    private let freshPlaces = Buffer<UInt32>()
    private var fresh: [Fresh] = []
    /// Names seen lately, by their place in `known`: 44 bytes each, and their fingerprints.
    private let cache = TextCache(limitBytes: 16 << 20)
    private let known = Buffer<UInt8>()
    private let knownFingerprints = Buffer<UInt64>()
    /// By known name: the id of its token among the log's names; `TextCache.none` where not known.
    let knownIDs = Buffer<UInt32>()
    /// By personal text of the batch: its place among the known names and one more; 0 for none.
    let knownPlaces = Buffer<UInt32>()
    private var json = ByteWriter(capacity: 1 << 12)
    /// Tells one vault from another that took its place: what is remembered of names then goes.
    private var mark: [UInt64] = []
    /// What the batch adds to the vault.
    private(set) var rows = VaultRows()

    /// `~` and 43 characters.
    static let width = PersonalText.tokenBytes + 1
    /// Names that `known` keeps at most: 11 MB.
    private static let mostKnown = 200_000

    init(vault: PersonalVault, salts: Salts) {
        self.vault = vault
        self.salts = salts
    }

    /// Forgets the batch before, and what another process's erasure may have made untrue.
    func begin(_ input: AppendInput) {
        let count = input.personalCount
        tokens.fill(Sealing.width * count, with: 0)
        fingerprints.fill(count, with: 0)
        freshPlaces.fill(count, with: 0)
        knownPlaces.fill(count, with: 0)
        fresh.removeAll()
        rows = VaultRows()
        let now = vault.mark
        if now != mark || knownFingerprints.count > Sealing.mostKnown {
            cache.clear()
            known.resize(0)
            knownFingerprints.resize(0)
            knownIDs.resize(0)
            mark = now
        }
    }

    /// Whether another vault has taken the place of the one that names were looked up in.
    var isOutdated: Bool { vault.mark != mark }

    /// Begins reading the vault; nil where there is none.
    func beginRead() throws -> VaultReader? { try vault.beginRead() }

    /// Whether a personal text has its token.
    @inline(__always)
    func hasToken(_ place: Int) -> Bool { tokens[Sealing.width * place] != 0 }

    /// Where the 44 bytes of a text begin.
    @inline(__always)
    @unsafe func token(_ place: Int) -> UnsafePointer<UInt8> {
        precondition(place >= 0 && place < fingerprints.count, "no such personal text")
        return unsafe UnsafePointer(tokens.start + Sealing.width * place)
    }

    /// Looks the names of a row up in the cache; of a row read back from an entry, takes its tokens.
    func lookUp(_ row: EventRow, _ input: AppendInput) {
        for place in row.personal {
            let personal = input.personal(place)
            let text = personal.text
            let start = unsafe input.text(Int(text.offset), Int(text.length))
            if input.isSealed {
                precondition(text.length == PersonalText.tokenBytes, "no token in a sealed batch")
                let target = unsafe tokens.start + Sealing.width * place
                unsafe target[0] = PersonalText.mark
                unsafe (target + 1).update(from: start, count: PersonalText.tokenBytes)
                setFingerprint(place)
            } else if personal.kind != .text {
                let found = unsafe cache.find(
                    personal.fingerprint.value, start, Int(text.length))
                if found != TextCache.none { take(known: Int(found), at: place) }
            }
        }
    }

    private func take(known index: Int, at place: Int) {
        knownPlaces[place] = UInt32(index + 1)
        unsafe (tokens.start + Sealing.width * place).update(
            from: known.start + Sealing.width * index, count: Sealing.width)
        fingerprints[place] = knownFingerprints[index]
    }

    private func set(_ token: Token, at place: Int) {
        let target = unsafe tokens.start + Sealing.width * place
        unsafe target[0] = PersonalText.mark
        for (index, byte) in token.encoded.enumerated() { unsafe target[1 + index] = byte }
        setFingerprint(place)
    }

    private func setFingerprint(_ place: Int) {
        let bytes = unsafe Span(
            _unsafeStart: tokens.start + Sealing.width * place, count: Sealing.width)
        fingerprints[place] = Fingerprint(of: bytes).value
    }

    /// Finds the names that the cache lacks in the vault, and makes tokens for those it lacks, too: all
    /// salts are drawn at once.
    ///
    /// - Parameter isKnown: whether the log has a token, given as people see it, `~…`: then such a
    ///   text means that very token.
    func resolveNames(
        _ input: AppendInput, isKnown: (_ marked: Span<UInt8>) throws -> Bool
    ) throws {
        guard !input.isSealed else { return }
        var reader: VaultReader?
        var hasReader = false
        var unknown: [[UInt8]: [Int]] = [:]
        var order: [[UInt8]] = []
        var new: [[UInt8]] = []
        for place in 0..<input.personalCount
        where input.personal(place).kind != .text && !hasToken(place) {
            let bytes = input.copy(input.personal(place).text)
            if unknown[bytes] == nil { order.append(bytes) }
            unknown[bytes, default: []].append(place)
        }
        for bytes in order {
            guard let places = unknown[bytes], let first = places.first else { continue }
            if !hasReader {
                reader = try vault.beginRead()
                hasReader = true
            }
            if let token = Token(marked: bytes.span), try isKnown(bytes.span) {
                for place in places { set(token, at: place) }
            } else if let token = try reader?.token(ofName: bytes.span) {
                for place in places { set(token, at: place) }
                remember(bytes, fingerprint: fingerprints[first], token)
            } else {
                new.append(bytes)
            }
        }
        guard !new.isEmpty else { return }
        let drawn = try salts.bytes(for: new.count)
        for (index, bytes) in new.enumerated() {
            let width = Disclosure.saltBytes
            let salt = drawn.span.extracting(width * index..<width * (index + 1))
            makeToken(of: bytes, salt, at: unknown[bytes] ?? [])
        }
    }

    private func makeToken(of text: [UInt8], _ salt: Span<UInt8>, at places: [Int]) {
        let disclosure = Disclosure(
            salt: salt, key: Disclosure.nameKey.utf8Span.span, text: text.span)
        let token = Token(of: disclosure)
        fresh.append(
            Fresh(name: VaultRows.Name(token: token, disclosure: disclosure, text: text)))
        for place in places {
            set(token, at: place)
            freshPlaces[place] = UInt32(fresh.count)
        }
    }

    /// Keeps a name's token for batches to come.
    private func remember(_ text: [UInt8], fingerprint: UInt64, _ token: Token) {
        let index = knownFingerprints.count
        known.append(PersonalText.mark)
        for byte in token.encoded { known.append(byte) }
        knownFingerprints.append(fingerprint)
        knownIDs.append(TextCache.none)
        cache.insert(Fingerprint(of: text.span).value, text.span, id: UInt32(index))
    }

    /// Makes the tokens of the accepted rows' texts, and gathers what the vault needs for them.
    ///
    /// - Parameter first: the sequence of the first accepted row.
    func sealTexts(
        _ input: AppendInput, accepted: Buffer<UInt32>, first: UInt32
    ) throws {
        guard !input.isSealed else { return }
        var texts: [(place: Int, sequence: UInt32, number: Int)] = []
        for index in 0..<accepted.count {
            let row = input.row(Int(accepted[index]))
            var numbers = TextNumbers()
            for place in row.personal {
                let personal = input.personal(place)
                if personal.kind == .text {
                    texts.append((place, first + UInt32(index), numbers.next(personal)))
                } else if freshPlaces[place] > 0 {
                    fresh[Int(freshPlaces[place]) - 1].isUsed = true
                }
            }
        }
        rows.names = fresh.filter(\.isUsed).map(\.name)
        guard !texts.isEmpty else { return }
        let salt = try salts.bytes(for: texts.count)
        rows.texts.reserveCapacity(texts.count)
        for (index, text) in texts.enumerated() {
            let personal = input.personal(text.place)
            let width = Disclosure.saltBytes
            let start = rows.encoded.count
            let target = unsafe tokens.start + Sealing.width * text.place
            unsafe target[0] = PersonalText.mark
            unsafe input.withSpans(personal.key, personal.text) { key, content in
                unsafe Disclosure.write(
                    salt: salt.span.extracting(width * index..<width * (index + 1)), key: key,
                    text: content, isNumber: personal.isNumber, json: &json,
                    encoded: &rows.encoded, token: target + 1)
            }
            if personal.pair == PersonalText.noPair {
                rows.texts.append(
                    .init(
                        sequence: text.sequence, place: text.number,
                        encoded: start..<rows.encoded.count))
            } else {
                setFingerprint(text.place)
                let disclosure = Disclosure(encoded: Array(rows.encoded[start...]))
                rows.names.append(
                    .init(token: Token(of: disclosure), disclosure: disclosure, text: nil))
                rows.encoded.removeLast(rows.encoded.count - start)
            }
        }
    }

    /// Puts what the batch needs into the vault; before the log commits.
    func commit(from base: UInt32) throws {
        guard !rows.isEmpty else { return }
        try vault.write(rows, from: base)
        for name in fresh where name.isUsed {
            guard let text = name.name.text else { continue }
            let marked = Array(name.name.token.marked.utf8)
            remember(text, fingerprint: Fingerprint(of: marked.span).value, name.name.token)
        }
        fresh.removeAll()
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
