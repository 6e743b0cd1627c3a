import EventLog
import EventModel

/// One event of an anonymous case about a survey.
struct RoundEvent {
    /// Where it stands among others; in the place of its sequence, that among what is said at its instant
    /// (`orderedByContent`).
    var place: EventPlace
    let sequence: UInt32
    var caseID: UInt32
    /// What it says, its type first.
    var said: [Said] = []
    /// An invitation's days in which answers are taken; nil where it says none.
    var days: Int64?
    /// The group it names, as a name of the log; 0 is none.
    var group: UInt32 = 0
    /// What was answered; nil for an invitation.
    var answer: Answer?
    /// The entry that takes it back.
    var voidedBy: UInt32?

    /// When it happened, in milliseconds.
    var time: Int64 { place.time }

    init(_ place: EventPlace, caseID: UInt32) {
        self.place = place
        sequence = place.sequence
        self.caseID = caseID
    }

    /// One thing that is said; in this order.
    enum Said: Comparable {
        case nothing
        case number(Int64)
        case text([UInt8])

        static func < (left: Said, right: Said) -> Bool {
            switch (left, right) {
            case (.number(let one), .number(let other)): one < other
            case (.text(let one), .text(let other)): one.lexicographicallyPrecedes(other)
            default: left.kind < right.kind
            }
        }

        private var kind: Int {
            switch self {
            case .nothing: 0
            case .number: 1
            case .text: 2
            }
        }
    }

    struct Answer {
        /// The type of the event that tells it.
        var type: UInt16 = 0
        /// The question, by its fields.
        var question: [Int64]
        /// The scale it is on, by its fields.
        var scale: [Int64]
        /// Whether it lies on that scale.
        var isOnScale: Bool
    }
}

extension [RoundEvent] {
    /// The same events, in the same order, with their places by what they say where time, source and rank
    /// leave it open: what was recorded first must not decide, since nobody may be told that it did.
    ///
    /// Events that say the same may stand either way: they differ in nothing but who says it.
    func orderedByContent() -> [RoundEvent] {
        let order = indices.sorted { left, right in
            let (one, other) = (self[left], self[right])
            if one.place.instant != other.place.instant {
                return one.place.instant < other.place.instant
            }
            if one.said != other.said { return one.said.lexicographicallyPrecedes(other.said) }
            return one.sequence < other.sequence
        }
        var events = self
        for (number, place) in order.enumerated() {
            events[place].place.sequence = UInt32(number)
        }
        return events
    }
}

/// The rounds of one survey, found by reading its events in the order they happened.
///
/// A round begins with an invitation and is joined by those that follow before its days are over;
/// each person may answer for the days of their own invitation. Who was not invited, or answers
/// later, belongs to the invited round where its days last still, else to a round that begins with
/// the first such answer and lasts `usualDays`. Of a person's answers to a question of a round the
/// last one counts.
struct SurveyRounds {
    /// How long answers are taken where no invitation says it.
    static let usualDays: Int64 = 14

    struct Round {
        /// When it began, until when others join it, and until when answers are taken.
        var begin: Int64
        var joinedUntil: Int64
        var end: Int64
        /// The groups that invitations name, by case.
        var invited: [UInt32: UInt32] = [:]
        var answers: [Slot: Answers] = [:]
        /// Whether answers came that nobody has looked at yet.
        var isNew = true
    }

    /// Where one answer counts: a person's to a question of a round.
    struct Slot: Hashable {
        var caseID: UInt32
        var question: [Int64]
    }

    /// The answers of a slot.
    struct Answers {
        /// All, in the order they happened; the last one counts.
        var sequences: [UInt32]
        var last: RoundEvent.Answer
        var group: UInt32
    }

    private(set) var rounds: [Round] = []
    private var invitedRound: Int?
    private var uninvitedRound: Int?
    /// The round in which each case may answer, and until when.
    private var askings: [UInt32: (round: Int, end: Int64)] = [:]

    /// Takes the next event, in the order they happened (`EventOrder`).
    mutating func take(_ event: RoundEvent) {
        if let answer = event.answer {
            take(answer, event)
        } else {
            invite(event)
        }
    }

    /// Says that a round was looked at.
    mutating func markSeen(_ round: Int) { rounds[round].isNew = false }

    private mutating func invite(_ event: RoundEvent) {
        let end = event.time + (event.days ?? Self.usualDays) * millisecondsPerDay
        let round: Int
        if let known = invitedRound, event.time < rounds[known].joinedUntil {
            round = known
        } else {
            // Also where nothing may be answered after the day itself, one sending is one round.
            round = begin(event.time, until: max(end, event.time + millisecondsPerDay))
            rounds[round].end = end
            invitedRound = round
        }
        rounds[round].end = max(rounds[round].end, end)
        if event.group != 0 { rounds[round].invited[event.caseID] = event.group }
        askings[event.caseID] = (round, end)
    }

    private mutating func take(_ answer: RoundEvent.Answer, _ event: RoundEvent) {
        let slot = Slot(caseID: event.caseID, question: answer.question)
        let round = self.round(of: event)
        rounds[round].isNew = true
        rounds[round].answers[slot, default: Answers(sequences: [], last: answer, group: 0)]
            .sequences.append(event.sequence)
        rounds[round].answers[slot]?.last = answer
        rounds[round].answers[slot]?.group = event.group
    }

    private mutating func round(of event: RoundEvent) -> Int {
        if let asking = askings[event.caseID], event.time <= asking.end { return asking.round }
        let round: Int
        if let known = invitedRound, event.time <= rounds[known].joinedUntil {
            round = known
        } else if let known = uninvitedRound, event.time <= rounds[known].joinedUntil {
            round = known
        } else {
            round = begin(
                event.time, until: event.time + Self.usualDays * millisecondsPerDay)
            uninvitedRound = round
        }
        askings[event.caseID] = (round, rounds[round].joinedUntil)
        return round
    }

    private mutating func begin(_ time: Int64, until end: Int64) -> Int {
        rounds.append(Round(begin: time, joinedUntil: end, end: end))
        return rounds.count - 1
    }
}

let millisecondsPerDay: Int64 = 86_400_000
