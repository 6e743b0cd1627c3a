"""A generated year as a helpdesk hands it out: tickets, one history row a field, comments.

The shape is Zendesk's: times to the second, the history has a row for each field that an update changed,
also for what was so from the beginning, and a comment says whether it is public. The mappings beside
read it; the history has one for each way in which it can be read.
"""

import csv
import io
import json

from exports import HERE, Feed, Table, column

HISTORIES = {
    "zendesk": "history.yaml",
    "zendesk-merged": "history-merged.yaml",
    "zendesk-ordered": "history-ordered.yaml",
}

# An event's fields as the history calls them, in the order of their rows.
FIELDS = {
    "ticket.opened": {"agent": "assignee_id", "team": "group_id", "priority": "priority"},
    "ticket.assigned": {"agent": "assignee_id", "team": "group_id"},
    "ticket.status_changed": {"status": "status"},
    "ticket.attributes_set": {
        "priority": "priority", "category": "category", "subcategory": "subcategory",
        "reason": "type"},
    "ticket.escalated": {"to_level": "level"},
    "survey.answered": {"score": "satisfaction_score"},
}


def lines(rows):
    """Rows as lines of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode().rstrip(b"\n").split(b"\n")


def table(name, mapping, time, rows):
    header, *rest = lines(rows)
    return Table(
        name, str(HERE / "mappings" / mapping), header, rest, column(header, "ticket_id"),
        column(header, time))


def tickets(events):
    """Generated events of tickets by case, in order of time; what was taken back is not there."""
    taken = {(event["data"]["source"], event["data"]["id"])
             for event in events if event["type"] == "event.voided"}
    cases = {}
    for event in events:
        if not event["subject"].startswith("ticket/") or event["type"] == "event.voided":
            continue
        if (event["source"], event["id"]) in taken:
            continue
        cases.setdefault(event["subject"].split("/", 1)[1], []).append(event)
    for history in cases.values():
        history.sort(key=lambda event: event["time"])
    return {
        name: history for name, history in cases.items()
        if any(event["type"] == "ticket.opened" for event in history)}


def exports(events):
    """Rows of the three exports, headers first."""
    opened = [["ticket_id", "created_at", "via", "requester_id", "origin", "type", "product"]]
    history = [["event_id", "ticket_id", "updated", "user_id", "field_name", "value"]]
    comments = [["comment_id", "ticket_id", "created", "user_id", "role", "public", "via"]]
    for name, changes in tickets(events).items():
        for event in changes:
            data, time = event["data"], event["time"][:19] + "Z"
            if event["type"] == "ticket.opened":
                opened.append([
                    name, time, data["channel"], data.get("customer", ""), data["origin"],
                    data["reason"], data["product"]])
            if event["type"] == "message.posted":
                comments.append([
                    event["id"], name, time, data["actor"], data["actor_kind"],
                    "true" if data["visibility"] == "public" else "false", data["channel"]])
            if data.get("kind", "csat") != "csat":
                continue
            user = data.get("by") or data.get("actor") or "system"
            for field, called in FIELDS.get(event["type"], {}).items():
                if field in data:
                    history.append([len(history), name, time, user, called, data[field]])
    return opened, history, comments


def carried(history, opened):
    """The history with a ticket's channel, agent and team on each row, as they stood after its instant."""
    channels = {row[0]: row[2] for row in opened[1:]}
    after = {}
    for _, name, time, _, field, value in history[1:]:
        before = after.setdefault(name, {})
        now = before.setdefault(time, dict(list(before.values())[-1]) if before else {})
        now[field] = value
    rows = [history[0] + ["via", "assignee", "group"]]
    for row in history[1:]:
        now = after[row[1]][row[2]]
        # The channel that is shown is that of the latest change: only the first is the opening's.
        via = channels[row[1]] if row[2] == next(iter(after[row[1]])) else "web"
        rows.append(row + [via, now.get("assignee_id", ""), now.get("group_id", "")])
    return rows


def feeds(machine, events, seed):
    """The year in each reading of its history; made by `rekam generate` with a seed."""
    made = machine.sure(
        "generate", "--events", str(events), "--seed", str(seed), "--late", "0",
        "--long-cases", "0", "--agents", "12")
    opened, history, comments = exports([json.loads(line) for line in made.out.splitlines()])
    first = table("tickets", "tickets.yaml", "created_at", opened)
    last = table("comments", "comments.yaml", "created", comments)
    for name, mapping in HISTORIES.items():
        yield Feed(
            name, "2025-01..2026-02",
            [first, table("history", mapping, "updated", history), last], zone="Asia/Jakarta")
    yield Feed(
        "zendesk-carried", "2025-01..2026-02",
        [table("carried", "carried.yaml", "updated", carried(history, opened)), last],
        zone="Asia/Jakarta")
