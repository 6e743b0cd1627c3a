import EventModel

/// Reads `examples:`, once dimensions and measures are known.
struct ExampleReader {
    static let keys = ["title", "events", "facts"]
    static let mostExamples = 50
    static let mostEvents = 200

    let columns: Columns
    let faults: FaultList
    let kinds: [String]
    let dimensions: [String]
    let measures: [(name: String, source: MeasureSource)]

    func read(_ value: YAMLValue, file: String) -> [ProjectionExample] {
        guard case .list(let elements) = value.content else {
            faults.report(
                at: value, "\(value.inWords) stands under examples",
                expected: "a list of {events: […], facts: […]}")
            return []
        }
        if elements.count > ExampleReader.mostExamples {
            faults.report(
                at: value, "there are \(elements.count) examples",
                expected: "at most \(ExampleReader.mostExamples)")
        }
        return elements.compactMap { example($0, file) }
    }

    private func example(_ value: YAMLValue, _ file: String) -> ProjectionExample? {
        guard
            let fields = Fields(value, of: "an example", keys: ExampleReader.keys, faults: faults),
            let events = fields.required("events", "a list of events"),
            let facts = fields.required("facts", "a list of facts; [] where none comes out")
        else { return nil }
        guard case .list(let eventList) = events.content, !eventList.isEmpty,
            eventList.count <= ExampleReader.mostEvents
        else {
            faults.report(
                at: events, "\(events.inWords) stands where events should",
                expected: "a list of 1 to \(ExampleReader.mostEvents) events")
            return nil
        }
        guard case .list(let factList) = facts.content else {
            faults.report(
                at: facts, "\(facts.inWords) stands where facts should",
                expected: "a list; [] where none comes out")
            return nil
        }
        return ProjectionExample(
            title: CommonReader(faults: faults).text(fields["title"]) ?? "",
            events: eventList.enumerated().compactMap { event($1, number: $0 + 1) },
            facts: factList.compactMap { fact($0) }, file: file, line: value.line)
    }

    // MARK: Events

    /// `{ticket.opened: {channel: email}, at: +5m}`.
    private func event(_ value: YAMLValue, number: Int) -> ProjectionExample.Event? {
        let pairs = value.pairs ?? []
        let typed = pairs.filter { $0.name != "at" }
        guard typed.count == 1, let pair = typed.first else {
            faults.report(
                at: value, "\(value.inWords) stands where an event should",
                expected: "{ticket.opened: {channel: email}, at: +5m}")
            return nil
        }
        var event = ProjectionExample.Event(
            type: pair.name, fields: [], moment: .after(milliseconds: 0), voids: nil,
            line: value.line)
        if let at = pairs.first(where: { $0.name == "at" })?.value {
            guard let moment = moment(at) else { return nil }
            event.moment = moment
        }
        if pair.name == "event.voided" {
            guard let place = pair.value.integer, place >= 1, place < Int64(number) else {
                faults.report(
                    at: pair.value, "\(pair.value.inWords) is no earlier event of the example",
                    expected: "its number, from 1")
                return nil
            }
            event.voids = Int(place)
            return event
        }
        guard columns.readableTypes.contains(pair.name), let schema = columns.types[pair.name]
        else {
            faults.report(
                at: pair.key, "no event type is called \"\(pair.name)\"", word: pair.name,
                among: columns.readableTypes)
            return nil
        }
        guard schema.occurs(in: kinds) else {
            faults.report(
                at: pair.key, "\(pair.name) never happens in a \(kinds.joined(separator: " or "))",
                expected: "an event of such a case")
            return nil
        }
        guard let given = pair.value.pairs ?? (pair.value.isEmpty ? [] : nil) else {
            faults.report(
                at: pair.value, "\(pair.value.inWords) stands where the event's fields should",
                expected: "{field: value}, or {} for none")
            return nil
        }
        for field in given {
            guard schema.fields.contains(where: { $0.name == field.name }) else {
                faults.report(
                    at: field.key, "\(pair.name) has no field \"\(field.name)\"", word: field.name,
                    among: schema.fields.map(\.name))
                continue
            }
            guard let scalar = scalar(field.value, of: schema, field.name) else { continue }
            event.fields.append((field.name, scalar))
        }
        return event
    }

