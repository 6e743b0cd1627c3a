import EventModel

extension KPIReader {
    /// A formula whose names are known and whose unit fits.
    func readFormula(
        _ value: YAMLValue, unit: Unit?, uses: inout [NameReference]
    ) -> Formula? {
        guard let text = value.text else {
            faults.report(
                at: value, "\(value.inWords) stands where a formula should",
                expected: "such as count(ticket_volume)")
            return nil
        }
        let before = faults.faults.count
        var parser = FormulaParser(text)
        do {
            let formula = try parser.parse()
            for aggregate in parser.aggregates { check(aggregate, in: value) }
            if faults.faults.count == before {
                for union in parser.unions { checkAlike(union, in: value) }
            }
            for (name, offset) in parser.kpis {
                let at = placed(offset, in: value)
                uses.append(NameReference(name: name, at: at))
                if !isKPI(name) {
                    faults.report(
                        at: at, "no KPI is called \"\(name)\"", word: name, among: kpiNames())
                }
            }
            guard faults.faults.count == before else { return nil }
            checkUnit(formula, unit: unit, at: value)
            return formula
        } catch {
            faults.report(
                at: placed(error.offset, in: value), error.what, expected: error.expected,
                word: error.word, among: error.candidates)
            return nil
        }
    }

    private func placed(_ offset: Int, in value: YAMLValue) -> YAMLValue {
        let (line, column) = document.place(ofScalar: offset, in: value)
        return YAMLValue(value.content, line: line, column: column)
    }

    private func check(_ placed: PlacedAggregate, in value: YAMLValue) {
        let aggregate = placed.aggregate
        guard let projection = projection(aggregate.projection) else {
            faults.report(
                at: self.placed(placed.projectionAt, in: value),
                "no projection is called \"\(aggregate.projection)\"", word: aggregate.projection,
                among: projectionNames())
            return
        }
        checkFunction(placed, of: projection, in: value)
        for (dimension, values) in aggregate.filter.sorted(by: { $0.key < $1.key }) {
            let at = self.placed(placed.filterAt[dimension] ?? placed.offset, in: value)
            guard let source = projection.dimensions.first(where: { $0.name == dimension })?.source
            else {
                faults.report(
                    at: at, "\(projection.name) has no dimension \"\(dimension)\"",
                    word: dimension, among: projection.dimensions.map(\.name))
                continue
            }
            if let shape = columns.shape(of: source, in: projection) {
                for text in values { columns.checkName(text, shape, at: at, faults) }
            }
            guard let known = knownValues(of: source, in: projection) else { continue }
            for value in values where !known.contains(value) {
                faults.report(
                    at: at, "\"\(value)\" is never a value of \(dimension)", word: value,
                    among: known)
            }
        }
    }

    /// The values a dimension can have, where its schema lists them.
    private func knownValues(of source: DimensionSource, in projection: ProjectionDefinition)
        -> [String]?
    {
        switch source {
        case .field, .latest:
            let values = columns.shape(of: source, in: projection)?.values ?? []
            return values.isEmpty ? nil : values
        case .firstOf(let sources):
            return sources.lazy.compactMap { self.knownValues(of: $0, in: projection) }.first
        case .hour: return (0...23).map(String.init)
        case .weekday: return (1...7).map(String.init)
        case .constant, .subject: return nil
        }
    }

    /// Refuses measures of different kinds, whose values are never equal, counted together.
    private func checkAlike(_ union: [PlacedAggregate], in value: YAMLValue) {
        var first: (name: String, kind: String)?
        for placed in union {
            guard let name = placed.aggregate.measure,
                let projection = projection(placed.aggregate.projection),
                let source = projection.measures.first(where: { $0.name == name })?.source
            else { continue }
            let kind =
                switch source {
                case .name(.subject, when: _): "the case itself"
                case .name(let source, when: _):
                    columns.shape(of: source, in: projection)?.inWords ?? "a text"
                case .number, .count, .duration, .flag, .money: ColumnShape.integer.inWords
                }
            let here = (name: "\(projection.name).\(name)", kind: kind)
            if let first, first.kind != here.kind {
                faults.report(
                    at: self.placed(placed.projectionAt, in: value),
                    "\(first.name) is \(first.kind), but \(here.name) is \(here.kind)",
                    expected: "measures of one kind")
                return
            }
            first = first ?? here
        }
    }

    private func checkFunction(
        _ placed: PlacedAggregate, of projection: ProjectionDefinition, in value: YAMLValue
    ) {
        let aggregate = placed.aggregate
        let at = self.placed(placed.offset, in: value)
        let isStock = projection.fact.isStock
        if isStock != aggregate.function.isOfStocks {
            faults.report(
                at: at,
                isStock ? "\(projection.name) is a stock" : "\(projection.name) is no stock",
                expected: isStock
                    ? "stock(\(projection.name)), start(…) or kept(…)"
                    : "count(\(projection.name))")
            return
        }
        guard let name = aggregate.measure else {
            switch aggregate.function {
            case .count, .stock, .start: return
            default: break
            }
            if projection.measures.isEmpty {
                faults.report(
                    at: self.placed(placed.projectionAt, in: value),
                    "\(projection.name) has no measure",
                    expected: "a name among its measures, such as customer: {name: subject}")
                return
            }
            faults.report(
                at: self.placed(placed.projectionAt, in: value),
                "no measure of \(projection.name) is named",
                expected: listed(projection.measures.map { "\(projection.name).\($0.name)" }))
            return
        }
        guard let source = projection.measures.first(where: { $0.name == name })?.source else {
            faults.report(
                at: self.placed(placed.measureAt, in: value),
                "\(projection.name) has no measure \"\(name)\"", word: name,
                among: projection.measures.map(\.name))
            return
        }
        let kind = MeasureKind(source)
        switch (aggregate.function, kind) {
        case (.count, _), (.distinct, .name), (.distinct, .number): return
        case (.stock, .name): break
        case (.start, .name), (.kept, .name): return
        case (.sum, .duration), (.sum, .number), (.mean, .duration), (.mean, .number): return
        case (.minimum, .duration), (.minimum, .number): return
        case (.maximum, .duration), (.maximum, .number): return
        case (.percentile, .duration), (.percentile, .number): return
        case (_, .money) where aggregate.function != .distinct: return
        default: break
        }
        let fitting =
            switch kind {
            case .name where isStock: "start or kept"
            case .name: "count or distinct"
            case .flag: "count"
            case .duration, .number, .money: "count, sum, mean, min, max or a percentile"
            }
        faults.report(
            at: at, "\(projection.name).\(name) is \(kind.inWords)", expected: fitting)
    }
}
