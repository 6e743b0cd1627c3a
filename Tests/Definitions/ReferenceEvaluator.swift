import Definitions
import EventModel

/// An event of a case in a test: type, milliseconds, columns.
struct SampleEvent {
    var type: String
    var time: Int64
    var fields: [String: Scalar]
}

/// A fact as the reference evaluator derives it.
struct SampleFact {
    var time: Int64
    /// Dimensions and measures by name, as text; absent ones are left out.
    var values: [String: String]
    /// +1, or −1 where a case leaves a stock's cell.
    var sign = 1
}

/// Facts of one case straight from a definition: the slow, obvious way, sharing nothing with the
/// engine but the definition.
struct ReferenceEvaluator {
    let definition: ProjectionDefinition
    /// In the order of time, then of recording.
    let events: [SampleEvent]
    /// Calendars by name; the one without a name is the store's.
    let calendars: [String: BusinessCalendar]
    /// Where facts are rounds: the last event of the one at hand.
    private var lastOfRound: Int?

    init(
        _ definition: ProjectionDefinition, _ recorded: [SampleEvent],
        calendars: [String: BusinessCalendar] = [:]
    ) {
        self.definition = definition
        self.calendars = calendars
        events = recorded.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }

    func facts() -> [SampleFact] {
        switch definition.fact {
        case .one(let name):
            guard let place = event(name, fact: nil), holds(definition.conditions, place) else {
                return []
            }
            return facts(at: place)
        case .each(let selector):
            let found = events.indices
                .filter { matches($0, selector, $0) && holds(definition.conditions, $0) }
            guard let rounds = definition.rounds else { return found.flatMap { facts(at: $0) } }
            return facts(of: found, rounds)
        case .stock(let from, let conditions):
            guard let start = event(from, fact: nil) else { return [] }
            return flows(from: start) { holds(conditions, $0) }
        case .stay(let enter, let leave):
            var isIn = false
            return flows(from: 0) { place in
                if matches(place, leave, nil) { isIn = false }
                if matches(place, enter, nil) { isIn = true }
                return isIn
            }
        }
    }

    /// One fact a round: the first of its answers with the last one beside it.
    private func facts(of answers: [Int], _ rounds: Rounds) -> [SampleFact] {
        var facts: [SampleFact] = []
        var left = answers
        while let first = left.first {
            left.removeFirst()
            let asked = rounds.invitation.flatMap { event($0, fact: first) }
            var end = events[first].time + rounds.withinMilliseconds
            if let days = rounds.days, let asked,
                case .integer(let number)? = value(of: days, first)
            {
                end = events[asked].time + number * 86_400_000
                if events[first].time > end { continue }
            }
            let value = rounds.field.map { events[first].fields[$0] }
            var copy = self
            copy.lastOfRound = first
            for other in left where rounds.field.map({ events[other].fields[$0] }) == value {
                guard rounds.invitation.flatMap({ event($0, fact: other) }) == asked,
                    events[other].time <= end
                else { break }
                copy.lastOfRound = other
                left.removeAll { $0 == other }
            }
            facts.append(copy.fact(at: first))
        }
        return facts
    }

    private func flows(from start: Int, _ isInStock: (Int) -> Bool) -> [SampleFact] {
        guard holds(definition.conditions, nil) else { return [] }
        var flows: [SampleFact] = []
        var held: [String: String]?
        for place in start..<events.count {
            let now = isInStock(place) ? fact(at: place).values : nil
            if now == held { continue }
            if let held { flows.append(.init(time: events[place].time, values: held, sign: -1)) }
            if let now { flows.append(.init(time: events[place].time, values: now)) }
            held = now
        }
        return flows
    }

    private func dimensions(at place: Int) -> [String: String] {
        var values: [String: String] = [:]
        for (name, source) in definition.dimensions {
            values[name] = value(of: source, place).map(text)
        }
        return values
    }

    /// A fact, or the parts it is cut into; days and hours are those of UTC.
    private func facts(at place: Int) -> [SampleFact] {
        var cuts: [(from: Int64, to: Int64)] = []
        switch definition.split {
        case nil: break
        case .days(let from, let to, let within):
            if let first = day(from, place), let last = day(to, place), first <= last,
                events[place].time / 86_400_000 - first <= Int64(within ?? 1_000_000)
            {
                cuts = (first...last).map { ($0 * 86_400_000, ($0 + 1) * 86_400_000) }
            }
        case .time(let from, let to, let byHour):
            guard let start = event(from, fact: place), let end = event(to, fact: place),
                events[start].time <= events[end].time
            else { break }
            let step: Int64 = byHour ? 3_600_000 : 86_400_000
            var time = events[start].time
            repeat {
                let next = min(events[end].time, (time / step + 1) * step)
                cuts.append((time, next))
                time = next
            } while time < events[end].time
        }
        guard !cuts.isEmpty else { return [fact(at: place)] }
        let lengths = cuts.map { $0.to - $0.from }
        var parts = cuts.map { fact(at: place, within: $0) }
        for (name, source) in definition.measures {
            switch source {
            case .number, .money, .count: break
            case .duration, .flag, .name: continue
            }
            guard let number = parts[0].values[name].flatMap({ Int64($0) }) else { continue }
            for (index, share) in shares(of: number, lengths).enumerated() {
                parts[index].values[name] = "\(share)"
            }
        }
        return parts
    }

