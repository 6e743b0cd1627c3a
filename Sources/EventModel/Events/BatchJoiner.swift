/// Copies rows from one batch to another: pieces parsed on several threads become the batches the
/// log takes.
public struct BatchJoiner: Sendable {
    /// By type id: which columns are names, as bits, and how many columns there are.
    private let columns: [(names: UInt64, count: Int)]

    /// A joiner for batches made with these types.
    public init(_ types: EventTypes) {
        columns = types.schemas.map { schema in
            let names = schema.columns.enumerated().reduce(0 as UInt64) {
                $1.element.column == .name ? $0 | 1 << UInt64($1.offset) : $0
            }
            return (names, schema.columns.count)
        }
    }

    /// Appends rows of a piece to a batch, adding to their line numbers.
    ///
    /// - Complexity: O(bytes and slots of the rows).
    public func append(
        _ rows: Range<Int>, of piece: borrowing EventBatch, addingLines lines: Int = 0,
        to batch: inout EventBatch
    ) {
        guard let first = rows.first else { return }
        if batch.columnCounts.isEmpty {
            batch.columnCounts = piece.columnCounts
            batch.isSealed = piece.isSealed
        }
        let isLast = rows.upperBound == piece.rows.count
        let startByte = Int(piece.rows[first].canonical.offset)
        let endByte =
            isLast ? piece.bytes.count : Int(piece.rows[rows.upperBound].canonical.offset)
        let startSlot = Int(piece.rows[first].firstSlot)
        let endSlot = isLast ? piece.slots.count : Int(piece.rows[rows.upperBound].firstSlot)
        let byteShift = batch.bytes.count - startByte
        let slotShift = batch.slots.count - startSlot
        batch.bytes.append(contentsOf: piece.bytes[startByte..<endByte])
        batch.slots.append(contentsOf: piece.slots[startSlot..<endSlot])
        let shift = UInt32(truncatingIfNeeded: byteShift)
        let firstPersonal = batch.personal.count
        let firstContent = batch.content.count
        let last = piece.rows[rows.upperBound - 1]
        let personal = Int(piece.rows[first].firstPersonal)..<last.personal.upperBound
        let content = Int(piece.rows[first].firstContent)..<last.content.upperBound
        batch.content.append(contentsOf: piece.content[content])
        batch.personal.append(contentsOf: piece.personal[personal])
        for index in firstPersonal..<batch.personal.count {
            batch.personal[index].text.offset &+= shift
            batch.personal[index].key.offset &+= shift
        }
        let firstRow = batch.rows.count
        for salt in piece.salts where rows.contains(salt.row) {
            batch.salts.append(
                EntrySalt(row: salt.row - rows.lowerBound + firstRow, text: salt.text))
        }
        batch.rows.append(contentsOf: piece.rows[rows])
        move(
            from: firstRow, &batch.rows, &batch.slots,
            Shift(
                bytes: shift, slots: UInt32(truncatingIfNeeded: slotShift),
                personal: UInt32(truncatingIfNeeded: firstPersonal - personal.lowerBound),
                content: UInt32(truncatingIfNeeded: firstContent - content.lowerBound),
                lines: lines))
    }

    /// By how much places in a piece differ from those in the batch.
    private struct Shift {
        var bytes: UInt32
        var slots: UInt32
        var personal: UInt32
        var content: UInt32
        var lines: Int
    }

    /// Moves what copied rows say of places, where they lie: nothing is copied twice.
    private func move(
        from first: Int, _ rows: inout [EventRow], _ slots: inout [UInt64], _ shift: Shift
    ) {
        var rows = rows.mutableSpan
        var slots = slots.mutableSpan
        for index in first..<rows.count {
            rows[index].canonical.offset &+= shift.bytes
            rows[index].subject.offset &+= shift.bytes
            rows[index].source.offset &+= shift.bytes
            rows[index].id.offset &+= shift.bytes
            rows[index].orderText.offset &+= shift.bytes
            rows[index].firstPersonal &+= shift.personal
            rows[index].firstContent &+= shift.content
            rows[index].firstSlot &+= shift.slots
            rows[index].line += shift.lines
            var names = columns[Int(rows[index].type)].names
            while names != 0 {
                let slot = Int(rows[index].firstSlot) + names.trailingZeroBitCount * 2
                if slots[slot] != .max { slots[slot] &+= UInt64(shift.bytes) << 32 }
                names &= names - 1
            }
        }
    }
}
