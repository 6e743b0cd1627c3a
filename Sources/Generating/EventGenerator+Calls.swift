private let second: Int64 = 1000
private let minute: Int64 = 60_000
private let hour: Int64 = 3_600_000

/// The life of a call.
extension EventGenerator {
    mutating func queueCall() {
        var new = Case(kind: .call, phase: .pickUp, number: calls)
        calls += 1
        new.opened = now
        new.channel = 4
        new.customer = customers.someContact(&random)
        new.category = UInt8(words.categoryLottery.draw(&random))
        new.reason = UInt8(words.reasonLottery.draw(&random))
        new.about = UInt8(words.aboutLottery.draw(&random))
        new.team = UInt8(Vocabulary.Team.calls)
        begin("call.queued", of: &new)
        put("\"channel\":\"", words.channels[Int(new.channel)].name)
        put(",\"queue\":\"", new.category == 0 ? "gangguan" : "umum")
        putCustomer(",\"customer\":\"", new.customer)
        put(",\"team\":\"", words.teams[Int(new.team)])
        put(",\"category\":\"", words.categories[Int(new.category)].name)
        put(",\"reason\":\"", words.reasons[Int(new.reason)])
        endLine()
        schedule(new, at: now + second + random.skewed(mean: 35 * second))
    }

    mutating func stepCall(_ current: inout Case) -> Int64? {
        voidPerhaps(&current)
        switch current.phase {
        case .pickUp: return pickUp(&current)
        case .hangUp: return hangUp(&current)
        case .wrap:
            writeWrapped(&current)
            return afterCall(&current)
        case .aftermath where current.marks.contains(.followUp):
            followUpCall(&current)
            return nil
        case .survey:
            writeSurveySent(&current)
            current.phase = .answer
            guard random.chance(3, of: 10) else { return nil }
            return now + 10 * second + random.skewed(mean: 20 * minute)
        case .answer:
            writeSurveyAnswered(&current)
            return nil
        default:
            writeReview(&current)
            return nil
        }
    }

    private mutating func pickUp(_ current: inout Case) -> Int64? {
        let agent = workforce.nextInTurn(team: Int(current.team))
        let fate = random.below(100)
        if agent == nil || fate < 11 {
            let outcome =
                agent == nil || fate < 7 ? "abandoned" : fate < 9 ? "overflow" : "callback"
            writeCallEnded(&current, outcome)
            return nil
        }
        current.agent = UInt16(agent ?? 0)
        begin("call.answered", of: &current)
        put("\"agent\":\"", key(of: current.agent))
        put(",\"team\":\"", words.teams[Int(current.team)])
        endLine()
        current.phase = .hangUp
        return now + 20 * second + random.skewed(mean: 170 * second)
    }

    private mutating func writeCallEnded(_ current: inout Case, _ outcome: String) {
        begin("call.ended", of: &current)
        put("\"outcome\":\"", outcome)
        if current.agent != Workforce.nobody {
            put(",\"agent\":\"", key(of: current.agent))
            put(",\"reason\":\"", words.reasons[Int(current.reason)])
            put(",\"about\":\"", words.abouts[Int(current.about)])
            let skill = workforce.agents[Int(current.agent)].skill
            let isResolved = outcome == "handled" && random.below(130) < 70 + skill / 2
            // Not every telephone system asks.
            if random.chance(19, of: 20) {
                line.put(isResolved ? ",\"resolved\":true" : ",\"resolved\":false")
            }
        }
        endLine()
    }

    private mutating func hangUp(_ current: inout Case) -> Int64? {
        if random.chance(6, of: 100), current.marks.insert(.transferred).inserted {
            writeCallEnded(&current, "transferred")
            if random.chance(1, of: 2) { writeWrapped(&current) }
            // Most are put through to somebody else.
            guard random.chance(4, of: 5) else { return nil }
            current.phase = .pickUp
            return now + second + random.exponential(mean: 30 * second)
        }
        writeCallEnded(&current, "handled")
        guard random.chance(3, of: 4) else { return afterCall(&current) }
        current.phase = .wrap
        return now + 5 * second + random.exponential(mean: 45 * second)
    }

    private mutating func afterCall(_ current: inout Case) -> Int64? {
        if random.chance(25, of: 100) {
            current.phase = .survey
            return now + minute
        }
        current.phase = .aftermath
        if random.chance(5, of: 100) {
            current.marks.insert(.followUp)
            return now + hour + random.exponential(mean: 96 * hour)
        }
        guard random.chance(3, of: 100) else { return nil }
        return now + random.exponential(mean: 48 * hour)
    }

    private mutating func writeWrapped(_ current: inout Case) {
        begin("call.wrapped", of: &current)
        put("\"agent\":\"", key(of: current.agent))
        endLine()
    }

    /// The customer calls once more about the same matter, or a ticket is opened for it.
    private mutating func followUpCall(_ current: inout Case) {
        let isCall = random.chance(2, of: 3)
        let later = isCall ? calls : tickets
        if isCall { queueCall() } else { openTicket(followUpOf: current) }
        begin("call.followed_up", of: &current)
        line.put(isCall ? "\"case\":\"call/TEL-" : "\"case\":\"ticket/TKT-")
        line.put(later)
        line.put(byte: 0x22)
        endLine()
    }
}