    private func day(_ reference: FieldReference, _ place: Int) -> Int64? {
        guard case .text(let text)? = value(of: reference, place),
            let day = Day(iso: text.utf8.span)
        else { return nil }
        return Int64(day.number)
    }

    /// Largest remainder: the units that are left go to the parts that lost most, the earliest first.
    private func shares(of number: Int64, _ lengths: [Int64]) -> [Int64] {
        let whole = lengths.reduce(0, +)
        guard whole > 0 else { return [number] + lengths.dropFirst().map { _ in 0 } }
        let size = abs(number)
        let exact = lengths.map { (size * $0 / whole, size * $0 % whole) }
        let left = Int(size - exact.map(\.0).reduce(0, +))
        let order = exact.indices.sorted { (exact[$1].1, $0) < (exact[$0].1, $1) }
        return exact.indices.map { index in
            let share = exact[index].0 + (order.prefix(left).contains(index) ? 1 : 0)
            return number < 0 ? -share : share
        }
    }

    private func fact(at place: Int, within cut: (from: Int64, to: Int64)? = nil) -> SampleFact {
        var values = dimensions(at: place)
        if let cut {
            for (name, source) in definition.dimensions where values[name] != nil {
                if source == .hour { values[name] = "\(cut.from / 3_600_000 % 24)" }
                if source == .weekday { values[name] = "\((cut.from / 86_400_000 + 3) % 7 + 1)" }
            }
        }
        for (name, source) in definition.measures {
            switch source {
            case .duration(let duration):
                values[name] = elapsed(duration, place, within: cut).map {
                    DurationText.text($0).replacing(" ", with: "")
                }
            case .number(let reference), .money(let reference, _):
                values[name] = value(of: reference, place).map(text)
            case .count(let name2): values[name] = "\(count(name2, fact: place))"
            case .flag(let conditions): values[name] = holds(conditions, place) ? "1" : nil
            case .name(let source, let conditions):
                values[name] = holds(conditions, place) ? value(of: source, place).map(text) : nil
            }
        }
        return SampleFact(time: cut?.from ?? events[place].time, values: values)
    }

    // MARK: Bindings

    private func binding(_ name: String) -> Binding? {
        definition.bindings.first { $0.name == name }
    }

    /// The place of a binding's event.
    func event(_ name: String, fact: Int?) -> Int? {
        if name == "last", definition.rounds != nil { return lastOfRound }
        if name == "fact" {
            if let fact { return fact }
            guard case .one(let own) = definition.fact else { return nil }
            return event(own, fact: nil)
        }
        guard let binding = binding(name) else { return nil }
        switch binding.kind {
        case .either(let names):
            return names.lazy.compactMap { event($0, fact: fact) }.first
        case .first(let selector): return found(binding, selector, fact).first
        case .last(let selector): return found(binding, selector, fact).last
        case .count: return nil
        }
    }

    func count(_ name: String, fact: Int?) -> Int {
        guard let binding = binding(name), case .count(let selector) = binding.kind else {
            return 0
        }
        return found(binding, selector, fact).count
    }

    private func found(_ binding: Binding, _ selector: Selector, _ fact: Int?) -> [Int] {
        let window = binding.window
        let start = window.after.map { event($0, fact: fact) }
        let end = window.before.map { event($0, fact: fact) }
        if case .some(nil) = start, !binding.isStartOptional { return [] }
        if case .some(nil) = end { return [] }
        return events.indices.filter { place in
            if let start = start ?? nil {
                guard place > start || (window.includesStart && place == start) else {
                    return false
                }
                if let limit = window.withinMilliseconds,
                    events[place].time - events[start].time > limit
                {
                    return false
                }
            }
            if let end = end ?? nil {
                guard place < end || (window.includesEnd && place == end) else { return false }
                if window.after == nil, let limit = window.withinMilliseconds,
                    events[end].time - events[place].time > limit
                {
                    return false
                }
            }
            return matches(place, selector, fact)
        }
    }

    private func matches(_ place: Int, _ selector: Selector, _ fact: Int?) -> Bool {
        selector.types.contains(events[place].type)
            && selector.tests.allSatisfy { test in
                passes(events[place].fields[test.field], test.test, fact)
            }
    }

    // MARK: Values

