internal import CZstd

/// Compresses blocks of bytes into zstd frames, with one reusable context: no allocation per call
/// once it is warm. Frames carry their length and no checksum (entries have their own hashes).
///
///     var compressor = try ZstdCompressor(level: 1)
///     try compressor.compress(bundle.span, appendingTo: &page)
///
/// The same bytes at the same level and library version give the same frame.
@safe public struct ZstdCompressor: ~Copyable, @unchecked Sendable {
    // Sendable because only mutating methods touch the context, so its owner is alone with it.
    private let context: OpaquePointer

    /// A compressor with its own context (some hundred kilobytes at low levels).
    ///
    /// - Parameter level: 1 (fastest) to 19 (smallest); traps outside.
    public init(level: Int = 1) throws(CompressionFault) {
        precondition((1...19).contains(level), "zstd levels are 1 to 19")
        guard let context = unsafe ZSTD_createCCtx() else { throw .outOfMemory(format: .zstd) }
        unsafe self.context = unsafe context
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    }

    deinit { _ = unsafe ZSTD_freeCCtx(context) }

    /// The most bytes a frame of `count` bytes can take.
    public static func bound(ofCount count: Int) -> Int { ZSTD_compressBound(count) }

    /// Writes one frame into a buffer and returns its length.
    ///
    /// - Throws: `tooLarge` when it does not fit; `bound(ofCount:)` bytes are always enough.
    /// - Complexity: O(count).
    public mutating func compress(
        _ bytes: Span<UInt8>, into output: inout MutableSpan<UInt8>
    ) throws(CompressionFault) -> Int {
        let room = output.count
        let written = unsafe output.withUnsafeMutableBufferPointer { target in
            unsafe write(bytes, into: target)
        }
        guard ZSTD_isError(written) == 0 else {
            throw ZstdFault.fault(of: written, inputBytes: bytes.count, bound: room)
        }
        return written
    }

    /// Appends one frame to an array and returns its length.
    ///
    /// - Complexity: O(count).
    @discardableResult
    public mutating func compress(
        _ bytes: Span<UInt8>, appendingTo output: inout [UInt8]
    ) throws(CompressionFault) -> Int {
        let start = output.count
        let room = ZstdCompressor.bound(ofCount: bytes.count)
        output.append(contentsOf: repeatElement(0, count: room))
        let written = unsafe output.withUnsafeMutableBufferPointer { all in
            unsafe write(bytes, into: UnsafeMutableBufferPointer(rebasing: all[start...]))
        }
        guard ZSTD_isError(written) == 0 else {
            output.removeLast(room)
            throw ZstdFault.fault(of: written, inputBytes: bytes.count, bound: room)
        }
        output.removeLast(room - written)
        return written
    }

    /// The frame's length, or one of zstd's error codes.
    private func write(
        _ bytes: Span<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe ZSTD_compress2(
                context, target.baseAddress, target.count, source.baseAddress, source.count)
        }
    }
}

/// zstd's return values as our faults.
enum ZstdFault {
    static func fault(of code: Int, inputBytes: Int, bound: Int) -> CompressionFault {
        switch ZSTD_getErrorCode(code) {
        case ZSTD_error_dstSize_tooSmall: .tooLarge(format: .zstd, bound: bound)
        case ZSTD_error_memory_allocation: .outOfMemory(format: .zstd)
        case ZSTD_error_srcSize_wrong: .truncated(format: .zstd, inputBytes: inputBytes)
        default:
            .damaged(
                format: .zstd, inputBytes: inputBytes,
                detail: unsafe String(cString: ZSTD_getErrorName(code)).lowercased())
        }
    }
}
