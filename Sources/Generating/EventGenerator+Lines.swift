/// How events are written. Each `write…` writes one line of one type.
extension EventGenerator {
    /// Starts a line of a ticket's or call's event, up to the opening brace of its data.
    mutating func begin(_ type: String, of current: inout Case) {
        current.ordinal += 1
        let isCall = current.kind == .call
        line.startLine()
        line.put(
            isCall
                ? "{\"specversion\":\"1.0\",\"id\":\"TEL-"
                : "{\"specversion\":\"1.0\",\"id\":\"TKT-")
        line.put(current.number)
        line.put(byte: 0x2D)
        line.put(current.ordinal)
        line.put("\",\"source\":\"")
        line.put(options.origin)
        line.put(isCall ? "/telepon\",\"type\":\"" : "/tiket\",\"type\":\"")
        line.put(type)
        line.put(isCall ? "\",\"subject\":\"call/TEL-" : "\",\"subject\":\"ticket/TKT-")
        line.put(current.number)
        putTimeAndData()
    }

    /// Starts a line of any other event; its subject is still to be put, then `putTimeAndData`.
    mutating func begin(_ type: String, idPrefix: String, source: String) {
        serial += 1
        line.startLine()
        line.put("{\"specversion\":\"1.0\",\"id\":\"")
        line.put(idPrefix)
        line.put(serial)
        line.put("\",\"source\":\"")
        line.put(options.origin)
        line.put(source)
        line.put("\",\"type\":\"")
        line.put(type)
        line.put("\",\"subject\":\"")
    }

    mutating func putTimeAndData() {
        line.put("\",\"time\":\"")
        line.put(time: now)
        line.put("\",\"data\":{")
    }

    /// `"name":"text"` behind a comma.
    mutating func put(_ comma: String, _ text: String) {
        line.put(comma)
        line.put(text)
        line.put(byte: 0x22)
    }

    mutating func putCustomer(_ comma: String, _ customer: Int) {
        line.put(comma)
        line.put("P")
        line.put(customer, digits: 7)
        line.put(byte: 0x22)
    }

    func key(of agent: UInt16) -> String {
        agent == Workforce.nobody ? "" : workforce.agents[Int(agent)].key
    }

    // MARK: Tickets

    mutating func writeOpened(_ current: inout Case, origin: String) {
        begin("ticket.opened", of: &current)
        let category = words.categories[Int(current.category)]
        put("\"channel\":\"", words.channels[Int(current.channel)].name)
        put(",\"origin\":\"", origin)
        put(",\"reason\":\"", words.reasons[Int(current.reason)])
        put(",\"about\":\"", words.abouts[Int(current.about)])
        put(",\"category\":\"", category.name)
        put(",\"subcategory\":\"", category.subcategories[Int(current.subcategory)])
        put(",\"priority\":\"", words.priorities[Int(current.priority)])
        if origin != "system" { putCustomer(",\"customer\":\"", current.customer) }
        if current.agent != Workforce.nobody {
            put(",\"agent\":\"", key(of: current.agent))
            put(",\"team\":\"", words.teams[Int(current.team)])
        }
        put(",\"product\":\"", words.products[Int(current.product)])
        line.put(",\"level\":")
        line.put(Int(current.level))
        if random.chance(3, of: 5) {
            put(",\"title\":\"", words.titles[random.below(words.titles.count)])
        }
        endLine()
    }

    mutating func writeAssigned(_ current: inout Case, by: String) {
        begin("ticket.assigned", of: &current)
        put("\"agent\":\"", key(of: current.agent))
        put(",\"team\":\"", words.teams[Int(current.team)])
        put(",\"by\":\"", by)
        endLine()
    }

