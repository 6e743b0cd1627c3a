"""What Schemas/EVENTS.md and Schemas/catalogue say of tickets, in plain Python: how a ticket's events
are ordered, which of them change something, and one function for each projection.

An event is `(time, type, data)`; a ticket is made of its events as they were recorded. In `data`
None is "not said" and "" is "nobody, from now on". Some rules have nothing to do in these files:
none tells an order within an instant, opens a ticket twice or says where an escalation goes
(`to_…`); that no event is a little before its opening, and no two make one change, is asserted.
"""
from answers import count, distinct, duration, share

END = ("resolved", "closed")
OPENED, ASSIGNED, STATUS = "ticket.opened", "ticket.assigned", "ticket.status_changed"
ESCALATED, ATTRIBUTES, MESSAGE = "ticket.escalated", "ticket.attributes_set", "message.posted"
MINUTE, DAY = 60_000, 86_400_000
DIMENSIONS = ["agent", "team", "channel", "category", "priority"]

RANKS = {OPENED: 10, ATTRIBUTES: 20, ESCALATED: 25, ASSIGNED: 30}
STATUS_RANKS = {"new": 15, "open": 50, "pending": 60, "hold": 60, "resolved": 80, "closed": 90}
MESSAGE_RANKS = {"in": 40, "out": 45}

# The fields that say what is so from now on.
STATES = {
    ASSIGNED: ["agent", "team"], STATUS: ["status"],
    ATTRIBUTES: ["channel", "category", "subcategory", "priority", "customer", "product"]}


def states(event):
    """What an event says is so, by field."""
    _, kind, data = event
    return {name: data[name] for name in STATES.get(kind, ()) if data.get(name) is not None}


def rank_of(event):
    _, kind, data = event
    if kind == STATUS:
        return STATUS_RANKS[data["status"]]
    return MESSAGE_RANKS[data["direction"]] if kind == MESSAGE else RANKS[kind]


def ordered(events):
    """By time, the source's order where it tells one, rank and, as the sort is stable, recording."""
    events = sorted(events, key=lambda event: (
        event[0], event[2].get("order", 0), rank_of(event)))
    opened = next(time for time, kind, _ in events if kind == OPENED)
    assert not any(opened - 2 * MINUTE <= time < opened for time, _, _ in events)
    for one, other in zip(events, events[1:]):
        assert one[:2] != other[:2] or not states(one) or states(one).keys() & states(other).keys()
    return events


def changes(events):
    """Whether each event is a change: one that only repeats what is so already is none."""
    known, result = {}, []
    for event in events:
        said = states(event)
        result.append(not said or any(known.get(name, "") != said[name] for name in said))
        if event[1].startswith("ticket."):
            known.update({name: value for name, value in event[2].items() if value is not None})
    return result


class Ticket:
    def __init__(self, events):
        self.events = ordered(events)
        self.changes = changes(self.events)
        self.opened = self.first(lambda kind, data: kind == OPENED)

    def found(self, place, test):
        return self.changes[place] and test(*self.events[place][1:])

    def first(self, test, after=-1, before=None):
        for place in range(after + 1, len(self.events) if before is None else before):
            if self.found(place, test):
                return place
        return None

    def last(self, test, after=-1, before=None):
        end = len(self.events) if before is None else before
        for place in range(end - 1, after, -1):
            if self.found(place, test):
                return place
        return None

    def every(self, test, after=-1, before=None):
        end = len(self.events) if before is None else before
        return [p for p in range(after + 1, end) if self.found(p, test)]

    def statuses(self):
        """Each change of status, as its time and data."""
        return [(self.events[p][0], self.events[p][2]) for p in self.every(status())]

    def latest(self, field, at):
        """What the last event of the ticket's own types that says it says, up to `at` itself."""
        for _, kind, data in reversed(self.events[:at + 1]):
            if kind.startswith("ticket.") and data.get(field) is not None:
                return data[field] or None
        return None

    def fact(self, at, **more):
        """A fact at an event, with what is in force there."""
        dimensions = {name: self.latest(name, at) for name in DIMENSIONS}
        return {"time": self.events[at][0], **dimensions, **more}

    def wait(self, start, end):
        if start is None or end is None:
            return None
        elapsed = self.events[end][0] - self.events[start][0]
        return elapsed if elapsed >= 0 else None

    def wait_without(self, states, start, end):
        """`wait` without the time in which the status in force is one of `states`."""
        elapsed = self.wait(start, end)
        if elapsed is None:
            return None
        begin, finish = self.events[start][0], self.events[end][0]
        changes = [(self.events[p][0], self.events[p][2]["status"]) for p in self.every(status())]
        for (at, state), (until, _) in zip(changes, changes[1:] + [(finish, None)]):
            if state in states:
                elapsed -= max(0, min(until, finish) - max(at, begin))
        return elapsed


