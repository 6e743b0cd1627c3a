import EventModel
import LMDB
package import Vault

/// What a vault may hold: what its log has, and nothing else.
package struct LogTokens: Sendable {
    /// How many entries the log has.
    package var end = UInt32.max
    /// The tokens of names, and of texts with a column, that it has.
    package var names: Set<Token> = []
}

extension LogView {
    /// The tokens of names, and of texts with a column, that the log has: those in its dictionaries,
    /// and those of fields without a column.
    ///
    /// - Complexity: O(names + cases), 32 bytes each; and such entries.
    package func tokens() throws -> LogTokens {
        var found: Set<Token> = []
        for id in LogState.firstName..<max(LogState.firstName, state.nameCount) {
            let token = try tables.names.withText(id, in: transaction) { Token(marked: $0) }
            if let token { found.insert(token) }
        }
        for id in 0..<state.caseCount {
            // The end of any subject that could be a token: one too many does no harm.
            let token = try tables.cases.withText(id, in: transaction) { text -> Token? in
                let start = text.count - PersonalText.tokenBytes
                guard start > 0, text[start - 1] == 0x2F else { return nil }
                return Token(text.extracting(start..<text.count))
            }
            if let token { found.insert(token) }
        }
        for (index, schema) in types.schemas.enumerated() where schema.hasNamesWithoutColumns {
            for entry in try entries(ofType: UInt16(index), upTo: entryCount) {
                try forEachPersonal(ofEntry: entry.sequence) { _, token, _ in found.insert(token) }
            }
        }
        return LogTokens(end: entryCount, names: found)
    }
}

extension PersonalVault {
    /// Takes the rows of some erasures out, wherever they stand, and with them rows that no entry
    /// needs; nothing is written where no row of the erasures is there.
    ///
    /// - Parameter log: what the log of this vault has.
    /// - Returns: how many names and texts were still there.
    /// - Complexity: O(rows), a SHA-256 for each text.
    @discardableResult
    package func apply(_ erasures: [Erasure], of log: LogTokens) throws -> Int {
        let found = try remaining(of: erasures)
        guard found.count > 0 else { return 0 }
        try takeOut(found, of: log)
        return found.count
    }

    /// Takes out rows that no entry needs; nothing is written where there are none.
    ///
    /// - Parameter always: whether the file is made anew in any case, since pages that were never
    ///   committed may hold what stands in no row.
    func takeOutUnrecorded(of log: LogTokens, always: Bool) throws {
        guard let reader = try beginRead() else { return }
        var isNeeded = always
        if !isNeeded {
            try reader.forEachToken { token, _ in
                if !log.names.contains(token) { isNeeded = true }
            }
            isNeeded = try isNeeded || reader.hasTexts(from: log.end)
        }
        if isNeeded { try takeOut(Remaining(), of: log) }
    }

    private func takeOut(_ found: Remaining, of log: LogTokens) throws {
        try takeOut { table, key, value in
            switch table {
            case "disclosures":
                let token = Token(of: Disclosure(array: value.copyBytes()))
                return found.tokens.contains(token) || !log.names.contains(token)
            case "texts":
                guard key.count == 8 else { return false }
                let row: UInt64 = key.bigEndian(at: 0)
                return row >> 32 >= UInt64(log.end) || found.texts.contains(row)
            default: return false
            }
        }
    }

    /// The same in a copy, in which nothing is under way: what a note of an erasure says is told by the
    /// copy's log, or never was.
    @discardableResult
    func applyInCopy(_ erasures: [Erasure], of log: LogTokens) throws -> Int {
        let rows = try apply(erasures, of: log)
        let hasNote = try beginRead()?.note(LogStore.erasing) != nil
        if hasNote { try note(LogStore.erasing, nil) }
        return rows
    }

    /// Rows that were erased and are there.
    package struct Remaining {
        /// Tokens of names, and of texts with a column, whether they are there or not.
        package fileprivate(set) var tokens: Set<Token> = []
        /// Rows of other texts: their sequence and place.
        package fileprivate(set) var texts: Set<UInt64> = []
        /// How many names and texts there are.
        package fileprivate(set) var count = 0
    }

    /// Which names and texts of some erasures are there, though they should not be. A text is known by
    /// its token alone: under the sequence that an erasure tells may stand another one, as in a log
    /// that went on from an older backup.
    ///
    /// - Complexity: O(rows), a SHA-256 for each text.
    package func remaining(of erasures: [Erasure]) throws -> Remaining {
        var found = Remaining()
        for erasure in erasures { found.tokens.formUnion(erasure.tokens) }
        guard !found.tokens.isEmpty, let reader = try beginRead() else { return found }
        for token in found.tokens {
            if let row = try reader.disclosure(of: token), Token(of: row) == token {
                found.count += 1
            }
        }
        // Names alone: no text needs to be hashed.
        guard erasures.contains(where: { !$0.texts.isEmpty }) else { return found }
        try reader.forEachText { sequence, place, disclosure in
            guard found.tokens.contains(Token(of: disclosure)) else { return }
            found.texts.insert(UInt64(sequence) << 32 | UInt64(place))
            found.count += 1
        }
        return found
    }
}
