package import EventLog
package import EventModel
import Projections

/// The profiles that a log's entries set for one kind of case, read when they are asked for.
///
/// Not shared between threads.
package final class StoreProfiles: CaseProfiles {
    /// Lends a view of the log.
    package typealias Reading = (_ body: (borrowing LogView) throws -> Void) throws -> Void

    /// One event of a profile type.
    private struct Setting {
        var entry: TypedEntry
        /// The type's place among `types`.
        var type: Int
    }

    package let fields: [String]
    package let nameField: String?
    private let kind: String
    private let types: [(id: UInt16, schema: EventSchema)]
    private let allTypes: EventTypes
    private let zone: TimeZoneRules
    private let reading: Reading
    private var settings: (count: UInt32, list: [Setting])?
    private var histories: [String: [String: [ProfileChange]]] = [:]

    /// The profiles of a kind of case; nil where no event type describes such cases.
    package init?(
        of kind: String, types: EventTypes, zone: TimeZoneRules, reading: @escaping Reading
    ) {
        self.types = types.profileTypes(of: kind).compactMap { schema in
            types.id(of: schema.type).map { ($0, schema) }
        }
        guard let first = self.types.first else { return nil }
        fields = types.profileFields(of: kind).map(\.name)
        nameField = first.schema.profileName
        self.kind = kind
        allTypes = types
        self.zone = zone
        self.reading = reading
    }

    package func history(
        of field: String, upTo count: UInt32
    ) throws -> [String: [ProfileChange]] {
        if settings?.count != count { histories = [:] }
        if let known = histories[field] { return known }
        var found: [UInt32: [ProfileChange]] = [:]
        var result: [String: [ProfileChange]] = [:]
        try reading { view in
            let places = types.map { $0.schema.columnIndex(of: field) }
            for setting in try list(upTo: count, in: view) {
                guard let place = places[setting.type],
                    let (value, kind) = try view.value(of: setting.entry, column: place),
                    value != kind.absent
                else { continue }
                let field = types[setting.type].schema.columns[place]
                let text = try StoreProfiles.text(value, kind, field, view)
                let day = zone.day(of: Instant(milliseconds: setting.entry.time))
                found[setting.entry.caseID, default: []].append(
                    ProfileChange(day: day, value: text))
            }
            for (subject, changes) in found.sorted(by: { $0.key < $1.key }) {
                let name = CellTexts.name(ofSubject: try view.subject(ofCase: subject))
                result[name] = Array(inOrder: changes)
            }
        }
        histories[field] = result
        return result
    }

    package func name(of text: String, upTo count: UInt32) throws -> String? {
        var name: String?
        try reading { view in
            guard let id = try view.caseID(kind + "/" + text), try view.hasCase(id, upTo: count)
            else { return }
            name = CellTexts.name(ofSubject: try view.subject(ofCase: id))
        }
        return name
    }

    /// The events that set profiles, those of a case in the order they happened; voided ones left out.
    ///
    /// - Complexity: O(entries), two bytes of each in the segments that hold such events.
    private func list(upTo count: UInt32, in view: borrowing LogView) throws -> [Setting] {
        if let settings, settings.count == count { return settings.list }
        var list: [Setting] = []
        let voided = Set(try view.voids().filter { $0.by < count }.map(\.voided))
        for (place, type) in types.enumerated() {
            list += try view.entries(ofType: type.id, upTo: count).map {
                Setting(entry: $0, type: place)
            }
        }
        list.removeAll { voided.contains($0.entry.sequence) }
        if types.contains(where: { $0.schema.subjectKinds != [kind] }) {
            var others: Set<UInt32> = []
            for setting in list
            where try !view.subject(ofCase: setting.entry.caseID).utf8.starts(
                with: (kind + "/").utf8)
            {
                others.insert(setting.entry.sequence)
            }
            list.removeAll { others.contains($0.entry.sequence) }
        }
        let byCase = Dictionary(grouping: list, by: \.entry.caseID)
        list = try byCase.sorted { $0.key < $1.key }.flatMap { _, settings in
            guard settings.count > 1 else { return settings }
            let bySequence = Dictionary(
                settings.map { ($0.entry.sequence, $0) }, uniquingKeysWith: { $1 })
            return try view.inOrder(
                peers(of: settings, upTo: count, voided, view), types: allTypes
            ).compactMap {
                bySequence[$0]
            }
        }
        settings = (count, list)
        return list
    }

    /// The events of a case whose order tells that of some of them: others may wait for one that sets
    /// no profile, where two are of one instant.
    private func peers(
        of settings: [Setting], upTo count: UInt32, _ voided: Set<UInt32>, _ view: borrowing LogView
    ) throws -> [UInt32] {
        let instants = Set(settings.map { [$0.entry.time, Int64($0.entry.nanoseconds)] })
        guard instants.count < settings.count else { return settings.map(\.entry.sequence) }
        return try view.caseHistory(settings[0].entry.caseID).filter {
            $0 < count && !voided.contains($0)
        }
    }

    private static func text(
        _ value: Int64, _ kind: ColumnKind, _ field: FieldSchema, _ view: borrowing LogView
    ) throws -> String {
        switch kind {
        case .name: return try view.name(UInt32(value))
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
