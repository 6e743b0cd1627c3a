package import EventLog
import EventModel

/// Makes rows from the columns of one segment after another. One per worker.
package struct RowMaker: ~Copyable {
    private var masks: RowMasks
    private var bases: Buffer<UInt64>
    private var payloads = Buffer<RangeCode>()
    private var payloadSteps = Buffer<PayloadStep>()
    private var ranks = Buffer<UInt8>()
    private var rankUses = Buffer<Int32>()
    private var rankStarts = Buffer<Int32>()
    private var codeRanks: Buffer<UInt8>
    private let tables: RowTables
    /// The plan's number of a log's type; 255 where the plan does not read it.
    package var numberOfType: Buffer<UInt8>
    /// Place of a type that the plan does not read among those; -1 for others, which no case has.
    private var placeOfUnread: Buffer<Int16>
    /// Whether the columns of a type have been found in the segment at hand.
    private var ready: Buffer<UInt8>

    package init(tables: RowTables, typeCount: Int) {
        self.tables = tables
        masks = RowMasks(tables)
        bases = Buffer(repeating: 0, count: tables.uses.count)
        codeRanks = Buffer(tables.codeRanks)
        numberOfType = Buffer(repeating: 255, count: max(typeCount, 1))
        ready = Buffer(repeating: 0, count: tables.programs.count)
        placeOfUnread = Buffer(repeating: -1, count: max(typeCount, 1))
        for (place, unread) in tables.unread.enumerated() {
            placeOfUnread[Int(unread.type)] = Int16(place)
        }
        for (number, program) in tables.programs.enumerated() {
            numberOfType[Int(program.type)] = UInt8(number)
            ranks.append(program.rank)
            rankUses.append(program.rankUse)
            rankStarts.append(program.ranksStart)
            payloads.append(
                RangeCode(start: Int32(payloadSteps.count), count: Int32(program.payload.count)))
            for step in program.payload { payloadSteps.append(step) }
        }
    }

    /// Forgets the columns of the last segment.
    package mutating func leaveSegment() { ready.fill(0) }

    /// Finds the columns of a type in a segment, once a segment.
    @inline(__always)
    package mutating func enter(_ number: Int, of segment: ColumnSegment) {
        if ready[number] == 0 { find(number, in: segment) }
    }

    @inline(never)
    private mutating func find(_ number: Int, in segment: ColumnSegment) {
        let type = tables.programs[number].type
        for (place, use) in tables.uses.enumerated() where use.type == type {
            guard let column = segment.column(type: type, index: use.column) else {
                bases[place] = 0
                continue
            }
            precondition(column.kind == use.kind, "a column's kind does not change")
            let address: UInt =
                switch column.kind {
                case .name: column.names.map { unsafe UInt(bitPattern: $0.pointer) } ?? 0
                case .enumeration, .boolean:
                    column.codes.map { unsafe UInt(bitPattern: $0.pointer) } ?? 0
                case .integer, .day:
                    column.integers.map { unsafe UInt(bitPattern: $0.pointer) } ?? 0
                }
            bases[place] = UInt64(address)
        }
        ready[number] = 1
    }

    /// The selectors that hold for a row of an entered type, by its ordinal among the type's rows.
    @inline(__always)
    package func mask(_ number: Int, ordinal: Int) -> UInt64 {
        unsafe masks.mask(number, SegmentRow(bases: bases.base, ordinal: ordinal))
    }

    /// Where a row of an entered type stands among those of one instant.
    @inline(__always)
    package func rank(_ number: Int, ordinal: Int) -> UInt8 {
        let use = Int(rankUses[number])
        guard use >= 0 else { return ranks[number] }
        let code = unsafe SegmentRow(bases: bases.base, ordinal: ordinal).code(use)
        return codeRanks[Int(rankStarts[number]) + Int(code)]
    }

    /// Where a row stands of which no selector of the plan holds; nil for one of the log's own types.
    package mutating func rank(ofUnread row: Int, in segment: ColumnSegment) -> UInt8? {
        let type = segment.types[row]
        let ordinal = Int(segment.ordinals[row])
        let number = Int(numberOfType[Int(type)])
        if number != 255 {
            enter(number, of: segment)
            return rank(number, ordinal: ordinal)
        }
        let place = Int(placeOfUnread[Int(type)])
        guard place >= 0 else { return nil }
        let unread = tables.unread[place]
        guard unread.rankColumn >= 0 else { return unread.rank }
        let codes = segment.column(type: type, index: unread.rankColumn)?.codes
        return tables.codeRanks[unread.ranksStart + Int(codes?[ordinal] ?? 0)]
    }

    /// Adds the values that go with a row to a payload; gives the first word's place.
    @inline(__always)
    package func addPayload(
        _ number: Int, ordinal: Int, to payload: inout Buffer<UInt32>
    ) -> UInt32 {
        let start = payload.count
        let range = payloads[number]
        let values = unsafe SegmentRow(bases: bases.base, ordinal: ordinal)
        var place = Int(range.start)
        let end = place + Int(range.count)
        while place < end {
            let step = payloadSteps[place]
            switch step.kind {
            case ColumnKind.name.rawValue:
                let value = values.name(Int(step.use))
                payload.append(value == 0 ? UInt32(truncatingIfNeeded: step.absent) : value)
            case ColumnKind.enumeration.rawValue, ColumnKind.boolean.rawValue:
                let value = UInt32(values.code(Int(step.use)))
                payload.append(value == 0 ? UInt32(truncatingIfNeeded: step.absent) : value)
            default:
                let read = values.integer(Int(step.use))
                let value = UInt64(bitPattern: read == .min ? step.absent : read)
                payload.append(UInt32(truncatingIfNeeded: value >> 32))
                payload.append(UInt32(truncatingIfNeeded: value))
            }
            place += 1
        }
        return UInt32(start)
    }
}

/// A row in a segment's columns.
@safe
private struct SegmentRow: ColumnValues {
    // Ordinals are below the type's rows in the segment: the segment's own columns say so, and
    // `ColumnSegment` checks that each column holds that many values.
    let bases: UnsafeMutablePointer<UInt64>
    let ordinal: Int

    @inline(__always)
    func code(_ use: Int) -> UInt8 {
        let base = unsafe bases[use]
        guard base != 0, let address = unsafe UnsafePointer<UInt8>(bitPattern: UInt(base)) else {
            return 0
        }
        return unsafe address[ordinal]
    }

    @inline(__always)
    func name(_ use: Int) -> UInt32 {
        let base = unsafe bases[use]
        guard base != 0, let address = unsafe UnsafeRawPointer(bitPattern: UInt(base)) else {
            return 0
        }
        return unsafe address.loadUnaligned(fromByteOffset: ordinal &* 4, as: UInt32.self)
    }

    @inline(__always)
    func integer(_ use: Int) -> Int64 {
        let base = unsafe bases[use]
        guard base != 0, let address = unsafe UnsafeRawPointer(bitPattern: UInt(base)) else {
            return .min
        }
        return unsafe address.loadUnaligned(fromByteOffset: ordinal &* 8, as: Int64.self)
    }
}
