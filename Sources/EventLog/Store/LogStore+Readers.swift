import LMDB

extension LogStore {
    /// Frees what readers that were killed left behind.
    ///
    /// - Returns: how many they were.
    @discardableResult
    package func clearDeadReaders() throws -> Int { try environment.clearDeadReaders() }

    /// The processes that read the store now, each once for every read transaction it has open.
    package func activeReaders() throws -> [Int] {
        try environment.readers().filter(\.isReading).map(\.process)
    }

    /// The size of the memory map, which the data file cannot outgrow.
    package var mapBytes: Int { environment.mapBytes }

    /// The version of liblmdb.
    package static var libraryVersion: String { LMDB.Environment.libraryVersion }
}
