"""A data file with bytes changed or its end cut off, and what every command makes of it: see
tools/damage --help."""

import argparse
import collections
import concurrent.futures
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

from machine import Failed, Machine

PAGE = 4096
SEGMENT = b"RKS2"
TIMEOUT_SECONDS = 60

# What is asked of a damaged store. All end with 0 where the store is whole.
READING = [
    ["query", "csat", "ticket_volume", "--by", "agent", "--period", "2025"],
    ["query", "first_response_time.p90", "--by", "team,channel", "--period", "2025", "--grain",
     "month"],
    ["query", "ticket_volume", "--period", "2025", "--as-of", "1200"],
    ["explain", "first_response_time", "--period", "2025-03"],
    ["facts", "first_response", "--period", "2025"],
    ["scorecard", "cs_agent", "--agent", "{agent}", "--period", "2025-03"],
    ["replay", "--period", "2025"],
    ["log", "show", "0..{last}"], ["log", "stat"], ["log", "case", "{case}"],
    ["projection", "cells", "ticket_volume"], ["projection", "status"], ["status"],
    ["doctor"], ["proof", "700"], ["key", "show"],
]
MAKING = [
    ["backup", "made"], ["log", "export-tiles", "tiles", "--with-answers"],
    ["snapshot", "export", "--period", "2025-Q2", "--with-entries", "--with-answers",
     "--out", "made"],
]
WRITING = [
    ["ingest", "more.ndjson"], ["projection", "rebuild", "--all"],
    ["void", "--entries", "900..905", "--reason", "test"], ["period", "close", "2025-04"],
]
CODES = (0, 1, 64, 65, 74)


def prepare(folder):
    """A store of some months, some of it closed and signed, and an input beside it."""
    machine = Machine(folder)
    machine.sure("init", "--origin", "d.example/log")
    lines = machine.sure("generate", "--events", "2200", "--seed", "5").out.splitlines(True)
    for number, part in enumerate([lines[:1500], lines[1500:2000], lines[2000:]]):
        (folder / ["first", "second", "more.ndjson"][number]).write_text("".join(part))
    machine.sure("ingest", "first")
    machine.sure("ingest", "second")
    machine.sure("period", "close", "2025-01")
    machine.sure("checkpoint")
    return machine


class Store:
    """The whole store, and what it answers."""

    def __init__(self, base):
        self.base = base
        machine = Machine(base)
        self.data = (machine.store / "data.mdb").read_bytes()
        shown = machine.sure("log", "stat").out
        count = next(line.split()[1] for line in shown.split("\n") if line.startswith("Entries"))
        case = next(
            part for part in machine.sure("log", "show", "1000..1400").out.split('"')
            if part.startswith("ticket/"))
        agents = machine.sure(
            "query", "replies_sent", "--by", "agent", "--period", "2025", "--format", "csv").out
        self.names = {
            "last": str(int(count.replace(",", "")) - 1), "case": case,
            "agent": agents.splitlines()[1].split(",")[2] or agents.splitlines()[2].split(",")[2]}
        self.answers = {
            tuple(line): plain(machine.sure(*self.arguments(line), codes=(0, 1)).out, machine)
            for line in READING
            if line[0] not in ("status", "doctor")}
        self.segments = [
            page for page in range(0, len(self.data), PAGE)
            if self.data[page + 16:page + 20] == SEGMENT]
        if not self.segments:
            raise SystemExit("tools/damage: no segment found in the data file.")

    def arguments(self, line):
        return [part.format(**self.names) for part in line]


def plain(text, machine):
    """An answer without the store's place, and without how long it took."""
    return re.sub(r"[\d.]+ s$", "", text.replace(str(machine.store), ""), flags=re.M)


