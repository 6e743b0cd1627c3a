import EventLog
import EventModel
import Testing

@testable import Querying

/// Method: events of one survey in memory and the times at which they were recorded; which groups of
/// answers are given out is worked out by hand, or held against what every state of a log must keep.
@Suite("Rounds of a survey: which answers are given out, and when")
struct SurveyRoundsTests {
    private static let day: Int64 = 86_400_000

    /// A log that holds nothing but these events, and where imports ended.
    private struct Log: RecordingTimes {
        var events: [RoundEvent] = []
        /// By sequence.
        var times: [Int64] = []
        var imports: Set<UInt32> = []

        var count: UInt32 { UInt32(times.count) }

        /// Records an event that happened so many days after the beginning, at once or later.
        mutating func add(
            _ person: UInt32, at day: Double, recorded: Double? = nil, days: Int64? = nil,
            team: UInt32 = 0, question: [Int64] = [], scale: [Int64] = [], isOnScale: Bool = true,
            isInvitation: Bool = false, type: UInt16 = 0, order: Int64? = nil
        ) {
            var place = EventPlace(
                time: Int64(day * Double(SurveyRoundsTests.day)), nanoseconds: 0,
                rank: isInvitation ? 95 : 96, sequence: count)
            if let order {
                place.source = OrderSource(source: 0, kind: .integer, isPlace: false)
                place.key = UInt64(bitPattern: order)
            }
            var event = RoundEvent(place, caseID: person)
            event.days = days
            event.group = team
            if !isInvitation {
                event.answer = .init(
                    type: type, question: question, scale: scale, isOnScale: isOnScale)
            }
            events.append(event)
            times.append(
                max(times.last ?? .min, Int64((recorded ?? day) * Double(SurveyRoundsTests.day))))
        }

        /// Records something else, such as the end of an import.
        mutating func rest(_ day: Double, isImport: Bool = false) {
            if isImport { imports.insert(count) }
            times.append(max(times.last ?? .min, Int64(day * Double(SurveyRoundsTests.day))))
        }

        mutating func void(_ sequence: UInt32, at day: Double) {
            let place = events.firstIndex { $0.sequence == sequence }!
            events[place].voidedBy = count
            rest(day)
        }

        /// The same log's first entries.
        func prefix(_ count: UInt32) -> Log {
            var log = self
            log.times = Array(times.prefix(Int(count)))
            log.events = events.filter { $0.sequence < count }.map { event in
                var event = event
                if let by = event.voidedBy, by >= count { event.voidedBy = nil }
                return event
            }
            log.imports = imports.filter { $0 < count }
            return log
        }

        func recorded(_ sequence: UInt32) -> Instant {
            Instant(milliseconds: times[Int(sequence)])
        }

        func firstRecorded(after instant: Instant) -> UInt32? {
            times.firstIndex { $0 > instant.milliseconds }.map { UInt32($0) }
        }

        func rest(from sequence: UInt32) -> UInt32? {
            (sequence..<max(sequence, count)).first { place in
                imports.contains(place)
                    || place > 0
                        && times[Int(place)] / SurveyRoundsTests.day
                            > times[Int(place) - 1] / SurveyRoundsTests.day
            }
        }

        func ledger() throws -> RoundLedger { try RoundLedger(events, self) }
    }

    /// Team, and the cases, of every group.
    private func groups(_ log: Log) throws -> [[UInt32]] {
        try log.ledger().groups.map { [$0.group] + $0.cases }
    }

    @Test("A closed round of few people is one of few people after a void, too")
    func voidedReason() throws {
        var log = Log()
        for person in 1...4 as ClosedRange<UInt32> { log.add(person, at: Double(person), team: 7) }
        log.rest(16)
        #expect(try log.ledger().withheld.map(\.openUntil) == [nil, nil, nil, nil])
        log.void(1, at: 17)
        #expect(try log.ledger().withheld.map(\.openUntil) == [nil, nil, nil])
        // What comes after is open until recording rests, and only then of few.
        log.add(9, at: 5, recorded: 17.5, team: 7)
        #expect(try Set(log.ledger().withheld.map { $0.openUntil == nil }) == [false])
        log.rest(18)
        #expect(try log.ledger().withheld.map(\.openUntil) == [nil, nil, nil, nil])
        log.void(2, at: 18.5)
        #expect(try log.ledger().withheld.map(\.openUntil) == [nil, nil, nil])
    }

