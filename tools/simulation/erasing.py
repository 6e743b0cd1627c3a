"""An erasure, killed at every system call: see tools/erasing --help.

What a killed run leaves is its files, and nothing else: random bytes follow from a seed, the clock
stands still. So a state that was checked once is not checked again where another kill leaves the same
bytes under the same names. Of LMDB's lock files only the names count: whoever opens one that nobody
holds writes it anew."""

import argparse
import collections
import hashlib
import json
import pathlib
import shutil
import sys
import tempfile

from machine import Failed, Fault, Machine, interposer
from markers import files, forms, look

SEED = 7
LETHAL = ["kill", "after", "torn", "power"]
# What must go, and what must stay.
NAME, TITLE, NOTE = "Ratna Zainuddinsyah", "Judul-Kemangi-Ungu", "Catatan-Belimbing"
OTHER, KEPT = "Dewi Purnamasaridevi", "Judul-Yang-Tinggal"
SUBJECT = f"customer/{NAME}"
ERASE = ("erase", SUBJECT, "--reason", "asked for", "--by", "dpo")


def event(number, kind, ticket, data):
    return json.dumps({
        "specversion": "1.0", "id": f"e{number}", "source": "test", "type": kind,
        "subject": f"ticket/{ticket}", "time": "2025-07-14T08:12:00Z", "data": data}) + "\n"


def prepare(folder):
    machine = Machine(folder)
    lines = [
        event(1, "ticket.opened", "a", {
            "channel": "email", "origin": "customer", "customer": NAME, "title": TITLE}),
        event(2, "ticket.status_changed", "a", {"status": "open", "actor": "sari", "note": NOTE}),
        event(3, "ticket.opened", "b", {
            "channel": "email", "origin": "customer", "customer": OTHER, "title": KEPT}),
    ]
    (folder / "events.ndjson").write_text("".join(lines))
    (folder / "more.ndjson").write_text(event(9, "ticket.opened", "z", {
        "channel": "email", "origin": "customer"}))
    machine.sure("init", "--origin", "f.example/log")
    machine.sure("ingest", "events.ndjson")
    (folder / "events.ndjson").unlink()


def found(machine, texts):
    """Which texts stand in any file of the store or beside it."""
    wanted = [forms(text) for text in texts]
    hits = set()
    for path in files([str(machine.store), str(machine.store) + ".erasures"]):
        if pathlib.Path(path).exists():
            data = pathlib.Path(path).read_bytes()
            hits |= {texts[number] for number, _, _ in look(data, wanted, path, "", 1)}
    return hits


def state(folder):
    """A digest of every file that a killed run left."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[0] == ".scratch":
            continue
        is_table = path.name == "lock.mdb" or path.name.endswith("-lock")
        held = b"" if path.is_dir() or is_table else path.read_bytes()
        digest.update(f"{name} {path.stat().st_mode:o} {len(held)} ".encode() + held)
    return digest.digest()


def check(machine, result):
    """What a kill left: untouched, or done once somebody writes. Gives which."""
    # Whoever only reads meanwhile sees a store that holds.
    machine.sure("verify")
    # The next opening for writing.
    machine.sure("ingest", "more.ndjson")
    entries = machine.sure("log", "show", "--tokens", "--last", "8").out
    is_told = '"type":"erasure.recorded"' in entries
    kept = pathlib.Path(str(machine.store) + ".erasures")
    there = found(machine, [NAME, TITLE, NOTE])
    if is_told:
        if there:
            raise Failed(f"the log tells it, and {sorted(there)} is there: {result}")
        if not kept.exists() or kept.read_text().count("\n") != 1:
            raise Failed(f"the log tells it, and the file beside the store does not: {result}")
    elif there != {NAME, TITLE, NOTE}:
        raise Failed(f"the log does not tell it, and only {sorted(there)} is there: {result}")
    elif kept.exists() and kept.read_text():
        raise Failed(f"the log does not tell it, and the file beside the store does: {result}")
    if found(machine, [OTHER, KEPT]) != {OTHER, KEPT}:
        raise Failed(f"what belongs to another is gone: {result}")
    if (machine.store / "private.new").exists() and is_told:
        raise Failed(f"private.new is left: {result}")
    machine.sure("verify")
    if not is_told:
        machine.sure(*ERASE)
        if found(machine, [NAME, TITLE, NOTE]):
            raise Failed(f"erased at last, and yet there: {result}")
        machine.sure("verify")
    return "finished" if is_told else "untouched"


def main():
    parser = argparse.ArgumentParser(
        prog="tools/erasing",
        description="Kills rekam erase before, after and in the middle of its system calls, and "
        "with the power cut. Afterwards the store verifies; once somebody writes, the erasure is "
        "either finished, and a scanner finds nothing of the person, or never was. What several "
        "kills leave alike is checked once.")
    parser.add_argument("--every", type=int, default=1, help="only every n-th call")
    parser.add_argument("--kind", action="append", choices=LETHAL, help="only these")
    options = parser.parse_args()
    interposer()
    base = pathlib.Path(tempfile.mkdtemp(prefix="rekam-erasing-"))
    (base / "base").mkdir()
    prepare(base / "base")
    work = base / "work"

    def fresh():
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(base / "base", work)
        return Machine(work, seed=SEED)

    traced = fresh().traced(*ERASE)
    if traced.code != 0:
        raise SystemExit(f"without any fault: {traced}")
    counts, outcomes = collections.Counter(), {}
    for at in range(1, len(traced.calls) + 1, options.every):
        for kind in options.kind or LETHAL:
            machine = fresh()
            result = machine.run(*ERASE, fault=Fault(kind, at=at, seed=at))
            counts["kills"] += 1
            left = state(work)
            if left not in outcomes:
                try:
                    outcomes[left] = check(machine, result)
                except Failed as fault:
                    outcomes[left] = "failed"
                    print(
                        f"{kind} at call {at} ({traced.calls[at - 1][1:3]}): {fault}", flush=True)
            counts[outcomes[left]] += 1
    shutil.rmtree(base, ignore_errors=True)
    print(f"{len(traced.calls)} calls, {len(outcomes)} states: "
          + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
