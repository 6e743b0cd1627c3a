package import LMDB

/// The pages of a store's data file, walked by a reader that trusts none of them.
package enum StorePages {
    /// Walks the data file before anything opens it through its map: every page must be in use once
    /// or free once, and hold together. Writers wait meanwhile.
    ///
    /// - Parameter progress: told pages done and pages in the file.
    /// - Throws: `LogDifference` that names the first page that is wrong; `StoreFault.notAStore`,
    ///   `.busy`, or what the file system has to say.
    /// - Complexity: O(pages of leaves + long values).
    package static func check(
        at folder: String, patience: Swift.Duration = .seconds(60),
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws -> PageCensus {
        do {
            return try PageWalk.check(folder: folder, waitAtMost: patience, progress: progress)
        } catch let fault as PageFault {
            throw LogDifference(
                table: "data.mdb", key: fault.page.map { "page \($0) (\(fault.table))" } ?? "",
                problem: fault.problem)
        } catch let error as LMDBError {
            switch error.kind {
            case .missing: throw StoreFault.notAStore(path: folder)
            case .busy:
                throw StoreFault.busy(path: folder, seconds: Int(patience.components.seconds))
            default: throw error
            }
        }
    }
}
