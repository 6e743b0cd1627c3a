internal import CZstd

/// Decompresses whole zstd frames of which the caller knows the greatest length, with one reusable
/// context.
///
///     var decompressor = try ZstdDecompressor()
///     let bundle = try decompressor.decompress(frame, atMost: 1 << 20)
@safe public struct ZstdDecompressor: ~Copyable, @unchecked Sendable {
    // Sendable because only mutating methods touch the context, so its owner is alone with it.
    private let context: OpaquePointer

    /// A decompressor with its own context.
    public init() throws(CompressionFault) {
        guard let context = unsafe ZSTD_createDCtx() else { throw .outOfMemory(format: .zstd) }
        unsafe self.context = unsafe context
    }

    deinit { _ = unsafe ZSTD_freeDCtx(context) }

    /// Writes what the frames hold into a buffer and returns its length.
    ///
    /// - Throws: `tooLarge` when it does not fit, `truncated` or `damaged` for bad frames; the
    ///   buffer's content is then unspecified.
    /// - Complexity: O(length of the result).
    public mutating func decompress(
        _ bytes: Span<UInt8>, into output: inout MutableSpan<UInt8>
    ) throws(CompressionFault) -> Int {
        let room = output.count
        let written = unsafe output.withUnsafeMutableBufferPointer { target in
            unsafe read(bytes, into: target)
        }
        guard ZSTD_isError(written) == 0 else {
            throw ZstdFault.fault(of: written, inputBytes: bytes.count, bound: room)
        }
        return written
    }

    /// Replaces an array's content with what the frames hold; keeps its capacity, so that a reused
    /// array costs no allocation.
    ///
    /// - Throws: `tooLarge` when that is more than `bound` bytes, `truncated` or `damaged` for bad
    ///   frames; the array is then empty.
    public mutating func decompress(
        _ bytes: Span<UInt8>, atMost bound: Int, into output: inout [UInt8]
    ) throws(CompressionFault) {
        let room = min(bound, contentSize(of: bytes) ?? bound)
        if output.count < room {
            output.append(contentsOf: repeatElement(0, count: room - output.count))
        }
        let written = unsafe output.withUnsafeMutableBufferPointer { all in
            unsafe read(bytes, into: UnsafeMutableBufferPointer(rebasing: all[..<room]))
        }
        guard ZSTD_isError(written) == 0 else {
            output.removeAll(keepingCapacity: true)
            throw ZstdFault.fault(of: written, inputBytes: bytes.count, bound: bound)
        }
        output.removeLast(output.count - written)
    }

    /// What the frames hold, in a new array; see `decompress(_:atMost:into:)`.
    public mutating func decompress(
        _ bytes: Span<UInt8>, atMost bound: Int
    ) throws(CompressionFault) -> [UInt8] {
        var output: [UInt8] = []
        try decompress(bytes, atMost: bound, into: &output)
        return output
    }

    /// The result's length, or one of zstd's error codes.
    private func read(
        _ bytes: Span<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe ZSTD_decompressDCtx(
                context, target.baseAddress, target.count, source.baseAddress, source.count)
        }
    }

    /// The length a single frame states; nil when it states none or there may be further frames.
    private func contentSize(of bytes: Span<UInt8>) -> Int? {
        unsafe bytes.withUnsafeBufferPointer { source -> Int? in
            let whole = unsafe ZSTD_findFrameCompressedSize(source.baseAddress, source.count)
            guard ZSTD_isError(whole) == 0, whole == source.count else { return nil }
            let size = unsafe ZSTD_getFrameContentSize(source.baseAddress, source.count)
            // The two largest values say "unknown" and "error".
            return size < UInt64(Int.max) ? Int(size) : nil
        }
    }
}
