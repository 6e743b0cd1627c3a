/// The orders that the events of one instant could stand in, had they been recorded in other orders.
///
/// As in `EventOrder`, each source's events wait in a queue and of the heads the one of the least rank
/// goes next. Where several have that rank only recording tells, so that each of them may: recorded in
/// the order that comes of it, they stand in it.
package struct RecordableOrders {
    /// Places in the list of events; the first order is, or comes to the same as, the one they have.
    package private(set) var orders: [[Int]] = []
    /// Whether there are no others.
    package private(set) var isAll = true

    private let events: [EventPlace]
    /// Places of events: first those without an order, then each source's in its order.
    private let queues: [[Int]]
    private let isMoot: [Bool]
    private let kinds: [Int]
    private let most: Int
    private var isTaken: [Bool]
    private var order: [Int] = []

    /// Events of one instant, at most.
    private static let mostEvents = 64

    /// Finds them.
    ///
    /// - Parameters:
    ///   - isMoot: by event, whether it matters to nothing where it stands; only of events without an
    ///     order of their source.
    ///   - most: orders that are kept, at most; from 1.
    ///   - kinds: by event, a number that those have in common which differ in nothing but their
    ///     recording, and in what their source says of their order.
    /// - Complexity: O(most × events²); of more than 64 events none are looked for.
    package init(
        of events: [EventPlace], isMoot: [Bool], kinds: [Int], most: Int
    ) {
        precondition(
            isMoot.count == events.count && kinds.count == events.count && most > 0)
        self.events = events
        self.isMoot = isMoot
        self.most = most
        self.kinds = kinds
        isTaken = Array(repeating: false, count: events.count)
        queues = EventOrder.queues(of: events)
        guard events.count <= Self.mostEvents else {
            isAll = false
            return
        }
        extend()
    }

    private mutating func extend() {
        guard order.count < events.count else {
            orders.append(order)
            return
        }
        var tried: [Int] = []
        for head in heads() where !tried.contains(where: { isSame($0, head) }) {
            guard orders.count < most else {
                isAll = false
                return
            }
            tried.append(head)
            isTaken[head] = true
            order.append(head)
            extend()
            order.removeLast()
            isTaken[head] = false
        }
    }

    /// Which events may go next, by their recording; one that is moot goes by itself.
    private func heads() -> [Int] {
        var heads: [Int] = queues[0].filter { !isTaken[$0] }
        for queue in queues.dropFirst() {
            let rest = queue.filter { !isTaken[$0] }
            heads += rest.prefix { events[$0].isTied(with: events[rest[0]]) }
        }
        let least = heads.lazy.map { events[$0].rank }.min()
        heads = heads.filter { events[$0].rank == least }
        if let moot = heads.first(where: { isMoot[$0] }) { return [moot] }
        return heads.sorted { events[$0].sequence < events[$1].sequence }
    }

    /// Whether it is the same which of two heads goes first.
    private func isSame(_ left: Int, _ right: Int) -> Bool {
        events[left].source.source == events[right].source.source && kinds[left] == kinds[right]
    }
}
