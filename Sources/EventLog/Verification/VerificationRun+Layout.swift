import EventModel
import LMDB

/// How things lie: that streams and segments have just the blocks and bytes that the counts ask for,
/// with zeros where nothing belongs.
extension VerificationRun {
    /// Compares every stream's blocks with its length, and every segment with its own directory.
    func checkLayout() throws {
        let bundles = count / BundleJob.perBundle
        let names = store.tables.names
        let cases = store.tables.cases
        var streams: [(stream: ByteStream, bytes: Int)] = [
            (store.tables.bundles, Int(state.bundleBytes)),
            (store.tables.bundleEnds, 8 * bundles),
            (names.texts, Int(state.nameBytes)), (names.ends, 8 * Int(state.nameCount)),
            (cases.texts, Int(state.caseBytes)), (cases.ends, 8 * Int(state.caseCount)),
        ]
        for level in 1...3 {
            streams.append((store.tables.treeLevel(level), 32 * (count >> (8 * level))))
        }
        try checkEnds(bundles)
        for (stream, bytes) in streams { try check(stream, bytes) }
        try checkBlockCounts(streams)
        try checkRegistry()
        let pieces = Segmentation.pieces(ofCount: count)
        for piece in pieces {
            try store.read { view in
                // A piece at the end may have been merged into a bigger one since.
                guard view.entryCount == state.entryCount || piece.count == Segmentation.finalRows
                else { return }
                try check(view.uncheckedSegment(containing: UInt32(piece.lowerBound)), view)
            }
        }
    }

    /// The streams' lengths in the registry are where their last pieces end.
    private func checkEnds(_ bundles: Int) throws {
        let tables = store.tables
        let ends: [(name: String, stated: UInt64, stream: ByteStream, count: Int)] = [
            ("bundles", state.bundleBytes, tables.bundleEnds, bundles),
            ("names", state.nameBytes, tables.names.ends, Int(state.nameCount)),
            ("cases", state.caseBytes, tables.cases.ends, Int(state.caseCount)),
        ]
        for (name, stated, stream, count) in ends {
            let found =
                count == 0
                ? 0 : try store.read { try stream.number(count - 1, in: $0.transaction) }
            guard stated == found else {
                throw LogDifference(
                    table: "registry", key: StoreFormat.stateKey,
                    problem: "the bytes of \(name) are not those that are there")
            }
        }
    }

    /// No table has blocks that no length asks for; places of cases to come are empty.
    private func checkBlockCounts(_ streams: [(stream: ByteStream, bytes: Int)]) throws {
        try store.read { view in
            // Only a log at rest can be counted.
            guard view.entryCount == state.entryCount else { return }
            var expected: [Table: Int] = [:]
            for (stream, bytes) in streams {
                expected[stream.table, default: 0] +=
                    (bytes + ByteStream.blockBytes - 1) / ByteStream.blockBytes
            }
            let cases = state.caseCount
            let rows = CaseLasts.rowCount(cases: cases)
            expected[view.tables.caseLasts.table] = rows + MarkTree.rowCount(leaves: rows)
            for tie in view.tables.tied.compactMap(\.tie) {
                expected[tie.tree.table, default: 0] += MarkTree.rowCount(
                    leaves: tie.blocks(in: state))
            }
            for (table, blocks) in expected.sorted(by: { $0.key.name < $1.key.name }) {
                let stored = try view.transaction.count(of: table)
                guard stored == blocks else {
                    throw LogDifference(
                        table: table.name, key: "",
                        problem: "there are \(stored) values where \(blocks) belong")
                }
            }
            let rest = Int(cases) % CaseLasts.casesPerRow
            guard rest > 0 else { return }
            let row = Int(cases) / CaseLasts.casesPerRow
            let isEmpty = try view.caseLasts.withRow(row, in: view.transaction) { value in
                (4 * rest..<value.count).allSatisfy { value[$0] == 0xFF }
            }
            guard isEmpty else {
                throw LogDifference(
                    table: view.tables.caseLasts.table.name, key: "0/\(row)",
                    problem: "a case that is not there has a last entry")
            }
        }
    }

