internal import Definitions
internal import EventModel

// Lookups and values.
extension MappingReader {
    func readLookup(_ pair: YAMLPair) {
        if lookupByName[pair.name] != nil {
            return faults.report(at: pair.key, "the lookup \"\(pair.name)\" is given twice")
        }
        lookupByName[pair.name] = mapping.lookups.count
        mapping.lookups.append(lookup(pair.value, name: pair.name))
    }

    /// `{a: b, …}`, `{values: {…}, otherwise: …}` or `{file: agents.csv, key: id, value: name}`.
    private func lookup(_ value: YAMLValue, name: String) -> Lookup {
        var lookup = Lookup(name: name)
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands where a lookup should",
                expected: "a mapping of texts to texts, or one with \"file\" or \"values\"")
            return lookup
        }
        guard pairs.contains(where: { $0.name == "values" || $0.name == "file" }) else {
            add(pairs, to: &lookup)
            return lookup
        }
        let keys = ["values", "file", "rows", "key", "value", "otherwise", "ignore_case"]
        guard let fields = Keys(value, of: "a lookup", keys, faults) else { return lookup }
        lookup.ignoresCase = fields["ignore_case"].map(flag) ?? false
        if let otherwise = fields["otherwise"] { lookup.otherwise = readOtherwise(otherwise) }
        if let values = fields["values"] { add(self.pairs(values, "values"), to: &lookup) }
        if let file = fields["file"] { addFile(file, fields, to: &lookup) }
        return lookup
    }

    private func add(_ pairs: [YAMLPair], to lookup: inout Lookup) {
        for pair in pairs {
            let key = lookup.key(NormalText.form(of: pair.name))
            if lookup.entries[key] != nil {
                faults.report(at: pair.key, "\"\(pair.name)\" is given twice")
            }
            let isNothing = pair.value.isEmpty
            lookup.entries[key] = .some(isNothing ? nil : anyText(pair.value))
        }
    }

    private func readOtherwise(_ value: YAMLValue) -> Lookup.Otherwise {
        if value.pairs != nil {
            guard let fields = Keys(value, of: "\"otherwise\"", ["use"], faults),
                let other = fields.required("use", "a text")
            else { return .refuse }
            return .use(template(other))
        }
        switch choice(value, "way out", ["keep", "skip", "refuse"]) {
        case "keep": return .keep
        case "skip": return .skip
        default: return .refuse
        }
    }

    /// The file of a lookup: that which the command gives, else that which the mapping names.
    private func file(of lookup: Lookup, _ file: YAMLValue) -> (path: String, bytes: [UInt8])? {
        if let table = surroundings.tables[lookup.name] { return table }
        if file.isEmpty {
            faults.report(
                at: file, "the file of the lookup \"\(lookup.name)\" differs from export to export",
                expected: "--table \(lookup.name)=FILE beside --mapping")
            return nil
        }
        guard let path = text(file) else { return nil }
        do {
            return (path, try surroundings.file(path))
        } catch {
            var words = "\(error)"
            while words.hasSuffix(".") { words.removeLast() }
            faults.report(at: file, "the lookup file can't be read: \(words)")
            return nil
        }
    }

    private func addFile(_ file: YAMLValue, _ fields: Keys, to lookup: inout Lookup) {
        guard let (path, bytes) = self.file(of: lookup, file) else { return }
        mapping.contents += Array("\n--- \(path) \(bytes.count)\n".utf8) + bytes
        if path.hasSuffix(".yaml") || path.hasSuffix(".yml") {
            let document = SourceDocument(file: path, text: String(decoding: bytes, as: UTF8.self))
            let own = FaultList(file: path)
            let root = YAMLReader.read(document, faults: own)
            if let fault = own.faults.first { faults.report(at: file, fault.description) }
            if let root { add(pairs(root, "entries"), to: &lookup) }
            return
        }
        guard let key = fields.required("key", "the column with what the source says"),
            let result = fields.required("value", "the column with what it is called here"),
            let keyName = text(key), let resultName = text(result)
        else { return }
        do {
            try addRows(
                bytes, path, of: fields["rows"], key: (keyName, key), result: (resultName, result),
                to: &lookup)
        } catch {
            faults.report(at: file, "the lookup file can't be read: \(path) \(error)")
        }
    }

    private func addRows(
        _ bytes: [UInt8], _ path: String, of rows: YAMLValue?, key: (name: String, at: YAMLValue),
        result: (name: String, at: YAMLValue), to lookup: inout Lookup
    ) throws {
        let source = InputSource(bytes: bytes, name: path)
        var reader: any RowReader
        var header: [String]?
        if rows != nil || InputContent(firstBytes: source.firstBytes())?.isJSON == true {
            guard let table = lookupRows(source, rows, [key.name, result.name], at: rows ?? key.at)
            else { return }
            reader = table
        } else {
            let table = try CSVReader(source: source)
            header = table.header
            reader = table
        }
        func place(_ column: (name: String, at: YAMLValue)) -> Int? {
            if let index = reader.place(of: column.name) { return index }
            faults.report(
                at: column.at, "\(path) has no column \"\(column.name)\"", word: column.name,
                among: header ?? [])
            return nil
        }
        guard let from = place(key), let to = place(result) else { return }
        while true {
            switch try reader.next() {
            case .end:
                for name in reader.unseenColumns {
                    faults.report(at: key.at, "no row of \(path) has \"\(name)\"")
                }
                return
            case .rejected(let rejection):
                return faults.report(
                    at: key.at, "\(path), line \(rejection.line): \(rejection.problem)")
            case .row:
                if let problem = reader.row.problems.first {
                    return faults.report(
                        at: problem.key == from ? key.at : result.at,
                        "\(path), line \(reader.row.line): \(problem.value)")
                }
                let entry = lookup.key(reader.row.normalText(from))
                let text = reader.row.has(to) ? reader.row[to].trimmingBlanks : nil
                if let known = lookup.entries[entry], known != text {
                    return faults.report(
                        at: key.at, "\(path), line \(reader.row.line): \"\(entry)\" is given twice")
                }
                lookup.entries[entry] = .some(text)
            }
        }
    }

    /// The rows of a lookup file that is JSON.
    private func lookupRows(
        _ source: InputSource, _ rows: YAMLValue?, _ columns: [String], at place: YAMLValue
    ) -> JSONRows? {
        do throws(JSONPathFault) {
            var levels: [RowLevel] = []
            if let rows, let text = text(rows) {
                levels = [RowLevel(name: "", parent: nil, path: try JSONPath(parsing: text))]
            }
            return try JSONRows(
                source, name: source.name, levels: levels, columns: columns, optional: [])
        } catch {
            faults.report(
                at: place, "\(source.name) \(error.problem)", expected: error.expected)
            return nil
        }
    }

    func readNamedValue(_ pair: YAMLPair) {
        if valueByName[pair.name] != nil {
            return faults.report(at: pair.key, "the value \"\(pair.name)\" is given twice")
        }
        var spec = value(pair.value, extraKeys: [])
        spec.name = pair.name
        // Only now: a value may use those above it, not itself.
        valueByName[pair.name] = mapping.values.count
        mapping.values.append(spec)
    }

    /// A template, or `{from | compute, take, lookup | map, otherwise, missing}`; several in `from` where
    /// the first that stands for something is meant.
    func value(_ value: YAMLValue, extraKeys: [String]) -> ValueSpec {
        guard value.pairs != nil else { return ValueSpec(templates: [template(value)]) }
        let keys =
            ["from", "compute", "round", "remove", "take", "lookup", "map", "otherwise", "missing"]
            + extraKeys
        var spec = ValueSpec()
        guard let fields = Keys(value, of: "a value", keys, faults) else { return spec }
        if let compute = fields["compute"] {
            for key in ["from", "remove", "take"] {
                guard let extra = fields[key] else { continue }
                faults.report(at: extra, "a value has \"compute\" and \"\(key)\"")
            }
            spec.computation = computation(compute, rounded: fields["round"])
        } else {
            guard let from = fields.required("from", "a text with {columns}, or compute") else {
                return spec
            }
            if let round = fields["round"] {
                faults.report(at: round, "\"round\" stands without \"compute\"")
            }
            spec.templates = from.elements.map(template)
            if let mark = fields["remove"].map(anyText), !mark.isEmpty {
                spec.steps = [.remove(mark)]
            }
            for step in fields["take"]?.elements ?? [] { readStep(step, &spec) }
        }
        spec.missing = fields["missing"].map(template)
        if let name = fields["lookup"] {
            if fields["map"] != nil {
                faults.report(
                    at: name, "a value has \"lookup\" and \"map\"", expected: "one of them")
            }
            guard let text = text(name) else { return spec }
            guard let index = lookupByName[text] else {
                faults.report(
                    at: name, "there is no lookup \"\(text)\"", word: text,
                    among: mapping.lookups.map(\.name))
                return spec
            }
            spec.lookup = index
            if let otherwise = fields["otherwise"] {
                var own = mapping.lookups[index]
                own.otherwise = readOtherwise(otherwise)
                spec.lookup = mapping.lookups.count
                mapping.lookups.append(own)
            }
        } else if let map = fields["map"] {
            var own = Lookup(name: "")
            add(pairs(map, "a map"), to: &own)
            if let otherwise = fields["otherwise"] { own.otherwise = readOtherwise(otherwise) }
            spec.lookup = mapping.lookups.count
            mapping.lookups.append(own)
        } else if let otherwise = fields["otherwise"] {
            faults.report(
                at: otherwise, "\"otherwise\" stands without a table", expected: "lookup or map")
        }
        return spec
    }

    private func computation(_ value: YAMLValue, rounded: YAMLValue?) -> Computation? {
        guard let text = text(value) else { return nil }
        var decimals: Int?
        if let rounded {
            guard let number = rounded.integer, (0...9).contains(number) else {
                faults.report(
                    at: rounded, "\(rounded.inWords) stands here",
                    expected: "decimals to keep, 0 to 9")
                return nil
            }
            decimals = Int(number)
        }
        var parser = ComputationParser(text, times: mapping.times.map(\.name)) { name in
            self.reference(name, at: value)
        }
        do throws(ComputationParser.Fault) {
            return Computation(text: text, term: try parser.read(), decimals: decimals)
        } catch {
            faults.report(
                at: value, "\(value.inWords) can't be reckoned: \(error.problem)",
                expected: error.expected)
            return nil
        }
    }

    /// `{after: ": "}`, `{part: 2, of: ";"}`, `{case: lower}` and the like.
    private func readStep(_ value: YAMLValue, _ spec: inout ValueSpec) {
        let keys = ["after", "before", "part", "of", "remove", "remove_end", "case", "most"]
        guard let fields = Keys(value, of: "a step of \"take\"", keys, faults) else { return }
        func mark(_ value: YAMLValue) -> String? {
            let text = anyText(value)
            if text.isEmpty { faults.report(at: value, "an empty text marks nothing") }
            return text.isEmpty ? nil : text
        }
        if let part = fields["part"] {
            guard let number = part.integer, number != 0, abs(number) <= 1000 else {
                return faults.report(
                    at: part, "\(part.inWords) stands here",
                    expected: "which piece is meant, from 1 on, or from the end with -1")
            }
            guard let of = fields.required("of", "what stands between the pieces") else { return }
            if let mark = mark(of) { spec.steps.append(.part(Int(number), of: mark)) }
            return
        }
        if let after = fields["after"] {
            if let mark = mark(after) { spec.steps.append(.after(mark)) }
        } else if let before = fields["before"] {
            if let mark = mark(before) { spec.steps.append(.before(mark)) }
        } else if let remove = fields["remove"] {
            if let mark = mark(remove) { spec.steps.append(.remove(mark)) }
        } else if let remove = fields["remove_end"] {
            if let mark = mark(remove) { spec.steps.append(.removeEnd(mark)) }
        } else if let word = fields["case"] {
            switch choice(word, "letter case", ["lower", "upper"]) {
            case "lower": spec.steps.append(.lower)
            case "upper": spec.steps.append(.upper)
            default: break
            }
        } else if let most = fields["most"] {
            guard let count = most.integer, (1...100_000).contains(count) else {
                return faults.report(
                    at: most, "\(most.inWords) stands here",
                    expected: "characters to keep, from 1 on")
            }
            spec.steps.append(.most(Int(count)))
        } else {
            return faults.report(
                at: value, "\(value.inWords) is no step", expected: "one of \(listed(keys))")
        }
        if (value.pairs?.count ?? 0) > 1 {
            faults.report(
                at: value, "several steps stand in one",
                expected: "a list: - {after: \"(\"} - {before: \")\"}")
        }
    }
}
