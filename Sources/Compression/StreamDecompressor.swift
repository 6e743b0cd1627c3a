/// One library's streaming decoder.
protocol StreamDecoder: AnyObject {
    /// Whether the last byte taken ended a member or frame, or none was taken yet.
    var isBetweenUnits: Bool { get }
    /// One step; `position` is how many bytes of the stream came before `input`.
    func decompress(
        _ input: Span<UInt8>, into output: inout MutableSpan<UInt8>, position: Int
    ) throws(CompressionFault) -> StreamDecompressor.Step
}

/// Decompresses a stream of gzip members or zstd frames piece by piece, in memory that does not
/// grow with the stream.
///
///     let stream = try StreamDecompressor(format: .gzip)
///     while let chunk = next() {
///         let step = try stream.decompress(chunk, into: &buffer)   // step.consumed, step.produced
///     }
///     try stream.finish()
public final class StreamDecompressor {
    /// What one step took and gave, in bytes.
    public struct Step: Sendable {
        /// Bytes of the input that are done with.
        public var consumed: Int
        /// Bytes written into the output.
        public var produced: Int
    }

    /// The format being read.
    public let format: CompressionFormat
    /// Compressed bytes taken so far.
    public private(set) var consumedBytes = 0
    private let decoder: any StreamDecoder

    /// A decompressor at the start of a stream.
    public init(format: CompressionFormat) throws(CompressionFault) {
        self.format = format
        switch format {
        case .gzip: decoder = try GzipStream()
        case .zstd: decoder = try ZstdStream()
        }
    }

    /// Takes some of the input and fills some of the output. Call again with the rest of the input
    /// until it is consumed, and after that as long as a step fills the whole output.
    ///
    /// - Throws: `damaged` where the bytes are no data of the format, naming how far it was read.
    public func decompress(
        _ input: Span<UInt8>, into output: inout MutableSpan<UInt8>
    ) throws(CompressionFault) -> Step {
        let step = try decoder.decompress(input, into: &output, position: consumedBytes)
        consumedBytes += step.consumed
        return step
    }

    /// Says that the input is over.
    ///
    /// - Throws: `truncated` when it ended inside a member or frame.
    public func finish() throws(CompressionFault) {
        guard decoder.isBetweenUnits else {
            throw .truncated(format: format, inputBytes: consumedBytes)
        }
    }
}
