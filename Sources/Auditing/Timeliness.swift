public import EventLog
public import EventModel

/// How soon after its end a period's events were recorded: what a closing could not know yet, and how
/// much that was.
public struct Timeliness: Hashable, Sendable {
    /// Events that happened in the period, without those taken out, the log's own, and those of people who
    /// are not to be known: how many these are on a day would tell when somebody answered.
    public var events = 0
    /// Those of them recorded before it was over for a day.
    public var withinDay = 0
    /// Those of them recorded before it was over for seven days, those of the first included.
    public var withinWeek = 0
}

extension LogView {
    /// How soon the events of some periods were recorded, as the log knows now.
    ///
    /// - Parameter zone: whose days are meant.
    /// - Complexity: O(entries · periods); three columns of each are read.
    public func timeliness(of periods: [Period], zone: TimeZoneRules) throws -> [Timeliness] {
        var found = periods.map { _ in Timeliness() }
        guard !periods.isEmpty else { return found }
        let bounds = periods.map { period in
            let end = period.days.upperBound
            return [period.days.lowerBound, end, end.advanced(by: 1), end.advanced(by: 7)]
                .map { zone.start(of: $0).milliseconds }
        }
        let voided = Set(try voids().map { $0.voided })
        for segment in try segments() {
            for row in 0..<segment.count {
                let schema = types.schemas[Int(segment.types[row])]
                guard !schema.isLogsOwn, schema.type != "event.voided" else { continue }
                let (happened, recorded) = (segment.times[row], segment.recorded[row])
                for (place, bound) in bounds.enumerated()
                where bound[0] <= happened && happened < bound[1] {
                    guard !voided.contains(segment.first + UInt32(row)) else { continue }
                    if schema.takesAnonymous,
                        EventTypes.isAnonymous(try subject(ofCase: segment.cases[row]))
                    {
                        continue
                    }
                    found[place].events += 1
                    if recorded < bound[2] { found[place].withinDay += 1 }
                    if recorded < bound[3] { found[place].withinWeek += 1 }
                }
            }
        }
        return found
    }
}
