import EventModel
import LMDB
import Vault

/// How the commitments of a log and the rows of its vault go together.
public struct PersonCensus: Hashable, Sendable {
    /// Commitments of one sort.
    public struct Count: Hashable, Sendable {
        /// Explained by the vault.
        public var held = 0
        /// Erased, each by an entry or by a line of the file beside the store.
        public var erased = 0

        /// None yet.
        public init() {}

        mutating func add(_ other: Count) {
            held += other.held
            erased += other.erased
        }
    }

    /// Whether the vault could be looked at.
    public enum Vault: Hashable, Sendable {
        /// It was.
        case looked
        /// There is none: names were not looked at.
        case absent
        /// It cannot be opened: names were not looked at.
        case unreadable(String)
    }

    /// Whether the vault could be looked at.
    public var vault = Vault.looked
    /// Names in fields, each once.
    public var names = Count()
    /// Cases of persons, each once.
    public var subjects = Count()
    /// Texts, every one.
    public var texts = Count()
    /// Rows of the vault that no entry refers to: what a crash left, no fault.
    public var unreferenced = 0
    /// Whether an append was cut off while it wrote the vault, or is under way: there may be more of it
    /// in the file than rows.
    public var isCutOff = false

    /// Nothing counted yet.
    public init() {}
}

/// What was erased, as far as entries, the file beside the store and a note of an erasure under way
/// tell: looked up when the first commitment is met that nothing explains.
final class ErasedTokens: Sendable {
    private let store: LogStore
    private let known = Guarded<Sets?>(nil)

    private struct Sets: Sendable {
        var erasures: [Erasure]
        var names: Set<Token> = []
        var texts: Set<Token> = []
    }

    init(_ store: LogStore) { self.store = store }

    private func sets() throws -> Sets {
        if let sets = known.withLock({ $0 }) { return sets }
        // The log as it is now: an erasure may have come since the verification began.
        var erasures = try store.read { try $0.erasures() }
        erasures += try store.erasuresOutside()
        if let underWay = try store.erasureUnderWay() { erasures.append(underWay) }
        var sets = Sets(erasures: erasures)
        for erasure in erasures {
            sets.names.formUnion(erasure.names)
            for tokens in erasure.texts.values { sets.texts.formUnion(tokens) }
        }
        let found = sets
        known.withLock { $0 = found }
        return found
    }

    /// Whether a name was erased.
    func hasName(_ token: Token) throws -> Bool { try sets().names.contains(token) }

    /// Whether a text was erased.
    func hasText(_ token: Token) throws -> Bool { try sets().texts.contains(token) }

    /// All erasures that are known.
    func erasures() throws -> [Erasure] { try sets().erasures }
}

/// The ids of a dictionary that some column uses for names of persons, or for their texts.
struct MarkedNames: Sendable {
    private(set) var names: [UInt64]
    private(set) var others: Set<Token> = []

    init(count: Int) { names = Array(repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ id: Int64) {
        guard id >= 0, id / 64 < names.count else { return }
        names[Int(id / 64)] |= 1 << UInt64(id % 64)
    }

    /// A name that has no column.
    mutating func insert(_ token: Token) { others.insert(token) }

    func contains(_ id: UInt32) -> Bool { names[Int(id / 64)] >> UInt64(id % 64) & 1 == 1 }

    mutating func formUnion(_ other: MarkedNames) {
        for place in names.indices { names[place] |= other.names[place] }
        others.formUnion(other.others)
    }
}

/// What entries say of persons, as one thread or all together met it.
struct PersonTally: Sendable {
    /// Names that columns and other fields hold.
    var names: MarkedNames
    /// Texts that have a column.
    var columnTexts: MarkedNames
    /// Texts by what became of them.
    var texts = PersonCensus.Count()
    /// Those that are held in rows of their own.
    var rows = 0

    init(nameCount: UInt32) {
        names = MarkedNames(count: Int(nameCount))
        columnTexts = names
    }