def damaged(data, segments, chooser):
    """The data file with a damage, and its name."""
    kind = chooser.choice(
        ["bit", "byte", "bytes", "segment", "segment", "segment", "head", "page", "cut", "cut"])
    bytes_ = bytearray(data)
    if kind == "cut":
        length = chooser.choice([
            chooser.randrange(len(data)), chooser.randrange(len(data) // PAGE) * PAGE,
            len(data) - PAGE * chooser.randrange(1, 9), chooser.randrange(3 * PAGE)])
        return f"cut to {length}", bytes_[:length]
    if kind == "page":
        page = chooser.randrange(2, len(data) // PAGE) * PAGE
        bytes_[page:page + PAGE] = bytes([chooser.choice([0, 255, 17])]) * PAGE
        return f"page {page // PAGE} overwritten", bytes_
    places = {
        "bit": lambda: chooser.randrange(len(data)), "byte": lambda: chooser.randrange(len(data)),
        "bytes": lambda: chooser.randrange(len(data)),
        # Within a segment's columns, or its head.
        "segment": lambda: chooser.choice(segments) + 16 + chooser.randrange(24 * PAGE),
        "head": lambda: chooser.choice(segments) + 16 + chooser.randrange(700),
    }[kind]
    chosen = sorted({
        place for place in (
            places() for _ in range({"bit": 1, "byte": 1, "bytes": 100, "segment": 30, "head": 3}[kind]))
        if place < len(data)})
    for place in chosen:
        change = 1 << chooser.randrange(8) if kind == "bit" else 1 + chooser.randrange(255)
        bytes_[place] ^= change
    return f"{kind} at {', '.join(map(str, chosen[:6]))}", bytes_


def attempt(seed, base, command):
    """One damage, and every command. Returns (seed, counts, failures)."""
    store, chooser = Store.shared, random.Random(seed)
    counts, failures = collections.Counter(), []
    what, data = damaged(store.data, store.segments, chooser)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"rekam-damage-{seed}-"))
    machine = Machine(folder, "store", command)
    shutil.copytree(base / "store", machine.store)
    shutil.copy(base / "more.ndjson", folder)
    file = machine.store / "data.mdb"
    verified = None

    def verify():
        nonlocal verified
        if verified is None:
            verified = run(machine, ["verify"]).code
        return verified

    for line in READING + MAKING + WRITING:
        file.write_bytes(data)
        for name in ("lock.mdb", "writer.lock"):
            (machine.store / name).unlink(missing_ok=True)
        shutil.copy(base / "store.checkpoint", folder)
        arguments = store.arguments(line)
        try:
            result = run(machine, arguments)
            counts["runs"] += 1
            counts[f"ended with {result.code}"] += 1
            if result.code not in CODES:
                raise Failed(f"it must end with a code of its own: {result}")
            # What was signed of the store may not fit it any more: that is said first.
            said = [text for text in result.error.splitlines(True)
                    if not text.startswith("Warning: ")]
            if result.code and line[0] not in ("replay", "status", "doctor", "ingest") and not (
                    said and said[0].startswith("Error: ")):
                raise Failed(f"an error says Error: {result}")
            answer = store.answers.get(tuple(line))
            if result.code == 0 and answer is not None and plain(result.out, machine) != answer:
                counts["other answers"] += 1
                file.write_bytes(data)
                if verify() == 0:
                    raise Failed(f"another answer, and verify finds nothing: {result}")
            check_made(machine, folder, line, result)
        except Failed as failure:
            failures.append(f"seed {seed}, {what}: {failure}")
    shutil.rmtree(folder)
    return seed, counts, failures


def run(machine, arguments):
    return machine.finish(machine.start(*arguments), TIMEOUT_SECONDS)


def check_made(machine, folder, line, result):
    """What was made is whole or not there."""
    made = folder / "made"
    if line in MAKING and line[0] != "log":
        if result.code != 0 and made.exists():
            raise Failed(f"it failed, and made something: {result}")
        left = [path.name for path in folder.glob("made.*")]
        if left:
            raise Failed(f"it leaves {left} behind: {result}")
    for path in (made, folder / "tiles"):
        shutil.rmtree(path, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(
        prog="tools/damage",
        description="Changes bytes of a store's data file or cuts its end off, at places that a "
        "seed gives, and runs every command on it. Each must end with an exit code of its own and "
        "say what is wrong, or do its work; an answer other than the whole store's must be one "
        "that rekam verify finds. Nothing half made may stay.",
        epilog="Example: tools/damage --seed 1..200")
    parser.add_argument("--seed", default="1", help="a seed, or A..B")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    base = pathlib.Path(tempfile.mkdtemp(prefix="rekam-damage-base-"))
    machine = prepare(base)
    Store.shared = Store(base)
    first, _, last = options.seed.partition("..")
    wanted = range(int(first), int(last or first) + 1)
    total, failures = collections.Counter(), 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(attempt, seed, base, machine.command) for seed in wanted]
        for done in concurrent.futures.as_completed(runs):
            _, counts, failed = done.result()
            total += counts
            failures += len(failed)
            for failure in failed:
                print(f"\n{failure}", flush=True)
    shutil.rmtree(base)
    print(f"\n{len(wanted)} damages from seed {wanted[0]}: "
          + ", ".join(f"{name} {count}" for name, count in sorted(total.items()))
          + f"; {(time.monotonic() - started) / 60:.1f} minutes")
    print("It holds." if not failures else f"{failures} failed.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
