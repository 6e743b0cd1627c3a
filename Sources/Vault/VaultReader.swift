internal import EventModel
internal import LMDB

/// A vault as one transaction sees it.
package final class VaultReader {
    let transaction: ReadTransaction
    let tables: VaultTables
    private var knownBlocks: [Key]?
    /// Tokens that were erased, while their rows are still there.
    private let hidden: Set<Token>

    init(
        _ transaction: consuming ReadTransaction, _ tables: VaultTables, hidden: Set<Token> = []
    ) {
        self.transaction = transaction
        self.tables = tables
        self.hidden = hidden
    }

    private func isHidden(_ disclosure: Disclosure) -> Bool {
        !hidden.isEmpty && hidden.contains(Token(of: disclosure))
    }

    /// What explains a token of a name, or of a text with a column; nil where nothing does.
    ///
    /// A row that the index names but whose bytes were changed is handed out where no better one is
    /// there: who verifies sees that it explains another token.
    package func disclosure(of token: Token) throws -> Disclosure? {
        guard !hidden.contains(token) else { return nil }
        var found: Disclosure?
        let rows = try rows(token.indexKey, .tokens)
        for row in rows {
            guard let array = try transaction.copyValue(tables.disclosures, Key(row)) else {
                continue
            }
            let disclosure = Disclosure(array: array)
            if rows.count == 1 || Token(of: disclosure) == token { return disclosure }
            found = found ?? disclosure
        }
        return found
    }

    /// The rows that a key of the index leads to, those of younger blocks last.
    private func rows(_ key: UInt64, _ list: IndexBlock.List) throws -> [UInt32] {
        var rows: [UInt32] = []
        for block in try blocks() {
            let isSound = try transaction.withValue(tables.index, block) { bytes in
                IndexBlock.find(key, list, in: bytes, addingTo: &rows)
            }
            guard isSound == true else {
                throw VaultFault.damaged(path: tables.path, reason: "its index cannot be read")
            }
        }
        return rows
    }

    /// The keys of the index's blocks.
    private func blocks() throws -> [Key] {
        if let known = knownBlocks { return known }
        var blocks: [Key] = []
        var cursor = try transaction.cursor(tables.index)
        while try cursor.move(.next) {
            blocks.append(Key(try cursor.keyNumber(at: 0, as: UInt32.self)))
        }
        knownBlocks = blocks
        return blocks
    }

    /// What explains a text without a column; nil where nothing does.
    package func disclosure(sequence: UInt32, place: Int) throws -> Disclosure? {
        let found = try transaction.copyValue(tables.texts, Key(sequence, UInt32(place))).map {
            Disclosure(array: $0)
        }
        return found.flatMap { isHidden($0) ? nil : $0 }
    }

    /// The token of a name; nil where the name has none.
    package func token(ofName text: Span<UInt8>) throws -> Token? {
        try token(ofName: text, Fingerprint(of: text).value)
    }

    /// The token of a name whose fingerprint is at hand.
    package func token(ofName text: Span<UInt8>, _ fingerprint: UInt64) throws -> Token? {
        for row in try rows(fingerprint, .names) {
            guard let array = try transaction.copyValue(tables.disclosures, Key(row)) else {
                continue
            }
            let disclosure = Disclosure(array: array)
            guard let found = disclosure.text, found.utf8.elementsEqual(text.copyBytes()),
                !isHidden(disclosure)
            else { continue }
            return Token(of: disclosure)
        }
        return nil
    }

    /// The disclosures of names, and of texts that have a column, with their tokens, in the order in
    /// which they came.
    package func forEachToken(_ body: (Token, Disclosure) throws -> Void) throws {
        var cursor = try transaction.cursor(tables.disclosures)
        while try cursor.move(.next) {
            try cursor.withEntry { _, value in
                let disclosure = Disclosure(array: value.copyBytes())
                let token = Token(of: disclosure)
                guard !hidden.contains(token) else { return }
                try body(token, disclosure)
            }
        }
    }

    /// Lends the texts of names, and those that have a column, with their rows, in the order in which they
    /// came; also of rows that are hidden. For looking through many of which nothing is shown.
    package func forEachStoredText(
        _ body: (_ text: Span<UInt8>, _ row: Span<UInt8>) throws -> Void
    ) throws {
        var cursor = try transaction.cursor(tables.disclosures)
        while try cursor.move(.next) {
            try cursor.withEntry { _, row in
                if let text = Disclosure.plainText(of: row) {
                    try body(row.extracting(text), row)
                } else if let text = Disclosure(array: row.copyBytes()).text {
                    try body(text.utf8Span.span, row)
                }
            }
        }
    }

    /// Lends what persons are called: names, and those that events show of them; not what is hidden.
    package func forEachStoredName(_ body: (_ name: Span<UInt8>) throws -> Void) throws {
        try forEachStoredText { text, row in
            guard Disclosure.isOfName(row),
                hidden.isEmpty || !isHidden(Disclosure(array: row.copyBytes()))
            else { return }
            try body(text)
        }
    }

    /// The disclosures of texts without a column, in the order of entries.
    package func forEachText(
        _ body: (_ sequence: UInt32, _ place: Int, Disclosure) throws -> Void
    ) throws {
        var cursor = try transaction.cursor(tables.texts)
        var stands = try cursor.move(.first)
        while stands {
            try cursor.withEntry { key, value in
                guard key.count == 8 else { return }
                let place = key.bigEndian(at: 4, as: UInt32.self)
                let disclosure = Disclosure(array: value.copyBytes())
                guard !isHidden(disclosure) else { return }
                try body(key.bigEndian(at: 0), Int(place), disclosure)
            }
            stands = try cursor.move(.next)
        }
    }

    /// Whether there are rows of texts of a sequence or of later ones.
    package func hasTexts(from base: UInt32) throws -> Bool {
        var cursor = try transaction.cursor(tables.texts)
        return try cursor.seek(Key(base))
    }

    /// What the index finds under names: fingerprint, and what stands in the row that it leads to;
    /// nil where there is no such row.
    package func forEachName(_ body: (_ fingerprint: UInt64, Disclosure?) throws -> Void) throws {
        for item in try VaultReader.named(tables, in: transaction) {
            let found = try transaction.copyValue(tables.disclosures, Key(item.row)).map {
                Disclosure(array: $0)
            }
            if let found, isHidden(found) { continue }
            try body(item.key, found)
        }
    }

    /// The index's list of names, of all blocks.
    static func named(
        _ tables: VaultTables, in transaction: borrowing ReadTransaction
    ) throws -> [IndexBlock.Item] {
        var items: [IndexBlock.Item] = []
        var cursor = try transaction.cursor(tables.index)
        while try cursor.move(.next) {
            guard let block = try cursor.withEntry({ IndexBlock($1) }) else {
                throw VaultFault.damaged(path: tables.path, reason: "its index cannot be read")
            }
            items += block.names
        }
        return items
    }

    /// A note; nil where there is none under this key.
    package func note(_ key: String) throws -> [UInt8]? {
        try transaction.copyValue(tables.notes, Key(key))
    }

    /// The key of digests that would else name a person to whoever tries names.
    package var digestKey: [UInt8]? {
        get throws { try transaction.copyValue(tables.registry, Key(VaultTables.digestKey)) }
    }

    /// Rows of texts without a column.
    package var textCount: Int { get throws { try transaction.count(of: tables.texts) } }

    /// Rows of tokens.
    package var tokenCount: Int { get throws { try transaction.count(of: tables.disclosures) } }

    /// Notes under keys that begin so, in their order.
    package func notes(beginning prefix: String) throws -> [(key: String, value: [UInt8])] {
        var found: [(String, [UInt8])] = []
        var cursor = try transaction.cursor(tables.notes)
        var stands = try cursor.seek(Key(prefix))
        while stands {
            var isOver = false
            try cursor.withEntry { key, value in
                let text = String(decoding: key.copyBytes(), as: UTF8.self)
                isOver = !text.utf8.starts(with: prefix.utf8)
                if !isOver { found.append((text, value.copyBytes())) }
            }
            if isOver { break }
            stands = try cursor.move(.next)
        }
        return found
    }
}

/// Why a vault could not be opened, read or written.
public enum VaultFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no vault where one is needed.
    case missing(path: String)
    /// What it holds does not hold together.
    case damaged(path: String, reason: String)
    /// It lacks rows that it had when the log was last written.
    case older(path: String)

    /// What happened and what to do; reads after `Error: `.
    public var description: String {
        switch self {
        case .missing(let path):
            "the store at \(path) has no private.mdb, so that no name can be recorded or shown. Put "
                + "it back from a backup that is younger than thirty days."
        case .older(let path):
            "private.mdb of the store at \(path) is older than its log, or of a copy that went on "
                + "apart: who is known here would be given a second token. Put the newest one back; "
                + "where there is none, \"rekam erase --again\" goes on with this one. Nothing was "
                + "recorded."
        case .damaged(let path, let reason):
            "private.mdb of the store at \(path) cannot be used: \(reason). Figures do not need it; "
                + "put it back from a backup to see names again."
        }
    }
}
