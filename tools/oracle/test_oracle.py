"""Tests the SQL of the projections on small cases whose facts were worked out by hand.

Run with a Python that has duckdb: `python test_oracle.py`. With `--rekam BINARY [--seed N]` it also
records random cases with that binary, some at once and the rest in small pieces, and compares every
projection's cells.

Times are written "DAY HH:MM[:SS]", days of January 2025 on the clock of Jakarta (UTC+7); the 6th is
a Monday. The subject is ticket/T1 unless `on` says otherwise. Each test compares whole facts;
absent values are left out.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import oracle

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def event(time, event_type, on="ticket/T1", id=None, **data):
    day, clock = time.split()
    clock += ":00" if clock.count(":") == 1 else ""
    zone = "" if clock.endswith("Z") else "+07:00"
    return {"specversion": "1.0", "id": id, "source": "test", "type": event_type, "subject": on,
            "time": f"2025-01-{int(day):02}T{clock}{zone}", "data": data}


def opened(time, channel="web", origin="customer", **data):
    return event(time, "ticket.opened", channel=channel, origin=origin, **data)


def status(time, status, **data):
    return event(time, "ticket.status_changed", status=status, **data)


def reply(time, actor="budi", **data):
    return event(time, "message.posted", **({"direction": "out", "visibility": "public",
                 "actor_kind": "agent", "actor": actor} | data))


def asked(time, **data):
    return event(time, "message.posted", **({"direction": "in", "visibility": "public",
                 "actor_kind": "customer", "actor": "P1"} | data))


def assigned(time, **data):
    return event(time, "ticket.assigned", **data)


def sent(time, on="ticket/T1", survey="puas", kind="csat", **data):
    return event(time, "survey.sent", on=on, survey=survey, kind=kind, **data)


def answered(time, score, on="ticket/T1", survey="puas", kind="csat", **data):
    return event(time, "survey.answered", on=on, survey=survey, kind=kind, score=score, **data)


def database(events, zone=420):
    result = oracle.Database(threads=1, zone=zone)
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        for number, one in enumerate(events):
            file.write(json.dumps(one | {"id": one["id"] or f"e{number}"}) + "\n")
        file.flush()
        result.load([file.name])
    result.prepare()
    return result


def facts(name, events):
    data = database(events)
    rows = data.connection.execute(f"SELECT * EXCLUDE (case_id) FROM ({data.projections[name]})")
    names = [column[0] for column in rows.description]
    return [{n: v.day if n == "day" else v for n, v in zip(names, row) if v is not None}
            for row in rows.fetchall()]


def expect(name, events, *wanted):
    found = facts(name, events)
    # Hour and weekday follow from the day's clock: where no wanted fact names them, none is meant.
    if not any("hour" in fact for fact in wanted):
        found = [{n: v for n, v in fact.items() if n not in ("hour", "weekday")} for fact in found]
    # Business time has tests of its own.
    if not any(n.endswith("_business") for fact in wanted for n in fact):
        found = [{n: v for n, v in fact.items() if not n.endswith("_business")} for fact in found]
    order = lambda fact: json.dumps(fact, sort_keys=True)
    assert sorted(found, key=order) == sorted(wanted, key=order), \
        f"{name}\n  found  {found}\n  wanted {list(wanted)}"


# Reading


def test_milliseconds_are_cut_not_rounded():
    data = database([event("6 10:00:00.9999Z", "agent.state_changed", on="agent/a", state="break")])
    row = data.connection.execute("SELECT instant % 1000, time, local, day FROM events").fetchone()
    assert row[0] == 999, row
    assert str(row[1]) == "2025-01-06 10:00:00.999000" and row[2].hour == 17, row


def test_day_is_that_of_the_store_zone():
    events = [event("6 23:30:00Z", "agent.state_changed", on="agent/a", state="break")]
    for zone, day in ((420, 7), (0, 6), ("Asia/Jakarta", 7), ("America/Los_Angeles", 6)):
        row = database(events, zone).connection.execute("SELECT day FROM events").fetchone()
        assert row[0].day == day, (zone, row)


def test_sequence_is_the_order_of_the_file():
    events = [event("6 08:00", "agent.state_changed", on=f"agent/{(i * 7919) % 5000}",
                    state="break") for i in range(5000)]
    data = database(events)
    rows = data.connection.execute("SELECT subject FROM events ORDER BY sequence").fetchall()
    assert [row[0] for row in rows] == [one["subject"] for one in events]


def test_repeats_and_voided_events_do_not_exist():
    void = event("6 10:00", "event.voided", id="v", source="test", reason="salah") | {}
    void["data"]["id"] = "b"
    other = event("6 10:00", "event.voided", on="ticket/T2", id="w", source="test", reason="x")
    other["data"]["id"] = "a"  # of another case: takes nothing out
    one, two = opened("6 08:00") | {"id": "a"}, status("6 09:00", "hold") | {"id": "b"}

    def rest(*events):
        return [row[0] for row in database(events).connection.execute(
            "SELECT sequence FROM events ORDER BY 1").fetchall()]
    assert rest(one, two, one, void) == [0]
    changed = two | {"data": two["data"] | {"note": "lain"}}
    assert rest(one, two, void, void, two) == [0]  # read again: there already
    assert rest(one, two, void, changed, changed, two) == [0, 3]  # recorded anew
    assert rest(one, two, changed) == [0, 1]  # refused
    assert rest(one, two, changed, void, changed) == [0, 4]
    assert rest(one, void, two) == [0, 2]  # nothing to void yet
    assert rest(one, two, two, other) == [0, 1]


def test_a_field_counts_only_where_it_is_a_column():
    row = database([event("6 08:00", "sla.cancelled", metric="resolution", reason="pindah")]
                   ).connection.execute("SELECT reason FROM events").fetchone()
    assert row == (None,), row


# The order within a case (test_order_…), and what its events mean beside each other


def walked(events, field="id"):
    """One field of the case's events in their order; of those that are no change in brackets."""
    rows = database(events).connection.execute(
        "SELECT sequence, type, status, actor, agent, team, category, silent FROM events "
        "WHERE subject = 'ticket/T1' ORDER BY place").fetchall()
    names = ("sequence", "type", "status", "actor", "agent", "team", "category")
    found = []
    for row in rows:
        one = dict(zip(names, row))
        value = events[one["sequence"]]["id"] or one["sequence"] if field == "id" else one[field]
        found.append(f"({value})" if row[-1] else value)
    return found


def told(event, sequence, kind=None, source="test"):
    return event | {"sequence": sequence, "source": source} | (
        {"sequencetype": kind} if kind else {})


def test_order_by_time_with_all_decimals():
    events = [reply(f"6 09:00:00{decimals}") for decimals in
              (".000000003", ".000000002", ".001", "", ".0000000029", ".0000000001")]
    assert walked(events) == [3, 5, 1, 4, 0, 2]  # further decimals are cut
    leap = [reply("6 06:59:60.1"), reply("6 07:00"), reply("6 06:59:59.999999998")]
    assert walked(leap) == [2, 0, 1]


def test_order_by_rank_then_recording():
    now = "6 09:00"
    events = [event(now, "survey.answered", survey="s", kind="csat", score=1),
              status(now, "closed"),
              status(now, "hold"), status(now, "pending"), reply(now), asked(now), assigned(now),
              event(now, "sla.applied", metric="reply", target_milliseconds=1),
              event(now, "ticket.escalated", trigger="agent"), status(now, "new"), opened(now)]
    assert walked(events) == [10, 9, 8, 7, 6, 5, 4, 2, 3, 1, 0]


def test_order_of_the_source():
    now = "6 09:00"
    def order(*sequences, kind=None):
        return walked([told(reply(now), one, kind) for one in sequences])
    assert order("9", "10", "a", "B") == [1, 0, 3, 2]
    assert order("9", "10", "-2", kind="Integer") == [2, 0, 1]
    assert order("1", 10, 9) == [2, 1, 0]  # numbers before texts
    # A source's events wait for each other, of other sources for nobody.
    late = [told(status(now, "resolved"), 1), told(assigned(now), 2), reply(now)]
    assert walked(late) == [2, 0, 1]
    two = [told(status(now, "resolved"), 1), told(assigned(now), 2),
           told(reply(now), 2, source="b"), told(status(now, "open"), 1, source="b")]
    assert walked(two) == [3, 2, 0, 1]
    # Where a source tells nothing between two, the rank does.
    assert walked([told(reply(now), 7), told(assigned(now), 7)]) == [1, 0]
    # What a source says of another instant says nothing.
    assert walked([told(reply("6 09:01"), 1), told(reply(now), 2)]) == [1, 0]


