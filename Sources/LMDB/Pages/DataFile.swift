internal import Glibc

/// A data file read page by page, never through a map: a file that is cut short is an error here,
/// and no signal.
final class DataFile {
    let path: String
    /// The file's length when it was opened.
    private(set) var byteCount: UInt64 = 0
    private let descriptor: Int32

    init(path: String) throws(LMDBError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LMDBError(path: path, call: "open", code: errno) }
        try measure()
    }

    deinit { close(descriptor) }

    /// Reads the file's length again.
    func measure() throws(LMDBError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw LMDBError(path: path, call: "fstat", code: errno)
        }
        byteCount = UInt64(status.st_size)
    }

    /// Reads bytes at a place; false where the file ends before them.
    func read(at offset: UInt64, into bytes: inout [UInt8]) throws(LMDBError) -> Bool {
        guard offset <= byteCount, UInt64(bytes.count) <= byteCount - offset else { return false }
        var done = 0
        while done < bytes.count {
            let place = done
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress! + place, buffer.count - place,
                    off_t(offset) + off_t(place))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw LMDBError(path: path, call: "pread", code: errno) }
            if count == 0 { return false }
            done += count
        }
        return true
    }
}

/// Keeps writers of a store away while its data file is read beside LMDB.
///
/// Writers hold `writer.lock` for one transaction, so a shared lock on it is had between two of
/// them. Where the file cannot be opened, nothing keeps writers away, and `isHeld` says so.
final class WriterPause {
    private let descriptor: Int32
    /// Whether writers wait.
    let isHeld: Bool

    init(
        folder: String, _ file: DataFileName, waitingAtMost wait: Duration
    ) throws(LMDBError) {
        descriptor = unsafe open(folder + "/" + file.writerLock, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            isHeld = false
            return
        }
        let start = ContinuousClock.now
        while flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                isHeld = false
                return
            }
            guard ContinuousClock.now - start < wait else {
                close(descriptor)
                throw LMDBError(.busy, path: folder, call: "writer.lock", code: EBUSY)
            }
            usleep(100)
        }
        isHeld = true
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
