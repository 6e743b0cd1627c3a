import EventModel

/// Reads one projection and checks it against the event types.
///
/// `let` is read in two passes, since a binding may name one that stands after it: first what each
/// says, then, in the order in which they depend on each other, what each refers to.
final class ProjectionReader {
    static let keys = [
        "projection", "version", "title", "description", "of", "calendar", "tolerance", "let",
        "fact", "stock", "split", "when", "latest", "dimensions", "measures", "examples",
    ]
    /// A day, in milliseconds.
    static let mostTolerance: Int64 = 86_400_000
    static let mostBindings = 64
    static let mostDimensions = 12
    static let mostMeasures = 16
    /// Names with a meaning of their own.
    static let reserved = ["fact", "latest", "any", "hour", "weekday", "subject", "present"]

    /// What a name of `let` stands for.
    enum Named {
        /// An event of one of these types.
        case event(types: [String])
        case count
        case duration(Duration)
        /// It was at fault already: nothing that uses it is reported.
        case broken
    }

    let columns: Columns
    let faults: FaultList
    var kinds: [String] = []
    /// What names stand for, `fact` included.
    var names: [String: Named] = [:]
    /// `same: binding.field` of selectors, checked when all bindings are known.
    var pendingReferences: [(reference: FieldReference, shape: ColumnShape, at: YAMLValue)] = []
    /// Types that set values in force: as written, and as resolved so far.
    var writtenLatest: [String: [String]] = [:]
    var latest: [String: (types: [String], shape: ColumnShape)] = [:]
    var isStock = false
    /// Durations among the measures, which conditions may name.
    var durationMeasures: [String: Duration] = [:]
    /// The calendars there are.
    let calendarNames: () -> [String]
    /// The one that counts where a length of time names none; nil: the store's.
    var calendar: String?
    /// Fields that name calendars, checked when all bindings are known.
    var pendingCalendars: [(reference: FieldReference, at: YAMLValue)] = []
    var usesBusinessTime = false

    init(
        columns: Columns, faults: FaultList, calendarNames: @escaping () -> [String] = { [] }
    ) {
        self.columns = columns
        self.faults = faults
        self.calendarNames = calendarNames
    }

    /// The projection; nil when faults were reported.
    func read(_ document: YAMLValue) -> ProjectionDefinition? {
        guard
            let fields = Fields(
                document, of: "a projection", keys: ProjectionReader.keys, faults: faults)
        else { return nil }
        if fields["let"] == nil, !faults.faults.isEmpty { return nil }
        let common = CommonReader(faults: faults)
        let name = common.name(fields["projection"])
        let version = common.version(fields.required("version", "a whole number from 1"))
        let title = common.localized(fields.required("title", "a text, or {en: …, id: …}"))
        let description = common.localized(fields["description"])
        readKinds(fields.required("of", "the kind of case, such as ticket"))
        guard !kinds.isEmpty else { return nil }
        readLatest(fields["latest"])
        let tolerance = fields["tolerance"].flatMap { readTolerance($0) }
        calendar = fields["calendar"].flatMap { readCalendarName($0) }
        isStock = fields["stock"] != nil
        let raw = readBindings(fields["let"])
        let rule = readFact(fields, bindings: raw)
        let bindings = resolve(raw, fact: rule)
        checkReferences()
        readDurationMeasures(fields["measures"])
        let fact = rule.flatMap { finish($0) }
        var rounds: Rounds?
        if case .each(let selector, let value?) = rule?.rule {
            rounds = readRounds(value, of: selector)
        }
        let split = fields["split"].flatMap { readSplit($0) }
        let conditions = fields["when"].map { readConditions($0) } ?? []
        if rounds != nil { names[Rounds.last] = names["fact"] }
        let dimensions = readDimensions(fields["dimensions"])
        let measures = readMeasures(fields["measures"])
        reportUnusedLatest(fields["latest"])
        checkCalendars()
        check(split, dimensions, measures, fields)
        if rounds != nil, let key = fields.key("split") {
            faults.report(
                at: key, "a round is not cut: it lies on its first event's day",
                expected: "no split")
        }
        if let key = fields.key("calendar"), !usesBusinessTime {
            faults.report(
                at: key, "nothing measures business time",
                expected: "a length of time with clock: business, or no calendar")
        }
        // What a definition at fault gives is not known: its examples would only repeat the fault.
        guard faults.faults.isEmpty else { return nil }
        let examples = fields["examples"].map {
            ExampleReader(
                columns: columns, faults: faults, kinds: kinds, dimensions: dimensions.map(\.name),
                measures: measures
            ).read($0, file: faults.file)
        }
        guard faults.faults.isEmpty, let name, let version, let fact else { return nil }
        var definition = ProjectionDefinition(
            name: name, version: version, title: title, description: description,
            subjectKinds: kinds,
            toleranceMilliseconds: tolerance ?? ProjectionDefinition.usualToleranceMilliseconds,
            bindings: bindings, fact: fact, rounds: rounds, split: split,
            conditions: conditions,
            latestTypes: latest.map { ($0.key, $0.value.types) }, dimensions: dimensions,
            measures: measures, examples: examples ?? [])
        definition.undoingTypes = Set(
            columns.types.schemas.filter(\.undoesCase).map(\.type))
        checkOutputs(definition, fields)
        checkAnonymity(definition, fields)
        return faults.faults.isEmpty ? definition : nil
    }

