private let minute: Int64 = 60_000
private let hour: Int64 = 3_600_000
private let day: Int64 = 86_400_000

/// What agents and customers do to an open ticket.
extension EventGenerator {
    mutating func reply(_ current: inout Case) -> Int64? {
        writeMessageFromAgent(&current, isPublic: true)
        current.left -= 1
        if current.left <= 0 {
            current.phase = .resolve
            return now
                + random.exponential(
                    mean: current.marks.contains(.isLive) ? 3 * minute : 30 * minute)
        }
        if random.chance(28, of: 100) {
            writeStatus(&current, "pending", by: "agent")
            current.marks.insert(.pending)
            if current.pace == 0, random.chance(15, of: 100) {
                current.phase = .remind
                return now + 2 * day
            }
        }
        current.phase = .customer
        return customerTime(current)
    }

    mutating func customerWrites(_ current: inout Case) -> Int64? {
        writeMessageFromCustomer(&current)
        if current.marks.contains(.pending) {
            writeStatus(&current, "open", by: "customer")
            current.marks.remove(.pending)
        }
        // Impatient people write twice.
        if random.chance(6, of: 100) { return now + random.exponential(mean: 10 * minute) }
        return nextStep(&current)
    }

    /// What comes between messages; the reply follows.
    mutating func interlude(_ current: inout Case) -> Int64? {
        let phase = current.phase
        current.phase = .reply
        switch phase {
        case .note: writeMessageFromAgent(&current, isPublic: false)
        case .attributes: changeAttributes(&current)
        case .transfer: transfer(&current)
        case .escalate: escalate(&current)
        case .hold:
            writeStatus(&current, "hold", by: "agent")
            current.phase = .resume
            return now + random.skewed(mean: 7 * hour)
        case .resume: writeStatus(&current, "open", by: "agent")
        default: break
        }
        return agentTime(current)
    }

    private mutating func changeAttributes(_ current: inout Case) {
        begin("ticket.attributes_set", of: &current)
        let changesPriority = random.chance(2, of: 5)
        if changesPriority {
            current.priority = UInt8(
                min(3, max(0, Int(current.priority) + 1 - random.below(3) / 2 * 2)))
            put("\"priority\":\"", words.priorities[Int(current.priority)])
        } else {
            current.category = UInt8(words.categoryLottery.draw(&random))
            let category = words.categories[Int(current.category)]
            current.subcategory = UInt8(random.below(category.subcategories.count))
            put("\"category\":\"", category.name)
            put(",\"subcategory\":\"", category.subcategories[Int(current.subcategory)])
            put(",\"reason\":\"", words.reasons[words.reasonLottery.draw(&random)])
        }
        endLine()
        markVoidable(&current)
        if changesPriority, current.marks.contains(.hasTarget), random.chance(1, of: 2) {
            begin("sla.cancelled", of: &current)
            line.put(
                "\"metric\":\"resolution\",\"policy\":\"standar\",\"reason\":\"prioritas berubah\"")
            endLine()
            let quarters = [32, 16, 4, 1][Int(current.priority)]
            writeTarget(&current, "resolution", milliseconds: quarters * 9_000_000)
        }
    }

    private mutating func transfer(_ current: inout Case) {
        let by = key(of: current.agent)
        if random.chance(2, of: 5) {
            current.team = UInt8(words.categories[Int(current.category)].team)
        }
        if let agent = workforce.nextInTurn(team: Int(current.team)) {
            current.agent = UInt16(agent)
            writeAssigned(&current, by: by)
        } else {
            // Nobody is there: back into the team's queue.
            current.agent = Workforce.nobody
            writeAssigned(&current, by: by)
            current.phase = .assign
        }
    }

    private mutating func escalate(_ current: inout Case) {
        let fromAgent = key(of: current.agent)
        let fromTeam = words.teams[Int(current.team)]
        let late = now - current.opened > 8 * hour
        let trigger =
            late && random.chance(1, of: 2)
            ? "sla"
            : random.chance(1, of: 4) ? "customer" : random.chance(1, of: 12) ? "system" : "agent"
        current.team = UInt8(Vocabulary.Team.escalation)
        let agent = workforce.nextInTurn(team: Int(current.team))
        begin("ticket.escalated", of: &current)
        put("\"trigger\":\"", trigger)
        line.put(",\"from_level\":")
        line.put(Int(current.level))
        current.level += 1
        line.put(",\"to_level\":")
        line.put(Int(current.level))
        put(",\"from_agent\":\"", fromAgent)
        put(",\"from_team\":\"", fromTeam)
        if let agent { put(",\"to_agent\":\"", workforce.agents[agent].key) }
        put(",\"to_team\":\"", words.teams[Int(current.team)])
        endLine()
        current.marks.insert(.escalated)
        current.agent = agent.map { UInt16($0) } ?? Workforce.nobody
        writeAssigned(&current, by: trigger == "agent" ? fromAgent : "otomatis")
        if agent == nil { current.phase = .assign }
    }

