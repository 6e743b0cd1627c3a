"""Steps of analysts: new versions of a projection, and types of events of their own."""

import collections
import json

from machine import Failed
from model import JAKARTA_SECONDS, Line, time_text

NAME = "simulated_tickets"
PROJECTION = """projection: simulated_tickets
version: {version}
title: Tickets of version {version}
of: ticket
let:
  opened: {{first: ticket.opened}}
fact: opened
dimensions: {{{dimension}: opened.{dimension}}}
"""


class Work:
    """What the analysts of a life have come to."""

    def __init__(self):
        self.version = 0         # the newest one, registered or not
        self.stage = "promoted"  # of that version: new, registered, built, promoted
        self.dimensions = {}     # by version
        self.live = None         # the version that answers
        self.types = 0           # types of events registered


def own(life, types):
    """New entries, which must be of the log's own types given."""
    new = life.entries(len(life.model.entries))
    for _, _, event in new:
        if event["type"] not in types:
            raise Failed(f"an entry that nobody asked for: {event}")
    life.take(new)
    return new


def acknowledged(life, result, type, count=1):
    """The new entries of a command that records so many: all, or (where it was killed) none."""
    new = own(life, {type})
    if len(new) != count and not (result.was_killed and not new):
        raise Failed(f"{len(new)} entries of {type}, and {count} were acknowledged: {result}")
    if result.code == 0:
        life.counts["acknowledged"] += len(new)
    return new


def analyst(life):
    """The next stages of a version: registered, built, promoted; each may be killed."""
    work = life.work
    if work.stage == "promoted":
        work.version += 1
        work.stage = "new"
        work.dimensions[work.version] = life.random.choice(["channel", "origin", "reason"])
    for _ in range(life.random.randrange(1, 4)):
        {"new": add, "registered": build, "built": promote, "promoted": drop}[work.stage](life)


def add(life):
    work = life.work
    # A killed attempt may have registered it: the next one says the same text.
    (life.machine.folder / "analyst.yaml").write_text(
        PROJECTION.format(version=work.version, dimension=work.dimensions[work.version]))
    result = life.run("add", "projection", "add", "analyst.yaml")
    acknowledged(life, result, "definition.registered")
    life.counts["registrations"] += result.code == 0
    if shown(life, work.version):
        work.stage = "registered"
    elif result.code == 0:
        raise Failed(f"registered, and not in the list: {result}")


def build(life):
    result = life.run("backfill", "projection", "backfill", f"{NAME}@{life.work.version}")
    own(life, set())
    if result.code == 0:
        life.work.stage = "built"
        life.counts["backfills"] += 1


def promote(life):
    work = life.work
    name = f"{NAME}@{work.version}"
    result = life.run("promote", "projection", "promote", name, "--reason", "simulated")
    new = acknowledged(life, result, "definition.promoted")
    if new:
        work.live, work.stage = work.version, "promoted"
        life.counts["promotions"] += 1
    hold_live(life)
    if result.code == 0:
        hold_cells(life)


def drop(life):
    """Drops an older version; the one that answers goes on answering."""
    work = life.work
    older = [v for v in work.dimensions if v not in (work.live, work.version)]
    if not older:
        return
    version = life.random.choice(older)
    result = life.run(
        "drop", "projection", "drop", f"{NAME}@{version}", "--reason", "simulated")
    if acknowledged(life, result, "definition.dropped"):
        del work.dimensions[version]
        life.counts["drops"] += 1
    hold_live(life)


def shown(life, version):
    """What the registry says of a version: its state; None where it is not there."""
    for line in life.machine.sure("projection", "status").out.split("\n"):
        words = line.split()
        if words and words[0] == f"{NAME}@{version}":
            return words[1]
    return None


def hold_live(life):
    """Log and registry agree about which version answers."""
    for version in life.work.dimensions:
        state = shown(life, version)
        if (state == "live") != (version == life.work.live):
            raise Failed(f"version {version} is {state}, and version {life.work.live} answers")


def hold_cells(life):
    """The cells of the version that answers are the model's."""
    dimension = life.work.dimensions[life.work.live]
    wanted = collections.Counter()
    for _, history in life.model.cases(len(life.model.entries)).items():
        opened = next((item for item in history if item[2]["type"] == "ticket.opened"), None)
        if opened:
            day = time_text(opened[0] + JAKARTA_SECONDS * 10 ** 9)[:10]
            wanted[f"{day},{opened[2]['data'][dimension]}"] += 1
    out = life.machine.sure("projection", "cells", NAME).out
    found = dict(line.rsplit(",", 1) for line in out.splitlines()[1:])
    wanted = {key: str(count) for key, count in wanted.items()}
    if found != wanted:
        raise Failed(f"cells of version {life.work.live}: only in the model "
                     f"{sorted(wanted.items() - found.items())}, only in rekam "
                     f"{sorted(found.items() - wanted.items())}")
    life.counts["cells held"] += 1


def schema(life):
    """Registers a type of events, or its next version; then such an event is recorded."""
    work = life.work
    if work.types == 12:
        return
    kind = f"sim.visit{work.types}"
    (life.machine.folder / "visit.json").write_text(json.dumps({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "cloudevent.json",
        "title": "Visit", "type": "object",
        "properties": {
            "type": {"const": kind}, "subject": {"pattern": "^ticket/."},
            "data": {"type": "object", "additionalProperties": False, "properties": {
                "outcome": {"type": "string", "enum": ["served", "left"], "x-column": "enum"},
                "minutes": {"type": "integer", "minimum": 0, "maximum": 999,
                            "x-column": "integer"}}}}}))
    result = life.run("schema", "schema", "add", "visit.json")
    new = acknowledged(life, result, "definition.registered")
    life.counts["schemas"] += len(new)
    work.types += len(new)
    event = life.lines.envelope(kind, life.lines.subject()) | {
        "data": {"outcome": "left", "minutes": life.random.randrange(1000)}}
    line = life.lines.text(event)
    # Of a type that is not there yet it is refused.
    lines = [line if new else Line(line.text, None)]
    expected = life.model.ingest(lines, 65_536)
    name = life.input_file(lines)
    ingested = life.machine.sure(
        "ingest", name, "--format", "json", codes=(0,) if new else (65,))
    life.settle_ingest(life.entries(len(life.model.entries)), expected, ingested)
    life.forget(name)
