import Definitions
import EventLog
import EventModel
import Foundation
import Projections
import Recording
import Shipped
import Testing
import Vault

@testable import Querying

/// Method: surveys of teams of one to twelve people in stores of their own, recorded at once, as the
/// answers came, or in several imports, with answers that are late, changed and voided; in every other
/// store a third of the answers are events of a second type. Every answer is
/// another power of two, so that a sum tells exactly which answers it is over. A learner asks 250
/// random questions of each store, of any period, grain, filter, comparison and state of the log, and
/// of three projections, and keeps every sum it is told. All that sums can tell apart by adding and
/// subtracting are the sets of answers that stand in the same ones: none of them may be of fewer than
/// five people.
@Suite("Anonymous answers: questions that are subtracted from each other")
struct DifferencingTests {
    private static let definitions = """
        projection: voice
        version: 1
        title: Voice
        of: respondent
        fact: {each: survey.answered}
        dimensions: {team: fact.team}
        measures:
          person: {name: subject}
          score: fact.score
          large: {flag: {fact.score: {min: 4096}}}
        ---
        projection: asked
        version: 1
        title: Asked
        of: respondent
        fact: {each: survey.answered, where: {kind: pulse}}
        dimensions: {team: fact.team, survey: fact.survey, question: fact.question}
        measures:
          person: {name: subject}
          score: fact.score
        ---
        projection: heard
        version: 1
        title: Heard
        of: respondent
        fact: {each: [survey.answered, survey.spoken]}
        dimensions: {team: fact.team}
        measures:
          person: {name: subject}
          score: fact.score
        ---
        kpi: heard
        version: 1
        title: Heard
        group: organizational
        unit: score
        better: higher
        value: mean(heard.score)
        statistics:
          sum: sum(heard.score)
          count: count(heard)
        ---
        kpi: voice
        version: 1
        title: Voice
        group: organizational
        unit: score
        better: higher
        value: mean(voice.score)
        statistics:
          sum: sum(voice.score)
          count: count(voice)
          people: distinct(voice.person)
          large: count(voice.large)
          both: sum(voice.score) + sum(asked.score)
        ---
        kpi: asked
        version: 1
        title: Asked
        group: organizational
        unit: score
        better: higher
        value: mean(asked.score)
        statistics:
          sum: sum(asked.score)
          count: count(asked)
          first: sum(asked.score[question=1])
        """

    private static let beginning = try! Instant(rfc3339: "2025-01-06T08:00:00Z").milliseconds
    private static let hour: Int64 = 3_600_000
    private static let types = Result {
        var schemas = try EventTypes.shipped(texts: Shipped.texts(in: "events")).schemas
        for place in schemas.indices where schemas[place].type == "survey.answered" {
            let schema = schemas[place]
            var wide = EventSchema(
                type: schema.type, version: 1, subjectKinds: schema.subjectKinds, isLogsOwn: false,
                fields: schema.fields.map { field in
                    var field = field
                    if field.name == "score" { field.kind = .integer(minimum: 0, maximum: 1 << 52) }
                    return field
                })
            wide.rank = schema.rank
            schemas[place] = wide
            var spoken = wide
            spoken.type = "survey.spoken"
            schemas.append(spoken)
        }
        return EventTypes(schemas)
    }

    /// A store with a survey in it.
    private final class World {
        let log: LogStore
        /// The person and the sequence of each answer, by its power of two.
        var people: [String] = []
        /// Teams whose answers were all recorded by one import: what must be shown of them.
        var whole: [(period: String, team: String, sum: Int64)] = []
        private let folder = FileManager.default.temporaryDirectory
            .appending(path: "rekam-differencing-\(UUID().uuidString)")

