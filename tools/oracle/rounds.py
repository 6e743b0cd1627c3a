"""Which answers of respondents are shown, written from Schemas/LANGUAGE.md (*A projection of
respondents*) alone, for a log that was recorded by one import, long after all its surveys.

Makes two tables: `shown`, an answer a row as far as figures rest on it, and `hidden`, the answers that
a team's (or nobody's) figures lack. Both have case_id, respondent, day (of the round), team, survey,
kind, question, score, scale_minimum, scale_maximum.
"""

import collections
import itertools
import json

DAY = 86_400_000
USUAL_DAYS = 14
FEWEST = 5
COLUMNS = ("case_id INTEGER, respondent VARCHAR, day DATE, team VARCHAR, survey VARCHAR, "
           "kind VARCHAR, question BIGINT, score BIGINT, scale_minimum BIGINT, scale_maximum BIGINT")


class Round:
    def __init__(self, start, day, days):
        self.day, self.joins_until = day, start + days * DAY
        self.teams, self.answers = {}, {}


def rounds_of(events):
    """The rounds of one survey, from its events in order."""
    found, invited, uninvited, open_until = [], None, None, {}
    for e in events:
        person, now = e["case_id"], e["instant"]
        if e["type"] == "survey.sent":
            days = USUAL_DAYS if e["valid_days"] is None else e["valid_days"]
            if invited is None or now >= invited.joins_until:
                # A sending takes a day, though its answers may be due at once.
                invited = Round(now, e["day"], max(days, 1))
                found.append(invited)
            if e["team"]:
                invited.teams[person] = e["team"]
            open_until[person] = (invited, now + days * DAY)
            continue
        own, until = open_until.get(person, (None, None))
        if own is None or now > until:
            own = next((r for r in (invited, uninvited) if r and now <= r.joins_until), None)
            if own is None:
                own = uninvited = Round(now, e["day"], USUAL_DAYS)
                found.append(own)
            open_until[person] = (own, own.joins_until)
        own.answers[person, e["question"]] = e  # the last one counts
    return found


def content(e):
    """What an event says, to be compared: its type, then its fields by their names; nothing first."""
    fields = (("kind", "question", "scale_maximum", "scale_minimum", "score", "survey", "team")
              if e["type"] == "survey.answered" else ("kind", "survey", "team", "valid_days"))
    values = [e[name] for name in fields]
    return [(1, e["type"].encode())] + [
        (-1, 0) if value is None or value == "" else
        (1, str(value).encode()) if isinstance(value, str) else (0, value) for value in values]


def told(e):
    value = json.loads(e["told"])
    if isinstance(value, str) and e["told_as"] != "Integer":
        return 1, value.encode()
    return 0, int(value)


def in_order(events):
    """The events of all people as they happened: within an instant each source's wait for each other,
    and of the heads the one of the least rank goes next, then the one that says the least."""
    def key(e):
        return e["type"] != "survey.sent", content(e), e["sequence"]

    def instant(e):
        return e["instant"], e["fraction"]

    for _, together in itertools.groupby(sorted(events, key=instant), key=instant):
        queues = collections.defaultdict(list)
        for e in together:
            queues[e["source"] if e["told"] else None].append(e)
        for source, queue in queues.items():
            queue.sort(key=key if source is None else lambda e: (told(e), key(e)))
        queues = [collections.deque(queue) for queue in queues.values()]
        while queues := [queue for queue in queues if queue]:
            yield min(queues, key=lambda queue: key(queue[0])).popleft()


def is_on_scale(e):
    return ((e["scale_minimum"] is None or e["score"] >= e["scale_minimum"])
            and (e["scale_maximum"] is None or e["score"] <= e["scale_maximum"]))


def prepare(connection):
    names = ["case_id", "instant", "type", "subject", "day", "survey", "kind", "team", "valid_days",
             "question", "score", "scale_minimum", "scale_maximum"]
    own = ["sequence", "fraction", "source", "told", "told_as"]
    rows = connection.execute(
        f"SELECT {', '.join('e.' + name for name in names)}, e.sequence, e.fraction, r.source, "
        "r.told, r.told_as FROM events e JOIN recorded r USING (sequence) "
        "WHERE e.case_kind = 'respondent' AND "
        "e.type IN ('survey.sent', 'survey.answered')").fetchall()
    surveys = collections.defaultdict(list)
    # Of all people: an invitation before what is answered at the same instant.
    for event in in_order(dict(zip(names + own, row)) for row in rows):
        surveys[event["survey"], event["kind"]].append(event)
    shown, hidden = [], []

    def line(e, one, team):
        return (e["case_id"], e["subject"].split("/", 1)[1], one.day, team or None, e["survey"],
                e["kind"], e["question"], e["score"], e["scale_minimum"], e["scale_maximum"])

    for events in surveys.values():
        for one in rounds_of(events):
            blocks = collections.defaultdict(lambda: collections.defaultdict(list))
            for (person, question), e in one.answers.items():
                if is_on_scale(e):
                    team = one.teams.get(person) or e["team"] or ""
                    scale = (e["scale_minimum"], e["scale_maximum"])
                    blocks[question, scale][team].append(e)
            for teams in blocks.values():
                small = [(team, e) for team, own in teams.items() if len(own) < FEWEST for e in own]
                for team, own in teams.items():
                    if len(own) >= FEWEST:
                        shown += [line(e, one, team) for e in own]
                if len(small) >= FEWEST:
                    shown += [line(e, one, None) for _, e in small]
                    hidden += [line(e, one, team) for team, e in small if team]
                else:
                    hidden += [line(e, one, team) for team, e in small]
    for table, lines in (("shown", shown), ("hidden", hidden)):
        connection.execute(f"CREATE OR REPLACE TABLE {table} ({COLUMNS})")
        if lines:
            connection.executemany(
                f"INSERT INTO {table} VALUES ({', '.join('?' * 10)})", lines)
