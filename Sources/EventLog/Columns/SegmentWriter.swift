import EventModel

/// The rows a batch adds, in raw memory.
@safe struct NewRows: @unchecked Sendable {
    // Sendable because nobody changes them while segments are written.
    let input: AppendInput
    /// Rows of the batch, in the order of their sequences.
    let accepted: UnsafePointer<UInt32>
    let count: Int
    /// By row of the batch, by pair of slots, by accepted row, by accepted row (8 bytes each).
    let caseIDs: UnsafePointer<UInt32>
    let nameIDs: UnsafePointer<UInt32>
    let previous: UnsafePointer<UInt32>
    let contents: UnsafePointer<UInt8>
    /// By accepted row whose order it has (`OrderSource`); nil where no row has any.
    let orderSources: UnsafePointer<UInt32>?
    /// Sequences of this batch's voids, with what they take out.
    let voided: [UInt32: UInt32]

    @unsafe init(
        input: AppendInput, accepted: UnsafePointer<UInt32>, count: Int,
        caseIDs: UnsafePointer<UInt32>, nameIDs: UnsafePointer<UInt32>,
        previous: UnsafePointer<UInt32>, contents: UnsafePointer<UInt8>,
        orderSources: UnsafePointer<UInt32>?, voids: [(voided: UInt32, by: UInt32)]
    ) {
        self.input = input
        unsafe self.accepted = accepted
        self.count = count
        unsafe self.caseIDs = caseIDs
        unsafe self.nameIDs = nameIDs
        unsafe self.previous = previous
        unsafe self.contents = contents
        unsafe self.orderSources = orderSources
        voided = Dictionary(uniqueKeysWithValues: voids.map { ($0.by, $0.voided) })
    }

    /// An accepted row of the batch.
    @inline(__always)
    func event(_ place: Int) -> EventRow {
        precondition(place >= 0 && place < count, "place outside the batch")
        return input.row(Int(unsafe accepted[place]))
    }
}

/// Fills a segment: whole older segments one after another, then new rows.
@safe struct SegmentWriter {
    let layout: TypeLayout
    let first: Int
    /// The log's root at its end.
    let root: TreeHash
    let parts: [ColumnSegment]
    let rows: NewRows
    /// Which of the new rows belong here.
    let fresh: Range<Int>
    let plan: SegmentLayout.Plan

    init(
        layout: TypeLayout, first: Int, count: Int, root: TreeHash, parts: [ColumnSegment],
        rows: NewRows, fresh: Range<Int>
    ) {
        self.layout = layout
        self.first = first
        self.root = root
        self.parts = parts
        self.rows = rows
        self.fresh = fresh
        var typeRows = [Int](repeating: 0, count: layout.typeCount)
        for part in parts { for (type, rows) in part.typeRows { typeRows[Int(type)] += rows } }
        var optional = parts.reduce(into: SegmentLayout.Optional()) { $0.formUnion($1.optional) }
        for place in fresh {
            let event = rows.event(place)
            typeRows[Int(event.type)] += 1
            if event.nanoseconds > 0 { optional.insert(.nanoseconds) }
            if event.order.kind != .none { optional.insert(.order) }
        }
        let types = typeRows.indices.filter { typeRows[$0] > 0 }.map { type in
            SegmentLayout.TypePlan(
                type: UInt16(type), rows: typeRows[type], kinds: Array(layout.columns(of: type)))
        }
        plan = SegmentLayout.Plan(count: count, types: types, optional: optional)
        precondition(
            parts.reduce(fresh.count) { $0 + $1.count } == count, "rows do not fill the segment")
    }

