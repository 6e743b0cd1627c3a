"""What a store must hold, as plain dictionaries: which lines of an input are recorded, and what a
few KPIs come to. Written from the documented rules alone; shares nothing with Rekam."""

import collections
import copy
import dataclasses
import datetime
import json

JAKARTA_SECONDS = 7 * 3600
ALIGNMENT = 16_384


def nanoseconds(text):
    """An RFC 3339 time; digits past the ninth are cut."""
    whole, _, rest = text.partition(".")
    digits = "0"
    if rest:
        digits = rest[:len(rest) - len(rest.lstrip("0123456789"))]
        whole += rest[len(digits):]
    moment = datetime.datetime.fromisoformat(whole.replace("Z", "+00:00").replace("z", "+00:00"))
    return int(moment.timestamp()) * 10 ** 9 + int((digits + "0" * 9)[:9])


def time_text(value):
    """Three decimals, or as many more as are needed."""
    moment = datetime.datetime.fromtimestamp(value // 10 ** 9, datetime.timezone.utc)
    decimals = f"{value % 10 ** 9:09d}"
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{decimals[:3]}{decimals[3:].rstrip('0')}Z"


def canonical(event):
    """An event as it is recorded, but for what the log adds."""
    return event | {"time": time_text(nanoseconds(event["time"]))}


CONTENT = ("type", "subject", "time", "data", "sequence", "sequencetype")


def content(event):
    """What makes an event of a source and id the same."""
    return {name: event[name] for name in CONTENT if name in event}


def month(value):
    moment = datetime.datetime.fromtimestamp(
        value // 10 ** 9 + JAKARTA_SECONDS, datetime.timezone.utc)
    return moment.strftime("%Y-%m")


@dataclasses.dataclass
class Line:
    """A line of an input: its text, and the event in it (None: it must be refused as it stands)."""
    text: str
    event: dict | None


@dataclasses.dataclass
class Outcome:
    """What an ingest of some lines must come to."""
    batches: list = dataclasses.field(default_factory=list)  # events accepted, batch by batch
    lines: int = 0
    duplicates: int = 0
    refused: int = 0

    @property
    def accepted(self):
        return [event for batch in self.batches for event in batch]


class Model:
    """The log as it must be: every entry with what it says, and what was taken out."""

    def __init__(self, origin):
        self.origin = origin
        self.entries = []                           # as recorded, own events included
        self.voided = {}                            # sequence -> by the log itself?
        self.by_key = collections.defaultdict(list)  # (source, id) -> sequences

    def __deepcopy__(self, memo):
        other = Model(self.origin)
        other.entries = list(self.entries)
        other.voided = dict(self.voided)
        other.by_key = collections.defaultdict(list, {k: list(v) for k, v in self.by_key.items()})
        return other

    def record(self, event):
        """Takes an event in as the next entry."""
        sequence = len(self.entries)
        self.entries.append(event)
        self.by_key[event["source"], event["id"]].append(sequence)
        if event["type"] == "event.voided":
            for other in self.by_key[event["data"]["source"], event["data"]["id"]]:
                if other not in self.voided and self.entries[other]["type"] != "event.voided":
                    self.voided[other] = event["source"] == self.origin

    def verdict(self, event):
        """accepted, duplicate or refused, were this event to come now."""
        for sequence in self.by_key[event["source"], event["id"]]:
            same = content(self.entries[sequence]) == content(event)
            if sequence in self.voided:
                if same and not self.voided[sequence]:
                    return "duplicate"
            else:
                return "duplicate" if same else "refused"
        if event["type"] == "event.voided":
            holders = self.by_key[event["data"]["source"], event["data"]["id"]]
            open_ones = [s for s in holders if s not in self.voided]
            if not open_ones:
                return "refused"
            target = self.entries[open_ones[-1]]
            if target["type"] == "event.voided" or target["subject"] != event["subject"]:
                return "refused"
        return "accepted"

    def ingest(self, lines, batch_events, strict=False):
        """What an input comes to, from the state as it is; the model itself stays as it is."""
        state = copy.deepcopy(self)
        outcome = Outcome(lines=len(lines))
        room = max(1, batch_events)
        rows = []

        def flush():
            """Records the batch; False where strict mode stops."""
            nonlocal rows, room
            accepted, before = [], copy.deepcopy(state) if strict else None
            duplicates = outcome.duplicates
            for event in rows:
                verdict = state.verdict(event)
                if verdict == "accepted":
                    state.record(event)
                    accepted.append(event)
                elif verdict == "duplicate":
                    outcome.duplicates += 1
                else:
                    outcome.refused += 1
                    if strict:
                        # Nothing of this batch is recorded, so nothing was there already.
                        state.__dict__ = before.__dict__
                        outcome.duplicates = duplicates
                        return False
            rows = []
            if accepted:
                outcome.batches.append(accepted)
                over = len(state.entries) % ALIGNMENT
                room = max(1, batch_events - over if batch_events > over else batch_events)
            return True

        for line in lines:
            if line.event is None:
                outcome.refused += 1
                if strict:
                    return outcome
                continue
            rows.append(canonical(line.event))
            if len(rows) >= room and not flush():
                return outcome
        if rows:
            flush()
        return outcome

    def voids(self, first, last):
        """The voids that `rekam void --entries first..last` records, without reason and time."""
        return [
            sequence for sequence in range(first, last + 1)
            if sequence not in self.voided
            and not self.entries[sequence]["subject"].startswith("log/")
            and self.entries[sequence]["type"] != "event.voided"
        ]

    # MARK: Figures

    def cases(self, size):
        """Effective events of the log's first entries by case, as they happened."""
        voided, cases = set(), collections.defaultdict(list)
        position = Model(self.origin)
        for event in self.entries[:size]:
            position.record(event)
        voided = set(position.voided)
        for sequence, event in enumerate(self.entries[:size]):
            if event["type"] == "event.voided" or sequence in voided:
                continue
            cases[event["subject"]].append((nanoseconds(event["time"]), sequence, event))
        for history in cases.values():
            history.sort(key=lambda item: item[:2])
        return cases

    def figures(self, size):
        """(kpi, month, channel or "") -> (numerator, denominator) of the log's first entries."""
        figures = collections.Counter()
        for subject, history in self.cases(size).items():
            kinds = {event["type"] for _, _, event in history}
            if kinds & {"ticket.merged", "ticket.removed"}:
                continue
            # Nobody is asked: a round lasts 14 days from its first answer, whose month it has.
            rounds, last = [], {}
            for time, _, event in history:
                if event["type"] == "survey.answered" and event["data"]["kind"] == "csat":
                    survey, score = event["data"]["survey"], event["data"]["score"]
                    begun = last[survey][0] if survey in last else None
                    if begun is None or time // 10**6 - begun // 10**6 > 14 * 86_400_000:
                        last[survey] = [time, None]
                        rounds.append(last[survey])
                    last[survey][1] = score
            for time, score in rounds:
                when = month(time)
                figures["csat.of", when, ""] += 1
                figures["csat", when, ""] += 100 * (score >= 4)
            replies = [(time, sequence) for time, sequence, event in history if is_reply(event)]
            for time, _ in replies:
                figures["replies_sent", month(time), ""] += 1
            opened = next((item for item in history if item[2]["type"] == "ticket.opened"), None)
            if opened is None:
                continue
            figures["ticket_volume", month(opened[0]), opened[2]["data"]["channel"]] += 1
            answer = next((reply for reply in replies if reply > opened[:2]), None)
            if answer and opened[2]["data"]["origin"] == "customer":
                figures["first_response_time.count", month(answer[0]), ""] += 1
        return {
            key: (value, figures["csat.of", *key[1:]] if key[0] == "csat" else 1)
            for key, value in figures.items() if key[0] != "csat.of" and value
        }


def is_reply(event):
    data = event["data"]
    return (event["type"] == "message.posted" and data["direction"] == "out"
            and data["visibility"] == "public" and data["actor_kind"] == "agent"
            and data.get("automatic") is not True)


def entry_event(text):
    """Sequence, recording time and event of a line of `rekam log show`."""
    event = json.loads(text)
    event.pop("rekamclock", None)
    return event.pop("rekamposition"), event.pop("rekamtime"), event
