/// Ids of texts seen lately, by fingerprint, each hit confirmed by the text itself. Bounded: when
/// full, it forgets everything, and the next batch looks its texts up in the store again.
///
/// Reading is safe from several threads as long as nobody writes.
@safe final class TextCache: @unchecked Sendable {
    // Sendable because the appender separates the reading from the writing of each batch.
    private struct Entry {
        var fingerprint: UInt64
        var id: UInt32
        /// Where the text lies in `texts`, after its length in four bytes; 0 for a free place.
        var offset: UInt32
    }

    private let entries = Buffer<Entry>()
    private let texts = Buffer<UInt8>()
    private var used = 0
    private var mask = 0
    private let mostEntries: Int
    private let mostTextBytes: Int

    /// No text has this id.
    static let none = UInt32.max

    /// A cache of at most so many bytes.
    init(limitBytes: Int) {
        let places = max(1024, limitBytes / 2 / MemoryLayout<Entry>.stride)
        mostEntries = 1 << (Int.bitWidth - 1 - places.leadingZeroBitCount)
        mostTextBytes = limitBytes - mostEntries * MemoryLayout<Entry>.stride
        clear()
    }

    /// Forgets everything, and the memory.
    func clear() {
        entries.trim(above: 1024)
        texts.trim(above: 0)
        entries.fill(1024, with: Entry(fingerprint: 0, id: 0, offset: 0))
        texts.fill(4, with: 0)
        mask = 1023
        used = 0
    }

    /// The id of a text; `none` when it is not in the cache.
    @inline(__always)
    @unsafe func find(_ fingerprint: UInt64, _ text: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        let table = unsafe entries.start
        let arena = unsafe texts.start
        var place = Int(truncatingIfNeeded: fingerprint) & mask
        while true {
            let entry = unsafe table[place]
            if entry.offset == 0 { return TextCache.none }
            if entry.fingerprint == fingerprint {
                let stored = unsafe UnsafeRawPointer(arena + Int(entry.offset))
                let length = Int(unsafe stored.loadUnaligned(as: UInt32.self))
                if length == count, unsafe areEqual(stored + 4, text, count) {
                    return entry.id
                }
            }
            place = (place &+ 1) & mask
        }
    }

    /// Keeps a text's id; the text must not be there yet.
    @unsafe func insert(
        _ fingerprint: UInt64, _ text: UnsafePointer<UInt8>, _ count: Int, id: UInt32
    ) {
        if texts.count + count + 4 > mostTextBytes || used * 2 >= mostEntries { clear() }
        if used * 2 > mask { grow() }
        let offset = texts.count
        texts.resize(offset + 4 + count)
        let stored = unsafe UnsafeMutableRawPointer(texts.start + offset)
        unsafe stored.storeBytes(of: UInt32(count), as: UInt32.self)
        unsafe (stored + 4).copyMemory(from: text, byteCount: count)
        place(Entry(fingerprint: fingerprint, id: id, offset: UInt32(offset)))
        used += 1
    }

    private func place(_ entry: Entry) {
        var place = Int(truncatingIfNeeded: entry.fingerprint) & mask
        while entries[place].offset != 0 { place = (place &+ 1) & mask }
        entries[place] = entry
    }

    private func grow() {
        let count = entries.count
        let old = (0..<count).map { entries[$0] }
        entries.fill(count * 2, with: Entry(fingerprint: 0, id: 0, offset: 0))
        mask = count * 2 - 1
        for entry in old where entry.offset != 0 { place(entry) }
    }
}
