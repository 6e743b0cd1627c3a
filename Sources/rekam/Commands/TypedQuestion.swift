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

    /// What is typed, seen from the last entry of a state.
    ///
    /// - Parameter others: what else is wrong with the question, so that it is said at once.
    /// - Throws: a `Failure` that says all that is wrong.
    func read(
        in state: any AskedState, beside others: () throws -> [QueryFault] = { [] }
    ) throws -> (period: Period, grain: Grain?, comparison: Period?) {
        var problems: [String] = []
        func read(_ text: String, _ option: String) -> Period? {
            do { return try Period(text, today: state.basis.today) } catch {
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
        let comparison =
            compare == "previous" ? period?.previous : compare.flatMap { read($0, "--compare") }
        if let period, compare == "previous", comparison == nil {
            problems.append("--compare previous: nothing lies before \(period).")
        }
        guard let period, problems.isEmpty else {
            throw Failure(.usage, messages: try others().map(\.description) + problems)
        }
        return (period, grain, comparison)
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
    func request(in state: any AskedState) throws -> QueryRequest {
        var request = QueryRequest(
            kpis: kpis, by: by.flatMap { $0.split(separator: ",").map(String.init) },
            filters: filters, period: Period(CalendarSpan(.day, containing: state.basis.today)))
        request.memoryBytes = memoryBytes
        let timeless = request
        (request.period, request.grain, request.comparison) = try times.read(in: state) {
            try state.faults(of: timeless)
        }
        return request
    }

    /// The same by the values that are found now for what its filters name.
    func resolved(in state: any AskedState) throws -> QueryRequest {
        var request = try request(in: state)
        if !request.filters.isEmpty { request.filters = try state.resolved(request).filters }
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
