internal import EventModel
internal import LMDB

/// How rows of the vault are found: sorted lists of 64-bit keys with the number of a row each, one
/// list for tokens and one for names. Drawn in `Schemas/STORE.md`.
///
/// Keys are spread evenly, so that a tree of them would have most of its pages written by every
/// commit. A commit adds a block of its own instead, and takes in those before it that are not much
/// bigger: each key is written O(log rows) times, and there are O(log rows) blocks. Keys find
/// candidates only; the rows decide.
struct IndexBlock {
    /// A key, and the row that it leads to.
    struct Item: Comparable {
        var key: UInt64
        var row: UInt32

        static func < (left: Item, right: Item) -> Bool {
            (left.key, left.row) < (right.key, right.row)
        }
    }

    /// The lists of a block.
    enum List {
        /// By the first eight bytes of the token.
        case tokens
        /// By the fingerprint of the name.
        case names
    }

    private(set) var tokens: [Item] = []
    private(set) var names: [Item] = []

    /// Bytes before the lists, and of an item.
    private static let headBytes = 8
    private static let itemBytes = 12
    /// Rows of a block that grows no more.
    private static let mostRows = 1 << 20

    /// A block without rows.
    init() {}

    /// Reads a block; nil where the lengths do not fit.
    init?(_ bytes: Span<UInt8>) {
        guard let counts = IndexBlock.counts(bytes) else { return nil }
        let end = counts.tokens + counts.names
        tokens = (0..<counts.tokens).map { IndexBlock.item($0, bytes) }
        names = (counts.tokens..<end).map { IndexBlock.item($0, bytes) }
    }

    /// Adds a row; `sort` must follow.
    mutating func add(_ row: UInt32, token: Token, name: UInt64?) {
        tokens.append(Item(key: token.indexKey, row: row))
        if let name { names.append(Item(key: name, row: row)) }
    }

    /// Brings the lists into their order.
    mutating func sort() {
        tokens.sort()
        names.sort()
    }

    /// Whether a block takes in the one before it.
    func takesIn(_ earlier: IndexBlock) -> Bool {
        earlier.tokens.count <= 2 * tokens.count
            && earlier.tokens.count + tokens.count <= IndexBlock.mostRows
    }

    /// Takes in another block.
    mutating func merge(_ other: IndexBlock) {
        tokens = IndexBlock.merged(tokens, other.tokens)
        names = IndexBlock.merged(names, other.names)
    }

    private static func merged(_ left: [Item], _ right: [Item]) -> [Item] {
        var merged: [Item] = []
        merged.reserveCapacity(left.count + right.count)
        var (first, second) = (0, 0)
        while first < left.count, second < right.count {
            if left[first] < right[second] {
                merged.append(left[first])
                first += 1
            } else {
                merged.append(right[second])
                second += 1
            }
        }
        merged.append(contentsOf: left[first...])
        merged.append(contentsOf: right[second...])
        return merged
    }

    /// The block as it is stored.
    var bytes: [UInt8] {
        let count = tokens.count + names.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(IndexBlock.headBytes + IndexBlock.itemBytes * count)
        func put(_ number: some FixedWidthInteger) {
            unsafe withUnsafeBytes(of: number.littleEndian) {
                unsafe bytes.append(contentsOf: $0)
            }
        }
        put(UInt32(tokens.count))
        put(UInt32(names.count))
        for list in [tokens, names] {
            for item in list {
                put(item.key)
                put(item.row)
            }
        }
        return bytes
    }

    // MARK: Reading in place

    /// How many items the lists have; nil where the length does not fit.
    private static func counts(_ bytes: Span<UInt8>) -> (tokens: Int, names: Int)? {
        guard bytes.count >= headBytes else { return nil }
        let counts = bytes.word(at: 0)
        let (tokens, names) = (Int(counts & 0xFFFF_FFFF), Int(counts >> 32))
        guard headBytes + itemBytes * (tokens + names) == bytes.count else { return nil }
        return (tokens, names)
    }

    private static func item(_ place: Int, _ bytes: Span<UInt8>) -> Item {
        let at = headBytes + itemBytes * place
        return Item(
            key: bytes.word(at: at),
            row: UInt32(truncatingIfNeeded: bytes.word(at: at + 4) >> 32))
    }

