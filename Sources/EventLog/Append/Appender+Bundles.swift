import EventModel
import LMDB

/// Bundles and tree: what the workers made goes into the store.
extension Appender {
    /// The digest of a row's content.
    func contentDigest(_ row: EventRow, _ forming: EntryForming) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: SegmentLayout.contentBytes)
        var pieces = ContentDigest.Pieces(tables.digest)
        unsafe withUnsafePointer(to: row) { row in unsafe forming.digest(row, &pieces) }
        unsafe digest.withUnsafeMutableBufferPointer { output in
            unsafe pieces.end(into: output.baseAddress!)
        }
        return digest
    }

    /// Sets the parallel work up: the unfinished bundle is read back, and its entries are hashed where
    /// it becomes whole.
    func prepareBundles(
        _ input: AppendInput, _ forming: EntryForming, _ old: LogState,
        in transaction: borrowing WriteTransaction
    ) throws -> BundleJob {
        let inTail = Int(old.entryCount) % BundleJob.perBundle
        let becomesWhole = inTail + accepted.count >= BundleJob.perBundle
        var tail: [UInt8] = []
        space.leaves.resize(32 * (inTail + accepted.count))
        let first = old.entryCount - UInt32(inTail)
        let hasher = EntryHasher()
        for sequence in first..<old.entryCount {
            let entry: Void? = try transaction.withValue(tables.tail, Key(sequence)) { entry in
                tail.appendFramed(entry)
                guard becomesWhole else { return }
                let leaf = hasher.leaf(entry)
                for index in 0..<32 {
                    space.leaves[32 * Int(sequence - first) + index] = leaf.storage[index]
                }
            }
            guard entry != nil else {
                throw StoreFault.damaged(
                    path: tables.path, table: tables.tail.name, key: String(sequence),
                    reason: "the entry is missing")
            }
        }
        return unsafe BundleJob(
            input: input,
            accepted: UnsafeBufferPointer(start: accepted.start, count: accepted.count),
            forming: forming, digest: tables.digest, oldTail: tail, space: space)
    }

    /// Puts finished bundles behind the others, and the entries of the unfinished one by sequence.
    func store(
        _ job: BundleJob, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        var frames: [UInt8] = []
        swap(&frames, &space.stored)
        defer { swap(&frames, &space.stored) }
        frames.removeAll(keepingCapacity: frames.capacity < 32 << 20)
        var ends = RecordWriter()
        let firstEnd = job.firstBundle
        for bundle in 0..<job.count {
            let frame = space.frames[bundle]
            guard frame.offset >= 0 else { continue }
            frames.append(
                contentsOf: workers[frame.worker].frames[frame.offset..<frame.offset + frame.length]
            )
            ends.put(state.bundleBytes + UInt64(frames.count))
        }
        if !ends.bytes.isEmpty {
            try tables.bundles.append(frames.span, at: state.bundleBytes, in: transaction)
            try tables.bundleEnds.append(
                ends.bytes.span, at: UInt64(firstEnd) * 8, in: transaction)
            state.bundleBytes += UInt64(frames.count)
            try transaction.deleteAll(tables.tail)
        }
        let last = space.frames[job.count - 1]
        if last.offset < 0 {
            let firstOfTail = max(
                state.entryCount,
                UInt32((job.firstBundle + job.count - 1) * BundleJob.perBundle))
            try storeTail(
                workers[last.worker].raw, first: firstOfTail,
                bundleStart: (job.firstBundle + job.count - 1) * BundleJob.perBundle,
                in: transaction)
        }
        for worker in workers {
            worker.frames.removeAll(keepingCapacity: worker.frames.capacity < 16 << 20)
            worker.raw.trim(above: 4 << 20)
        }
    }

    private func storeTail(
        _ raw: Buffer<UInt8>, first: UInt32, bundleStart: Int,
        in transaction: borrowing WriteTransaction
    ) throws {
        try raw.withSpan { bytes in
            var position = 0
            var sequence = UInt32(bundleStart)
            while position < bytes.count {
                let length = Int(bytes[position]) << 8 + Int(bytes[position + 1])
                if sequence >= first {
                    try transaction.put(
                        tables.tail, Key(sequence),
                        bytes.extracting(position + 2..<position + 2 + length))
                }
                position += 2 + length
                sequence += 1
            }
        }
    }

    /// Adds the new leaves to the tree, whole tiles at once.
    func growTree(
        _ job: BundleJob, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        var frontier = state.frontier
        let end = Int(state.entryCount) + accepted.count
        let tileLeaves = BundleJob.perBundle
        // By lane: hashes of subtrees of 256, 65,536 and 16,777,216 leaves.
        var levels: [[UInt8]] = [[], [], []]
        if end / tileLeaves > Int(state.entryCount) / tileLeaves {
            frontier.dropPartialTile(levels: LogTables.tileLevels)
            for bundle in 0..<end / tileLeaves - job.firstBundle {
                let root = hash(space.tiles, bundle)
                levels[0].append(contentsOf: root.bytes)
                frontier.add(root, level: LogTables.tileLevels) { level, _, hash in
                    if level % LogTables.tileLevels == 0, level < 32 {
                        levels[level / LogTables.tileLevels - 1].append(contentsOf: hash.bytes)
                    }
                }
            }
        }
        for leaf in frontier.size..<end {
            frontier.add(hash(space.leaves, leaf - job.firstBundle * tileLeaves))
        }
        for (lane, bytes) in levels.enumerated() where !bytes.isEmpty {
            let before = Int(state.entryCount) >> ((lane + 1) * LogTables.tileLevels)
            try tables.treeLevel(lane + 1).append(
                bytes.span, at: UInt64(before) * 32, in: transaction)
        }
        state.frontier = frontier
        state.root = frontier.root
    }

    private func hash(_ hashes: Buffer<UInt8>, _ place: Int) -> TreeHash {
        var hash = TreeHash(repeating: 0)
        for index in 0..<32 { hash.storage[index] = hashes[32 * place + index] }
        return hash
    }
}
