package import EventModel

/// Entries that nothing but the order of recording tells apart, where it decides what a field of their
/// case is at the end of a day.
package struct ProfileTie: Hashable, Sendable {
    /// The one that counts, and one that would in another order.
    package var entries: [UInt32]
    /// The kind of case and the field: `agent.department`.
    package var field: String
}

extension LogView {
    /// Ties of the events that set a case's profile (`x-profile`): of one instant, the last ones of
    /// their day, that say different things of a field.
    ///
    /// - Parameters:
    ///   - entries: among which the later recorded of a tie's two events is.
    ///   - count: how many entries of the log count, but for those voided.
    ///   - zone: whose days count.
    /// - Complexity: O(entries of the case), and for each instant with several of such events what
    ///   `RecordableOrders` says.
    package func profileTies(
        ofCase id: UInt32, among entries: Range<UInt32>, upTo count: UInt32,
        _ voided: Set<UInt32>, zone: TimeZoneRules
    ) throws -> [ProfileTie] {
        let kind = try kind(ofCase: id)
        let profiles = types.profileTypes(of: kind).compactMap { types.id(of: $0.type) }
        guard !profiles.isEmpty else { return [] }
        let history = try caseHistory(id).filter { $0 < count && !voided.contains($0) }
        var settings: [UInt32: TypedEntry] = [:]
        for sequence in history {
            let entry = try typed(sequence)
            if profiles.contains(entry.type) { settings[sequence] = entry }
        }
        let instants = Dictionary(grouping: settings.values) { [$0.time, Int64($0.nanoseconds)] }
        guard instants.count < settings.count else { return [] }
        let places = Dictionary(
            grouping: try places(of: history, types: types)
        ) { [$0.instant.0, Int64($0.instant.1)] }
        var ties: [ProfileTie] = []
        for (instant, alike) in instants.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
        where alike.count > 1 && alike.contains(where: { entries.contains($0.sequence) }) {
            let here = places[instant] ?? []
            let orders = RecordableOrders(
                of: here,
                isMoot: here.map { settings[$0.sequence] == nil && $0.source.source == nil },
                kinds: Array(here.indices), most: 64
            ).orders.map { $0.map { here[$0].sequence } }
            for field in types.profileFields(of: kind) {
                let values = try values(of: field.name, settings)
                let day = zone.day(of: Instant(milliseconds: instant[0]))
                let isLast = !values.keys.contains { sequence in
                    guard let other = settings[sequence] else { return false }
                    return instant.lexicographicallyPrecedes(
                        [other.time, Int64(other.nanoseconds)])
                        && zone.day(of: Instant(milliseconds: other.time)) == day
                }
                let lasts = orders.compactMap { $0.last { values[$0] != nil } }
                guard isLast, let last = lasts.first,
                    let other = try lasts.first(where: {
                        try values[$0] != values[last]
                            && said(values[$0], field.name, settings[$0])
                                != said(values[last], field.name, settings[last])
                    })
                else { continue }
                ties.append(ProfileTie(entries: [last, other], field: "\(kind).\(field.name)"))
            }
        }
        return ties
    }

    /// What some entries set a field to, by sequence; those that don't set it left out.
    private func values(
        of field: String, _ settings: [UInt32: TypedEntry]
    ) throws -> [UInt32: Int64] {
        try settings.compactMapValues { try value(of: $0, field) }
    }

    /// What an entry sets a field to, as people read it: one personal text has many tokens.
    private func said(_ value: Int64?, _ field: String, _ entry: TypedEntry?) throws -> String? {
        guard let value, let entry,
            let column = types.schemas[Int(entry.type)].columnIndex(of: field)
        else { return nil }
        guard case .text = types.schemas[Int(entry.type)].columns[column].kind else {
            return String(value)
        }
        return try name(UInt32(value))
    }

    /// Whether an entry says something of a field that is a column of its type.
    package func sets(_ sequence: UInt32, _ field: String) throws -> Bool {
        try value(of: typed(sequence), field) != nil
    }

    private func value(of entry: TypedEntry, _ field: String) throws -> Int64? {
        guard let column = types.schemas[Int(entry.type)].columnIndex(of: field),
            let (value, kind) = try value(of: entry, column: column), value != kind.absent
        else { return nil }
        return value
    }

    private func typed(_ sequence: UInt32) throws -> TypedEntry {
        let segment = try segment(containing: sequence)
        let row = Int(sequence - segment.first)
        return TypedEntry(row, of: segment)
    }
}