    /// A reader in the same state that reports elsewhere.
    func copy(reportingTo other: FaultList) -> ProjectionReader {
        let copy = ProjectionReader(
            columns: columns, faults: other, calendarNames: calendarNames)
        copy.calendar = calendar
        copy.kinds = kinds
        copy.names = names
        copy.writtenLatest = writtenLatest
        copy.isStock = isStock
        return copy
    }

    private func readKinds(_ value: YAMLValue?) {
        guard let value else { return }
        let known = columns.subjectKinds
        for element in value.elements {
            guard let kind = element.text else {
                faults.report(
                    at: element, "\(element.inWords) stands where a kind of case should",
                    among: known)
                continue
            }
            if !known.contains(kind) {
                faults.report(
                    at: element, "no event belongs to a case of kind \"\(kind)\"", word: kind,
                    among: known)
            } else if kinds.contains(kind) {
                faults.report(at: element, "\"\(kind)\" is given twice")
            } else {
                kinds.append(kind)
            }
        }
        if value.elements.isEmpty {
            faults.report(at: value, "no kind of case is given", among: known)
        }
    }

    /// How long before its opening a case's event counts as at it.
    private func readTolerance(_ value: YAMLValue) -> Int64? {
        guard let length = readLength(value) else { return nil }
        if length > ProjectionReader.mostTolerance {
            faults.report(
                at: value, "clocks that differ by \(DurationText.text(length)) are set wrong",
                expected:
                    "a length of time up to \(DurationText.text(ProjectionReader.mostTolerance))")
            return nil
        }
        let opening = columns.types.schemas.filter(\.opensCase)
        guard opening.contains(where: { $0.subjectKinds.contains(where: kinds.contains) }) else {
            faults.report(
                at: value, "no event opens a case of kind \(Words.list(kinds, "or"))",
                expected: "no tolerance here")
            return nil
        }
        return length
    }

    // MARK: Values in force

    private func readLatest(_ value: YAMLValue?) {
        guard let value else { return }
        guard let pairs = value.pairs else {
            faults.report(
                at: value, "\(value.inWords) stands under latest",
                expected: "fields with the event types that set them: {team: [ticket.assigned]}")
            return
        }
        for pair in pairs {
            let types = readTypes(pair.value)
            guard !types.isEmpty,
                columns.shape(of: pair.name, in: types, at: pair.key, faults: faults) != nil
            else { continue }
            let order = columns.types.schemas.map(\.type)
            writtenLatest[pair.name] = order.filter { types.contains($0) }
        }
    }

    /// The shape of a value in force, and from now on its types are part of the definition.
    func latestShape(of field: String, at value: YAMLValue) -> ColumnShape? {
        if let known = latest[field] { return known.shape }
        let types =
            writtenLatest[field] ?? columns.defaultLatestTypes(of: field, kinds: kinds)
        guard !types.isEmpty else {
            faults.report(
                at: value, "no event of such a case has a field \"\(field)\" kept as a column",
                word: field, among: columns.latestFields(kinds: kinds))
            return nil
        }
        guard let shape = columns.shape(of: field, in: types, at: value, faults: faults) else {
            return nil
        }
        latest[field] = (types, shape)
        return shape
    }

    private func reportUnusedLatest(_ value: YAMLValue?) {
        for pair in value?.pairs ?? [] where latest[pair.name] == nil {
            guard writtenLatest[pair.name] != nil else { continue }
            faults.report(
                at: pair.key, "nothing reads latest \(pair.name)",
                expected: latest.isEmpty
                    ? "no fields here" : "only \(Words.list(latest.keys.sorted()))")
        }
    }

    /// Event types: one, or a list.
    func readTypes(_ value: YAMLValue) -> [String] {
        var types: [String] = []
        for element in value.elements {
            guard let name = element.text else {
                faults.report(
                    at: element, "\(element.inWords) stands where an event type should",
                    expected: "an event type such as \(columns.readableTypes.first ?? "none")")
                continue
            }
            guard columns.readableTypes.contains(name), let schema = columns.types[name] else {
                faults.report(
                    at: element, "no event type is called \"\(name)\"", word: name,
                    among: columns.readableTypes)
                continue
            }
            if !kinds.isEmpty, !schema.occurs(in: kinds) {
                faults.report(
                    at: element, "\(name) never happens in a \(kinds.joined(separator: " or "))",
                    expected: "an event of such a case (\(name) belongs to "
                        + "\(schema.subjectKinds.joined(separator: ", ")))")
                continue
            }
            if types.contains(name) { faults.report(at: element, "\"\(name)\" is given twice") }
            types.append(name)
        }
        if value.elements.isEmpty {
            faults.report(at: value, "no event type is given", expected: "at least one")
        }
        return types
    }
}
