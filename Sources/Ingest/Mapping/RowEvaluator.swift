internal import EventModel

/// Works out texts and times of one row after the other; each at most once a row.
struct RowEvaluator {
    private let mapping: Mapping
    /// By place in `Mapping.columns`: the place in the file; nil for an optional column not there.
    private let places: [Int?]
    private var texts: [Cached<String>]
    private var values: [Cached<String>]
    private var times: [Cached<SentTime>]
    private var stamp = 0
    /// What is doubtful in the row so far, with the names of the times or the column that it is about.
    private(set) var doubts: [(kind: DoubtGroup.Kind, name: String)] = []
    private var row = InputRow()
    /// The name of the file.
    private let file: String
    /// What an event is given for, while it is.
    private var each: String?

    private struct Cached<Value> {
        var stamp = -1
        var value: Value?
    }

    init(_ mapping: Mapping, places: [Int?], file: String) {
        self.mapping = mapping
        self.file = file
        self.places = places
        texts = Array(repeating: Cached(), count: mapping.columns.count)
        values = Array(repeating: Cached(), count: mapping.values.count)
        times = Array(repeating: Cached(), count: mapping.times.count)
    }

    var line: Int { row.line }
    var level: Int { row.level }

    mutating func begin(_ row: InputRow) {
        self.row = row
        stamp += 1
        each = nil
        doubts.removeAll(keepingCapacity: true)
        if let column = row.firstMissing { doubts.append((.shortRow, column)) }
    }

    /// From now on an event is given for one of several texts of the row; for none with nil.
    mutating func begin(each text: String?) {
        guard text != each else { return }
        each = text
        for index in mapping.valuesOfEach { values[index].stamp = -1 }
        for index in mapping.timesOfEach { times[index].stamp = -1 }
    }

    /// The texts of the row that an event is given for.
    ///
    /// - Parameter columns: where the columns stand that it is given for, if it is for columns.
    mutating func texts(of spec: EachSpec, _ columns: [Int]) throws(Rejection) -> [String] {
        switch spec {
        case .columns: return columns.compactMap { text(at: $0) }
        case .pieces(let template, let mark):
            guard let text = try text(template) else { return [] }
            return TextStep.pieces(of: text, between: mark).map { NormalText.form(of: $0) }
                .filter { !mapping.missing.contains($0) }
        }
    }

    /// A column's text in its normal form; nil where it stands for nothing.
    mutating func column(_ index: Int) -> String? {
        if texts[index].stamp == stamp { return texts[index].value }
        let value = places[index].flatMap(text)
        texts[index] = Cached(stamp: stamp, value: value)
        return value
    }

    private func text(at place: Int) -> String? {
        guard row.has(place) else { return nil }
        let text = row.normalText(place)
        return mapping.missing.contains(text) ? nil : text
    }

    private func given(_ text: GivenText) -> String? {
        switch text {
        case .file: file
        case .row: "\(row.number)"
        case .each: each
        }
    }

    mutating func text(_ template: Template) throws(Rejection) -> String? {
        var result = ""
        for part in template.parts {
            let piece: String?
            switch part {
            case .literal(let text): piece = text
            case .column(let index):
                if let problem = places[index].flatMap({ row.problems[$0] }) {
                    throw rejection(mapping.columns[index], "", problem)
                }
                piece = column(index)
            case .value(let index): piece = try namedValue(index)
            case .given(let text): piece = given(text)
            }
            guard let piece else { return nil }
            if template.parts.count == 1 { return piece }
            result += piece
        }
        return result
    }

    private mutating func namedValue(_ index: Int) throws(Rejection) -> String? {
        if values[index].stamp == stamp { return values[index].value }
        let value = try value(mapping.values[index])
        values[index] = Cached(stamp: stamp, value: value)
        return value
    }

    mutating func value(_ spec: ValueSpec) throws(Rejection) -> String? {
        guard let text = try taken(spec) else { return try standIn(spec) }
        guard let index = spec.lookup else { return text }
        switch mapping.lookups[index].find(text) {
        case .text(let found): return found
        case .made(let template): return try self.text(template)
        case .missing: return try standIn(spec)
        case .refused:
            let table = mapping.lookups[index]
            let words = table.entries.keys.sorted().prefix(8).joined(separator: ", ")
            let name = table.name.isEmpty ? "the map" : "the lookup \(table.name)"
            throw rejection(spec.name, text, "\(name) has no entry for it (it has \(words))")
        }
    }

    /// What a value is made of, before it is looked up.
    private mutating func taken(_ spec: ValueSpec) throws(Rejection) -> String? {
        if let computation = spec.computation { return try text(of: computation, spec) }
        guard var text = try first(of: spec.templates) else { return nil }
        guard !spec.steps.isEmpty else { return text }
        for step in spec.steps {
            guard let taken = step.taken(of: text) else { return nil }
            if case .most = step, taken.utf8.count < text.utf8.count {
                doubts.append((.textCut, spec.name))
            }
            text = taken
        }
        text = NormalText.form(of: text)
        return mapping.missing.contains(text) ? nil : text
    }

