"""The commands that tools/faults disturbs, and the folders that each of them begins in."""

import dataclasses
import gzip
import json
import random
import shutil

from analysts import PROJECTION
from lines import Lines
from machine import Machine

ANALYSTS = "simulated_tickets"


@dataclasses.dataclass
class Scenario:
    """A command on a prepared folder."""
    name: str
    arguments: list
    codes: tuple = (0,)
    # The folder it begins in, by the name of what prepares it.
    base: str = "plain"
    # The store it works on.
    store: str = "store"
    # Whether it makes that store.
    makes: bool = False
    # A folder that it makes, which is whole or not there at all.
    output: str = ""
    # Whether the output is filled by and by instead, and the next run goes on with it.
    grows: bool = False
    # Where its work is done already: what to run instead, and how else that may end.
    again: list | None = None
    again_codes: tuple = ()
    # Types of entries that each further run adds once more.
    repeats: tuple = ()
    # Projections whose cells must come out.
    cells: tuple = ("ticket_volume", "first_response", "csat")
    # Whether it records what rows are made of, and makes them anew: then no two commands may say
    # otherwise of what answers, wherever it ended.
    redefines: bool = False


SCENARIOS = [
    Scenario("init", ["init", "--origin", "f.example/log"], base="empty", makes=True,
             again=["verify"]),
    Scenario("ingest", ["ingest", "more.ndjson"], (65,)),
    Scenario("ingest in batches", ["ingest", "more.ndjson", "--batch", "20"], (65,)),
    Scenario("ingest compressed", ["ingest", "more.ndjson.gz"], (65,)),
    Scenario("ingest through a mapping", ["ingest", "rows.csv", "--mapping", "map.yaml"], (65,)),
    Scenario("void", ["void", "--entries", "90..110", "--reason", "test"]),
    Scenario("rebuild", ["projection", "rebuild", "--all"]),
    Scenario("query", ["query", "csat", "ticket_volume", "--period", "2025"]),
    Scenario("cells", ["projection", "cells", "ticket_volume"]),
    Scenario("log", ["log", "show", "0..100"]),
    Scenario("verify", ["verify"]),
    Scenario("backup", ["backup", "backup", "--with-key"], output="backup", again_codes=(74,),
             cells=()),
    Scenario("restore", ["restore", "backup"], base="saved", makes=True, again_codes=(74,)),
    Scenario("restore accepting a rollback",
             ["restore", "backup", "--accept-rollback", "the disk failed"], base="lost",
             makes=True, again=["restore", "--accept-rollback", "the disk failed"],
             repeats=("store.restored",)),
    Scenario("snapshot export",
             ["snapshot", "export", "--period", "2025-Q2", "--with-entries", "--with-answers",
              "--out", "snapshot"],
             output="snapshot", again_codes=(74,), cells=()),
    Scenario("schema add", ["schema", "add", "visit.json"], cells=(),
             again_codes=(64, 65)),
    Scenario("schema add, the next version", ["schema", "add", "opened.json"],
             again_codes=(64, 65), redefines=True),
    Scenario("calendar add", ["calendar", "add", "hours.yaml"], redefines=True),
    Scenario("calendar use", ["calendar", "use", "always_open", "--reason", "test"],
             redefines=True),
    Scenario("calendar undo", ["calendar", "undo", "indonesia", "--reason", "test"],
             base="hours", again_codes=(64,), redefines=True),
    Scenario("calendar drop", ["calendar", "drop", "indonesia@2", "--reason", "test"],
             base="hours", again_codes=(64,), redefines=True),
    Scenario("projection add", ["projection", "add", "second.yaml"], base="analyst", cells=()),
    Scenario("projection backfill", ["projection", "backfill", ANALYSTS], base="registered",
             cells=(ANALYSTS, "ticket_volume")),
    Scenario("projection promote", ["projection", "promote", ANALYSTS, "--reason", "test"],
             base="built", cells=(ANALYSTS, "ticket_volume")),
    Scenario("period close", ["period", "close", "2025-02"], again_codes=(64,), cells=()),
    Scenario("period reopen", ["period", "reopen", "2025-02", "--reason", "test"],
             base="closed", again_codes=(64,), cells=()),
    Scenario("key rotate", ["key", "rotate", "--reason", "test"], repeats=("key.rotated",),
             cells=()),
    Scenario("checkpoint", ["checkpoint"], cells=()),
    Scenario("migrate", ["migrate", "store", "carried"], output="carried", again_codes=(74,),
             cells=()),
    Scenario("log export-tiles", ["log", "export-tiles", "tiles", "--with-answers"],
             output="tiles", grows=True, cells=()),
]

