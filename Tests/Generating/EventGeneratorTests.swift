import EventModel
import Generating
import Shipped
import Testing

/// What the bytes of one seed hold, counted; what options change, compared; every schema asked.
@Suite("Event generator: seeded output, counted, compared and held to the schemas")
struct EventGeneratorTests {
    static func options(_ events: Int) -> GeneratorOptions {
        var options = GeneratorOptions()
        options.events = events
        return options
    }

    /// 80,000 events of a year, made once.
    static let year = Result { try GeneratedLine.all(seed: 7, options(80_000)) }

    @Test func `the same seed gives the same bytes, whatever the size of the chunks`() throws {
        var options = Self.options(6000)
        options.duplicateShare = 0.05
        let whole = try GeneratedLine.bytes(seed: 11, options)
        for size in [1, 300, 4096, 65_537] {
            #expect(try GeneratedLine.bytes(seed: 11, options, size: size) == whole, "size \(size)")
        }
        #expect(try GeneratedLine.bytes(seed: 12, options) != whole)
    }

    @Test func `the bytes of a seed never change`() throws {
        let bytes = try GeneratedLine.bytes(seed: 1, Self.options(10_000))
        // A change here changes every benchmark and every figure of the demo: say so in CHANGELOG.
        #expect(bytes.count == 2_683_840)
        #expect(Fingerprint(of: bytes.span).value == 11_051_800_526_453_936_728)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 100, 999, 12_345])
    func `exactly the events asked for are written`(events: Int) throws {
        var options = Self.options(events)
        #expect(try GeneratedLine.lines(of: GeneratedLine.bytes(seed: 3, options)).count == events)
        options.lateShare = 0.2
        options.duplicateShare = 0.5
        #expect(try GeneratedLine.lines(of: GeneratedLine.bytes(seed: 4, options)).count == events)
        options.to = options.from
        #expect(try GeneratedLine.lines(of: GeneratedLine.bytes(seed: 5, options)).count == events)
    }

    @Test func `every type of input happens, tickets most of all`() throws {
        let lines = try Self.year.get()
        var types: [String: Int] = [:]
        for line in lines { types[line.type, default: 0] += 1 }
        let known = try EventTypes.shipped(texts: Shipped.texts(in: "events"))
        // What the made-up team does not do: it has no goals, reviews, rosters, disputes and aliases.
        let others: Set<String> = [
            "absence.recorded", "action.recorded", "agent.alias_set", "customer.alias_set",
            "dispute.decided", "figure.disputed", "goal.set", "review.held", "shift.scheduled",
            "target.reviewed",
        ]
        let expected = known.schemas.filter { !$0.isLogsOwn && !others.contains($0.type) }
            .map(\.type)
        #expect(types.keys.sorted() == expected.sorted())
        let ofTickets = lines.count { $0.subject.hasPrefix("ticket/") }
        #expect((75...86).contains(ofTickets * 100 / lines.count), "\(ofTickets) of tickets")
    }

    @Test func `twelve channels and more are used, each often enough to see`() throws {
        var channels: [String: Int] = [:]
        for line in try Self.year.get() where line.type == "ticket.opened" {
            channels[line.text("channel") ?? "none", default: 0] += 1
        }
        #expect(channels.count >= 12)
        #expect(channels.values.min() ?? 0 >= 10, "\(channels)")
    }

    @Test func `no two events have one id, and a case's are numbered`() throws {
        var seen: Set<String> = []
        for line in try Self.year.get() {
            #expect(seen.insert(line.source + " " + line.id).inserted, "\(line.id)")
        }
    }

    @Test func `times lie within the span and fill it to its last day`() throws {
        let lines = try Self.year.get()
        let times = lines.map(\.time)
        // The year 2025 in Asia/Jakarta.
        #expect(times.min() ?? "" >= "2024-12-31T17:00:00.000Z")
        #expect(times.max() ?? "" < "2025-12-31T17:00:00.000Z")
        #expect(times.max() ?? "" > "2025-12-30T17:00:00.000Z")
        var months: [String: Int] = [:]
        for time in times { months[String(time.prefix(7)), default: 0] += 1 }
        for (month, count) in months where month != "2024-12" {
            #expect((4000...10_400).contains(count), "\(month): \(count)")
        }
    }

    @Test func `without late lines all is in the order of time, with ties`() throws {
        var options = Self.options(20_000)
        options.lateShare = 0
        let times = try GeneratedLine.all(seed: 9, options).map(\.time)
        #expect(times == times.sorted())
        #expect(Set(times).count < times.count * 9 / 10)
    }

    @Test func `the share of late lines is the one asked for, and they are days late at most`()
        throws
    {
        var latest = ""
        var late = 0
        var daysLate = 0
        for line in try Self.year.get() {
            if line.time < latest {
                late += 1
                let gap =
                    try Instant(rfc3339: latest).milliseconds
                    - Instant(rfc3339: line.time).milliseconds
                if gap > 86_400_000 { daysLate += 1 }
                #expect(gap < 11 * 86_400_000, "\(line.id)")
            } else {
                latest = line.time
            }
        }
        #expect((650...900).contains(late), "\(late) of 80,000 are late")
        #expect((40...240).contains(daysLate), "\(daysLate) by more than a day")
    }

    @Test func `duplicates repeat an earlier line byte for byte, in the share asked for`() throws {
        var options = Self.options(20_000)
        options.duplicateShare = 0.1
        let lines = GeneratedLine.lines(of: try GeneratedLine.bytes(seed: 5, options))
        var seen: [String: ArraySlice<UInt8>] = [:]
        var repeats = 0
        for line in lines {
            let parsed = GeneratedLine(line)
            let key = parsed.source + " " + parsed.id
            if let first = seen[key] {
                repeats += 1
                #expect(first.elementsEqual(line), "\(key)")
            }
            seen[key] = line
        }
        #expect((1750...2250).contains(repeats), "\(repeats) of 20,000 repeat")
    }

    @Test func `a void follows what it voids, in the same case, and nothing repeats it`() throws {
        var options = Self.options(50_000)
        options.duplicateShare = 0.1
        options.lateShare = 0.1
        var subjects: [String: String] = [:]
        var voided: Set<String> = []
        for line in try GeneratedLine.all(seed: 21, options) {
            let key = line.source + " " + line.id
            #expect(!voided.contains(key), "\(key) comes again after its void")
            if line.type == "event.voided" {
                let target = try #require(line.text("source")) + " " + (line.text("id") ?? "")
                #expect(subjects[target] == line.subject, "\(line.id) voids \(target)")
                voided.insert(target)
            }
            subjects[key] = line.subject
        }
        #expect(voided.count > 20)
    }

    @Test func `every line holds to the schema of its type`() throws {
        var validator = EventValidator(
            try EventTypes.shipped(texts: Shipped.texts(in: "events")))
        var batch = EventBatch()
        var options = Self.options(8000)
        options.from = try #require(Day(year: 2025, month: 9, day: 1))
        options.to = try #require(Day(year: 2025, month: 10, day: 20))
        var tokens = EventTokens()
        for line in GeneratedLine.lines(of: try GeneratedLine.bytes(seed: 2, options)) {
            batch.removeAll()
            let text = Array(line.dropLast())
            try tokens.read(text.span)
            let refusal = validator.admit(
                tokens: tokens.words.span, text: tokens.text.span, isPlain: tokens.isPlain,
                as: .input, line: 0, into: &batch)
            #expect(refusal == nil, "\(String(decoding: line, as: UTF8.self))")
        }
    }

    @Test func `options out of their limits are refused with a sentence`() {
        func fault(_ change: (inout GeneratorOptions) -> Void) -> String {
            var options = GeneratorOptions()
            change(&options)
            do {
                _ = try EventGenerator(seed: 0, options: options)
                return "none"
            } catch { return error.description }
        }
        #expect(
            fault { $0.events = -1 } == "a log holds 0 to 4,000,000,000 generated events, not -1")
        #expect(
            fault { $0.to = Day(number: 0) }
                == "the last day, 1970-01-01, lies before the first, 2025-01-01")
        #expect(
            fault { $0.agents = 7 } == "7 agents: give 8 to 20,000, so that every team has somebody"
        )
        #expect(fault { $0.lateShare = 0.3 } == "the share of late lines is 0 to 0.2, not 0.3")
        #expect(
            fault { $0.duplicateShare = .nan } == "the share of duplicates is 0 to 0.5, not nan")
        #expect(
            fault { $0.origin = "a\"b" }
                == "the origin \"a\"b\" is no name of 1 to 200 letters, digits and .:/_-")
        #expect(fault { $0.longCases = -1 } == "long cases: give 0 to 10,000, not -1")
        #expect(fault { _ in } == "none")
    }
}
