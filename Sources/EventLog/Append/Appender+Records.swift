import EventModel
import LMDB

/// The small tables: voids and definitions.
extension Appender {
    func recordVoids(
        _ voids: [(voided: UInt32, by: UInt32)], _ state: inout LogState,
        in transaction: borrowing WriteTransaction
    ) throws {
        for void in voids {
            var record = RecordWriter()
            record.put(void.by)
            try transaction.put(tables.voids, Key(void.voided), record.bytes)
        }
        state.voidedCount += UInt32(voids.count)
    }

    func recordDefinitions(
        _ input: AppendInput, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        let actions: [(type: UInt16?, action: DefinitionChange.Action)] = [
            (layout.registeredType, .registered), (layout.promotedType, .promoted),
            (layout.droppedType, .dropped),
        ]
        var isDefinition = [Bool](repeating: false, count: layout.typeCount)
        for case (let type?, _) in actions { isDefinition[Int(type)] = true }
        for place in 0..<accepted.count {
            let type = unsafe input.rowStart(Int(accepted[place])).pointee.type
            guard isDefinition[Int(type)] else { continue }
            let row = input.row(Int(accepted[place]))
            guard let action = actions.first(where: { $0.type == row.type })?.action else {
                continue
            }
            let sequence = input.base + UInt32(place)
            let bytes = unsafe Span(
                _unsafeStart: input.bytes.baseAddress!, count: input.bytes.count)
            guard
                let change = DefinitionChange(
                    canonical: row.canonical.indices, in: bytes, action: action,
                    sequence: sequence)
            else { continue }
            try transaction.put(tables.definitions, Key(sequence), change.encoded)
            if change.kind == "event_schema", action == .registered { state.schemaCount += 1 }
        }
    }
}
