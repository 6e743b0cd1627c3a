import EventModel
import Projections

/// What a case's events mean beside each other, as Schemas/EVENTS.md says it, sentence by sentence.
enum NaiveRules {
    typealias Event = NaiveEvaluator.Event

    /// The events in order; each says what it says, and is silent where it is no news.
    static func apply(to events: [Event], tolerance: Int64) -> [Event] {
        let ordered = atOpening(order(events), tolerance).filter { !$0.isNone }
        return repetitions(updates(ordered))
    }

    // MARK: Order

    private static func schema(_ event: Event) -> EventSchema {
        guard let schema = shippedTypes[event.draft.type] else {
            preconditionFailure("random logs have shipped types alone")
        }
        return schema
    }

    static func rank(_ event: Event) -> Int {
        for field in schema(event).columns where !field.ranks.isEmpty {
            guard case .enumeration(let words) = field.kind,
                case .text(let word)? = event.value(field.name),
                let place = words.firstIndex(of: word)
            else { continue }
            return field.ranks[place]
        }
        return schema(event).rank
    }

    private static func instant(_ event: Event) -> [Int64] {
        [event.time, Int64(event.draft.nanoseconds)]
    }

    /// Whether both say an order of the same source, and the first one's comes before.
    private static func isDeclared(_ first: Event, before second: Event) -> Bool {
        guard first.draft.source == second.draft.source, let left = first.draft.order,
            let right = second.draft.order
        else { return false }
        switch (left, right) {
        case (.integer(let left), .integer(let right)):
            return left < right
        case (.text(let left), .text(let right)):
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.integer, .text): return true
        case (.text, .integer): return false
        }
    }

    /// Whether their source gave both an order that is no row's place, and not the same one.
    private static func areParted(_ first: Event, _ second: Event) -> Bool {
        guard first.draft.source == second.draft.source, let left = first.draft.order,
            let right = second.draft.order, !first.draft.isPlace, !second.draft.isPlace
        else { return false }
        return left != right
    }

    static func order(_ events: [Event]) -> [Event] {
        var rest = events
        var result: [Event] = []
        while !rest.isEmpty {
            let first = rest.map(instant).min { $0.lexicographicallyPrecedes($1) }
            let now = rest.filter { instant($0) == first }
            // Who waits for nobody of its own source.
            let free = now.filter { event in !now.contains { isDeclared($0, before: event) } }
            guard let next = free.min(by: { (rank($0), $0.sequence) < (rank($1), $1.sequence) })
            else { preconditionFailure("some event waits for nobody") }
            result.append(next)
            rest.removeAll { $0.sequence == next.sequence }
        }
        return result
    }

    // MARK: The opening

    private static func atOpening(_ events: [Event], _ tolerance: Int64) -> [Event] {
        guard let first = events.firstIndex(where: { schema($0).opensCase }) else { return events }
        var events = events
        let opening = events[first]
        for place in events.indices.dropFirst(first + 1) where schema(events[place]).opensCase {
            events[place].isNone = true
        }
        let early = events[..<first].filter { $0.time >= opening.time - tolerance }
        guard !early.isEmpty else { return events }
        let before = events[..<(first - early.count)]
        let after = events[first...]
        let same = after.prefix { instant($0) == instant(opening) }
        var rest = Array(same)
        var merged: [Event] = []
        for var event in early {
            event.draft.time = opening.draft.time
            event.draft.nanoseconds = opening.draft.nanoseconds
            let sooner = rest.prefix { rank($0) < rank(event) }
            merged += sooner
            rest.removeFirst(sooner.count)
            merged.append(event)
        }
        return before + merged + rest + after.dropFirst(same.count)
    }

    // MARK: One update in several rows

    private static func states(_ event: Event) -> [String] {
        schema(event).columns.filter(\.isState).map(\.name)
    }

    private static func told(_ event: Event) -> Set<String> {
        Set(states(event).filter { event.value($0) != nil })
    }

    private static func actors(_ event: Event) -> [String] {
        ["by", "actor"].filter { schema(event).columnIndex(of: $0) != nil }
    }

    private static func updates(_ events: [Event]) -> [Event] {
        var events = events
        for place in events.indices
        where states(events[place]).count > 1 && !told(events[place]).isEmpty {
            // The last update of this type that began at this instant.
            let leader = events.indices.last { other in
                other < place && events[other].joined == nil && !told(events[other]).isEmpty
                    && events[other].draft.type == events[place].draft.type
                    && events[other].time == events[place].time
                    && events[other].draft.nanoseconds == events[place].draft.nanoseconds
            }
            guard let leader else { continue }
            let both = told(events[leader]).intersection(told(events[place]))
            guard both.allSatisfy({ events[leader].value($0) == events[place].value($0) })
            else { continue }
            let isOther = actors(events[place]).contains { actor in
                let makers = [events[place].value(actor), events[leader].value(actor)]
                    .compactMap { $0 == .text("") ? nil : $0 }
                return makers.count == 2 && makers[0] != makers[1]
            }
            if isOther || areParted(events[leader], events[place]) { continue }
            events[place].joined = leader
            events[place].isSilent = true
            let known = Set(events[leader].draft.fields.map(\.name))
            events[leader].draft.fields += events[place].draft.fields.filter {
                !known.contains($0.name)
            }
        }
        return events
    }

    // MARK: Repetitions

    private static func repetitions(_ events: [Event]) -> [Event] {
        var events = events
        func normal(_ value: FieldValue?) -> FieldValue? { value == .text("") ? nil : value }
        for place in events.indices {
            let event = events[place]
            let told = told(event)
            guard !told.isEmpty else { continue }
            let prefix = event.draft.type.prefix { $0 != "." }
            let isRepetition = told.allSatisfy { field in
                var now: FieldValue?
                var matter: FieldValue?
                for other in events[..<place]
                where other.draft.type.prefix(while: { $0 != "." }) == prefix {
                    let isOwn = other.value(field) != nil
                    if isOwn { now = normal(other.value(field)) }
                    guard field.hasPrefix("to_"),
                        let told = other.value(String(field.dropFirst(3)))
                    else { continue }
                    let elsewhere = normal(told)
                    if !isOwn, elsewhere != matter, elsewhere != now { now = nil }
                    matter = elsewhere
                }
                return normal(event.value(field)) == now
            }
            if isRepetition { events[place].isSilent = true }
        }
        return events
    }
}
