"""A fault at every distinct call site of every command: see tools/faults --help."""

import argparse
import collections
import concurrent.futures
import dataclasses
import gzip
import json
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

from lines import Lines
from machine import Failed, Fault, Machine, interposer

# What can befall a call. A disk that is full stays full.
KINDS = {
    "open": ["EACCES", "EMFILE"], "stat": ["EACCES"], "fstat": ["EIO"],
    "opendir": ["EACCES"], "mkdir": ["EACCES", "ENOSPC"], "rename": ["EACCES", "ENOSPC"],
    "unlink": ["EACCES"], "rmdir": ["EACCES"], "link": ["EACCES"], "chmod": ["EPERM"],
    "fchmod": ["EPERM"], "chown": ["EPERM"],
    "read": ["EIO", "short", "EINTR"], "pread": ["EIO"],
    "write": ["EIO", "ENOSPC", "short", "EINTR"], "pwrite": ["EIO", "ENOSPC", "short"],
    "pwritev": ["EIO", "ENOSPC", "short"], "fsync": ["EIO", "ENOSPC"],
    "fdatasync": ["EIO", "ENOSPC"], "ftruncate": ["ENOSPC", "EIO"], "fallocate": ["ENOSPC"],
    "mmap": ["ENOMEM"], "flock": ["ENOLCK", "EINTR"], "lock": ["ENOLCK"],
}
STICKY = {"ENOSPC"}
CELLS = ["ticket_volume", "first_response", "csat"]


@dataclasses.dataclass
class Scenario:
    """A command on a prepared folder."""
    name: str
    arguments: list
    codes: tuple = (0,)
    # Whether it makes the store, or changes it.
    makes: bool = False
    # Ran in a folder of its own before: what stands there is taken away to run it again.
    outputs: tuple = ()


