import EventModel
import Testing

@testable import Generating

/// Whether the organisation is a believable one: the lives of its tickets and people, counted.
@Suite("Generated organisation: shares and lives within bounds")
struct GeneratedOrganisationTests {
    /// The events of each ticket, in the order of time, by its subject.
    static let tickets = Result {
        var tickets: [String: [GeneratedLine]] = [:]
        for line in try EventGeneratorTests.year.get() where line.subject.hasPrefix("ticket/") {
            tickets[line.subject, default: []].append(line)
        }
        return tickets.mapValues {
            $0.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                .map(\.element)
        }
    }

    func statuses(_ lines: [GeneratedLine]) -> [String] {
        lines.filter { $0.type == "ticket.status_changed" }.compactMap { $0.text("status") }
    }

    @Test func `a ticket has about ten events, some have hundreds`() throws {
        let counts = try Self.tickets.get().values.map(\.count).sorted()
        let mean = counts.reduce(0, +) / counts.count
        #expect((8...11).contains(mean))
        #expect((6...10).contains(counts[counts.count / 2]))
        #expect(counts.count { $0 > 100 } >= 3)
        #expect((counts.last ?? 0) > 1000)
    }

    @Test func `one ticket in twelve is reopened, some again`() throws {
        let tickets = try Self.tickets.get()
        var resolved = 0
        var reopened = 0
        var again = 0
        for lines in tickets.values {
            let states = statuses(lines)
            guard states.contains("resolved") else { continue }
            resolved += 1
            let times = zip(states, states.dropFirst()).count { $0 == "resolved" && $1 == "open" }
            if times > 0 { reopened += 1 }
            if times > 1 { again += 1 }
        }
        #expect((60...110).contains(reopened * 1000 / resolved), "\(reopened) of \(resolved)")
        #expect(again > 8)
    }

    @Test
    func `tickets are escalated, merged, removed, followed up, and mostly closed by the timer`()
        throws
    {
        let tickets = try Self.tickets.get()
        func share(_ type: String) -> Int {
            tickets.values.count { $0.contains { $0.type == type } } * 1000 / tickets.count
        }
        #expect((20...90).contains(share("ticket.escalated")))
        #expect((8...25).contains(share("ticket.merged")))
        #expect((4...15).contains(share("ticket.removed")))
        #expect((12...32).contains(share("ticket.followed_up")))
        let closings = tickets.values.joined().filter {
            $0.type == "ticket.status_changed" && $0.text("status") == "closed"
        }
        let byTimer = closings.count { $0.text("actor_kind") == "system" }
        #expect((85...98).contains(byTimer * 100 / closings.count))
        for line in tickets.values.joined()
        where line.type == "ticket.merged" || line.type == "ticket.followed_up" {
            let other = line.text("into") ?? line.text("case") ?? ""
            #expect(tickets[other] != nil, "\(line.id) names \(other)")
        }
    }

    @Test func `public replies come from agents who have a profile, at any hour but mostly by day`()
        throws
    {
        let lines = try EventGeneratorTests.year.get()
        let agents = Set(lines.filter { $0.type == "agent.profile_set" }.map(\.subject))
        var byDay = 0
        var all = 0
        for line in lines where line.type == "message.posted" && line.text("actor_kind") == "agent"
        {
            #expect(agents.contains("agent/" + (line.text("actor") ?? "")), "\(line.id)")
            let hour = ((Int(line.time.dropFirst(11).prefix(2)) ?? 0) + 7) % 24
            all += 1
            if (7..<22).contains(hour) { byDay += 1 }
        }
        #expect((80...97).contains(byDay * 100 / all), "\(byDay) of \(all)")
    }

    @Test func `agents join and leave over the year`() throws {
        var options = EventGeneratorTests.options(30_000)
        options.agents = 100
        let lines = try GeneratedLine.all(seed: 3, options)
        let founding = "2024-12-31T17:00:00.000Z"
        let profiles = lines.filter { $0.type == "agent.profile_set" }
        let joined = Set(profiles.filter { $0.time > founding }.map(\.subject))
            .subtracting(profiles.filter { $0.time == founding }.map(\.subject))
        #expect((8...35).contains(joined.count), "\(joined.count) join")
        #expect(Set(profiles.map(\.subject)).count > 90)
        let lastSeen = Dictionary(
            lines.filter { $0.type == "agent.state_changed" }.map { ($0.subject, $0.time) },
            uniquingKeysWith: max)
        #expect(lastSeen.values.count { $0 < "2025-11-01" } >= 4)
    }

    @Test func `holidays and week ends are quieter`() throws {
        var days: [String: Int] = [:]
        for line in try EventGeneratorTests.year.get() where line.type == "ticket.opened" {
            let local = try TimeZoneRules(
                name: "Asia/Jakarta", release: "", transitions: [], offsetsSeconds: [25_200]
            ).day(of: Instant(rfc3339: line.time))
            days[local.description, default: 0] += 1
        }
        func mean(_ names: [String]) -> Int {
            names.map { days[$0] ?? 0 }.reduce(0, +) * 10 / names.count
        }
        let lebaran = mean(["2025-03-31", "2025-04-01", "2025-04-02", "2025-04-03", "2025-04-04"])
        let ordinary = mean(["2025-05-05", "2025-05-06", "2025-05-07", "2025-05-08", "2025-05-09"])
        let sundays = mean(["2025-05-04", "2025-05-11", "2025-05-18", "2025-05-25"])
        #expect(lebaran * 100 < ordinary * 75)
        #expect(sundays * 100 < ordinary * 80)
    }

    @Test func `on holidays and at week ends fewer agents are at work`() throws {
        var options = GeneratorOptions()
        options.agents = 400
        let workforce = try EventGenerator(seed: 1, options: options).workforce
        func atWork(_ month: Int, _ dayOfMonth: Int) -> Int {
            let number = Day(year: 2025, month: month, day: dayOfMonth)?.number ?? 0
            let day = Int(number - options.from.number)
            return workforce.agents.indices.count { workforce.works($0, day: day) }
        }
        // Mondays: an ordinary one, and the first of Lebaran; a Sunday.
        let ordinary = atWork(5, 5)
        #expect((220...380).contains(ordinary))
        #expect(atWork(3, 31) * 100 < ordinary * 45)
        #expect(atWork(5, 4) * 100 < ordinary * 45)
        #expect(atWork(3, 31) > 0)
    }

    @Test func `memory follows the cases alive, not the length of the span`() throws {
        func peak(days: Int) throws -> (slots: Int, bytes: Int) {
            var options = GeneratorOptions()
            options.events = days * 300
            options.to = options.from.advanced(by: days - 1)
            options.longCases = 0
            var generator = try EventGenerator(seed: 6, options: options)
            var chunk: [UInt8] = []
            while generator.nextChunk(into: &chunk, size: 1 << 14) {}
            return (generator.cases.count, chunk.capacity)
        }
        let short = try peak(days: 60)
        let long = try peak(days: 300)
        #expect(long.slots < short.slots * 2, "\(short.slots) and \(long.slots) slots")
        #expect(long.bytes < 1 << 17)
    }
}
