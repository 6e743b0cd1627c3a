internal import Crypto
internal import Glibc
internal import Vault

/// A folder in the making, `NAME.partial`, which takes its name only when it is whole, so that nobody
/// ever finds half of it. What an earlier process left behind under that name is taken over once
/// nobody holds it any more.
package final class PartialFolder {
    /// Where it is being made.
    package let path: String
    private let name: String
    private let descriptor: Int32
    private var isFinished = false

    /// Begins a folder that is to be called `name`.
    ///
    /// - Throws: `.alreadyThere` where something stands under the name that is no empty folder;
    ///   `.inTheMaking` where another process is making it.
    package init(for name: String) throws(StoreFault) {
        self.name = StoreFiles.withoutSlash(name)
        path = self.name + Self.suffix
        guard StoreFiles.isAbsentOrEmpty(self.name) else {
            throw .alreadyThere(path: self.name)
        }
        descriptor = try StoreFiles.hold(folder: path, mode: 0o700, for: self.name)
        fchmod(descriptor, 0o700)
        let leftovers = StoreFiles.names(in: path) ?? []
        guard leftovers.allSatisfy(Self.ours.contains) else {
            isFinished = true
            throw .alreadyThere(path: path)
        }
        try? PersonalVault.removeLeftovers(in: path)
        for leftover in leftovers where leftover != PersonalVault.making {
            try StoreFiles.remove(path + "/" + leftover)
        }
    }

    /// Whether a path is what a process that was killed left in the making: a folder `NAME.partial` with
    /// something in it and nothing that is not ours, held by nobody.
    package static func isLeftover(_ path: String) -> Bool {
        guard path.hasSuffix(suffix), StoreFiles.status(path)?.kind == .folder,
            isOurs(StoreFiles.names(in: path) ?? [])
        else { return false }
        return !StoreFiles.isHeld(folder: path)
    }

    /// Takes away what a killed process left at a path.
    ///
    /// - Returns: whether something was there, and is gone.
    @discardableResult
    package static func sweep(_ path: String) -> Bool {
        guard isLeftover(path),
            let descriptor = try? StoreFiles.hold(folder: path, mode: 0o700, for: path)
        else { return false }
        defer { close(descriptor) }
        let names = StoreFiles.names(in: path) ?? []
        guard isOurs(names) else { return false }
        if names.contains(FolderHold.mark) {
            FolderFiles.removeTree(path)
        } else {
            clear(path)
        }
        return StoreFiles.isAbsent(path)
    }

    /// What follows the name of what is in the making.
    private static let suffix = ".partial"

    /// Whether somebody's files are all ours.
    private static func isOurs(_ names: [String]) -> Bool {
        names.contains(FolderHold.mark) || !names.isEmpty && names.allSatisfy(ours.contains)
    }

    private static func clear(_ path: String) {
        try? PersonalVault.removeLeftovers(in: path)
        for file in ours { try? StoreFiles.remove(path + "/" + file) }
        unsafe rmdir(path)
    }

    /// What such a folder can hold; one with anything else in it is somebody's own.
    private static let ours: Set = [
        "data.mdb", "lock.mdb", "writer.lock", "key", "key.next", "key.lock", "backup.json",
        "private.mdb", "private.mdb-lock", "private.lock", PersonalVault.making,
    ]

    deinit {
        if !isFinished { Self.clear(path) }
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

    /// Gives the folder its name, durably.
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
        isFinished = true
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
