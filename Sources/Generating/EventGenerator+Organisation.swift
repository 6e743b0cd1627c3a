internal import EventModel

private let minute: Int64 = 60_000
private let hour: Int64 = 3_600_000

/// What the organisation itself does: staff, shifts, surveys of employees, money of the month.
extension EventGenerator {
    /// The first instant: who is there, and the customers of before.
    mutating func foundOrganisation() {
        for index in workforce.agents.indices where workforce.agents[index].joins == 0 {
            writeProfile(index)
        }
        if customers.imported > 0 {
            var new = Case(kind: .import, phase: .acknowledge, number: 0)
            new.left = customers.imported
            new.pace = hour / Int64(customers.imported + 1)
            schedule(new, at: now)
        }
    }

    /// Midnight: people join, move and leave; shifts are planned; the month is settled.
    mutating func startDay(_ day: Int) {
        for index in workforce.agents.indices {
            let agent = workforce.agents[index]
            if agent.joins == day, day > 0 { writeProfile(index) }
            if agent.leaves == day { writeState(index, "offline") }
            guard workforce.works(index, day: day) else { continue }
            if index >= 8, random.chance(1, of: 700) {
                workforce.promote(index)
                if random.chance(1, of: 3) {
                    workforce.move(index, to: random.below(words.teams.count))
                }
                writeProfile(index)
            }
            if random.below(1000) < shiftShare { planShift(index) }
            if random.chance(1, of: 150) { writeOvertime(index, before: day) }
        }
        let (_, month, dayOfMonth) = options.from.advanced(by: day).components
        if dayOfMonth == 1, day > 0 { settleMonth(endingBefore: day) }
        if dayOfMonth == 10 { startCampaign(isRecommendation: month % 3 == 0) }
    }

    private mutating func beginAgent(_ type: String, _ index: Int) {
        begin(type, idPrefix: "TIM-", source: "/tim")
        line.put("agent/")
        line.put(workforce.agents[index].key)
        putTimeAndData()
    }

    private mutating func writeProfile(_ index: Int) {
        let agent = workforce.agents[index]
        beginAgent("agent.profile_set", index)
        put("\"name\":\"", agent.name)
        put(
            ",\"role\":\"",
            index < 8 ? "Penyelia" : agent.level > 1 ? "Agen senior" : "Agen")
        put(",\"team\":\"", words.teams[agent.team])
        put(",\"department\":\"", words.departments[agent.team])
        line.put(",\"level\":")
        line.put(agent.level)
        if index >= 8 { put(",\"manager\":\"", workforce.agents[agent.team].key) }
        endLine()
    }

    private mutating func writeState(_ index: Int, _ state: String) {
        beginAgent("agent.state_changed", index)
        put("\"state\":\"", state)
        put(",\"team\":\"", words.teams[workforce.agents[index].team])
        endLine()
    }

    private mutating func planShift(_ index: Int) {
        var new = Case(kind: .shift, phase: .acknowledge, number: index)
        let start = Int64(workforce.agents[index].shiftStart) * hour
        new.opened = now + start
        schedule(new, at: now + start + random.exponential(mean: 3 * minute))
    }

    /// A shift: available, busy, a break in the middle, now and then training, then off.
    mutating func stepShift(_ current: inout Case) -> Int64? {
        current.ordinal += 1
        let shiftEnd = current.opened + Workforce.shiftLength
        if now >= shiftEnd || current.ordinal >= 9 {
            writeState(current.number, "offline")
            return nil
        }
        switch current.ordinal {
        case 1, 3, 5, 7: writeState(current.number, "available")
        case 4: writeState(current.number, "break")
        case 6:
            writeState(current.number, random.chance(1, of: 5) ? "training" : "wrap")
        default: writeState(current.number, "busy")
        }
        if current.ordinal == 8 { return shiftEnd + random.exponential(mean: 5 * minute) }
        if current.ordinal == 4 { return now + 30 * minute + Int64(random.below(1800)) * 1000 }
        let next = now + minute + random.exponential(mean: 65 * minute)
        return min(next, shiftEnd + random.exponential(mean: 5 * minute))
    }

    // MARK: Surveys of employees

    /// Everyone at work is asked, without names: eNPS in March, June, September and December, a
    /// pulse in the other months.
    private mutating func startCampaign(isRecommendation: Bool) {
        var new = Case(kind: .campaign, phase: .survey, number: respondents)
        let asked = min(workforce.agents.count, max(8, options.events / 2000))
        new.left = asked
        new.customer = asked
        new.level = isRecommendation ? 1 : 0
        respondents += asked
        schedule(new, at: now + 9 * hour)
    }

