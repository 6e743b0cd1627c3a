"""Random inputs for a store: small, and full of what goes wrong in the field."""

import json

from model import Line, time_text

CHANNELS = ["email", "whatsapp", "phone", "web"]
AGENTS = ["budi", "citra", "dimas", ""]
# Sunday 2025-01-05, and about ten months from there.
START, SPAN = 1_736_000_000_000, 300 * 86_400_000
BROKEN = [
    "", "{", "nonsense", "[]", '{"specversion":"1.0"}', "\ufffd\ufffd", '{"a":1}' * 3, "\t,\t",
    '{"specversion":"1.0","id":"x","source":"s","type":"ticket.opened","subject":"ticket/1",'
    '"time":"2025-02-30T00:00:00Z","data":{"channel":"web","origin":"customer"}}',
    '{"specversion":"1.0","id":"x","source":"s","type":"no.such","subject":"ticket/1",'
    '"time":"2025-02-03T00:00:00Z","data":{}}',
    '{"specversion":"1.0","id":"x","source":"s","type":"message.posted","subject":"ticket/1",'
    '"time":"2025-02-03T00:00:00Z","data":{"direction":"sideways"}}',
    '{"specversion":"1.0","id":"x","source":"s","type":"ingest.recorded","subject":"log/ingest",'
    '"time":"2025-02-03T00:00:00Z","data":{}}',
]


class Lines:
    """Makes inputs; ids repeat on purpose. `space` keeps those of two writers apart."""

    def __init__(self, random, space=""):
        self.random = random
        self.space = space
        self.source = f"desk{space}.test"
        self.made = 0
        self.earlier = []

    def input(self, count, broken=True):
        """Some lines."""
        lines = [self.line(broken) for _ in range(count)]
        # A line without anything but white space is none.
        return [line for line in lines if line.text.strip()]

    def line(self, broken):
        draw = self.random.random()
        if self.earlier and draw < 0.12:
            return self.text(dict(self.random.choice(self.earlier)))
        if self.earlier and draw < 0.17:
            return self.text(self.changed(dict(self.random.choice(self.earlier))))
        if self.earlier and draw < 0.24:
            return self.keep(self.void())
        if broken and draw < 0.29:
            return Line(self.random.choice(BROKEN), None)
        return self.keep(self.event())

    def keep(self, event):
        self.earlier.append(event)
        return self.text(event)

    def changed(self, event):
        """The same source and id, and other content."""
        if self.random.random() < 0.5 or "data" not in event:
            return event | {"time": self.time()}
        return event | {"extension": f"x{self.random.randrange(3)}"}

    def void(self):
        target = self.random.choice(self.earlier)
        subject = target["subject"]
        if self.random.random() < 0.1:
            subject = self.subject()
        return self.envelope("event.voided", subject) | {
            "data": {"source": target["source"], "id": target["id"], "reason": "wrong"}}

    def subject(self):
        return f"ticket/{self.space}{self.random.randrange(40)}"

    def time(self):
        beyond = self.random.choice([0, 0, 0, 500_000, 999_999])
        return time_text((START + self.random.randrange(SPAN)) * 10 ** 6 + beyond)

    def envelope(self, kind, subject):
        self.made += 1
        return {"specversion": "1.0", "id": f"e{self.made}", "source": self.source, "type": kind,
                "subject": subject, "time": self.time()}

    def event(self):
        random = self.random
        kind = random.choices(
            ["ticket.opened", "message.posted", "ticket.status_changed", "ticket.assigned",
             "survey.answered", "ticket.removed"], [4, 8, 3, 2, 3, 0.3])[0]
        data = {
            "ticket.opened": lambda: {
                "channel": random.choice(CHANNELS),
                "origin": random.choice(["customer", "customer", "agent"]),
                "reason": random.choice(["complaint", "inquiry"]), "title": "Ünïcödé \u2028 😀"},
            "message.posted": lambda: {
                "direction": random.choice(["in", "out", "out"]),
                "visibility": random.choice(["public", "public", "internal"]),
                "actor_kind": random.choice(["agent", "agent", "customer", "bot"]),
                "actor": random.choice(AGENTS)},
            "ticket.status_changed": lambda: {
                "status": random.choice(["open", "pending", "hold", "resolved", "closed"])},
            "ticket.assigned": lambda: {"agent": random.choice(AGENTS), "team": "satu"},
            "survey.answered": lambda: {
                "survey": random.choice(["s1", "s2"]), "kind": "csat",
                "score": random.randrange(1, 6)},
            "ticket.removed": lambda: {"reason": "spam"},
        }[kind]()
        return self.envelope(kind, self.subject()) | {"data": data}

    def text(self, event):
        """A line with the event in it, in one of the forms that mean the same."""
        written = dict(event)
        if self.random.random() < 0.3 and written["time"].endswith("Z") and len(written["time"]) == 24:
            written["time"] = written["time"][:-1] + self.random.choice(["0Z", "000000Z", "+00:00"])
        items = list(written.items())
        self.random.shuffle(items)
        spaced = self.random.random() < 0.2
        return Line(json.dumps(
            dict(items), ensure_ascii=self.random.random() < 0.5,
            separators=(", ", ": ") if spaced else (",", ":")), event)
