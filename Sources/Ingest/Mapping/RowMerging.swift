internal import EventModel

// Rows that told one update field by field become one event.
extension RowEvents {
    /// The events of some rows of one update, in which those of one type and time are one where they
    /// come from different rows and each adds fields of its own. A field that comes twice is two
    /// changes: then none of them is merged, whatever the order of the rows.
    ///
    /// - Complexity: O(drafts²) for the few of an update.
    mutating func merged(_ result: Result, _ events: [EventSpec]) -> [EventDraft] {
        guard result.rows > 1 else { return result.drafts }
        var groups: [[Int]] = []
        for (place, draft) in result.drafts.enumerated() {
            // The same row twice, as where exports that overlap were joined.
            let isKnown = result.drafts[..<place].contains { $0.isSame(as: draft) }
            if isKnown { continue }
            let group = groups.firstIndex { result.drafts[$0[0]].isOfOneKind(with: draft) }
            if let group { groups[group].append(place) } else { groups.append([place]) }
        }
        return groups.flatMap { group -> [EventDraft] in
            let drafts = group.map { result.drafts[$0] }
            let origins = group.map { result.origins[$0] }
            guard drafts.count > 1, Self.isOneUpdate(drafts, origins, events) else {
                return drafts
            }
            return [merged(drafts, isStated: events[origins[0].event].id != nil)]
        }
    }

    /// Whether events of one type and time, none of them twice, are one update.
    static func isOneUpdate(
        _ drafts: [EventDraft], _ origins: [(event: Int, row: Int)], _ events: [EventSpec]
    ) -> Bool {
        guard Set(origins.map(\.row)).count == drafts.count else { return false }
        let stated = Set(zip(drafts, origins).map { events[$1.event].id == nil ? "" : $0.id })
        guard stated.count == 1 else { return false }
        var own: Set<String> = []
        var shared: [String: FieldValue] = [:]
        for (draft, origin) in zip(drafts, origins) {
            let ownNames = Set(events[origin.event].fields.filter(\.isOwn).map(\.name))
            var hasOwn = false
            for field in draft.fields {
                if ownNames.contains(field.name) {
                    guard own.insert(field.name).inserted else { return false }
                    hasOwn = true
                } else if shared.updateValue(field.value, forKey: field.name) ?? field.value
                    != field.value
                {
                    return false
                }
            }
            guard hasOwn else { return false }
        }
        return own.isDisjoint(with: shared.keys)
    }

    private mutating func merged(_ drafts: [EventDraft], isStated: Bool) -> EventDraft {
        var merged = drafts[0]
        for draft in drafts.dropFirst() {
            for field in draft.fields { merged.set(field.name, field.value) }
            if let order = draft.order,
                RowPlace(time: SentTime(draft.time), order: order)
                    .isBefore(RowPlace(time: SentTime(draft.time), order: merged.order))
            {
                merged.order = order
            }
        }
        merged.fields.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        if !isStated { merged.id = id(ofAll: drafts.map(\.id)) }
        return merged
    }
}

extension EventDraft {
    /// Whether another draft tells of the same update.
    func isOfOneKind(with other: EventDraft) -> Bool {
        type == other.type && time == other.time && nanoseconds == other.nanoseconds
    }

    /// Whether another draft is the same event, wherever its row stands.
    func isSame(as other: EventDraft) -> Bool {
        id == other.id && type == other.type && fields == other.fields
    }
}
