internal import CLMDB
internal import Glibc

extension Environment {
    /// Frees the slots of readers whose process has ended, so that they no longer keep pages from
    /// being used again; opening for writing does so, too.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package func clearDeadReaders() throws(LMDBError) -> Int {
        var dead: Int32 = 0
        try unsafe check(mdb_reader_check(handle, &dead), "mdb_reader_check")
        return Int(dead)
    }

    /// The processes that hold a reader's slot, by process id; one may hold several. A slot without
    /// a read transaction (`isReading` false) keeps nothing from being used again.
    package func readers() throws(LMDBError) -> [(process: Int, isReading: Bool)] {
        // LMDB tells them as lines of text: process, thread, transaction.
        let text = Lines()
        let context = unsafe Unmanaged.passUnretained(text).toOpaque()
        let code = unsafe mdb_reader_list(
            handle,
            { line, context in
                guard let line = unsafe line, let context = unsafe context else { return 0 }
                let lines = unsafe Unmanaged<Lines>.fromOpaque(context).takeUnretainedValue()
                unsafe lines.all.append(String(cString: line))
                return 0
            }, context)
        guard code >= 0 else {
            throw LMDBError(path: path, call: "mdb_reader_list", code: code)
        }
        return text.all.flatMap { $0.split(separator: "\n") }.compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let process = Int(words[0]) else { return nil }
            return (process, words[2] != "-")
        }
    }

    private final class Lines {
        var all: [String] = []
    }

    /// The version of liblmdb: `0.9.31`.
    package static var libraryVersion: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        unsafe mdb_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }
}