def test_only_the_first_opening_opens():
    events = [opened("6 08:00", agent="ani"), opened("6 10:00", agent="budi", origin="agent"),
              reply("6 11:00", actor="")]
    assert walked(events) == [0, 2]
    expect("first_response", events,
           {"day": 6, "agent": "ani", "channel": "web", "wait": 3 * HOUR})
    expect("reply", [events[0], reply("6 09:00"), opened("6 10:00"), reply("6 11:00")],
           {"day": 6, "agent": "budi", "channel": "web", "wait": HOUR},
           {"day": 6, "agent": "budi", "channel": "web"})
    # Nor is one of the first one's own instant an event, whatever it says.
    expect("first_response", [opened("6 08:00", agent="ani"), opened("6 08:00", agent="budi"),
                              reply("6 11:00", actor="")],
           {"day": 6, "agent": "ani", "channel": "web", "wait": 3 * HOUR})
    # A second opening assigns nobody, so that ani is who the ticket leaves.
    expect("transfer", events[:2] + [assigned("6 12:00", agent="cici")],
           {"day": 6, "agent": "ani", "channel": "web"})


def test_a_little_before_the_opening():
    def order(*events):
        return walked([*events, opened("6 08:00")])
    assert order(reply("6 07:58")) == [1, 0]
    assert order(reply("6 07:57:59.999999999")) == [0, 1]
    assert walked([reply("6 07:58"), opened("6 08:00:00.000999999")]) == [1, 0]  # whole milliseconds
    # What the opening's source puts before it, in its instant.
    assert walked([told(reply("6 08:00"), 1), told(opened("6 08:00"), 2)]) == [1, 0]
    assert walked([told(reply("6 08:00"), 2), told(assigned("6 08:00"), 1),
                   told(opened("6 08:00"), 3)]) == [2, 1, 0]
    # So the opening does not wait for it, and nobody gets between.
    assert walked([told(reply("6 08:00"), 1), told(opened("6 08:00"), 2),
                   assigned("6 08:00") | {"source": "other"}]) == [1, 2, 0]
    # Those before it keep their order; beside those of its instant rank decides, then time.
    assert order(reply("6 07:59:30"), assigned("6 07:59:31")) == [2, 0, 1]
    assert order(assigned("6 08:00"), status("6 07:59", "open"), assigned("6 07:59:30", team="A"),
                 reply("6 08:00"), reply("6 07:58:30")) == [5, 0, 4, 3, 1, 2]
    assert order(reply("6 08:00"), reply("6 07:59")) == [2, 1, 0]
    expect("first_response", [reply("6 07:59"), opened("6 08:00")],
           {"day": 6, "agent": "budi", "channel": "web", "wait": 0})
    expect("first_response", [reply("6 23:59:59"), opened("7 00:00:01")],
           {"day": 7, "agent": "budi", "channel": "web", "wait": 0})


def test_one_update_in_several_rows():
    now, start = "6 09:00", opened("6 08:00", agent="x", team="X")
    def order(*data, field="id"):
        return walked([start] + [assigned(now, **one) for one in data], field)
    parts = dict(agent="ani"), dict(team="A")
    assert order(*parts) == [0, 1, "(2)"]
    assert order(*parts, field="team") == ["X", "A", "(A)"]
    assert order(*parts, dict(agent="budi"), dict(team="B"), field="team") == [
        "X", "A", "(A)", "B", "(B)"]
    assert order(dict(agent="ani", by="p"), dict(team="A", by="q")) == [0, 1, 2]  # two persons
    assert order(dict(agent="ani", by="p"), dict(team="A")) == [0, 1, "(2)"]
    # A source that counts them counts two; one of another source says nothing of it, nor do places of
    # rows.
    def counted(key, *orders, field="id"):
        events = [assigned(now, **one) | {key: order} for one, order in zip(parts, orders)]
        return walked([start, *events], field)
    assert counted("sequence", 1, 2) == counted("rekamorder", 1, 2) == [0, 1, 2]
    assert counted("sequence", 1, 1) == counted("rekamplace", 1, 2) == [0, 1, "(2)"]
    assert counted("rekamorder", "a", "b", field="agent") == ["x", "ani", None]
    assert walked([start, told(assigned(now, agent="ani"), 1),
                   told(assigned(now, team="A"), 2, source="b")]) == [0, 1, "(2)"]
    # The first says no state.
    assert order(dict(by="p"), dict(agent="ani"), dict(team="A")) == [0, 1, 2, "(3)"]
    assert walked([start, assigned(now, agent="ani"), assigned("6 09:00:00.000000001", team="A")]) \
        == [0, 1, 2]
    expect("transfer", [start] + [assigned(now, **one) for one in parts],
           {"day": 6, "agent": "x", "team": "X", "channel": "web"})


def test_a_repetition_is_no_change():
    def order(*events):
        return walked([opened("6 08:00", team="A", category="k"), *events])
    assert order(assigned("6 09:00", team="A")) == [0, "(1)"]  # an opening's team is one, too
    assert order(assigned("6 09:00", team="A", agent="")) == [0, "(1)"]  # nobody, and nobody before
    assert order(assigned("6 09:00", team="A", agent="ani")) == [0, 1]
    assert order(assigned("6 09:00", team=""), assigned("6 10:00", team="")) == [0, 1, "(2)"]
    assert order(assigned("6 09:00")) == [0, 1]  # says no state
    # A survey's team is not the ticket's.
    assert order(event("6 09:00", "survey.sent", survey="s", kind="csat", team="B"),
                 assigned("6 10:00", team="A")) == [0, 1, "(2)"]
    assert order(opened("6 09:00", team="B"), assigned("6 10:00", team="A")) == [0, "(2)"]
    assert order(status("6 09:00", "resolved"), status("6 10:00", "resolved"),
                 status("6 11:00", "closed"), status("6 12:00", "resolved")) == [0, 1, "(2)", 3, 4]
    expect("agent_time", [state("6 09:00", "busy"), state("6 09:10", "busy"),
                          state("6 09:20", "offline")],
           {"day": 6, "agent": "ani", "state": "busy", "hour": 9, "weekday": 1,
            "time": 20 * MINUTE})


def test_where_something_went():
    def fallen(time, **data):
        return event(time, "ticket.escalated", trigger="agent", **data)
    def order(*between):
        return walked([opened("6 08:00", team="A"), fallen("6 09:00", to_team="B"), *between,
                       fallen("6 20:00", to_team="B")])[-1]
    assert order() == "(2)"
    assert order(assigned("6 10:00", team="B")) == "(3)"
    assert order(assigned("6 10:00", agent="ani")) == "(3)"
    assert order(assigned("6 10:00", team="A")) == "(3)"
    assert order(assigned("6 10:00", team="C")) == 3
    assert order(assigned("6 10:00", team="C"), assigned("6 11:00", team="B")) == 4
    assert order(assigned("6 10:00", team="")) == 3
    assert order(opened("6 10:00", team="C")) == "(3)"


# Tickets


def test_ticket_volume():
    expect("ticket_volume",
           [opened("6 23:10", agent="", team="A", reason="complaint", priority="high",
                   customer="P1"),
            opened("7 08:00", channel="email", agent="x"),
            event("7 09:00", "ticket.attributes_set", reason="inquiry"),
            event("6 08:00", "ticket.opened", on="ticket/T2", channel="web", origin="agent"),
            event("9 08:00", "ticket.removed", on="ticket/T2", reason="spam")],
           {"day": 6, "team": "A", "channel": "web", "priority": "high", "reason": "complaint",
            "origin": "customer", "hour": 23, "weekday": 1, "customer": "P1"})


def test_backlog():
    events = [assigned("5 08:00", agent="ani"),  # before the opening: in force, not yet in stock
              opened("6 08:00", priority="low"), status("6 09:00", "pending"),
              assigned("7 08:00", agent="budi"), status("8 08:00", "resolved"),
              event("8 09:00", "ticket.attributes_set", priority="high"),
              status("9 08:00", "open"), assigned("9 08:00", agent="")]
    data = database(events)
    data.build("backlog")
    found = {(dict(key)["day"][-2:], dict(key)["agent"], dict(key)["priority"]): count
             for key, count in data.cells("backlog").items()}
    assert found == {("06", "ani", "low"): 1, ("07", "ani", "low"): -1, ("07", "budi", "low"): 1,
                     ("08", "budi", "low"): -1, ("09", "", "high"): 1}, found
    data = database(events + [event("20 08:00", "ticket.merged", into="ticket/T2")])
    data.build("backlog")
    assert data.cells("backlog") == {}


