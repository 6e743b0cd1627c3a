import EventLog
import EventModel

// How answers of people who are not to be known become figures.
//
// What comes in: the events of anonymous cases, whose fields are marked `x-round`. What goes out:
// groups of answers, each of `fewest` people or more. Every figure, whatever was asked, is a sum
// over whole groups (`PublishedFacts`), so that no two figures differ by fewer people than that:
//
// 1. A group is made of one round, one question, one scale, one type of event, and one team, or of
//    the teams that are too small by themselves together. No definition has a say in it: two
//    projections of the same answers see the same groups. It chooses among surveys, questions, scales
//    and types alone, and so takes all of a group or nothing.
// 2. Groups are made at states of the log where its recording rests (the end of a command's imports,
//    the first entry of another day) after the round's end, from what was recorded by then. Once made, a
//    group stays as it is, whatever comes later: void, late answer, another team.
// 3. No answer, and no other answer of the same person to the same question in the round, is ever in
//    two groups. What comes late waits until there are `fewest` more.
//
// So groups of one state are among the groups of every later one, none share an answer, and what
// any questions can tell apart are whole groups. That all of a group may have answered the same is
// not hidden: where it were, its absence would say so.

/// Answers that are shown together or not at all.
struct PublishedGroup: Hashable {
    /// When its round began.
    var begin: Instant
    /// The team, as a name of the log; 0 where there is none, or several together.
    var group: UInt32
    /// The entries of the answers that count.
    var answers: [UInt32]
    /// The team of each.
    var teams: [UInt32]
    /// The cases they are of.
    var cases: [UInt32]
    /// The log's first so many entries made it.
    var state: UInt32
}

/// An answer that is in no group.
struct WithheldAnswer: Hashable {
    var begin: Instant
    var group: UInt32
    var answer: UInt32
    var caseID: UInt32
    /// Until when its round takes answers, where it has not closed; nil where too few answered.
    var openUntil: Instant?
}

/// What makes groups needs to know of the log's recording.
protocol RecordingTimes {
    /// How many entries there are.
    var count: UInt32 { get }
    func recorded(_ sequence: UInt32) throws -> Instant
    /// The first entry recorded after an instant; nil where none is.
    func firstRecorded(after instant: Instant) throws -> UInt32?
    /// The first entry from a sequence on before which recording rested: the end of a command's
    /// imports, or the first of a local day.
    func rest(from sequence: UInt32) throws -> UInt32?
}

/// Makes the groups of one survey.
struct RoundLedger {
    /// Fewer people than this are not shown.
    static let fewest = 5

    private(set) var groups: [PublishedGroup] = []
    private(set) var withheld: [WithheldAnswer] = []

    /// By sequence.
    private let events: [RoundEvent]
    private var included = 0
    private var rounds = SurveyRounds()
    /// When the last event was that `rounds` took, and the voids it knew of.
    private var last: (Int64, UInt32)?
    private var voids = 0
    /// Answers in groups, and those they replaced.
    private var spent: Set<UInt32> = []
    /// Rounds below are closed and looked at, but for those that are new.
    private var closed: Set<Int> = []

    /// - Parameter events: of one survey, by sequence, those of the log's first `log.count` entries.
    /// - Complexity: O(events · log events) where they come in the order they happened; what is told
    ///   late, or of an instant that was read already, has all of them read again.
    init(_ events: [RoundEvent], _ log: some RecordingTimes) throws {
        self.events = events.orderedByContent()
        var state: UInt32 = 0
        var rested: Int64?
        while let next = try nextState(after: state, log) {
            state = next
            read(upTo: state)
            let now = try log.recorded(state)
            rested = now.milliseconds
            for index in rounds.rounds.indices
            where !closed.contains(index) || rounds.rounds[index].isNew {
                guard rounds.rounds[index].end < now.milliseconds else { continue }
                closed.insert(index)
                publish(index, at: state)
                rounds.markSeen(index)
            }
        }
        groups.sort { ($0.state, $0.answers[0]) < ($1.state, $1.answers[0]) }
        read(upTo: log.count)
        for round in rounds.rounds {
            // What came in since recording rested last is not closed yet, either, nor what a void since
            // then made enough: whatever was read again, these alone wait for more than answers.
            let isOpen =
                rested.map { round.end >= $0 } ?? true || round.hasAnswers(from: state)
                || !parts(of: round).isEmpty
            for (slot, answers) in candidates(of: round) {
                withheld.append(
                    WithheldAnswer(
                        begin: Instant(milliseconds: round.begin),
                        group: round.group(of: slot, answers),
                        answer: answers.sequences[answers.sequences.count - 1],
                        caseID: slot.caseID,
                        openUntil: isOpen ? Instant(milliseconds: round.end) : nil))
            }
        }
    }

