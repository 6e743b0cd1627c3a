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
            begin("call.wrapped", of: &current)
            put("\"agent\":\"", key(of: current.agent))
            endLine()
            return afterCall(&current)
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
            line.put(
                random.below(130) < 70 + skill / 2 ? ",\"resolved\":true" : ",\"resolved\":false")
        }
        endLine()
    }

    private mutating func hangUp(_ current: inout Case) -> Int64? {
        writeCallEnded(&current, random.chance(6, of: 100) ? "transferred" : "handled")
        guard random.chance(3, of: 4) else { return afterCall(&current) }
        current.phase = .wrap
        return now + 5 * second + random.exponential(mean: 45 * second)
    }

    private mutating func afterCall(_ current: inout Case) -> Int64? {
        if random.chance(25, of: 100) {
            current.phase = .survey
            return now + minute
        }
        guard random.chance(3, of: 100) else { return nil }
        current.phase = .aftermath
        return now + random.exponential(mean: 48 * hour)
    }
}
