private let reply = "message.posted direction=out visibility=public actor_kind=agent"
private let message = "message.posted direction=in visibility=public actor_kind=customer"

extension GoldenCaseTests {
    static let cases: [Golden] =
        responses + resolutions + handovers + surveys + targets + calls
        + businessTime + parts

    private static let responses = [
        Golden(
            projection: "ticket_volume", name: "counts once, with what was known at the opening",
            events: """
                1h ticket.opened channel=email origin=customer reason=complaint team=billing
                2h ticket.assigned agent=budi team=tech
                3h ticket.attributes_set reason=inquiry channel=phone
                """,
            facts: "1h agent=– team=billing channel=email reason=complaint hour=1 weekday=4"),
        Golden(
            projection: "ticket_volume", name: "a merged ticket leaves",
            events: "1h ticket.opened channel=email\n2h ticket.merged into=ticket/1", facts: ""),
        Golden(
            projection: "first_response",
            name: "bots, automatic messages, notes and customers don't answer",
            events: """
                0s ticket.opened channel=email origin=customer
                1m message.posted direction=out visibility=public actor_kind=bot
                2m \(reply) automatic=true actor=budi
                3m message.posted direction=out visibility=internal actor_kind=agent actor=budi
                4m \(message)
                10m ticket.assigned agent=budi team=tech
                20m \(reply) actor=citra
                30m \(reply) actor=budi
                """, facts: "20m agent=citra team=tech channel=email wait=20m"),
        Golden(
            projection: "first_response", name: "a reply without a name is the assigned agent's",
            events: """
                0s ticket.opened channel=email origin=customer agent=adi
                5m ticket.assigned agent=budi
                5m survey.sent survey=s kind=csat agent=citra
                5m quality.reviewed agent=dewi score=1 maximum=2
                9m \(reply)
                9m ticket.assigned agent=eka
                """, facts: "9m agent=budi wait=9m"),
        Golden(
            projection: "first_response", name: "tickets that agents open have none",
            events: "0s ticket.opened channel=phone origin=agent\n5m \(reply) actor=budi", facts: ""
        ),
        Golden(
            projection: "reply", name: "each wait runs from the earliest unanswered message",
            events: """
                0s ticket.opened channel=email origin=customer customer=ani
                10m \(reply) actor=budi
                20m \(message)
                25m \(message)
                30m message.posted direction=out visibility=public actor_kind=bot
                40m \(reply) actor=citra
                50m \(reply) actor=citra
                """,
            facts: """
                10m agent=budi wait=10m customer=ani
                40m agent=citra wait=20m
                50m agent=citra wait=–
                """),
        Golden(
            projection: "reply", name: "within one instant the order of recording counts",
            events: """
                0s ticket.opened channel=chat origin=agent
                5m \(reply) actor=budi
                5m \(message)
                5m \(reply) actor=budi
                """, facts: "5m wait=–\n5m wait=0s"),
        Golden(
            projection: "first_assignment", name: "a team alone and nobody are no assignment",
            events: """
                0s ticket.opened channel=email team=tech
                5m ticket.assigned team=billing
                6m ticket.assigned agent=
                7m ticket.assigned agent=budi
                """, facts: "7m agent=budi team=billing wait=7m"),
        Golden(
            projection: "first_assignment", name: "a ticket opened with an agent waits 0",
            events: "5m ticket.opened channel=walk-in agent=budi", facts: "5m agent=budi wait=0s"),
    ]