        init(seed: UInt64) throws {
            log = try NewStore(
                origin: "test.example/differencing", timeZone: .utc,
                types: DifferencingTests.types.get(),
                catalogue: SourceDocument.split(
                    DifferencingTests.definitions, file: "definitions.yaml"),
                seed: [UInt8](repeating: 7, count: 32), salts: .counting(from: seed)
            ).create(
                at: folder.path, now: Instant(milliseconds: DifferencingTests.beginning),
                threads: 1
            ).store
            try fill(seed)
            try LiveProjections(of: log).catchUp()
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        private func fill(_ seed: UInt64) throws {
            var numbers = SeededNumbers(seed: seed)
            func random(_ range: ClosedRange<Int>) -> Int {
                Int.random(in: range, using: &numbers)
            }
            let way = seed % 3
            var drafts: [(time: Int64, recorded: Int64, draft: EventDraft)] = []
            func add(
                _ type: String, _ person: String, _ time: Int64, late: Int64 = 0,
                _ fields: [EventDraft.Field]
            ) {
                drafts.append(
                    (
                        time, time + late,
                        EventDraft(
                            id: "e\(drafts.count)", source: "test", type: type,
                            subject: "respondent/\(person)",
                            time: Instant(milliseconds: time), fields: fields)
                    ))
            }
            let sizes = (0..<random(1...4)).map { _ in random(0...3) == 0 ? 12 : random(1...12) }
            let surveys = random(0...3) == 0 ? ["a", "b"] : ["a"]
            var start = DifferencingTests.beginning
            for round in 0..<random(1...3) {
                let days = [nil, 2, 5, 14][random(0...3)]
                for (team, size) in sizes.enumerated() {
                    var sum: Int64 = 0
                    var isWhole = way == 0
                    for member in 0..<size where people.count < 51 {
                        let person = "\(team)-\(member)"
                        let survey = surveys[member % surveys.count]
                        let about: [EventDraft.Field] = [
                            .init("survey", .text(survey)), .init("kind", .text("pulse")),
                            .init("team", .text("t\(team)")),
                        ]
                        if let days {
                            add(
                                "survey.sent", person, start + Int64(member),
                                about + [.init("valid_days", .integer(Int64(days)))])
                        }
                        for answer in 0..<[0, 1, 1, 1, 1, 1, 1, 2][random(0...7)]
                        where people.count < 52 {
                            let late = random(0...9) == 0 ? Int64(random(0...20)) * 24 : 0
                            let value = Int64(1) << people.count
                            people.append(person)
                            let isSpoken = seed % 2 == 0 && people.count % 3 == 0
                            if surveys.count > 1 || isSpoken { isWhole = false }
                            sum = answer == 0 ? sum + value : sum + value - (value >> 1)
                            add(
                                isSpoken ? "survey.spoken" : "survey.answered", person,
                                start + 1000
                                    + DifferencingTests.hour * Int64(random(0...20) + 21 * answer),
                                late: late * DifferencingTests.hour,
                                about + [
                                    .init("score", .integer(value)), .init("question", .integer(1)),
                                ])
                        }
                        if people.count >= 51 { isWhole = false }
                    }
                    if isWhole, size >= 10 {
                        let day = Instant(milliseconds: start).rfc3339.prefix(10)
                        whole.append((String(day), "t\(team)", sum))
                    }
                }
                start +=
                    Int64(random(20...40)) * 24 * DifferencingTests.hour
                    + Int64(round) * DifferencingTests.hour
            }
            try record(drafts, way, start, &numbers)
        }

        private func record(
            _ drafts: [(time: Int64, recorded: Int64, draft: EventDraft)], _ way: UInt64,
            _ end: Int64, _ numbers: inout SeededNumbers
        ) throws {
            var imports = 0
            func endImport(_ time: Int64) throws {
                imports += 1
                try log.appendOwn(
                    type: "ingest.recorded", subject: "log/ingest", id: "ingest/\(imports)",
                    fields: [
                        .init("input", .text("x")), .init("digest", .text(Self.digest)),
                        .init("lines", .integer(0)), .init("accepted", .integer(0)),
                        .init("duplicate", .integer(0)), .init("refused", .integer(0)),
                    ], at: Instant(milliseconds: time))
            }
            let last = max(end, drafts.map(\.recorded).max() ?? 0) + 30 * 24 * hour
            switch way {
            case 0:  // All at once, long after.
                try log.appendOwn(drafts.map(\.draft), recorded: Instant(milliseconds: last))
                try endImport(last)
            case 1:  // As they come, late ones later, one by one; some are taken back.
                var clock = DifferencingTests.beginning
                for (_, recorded, draft) in drafts.sorted(by: { $0.recorded < $1.recorded }) {
                    clock = max(clock, recorded)
                    try log.appendOwn([draft], recorded: Instant(milliseconds: clock))
                    if Int.random(in: 0...14, using: &numbers) == 0 {
                        let delay = Int64.random(in: 0...600, using: &numbers) * hour
                        clock += Int.random(in: 0...3, using: &numbers) == 0 ? delay : 0
                        try log.appendOwn(
                            [void(draft, clock)], recorded: Instant(milliseconds: clock))
                    }
                }
                try endImport(last)
            default:  // In several imports, whatever came when.
                var rest = drafts.shuffled(using: &numbers)[...]
                while !rest.isEmpty {
                    let part = rest.prefix(Int.random(in: 1...30, using: &numbers))
                    rest = rest.dropFirst(part.count)
                    try log.appendOwn(part.map(\.draft), recorded: Instant(milliseconds: last))
                    try endImport(last)
                }
            }
        }

        private let hour = DifferencingTests.hour
        private static let digest = String(repeating: "0", count: 64)

        private func void(_ draft: EventDraft, _ time: Int64) -> EventDraft {
            EventDraft(
                id: "void-\(draft.id)", source: "test", type: "event.voided",
                subject: draft.subject, time: Instant(milliseconds: time),
                fields: [
                    .init("source", .text("test")), .init("id", .text(draft.id)),
                    .init("reason", .text("test")),
                ])
        }
    }

