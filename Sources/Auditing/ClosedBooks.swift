package import EventLog
import EventModel
package import Projections
package import Querying

/// Marks answers with what is known of their periods' books: a figure of books that were ever closed is
/// what was first reported, or it is restated.
package struct ClosedBooks: Books {
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
    package func mark(_ answer: inout Answer, of request: QueryRequest) throws {
        var reports: [UInt32: Report] = [:]
        let whole = answer
        func report(at closing: Closing) throws -> Report {
            if let known = reports[closing.entries] { return known }
            let report = try Report(
                request, in: StoreState(of: log, asOf: closing.entries, options: options))
            reports[closing.entries] = report
            return report
        }
        func mark(_ row: inout AnswerRow) throws {
            let days =
                row.slice < 0 ? whole.period.days : whole.slices[row.slice].period.days
            guard let closing = periods.firstReport(of: days) else { return }
            let same: FigureStatus = periods.closing(of: days) == nil ? .reopened : .closed
            guard closing.entries < whole.basis.sequence else {
                row.statuses = row.statuses.map { _ in same }
                return
            }
            let report = try report(at: closing)
            row.statuses = row.figures.indices.map { place in
                switch report.figure(place, of: row) {
                case .unreported(let status): status
                case .figure(let figure) where figure.isSame(as: row.figures[place]): same
                case .figure: .restated
                case .nothing: row.figures[place].count ?? 0 == 0 ? same : .restated
                }
            }
        }
        for place in answer.rows.indices { try mark(&answer.rows[place]) }
        for place in answer.totals.indices { try mark(&answer.totals[place]) }
    }
}

/// What the books said at a closing to a question, column by column.
private struct Report {
    /// What was said of one figure.
    enum Said {
        case figure(Figure)
        /// There were no facts of that group.
        case nothing
        case unreported(FigureStatus)
    }

    /// The rows of a column, all together among them, or why there are none.
    private enum Column {
        case rows([AnswerRow], place: Int)
        case unreported(FigureStatus)
    }

    /// The columns split as asked for, and all groups together.
    private var columns: [Column]
    private var totals: [Column]

    /// Asks a closed state. What it can't be asked whole, it is asked by columns, so that one which
    /// came later takes no other with it.
    init(_ request: QueryRequest, in context: any AskedState) throws {
        func column(_ said: Result<Answer, any Error>) throws -> Column {
            do {
                let answer = try said.get()
                return .rows(answer.rows + answer.totals, place: 0)
            } catch let faults as QueryFaults {
                guard let outcome = faults.outcome else { throw faults }
                return .unreported(outcome == .refused ? .refusedThen : .notDefinedThen)
            }
        }
        do {
            let answer = try context.answer(request)
            columns = request.kpis.indices.map {
                .rows(answer.rows + answer.totals, place: $0)
            }
            totals = columns
        } catch let faults as QueryFaults {
            guard faults.outcome != nil else { throw faults }
            let said = request.kpis.map { kpi in
                var one = request
                one.kpis = [kpi]
                return context.answers(one, by: [request.by, []])
            }
            columns = try said.map { try column($0[0]) }
            totals = try said.map { try column($0[1]) }
        }
    }

    /// What was said of a row's figure in a column.
    func figure(_ column: Int, of row: AnswerRow) -> Said {
        switch row.key.isEmpty ? totals[column] : columns[column] {
        case .unreported(let status): return .unreported(status)
        case .rows(let rows, let place):
            let old = rows.first { $0.key == row.key && $0.slice == row.slice }
            return old.map { .figure($0.figures[place]) } ?? .nothing
        }
    }
}

extension AskedState {
    /// Answers a question as the books of this state were closed: every figure is what was reported. A
    /// column that can't be asked for there, but now, stands beside the others and says so.
    ///
    /// - Parameter present: the state that knows what is meant by what was not defined then.
    /// - Throws: `QueryFaults` of what can't be asked for in either state, or not be answered.
    package func reported(
        _ request: QueryRequest, present: any AskedState
    ) throws -> Answer {
        func defined(_ request: QueryRequest) throws -> Answer? {
            do { return try answerLeavingTooLarge(request) } catch let faults as QueryFaults
                where faults.outcome == .notDefined
            { return nil }
        }
        if var whole = try defined(request) {
            whole.markClosed()
            return whole
        }
        var part = request
        let isKnown = try request.kpis.map {
            part.kpis = [$0]
            return try defined(part) != nil
        }
        part.kpis = zip(request.kpis, isKnown).filter(\.1).map(\.0)
        let now = try present.answerLeavingTooLarge(request)
        guard !part.kpis.isEmpty else { return now.unreported(in: basis) }
        var answer = try answerLeavingTooLarge(part)
        answer.markClosed()
        return answer.placed(among: now.columns, isKnown, others: .notDefinedThen)
    }
}

extension Answer {
    /// The same question without any figure: nothing of it was defined in a state.
    fileprivate func unreported(in basis: AnswerBasis) -> Answer {
        var answer = self
        answer.basis = basis
        answer.entriesNotYetIn = 0
        answer.definitions = []
        answer.names = [:]
        answer.doubts = []
        // Which groups there would have been nobody can say.
        if !dimensions.isEmpty { answer.rows = [] }
        return answer.placed(
            among: columns, columns.map { _ in false }, others: .notDefinedThen)
    }

    /// Marks every figure as closed: it is read as of the closing itself. What is refused was not
    /// reported then.
    package mutating func markClosed() {
        func mark(_ status: FigureStatus) -> FigureStatus {
            status == .refused ? .refusedThen : .closed
        }
        for place in rows.indices {
            rows[place].statuses = rows[place].statuses.map(mark)
        }
        for place in totals.indices {
            totals[place].statuses = totals[place].statuses.map(mark)
        }
        for place in columns.indices { columns[place].openUntil = nil }
    }
}
