package import EventModel

/// A run of consecutive entries as columns, read in place from the memory map.
///
/// Rows are counted from 0 at `first`. Valid inside the transaction that lent it; its layout is
/// drawn in `Schemas/STORE.md`.
@safe public struct ColumnSegment: @unchecked Sendable {
    // Sendable because the memory is a read-only snapshot for as long as the transaction lasts.
    @usableFromInline let base: UnsafeRawPointer
    /// Sequence of the first row.
    public let first: UInt32
    /// Rows.
    public let count: Int
    @usableFromInline let typeCount: Int
    @usableFromInline let fixedOffset: Int
    /// The columns that it has because some of its rows need them.
    let optional: SegmentLayout.Optional

    /// A segment over a stored value; nil where the value does not hold together.
    ///
    /// Every offset is checked here once, so that later access needs no more than its row.
    package init?(base: UnsafeRawPointer, byteCount: Int, first: UInt32) {
        guard byteCount >= SegmentLayout.headerBytes,
            unsafe base.loadUnaligned(as: UInt32.self) == SegmentLayout.magic,
            unsafe base.loadUnaligned(fromByteOffset: 4, as: UInt32.self) == first
        else { return nil }
        count = Int(unsafe base.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        typeCount = Int(unsafe base.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        fixedOffset = Int(unsafe base.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        let usedBytes = Int(unsafe base.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        optional = SegmentLayout.Optional(
            rawValue: unsafe base.loadUnaligned(fromByteOffset: 24, as: UInt32.self))
        unsafe self.base = base
        self.first = first
        let layout = SegmentLayout.Fixed(count: count, start: fixedOffset, optional: optional)
        guard optional.isSubset(of: .all), count > 0, count <= Segmentation.finalRows,
            usedBytes <= byteCount,
            typeCount <= count, fixedOffset % 64 == 0,
            SegmentLayout.headerBytes + typeCount * SegmentLayout.typeEntryBytes <= fixedOffset,
            layout.end <= usedBytes, isDirectorySound(usedBytes: usedBytes)
        else { return nil }
    }

    /// Whether it is as it was written: its bytes, and the log's root at its end, give the seal in its
    /// head.
    ///
    /// - Complexity: O(bytes).
    func isSealed(_ root: TreeHash) -> Bool {
        let used = Int(unsafe base.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        let seal = unsafe base.loadUnaligned(
            fromByteOffset: SegmentLayout.sealOffset, as: UInt32.self)
        return unsafe SegmentLayout.seal(of: base, usedBytes: used, root: root)
            == UInt32(littleEndian: seal)
    }

    /// Event time, milliseconds.
    @inlinable public var times: MappedColumn<Int64> { column(at: 0) }
    /// Recording time, milliseconds; never decreases.
    @inlinable public var recorded: MappedColumn<Int64> { column(at: 8) }
    /// Case ids.
    @inlinable public var cases: MappedColumn<UInt32> { column(at: 16) }
    /// Sequence of the same case's previous entry; `UInt32.max` for its first.
    @inlinable public var previous: MappedColumn<UInt32> { column(at: 20) }
    /// Type ids.
    @inlinable public var types: MappedColumn<UInt16> { column(at: 24) }
    /// Each row's place among the rows of its type in this segment.
    @inlinable public var ordinals: MappedColumn<UInt16> { column(at: 26) }

    /// `bytesBefore`: bytes a row takes in the columns before this one.
    @inlinable
    func column<Value>(at bytesBefore: Int) -> MappedColumn<Value> {
        unsafe MappedColumn(
            base: base + (fixedOffset &+ bytesBefore &* paddedCount), count: count)
    }

    /// Rows a fixed column is padded to, so that each begins aligned.
    @inlinable var paddedCount: Int { (count &+ 15) & ~15 }

    /// Nanoseconds beyond the millisecond of the event time; nil where no row here has any.
    package var nanoseconds: MappedColumn<UInt32>? {
        guard optional.contains(.nanoseconds) else { return nil }
        return unsafe MappedColumn(base: base + layout.nanoseconds, count: count)
    }
    /// Keys of the source's own order, and by row whose order it is and what the key is
    /// (`OrderSource`); nil where no row here has one.
    package var orders: (keys: MappedColumn<UInt64>, sources: MappedColumn<UInt32>)? {
        guard optional.contains(.order) else { return nil }
        return unsafe (
            MappedColumn(base: base + layout.orderKeys, count: count),
            MappedColumn(base: base + layout.orderSources, count: count)
        )
    }

    /// The source's own order of a row.
    func order(of row: Int) -> OrderKey {
        guard let orders else { return .none }
        return OrderKey(
            kind: OrderSource(word: orders.sources[row]).kind, columnValue: orders.keys[row])
    }

    private var layout: SegmentLayout.Fixed {
        SegmentLayout.Fixed(count: count, start: fixedOffset, optional: optional)
    }

    /// Lends the content digest of a row.
    package func withContent<Result>(
        _ row: Int, _ body: (Span<UInt8>) throws -> Result
    ) rethrows -> Result {
        try withContents(row..<row + 1, body)
    }

    /// Lends the content digests of some rows, eight bytes each.
    package func withContents<Result>(
        _ rows: Range<Int>, _ body: (Span<UInt8>) throws -> Result
    ) rethrows -> Result {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows outside the segment")
        let bytes = SegmentLayout.contentBytes
        let start = unsafe base + (layout.contents + bytes * rows.lowerBound)
        return try body(
            unsafe Span(
                _unsafeStart: start.assumingMemoryBound(to: UInt8.self),
                count: bytes * rows.count))
    }

    /// Lends the stored value up to where its padding begins, for comparing and verifying.
    package func withStoredBytes<Result>(
        _ body: (Span<UInt8>) throws -> Result
    ) rethrows -> Result {
        let used = Int(unsafe base.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        let start = unsafe base.assumingMemoryBound(to: UInt8.self)
        return try body(unsafe Span(_unsafeStart: start, count: used))
    }

    /// The types that have rows here, ascending, with their row counts.
    public var typeRows: [(type: UInt16, rows: Int)] {
        (0..<typeCount).map { (entry($0).type, entry($0).rows) }
    }

    /// Rows of one type.
    ///
    /// - Complexity: O(log types).
    public func rowCount(ofType type: UInt16) -> Int { find(type).map { $0.rows } ?? 0 }

    /// A field of a type by its place among `EventSchema.columns`; nil when the segment has no row
    /// of the type.
    ///
    /// - Complexity: O(log types).
    public func column(type: UInt16, index: Int) -> FieldColumn? {
        guard let found = find(type) else { return nil }
        return field(found, index)
    }

    // MARK: Directory

    @usableFromInline struct TypeEntry {
        var type: UInt16
        var columns: Int
        var rows: Int
        /// Byte offset of its first column entry.
        var firstColumn: Int
    }

    func entry(_ place: Int) -> TypeEntry {
        let offset = SegmentLayout.headerBytes + place * SegmentLayout.typeEntryBytes
        return TypeEntry(
            type: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt16.self),
            columns: Int(unsafe base.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self)),
            rows: Int(unsafe base.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)),
            firstColumn: Int(
                unsafe base.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)))
    }

    func find(_ type: UInt16) -> TypeEntry? {
        var low = 0
        var high = typeCount
        while low < high {
            let middle = (low + high) / 2
            if entry(middle).type < type { low = middle + 1 } else { high = middle }
        }
        guard low < typeCount else { return nil }
        let found = entry(low)
        return found.type == type ? found : nil
    }

    func field(_ type: TypeEntry, _ index: Int) -> FieldColumn? {
        guard index >= 0, index < type.columns else { return nil }
        let offset = type.firstColumn + index * SegmentLayout.columnEntryBytes
        let start = Int(unsafe base.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        let code = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
        guard let kind = ColumnKind(rawValue: code) else { return nil }
        return unsafe FieldColumn(kind: kind, base: base + start, count: type.rows)
    }

    private func isDirectorySound(usedBytes: Int) -> Bool {
        var rows = 0
        for place in 0..<typeCount {
            let type = entry(place)
            guard place == 0 || entry(place - 1).type < type.type,
                type.firstColumn + type.columns * SegmentLayout.columnEntryBytes <= fixedOffset
            else { return false }
            rows += type.rows
            for index in 0..<type.columns {
                let offset = type.firstColumn + index * SegmentLayout.columnEntryBytes
                let code = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
                let start = Int(
                    unsafe base.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
                guard let kind = ColumnKind(rawValue: code), start % 16 == 0,
                    start + type.rows * kind.width <= usedBytes
                else { return false }
            }
        }
        return rows == count
    }
}

/// Whose order a row's key is: a source's number among those that declare one, and what the key is.
package struct OrderSource: Hashable, Sendable {
    /// As a column holds it: the source's number + 1 in the upper 29 bits, whether it is the place of a
    /// row in the next, the key's kind in the lower 2; 0 for no order.
    package let word: UInt32

    package init(word: UInt32) { self.word = word }

    package init(source: UInt32, kind: OrderKey.Kind, isPlace: Bool) {
        word = (source + 1) << 3 | (isPlace ? 4 : 0) | UInt32(kind.rawValue)
    }

    /// The source's number; nil where there is no order.
    package var source: UInt32? { word >> 3 == 0 ? nil : word >> 3 - 1 }
    /// Whether it is the place of a row: see `EventRow.isPlace`.
    package var isPlace: Bool { word & 4 != 0 }
    /// What the key is.
    package var kind: OrderKey.Kind { OrderKey.Kind(rawValue: UInt8(word & 3)) ?? .none }
}
