package import EventLog
import EventModel
package import Projections
package import Querying

/// Marks answers with what is known of their periods' books: a figure of books that were ever closed is
/// what was first reported, or it is restated.
package struct ClosedBooks {
    private let log: LogStore
    private let periods: ClosedPeriods
    private let options: BuildOptions

    /// The books as the log's first entries leave them; nil where none were ever closed.
    package init?(of log: LogStore, upTo count: UInt32, options: BuildOptions) throws {
        periods = try log.read { try ClosedPeriods($0, upTo: count) }
        guard !periods.history.isEmpty else { return nil }
        self.log = log
        self.options = options
    }

    /// Sets the status of every figure whose days lie in a period that was ever closed.
    ///
    /// - Complexity: O(definitions) where nothing happened since the closing; else the question is
    ///   answered once more as of the closing: the stored rows are read, and the cases evaluated that
    ///   the entries since touched.
    /// - Parameter request: by values that were found for what was typed.
    package func mark(_ answer: inout Answer, of request: QueryRequest) throws {
        var closedAnswers: [UInt32: Answer?] = [:]
        func closed(at closing: Closing, _ answer: Answer) throws -> Answer? {
            if let known = closedAnswers[closing.entries] { return known }
            let context = try QueryContext(of: log, asOf: closing.entries, options: options)
            var request = request
            // The answer's own words: what is typed may have meant something else then.
            request.period = answer.period.description
            request.compare = answer.comparison?.description
            let found: Answer?
            do {
                found = try context.answer(request)
            } catch is QueryFaults {
                // What is asked for did not exist then.
                found = nil
            }
            closedAnswers[closing.entries] = .some(found)
            return found
        }
        let whole = answer
        func mark(_ row: inout AnswerRow) throws {
            let days =
                row.slice < 0 ? whole.period.days : whole.slices[row.slice].period.days
            guard let closing = periods.firstReport(of: days) else { return }
            let same: FigureStatus = periods.closing(of: days) == nil ? .reopened : .closed
            guard closing.entries < whole.basis.sequence else {
                row.statuses = row.statuses.map { _ in same }
                return
            }
            let before = try closed(at: closing, whole)
            let rows = (before?.rows ?? []) + (before?.totals ?? [])
            let old = rows.first { $0.key == row.key && $0.slice == row.slice }
            row.statuses = row.figures.indices.map { place in
                guard let figure = old?.figures[place] else {
                    return row.figures[place].count ?? 0 == 0 ? same : .restated
                }
                return figure.isSame(as: row.figures[place]) ? same : .restated
            }
        }
        for place in answer.rows.indices { try mark(&answer.rows[place]) }
        for place in answer.totals.indices { try mark(&answer.totals[place]) }
    }
}

extension Answer {
    /// Marks every figure as closed: it is read as of the closing itself.
    package mutating func markClosed() {
        for place in rows.indices {
            rows[place].statuses = rows[place].statuses.map { _ in .closed }
        }
        for place in totals.indices {
            totals[place].statuses = totals[place].statuses.map { _ in .closed }
        }
        for place in columns.indices { columns[place].openUntil = nil }
    }
}
