internal import EventModel
internal import LMDB

/// What a vault's own tables must keep to, whatever the entries say: no table and no key that is of
/// none, and an index that leads to each row once.
package struct VaultProblem: Hashable, Sendable {
    /// The table and the key.
    package var table: String
    package var key: String
    /// What is wrong, in one clause.
    package var reason: String
}

extension PersonalVault {
    /// The first thing that no vault has; nil where there is none, or no vault.
    ///
    /// - Parameter notes: the keys that notes may have.
    /// - Complexity: O(rows).
    package func layoutProblem(notes: [String]) throws -> VaultProblem? {
        guard let (environment, tables) = try environmentAndTables() else { return nil }
        for name in try environment.tableNames() where !VaultTables.names.contains(name) {
            return VaultProblem(table: name, key: "", reason: "no vault has such a table")
        }
        let read = try environment.beginRead()
        let texts = [(tables.registry, VaultTables.registryKeys), (tables.notes, notes)]
        for (table, known) in texts {
            let stray = try firstKey(of: table, in: read) {
                !known.contains(String(decoding: $0.copyBytes(), as: UTF8.self))
            }
            if let stray { return unknown(table, stray) }
        }
        for (table, length) in [(tables.disclosures, 4), (tables.index, 4), (tables.texts, 8)] {
            let stray = try firstKey(of: table, in: read) { $0.count != length }
            if let stray { return unknown(table, stray) }
        }
        var last = try read.cursor(tables.disclosures)
        if try last.move(.last),
            try last.keyNumber(at: 0, as: UInt32.self) >= tables.rowsWritten(in: read)
        {
            return VaultProblem(
                table: tables.registry.name, key: VaultTables.rowsKey,
                reason: "it holds more rows than were written")
        }
        return try indexProblem(tables, in: read)
    }

    private func unknown(_ table: Table, _ key: [UInt8]) -> VaultProblem {
        VaultProblem(
            table: table.name, key: Hexadecimal.text(key),
            reason: "nothing that is known stands under such a key")
    }

    private func firstKey(
        of table: Table, in read: borrowing ReadTransaction, where isStray: (Span<UInt8>) -> Bool
    ) throws -> [UInt8]? {
        var cursor = try read.cursor(table)
        while try cursor.move(.next) {
            let found = try cursor.withEntry { key, _ in isStray(key) ? key.copyBytes() : nil }
            if let found { return found }
        }
        return nil
    }

    /// Each row is led to by its own token, from one block, which stands under its first row's number.
    private func indexProblem(
        _ tables: VaultTables, in read: borrowing ReadTransaction
    ) throws -> VaultProblem? {
        var led = 0
        var cursor = try read.cursor(tables.index)
        while try cursor.move(.next) {
            let place: UInt32 = try cursor.keyNumber(at: 0)
            func problem(_ reason: String) -> VaultProblem {
                VaultProblem(table: VaultTables.indexName, key: String(place), reason: reason)
            }
            guard let block = try cursor.withEntry({ IndexBlock($1) }) else {
                return problem("the block cannot be read")
            }
            guard block.tokens.map(\.row).min() == place else {
                return problem("the block is another one's")
            }
            let rows = Set(block.tokens.map(\.row))
            guard rows.count == block.tokens.count, block.isSorted,
                block.names.allSatisfy({ rows.contains($0.row) })
            else { return problem("the block does not hold together") }
            for item in block.tokens {
                let key = try read.withValue(tables.disclosures, Key(item.row)) {
                    Token(of: Disclosure(array: $0.copyBytes())).indexKey
                }
                guard key == item.key else {
                    return problem("it does not lead to row \(item.row)")
                }
            }
            led += rows.count
        }
        guard try read.count(of: tables.disclosures) == led else {
            return VaultProblem(
                table: VaultTables.indexName, key: "", reason: "it does not lead to every row once")
        }
        return nil
    }
}

extension IndexBlock {
    /// Whether its lists are in their order.
    fileprivate var isSorted: Bool {
        [tokens, names].allSatisfy { list in zip(list, list.dropFirst()).allSatisfy { $0 <= $1 } }
    }
}
