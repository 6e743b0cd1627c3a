private let second: Int64 = 1000
private let minute: Int64 = 60_000
private let hour: Int64 = 3_600_000
private let day: Int64 = 86_400_000

/// The life of a ticket.
extension EventGenerator {
    /// Opens a ticket, by the way of its channel; or the later ticket about an earlier one.
    mutating func openTicket(followUpOf earlier: Case?) {
        var new = Case(kind: .ticket, phase: .assign, number: tickets)
        tickets += 1
        new.opened = now
        new.channel = UInt8(words.channelLottery.draw(&random))
        let channel = words.channels[Int(new.channel)]
        if channel.isLive { new.marks.insert(.isLive) }
        if let earlier {
            new.customer = earlier.customer
            new.category = earlier.category
            new.subcategory = earlier.subcategory
            new.product = earlier.product
        } else {
            new.customer = customers.someContact(&random)
            new.category = UInt8(words.categoryLottery.draw(&random))
            new.subcategory = UInt8(
                random.below(words.categories[Int(new.category)].subcategories.count))
            new.product = UInt8(random.below(words.products.count))
        }
        new.priority = UInt8(words.priorityLottery.draw(&random))
        new.reason = UInt8(words.reasonLottery.draw(&random))
        new.about = UInt8(words.aboutLottery.draw(&random))
        new.team = UInt8(
            via(channel.via, category: Int(new.category), isPhone: channel.name == "phone"))
        new.left = 1 + random.streak(39, of: 100, limit: 12)
        if random.chance(4, of: 1000) { new.left += 20 + random.below(130) }
        if longCasesLeft > 0, now > hour { makeLong(&new) }
        writeOpening(&new, channel: channel)
        guard !isClosing else { return }
        scheduleFirstStep(new, channel: channel)
    }

    private func via(_ via: String, category: Int, isPhone: Bool) -> Int {
        if isPhone { return Vocabulary.Team.calls }
        return via == "survey" ? words.categories[category].team : Vocabulary.Team.social
    }

    /// One of the long cases asked for: a year's quarrel, about as long as events allow.
    private mutating func makeLong(_ new: inout Case) {
        longCasesLeft -= 1
        let lines = min(options.longCaseEvents, options.events / 10 / options.longCases)
        // A reply brings about 2.8 lines.
        new.left = max(new.left, lines * 10 / 28)
        new.pace = max(1, (end - now) * 9 / 10 / Int64(2 * new.left))
    }

    private mutating func writeOpening(_ new: inout Case, channel: Vocabulary.Channel) {
        let isByAgent = channel.name == "phone" || channel.name == "walk-in"
        let isBySystem = !isByAgent && new.reason == 3 && random.chance(1, of: 6)
        if isByAgent, let agent = workforce.nextInTurn(team: Int(new.team)) {
            new.agent = UInt16(agent)
        }
        writeOpened(
            &new, origin: isBySystem ? "system" : isByAgent ? "agent" : "customer")
        if isLastLinePlain { new.marks.insert(.isOpeningPlain) }
        if random.chance(62, of: 100) {
            new.marks.insert(.hasTarget)
            let quarters = [32, 16, 4, 1][Int(new.priority)]
            writeTarget(&new, "first_response", milliseconds: quarters * 900_000)
            if random.chance(3, of: 5) {
                writeTarget(&new, "resolution", milliseconds: quarters * 9_000_000)
            }
        }
    }

    private mutating func scheduleFirstStep(_ created: Case, channel: Vocabulary.Channel) {
        var new = created
        let fate = random.below(1000)
        switch fate {
        case 0..<9:
            new.phase = .remove
            schedule(new, at: now + random.exponential(mean: hour))
        case 9..<25 where new.number > 1_000_200:
            new.phase = .merge
            schedule(new, at: now + random.exponential(mean: 2 * hour))
        case 25..<29 where new.marks.contains(.isOpeningPlain) && new.pace == 0:
            new.phase = .annul
            schedule(new, at: now + minute + random.exponential(mean: hour))
        case 29..<80 where channel.acknowledges && new.pace == 0:
            new.phase = .robot
            schedule(new, at: now + 2 * second + random.exponential(mean: 8 * second))
        default:
            if channel.acknowledges, random.chance(9, of: 10) {
                // Robots that answer within the instant make ties in time.
                if random.chance(1, of: 3) {
                    writeAutomaticMessage(&new, byRobot: random.chance(1, of: 2))
                } else {
                    new.phase = .acknowledge
                    schedule(new, at: now + 200 + random.exponential(mean: 3 * second))
                    return
                }
            }
            scheduleAssignment(new)
        }
    }

    private mutating func scheduleAssignment(_ new: Case) {
        var new = new
        if new.agent != Workforce.nobody {
            new.phase = .reply
            schedule(new, at: nextStep(&new))
        } else {
            new.phase = .assign
            schedule(new, at: now + assignmentDelay(new))
        }
    }

    private mutating func assignmentDelay(_ current: Case) -> Int64 {
        random.skewed(mean: current.marks.contains(.isLive) ? 90 * second : 12 * minute)
    }

