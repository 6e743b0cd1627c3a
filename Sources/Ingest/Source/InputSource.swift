public import Compression
internal import Glibc
internal import Parquet

/// The bytes of a file or of standard input, decompressed where they are gzip or zstd (told by the
/// first bytes, never by the name), in memory that does not grow with the input.
///
///     let source = try InputSource(path: "tickets.ndjson.gz")     // "-" is standard input
///     while try source.read(into: &span) > 0 { … }
///
/// Not to be used from two threads at once.
public final class InputSource: ByteSource {
    /// The input as the user named it, or `standard input`.
    public let name: String
    /// How the input is compressed; nil when it is not, and before the first read.
    public private(set) var compression: CompressionFormat?
    /// Bytes read so far, as they are stored (before decompression): for progress.
    public private(set) var storedBytes = 0
    /// All bytes of the input as it is stored; nil where that is unknown (a pipe).
    public let totalStoredBytes: Int?
    /// Sees every byte of the input as it is stored, in order: for its digest.
    public var onStoredBytes: ((Span<UInt8>) -> Void)?

    private let descriptor: Int32
    private let isOwned: Bool
    private let isPipe: Bool
    private var stored: [UInt8] = []
    /// Of bytes that were in memory: all of them.
    private var whole: [UInt8] = []
    private var storedStart = 0
    private var stream: StreamDecompressor?
    private var hasBegun = false
    private var isAtEnd = false
    private var mayHoldMore = false
    private var hasProduced = false
    /// What was looked at before it is read: bytes, or why there are none.
    private var ahead: ArraySlice<UInt8> = []
    private var faultAhead: (any Error)?

    /// Bytes asked of the system at a time for compressed input.
    private static let chunkBytes = 256 << 10

