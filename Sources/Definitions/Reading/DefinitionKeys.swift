/// The keys that definition files may have, for comparing them with the schemas that editors use.
package enum DefinitionKeys {
    /// Of a projection.
    package static let projection = ProjectionReader.keys
    /// Of a binding under `let`.
    package static let binding =
        ProjectionReader.selectorKeys + ["where"] + ProjectionReader.windowKeys
    /// Of a length of time.
    package static let duration = ProjectionReader.durationKeys
    /// Of a stock.
    package static let stock = ProjectionReader.stockKeys
    /// Of how facts are cut into parts.
    package static let split = ProjectionReader.splitKeys
    /// Of a fact of each event, and of the rounds it may have.
    package static let each = ProjectionReader.eachKeys
    package static let round = ProjectionReader.roundKeys
    /// Of a test under `where`.
    package static let test = ProjectionReader.testKeys
    /// Of an example.
    package static let example = ExampleReader.keys
    /// Of a KPI.
    package static let kpi = KPIReader.keys
    /// Of a calendar.
    package static let calendar = CalendarReader.keys
    /// Of a calendar's change, and of its holidays.
    package static let calendarChange = CalendarReader.changeKeys
    package static let calendarHoliday = CalendarReader.holidayKeys
    /// Of a scorecard, of its rows and of their targets.
    package static let scorecard = ScorecardReader.keys
    package static let scorecardRow = ScorecardReader.rowKeys
    package static let target = ScorecardReader.targetKeys
}