    /// Chooses what the agent does next: the reply, or something before it. Gives its time.
    mutating func nextStep(_ current: inout Case) -> Int64 {
        current.phase = .reply
        switch random.below(100) {
        case 0..<12: current.phase = .note
        case 12..<21: current.phase = .attributes
        case 21..<27: current.phase = .transfer
        case 27..<31 where current.level < 3: current.phase = .escalate
        case 31..<34: current.phase = .hold
        default: break
        }
        return agentTime(current)
    }

    /// When the case's agent gets round to it: after a delay by channel, priority and skill, within
    /// their shift.
    mutating func agentTime(_ current: Case) -> Int64 {
        if current.pace > 0 { return now + random.exponential(mean: current.pace) }
        var mean = current.marks.contains(.isLive) ? 150 * second : 55 * minute
        mean = mean * [18, 10, 6, 4][Int(current.priority)] / 10
        guard current.agent != Workforce.nobody else { return now + mean }
        let skill = Int64(workforce.agents[Int(current.agent)].skill)
        mean = mean * (150 - skill) / 100
        let wanted = now + 5 * second + random.skewed(mean: mean)
        guard let atWork = workforce.nextDuty(Int(current.agent), from: wanted) else {
            return wanted + day
        }
        return atWork == wanted ? wanted : atWork + random.exponential(mean: 25 * minute)
    }

    mutating func customerTime(_ current: Case) -> Int64 {
        if current.pace > 0 { return now + random.exponential(mean: current.pace) }
        let isLive = current.marks.contains(.isLive)
        let time = now + 3 * second + random.skewed(mean: isLive ? 4 * minute : 5 * hour)
        // Few write in the small hours.
        let hourOfDay = time / hour % 24
        return hourOfDay < 5 && random.chance(4, of: 5) ? time + (6 - hourOfDay) * hour : time
    }

    /// One step; its result is when the next one comes, nil when nothing is to come.
    mutating func stepTicket(_ current: inout Case) -> Int64? {
        voidPerhaps(&current)
        handOverPerhaps(&current)
        switch current.phase {
        case .acknowledge:
            writeAutomaticMessage(&current, byRobot: random.chance(1, of: 2))
            if current.agent != Workforce.nobody { return nextStep(&current) }
            current.phase = .assign
            return now + assignmentDelay(current)
        case .assign: return assign(&current)
        case .robot:
            writeAutomaticMessage(&current, byRobot: true)
            current.marks.insert(.byRobot)
            current.phase = .resolve
            return now + minute + random.exponential(mean: 5 * minute)
        case .reply: return reply(&current)
        case .customer: return customerWrites(&current)
        case .remind:
            writeAutomaticMessage(&current, byRobot: false)
            current.phase = .giveUp
            return now + 2 * day
        case .giveUp: return resolve(&current, by: "system")
        case .note, .attributes, .transfer, .escalate, .hold, .resume: return interlude(&current)
        case .resolve:
            return resolve(&current, by: current.marks.contains(.byRobot) ? "bot" : "agent")
        case .reopen: return reopen(&current)
        case .survey, .surveyAgain, .answer, .close, .aftermath: return wind(&current)
        case .merge: return merge(&current)
        case .annul:
            // Opened by mistake: the opening itself is taken back.
            writeVoid(of: &current, ordinal: 1)
            return nil
        case .remove:
            begin("ticket.removed", of: &current)
            line.put("\"reason\":\"spam\",\"by\":\"otomatis\"")
            endLine()
            return nil
        case .pickUp, .hangUp, .wrap: return nil
        }
    }

    /// What an agent was to do who has left meanwhile, somebody else does.
    private func handOverPerhaps(_ current: inout Case) {
        guard current.agent != Workforce.nobody,
            workforce.hasLeft(Int(current.agent), at: now)
        else { return }
        switch current.phase {
        case .reply, .note, .attributes, .escalate, .hold, .resume, .resolve:
            current.phase = .transfer
        default: break
        }
    }

    private mutating func assign(_ current: inout Case) -> Int64? {
        guard let agent = workforce.nextInTurn(team: Int(current.team)) else {
            return now + 20 * minute + random.exponential(mean: 30 * minute)
        }
        current.agent = UInt16(agent)
        writeAssigned(&current, by: "otomatis")
        if random.chance(1, of: 5) { writeStatus(&current, "open", by: "agent") }
        return nextStep(&current)
    }

    private mutating func merge(_ current: inout Case) -> Int64? {
        begin("ticket.merged", of: &current)
        line.put("\"into\":\"ticket/TKT-")
        line.put(current.number - 1 - random.below(200))
        line.put(byte: 0x22)
        endLine()
        if current.marks.contains(.hasTarget) {
            begin("sla.cancelled", of: &current)
            line.put("\"metric\":\"first_response\",\"policy\":\"standar\",\"reason\":\"digabung\"")
            endLine()
        }
        writeStatus(&current, "closed", by: "system")
        return nil
    }
}
