extension LogStore {
    /// Lets a group read a store's files. Its members can ask and verify; they need to write one
    /// file, LMDB's table of readers, which holds nothing of the log. The key and the right to
    /// record stay the owner's.
    package static func share(_ path: String, with group: UInt32) throws(StoreFault) {
        let files = [
            ("", 0o2750), ("/data.mdb", 0o640), ("/lock.mdb", 0o660), ("/private.mdb", 0o640),
            ("/private.mdb-lock", 0o660),
        ]
        for (file, mode) in files where !StoreFiles.isAbsent(path + file) {
            try StoreFiles.setGroup(path + file, group)
            try StoreFiles.setMode(path + file, UInt32(mode))
        }
        // Made only where somebody writes; named here so that it gets the group, too.
        if !StoreFiles.isAbsent(path + "/key") {
            try StoreFiles.setGroup(path + "/key", group)
        }
    }

    /// Whether a store's folder lets its group in.
    package static func isShared(_ path: String) -> Bool {
        StoreFiles.status(path).map { $0.mode & 0o050 == 0o050 } ?? false
    }

    /// Sees to it that readers of a shared store can use a table of readers that was made anew.
    static func keepShared(_ path: String) {
        guard isShared(path) else { return }
        for lock in [path + "/lock.mdb", path + "/private.mdb-lock"] {
            guard let status = StoreFiles.status(lock), status.mode & 0o060 != 0o060 else {
                continue
            }
            // Whoever may not change it found it good enough to write.
            try? StoreFiles.setMode(lock, 0o660)
        }
    }
}