    private static let resolutions = [
        Golden(
            projection: "resolution", name: "the last one counts, and closing changes nothing",
            events: """
                0s ticket.opened channel=email
                1h ticket.assigned agent=budi
                2h ticket.status_changed status=resolved
                5h ticket.status_changed status=open
                6h ticket.assigned agent=citra
                7h \(reply) actor=citra
                8h ticket.status_changed status=resolved
                9h ticket.assigned agent=dewi
                3d ticket.status_changed status=closed
                """,
            facts: "8h agent=citra time=8h requester_wait=5h on_hold=0s one_touch=1"),
        Golden(
            projection: "resolution", name: "a reopened ticket has none until resolved again",
            events: """
                0s ticket.opened channel=email
                2h ticket.status_changed status=resolved
                5h ticket.status_changed status=pending
                """, facts: ""),
        Golden(
            projection: "resolution", name: "closed without having been resolved",
            events: """
                0s ticket.opened channel=email
                1h ticket.status_changed status=hold
                3h ticket.status_changed status=closed
                4h ticket.status_changed status=closed
                """, facts: "3h time=3h on_hold=2h requester_wait=3h"),
        Golden(
            projection: "resolution", name: "escalation and pauses",
            events: """
                0s ticket.opened channel=email
                1h ticket.status_changed status=pending
                3h ticket.escalated trigger=customer
                4h ticket.escalated trigger=sla
                6h ticket.status_changed status=open
                7h ticket.status_changed status=resolved
                """, facts: "7h time=7h requester_wait=2h since_escalation=4h one_touch=–"),
        Golden(
            projection: "first_resolution", name: "first contact: one reply, nothing else",
            events: """
                0s ticket.opened channel=email agent=budi
                1h \(reply) actor=budi
                2h ticket.status_changed status=resolved
                9d ticket.status_changed status=open
                """, facts: "2h agent=budi time=2h first_contact=1"),
        Golden(
            projection: "first_resolution", name: "reopened within 7 days is no first contact",
            events: """
                0s ticket.opened channel=email
                2h ticket.status_changed status=resolved
                7d2h ticket.status_changed status=open
                """, facts: "2h first_contact=–"),
        Golden(
            projection: "first_resolution", name: "neither is a transfer, nor a later case",
            events: """
                0s ticket.opened channel=email agent=budi
                1h ticket.assigned agent=citra
                2h ticket.status_changed status=resolved
                """, facts: "2h first_contact=– agent=citra"),
        Golden(
            projection: "first_resolution", name: "assigned once, reassigned to the same agent",
            events: """
                0s ticket.opened channel=email
                1h ticket.assigned agent=citra
                1h ticket.assigned agent=citra team=tech
                2h ticket.status_changed status=closed
                3h ticket.followed_up case=ticket/2
                """, facts: "2h first_contact=–"),
        Golden(
            projection: "reopening", name: "each return counts, the first one is marked",
            events: """
                0s ticket.opened channel=email agent=budi
                1h ticket.status_changed status=open
                2h ticket.status_changed status=resolved
                3h ticket.status_changed status=closed
                4h ticket.assigned agent=citra
                5h ticket.status_changed status=open
                6h ticket.status_changed status=hold
                7h ticket.status_changed status=resolved
                8h ticket.status_changed status=pending
                """,
            facts: "5h agent=budi first=1\n8h agent=citra first=–"),
        Golden(
            projection: "backlog", name: "leaves when resolved, comes back when reopened",
            events: """
                0s ticket.opened channel=email
                1h ticket.assigned agent=budi
                2h ticket.status_changed status=hold
                3h ticket.status_changed status=resolved
                4h ticket.status_changed status=closed
                5h ticket.status_changed status=open
                """,
            facts: """
                0s agent=–
                −1h agent=–
                1h agent=budi
                −3h agent=budi
                5h agent=budi
                """),
    ]

    private static let handovers = [
        Golden(
            projection: "escalation", name: "credit goes to whom it was escalated from",
            events: """
                0s ticket.opened channel=email agent=budi team=tech
                1h ticket.escalated trigger=agent from_agent=citra to_agent=dewi
                1h ticket.assigned agent=dewi team=lead
                2h ticket.escalated trigger=customer
                """,
            facts: "1h agent=citra team=tech first=1 trigger=agent\n2h agent=dewi team=lead first=–"
        ),
        Golden(
            projection: "transfer", name: "another agent or team, not the first, not the same",
            events: """
                0s ticket.opened channel=email team=tech
                1h ticket.assigned agent=budi team=tech
                2h ticket.assigned agent=budi
                3h ticket.assigned agent=
                4h ticket.assigned agent=budi
                5h ticket.assigned agent=
                6h ticket.assigned agent=citra team=lead
                7h ticket.assigned team=billing
                """,
            facts: "6h agent=budi team=tech\n7h agent=citra team=lead"),
        Golden(
            projection: "quality_review", name: "the reviewed agent, not the assigned one",
            events: """
                0s ticket.opened channel=email agent=budi
                1h quality.reviewed agent=citra score=8 maximum=10 escalation_justified=false
                """, facts: "1h agent=citra score=8 maximum=10 judged=1 justified=–"),
    ]