    mutating func add(_ other: PersonTally) {
        names.formUnion(other.names)
        columnTexts.formUnion(other.columnTexts)
        texts.add(other.texts)
        rows += other.rows
    }
}

extension VerificationRun {
    /// Whether the vault can be looked at, before anything relies on it.
    func lookAtVault() throws -> PersonCensus.Vault {
        guard store.vault.isThere else { return .absent }
        do {
            if try store.vault.beginRead() != nil { return .looked }
            return store.vault.isRefused
                ? .unreadable("this user may not read private.mdb") : .absent
        } catch let fault as VaultFault {
            return .unreadable(fault.description)
        } catch let error as LMDBError {
            return .unreadable(error.description)
        }
    }

    /// Compares every text of an entry with its row.
    func checkTexts(
        of event: EventRow, _ sequence: Int, _ batch: EventBatch, _ vault: VaultReader,
        _ tally: inout PersonTally
    ) throws {
        var numbers = TextNumbers()
        for place in event.personal {
            let personal = batch.personal[place]
            if personal.kind == .name, personal.pair == PersonalText.noPair {
                guard let token = Token(batch.bytes.span.extracting(personal.text.indices)) else {
                    continue
                }
                tally.names.insert(token)
            }
            guard personal.kind == .text else { continue }
            let number = numbers.next(personal)
            let isText = personal.pair == PersonalText.noPair
            guard let token = Token(batch.bytes.span.extracting(personal.text.indices)) else {
                throw LogDifference(
                    table: "bundles", key: String(sequence / 256), sequence: UInt32(sequence),
                    problem: "\"\(batch.text(personal.key))\" holds no token")
            }
            let found =
                isText
                ? try vault.disclosure(sequence: UInt32(sequence), place: number)
                : try vault.disclosure(of: token)
            // What another entry left under this place explains nothing here.
            if let found, Token(of: found) == token {
                tally.texts.held += 1
                if isText { tally.rows += 1 }
            } else if try erased.hasText(token) {
                tally.texts.erased += 1
            } else {
                throw LogDifference(
                    table: isText ? "private.mdb texts" : "private.mdb tokens",
                    key: isText ? "\(sequence)/\(number)" : token.marked,
                    sequence: UInt32(sequence),
                    problem: "what \"\(batch.text(personal.key))\" commits to is "
                        + (found == nil ? "missing, and no erasure tells why" : "another text"))
            }
        }
    }

    /// Compares every name and every case of a person with its row, and counts rows that nothing
    /// refers to.
    func checkPersons() throws {
        guard census.withLock({ $0.vault }) == .looked else { return }
        switch try store.vaultMismatch() {
        case .older:
            throw LogDifference(
                table: "private.mdb registry", key: "rows",
                problem: "it is older than the log, or of a copy that went on apart")
        case .some(let mismatch):
            throw LogDifference(
                table: "private.mdb registry", key: "digest_key",
                problem: mismatch == .noKey
                    ? "the key of digests is missing" : "the key of digests is another store's")
        case nil: break
        }
        var looking = NameLooking(self)
        let tally = self.tally.withLock { $0 }
        try store.read { view in
            // Where it went meanwhile there is nothing to compare with.
            guard let vault = try view.persons.vaultReader() else { return }
            for id in LogState.firstName..<max(LogState.firstName, state.nameCount) {
                let isName = tally.names.contains(id)
                guard isName || tally.columnTexts.contains(id) else { continue }
                let text = try view.tables.names.text(id, in: view.transaction)
                guard let token = Token(marked: text.utf8Span.span) else { continue }
                if isName {
                    try looking.look(token, "names \(id)", isSubject: false, vault)
                } else {
                    looking.referenced.insert(token)
                    looking.texts.insert(token)
                }
            }
            for token in tally.names.others where !looking.referenced.contains(token) {
                try looking.look(token, "a field", isSubject: false, vault)
            }
            for id in 0..<state.caseCount {
                let text = try view.tables.cases.text(id, in: view.transaction)
                guard let slash = text.utf8.firstIndex(of: 0x2F),
                    types.personalKinds.contains(String(text[..<slash])),
                    let token = Token(
                        String(text[text.utf8.index(after: slash)...]).utf8Span.span)
                else { continue }
                try looking.look(token, "cases \(id)", isSubject: true, vault)
            }
            try looking.checkNames(vault)
            try looking.count(vault, heldRows: tally.rows)
        }
        try checkReturned()
        // Last, since what is wrong with a person's row says more.
        if let problem = try store.vault.layoutProblem(notes: [LogStore.erasing]) {
            throw LogDifference(
                table: "private.mdb \(problem.table)", key: problem.key, problem: problem.reason)
        }
        census.withLock { [looking] census in
            census.texts = tally.texts
            census.names = looking.names
            census.subjects = looking.subjects
            census.unreferenced = looking.unreferenced
            census.isCutOff = store.vault.isAppending
        }
    }

