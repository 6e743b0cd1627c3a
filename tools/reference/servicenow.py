#!/usr/bin/env python3
"""usage: servicenow.py incident_event_log.csv.gz

Counts again, from the raw audit log, what the events of Schemas/mappings/servicenow.yaml give:
events per type, figures with numerator and denominator as whole numbers (times in milliseconds),
and under "answers" and "backlog" what a query answers, as answers.py and tickets.py say.
"""
import sys
from collections import Counter

from answers import answers
from reading import milliseconds, month, month_ends, resolutions, rows, show
from tickets import DIMENSIONS, KPIS, LACKING, Ticket, backlog, facts

STATES = {"New": "new", "Active": "open", "Awaiting User Info": "pending",
          "Awaiting Vendor": "hold", "Awaiting Problem": "hold", "Awaiting Evidence": "hold",
          "Resolved": "resolved", "Closed": "closed"}
END = ("resolved", "closed")
CHANNELS = {"Phone": "phone", "Email": "email", "Self service": "portal", "IVR": "ivr",
            "Direct opening": "walk-in"}
PRIORITIES = {"1": "urgent", "2": "high", "3": "normal", "4": "low"}
ATTRIBUTES = ["contact_type", "priority", "category", "category#2", "caller_id"]


def time(text):
    return milliseconds(text, "%d/%m/%Y %H:%M")


def about(row):
    """What the events say of the ticket itself; `?` says nothing."""
    given = {name: None if row[name] == "?" else row[name] for name in ATTRIBUTES}
    return {"channel": CHANNELS.get(given["contact_type"]),
            "priority": PRIORITIES.get(given["priority"]),
            "category": given["category"] and f"Category {given['category']}",
            "subcategory": given["category#2"] and f"Subcategory {given['category#2']}",
            "customer": given["caller_id"] and f"Caller {given['caller_id']}"}


def named(kind, text):
    """A name; `?` is nobody."""
    return "" if text == "?" else f"{kind} {text}"


incidents = {}
for row in rows(sys.argv[1]):
    incidents.setdefault(row["number"], []).append(row)

events = Counter()
tickets, updated_months = [], set()
final_channel, final_priority, opened_month = Counter(), Counter(), Counter()
agent_changes = team_changes = reopenings = reopened = reopenings_by_file = missed = 0
resolved = {"all": [0, 0], "with_time": [0, 0]}
closed = [0, 0]
full = [0, 0]
# The same by what the resolution rests on: the row of `resolved_at`, the state alone (also where
# the row of `resolved_at` only repeats it later), or a closing.
published_instead = {name: [0, 0] for name in ("resolved_at", "state", "closing")}
# One that held for 7 days, of an incident reopened later, by what was in force.
rests_on = {name: [0, 0] for name in (*published_instead, "earlier")}
earlier = {"channel": Counter(), "priority": Counter()}

