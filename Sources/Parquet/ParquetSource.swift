/// Bytes that can be read from any place: Parquet's list of columns stands at a file's end.
package protocol ParquetSource {
    /// How many there are.
    var byteCount: Int { get }
    /// Fills a buffer with the bytes from a place on, all of which are there.
    ///
    /// - Throws: an operating error that names the input.
    func read(at place: Int, into buffer: inout MutableSpan<UInt8>) throws
}

extension ParquetSource {
    /// Some bytes.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        if !bytes.isEmpty {
            var span = bytes.mutableSpan
            try read(at: range.lowerBound, into: &span)
        }
        return bytes
    }
}

extension [UInt8]: ParquetSource {
    /// A file that is in memory.
    package var byteCount: Int { count }

    package func read(at place: Int, into buffer: inout MutableSpan<UInt8>) {
        for index in buffer.indices { buffer[index] = self[place + index] }
    }
}