    /// `actor` empty: the case's agent.
    mutating func writeStatus(
        _ current: inout Case, _ status: String, by kind: String, actor: String = "",
        resolution: String = ""
    ) {
        begin("ticket.status_changed", of: &current)
        put("\"status\":\"", status)
        switch kind {
        case "agent": put(",\"actor\":\"", actor.isEmpty ? key(of: current.agent) : actor)
        case "customer": putCustomer(",\"actor\":\"", current.customer)
        default: put(",\"actor\":\"", kind == "bot" ? "asisten-nusa" : "otomatis")
        }
        put(",\"actor_kind\":\"", kind)
        if !resolution.isEmpty { put(",\"resolution\":\"", resolution) }
        endLine()
    }

    mutating func writeMessageFromAgent(_ current: inout Case, isPublic: Bool) {
        begin("message.posted", of: &current)
        line.put(
            isPublic
                ? "\"direction\":\"out\",\"visibility\":\"public\",\"actor_kind\":\"agent\",\"actor\":\""
                : "\"direction\":\"out\",\"visibility\":\"internal\",\"actor_kind\":\"agent\",\"actor\":\""
        )
        line.put(key(of: current.agent))
        put("\",\"channel\":\"", words.channels[Int(current.channel)].name)
        endLine()
        markVoidable(&current)
    }

    mutating func writeMessageFromCustomer(_ current: inout Case) {
        begin("message.posted", of: &current)
        line.put(
            "\"direction\":\"in\",\"visibility\":\"public\",\"actor_kind\":\"customer\",\"actor\":\""
        )
        line.put("P")
        line.put(current.customer, digits: 7)
        put("\",\"channel\":\"", words.channels[Int(current.channel)].name)
        endLine()
        markVoidable(&current)
    }

    mutating func writeAutomaticMessage(_ current: inout Case, byRobot: Bool) {
        begin("message.posted", of: &current)
        line.put(
            byRobot
                ? "\"direction\":\"out\",\"visibility\":\"public\",\"actor_kind\":\"bot\",\"actor\":\"asisten-nusa"
                : "\"direction\":\"out\",\"visibility\":\"public\",\"actor_kind\":\"system\",\"actor\":\"otomatis"
        )
        put("\",\"channel\":\"", words.channels[Int(current.channel)].name)
        line.put(",\"automatic\":true")
        endLine()
    }

    mutating func writeTarget(_ current: inout Case, _ metric: String, milliseconds: Int) {
        begin("sla.applied", of: &current)
        put("\"metric\":\"", metric)
        line.put(",\"target_milliseconds\":")
        line.put(milliseconds)
        put(",\"policy\":\"", current.category == 5 ? "perangkat" : "standar")
        // The most urgent pause for nothing, devices also while they are on hold.
        switch (current.priority, current.category) {
        case (3, _): line.put(",\"calendar\":\"always_open\"")
        case (_, 5):
            line.put(",\"calendar\":\"jam-kerja\",\"pauses_pending\":true,\"pauses_hold\":true")
        case (0, _): line.put(",\"pauses_pending\":false,\"pauses_hold\":true")
        default: line.put(",\"calendar\":\"indonesia\",\"pauses_pending\":true")
        }
        endLine()
    }

    // MARK: Surveys, reviews, money, voids

    /// The common part of a survey's events: survey, kind, what it is about.
    mutating func putSurvey(_ current: Case) {
        let byEffort = current.number % 3 == 0
        if current.kind == .call {
            line.put("\"survey\":\"panggilan\",\"kind\":\"csat\"")
        } else if byEffort {
            line.put("\"survey\":\"kemudahan-tiket\",\"kind\":\"ces\"")
        } else {
            line.put("\"survey\":\"kepuasan-tiket\",\"kind\":\"csat\"")
        }
        put(",\"via\":\"", words.channels[Int(current.channel)].via)
        if current.agent != Workforce.nobody { put(",\"agent\":\"", key(of: current.agent)) }
        put(",\"team\":\"", words.teams[Int(current.team)])
        put(",\"channel\":\"", words.channels[Int(current.channel)].name)
    }

    mutating func writeSurveySent(_ current: inout Case) {
        begin("survey.sent", of: &current)
        putSurvey(current)
        putCustomer(",\"customer\":\"", current.customer)
        line.put(",\"valid_days\":7")
        endLine()
    }

