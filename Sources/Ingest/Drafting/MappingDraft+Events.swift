// The events of a draft, by what kind of rows it is of.
extension MappingDraft {
    mutating func writeEvents() {
        text.blank()
        text.line("events:")
        switch plan.kind {
        case .tickets: writeTickets()
        case .calls: writeCalls()
        case .answers: writeAnswer(at: rowTime, when: [])
        case .messages: break
        case .customers: writeCustomers()
        case .fieldHistory: writeHistory()
        }
        if let messages = plan.messages, [.tickets, .messages].contains(plan.kind) {
            writeMessages(messages)
        }
    }

    /// Begins an event of a level's rows.
    private mutating func event(
        _ type: String, of level: Int? = nil, at time: String? = nil,
        when conditions: [String] = [],
        _ more: [String] = []
    ) {
        if text.lines.last != "events:" { text.blank() }
        text.line("  - type: \(type)")
        if let last = levels.last, levels.count > 1, (level ?? plan.main) != last {
            text.line("    of: \(plan.sample.levels[level ?? plan.main].name)")
        }
        for line in more { text.line("    \(line)") }
        if let time, time != rowTime { text.line("    at: \(time)") }
        if !conditions.isEmpty { text.line("    when: {\(conditions.joined(separator: ", "))}") }
    }

    mutating func ref(_ found: DraftPlan.Found) -> String {
        used.insert(found.column.reference)
        return DraftText.column(found.column)
    }

    private mutating func isPresent(_ found: DraftPlan.Found) -> String {
        used.insert(found.column.reference)
        return "\(DraftText.key(found.column)): {present: true}"
    }

    private mutating func field(
        _ name: String, _ found: DraftPlan.Found?, _ comment: String, orNobody: Bool = false
    ) {
        guard let found else { return }
        let from = ref(found)
        text.ask("      \(name): " + (orNobody ? "{from: \(from), missing: \"\"}" : from), comment)
    }

    private mutating func channel() {
        guard let found = plan.channel else {
            return text.ask("      channel: \(DraftText.open)", words.channel)
        }
        text.line("      channel: {from: \(ref(found)), lookup: channels, missing: unknown}")
    }

    private mutating func writeTickets() {
        let hasNothing =
            plan.status == nil && plan.agent == nil && plan.score == nil && plan.messages == nil
            && plan.resolved == nil && plan.closed == nil
        if hasNothing { text.line("  # ? \(words.looksLikeTable)") }
        let opening = times.first { $0.name == "opened" }?.name ?? rowTime
        var condition: [String] = []
        if let opened = plan.opened, !opened.column.isFull, opening != rowTime {
            condition = [isPresent(opened)]
        }
        event("ticket.opened", at: opening, when: condition, plan.isLog ? ["first: true"] : [])
        text.line("    data:")
        text.ask("      origin: customer", words.origin)
        channel()
        attributes()
        if plan.agent != nil || plan.team != nil {
            let fields = [plan.agent.map { _ in "agent" }, plan.team.map { _ in "team" }].compactMap
            { $0 }
            event("ticket.assigned", ["changed: [\(fields.joined(separator: ", "))]"])
            text.line("    data:")
            field("agent", plan.agent, words.agent, orNobody: plan.isLog)
            field("team", plan.team, words.team, orNobody: plan.isLog)
        }
        if plan.isLog {
            let fields = [
                plan.priority.map { _ in "priority" }, plan.category.map { _ in "category" },
                plan.customer.map { _ in "customer" }, plan.product.map { _ in "product" },
            ].compactMap { $0 }
            if !fields.isEmpty {
                event("ticket.attributes_set", ["changed: [\(fields.joined(separator: ", "))]"])
                text.line("    data:")
                attributes()
            }
        }
        writeStatuses()
        if let answered = times.first(where: { $0.name == "answered" }), let found = plan.answered {
            event("message.posted", at: answered.name, when: [isPresent(found)])
            text.line("    data:")
            text.ask("      direction: out", words.firstReply)
            text.line("      visibility: public")
            text.line("      actor_kind: agent")
            field("actor", plan.agent, words.agent)
        }
        if plan.score != nil { writeAnswer(at: rowTime, when: []) }
    }