    /// Names that were erased and are there, while no erasure is under way.
    private func checkReturned() throws {
        let returned = try store.vault.remaining(of: erased.erasures()).count
        guard returned > 0, try store.erasureUnderWay() == nil else { return }
        throw LogDifference(
            table: "private.mdb", key: "",
            problem: "\(returned) names and texts that were erased are there again, as when an "
                + "older vault is put back; take them out with \"rekam erase --again\"")
    }
}

/// The comparing of names with the vault.
private struct NameLooking {
    private let erased: ErasedTokens
    var referenced: Set<Token> = []
    /// Tokens of texts that have a column.
    var texts: Set<Token> = []
    private(set) var names = PersonCensus.Count()
    private(set) var subjects = PersonCensus.Count()
    private(set) var unreferenced = 0

    init(_ run: VerificationRun) { erased = run.erased }

    mutating func look(
        _ token: Token, _ what: String, isSubject: Bool, _ vault: VaultReader
    ) throws {
        referenced.insert(token)
        let found = try vault.disclosure(of: token)
        guard found.map({ Token(of: $0) == token }) ?? true else {
            throw LogDifference(
                table: "private.mdb tokens", key: token.marked,
                problem: "what \(what) commits to is another text")
        }
        let isHeld = found != nil
        if let text = found?.text {
            let back = try vault.token(ofName: text.utf8Span.span)
            guard back == token else {
                throw LogDifference(
                    table: "private.mdb index", key: token.marked,
                    problem: "the row that leads from the name behind \(what) to its token "
                        + (back == nil ? "is missing" : "leads to another one"))
            }
        }
        guard try isHeld || erased.hasName(token) else {
            throw LogDifference(
                table: "private.mdb tokens", key: token.marked,
                problem: "what \(what) commits to is missing, and no erasure tells why")
        }
        var count = PersonCensus.Count()
        if isHeld { count.held = 1 } else { count.erased = 1 }
        if isSubject { subjects.add(count) } else { names.add(count) }
    }

    /// Finds names that lead to what is not theirs: whoever erased one would erase another person.
    func checkNames(_ vault: VaultReader) throws {
        try vault.forEachName { fingerprint, disclosure in
            guard let disclosure, let content = disclosure.content else {
                throw LogDifference(
                    table: "private.mdb index", key: String(fingerprint),
                    problem: "a name leads to a row that explains nothing")
            }
            let token = Token(of: disclosure)
            guard content.key == Disclosure.nameKey, !texts.contains(token),
                Fingerprint(of: content.text.utf8Span.span).value == fingerprint
            else {
                throw LogDifference(
                    table: "private.mdb index", key: token.marked,
                    problem: "a name leads to what is another's")
            }
        }
    }

    mutating func count(_ vault: VaultReader, heldRows: Int) throws {
        unreferenced = max(0, try vault.textCount - heldRows)
        var others = 0
        try vault.forEachToken { token, _ in
            if !referenced.contains(token) { others += 1 }
        }
        unreferenced += others
    }
}
