internal import LMDB

/// A vault as one transaction sees it.
package final class VaultReader {
    private let transaction: ReadTransaction
    private let tables: VaultTables

    init(_ transaction: consuming ReadTransaction, _ tables: VaultTables) {
        self.transaction = transaction
        self.tables = tables
    }

    /// What explains a token of a name, or of a text with a column; nil where nothing does.
    package func disclosure(of token: Token) throws -> Disclosure? {
        try transaction.copyValue(tables.tokens, Key(token.array)).map { Disclosure(array: $0) }
    }

    /// What explains a text without a column; nil where nothing does.
    package func disclosure(sequence: UInt32, place: Int) throws -> Disclosure? {
        try transaction.copyValue(tables.texts, Key(sequence, UInt32(place))).map {
            Disclosure(array: $0)
        }
    }

    /// The token of a name; nil where the name has none.
    package func token(ofName text: Span<UInt8>) throws -> Token? {
        try token(ofName: text, NameKey(text))
    }

    /// The token of a name whose key is at hand.
    package func token(ofName text: Span<UInt8>, _ key: NameKey) throws -> Token? {
        guard let bytes = try transaction.copyValue(tables.names, key.key),
            let token = Token(raw: bytes.span), let found = try disclosure(of: token)?.text,
            found.utf8.elementsEqual(text.copyBytes())
        else { return nil }
        return token
    }

    /// The disclosures by token, in the order of tokens, lent one by one.
    package func forEachToken(_ body: (Token, Disclosure) throws -> Void) throws {
        var cursor = try transaction.cursor(tables.tokens)
        var stands = try cursor.move(.first)
        while stands {
            try cursor.withEntry { key, value in
                guard let token = Token(raw: key) else { return }
                try body(token, Disclosure(array: value.copyBytes()))
            }
            stands = try cursor.move(.next)
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
                try body(key.bigEndian(at: 0), Int(place), Disclosure(array: value.copyBytes()))
            }
            stands = try cursor.move(.next)
        }
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
    package var tokenCount: Int { get throws { try transaction.count(of: tables.tokens) } }

    /// The texts of one entry that have no column, by their places.
    package func texts(ofEntry sequence: UInt32) throws -> [(place: Int, Disclosure)] {
        var found: [(Int, Disclosure)] = []
        var cursor = try transaction.cursor(tables.texts)
        var stands = try cursor.seek(Key(sequence))
        while stands {
            var isOver = false
            try cursor.withEntry { key, value in
                isOver = key.count != 8 || key.bigEndian(at: 0, as: UInt32.self) != sequence
                guard !isOver else { return }
                let place = key.bigEndian(at: 4, as: UInt32.self)
                found.append((Int(place), Disclosure(array: value.copyBytes())))
            }
            if isOver { break }
            stands = try cursor.move(.next)
        }
        return found
    }

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

    /// What happened and what to do; reads after `Error: `.
    public var description: String {
        switch self {
        case .missing(let path):
            "the store at \(path) has no private.mdb, so that no name can be recorded or shown. Put "
                + "it back from a backup that is younger than thirty days."
        case .damaged(let path, let reason):
            "private.mdb of the store at \(path) cannot be used: \(reason). Figures do not need it; "
                + "put it back from a backup to see names again."
        }
    }
}
