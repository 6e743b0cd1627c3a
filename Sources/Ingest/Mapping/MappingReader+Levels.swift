internal import Definitions
internal import EventModel

// The levels on which rows of documents stand.
extension MappingReader {
    /// `{ticket: $.tickets[*], message: "@.conversations[*]"}`: `@` is the level above, and a level further up
    /// is called by its name.
    func readLevels(_ value: YAMLValue) {
        if !mapping.columns.isEmpty { preconditionFailure("levels are read before columns") }
        for pair in pairs(value, "rows") {
            guard !pair.name.isEmpty, !mapping.levels.contains(where: { $0.name == pair.name }),
                pair.name.utf8.allSatisfy({ $0 != 0x2E && $0 != 0x5B && $0 != 0x24 && $0 != 0x40 })
            else {
                faults.report(
                    at: pair.key, "\"\(pair.name)\" can't be the name of another level",
                    expected: "a word that no level above has")
                continue
            }
            guard let text = text(pair.value) else { continue }
            do throws(JSONPathFault) {
                var level = try level(pair.name, text)
                level.text = text
                mapping.levels.append(level)
            } catch {
                faults.report(at: pair.value, "\(text) \(error.problem)", expected: error.expected)
            }
        }
    }

    private func level(_ name: String, _ text: String) throws(JSONPathFault) -> RowLevel {
        if text.hasPrefix("@") {
            return RowLevel(
                name: name, parent: mapping.levels.isEmpty ? nil : mapping.levels.count - 1,
                path: try JSONPath(parsing: text, root: .current))
        }
        let head = text.prefix { $0 != "." && $0 != "[" }
        if let parent = mapping.levels.firstIndex(where: { $0.name == head }) {
            let rest = String(text.dropFirst(head.count))
            return RowLevel(
                name: name, parent: parent,
                path: try JSONPath(parsingSegments: rest, isRelative: false))
        }
        return RowLevel(name: name, parent: nil, path: try JSONPath(parsing: text))
    }

    /// The level that an event is given by: the last one, where nothing is said.
    func readLevel(_ value: YAMLValue?) -> Int {
        guard let value else { return max(0, mapping.levels.count - 1) }
        let names = mapping.levels.map(\.name)
        guard let word = value.text, let level = names.firstIndex(of: word) else {
            faults.report(
                at: value, "\(value.inWords) is no level of \"rows\"", word: value.text,
                among: names)
            return 0
        }
        return level
    }

    /// The lowest level that a condition is about.
    func level(of test: TestSpec) -> Int {
        guard mapping.levels.count > 1 else { return 0 }
        var templates = [test.subject]
        switch test.expectation {
        case .among(let others), .noneOf(let others): templates += others
        case .present: break
        }
        let levels = templates.flatMap { columns(of: $0) }.compactMap { column -> Int? in
            let found = try? JSONColumn(mapping.columns[column], levels: mapping.levels)
            guard case .level(let level)? = found?.base else { return nil }
            return level
        }
        return levels.max() ?? 0
    }

    /// Reports what an event reads that the rows of its level don't have.
    func checkLevels(_ event: EventSpec, at value: YAMLValue) {
        guard mapping.levels.count > 1 else { return }
        var columns = self.columns(of: mapping.subject)
        for field in event.fields { columns.formUnion(self.columns(of: field) ?? []) }
        if let id = event.id { columns.formUnion(self.columns(of: id)) }
        for column in columns.sorted() {
            guard
                let found = try? JSONColumn(mapping.columns[column], levels: mapping.levels),
                case .level(let level) = found.base,
                !mapping.levels.hasLevel(level, above: event.level)
            else { continue }
            faults.report(
                at: value,
                "\(event.type) is given by rows of \(mapping.levels[event.level].name), which don't "
                    + "have \(mapping.columns[column])",
                expected: "\"of: \(mapping.levels[level].name)\", or columns of levels above")
        }
    }

    /// Reports columns that are no paths, where rows stand in documents.
    func checkColumns() {
        guard !mapping.levels.isEmpty else { return }
        for (column, place) in zip(mapping.columns, columnPlaces) {
            do throws(JSONPathFault) {
                _ = try JSONColumn(column, levels: mapping.levels)
            } catch {
                faults.report(at: place, "\(column) \(error.problem)", expected: error.expected)
            }
        }
    }
}