    private func isSomebody(_ value: Scalar?) -> Bool { value != nil && value != .text("") }

    private func passes(_ value: Scalar?, _ test: FieldTest, _ fact: Int?) -> Bool {
        switch test {
        case .present: return isSomebody(value)
        case .absent: return !isSomebody(value)
        case .among(let values, let negated):
            return value.map { values.contains($0) != negated } ?? negated
        case .range(let minimum, let maximum):
            guard case .integer(let number)? = value else { return false }
            return number >= minimum ?? .min && number <= maximum ?? .max
        case .same(let reference, let negated):
            guard let value, let other = self.value(of: reference, fact) else { return false }
            return (value == other) != negated
        }
    }

    private func value(of reference: FieldReference, _ fact: Int?) -> Scalar? {
        event(reference.binding, fact: fact).flatMap { events[$0].fields[reference.field] }
    }

    private func latest(_ field: String, at place: Int?) -> Scalar? {
        guard let place else { return nil }
        let types = definition.latestTypes.first { $0.field == field }?.types ?? []
        return events[...place].last { types.contains($0.type) && $0.fields[field] != nil }?
            .fields[field]
    }

    private func value(of source: DimensionSource, _ place: Int) -> Scalar? {
        let found: Scalar? =
            switch source {
            case .field(let reference): value(of: reference, place)
            case .latest(let field, let at): latest(field, at: event(at, fact: place))
            case .firstOf(let sources): sources.lazy.compactMap { value(of: $0, place) }.first
            case .constant(let text): .text(text)
            case .hour: .integer(events[place].time / 3_600_000 % 24)
            // 1970-01-01 was a Thursday.
            case .weekday: .integer((events[place].time / 86_400_000 + 3) % 7 + 1)
            case .subject: .text("case")
            }
        return isSomebody(found) ? found : nil
    }

    private func text(_ value: Scalar) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let truth): "\(truth)"
        }
    }

    // MARK: Conditions

    private func holds(_ conditions: [Condition], _ place: Int?) -> Bool {
        conditions.allSatisfy { condition in
            switch condition {
            case .exists(let name, let negated): return (event(name, fact: place) != nil) != negated
            case .field(let reference, let test):
                guard event(reference.binding, fact: place) != nil else { return false }
                return passes(value(of: reference, place), test, place)
            case .latest(let field, let test): return passes(latest(field, at: place), test, place)
            case .count(let name, let minimum, let maximum):
                let number = Int64(count(name, fact: place))
                return number >= minimum ?? .min && number <= maximum ?? .max
            case .duration(let duration, let minimum, let maximum):
                guard let time = elapsed(duration, place) else { return false }
                return time >= minimum ?? .min && time <= maximum ?? .max
            case .within(let duration, let reference, let unit):
                guard let (time, limit) = times(duration, reference, unit, place) else {
                    return false
                }
                return time <= limit
            case .beyond(let duration, let reference, let unit):
                guard let (time, limit) = times(duration, reference, unit, place) else {
                    return false
                }
                return time > limit
            case .any(let lists): return lists.contains { holds($0, place) }
            }
        }
    }

    private func times(
        _ duration: Duration, _ reference: FieldReference, _ unit: Int64, _ place: Int?
    ) -> (time: Int64, limit: Int64)? {
        guard let time = elapsed(duration, place),
            case .integer(let number)? = value(of: reference, place)
        else { return nil }
        return (time, number * unit)
    }

    private func elapsed(
        _ duration: Duration, _ fact: Int?, within cut: (from: Int64, to: Int64)? = nil
    ) -> Int64? {
        guard let start = event(duration.from, fact: fact),
            let end = event(duration.to, fact: fact), events[end].time >= events[start].time
        else { return nil }
        var total: Int64 = 0
        for place in start..<max(start, end) {
            if let states = duration.except ?? duration.only {
                let isIn = latest(states.field, at: place).map { states.values.contains($0) }
                if (isIn ?? false) != (duration.only != nil) { continue }
            }
            let from = max(events[place].time, cut?.from ?? .min)
            let to = min(events[place + 1].time, cut?.to ?? .max)
            if from < to { total += clock(duration, fact: fact, from, to) }
        }
        return total
    }

    /// The time that counts between two instants; the calendar is `calendars[""]`, or the one named.
    private func clock(
        _ duration: Duration, fact: Int?, _ from: Int64, _ to: Int64
    ) -> Int64 {
        guard duration.clock == .business else { return to - from }
        var name = ""
        switch duration.calendar {
        case nil: break
        case .named(let given): name = given
        case .field(let reference):
            guard case .text(let given)? = value(of: reference, fact) else { return to - from }
            name = given
        }
        guard let calendar = calendars[name] ?? calendars[""] else { return 0 }
        return calendar.milliseconds(
            from: Instant(milliseconds: from), to: Instant(milliseconds: to))
    }
}
