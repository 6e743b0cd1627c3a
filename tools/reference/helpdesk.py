#!/usr/bin/env python3
"""usage: helpdesk.py helpdesk.csv.gz

Counts again, from the raw activities, what the events of Schemas/mappings/helpdesk.yaml give:
events per type, and figures with numerator and denominator as whole numbers (times in milliseconds).
"""
import sys
from collections import Counter

from reading import full_resolution, milliseconds, rows, show

STATES = {"Insert ticket": "new", "Take in charge ticket": "open", "Wait": "pending",
          "Require upgrade": "hold", "Resolve ticket": "resolved", "Closed": "closed"}
# Says nothing of the ticket, not even after its end.
SILENT = {"VERIFIED"}
ABOUT = ["service_type", "seriousness_2", "customer", "product"]

tickets = {}
for row in rows(sys.argv[1]):
    row["at"] = milliseconds(row["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f")
    tickets.setdefault(row["Case ID"], []).append(row)

events = Counter()
activities = Counter()
by_agent = Counter()
response, resolution, full = [0, 0], [0, 0], [0, 0]
handoffs = reopenings = reopened = 0

for history in tickets.values():
    events["ticket.opened"] += 1
    opened = history[0]["at"]
    before, state, reopenings_here, stated = None, None, 0, []
    for row in history:
        activity = row["Activity"]
        activities[activity] += 1
        by_agent[row["Resource"]] += 1
        if before is None:
            events["ticket.assigned"] += 1
        else:
            handoffs += before["Resource"] != row["Resource"]
            events["ticket.assigned"] += any(
                before[name] != row[name] for name in ("Resource", "support_section"))
            events["ticket.attributes_set"] += any(before[name] != row[name] for name in ABOUT)
        before = row
        after = STATES.get(activity)
        if after is None and activity not in SILENT and state in ("resolved", "closed"):
            after = "open"
        if after is None:
            continue
        events["ticket.status_changed"] += 1
        stated.append((row["at"], after))
        if state in ("resolved", "closed") and after not in ("resolved", "closed"):
            reopenings_here += 1
        state = after
    taken = [row["at"] for row in history if row["Activity"] == "Take in charge ticket"]
    events["message.posted"] += len(taken)
    if taken:
        response[0] += 1
        response[1] += min(taken) - opened
    done = [row["at"] for row in history if row["Activity"] == "Resolve ticket"]
    if done:
        resolution[0] += 1
        resolution[1] += max(done) - opened
    solved = full_resolution(stated)
    if solved is not None:
        full[0] += 1
        full[1] += solved - opened
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
    "handoffs": handoffs,
    "reopenings": reopenings,
    "reopened_tickets": reopened,
})