def test_first_response():
    events = [asked("5 08:00"), reply("5 09:00"),  # before the opening
              opened("6 08:00", team="A", priority="low"),
              reply("6 08:05", automatic=True), reply("6 08:06", visibility="internal"),
              reply("6 08:07", actor_kind="bot"), assigned("6 09:00", agent="ani"),
              event("6 10:00", "ticket.attributes_set", priority="high"),
              reply("6 10:00", actor=""), reply("6 11:00")]
    expect("first_response", events,
           {"day": 6, "agent": "ani", "team": "A", "channel": "web", "priority": "high",
            "wait": 2 * HOUR})
    expect("first_response", [opened("6 08:00"), reply("6 09:00", actor=None), reply("6 10:00")],
           {"day": 6, "channel": "web", "wait": HOUR})  # by nobody known
    expect("first_response", [opened("6 08:00", origin="agent"), opened("6 08:01"),
                              reply("6 09:00")])
    # At the same instant a reply comes after the opening, wherever it stands in the file.
    for events in ([reply("6 08:00"), opened("6 08:00")], [opened("6 08:00"), reply("6 08:00")]):
        expect("first_response", events,
               {"day": 6, "agent": "budi", "channel": "web", "wait": 0})


def test_reply():
    events = [asked("6 07:00"), opened("6 08:00", customer="P1"), asked("6 08:30"),
              reply("6 09:00"), asked("6 10:00", actor_kind="bot"), asked("6 10:10"),
              asked("6 10:20"), reply("6 10:30", automatic=True), reply("6 11:00", actor="ani"),
              event("6 11:30", "ticket.attributes_set", customer=""), reply("6 12:00")]
    expect("reply", events,
           {"day": 6, "agent": "budi", "channel": "web", "wait": HOUR, "customer": "P1"},
           {"day": 6, "agent": "ani", "channel": "web", "wait": 50 * MINUTE, "customer": "P1"},
           {"day": 6, "agent": "budi", "channel": "web"})


def test_first_assignment():
    events = [assigned("5 08:00", agent="early"), opened("6 08:00", agent=""),
              assigned("6 08:30", team="A"), assigned("6 09:00", agent="ani"),
              assigned("6 10:00", agent="budi")]
    expect("first_assignment", events,
           {"day": 6, "agent": "ani", "team": "A", "channel": "web", "wait": HOUR})
    expect("first_assignment", [opened("6 08:00", agent="ani")],
           {"day": 6, "agent": "ani", "channel": "web", "wait": 0})


def test_first_resolution():
    first = [opened("6 08:00", agent="ani", team="A"), reply("6 09:00"),
             assigned("6 09:30", agent="ani"), status("6 10:00", "resolved")]
    fact = {"day": 6, "agent": "ani", "team": "A", "channel": "web", "time": 2 * HOUR}
    yes = fact | {"first_contact": 1}
    expect("first_resolution", first, yes)
    expect("first_resolution", first + [status("12 09:00", "closed")], yes)
    expect("first_resolution", first + [status("13 10:00", "open")], fact)  # exactly seven days
    expect("first_resolution", first + [status("13 10:00:00.001", "open")], yes)
    expect("first_resolution", first + [event("7 08:00", "ticket.followed_up", case="ticket/2")],
           fact)
    expect("first_resolution", first + [reply("6 09:10")], fact)
    expect("first_resolution", first + [reply("6 10:00")], fact)  # a message brings the status
    expect("first_resolution", first + [reply("6 10:00:00.000001")], yes)
    expect("first_resolution", first + [assigned("6 09:15", agent="budi")], fact)
    expect("first_resolution", first + [event("6 09:15", "ticket.escalated", trigger="agent")],
           fact)
    expect("first_resolution", [status("5 08:00", "resolved"), opened("6 08:00")])


def test_resolution():
    events = [opened("6 08:00", agent="ani"), status("6 09:00", "pending"), reply("6 09:30"),
              status("6 10:00", "hold"), status("6 12:00", "resolved"), status("6 13:00", "open"),
              event("6 13:30", "ticket.escalated", trigger="agent"),
              status("6 14:00", "resolved"), status("6 15:00", "resolved"),  # a repetition
              status("7 08:00", "closed")]
    fact = {"day": 6, "agent": "ani", "channel": "web", "time": 6 * HOUR,
            # without pending 9–10 and resolved 12–13; the hold counts
            "requester_wait": 4 * HOUR, "on_hold": 2 * HOUR,
            "since_escalation": 30 * MINUTE, "one_touch": 1, "escalation": "agent"}
    expect("resolution", events, fact)
    expect("resolution",
           [opened("6 08:00"), status("6 09:00", "closed"), status("7 09:00", "closed")],
           {"day": 6, "channel": "web", "time": HOUR, "requester_wait": HOUR, "on_hold": 0})
    expect("resolution", events + [status("13 14:00", "open")])  # exactly seven days
    held = events + [status("13 14:00:00.001", "open")]
    expect("resolution", held, fact)
    # Again from the opening; resolved, it was for seven days and one millisecond more.
    expect("resolution", held + [reply("14 07:00"), status("14 08:00", "resolved")], fact,
           {"day": 14, "agent": "ani", "channel": "web", "time": 8 * DAY, "on_hold": 2 * HOUR,
            "requester_wait": DAY - 2 * HOUR - 1, "since_escalation": 8 * DAY - 330 * MINUTE,
            "escalation": "agent"})
    # A closing is the resolution that it confirms; what comes after it is looked for from that.
    plain = [opened("6 08:00"), status("6 09:00", "resolved"), status("13 08:00", "closed"),
             status("13 09:00:01", "open")]
    one = {"day": 6, "channel": "web", "time": HOUR, "requester_wait": HOUR, "on_hold": 0}
    expect("resolution", plain, one)
    expect("resolution", plain[:1] + [status("6 09:00", "closed"), status("6 10:00", "resolved")],
           one)
    expect("resolution", [status("6 09:00", "resolved")])  # no opening
    # None before it, though it stays resolved; closing it changes nothing then.
    expect("resolution", [status("6 07:00", "resolved"), opened("6 08:00"),
                          status("6 09:00", "resolved"), status("6 10:00", "closed")])


def test_reopening():
    events = [opened("6 08:00", agent="ani"), status("6 09:00", "open"),
              status("6 10:00", "resolved"), assigned("6 11:00", agent="budi"),
              status("7 08:00", "open"), status("7 08:30", "hold"), status("7 09:00", "closed"),
              status("8 08:00", "new")]
    expect("reopening", events, {"day": 7, "agent": "ani", "channel": "web", "first": 1},
           {"day": 8, "agent": "budi", "channel": "web"})
    expect("reopening", events + [event("9 08:00", "ticket.merged", into="ticket/2")])


def test_escalation():
    events = [opened("6 08:00", agent="ani", team="A"),
              event("6 09:00", "ticket.escalated", trigger="sla", from_team="B", to_agent="x"),
              assigned("6 10:00", agent="", team=""),
              event("7 09:00", "ticket.escalated", trigger="customer", from_agent="")]
    expect("escalation", events,
           {"day": 6, "agent": "ani", "team": "B", "channel": "web", "trigger": "sla", "first": 1},
           {"day": 7, "channel": "web", "trigger": "customer"})


def test_transfer():
    events = [opened("6 08:00"), assigned("6 08:10", agent="ani", team="A"),
              assigned("6 08:20", agent="ani", team="A"), assigned("6 08:30", agent=""),
              assigned("6 08:40", agent="ani"), assigned("6 08:50", agent=""),
              assigned("7 09:00", agent="budi", team="B"), assigned("8 09:00", team="C")]
    expect("transfer", events, {"day": 7, "agent": "ani", "team": "A", "channel": "web"},
           {"day": 8, "agent": "budi", "team": "B", "channel": "web"})


def sla(time, event_type="sla.applied", **data):
    return event(time, event_type, **data)


