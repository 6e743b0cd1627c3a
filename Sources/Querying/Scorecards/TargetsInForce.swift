import Definitions
import EventModel

/// Finds what the figures of an answer should reach: by the scorecards in force for one agent, team
/// or department where a row is about exactly one, for the company where it is about everything.
///
/// A target counts where it holds on every day of a row's period, and where all scorecards that have
/// one agree; where they don't, none is shown and the answer names them. Scorecards for a part of
/// their scope are left out.
struct TargetsInForce {
    let context: any AskedState
    private var doubts: [AnswerDoubt] = []

    init(context: any AskedState) { self.context = context }

    /// - Complexity: O(rows × scorecards).
    mutating func added(to answer: Answer) throws -> Answer {
        let scorecards = try context.scorecards(about: answer.columns.map(\.name))
            .filter { $0.conditions.isEmpty }
        guard !scorecards.isEmpty, answer.present.isEmpty else { return answer }
        var answer = answer
        for index in answer.rows.indices {
            answer.rows[index].targets = try targets(of: answer.rows[index], answer, scorecards)
        }
        for index in answer.totals.indices {
            answer.totals[index].targets = try targets(
                of: answer.totals[index], answer, scorecards)
        }
        answer.doubts += doubts
        return answer
    }

    private mutating func targets(
        of row: AnswerRow, _ answer: Answer, _ scorecards: [ScorecardDefinition]
    ) throws -> [ExactTarget?] {
        var subject: [String] = []
        for (dimension, value) in zip(answer.dimensions, row.key) {
            if value.isEmpty { return [] }
            subject.append(dimension.name)
        }
        for filter in answer.filters where !subject.contains(filter.dimension) {
            guard filter.values.count == 1, filter.values != [""] else { return [] }
            subject.append(filter.dimension)
        }
        let fitting = scorecards.filter { scorecard in
            subject.isEmpty
                ? scorecard.isCompanyWide
                : subject.count == 1 && !scorecard.isCompanyWide && scorecard.isAbout(subject[0])
        }
        let days = (row.slice < 0 ? answer.period : answer.slices[row.slice].period).days
        var targets: [ExactTarget?] = []
        for column in answer.columns {
            targets.append(try target(of: column, on: days, fitting))
        }
        return targets.contains { $0 != nil } ? targets : []
    }

    private mutating func target(
        of column: AnswerColumn, on days: Range<Day>, _ scorecards: [ScorecardDefinition]
    ) throws -> ExactTarget? {
        var found: ExactTarget?
        var agree = true
        var names: [String] = []
        var due: [AnswerDoubt] = []
        for scorecard in scorecards {
            let row = scorecard.rows.first {
                $0.figure == column.name && $0.days.clamped(to: days) == days
            }
            guard let row else { continue }
            let target: ExactTarget
            do {
                let share = column.growsWithTime ? try scorecard.grain.share(of: [days]) : nil
                target = try ExactTarget(row.target, times: share ?? Fraction(1))
            } catch is Fraction.Overflow { throw QueryFault.tooLarge(column.name) }
            names.append(scorecard.name)
            agree = agree && target == found ?? target
            found = target
            if let review = row.review, row.isReviewDue(on: context.basis.today) {
                due.append(
                    .reviewDue(figure: column.name, scorecard: scorecard.name, by: review))
            }
        }
        guard agree else {
            note([.targetsDiffer(figure: column.name, scorecards: names)])
            return nil
        }
        note(due)
        return found
    }

    private mutating func note(_ more: [AnswerDoubt]) {
        for doubt in more where !doubts.contains(doubt) { doubts.append(doubt) }
    }
}