    mutating func stepCampaign(_ current: inout Case) -> Int64? {
        current.left -= 1
        let place = current.customer - 1 - current.left
        let isAsking = current.phase == .survey
        begin(isAsking ? "survey.sent" : "survey.answered", idPrefix: "KRY-", source: "/survei")
        line.put("respondent/R")
        line.put(current.number + place)
        putTimeAndData()
        let isRecommendation = current.level == 1
        line.put(
            isRecommendation
                ? "\"survey\":\"rekomendasi-karyawan\",\"kind\":\"enps\""
                : "\"survey\":\"denyut-bulanan\",\"kind\":\"pulse\"")
        put(",\"team\":\"", words.teams[words.hiring[place % words.hiring.count]])
        if isAsking {
            line.put(",\"valid_days\":10")
        } else if isRecommendation {
            line.put(",\"score\":")
            line.put(max(1, recommendation()))
            line.put(",\"scale_minimum\":1,\"scale_maximum\":10")
        } else {
            current.ordinal += 1
            line.put(",\"score\":")
            line.put(1 + random.below(5))
            line.put(",\"scale_minimum\":1,\"scale_maximum\":5,\"question\":")
            line.put(current.ordinal)
            // Four questions in a row; now and then a sheet that asks more than a pulse may.
            if current.ordinal < 4 || current.ordinal < 11 && place % 16 == 15 {
                endLine()
                current.left += 1
                return now + 20_000
            }
            current.ordinal = 0
        }
        endLine()
        if current.left > 0 {
            return isAsking ? now + 250 : now + random.exponential(mean: 40 * minute)
        }
        guard isAsking else {
            // The last one answers once more, and again when it is too late.
            guard current.score < 2 else { return nil }
            current.score += 1
            current.left = 1
            return now + (current.score == 1 ? 30 * minute : 12 * 24 * hour)
        }
        // Three in four answer.
        current.phase = .answer
        current.left = max(1, current.customer * 3 / 4)
        current.customer = current.left
        return now + minute
    }

    // MARK: Money

    /// Overtime of the last days or weeks, across a month's end at times, in odd amounts; a few
    /// take back what was booked too much.
    private mutating func writeOvertime(_ index: Int, before day: Int) {
        guard day > 0 else { return }
        let length = 1 + random.below(min(24, day))
        beginAgent("cost.recorded", index)
        line.put("\"amount\":")
        if random.chance(1, of: 12) { line.put(byte: 0x2D) }
        line.put(1_000_003 + random.below(90_000_000))
        put(",\"currency\":\"", "IDR")
        put(",\"category\":\"", "lembur")
        put(",\"from_day\":\"", options.from.advanced(by: day - length).description)
        put(",\"to_day\":\"", options.from.advanced(by: day - 1).description)
        put(",\"agent\":\"", workforce.agents[index].key)
        put(",\"team\":\"", words.teams[workforce.agents[index].team])
        endLine()
    }

    /// Licences of a quarter, in another currency.
    private mutating func writeLicences(before day: Int) {
        begin("cost.recorded", idPrefix: "BYA-", source: "/keuangan")
        line.put("company")
        putTimeAndData()
        line.put("\"amount\":")
        line.put(workforce.agents.count * 8_999)
        put(",\"currency\":\"", "USD")
        put(",\"category\":\"", "lisensi")
        put(",\"from_day\":\"", options.from.advanced(by: max(0, day - 90)).description)
        put(",\"to_day\":\"", options.from.advanced(by: day - 1).description)
        endLine()
    }

    /// Books the month before: what each team cost, and what the company earned.
    private mutating func settleMonth(endingBefore day: Int) {
        let last = options.from.advanced(by: day - 1)
        let (year, month, dayCount) = last.components
        guard let first = Day(year: year, month: month, day: 1) else { return }
        for team in words.teams.indices {
            let people = workforce.agents.indices.count { workforce.agents[$0].team == team }
            begin("cost.recorded", idPrefix: "BYA-", source: "/keuangan")
            line.put("team/")
            line.put(words.teams[team])
            putTimeAndData()
            line.put("\"amount\":")
            line.put(people * (620_000_000 + random.below(60_000_000)))
            line.put(",\"currency\":\"IDR\",\"category\":\"gaji\",\"from_day\":\"")
            line.put(first.description)
            put("\",\"to_day\":\"", last.description)
            put(",\"team\":\"", words.teams[team])
            endLine()
        }
        if month % 3 == 0 { writeLicences(before: day) }
        begin("revenue.recorded", idPrefix: "BYA-", source: "/keuangan")
        line.put("company")
        putTimeAndData()
        line.put("\"amount\":")
        line.put(max(1, customers.subscribed) * 350_000 * dayCount)
        line.put(",\"currency\":\"IDR\",\"category\":\"langganan\",\"from_day\":\"")
        line.put(first.description)
        put("\",\"to_day\":\"", last.description)
        endLine()
    }
}
