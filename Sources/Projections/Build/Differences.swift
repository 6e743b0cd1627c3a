import Definitions
import EventLog
import EventModel

/// What new entries change: the facts of the cases they touch, after them less before them.
struct Differences: ~Copyable {
    private let log: LogStore
    private let plan: Plan
    private var evaluator: CaseEvaluator
    private var sorter = CellSorter()
    private let kindsOfTypes: Buffer<UInt8>
    private let voidType: UInt16?

    /// - Parameter isTraced: whether facts come as they are, each followed by its trace: take them
    ///   with `takeFacts` then.
    init(log: LogStore, plan: Plan, isTraced: Bool = false) {
        self.log = log
        self.plan = plan
        evaluator = CaseEvaluator(plan: plan, isTraced: isTraced)
        evaluator.table.isWhole = true
        kindsOfTypes = plan.kindsOfTypes(EventTypes.most)
        voidType = plan.context.types.id(of: "event.voided")
    }

    /// Computes the differences that some entries make; take them with `take`.
    ///
    /// - Parameter mayMatter: asked for each entry, with its case and the time of its event: cases
    ///   of which it says no to every entry are passed over.
    /// - Returns: how many entries of cases were read.
    mutating func compute(
        _ entries: Range<UInt32>, where mayMatter: ((UInt32, Int64) -> Bool)? = nil
    ) throws -> Int {
        var rowsRead = 0
        var touched = try touchedCases(entries, where: mayMatter)
        var place = 0
        // Short read transactions: renewed after so many entries.
        while place < touched.count {
            try log.read { view in
                var walk = ChainWalk(plan: plan, segments: try view.segmentWalk())
                let voids = try view.voids()
                let before = Buffer(voids.filter { $0.by < entries.lowerBound }.map(\.voided))
                let after = Buffer(voids.filter { $0.by < entries.upperBound }.map(\.voided))
                let start = rowsRead
                while place < touched.count, rowsRead - start < 200_000 {
                    let (id, newest) = touched[place]
                    rowsRead += try add(
                        caseID: id, newest: newest, position: entries.lowerBound, before: before,
                        after: after, walk: &walk, view)
                    place += 1
                }
            }
        }
        touched = []
        if let fault = evaluator.fault { throw fault }
        return rowsRead
    }

    /// The cases of new entries that can matter, each with its newest one.
    private func touchedCases(
        _ entries: Range<UInt32>, where mayMatter: ((UInt32, Int64) -> Bool)?
    ) throws -> [(UInt32, UInt32)] {
        var pairs: [UInt64] = []
        var newest: [UInt32: UInt32] = [:]
        try log.read { view in
            var walk = ChainWalk(plan: plan, segments: try view.segmentWalk())
            for sequence in entries {
                let type = try walk.step(sequence).type
                let isKept = walk.mayKeep(type) && kindsOfTypes[Int(type)] != Census.otherKind
                guard isKept || type == voidType else { continue }
                let id = try walk.caseID(sequence)
                guard let mayMatter else {
                    pairs.append(UInt64(id) << 32 | UInt64(sequence))
                    continue
                }
                if try newest[id] != nil || mayMatter(id, walk.time(sequence)) {
                    newest[id] = sequence
                }
            }
        }
        // A case may matter by an early event that comes after others of it: all of the range count.
        for (id, sequence) in newest { pairs.append(UInt64(id) << 32 | UInt64(sequence)) }
        pairs.sort()
        var touched: [(UInt32, UInt32)] = []
        for (place, pair) in pairs.enumerated()
        where place + 1 == pairs.count || pairs[place + 1] >> 32 != pair >> 32 {
            touched.append((UInt32(pair >> 32), UInt32(truncatingIfNeeded: pair)))
        }
        return touched
    }