def of(kind):
    return lambda this, data: this == kind


def status(*wanted):
    return lambda kind, data: kind == STATUS and (not wanted or data["status"] in wanted)


def working(kind, data):
    return kind == STATUS and data["status"] not in END


def reply(kind, data):
    return (kind == MESSAGE and data["direction"] == "out" and data["visibility"] == "public"
            and data["actor_kind"] == "agent" and not data["automatic"])


def names(field):
    """Opens or assigns the ticket and names somebody."""
    return lambda kind, data: kind in (OPENED, ASSIGNED) and bool(data.get(field))


def ticket_volume(ticket):
    at = ticket.opened
    data = ticket.events[at][2]
    yield {"time": ticket.events[at][0], **{name: data.get(name) for name in DIMENSIONS}}


def first_resolution(ticket):
    opened = ticket.opened
    solved = ticket.first(status(*END), after=opened)
    if solved is None:
        return
    replies = len(ticket.every(reply, after=opened, before=solved))
    escalations = len(ticket.every(of(ESCALATED), after=opened, before=solved))
    holder = ticket.first(names("agent"), after=opened - 1)
    others = 0
    if holder is not None:
        keeps = ticket.events[holder][2]["agent"]
        others = len(ticket.every(
            lambda kind, data: kind == ASSIGNED and data.get("agent") and data["agent"] != keeps,
            after=holder, before=solved))
    keeper = ticket.first(names("team"), after=opened - 1)
    other_teams = 0
    if keeper is not None:
        team = ticket.events[keeper][2]["team"]
        other_teams = len(ticket.every(
            lambda kind, data: kind == ASSIGNED and data.get("team") and data["team"] != team,
            after=keeper, before=solved))
    back = ticket.first(working, after=solved)
    reopened = back is not None and ticket.wait(solved, back) <= 7 * DAY
    yield ticket.fact(
        solved, wait=ticket.wait(opened, solved),
        first_contact=replies <= 1 and not escalations and not others and not other_teams
        and not reopened)


def resolution(ticket):
    opened = ticket.opened
    for solved in ticket.every(status(*END), after=opened):
        earlier = ticket.last(status(), before=solved)
        if earlier is not None and ticket.events[earlier][2]["status"] in END:
            continue
        back = ticket.first(working, after=solved)
        if back is not None and ticket.wait(solved, back) <= 7 * DAY:
            continue
        escalated = ticket.first(of(ESCALATED), before=solved)
        wait = ticket.wait(opened, solved)
        yield ticket.fact(
            solved, wait=wait,
            requester_wait=ticket.wait_without(("pending", *END), opened, solved),
            on_hold=None if wait is None else wait - ticket.wait_without(("hold",), opened, solved),
            since_escalation=ticket.wait(escalated, solved),
            one_touch=len(ticket.every(reply, after=opened, before=solved)) == 1)


def reopening(ticket):
    solved = ticket.first(status(*END))
    for at in ticket.every(working):
        ended = ticket.last(status(), before=at)
        if ended is None or ticket.events[ended][2]["status"] not in END:
            continue
        yield {**ticket.fact(at), "agent": ticket.latest("agent", ended),
               "team": ticket.latest("team", ended),
               "first": ticket.first(working, after=solved, before=at) is None}


def escalation(ticket):
    for number, at in enumerate(ticket.every(of(ESCALATED))):
        yield ticket.fact(at, first=number == 0, trigger=ticket.events[at][2]["trigger"])


