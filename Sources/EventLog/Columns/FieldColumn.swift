public import EventModel

/// One field of one event type in a segment: a value for each row of the type, by its ordinal.
///
/// Valid inside the transaction that lent its segment.
@safe public struct FieldColumn: @unchecked Sendable {
    /// How the field is kept.
    public let kind: ColumnKind
    /// Rows of the type in the segment.
    public let count: Int
    /// Nil where the segment is older than the field: every row is then absent.
    @usableFromInline let base: UnsafeRawPointer?

    @inlinable
    package init(kind: ColumnKind, base: UnsafeRawPointer?, count: Int) {
        self.kind = kind
        unsafe self.base = unsafe base
        self.count = count
    }

    /// The value at an ordinal: a name's id, an enumeration's 1-based place, 1 or 2 for a boolean
    /// (0 absent in all three), an integer or a day number (`Int64.min` absent).
    @inlinable
    public subscript(ordinal: Int) -> Int64 {
        precondition(ordinal >= 0 && ordinal < count, "ordinal outside the type's rows")
        guard let base = unsafe base else { return kind.absent }
        switch kind {
        case .name:
            return Int64(unsafe base.loadUnaligned(fromByteOffset: ordinal &* 4, as: UInt32.self))
        case .enumeration, .boolean:
            return Int64(unsafe base.load(fromByteOffset: ordinal, as: UInt8.self))
        case .integer, .day:
            return unsafe base.loadUnaligned(fromByteOffset: ordinal &* 8, as: Int64.self)
        }
    }

    /// The column as name ids; nil unless it is a name column with stored values.
    @inlinable
    public var names: MappedColumn<UInt32>? {
        guard kind == .name, let base = unsafe base else { return nil }
        return unsafe MappedColumn(base: base, count: count)
    }

    /// The column as codes; nil unless it is an enumeration or boolean with stored values.
    @inlinable
    public var codes: MappedColumn<UInt8>? {
        guard kind == .enumeration || kind == .boolean, let base = unsafe base else { return nil }
        return unsafe MappedColumn(base: base, count: count)
    }

    /// The column as integers; nil unless it is an integer or day column with stored values.
    @inlinable
    public var integers: MappedColumn<Int64>? {
        guard kind == .integer || kind == .day, let base = unsafe base else { return nil }
        return unsafe MappedColumn(base: base, count: count)
    }
}

extension ColumnKind {
    /// Bytes of one value in a column.
    @inlinable
    public var width: Int {
        switch self {
        case .name: 4
        case .enumeration, .boolean: 1
        case .integer, .day: 8
        }
    }

    /// What `FieldColumn` gives where the field is absent.
    @inlinable
    public var absent: Int64 {
        switch self {
        case .name, .enumeration, .boolean: 0
        case .integer, .day: .min
        }
    }
}
