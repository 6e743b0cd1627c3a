public import EventModel

/// What the log holds of one field of one event type.
public struct FieldStatistics: Sendable {
    /// The field.
    public var field: FieldSchema
    /// Events that have it; nil where it is kept in the entries alone and nobody has counted.
    public var present: Int?
    /// Its most common values with how often they occur, most first: names, words, true and false.
    public var common: [(value: String, count: Int)] = []
    /// How many different values there are; for names, words, true and false.
    public var different = 0
    /// Least and greatest of a number or date; nil where there is none.
    public var bounds: (least: Int64, greatest: Int64)?
}

/// What the log holds of one event type.
public struct TypeStatistics: Sendable {
    /// The type.
    public var schema: EventSchema
    /// Its events.
    public var count: Int
    /// Its fields, by name; none where they are withheld.
    public var fields: [FieldStatistics]
    /// Whether nothing is told of its fields: it tells of the rounds of a survey, or of people who are
    /// not to be known, and the rarest value would be somebody's.
    public var isWithheld = false
}

extension LogStore {
    /// Counts types, fields and values, so that somebody sees what there is to measure. Reads the
    /// columns one after another, in read transactions well below a second.
    ///
    /// - Parameters:
    ///   - type: only this one; nil for all that have events.
    ///   - values: common values to name of each field.
    /// - Complexity: O(events × their columns); memory O(names).
    public func fieldStatistics(
        of type: String? = nil, values: Int = 5
    ) throws -> [TypeStatistics] {
        let (count, nameCount, known) = try read { view in
            (view.entryCount, try view.soundCounts().names, try view.statistics().types)
        }
        var found: [TypeStatistics] = []
        for (name, _) in known where type == nil || name == type {
            guard let id = types.id(of: name) else { continue }
            let schema = types.schemas[Int(id)]
            var statistics = TypeStatistics(schema: schema, count: 0, fields: [])
            statistics.isWithheld = try read { try $0.tellsOfAnonymous(id) }
            for field in schema.fields where !statistics.isWithheld {
                guard let index = schema.columnIndex(of: field.name) else {
                    statistics.fields.append(FieldStatistics(field: field, present: nil))
                    continue
                }
                var counter = ColumnCounter(field, nameCount: nameCount)
                try forEachStretch(of: count) { segments in
                    for segment in segments {
                        if let column = segment.column(type: id, index: index) {
                            counter.count(column)
                        }
                    }
                }
                statistics.fields.append(
                    try read { try counter.statistics(values: values, in: $0) })
            }
            try forEachStretch(of: count) { segments in
                for segment in segments { statistics.count += segment.rowCount(ofType: id) }
            }
            found.append(statistics)
        }
        return found
    }

    /// Lends segments, a million entries at a time; the last with all that came in since.
    private func forEachStretch(
        of count: UInt32, _ body: ([ColumnSegment]) throws -> Void
    ) throws {
        let stretch = UInt32(16 * Segmentation.finalRows)
        var first: UInt32 = 0
        while first < count {
            // Whole final segments, which no longer change.
            let isLast = UInt64(first) + UInt64(stretch) >= UInt64(count)
            try read { view in
                let end = isLast ? view.entryCount : first + stretch
                try body(try view.segments(covering: first..<end))
            }
            if isLast { break }
            first += stretch
        }
    }
}

extension LogView {
    /// Whether a type's events are about rounds, or about people who are not to be known; of a type
    /// for any case, whether some are.
    fileprivate func tellsOfAnonymous(_ type: UInt16) throws -> Bool {
        let schema = types.schemas[Int(type)]
        if schema.fields.contains(where: { $0.round != nil }) { return true }
        guard schema.subjectKinds.isEmpty else {
            return !EventTypes.anonymousKinds.isDisjoint(with: schema.subjectKinds)
        }
        return try !anonymousEntries(ofType: type, upTo: entryCount).isEmpty
    }
}

/// Counts the values of one column.
private struct ColumnCounter {
    private let field: FieldSchema
    private var present = 0
    /// By name id or code.
    private var counts: [Int]
    private var least = Int64.max
    private var greatest = Int64.min

    init(_ field: FieldSchema, nameCount: Int) {
        self.field = field
        switch field.column {
        case .name: counts = Array(repeating: 0, count: nameCount)
        case .enumeration, .boolean: counts = Array(repeating: 0, count: 256)
        default: counts = []
        }
    }

    mutating func count(_ column: FieldColumn) {
        let absent = column.kind.absent
        for ordinal in 0..<column.count {
            let value = column[ordinal]
            guard value != absent else { continue }
            present += 1
            if counts.isEmpty {
                least = min(least, value)
                greatest = max(greatest, value)
            } else if value < Int64(counts.count) {
                // A name that came in since has no place yet.
                counts[Int(value)] += 1
            }
        }
    }

    func statistics(values: Int, in view: borrowing LogView) throws -> FieldStatistics {
        var statistics = FieldStatistics(field: field, present: present)
        if counts.isEmpty {
            if present > 0 { statistics.bounds = (least, greatest) }
            return statistics
        }
        let used = counts.indices.filter { counts[$0] > 0 }
        statistics.different = used.count
        let common = used.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(values)
        statistics.common = try common.map { (try text($0, in: view), counts[$0]) }
        return statistics
    }

    private func text(_ value: Int, in view: borrowing LogView) throws -> String {
        switch field.kind {
        case .enumeration(let words): value <= words.count ? words[value - 1] : "?"
        case .boolean: value == 2 ? "true" : "false"
        default: try view.name(UInt32(value))
        }
    }
}