    /// The stored value in an array.
    func bytes(isFinal: Bool) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: plan.storedBytes(isFinal: isFinal))
        unsafe bytes.withUnsafeMutableBytes { unsafe fill($0.baseAddress!) }
        return bytes
    }

    /// Fills the stored value, which must start as zeros.
    @unsafe func fill(_ base: UnsafeMutableRawPointer) {
        unsafe fillDirectory(base)
        // By type id: rows written so far.
        var filled = [Int](repeating: 0, count: layout.typeCount)
        var row = 0
        for part in parts {
            unsafe copy(part, to: base, at: row, filled: &filled)
            row += part.count
        }
        unsafe fillFixed(base, at: row)
        unsafe fillFields(base, at: row, filled: &filled)
        let seal = unsafe SegmentLayout.seal(of: base, usedBytes: plan.usedBytes, root: root)
        unsafe base.storeBytes(
            of: seal.littleEndian, toByteOffset: SegmentLayout.sealOffset, as: UInt32.self)
    }

    private func fillDirectory(_ base: UnsafeMutableRawPointer) {
        func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, _ offset: Int) {
            unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
        }
        put(SegmentLayout.magic, 0)
        put(UInt32(first), 4)
        put(UInt32(plan.count), 8)
        put(UInt32(plan.types.count), 12)
        put(UInt32(plan.fixed.start), 16)
        put(UInt32(plan.usedBytes), 20)
        put(plan.fixed.optional.rawValue, 24)
        for (place, type) in plan.types.enumerated() {
            let offset = SegmentLayout.headerBytes + place * SegmentLayout.typeEntryBytes
            put(type.type, offset)
            put(UInt16(type.kinds.count), offset + 2)
            put(UInt32(type.rows), offset + 4)
            put(UInt32(type.firstColumn), offset + 8)
            for (index, kind) in type.kinds.enumerated() {
                let entry = type.firstColumn + index * SegmentLayout.columnEntryBytes
                put(kind.rawValue, entry)
                put(UInt8(kind.width), entry + 1)
                put(UInt32(type.offsets[index]), entry + 4)
            }
        }
    }

    /// Copies an older segment's rows; only their ordinals change.
    private func copy(
        _ part: ColumnSegment, to base: UnsafeMutableRawPointer, at row: Int, filled: inout [Int]
    ) {
        func copy<Value>(_ column: MappedColumn<Value>, _ offset: Int) {
            let width = MemoryLayout<Value>.stride
            unsafe (base + offset + width * row).copyMemory(
                from: column.base, byteCount: width * part.count)
        }
        copy(part.times, plan.fixed.times)
        copy(part.recorded, plan.fixed.recorded)
        copy(part.cases, plan.fixed.cases)
        copy(part.previous, plan.fixed.previous)
        copy(part.types, plan.fixed.types)
        part.withContents(0..<part.count) { contents in
            unsafe contents.withUnsafeBytes { source in
                unsafe (base + plan.fixed.contents + SegmentLayout.contentBytes * row).copyMemory(
                    from: source.baseAddress!, byteCount: source.count)
            }
        }
        // A part without these columns has zeros there, as the segment has from the start.
        if let nanoseconds = part.nanoseconds { copy(nanoseconds, plan.fixed.nanoseconds) }
        if let orders = part.orders {
            copy(orders.keys, plan.fixed.orderKeys)
            copy(orders.sources, plan.fixed.orderSources)
        }
        for index in 0..<part.count {
            let ordinal = Int(part.ordinals[index]) + filled[Int(part.types[index])]
            unsafe base.storeBytes(
                of: UInt16(ordinal), toByteOffset: plan.fixed.ordinals + 2 * (row + index),
                as: UInt16.self)
        }
        for type in plan.types {
            guard let entry = part.find(type.type) else { continue }
            let at = filled[Int(type.type)]
            for (index, kind) in type.kinds.enumerated() {
                let target = unsafe base + type.offsets[index] + kind.width * at
                if let source = part.field(entry, index), let from = unsafe source.base {
                    unsafe target.copyMemory(from: from, byteCount: kind.width * entry.rows)
                } else if kind.width == 8 {
                    // The part is older than the column, and zero is a number.
                    for row in 0..<entry.rows {
                        unsafe target.storeBytes(
                            of: kind.absent, toByteOffset: 8 * row, as: Int64.self)
                    }
                }
            }
            filled[Int(type.type)] += entry.rows
        }
    }

    /// Writes the columns every row has, of the new rows.
    private func fillFixed(_ base: UnsafeMutableRawPointer, at row: Int) {
        let recorded = rows.input.recorded.milliseconds
        func column<Value: BitwiseCopyable>(_ offset: Int, _: Value.Type) -> UnsafeMutablePointer<
            Value
        > {
            unsafe (base + offset + MemoryLayout<Value>.stride * row).assumingMemoryBound(
                to: Value.self)
        }
        let times = unsafe column(plan.fixed.times, Int64.self)
        let recordings = unsafe column(plan.fixed.recorded, Int64.self)
        let cases = unsafe column(plan.fixed.cases, UInt32.self)
        let previous = unsafe column(plan.fixed.previous, UInt32.self)
        let types = unsafe column(plan.fixed.types, UInt16.self)
        for place in fresh {
            let index = place - fresh.lowerBound
            let event = rows.event(place)
            unsafe times[index] = event.time.milliseconds
            unsafe recordings[index] = recorded
            unsafe cases[index] = rows.caseIDs[Int(rows.accepted[place])]
            unsafe previous[index] = rows.previous[place]
            unsafe types[index] = event.type
        }
        let contentBytes = SegmentLayout.contentBytes
        unsafe (base + plan.fixed.contents + contentBytes * row).copyMemory(
            from: rows.contents + contentBytes * fresh.lowerBound,
            byteCount: contentBytes * fresh.count)
        if plan.fixed.optional.contains(.nanoseconds) {
            let nanoseconds = unsafe column(plan.fixed.nanoseconds, UInt32.self)
            for place in fresh {
                unsafe nanoseconds[place - fresh.lowerBound] = rows.event(place).nanoseconds
            }
        }
        if plan.fixed.optional.contains(.order), let orders = unsafe rows.orderSources {
            let keys = unsafe column(plan.fixed.orderKeys, UInt64.self)
            let sources = unsafe column(plan.fixed.orderSources, UInt32.self)
            for place in fresh {
                let index = place - fresh.lowerBound
                unsafe keys[index] = rows.event(place).order.value
                unsafe sources[index] = orders[place]
            }
        }
    }

    /// Writes the types' own columns and the ordinals, of the new rows.
    private func fillFields(
        _ base: UnsafeMutableRawPointer, at row: Int, filled: inout [Int]
    ) {
        // By place among `layout.kinds`: where the column lies.
        var offsets = [Int](repeating: 0, count: layout.kinds.count)
        for type in plan.types {
            for (index, offset) in type.offsets.enumerated() {
                offsets[layout.columnStart[Int(type.type)] + index] = offset
            }
        }
        let ordinals = unsafe base + plan.fixed.ordinals + 2 * row
        let slots = unsafe rows.input.slots
        unsafe offsets.withUnsafeBufferPointer { offsets in
            unsafe layout.kinds.withUnsafeBufferPointer { kinds in
                unsafe layout.columnStart.withUnsafeBufferPointer { starts in
                    unsafe layout.slotColumns.withUnsafeBufferPointer { slotColumns in
                        unsafe filled.withUnsafeMutableBufferPointer { filled in
                            for place in fresh {
                                let event = rows.event(place)
                                let type = Int(event.type)
                                let at = unsafe filled[type]
                                unsafe filled[type] = at &+ 1
                                unsafe ordinals.storeBytes(
                                    of: UInt16(at), toByteOffset: 2 * (place - fresh.lowerBound),
                                    as: UInt16.self)
                                let start = unsafe starts[type]
                                let firstSlot = Int(event.firstSlot)
                                for index in unsafe 0..<slotColumns[type] {
                                    let slot = firstSlot + 2 * index
                                    let target = unsafe base + offsets[start + index]
                                    switch unsafe kinds[start + index] {
                                    case .name:
                                        unsafe target.storeBytes(
                                            of: rows.nameIDs[slot / 2], toByteOffset: 4 * at,
                                            as: UInt32.self)
                                    case .enumeration, .boolean:
                                        unsafe target.storeBytes(
                                            of: UInt8(truncatingIfNeeded: slots[slot]),
                                            toByteOffset: at, as: UInt8.self)
                                    case .integer, .day:
                                        unsafe target.storeBytes(
                                            of: slots[slot], toByteOffset: 8 * at,
                                            as: UInt64.self)
                                    }
                                }
                                if event.type == layout.voidType {
                                    let sequence = rows.input.base + UInt32(place)
                                    let target = unsafe base + offsets[start + slotColumns[type]]
                                    unsafe target.storeBytes(
                                        of: rows.voided[sequence].map(Int64.init) ?? .min,
                                        toByteOffset: 8 * at, as: Int64.self)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
