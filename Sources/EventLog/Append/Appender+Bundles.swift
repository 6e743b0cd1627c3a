import EventModel
import LMDB

/// Bundles and tree: what the workers made goes into the store.
extension Appender {
    /// The leaf hash a row would have as an entry of this sequence and recording time.
    func leafHash(
        _ row: EventRow, _ input: AppendInput, recorded: Instant, sequence: UInt32
    ) -> TreeHash {
        let raw = workers[0].raw
        raw.resize(1 + EntryForming.bound(row))
        var hash = TreeHash(repeating: 0)
        unsafe raw.start[0] = 0
        let length = unsafe EntryForming(recorded: recorded).form(
            row, bytes: input.bytes.baseAddress!, sequence: sequence, into: raw.start + 1)
        unsafe withUnsafeMutableBytes(of: &hash.storage) { output in
            unsafe LeafHashing.hash(
                raw.start, count: length + 1,
                into: output.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
        return hash
    }

    /// Sets the parallel work up: the unfinished bundle and its leaf hashes are read back.
    func prepareBundles(
        _ input: AppendInput, _ old: LogState, in transaction: borrowing WriteTransaction
    ) throws -> BundleJob {
        let inTail = Int(old.entryCount) % BundleJob.perBundle
        var tail: [UInt8] = []
        space.leaves.resize(32 * (inTail + accepted.count))
        if inTail > 0 {
            let first = old.entryCount - UInt32(inTail)
            for sequence in first..<old.entryCount {
                let entry: Void? = try transaction.withValue(tables.tail, Key(sequence)) { entry in
                    tail.append(UInt8(truncatingIfNeeded: entry.count >> 8))
                    tail.append(UInt8(truncatingIfNeeded: entry.count))
                    unsafe entry.withUnsafeBufferPointer { unsafe tail.append(contentsOf: $0) }
                }
                guard entry != nil else {
                    throw StoreFault.damaged(
                        path: tables.path, table: tables.tail.name, key: String(sequence),
                        reason: "the entry is missing")
                }
            }
            try copyLeaves(from: first, to: old.entryCount, old, in: transaction)
        }
        return unsafe BundleJob(
            rows: input.rows, bytes: input.bytes.baseAddress!,
            accepted: UnsafeBufferPointer(start: accepted.start, count: accepted.count),
            forming: EntryForming(recorded: input.recorded), base: input.base, oldTail: tail,
            space: space)
    }

    private func copyLeaves(
        from first: UInt32, to end: UInt32, _ old: LogState,
        in transaction: borrowing WriteTransaction
    ) throws {
        var sequence = first
        while sequence < end {
            let piece = Segmentation.piece(
                containing: Int(sequence), ofCount: Int(old.entryCount))
            let segment = try tables.segment(over: piece, in: transaction)
            let rows =
                Int(sequence) - piece.lowerBound..<min(Int(end), piece.upperBound)
                - piece.lowerBound
            segment.withLeaves(rows) { leaves in
                unsafe leaves.withUnsafeBufferPointer { source in
                    unsafe (space.leaves.start + 32 * Int(sequence - first)).update(
                        from: source.baseAddress!, count: source.count)
                }
            }
            sequence += UInt32(rows.count)
        }
    }

    /// Puts finished bundles behind the others, and the entries of the unfinished one by sequence.
    func store(
        _ job: BundleJob, _ state: inout LogState, in transaction: borrowing WriteTransaction
    ) throws {
        var frames: [UInt8] = []
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
            worker.frames.removeAll(keepingCapacity: worker.frames.capacity < 4 << 20)
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
