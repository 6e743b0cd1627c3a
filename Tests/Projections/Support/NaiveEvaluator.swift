import Definitions
import EventModel
import Projections

/// Facts computed from what the definitions' documentation says, word by word, event by event,
/// without regard for time: what the engine is compared with.
struct NaiveEvaluator {
    struct Event {
        var sequence: Int
        var draft: EventDraft
        /// Whether it is no news, so that nobody who looks for something happening finds it.
        var isSilent = false
        /// Whether it is no event at all.
        var isNone = false
        /// The place of the event whose update it tells more of.
        var joined: Int?
        var time: Int64 { draft.time.milliseconds }

        func value(_ field: String) -> FieldValue? {
            let schema = shippedTypes[draft.type]
            guard schema?.columnIndex(of: field) != nil else { return nil }
            return draft.fields.first { $0.name == field }?.value
        }
    }

    let definition: ProjectionDefinition
    let zone: TimeZoneRules
    let calendars: CalendarSet

    init(_ definition: ProjectionDefinition, context: BuildContext = testContext) {
        self.definition = definition
        zone = context.zone
        calendars = context.calendars
    }

    /// Canonical lines of the facts of a log in the order of its sequences.
    func lines(of log: [EventDraft]) -> [String] {
        var voided: Set<Int> = []
        for draft in log where draft.type == "event.voided" {
            guard
                case .text(let source)? = draft.fields.first(where: { $0.name == "source" })?.value,
                case .text(let id)? = draft.fields.first(where: { $0.name == "id" })?.value
            else { continue }
            for (sequence, other) in log.enumerated()
            where other.source == source && other.id == id { voided.insert(sequence) }
        }
        var cases: [String: [Event]] = [:]
        for (sequence, draft) in log.enumerated()
        where draft.type != "event.voided" && !voided.contains(sequence) {
            cases[draft.subject, default: []].append(Event(sequence: sequence, draft: draft))
        }
        var cells: [String: Int] = [:]
        for (subject, events) in cases {
            let kind = String(subject.split(separator: "/")[0])
            guard definition.subjectKinds.contains(kind) else { continue }
            let ordered = NaiveRules.apply(
                to: events, tolerance: definition.toleranceMilliseconds)
            let evaluation = NaiveCase(self, subject: subject, events: ordered)
            for (line, sign) in evaluation.facts() { cells[line, default: 0] += sign }
        }
        return cells.filter { $0.value != 0 }.map { "\($0.key)\t\($0.value)" }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }
}

/// One case of a `NaiveEvaluator`.
struct NaiveCase {
    typealias Event = NaiveEvaluator.Event
    let evaluator: NaiveEvaluator
    let subject: String
    let events: [Event]
    /// Where facts are rounds: the last event of the one at hand.
    var lastOfRound: Int?
    var definition: ProjectionDefinition { evaluator.definition }

    init(_ evaluator: NaiveEvaluator, subject: String, events: [Event]) {
        self.evaluator = evaluator
        self.subject = subject
        self.events = events
    }

    func facts() -> [(String, Int)] {
        switch definition.fact {
        case .one(let name):
            guard let fact = event(name, nil), holds(definition.conditions, fact) else { return [] }
            return lines(fact)
        case .each(let selector):
            let found = events.indices.filter {
                matches(selector, $0, nil) && holds(definition.conditions, $0)
            }
            guard let rounds = definition.rounds else { return found.flatMap { lines($0) } }
            return facts(of: found, rounds)
        case .stock(let from, let conditions):
            guard let start = event(from, nil), holds(definition.conditions, nil) else { return [] }
            var flows: [(String, Int)] = []
            var inStock: Int?
            for place in events.indices where place >= start {
                let next = holds(conditions, place) ? place : nil
                // Leaving and entering the same cell on the same day cancel out.
                if let last = inStock { flows.append((line(last, day: place), -1)) }
                if let next { flows.append((line(next, day: place), 1)) }
                inStock = next
            }
            return flows
        case .stay(let enter, let leave):
            guard holds(definition.conditions, nil) else { return [] }
            var flows: [(String, Int)] = []
            var last: Int?
            var isIn = false
            for place in events.indices {
                if matches(leave, place, nil) { isIn = false }
                if matches(enter, place, nil) { isIn = true }
                if let last { flows.append((line(last, day: place), -1)) }
                if isIn { flows.append((line(place, day: place), 1)) }
                last = isIn ? place : nil
            }
            return flows
        }
    }

