internal import CMinizip

/// A zip file of which parts are read by name, each in memory that does not grow with it, by minizip.
///
/// One part at a time: reading of the one before ends where another is begun.
@safe final class ZipArchive {
    private let handle: unzFile
    private let name: String
    private var reading = 0
    private var isOpen = false

    /// Bytes that a part may give for each of its stored ones, once it has given many: a sheet of nothing but
    /// empty cells comes to a hundred.
    static let mostUnpacked = 500
    private static let trustedBytes = 64 << 20

    /// - Parameters:
    ///   - path: where the file is read from.
    ///   - name: what it is called in faults.
    /// - Throws: `InputFault` where it is no whole zip file.
    init(path: String, name: String) throws(InputFault) {
        self.name = name
        guard let handle = unsafe unzOpen64(path) else {
            throw InputFault(
                name: name,
                cause: .other(
                    "is damaged or cut: the list of its parts, at its end, can't be read. Get it again "
                        + "from where it came."))
        }
        unsafe self.handle = unsafe handle
    }

    deinit { _ = unsafe unzClose(handle) }

    /// Begins to read a part; nil where there is none of the name.
    func part(_ part: String) throws(InputFault) -> ZipPart? {
        if isOpen { _ = unsafe unzCloseCurrentFile(handle) }
        isOpen = false
        // Names are compared as they are spelt first: some writers differ in letter case.
        guard
            unsafe unzLocateFile(handle, part, 1) == UNZ_OK
                || unzLocateFile(handle, part, 2) == UNZ_OK
        else { return nil }
        var info = unz_file_info64()
        guard unsafe unzGetCurrentFileInfo64(handle, &info, nil, 0, nil, 0, nil, 0) == UNZ_OK else {
            throw damaged(part)
        }
        guard info.flag & 1 == 0 else {
            throw InputFault(name: name, cause: .other("is encrypted. Save it without a password."))
        }
        guard unsafe unzOpenCurrentFile(handle) == UNZ_OK else { throw damaged(part) }
        isOpen = true
        reading += 1
        let limit = max(
            ZipArchive.trustedBytes,
            Int(clamping: info.compressed_size).multipliedReportingOverflow(
                by: ZipArchive.mostUnpacked
            ).partialValue)
        return ZipPart(self, part, number: reading, limit: limit)
    }

    fileprivate func read(
        into buffer: inout MutableSpan<UInt8>, of part: ZipPart
    ) throws(InputFault) -> Int {
        precondition(part.number == reading, "another part of the file is read already")
        guard isOpen else { return 0 }
        let count = unsafe buffer.withUnsafeMutableBufferPointer {
            Int(unsafe unzReadCurrentFile(handle, $0.baseAddress, UInt32(min($0.count, 1 << 20))))
        }
        guard count >= 0 else { throw damaged(part.name) }
        if count == 0 {
            isOpen = false
            // Only now its checksum is looked at.
            guard unsafe unzCloseCurrentFile(handle) == UNZ_OK else { throw damaged(part.name) }
        }
        return count
    }

    fileprivate func damaged(_ part: String) -> InputFault {
        InputFault(
            name: name,
            cause: .other(
                "is damaged: its part \(part) can't be read. Get it again from where it came."))
    }

    fileprivate func tooLarge(_ part: String) -> InputFault {
        InputFault(
            name: name,
            cause: .other(
                "unpacks to more than \(ZipArchive.mostUnpacked) times its size (\(part)), which no sheet "
                    + "does: it is not read. Save the sheet anew, or as CSV."))
    }
}

/// A part of a zip file, unpacked.
final class ZipPart: ByteSource {
    fileprivate let number: Int
    let name: String
    private let archive: ZipArchive
    private var rest: Int

    fileprivate init(_ archive: ZipArchive, _ name: String, number: Int, limit: Int) {
        self.archive = archive
        self.name = name
        self.number = number
        rest = limit
    }

    var storedBytes: Int { 0 }

    func read(into buffer: inout MutableSpan<UInt8>) throws -> Int {
        let count = try archive.read(into: &buffer, of: self)
        rest -= count
        guard rest >= 0 else { throw archive.tooLarge(name) }
        return count
    }
}