    private mutating func text(
        of computation: Computation, _ spec: ValueSpec
    ) throws(Rejection) -> String? {
        guard let number = try number(computation.term, of: computation, spec) else { return nil }
        if let text = number.text(decimals: computation.decimals, sign: mapping.decimal) {
            return text
        }
        throw rejection(
            spec.name, "\(number.numerator)/\(number.denominator)",
            "\(computation.text) has decimals without end, or too many (say how many are kept, as in "
                + "round: 2)")
    }

    /// A term's value; nil where a part of it stands for nothing.
    private mutating func number(
        _ term: Computation.Term, of computation: Computation, _ spec: ValueSpec
    ) throws(Rejection) -> ExactFraction? {
        switch term {
        case .number(let number): return number
        case .text(let part):
            guard let text = try text(Template(parts: [part])) else { return nil }
            // As many decimals as it has.
            let decimals = text.utf8.lastIndex(of: mapping.decimal)
                .map { text.utf8.distance(from: $0, to: text.utf8.endIndex) - 1 }
            guard
                let scaled = NumberText.scaled(
                    text, decimal: mapping.decimal, scale: decimals ?? 0),
                let number = ExactFraction(scaled, decimals: decimals ?? 0)
            else { throw rejection(spec.name, text, "it is no number, in \(computation.text)") }
            return number
        case .time(let index):
            return try time(index).map { ExactFraction(Int128($0.instant.milliseconds)) }
        case .result(let operation, let left, let right):
            guard let a = try number(left, of: computation, spec),
                let b = try number(right, of: computation, spec)
            else { return nil }
            if let result = a.applying(operation, b) { return result }
            let isNought = operation == .by && b.numerator == 0
            throw rejection(
                spec.name, "",
                "\(computation.text) \(isNought ? "divides by nought" : "is too large")")
        }
    }

    private mutating func standIn(_ spec: ValueSpec) throws(Rejection) -> String? {
        guard let missing = spec.missing else { return nil }
        return try text(missing)
    }

    /// The first text that stands for something.
    private mutating func first(of templates: [Template]) throws(Rejection) -> String? {
        for template in templates {
            if let text = try text(template) { return text }
        }
        return nil
    }

    func rejection(_ field: String, _ value: String, _ problem: String) -> Rejection {
        Rejection(line: row.line, field: field, value: value, problem: problem)
    }

    /// A named time; nil where a part of it is missing.
    mutating func time(_ index: Int) throws(Rejection) -> SentTime? {
        if times[index].stamp == stamp { return times[index].value }
        let value = try evaluate(mapping.times[index], index)
        times[index] = Cached(stamp: stamp, value: value)
        return value
    }

    /// A named time that only says where the row stands: what is doubtful about it is not told, and
    /// where it can't be read it is none.
    mutating func peek(_ index: Int) -> SentTime? {
        if times[index].stamp == stamp { return times[index].value }
        let before = (times, doubts)
        let time = try? time(index)
        (times, doubts) = before
        return time
    }

    private mutating func evaluate(_ spec: TimeSpec, _ place: Int) throws(Rejection) -> SentTime? {
        var instant: Instant
        var nanoseconds: UInt32 = 0
        switch spec.base {
        case .time(let index):
            guard let base = try time(index) else { return nil }
            instant = base.instant
            nanoseconds = base.nanoseconds
        case .text(let templates, let formats, let zone):
            guard let text = try first(of: templates) else { return nil }
            // Times of a sheet's cells have no format of their own.
            let isISO = row.hasTimes || mapping.sheet != nil
            guard let reading = TimeReading(text, isISO ? formats + [.iso] : formats, zone) else {
                let forms = formats.map(\.text).joined(separator: " or ")
                throw rejection(spec.name, text, "it is no time of the form \(forms)")
            }
            for doubt in reading.doubts { doubts.append((doubt, spec.name)) }
            instant = reading.time.instant
            nanoseconds = reading.time.nanoseconds
            if let second = reading.second, isForbidden(instant, butNot: second, place) {
                instant = second
            }
        }
        try check(instant, spec)
        for step in spec.steps {
            guard let moved = try apply(step, to: instant, spec) else { return nil }
            instant = moved
            // After each step: what lies further off has no date for the next one to count from.
            try check(instant, spec)
        }
        return SentTime(instant, nanoseconds: nanoseconds)
    }

    /// Whether a time of the row that stands above one in the mapping, and so happened no later, lies
    /// behind its first occurrence but not behind the second.
    private mutating func isForbidden(
        _ first: Instant, butNot second: Instant, _ place: Int
    ) -> Bool {
        for above in 0..<place {
            // One that can't be read is refused where it is used.
            guard let time = (try? time(above))??.instant else { continue }
            if first < time, time <= second { return true }
        }
        return false
    }

