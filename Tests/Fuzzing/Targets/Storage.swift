import EventLog
import Foundation
import LMDB

extension FuzzTarget {
    /// What lies in the store's tables and data file.
    static let storage: [FuzzTarget] = [
        FuzzTarget(
            "run-manifest", seeds: { try [Runs.shared.manifest(of: Runs.shared.summed)] },
            read: { input in
                // A wrong fingerprint is refused at once: what stands behind it is looked at, too.
                guard let sealed = RunManifest.sealed(input) else { return false }
                let runs = Runs.shared.summed
                guard let manifest = try? RunManifest(sealed.span, of: runs) else { return false }
                let encoded = manifest.encoded(runs)
                precondition(
                    (try? RunManifest(encoded.span, of: runs)) == manifest,
                    "a manifest changes on its way")
                Runs.shared.read(with: sealed, table: Runs.shared.tables.manifests, Key(runs.name))
                return true
            }),
        FuzzTarget(
            "run-block", cost: 2, seeds: { try Runs.shared.blocks() },
            read: { Runs.shared.readBlock($0) }),
        FuzzTarget(
            "data-file", cost: 20, seeds: { [Runs.shared.dataFile] },
            read: { input in
                do {
                    let folder = Scratch.folder("pages")
                    try Data(input).write(to: folder.appending(path: "data.mdb"))
                    let census = try PageWalk.check(folder: folder.path)
                    precondition(census.live + census.free > 0)
                    return true
                } catch {
                    precondition(!"\(error)".isEmpty, "refused without a word")
                    return false
                }
            }),
    ]
}

/// Folders that targets write into, gone with the process.
enum Scratch {
    private static let root: URL = {
        atexit { try? FileManager.default.removeItem(at: Scratch.root) }
        return FileManager.default.temporaryDirectory
            .appending(path: "rekam-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
    }()

    /// One of them, made where it is missing.
    static func folder(_ name: String) -> URL {
        let path = root.appending(path: name)
        try? FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        return path
    }
}

/// A few sorted runs in a small environment; what targets write into it is never committed.
private final class Runs: Sendable {
    static let shared = Runs()

    let environment: LMDB.Environment
    let tables: RunTables
    /// Cells: records of three key words, and how often each is there.
    let summed: SortedRuns
    /// Identities: fingerprints, with a number.
    let kept: SortedRuns
    let dataFile: [UInt8]
    /// Records of each, which lie in one block.
    private static let count = 100

    private init() {
        let folder = Scratch.folder("store")
        do {
            environment = try Environment.open(at: folder.path, .init(creates: true))
            tables = try RunTables(in: environment)
            summed = SortedRuns(name: "cells", words: 5, policy: .sum, tables: tables)
            kept = SortedRuns(name: "keys", words: 3, policy: .keep, tables: tables)
            let write = try environment.beginWrite()
            let cells = (0..<UInt32(Self.count)).map { [$0 / 10, $0, 7, 0, 1 + $0] }
            try summed.add(cells.flatMap { $0 }, in: write)
            let keys = (0..<UInt32(Self.count)).map { [$0 &* 40_000_000, $0 &* 77, $0] }
            try kept.add(keys.flatMap { $0 }, in: write)
            try write.commit()
            dataFile = Array(try Data(contentsOf: folder.appending(path: "data.mdb")))
        } catch {
            fatalError("no store to fuzz: \(error)")
        }
    }

    func manifest(of runs: SortedRuns) throws -> [UInt8] {
        let read = try environment.beginRead()
        return try read.copyValue(tables.manifests, Key(runs.name)) ?? []
    }

    /// The blocks there are, each with the key it lies under.
    private func stored() throws -> [(key: [UInt8], value: [UInt8])] {
        let read = try environment.beginRead()
        var blocks: [(key: [UInt8], value: [UInt8])] = []
        var cursor = try read.cursor(tables.chunks)
        while try cursor.move(.next) {
            try cursor.withEntry { blocks.append(($0.copyBytes(), $1.copyBytes())) }
        }
        return blocks
    }

    /// The blocks, whole: a seal stands at the end of each.
    func blocks() throws -> [[UInt8]] { try stored().map(\.value) }

    /// Puts an input in the place of each block in turn, padded to that block's length, under the seal
    /// that belongs to it: as a packed block and as one that is not. A wrong seal is refused at once, and
    /// nothing behind it would be looked at.
    func readBlock(_ input: [UInt8]) -> Bool {
        guard let blocks = try? stored() else { fatalError("the store cannot be read") }
        var isSound = false
        for (key, value) in blocks {
            let padding = repeatElement(UInt8(0), count: max(0, value.count - input.count))
            for records in [nil, Self.count] {
                let sealed = RunTables.sealed(
                    input + padding, under: key, mark: mark(of: key), records: records)
                guard let sealed else { continue }
                if read(with: sealed, table: tables.chunks, Key(key)) { isSound = true }
            }
        }
        return isSound
    }

    /// The mark of the run whose block stands under a key: each has one, in the head of its manifest.
    private func mark(of key: [UInt8]) -> UInt32 {
        for runs in [summed, kept] {
            guard let manifest = try? manifest(of: runs), manifest.count >= 48,
                manifest[12..<16].reversed().elementsEqual(key[0..<4])
            else { continue }
            return manifest[44..<48].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        fatalError("a block of no run")
    }

    /// Reads everything, in all the ways there are, with a value in the place of another.
    ///
    /// - Returns: whether nothing is wrong with it.
    @discardableResult
    func read(with value: [UInt8], table: Table, _ key: Key) -> Bool {
        do {
            let write = try environment.beginWrite()
            try write.put(table, key, value)
            var isSound = true
            for runs in [summed, kept] {
                let isChecked = (try? runs._checkInvariants(in: write)) != nil
                if !isChecked { isSound = false }
                var last: [UInt32] = []
                try? runs.scan(in: write) { record in
                    let next = (0..<record.count).map { record[$0] }
                    // Equal ones may follow each other where they are kept.
                    let isInOrder = !next.lexicographicallyPrecedes(last)
                    precondition(!isChecked || isInOrder, "out of order")
                    last = next
                }
                try? runs.scanRaw(from: [3], to: [7], in: write) { precondition($0.count > 0) }
                _ = try? runs.status(in: write)
            }
            let keys = (0..<50 as Range<UInt64>).map { $0 << 56 | $0 }
            try? kept.probe(keys, in: write) { index, record in
                precondition(UInt64(record[0]) << 32 | UInt64(record[1]) == keys[index])
            }
            write.abort()
            return isSound
        } catch {
            fatalError("the store cannot be written: \(error)")
        }
    }
}
