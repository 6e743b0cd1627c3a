import EventLog
package import EventModel

/// The profiles that a log's entries set for one kind of case, read when they are asked for.
///
/// Not shared between threads; valid as long as its view.
package final class StoreProfiles: CaseProfiles {
    /// One event of a profile type.
    private struct Setting {
        var time: Int64
        var sequence: UInt32
        var subject: UInt32
        /// The type's place among `types`, and the row among those of its segment.
        var type: Int
        var ordinal: Int
        var segment: Int
    }

    package let fields: [String]
    package let nameField: String?
    private let kind: String
    private let log: SharedView
    private let zone: TimeZoneRules
    private let types: [EventSchema]
    private var settings: (count: UInt32, list: [Setting], segments: [ColumnSegment])?

    /// The profiles of a kind of case; nil where no event type describes such cases.
    package init?(of kind: String, log: SharedView, zone: TimeZoneRules) {
        types = log.view.types.profileTypes(of: kind)
        guard let first = types.first else { return nil }
        fields = log.view.types.profileFields(of: kind).map(\.name)
        nameField = first.profileName
        self.kind = kind
        self.log = log
        self.zone = zone
    }

    /// Looks profiles up by kind of case, each read once.
    package static func byKind(
        _ log: SharedView, _ zone: TimeZoneRules
    ) -> (String) throws -> (any CaseProfiles)? {
        var known: [String: StoreProfiles?] = [:]
        return { kind in
            if let found = known[kind] { return found }
            let profiles = StoreProfiles(of: kind, log: log, zone: zone)
            known[kind] = .some(profiles)
            return profiles
        }
    }

    package func history(
        of field: String, upTo count: UInt32
    ) throws -> [String: [ProfileChange]] {
        let places = types.map { $0.columnIndex(of: field) }
        var found: [UInt32: [ProfileChange]] = [:]
        let (list, segments) = try read(upTo: count)
        for setting in list {
            guard let place = places[setting.type],
                let id = log.view.types.id(of: types[setting.type].type),
                let column = segments[setting.segment].column(type: id, index: place)
            else { continue }
            let value = column[setting.ordinal]
            guard value != column.kind.absent else { continue }
            let text = try text(value, column.kind, types[setting.type].columns[place])
            let day = zone.day(of: Instant(milliseconds: setting.time))
            found[setting.subject, default: []].append(ProfileChange(day: day, value: text))
        }
        var result: [String: [ProfileChange]] = [:]
        for (subject, changes) in found {
            let name = try log.view.subject(ofCase: subject).dropFirst(kind.utf8.count + 1)
            result[String(name)] = Array(inOrder: changes)
        }
        return result
    }

    /// The events that set profiles, by time, then sequence; voided ones left out.
    ///
    /// - Complexity: O(entries), two bytes of each in the segments that hold such events.
    private func read(upTo count: UInt32) throws -> ([Setting], [ColumnSegment]) {
        if let settings, settings.count == count { return (settings.list, settings.segments) }
        let log = log
        var segments: [ColumnSegment] = []
        var list: [Setting] = []
        let wanted = types.map { log.view.types.id(of: $0.type) }
        let voided = Set(try log.view.voids().filter { $0.by < count }.map(\.voided))
        for segment in try log.view.segments(covering: 0..<count) {
            var isUsed = false
            for (place, type) in wanted.enumerated() {
                guard let type else { continue }
                var left = segment.rowCount(ofType: type)
                if left == 0 { continue }
                isUsed = true
                segment.types.withSpan { codes in
                    var row = 0
                    while left > 0, row < codes.count {
                        if codes[row] == type {
                            left -= 1
                            list.append(
                                Setting(
                                    time: segment.times[row],
                                    sequence: segment.first + UInt32(row),
                                    subject: segment.cases[row], type: place,
                                    ordinal: Int(segment.ordinals[row]), segment: segments.count))
                        }
                        row += 1
                    }
                }
            }
            if isUsed { segments.append(segment) }
        }
        list.removeAll { $0.sequence >= count || voided.contains($0.sequence) }
        if types.contains(where: { $0.subjectKinds != [kind] }) {
            try list.removeAll { try !log.view.subject(ofCase: $0.subject).hasPrefix(kind + "/") }
        }
        list.sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        settings = (count, list, segments)
        return (list, segments)
    }

    private func text(_ value: Int64, _ kind: ColumnKind, _ field: FieldSchema) throws -> String {
        switch kind {
        case .name: return try log.view.name(UInt32(value))
        case .enumeration:
            guard case .enumeration(let words) = field.kind, Int(value) <= words.count else {
                return ""
            }
            return words[Int(value) - 1]
        case .boolean: return value == 2 ? "true" : "false"
        case .integer: return String(value)
        case .day: return Day(number: Int32(truncatingIfNeeded: value)).description
        }
    }
}
