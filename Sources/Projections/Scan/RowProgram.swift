package import EventLog
package import EventModel

/// A column of a type that a plan reads.
package struct ColumnUse: Hashable, Sendable {
    /// The type's id in the log, and the field's place among its columns.
    package var type: UInt16
    package var column: Int
    package var kind: ColumnKind
}

/// How one column takes part in a row's mask: the bits that its value leaves standing.
package struct MaskStep: BitwiseCopyable, Sendable {
    package enum Operation: UInt8, BitwiseCopyable, Sendable {
        /// An enumeration or boolean: a table of 256 masks, by code.
        case codes
        /// A name: masks for absent, nobody and any other name, then some names' own.
        case names
        /// An integer or day: checks, one after another.
        case integers
    }
    package var operation: Operation
    /// Which of the plan's columns.
    package var use: Int32
    /// First entry in the table, names or checks; and how many.
    package var start: Int32
    package var count: Int32
    /// For names.
    package var absent: UInt64 = 0
    package var nobody: UInt64 = 0
    package var other: UInt64 = 0
}

/// The mask of one name.
package struct NameMask: BitwiseCopyable, Sendable {
    package var name: UInt32
    package var mask: UInt64
}

/// One selector's test of an integer: clears `bit` unless the value passes.
package struct IntegerCheck: BitwiseCopyable, Sendable {
    package var bit: UInt64
    /// Passes within one of these bounds (or, negated, in none); absent as `absentPasses`.
    package var start: Int32
    package var count: Int32
    package var isNegated: Bool
    package var absentPasses: Bool
}

/// Bounds of an integer, both inclusive.
package struct Bounds: BitwiseCopyable, Hashable, Sendable {
    package var minimum: Int64
    package var maximum: Int64
}

/// A column whose value goes with the row: one word (a name or code) or two (an integer).
package struct PayloadStep: BitwiseCopyable, Sendable {
    package var use: Int32
    package var kind: UInt8
    /// What an event without a value reads as; the column's own mark of absence where nothing does.
    package var absent: Int64
}

/// What a plan does with a row of one type.
package struct TypeProgram: Sendable {
    package var type: UInt16
    /// Bits of selectors that hold unless a column says no.
    package var base: UInt64
    package var masks: [MaskStep]
    package var payload: [PayloadStep]
}

/// All programs of a plan as flat tables.
package struct RowTables: Sendable {
    package var programs: [TypeProgram] = []
    package var uses: [ColumnUse] = []
    package var codeMasks: [UInt64] = []
    package var nameMasks: [NameMask] = []
    package var integerChecks: [IntegerCheck] = []
    package var bounds: [Bounds] = []

    package init() {}
}

