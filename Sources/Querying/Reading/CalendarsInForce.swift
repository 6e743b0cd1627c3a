import Definitions
package import EventLog

/// The calendars that a log's definitions put in force, as far as an answer says which it counts by.
package struct CalendarsInForce {
    /// By name.
    private let all: [CalendarVersion]
    /// The store's own.
    private let standard: CalendarVersion?

    /// - Complexity: O(calendars); no body is read.
    package init(_ register: DefinitionRegister) {
        all = register.live("calendar").map {
            CalendarVersion(name: $0.name, version: Int($0.version))
        }.sorted()
        let name = register.standardCalendar
        standard = all.first { $0.name == name }
    }

    /// Those by which some lengths of time may be counted: the one named, or the store's; all of
    /// them where events name theirs.
    func counted(by durations: [Definitions.Duration]) -> [CalendarVersion] {
        var found: Set<CalendarVersion> = []
        for duration in durations where duration.clock == .business {
            switch duration.calendar {
            case .named(let name): found.formUnion(all.filter { $0.name == name })
            case .field: found.formUnion(all)
            case nil: if let standard { found.insert(standard) }
            }
        }
        return found.sorted()
    }
}