SCENARIOS = [
    Scenario("init", ["init", "--origin", "f.example/log"], makes=True),
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


def prepare(folder):
    """A store with some events, and inputs beside it."""
    machine = Machine(folder)
    source = Lines(random.Random(1))
    first, more = source.input(150, broken=False), source.input(120)
    for name, lines in [("first.ndjson", first), ("more.ndjson", more)]:
        (folder / name).write_text("".join(line.text + "\n" for line in lines))
    (folder / "more.ndjson.gz").write_bytes(gzip.compress((folder / "more.ndjson").read_bytes()))
    (folder / "map.yaml").write_text(MAPPING)
    rows = [f"2025-07-{day:02},K{day},{day % 11}" for day in range(1, 29)]
    (folder / "rows.csv").write_text("\n".join(["Day,Who,Score", *rows, "nonsense,K9,x"]) + "\n")
    machine.sure("init", "--origin", "f.example/log")
    machine.sure("ingest", "first.ndjson", codes=(0, 65))
    for path in folder.glob("first*"):
        path.unlink()
    return machine


def state(machine):
    """What a store says: its entries without the imports' records, and some cells."""
    shown = machine.sure("log", "stat").out
    count = int(re.search(r"^Entries +([\d,]+)", shown, re.M)[1].replace(",", ""))
    entries = []
    for text in machine.sure("log", "show", f"0..{count - 1}").out.split("\n"):
        if text:
            event = json.loads(text)
            if event["type"] not in ("ingest.recorded",):
                entries.append((event["type"], event["source"], event["id"]))
    cells = {}
    for name in CELLS:
        result = machine.run("projection", "cells", name)
        cells[name] = result.out if result.code == 0 else None
    return entries, cells


class Trial:
    """One scenario: its sites, and what a fault at each comes to."""

    def __init__(self, scenario, base, scratch):
        self.scenario = scenario
        self.base = base
        self.folder = scratch
        self.messages = collections.Counter()

    def fresh(self):
        """The prepared folder, as new."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.base, self.folder)
        machine = Machine(self.folder)
        if self.scenario.makes:
            shutil.rmtree(machine.store)
        return machine

    def reference(self):
        """Runs it without a fault: gives its sites, and keeps what must come out."""
        machine = self.fresh()
        result = machine.traced(*self.scenario.arguments)
        if result.code not in self.scenario.codes:
            raise Failed(f"without any fault: {result}")
        self.expected = state(machine)
        self.out = result.out
        sites = collections.OrderedDict()
        for _, call, path, site in result.calls:
            path = path.replace(str(self.folder), "").lstrip("/")
            seen = sites.setdefault((call, site), [0, path])
            seen[0] += 1
        return [
            (call, site, nth, path)
            for (call, site), (count, path) in sites.items() for nth in sorted({1, count})]

    def run(self, call, site, nth, kind):
        """One fault. Raises `Failed` where something does not hold."""
        machine = self.fresh()
        fault = Fault(kind, site=site, nth=nth, sticky=kind in STICKY)
        result = machine.run(*self.scenario.arguments, fault=fault)
        if not result.hit:
            return "not met"
        if result.code in self.scenario.codes:
            end = "went on"
        elif result.code in (74, 75):
            end = f"ended with {result.code}"
            self.check_message(machine, result)
        else:
            raise Failed(f"must end with {self.scenario.codes} or 74: {result}")
        entries, cells = self.after(machine)
        if end == "went on" and (entries, cells) != self.expected:
            raise Failed(f"it ended well, and yet not all of it is there: {result}")
        # And it goes on: the same command, on a machine that is well again.
        again = machine.run(*self.scenario.arguments)
        # A fault after the store had its name leaves a whole one, which is not made twice.
        if again.code not in self.scenario.codes and not (self.scenario.makes and entries):
            raise Failed(f"after {result}\nit does not go on: {again}")
        machine.sure("verify")
        entries, cells = state(machine)
        if sorted(entries) != sorted(self.expected[0]) or cells != self.expected[1]:
            raise Failed(f"after {result}\nand once more, the store is another than without a fault")
        return end

    def after(self, machine):
        """The store as the fault left it: it opens and verifies."""
        if self.scenario.makes:
            check = machine.run("verify")
            if check.code == 74 and "there is no Rekam store" in check.error:
                return None, None
            if check.code != 0:
                raise Failed(f"what init left behind: {check}")
        machine.sure("verify")
        return state(machine)

    def check_message(self, machine, result):
        """Names what was concerned, and what to do about it."""
        lines = [line for line in result.error.split("\n") if line]
        if not lines or not all(line.startswith("Error: ") for line in lines):
            raise Failed(f"an error's message begins with Error: {result}")
        text = lines[0].replace(str(machine.folder) + "/", "")
        self.messages[text] += 1
        sentences = [part for part in re.split(r"\.(?:\s|$)|[;:] ", text) if part.strip()]
        names = ["store", "more", "rows", "map.yaml", "standard output", "/dev/"]
        if not any(name in text for name in names) or len(sentences) < 3:
            raise Failed(f"a message names the place and what to do: {result}")


def attempt(name, base, only, sample, seed):
    """All faults of one scenario; returns (name, counts, messages, failures)."""
    scenario = next(s for s in SCENARIOS if s.name == name)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="rekam-faults-"))
    counts, failures = collections.Counter(), []
    trial = Trial(scenario, base, scratch / "work")
    try:
        sites = trial.reference()
    except Failed as fault:
        return name, counts, trial.messages, [f"{name}: {fault}"]
    counts["sites"] = len({site for _, site, _, _ in sites})
    chooser = random.Random(f"{seed} {name}")
    for call, site, nth, path in sites:
        for kind in KINDS.get(call, ["EIO"]):
            if only and not re.search(only, f"{call} {path} {kind}"):
                continue
            if chooser.random() >= sample:
                continue
            counts["faults"] += 1
            try:
                counts[trial.run(call, site, nth, kind)] += 1
            except Failed as fault:
                failures.append(f"{name}: {kind} at {call} {path} ({site}, time {nth}): {fault}")
    shutil.rmtree(scratch, ignore_errors=True)
    return name, counts, trial.messages, failures


def main():
    parser = argparse.ArgumentParser(
        prog="tools/faults",
        description="Lets every distinct system call of every command fail, come out short or meet "
        "a full disk. Each run must end in a clear error (or do all of its work), and leave a store "
        "that opens, verifies and goes on.",
        epilog="Example: tools/faults --scenario ingest --only 'pwrite.*ENOSPC'")
    parser.add_argument("--scenario", action="append", help="only this one; may be repeated")
    parser.add_argument("--only", help="only faults whose call, path and kind match")
    parser.add_argument("--sample", type=float, default=1, help="this share of them, by the seed")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--messages", action="store_true", help="print every message that came")
    options = parser.parse_args()

    interposer()
    started = time.monotonic()
    base = pathlib.Path(tempfile.mkdtemp(prefix="rekam-faults-base-"))
    prepare(base)
    names = options.scenario or [scenario.name for scenario in SCENARIOS]
    total, messages, failures = collections.Counter(), collections.Counter(), []
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(attempt, name, base, options.only, options.sample, options.seed)
                for name in names]
        for run in concurrent.futures.as_completed(runs):
            name, counts, said, failed = run.result()
            print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items())
                  + (f", {len(failed)} FAILED" if failed else ""), flush=True)
            total += counts
            messages += said
            failures += failed
    shutil.rmtree(base)
    for failure in failures:
        print(f"\n{failure}")
    if options.messages:
        print("\nMessages:")
        for text, count in messages.most_common():
            print(f"{count:6}  {text}")
    minutes = (time.monotonic() - started) / 60
    print(f"\n{total['faults']} faults at {total['sites']} call sites of {len(names)} commands "
          f"(seed {options.seed}); {minutes:.1f} minutes")
    print("It holds." if not failures else f"{len(failures)} failed.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