    private mutating func add(
        caseID: UInt32, newest: UInt32, position: UInt32, before: borrowing Buffer<UInt32>,
        after: borrowing Buffer<UInt32>, walk: inout ChainWalk, _ view: borrowing LogView
    ) throws -> Int {
        evaluator.table.clear()
        for place in 0..<plan.definitions.count { evaluator.firstCase[place] = .max }
        var read = 0
        var kind = Census.unknown
        var sequence = newest
        // Rows that stand before the new entries go to the end of the table, later.
        var standing: [Row] = []
        var changed: [Row] = []
        while sequence != .max {
            let (type, previous) = try walk.step(sequence)
            read += 1
            if kindsOfTypes[Int(type)] != Census.unknown { kind = kindsOfTypes[Int(type)] }
            let isAfter = !PartitionScan.contains(after, sequence)
            let isBefore = sequence < position && !PartitionScan.contains(before, sequence)
            if isAfter || isBefore, try walk.add(sequence, to: &evaluator.table) {
                let row = evaluator.table.rows[evaluator.table.rows.count - 1]
                if isBefore { standing.append(row) }
                if !isAfter { evaluator.table.rows.truncate(to: evaluator.table.rows.count - 1) }
                if isAfter != isBefore { changed.append(row) }
            }
            sequence = previous
        }
        guard !changed.isEmpty else { return read }
        if kind == Census.unknown {
            kind = plan.kindMark(ofSubject: try view.subject(ofCase: caseID))
        }
        guard kind != Census.otherKind else { return read }
        let count = evaluator.table.rows.count
        reverse(count)
        for row in standing.reversed() { evaluator.table.rows.append(row) }
        guard want(changed, after: 0..<count, before: count..<count + standing.count) else {
            return read
        }
        let isPrepared = !evaluator.isTraced
        try evaluator.table.readLongOrders(
            of: [0..<count, count..<count + standing.count], view)
        if isPrepared {
            (evaluator.shared.count, evaluator.shared.lateMask) = evaluator.table.share(
                0..<count, count..<count + standing.count)
        }
        evaluator.evaluate(
            caseID: caseID, kind: kind - 1, start: 0, count: count, sign: 1,
            isPrepared: isPrepared)
        evaluator.evaluate(
            caseID: caseID, kind: kind - 1, start: count, count: standing.count, sign: -1,
            isPrepared: isPrepared)
        return read
    }

    /// Notes which projections' facts of a case some rows may change.
    ///
    /// - Returns: whether there are any.
    private mutating func want(
        _ changed: [Row], after: Range<Int>, before: Range<Int>
    ) -> Bool {
        let opening = max(evaluator.table.opening(after), evaluator.table.opening(before))
        var isAnyWanted = false
        for row in changed {
            let holdsUp = evaluator.table.holdsUp(row, openingAt: opening)
            for place in 0..<plan.definitions.count
            where holdsUp || evaluator.concerns(row, projection: place) {
                evaluator.firstCase[place] = 0
                isAnyWanted = true
            }
        }
        return isAnyWanted
    }

    /// The walk went back in time; evaluation orders quicker what is nearly in order.
    private mutating func reverse(_ count: Int) {
        var low = 0
        var high = count - 1
        while low < high {
            let row = evaluator.table.rows[low]
            evaluator.table.rows[low] = evaluator.table.rows[high]
            evaluator.table.rows[high] = row
            low += 1
            high -= 1
        }
    }

    /// The differences so far as facts, those of one case together; per projection.
    mutating func takeFacts(_ body: (_ projection: Int, Fact) throws -> Void) rethrows {
        for (place, buffer) in evaluator.facts.enumerated() {
            let reader = TraceReader(plan, place)
            try buffer.words.withSpan(0..<buffer.words.count) { words in
                try reader.read(words) { row, read in
                    try body(place, read())
                }
            }
            buffer.words.removeAll(keepingAtMost: 1 << 16)
        }
    }

    /// The differences so far, sorted and added up, per projection.
    mutating func take() throws -> [CellBlock] {
        var blocks: [CellBlock] = []
        for (place, buffer) in evaluator.facts.enumerated() {
            var sorted = Buffer<UInt32>()
            do {
                try sorter.sort(buffer.words, words: plan.layouts[place].words, into: &sorted)
            } catch {
                throw ProjectionFault.event(
                    projection: plan.definitions[place].name, sequence: 0,
                    reason: "its counts go beyond 64 bits")
            }
            buffer.words.removeAll(keepingAtMost: 1 << 16)
            blocks.append(CellBlock(sorted))
        }
        return blocks
    }
}