    private mutating func attributes() {
        if let priority = plan.priority {
            text.line("      priority: {from: \(ref(priority)), lookup: priorities}")
        }
        field("category", plan.category, words.category)
        field("customer", plan.customer, words.customer)
        field("product", plan.product, words.product)
    }

    private mutating func writeStatuses() {
        if let status = plan.status {
            if DraftTime.hasStatusTime(plan) {
                event("ticket.status_changed", ["changed: [status]"])
                text.line("    data:")
                text.line("      status: {from: \(ref(status)), lookup: statuses}")
            } else {
                text.blank()
                text.line("  # ? {\(status.column.reference)} \(words.statusWithoutTime)")
            }
        }
        for (name, found) in [("resolved", plan.resolved), ("closed", plan.closed)] {
            guard let found, times.contains(where: { $0.name == name }) else { continue }
            event("ticket.status_changed", at: name, when: [isPresent(found)])
            text.line("    data: {status: \(name)}")
        }
    }

    private mutating func writeCalls() {
        var isAnswered: [String] = []
        var isLost: [String]?
        if let found = plan.wasAnswered, let truth = found.column.truth {
            used.insert(found.column.reference)
            isAnswered = ["\(DraftText.key(found.column)): \(DraftText.quoted(truth.yes))"]
            isLost = ["\(DraftText.key(found.column)): \(DraftText.quoted(truth.no))"]
        } else if let length = plan.talk ?? plan.wait {
            isAnswered = [isPresent(length)]
            isLost = ["\(DraftText.key(length.column)): {present: false}"]
        }
        let hasEnd = plan.talk != nil
        event("call.queued")
        text.line("    data:")
        channel()
        field("category", plan.category, words.category)
        field("customer", plan.customer, words.customer)
        field("team", plan.team, words.team)
        event("call.answered", at: plan.wait == nil ? rowTime : "answered", when: isAnswered)
        if let agent = plan.agent {
            text.line("    data:")
            text.ask("      agent: {from: \(ref(agent)), missing: unknown}", words.agent)
        } else {
            text.line("    data: {agent: unknown}")
        }
        event("call.ended", at: hasEnd ? "ended" : rowTime, when: isAnswered)
        text.line("    data:")
        text.line("      outcome: handled")
        field("agent", plan.agent, words.agent)
        field("category", plan.category, words.category)
        if let found = plan.wasResolved, let truth = found.column.truth {
            let map =
                "{\(DraftText.quoted(truth.yes)): \"true\", \(DraftText.quoted(truth.no)): \"false\"}"
            text.line("      resolved: {from: \(ref(found)), map: \(map)}")
        }
        if let isLost {
            event("call.ended", when: isLost)
            text.line("    data: {outcome: abandoned}")
        }
        if plan.score != nil { writeAnswer(at: hasEnd ? "ended" : rowTime, when: isAnswered) }
    }

    private mutating func writeAnswer(at time: String, when conditions: [String]) {
        guard let score = plan.score else { return }
        let name = score.column.name
        let kind =
            name.has(["nps"])
            ? "nps"
            : name.has(["ces"])
                ? "ces"
                : name.has(["csat", "satisfaction", "kepuasan", "rating", "stars", "bintang"])
                    ? "csat" : nil
        let numbers = score.column.wholeNumbers ?? []
        let (least, most) = (numbers.min() ?? 0, numbers.max() ?? 0)
        let scale =
            kind == "nps"
            ? (0, 10)
            : least >= 1 && most <= 5
                ? (1, 5)
                : least >= 1 && most <= 7
                    ? (1, 7)
                    : most <= 10 && least >= 0
                        ? (0, 10)
                        : least >= 0 && most <= 100 ? (0, 100) : (least, max(most, least + 1))
        event("survey.answered", at: time, when: conditions + [isPresent(score)])
        text.line("    data:")
        text.ask(
            "      survey: \(DraftText.quoted(name.words.joined(separator: " ")))", words.surveyName
        )
        text.ask("      kind: \(kind ?? DraftText.open)", words.surveyKind)
        text.line("      score: \(ref(score))")
        text.ask("      scale_minimum: \(scale.0)", words.scale)
        text.line("      scale_maximum: \(scale.1)")
        field("agent", plan.agent, words.agent)
        field("team", plan.team, words.team)
        if plan.kind == .answers, let subject = plan.subject,
            !subject.column.name.has(ColumnWords.cases)
        {
            field("customer", plan.customer ?? subject, words.customer)
        } else {
            field("customer", plan.customer, words.customer)
        }
    }