    @Test("A round without invitations closes 14 days after its first answer, and not before")
    func usualDays() throws {
        var log = Log()
        for person in 1...5 as ClosedRange<UInt32> { log.add(person, at: Double(person), team: 7) }
        log.rest(14.9)
        let open = try log.ledger()
        #expect(open.groups.isEmpty)
        #expect(Set(open.withheld.map(\.openUntil)) == [Instant(milliseconds: 15 * Self.day)])
        log.rest(15)
        log.rest(15.5)
        #expect(try groups(log) == [])
        log.rest(16)
        #expect(try groups(log) == [[7, 1, 2, 3, 4, 5]])
        #expect(try log.ledger().groups[0].begin == Instant(milliseconds: Self.day))
    }

    @Test("Answers of two types of event are never in one group")
    func types() throws {
        var log = Log()
        for person in 1...5 as ClosedRange<UInt32> { log.add(person, at: 0, team: 7) }
        for person in 6...9 as ClosedRange<UInt32> { log.add(person, at: 0, team: 7, type: 1) }
        // Whoever answers in both ways is counted once, by the last.
        log.add(5, at: 1, team: 7, type: 1)
        log.add(10, at: 1, team: 7)
        log.rest(20)
        #expect(try Set(groups(log)) == [[7, 1, 2, 3, 4, 10], [7, 5, 6, 7, 8, 9]])
        log.events[9].answer?.type = 0
        #expect(try groups(log) == [[7, 1, 2, 3, 4, 5, 10]])
    }

    @Test("What one person answers at one instant goes by what it says, not by recording")
    func content() throws {
        var scores: [[Int64]] = []
        for order in [[1, 5, 3], [5, 3, 1], [3, 1, 5]] as [[Int64]] {
            var log = Log()
            for score in order {
                log.add(1, at: 1, team: 7); log.events[log.events.count - 1].said = [.number(score)]
            }
            for person in 2...5 as ClosedRange<UInt32> { log.add(person, at: 1, team: 7) }
            log.rest(20)
            let counted = try #require(log.ledger().groups.first?.answers.first)
            guard case .number(let score)? = log.events[Int(counted)].said.first else { return }
            scores.append([score])
        }
        #expect(scores == [[5], [5], [5]])
        // Invitations of one instant: how long the first is open says who belongs to its round.
        var groups: [Int] = []
        for days in [[2, 30], [30, 2]] as [[Int64]] {
            var log = Log()
            for (person, days) in zip([1, 2] as [UInt32], days) {
                log.add(person, at: 0, days: days, team: 7, isInvitation: true)
                log.events[log.events.count - 1].said = [.number(days)]
            }
            for person in 1...6 as ClosedRange<UInt32> { log.add(person, at: 3, team: 7) }
            log.rest(60)
            groups.append(try log.ledger().groups.flatMap(\.answers).count)
        }
        #expect(groups[0] == groups[1])
    }

    @Test("An invitation says for how long; who is invited later has as long")
    func invited() throws {
        var log = Log()
        for person in 1...5 as ClosedRange<UInt32> {
            log.add(person, at: 0, days: 3, team: 7, isInvitation: true)
        }
        log.add(6, at: 2, days: 3, team: 8, isInvitation: true)
        for person in 1...5 as ClosedRange<UInt32> { log.add(person, at: 3, team: 9) }
        log.add(6, at: 5)
        log.rest(5)
        #expect(try groups(log) == [])
        log.rest(6)
        // The invitation's team goes before the answer's; the sixth is alone in the eighth.
        #expect(try groups(log) == [[7, 1, 2, 3, 4, 5]])
        #expect(try log.ledger().withheld.map(\.group) == [8])
        #expect(try log.ledger().withheld.map(\.openUntil) == [nil])
    }

    @Test(
        "Of answers of one instant the one that their source puts last counts, whatever came in last"
    )
    func order() throws {
        for order in [1, 2] as [Int64] {
            var log = Log()
            for person in 1...4 as ClosedRange<UInt32> { log.add(person, at: 0, team: 7) }
            log.add(5, at: 0, team: 7, order: order)
            log.add(5, at: 0, team: 8, order: 3 - order)
            log.rest(20)
            let answers = try log.ledger().groups.flatMap(\.answers)
            #expect(answers == [0, 1, 2, 3, order == 2 ? 4 : 5])
        }
    }

