import EventModel

/// Where things lie in a stored segment; drawn in `Schemas/STORE.md`.
enum SegmentLayout {
    /// `RKS2`.
    static let magic: UInt32 = 0x3253_4B52
    static let headerBytes = 32
    static let typeEntryBytes = 16
    static let columnEntryBytes = 8
    /// Where the seal stands: the last word of the head.
    static let sealOffset = 28

    /// A fingerprint of all of a segment's bytes but its seal, and of the log's root at its end: tells
    /// one that was changed, and one that another log of the same beginning has there.
    ///
    /// - Complexity: O(bytes), some nanoseconds a row.
    @unsafe static func seal(
        of base: UnsafeRawPointer, usedBytes: Int, root: TreeHash
    ) -> UInt32 {
        func fingerprint(_ range: Range<Int>) -> Fingerprint {
            let bytes = unsafe UnsafeRawBufferPointer(
                start: base + range.lowerBound, count: range.count)
            return unsafe Fingerprint(of: Span<UInt8>(_unsafeBytes: bytes))
        }
        let head = fingerprint(0..<sealOffset)
        let rest = fingerprint(headerBytes..<usedBytes)
        let log = Fingerprint(of: root.bytes.span)
        return UInt32(truncatingIfNeeded: Fingerprint(Fingerprint(head, rest), log).value)
    }

    /// Columns that a segment has only where one of its rows needs them.
    struct Optional: OptionSet, Hashable {
        let rawValue: UInt32
        /// Nanoseconds beyond the millisecond.
        static let nanoseconds = Optional(rawValue: 1)
        /// The source's own order: its key, and whose it is.
        static let order = Optional(rawValue: 2)
        static let all: Optional = [.nanoseconds, .order]
    }

    /// Bytes of a row's content digest.
    static let contentBytes = ContentDigest.byteCount

    /// The columns every row has: times, recorded, cases, previous, types, ordinals, content digests;
    /// then those that are there where a row needs them.
    struct Fixed {
        let start: Int
        let padded: Int
        let optional: Optional

        init(count: Int, start: Int, optional: Optional) {
            self.start = start
            self.optional = optional
            padded = (count + 15) & ~15
        }

        var times: Int { start }
        var recorded: Int { start + 8 * padded }
        var cases: Int { start + 16 * padded }
        var previous: Int { start + 20 * padded }
        var types: Int { start + 24 * padded }
        var ordinals: Int { start + 26 * padded }
        var contents: Int { start + 28 * padded }
        var orderKeys: Int { start + 36 * padded }
        var orderSources: Int { orderKeys + (optional.contains(.order) ? 8 * padded : 0) }
        var nanoseconds: Int { orderSources + (optional.contains(.order) ? 4 * padded : 0) }
        var end: Int { nanoseconds + (optional.contains(.nanoseconds) ? 4 * padded : 0) }
    }

    /// One type's rows and columns in a segment about to be written.
    struct TypePlan {
        var type: UInt16
        var rows: Int
        var kinds: [ColumnKind]
        /// Byte offset of its first column entry, and of each column.
        var firstColumn = 0
        var offsets: [Int] = []
    }

    /// A whole segment about to be written.
    struct Plan {
        var count: Int
        var types: [TypePlan]
        var fixed: Fixed
        /// Bytes with meaning; the value is padded beyond them.
        var usedBytes: Int

        /// Lays a segment out.
        ///
        /// - Parameter types: those with rows, ascending.
        init(count: Int, types: [TypePlan], optional: Optional) {
            self.count = count
            self.types = types
            var position = headerBytes + types.count * typeEntryBytes
            for place in types.indices {
                self.types[place].firstColumn = position
                position += types[place].kinds.count * columnEntryBytes
            }
            fixed = Fixed(count: count, start: (position + 63) & ~63, optional: optional)
            position = fixed.end
            for place in types.indices {
                for kind in types[place].kinds {
                    self.types[place].offsets.append(position)
                    position += (types[place].rows * kind.width + 15) & ~15
                }
            }
            usedBytes = position
        }

        /// Bytes of the stored value: whole pages less LMDB's page header. Pieces that will be
        /// merged again come in four sizes an octave, so that their pages are found again.
        func storedBytes(isFinal: Bool) -> Int {
            StoredSize.padded(usedBytes, isFinal: isFinal)
        }
    }
}

/// Sizes of stored values: `k · 4096 − 16` bytes fill k pages of LMDB exactly.
enum StoredSize {
    static let pageBytes = 4096
    static let pageHeaderBytes = 16

    /// The smallest such size that holds so many bytes.
    static func padded(_ bytes: Int, isFinal: Bool) -> Int {
        var pages = max(1, (bytes + pageHeaderBytes + pageBytes - 1) / pageBytes)
        if !isFinal, pages > 4 {
            let step = 1 << (Int.bitWidth - pages.leadingZeroBitCount - 3)
            pages = (pages + step - 1) / step * step
        }
        return pages * pageBytes - pageHeaderBytes
    }
}