    /// What no entry tells is at least as it was written.
    private func checkRegistry() throws {
        try store.read { view in
            let seal = try Registry.seal(in: view.transaction, view.tables.registry)
            let stored = try view.transaction.copyValue(
                view.tables.registry, Key(StoreFormat.sealKey))
            guard seal.bytes == stored else {
                throw LogDifference(
                    table: "registry", key: "types",
                    problem: "format, origin or event types are not those the store was made with")
            }
            let runs = view.tables.identities.runs.tables
            if let problem = try runs.counterProblem(in: view.transaction) {
                throw LogDifference(table: "runs.manifests", key: "", problem: problem)
            }
            let keys = view.tables.keyRuns
            let stray = try runs.strayProblem(in: view.transaction) { name in
                name.hasPrefix("cells/") || keys.contains { $0.runs.name == name }
            }
            if let (table, key) = stray {
                throw LogDifference(table: table.name, key: key, problem: Self.unknown)
            }
            try checkKeys(of: view.tables.registry, StoreFormat.keys, view)
        }
        for name in try store.environment.tableNames() where !LogTables.all.contains(name) {
            throw LogDifference(table: name, key: "", problem: "no store has such a table")
        }
    }

    private static let unknown = "nothing that is known stands under such a key"

    private func checkKeys(
        of table: Table, _ known: [String], _ view: borrowing LogView
    ) throws {
        var cursor = try view.transaction.cursor(table)
        while try cursor.move(.next) {
            let key = try cursor.withEntry { key, _ in
                String(decoding: key.copyBytes(), as: UTF8.self)
            }
            guard known.contains(key) else {
                throw LogDifference(table: table.name, key: key, problem: Self.unknown)
            }
        }
    }

    private func check(_ stream: ByteStream, _ length: Int) throws {
        let blocks = (length + ByteStream.blockBytes - 1) / ByteStream.blockBytes
        var next = 0
        while next < blocks {
            let slice = next..<min(next + 1024, blocks)
            try store.read { view in
                for block in slice {
                    let used = min(ByteStream.blockBytes, length - block * ByteStream.blockBytes)
                    let isLast = block == blocks - 1
                    // The last block grows with the log.
                    let isOpen = isLast && view.entryCount != state.entryCount
                    let key = Key(stream.lane, UInt32(block))
                    let problem = try view.transaction.withValue(stream.table, key) { value in
                        let size = ByteStream.storedBytes(used)
                        if isOpen { return value.count < size ? "a block is short" : nil }
                        guard value.count == size else { return "a block has another length" }
                        guard value.isZero(used..<size - ByteStream.trailerBytes) else {
                            return "a block's padding is not zero"
                        }
                        return stream.isSealed(block, value)
                            ? nil : "a block is not as it was written"
                    }
                    if let problem = problem ?? "a block is missing" {
                        throw LogDifference(
                            table: stream.table.name, key: "\(stream.lane)/\(block)",
                            problem: problem)
                    }
                }
            }
            next = slice.upperBound
        }
    }

    /// Every segment has its seal: asked last, since what is wrong with a row says more.
    func checkSeals() throws {
        for piece in Segmentation.pieces(ofCount: count) {
            try store.read { view in
                guard view.entryCount == state.entryCount || piece.count == Segmentation.finalRows
                else { return }
                let first = UInt32(piece.lowerBound)
                let root = try view.tree.root(
                    atSegmentEnd: piece.upperBound, in: view.transaction)
                guard try view.uncheckedSegment(containing: first).isSealed(root) else {
                    throw LogDifference(
                        table: "segments", key: String(first),
                        problem: "its seal is not that of its bytes and of the log's root")
                }
            }
        }
    }