    @Test("The last answer counts, on the day its round began; one too late begins another")
    func lastAnswer() throws {
        var log = Log()
        for person in 1...5 as ClosedRange<UInt32> {
            log.add(person, at: 0, days: 2, isInvitation: true)
        }
        for person in 1...5 as ClosedRange<UInt32> { log.add(person, at: 1) }
        log.add(1, at: 2)
        log.add(2, at: 2.5)
        log.rest(40, isImport: true)
        let ledger = try log.ledger()
        #expect(ledger.groups.map(\.answers) == [[10, 6, 7, 8, 9]])
        #expect(ledger.withheld.map(\.answer) == [11])
        #expect(ledger.withheld[0].begin == Instant(milliseconds: 5 * Self.day / 2))
    }

    @Test("Small teams are shown together where five are in them, else not at all")
    func smallTeams() throws {
        func log(_ sizes: [Int]) -> Log {
            var log = Log()
            var person: UInt32 = 0
            for (team, size) in sizes.enumerated() {
                for _ in 0..<size {
                    person += 1
                    log.add(person, at: 0, team: UInt32(team) + 10)
                }
            }
            log.rest(30, isImport: true)
            return log
        }
        #expect(
            try groups(log([2, 5, 4])).map { [$0[0], UInt32($0.count) - 1] } == [[0, 6], [11, 5]])
        #expect(try groups(log([4, 10])).map { $0[0] } == [11])
        #expect(try groups(log([4])) == [])
    }

    @Test("Questions and scales are never put together, and what is off its scale is no answer")
    func blocks() throws {
        var log = Log()
        for person in 1...5 as ClosedRange<UInt32> {
            log.add(person, at: 0, question: [1], scale: [1, 5])
            log.add(person, at: 0, question: [2], scale: person == 1 ? [0, 5] : [1, 5])
            log.add(person, at: 0, question: [3], scale: [1, 5], isOnScale: person > 1)
        }
        log.rest(30, isImport: true)
        #expect(try log.ledger().groups.map(\.answers) == [[0, 3, 6, 9, 12]])
        #expect(try log.ledger().withheld.count == 9)
    }

    @Test("What was given out stays: voids, changed and late answers wait for five more")
    func stays() throws {
        var log = Log()
        for person in 1...6 as ClosedRange<UInt32> { log.add(person, at: 0, team: 7) }
        log.void(5, at: 1)
        log.rest(20, isImport: true)
        let first = try log.ledger().groups
        #expect(first.map(\.cases) == [[1, 2, 3, 4, 5]])
        log.void(0, at: 21)
        log.add(1, at: 2, recorded: 21, team: 7)
        log.add(2, at: 3, recorded: 21, team: 8)
        for person in 11...14 as ClosedRange<UInt32> {
            log.add(person, at: 4, recorded: 22, team: 7)
        }
        log.rest(23, isImport: true)
        #expect(try log.ledger().groups == first)
        #expect(try log.ledger().withheld.count == 4)
        log.add(15, at: 5, recorded: 24, team: 7)
        #expect(try log.ledger().groups == first)
        log.rest(25)
        #expect(try log.ledger().groups.map(\.cases) == [[1, 2, 3, 4, 5], [11, 12, 13, 14, 15]])
    }

    @Test(
        "Groups of a state are among those of every later one, five people each, no answer in two",
        arguments: UInt64(1)...20)
    func everyState(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &numbers) }
        var log = Log()
        var now = 0.0
        for _ in 0..<random(40...120) {
            let isHistory = random(0...3) == 0
            let happened = isHistory ? Double(random(0...80)) / 2 : now
            log.add(
                UInt32(random(1...14)), at: happened, recorded: now,
                days: random(0...2) == 0 ? Int64(random(0...12)) : nil, team: UInt32(random(0...2)),
                question: [Int64(random(1...2))], isInvitation: random(0...4) == 0)
            if random(0...12) == 0, let event = log.events.randomElement(using: &numbers),
                event.voidedBy == nil
            {
                log.void(event.sequence, at: now)
            }
            if random(0...15) == 0 { log.rest(now, isImport: true) }
            now += Double(random(0...6)) / 8
        }
        now += 40
        log.rest(now, isImport: true)
        var before: [PublishedGroup] = []
        for count in 1...log.count {
            let state = log.prefix(count)
            let ledger = try RoundLedger(state.events, state)
            #expect(Array(ledger.groups.prefix(before.count)) == before, "seed \(seed) at \(count)")
            before = ledger.groups
        }
        var seen: Set<UInt32> = []
        for group in before {
            #expect(Set(group.cases).count >= 5 && group.cases.count == group.answers.count)
            #expect(seen.isDisjoint(with: group.answers), "seed \(seed)")
            seen.formUnion(group.answers)
        }
    }
}