    /// One fact for each asking, as the language's page says it.
    private func facts(of answers: [Int], _ rounds: Rounds) -> [(String, Int)] {
        func asking(_ answer: Int) -> Int? { rounds.invitation.flatMap { event($0, answer) } }
        func lastTime(_ answer: Int) -> Int64? {
            guard let field = rounds.days, let days = limit(field, answer),
                let sent = asking(answer)
            else { return nil }
            return events[sent].time + days * 86_400_000
        }
        var all: [(value: FieldValue?, first: Int, last: Int)] = []
        for answer in answers {
            if let last = lastTime(answer), events[answer].time > last { continue }
            let value = rounds.field.flatMap { events[answer].value($0) }
            if let place = all.lastIndex(where: { $0.value == value }),
                asking(all[place].first) == asking(answer),
                lastTime(answer) != nil
                    || events[answer].time - events[all[place].first].time
                        <= rounds.withinMilliseconds
            {
                all[place].last = answer
            } else {
                all.append((value, answer, answer))
            }
        }
        return all.map { round in
            var other = self
            other.lastOfRound = round.last
            return (other.line(round.first, day: round.first), 1)
        }
    }

    // MARK: Bindings

    /// The place of a binding's event.
    func event(_ name: String, _ fact: Int?) -> Int? {
        if name == "fact" { return fact }
        if name == "last", definition.rounds != nil { return lastOfRound }
        guard let binding = definition.bindings.first(where: { $0.name == name }) else {
            return nil
        }
        switch binding.kind {
        case .first(let selector): return candidates(binding, selector, fact).first
        case .last(let selector): return candidates(binding, selector, fact).last
        case .either(let names):
            for name in names { if let found = event(name, fact) { return found } }
            return nil
        case .count: return nil
        }
    }

    func count(_ name: String, _ fact: Int?) -> Int {
        guard let binding = definition.bindings.first(where: { $0.name == name }),
            case .count(let selector) = binding.kind
        else { return 0 }
        return candidates(binding, selector, fact).count
    }

    private func candidates(_ binding: Binding, _ selector: Selector, _ fact: Int?) -> [Int] {
        let window = binding.window
        var places = Array(events.indices)
        if let after = window.after {
            if let start = event(after, fact) {
                places.removeAll { $0 < start || ($0 == start && !window.includesStart) }
                if let within = window.withinMilliseconds {
                    places.removeAll { events[$0].time - events[start].time > within }
                }
            } else if !binding.isStartOptional {
                return []
            }
        }
        if let before = window.before {
            guard let end = event(before, fact) else { return [] }
            places.removeAll { $0 > end || ($0 == end && !window.includesEnd) }
            if window.after == nil, let within = window.withinMilliseconds {
                places.removeAll { events[end].time - events[$0].time > within }
            }
        }
        return places.filter { matches(selector, $0, fact) }
    }

    private func matches(_ selector: Selector, _ place: Int, _ fact: Int?) -> Bool {
        guard selector.types.contains(events[place].draft.type), !events[place].isSilent else {
            return false
        }
        return selector.tests.allSatisfy { field, test in
            holds(test, events[place].value(field), fact)
        }
    }

    private func holds(_ test: FieldTest, _ value: FieldValue?, _ fact: Int?) -> Bool {
        switch test {
        case .among(let scalars, let negated):
            return scalars.contains { equal($0, value) } != negated
        case .range(let minimum, let maximum):
            guard let number = number(value) else { return false }
            return number >= minimum ?? .min && number <= maximum ?? .max
        case .present: return value != nil && value != .text("")
        case .absent: return value == nil || value == .text("")
        case .same(let other, let negated):
            guard let place = event(other.binding, fact), let value,
                let compared = events[place].value(other.field)
            else { return false }
            return (value == compared) != negated
        }
    }