def transfer(ticket):
    for at in ticket.every(of(ASSIGNED)):
        from_whom, moved = {}, False
        for field in ("agent", "team"):
            held = ticket.last(names(field), before=at)
            before = None if held is None else ticket.events[held][2][field]
            after = ticket.events[at][2].get(field)
            moved = moved or bool(before and after and before != after)
            from_whom[field] = before
        if moved:
            yield {**ticket.fact(at), **from_whom}


def first_assignment(ticket):
    at = ticket.first(names("agent"), after=ticket.opened - 1)
    if at is not None:
        yield {**ticket.fact(at), "agent": ticket.events[at][2]["agent"],
               "wait": ticket.wait(ticket.opened, at)}


def first_response(ticket):
    at = ticket.first(reply, after=ticket.opened)
    if at is not None and ticket.events[ticket.opened][2]["origin"] == "customer":
        yield {**ticket.fact(at), "agent": ticket.events[at][2]["actor"],
               "wait": ticket.wait(ticket.opened, at)}


def replies(ticket):
    """Of these files no customer writes; only the opening can wait for a reply."""
    earlier = -1
    for at in ticket.every(reply):
        asked = ticket.first(of(OPENED), after=earlier, before=at)
        yield {**ticket.fact(at), "agent": ticket.events[at][2]["actor"],
               "wait": ticket.wait(asked, at), "customer": ticket.latest("customer", at)}
        earlier = at


PROJECTIONS = {
    "ticket_volume": ticket_volume, "first_resolution": first_resolution,
    "resolution": resolution, "reopening": reopening, "escalation": escalation,
    "transfer": transfer, "first_assignment": first_assignment,
    "first_response": first_response, "reply": replies}


def rate(flagged, whole):
    return lambda f: share(count(*flagged(f)), count(whole(f)), 100)


KPIS = {
    "ticket_volume": lambda f: count(f["ticket_volume"]),
    "first_contact_resolution": rate(
        lambda f: (f["first_resolution"], "first_contact"), lambda f: f["first_resolution"]),
    "tickets_resolved": lambda f: count(f["resolution"]),
    "one_touch_resolution": rate(
        lambda f: (f["resolution"], "one_touch"), lambda f: f["resolution"]),
    "reopen_rate": rate(lambda f: (f["reopening"], "first"), lambda f: f["first_resolution"]),
    "reopen_rate.reopened": lambda f: count(f["reopening"], "first"),
    "reopen_rate.reopenings": lambda f: count(f["reopening"]),
    "escalation_rate": rate(lambda f: (f["escalation"], "first"), lambda f: f["resolution"]),
    "escalation_rate.escalated": lambda f: count(f["escalation"], "first"),
    "transfers_per_ticket": lambda f: share(count(f["transfer"]), count(f["resolution"])),
    "transfers_per_ticket.transfers": lambda f: count(f["transfer"]),
    "replies_sent": lambda f: count(f["reply"]),
    "customers_handled": lambda f: distinct(f["reply"], "customer"),
    **duration("first_resolution_time", "first_resolution", "wait"),
    **duration("resolution_time", "resolution", "wait"),
    **duration("requester_wait_time", "resolution", "requester_wait"),
    **duration("on_hold_time", "resolution", "on_hold"),
    **duration("escalated_resolution_time", "resolution", "since_escalation"),
    **duration("first_assignment_time", "first_assignment", "wait"),
    **duration("first_response_time", "first_response", "wait"),
    **duration("reply_time", "reply", "wait"),
}


# Calls have no priority, and first contact resolution counts them, too.
LACKING = {("first_contact_resolution", "priority")}


def facts(tickets):
    return {name: [fact for ticket in tickets for fact in projection(ticket)]
            for name, projection in PROJECTIONS.items()}


def backlog(tickets, ends):
    """Tickets open at the end (exclusive) of each period: `{period: {by: {value of by: number}}}`."""
    result = {name: {by: {} for by in ["", *DIMENSIONS]} for name in ends}
    for name, end in ends.items():
        for ticket in tickets:
            at = sum(1 for event in ticket.events if event[0] < end) - 1
            if at < ticket.opened or ticket.latest("status", at) in END:
                continue
            for by, cells in result[name].items():
                key = ticket.latest(by, at) or "–" if by else ""
                cells[key] = cells.get(key, 0) + 1
    return result