def test_sla_first_response():
    target = dict(metric="first_response", target_milliseconds=HOUR, policy="p")
    late = [opened("6 08:00", origin="agent"), sla("6 08:01", **target),
            status("6 08:10", "pending"), status("6 08:40", "hold"), status("6 08:50", "open"),
            reply("6 09:30")]
    fact = {"day": 6, "agent": "budi", "channel": "web", "policy": "p"}
    expect("sla_first_response", late, fact)
    expect("sla_first_response",
           late + [sla("6 08:02", **target, pauses_pending=True)], fact | {"met": 1})
    expect("sla_first_response",
           late + [sla("6 08:02", **target, pauses_hold=True)], fact)  # ten minutes are too few
    cancelled = sla("6 09:00", "sla.cancelled", metric="first_response")
    expect("sla_first_response", late + [cancelled])
    expect("sla_first_response", late + [cancelled, sla("6 09:10", **target)], fact)
    expect("sla_first_response",
           [opened("6 08:00"), reply("6 08:01"), sla("6 08:01:00.001", **target)])
    expect("sla_first_response", [opened("6 08:00"), reply("6 08:01"), sla("6 08:01", **target)],
           fact | {"met": 1})
    expect("sla_first_response", [opened("6 08:00"), sla("6 08:00", **target), reply("6 09:00")],
           fact | {"met": 1})  # the very last millisecond
    expect("sla_first_response",
           [opened("6 08:00"), sla("6 08:00", **target), reply("6 09:00:00.001")], fact)
    # Twenty minutes, a day resolved and closed, ten minutes, and half an hour on hold.
    closed = [opened("6 08:00"), status("6 08:20", "resolved"), status("6 08:30", "closed"),
              status("7 08:20", "open"), status("7 08:30", "hold"), reply("7 09:00")]
    expect("sla_first_response", closed + [sla("6 08:00", **target)],
           fact | {"day": 7, "met": 1})
    short = target | {"target_milliseconds": 30 * MINUTE}
    expect("sla_first_response", closed + [sla("6 08:00", **short)], fact | {"day": 7})
    expect("sla_first_response", closed + [sla("6 08:00", **short, pauses_hold=True)],
           fact | {"day": 7, "met": 1})


def test_sla_resolution():
    target = dict(metric="resolution", target_milliseconds=2 * HOUR)
    events = [opened("6 08:00"), sla("6 08:00", **target), status("6 09:00", "resolved"),
              status("7 08:00", "open"), status("7 08:30", "pending"), status("7 10:00", "closed")]
    fact = {"day": 7, "channel": "web"}
    # An hour, half an hour of work and one and a half of pending; resolved, a night.
    expect("sla_resolution", events, fact)
    expect("sla_resolution", events + [sla("6 08:00", **target, pauses_pending=True)],
           fact | {"met": 1})
    expect("sla_resolution", [sla("6 08:00", **target), status("6 09:00", "resolved")])
    expect("sla_resolution", events + [sla("7 09:00", "sla.cancelled", metric="first_response")],
           fact)
    expect("sla_resolution", events + [sla("7 09:00", "sla.cancelled", metric="resolution")])
    expect("sla_resolution",
           events + [event("6 09:30", "ticket.escalated", trigger="customer"),
                     event("6 09:40", "ticket.escalated", trigger="agent")],
           fact | {"escalation": "customer"})
    # Reopened after more than seven days: two, the second by the target of then.
    twice = events[:3] + [status("13 09:00:00.001", "open"), status("14 09:00", "closed")]
    expect("sla_resolution", twice, {"day": 6, "channel": "web", "met": 1},
           {"day": 14, "channel": "web"})
    expect("sla_resolution",
           twice + [sla("14 08:00", **target | {"target_milliseconds": DAY + HOUR}, policy="q")],
           {"day": 6, "channel": "web", "met": 1},
           {"day": 14, "channel": "web", "met": 1, "policy": "q"})
    expect("sla_resolution", twice + [sla("7 08:00", "sla.cancelled", metric="resolution")],
           {"day": 6, "channel": "web", "met": 1})
    expect("sla_resolution", [status("6 07:00", "resolved"), opened("6 08:00"),
                              sla("6 06:00", **target)])


# Business time (Indonesia: 08:00 to 12:00 and 13:00 to 17:00, Monday to Friday)


def business(name, events, field):
    fact, = facts(name, events)
    return fact.get(field)


def test_business_time():
    def wait(start, end):
        return business("first_response", [opened(start), reply(end)], "wait_business")
    assert wait("6 08:30", "6 11:00") == 150 * MINUTE
    assert wait("6 11:30", "6 13:10") == 40 * MINUTE  # over lunch
    assert wait("6 18:00", "6 23:00") == 0
    assert wait("10 16:45", "13 08:00:01") == 15 * MINUTE + 1000  # over the weekend
    # Monday the 27th and Wednesday the 29th are holidays, Tuesday between them is joint leave.
    assert wait("24 16:00", "30 09:00") == HOUR + 8 * HOUR + HOUR
    assert wait("5 23:59:59", "6 08:00") == 0


def test_business_time_of_states():
    events = [opened("6 11:00"), status("6 11:30", "hold"), status("6 14:00", "open"),
              status("6 15:00", "pending"), status("6 15:30", "open"), status("6 18:00", "resolved")]
    assert business("resolution", events, "time_business") == 5 * HOUR
    assert business("resolution", events, "on_hold_business") == 90 * MINUTE
    assert business("resolution", events, "requester_wait_business") == 270 * MINUTE


def test_targets_count_by_the_calendar_they_name():
    def met(milliseconds, **data):
        events = [opened("6 11:30"), sla("6 11:30", metric="resolution",
                  target_milliseconds=milliseconds, **data), status("6 13:30", "resolved")]
        return business("sla_resolution", events, "met")
    assert met(HOUR, calendar="indonesia") == 1 and met(HOUR - 1, calendar="indonesia") is None
    assert met(HOUR, calendar="jam-kerja") == 1 and met(HOUR, calendar="unheard-of") == 1
    assert met(2 * HOUR, calendar="always_open") == 1
    assert met(2 * HOUR - 1, calendar="siaga-24-jam") is None
    assert met(2 * HOUR) == 1 and met(2 * HOUR - 1, calendar="") is None


def test_calendars_in_a_zone_whose_clock_changes():
    # Put forward on Sunday 30 March 2025 at 02:00, and back on 26 October at 03:00, in Berlin.
    data = database([event("6 00:00:00Z", "agent.state_changed", on="agent/a", state="break"),
                     event("6 00:00:00Z", "agent.state_changed", on="agent/a", state="break")
                     | {"time": "2025-11-01T00:00:00Z"}])
    night = {weekday: [(22 * 60, 30 * 60)] for weekday in range(1, 8)}  # until 06:00
    oracle.calendars.prepare(
        data.connection, 0, [oracle.calendars.Calendar(["night"], "Europe/Berlin", night)], "night")

    def hours(start, end):
        return data.connection.execute(
            "SELECT business(epoch_ms(?::TIMESTAMP), epoch_ms(?::TIMESTAMP)) / 3600000.0",
            [start, end]).fetchone()[0]
    assert hours("2025-03-28 12:00", "2025-03-29 12:00") == 8
    assert hours("2025-03-29 12:00", "2025-03-30 12:00") == 7
    assert hours("2025-10-25 12:00", "2025-10-26 12:00") == 9


# Agents' time, and money


def state(time, state, **data):
    return event(time, "agent.state_changed", on="agent/ani", state=state, **data)


def test_agent_time():
    def part(day, hour, weekday, time, state="busy", team="A"):
        return {"day": day, "agent": "ani", "team": team, "state": state, "hour": hour,
                "weekday": weekday, "time": time}
    expect("agent_time",
           [state("6 22:50", "busy", team="A"), state("7 00:20", "wrap"), state("7 00:30", "offline"),
            state("7 07:00", "available", team="B")],
           part(6, 22, 1, 10 * MINUTE), part(6, 23, 1, HOUR), part(7, 0, 2, 20 * MINUTE),
           part(7, 0, 2, 10 * MINUTE, "wrap"))
    expect("agent_time", [state("6 09:00", "busy"), state("6 09:00", "offline")],
           {"day": 6, "agent": "ani", "state": "busy", "hour": 9, "weekday": 1, "time": 0})
    week = facts("agent_time", [state("6 09:00", "busy"), state("13 09:00", "offline")])
    assert len(week) == 168 and sum(one["time"] for one in week) == 7 * DAY, week
    expect("agent_time", [state("6 09:00", "busy"), state("13 09:00:00.001", "offline")])


