internal import CZstd

/// zstd's streaming decoder over consecutive frames.
@safe final class ZstdStream: StreamDecoder {
    private let context: OpaquePointer
    /// Whether the last byte taken ended a frame, or none was taken yet.
    private(set) var isBetweenUnits = true

    init() throws(CompressionFault) {
        guard let context = unsafe ZSTD_createDCtx() else { throw .outOfMemory(format: .zstd) }
        unsafe self.context = unsafe context
    }

    deinit { _ = unsafe ZSTD_freeDCtx(context) }

    func decompress(
        _ input: Span<UInt8>, into output: inout MutableSpan<UInt8>, position: Int
    ) throws(CompressionFault) -> StreamDecompressor.Step {
        // Asking on with no input at the end of a frame would make zstd expect another one.
        if isBetweenUnits, input.isEmpty { return .init(consumed: 0, produced: 0) }
        var consumed = 0
        var produced = 0
        let hint = unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target -> Int in
                var from = unsafe ZSTD_inBuffer(
                    src: source.baseAddress, size: source.count, pos: 0)
                var to = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                let hint = unsafe ZSTD_decompressStream(context, &to, &from)
                consumed = unsafe from.pos
                produced = unsafe to.pos
                return hint
            }
        }
        guard ZSTD_isError(hint) == 0 else {
            throw ZstdFault.fault(of: hint, inputBytes: position + consumed, bound: output.count)
        }
        isBetweenUnits = hint == 0
        return .init(consumed: consumed, produced: produced)
    }
}
