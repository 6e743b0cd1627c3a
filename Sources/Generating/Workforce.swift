internal import EventModel

/// One who answers customers.
struct Agent: Sendable {
    /// As events name them: `budi.santoso`.
    var key: String
    /// As people read it: `Budi Santoso`.
    var name: String
    var team: Int
    var level: Int
    /// Local hour their shift begins; it lasts eight hours.
    var shiftStart: Int
    /// Days of the week they rest, a bit each from Monday.
    var restDays: UInt8
    /// Day of the span they begin (0: were there before), and the first they are gone.
    var joins: Int
    var leaves: Int
    /// 0 to 99: how quick and well they work.
    var skill: Int
    /// Scrambles whatever depends on agent and day alone.
    var salt: UInt64
}

/// The agents, and who is at work when.
struct Workforce: Sendable {
    private(set) var agents: [Agent] = []
    /// By team: those on shift in the current hour, in order; and all of them.
    private(set) var onShift: [[UInt16]]
    private var everybodyOnShift: [UInt16] = []
    private var turns: [Int]
    private let isHoliday: [Bool]
    private let firstWeekday: Int

    static let shiftLength: Int64 = 8 * 3_600_000
    static let nobody = UInt16.max

    init(count: Int, from: Day, curve: LoadCurve, words: Vocabulary, random: inout Randomness) {
        isHoliday = curve.isHoliday
        firstWeekday = from.weekday - 1
        onShift = Array(repeating: [], count: words.teams.count)
        turns = Array(repeating: 0, count: words.teams.count + 1)
        let days = isHoliday.count
        let start = random.below(10_000)
        for index in 0..<count {
            let team = words.hiring[index % words.hiring.count]
            let first = (start + index) % Vocabulary.firstNames.count
            let round = (start + index) / Vocabulary.firstNames.count
            let last = (round + first * 11) % Vocabulary.lastNames.count
            let repeats = index / (Vocabulary.firstNames.count * Vocabulary.lastNames.count)
            let name = Vocabulary.firstNames[first] + " " + Vocabulary.lastNames[last]
            let suffix = repeats == 0 ? "" : String(repeats + 1)
            var agent = Agent(
                key: (Vocabulary.firstNames[first] + "." + Vocabulary.lastNames[last]).lowercased()
                    + suffix,
                name: suffix.isEmpty ? name : name + " " + suffix, team: team,
                level: team == Vocabulary.Team.escalation ? 2 : 1,
                shiftStart: Workforce.shiftStart(index: index, team: team),
                restDays: random.chance(7, of: 10)
                    ? 0b110_0000 : UInt8(1 << random.below(7)) | UInt8(1 << random.below(7)),
                joins: 0, leaves: .max, skill: random.below(100), salt: random.next())
            // The first eight stay, so that no team is ever without people for good.
            if index >= 8 {
                if random.chance(22, of: 100) { agent.joins = 1 + random.below(days) }
                if random.chance(14, of: 100), agent.joins < days {
                    agent.leaves = agent.joins + 1 + random.below(days)
                }
            }
            agents.append(agent)
        }
    }

    /// Morning, day, late and night shifts; nights for customer service and the call centre.
    private static func shiftStart(index: Int, team: Int) -> Int {
        let staffsNights = team == Vocabulary.Team.service || team == Vocabulary.Team.calls
        switch index % 7 {
        case 0, 3: return 7
        case 1, 4: return 9
        case 2, 5: return 13
        default: return staffsNights ? 22 : 8
        }
    }

    /// Whether an agent's shift begins on a day of the span: hired, no rest day, no leave, and on
    /// public holidays only three in ten.
    func works(_ index: Int, day: Int) -> Bool {
        guard day >= 0, day < isHoliday.count else { return false }
        let agent = agents[index]
        guard day >= agent.joins, day < agent.leaves else { return false }
        let weekday = (firstWeekday + day) % 7
        if agent.restDays & UInt8(1 << weekday) != 0 { return false }
        let hash = SplitMix64.mixed(agent.salt &+ UInt64(day)) % 100
        return isHoliday[day] ? hash < 30 : hash >= 6
    }

    /// The first moment from `time` on at which an agent is at work; nil when there is none within
    /// four days.
    func nextDuty(_ index: Int, from time: Int64) -> Int64? {
        let today = Int(time / 86_400_000)
        let shiftStart = Int64(agents[index].shiftStart) * 3_600_000
        for day in max(0, today - 1)...(today + 4) where works(index, day: day) {
            let start = Int64(day) * 86_400_000 + shiftStart
            if start + Workforce.shiftLength > time { return max(start, time) }
        }
        return nil
    }

    /// Whether an agent is gone for good.
    func hasLeft(_ index: Int, at time: Int64) -> Bool {
        Int(time / 86_400_000) >= agents[index].leaves
    }

    /// Draws up the lists of those at work in the hour that begins at `time`.
    ///
    /// - Complexity: O(agents).
    mutating func startHour(at time: Int64) {
        for team in onShift.indices { onShift[team].removeAll(keepingCapacity: true) }
        everybodyOnShift.removeAll(keepingCapacity: true)
        let today = Int(time / 86_400_000)
        let hour = Int(time / 3_600_000 % 24)
        for index in agents.indices {
            let start = agents[index].shiftStart
            let sinceStart = hour - start
            let isToday = sinceStart >= 0 && sinceStart < 8
            let isYesterday = start + 8 > 24 && hour < start + 8 - 24
            guard isToday && works(index, day: today) || isYesterday && works(index, day: today - 1)
            else { continue }
            onShift[agents[index].team].append(UInt16(index))
            everybodyOnShift.append(UInt16(index))
        }
    }

    /// Whose turn it is in a team, or among all when nobody of it is at work; nil when nobody is.
    mutating func nextInTurn(team: Int) -> Int? {
        if !onShift[team].isEmpty {
            turns[team] &+= 1
            return Int(onShift[team][turns[team] % onShift[team].count])
        }
        guard !everybodyOnShift.isEmpty else { return nil }
        turns[onShift.count] &+= 1
        return Int(everybodyOnShift[turns[onShift.count] % everybodyOnShift.count])
    }

    /// Moves an agent up a level, at most to 3.
    mutating func promote(_ index: Int) {
        agents[index].level = min(3, agents[index].level + 1)
    }

    /// Moves an agent to another team.
    mutating func move(_ index: Int, to team: Int) { agents[index].team = team }
}
