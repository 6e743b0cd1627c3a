package import Definitions
import EventModel

/// What questions are answered from: one state of the log. Definitions and projections are opened only
/// when a question needs them.
///
/// `StoreState` is a store's log as it is, or its first entries, perhaps with cells from elsewhere.
package protocol AskedState {
    /// What an answer rests on, before it says which definitions it used.
    var basis: AnswerBasis { get }
    /// Until when facts may change.
    var settling: Settling { get }
    /// What is known of the books; nil leaves every status to the calendar.
    var books: (any Books)? { get }
    /// Names of every KPI in force.
    var kpiNames: [String] { get }
    /// Names of the live projections.
    var projectionNames: [String] { get }
    /// Names of the scorecards in force.
    var scorecardNames: [String] { get }

    /// A KPI in force; nil when there is none.
    func kpi(_ name: String) throws -> KPIDefinition?
    /// The facts of a live projection; nil when there is none.
    func source(_ projection: String) throws -> (any FactSource)?
    /// A scorecard in force; nil when there is none.
    func scorecard(_ name: String) throws -> ScorecardDefinition?
    /// The scorecards in force about some figures, cut down to their rows.
    func scorecards(about figures: [String]) throws -> [ScorecardDefinition]
    /// What is known of the cases that a dimension names; nil where it is no kind of case with profiles.
    func profiles(_ dimension: String) throws -> (any CaseProfiles)?
    /// Kinds of case, without respondents, of which one has a name.
    func kinds(named text: String) throws -> [String]
    /// A person's name as it stands where persons are shown as tokens; nil where no person has it.
    func tokenMarked(of text: String) throws -> String?
    /// The basis after the log's first so many entries; for projections that lag behind it.
    func basis(ofFirst count: UInt32) throws -> AnswerBasis
    /// Completes what an answer says that it rests on by the definitions that it used.
    func complete(_ basis: inout AnswerBasis, by used: [(name: String, version: Int)]) throws
}

/// Marks answers with what is known of their periods' books: closed, restated.
package protocol Books {
    /// - Parameter request: by values that were found for what was typed.
    func mark(_ answer: inout Answer, of request: QueryRequest) throws
}

extension AskedState {
    /// The KPIs whose projections all answer, in order, and those that have to wait for one.
    package func kpisThatAnswer() throws -> (answering: [String], waiting: [String]) {
        func answers(_ name: String, _ path: [String]) throws -> Bool {
            guard let kpi = try kpi(name), !path.contains(name) else { return false }
            return try kpi.projections.allSatisfy(projectionNames.contains)
                && kpi.kpis.allSatisfy { try answers($0, path + [name]) }
        }
        let answering = try kpiNames.filter { try answers($0, []) }
        return (answering, kpiNames.filter { !answering.contains($0) })
    }

    /// The dimensions that a KPI can be split by.
    ///
    /// - Throws: `QueryFaults` where there is no such KPI, or it does not answer.
    package func dimensions(of kpi: String) throws -> [String] {
        var planner = QueryPlanner(context: self)
        return try planner.dimensions(of: kpi)
    }

    /// What is wrong with a question before anything is read for it.
    package func faults(of request: QueryRequest) throws -> [QueryFault] {
        var planner = QueryPlanner(context: self)
        do { _ = try planner.plan(request) } catch let faults as QueryFaults {
            return faults.faults
        }
        return []
    }

    /// Answers a question.
    ///
    /// - Throws: `QueryFaults` with everything that is wrong with the question, or what the store
    ///   throws.
    /// - Complexity: O(facts of the period in the projections used); a stock reads those before, too.
    package func answer(_ request: QueryRequest) throws -> Answer {
        try answers(request, by: [request.by])[0].get()
    }

    /// Answers a question by several splits, each of dimensions of the facts: what it asks for is read
    /// once, where it can be read for all together.
    ///
    /// - Returns: for each split what `answer(_:)` gives or throws.
    /// - Complexity: as `answer(_:)`, and O(groups of all dimensions together) for each split.
    package func answers(
        _ request: QueryRequest, by splits: [[String]]
    ) -> [Result<Answer, any Error>] {
        func asked(by split: [String]) -> QueryRequest {
            var request = request
            request.by = split
            return request
        }
        func faults(_ error: any Error) -> any Error {
            (error as? QueryFault).map { QueryFaults([$0]) } ?? error
        }
        do {
            var planner = QueryPlanner(context: self)
            let plan = try planner.plan(asked(by: splits.flatMap(\.self)))
            let dimensions = plan.dimensions.map(\.name)
            guard splits.count == 1 || splits.joined().allSatisfy(dimensions.contains) else {
                return splits.flatMap { answers(request, by: [$0]) }
            }
            let evaluation = QueryEvaluation(
                context: self, plan: plan, memory: QueryMemory(bytes: request.memoryBytes))
            let reading = try Result { try evaluation.read() }.mapError(faults).get()
            return splits.map { split in
                Result {
                    var answer =
                        splits.count == 1
                        ? try evaluation.answer(from: reading)
                        : try evaluation.answer(from: reading, by: split)
                    var targets = TargetsInForce(context: self)
                    answer = try targets.added(to: answer)
                    try complete(&answer.basis, by: answer.definitions)
                    try books?.mark(&answer, of: asked(by: split).resolved(plan))
                    return answer
                }.mapError(faults)
            }
        } catch {
            // What can't be read for all together is read for each.
            guard splits.count == 1 else { return splits.flatMap { answers(request, by: [$0]) } }
            return [.failure(error)]
        }
    }
}
