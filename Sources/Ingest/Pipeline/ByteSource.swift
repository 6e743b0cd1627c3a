/// Where the bytes of an input come from: a file, standard input, a decompressor.
public protocol ByteSource: SendableMetatype {
    /// Reads the next bytes of the input into the start of a buffer (never empty), and returns how
    /// many; 0 at the end of the input, from then on always.
    ///
    /// Waits until there is at least one byte, then hands out what there is rather than wait until
    /// the buffer is full, so that the events of a slow stream are not held back.
    ///
    /// - Throws: an operating error that names the input, for example a truncated gzip file.
    ///   All bytes before the fault have been handed out.
    mutating func read(into buffer: inout MutableSpan<UInt8>) throws -> Int

    /// Bytes taken so far as they are stored, before decompression: for progress.
    var storedBytes: Int { get }
}
