import EventModel
internal import LMDB

/// How a chunk of summed records lies on disk: column by column, in as few bits as its numbers need.
///
/// Cells are wide and hardly differ from their neighbours: the same day, few names, multiplicities of
/// one. Each word of the record is a column with its least number beside it, so that most columns take
/// some bits or none, and a cell about a quarter of its words.
///
/// | bytes | what |
/// | --- | --- |
/// | 8 a column | `u32` base, `u32` width in bits |
/// | ⌈records · width / 8⌉ a column | one number after another, lowest bits first. Width 0: all are the base. Width 1 to 32: 0, or the number less the base; zero is apart since it stands for "absent" everywhere |
/// | 8 or more | zeros, up to the last eight bytes of the last page |
/// | 8 | the seal: a fingerprint of all before and of where the chunk stands |
///
/// One block has one packed form, so that a check can pack again and compare. The seal has a reader
/// refuse bytes that were changed, or that belong elsewhere; whoever writes another seal as well is
/// found by verification, which computes the records anew.
///
/// Source: frame of reference, Goldstein, Ramakrishnan and Shaft, *Compressing Relations and Indexes*
/// (1998).
enum RunPacking {
    /// Zeros behind the last column, so that a reader may look at eight bytes at a time.
    private static let slack = 8
    /// The seal behind them.
    static let sealBytes = 8
    /// Records unpacked together: so few that they stay in the nearest cache; a multiple of eight, so
    /// that each such part of a column begins with a byte.
    private static let together = 128

    /// The most bytes that records can take.
    static func mostBytes(words: Int, records: Int) -> Int {
        let bytes = words * 8 + words * columnBytes(records, width: 32) + slack + sealBytes
        return (bytes + 16 + 4095) / 4096 * 4096 - 16
    }

    private static func columnBytes(_ records: Int, width: Int) -> Int { (records * width + 7) / 8 }

    /// Packs records.
    ///
    /// - Parameters:
    ///   - block: the records, flat, at least one; other words may follow them.
    ///   - count: their words.
    ///   - words: words of a record.
    ///   - address: where the chunk will stand: see `ChunkPlace.address`.
    ///   - bytes: takes them; at least `mostBytes` long.
    /// - Returns: the bytes used, zeros at the end included: whole pages less the header of the first.
    static func pack(
        _ block: [UInt32], count: Int, words: Int, address: UInt64, into bytes: inout [UInt8]
    ) -> Int {
        let records = count / words
        precondition(
            records > 0 && count <= block.count
                && bytes.count >= mostBytes(words: words, records: records),
            "too little room to pack in")
        let end = unsafe block.withUnsafeBufferPointer { block in
            unsafe bytes.withUnsafeMutableBytes { bytes in
                let source = unsafe block.baseAddress.unsafelyUnwrapped
                let target = unsafe bytes.baseAddress.unsafelyUnwrapped
                var at = words * 8
                for word in 0..<words {
                    let (base, width) = unsafe measure(source + word, words, records)
                    unsafe target.storeBytes(
                        of: base.littleEndian, toByteOffset: word * 8, as: UInt32.self)
                    unsafe target.storeBytes(
                        of: UInt32(width).littleEndian, toByteOffset: word * 8 + 4, as: UInt32.self)
                    unsafe put(source + word, words, records, base, width, target + at)
                    at += columnBytes(records, width: width)
                }
                let end = (at + slack + sealBytes + 16 + 4095) / 4096 * 4096 - 16
                unsafe (target + at).initializeMemory(as: UInt8.self, repeating: 0, count: end - at)
                return end
            }
        }
        let seal = seal(of: bytes.span.extracting(..<(end - sealBytes)), at: address)
        for place in 0..<sealBytes {
            bytes[end - sealBytes + place] = UInt8(truncatingIfNeeded: seal >> (8 * UInt64(place)))
        }
        return end
    }

    /// The seal of a chunk's bytes, and of where it stands.
    static func seal(of bytes: Span<UInt8>, at address: UInt64) -> UInt64 {
        Fingerprint(Fingerprint(value: address), Fingerprint(of: bytes)).value
    }

    /// Whether a chunk has the seal of its bytes and of where it stands.
    static func isSealed(_ bytes: Span<UInt8>, at address: UInt64) -> Bool {
        guard bytes.count >= sealBytes else { return false }
        let end = bytes.count - sealBytes
        let seal: UInt64 = bytes.littleEndian(at: end)
        return seal == self.seal(of: bytes.extracting(..<end), at: address)
    }

    /// What a column's numbers are counted from, and the bits that each takes.
    private static func measure(
        _ column: UnsafePointer<UInt32>, _ words: Int, _ records: Int
    ) -> (base: UInt32, width: Int) {
        let first = unsafe column.pointee
        // Zero less one is the greatest number of all: the least of these is the least but zero.
        var least = first &- 1
        var most = first
        var hasOthers = false
        var offset = 0
        for _ in 0..<records {
            let number = unsafe column[offset]
            least = min(least, number &- 1)
            most = max(most, number)
            hasOthers = hasOthers || number != first
            offset &+= words
        }
        guard hasOthers else { return (first, 0) }
        return (least, 32 - (most &- least).leadingZeroBitCount)
    }

