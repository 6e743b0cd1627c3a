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
            faults: list, types: reader.types, kpi: kpi,
            kpiNames: { (here.keys + reader.knownKPINames()).sorted() },
            dimensions: { formula in
                formula.sharedDimensions(
                    kpi: kpi, projection: { projections[$0] ?? reader.knownProjection($0) })
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
    /// The dimensions that all projections behind a formula have, those behind other KPIs included.
    func sharedDimensions(
        kpi: (String) -> KPIDefinition?, projection: (String) -> ProjectionDefinition?
    ) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        func visit(_ formula: Formula) {
            names += formula.aggregates.map(\.projection)
            for name in formula.kpis where seen.insert(name).inserted {
                if let other = kpi(name) { visit(other.value) }
            }
        }
        visit(self)
        var shared: [String]?
        for name in Set(names).sorted() {
            let dimensions = projection(name)?.dimensions.map(\.name) ?? []
            shared = shared?.filter { dimensions.contains($0) } ?? dimensions
        }
        return shared ?? []
    }
}
