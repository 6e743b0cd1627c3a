/// One fixed-width column of a segment, read in place from the memory map.
///
/// Valid inside the transaction that lent its segment. Values are little-endian on disk, as on
/// every machine Rekam runs on.
@safe
public struct MappedColumn<Value: FixedWidthInteger & BitwiseCopyable & Sendable>:
    @unchecked Sendable
{
    // Sendable because the memory is a read-only snapshot for as long as the transaction lasts.
    @usableFromInline let base: UnsafeRawPointer
    /// Rows.
    public let count: Int

    @inlinable
    package init(base: UnsafeRawPointer, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    /// The value of a row; traps outside the column.
    @inlinable
    public subscript(row: Int) -> Value {
        precondition(row >= 0 && row < count, "row outside the segment")
        return unsafe base.loadUnaligned(
            fromByteOffset: row &* MemoryLayout<Value>.stride, as: Value.self)
    }

    /// Lends the whole column as a span, for loops over it.
    @inlinable
    public func withSpan<Result>(_ body: (Span<Value>) throws -> Result) rethrows -> Result {
        let typed = unsafe base.assumingMemoryBound(to: Value.self)
        return try body(unsafe Span(_unsafeStart: typed, count: count))
    }

    /// Where the column lies, for loops that check their own bounds.
    @inlinable
    @unsafe package var pointer: UnsafePointer<Value> {
        unsafe base.assumingMemoryBound(to: Value.self)
    }
}
