import EventModel
import LMDB
import Vault

extension LogView {
    /// The text of a name id; "" for 0 (absent) and 1. Of a person's name, what people call it; where
    /// nothing explains its token any more, or tokens are asked for, `~` and the token.
    ///
    /// - Throws: `StoreFault.damaged` where there is no such id: what named it is not sound.
    /// - Complexity: O(log names).
    public func name(_ id: UInt32) throws -> String {
        try persons.reveal(name: text(id, of: tables.names, count: state.nameCount))
    }

    /// The id of a name; nil when no entry has it. One that both a person and something else have is
    /// the other one's: see `nameIDs`.
    ///
    /// - Complexity: O(log names · runs).
    public func nameID(_ text: String) throws -> UInt32? { try nameIDs(text).first }

    /// The ids of a name: as it stands, and as a person's.
    ///
    /// - Complexity: O(log names · runs).
    public func nameIDs(_ text: String) throws -> [UInt32] {
        if text.isEmpty { return [1] }
        var found: [UInt32] = []
        if let id = try tables.names.id(of: text, in: transaction) { found.append(id) }
        if let token = try persons.token(of: text),
            let id = try tables.names.id(of: token.marked, in: transaction)
        {
            found.append(id)
        }
        return found
    }

    /// A person's name as what is signed has it: `~` and its token; nil where no person has the name.
    package func tokenMarked(of name: String) throws -> String? {
        try persons.token(of: name)?.marked
    }

    /// The subject of a case; a person's name as `name` gives it.
    ///
    /// - Throws: `StoreFault.damaged` where there is no such case: what named it is not sound.
    /// - Complexity: O(log cases).
    public func subject(ofCase id: UInt32) throws -> String {
        try persons.reveal(subject: text(id, of: tables.cases, count: state.caseCount))
    }

    /// The kind of a case: its subject up to the slash, which is never a person's.
    func kind(ofCase id: UInt32) throws -> String {
        String(try text(id, of: tables.cases, count: state.caseCount).prefix { $0 != "/" })
    }

    /// A case's kind and name where it is a person's who may be known.
    func person(ofCase id: UInt32) throws -> (kind: String, name: String)? {
        let sealed = try text(id, of: tables.cases, count: state.caseCount)
        guard let slash = sealed.utf8.firstIndex(of: 0x2F) else { return nil }
        let kind = String(sealed[..<slash])
        guard types.personalKinds.contains(kind), !EventTypes.anonymousKinds.contains(kind) else {
            return nil
        }
        let subject = try persons.reveal(subject: sealed)
        return (kind, String(subject[subject.utf8.index(after: slash)...]))
    }

    private func text(_ id: UInt32, of texts: TextTables, count: UInt32) throws -> String {
        guard id < count else {
            throw StoreFault.damaged(
                path: texts.ends.path, table: texts.ends.table.name, key: String(id),
                reason: "a stored id is past the last text")
        }
        return try texts.text(id, in: transaction)
    }

    /// The id of a case; nil when the log has no event of it. A person may be named as people know it,
    /// or by `~` and the token.
    ///
    /// - Complexity: O(log cases · runs).
    public func caseID(_ subject: String) throws -> UInt32? {
        guard let sealed = try persons.seal(subject: subject) else { return nil }
        return try tables.cases.id(of: sealed, in: transaction)
    }

    /// An entry's event with the texts that its tokens stand for, as canonical JSON; where nothing
    /// explains a token it stands there itself. With `--tokens` the entry as it is.
    ///
    /// - Throws: `StoreFault.damaged` beyond the log's end, or where the entry is no event.
    public func revealedEntry(_ sequence: UInt32) throws -> [UInt8] {
        try shownEntry(sequence).bytes
    }

    /// The same, and whether tokens are left in it that nobody asked for: nothing explains them.
    package func shownEntry(
        _ sequence: UInt32
    ) throws -> (bytes: [UInt8], isExplained: Bool) {
        guard let reader = try persons.reader() else {
            var hasTokens = false
            if !store.showsTokens {
                try forEachPersonal(ofEntry: sequence) { _, _, _ in hasTokens = true }
            }
            return (try withEntry(sequence) { $0.copyBytes() }, !hasTokens)
        }
        return try withEntry(sequence) { entry in
            do {
                let shown = try RevealedEntry(entry, sequence, reader, persons.revealing)
                return (shown.bytes, shown.erased.isEmpty)
            } catch let rejection as Rejection {
                throw damage("bundles", sequence, "the entry is no event: \(rejection.problem)")
            }
        }
    }

    /// What an entry says, with the texts that its tokens stand for, whatever is shown: for comparing it
    /// with what a source says.
    ///
    /// - Throws: `StoreFault.damaged` beyond the log's end, or where the entry is no event.
    package func content(of sequence: UInt32) throws -> EventContent {
        try withEntry(sequence) { entry in
            do {
                return try RevealedEntry(entry, sequence, persons.vaultReader(), persons.revealing)
                    .content
            } catch let rejection as Rejection {
                throw damage("bundles", sequence, "the entry is no event: \(rejection.problem)")
            }
        }
    }

    /// What an entry says as it is shown: with tokens in place of persons where these are asked for.
    ///
    /// - Throws: as `content(of:)`.
    package func shownContent(of sequence: UInt32) throws -> EventContent {
        try EventContent(json: revealedEntry(sequence))
    }
}

/// What explains tokens in one view of the log: the vault is opened when the first one is met.
final class PersonReader {
    private(set) lazy var revealing = Revealing(types: types)
    private let types: EventTypes
    private let vault: PersonalVault
    private let showsTokens: Bool
    private let kinds: Set<String>
    private var opened: VaultReader?
    private var isOpened = false

    init(_ vault: PersonalVault, showsTokens: Bool, types: EventTypes) {
        self.vault = vault
        self.showsTokens = showsTokens
        kinds = types.personalKinds
        self.types = types
    }

    /// The vault, where it is there and names are to be shown.
    func reader() throws -> VaultReader? { showsTokens ? nil : try open() }

    /// The vault, where it is there, whatever is shown.
    func vaultReader() throws -> VaultReader? { try open() }

    private func open() throws -> VaultReader? {
        if !isOpened {
            opened = try vault.beginRead()
            isOpened = true
        }
        return opened
    }

    /// A name of the dictionary as it is shown.
    func reveal(name text: String) throws -> String {
        guard text.utf8.first == PersonalText.mark, let token = Token(marked: text.utf8Span.span),
            let found = try reader()?.disclosure(of: token)
        else { return text }
        return found.text ?? text
    }

    /// A subject of the dictionary as it is shown.
    func reveal(subject text: String) throws -> String {
        guard let slash = text.utf8.firstIndex(of: 0x2F), kinds.contains(String(text[..<slash]))
        else { return text }
        let name = "~" + text[text.index(after: slash)...]
        return try String(text[...slash]) + reveal(name: name)
    }

    /// A subject as the dictionary has it; nil where no person has this name.
    func seal(subject text: String) throws -> String? {
        guard let slash = text.utf8.firstIndex(of: 0x2F), kinds.contains(String(text[..<slash]))
        else { return text }
        let name = String(text[text.index(after: slash)...])
        guard let token = try token(of: name) else { return nil }
        return String(text[...slash]) + token.marked.dropFirst()
    }

    /// The token of a person's name, given as people know it or as `~` and the token itself.
    func token(of name: String) throws -> Token? {
        if let token = Token(marked: name.utf8Span.span) { return token }
        return try open()?.token(ofName: name.utf8Span.span)
    }
}
