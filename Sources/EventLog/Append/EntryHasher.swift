/// Hashes entries one after another, keeping its memory.
final class EntryHasher {
    private let bytes = Buffer<UInt8>()

    /// The leaf hash of an entry: SHA-256(0x00 ‖ entry).
    func leaf(_ entry: Span<UInt8>) -> TreeHash {
        bytes.resize(1 + entry.count)
        bytes[0] = 0
        unsafe entry.withUnsafeBufferPointer { source in
            guard let from = source.baseAddress else { return }
            unsafe (bytes.start + 1).update(from: from, count: source.count)
        }
        var hash = TreeHash(repeating: 0)
        unsafe withUnsafeMutableBytes(of: &hash.storage) { output in
            unsafe LeafHashing.hash(
                bytes.start, count: 1 + entry.count,
                into: output.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
        return hash
    }

    /// The root of 256 leaf hashes.
    func tile(_ leaves: Span<UInt8>) -> TreeHash {
        precondition(leaves.count == 256 * 32, "a tile has 256 hashes")
        var hash = TreeHash(repeating: 0)
        unsafe leaves.withUnsafeBufferPointer { leaves in
            unsafe withUnsafeMutableBytes(of: &hash.storage) { output in
                unsafe LeafHashing.tileRoot(
                    leaves.baseAddress!,
                    into: output.baseAddress!.assumingMemoryBound(to: UInt8.self))
            }
        }
        return hash
    }
}

extension TextCache {
    /// The id of a text lent as a span; `none` when it is not in the cache.
    func find(_ fingerprint: UInt64, _ text: Span<UInt8>) -> UInt32 {
        unsafe text.withUnsafeBufferPointer { text in
            guard let start = text.baseAddress else { return TextCache.none }
            return unsafe find(fingerprint, start, text.count)
        }
    }

    /// Keeps the id of a text lent as a span; the text must not be there yet.
    func insert(_ fingerprint: UInt64, _ text: Span<UInt8>, id: UInt32) {
        unsafe text.withUnsafeBufferPointer { text in
            guard let start = text.baseAddress else { return }
            unsafe insert(fingerprint, start, text.count, id: id)
        }
    }
}