    private static let surveys = [
        Golden(
            projection: "csat", name: "the latest answer counts, credited as when sent",
            events: """
                0s ticket.opened channel=email agent=budi
                1h survey.sent survey=s kind=csat valid_days=7
                2h ticket.assigned agent=citra
                3h survey.answered survey=s kind=csat score=2
                4h survey.answered survey=s kind=csat score=4 scale_maximum=5
                """, facts: "3h agent=budi satisfied=1 score=4 channel=email"),
        Golden(
            projection: "csat", name: "a new invitation begins a new round",
            events: """
                0s ticket.opened channel=email agent=budi
                1h survey.sent survey=s kind=csat
                2h survey.answered survey=s kind=csat score=5
                3h survey.sent survey=s kind=csat
                4h survey.answered survey=s kind=csat score=1
                5h survey.answered survey=s kind=csat score=2
                """, facts: "2h score=5 satisfied=1\n4h score=2 satisfied=–"),
        Golden(
            projection: "nps", name: "who is asked every quarter answers every quarter",
            events: """
                0s survey.answered survey=s kind=nps score=0
                1d survey.answered survey=s kind=nps score=9
                14d survey.answered survey=s kind=nps score=10 agent=budi
                14d1s survey.answered survey=s kind=nps score=7
                100d survey.answered survey=s kind=nps score=3
                """,
            facts: "0s promoter=1 agent=budi\n14d1s passive=1 agent=–\n100d detractor=1"),
        Golden(
            projection: "survey_invitation", name: "without days an answer is in time for 14 days",
            events: """
                0s survey.sent survey=s kind=csat
                14d survey.answered survey=s kind=csat score=5
                15d survey.sent survey=s kind=csat
                29d1s survey.answered survey=s kind=csat score=5
                """, facts: "0s answered=1\n15d answered=–"),
        Golden(
            projection: "resolution", name: "what held for 7 days stands, whatever comes after",
            events: """
                0s ticket.opened channel=email agent=budi
                1h ticket.status_changed status=resolved
                7d1h ticket.status_changed status=open
                8d ticket.status_changed status=resolved
                9d ticket.status_changed status=closed
                15d1s ticket.status_changed status=open
                16d ticket.status_changed status=closed
                """, facts: "8d time=8d\n16d time=16d"),
        Golden(
            projection: "sla_resolution", name: "each resolution that held is judged",
            events: """
                0s ticket.opened channel=email agent=budi
                1s sla.applied metric=resolution target_milliseconds=7200000
                1h ticket.status_changed status=resolved
                8d ticket.status_changed status=open
                8d2h ticket.status_changed status=resolved
                """, facts: "1h met=1\n8d2h met=–"),
        Golden(
            projection: "sla_first_response", name: "the clock stops while a ticket is closed",
            events: """
                0s ticket.opened channel=email agent=budi
                1s sla.applied metric=first_response target_milliseconds=7200000
                1h ticket.status_changed status=closed
                3h ticket.status_changed status=open
                4h message.posted direction=out visibility=public actor_kind=agent
                """, facts: "4h met=1"),
        Golden(
            projection: "call_handling", name: "what comes a day later belongs to no call",
            events: """
                0s call.queued channel=phone
                10s call.answered agent=budi
                1d10s call.ended resolved=true outcome=handled
                1d11s call.wrapped agent=budi
                """, facts: "10s talk=1d handle=1d resolved=1"),
        Golden(
            projection: "csat", name: "late answers count not, nor do they replace one in time",
            events: """
                0s ticket.opened channel=email
                1h survey.sent survey=s kind=csat valid_days=7 agent=budi
                3h survey.answered survey=s kind=csat score=3
                7d1h1m survey.answered survey=s kind=csat score=5
                """, facts: "3h agent=budi satisfied=– score=3"),
        Golden(
            projection: "csat", name: "other surveys and scales don't mix",
            events: """
                0s ticket.opened channel=email
                1h survey.answered survey=s kind=csat score=5 agent=budi
                2h survey.answered survey=t kind=csat score=1 agent=budi
                3h survey.answered survey=s kind=ces score=1
                4h survey.answered survey=u kind=csat score=9 scale_maximum=10
                """, facts: "1h agent=budi satisfied=1\n2h agent=budi satisfied=–"),
        Golden(
            projection: "csat", name: "a survey sent again asks anew",
            events: """
                1h survey.sent survey=s kind=csat
                2h survey.answered survey=s kind=csat score=1
                3h survey.sent survey=s kind=csat
                4h survey.answered survey=s kind=csat score=5
                """, facts: "2h score=1\n4h score=5"),
        Golden(
            projection: "survey_invitation", name: "a reminder is no invitation",
            events: """
                1h survey.sent survey=s kind=csat valid_days=7 agent=budi
                2d survey.sent survey=s kind=csat valid_days=7 agent=budi
                3d survey.answered survey=s kind=csat score=5
                4d survey.sent survey=s kind=csat valid_days=1
                6d survey.answered survey=s kind=csat score=5
                """, facts: "1h agent=budi answered=1\n4d answered=–"),
        Golden(
            projection: "nps", name: "promoters, passives and detractors",
            events: """
                1h survey.answered survey=q1 kind=nps score=9
                2h survey.answered survey=q2 kind=nps score=8
                3h survey.answered survey=q3 kind=nps score=0
                """,
            facts: """
                1h promoter=1 passive=– detractor=–
                2h promoter=– passive=1 detractor=–
                3h promoter=– passive=– detractor=1
                """),
    ]

