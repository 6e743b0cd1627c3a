import Definitions
import EventModel

/// Rows of cells on their way from one worker's evaluation to sorting.
package final class FactBuffer {
    package var words = Buffer<UInt32>()
}

/// Derives the facts of cases: a pure function of a case's rows and the plan (law 2).
///
/// One per worker. The caller fills `table`, calls `evaluate` for each case, and takes the facts,
/// written as cells' rows, from `facts`.
///
/// What it asks itself is `mutating` though it changes nothing: of a borrowed value of this size the
/// compiler makes a copy for each call, a tenth of an evaluation in all.
package struct CaseEvaluator: ~Copyable {
    /// The cases' rows.
    package var table: CaseRows
    /// Per projection.
    package let facts: [FactBuffer]
    /// The first fault met; evaluation goes on, the caller ends the build.
    package var fault: ProjectionFault?
    /// The first case whose facts are wanted, per projection: earlier ones are in the store
    /// already. `UInt32.max`: none.
    package var firstCase: Buffer<UInt32>
    let names: [String]
    /// Whether each fact is followed by its case, its sequence and its bindings' sequences.
    let isTraced: Bool

    let steps: Buffer<StepCode>
    let alternatives: Buffer<Int32>
    let residuals: Buffer<ResidualCode>
    let values: Buffer<ValueCode>
    let conditions: Buffer<ConditionCode>
    let lists: Buffer<RangeCode>
    let durations: Buffer<DurationCode>
    let dimensions: Buffer<DimensionCode>
    let measures: Buffer<MeasureCode>
    let projections: Buffer<ProjectionCode>
    let payloadPlaces: Buffer<Int32>
    let bits: Buffer<UInt64>

    /// Positions of the bindings' events, by slot; -1 none.
    var found: Buffer<Int32>
    var counted: Buffer<Int64>
    var caseID: UInt32 = 0
    var days: DayFinder
    var pauses: PauseTracks
    var clocks: CalendarClocks
    let calendarNames: Buffer<CalendarName>
    let splits: Buffer<SplitCode>
    let roundCodes: Buffer<RoundsCode>
    /// The rounds of the case and projection at hand.
    var rounds = Buffer<FactRound>()
    /// The parts of the fact at hand, the one being written, and the shares of its numbers: a list
    /// of parts for each measure.
    var parts = Buffer<FactPart>()
    var part = FactPart.none
    var shares = Buffer<Int64>()
    /// The row being written, and a stock's last one.
    var record = Buffer<UInt32>()
    var stockRecord = Buffer<UInt32>()
    /// The projection being evaluated.
    var current = 0
    /// Where only what differs between two tables of a case is wanted: what they share.
    package var shared = SharedRows()

    package init(plan: Plan, isTraced: Bool = false) {
        let codes = plan.codes
        table = CaseRows(selectors: codes.selectors, rules: codes.rules, tables: plan.rows)
        facts = codes.projections.map { _ in FactBuffer() }
        firstCase = Buffer(repeating: 0, count: codes.projections.count)
        names = plan.definitions.map(\.name)
        self.isTraced = isTraced
        steps = Buffer(codes.steps)
        alternatives = Buffer(codes.alternatives)
        residuals = Buffer(codes.residuals)
        values = Buffer(codes.values)
        conditions = Buffer(codes.conditions)
        lists = Buffer(codes.lists)
        durations = Buffer(codes.durations)
        dimensions = Buffer(codes.dimensions)
        measures = Buffer(codes.measures)
        projections = Buffer(codes.projections)
        payloadPlaces = Buffer(codes.payloadPlaces)
        bits = Buffer(codes.bits)
        let slots = Int(codes.projections.map(\.slotCount).max() ?? 1)
        found = Buffer(repeating: -1, count: slots)
        counted = Buffer(repeating: 0, count: slots)
        days = DayFinder(zone: plan.context.zone)
        pauses = PauseTracks(tracks: codes.tracks)
        clocks = CalendarClocks(
            codes.usesBusinessTime ? plan.context.calendars.members.map(\.calendar) : [])
        calendarNames = Buffer(codes.calendarNames)
        splits = Buffer(codes.splits)
        roundCodes = Buffer(codes.rounds)
    }

    /// Adds the facts of a case, or (sign -1) takes them back.
    ///
    /// - Parameters:
    ///   - kind: the plan's number of the case's kind.
    ///   - start: the case's first row in `table`; they are put in order.
    ///   - isPrepared: whether they are in order already (`CaseRows.share`).
    /// - Returns: false where the case needs rows that are not in the table (`CaseRows.isWhole`):
    ///   nothing was added then.
    @discardableResult
    package mutating func evaluate(
        caseID: UInt32, kind: UInt8, start: Int, count: Int, sign: Int64, isPrepared: Bool = false
    ) -> Bool {
        guard count > 0 else { return true }
        self.caseID = caseID
        table.look(at: start, count: count, isPrepared: isPrepared)
        if table.lacksRows { return false }
        pauses.forget()
        let union = table.union
        for place in 0..<projections.count {
            let projection = projections[place]
            guard projection.kinds >> UInt64(kind) & 1 != 0, firstCase[place] <= caseID else {
                continue
            }
            current = place
            // Traces tell every slot, also those that this case's facts need not look up.
            if isTraced { found.fill(-1) }
            switch projection.rule {
            case .one: evaluateOne(projection, sign)
            case .each:
                if union & table.bit(of: Int(projection.selector)) != 0 {
                    evaluateEach(projection, sign)
                }
            case .stock: evaluateStock(projection, sign)
            }
        }
        return true
    }

    /// Whether a row can change a projection's facts: by itself, or by what others mean beside it.
    /// Rows that hold others up may change any: `CaseRows.holdsUp`.
    @inline(__always)
    package func concerns(_ row: Row, projection: Int) -> Bool {
        row.mask & bits[Int(projections[projection].bits) + row.type] != 0
    }

    /// Whether a projection looks at some of a row's selectors.
    @inline(__always)
    package func looks(at row: Row, projection: Int) -> Bool {
        row.mask & bits[Int(projections[projection].lookedBits) + row.type] != 0
    }

    /// Looks a projection's bindings up in the case last looked at, those that depend on each of
    /// several facts left out: for showing them.
    mutating func lookUpCase(_ place: Int) {
        let projection = projections[place]
        found.fill(-1)
        counted.fill(0)
        let steps = projection.caseSteps.indices
        guard projection.rule == .one else { return lookUp(steps) }
        let ready = steps.lowerBound + Int(projection.factReady)
        lookUp(steps.lowerBound..<ready)
        found[0] = found[Int(projection.factSlot)]
        lookUp(ready..<steps.upperBound)
    }

    // MARK: Rules

    private mutating func evaluateOne(_ projection: ProjectionCode, _ sign: Int64) {
        found[0] = -1
        let steps = projection.caseSteps.indices
        let ready = steps.lowerBound + Int(projection.factReady)
        lookUp(steps.lowerBound..<ready)
        let fact = found[Int(projection.factSlot)]
        guard fact >= 0 else { return }
        found[0] = fact
        lookUp(ready..<steps.upperBound)
        record(projection, sign)
    }

    /// The fact at slot 0, where its conditions hold: whole or in parts.
    @inline(__always)
    mutating func record(_ projection: ProjectionCode, _ sign: Int64) {
        guard holds(Int(projection.conditions)) else { return }
        if projection.split >= 0, cut(projection) {
            emitParts(projection, sign)
        } else {
            write(projection)
            emit(projection, sign)
        }
    }

    private mutating func evaluateEach(_ projection: ProjectionCode, _ sign: Int64) {
        found[0] = -1
        lookUp(projection.caseSteps.indices)
        if projection.settles, areSettled(projection.caseSteps) {
            return evaluateUnsettled(projection, sign)
        }
        if projection.rounds >= 0 { return evaluateRounds(projection, sign) }
        let selector = Int(projection.selector)
        var position = table.first(selector, 0, table.count)
        while position >= 0 {
            if projection.residuals.count == 0 || passes(projection.residuals, at: position) {
                found[0] = Int32(position)
                lookUp(projection.factSteps.indices)
                record(projection, sign)
            }
            position = table.first(selector, position + 1, table.count)
        }
    }

    /// A stock's flows: at each event that may move the case, it leaves its old cell and enters
    /// its new one.
    private mutating func evaluateStock(_ projection: ProjectionCode, _ sign: Int64) {
        found[0] = -1
        lookUp(projection.caseSteps.indices)
        let enter = Int(projection.enter)
        let start =
            enter >= 0
            ? table.first(enter, 0, table.count) : Int(found[Int(projection.factSlot)])
        guard start >= 0, holds(Int(projection.conditions)) else { return }
        var isInStock = false
        stockRecord.truncate(to: 0)
        let first = areSettled(projection.caseSteps) ? lastSettled(projection, start) : start
        if first > start, enter >= 0 {
            let entered = table.last(enter, start, first)
            isInStock = entered >= 0 && entered >= table.last(Int(projection.leave), start, first)
        }
        for position in first..<table.count {
            guard position == start || looks(at: table[position], projection: current) else {
                continue
            }
            found[0] = Int32(position)
            record.truncate(to: 0)
            if enter < 0 {
                isInStock = holds(Int(projection.whileList))
            } else if table.holds(enter, at: position) {
                isInStock = true
            } else if table.holds(Int(projection.leave), at: position) {
                isInStock = false
            }
            if isInStock { write(projection) }
            if isSameAsStock() { continue }
            swapRecords()
            if position < shared.count, first > start { continue }
            // Now `record` is the old state and `stockRecord` the new one.
            let day = days.word(of: table[position].time)
            if record.count > 0 {
                record[0] = day
                emit(projection, -sign)
            }
            if stockRecord.count > 0 {
                swapRecords()
                emit(projection, sign)
                swapRecords()
            }
        }
    }

    private mutating func swapRecords() { swap(&record, &stockRecord) }

    /// Whether the state is the one before, but for the day.
    private mutating func isSameAsStock() -> Bool {
        guard record.count == stockRecord.count else { return false }
        for word in 1..<max(record.count, 1) where record[word] != stockRecord[word] {
            return false
        }
        return true
    }

    // MARK: Output

    mutating func emit(_ projection: ProjectionCode, _ sign: Int64) {
        let multiplicity = UInt64(bitPattern: sign)
        let buffer = facts[current]
        buffer.words.append(record, 0..<record.count)
        buffer.words.append(UInt32(truncatingIfNeeded: multiplicity >> 32))
        buffer.words.append(UInt32(truncatingIfNeeded: multiplicity))
        guard isTraced else { return }
        buffer.words.append(caseID)
        for slot in 0..<Int(projection.slotCount) {
            let position = Int(found[slot])
            buffer.words.append(position >= 0 ? table[position].sequence : .max)
        }
    }

    /// Writes the key of the fact at slot 0 into `record`.
    mutating func write(_ projection: ProjectionCode) {
        let fact = table[Int(found[0])]
        writeDimensions(projection, day: days.word(of: fact.time))
        for place in projection.measures.indices { write(measure(measures[place])) }
    }

    /// Begins a key with its day and its dimensions.
    mutating func writeDimensions(_ projection: ProjectionCode, day: UInt32) {
        record.truncate(to: 0)
        record.append(day)
        let fact = table[Int(found[0])]
        for place in projection.dimensions.indices {
            let dimension = dimensions[place]
            let value = self.value(dimension.values)
            switch dimension.form {
            case .name: record.append(value == .min ? 0 : UInt32(truncatingIfNeeded: value))
            case .code:
                let code = value == .min ? 0 : UInt32(truncatingIfNeeded: value)
                if code > dimension.words {
                    fail(at: fact, "it holds a word that its event type does not have")
                }
                record.append(code)
            case .integer:
                let biased = value == .min ? 0 : value &+ 0x8000_0000
                if biased < 0 || biased > Int64(UInt32.max) || (biased == 0 && value != .min) {
                    fail(at: fact, "the dimension's value \(value) is beyond 32 bits")
                }
                record.append(UInt32(truncatingIfNeeded: biased))
            }
        }
    }

    /// Adds a measure's value to a key.
    @inline(__always)
    mutating func write(_ measure: Int64) {
        let value = UInt64(bitPattern: measure) ^ (1 << 63)
        record.append(UInt32(truncatingIfNeeded: value >> 32))
        record.append(UInt32(truncatingIfNeeded: value))
    }

    mutating func measure(_ code: MeasureCode) -> Int64 {
        switch code.kind {
        case .duration: return duration(Int(code.duration))
        case .number:
            let position = Int(found[Int(code.slot)])
            return position < 0 ? .min : fetch(code.field, at: position)
        case .count: return counted[Int(code.slot)]
        case .flag: return holds(Int(code.list)) ? 1 : .min
        case .value: return holds(Int(code.list)) ? value(code.values) : .min
        }
    }

    mutating func fail(at row: Row, _ reason: String) {
        if fault == nil {
            fault = .event(projection: names[current], sequence: row.sequence, reason: reason)
        }
    }
}
