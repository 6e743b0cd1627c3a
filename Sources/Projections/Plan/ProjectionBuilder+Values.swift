import Definitions
import EventModel

extension ProjectionBuilder {
    mutating func compileDimensions() throws -> ([CellLayout.Dimension], [DimensionCode]) {
        var dimensions: [CellLayout.Dimension] = []
        var codes: [DimensionCode] = []
        for (name, source) in definition.dimensions {
            let (kind, values) = try compile(source, for: name)
            let form: DimensionCode.Form =
                switch kind {
                case .name: .name
                case .list, .subject: .code
                case .integer, .day: .integer
                }
            dimensions.append(CellLayout.Dimension(name: name, kind: kind))
            var code = DimensionCode(values: append(values, to: \.values), form: form)
            if case .list(let words) = kind { code.words = UInt32(words.count) }
            codes.append(code)
        }
        return (dimensions, codes)
    }

    mutating func compileMeasures() throws -> ([CellLayout.Measure], [MeasureCode]) {
        var measures: [CellLayout.Measure] = []
        var codes: [MeasureCode] = []
        for (name, source) in definition.measures {
            let kind: CellLayout.MeasureKind
            var code = MeasureCode(kind: .number)
            switch source {
            case .duration(let value):
                kind = .duration
                code.kind = .duration
                code.duration = try duration(value)
            case .number(let reference), .money(let reference, _):
                kind = .number
                (code.slot, code.field) = try number(reference)
            case .count(let binding):
                kind = .count
                code.kind = .count
                code.slot = try countSlot(binding)
            case .flag(let conditions):
                kind = .flag
                code.kind = .flag
                code.list = try list(conditions)
            case .name(let value, let conditions):
                let (valueKind, values) = try compile(value, for: name)
                kind = .value(valueKind)
                code.kind = .value
                code.values = append(values, to: \.values)
                code.list = try list(conditions)
            }
            measures.append(CellLayout.Measure(name: name, kind: kind))
            codes.append(code)
        }
        return (measures, codes)
    }

    mutating func number(_ reference: FieldReference) throws -> (Int32, Int32) {
        let types = try self.types(of: reference.binding)
        guard try kind(of: reference.field, in: types) == .integer else {
            throw fault("\(reference.binding).\(reference.field) is no number")
        }
        return (try eventSlot(reference.binding), plan.field(reference.field, of: types))
    }

    private mutating func countSlot(_ binding: String) throws -> Int32 {
        guard counts(binding) else { throw fault("\"\(binding)\" does not count") }
        return try slot(binding)
    }

    // MARK: Values

    /// The codes of a value's sources, and what the value stands for.
    private mutating func compile(
        _ source: DimensionSource, for name: String
    ) throws -> (CellLayout.ValueKind, [ValueCode]) {
        var parts: [(kind: CellLayout.ValueKind?, code: ValueCode, constant: String?)] = []
        try collect(source, into: &parts)
        var kind: CellLayout.ValueKind?
        for part in parts {
            guard let other = part.kind else { continue }
            if let kind, kind != other {
                throw fault("\"\(name)\" draws from fields that are kept in different ways")
            }
            kind = other
        }
        var list: [String] = []
        if case .list(let values) = kind { list = values }
        for place in parts.indices {
            parts[place].code.isName = parts[place].kind == .name
            // An empty text is nobody, as it is in an event: no value.
            guard let text = parts[place].constant, !text.isEmpty else { continue }
            switch kind {
            case nil, .list: break
            default: throw fault("\"\(name)\" mixes a constant with recorded values")
            }
            if !list.contains(text) { list.append(text) }
            parts[place].code.constant = Int64((list.firstIndex(of: text) ?? 0) + 1)
        }
        if kind == nil || !list.isEmpty { kind = .list(list) }
        return (kind ?? .list(list), parts.map(\.code))
    }

    private mutating func collect(
        _ source: DimensionSource,
        into parts: inout [(kind: CellLayout.ValueKind?, code: ValueCode, constant: String?)]
    ) throws {
        switch source {
        case .field(let reference):
            let types = try self.types(of: reference.binding)
            var code = ValueCode(kind: .field)
            code.slot = try eventSlot(reference.binding)
            code.field = plan.field(reference.field, of: types)
            parts.append((try kind(of: reference.field, in: types), code, nil))
        case .latest(let field, let binding):
            let types = try latestTypes(field)
            var code = ValueCode(kind: .latest)
            code.slot = try latestSlot(binding)
            code.selector = try selector(types: types, field: field, .recorded)
            code.field = plan.field(field, of: types)
            parts.append((try kind(of: field, in: types), code, nil))
        case .firstOf(let sources):
            for source in sources { try collect(source, into: &parts) }
        case .constant(let text):
            parts.append((nil, ValueCode(kind: .constant), text))
        case .hour, .weekday:
            if definition.fact.isStock {
                throw fault("a stock has no hour or weekday: it lasts")
            }
            if source == .hour, let split = definition.split, !split.isByHour {
                throw fault("its parts last a day and have no hour (by: hour cuts at full hours)")
            }
            parts.append((.integer, ValueCode(kind: source == .hour ? .hour : .weekday), nil))
        case .subject:
            parts.append((.subject, ValueCode(kind: .subject), nil))
        }
    }

