public import EventModel

extension DefinitionRegister {
    /// The store's zone, whose days the figures count: the first one that the log registered. Later
    /// ones belong to calendars.
    public var storeTimeZone: TimeZoneRules? {
        let first = changes.first { $0.kind == "time_zone" && $0.action == .registered }
        return first.flatMap { TimeZoneRules(body: $0.body) }
    }

    /// A zone's rules as the log had them before an entry: those registered last.
    public func zone(_ name: String, before sequence: UInt32 = .max) -> DefinitionChange? {
        changes.last {
            $0.kind == "time_zone" && $0.action == .registered && $0.name == name
                && $0.sequence < sequence
        }
    }

    /// The name of the store's own calendar: the one chosen last that is in force; nil where there is
    /// none. Taking a version of a calendar back chooses none.
    public var standardCalendar: String? {
        let promoted = changes.last {
            $0.kind == "calendar" && $0.action == .promoted && $0.undoes == nil
                && live("calendar", $0.name) != nil
        }
        return promoted?.name
    }
}