    private static let targets = [
        Golden(
            projection: "sla_first_response", name: "met at the target, missed a moment later",
            events: """
                0s ticket.opened channel=email origin=customer
                0s sla.applied metric=first_response target_milliseconds=3600000 policy=gold
                1h \(reply) actor=budi
                """, facts: "1h agent=budi met=1 policy=gold"),
        Golden(
            projection: "sla_first_response", name: "the last target applied before counts",
            events: """
                0s ticket.opened channel=email origin=customer
                0s sla.applied metric=first_response target_milliseconds=3600000
                1h sla.applied metric=first_response target_milliseconds=60000
                1h sla.applied metric=resolution target_milliseconds=99999999
                1h \(reply) actor=budi
                2h sla.applied metric=first_response target_milliseconds=99999999
                """, facts: "1h met=–"),
        Golden(
            projection: "sla_first_response", name: "pauses count off where the target says so",
            events: """
                0s ticket.opened channel=email origin=customer
                0s sla.applied metric=first_response target_milliseconds=3600000 pauses_pending=true
                30m ticket.status_changed status=pending
                1h30m ticket.status_changed status=hold
                2h \(reply) actor=budi
                """, facts: "2h met=1"),
        Golden(
            projection: "sla_first_response", name: "no target, or a cancelled one: no fact",
            events: """
                0s ticket.opened channel=email origin=customer
                0s sla.applied metric=first_response target_milliseconds=3600000
                5m sla.cancelled metric=first_response
                10m \(reply) actor=budi
                """, facts: ""),
        Golden(
            projection: "sla_resolution", name: "time resolved before a reopening does not count",
            events: """
                0s ticket.opened channel=email
                0s sla.applied metric=resolution target_milliseconds=10800000 pauses_hold=true
                1h ticket.status_changed status=resolved
                5h ticket.status_changed status=open
                6h ticket.status_changed status=hold
                9h ticket.status_changed status=open
                10h ticket.status_changed status=resolved
                """, facts: "10h met=1"),
    ]

    private static let calls = [
        Golden(
            projection: "call_volume", name: "answered in 20 seconds",
            events: """
                0s call.queued channel=phone category=billing reason=inquiry
                20s call.answered agent=budi
                5m call.ended outcome=handled resolved=true
                """,
            facts:
                "0s agent=budi wait=20s answered=1 answered_in_time=1 abandoned=– category=billing"),
        Golden(
            projection: "call_volume", name: "abandoned, or answered too late",
            events: """
                0s call.queued channel=phone agent=citra
                21s call.ended outcome=abandoned
                """,
            facts: "0s agent=citra wait=– answered=– answered_in_time=– abandoned=1"),
        Golden(
            projection: "call_handling", name: "each part of a transferred call for its agent",
            events: """
                0s call.queued channel=phone
                10s call.answered agent=budi
                3m call.ended outcome=transferred
                4m call.answered agent=citra
                5m call.wrapped agent=budi
                9m call.ended outcome=handled resolved=true
                10m call.wrapped agent=citra
                """,
            facts: """
                10s agent=budi handle=4m50s talk=2m50s resolved=–
                4m agent=citra handle=6m talk=5m resolved=1
                """),
        Golden(
            projection: "call_handling", name: "without wrap-up, until the call ended",
            events: """
                0s call.queued channel=phone
                10s call.answered agent=budi
                70s call.ended outcome=handled resolved=false
                """, facts: "10s handle=1m talk=1m resolved=–"),
        Golden(
            projection: "churn",
            name: "plan and segment in force, tenure since the last subscription",
            events: """
                0s customer.subscribed plan=gold segment=smb channel=web
                5d customer.churned segment=large
                6d customer.subscribed plan=basic
                8d customer.churned
                """,
            facts:
                "5d plan=gold segment=large tenure=5d channel=web\n8d plan=basic segment=large tenure=2d channel=–"
        ),
    ]
}