MAPPING = """mapping: rows
version: 1
title: {en: Rows, id: Baris}
source: rows
csv: {delimiter: comma}
time: {format: yyyy-MM-dd, zone: UTC}
times:
  answered: "{Day}"
case: "customer/{Who}"
at: answered
events:
  - type: survey.answered
    id: "{Who}"
    data: {survey: rows, kind: nps, score: "{Score}", customer: "{Who}"}
"""

HOURS = """calendar: indonesia
version: 2
title: {en: Mornings, id: Pagi}
zone: Asia/Jakarta
week: {monday-friday: 08:00-09:00}
"""

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "cloudevent.json",
    "title": "Visit ended", "type": "object",
    "properties": {
        "type": {"const": "visit.ended"}, "subject": {"pattern": "^ticket/."},
        "data": {
            "type": "object",
            "properties": {"outcome": {
                "type": "string", "enum": ["served", "left"], "x-column": "enum"}},
            "required": ["outcome"], "additionalProperties": False}},
}


def prepare(folder, base="plain"):
    """A folder to begin in: inputs, and for most commands a store with some events."""
    machine = Machine(folder)
    source = Lines(random.Random(1))
    first, more = source.input(150, broken=False), source.input(120)
    for name, lines in [("first.ndjson", first), ("more.ndjson", more)]:
        (folder / name).write_text("".join(line.text + "\n" for line in lines))
    (folder / "more.ndjson.gz").write_bytes(gzip.compress((folder / "more.ndjson").read_bytes()))
    (folder / "map.yaml").write_text(MAPPING)
    (folder / "visit.json").write_text(json.dumps(SCHEMA))
    (folder / "hours.yaml").write_text(HOURS)
    (folder / "first.yaml").write_text(PROJECTION.format(version=1, dimension="channel"))
    (folder / "second.yaml").write_text(PROJECTION.format(version=2, dimension="origin"))
    rows = [f"2025-07-{day:02},K{day},{day % 11}" for day in range(1, 29)]
    (folder / "rows.csv").write_text("\n".join(["Day,Who,Score", *rows, "nonsense,K9,x"]) + "\n")
    if base != "empty":
        machine.sure("init", "--origin", "f.example/log")
        machine.sure("ingest", "first.ndjson", codes=(0, 65))
        machine.sure("checkpoint")
        schema = json.loads(machine.sure("schema", "show", "ticket.opened", "--json").out)
        schema |= {"x-version": 2, "x-upcast": {"defaults": {"priority": "low"}}}
        (folder / "opened.json").write_text(json.dumps(schema))
    if base == "hours":
        machine.sure("calendar", "add", "hours.yaml")
    if base in ("analyst", "registered", "built"):
        machine.sure("projection", "add", "first.yaml")
        machine.sure("projection", "backfill", ANALYSTS)
        machine.sure("projection", "promote", ANALYSTS, "--reason", "the first")
    if base in ("registered", "built"):
        machine.sure("projection", "add", "second.yaml")
    if base == "built":
        machine.sure("projection", "backfill", ANALYSTS)
    if base == "closed":
        machine.sure("period", "close", "2025-02")
    if base in ("saved", "lost"):
        machine.sure("backup", "backup", "--with-key")
        if base == "lost":
            machine.sure("ingest", "more.ndjson", codes=(65,))
            machine.sure("checkpoint")
        shutil.rmtree(machine.store)
    for path in folder.glob("first.ndjson*"):
        path.unlink()
    for path in folder.glob("more.rejects*"):
        path.unlink()
    return machine
