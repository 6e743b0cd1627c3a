package import EventModel

extension LogView {
    /// Some events of one case in the order they happened: see `EventOrder`.
    ///
    /// - Parameter types: the event types at the state of the log that is asked about.
    /// - Complexity: O(events × log events).
    package func inOrder(
        _ sequences: some Sequence<UInt32>, types: EventTypes
    ) throws -> [UInt32] {
        EventOrder.sorted(try places(of: sequences, types: types)) { $0 }.map(\.sequence)
    }

    /// Where some events stand among others of their cases: all that tells them in order.
    ///
    /// - Complexity: O(events).
    package func places(
        of sequences: some Sequence<UInt32>, types: EventTypes
    ) throws -> [EventPlace] {
        var walk = try segmentWalk()
        let ranks = EventRanks(types)
        return try sequences.map { try place(of: $0, ranks, &walk) }
    }

    /// Those of some entries that have an order of their source, with their times.
    ///
    /// - Complexity: O(entries).
    package func orders(
        of sequences: some Sequence<UInt32>
    ) throws -> [(sequence: UInt32, time: SentTime, order: OrderKey)] {
        var walk = try segmentWalk()
        var found: [(sequence: UInt32, time: SentTime, order: OrderKey)] = []
        for sequence in sequences {
            let segment = try walk.segment(containing: sequence).segment
            let row = Int(sequence - segment.first)
            let order = segment.order(of: row)
            guard order.kind != .none else { continue }
            let time = SentTime(
                Instant(milliseconds: segment.times[row]),
                nanoseconds: segment.nanoseconds?[row] ?? 0)
            found.append((sequence, time, order))
        }
        return found
    }

    /// Where an event stands among others of its case.
    ///
    /// - Parameter readsTexts: whether orders longer than their keys are read from their entries; else
    ///   such rows of one key look alike.
    func place(
        of sequence: UInt32, _ ranks: EventRanks, _ walk: inout SegmentWalk,
        readsTexts: Bool = true
    ) throws -> EventPlace {
        let segment = try walk.segment(containing: sequence).segment
        let row = Int(sequence - segment.first)
        var place = EventPlace(
            time: segment.times[row], nanoseconds: segment.nanoseconds?[row] ?? 0,
            rank: ranks.rank(of: row, in: segment), sequence: sequence)
        guard let orders = segment.orders else { return place }
        place.source = OrderSource(word: orders.sources[row])
        place.key = orders.keys[row]
        if readsTexts, place.source.kind == .prefix { place.text = try sourceOrder(of: sequence) }
        return place
    }

    /// The order of an event's source as its entry has it: a text that is longer than its key.
    ///
    /// - Complexity: O(bundle).
    package func sourceOrder(of sequence: UInt32) throws -> [UInt8] {
        let entry = try JSONValue(parsing: String(decoding: entry(sequence), as: UTF8.self))
        guard case .object(let members) = entry else { return [] }
        for key in ["rekamorder", "rekamplace", "sequence"] {
            if case .string(let text)? = members.first(where: { $0.key == key })?.value {
                return Array(text.utf8)
            }
        }
        return []
    }
}

/// Where events of each type stand among those of one instant: see `EventSchema.rank`.
struct EventRanks {
    /// By type: its rank, and where a field's words have ranks of their own, its column and these.
    private let usual: [Int]
    private let columns: [(index: Int, ranks: [Int])?]

    init(_ types: EventTypes) {
        usual = types.schemas.map(\.rank)
        columns = types.schemas.map { schema in
            schema.columns.firstIndex { !$0.ranks.isEmpty }.map { ($0, schema.columns[$0].ranks) }
        }
    }

    func rank(of row: Int, in segment: ColumnSegment) -> Int {
        let type = segment.types[row]
        guard Int(type) < usual.count else { return EventSchema.middleRank }
        guard let (index, ranks) = columns[Int(type)] else { return usual[Int(type)] }
        let ordinal = Int(segment.ordinals[row])
        let code = segment.column(type: type, index: index)?.codes.map { Int($0[ordinal]) } ?? 0
        return code > 0 && code <= ranks.count ? ranks[code - 1] : usual[Int(type)]
    }
}
