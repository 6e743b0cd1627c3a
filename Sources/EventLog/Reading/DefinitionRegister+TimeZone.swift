public import EventModel

extension DefinitionRegister {
    /// The store's zone, whose days the figures count: the first one that the log registered. Later
    /// ones belong to calendars.
    public var storeTimeZone: TimeZoneRules? {
        let first = changes.first { $0.kind == "time_zone" && $0.action == .registered }
        return first.flatMap { TimeZoneRules(body: $0.body) }
    }
}
