internal import LMDB

/// A vault as one transaction sees it.
package final class VaultReader {
    private let transaction: ReadTransaction
    private let tables: VaultTables
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
    package func disclosure(of token: Token) throws -> Disclosure? {
        guard !hidden.contains(token) else { return nil }
        return try transaction.copyValue(tables.tokens, Key(token.array)).map {
            Disclosure(array: $0)
        }
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
                guard let token = Token(raw: key), !hidden.contains(token) else { return }
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

    /// The rows that lead from a name to its token, in the order of their keys. One that is no such
    /// row has no token.
    package func forEachName(_ body: (NameKey?, Token?) throws -> Void) throws {
        var cursor = try transaction.cursor(tables.names)
        var stands = try cursor.move(.first)
        while stands {
            try cursor.withEntry { key, value in
                let token = Token(raw: value)
                guard token.map({ !hidden.contains($0) }) ?? true else { return }
                try body(NameKey(raw: key), token)
            }
            stands = try cursor.move(.next)
        }
    }

    /// A note; nil where there is none under this key.
    package func note(_ key: String) throws -> [UInt8]? {
        try transaction.copyValue(tables.notes, Key(key))
    }

    /// Rows of texts without a column.
    package var textCount: Int { get throws { try transaction.count(of: tables.texts) } }

    /// Rows of tokens.
    package var tokenCount: Int { get throws { try transaction.count(of: tables.tokens) } }

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
