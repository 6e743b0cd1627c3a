import EventModel
import LMDB

/// Each entry's predecessor in its case, and each case's last entry.
extension Appender {
    func chain(
        _ input: AppendInput, _ old: LogState, in transaction: borrowing WriteTransaction
    ) throws {
        previous.resize(accepted.count)
        sorter.reset(capacity: accepted.count)
        for place in 0..<accepted.count {
            sorter.add(UInt64(caseIDs[Int(accepted[place])]), UInt32(place))
        }
        sorter.sort()
        var block = LastSequences(tables: tables, casesBefore: old.caseCount)
        var place = 0
        while place < sorter.count {
            let id = sorter.key(place)
            try block.move(to: UInt32(id), in: transaction)
            var last = block.last
            repeat {
                let row = Int(sorter.value(place))
                previous[row] = last
                last = input.base + UInt32(row)
                place += 1
            } while place < sorter.count && sorter.key(place) == id
            block.last = last
        }
        try block.flush(in: transaction)
    }

    /// Numbers the sources that declare an order of their own, in the order of first appearance.
    func numberSources(
        _ input: AppendInput, in transaction: borrowing WriteTransaction
    ) throws {
        orderSources.resize(0)
        guard hasOrder else { return }
        var numbers: [[UInt8]: UInt32] = [:]
        for (number, source) in try tables.orderingSources(in: transaction).enumerated() {
            numbers[source] = UInt32(number)
        }
        orderSources.fill(accepted.count, with: 0)
        for place in 0..<accepted.count {
            let row = input.row(Int(accepted[place]))
            guard row.order.kind != .none else { continue }
            let source = input.copy(row.source)
            let number = numbers[source] ?? UInt32(numbers.count)
            if numbers.updateValue(number, forKey: source) == nil {
                try transaction.put(tables.sources, Key(number), source)
            }
            orderSources[place] = OrderSource(source: number, kind: row.order.kind).word
        }
    }

    /// Adds the new entries' idempotency keys, which `admit` has sorted.
    func addIdentities(
        _ input: AppendInput, in transaction: borrowing WriteTransaction
    ) throws {
        var pairs = KeyPairs(capacity: accepted.count)
        for place in 0..<identities.count {
            let sequence = sequences[Int(identities.value(place))]
            if sequence != .max { pairs.add(identities.key(place), sequence) }
        }
        try tables.identities.add(pairs, in: transaction)
    }
}

/// Cases' last sequences, one block at a time.
private struct LastSequences {
    let tables: LogTables
    /// Cases there were before; the others have no last sequence yet.
    let casesBefore: UInt32
    private var block: UInt32?
    private var values: [UInt32] = []
    private var place = 0

    init(tables: LogTables, casesBefore: UInt32) {
        self.tables = tables
        self.casesBefore = casesBefore
    }

    /// The last sequence of the case moved to.
    var last: UInt32 {
        get { values[place] }
        set { values[place] = newValue }
    }

    mutating func move(to id: UInt32, in transaction: borrowing WriteTransaction) throws {
        let wanted = id / UInt32(LogTables.casesPerBlock)
        place = Int(id) % LogTables.casesPerBlock
        guard wanted != block else { return }
        try flush(in: transaction)
        block = wanted
        values = Array(repeating: .max, count: LogTables.casesPerBlock)
        guard wanted * UInt32(LogTables.casesPerBlock) < casesBefore else { return }
        let isWhole = try transaction.withValue(tables.caseLast, Key(wanted)) { stored in
            guard stored.count == 4 * values.count else { return false }
            for index in values.indices { values[index] = stored.littleEndian(at: 4 * index) }
            return true
        }
        guard isWhole == true else {
            throw StoreFault.damaged(
                path: tables.path, table: tables.caseLast.name, key: String(wanted),
                reason: "a block is missing or short")
        }
    }

    func flush(in transaction: borrowing WriteTransaction) throws {
        guard let block else { return }
        try transaction.put(tables.caseLast, Key(block), byteCount: 4 * values.count) { target in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe values.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
            }
        }
    }
}

extension LogTables {
    /// The sources that declare an order of their own, by number.
    ///
    /// - Complexity: O(result).
    func orderingSources(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        var cursor = try transaction.cursor(sources)
        while try cursor.move(.next) { try cursor.withEntry { found.append($1.copyBytes()) } }
        return found
    }
}
