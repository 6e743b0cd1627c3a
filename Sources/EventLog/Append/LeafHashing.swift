internal import Crypto

/// SHA-256 over raw memory, for the loops that hash every entry and node.
@safe enum LeafHashing {
    /// Hashes `count` bytes at `start` into 32 bytes at `output`.
    @unsafe static func hash(
        _ start: UnsafePointer<UInt8>, count: Int, into output: UnsafeMutablePointer<UInt8>
    ) {
        var hasher = SHA256()
        unsafe hasher.update(bufferPointer: UnsafeRawBufferPointer(start: start, count: count))
        unsafe hasher.finalize().withUnsafeBytes { digest in
            unsafe UnsafeMutableRawPointer(output).copyMemory(
                from: digest.baseAddress!, byteCount: 32)
        }
    }

    /// The root of 256 leaf hashes, by RFC 6962.
    @unsafe static func tileRoot(
        _ leaves: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) {
        // 1 byte prefix before each pair; a level is reduced in place, front to back.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65) { pair in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128 * 32) { level in
                let pairStart = pair.baseAddress!
                let levelStart = level.baseAddress!
                unsafe pairStart[0] = 1
                var source = unsafe leaves
                var count = 256
                while count > 1 {
                    count /= 2
                    for index in 0..<count {
                        unsafe (pairStart + 1).update(from: source + 64 * index, count: 64)
                        unsafe hash(pairStart, count: 65, into: levelStart + 32 * index)
                    }
                    unsafe source = UnsafePointer(levelStart)
                }
                unsafe output.update(from: levelStart, count: 32)
            }
        }
    }
}
