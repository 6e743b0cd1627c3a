extension DefinitionLibrary {
    /// Names of all scorecards, in the order of the files.
    public var scorecardNames: [String] { order["scorecard"] ?? [] }

    /// A scorecard by name; nil when there is none. The KPIs it names are read too.
    public func scorecard(_ name: String) throws(DefinitionFaults) -> ScorecardDefinition? {
        if let known = scorecards[name] { return known }
        guard let document = documents["scorecard"]?[name] else { return nil }
        var broken: DefinitionFaults?
        var reader = reader()
        reader.knownKPIDefinition = { name in
            do throws(DefinitionFaults) {
                return try self.kpi(name)
            } catch {
                broken = error
                return nil
            }
        }
        do throws(DefinitionFaults) {
            guard case .scorecard(let scorecard)? = try reader.read([document]).first?.definition
            else { return nil }
            scorecards[name] = scorecard
            return scorecard
        } catch {
            // What is wrong with a KPI says more than that the KPI is not there.
            throw broken ?? error
        }
    }

    /// The scorecards with a row about one of some figures, cut down to these rows: what a query
    /// needs to show targets. They were checked when they were registered; only the KPIs of these
    /// figures are read, and a scorecard that names none of them not at all.
    ///
    /// - Complexity: O(length of the scorecards that name a figure).
    public func scorecards(about figures: [String]) -> [ScorecardDefinition] {
        scorecardNames.compactMap { name in
            guard let document = documents["scorecard"]?[name],
                figures.contains(where: { document.text.contains($0) })
            else { return nil }
            let faults = FaultList(file: document.file)
            guard let root = YAMLReader.read(document, faults: faults), let pairs = root.pairs
            else { return nil }
            let reader = ScorecardReader(
                faults: faults, kpi: { try? self.kpi($0) }, kpiNames: { [] },
                columns: Columns(types: types), projections: { _ in [] },
                outline: { self.outline(ofScorecard: $0) },
                scorecardNames: { [] }, isTrusting: true)
            let wanted = pairs.map { pair in
                guard pair.name == "rows" else { return pair }
                let rows = pair.value.elements.filter { row in
                    let figure = row.pairs?.first { $0.name == "kpi" }?.value.text
                    return figure.map { figures.contains($0) } ?? false
                }
                return YAMLPair(
                    key: pair.key,
                    value: YAMLValue(
                        .list(rows), line: pair.value.line, column: pair.value.column))
            }
            return reader.read(
                YAMLValue(.mapping(wanted), line: root.line, column: root.column))
        }
    }

    /// A scorecard's rows without checking them.
    func outline(ofScorecard name: String) -> ScorecardOutline? {
        if let known = outlines[name] { return known }
        guard let document = documents["scorecard"]?[name],
            let root = YAMLReader.read(document, faults: FaultList(file: document.file))
        else { return nil }
        let outline = ScorecardOutline(root)
        outlines[name] = outline
        return outline
    }
}