    private mutating func writeCustomers() {
        guard let churned = plan.churned, let truth = churned.column.truth else { return }
        used.insert(churned.column.reference)
        event(
            "customer.churned",
            when: ["\(DraftText.key(churned.column)): \(DraftText.quoted(truth.yes))"])
        text.line("    data:")
        if let product = plan.product {
            field("plan", product, words.plan)
        } else {
            text.ask("      segment: all", words.segment)
        }
    }

    private mutating func writeMessages(_ found: DraftPlan.Messages) {
        let isBelow = found.level != plan.main
        var conditions: [String] = []
        if let body = found.body, !body.column.isFull, found.time == nil {
            let key = found.isPublic ?? found.isPrivate ?? found.isIncoming ?? body
            conditions = key.column.isFull ? [] : [isPresent(key)]
        }
        event(
            "message.posted", of: found.level,
            at: isBelow && found.time != nil && times.contains { $0.name == "said" } ? "said" : nil,
            when: conditions)
        if let id = found.id { text.ask("    id: \(ref(id))", words.subject("message", [])) }
        text.line("    data:")
        func map(_ truth: (yes: String, no: String), _ yes: String, _ no: String) -> String {
            "map: {\(DraftText.quoted(truth.yes)): \(yes), \(DraftText.quoted(truth.no)): \(no)}"
        }
        if let incoming = found.isIncoming, let truth = incoming.column.truth {
            text.line("      direction: {from: \(ref(incoming)), \(map(truth, "in", "out"))}")
        } else {
            text.ask("      direction: \(DraftText.open)", words.direction)
        }
        if let flag = found.isPublic, let truth = flag.column.truth {
            text.line("      visibility: {from: \(ref(flag)), \(map(truth, "public", "internal"))}")
        } else if let flag = found.isPrivate, let truth = flag.column.truth {
            text.line("      visibility: {from: \(ref(flag)), \(map(truth, "internal", "public"))}")
        } else {
            text.ask("      visibility: public", words.visibility)
        }
        if let incoming = found.isIncoming, let truth = incoming.column.truth {
            text.line(
                "      actor_kind: {from: \(ref(incoming)), \(map(truth, "customer", "agent"))}")
        } else {
            text.ask("      actor_kind: \(DraftText.open)", words.actorKind)
        }
        field("actor", found.author, words.role("the writer", "penulis"))
    }

    private mutating func writeHistory() {
        guard let name = plan.fieldName, let value = plan.fieldValue else { return }
        used.insert(name.column.reference)
        for (field, text) in plan.historyFields {
            let condition = "\(DraftText.key(name.column)): \(DraftText.quoted(text))"
            switch field.table {
            case "statuses":
                event("ticket.status_changed", when: [condition])
                self.text.line("    data: {status: {from: \(ref(value)), lookup: statuses}}")
            case "priorities":
                event("ticket.attributes_set", when: [condition], ["changed: [priority]"])
                self.text.line("    data: {priority: {from: \(ref(value)), lookup: priorities}}")
            default:
                event("ticket.assigned", when: [condition], ["changed: [\(field.table)]"])
                self.text.line("    data: {\(field.table): {from: \(ref(value)), missing: \"\"}}")
            }
        }
        text.line("  # ? \(words.fields)")
    }
}
