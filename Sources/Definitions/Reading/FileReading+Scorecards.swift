extension FileReading {
    /// Reads one scorecard, when all KPIs of the file are known.
    mutating func readScorecard(_ value: YAMLValue, of document: SourceDocument, at index: Int) {
        let list = FaultList(file: document.file)
        let here = Dictionary(
            definitions.values.compactMap { definition -> (String, KPIDefinition)? in
                guard case .kpi(let kpi) = definition else { return nil }
                return (kpi.name, kpi)
            }, uniquingKeysWith: { first, _ in first })
        let (reader, outlines, projections) = (reader, outlines, projections)
        let kpi = { here[$0] ?? reader.knownKPIDefinition($0) }
        let scorecardReader = ScorecardReader(
            faults: list, kpi: kpi,
            kpiNames: { (here.keys + reader.knownKPINames()).sorted() },
            columns: reader.columns,
            projections: { formula in
                formula.projectionNames(kpi: kpi).compactMap {
                    projections[$0] ?? reader.knownProjection($0)
                }
            },
            outline: { outlines[$0] ?? reader.knownOutline($0) },
            scorecardNames: { (outlines.keys + reader.knownScorecardNames()).sorted() })
        if let scorecard = scorecardReader.read(value) {
            definitions[index] = .scorecard(scorecard)
        }
        faults += list.faults
    }
}

extension Formula {
    /// The projections behind a formula, those behind other KPIs included.
    func projectionNames(kpi: (String) -> KPIDefinition?) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        func visit(_ formula: Formula) {
            names += formula.aggregates.map(\.projection)
            for name in formula.kpis where seen.insert(name).inserted {
                if let other = kpi(name) { visit(other.value) }
            }
        }
        visit(self)
        return Set(names).sorted()
    }
}
