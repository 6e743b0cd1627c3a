/// Whether two texts are the same, eight bytes at a time: most are too short to call a function for.
@inline(__always)
@unsafe func areEqual(
    _ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ count: Int
) -> Bool {
    func isEqual<Word: FixedWidthInteger & BitwiseCopyable>(_ at: Int, as: Word.Type) -> Bool {
        unsafe one.loadUnaligned(fromByteOffset: at, as: Word.self)
            == other.loadUnaligned(fromByteOffset: at, as: Word.self)
    }
    var at = 0
    while at &+ 8 <= count {
        guard isEqual(at, as: UInt64.self) else { return false }
        at &+= 8
    }
    if at &+ 4 <= count {
        guard isEqual(at, as: UInt32.self) else { return false }
        at &+= 4
    }
    while at < count {
        guard isEqual(at, as: UInt8.self) else { return false }
        at &+= 1
    }
    return true
}
