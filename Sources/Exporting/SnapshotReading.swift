public import EventLog

/// Why a snapshot does not hold; reads well after `Error: `.
public struct SnapshotDifference: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file concerned.
    public var path: String
    /// What is wrong with it.
    public var problem: String

    /// `kpis.csv: its SHA-256 is not the manifest's`.
    public var description: String { "\(path): \(problem)" }
}

/// A snapshot in a folder, read without following any link.
///
/// Opening checks all that can be checked with nothing else at hand: every file, the checkpoint, and
/// that both signatures are of the key that stands beside them.
public struct SnapshotReading: Sendable {
    /// The folder.
    public let folder: String
    /// Whether it says what people call those whose tokens its figures have: no signature is over that.
    public var hasNames: Bool { StoreFiles.status("\(folder)/\(SnapshotFiles.names)") != nil }
    /// What its figures rest on.
    public let manifest: SnapshotManifest
    /// The key that checkpoint and manifest are signed with, as the folder itself says.
    public let verifier: NoteVerifier
    /// What earlier keys signed to name the later ones, as far as the folder has it.
    public let succession: KeySuccession
    /// Bytes of the files that the manifest lists.
    public let byteCount: Int
    /// Whether the log's entries and tiles are there.
    public let hasEntries: Bool

    /// Longest file of a snapshot, but for its entries.
    private static let longestFile = 1 << 30

    /// Opens a snapshot and checks it.
    ///
    /// - Throws: `SnapshotDifference` at the first thing that does not hold; `StoreFault.file`.
    public init(_ folder: String) throws {
        self.folder = StoreFiles.withoutSlash(folder)
        let paths = try FolderFiles.list(self.folder)
        let root = self.folder
        func read(_ path: String) throws -> [UInt8] {
            guard paths.contains(path) else {
                throw SnapshotDifference(path: path, problem: "the file is missing")
            }
            return try FolderFiles.read(root + "/" + path, limitBytes: Self.longestFile)
        }
        guard let manifest = SnapshotManifest(parsing: try read(SnapshotManifest.path)) else {
            throw SnapshotDifference(
                path: SnapshotManifest.path,
                problem: "it is no manifest of \(SnapshotManifest.format), or was changed by hand")
        }
        self.manifest = manifest
        byteCount = try Self.checkFiles(manifest, read)
        hasEntries = paths.contains { $0.hasPrefix("tile/") }
        var known = Set(manifest.files.map(\.path) + SnapshotFiles.beside)
        if hasEntries {
            // Before names are made of what the manifest merely says there is.
            let size = Int(manifest.checkpoint.size)
            guard TilePath.count(size: size) <= paths.count else {
                throw SnapshotDifference(
                    path: "tile",
                    problem: "it has fewer files than the manifest's \(size) entries take")
            }
            for path in TilePath.all(size: size) {
                known.insert(path.text)
                guard paths.contains(path.text) else {
                    throw SnapshotDifference(path: path.text, problem: "the file is missing")
                }
            }
        }
        if let other = paths.first(where: { !known.contains($0) }) {
            throw SnapshotDifference(path: other, problem: "no manifest lists this file")
        }
        verifier = try Self.checkSignatures(manifest, read)
        guard
            let succession = KeySuccession(
                paths.contains(SnapshotFiles.rotations) ? try read(SnapshotFiles.rotations) : [])
        else {
            throw SnapshotDifference(
                path: SnapshotFiles.rotations, problem: "it is not what keys sign to name the next")
        }
        self.succession = succession
    }

    private static func checkFiles(
        _ manifest: SnapshotManifest, _ read: (String) throws -> [UInt8]
    ) throws -> Int {
        var last = ""
        var total = 0
        for file in manifest.files {
            guard SnapshotPath.isSound(file.path), file.path > last,
                !SnapshotFiles.beside.contains(file.path), !file.path.hasPrefix("tile/")
            else {
                throw SnapshotDifference(
                    path: SnapshotManifest.path,
                    problem: "it lists \"\(file.path)\", which is no file of a snapshot")
            }
            last = file.path
            let bytes = try read(file.path)
            guard bytes.count == file.byteCount, SnapshotDigest.hex(of: bytes) == file.digest
            else {
                throw SnapshotDifference(
                    path: file.path, problem: "its SHA-256 is not the manifest's")
            }
            total += bytes.count
        }
        for path in ["kpis.csv", "kpis.json"] + manifest.definitions.map(\.path)
        where !manifest.files.contains(where: { $0.path == path }) {
            throw SnapshotDifference(path: path, problem: "the manifest does not list it")
        }
        return total
    }