    mutating func writeSurveyAnswered(_ current: inout Case) {
        begin("survey.answered", of: &current)
        putSurvey(current)
        let isEffort = current.kind == .ticket && current.number % 3 == 0
        // A few were asked on another scale, or on none that is recorded.
        let oddity = random.below(64)
        let best = (isEffort ? 7 : 5) + (oddity == 0 ? 3 : 0)
        line.put(",\"score\":")
        line.put(score(current, best: best))
        if oddity != 1 {
            line.put(",\"scale_minimum\":1,\"scale_maximum\":")
            line.put(best)
        }
        put(",\"about\":\"", words.abouts[Int(current.about)])
        if random.chance(1, of: 4) {
            put(",\"comment\":\"", words.comments[random.below(words.comments.count)])
        }
        endLine()
        markVoidable(&current)
    }

    /// Better agents, fewer reopenings, no escalation: better scores.
    private mutating func score(_ current: Case, best: Int) -> Int {
        var mood = 45 + random.below(60)
        if current.agent != Workforce.nobody {
            mood += (workforce.agents[Int(current.agent)].skill - 50) / 4
        }
        if current.marks.contains(.reopened) { mood -= 22 }
        if current.marks.contains(.escalated) { mood -= 12 }
        if current.reason == 0 { mood -= 8 }
        if random.chance(8, of: 100) { mood = random.below(100) }
        return 1 + max(0, min(99, mood)) * best / 100
    }

    mutating func writeReview(_ current: inout Case) {
        begin("quality.reviewed", of: &current)
        put("\"agent\":\"", key(of: current.agent))
        put(",\"reviewer\":\"", workforce.agents[random.below(8)].key)
        line.put(",\"score\":")
        line.put(
            min(100, 60 + random.below(31) + workforce.agents[Int(current.agent)].skill / 10))
        line.put(",\"maximum\":100")
        if current.marks.contains(.escalated) {
            line.put(
                random.chance(7, of: 10)
                    ? ",\"escalation_justified\":true" : ",\"escalation_justified\":false")
        }
        endLine()
        markVoidable(&current)
    }

    /// A refund or a sale on a ticket.
    mutating func writeMoney(_ current: inout Case) {
        let isCost = random.chance(3, of: 5)
        begin(isCost ? "cost.recorded" : "revenue.recorded", of: &current)
        line.put("\"amount\":")
        line.put((1 + random.below(40)) * 2_500_000)
        line.put(",\"currency\":\"IDR\"")
        put(",\"category\":\"", isCost ? "kompensasi" : "penjualan tambahan")
        if current.agent != Workforce.nobody { put(",\"agent\":\"", key(of: current.agent)) }
        put(",\"team\":\"", words.teams[Int(current.team)])
        put(",\"channel\":\"", words.channels[Int(current.channel)].name)
        endLine()
    }

    /// Remembers that the line just written may be voided next, if it came in time and once.
    mutating func markVoidable(_ current: inout Case) {
        current.voidable = isLastLinePlain ? current.ordinal : 0
    }

    /// Rarely, takes the case's last line back.
    mutating func voidPerhaps(_ current: inout Case) {
        guard current.voidable == current.ordinal, current.voidable > 0,
            random.chance(1, of: 160)
        else { return }
        writeVoid(of: &current, ordinal: current.voidable)
    }

    /// Takes one of the case's lines back, by its number.
    mutating func writeVoid(of current: inout Case, ordinal: Int) {
        begin("event.voided", of: &current)
        line.put("\"source\":\"")
        line.put(options.origin)
        line.put(
            current.kind == .call ? "/telepon\",\"id\":\"TEL-" : "/tiket\",\"id\":\"TKT-")
        line.put(current.number)
        line.put(byte: 0x2D)
        line.put(ordinal)
        put("\",\"reason\":\"", words.voidReasons[random.below(words.voidReasons.count)])
        if current.agent != Workforce.nobody { put(",\"by\":\"", key(of: current.agent)) }
        endLine()
    }
}