def test_cost():
    def cost(amount, **data):
        return event("6 10:00", "cost.recorded", amount=amount, currency="IDR", **data)
    three = dict(from_day="2025-01-08", to_day="2025-01-10")
    expect("cost", [cost(1000, **three)], *[{"day": day, "currency": "IDR", "amount": amount}
           for day, amount in ((8, 334), (9, 333), (10, 333))])
    expect("cost", [cost(-1000, **three)], *[{"day": day, "currency": "IDR", "amount": -amount}
           for day, amount in ((8, 334), (9, 333), (10, 333))])
    expect("cost", [cost(7, agent="ani")], {"day": 6, "agent": "ani", "currency": "IDR",
                                            "amount": 7})
    expect("cost", [cost(7, from_day="2025-01-10", to_day="2025-01-08")],
           {"day": 6, "currency": "IDR", "amount": 7})
    # From 366 days before the event's day; a day more, and it stays whole.
    expect("cost", [cost(3, from_day="2024-01-06", to_day="2024-01-07")],
           {"day": 6, "currency": "IDR", "amount": 2}, {"day": 7, "currency": "IDR", "amount": 1})
    expect("cost", [cost(3, from_day="2024-01-05", to_day="2024-01-07")],
           {"day": 6, "currency": "IDR", "amount": 3})


def test_revenue():
    expect("revenue", [event("6 10:00", "revenue.recorded", on="company", amount=1, currency="USD",
                             from_day="2025-01-08", to_day="2025-01-09")],
           {"day": 8, "currency": "USD", "amount": 1}, {"day": 9, "currency": "USD", "amount": 0})


# Calls


def call(time, event_type, **data):
    return event(time, "call." + event_type, on="call/C1", **data)


def test_call_volume():
    expect("call_volume",
           [call("6 08:00", "queued", channel="phone", agent="", queue="q", team="A"),
            call("6 08:00:20", "answered", agent="ani"),
            call("6 08:05", "ended", outcome="transferred", reason="request", category="k"),
            call("6 08:06", "answered", agent="budi", team="B"),
            call("6 08:07", "ended", outcome="abandoned", reason="other", resolved=True)],
           {"day": 6, "agent": "ani", "team": "A", "channel": "phone", "category": "k",
            "queue": "q", "reason": "request", "hour": 8, "weekday": 1, "wait": 20_000,
            "answered": 1, "answered_in_time": 1, "outcome_known": 1})
    settled = [call("6 08:00", "queued", channel="phone"),
               call("6 08:01", "answered", agent="ani"),
               call("6 08:05", "ended", outcome="handled", resolved=True)]
    fact = {"day": 6, "agent": "ani", "channel": "phone", "hour": 8, "weekday": 1,
            "wait": MINUTE, "answered": 1, "outcome_known": 1}
    later = [call("13 08:06", "followed_up", case="call/C2")]
    expect("call_volume", settled + later, fact | {"first_contact": 1})
    expect("call_volume", settled + [call("13 08:05", "followed_up", case="call/C2")], fact)
    expect("call_volume", settled[:2] + [call("6 08:05", "ended", outcome="handled",
                                              resolved=False)], fact)
    expect("call_volume", settled[:2] + [call("6 08:05", "ended", outcome="handled")],
           {k: v for k, v in fact.items() if k != "outcome_known"})
    expect("call_volume",
           [call("5 08:00", "answered", agent="x"), call("5 23:59", "queued", channel="phone"),
            call("6 00:01", "ended", outcome="abandoned", agent="ani")],
           {"day": 5, "agent": "ani", "channel": "phone", "hour": 23, "weekday": 7,
            "abandoned": 1})
    # All within a day: of the queueing, the first answer, and seven of the last end.
    queued, fact = settled[0], {"day": 6, "channel": "phone", "hour": 8, "weekday": 1}
    expect("call_volume", [queued, call("7 08:00", "answered")],
           fact | {"wait": DAY, "answered": 1})
    expect("call_volume", [queued, call("7 08:00:00.001", "answered"),
                           call("7 08:01", "ended", outcome="abandoned", reason="request")], fact)
    long = [queued, call("6 20:00", "answered"),
            call("7 20:00", "ended", outcome="handled", resolved=True)]
    fact |= {"wait": 12 * HOUR, "answered": 1}
    yes = fact | {"outcome_known": 1, "first_contact": 1}
    expect("call_volume", long, yes)
    expect("call_volume", long + [call("7 20:00:00.001", "ended", outcome="transferred"),
                                  call("14 20:00:00.001", "followed_up", case="call/C2")], yes)
    expect("call_volume", long[:2] + [call("7 20:00:00.001", "ended", outcome="handled",
                                           resolved=True)], fact)
    # Answered anew the next day, after a day since it was queued: once.
    expect("call_volume", [*long, call("7 08:00:00.001", "answered")], yes)
    expect("call_volume", [*long, call("7 08:00", "answered")], fact | {"outcome_known": 1})


def test_call_handling():
    expect("call_handling",
           [call("6 08:00", "queued", channel="phone", team="A", category="k"),
            call("6 08:01", "answered", agent="ani"),
            call("6 08:05", "ended", outcome="transferred", resolved=True, category="n"),
            call("6 08:06", "answered", agent="budi", team="B"),
            call("6 08:07", "wrapped"), call("6 08:08", "wrapped", agent="ani"),
            call("6 08:10", "ended", outcome="handled", resolved=False)],
           # ani's own wrap-up, although one without a name came first
           {"day": 6, "agent": "ani", "team": "A", "channel": "phone", "category": "k",
            "handle": 7 * MINUTE, "talk": 4 * MINUTE, "resolved": 1},
           {"day": 6, "agent": "budi", "team": "B", "channel": "phone", "category": "n",
            "handle": MINUTE, "talk": 4 * MINUTE})
    fact = {"day": 6, "agent": "ani", "hour": 8, "weekday": 1}
    day = [call("6 08:00", "answered", agent="ani"),
           call("7 08:00", "ended", outcome="handled", resolved=True)]
    expect("call_handling", day, fact | {"handle": DAY, "talk": DAY, "resolved": 1})
    expect("call_handling", day + [call("7 08:00:00.001", "wrapped", agent="ani")],
           fact | {"handle": DAY, "talk": DAY, "resolved": 1})
    expect("call_handling", [day[0], call("7 08:00", "wrapped"),
                             call("7 08:00:00.001", "ended", outcome="handled", resolved=True)],
           fact | {"handle": DAY})
    expect("call_handling", [day[0], call("7 08:00:00.001", "wrapped", agent="ani")], fact)


# Surveys, reviews, customers


def test_csat():
    first = [opened("6 08:00", agent="ani", team="A"), sent("6 09:00", valid_days=2, via="survey"),
             assigned("6 10:00", agent="budi"), answered("7 08:00", 4, about="agent")]
    fact = {"day": 7, "agent": "ani", "team": "A", "channel": "web", "about": "agent",
            "via": "survey", "score": 4, "satisfied": 1, "valid_days": 2}
    expect("csat", first, fact)
    again = {k: v for k, v in fact.items() if k not in ("about", "satisfied")} | {"score": 2}
    expect("csat", first + [answered("8 09:00", 2)], again)  # just in time
    expect("csat", first + [answered("8 09:00:00.001", 2)], fact)  # too late
    expect("csat", first[:2] + [answered("8 09:00:00.001", 2), answered("30 09:00", 2)])
    expect("csat", first + [sent("8 08:00", agent="cici"), answered("8 09:00", 2)], fact,
           {"day": 8, "agent": "cici", "team": "A", "channel": "web", "score": 2})
    expect("csat", first + [answered("8 08:00", 2, survey="lain")], fact,
           {"day": 8, "agent": "budi", "team": "A", "channel": "web", "score": 2})
    expect("csat", [answered("6 08:00", 9, scale_maximum=10)])
    expect("csat", [answered("6 08:00", 6), answered("6 09:00", 5, scale_minimum=0)])
    # Off its scale an answer neither begins a round nor ends it as its last.
    other = [answered("6 07:00", 9), answered("6 08:00", 3),
             answered("6 09:00", 1, scale_maximum=6)]
    expect("csat", other, {"day": 6, "score": 3})
    fallen = [opened("6 08:00", agent="ani", team="A", customer="P1"),
              event("6 08:30", "ticket.escalated", trigger="sla"),
              event("6 08:40", "ticket.escalated", trigger="agent"), sent("6 09:00"),
              answered("7 08:00", 5)]
    expect("csat", fallen, {"day": 7, "agent": "ani", "team": "A", "channel": "web", "score": 5,
                            "satisfied": 1, "escalation": "sla", "satisfied_customer": "P1"})
    expect("csat", first + [event("9 08:00", "ticket.removed", reason="spam")])


