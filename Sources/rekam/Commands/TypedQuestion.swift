import EventLog
import EventModel
import Querying

/// When a question is about, as typed. A relative word means the same to all commands: seen from the
/// local day on which the log's last entry was recorded, or that of an earlier state, never from the
/// clock's.
struct TypedTimes {
    var period: String
    var grain: String?
    /// `previous`, or a period.
    var compare: String?

    /// What is typed, seen from a day; what of it means nothing is added to the problems.
    func read(
        today: Day, _ problems: inout [String]
    ) -> (period: Period, grain: Grain?, comparison: Period?) {
        func read(_ text: String, _ option: String) -> Period? {
            do { return try Period(text, today: today) } catch {
                problems.append("\(option) \(text.printable): \(error)")
                return nil
            }
        }
        let period = read(self.period, "--period")
        let grain = self.grain.flatMap { Grain(rawValue: $0) }
        if let name = self.grain, grain == nil {
            let all = Grain.allCases.map(\.rawValue)
            let meant = nearest(to: name, among: all).map { " Did you mean \($0)?" } ?? ""
            problems.append(
                "no grain is called \"\(name.printable)\".\(meant) Grains are "
                    + all.dropLast().joined(separator: ", ") + " and \(all[all.count - 1]).")
        }
        var comparison: Period?
        if compare == "previous" {
            comparison = period?.previous
            if let period, comparison == nil {
                problems.append("--compare previous: nothing lies before \(period).")
            }
        } else if let compare {
            comparison = read(compare, "--compare")
        }
        return (period ?? Period(CalendarSpan(.day, containing: today)), grain, comparison)
    }

    /// What is typed, seen from the last of a log's first entries.
    ///
    /// - Throws: a `Failure` that says all that is wrong.
    func read(
        in context: QueryContext
    ) throws -> (period: Period, grain: Grain?, comparison: Period?) {
        var problems: [String] = []
        let times = read(today: context.basis.today, &problems)
        guard problems.isEmpty else { throw Failure(.usage, messages: problems) }
        return times
    }
}

/// A question for figures as typed. It becomes one here: nothing below reads a text again.
struct TypedQuestion {
    var kpis: [String]
    /// Dimensions, several of them parted by commas.
    var by: [String] = []
    var filters: [(dimension: String, value: String)]
    var times: TypedTimes
    var memoryBytes = QueryRequest.usualMemoryBytes

    /// The question, seen from a state of the log.
    ///
    /// - Throws: a `Failure` that says at once what is wrong with its times, and with its names.
    func request(in context: QueryContext) throws -> QueryRequest {
        var problems: [String] = []
        let (period, grain, comparison) = times.read(today: context.basis.today, &problems)
        var request = QueryRequest(
            kpis: kpis, by: by.flatMap { $0.split(separator: ",").map(String.init) },
            filters: filters, period: period, grain: grain, comparison: comparison)
        request.memoryBytes = memoryBytes
        guard problems.isEmpty else {
            let names = try context.faults(of: request).map(\.description)
            throw Failure(.usage, messages: names + problems)
        }
        return request
    }

    /// The same by the values that are found now for what its filters name.
    func resolved(in context: QueryContext) throws -> QueryRequest {
        var request = try request(in: context)
        if !request.filters.isEmpty { request.filters = try context.resolved(request).filters }
        return request
    }
}

/// A period as typed, of commands that ask for nothing else.
enum PeriodArgument {
    static func read(
        _ text: String, named option: String = "", in view: borrowing LogView,
        upTo count: UInt32? = nil
    ) throws -> Period {
        let count = count ?? view.entryCount
        let zone = try view.definitions(upTo: count).storeTimeZone ?? .utc
        let last = count > 0 ? try view.recorded(count - 1) : Instant(milliseconds: 0)
        do {
            return try Period(text, today: zone.day(of: last))
        } catch {
            throw Failure(.usage, "\(option)\(text.printable): \(error)")
        }
    }
}