/// Makes rows from the columns of one segment after another. One per worker.
package struct RowMaker: ~Copyable {
    struct Range: BitwiseCopyable {
        var start: Int32
        var end: Int32
    }
    private var bases: Buffer<UInt64>
    private var masks: Buffer<Range>
    private var payloads: Buffer<Range>
    private var baseMasks: Buffer<UInt64>
    private var steps: Buffer<MaskStep>
    private var payloadSteps: Buffer<PayloadStep>
    private var codeMasks: Buffer<UInt64>
    private var nameMasks: Buffer<NameMask>
    private var integerChecks: Buffer<IntegerCheck>
    private var bounds: Buffer<Bounds>
    private let tables: RowTables
    /// The plan's number of a log's type; 255 where the plan does not read it.
    package var numberOfType: Buffer<UInt8>
    /// Whether the columns of a type have been found in the segment at hand.
    private var ready: Buffer<UInt8>

    package init(tables: RowTables, typeCount: Int) {
        self.tables = tables
        bases = Buffer(repeating: 0, count: tables.uses.count)
        masks = Buffer()
        payloads = Buffer()
        baseMasks = Buffer()
        steps = Buffer()
        payloadSteps = Buffer()
        codeMasks = Buffer(tables.codeMasks)
        nameMasks = Buffer(tables.nameMasks)
        integerChecks = Buffer(tables.integerChecks)
        bounds = Buffer(tables.bounds)
        numberOfType = Buffer(repeating: 255, count: max(typeCount, 1))
        ready = Buffer(repeating: 0, count: tables.programs.count)
        for (number, program) in tables.programs.enumerated() {
            numberOfType[Int(program.type)] = UInt8(number)
            baseMasks.append(program.base)
            let firstStep = steps.count
            for step in program.masks { steps.append(step) }
            masks.append(Range(start: Int32(firstStep), end: Int32(steps.count)))
            let firstPayload = payloadSteps.count
            for step in program.payload { payloadSteps.append(step) }
            payloads.append(Range(start: Int32(firstPayload), end: Int32(payloadSteps.count)))
        }
    }

    /// Forgets the columns of the last segment.
    package mutating func leaveSegment() { ready.fill(0) }

    /// Finds the columns of a type in a segment, once a segment.
    @inline(__always)
    package mutating func enter(_ number: Int, of segment: ColumnSegment) {
        if ready[number] == 0 { find(number, in: segment) }
    }

    @inline(never)
    private mutating func find(_ number: Int, in segment: ColumnSegment) {
        let type = tables.programs[number].type
        for (place, use) in tables.uses.enumerated() where use.type == type {
            guard let column = segment.column(type: type, index: use.column) else {
                bases[place] = 0
                continue
            }
            precondition(column.kind == use.kind, "a column's kind does not change")
            let address: UInt =
                switch column.kind {
                case .name: column.names.map { unsafe UInt(bitPattern: $0.pointer) } ?? 0
                case .enumeration, .boolean:
                    column.codes.map { unsafe UInt(bitPattern: $0.pointer) } ?? 0
                case .integer, .day:
                    column.integers.map { unsafe UInt(bitPattern: $0.pointer) } ?? 0
                }
            bases[place] = UInt64(address)
        }
        ready[number] = 1
    }

    /// The selectors that hold for a row of an entered type, by its ordinal among the type's rows.
    @inline(__always)
    package func mask(_ number: Int, ordinal: Int) -> UInt64 {
        var mask = baseMasks[number]
        let range = masks[number]
        var place = Int(range.start)
        while place < Int(range.end) {
            let step = steps[place]
            switch step.operation {
            case .codes:
                mask &= codeMasks[Int(step.start) + Int(code(Int(step.use), ordinal))]
            case .names:
                mask &= nameMask(step, name(Int(step.use), ordinal))
            case .integers:
                let value = integer(Int(step.use), ordinal)
                for check in Int(step.start)..<Int(step.start + step.count) {
                    let check = integerChecks[check]
                    if !passes(check, value) { mask &= ~check.bit }
                }
            }
            place += 1
        }
        return mask
    }

    @inline(__always)
    private func passes(_ check: IntegerCheck, _ value: Int64) -> Bool {
        if value == .min { return check.absentPasses }
        for place in Int(check.start)..<Int(check.start + check.count)
        where value >= bounds[place].minimum && value <= bounds[place].maximum {
            return !check.isNegated
        }
        return check.isNegated
    }

    @inline(__always)
    private func nameMask(_ step: MaskStep, _ name: UInt32) -> UInt64 {
        for place in Int(step.start)..<Int(step.start + step.count)
        where nameMasks[place].name == name { return nameMasks[place].mask }
        return name == 0 ? step.absent : name == 1 ? step.nobody : step.other
    }

    /// Adds the values that go with a row to a payload; gives the first word's place.
    @inline(__always)
    package func addPayload(
        _ number: Int, ordinal: Int, to payload: inout Buffer<UInt32>
    ) -> UInt32 {
        let start = payload.count
        let range = payloads[number]
        var place = Int(range.start)
        while place < Int(range.end) {
            let step = payloadSteps[place]
            switch step.kind {
            case ColumnKind.name.rawValue:
                let value = name(Int(step.use), ordinal)
                payload.append(value == 0 ? UInt32(truncatingIfNeeded: step.absent) : value)
            case ColumnKind.enumeration.rawValue, ColumnKind.boolean.rawValue:
                let value = UInt32(code(Int(step.use), ordinal))
                payload.append(value == 0 ? UInt32(truncatingIfNeeded: step.absent) : value)
            default:
                let read = integer(Int(step.use), ordinal)
                let value = UInt64(bitPattern: read == .min ? step.absent : read)
                payload.append(UInt32(truncatingIfNeeded: value >> 32))
                payload.append(UInt32(truncatingIfNeeded: value))
            }
            place += 1
        }
        return UInt32(start)
    }

    // Ordinals are below the type's rows in the segment: the segment's own columns say so, and
    // `ColumnSegment` checks that each column holds that many values.

    @inline(__always)
    private func code(_ use: Int, _ ordinal: Int) -> UInt8 {
        let base = bases[use]
        guard base != 0, let address = unsafe UnsafePointer<UInt8>(bitPattern: UInt(base)) else {
            return 0
        }
        return unsafe address[ordinal]
    }

    @inline(__always)
    private func name(_ use: Int, _ ordinal: Int) -> UInt32 {
        let base = bases[use]
        guard base != 0, let address = unsafe UnsafeRawPointer(bitPattern: UInt(base)) else {
            return 0
        }
        return unsafe address.loadUnaligned(fromByteOffset: ordinal &* 4, as: UInt32.self)
    }

    @inline(__always)
    private func integer(_ use: Int, _ ordinal: Int) -> Int64 {
        let base = bases[use]
        guard base != 0, let address = unsafe UnsafeRawPointer(bitPattern: UInt(base)) else {
            return .min
        }
        return unsafe address.loadUnaligned(fromByteOffset: ordinal &* 8, as: Int64.self)
    }
}