def test_rounds_of_answers():
    def rounds(*events):
        return sorted((one["day"], one["score"]) for one in facts("csat", events))
    # 14 days from a round's first answer on, not from its last; then another.
    assert rounds(answered("1 08:00", 1), answered("15 08:00", 2)) == [(1, 2)]
    assert rounds(answered("1 08:00", 1), answered("15 08:00:00.001", 2)) == [(1, 1), (15, 2)]
    assert rounds(answered("1 08:00", 1), answered("10 08:00", 2), answered("16 08:00", 3),
                  answered("30 08:00", 4), answered("30 08:00:00.001", 5)) == [
                      (1, 2), (16, 4), (30, 5)]
    # An invitation that gives no days, a round's own days however many, and none at all.
    asks = sent("1 07:00")
    assert rounds(asks, answered("3 08:00", 1), answered("17 08:00", 2),
                  answered("17 08:00:01", 3)) == [(3, 2), (17, 3)]
    asks = sent("1 07:00", valid_days=29)
    assert rounds(asks, answered("3 08:00", 1), answered("30 07:00", 2),
                  answered("30 07:00:00.001", 3)) == [(3, 2)]
    asks = sent("1 07:00", valid_days=0)
    assert rounds(asks, answered("1 07:00", 1), answered("1 07:00:00.001", 2)) == [(1, 1)]
    # Another asking is another round, with the first invitation too; each survey has its own.
    assert rounds(answered("1 08:00", 1), sent("2 08:00"), answered("2 08:00", 2),
                  answered("2 09:00", 3)) == [(1, 1), (2, 3)]
    assert rounds(sent("1 08:00", valid_days=1), answered("1 09:00", 1), answered("3 08:00", 2),
                  sent("4 08:00", valid_days=1), answered("4 09:00", 3)) == [(1, 1), (4, 3)]
    assert rounds(answered("1 08:00", 1), answered("1 09:00", 2, survey="lain"),
                  sent("1 10:00", survey="lain"), sent("1 10:00", kind="nps"),
                  answered("1 11:00", 3), answered("1 12:00", 4, survey="lain")) == [
                      (1, 2), (1, 3), (1, 4)]
    # Credited as at the first, with what the last one says.
    expect("csat",
           [opened("6 08:00", agent="ani", team="A", priority="low"),
            answered("6 09:00", 5, agent="budi", about="agent", via="review"),
            event("6 10:00", "ticket.escalated", trigger="sla"),
            event("6 10:00", "ticket.attributes_set", priority="high"),
            assigned("6 10:00", agent="cici", team="B"), answered("7 09:00", 2, about="service")],
           {"day": 6, "agent": "ani", "team": "A", "channel": "web", "priority": "low", "score": 2,
            "about": "service"})


def test_survey_invitation():
    expect("survey_invitation",
           [opened("6 08:00", agent="ani", customer="P1"),
            sent("6 09:00", valid_days=1, customer="P2"),
            sent("6 10:00", valid_days=1),  # a reminder
            answered("7 09:00", 5), sent("8 09:00", agent="budi"), sent("8 10:00", survey="lain"),
            sent("8 11:00", kind="nps"), answered("9 08:00", 1)],
           {"day": 6, "agent": "ani", "channel": "web", "answered": 1, "customer": "P2",
            "valid_days": 1},
           {"day": 8, "agent": "budi", "channel": "web", "answered": 1, "customer": "P1"},
           {"day": 8, "agent": "ani", "channel": "web", "customer": "P1"})
    # Without days, for 14; an answer on whatever scale.
    expect("survey_invitation", [sent("6 09:00"), answered("20 09:00", 9)],
           {"day": 6, "answered": 1})
    expect("survey_invitation", [sent("6 09:00"), answered("20 09:00:00.001", 5)], {"day": 6})


def test_nps():
    on = dict(on="customer/P1", kind="nps", survey="r")
    expect("nps",
           [event("5 08:00", "customer.subscribed", on="customer/P1", channel="web"),
            sent("6 08:00", team="A", **on), answered("6 09:00", 6, **on),
            answered("6 10:00", 9, agent="ani", **on),
            answered("6 11:00", 8, on="respondent/1", kind="nps", survey="r"),
            answered("6 12:00", 0, on="ticket/T1", kind="nps", survey="r"),
            answered("6 13:00", 11, on="ticket/T2", kind="nps", survey="r"),
            answered("6 14:00", 5, on="ticket/T3", kind="nps", survey="r", scale_maximum=5),
            answered("6 15:00", 7, on="call/C1", kind="nps", survey="r", scale_maximum=10)],
           {"day": 6, "agent": "ani", "team": "A", "channel": "web", "survey": "r", "promoter": 1},
           {"day": 6, "survey": "r", "passive": 1}, {"day": 6, "survey": "r", "detractor": 1})
    # Next quarter's answer leaves this quarter as it is.
    expect("nps", [answered("6 09:00", 9, **on), answered("7 09:00", 3, **on),
                   answered("25 09:00", 10, **on)],
           {"day": 6, "survey": "r", "detractor": 1}, {"day": 25, "survey": "r", "promoter": 1})


def test_ces():
    on = dict(on="call/C1", kind="ces", survey="e")
    queued = event("6 08:00", "call.queued", on="call/C1", channel="phone", team="A", agent="ani")
    first = [queued, sent("6 09:00", valid_days=1, about="service", **on),
             answered("6 10:00", 4, **on)]
    fact = {"day": 6, "agent": "ani", "team": "A", "channel": "phone", "about": "service"}
    fact["valid_days"] = 1
    expect("ces", first, fact | {"score": 4})
    expect("ces", first + [answered("7 09:00", 5, **on)],
           fact | {"score": 5, "easy": 1})  # just in time, on the first one's day
    expect("ces", first + [answered("7 09:01", 5, **on)], fact | {"score": 4})
    expect("ces", first + [sent("7 08:00", agent="budi", **on), answered("7 09:00", 7, **on)],
           fact | {"score": 4},
           {"day": 7, "agent": "budi", "team": "A", "channel": "phone", "score": 7, "easy": 1})
    expect("ces", [queued, answered("6 10:00", 5, scale_maximum=5, **on),
                   answered("6 11:00", 0, **on)])


def people(count, first=1):
    return [f"respondent/R{number}" for number in range(first, first + count)]


