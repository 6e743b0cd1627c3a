/// A row's values as its masks ask for them: from the columns of a segment, or from what went with the
/// row. `use` is a place among `RowTables.uses`.
protocol ColumnValues {
    /// An enumeration's or boolean's code; 0 absent.
    func code(_ use: Int) -> UInt8
    /// A name's id; 0 absent.
    func name(_ use: Int) -> UInt32
    /// An integer or day; `Int64.min` absent.
    func integer(_ use: Int) -> Int64
}

/// Says which selectors hold for a row, by what its columns say.
struct RowMasks: ~Copyable {
    private var baseMasks = Buffer<UInt64>()
    private var masks = Buffer<RangeCode>()
    private var steps = Buffer<MaskStep>()
    private var codeMasks: Buffer<UInt64>
    private var nameMasks: Buffer<NameMask>
    private var integerChecks: Buffer<IntegerCheck>
    private var bounds: Buffer<Bounds>

    init(_ tables: RowTables) {
        codeMasks = Buffer(tables.codeMasks)
        nameMasks = Buffer(tables.nameMasks)
        integerChecks = Buffer(tables.integerChecks)
        bounds = Buffer(tables.bounds)
        for program in tables.programs {
            baseMasks.append(program.base)
            masks.append(RangeCode(start: Int32(steps.count), count: Int32(program.masks.count)))
            for step in program.masks { steps.append(step) }
        }
    }

    /// The selectors that hold for a row of a type, by the plan's number of it.
    @inline(__always)
    func mask(_ number: Int, _ values: some ColumnValues) -> UInt64 {
        var mask = baseMasks[number]
        let range = masks[number]
        var place = Int(range.start)
        let end = place + Int(range.count)
        while place < end {
            let step = steps[place]
            switch step.operation {
            case .codes:
                mask &= codeMasks[Int(step.start) + Int(values.code(Int(step.use)))]
            case .names:
                mask &= nameMask(step, values.name(Int(step.use)))
            case .integers:
                let value = values.integer(Int(step.use))
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
}
