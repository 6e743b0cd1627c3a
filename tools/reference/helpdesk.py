#!/usr/bin/env python3
"""usage: helpdesk.py helpdesk.csv.gz

Counts again, from the raw activities, what the events of Schemas/mappings/helpdesk.yaml give:
events per type, figures with numerator and denominator as whole numbers (times in milliseconds),
and under "answers" and "backlog" what a query answers, as answers.py and tickets.py say.
"""
import sys
from collections import Counter

from answers import answers
from reading import milliseconds, month, month_ends, resolutions, rows, show
from tickets import DIMENSIONS, KPIS, LACKING, Ticket, backlog, facts

# Any other activity says nothing about the ticket's own state.
STATES = {"Insert ticket": "new", "Take in charge ticket": "open", "Assign seriousness": "open",
          "RESOLVED": "open", "Wait": "pending", "Require upgrade": "hold",
          "Resolve ticket": "resolved", "Closed": "closed"}
ABOUT = ["service_type", "seriousness_2", "customer", "product"]


def named(kind, text):
    """`Value 7` of a column as a name of its own; an empty field says nothing."""
    return f"{kind} {text.removeprefix('Value ')}" if text else None


def about(row):
    return {"category": named("Service", row["service_type"]),
            "subcategory": named("Seriousness", row["seriousness_2"]),
            "customer": named("Customer", row["customer"]),
            "product": named("Product", row["product"])}


tickets, timelines, months = {}, [], set()
for row in rows(sys.argv[1]):
    row["at"] = milliseconds(row["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f")
    tickets.setdefault(row["Case ID"], []).append(row)

events = Counter()
activities = Counter()
by_agent = Counter()
response, resolution, full, earlier = [0, 0], [0, 0], [0, 0], [0, 0]
handoffs = reopenings = reopened = 0

for history in tickets.values():
    events["ticket.opened"] += 1
    opened = history[0]["at"]
    before, state, reopenings_here = None, None, 0
    timeline = [(opened, "ticket.opened",
                 {"origin": "customer", "channel": "help desk", **about(history[0])})]
    for row in history:
        at, agent = row["at"], named("Agent", row["Resource"])
        months.add(month(at))
        activity = row["Activity"]
        activities[activity] += 1
        by_agent[row["Resource"]] += 1
        # Every row says who holds the ticket and what it is about; what changed is reckoned later.
        events["ticket.assigned"] += bool(row["Resource"] or row["support_section"])
        events["ticket.attributes_set"] += any(row[name] for name in ABOUT)
        assigned = before is None or any(
            before[name] != row[name] for name in ("Resource", "support_section"))
        if assigned:
            timeline.append((at, "ticket.assigned", {
                "agent": agent, "team": named("Section", row["support_section"])}))
        if before is not None:
            handoffs += before["Resource"] != row["Resource"]
            if any(before[name] != row[name] for name in ABOUT):
                timeline.append((at, "ticket.attributes_set", about(row)))
        before = row
        if activity == "Take in charge ticket":
            timeline.append((at, "message.posted", {
                "direction": "out", "visibility": "public", "actor_kind": "agent",
                "actor": agent, "automatic": False}))
        after = STATES.get(activity)
        if after is None:
            continue
        timeline.append((at, "ticket.status_changed", {"status": after}))
        events["ticket.status_changed"] += 1
        if state in ("resolved", "closed") and after not in ("resolved", "closed"):
            reopenings_here += 1
        state = after
    timelines.append(Ticket(timeline))
    taken = [row["at"] for row in history if row["Activity"] == "Take in charge ticket"]
    events["message.posted"] += len(taken)
    if taken:
        response[0] += 1
        response[1] += min(taken) - opened
    done = [row["at"] for row in history if row["Activity"] == "Resolve ticket"]
    if done:
        resolution[0] += 1
        resolution[1] += max(done) - opened
    for solved, _, is_last in resolutions(timelines[-1].statuses()):
        part = full if is_last else earlier
        part[0] += 1
        part[1] += solved - opened
    reopenings += reopenings_here
    reopened += reopenings_here > 0

show({
    "events": events,
    "tickets": len(tickets),
    "activities": activities,
    "rows_by_agent": by_agent,
    "first_response": {"count": response[0], "milliseconds": response[1]},
    "resolution_last": {"count": resolution[0], "milliseconds": resolution[1]},
    "full_resolution": {"count": full[0], "milliseconds": full[1]},
    "earlier_resolutions": {"count": earlier[0], "milliseconds": earlier[1]},
    "handoffs": handoffs,
    "reopenings": reopenings,
    "reopened_tickets": reopened,
    "answers": answers(KPIS, facts(timelines), DIMENSIONS, LACKING),
    "backlog": backlog(timelines, month_ends(sorted(months))),
})
