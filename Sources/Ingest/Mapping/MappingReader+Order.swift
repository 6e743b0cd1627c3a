internal import Definitions

// What orders a case's rows, and what they have in common.
extension MappingReader {
    /// What only the whole file tells.
    func finish() {
        checkColumns()
        let common = Set((mapping.merge ?? []).flatMap(columns))
            .union(columns(of: mapping.subject))
        for index in mapping.events.indices {
            for place in mapping.events[index].fields.indices {
                let field = mapping.events[index].fields[place]
                mapping.events[index].fields[place].isOwn =
                    mapping.events[index].each != nil
                    || columns(of: field).map { !$0.isSubset(of: common) } ?? true
            }
        }
        mapping.valuesOfEach = mapping.values.indices.filter { restsOnEach(mapping.values[$0]) }
        mapping.timesOfEach = mapping.times.indices.filter { restsOnEach(time: $0) }
        var openings = 0
        for index in mapping.events.indices where mapping.events[index].isFirstOnly {
            mapping.events[index].opening = openings
            openings += 1
        }
        mapping.usesState =
            mapping.order != nil || mapping.rowOrder != nil || mapping.merge != nil
            || mapping.events.contains { $0.isFirstOnly || $0.countsRepeats }
    }

    /// Whether a text is another one for each of the texts that an event is given for.
    private func restsOnEach(_ template: Template) -> Bool {
        template.parts.contains { part in
            switch part {
            case .given(.each): true
            case .value(let index): restsOnEach(mapping.values[index])
            case .given, .literal, .column: false
            }
        }
    }

    private func restsOnEach(_ spec: ValueSpec) -> Bool {
        if let (texts, times) = spec.computation?.parts,
            restsOnEach(Template(parts: texts)) || times.contains(where: { restsOnEach(time: $0) })
        {
            return true
        }
        if let lookup = spec.lookup, case .use(let other) = mapping.lookups[lookup].otherwise,
            restsOnEach(other)
        {
            return true
        }
        return (spec.templates + [spec.missing].compactMap { $0 }).contains { restsOnEach($0) }
    }

    private func restsOnEach(time index: Int) -> Bool {
        let spec = mapping.times[index]
        let base =
            switch spec.base {
            case .time(let index): restsOnEach(time: index)
            case .text(let templates, _, _): templates.contains { restsOnEach($0) }
            }
        return base || spec.steps.contains { restsOnEach($0.amount) }
    }

    /// What orders the rows of a case, and which of them are one update.
    func readOrder(_ fields: Keys) {
        if let order = fields["order"] {
            var column = template(order)
            // A constant orders nothing: it is a column's name.
            if let name = column.constant { column = Template(parts: [reference(name, at: order)]) }
            mapping.order = column
        }
        if let order = fields["row-order"] {
            if fields["order"] != nil {
                faults.report(
                    at: order, "a mapping has \"order\" and \"row-order\"",
                    expected: "one of them: the source's own order where there is one")
            }
            let words = RowOrder.allCases.map(\.rawValue)
            mapping.rowOrder = choice(order, "order of rows", words).flatMap {
                RowOrder(rawValue: $0)
            }
        }
        if let merge = fields["merge"] {
            mapping.merge = merge.elements.compactMap { element in
                text(element).map { Template(parts: [reference($0, at: element)]) }
            }
        }
    }
}