    private func check(_ segment: ColumnSegment, _ view: borrowing LogView) throws {
        func difference(_ problem: String) -> LogDifference {
            LogDifference(table: "segments", key: String(segment.first), problem: problem)
        }
        guard let plan = segment.plan else {
            throw difference("its directory names a column of no kind")
        }
        let size = plan.storedBytes(isFinal: plan.count == Segmentation.finalRows)
        let problem = try view.transaction.withValue(
            view.tables.segments, Key(segment.first)
        ) { value -> String? in
            guard value.count == size else { return "its length is another one" }
            guard value.isZero(from: plan.usedBytes) else { return "its padding is not zero" }
            return plan.problem(in: value)
        }
        if let problem = problem ?? "it is missing" { throw difference(problem) }
    }
}

extension ColumnSegment {
    /// How the segment would be laid out that has its types and rows; nil where a kind is none.
    fileprivate var plan: SegmentLayout.Plan? {
        var types: [SegmentLayout.TypePlan] = []
        for place in 0..<typeRows.count {
            let type = entry(place)
            let kinds = (0..<type.columns).compactMap { field(type, $0)?.kind }
            guard kinds.count == type.columns else { return nil }
            types.append(SegmentLayout.TypePlan(type: type.type, rows: type.rows, kinds: kinds))
        }
        return SegmentLayout.Plan(count: count, types: types, optional: optional)
    }
}

extension SegmentLayout.Plan {
    /// What is wrong with a stored value's directory and padding; nil where nothing is.
    fileprivate func problem(in value: Span<UInt8>) -> String? {
        func word(_ at: Int) -> Int { Int(value.littleEndian(at: at, as: UInt32.self)) }
        func half(_ at: Int) -> Int { Int(value.littleEndian(at: at, as: UInt16.self)) }
        guard word(16) == fixed.start, word(20) == usedBytes,
            word(24) == Int(fixed.optional.rawValue)
        else {
            return "its head is not what its rows ask for"
        }
        var position = SegmentLayout.headerBytes + types.count * SegmentLayout.typeEntryBytes
        for (place, type) in types.enumerated() {
            let entry = SegmentLayout.headerBytes + place * SegmentLayout.typeEntryBytes
            guard half(entry) == Int(type.type), half(entry + 2) == type.kinds.count,
                word(entry + 4) == type.rows, word(entry + 8) == type.firstColumn,
                value.isZero(entry + 12..<entry + 16)
            else { return "its directory is not what its rows ask for" }
            for (index, kind) in type.kinds.enumerated() {
                guard value[position] == kind.rawValue, Int(value[position + 1]) == kind.width,
                    value.isZero(position + 2..<position + 4),
                    word(position + 4) == type.offsets[index]
                else { return "its directory is not what its rows ask for" }
                let end = type.offsets[index] + type.rows * kind.width
                guard value.isZero(end..<(end + 15) & ~15) else {
                    return "a column's padding is not zero"
                }
                position += SegmentLayout.columnEntryBytes
            }
        }
        guard value.isZero(position..<fixed.start) else { return "its padding is not zero" }
        var starts = [
            (fixed.times, 8), (fixed.recorded, 8), (fixed.cases, 4), (fixed.previous, 4),
            (fixed.types, 2), (fixed.ordinals, 2), (fixed.contents, SegmentLayout.contentBytes),
        ]
        if fixed.optional.contains(.order) {
            starts += [(fixed.orderKeys, 8), (fixed.orderSources, 4)]
        }
        if fixed.optional.contains(.nanoseconds) { starts.append((fixed.nanoseconds, 4)) }
        for (start, width) in starts
        where !value.isZero(start + count * width..<start + fixed.padded * width) {
            return "a column's padding is not zero"
        }
        return nil
    }
}

extension Span<UInt8> {
    /// Whether all bytes of a range are 0.
    fileprivate func isZero(_ range: Range<Int>) -> Bool {
        guard range.upperBound <= count else { return false }
        for index in range where self[index] != 0 { return false }
        return true
    }

    fileprivate func isZero(from start: Int) -> Bool { isZero(start..<count) }
}