for history in incidents.values():
    opened = time(history[0]["opened_at"])
    least, openings = None, set()
    # Of openings at one instant the one that the source counts first tells how the case stood.
    first = min(history, key=lambda row: int(row["sys_mod_count"]))
    opened_month[month(opened)] += 1
    known = {name: history[0][name] for name in ATTRIBUTES if history[0][name] != "?"}
    holder = {"assigned_to": None, "assignment_group": None}  # None: nothing was ever said
    state = None
    stated, believed, missed_here = [], {}, False
    timeline = [(opened, "ticket.opened", {
        "origin": "customer", "order": int(first["sys_mod_count"]), **about(first)})]
    for row in history:
        update, order = time(row["sys_updated_at"]), int(row["sys_mod_count"])
        updated_months.add(month(update))
        # An opening comes of each row that none read so far comes before, in the source's count.
        if least is None or order <= least:
            openings.add((row["sys_mod_count"], *(row[n] for n in ATTRIBUTES)))
            least = order
        # What a row says is an event, whatever others say; what it says of its state, once.
        events["ticket.assigned"] += 1
        events["ticket.attributes_set"] += any(row[n] != "?" for n in ATTRIBUTES)
        events["ticket.status_changed"] += row["ident_state"] in STATES
        events["ticket.escalated"] += row["made_sla"] == "false"
        # Who holds it: `?` is nobody, and nobody where nothing was said is no news.
        now = {name: "" if row[name] == "?" else row[name] for name in holder}
        news = [n for n in holder if now[n] != holder[n] and not (now[n] == "" and holder[n] is None)]
        timeline.append((update, "ticket.assigned", {
            "order": order, "agent": named("Agent", row["assigned_to"]),
            "team": named("Group", row["assignment_group"])}))
        if news:
            agent_changes += "assigned_to" in news
            team_changes += "assignment_group" in news
            for name in holder:
                if now[name] != "" or holder[name] is not None:
                    holder[name] = now[name]
        # What it is about: `?` says nothing.
        changed = {n: row[n] for n in ATTRIBUTES if row[n] != "?" and known.get(n) != row[n]}
        timeline.append((update, "ticket.attributes_set", {"order": order, **about(row)}))
        known.update(changed)
        # How it stands.
        after = STATES.get(row["ident_state"])
        at = row["sys_updated_at"]
        if after is not None:
            final = {"resolved": row["resolved_at"], "closed": row["closed_at"]}.get(after)
            extra = row["resolved_by"] if after == "resolved" else row["sys_updated_by"]
            key = (after, at, row["closed_code"], extra)
            if at == final:
                is_news = key not in believed
                believed[key] = True
                stated.append((update, after, True))
            else:
                is_news = after != state
                if is_news:
                    stated.append((update, after, False))
            if is_news:
                timeline.append((update, "ticket.status_changed", {
                    "order": order, "status": after, "believed": at == final}))
            reopenings_by_file += state in END and after not in END
            state = after
        # Whether the promise is broken; it stays so.
        if row["made_sla"] == "false" and not missed_here:
            missed_here = True
            timeline.append((update, "ticket.escalated", {"order": order, "trigger": "sla"}))
    events["ticket.opened"] += len(openings)
    ticket = Ticket(timeline)
    tickets.append(ticket)
    # Resolved for good by what changed its state. One that lies before the opening gives no duration.
    for at, data, is_last in resolutions(ticket.statuses()):
        if at < opened:
            continue
        if not is_last:
            rests_on["earlier"][0] += 1
            rests_on["earlier"][1] += at - opened
            place = max(p for p, event in enumerate(ticket.events) if event[2] is data)
            for name in earlier:
                earlier[name][ticket.latest(name, place)] += 1
            continue
        full[0] += 1
        full[1] += at - opened
        basis = ("closing" if data["status"] == "closed"
                 else "resolved_at" if data["believed"] else "state")
        rests_on[basis][0] += 1
        rests_on[basis][1] += at - opened
        # What the published figure counts instead: the last Resolved at `resolved_at`.
        later = [t for t, s, b in stated if s == "resolved" and b]
        if later:
            published_instead[basis][0] += 1
            published_instead[basis][1] += max(later) - opened
    # As the rows say it, repetitions included, in the order of time: reopened is an incident whose
    # state leaves an end state.
    states = [s for _, s, _ in sorted(stated, key=lambda entry: entry[0])]
    reopenings_here = sum(a in END and b not in END for a, b in zip(states, states[1:]))
    missed += missed_here
    reopenings += reopenings_here
    reopened += reopenings_here > 0
    final_channel[known["contact_type"]] += 1
    final_priority[known["priority"]] += 1
    for kind, wanted in (("all", (True, False)), ("with_time", (True,))):
        moments = [t for t, s, b in stated if s == "resolved" and b in wanted]
        if moments:
            resolved[kind][0] += 1
            resolved[kind][1] += max(moments) - opened
    moments = [t for t, s, b in stated if s == "closed" and b]
    if moments:
        closed[0] += 1
        closed[1] += max(moments) - opened

show({
    "events": events,
    "incidents": len(incidents),
    "resolution_last": {"count": resolved["all"][0], "milliseconds": resolved["all"][1]},
    "resolution_last_with_resolved_at":
        {"count": resolved["with_time"][0], "milliseconds": resolved["with_time"][1]},
    "full_resolution": {"count": full[0], "milliseconds": full[1]},
    "full_resolution_rests_on": {
        name: {"count": here[0], "milliseconds": here[1]} for name, here in rests_on.items()},
    "published_of_those": {
        name: {"count": here[0], "milliseconds": here[1]}
        for name, here in published_instead.items()},
    "earlier_resolutions": earlier,
    "closing_last": {"count": closed[0], "milliseconds": closed[1]},
    "reopenings": reopenings,
    "reopened_incidents": reopened,
    "reopenings_in_order_of_the_file": reopenings_by_file,
    "sla_missed": missed,
    "agent_changes": agent_changes,
    "team_changes": team_changes,
    "final_channel": final_channel,
    "final_priority": final_priority,
    "opened_by_month": opened_month,
    "answers": answers(KPIS, facts(tickets), DIMENSIONS, LACKING),
    "backlog": backlog(tickets, month_ends(sorted(updated_months | set(opened_month)))),
})