    mutating func resolve(_ current: inout Case, by kind: String) -> Int64? {
        let resolution =
            kind == "agent"
            ? words.resolutions[random.below(words.resolutions.count)]
            : kind == "bot" ? "edukasi" : "tidak ada tanggapan"
        writeStatus(&current, "resolved", by: kind, resolution: resolution)
        current.closes = now + 3 * day
        let again = current.marks.contains(.reopened) ? 15 : 8
        if current.pace == 0, random.chance(again, of: 100) {
            let time = now + 5 * minute + random.exponential(mean: 14 * hour)
            if time < current.closes {
                current.phase = .reopen
                return time
            }
        }
        if !current.marks.contains(.surveyed), random.chance(42, of: 100) {
            current.phase = .survey
            return now + minute + random.exponential(mean: 20 * minute)
        }
        current.phase = .close
        return random.chance(12, of: 100)
            ? now + random.exponential(mean: 10 * minute) : current.closes
    }

    mutating func reopen(_ current: inout Case) -> Int64? {
        writeMessageFromCustomer(&current)
        writeStatus(&current, "open", by: "customer")
        current.marks.insert(.reopened)
        current.marks.remove(.byRobot)
        current.left = 1 + random.streak(2, of: 5, limit: 6)
        if current.agent == Workforce.nobody {
            current.phase = .assign
            return now + random.skewed(mean: 20 * minute)
        }
        return nextStep(&current)
    }

    /// From resolved to closed, and what comes after.
    mutating func wind(_ current: inout Case) -> Int64? {
        switch current.phase {
        case .survey:
            // Reviews and feedback come unasked.
            let isAsked = words.channels[Int(current.channel)].via == "survey"
            if isAsked { writeSurveySent(&current) }
            current.marks.insert(.surveyed)
            current.phase = .close
            guard random.chance(isAsked ? 38 : 24, of: 100) else {
                // A reminder; one in three who get it answers.
                guard isAsked, random.chance(1, of: 8), now + 2 * day < current.closes else {
                    return current.closes
                }
                current.phase = .surveyAgain
                return now + day + random.exponential(mean: 6 * hour)
            }
            let time =
                random.chance(1, of: 10)
                ? now + 3 * day + random.exponential(mean: 4 * day)
                : now + minute + random.exponential(mean: 6 * hour)
            if time < current.closes {
                current.phase = .answer
                return time
            }
            current.marks.insert(.answerLate)
            return current.closes
        case .surveyAgain:
            writeSurveySent(&current)
            current.phase = random.chance(1, of: 3) ? .answer : .close
            return current.phase == .close
                ? current.closes : min(current.closes, now + random.exponential(mean: 5 * hour))
        case .answer:
            writeSurveyAnswered(&current)
            if random.chance(4, of: 100) { current.marks.insert(.answerAgain) }
            current.phase = .close
            return current.closes
        case .close:
            let isByTimer = now >= current.closes
            writeStatus(
                &current, "closed",
                by: isByTimer || current.agent == Workforce.nobody ? "system" : "agent")
            current.marks.insert(.closed)
            if current.agent != Workforce.nobody, random.chance(3, of: 100) {
                current.marks.insert(.review)
            }
            if random.chance(2, of: 100) { current.marks.insert(.money) }
            if random.chance(25, of: 1000) { current.marks.insert(.followUp) }
            current.phase = .aftermath
            return nextOfAftermath(current)
        default:
            doNextOfAftermath(&current)
            return nextOfAftermath(current)
        }
    }

    private mutating func nextOfAftermath(_ current: Case) -> Int64? {
        let toCome: Case.Marks = [.answerLate, .answerAgain, .review, .money, .followUp]
        guard !current.marks.isDisjoint(with: toCome) else { return nil }
        return now + hour + random.exponential(mean: 2 * day)
    }

    private mutating func doNextOfAftermath(_ current: inout Case) {
        if current.marks.remove(.answerLate) != nil {
            writeSurveyAnswered(&current)
        } else if current.marks.remove(.answerAgain) != nil {
            // Some are asked anew, and answer at once.
            if random.chance(1, of: 4) { writeSurveySent(&current) }
            writeSurveyAnswered(&current)
        } else if current.marks.remove(.review) != nil {
            writeReview(&current)
        } else if current.marks.remove(.money) != nil {
            writeMoney(&current)
        } else if current.marks.remove(.followUp) != nil {
            let later = tickets
            openTicket(followUpOf: current)
            begin("ticket.followed_up", of: &current)
            line.put("\"case\":\"ticket/TKT-")
            line.put(later)
            line.put(byte: 0x22)
            endLine()
        }
    }
}
