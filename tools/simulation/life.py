"""One store's life: random steps, some of them killed, each held against the model."""

import collections
import copy
import json
import os
import pathlib
import random
import shutil
import signal
import time
from decimal import Decimal

from analysts import Work
from lines import Lines
from machine import Failed, Fault, Machine
from model import Model, entry_event

ORIGIN = "sim.example/log"
LETHAL = ["kill", "after", "torn", "power"]


ANONYMOUS = {"enps", "pulse"}


class Life:
    """A store, its model, and the steps that change both."""

    def __init__(self, seed, folder, log=lambda text: None):
        self.random = random.Random(seed)
        self.seed = seed
        self.log = log
        self.machine = Machine(folder, seed=random.Random(seed).randrange(1 << 40))
        self.model = Model(ORIGIN)
        self.lines = Lines(self.random)
        self.spaces = 0
        self.inputs = 0
        self.calls = collections.defaultdict(lambda: 40)  # watched calls of a kind of run, about
        self.counts = collections.Counter()
        self.recorded = 0
        self.root = ""
        self.names = []
        self.work = Work()  # of the analysts
        self.closed = {}  # month -> entries when it was closed
        self.is_behind = True  # a killed run may have left projections to the next one
        self.is_built = False  # they are first built by the first import

    # MARK: Runs

    def lethal(self, kind):
        """A fault that ends the next run of a kind, if it comes that far."""
        if self.random.random() < 0.55:
            return None
        return Fault(
            self.random.choice(LETHAL), at=1 + self.random.randrange(self.calls[kind]),
            seed=self.random.randrange(1 << 30))

    def run(self, kind, *arguments, codes=(0,), extra=None):
        """Runs a command, perhaps to its death; otherwise it must end with one of some codes."""
        fault = self.lethal(kind)
        if fault is None:
            result = self.machine.traced(*arguments, extra=extra)
            self.calls[kind] = len(result.calls) + 2
        else:
            result = self.machine.run(*arguments, fault=fault, extra=extra)
        if result.was_killed and result.hit:
            self.counts["kills"] += 1
            self.counts[f"kills.{fault.kind}"] += 1
            self.is_behind = True
            number, call, path = result.hit.strip().split("\t")
            self.log(f"  {' '.join(arguments)}: killed ({fault.kind}) at call {number}, {call} of "
                     f"{os.path.relpath(path, self.machine.folder)}")
            return result
        self.log(f"  {' '.join(arguments)}: {result.code}")
        if result.code not in codes:
            raise Failed(f"must end with {' or '.join(map(str, codes))}: {result}")
        return result

    def begin(self):
        """Makes the store; where that is killed, whoever finds it makes it anew."""
        for _ in range(20):
            result = self.run(
                "init", "init", "--origin", ORIGIN, "--time-zone", "Asia/Jakarta")
            if not result.was_killed:
                break
            # Either nothing that counts as a store is there, or a whole one.
            check = self.machine.run("verify")
            if check.code == 0:
                break
            if check.code != 74 or not check.error.startswith("Error: "):
                raise Failed(f"after init was killed: {check}")
        else:
            raise Failed("init never came through in 20 tries")
        if not result.was_killed:
            self.machine.sure("verify")
        self.take(self.entries(0))
        status = self.machine.sure("projection", "list", "--format", "json")
        if not self.names:
            shown = self.machine.sure("log", "show", f"0..{len(self.model.entries) - 1}").out
            self.names = sorted({
                event["data"]["name"] for _, _, event in
                (entry_event(text) for text in shown.split("\n") if text)
                if event["type"] == "definition.promoted"
                and event["data"]["kind"] == "projection"})
        self.log(f"  a store with {len(self.names)} projections {status.code}")

    # MARK: What the log holds

    def entries(self, first):
        """The entries from a sequence on: (sequence, recording time, event)."""
        stat = self.machine.sure("log", "stat")
        said = dict(line.split(None, 1) for line in stat.out.split("\n") if " " in line)
        count, self.root = int(said["Entries"].split()[0].replace(",", "")), said["Root"]
        if count < first:
            raise Failed(f"the log shrank from {first} to {count} entries")
        if count == first:
            return []
        shown = self.machine.sure("log", "show", f"{first}..{count - 1}")
        return [entry_event(text) for text in shown.out.split("\n") if text]

    def take(self, entries):
        """Takes new entries into the model, their numbers and recording times checked."""
        for sequence, recorded, event in entries:
            if sequence != len(self.model.entries):
                raise Failed(f"entry {len(self.model.entries)} calls itself {sequence}")
            self.model.record(event)
        self.recorded += len(entries)
        if entries:
            self.log(f"  {len(self.model.entries)} entries, root {self.root}")

    # MARK: Steps

    def input_file(self, lines):
        self.inputs += 1
        name = f"input-{self.inputs}.ndjson"
        (self.machine.folder / name).write_text("".join(line.text + "\n" for line in lines))
        return name

    def ingest(self):
        """An input in batches, perhaps strict, perhaps into a map that is nearly full."""
        lines = self.lines.input(self.random.choice([1, 3, 20, 60, 200]))
        if not lines:
            return
        batch = self.random.choice([1, 4, 16, 65_536])
        strict = self.random.random() < 0.15
        expected = self.model.ingest(lines, batch, strict)
        name = self.input_file(lines)
        arguments = ["ingest", name, "--batch", str(batch), "--format", "json"]
        if strict:
            arguments.append("--strict")
        extra, codes = None, (0,) if expected.refused == 0 else (65,)
        if self.random.random() < 0.12:
            # Room for some more pages, not always for all.
            size = (self.machine.store / "data.mdb").stat().st_size
            room = self.random.randrange(0, 25) * 4096
            extra, codes = {"REKAM_MAP_BYTES": str(size + room)}, (*codes, 74)
        result = self.run(f"ingest{batch}", *arguments, codes=codes, extra=extra)
        if result.code == 74:
            if "memory map" not in result.error:
                raise Failed(f"a full map must be named: {result}")
            self.counts["full maps"] += 1
            self.is_behind = True
        self.settle_ingest(self.entries(len(self.model.entries)), expected, result)
        self.forget(name)

    def settle_ingest(self, new, expected, result):
        """New entries are whole batches in order, all of them and a record where it ended well."""
        events = [event for _, _, event in new]
        record = [event for event in events if event["type"] == "ingest.recorded"]
        plain = [event for event in events if event["type"] != "ingest.recorded"]
        ends = [0]
        for accepted in expected.batches:
            ends.append(ends[-1] + len(accepted))
        if plain != expected.accepted[:len(plain)]:
            raise Failed(f"other entries than the input's: {result}")
        if len(plain) not in ends:
            raise Failed(f"half a batch is visible ({len(plain)} of batches up to {ends}): {result}")
        is_done = result.code in (0, 65)
        if (is_done or record) and len(plain) != ends[-1]:
            raise Failed(f"{ends[-1]} acknowledged, {len(plain)} there: {result}")
        if record and events[-1] != record[0]:
            raise Failed(f"an import's record must come last: {result}")
        if record:
            data = record[0]["data"]
            if data["accepted"] != len(plain) or data["duplicate"] != expected.duplicates:
                raise Failed(f"the record counts otherwise than {expected}: {record[0]}")
        if is_done:
            self.check_report(result, expected)
            self.counts["acknowledged"] += len(plain)
            self.is_behind, self.is_built = False, True
        self.take(new)

    @staticmethod
    def check_report(result, expected):
        report = json.loads(result.out)["inputs"][0]
        counts = (report["accepted"], report["duplicate"], report["refused"])
        if counts != (len(expected.accepted), expected.duplicates, expected.refused):
            raise Failed(f"accepted, duplicate, refused must be {len(expected.accepted)}, "
                         f"{expected.duplicates}, {expected.refused}: {result}")

    def withdraw(self):
        """`rekam void` of some entries: all or nothing."""
        count = len(self.model.entries)
        first = self.random.randrange(count)
        last = min(count - 1, first + self.random.randrange(30))
        expected = self.model.voids(first, last)
        result = self.run("void", "void", "--entries", f"{first}..{last}", "--reason", "test")
        new = self.entries(count)
        voided = [(event["type"], event["data"]["id"], event["data"]["source"])
                  for _, _, event in new]
        wanted = [("event.voided", self.model.entries[s]["id"], self.model.entries[s]["source"])
                  for s in expected]
        if voided != wanted and not (result.was_killed and not voided):
            raise Failed(f"voids of {expected} wanted, {voided} recorded: {result}")
        if result.code == 0:
            self.is_behind, self.is_built = False, True
            self.counts["acknowledged"] += len(voided)
        self.take(new)

    def rebuild(self):
        names = ["--all"] if self.random.random() < 0.5 else self.random.sample(
            self.names, self.random.randrange(1, 4))
        result = self.run("rebuild" + str(len(names)), "projection", "rebuild", *names)
        self.nothing_new()
        if result.code == 0 and names == ["--all"]:
            # Also where an interrupted build went on from its own entries.
            self.is_behind, self.is_built = False, True
            self.nothing_late()

    def nothing_new(self):
        if self.entries(len(self.model.entries)):
            raise Failed("a command that records nothing left entries")

    def query(self):
        """Figures by month must be those of the model at the position that the answer names."""
        if not self.is_built:
            self.catch_up()
        result = self.run(
            "query", "query", "csat", "replies_sent", "first_response_time.count", "--period",
            "2025", "--grain", "month", "--format", "json")
        if result.code == 0:
            self.check_answer(result.out)
        result = self.run(
            "query", "query", "ticket_volume", "--by", "channel", "--period", "2025", "--grain",
            "month", "--format", "json")
        if result.code == 0:
            self.check_answer(result.out)

    def check_answer(self, out, model=None):
        model = model or self.model
        answer = json.loads(out, parse_float=Decimal)
        size = answer["store"]["sequence"]
        if size > len(model.entries):
            raise Failed(f"an answer from {size} entries, and there are {len(model.entries)}")
        kpis, found = set(), {}
        for row in answer["rows"]:
            kpis.add(row["kpi"])
            if row["numerator"] or row["kpi"] == "csat" and row["count"]:
                found[row["kpi"], row["period"], row.get("channel") or ""] = (
                    row["numerator"], row["denominator"])
        wanted = {key: value for key, value in model.figures(size).items() if key[0] in kpis}
        # A month without satisfied answers has the numerator 0.
        found = {key: value for key, value in found.items() if value[0]}
        if found != wanted:
            raise Failed(f"figures at entry {size} differ: model {sorted(wanted.items())}, "
                         f"rekam {sorted(found.items())}")
        self.counts["answers"] += 1

    # MARK: Checks

    def verify(self):
        """The store proves itself, from the outside: exit 0, and as many entries as the model."""
        result = self.machine.sure("verify")
        said = f"{len(self.model.entries):,} hashed"
        if said not in result.out:
            raise Failed(f"verify must say {said!r}: {result}")
        self.counts["verifications"] += 1

    def compare_cells(self):
        """Each projection's stored cells are those that a rebuild of a copy gives."""
        if self.is_behind:
            self.catch_up()
        copy = self.machine.copy("copy")
        copy.sure("projection", "rebuild", "--all")
        for name in self.names:
            if name in ANONYMOUS:
                continue  # cells of respondents are not shown
            here, there = (
                m.sure("projection", "cells", name).out for m in (self.machine, copy))
            if here != there:
                raise Failed(f"the cells of {name} are not those of a rebuild")
            self.counts["cells compared"] += 1
        shutil.rmtree(copy.store)

    def catch_up(self):
        """A clean import of one event brings what a killed run left up to date."""
        lines = [self.lines.keep(self.lines.event())]
        expected = self.model.ingest(lines, 65_536)
        name = self.input_file(lines)
        result = self.machine.sure("ingest", name, "--format", "json")
        self.settle_ingest(self.entries(len(self.model.entries)), expected, result)
        self.forget(name)
        self.nothing_late()

    def nothing_late(self):
        status = json.loads(self.machine.sure("projection", "list", "--format", "json").out)
        late = [item["name"] for item in status if item["behind"] and item["state"] == "live"]
        if late:
            raise Failed(f"projections that stay behind: {late}")

    def forget(self, name):
        for path in self.machine.folder.glob(name.removesuffix(".ndjson") + "*"):
            path.unlink()