    /// The next state of the log in which a group may be made: the sequence of the entry that ends it.
    private func nextState(after state: UInt32, _ log: some RecordingTimes) throws -> UInt32? {
        var next: UInt32?
        func consider(_ sequence: UInt32) throws {
            guard let rest = try log.rest(from: sequence) else { return }
            next = min(next ?? rest, rest)
        }
        if included < events.count { try consider(events[included].sequence + 1) }
        for (index, round) in rounds.rounds.enumerated() where !closed.contains(index) {
            let end = Instant(milliseconds: round.end)
            guard let first = try log.firstRecorded(after: end) else { continue }
            try consider(max(first, state + 1))
        }
        return next
    }

    /// Reads what was recorded before an entry.
    private mutating func read(upTo state: UInt32) {
        var end = included
        while end < events.count, events[end].sequence < state { end += 1 }
        let voids = events[..<end].count { $0.voidedBy.map { $0 < state } ?? false }
        let new = standing(events[included..<end], at: state)
        let comesLater =
            new.first.map { first in last.map { $0 < first.place.instant } ?? true } ?? true
        included = end
        if comesLater, voids == self.voids {
            for event in new { rounds.take(event) }
        } else {
            rounds = SurveyRounds()
            closed = []
            for event in standing(events[..<end], at: state) { rounds.take(event) }
        }
        self.voids = voids
        if let newest = new.last?.place.instant, last.map({ $0 < newest }) ?? true { last = newest }
    }

    /// Some events in the order they happened, without those taken back before an entry. What was
    /// given out is not taken back.
    private func standing(_ some: ArraySlice<RoundEvent>, at state: UInt32) -> [RoundEvent] {
        let standing = some.filter {
            $0.voidedBy.map { $0 >= state } ?? true || spent.contains($0.sequence)
        }
        return EventOrder.sorted(standing, by: \.place)
    }

    /// Makes groups of a closed round's answers that are in none.
    private mutating func publish(_ index: Int, at state: UInt32) {
        let round = rounds.rounds[index]
        for part in parts(of: round) { add(part.slots, of: round, as: part.group, at: state) }
    }

    /// What groups the answers of a round make that are in none.
    private func parts(
        of round: SurveyRounds.Round
    ) -> [(slots: [SurveyRounds.Slot], group: UInt32)] {
        /// What is never put together.
        struct Block: Hashable {
            var type: UInt16
            var question: [Int64]
            var scale: [Int64]
        }
        var blocks: [Block: [UInt32: [SurveyRounds.Slot]]] = [:]
        for (slot, answers) in candidates(of: round) {
            let block = Block(
                type: answers.last.type, question: slot.question, scale: answers.last.scale)
            blocks[block, default: [:]][round.group(of: slot, answers), default: []].append(slot)
        }
        var found: [(slots: [SurveyRounds.Slot], group: UInt32)] = []
        for (_, teams) in blocks {
            var rest: [SurveyRounds.Slot] = []
            for (group, slots) in teams {
                if slots.count < Self.fewest {
                    rest += slots
                } else {
                    found.append((slots, group))
                }
            }
            if rest.count >= Self.fewest { found.append((rest, 0)) }
        }
        return found
    }

    private mutating func add(
        _ slots: [SurveyRounds.Slot], of round: SurveyRounds.Round, as group: UInt32,
        at state: UInt32
    ) {
        let slots = slots.sorted { $0.caseID < $1.caseID }
        precondition(Set(slots.map(\.caseID)).count >= Self.fewest, "a group of few people")
        var answers: [UInt32] = []
        var teams: [UInt32] = []
        for slot in slots {
            guard let given = round.answers[slot] else { preconditionFailure("no such answer") }
            precondition(spent.isDisjoint(with: given.sequences), "an answer in two groups")
            spent.formUnion(given.sequences)
            answers += given.sequences.suffix(1)
            teams.append(round.group(of: slot, given))
        }
        groups.append(
            PublishedGroup(
                begin: Instant(milliseconds: round.begin), group: group, answers: answers,
                teams: teams, cases: slots.map(\.caseID), state: state))
    }

    /// The answers of a round that count and of which nothing was given out.
    private func candidates(
        of round: SurveyRounds.Round
    ) -> [SurveyRounds.Slot: SurveyRounds.Answers] {
        round.answers.filter {
            $0.value.last.isOnScale && spent.isDisjoint(with: $0.value.sequences)
        }
    }
}

extension SurveyRounds.Round {
    /// Whether answers of it were recorded from a sequence on.
    fileprivate func hasAnswers(from sequence: UInt32) -> Bool {
        answers.values.contains { $0.sequences.contains { $0 >= sequence } }
    }

    /// The team of an answer: the one that the invitation names, else the answer.
    fileprivate func group(of slot: SurveyRounds.Slot, _ answers: SurveyRounds.Answers) -> UInt32 {
        invited[slot.caseID] ?? answers.group
    }
}
