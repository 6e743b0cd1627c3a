package import Definitions
package import EventLog
import EventModel

extension LogView {
    /// Events that call a calendar by one of some names, in a field that says by whose business time
    /// projections count; and those projections, by name.
    ///
    /// Events that were taken out of the log count nowhere.
    ///
    /// - Complexity: O(entries), two bytes of each, and O(events of the types that name calendars).
    package func events(
        namingCalendars names: [String], for projections: [ProjectionDefinition]
    ) throws -> (count: Int, projections: [String]) {
        let ids = Set(try names.flatMap { try nameIDs($0) }.map { Int64($0) })
        guard !ids.isEmpty else { return (0, []) }
        var found: Set<UInt32> = []
        var naming: [String] = []
        for projection in projections {
            var entries: Set<UInt32> = []
            for case .field(let reference)? in projection.durations.map(\.calendar) {
                for type in projection.eventTypes(of: reference.binding) {
                    entries.formUnion(try self.entries(type, naming: ids, in: reference.field))
                }
            }
            if !entries.isEmpty { naming.append(projection.name) }
            found.formUnion(entries)
        }
        return (found.count, naming.sorted())
    }

    private func entries(
        _ typeName: String, naming ids: Set<Int64>, in field: String
    ) throws -> [UInt32] {
        guard let type = types.id(of: typeName),
            let column = types.schemas[Int(type)].columns.firstIndex(where: { $0.name == field })
        else { return [] }
        return try entries(ofType: type, upTo: entryCount).filter { entry in
            let value = try value(of: entry, column: column)
            guard let value, value.kind == .name, ids.contains(value.value) else { return false }
            return try !isVoided(entry.sequence)
        }.map(\.sequence)
    }
}