def test_enps():
    def fact(person, team, day=6, **data):
        one = {"day": day, "respondent": person.split("/")[1], "on_scale": 1} | data
        return one | ({"team": team} if team else {})
    def asks(on, time="6 08:00", **data):
        return sent(time, on=on, kind="enps", **data)
    def says(on, time, score, **data):
        return answered(time, score, on=on, kind="enps", **data)
    # The invitation's team, the last answer, in time; on the day the round began.
    five, late = people(5), people(1)[0]
    first = [asks(p, team="A", valid_days=1) for p in five]
    all_say = [says(p, "6 09:00", 6, team="B") for p in five]
    expect("enps", first + all_say, *(fact(p, "A", detractor=1) for p in five))
    expect("enps", first + all_say + [says(late, "7 08:00", 9), says(late, "7 08:01", 7)],
           fact(late, "A", promoter=1), *(fact(p, "A", detractor=1) for p in five[1:]))
    # Four are too few, and so are five of two scales, or of which one is off its scale.
    expect("enps", [says(p, "6 09:00", 8) for p in five[1:]])
    expect("enps", [says(p, "6 09:00", 8, scale_minimum=number // 4)
                    for number, p in enumerate(five)])
    expect("enps", [says(p, "6 09:00", 6 + number, scale_maximum=9)
                    for number, p in enumerate(five)])
    # Small teams together, beside one that is not; uninvited, for 14 days.
    teams = people(2), people(3, 3), people(5, 6)
    expect("enps",
           [says(p, f"{6 + 2 * n} 09:00", 7, team="ABC"[n])
            for n, team in enumerate(teams) for p in team],
           *(fact(p, None, passive=1) for p in teams[0] + teams[1]),
           *(fact(p, "C", passive=1) for p in teams[2]))
    expect("enps",
           [says(p, "6 09:00", 7, team="A") for p in five]
           + [says(p, "20 09:00", 9, team="A") for p in five[:2]]
           + [says(p, "20 09:01", 1, team="A") for p in five],
           *(fact(p, "A", promoter=1) for p in five[:2]),
           *(fact(p, "A", passive=1) for p in five[2:]),
           *(fact(p, "A", day=20, detractor=1) for p in five))


def test_pulse():
    five = people(5)
    def fact(person, score):
        one = {"day": 6, "team": "A", "respondent": person.split("/")[1], "score": score}
        return one | ({"favourable": 1} if score >= 4 else {})
    def says(on, time, score, question=None):
        extra = {} if question is None else {"question": question}
        return answered(time, score, on=on, kind="pulse", survey="p", team="A", **extra)
    # Each question by itself: the second was answered by four, the eleventh is none.
    expect("pulse",
           [says(p, "6 09:00", 2, q) for p in five for q in (1, 11)]
           + [says(p, "6 10:00", 5, 2) for p in five[1:]]
           + [says(p, "6 11:00", 1) for p in five] + [says(p, "6 12:00", 3) for p in five]
           + [says(five[0], "6 13:00", 4, 1)],
           fact(five[0], 4), *(fact(p, 2) for p in five[1:]), *(fact(p, 3) for p in five))


def test_customer_base():
    on = dict(on="customer/P1")
    expect("customer_base",
           [event("1 08:00", "customer.churned", **on),
            event("2 08:00", "customer.subscribed", plan="a", channel="web", **on),
            event("3 08:00", "customer.subscribed", plan="b", **on),
            event("4 08:00", "customer.churned", plan="c", **on),
            event("5 08:00", "customer.purchased", amount=1, currency="IDR", channel="x", **on),
            event("6 08:00", "customer.subscribed", segment="s", **on)],
           *({"day": day, "plan": plan, "channel": "web", "customer": "P1", "weight": weight}
             for day, plan, weight in ((2, "a", 1), (3, "a", -1), (3, "b", 1), (4, "b", -1))),
           {"day": 6, "plan": "c", "segment": "s", "channel": "web", "customer": "P1",
            "weight": 1})


def test_purchase():
    def bought(time, amount, on="customer/P1", **data):
        return event(time, "customer.purchased", on=on, amount=amount, currency="IDR", **data)
    expect("purchase",
           [bought("1 08:00", 500, product="a"), bought("2 08:00", -500), bought("3 08:00", 700),
            bought("3 08:00", 9, on="customer/P2")],
           {"day": 1, "product": "a", "currency": "IDR", "amount": 500, "customer": "P1",
            "returning": "P1"},
           {"day": 3, "currency": "IDR", "amount": 700, "customer": "P1"},
           {"day": 3, "currency": "IDR", "amount": 9, "customer": "P2"})


def test_quality_review():
    on = dict(on="call/C1")
    expect("quality_review",
           [opened("6 08:00", team="A", agent="x"),
            event("7 08:00", "quality.reviewed", agent="ani", reviewer="", score=3, maximum=5,
                  escalation_justified=False),
            event("6 08:00", "call.answered", agent="y", team="B", **on),
            event("6 09:00", "quality.reviewed", agent="budi", reviewer="r", score=5, maximum=5,
                  escalation_justified=True, **on)],
           {"day": 7, "agent": "ani", "team": "A", "channel": "web", "score": 3, "maximum": 5,
            "judged": 1},
           {"day": 6, "agent": "budi", "team": "B", "reviewer": "r", "score": 5, "maximum": 5,
            "judged": 1, "justified": 1})


def test_churn():
    on = dict(on="customer/P1")
    expect("churn",
           [event("1 08:00", "customer.subscribed", plan="a", segment="s", channel="web", **on),
            event("2 08:00", "customer.subscribed", plan="b", **on),
            event("4 08:00", "customer.churned", segment="", **on),
            event("5 08:00", "customer.churned", plan="c", **on)],
           {"day": 4, "plan": "b", "tenure": 2 * DAY}, {"day": 5, "plan": "c", "tenure": 3 * DAY})


# Comparing


def test_comparison_shows_differing_cells_and_their_cases():
    data = database([opened("6 08:00", channel='a, "b"'), reply("6 09:00")])
    data.build("first_response")
    header = "day,agent,team,channel,category,priority,hour,weekday,wait,wait_business,count\n"
    right = '2025-01-06,budi,,"a, ""b""",,,9,1,3600000,3600000,1\n'
    assert data.compare_cells("first_response", header + right) == 1
    assert list(data.cells("first_response").values()) == [1]
    for wrong in ("", right.replace(",3600000,3", ",3600001,3"), right + right):
        try:
            data.compare_cells("first_response", header + wrong)
        except SystemExit as difference:
            assert "ticket/T1" in str(difference), difference
        else:
            raise AssertionError(f"not noticed: {wrong!r}")


# Random cases, against the binary


SHARES = {
    "ticket": {
        "ticket.opened": 30, "ticket.assigned": 60, "ticket.status_changed": 120,
        "ticket.escalated": 20, "ticket.attributes_set": 30, "ticket.followed_up": 10,
        "ticket.merged": 1, "ticket.removed": 1, "message.posted": 140, "sla.applied": 40,
        "sla.cancelled": 15, "quality.reviewed": 15, "survey.sent": 40, "survey.answered": 50,
        "cost.recorded": 5},
    "call": {"call.queued": 3, "call.answered": 5, "call.ended": 4, "call.wrapped": 5,
             "call.followed_up": 2, "quality.reviewed": 2, "survey.sent": 3, "survey.answered": 4},
    "customer": {"customer.subscribed": 3, "customer.churned": 3, "customer.purchased": 2,
                 "survey.sent": 4, "survey.answered": 5, "cost.recorded": 1},
    "respondent": {"survey.sent": 3, "survey.answered": 6},
    "agent": {"agent.state_changed": 12, "agent.profile_set": 2, "cost.recorded": 2,
              "revenue.recorded": 2},
}
# Few words, and mostly those that definitions ask for, so that much happens in each case.
LIKELY = {
    "kind": ["csat", "csat", "nps", "nps", "ces", "ces", "enps", "pulse"],
    "scale_minimum": [0, 1, 1], "question": [0, 1, 1, 2, 10, 11], "direction": ["out", "out", "in"],
    "visibility": ["public", "public", "internal"], "metric": ["first_response", "resolution"],
    "actor_kind": ["agent", "agent", "agent", "customer", "customer", "bot"],
    "score": [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11], "scale_maximum": [5, 5, 5, 7, 10],
    "valid_days": [0, 1, 3, 7], "target_milliseconds": [0, 10_000, HOUR, DAY, 3 * DAY],
    "survey": ["s1", "s2"], "currency": ["IDR", "USD"],
    "from_day": ["2024-01-31", "2025-01-01", "2025-01-30", "2025-02-02"],
    "to_day": ["2025-01-31", "2025-02-02", "2025-01-30"],
    "calendar": ["indonesia", "jam-kerja", "indonesia_joint_leave", "siaga-24-jam", "unheard-of"],
}

# Recorded anew after a void these differ; others are repeated as they were, which adds nothing.
CORRECTABLE = ("ticket.assigned", "ticket.removed")


def random_value(choice, field, schema):
    if field in LIKELY:
        return choice.choice(LIKELY[field])
    if "enum" in schema:
        return choice.choice(schema["enum"])
    if schema["type"] == "boolean":
        return choice.random() < 0.4
    if schema["type"] == "integer":
        return choice.randint(max(schema.get("minimum", 0), 0), min(schema.get("maximum", 9), 9))
    if not schema.get("minLength") and choice.random() < 0.15:
        return ""
    field = field.removeprefix("from_").removeprefix("to_")  # a team is one wherever it stands
    return f"{field}-{choice.randint(1, 2)}"


def random_case(choice, subject, types, required, dependent):
    """A case's events as they arrive: ties, late ones, gaps, repeats, voids, recorded anew; of two
    sources, some of which say their own order; and few words, so that much is said twice."""
    kind = subject.split("/")[0]
    shares = SHARES[kind]
    time = choice.randrange(0, 30 * DAY)
    start, step = time, choice.choice([0, 1, 1000, MINUTE, HOUR, DAY, 7 * DAY // 4, 7 * DAY])
    told, rows, voided = choice.choice([None, None, "text", "Integer", "number"]), [], set()

    def add(event_type, data):
        row = {
            "specversion": "1.0", "id": f"{subject}-{len(rows)}",
            "source": choice.choice(["random", "random", "other"]),
            "type": event_type, "subject": subject, "data": data,
            "time": moment(now, choice.choice(["9"] * 6 + ["", "90000", "900001", "900002"]))}
        if told and choice.random() < 0.7:
            row["sequence"] = choice.randint(-1, 12)
            if told != "number":
                row["sequence"] = str(row["sequence"])
            if told == "Integer" and choice.random() < 0.9:
                row["sequencetype"] = "Integer"
        rows.append(row)

    for number in range(choice.choice([1, 2, 4, 8, 12, 20, 40])):
        event_type, = choice.choices(list(shares), list(shares.values()))
        if number == 0 and kind in ("ticket", "call") and choice.random() < 0.75:
            event_type = {"ticket": "ticket.opened", "call": "call.queued"}[kind]
        data = {field: random_value(choice, field, schema)
                for field, schema in types[event_type].items()
                if field in required[event_type] or choice.random() < 0.55}
        for field in [needed for one in data for needed in dependent[event_type].get(one, ())]:
            data.setdefault(field, random_value(choice, field, types[event_type][field]))
        if "from_day" in data or "to_day" in data:
            data |= {field: choice.choice(LIKELY[field]) for field in ("from_day", "to_day")}
        time += choice.choice([0, 0, step, step, choice.randint(0, step)])
        if choice.random() < 0.05:
            # As long as windows last, to the millisecond.
            time = start + choice.choice([1, 7, 14]) * DAY + choice.choice([0, 0, 1])
        now = max(0, time - choice.choice([0] * 6 + [2 * step]))
        add(event_type, data)
        if choice.random() < 0.03:
            event = choice.choice(rows)
            if event["type"] != "event.voided" and event["id"] not in voided:
                voided.add(event["id"])
                add("event.voided",
                    {"source": event["source"], "id": event["id"], "reason": "salah"})
                if choice.random() < 0.4:
                    change = {"by": "by-9"} if event["type"] in CORRECTABLE else {}
                    rows.append(event | {"data": event["data"] | change})
        elif choice.random() < 0.03 and rows[-1]["id"] not in voided:
            rows.append(rows[-1])
    return rows


def moment(milliseconds, decimals="9"):
    day, rest = divmod(milliseconds + 10 * DAY, DAY)
    month, day = divmod(day, 28)
    hour, rest = divmod(rest, HOUR)
    minute, rest = divmod(rest, MINUTE)
    return (f"2025-{month + 1:02}-{day + 1:02}T{hour:02}:{minute:02}:{rest // 1000:02}"
            f".{rest % 1000:03}{decimals}Z")


def random_lines(seed, cases):
    choice = random.Random(seed)
    types = oracle.schemas()
    data = {name: schema["properties"]["data"] for name, schema in oracle.event_schemas().items()}
    required = {name: one.get("required", []) for name, one in data.items()}
    dependent = {name: one.get("dependentRequired", {}) for name, one in data.items()}
    waiting = []
    for number in range(cases):
        kind, = choice.choices(list(SHARES), [10, 3, 3, 1, 2])
        waiting.append(random_case(choice, f"{kind}/{number}", types, required, dependent)[::-1])
    while waiting:  # cases arrive interleaved, each in its own order
        place = choice.randrange(len(waiting))
        yield json.dumps(waiting[place].pop()) + "\n"
        if not waiting[place]:
            waiting[place] = waiting[-1]
            waiting.pop()


def compare_random_cases(binary, seed, cases=3000, pieces=40):
    """One large ingest, then small ones: a rebuild, then catching up by differences."""
    lines = list(random_lines(seed, cases))
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"REKAM_STORE": f"{folder}/store"}

        def rekam(*arguments, text=""):
            done = subprocess.run([binary, *arguments], input=text, capture_output=True, text=True,
                                  env=environment, cwd=folder)
            assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr}{done.stdout}"
            return done.stdout
        rekam("init", "--time-zone", "Asia/Jakarta")
        first = len(lines) - 10 * pieces
        rekam("ingest", "-", text="".join(lines[:first]))
        for start in range(first, len(lines), 10):
            rekam("ingest", "-", text="".join(lines[start:start + 10]))
        path = pathlib.Path(folder) / "all.ndjson"
        path.write_text("".join(lines))
        data = oracle.Database(threads=1)
        data.load([path])
        data.prepare()
        cells = 0
        for name in data.projections:
            if name in oracle.ANONYMOUS:
                continue
            data.build(name)
            text = rekam("projection", "cells", name, "--format", "csv")
            try:
                cells += data.compare_cells(name, text)
            except SystemExit as difference:
                raise AssertionError(f"seed {seed}: {difference}") from None
    print(f"seed {seed}: {len(lines):,} random events, {cells:,} cells agree")


def compare_random_rounds(binary, seed, surveys=12):
    """Random surveys of respondents, in one import: every figure by team and month."""
    import kpis
    choice = random.Random(seed)
    lines = []
    for _ in range(surveys):
        kind, survey = choice.choice(["enps", "pulse"]), choice.choice(["s1", "s2"])
        start, asked = choice.randrange(0, 150 * DAY), choice.random() < 0.6
        days = choice.choice([None, 0, 3, 10])
        for person in range(choice.randrange(1, 60)):
            on, team = f"respondent/{choice.randrange(80)}", choice.choice("AABBBCD")
            data = {"survey": survey, "kind": kind, "team": team}

            def add(event_type, time, data):
                lines.append({
                    "specversion": "1.0", "id": f"r{len(lines)}", "source": "random",
                    "type": event_type, "subject": on, "time": moment(time), "data": data})
            if asked and choice.random() < 0.9:
                add("survey.sent", start + person * choice.choice([1000, HOUR]),
                    data | ({} if days is None else {"valid_days": days}))
            for _ in range(choice.choice([0, 1, 1, 1, 2])):
                more = {"score": choice.randrange(0, 12)}
                if choice.random() < 0.3:
                    more["scale_maximum"] = 10 if kind == "enps" else 5
                if kind == "pulse":
                    more |= {"score": choice.randrange(1, 6), "question": choice.choice([1, 2, 11])}
                if choice.random() < 0.5:
                    more["team"] = choice.choice("ABCDE")
                add("survey.answered", start + choice.randrange(0, 20 * DAY), data | more)
    choice.shuffle(lines)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "all.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        environment = os.environ | {"REKAM_STORE": f"{folder}/store"}
        for words in (["init", "--time-zone", "Asia/Jakarta"], ["ingest", str(path)]):
            subprocess.run([binary, *words], check=True, capture_output=True, env=environment,
                           cwd=folder)
        data = oracle.Database(threads=1)
        data.load([path])
        data.prepare()
        try:
            compared = kpis.compare(
                data, binary, f"{folder}/store", 2025, only=("enps", "pulse_score"))
        except SystemExit as difference:
            raise AssertionError(f"seed {seed}: {difference}") from None
    print(f"seed {seed}: {len(lines):,} events of random rounds, {compared:,} figures agree")


def main():
    parser = argparse.ArgumentParser(prog="test_oracle.py")
    parser.add_argument("--rekam", help="the binary to compare random cases with")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.rekam:
        def test_random_cases():
            compare_random_cases(options.rekam, options.seed)
        globals()["test_random_cases"] = test_random_cases

        def test_random_rounds():
            for seed in range(options.seed, options.seed + 8):
                compare_random_rounds(options.rekam, seed)
        globals()["test_random_rounds"] = test_random_rounds
    tests = [(n, t) for n, t in globals().items() if n.startswith("test_")]
    covered = {n.removeprefix("test_") for n, _ in tests}
    catalogue = {line.split()[1] for path in (oracle.ROOT / "Schemas" / "catalogue").glob("*.yaml")
                 for line in path.read_text().splitlines() if line.startswith("projection:")}
    sql = {path.stem for path in (pathlib.Path(__file__).parent / "projections").glob("*.sql")}
    assert catalogue == sql, f"without SQL or without definition: {sorted(catalogue ^ sql)}"
    assert catalogue <= covered, f"not tested: {sorted(catalogue - covered)}"
    failed = 0
    for name, test in tests:
        try:
            test()
        except AssertionError as error:
            failed += 1
            print(f"{name} failed: {error}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
