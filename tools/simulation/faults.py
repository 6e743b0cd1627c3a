"""A fault at every distinct call site of every command: see tools/faults --help."""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

from machine import Failed, Fault, Machine, interposer
from scenarios import SCENARIOS, prepare

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
# KPIs that count by each calendar, event type and projection that a scenario changes, or by none.
KPIS = {"first_response_time_business": "first_response", "ticket_volume": "ticket_volume",
        "csat": "csat"}
# What a fault of these may well leave behind: they are how things are taken away.
REMOVING = {"unlink", "rmdir", "opendir", "open"}


def state(machine, cells):
    """What a store that verifies says: its entries without the imports' records, and some cells."""
    shown = machine.sure("verify").out
    count = int(re.search(r"([\d,]+) hashed", shown)[1].replace(",", ""))
    entries = []
    for text in machine.sure("log", "show", f"0..{count - 1}").out.split("\n"):
        if text:
            event = json.loads(text)
            if event["type"] not in ("ingest.recorded",):
                entries.append((event["type"], event["source"], event["id"]))
    found = {}
    for name in cells:
        result = machine.run("projection", "cells", name)
        found[name] = result.out if result.code == 0 else None
    return entries, found


def digest(folder):
    """Names and bytes of all files below a folder."""
    hash = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        hash.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
        hash.update(path.read_bytes())
    return hash.hexdigest()


class Trial:
    """One scenario: its sites, and what a fault at each comes to."""

    def __init__(self, scenario, base, scratch):
        self.scenario = scenario
        self.base = base
        self.folder = scratch
        self.messages = collections.Counter()
        self.expected_output = None
        self.waited = 0  # how often rows were left that waited to be made anew

    def fresh(self):
        """The prepared folder, as new."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.base, self.folder)
        return Machine(self.folder, self.scenario.store)

    def reference(self):
        """Runs it without a fault: gives its sites, and keeps what must come out."""
        machine = self.fresh()
        result = machine.traced(*self.scenario.arguments)
        if result.code not in self.scenario.codes:
            raise Failed(f"without any fault: {result}")
        self.expected = state(machine, self.scenario.cells)
        if self.scenario.output:
            self.expected_output = self.output(machine)
        machine.sure("checkpoint")
        self.known = {path.name for path in machine.folder.iterdir()}
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
        seed = int(site, 16) % (1 << 30)
        fault = Fault(kind, site=site, nth=nth, sticky=kind in STICKY, seed=seed)
        result = machine.run(*self.scenario.arguments, fault=fault)
        if not result.hit:
            return "not met"
        if result.was_killed:
            end = "lost power" if kind == "power" else "killed"
        elif result.code in self.scenario.codes:
            end = "went on"
        elif result.code in (74, 75):
            end = f"ended with {result.code}"
            self.check_message(machine, result)
        else:
            raise Failed(f"must end with {self.scenario.codes} or 74: {result}")
        if self.scenario.redefines:
            self.agree(machine)
        entries, cells = self.after(machine)
        if end == "went on" and not self.is_expected(entries, cells):
            raise Failed(f"it ended well, and yet not all of it is there: {result}")
        is_made = self.check_output(machine, result, end, call)
        self.go_on(machine, result, is_made or cells == "rolled back" or self.is_done(entries))
        return end

    def is_expected(self, entries, cells):
        return entries is not None and self.once(entries) == self.once(self.expected[0]) \
            and cells == self.expected[1]

    def is_done(self, entries):
        """Whether the log, or the store to be made, has all that the command records."""
        return entries is not None and self.once(entries) == self.once(self.expected[0])

    def once(self, entries):
        """The entries, those that every run adds counted once; their order is the clock's matter."""
        repeated = {(kind,) for kind, _, _ in entries if kind in self.scenario.repeats}
        return sorted(repeated) + sorted(e for e in entries if e[0] not in self.scenario.repeats)

    def go_on(self, machine, result, is_done):
        """The same command, on a machine that is well again, then does what was left to do."""
        arguments, codes = self.scenario.arguments, self.scenario.codes
        if is_done:
            arguments = self.scenario.again or arguments
            codes = (*codes, *self.scenario.again_codes)
        again = machine.run(*arguments)
        if again.code not in codes:
            raise Failed(f"after {result}\nit does not go on: {again}")
        if not self.is_expected(*state(machine, self.scenario.cells)):
            raise Failed(f"after {result}\nand once more, the store is another than without a fault")
        machine.sure("checkpoint")
        if self.scenario.output and self.output(machine) != self.expected_output:
            raise Failed(f"after {result}\nand once more, {self.scenario.output} is another")

    def after(self, machine):
        """The store as the fault left it: it opens and verifies."""
        if self.scenario.makes:
            check = machine.run("verify")
            if check.code == 74 and "there is no Rekam store" in check.error:
                return None, None
            if check.code == 1 and "--accept-rollback" in check.error:
                # Brought back, and the gap not accepted yet.
                return None, "rolled back"
            if check.code != 0:
                raise Failed(f"what it left behind: {check}")
        return state(machine, self.scenario.cells)

    def agree(self, machine):
        """All commands say the same of what answers, and the remedy that they name is one."""
        waiting = self.not_answering(machine)
        if not waiting:
            return
        self.waited += 1
        other = machine.copy("remedied")
        other.sure("projection", "rebuild", "--all")
        if self.not_answering(other):
            raise Failed(f"{waiting} wait, and rebuilding them is no remedy")
        shutil.rmtree(other.store)

    def not_answering(self, machine):
        """Versions from whose rows nothing is answered; raises `Failed` where two commands differ."""
        status = json.loads(machine.sure("status", "--format", "json").out)
        waiting = set(status["not_answering"])
        shown = json.loads(machine.sure("projection", "status", "--format", "json").out)
        said = {"projection status": {
            f"{one['name']}@{one['version']}" for one in shown if one["superseded"]}}
        verified = machine.sure("verify").out
        found = re.search(r"nothing is answered from them.*: (.*)\. Make them anew", verified)
        said["verify"] = set(found[1].split(", ")) if found else set()
        if ("It holds." in verified) != (not waiting):
            raise Failed(f"{waiting} wait, and verify says: {verified}")
        examined = machine.run("doctor", "--format", "json")
        findings = [one for one in json.loads(examined.out)["findings"]
                    if one["subject"] == "projections"]
        said["doctor"] = {
            name for one in findings for name in re.findall(r"[a-z_]+@[0-9]+", one["text"])}
        for kpi, projection in KPIS.items():
            asked = machine.run("query", kpi, "--period", "2025")
            is_waiting = projection in {name.split("@")[0] for name in waiting}
            if asked.code != (74 if is_waiting else 0):
                raise Failed(f"{waiting} wait: {asked}")
            if is_waiting and "rekam projection rebuild" not in asked.error:
                raise Failed(f"a question that is refused says what to do: {asked}")
        for command, names in said.items():
            if names != waiting:
                raise Failed(f"status says that {waiting} wait, and {command} {names}")
        return waiting

    def output(self, machine):
        """What the output holds; raises `Failed` where it is not whole."""
        place = machine.folder / self.scenario.output
        if not (place / "data.mdb").exists():
            return digest(place)
        return state(Machine(machine.folder, self.scenario.output), ())

    def check_output(self, machine, result, end, call):
        """The output is whole or not there, and nothing half made lies about. Whether it is there."""
        place = machine.folder / self.scenario.output
        is_made = bool(self.scenario.output) and place.exists()
        if self.scenario.output and not is_made and end == "went on":
            raise Failed(f"it ended well, and {self.scenario.output} is not there: {result}")
        is_whole = not is_made or self.output(machine) == self.expected_output
        if not is_whole and (end == "went on" or not self.scenario.grows):
            raise Failed(f"{self.scenario.output} is not whole: {result}")
        if self.scenario.output or self.scenario.makes:
            left = sorted(
                path.name for path in machine.folder.iterdir() if path.name not in self.known
                # A checkpoint that could not be read is kept aside.
                and not path.name.startswith("store.checkpoint.superseded"))
            if left and call not in REMOVING and not result.was_killed:
                raise Failed(f"it leaves {', '.join(left)} behind: {result}")
        return is_made and is_whole

    def check_message(self, machine, result):
        """Names what was concerned, and what to do about it."""
        lines = [line for line in result.error.split("\n")
                 if line and not line.startswith("Warning: ")]
        if not lines or not all(line.startswith("Error: ") for line in lines):
            raise Failed(f"an error's message begins with Error: {result}")
        text = lines[0].replace(str(machine.folder) + "/", "")
        self.messages[text] += 1
        sentences = [part for part in re.split(r"\.(?:\s|$)|[;:] ", text) if part.strip()]
        names = ["store", "more", "rows", "map.yaml", "standard output", "/dev/", "visit.json",
                 ".yaml", "backup", self.scenario.output or "store", str(machine.folder),
                 "the current folder"]
        if not any(name in text for name in names) or len(sentences) < 3:
            raise Failed(f"a message names the place and what to do: {result}")