    /// Opens a file; `-` is standard input.
    ///
    /// - Throws: `missing`, `folder`, `permission` or `system`.
    public init(path: String) throws(InputFault) {
        if path == "-" {
            name = "standard input"
            descriptor = STDIN_FILENO
            isOwned = false
            isPipe = false
            totalStoredBytes = nil
            return
        }
        name = path
        isOwned = true
        // Without waiting: a named pipe that nobody writes to yet would not open, and not be left.
        let opened = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard opened >= 0 else { throw InputSource.fault(errno, path) }
        var status = stat()
        guard unsafe fstat(opened, &status) == 0 else {
            let code = errno
            _ = close(opened)
            throw InputSource.fault(code, path)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            _ = close(opened)
            throw InputFault(name: path, cause: .folder)
        }
        _ = fcntl(opened, F_SETFL, 0)
        descriptor = opened
        isPipe = status.st_mode & S_IFMT == S_IFIFO
        totalStoredBytes = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    /// Bytes that are in memory already.
    public init(bytes: [UInt8], name: String) {
        self.name = name
        descriptor = -1
        isOwned = false
        isPipe = false
        stored = bytes
        whole = bytes
        totalStoredBytes = bytes.count
        storedBytes = bytes.count
    }

    /// The same input from its beginning once more; nil for a pipe.
    func again() throws(InputFault) -> InputSource? {
        if descriptor < 0 { return InputSource(bytes: whole, name: name) }
        return totalStoredBytes == nil ? nil : try InputSource(path: name)
    }

    deinit {
        if isOwned { _ = close(descriptor) }
    }

    /// See `ByteSource`.
    ///
    /// - Throws: `InputFault`: `empty`, `compressed` or `system`.
    public func read(into buffer: inout MutableSpan<UInt8>) throws -> Int {
        if let fault = faultAhead {
            faultAhead = nil
            throw fault
        }
        guard ahead.isEmpty else {
            let count = min(ahead.count, buffer.count)
            for index in 0..<count { buffer[index] = ahead[ahead.startIndex + index] }
            ahead = ahead.dropFirst(count)
            return count
        }
        return try readOn(into: &buffer)
    }

    /// The first bytes, decompressed, which are read all the same later: so many as come at once, and
    /// one at least. None where they can't be read, which the next `read` says.
    func firstBytes() -> [UInt8] {
        if ahead.isEmpty, !hasBegun {
            var bytes = [UInt8](repeating: 0, count: 64 << 10)
            var span = bytes.mutableSpan
            do {
                let count = try readOn(into: &span)
                ahead = bytes[..<count]
            } catch {
                faultAhead = error
            }
        }
        return Array(ahead)
    }

    private func readOn(into buffer: inout MutableSpan<UInt8>) throws -> Int {
        if !hasBegun { try begin() }
        if isAtEnd { return 0 }
        let count = try stream == nil ? readPlain(&buffer) : readCompressed(&buffer)
        if count == 0 {
            isAtEnd = true
            guard hasProduced else { throw InputFault(name: name, cause: .empty) }
        }
        hasProduced = true
        return count
    }

    private func begin() throws(InputFault) {
        hasBegun = true
        if descriptor < 0 { onStoredBytes?(stored.span) }
        // Until somebody writes to it, reading a named pipe would say that it has ended.
        if isPipe { waitForInput() }
        while stored.count < CompressionFormat.signatureLength, try refill() {}
        compression = CompressionFormat(firstBytes: stored.span)
        guard let compression else {
            if let fault = packed() { throw InputFault(name: name, cause: fault) }
            return
        }
        do throws(CompressionFault) {
            stream = try StreamDecompressor(format: compression)
        } catch {
            throw InputFault(name: name, cause: .compressed(error))
        }
    }

    /// What other packing the first bytes tell of; no text begins with them.
    ///
    /// Of a workbook and of Parquet all parts are named at the end, so that they are not read from a pipe.
    private func packed() -> InputFault.Cause? {
        if stored.starts(with: [0xFD, 0x37, 0x7A, 0x58]) { return .packed("xz") }
        let isZip = InputContent.isZip(stored)
        if isZip { while stored.count < 100, (try? refill()) == true {} }
        guard isZip || stored.starts(with: "PAR".utf8) else { return nil }
        guard let content = InputContent(firstBytes: stored) else {
            return isZip ? .packed("zip") : nil
        }
        if let fault = content.fault(reading: .rows) { return .other(fault) }
        return faultOfWhole(content)
    }

    /// Why what is named at its end can't be read from here; nil where it can, and of anything else.
    func faultOfWhole(_ content: InputContent?) -> InputFault.Cause? {
        guard let name = content?.nameOfWhole else { return nil }
        if let compression {
            return .other(
                "is \(name), packed as \(compression.rawValue). Unpack it first."
            )
        }
        if content == .workbook ? storedPath != nil : storedBytesAnywhere != nil { return nil }
        return .other("is \(name), which is read from a file alone: save it, and name the file.")
    }

    /// A path under which a library can read all bytes as they are stored; nil for a pipe, for
    /// compressed ones, and for those that were in memory.
    var storedPath: String? {
        compression == nil && totalStoredBytes != nil && descriptor >= 0
            ? "/proc/self/fd/\(descriptor)" : nil
    }

    /// All bytes as they are stored, to be read from any place; nil for a pipe, and for compressed ones.
    var storedBytesAnywhere: StoredBytes? {
        guard compression == nil, let count = totalStoredBytes else { return nil }
        return StoredBytes(source: self, byteCount: count)
    }

    /// Fills a buffer with bytes as they are stored, from a place on.
    fileprivate func readStored(at place: Int, into buffer: inout MutableSpan<UInt8>)
        throws(InputFault)
    {
        guard descriptor >= 0 else {
            for index in 0..<buffer.count { buffer[index] = whole[place + index] }
            return
        }
        let count = buffer.count
        let code = unsafe buffer.withUnsafeMutableBufferPointer { room -> Int32 in
            var filled = 0
            while filled < count {
                let got = unsafe pread(
                    descriptor, room.baseAddress! + filled, count - filled, place + filled)
                if got < 0, errno == EINTR { continue }
                // A file that became shorter has no more bytes than it had.
                if got <= 0 { return got < 0 ? errno : EIO }
                filled += got
            }
            return 0
        }
        guard code == 0 else { throw InputSource.fault(code, name) }
    }

    /// Reads on, for the digest, until so many bytes as they are stored were read, or all.
    func readOn(toStored count: Int) throws {
        var room = [UInt8](repeating: 0, count: 256 << 10)
        while storedBytes < count || count == .max {
            var span = room.mutableSpan
            if try read(into: &span) == 0 { return }
        }
    }

    private func waitForInput() {
        var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&asked, 1, -1) < 0, errno == EINTR {}
    }