    /// Adds the rows that a key leads to in a stored block; false where the block is damaged.
    ///
    /// - Complexity: O(1) for keys spread evenly, at worst O(log rows).
    static func find(
        _ key: UInt64, _ list: List, in bytes: Span<UInt8>, addingTo rows: inout [UInt32]
    ) -> Bool {
        guard let counts = counts(bytes) else { return false }
        let first = list == .tokens ? 0 : counts.tokens
        let count = list == .tokens ? counts.tokens : counts.names
        func keyAt(_ place: Int) -> UInt64 {
            bytes.word(at: headBytes + itemBytes * (first + place))
        }
        // From where an even spread has it, in growing steps until it lies between two of them.
        var low = Int(key.multipliedFullWidth(by: UInt64(count)).high)
        var high = low
        var step = 8
        while low > 0, keyAt(low) >= key {
            low = max(0, low - step)
            step *= 2
        }
        step = 8
        while high < count, keyAt(high) < key {
            high = min(count, high + step)
            step *= 2
        }
        while low < high {
            let middle = (low + high) / 2
            if keyAt(middle) < key { low = middle + 1 } else { high = middle }
        }
        while low < count, keyAt(low) == key {
            rows.append(item(first + low, bytes).row)
            low += 1
        }
        return true
    }
}

extension Token {
    /// What the vault's index finds a token by: its first eight bytes.
    var indexKey: UInt64 { withBytes { $0.word(at: 0).byteSwapped } }
}

extension VaultTables {
    /// Adds names behind the others, and what they are found by; counts them, and the texts that come
    /// with them.
    func add(_ rows: VaultRows, in write: borrowing WriteTransaction) throws {
        let first = try rowsWritten(in: write)
        var last = try write.cursor(disclosures)
        if try last.move(.last), try last.keyNumber(at: 0, as: UInt32.self) >= first {
            throw VaultFault.damaged(path: path, reason: "it holds more rows than were written")
        }
        try count(rows.count, in: write)
        guard !rows.names.isEmpty else { return }
        var block = IndexBlock()
        for (index, name) in rows.names.enumerated() {
            let row = first + UInt32(index)
            try write.append(
                disclosures, Key(row), rows.bytes.span.extracting(name.disclosure))
            block.add(row, token: name.token, name: name.name)
        }
        block.sort()
        try add(block, at: first, in: write)
    }

    /// Counts rows as written; an erasure counts as one, see `rowsWritten`.
    func count(_ rows: Int, in write: borrowing WriteTransaction) throws {
        let before = try rowsWritten(in: write)
        guard let written = UInt32(exactly: UInt64(before) + UInt64(rows)), written < .max else {
            throw VaultFault.damaged(
                path: path, reason: "its rows are numbered to the last number there is")
        }
        try write.put(registry, Key(VaultTables.rowsKey), byteCount: 4) { bytes in
            bytes.storeBytes(of: written.littleEndian, as: UInt32.self)
        }
    }

    /// Adds a block, which takes in those before it that it may.
    private func add(
        _ block: IndexBlock, at first: UInt32, in write: borrowing WriteTransaction
    ) throws {
        var block = block
        var place = first
        var cursor = try write.cursor(index)
        while try cursor.move(.last) {
            guard let earlier = try cursor.withEntry({ IndexBlock($1) }), block.takesIn(earlier)
            else { break }
            block.merge(earlier)
            place = try cursor.keyNumber(at: 0)
            try cursor.delete()
        }
        try write.put(index, Key(place), block.bytes)
    }

    /// Makes the index of rows that have none.
    ///
    /// - Parameter named: the rows of names. Others may say of themselves that they are one: a text of
    ///   a field that is called so.
    func makeIndex(ofNames named: Set<UInt32>, in write: borrowing WriteTransaction) throws {
        var block = IndexBlock()
        var first: UInt32?
        var cursor = try write.cursor(disclosures)
        while try cursor.move(.next) {
            let row: UInt32 = try cursor.keyNumber(at: 0)
            try cursor.withEntry { _, value in
                let disclosure = Disclosure(array: value.copyBytes())
                let name = named.contains(row) ? disclosure.text : nil
                block.add(
                    row, token: Token(of: disclosure),
                    name: name.map { Fingerprint(of: $0.utf8Span.span).value })
            }
            first = first ?? row
        }
        guard let first else { return }
        block.sort()
        try write.put(index, Key(first), block.bytes)
    }
}