    private static func put(
        _ column: UnsafePointer<UInt32>, _ words: Int, _ records: Int, _ base: UInt32, _ width: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        guard width > 0 else { return }
        var offset = 0
        var place = unsafe target
        var bits: UInt64 = 0
        var filled: UInt64 = 0
        for _ in 0..<records {
            let number = unsafe column[offset]
            let code = number == 0 ? 0 : number &- base
            bits |= UInt64(code) &<< filled
            filled &+= UInt64(width)
            if filled >= 32 {
                unsafe place.storeBytes(
                    of: UInt32(truncatingIfNeeded: bits).littleEndian, as: UInt32.self)
                unsafe place += 4
                bits &>>= 32
                filled &-= 32
            }
            offset &+= words
        }
        // What is past the column is overwritten by the next one, at last by the zeros.
        unsafe place.storeBytes(
            of: UInt32(truncatingIfNeeded: bits).littleEndian, as: UInt32.self)
    }

    /// Unpacks records.
    ///
    /// - Returns: false where the bytes are no packed chunk of so many records.
    static func unpack(
        _ bytes: UnsafeRawBufferPointer, words: Int, into block: UnsafeMutableBufferPointer<UInt32>
    ) -> Bool {
        let records = block.count / words
        guard bytes.count >= words * 8, let source = bytes.baseAddress,
            let target = block.baseAddress
        else { return false }
        var columns: [(base: UInt32, width: Int, at: Int)] = []
        columns.reserveCapacity(words)
        var end = words * 8
        for word in 0..<words {
            let base = unsafe UInt32(
                littleEndian: source.loadUnaligned(fromByteOffset: word * 8, as: UInt32.self))
            let width = unsafe UInt32(
                littleEndian: source.loadUnaligned(fromByteOffset: word * 8 + 4, as: UInt32.self))
            guard width <= 32 else { return false }
            columns.append((base, Int(width), end))
            end += columnBytes(records, width: Int(width))
        }
        guard end + slack + sealBytes <= bytes.count else { return false }
        var first = 0
        while first < records {
            let count = min(together, records - first)
            for word in 0..<words {
                let column = columns[word]
                unsafe take(
                    source + column.at + first / 8 * column.width, column.base, column.width, count,
                    target + first * words + word, words)
            }
            first += count
        }
        return true
    }

    /// Whether bytes are what packing the records they hold makes.
    static func isCanonical(
        _ bytes: Span<UInt8>, words: Int, records: Int, at address: UInt64
    ) -> Bool {
        var block = [UInt32](repeating: 0, count: records * words)
        let isWhole = unsafe bytes.withUnsafeBytes { bytes in
            unsafe block.withUnsafeMutableBufferPointer { block in
                unsafe unpack(bytes, words: words, into: block)
            }
        }
        guard isWhole else { return false }
        var packed = [UInt8](repeating: 0, count: mostBytes(words: words, records: records))
        let count = pack(
            block, count: block.count, words: words, address: address, into: &packed)
        guard count == bytes.count else { return false }
        return bytes.indices.allSatisfy { bytes[$0] == packed[$0] }
    }

    @inline(__always)
    private static func take(
        _ source: UnsafeRawPointer, _ base: UInt32, _ width: Int, _ count: Int,
        _ target: UnsafeMutablePointer<UInt32>, _ words: Int
    ) {
        var offset = 0
        guard width > 0 else {
            for _ in 0..<count {
                unsafe target[offset] = base
                offset &+= words
            }
            return
        }
        let mask = UInt32.max &>> UInt32(32 - width)
        var bit = 0
        for _ in 0..<count {
            let bits = unsafe UInt64(
                littleEndian: source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self))
            let code = UInt32(truncatingIfNeeded: bits &>> UInt64(bit & 7)) & mask
            unsafe target[offset] = code == 0 ? 0 : code &+ base
            bit &+= width
            offset &+= words
        }
    }
}

/// Room for a chunk's records, unpacked; its reader's own. What it lends stays inside its bounds.
@safe
final class UnpackedChunk {
    private let words: UnsafeMutableBufferPointer<UInt32>

    init(words count: Int) {
        unsafe words = .allocate(capacity: count)
        unsafe words.initialize(repeating: 0)
    }

    deinit { unsafe words.deallocate() }

    /// Unpacks a chunk over the one before.
    ///
    /// - Returns: its words, as long as this lives and takes no other; nil where the bytes are damaged.
    func take(_ bytes: UnsafeRawBufferPointer, words count: Int, shape: RunShape) -> RunWords? {
        let block = unsafe UnsafeMutableBufferPointer(rebasing: words[..<count])
        guard unsafe RunPacking.unpack(bytes, words: shape.words, into: block) else { return nil }
        return unsafe RunWords(UnsafeBufferPointer(block))
    }
}
