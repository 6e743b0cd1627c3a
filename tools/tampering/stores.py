"""The stores that are tampered with: a small one with something of everything, what it was earlier, and
a twin that went another way from the same beginning."""

import json
import pathlib
import shutil
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "simulation"))
from machine import Machine

import tables

EVENTS = 420
# Days over which the generated events go; `PERIOD` holds them all.
PERIOD = "2025"

VISITS = """projection: visits
version: {version}
title: {title}
of: visit
fact: {{each: visit.ended}}
dimensions: {{desk: fact.desk}}
measures: {{minutes: fact.minutes}}
"""
KPIS = """---
kpi: visits
version: 1
title: Visits
group: operational
unit: count
better: higher
value: count(visits)
---
kpi: visit_minutes
version: 1
title: Minutes of visits
group: operational
unit: count
better: lower
value: sum(visits.minutes)
"""
CALENDAR = """calendar: indonesia
version: 2
title: {en: Indonesia, id: Indonesia}
zone: Asia/Jakarta
week:
  monday-saturday: 09:00-18:00
holidays:
  - {date: 2025-01-01, name: New Year's Day}
"""
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "cloudevent.json",
    "title": "Visit ended", "type": "object",
    "properties": {
        "type": {"const": "visit.ended"}, "subject": {"pattern": "^visit/."},
        "data": {
            "type": "object",
            "properties": {
                "desk": {"type": "string", "minLength": 1, "maxLength": 100, "x-column": "name"},
                "minutes": {"type": "integer", "minimum": 0, "maximum": 1000,
                            "x-column": "integer"}},
            "required": ["desk", "minutes"], "additionalProperties": False}},
}


def visits(first, last):
    """Events of the store's own type, whose source tells their order."""
    lines = []
    for number in range(first, last):
        lines.append(json.dumps({
            "specversion": "1.0", "id": f"v{number}", "source": f"door-{number % 2}",
            "type": "visit.ended", "subject": f"visit/V-{number // 3}",
            "time": f"2025-{1 + number % 11:02}-14T0{number % 10}:12:00Z",
            "sequence": f"{number:06}",
            "data": {"desk": f"Desk {number % 4}", "minutes": 3 + number * 7 % 50}}) + "\n")
    return "".join(lines)


class Stores:
    """Folders of whole stores, and what their tables hold."""

    def __init__(self, folder, seed):
        self.folder = folder
        self.machine = Machine(folder, "whole", seed=seed)
        self.write_inputs()
        self.begin()
        self.copy("twin")
        self.go_on(self.machine, "")
        self.go_on(self.machine.beside("twin"), "twin-")
        self.rows = {
            name: {file: tables.read(folder / name / file) for file in FILES}
            for name in ["whole", "older", "last", "twin"]}
        self.entries = int.from_bytes(self.rows["whole"]["data.mdb"]["registry"][b"state"][:4],
                                      "little")

    def write_inputs(self):
        machine, folder = self.machine, self.folder
        for prefix, seed in [("", "5"), ("twin-", "6")]:
            lines = machine.sure(
                "generate", "--events", str(EVENTS), "--seed", seed,
                "--origin", f"desk-{seed}.example").out.splitlines(True)
            parts = [lines[:EVENTS // 2], lines[EVENTS // 2:EVENTS * 5 // 6],
                     lines[EVENTS * 5 // 6:]]
            for number, part in enumerate(parts):
                (folder / f"{prefix}events-{number}").write_text("".join(part))
        (folder / "visits-0").write_text(visits(0, 40))
        (folder / "visits-1").write_text(visits(40, 60))
        (folder / "twin-visits-1").write_text(visits(100, 120))
        (folder / "visit.json").write_text(json.dumps(SCHEMA))
        (folder / "visits.yaml").write_text(VISITS.format(version=1, title="Visits") + KPIS)
        (folder / "visits-2.yaml").write_text(VISITS.format(version=2, title="By desk"))
        (folder / "calendar.yaml").write_text(CALENDAR)

    def begin(self):
        """What store and twin have in common."""
        machine = self.machine
        machine.sure("init", "--origin", "t.example/log")
        machine.sure("schema", "add", "visit.json")
        machine.sure("ingest", "events-0")
        machine.sure("ingest", "visits-0")
        for command in ["add visits.yaml", "backfill visits", "promote visits --reason first"]:
            machine.sure("projection", *command.split())

    def go_on(self, machine, prefix):
        """Closings, a calendar, a version beside the live one, voids; two earlier states are kept."""
        is_whole = not prefix
        machine.sure("period", "close", "2025-01")
        machine.sure("checkpoint")
        if is_whole:
            self.copy("older")
        machine.sure("calendar", "add", "calendar.yaml")
        machine.sure("ingest", prefix + "events-1")
        machine.sure("ingest", prefix + "visits-1")
        machine.sure("projection", "add", "visits-2.yaml")
        machine.sure("projection", "backfill", "visits@2")
        machine.sure("period", "close", "2025-02")
        machine.sure("void", "--entries", "300..303" if is_whole else "290..296",
                     "--reason", "tried out")
        if is_whole:
            self.copy("last")
        machine.sure("ingest", prefix + "events-2")
        machine.sure("checkpoint")

    def copy(self, name):
        other = self.machine.copy(name)
        # The twin signs nothing that the store would be held against.
        for machine in (self.machine, other):
            kept = pathlib.Path(f"{machine.store}.checkpoint")
            if machine is self.machine and kept.exists():
                shutil.copy(kept, f"{other.store}.checkpoint")


FILES = ["data.mdb", "private.mdb"]
