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

    /// Where some events stand among others of their cases.
    ///
    /// - Complexity: O(events).
    package func places(
        of sequences: some Sequence<UInt32>, types: EventTypes
    ) throws -> [EventPlace] {
        var walk = try segmentWalk()
        return try sequences.map { try place(of: $0, types, &walk) }
    }

    private func place(
        of sequence: UInt32, _ types: EventTypes, _ walk: inout SegmentWalk
    ) throws -> EventPlace {
        let segment = try walk.segment(containing: sequence).segment
        let row = Int(sequence - segment.first)
        var place = EventPlace(
            time: segment.times[row], nanoseconds: segment.nanoseconds?[row] ?? 0,
            rank: rank(of: row, in: segment, types), sequence: sequence)
        guard let orders = segment.orders else { return place }
        place.source = OrderSource(word: orders.sources[row])
        place.key = orders.keys[row]
        if place.source.kind == .prefix { place.text = try sourceOrder(of: sequence) }
        return place
    }

    private func rank(of row: Int, in segment: ColumnSegment, _ types: EventTypes) -> Int {
        let type = segment.types[row]
        guard Int(type) < types.schemas.count else { return EventSchema.middleRank }
        let schema = types.schemas[Int(type)]
        guard let column = schema.columns.firstIndex(where: { !$0.ranks.isEmpty }) else {
            return schema.rank
        }
        let ranks = schema.columns[column].ranks
        let ordinal = Int(segment.ordinals[row])
        let code = segment.column(type: type, index: column)?.codes.map { Int($0[ordinal]) } ?? 0
        return code > 0 && code <= ranks.count ? ranks[code - 1] : schema.rank
    }

    /// The order of an event's source as its entry has it: a text that is longer than its key.
    ///
    /// - Complexity: O(bundle).
    package func sourceOrder(of sequence: UInt32) throws -> [UInt8] {
        let entry = try JSONValue(parsing: String(decoding: entry(sequence), as: UTF8.self))
        guard case .object(let members) = entry else { return [] }
        for key in ["rekamorder", "sequence"] {
            if case .string(let text)? = members.first(where: { $0.key == key })?.value {
                return Array(text.utf8)
            }
        }
        return []
    }
}
