import EventModel

/// Where an event stands among those of its case: time as it was sent, then its source's own order
/// between its own events, then rank, then sequence.
package struct EventPlace: Sendable {
    /// Milliseconds since 1970, and nanoseconds beyond them.
    package var time: Int64
    package var nanoseconds: UInt32
    /// See `EventSchema.rank`.
    package var rank: Int
    package var sequence: UInt32
    /// Whose order its key is, and the key; the order's text where the key is its beginning.
    package var source: OrderSource
    package var key: UInt64
    package var text: [UInt8]

    package init(
        time: Int64, nanoseconds: UInt32, rank: Int, sequence: UInt32,
        source: OrderSource = OrderSource(word: 0), key: UInt64 = 0, text: [UInt8] = []
    ) {
        self.time = time
        self.nanoseconds = nanoseconds
        self.rank = rank
        self.sequence = sequence
        self.source = source
        self.key = key
        self.text = text
    }

    /// Whether it comes before another of its source, by that source's word: numbers before texts.
    fileprivate func isDeclaredBefore(_ other: EventPlace) -> Bool {
        let (isNumber, isOther) = (source.kind == .integer, other.source.kind == .integer)
        if isNumber != isOther { return isNumber }
        if key != other.key {
            return isNumber
                ? Int64(bitPattern: key) < Int64(bitPattern: other.key) : key < other.key
        }
        // A text of eight bytes comes before any longer one that begins with it.
        if source.kind != other.source.kind { return source.kind == .text }
        if text != other.text { return text.lexicographicallyPrecedes(other.text) }
        // Where one order was told twice, as of the events of one row, it decides nothing.
        return isRankedBefore(other)
    }

    /// When it happened, all that is known of it.
    package var instant: (Int64, UInt32) { (time, nanoseconds) }

    /// Whether nothing but their sequences tells which of the two comes first.
    package func isTied(with other: EventPlace) -> Bool {
        guard instant == other.instant, rank == other.rank else { return false }
        guard let source = source.source, source == other.source.source else { return true }
        return hasOrder(of: other)
    }

    /// Whether it and another of its source have one order.
    private func hasOrder(of other: EventPlace) -> Bool {
        source.kind == other.source.kind && key == other.key && text == other.text
    }

    /// Whether its source told, of it and another, that they are two: two orders, which are no places of
    /// rows, part what else could be one change told twice.
    package func isParted(from other: EventPlace) -> Bool {
        guard let source = source.source, source == other.source.source,
            !self.source.isPlace, !other.source.isPlace
        else { return false }
        return !hasOrder(of: other)
    }

    fileprivate func isRankedBefore(_ other: EventPlace) -> Bool {
        (rank, sequence) < (other.rank, other.sequence)
    }
}

/// The order of a case's events.
///
/// A source's order says nothing about the events of others, so that it can't be part of comparing any
/// two events. Within an instant each source's events wait in a queue of its own; of the heads, the one
/// that rank and sequence put first is taken. So all that sources said holds, and rank decides the rest.
package enum EventOrder {
    /// The events of one instant in order, as their places in the list.
    ///
    /// - Complexity: O(events × sources).
    package static func ofInstant(_ events: [EventPlace]) -> [Int] {
        let queues = queues(of: events)
        var heads = [Int](repeating: 0, count: queues.count)
        return events.indices.map { _ in
            var next: (queue: Int, place: Int)?
            for queue in queues.indices where heads[queue] < queues[queue].count {
                let place = queues[queue][heads[queue]]
                if next.map({ events[place].isRankedBefore(events[$0.place]) }) ?? true {
                    next = (queue, place)
                }
            }
            guard let next else { preconditionFailure("as many heads as events") }
            heads[next.queue] += 1
            return next.place
        }
    }

    /// The events of one instant as they wait for each other: first those without an order, by rank,
    /// then each source's in its order.
    static func queues(of events: [EventPlace]) -> [[Int]] {
        // Events of no order hold nothing up, so that one queue of them, by rank, is as good as many.
        var queues: [[Int]] = [
            events.indices.filter { events[$0].source.source == nil }.sorted {
                events[$0].isRankedBefore(events[$1])
            }
        ]
        var queueOfSource: [UInt32: Int] = [:]
        for place in events.indices {
            guard let source = events[place].source.source else { continue }
            if let queue = queueOfSource[source] {
                queues[queue].append(place)
            } else {
                queueOfSource[source] = queues.count
                queues.append([place])
            }
        }
        for queue in queueOfSource.values where queues[queue].count > 1 {
            queues[queue].sort { events[$0].isDeclaredBefore(events[$1]) }
        }
        return queues
    }

    /// Whether nothing but their sequences tells which of two events of an instant comes first, where
    /// the later recorded of the two is among some entries.
    ///
    /// - Parameter events: those of one instant, by sequence.
    /// - Complexity: O(events).
    static func hasTie(_ events: [EventPlace], among entries: Range<UInt32>) -> Bool {
        /// What came before, of one rank.
        final class Earlier {
            /// Orders told, by source; and whether some event has none.
            var told: [UInt32: Set<Told>] = [:]
            var hasUntold = false
        }
        struct Told: Hashable {
            var kind: OrderKey.Kind
            var key: UInt64
            var text: [UInt8]
        }
        var earlier: [Int: Earlier] = [:]
        for event in events {
            let isLater = entries.contains(event.sequence)
            let isFirst = earlier[event.rank] == nil
            let known = earlier[event.rank] ?? Earlier()
            earlier[event.rank] = known
            guard let source = event.source.source else {
                if isLater, !isFirst { return true }
                known.hasUntold = true
                continue
            }
            let told = Told(kind: event.source.kind, key: event.key, text: event.text)
            let isTied =
                known.hasUntold || known.told.contains { $0.key != source }
                || known.told[source]?.contains(told) == true
            if isLater, isTied { return true }
            known.told[source, default: []].insert(told)
        }
        return false
    }

    /// Some events in order.
    package static func sorted<Event>(
        _ events: [Event], by place: (Event) -> EventPlace
    ) -> [Event] {
        let places = events.map(place)
        let byTime = places.indices.sorted { places[$0].instant < places[$1].instant }
        var result: [Event] = []
        result.reserveCapacity(events.count)
        var start = 0
        while start < byTime.count {
            let instant = places[byTime[start]].instant
            var end = start + 1
            while end < byTime.count, places[byTime[end]].instant == instant { end += 1 }
            if end == start + 1 {
                result.append(events[byTime[start]])
            } else {
                let here = Array(byTime[start..<end])
                result += ofInstant(here.map { places[$0] }).map { events[here[$0]] }
            }
            start = end
        }
        return result
    }
}
