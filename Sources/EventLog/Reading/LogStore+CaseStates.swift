public import EventModel

extension LogStore: CaseStates {
    /// The values in force in a case just before an instant; see `CaseStates`.
    public func values(
        of fields: [CaseField], inCase subject: String, before time: Instant
    ) throws -> [String?]? {
        try read { view in try view.values(of: fields, inCase: subject, before: time) }
    }
}

extension LogView {
    /// The values in force in a case just before an instant; see `CaseStates`.
    ///
    /// - Complexity: O(events of the case), and a bundle for each value of a field without column.
    public func values(
        of fields: [CaseField], inCase subject: String, before time: Instant
    ) throws -> [String?]? {
        guard let id = try caseID(subject) else { return nil }
        let wanted = fields.map { FieldPlaces($0, types) }
        var best: [(time: SentTime, sequence: UInt32, text: String)?] = Array(
            repeating: nil, count: fields.count)
        let voidType = types.id(of: TypeLayout.voidTypeName)
        var hasEvent = false
        var segment: ColumnSegment?
        for sequence in try caseHistory(id) {
            if segment.map({ Int(sequence - $0.first) >= $0.count }) ?? true {
                segment = try self.segment(containing: sequence)
            }
            guard let segment else { continue }
            let row = Int(sequence - segment.first)
            let happened = SentTime(
                Instant(milliseconds: segment.times[row]),
                nanoseconds: segment.nanoseconds?[row] ?? 0)
            let type = segment.types[row]
            guard happened.instant < time, type != voidType, try !isVoided(sequence) else {
                continue
            }
            hasEvent = true
            for (index, places) in wanted.enumerated() {
                // Sequences ascend, so an equal time means a later event.
                guard let place = places.byType[type],
                    best[index].map({ $0.time <= happened }) ?? true,
                    let text = try value(at: place, type, row, segment, sequence)
                else { continue }
                best[index] = (happened, sequence, text)
            }
        }
        return hasEvent ? best.map { $0?.text } : nil
    }

    private func value(
        at place: FieldPlaces.Place, _ type: UInt16, _ row: Int, _ segment: ColumnSegment,
        _ sequence: UInt32
    ) throws -> String? {
        guard let column = place.column else {
            let entry = try revealedEntry(sequence)
            guard let data = CanonicalJSON.member("data", of: 0..<entry.count, in: entry.span),
                let raw = CanonicalJSON.member(place.field.name, of: data, in: entry.span)
            else { return nil }
            return CanonicalJSON.text(raw, in: entry.span)
        }
        guard let values = segment.column(type: type, index: column) else { return place.absent }
        let value = values[Int(segment.ordinals[row])]
        guard value != values.kind.absent else { return place.absent }
        switch values.kind {
        case .name: return try name(UInt32(value))
        case .enumeration:
            guard case .enumeration(let words) = place.field.kind, Int(value) <= words.count else {
                throw damage("segments", sequence, "a value lies outside its enumeration")
            }
            return words[Int(value) - 1]
        case .boolean: return value == 2 ? "true" : "false"
        case .integer: return String(value)
        case .day: return Day(number: Int32(truncatingIfNeeded: value)).description
        }
    }
}

/// Where the types that set a field keep it.
private struct FieldPlaces {
    struct Place {
        var field: FieldSchema
        /// Nil for a field that is only in the entry.
        var column: Int?
        /// What an event without the field reads as.
        var absent: String?
    }

    var byType: [UInt16: Place] = [:]

    init(_ wanted: CaseField, _ types: EventTypes) {
        for type in wanted.types {
            guard let id = types.id(of: type), let schema = types[type],
                let field = schema.field(named: wanted.name)
            else { continue }
            let column = schema.columnIndex(of: wanted.name)
            byType[id] = Place(
                field: field, column: column,
                absent: column.flatMap { schema.defaultValue(ofColumn: $0)?.text })
        }
    }
}
