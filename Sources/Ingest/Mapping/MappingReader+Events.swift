internal import Definitions
internal import EventModel

// Events and their conditions.
extension MappingReader {
    private static let eventKeys = [
        "type", "of", "each", "when", "first", "changed", "at", "id", "repeats", "data",
    ]

    func readEvent(_ value: YAMLValue) {
        guard let fields = Keys(value, of: "an event", Self.eventKeys, faults),
            let typeValue = fields.required("type", "an event type"), let type = text(typeValue)
        else { return }
        let types = surroundings.types.schemas.filter { !$0.isLogsOwn }.map(\.type)
        if surroundings.types[type]?.isLogsOwn == true {
            return faults.report(at: typeValue, "only the log itself records \"\(type)\"")
        }
        guard types.contains(type), let schema = surroundings.types[type] else {
            return faults.report(
                at: typeValue, "there is no event type \"\(type)\"", word: type, among: types)
        }
        var event = EventSpec(type: type)
        event.level = readLevel(fields["of"])
        event.each = fields["each"].flatMap(readEach)
        event.time = fields["at"].map(timeIndex) ?? mapping.rowTime
        event.isFirstOnly = fields["first"].map(flag) ?? false
        // Which rows are read before others hangs on where a file was cut; only what opens a case again
        // says nothing.
        if let first = fields["first"], event.isFirstOnly, !schema.opensCase {
            faults.report(
                at: first, "\(type) opens no case, so that each of its events tells",
                expected:
                    "no \"first\" (what a row says again is no change), or a type that opens: "
                    + surroundings.types.schemas.filter(\.opensCase).map(\.type).sorted()
                    .joined(separator: ", "))
        }
        if let id = fields["id"] { readID(id, &event) }
        if let repeats = fields["repeats"] {
            let way = choice(repeats, "way to take repeated rows", ["collapse", "count"])
            event.countsRepeats = way == "count"
            // Of two rows that are one event, the one read first would tell where it stands.
            if way == "collapse", mapping.rowOrder != nil {
                faults.report(
                    at: repeats, "beside \"row-order\" each row means something by its place",
                    expected: "\"count\", or an id of the source")
            }
        }
        if let when = fields["when"] { event.when = tests(when) }
        let data = pairs(fields["data"], "data")
        for pair in data { readField(pair, schema, &event) }
        for field in schema.fields where field.isRequired {
            if !data.contains(where: { $0.name == field.name }) {
                faults.report(at: value, "\(type) needs the field \"\(field.name)\"")
            }
        }
        if let changed = fields["changed"] { readChanged(changed, schema, &event) }
        // From A to B and back to A within one instant of the clock is two changes, and so is every row
        // that means something by its place; a source's own order tells them apart.
        let maySayAgain = event.hasWatchedFields || mapping.rowOrder != nil
        if fields["repeats"] == nil, mapping.order == nil, maySayAgain {
            event.countsRepeats = true
        }
        event.columns = columns(of: event)
        checkLevels(event, at: value)
        mapping.events.append(event)
    }

    /// `{columns: Comment}` or `{text: "{Labels}", between: ", "}`.
    private func readEach(_ value: YAMLValue) -> EachSpec? {
        guard let fields = Keys(value, of: "\"each\"", ["columns", "text", "between"], faults)
        else {
            return nil
        }
        if let columns = fields["columns"] { return text(columns).map { .columns($0) } }
        guard let whole = fields.required("text", "a text with {columns}, or columns"),
            let mark = fields.required("between", "what stands between the pieces")
        else { return nil }
        let between = anyText(mark)
        if between.isEmpty { faults.report(at: mark, "an empty text marks nothing") }
        return .pieces(template(whole), between: between.isEmpty ? "," : between)
    }

    /// Reads `"{Call Id}/ended"`, or `{digest: "{Phone}/ended"}` where that would name a person.
    private func readID(_ value: YAMLValue, _ event: inout EventSpec) {
        guard value.pairs != nil else {
            event.id = template(value)
            return
        }
        guard let fields = Keys(value, of: "an id", ["digest"], faults),
            let text = fields.required("digest", "a text")
        else { return }
        event.id = template(text)
        event.hasDigestID = true
    }

    private func readField(_ pair: YAMLPair, _ schema: EventSchema, _ event: inout EventSpec) {
        guard let field = schema.fields.first(where: { $0.name == pair.name }) else {
            return faults.report(
                at: pair.key, "\(schema.type) has no field \"\(pair.name)\"", word: pair.name,
                among: schema.fields.map(\.name))
        }
        if case .day = field.kind, let time = pair.value.pairs?.first(where: { $0.name == "day" }) {
            _ = Keys(pair.value, of: "a day", ["day"], faults)
            let content = FieldSpec.Content.day(time: timeIndex(time.value))
            event.fields.append(FieldSpec(name: field.name, content: content))
            return
        }
        var isInteger = false
        if case .integer = field.kind { isInteger = true }
        var spec = value(pair.value, extraKeys: isInteger ? ["scale"] : [])
        spec.name = field.name
        let content: FieldSpec.Content
        switch field.kind {
        case .integer(let minimum, let maximum):
            let scale = readScale(pair.value)
            if let constant = constant(spec) {
                guard let number = NumberText.scaled(constant, decimal: 46, scale: 0),
                    (minimum...maximum).contains(number)
                else { return wrong(pair.value, "a whole number from \(minimum) to \(maximum)") }
                content = .constant(.integer(number))
            } else {
                content = .integer(spec, scale: scale)
            }
        case .boolean:
            if let constant = constant(spec) {
                guard constant == "true" || constant == "false" else {
                    return wrong(pair.value, "true or false")
                }
                content = .constant(.boolean(constant == "true"))
            } else {
                content = .boolean(spec)
            }
        case .enumeration(let words):
            if let constant = constant(spec), !words.contains(constant) {
                return faults.report(
                    at: pair.value, "\(pair.value.inWords) is no \(field.name)", word: constant,
                    among: words)
            }
            content = constant(spec).map { .constant(.text($0)) } ?? .text(spec)
        case .text, .day:
            content = constant(spec).map { .constant(.text($0)) } ?? .text(spec)
        }
        event.fields.append(FieldSpec(name: field.name, content: content))
    }

