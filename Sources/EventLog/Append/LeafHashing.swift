internal import CSHA2
internal import Crypto

/// SHA-256 over raw memory, for the loops that hash every entry and node: by the processor's own
/// instructions where it has them, two messages at a time.
@safe enum LeafHashing {
    private static let isFast = rekam_sha256_is_there() != 0

    /// Hashes `count` bytes at `start` into 32 bytes at `output`.
    @unsafe static func hash(
        _ start: UnsafePointer<UInt8>, count: Int, into output: UnsafeMutablePointer<UInt8>
    ) {
        if isFast { return unsafe rekam_sha256(start, count, output) }
        unsafe hashByLibrary(start, count: count, into: output)
    }

    /// Hashes two messages.
    @unsafe static func hashTwo(
        _ first: UnsafePointer<UInt8>, count firstCount: Int,
        into firstOutput: UnsafeMutablePointer<UInt8>,
        _ second: UnsafePointer<UInt8>, count secondCount: Int,
        into secondOutput: UnsafeMutablePointer<UInt8>
    ) {
        guard isFast else {
            unsafe hashByLibrary(first, count: firstCount, into: firstOutput)
            unsafe hashByLibrary(second, count: secondCount, into: secondOutput)
            return
        }
        unsafe rekam_sha256_two(
            first, firstCount, firstOutput, second, secondCount, secondOutput)
    }

    /// The same by the library, for machines without the instructions.
    @unsafe static func hashByLibrary(
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
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * 65) { pairs in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128 * 32) { level in
                let first = pairs.baseAddress!
                let second = unsafe first + 65
                let levelStart = level.baseAddress!
                unsafe first[0] = 1
                unsafe second[0] = 1
                var source = unsafe leaves
                var count = 256
                while count > 2 {
                    count /= 2
                    for index in stride(from: 0, to: count, by: 2) {
                        unsafe (first + 1).update(from: source + 64 * index, count: 64)
                        unsafe (second + 1).update(from: source + 64 * index + 64, count: 64)
                        unsafe hashTwo(
                            first, count: 65, into: levelStart + 32 * index,
                            second, count: 65, into: levelStart + 32 * index + 32)
                    }
                    unsafe source = UnsafePointer(levelStart)
                }
                unsafe (first + 1).update(from: levelStart, count: 64)
                unsafe hash(first, count: 65, into: output)
            }
        }
    }
}
