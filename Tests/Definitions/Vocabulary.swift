import EventModel

/// Event types for tests, written in a short form: one type a line, `type kinds: field kind, …`,
/// `kinds@field` for profiles, `type!` for what opens a case, with `n` for names, `i` integers, `b` booleans, `d` days, `t` texts, `e(a|b)` enumerations,
/// and `=role` behind that for what a field says of a survey's round.
func eventTypes(_ table: String) -> EventTypes {
    EventTypes(
        table.split(separator: "\n").map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            let head = parts[0].split(separator: " ")
            let profile = head[1].split(separator: "@")
            let kinds = profile[0].split(separator: "/").map(String.init)
            let fields = parts[1].split(separator: ",").map { field -> FieldSchema in
                let words = field.split(separator: " ")
                let marks = words[1].split(separator: "=").map(String.init)
                var schema = fieldSchema(String(words[0]), marks[0])
                schema.round = marks.count > 1 ? RoundRole(rawValue: marks[1]) : nil
                return schema
            }
            var schema = EventSchema(
                type: head[0].filter { $0 != "!" }, version: 1,
                subjectKinds: kinds == ["log"] ? [] : kinds, isLogsOwn: kinds == ["log"],
                profileName: profile.count > 1 ? String(profile[1]) : nil,
                fields: fields)
            schema.opensCase = head[0].last == "!"
            return schema
        })
}

private func fieldSchema(_ name: String, _ kind: String) -> FieldSchema {
    let (fieldKind, column): (FieldKind, ColumnKind?) =
        switch kind.first {
        case "i":
            (.integer(minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991), .integer)
        case "b": (.boolean, .boolean)
        case "d": (.day, .day)
        case "t": (.text(minimumLength: 0, maximumLength: 2000), nil)
        case "e":
            (
                .enumeration(kind.dropFirst(2).dropLast().split(separator: "|").map(String.init)),
                .enumeration
            )
        default: (.text(minimumLength: 0, maximumLength: 256), .name)
        }
    return FieldSchema(name: name, kind: fieldKind, isRequired: false, column: column)
}

/// The shipped event types' fields, as far as the tests of this module need them.
let vocabulary = eventTypes(
    """
    ticket.opened! ticket: channel n, origin e(customer|agent|system), reason e(complaint|inquiry|request|incident|other), about e(product|service|agent|other), category n, subcategory n, priority e(low|normal|high|urgent), customer n, agent n, team n, product n, level i, title t
    ticket.assigned ticket: agent n, team n, by n
    ticket.status_changed ticket: status e(new|open|pending|hold|resolved|closed), actor n, actor_kind e(agent|customer|bot|system), resolution n, note t
    ticket.escalated ticket: trigger e(customer|agent|sla|system), from_level i, to_level i, from_agent n, to_agent n, from_team n, to_team n, reason t
    ticket.attributes_set ticket: channel n, reason e(complaint|inquiry|request|incident|other), about e(product|service|agent|other), category n, subcategory n, priority e(low|normal|high|urgent), customer n, product n, level i, title t
    ticket.followed_up ticket: case n
    ticket.merged ticket: into n
    ticket.removed ticket: reason t, by n
    message.posted ticket: direction e(in|out), visibility e(public|internal), actor_kind e(agent|customer|bot|system), actor n, channel n, automatic b
    sla.applied ticket: metric e(first_response|reply|resolution), target_milliseconds i, policy n, calendar n, pauses_pending b, pauses_hold b
    sla.cancelled ticket: metric e(first_response|reply|resolution), policy n, reason t
    quality.reviewed ticket/call: agent n, reviewer n, score i, maximum i, escalation_justified b
    call.queued call: channel n, queue n, customer n, agent n, team n, category n, reason e(complaint|inquiry|request|incident|other), about e(product|service|agent|other)
    call.answered call: agent n, team n
    call.ended call: outcome e(handled|abandoned|transferred|callback|overflow), agent n, reason e(complaint|inquiry|request|incident|other), about e(product|service|agent|other), category n, resolved b
    call.wrapped call: agent n
    call.followed_up call: case n
    survey.sent ticket/call/customer/respondent: survey n=survey, kind e(csat|ces|nps|enps|pulse)=survey, agent n, team n=group, channel n, customer n, about e(product|service|agent|other), via e(survey|review|feedback), valid_days i=days
    survey.answered ticket/call/customer/respondent: survey n=survey, kind e(csat|ces|nps|enps|pulse)=survey, score i=answer, scale_minimum i=least, scale_maximum i=greatest, question i=question, about e(product|service|agent|other), via e(survey|review|feedback), agent n, team n=group, channel n, customer n, comment t
    customer.subscribed customer: plan n, segment n, channel n
    customer.churned customer: reason t, plan n, segment n
    customer.purchased customer: amount i, currency n, product n, channel n
    agent.state_changed agent: state e(available|busy|wrap|break|training|offline), team n
    agent.profile_set agent@name: name n, role n, team n, department n, level i, manager n
    cost.recorded ticket/call/agent: amount i, currency n, category n, from_day d, to_day d, agent n, team n, channel n, note t
    revenue.recorded ticket/call/agent: amount i, currency n, category n, from_day d, to_day d, agent n, team n, channel n, note t
    event.voided ticket/call: source t, id t, reason t, by n
    ingest.recorded log: input n, digest n
    """)
