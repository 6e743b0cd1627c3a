extension AskedState {
    /// Answers a question; a column whose numbers are too large to add up exactly stands refused, alone
    /// as among others, which are answered.
    ///
    /// - Throws: as `answer(_:)`, but for what is too large.
    /// - Complexity: as `answer(_:)`, and where one is too large as often again as there are columns.
    package func answerLeavingTooLarge(_ request: QueryRequest) throws -> Answer {
        do { return try answer(request) } catch let faults as QueryFaults where faults.areTooLarge {
            // One that is asked for alone is refused already.
            let (given, isGiven) =
                try request.kpis.count > 1 ? exactAnswer(request) : (nil, [false])
            var planner = QueryPlanner(context: self)
            let plan = try planner.plan(request)
            return try (given ?? groups(of: plan, request)).placed(
                among: plan.outputs.map(\.column), isGiven, others: .refused)
        }
    }

    /// The answer of those columns alone whose numbers can be added up exactly; nil where those of none
    /// can.
    package func exactAnswer(
        _ request: QueryRequest
    ) throws -> (answer: Answer?, isGiven: [Bool]) {
        var part = request
        let isGiven = try request.kpis.map { kpi in
            part.kpis = [kpi]
            do { _ = try answer(part) } catch let faults as QueryFaults where faults.areTooLarge {
                return false
            }
            return true
        }
        part.kpis = zip(request.kpis, isGiven).filter(\.1).map(\.0)
        return (part.kpis.isEmpty ? nil : try answer(part), isGiven)
    }

    /// What a question is about, with no figure of it: nothing is added up.
    private func groups(of plan: QueryPlan, _ request: QueryRequest) throws -> Answer {
        var plan = plan
        for place in plan.projections.indices {
            plan.projections[place].isSummed = plan.projections[place].isSummed.map { _ in false }
        }
        for place in plan.outputs.indices {
            plan.outputs[place].expression = Expression()
            _ = plan.outputs[place].expression.add(.number(Fraction(0)))
        }
        let evaluation = QueryEvaluation(
            context: self, plan: plan, memory: QueryMemory(bytes: request.memoryBytes))
        var answer = try evaluation.answer(from: evaluation.read())
        try complete(&answer.basis, by: answer.definitions)
        return answer
    }
}

extension Answer {
    /// Its columns in their places among others, of which no figure is given.
    ///
    /// - Parameters:
    ///   - all: every column, in order; those of the answer stand as they are.
    ///   - isGiven: of each whether it is the answer's.
    ///   - status: what the figures of the others are.
    package func placed(
        among all: [AnswerColumn], _ isGiven: [Bool], others status: FigureStatus
    ) -> Answer {
        let isAny = isGiven.contains(true)
        func spread<Value>(_ given: [Value], _ other: (Int) -> Value) -> [Value] {
            var left = (isAny ? given : [])[...]
            return isGiven.enumerated().map { $1 ? left.removeFirst() : other($0) }
        }
        let none = Figure(
            value: .none, count: nil, reason: status == .refused ? .tooLarge : nil)
        func spread(_ row: AnswerRow) -> AnswerRow {
            var row = row
            row.figures = spread(row.figures) { _ in none }
            if !row.previous.isEmpty { row.previous = spread(row.previous) { _ in none } }
            row.statuses = spread(row.statuses) { _ in status }
            row.targets = isAny && !row.targets.isEmpty ? spread(row.targets) { _ in nil } : []
            return row
        }
        var answer = self
        answer.columns = spread(columns) { place in
            var column = all[place]
            column.openUntil = nil
            column.staysOpen = false
            column.calendars = []
            return column
        }
        answer.rows = rows.map(spread)
        answer.totals = totals.map(spread)
        return answer
    }
}
