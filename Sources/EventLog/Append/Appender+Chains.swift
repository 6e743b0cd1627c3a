import EventModel
import LMDB

/// Each entry's predecessor in its case, and each case's last entry.
extension Appender {
    func chain(
        _ input: AppendInput, _ old: LogState, _ state: inout LogState,
        in transaction: borrowing WriteTransaction
    ) throws {
        previous.resize(accepted.count)
        sorter.reset(capacity: accepted.count)
        for place in 0..<accepted.count {
            sorter.add(UInt64(caseIDs[Int(accepted[place])]), UInt32(place))
        }
        sorter.sort()
        var lasts = CaseLastsWriter(tables.caseLasts, old)
        var place = 0
        while place < sorter.count {
            let id = sorter.key(place)
            try lasts.move(to: UInt32(id), in: transaction)
            var last = lasts.last
            repeat {
                let row = Int(sorter.value(place))
                previous[row] = last
                last = input.base + UInt32(row)
                place += 1
            } while place < sorter.count && sorter.key(place) == id
            lasts.last = last
        }
        state.caseLastMark = try lasts.finish(in: transaction)
    }

    /// Numbers the sources that declare an order of their own, in the order of first appearance.
    func numberSources(
        _ input: AppendInput, in transaction: borrowing WriteTransaction
    ) throws {
        orderSources.resize(0)
        guard finds.hasOrder else { return }
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
            orderSources[place] =
                OrderSource(
                    source: number, kind: row.order.kind, isPlace: row.isPlace
                ).word
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
