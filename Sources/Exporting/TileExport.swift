public import EventLog

/// Writes a log's tiles and entry bundles as static files, as C2SP `tlog-tiles` lays them out.
///
///     try TileExport(log, size: note.size).write(to: "public/log")
///
/// The checkpoint is the caller's to write, last: until then nobody asks for what is new.
///
/// Bundles with answers of people who are not to be known are left out unless they are asked for: the
/// tiles of hashes are all there, so that every proof holds without them.
public struct TileExport {
    private let log: LogStore
    private let size: UInt32
    private let withAnswers: Bool

    /// An export of the log's first `size` entries.
    public init(_ log: LogStore, size: UInt32, withAnswers: Bool = false) {
        self.log = log
        self.size = size
        self.withAnswers = withAnswers
    }

    /// Files written in one read transaction.
    private static let slice = 128

    /// Writes every file that a folder holding the first `earlier` entries does not have.
    ///
    /// - Parameters:
    ///   - progress: told files done and files in all; throws to stop.
    /// - Returns: how many files were written, and how many bundles the folder lacks.
    /// - Complexity: O(entries).
    public func write(
        to folder: String, from earlier: UInt32 = 0,
        progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> (files: Int, leftOut: Int) {
        let bundles = Set(
            try log.read { try $0.answers(upTo: size) }.map { Int($0) / TilePath.wholeWidth })
        func holdsAnswers(_ path: TilePath) -> Bool {
            path.content == .entries && bundles.contains(path.index)
        }
        var paths = TilePath.all(size: Int(size), from: Int(earlier))
        if withAnswers {
            // An earlier export may have left some out.
            let known = Set(paths)
            paths += TilePath.all(size: Int(size)).filter {
                holdsAnswers($0) && !known.contains($0)
                    && StoreFiles.isAbsent(folder + "/" + $0.text)
            }
        } else {
            paths.removeAll(where: holdsAnswers)
        }
        var done = 0
        while done < paths.count {
            let end = min(done + TileExport.slice, paths.count)
            let contents = try log.read { view in
                var contents: [(String, [UInt8])] = []
                for path in paths[done..<end] {
                    contents.append((path.text, try view.bytes(of: path)))
                }
                return contents
            }
            for (path, bytes) in contents {
                try FolderFiles.makeFolders(for: path, in: folder)
                try FolderFiles.write(folder + "/" + path, bytes, isSynced: false)
            }
            done = end
            try progress(done, paths.count)
        }
        return (paths.count, withAnswers ? 0 : bundles.count)
    }
}

/// Why a folder of tiles is not what its checkpoint says.
public struct TileFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public var path: String
    /// What is wrong with it.
    public var problem: String

    /// `tile/entries/000: the entries are not those of the checkpoint`.
    public var description: String { "\(path): \(problem)" }
}

/// Reads a folder of tiles and entry bundles, and holds every byte against a checkpoint.
struct TileReading {
    let folder: String
    let checkpoint: Checkpoint

    /// Hashes every entry, compares every tile, and rebuilds the root.
    ///
    /// - Parameter entry: told every entry, in order; throws to stop.
    /// - Throws: `TileFault` at the first difference.
    func check(entry: ([UInt8]) throws -> Void) throws {
        var level: [TreeHash] = []
        let size = Int(checkpoint.size)
        var frontier: [TreeHash] = []
        for path in TilePath.all(size: size) where path.content == .entries {
            guard let entries = EntryBundle.entries(try read(path)), entries.count == path.width
            else { throw TileFault(path: path.text, problem: "it does not hold its entries") }
            let leaves = entries.map { TreeHash.leaf($0) }
            try compare(
                TilePath(.hashes(level: 0), index: path.index, width: path.width), leaves)
            if path.width == TilePath.wholeWidth {
                level.append(MerkleTree.root(of: leaves[...]))
            } else {
                frontier = leaves
            }
            for bytes in entries { try entry(bytes) }
        }
        var place = 1
        var upper = level
        while !upper.isEmpty {
            var next: [TreeHash] = []
            for start in stride(from: 0, to: upper.count, by: TilePath.wholeWidth) {
                let end = min(start + TilePath.wholeWidth, upper.count)
                try compare(
                    TilePath(
                        .hashes(level: place), index: start / TilePath.wholeWidth,
                        width: end - start), Array(upper[start..<end]))
                if end - start == TilePath.wholeWidth {
                    next.append(MerkleTree.root(of: upper[start..<end]))
                }
            }
            upper = next
            place += 1
        }
        guard try root(of: level, rest: frontier) == checkpoint.root else {
            throw TileFault(
                path: "tile/entries", problem: "the entries are not those of the checkpoint")
        }
    }

    /// The root over whole tiles and the leaves after them.
    private func root(of tiles: [TreeHash], rest: [TreeHash]) throws -> TreeHash {
        let size = tiles.count * TilePath.wholeWidth + rest.count
        let tree = MerkleTree(size: size) { level, index in
            if level >= 8 {
                let width = 1 << (level - 8)
                return MerkleTree.root(of: tiles[index * width..<(index + 1) * width])
            }
            let start = (index << level) - tiles.count * TilePath.wholeWidth
            return MerkleTree.root(of: rest[start..<start + 1 << level])
        }
        return try tree.root()
    }

    private func compare(_ path: TilePath, _ hashes: [TreeHash]) throws {
        guard try read(path) == hashes.flatMap(\.bytes) else {
            throw TileFault(
                path: path.text, problem: "its hashes are not those of the entries below it")
        }
    }

    private func read(_ path: TilePath) throws -> [UInt8] {
        try FolderFiles.read(folder + "/" + path.text, limitBytes: 1 << 25)
    }
}
