internal import Crypto
internal import Glibc

/// A folder in the making, `NAME.partial/whole`, which takes its name only when it is whole, so that
/// nobody ever finds half of it. `NAME.partial` is held against other processes until this goes away.
///
/// A file beside it marks it as one of ours, durably and before anything else is there, so that nobody
/// else's is ever taken for a leftover, and no leftover for somebody else's. What a killed process left
/// is taken away by whoever next makes a folder beside it.
package final class PartialFolder {
    /// Where it is being made.
    package let path: String
    private let name: String
    private let outer: String
    private let descriptor: Int32

    /// Begins a folder that is to be called `name`.
    ///
    /// - Parameter isPrivate: whether it is its owner's alone.
    /// - Throws: `.alreadyThere` where something stands under the name that is no empty folder, or under
    ///   `NAME.partial` what is none of ours; `.inTheMaking` where another process is making it.
    package init(for name: String, isPrivate: Bool = true) throws(StoreFault) {
        self.name = StoreFiles.withoutSlash(name)
        outer = Self.partial(self.name)
        path = Self.whole(self.name)
        guard StoreFiles.isAbsentOrEmpty(self.name) else { throw .alreadyThere(path: self.name) }
        Self.sweep(beside: self.name)
        descriptor = try StoreFiles.hold(folder: outer, mode: 0o700, for: self.name)
        // Whatever the umask took away.
        fchmod(descriptor, 0o700)
        let leftovers = StoreFiles.names(in: outer) ?? []
        guard leftovers.allSatisfy({ $0 == Self.mark }) else {
            throw .alreadyThere(path: outer)
        }
        if leftovers.isEmpty {
            try StoreFiles.make(outer + "/" + Self.mark, [])
            try StoreFiles.sync(folder: outer)
        }
        let mode: mode_t = isPrivate ? 0o700 : 0o755
        guard unsafe mkdir(path, mode) == 0, unsafe !isPrivate || chmod(path, mode) == 0 else {
            throw .file(path: path, action: "make", reason: StoreFiles.reason())
        }
    }

    /// Where what is to be called `name` stands while it is made.
    package static func partial(_ name: String) -> String { StoreFiles.withoutSlash(name) + suffix }

    /// Where the folder itself is meanwhile.
    package static func whole(_ name: String) -> String { partial(name) + "/whole" }

    /// Whether a path is what a process that was killed left in the making: held by nobody.
    package static func isLeftover(_ path: String) -> Bool {
        guard path.hasSuffix(suffix), StoreFiles.status(path)?.kind == .folder,
            StoreFiles.names(in: path)?.contains(mark) ?? false
        else { return false }
        return !StoreFiles.isHeld(folder: path)
    }

    /// Takes away what a killed process of this user left at a path.
    package static func sweep(_ path: String) {
        guard isLeftover(path), StoreFiles.status(path)?.owner == geteuid(),
            let descriptor = try? StoreFiles.hold(folder: path, mode: 0o700, for: path)
        else { return }
        clear(path)
        close(descriptor)
    }

    /// Takes away what killed processes left beside a path.
    private static func sweep(beside path: String) {
        let parent = StoreFiles.parent(of: path)
        for name in StoreFiles.names(in: parent) ?? [] where name.hasSuffix(suffix) {
            sweep(parent + "/" + name)
        }
    }

    private static let suffix = ".partial"
    private static let mark = ".rekam-in-the-making"

    /// Takes away what is ours. The mark goes last: what is left where this is cut off is still known.
    private static func clear(_ outer: String) {
        let names = StoreFiles.names(in: outer) ?? []
        if names.contains(mark) {
            for inside in names where inside != mark { FolderFiles.remove(outer + "/" + inside) }
            if StoreFiles.names(in: outer) == [mark] { try? StoreFiles.remove(outer + "/" + mark) }
        }
        unsafe rmdir(outer)
    }

    deinit {
        Self.clear(outer)
        close(descriptor)
    }

    /// A file of the folder.
    package func file(_ file: String) -> String { path + "/" + file }

    /// Takes away what opening the folder as a store left in it.
    package func removeLocks() throws(StoreFault) {
        for file in [
            "lock.mdb", "writer.lock", "key.lock", "private.mdb-lock", "private.lock",
        ] {
            try StoreFiles.remove(self.file(file))
        }
    }

    /// Gives the folder its name, durably; its files are on the disk by then.
    package func finish() throws(StoreFault) {
        try StoreFiles.sync(folder: path)
        guard StoreFiles.isAbsentOrEmpty(name) else { throw .alreadyThere(path: name) }
        // An empty folder of that name is replaced.
        guard unsafe Glibc.rename(path, name) == 0 else {
            let isMount = errno == EBUSY || errno == EXDEV
            throw .file(
                path: name, action: "make",
                reason: isMount
                    ? "a file system is mounted there; choose a folder inside it"
                    : StoreFiles.reason())
        }
        try StoreFiles.sync(folder: StoreFiles.parent(of: name))
    }
}

extension StoreFiles {
    /// The size of a regular file, and its SHA-256 as 32 bytes; a symbolic link is a fault.
    package static func digest(
        _ path: String
    ) throws(StoreFault) -> (bytes: Int, sha256: [UInt8]) {
        try pass(path, to: nil, progress: { _ in })
    }

    /// Copies a regular file to a new, private and durable one; a symbolic link is a fault.
    ///
    /// - Returns: how many bytes went over, and their SHA-256.
    package static func copy(
        _ path: String, to new: String, progress: (_ bytes: Int) throws(StoreFault) -> Void
    ) throws(StoreFault) -> (bytes: Int, sha256: [UInt8]) {
        let target = try create(new)
        defer { close(target) }
        let result = try pass(path, to: (target, new), progress: progress)
        guard fsync(target) == 0 else {
            throw .file(path: new, action: "write", reason: reason())
        }
        return result
    }

    private static func pass(
        _ path: String, to target: (descriptor: Int32, path: String)?,
        progress: (Int) throws(StoreFault) -> Void
    ) throws(StoreFault) -> (bytes: Int, sha256: [UInt8]) {
        let (source, _) = try openRegular(path, following: false)
        defer { close(source) }
        var hash = SHA256()
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var total = 0
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(source, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .file(path: path, action: "read", reason: reason()) }
            if count == 0 { break }
            unsafe chunk.withUnsafeBytes { buffer in
                unsafe hash.update(
                    bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            if let target {
                try write(chunk, count, to: target.descriptor, target.path)
            }
            total += count
            try progress(total)
        }
        return (total, [UInt8](hash.finalize()))
    }
}
