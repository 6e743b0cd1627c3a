/// An event as the evaluation of a case sees it: what it matched, when, and where its values lie.
package struct Row: BitwiseCopyable, Equatable, Sendable {
    /// `time << 15 | rank << 8 | type`: milliseconds since 1970 (49 bits), where it stands among events
    /// of one instant (7 bits), and the plan's number of the type.
    package var stamp: Int64
    /// The plan's selectors that hold for it: see `SelectorCode`.
    package var mask: UInt64
    /// Its sequence in the log.
    package var sequence: UInt32
    /// First word of its values in the table's payload.
    package var payload: UInt32

    @inline(__always)
    package init(
        time: Int64, rank: UInt8, type: UInt8, mask: UInt64, sequence: UInt32, payload: UInt32
    ) {
        stamp = time << 15 | Int64(rank) << 8 | Int64(type)
        self.mask = mask
        self.sequence = sequence
        self.payload = payload
    }

    /// The number of all types that a plan does not read: no selector holds for it, and no rule asks
    /// for it. Types that it reads have lower ones.
    package static let unread = 63

    /// Milliseconds since 1970.
    @inline(__always)
    package var time: Int64 { stamp >> 15 }
    /// Time and rank as one number.
    @inline(__always)
    package var place: Int64 { stamp >> 8 }
    /// Where it stands among events of one instant.
    @inline(__always)
    package var rank: Int64 { stamp >> 8 & 0x7F }
    /// The plan's number of its type.
    @inline(__always)
    package var type: Int { Int(stamp & 0xFF) }
}

/// What a selector is in a row: one bit, shared with selectors of other types.
package struct SelectorCode: BitwiseCopyable, Sendable {
    /// The bit in `Row.mask`.
    package var bit: UInt64
    /// The plan's numbers of its types, as a set.
    package var types: UInt64

    package init(bit: UInt64, types: UInt64) {
        self.bit = bit
        self.types = types
    }

    /// Whether it holds for a row.
    @inline(__always)
    package func matches(_ row: Row) -> Bool {
        row.mask & bit != 0 && (types >> UInt64(truncatingIfNeeded: row.stamp & 0x3F)) & 1 != 0
    }
}