    private func check(_ instant: Instant, _ spec: TimeSpec) throws(Rejection) {
        guard instant >= .earliest, instant <= .latest else {
            throw rejection(spec.name, "", "the time lies outside the years 0001 to 9999")
        }
    }

    private mutating func apply(
        _ step: TimeSpec.Step, to instant: Instant, _ spec: TimeSpec
    ) throws(Rejection) -> Instant? {
        guard let text = try text(step.amount) else { return nil }
        let scale = step.unit == .seconds || step.unit == .minutes || step.unit == .hours ? 3 : 0
        let amount =
            step.unit == .clock
            ? NumberText.clock(text)
            : NumberText.scaled(text, decimal: mapping.decimal, scale: scale)
        guard let amount, abs(amount) < 1_000_000_000_000_000 else {
            throw rejection(spec.name, text, "it is no number of \(step.unit.rawValue)")
        }
        let signed = amount * step.sign
        let milliseconds: Int64
        switch step.unit {
        case .milliseconds, .seconds, .clock: milliseconds = signed
        case .minutes: milliseconds = signed &* 60
        case .hours: milliseconds = signed &* 3600
        case .days, .months:
            guard abs(signed) < 4_000_000 else {
                throw rejection(spec.name, text, "it is no number of \(step.unit.rawValue)")
            }
            return moved(instant, by: Int(signed), step.unit, spec)
        }
        return Instant(milliseconds: instant.milliseconds &+ milliseconds)
    }

    /// The same local time some days or months away; a day the month lacks becomes its last.
    private mutating func moved(
        _ instant: Instant, by amount: Int, _ unit: TimeSpec.Unit, _ spec: TimeSpec
    ) -> Instant? {
        let zone = spec.zone
        let local = zone.localMilliseconds(of: instant)
        let day = zone.day(of: instant)
        let clock = local - Int64(day.number) * 86_400_000
        var target = day.advanced(by: unit == .days ? amount : 0)
        if unit == .months {
            let (year, month, dayOfMonth) = day.components
            let months = year * 12 + month - 1 + amount
            guard months >= 12 else { return nil }
            let length = Day.length(ofMonth: months % 12 + 1, year: months / 12)
            guard
                let date = Day(
                    year: months / 12, month: months % 12 + 1, day: min(dayOfMonth, length))
            else { return nil }
            target = date
        }
        let reading = zone.reading(
            ofLocalMilliseconds: Int64(target.number) * 86_400_000 + clock)
        if let doubt = reading.doubt { doubts.append((doubt, spec.name)) }
        return reading.instant
    }

    /// The local date of a named time, as `2025-07-14`.
    mutating func day(_ index: Int) throws(Rejection) -> String? {
        guard let instant = try time(index)?.instant else { return nil }
        return mapping.times[index].zone.day(of: instant).description
    }

    /// A field's value; nil where there is none.
    mutating func value(of field: FieldSpec) throws(Rejection) -> FieldValue? {
        switch field.content {
        case .constant(let value): return value
        case .text(let spec): return try value(spec).map { .text($0) }
        case .day(let time): return try day(time).map { .text($0) }
        case .integer(let spec, let scale):
            guard let text = try value(spec) else { return nil }
            guard
                let number = NumberText.scaled(text, decimal: mapping.decimal, scale: scale)
            else {
                let form = scale == 0 ? "a whole number" : "a number with \(scale) decimals at most"
                throw rejection(field.name, text, "it is not \(form)")
            }
            return .integer(number)
        case .boolean(let spec):
            guard let text = try value(spec) else { return nil }
            switch text.lowercased() {
            case "true", "yes", "y", "1", "ya": return .boolean(true)
            case "false", "no", "n", "0", "tidak": return .boolean(false)
            default: throw rejection(field.name, text, "it is neither true nor false")
            }
        }
    }

    /// Whether all tests of one of some conditions hold.
    mutating func holds(anyOf conditions: [[TestSpec]]) throws(Rejection) -> Bool {
        for tests in conditions {
            var holds = true
            for test in tests where holds { holds = try self.holds(test) }
            if holds { return true }
        }
        return false
    }

    private mutating func holds(_ test: TestSpec) throws(Rejection) -> Bool {
        // A list or an object is there, though it is no text.
        if case .present(let isPresent) = test.expectation, hasProblem(test.subject) {
            return isPresent
        }
        let text = try text(test.subject)
        switch test.expectation {
        case .present(let isPresent): return (text != nil) == isPresent
        case .among(let templates): return try isAmong(text, templates)
        case .noneOf(let templates): return try !isAmong(text, templates)
        }
    }

    private func hasProblem(_ template: Template) -> Bool {
        guard !row.problems.isEmpty else { return false }
        return template.parts.contains { part in
            guard case .column(let index) = part, let place = places[index] else { return false }
            return row.problems[place] != nil
        }
    }

    private mutating func isAmong(
        _ text: String?, _ templates: [Template]
    ) throws(Rejection) -> Bool {
        guard let text else { return false }
        for template in templates {
            if try self.text(template) == text { return true }
        }
        return false
    }
}
