internal import CSnappy

/// Blocks of Snappy (format_description.txt of Google's snappy), as Parquet's pages are packed.
public enum Snappy {
    /// Replaces an array's content with what a block holds.
    ///
    /// - Returns: false where the bytes are no block, or hold more than `bound` bytes; the array is then
    ///   empty.
    /// - Complexity: O(length of the result).
    public static func decompress(
        _ bytes: Span<UInt8>, atMost bound: Int, into output: inout [UInt8]
    ) -> Bool {
        output.removeAll(keepingCapacity: true)
        var length = 0
        let isSound = unsafe bytes.withUnsafeBytes { source in
            let start = unsafe source.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard unsafe snappy_uncompressed_length(start, source.count, &length) == SNAPPY_OK,
                length <= bound
            else { return false }
            unsafe output = [UInt8](unsafeUninitializedCapacity: length) { room, count in
                var written = length
                let status = unsafe room.withMemoryRebound(to: CChar.self) {
                    unsafe snappy_uncompress(start, source.count, $0.baseAddress, &written)
                }
                count = status == SNAPPY_OK ? written : 0
            }
            return output.count == length
        }
        if !isSound { output.removeAll() }
        return isSound
    }
}
