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
        for index in personal {
            var text = piece.personal[index]
            text.text.offset &+= shift
            text.key.offset &+= shift
            batch.personal.append(text)
        }
        let firstRow = batch.rows.count
        for salt in piece.salts where rows.contains(salt.row) {
            batch.salts.append(
                EntrySalt(row: salt.row - rows.lowerBound + firstRow, text: salt.text))
        }
        for index in rows {
            var row = piece.rows[index]
            row.canonical.offset &+= shift
            row.subject.offset &+= shift
            row.source.offset &+= shift
            row.id.offset &+= shift
            row.orderText.offset &+= shift
            row.firstPersonal = UInt32(
                truncatingIfNeeded: Int(row.firstPersonal) - personal.lowerBound + firstPersonal)
            row.firstContent = UInt32(
                truncatingIfNeeded: Int(row.firstContent) - content.lowerBound + firstContent)
            row.firstSlot = UInt32(truncatingIfNeeded: Int(row.firstSlot) + slotShift)
            row.line += lines
            var names = columns[Int(row.type)].names
            while names != 0 {
                let slot = Int(row.firstSlot) + names.trailingZeroBitCount * 2
                if batch.slots[slot] != .max { batch.slots[slot] &+= UInt64(shift) << 32 }
                names &= names - 1
            }
            batch.rows.append(row)
        }
    }
}