def attempt(name, bases, only, sample, seed, power):
    """All faults of one scenario; returns (name, counts, messages, failures)."""
    scenario = next(s for s in SCENARIOS if s.name == name)
    base = bases / scenario.base
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="rekam-faults-"))
    counts, failures = collections.Counter(), []
    trial = Trial(scenario, base, scratch / "work")
    try:
        sites = trial.reference()
    except Failed as fault:
        print(f"\n{name}: {fault}", flush=True)
        return name, counts, trial.messages, [f"{name}: {fault}"]
    counts["sites"] = len({site for _, site, _, _ in sites})
    chooser = random.Random(f"{seed} {name}")
    for call, site, nth, path in sites:
        for kind in ["power", "after"] if power else KINDS.get(call, ["EIO"]):
            if only and not re.search(only, f"{call} {path} {kind}"):
                continue
            if chooser.random() >= sample:
                continue
            counts["faults"] += 1
            try:
                counts[trial.run(call, site, nth, kind)] += 1
            except Failed as fault:
                failures.append(f"{name}: {kind} at {call} {path} ({site}, time {nth}): {fault}")
                print(f"\n{failures[-1]}", flush=True)
    counts["waited"] = trial.waited
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
    parser.add_argument("--power", action="store_true",
                        help="cut the power at each call instead, so that what is not synced may be "
                        "lost, and kill the process after it")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--messages", action="store_true", help="print every message that came")
    options = parser.parse_args()

    interposer()
    started = time.monotonic()
    bases = pathlib.Path(tempfile.mkdtemp(prefix="rekam-faults-base-"))
    names = options.scenario or [scenario.name for scenario in SCENARIOS]
    for base in {scenario.base for scenario in SCENARIOS if scenario.name in names}:
        (bases / base).mkdir()
        prepare(bases / base, base)
    total, messages, failures = collections.Counter(), collections.Counter(), []
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(attempt, name, bases, options.only, options.sample, options.seed,
                            options.power)
                for name in names]
        for run in concurrent.futures.as_completed(runs):
            name, counts, said, failed = run.result()
            print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items())
                  + (f", {len(failed)} FAILED" if failed else ""), flush=True)
            total += counts
            messages += said
            failures += failed
    shutil.rmtree(bases)
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