    @Test(
        "10,000 questions tell no answers of fewer than five people apart",
        arguments: UInt64(1)...40)
    func differences(seed: UInt64) throws {
        let world = try World(seed: seed)
        var numbers = SeededNumbers(seed: seed &* 977)
        let count = try world.log.read { $0.entryCount }
        var sums: Set<Int64> = [0]
        var states: [UInt32: any AskedState] = [:]
        for _ in 0..<250 {
            let request = Self.question(&numbers)
            let state =
                Bool.random(using: &numbers)
                ? count : UInt32.random(in: count / 2...count, using: &numbers)
            if states[state] == nil { states[state] = try StoreState(of: world.log, asOf: state) }
            let answer: Answer
            do {
                if state == count, Bool.random(using: &numbers) {
                    let projections = try ProjectionStore(log: world.log)
                    answer = try world.log.read {
                        try StoreState($0, of: world.log, projections: projections)
                            .answer(request)
                    }
                } else {
                    answer = try states[state]!.answer(request)
                }
            } catch is QueryFaults {
                continue  // Nobody was in that team by then.
            }
            for row in answer.rows + answer.totals {
                for figures in [row.figures, row.previous] where !figures.isEmpty {
                    sums.formUnion(try Self.told(figures, answer.columns, world.people))
                }
            }
        }
        // Answers that stand in the same sums can't be told apart by them; others can.
        var parts: [[Bool]: Set<String>] = [:]
        let told = sums.sorted()
        for (place, person) in world.people.enumerated() {
            let stands = told.map { $0 >> Int64(place) & 1 == 1 }
            if stands.contains(true) { parts[stands, default: []].insert(person) }
        }
        for (_, people) in parts {
            #expect(people.count >= 5, "seed \(seed): \(people.sorted()) can be told apart")
        }
        let context = try StoreState(of: world.log, asOf: count)
        for (day, team, sum) in world.whole where sum.nonzeroBitCount >= 10 {
            let answer = try context.answer(
                QueryRequest(kpis: ["voice.sum"], filters: [("team", team)], period: day))
            #expect(
                answer.total.figures[0].value == Fraction(Int128(sum)),
                "seed \(seed): \(team) \(day)")
        }
    }

    private static func question(_ numbers: inout SeededNumbers) -> QueryRequest {
        func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &numbers) }
        let isAsked = random(0...2) == 0
        let isHeard = !isAsked && random(0...2) == 0
        let statistics =
            isHeard
            ? ["heard", "heard.sum", "heard.count"]
            : isAsked
                ? ["asked", "asked.sum", "asked.count", "asked.first"]
                : ["voice", "voice.sum", "voice.count", "voice.people", "voice.large"]
        let dimensions = isAsked ? ["team", "survey", "question"] : ["team"]
        let first = Day("2025-01-01").advanced(by: random(0...100))
        var request = QueryRequest(
            kpis: isAsked || isHeard || random(0...3) > 0
                ? statistics : statistics + ["voice.both"],
            by: dimensions.filter { _ in random(0...2) == 0 },
            filters: (0..<random(0...2)).map { _ in ("team", "t\(random(0...3))") },
            period: random(0...2) == 0
                ? ["2025", "2025-01", "2025-02", "2025-Q1"][random(0...3)]
                : "\(first)..\(first.advanced(by: random(0...60)))",
            grain: [nil, nil, "day", "week", "month"][random(0...4)],
            compare: random(0...3) == 0 ? "previous" : nil)
        request.areValuesResolved = true
        return request
    }

    /// The sums that figures tell, which are also those of the numbers beside them.
    private static func told(
        _ figures: [Figure], _ columns: [AnswerColumn], _ people: [String]
    ) throws -> [Int64] {
        var sums: [Int64] = []
        for (column, figure) in zip(columns, figures) where figure.value.hasValue {
            switch column.statistic {
            case "sum", "first", nil: sums.append(Int64(figure.value.numerator))
            default: continue
            }
        }
        for (column, figure) in zip(columns, figures) where column.statistic == "sum" {
            guard figure.value.hasValue else { continue }
            let answers = Int64(figure.value.numerator)
            #expect(figure.count.map { Int($0) } == answers.nonzeroBitCount)
            #expect(answers == 0 || answers.nonzeroBitCount >= 5)
            let asked = Set(
                people.indices.filter { answers >> Int64($0) & 1 == 1 }.map { people[$0] })
            for (other, figure) in zip(columns, figures) where other.statistic == "people" {
                #expect(figure.value == Fraction(Int128(asked.count)))
            }
        }
        return sums
    }
}