    private func constant(_ spec: ValueSpec) -> String? {
        guard spec.templates.count == 1, spec.lookup == nil, spec.steps.isEmpty,
            spec.computation == nil
        else {
            return nil
        }
        return spec.templates[0].constant
    }

    private func wrong(_ value: YAMLValue, _ expected: String) {
        faults.report(at: value, "\(value.inWords) stands here", expected: expected)
    }

    private func readScale(_ value: YAMLValue) -> Int {
        guard let scale = value.pairs?.first(where: { $0.name == "scale" })?.value else { return 0 }
        guard let number = scale.integer, (0...6).contains(number) else {
            wrong(scale, "decimals to keep, 0 to 6")
            return 0
        }
        return Int(number)
    }

    /// Conditions of which one must hold: each `{column: text, …}`, of which all must.
    func tests(_ value: YAMLValue) -> [[TestSpec]] {
        value.elements.map { element in
            allOf(element).map { test in
                var test = test
                test.level = level(of: test)
                return test
            }
        }
    }

    private func allOf(_ value: YAMLValue) -> [TestSpec] {
        pairs(value, "conditions").map { pair in
            let subject = Template(parts: [reference(pair.name, at: pair.key)])
            guard pair.value.pairs != nil else {
                let texts = pair.value.elements.map(compared)
                return TestSpec(subject: subject, expectation: .among(texts))
            }
            let keys = ["not", "present"]
            guard let fields = Keys(pair.value, of: "a condition", keys, faults) else {
                return TestSpec(subject: subject, expectation: .present(true))
            }
            if let not = fields["not"] {
                let texts = not.elements.map(compared)
                return TestSpec(subject: subject, expectation: .noneOf(texts))
            }
            let present = fields.required("present", "true or false").map(flag) ?? true
            return TestSpec(subject: subject, expectation: .present(present))
        }
    }

    /// A text that columns are compared with: in the form that theirs have.
    private func compared(_ value: YAMLValue) -> Template {
        let template = template(value)
        guard let constant = template.constant else { return template }
        return Template(parts: [.literal(NormalText.form(of: constant))])
    }

    private func readChanged(
        _ value: YAMLValue, _ schema: EventSchema, _ event: inout EventSpec
    ) {
        let states = schema.fields.filter(\.isState).map(\.name)
        event.hasWatchedFields = true
        for element in value.elements {
            guard let name = text(element) else { continue }
            guard let place = event.fields.firstIndex(where: { $0.name == name }) else {
                faults.report(
                    at: element, "the event's data has no field \"\(name)\"", word: name,
                    among: event.fields.map(\.name))
                continue
            }
            // Each row says it again: what isn't so until it is said otherwise would happen again.
            guard states.contains(name) else {
                faults.report(
                    at: element,
                    "\(schema.type) doesn't say with \"\(name)\" what is so from now on, so that "
                        + "each of its events tells",
                    expected: states.isEmpty
                        ? "no \"changed\"" : "one of \(listed(states)), or no \"changed\"")
                continue
            }
            event.fields[place].isWatched = true
        }
    }

    /// The columns an event's data rests on, values followed down.
    private func columns(of event: EventSpec) -> [Int] {
        event.fields.reduce(into: Set<Int>()) { $0.formUnion(columns(of: $1) ?? []) }.sorted()
    }

    /// The columns a field's text is made of; nil for one that is made of a time.
    func columns(of field: FieldSpec) -> Set<Int>? {
        switch field.content {
        case .constant: []
        case .day: nil
        case .text(let spec), .integer(let spec, _), .boolean(let spec): columns(of: spec)
        }
    }

    /// The columns a value is made of, those that stand in for others included.
    private func columns(of spec: ValueSpec) -> Set<Int> {
        var templates = spec.templates
        if let missing = spec.missing { templates.append(missing) }
        if let lookup = spec.lookup, case .use(let other) = mapping.lookups[lookup].otherwise {
            templates.append(other)
        }
        var found: Set<Int> = templates.reduce(into: []) { $0.formUnion(columns(of: $1)) }
        if let computation = spec.computation {
            found.formUnion(columns(of: Template(parts: computation.parts.texts)))
            for time in computation.parts.times { found.formUnion(columns(ofTime: time)) }
        }
        return found
    }

    /// The columns a time is made of.
    private func columns(ofTime index: Int) -> Set<Int> {
        let spec = mapping.times[index]
        var found: Set<Int>
        switch spec.base {
        case .time(let base): found = columns(ofTime: base)
        case .text(let templates, _, _):
            found = templates.reduce(into: []) { $0.formUnion(columns(of: $1)) }
        }
        for step in spec.steps { found.formUnion(columns(of: step.amount)) }
        return found
    }

    /// The columns a text is made of.
    func columns(of template: Template) -> Set<Int> {
        template.parts.reduce(into: []) { found, part in
            switch part {
            case .literal, .given: break
            case .column(let index): found.insert(index)
            case .value(let index): found.formUnion(columns(of: mapping.values[index]))
            }
        }
    }
}
