internal import Glibc

/// A folder, empty at first, that goes away with the work it is for, and is held as long as that lasts. So what a killed
/// process left is known by being held by nobody: the next work of its kind there takes it away.
package final class ScratchFolder {
    private let path: String
    private let descriptor: Int32

    /// - Parameters:
    ///   - name: what its name begins with, such as `rekam-verify-`.
    ///   - random: 16 hexadecimal digits that nobody can guess.
    package init(in parent: String, name: String, random: String) throws(StoreFault) {
        let parent = StoreFiles.withoutSlash(parent)
        for other in StoreFiles.names(in: parent) ?? []
        where other.utf8.starts(with: name.utf8) {
            let left = parent + "/" + other
            let digits = other.utf8.dropFirst(name.utf8.count)
            // Another user's is none of ours, nor is one that a process holds.
            guard let status = StoreFiles.status(left), status.kind == .folder,
                status.owner == geteuid(), digits.count == 16,
                digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
                let held = try? StoreFiles.hold(folder: left, mode: 0o700, for: left)
            else { continue }
            FolderFiles.removeTree(left)
            close(held)
        }
        path = parent + "/" + name + random
        descriptor = try StoreFiles.hold(folder: path, mode: 0o700, for: path)
    }

    /// Does the work in it.
    package func use<Result>(_ work: (_ path: String) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try work(path) }
    }

    deinit {
        FolderFiles.removeTree(path)
        close(descriptor)
    }
}