    private func equal(_ scalar: Scalar, _ value: FieldValue?) -> Bool {
        switch (scalar, value) {
        case (.text(let left), .text(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        default: false
        }
    }

    private func number(_ value: FieldValue?) -> Int64? {
        if case .integer(let number)? = value { return number }
        return nil
    }

    // MARK: Parts

    /// What of a fact lies on one day, or in one hour.
    private struct Part: Equatable {
        var day: Day
        var hour = 0
        var start: Int64 = 0
        var end: Int64 = 0
        var weight: Int64
    }

    private func lines(_ fact: Int) -> [(String, Int)] {
        guard let parts = parts(of: fact) else { return [(line(fact, day: fact), 1)] }
        return parts.map { (line(fact, day: fact, part: $0, of: parts), 1) }
    }

    /// Nil where the fact stays whole. Random logs change at half hours alone, zones at full ones, so
    /// that the clock is read every half hour.
    private func parts(of fact: Int) -> [Part]? {
        switch definition.split {
        case nil: return nil
        case .days(let from, let to, let within):
            guard let first = day(from, fact), let last = day(to, fact), first <= last,
                evaluator.zone.day(of: Instant(milliseconds: events[fact].time)).number
                    - first.number <= Int32(within ?? 1_000_000)
            else { return nil }
            return (first.number...last.number).map { Part(day: Day(number: $0), weight: 1) }
        case .time(let from, let to, let byHour):
            guard let from = event(from, fact), let to = event(to, fact),
                events[from].time <= events[to].time
            else { return nil }
            var parts: [Part] = []
            var time = events[from].time
            repeat {
                let local = evaluator.zone.localMilliseconds(of: Instant(milliseconds: time))
                let next = min((time / 1_800_000 + 1) * 1_800_000, events[to].time)
                let now = Part(
                    day: evaluator.zone.day(of: Instant(milliseconds: time)),
                    hour: byHour ? Int(local % 86_400_000 / 3_600_000) : 0, start: time, end: next,
                    weight: next - time)
                if let last = parts.last, last.day == now.day, last.hour == now.hour {
                    parts[parts.count - 1].end = next
                    parts[parts.count - 1].weight += next - time
                } else {
                    parts.append(now)
                }
                time = next
            } while time < events[to].time
            return parts
        }
    }

    private func day(_ reference: FieldReference, _ fact: Int) -> Day? {
        guard let place = event(reference.binding, fact),
            case .text(let text)? = events[place].value(reference.field)
        else { return nil }
        return Day(iso: text.utf8.span)
    }

    /// Shares by largest remainder, one unit after another.
    private func shares(of number: Int64, _ weights: [Int64]) -> [Int64] {
        let whole = weights.reduce(0, +)
        let size = abs(number)
        guard whole > 0 else { return [number] + weights.dropFirst().map { _ in 0 } }
        var shares = weights.map { size * $0 / whole }
        var remainders = weights.map { size * $0 % whole }
        while shares.reduce(0, +) < size {
            let place = remainders.firstIndex(of: remainders.max() ?? 0) ?? 0
            shares[place] += 1
            remainders[place] = -1
        }
        return shares.map { number < 0 ? -$0 : $0 }
    }

    // MARK: Values in force

    private func latest(_ field: String, _ at: Int?) -> FieldValue? {
        guard let at else { return nil }
        return events[...at].last { sets(field, $0) }?.value(field)
    }

    private func sets(_ field: String, _ event: Event) -> Bool {
        if let entry = definition.latestTypes.first(where: { $0.field == field }),
            !entry.types.contains(event.draft.type)
        {
            return false
        }
        return event.value(field) != nil
    }

    // MARK: Conditions

    private func holds(_ conditions: [Condition], _ fact: Int?) -> Bool {
        conditions.allSatisfy { holds($0, fact) }
    }

    private func holds(_ condition: Condition, _ fact: Int?) -> Bool {
        switch condition {
        case .exists(let name, let negated): return (event(name, fact) != nil) != negated
        case .field(let reference, let test):
            guard let place = event(reference.binding, fact) else { return false }
            return holds(test, events[place].value(reference.field), fact)
        case .latest(let field, let test): return holds(test, latest(field, fact), fact)
        case .count(let name, let minimum, let maximum):
            let value = Int64(count(name, fact))
            return value >= minimum ?? .min && value <= maximum ?? .max
        case .duration(let duration, let minimum, let maximum):
            guard let value = elapsed(duration, fact) else { return false }
            return value >= minimum ?? .min && value <= maximum ?? .max
        case .within(let duration, let reference, let unit):
            guard let value = elapsed(duration, fact), let limit = limit(reference, fact) else {
                return false
            }
            return value <= limit * unit
        case .beyond(let duration, let reference, let unit):
            guard let value = elapsed(duration, fact), let limit = limit(reference, fact) else {
                return false
            }
            return value > limit * unit
        case .any(let lists): return lists.contains { holds($0, fact) }
        }
    }

    private func limit(_ reference: FieldReference, _ fact: Int?) -> Int64? {
        event(reference.binding, fact).flatMap { number(events[$0].value(reference.field)) }
    }

    // MARK: Durations

    private func elapsed(
        _ duration: Definitions.Duration, _ fact: Int?, within part: Part? = nil
    ) -> Int64? {
        guard let from = event(duration.from, fact), let to = event(duration.to, fact),
            events[from].time <= events[to].time
        else { return nil }
        // Millisecond by millisecond would be the plainest; stretch by stretch between events
        // is the same, for states change at events alone.
        var total: Int64 = 0
        var place = from
        while place < to {
            func isIn(_ states: (field: String, values: [Scalar])) -> Bool {
                states.values.contains { equal($0, latest(states.field, place)) }
            }
            let counts =
                duration.only.map { isIn($0) } ?? duration.except.map { !isIn($0) } ?? true
            let start = max(events[place].time, part?.start ?? .min)
            let end = min(events[place + 1].time, part?.end ?? .max)
            if counts, start < end { total += clock(duration, fact, start, end) }
            place += 1
        }
        return total
    }

    private func clock(
        _ duration: Definitions.Duration, _ fact: Int?, _ from: Int64, _ to: Int64
    ) -> Int64 {
        guard duration.clock == .business, let calendar = calendar(duration.calendar, fact) else {
            return to - from
        }
        return calendar.milliseconds(
            from: Instant(milliseconds: from), to: Instant(milliseconds: to))
    }

    /// The calendar meant; nil for the wall clock.
    private func calendar(_ choice: CalendarChoice?, _ fact: Int?) -> BusinessCalendar? {
        let set = evaluator.calendars
        let standard = set.standard.map { set.members[$0].calendar }
        switch choice {
        case nil: return standard
        case .named(let name): return set.members.first { $0.names[0] == name }?.calendar
        case .field(let reference):
            guard let place = event(reference.binding, fact),
                case .text(let name)? = events[place].value(reference.field), !name.isEmpty
            else { return nil }
            return set.members.first { $0.names[0] == name }?.calendar
                ?? set.members.first { $0.names.contains(name) }?.calendar ?? standard
        }
    }

    // MARK: Lines

    private func line(
        _ fact: Int, day: Int, part: Part? = nil, of all: [Part] = []
    ) -> String {
        var parts = [(part?.day ?? evaluator.zone.day(of: events[day].draft.time)).description]
        for (_, source) in definition.dimensions { parts.append(text(source, fact, part) ?? "–") }
        func shared(_ number: Int64?) -> String {
            guard let number else { return "–" }
            guard let part, let place = all.firstIndex(where: { $0 == part }) else {
                return "\(number)"
            }
            return "\(shares(of: number, all.map(\.weight))[place])"
        }
        for (_, source) in definition.measures {
            switch source {
            case .duration(let duration):
                parts.append(elapsed(duration, fact, within: part).map { "\($0)" } ?? "–")
            case .number(let reference), .money(let reference, _):
                parts.append(shared(limit(reference, fact)))
            case .count(let name): parts.append(shared(Int64(count(name, fact))))
            case .flag(let conditions): parts.append(holds(conditions, fact) ? "1" : "–")
            case .name(let source, let conditions):
                parts.append(holds(conditions, fact) ? text(source, fact) ?? "–" : "–")
            }
        }
        return parts.joined(separator: "\t")
    }

    private func text(_ source: DimensionSource, _ fact: Int, _ part: Part? = nil) -> String? {
        switch source {
        case .field(let reference):
            return event(reference.binding, fact).flatMap {
                text(events[$0].value(reference.field))
            }
        case .latest(let field, let binding): return text(latest(field, event(binding, fact)))
        case .firstOf(let sources):
            for source in sources { if let found = text(source, fact, part) { return found } }
            return nil
        case .constant(let text): return text
        case .hour where part != nil: return "\(part?.hour ?? 0)"
        case .weekday where part != nil: return part.map { "\($0.day.weekday)" }
        case .hour:
            let local = evaluator.zone.localMilliseconds(of: events[fact].draft.time)
            return "\(local % 86_400_000 / 3_600_000)"
        case .weekday: return "\(evaluator.zone.day(of: events[fact].draft.time).weekday)"
        case .subject:
            if definition.subjectKinds.count > 1 { return subject }
            return String(subject.drop { $0 != "/" }.dropFirst())
        }
    }

    private func text(_ value: FieldValue?) -> String? {
        switch value {
        case .text(let text)?: text.isEmpty ? nil : text
        case .integer(let number)?: "\(number)"
        case .boolean(let flag)?: "\(flag)"
        case nil: nil
        }
    }
}