    /// Slot 0 is the fact, in a stock each event in turn.
    private mutating func latestSlot(_ binding: String) throws -> Int32 {
        binding == "fact" ? 0 : try eventSlot(binding)
    }

    // MARK: Durations

    mutating func duration(_ value: Definitions.Duration) throws -> Int32 {
        var code = DurationCode(from: try eventSlot(value.from), to: try eventSlot(value.to))
        if value.clock == .business { try chooseCalendar(value.calendar, for: &code) }
        if let states = value.except ?? value.only {
            let types = try latestTypes(states.field)
            let selector = try selector(types: types, field: states.field, .recorded)
            let paused = try self.selector(
                types: types, field: states.field, .among(states.values, negated: false))
            func track(_ calendar: Int32) -> Int32 {
                plan.track(TrackCode(selector: selector, paused: paused, calendar: calendar))
            }
            code.isOnly = value.only != nil
            if code.namingSlot >= 0 {
                code.track = plan.tracks(
                    (-1..<Int32(plan.context.calendars.members.count)).map {
                        TrackCode(selector: selector, paused: paused, calendar: $0)
                    })
            } else {
                code.track = track(code.calendar)
            }
        }
        plan.codes.durations.append(code)
        return Int32(plan.codes.durations.count - 1)
    }

    private mutating func chooseCalendar(
        _ choice: CalendarChoice?, for code: inout DurationCode
    ) throws {
        let calendars = plan.context.calendars
        if case .named(let name) = choice {
            guard let place = calendars.place(of: name) else {
                throw fault(
                    "measures business time of the calendar \"\(name)\", which the store does not "
                        + "have (rekam calendar add)")
            }
            code.calendar = Int32(place)
            return
        }
        guard let standard = calendars.standard else {
            throw fault(
                "measures business time, but the store has no calendar (rekam calendar add)")
        }
        code.calendar = Int32(standard)
        guard case .field(let reference) = choice else { return }
        let types = try self.types(of: reference.binding)
        guard try kind(of: reference.field, in: types) == .name else {
            throw fault("\(reference.binding).\(reference.field) names no calendar")
        }
        code.namingSlot = try eventSlot(reference.binding)
        code.namingField = plan.field(reference.field, of: types)
    }

    // MARK: Conditions

    /// A list of conditions, all of which must hold; -1 when there are none.
    mutating func list(_ conditions: [Condition]) throws -> Int32 {
        guard !conditions.isEmpty else { return -1 }
        let codes = try conditions.map { try compile($0) }
        plan.codes.lists.append(append(codes, to: \.conditions))
        return Int32(plan.codes.lists.count - 1)
    }

    private mutating func compile(_ condition: Condition) throws -> ConditionCode {
        var code = ConditionCode(kind: .exists)
        switch condition {
        case .exists(let binding, let negated):
            code.slot = try eventSlot(binding)
            code.isNegated = negated
        case .field(let reference, let test):
            let types = try self.types(of: reference.binding)
            code.slot = try eventSlot(reference.binding)
            if case .same(let other, let negated) = test {
                code.kind = .fieldSame
                code.isNegated = negated
                (code.field, code.otherSlot, code.otherField) = try compare(
                    reference.field, of: types, with: other)
            } else if let check = FieldCheck(test) {
                code.kind = .field
                code.selector = try selector(types: types, field: reference.field, check)
            }
        case .latest(let field, let test):
            try compileLatest(field, test, &code)
        case .count(let binding, let minimum, let maximum):
            code.kind = .count
            code.slot = try countSlot(binding)
            code.minimum = minimum ?? .min
            code.maximum = maximum ?? .max
        case .duration(let value, let minimum, let maximum):
            code.kind = .duration
            code.duration = try duration(value)
            code.minimum = minimum ?? .min
            code.maximum = maximum ?? .max
        case .within(let value, let reference, let unit):
            code.kind = .within
            code.duration = try duration(value)
            (code.slot, code.field) = try number(reference)
            code.unit = unit
        case .beyond(let value, let reference, let unit):
            code.kind = .beyond
            code.duration = try duration(value)
            (code.slot, code.field) = try number(reference)
            code.unit = unit
        case .any(let lists):
            code.kind = .any
            let places = try lists.map { try list($0) }
            code.alternatives = append(places, to: \.alternatives)
        }
        return code
    }

    private mutating func compileLatest(
        _ field: String, _ test: FieldTest, _ code: inout ConditionCode
    ) throws {
        let types = try latestTypes(field)
        code.kind = .latest
        code.selector = try selector(types: types, field: field, .recorded)
        if case .same(let other, let negated) = test {
            code.kind = .latestSame
            code.isNegated = negated
            (code.field, code.otherSlot, code.otherField) = try compare(
                field, of: types, with: other)
        } else if let check = FieldCheck(test) {
            code.passing = try selector(types: types, field: field, check)
            code.absentPasses = check.holdsWhenAbsent
        }
    }
}