    private func scalar(
        _ value: YAMLValue, of schema: EventSchema, _ name: String
    ) -> Scalar? {
        guard let field = schema.fields.first(where: { $0.name == name }) else { return nil }
        switch field.kind {
        case .integer: if let number = value.integer { return .integer(number) }
        case .boolean: if let truth = value.boolean { return .boolean(truth) }
        case .text, .enumeration, .day: if let text = value.text { return .text(text) }
        }
        faults.report(
            at: value, "\(value.inWords) is no value of \(name)", expected: field.expectation)
        return nil
    }

    /// `+30m`, or `2025-07-14 08:12`.
    private func moment(_ value: YAMLValue) -> ProjectionExample.Moment? {
        if let text = value.text {
            if text.hasPrefix("+"),
                let milliseconds = DurationText.milliseconds(String(text.dropFirst()))
            {
                return .after(milliseconds: milliseconds)
            }
            if let local = ExampleReader.local(text) { return .local(milliseconds: local) }
        }
        faults.report(
            at: value, "\(value.inWords) is no time",
            expected: "+30m after the event before, or a local time such as 2025-07-14 08:12")
        return nil
    }

    private static func local(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let day = Day(iso: String(parts[0]).utf8Span.span) else {
            return nil
        }
        let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false).map {
            $0.utf8.count == 2 ? Int64($0) : nil
        }
        guard (2...3).contains(numbers.count), let hour = numbers[0], let minute = numbers[1],
            let second = numbers.count == 3 ? numbers[2] : 0, (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        return (Int64(day.number) * 24 + hour) * 3_600_000 + minute * 60_000 + second * 1000
    }

    // MARK: Facts

    private func fact(_ value: YAMLValue) -> ProjectionExample.ExpectedFact? {
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands where a fact should",
                expected: "{dimension or measure: value}")
            return nil
        }
        var fact = ProjectionExample.ExpectedFact(values: [:], line: value.line)
        let names = dimensions + measures.map(\.name) + ["day", "count"]
        for pair in pairs {
            guard names.contains(pair.name) else {
                faults.report(
                    at: pair.key, "a fact has no dimension or measure \"\(pair.name)\"",
                    word: pair.name, among: names)
                continue
            }
            if let expected = expected(pair.value, for: pair.name) {
                fact.values[pair.name] = expected
            }
        }
        return fact
    }

    private func expected(
        _ value: YAMLValue, for name: String
    ) -> ProjectionExample.ExpectedFact.Value? {
        if value.plainText == "absent" { return .absent }
        if name == "count" { if let number = value.integer { return .number(number) } }
        guard let measure = measures.first(where: { $0.name == name })?.source else {
            if name != "count", let text = value.text { return .text(text) }
            return report(value, name, "a value, or absent")
        }
        switch measure {
        case .duration:
            if let text = value.text, let length = DurationText.milliseconds(text) {
                return .number(length)
            }
            return report(value, name, DurationText.form)
        case .flag:
            if let truth = value.boolean { return truth ? .number(1) : .absent }
            return report(value, name, "true or false")
        case .name:
            if let text = value.text { return .text(text) }
            return report(value, name, "a text")
        default:
            if let number = value.integer { return .number(number) }
            return report(value, name, "a whole number")
        }
    }

    private func report(
        _ value: YAMLValue, _ name: String, _ expected: String
    ) -> ProjectionExample.ExpectedFact.Value? {
        faults.report(
            at: value, "\(value.inWords) is no value of \(name)", expected: expected + ", or absent"
        )
        return nil
    }
}