    private func readPlain(_ buffer: inout MutableSpan<UInt8>) throws(InputFault) -> Int {
        let held = stored.count - storedStart
        guard held > 0 else {
            return try checked(
                unsafe buffer.withUnsafeMutableBufferPointer { unsafe readStored(into: $0) })
        }
        let count = min(held, buffer.count)
        for index in 0..<count { buffer[index] = stored[storedStart + index] }
        storedStart += count
        if storedStart == stored.count {
            stored = []
            storedStart = 0
        }
        return count
    }

    private func readCompressed(_ buffer: inout MutableSpan<UInt8>) throws(InputFault) -> Int {
        while true {
            if storedStart == stored.count, !mayHoldMore {
                stored.removeAll(keepingCapacity: true)
                storedStart = 0
                guard try refill() else {
                    do throws(CompressionFault) {
                        try stream!.finish()
                    } catch {
                        throw InputFault(name: name, cause: .compressed(error))
                    }
                    return 0
                }
            }
            var produced = 0
            let held = stored
            let input = held.span.extracting(storedStart..<held.count)
            do throws(CompressionFault) {
                let step = try stream!.decompress(input, into: &buffer)
                storedStart += step.consumed
                produced = step.produced
            } catch {
                throw InputFault(name: name, cause: .compressed(error))
            }
            mayHoldMore = produced == buffer.count
            if produced > 0 { return produced }
        }
    }

    /// Reads one more chunk into `stored`; false at the end of the input.
    private func refill() throws(InputFault) -> Bool {
        guard descriptor >= 0 else { return false }
        let start = stored.count
        stored.append(contentsOf: repeatElement(0, count: InputSource.chunkBytes))
        let count = unsafe stored.withUnsafeMutableBufferPointer {
            unsafe readStored(into: UnsafeMutableBufferPointer(rebasing: $0[start...]))
        }
        stored.removeLast(InputSource.chunkBytes - max(count, 0))
        return try checked(count) > 0
    }

    /// One `read` of the system; 0 at the end of the input, a negative `errno` where it fails.
    private func readStored(into room: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard descriptor >= 0 else { return 0 }
        while true {
            let count = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
            guard count < 0 else {
                storedBytes += count
                if let onStoredBytes {
                    unsafe onStoredBytes(UnsafeBufferPointer(room).span.extracting(0..<count))
                }
                return count
            }
            if errno != EINTR { return -Int(errno) }
        }
    }

    private func checked(_ count: Int) throws(InputFault) -> Int {
        guard count >= 0 else { throw InputSource.fault(Int32(-count), name) }
        return count
    }

    private static func fault(_ code: Int32, _ name: String) -> InputFault {
        switch code {
        case ENOENT, ENOTDIR: InputFault(name: name, cause: .missing)
        case EACCES, EPERM: InputFault(name: name, cause: .permission)
        case EISDIR: InputFault(name: name, cause: .folder)
        default:
            unsafe InputFault(
                name: name, cause: .system(String(cString: strerror(code)).lowercased()))
        }
    }
}

/// The bytes of an input as they are stored, read from any place.
struct StoredBytes: ParquetSource {
    fileprivate let source: InputSource
    let byteCount: Int

    func read(at place: Int, into buffer: inout MutableSpan<UInt8>) throws {
        try source.readStored(at: place, into: &buffer)
    }
}