    private static func checkSignatures(
        _ manifest: SnapshotManifest, _ read: (String) throws -> [UInt8]
    ) throws -> NoteVerifier {
        let line = String(decoding: try read(SnapshotFiles.verifier), as: UTF8.self)
        guard line.hasSuffix("\n"), let verifier = NoteVerifier(String(line.dropLast())) else {
            throw SnapshotDifference(
                path: SnapshotFiles.verifier, problem: "it is no verifier key")
        }
        guard let note = SignedNote(try read(SnapshotFiles.checkpoint)),
            let checkpoint = Checkpoint(note.text)
        else {
            throw SnapshotDifference(
                path: SnapshotFiles.checkpoint, problem: "it is no signed checkpoint")
        }
        guard checkpoint == manifest.checkpoint else {
            throw SnapshotDifference(
                path: SnapshotFiles.checkpoint, problem: "it is not the manifest's")
        }
        guard verifier.name == checkpoint.origin, verifier.accepts(note) else {
            throw SnapshotDifference(
                path: SnapshotFiles.checkpoint, problem: "its signature does not hold")
        }
        guard let signed = SignedNote(try read(SnapshotFiles.signature)),
            signed.text == SnapshotFiles.signedText(manifest), verifier.accepts(signed)
        else {
            throw SnapshotDifference(
                path: SnapshotFiles.signature,
                problem: "it is not the manifest's, or its signature does not hold")
        }
        return verifier
    }

    /// Holds the checkpoint against another snapshot's, by this one's or the other's entries where it
    /// has them.
    ///
    /// - Parameter proof: the hashes of a consistency proof between the two; nil where none is given.
    /// - Throws: `TileFault` where the entries are not those of the checkpoint beside them.
    /// - Complexity: O(entries) where they are read.
    public func comparison(
        with other: SnapshotReading, proof: [TreeHash]?
    ) throws -> CheckpointComparison {
        let (own, others) = (manifest.checkpoint, other.manifest.checkpoint)
        let comparison = CheckpointComparison(own, others, proof: proof)
        let larger = own.size > others.size ? self : other
        guard comparison.relation == .notEstablished, larger.hasEntries else { return comparison }
        return try CheckpointComparison(own, others) { try larger.root(ofFirst: $0) }
    }

    /// The root of the first so many of its entries, all of which are hashed.
    package func root(ofFirst size: UInt32) throws -> TreeHash {
        var leaves: [TreeHash] = []
        try TileReading(folder: folder, checkpoint: manifest.checkpoint).check { entry in
            if leaves.count < Int(size) { leaves.append(.leaf(entry)) }
        }
        return MerkleTree.root(of: leaves[...])
    }

    /// A file that the manifest lists.
    public func bytes(_ path: String) throws -> [UInt8] {
        try FolderFiles.read(folder + "/" + path, limitBytes: Self.longestFile)
    }

    /// What the snapshot was asked for.
    public var request: SnapshotRequest {
        SnapshotRequest(period: manifest.period, agent: manifest.agent, team: manifest.team)
    }

    /// Holds the snapshot's files against another's, such as one computed anew.
    ///
    /// - Throws: `SnapshotDifference` that names the first file, and its first line, that differs.
    public func compare(with other: Snapshot) throws {
        for (path, bytes) in other.files where path != SnapshotManifest.path {
            let own = manifest.files.contains { $0.path == path } ? try self.bytes(path) : []
            guard own != bytes else { continue }
            let line = zip(Self.lines(own), Self.lines(bytes)).enumerated().first {
                $0.element.0 != $0.element.1
            }
            throw SnapshotDifference(
                path: path,
                problem: line.map {
                    "line \($0.offset + 1) is \"\($0.element.0.prefix(160))\", and the entries "
                        + "give \"\($0.element.1.prefix(160))\""
                } ?? "it is longer or shorter than what the entries give")
        }
        guard manifest == other.manifest else {
            throw SnapshotDifference(
                path: SnapshotManifest.path, problem: "it is not what the entries give")
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self)
        }
    }
}
