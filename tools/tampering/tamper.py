"""The tables of a store altered behind Rekam's back, and what every command makes of it: see
tools/tamper --help."""

import argparse
import collections
import concurrent.futures
import pathlib
import queue
import random
import re
import shutil
import sys
import tempfile
import time

from alterations import every
from asking import Asking, MAKING, READING, VERIFY
from stores import Stores
from machine import Failed


# What is still believed, by the beginning of the alteration's name, and why. It only shrinks.
OPEN = []


def chosen(alterations, options):
    """Some of each table and kind, by the seed; in `--thorough` all."""
    if options.only:
        alterations = [a for a in alterations if options.only in a.name]
    groups = collections.defaultdict(list)
    for alteration in alterations:
        groups[alteration.table, alteration.kind].append(alteration)
    chooser = random.Random(options.seed)
    found = []
    for key in sorted(groups):
        group = groups[key]
        count = len(group) if options.thorough else min(options.each, len(group))
        found += chooser.sample(group, count)
    if options.most and len(found) > options.most:
        found = chooser.sample(found, options.most)
    return found


class Judge:
    """Holds what an altered store answers against what the whole one does."""

    def __init__(self, asking, answers=None):
        self.asking = asking
        self.answers = answers or asking.whole_answers(READING + MAKING + [VERIFY])
        self.counts = collections.Counter()

    def beside(self, folder):
        return Judge(self.asking.beside(folder), self.answers)

    def faults(self, alteration):
        """What is wrong with how the commands take an alteration: texts, none where all holds."""
        faults, others = [], 0
        # Who reads leaves the store as it is; what else is asked gets one of its own.
        self.alter(alteration)
        for line in READING:
            fault, is_other = self.judge(alteration, line, believes=alteration.is_consistent)
            faults += fault
            others += is_other
        for line in MAKING:
            self.alter(alteration)
            faults += self.judge(alteration, line, believes=False)[0]
        self.alter(alteration)
        answer = self.answer(VERIFY)
        if answer.code == 0 and "Not compared" in answer.text:
            # Rows may be deleted, and made anew from the entries (law 1).
            self.counts["not compared, and said so"] += 1
        elif answer.code == 0 and alteration.is_of_vault and not others:
            self.counts["of no effect"] += 1
        elif answer.code == 0:
            faults.append("verify says that it holds" + (
                f", and {others} commands answer otherwise" if others else ""))
        elif fault := answer.fault(self.answers[VERIFY]):
            faults.append(f"verify: {fault}: {answer.result}")
        else:
            self.counts["named by verify"] += 1
        return faults

    def judge(self, alteration, line, believes):
        answer = self.answer(line)
        whole = self.answers[line]
        if answer.is_same(whole):
            self.counts["answered as before"] += 1
            return [], False
        if alteration.is_of_vault and answer.is_same(whole, self.asking.texts):
            self.counts["answered with tokens"] += 1
            return [], True
        if line.startswith("replay") and "not compared" in answer.text:
            self.counts["not compared, and said so"] += 1
            return [], False
        if answer.code == 0:
            self.counts["answered otherwise"] += 1
            if believes:
                return [], True
            return [f"it answers otherwise: {difference(whole, answer)}"], True
        self.counts["refused"] += 1
        fault = answer.fault(whole)
        return [f"{fault}: {answer.result}"] if fault else [], False

    def alter(self, alteration):
        self.asking.fill()
        alteration.apply(self.asking.machine.store)

    def answer(self, line):
        self.counts["runs"] += 1
        return self.asking.ask(line)


def difference(whole, answer):
    """The first line that is another one."""
    arguments = " ".join(answer.result.arguments)
    head = f"rekam {arguments[:90]}"
    if whole.text == answer.text:
        paths = sorted(path for path, _ in whole.made.items() ^ answer.made.items())
        return f"{head}: what it made differs in {', '.join(paths[:5])}"
    before, after = whole.text.split("\n"), answer.text.split("\n")
    for old, new in zip(before + [""], after + [""]):
        if old != new:
            at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), 0)
            start = max(0, at - 40)
            return f"{head}:\n    whole:   {old[start:at + 80]}\n    altered: {new[start:at + 80]}"
    return f"{head}: {len(before)} lines, altered {len(after)}"


def main():
    parser = argparse.ArgumentParser(
        prog="tools/tamper",
        description="Alters the tables of a small store through LMDB: bytes, keys, rows, labels; rows "
        "of an earlier state and of another store; and consistently, with the seals that belong to "
        "it. After each, every command must answer as before or refuse with an error of its own; "
        "nothing else is signed, closed, exported or backed up; verify names the alteration. Only "
        "what is consistent may be believed by commands that read.",
        epilog="Example: tools/tamper --seed 7 --only segments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=2, help="of each table and kind (2)")
    parser.add_argument("--most", type=int, default=0, help="at most so many altogether")
    parser.add_argument("--jobs", type=int, default=2, help="alterations at a time (2)")
    parser.add_argument("--thorough", action="store_true", help="every alteration there is")
    parser.add_argument("--only", default="", help="those whose name has this text")
    parser.add_argument("--list", action="store_true", help="list them, and try none")
    options = parser.parse_args()
    started = time.monotonic()
    base = pathlib.Path(tempfile.mkdtemp(prefix="rekam-tamper-"))
    try:
        return run(options, base, started)
    finally:
        shutil.rmtree(base)


def run(options, base, started):
    stores = Stores(base, options.seed)
    alterations = chosen(every(stores), options)
    if options.list:
        print("\n".join(alteration.name for alteration in alterations))
        return 0
    folder = base / "asked"
    folder.mkdir()
    first = Judge(Asking(stores, folder))
    total, failed = collections.Counter(), collections.Counter()
    judges, judge = queue.SimpleQueue(), first
    others = [first.beside(base / f"asked-{number}") for number in range(1, options.jobs)]
    for one in [first, *others]:
        judges.put(one)

    def faults_of(alteration):
        judge = judges.get()
        try:
            return judge.faults(alteration)
        except Failed as failure:
            return [str(failure)]
        finally:
            judges.put(judge)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        found = list(pool.map(faults_of, alterations))
    for other in others:
        first.counts += other.counts
    for alteration, faults in zip(alterations, found):
        total[alteration.table] += 1
        if faults and (reason := next((r for p, r in OPEN if re.match(p, alteration.name)), "")):
            judge.counts["open"] += 1
            print(f"open: {alteration.name}: {reason}", flush=True)
        elif faults:
            failed[alteration.table] += 1
            again = f"tools/tamper --seed {options.seed} --thorough --only '{alteration.name}'"
            print(f"\n{alteration.name}\n  " + "\n  ".join(faults) + f"\n  again: {again}", flush=True)
    for table in sorted(total):
        print(f"{table:20} {total[table]:5} alterations"
              + (f", {failed[table]} failed" if failed[table] else ""))
    print(f"{sum(total.values())} alterations from seed {options.seed}: "
          + ", ".join(f"{name} {count}" for name, count in sorted(judge.counts.items()))
          + f"; {(time.monotonic() - started) / 60:.1f} minutes")
    print("It holds." if not failed else f"{sum(failed.values())} failed; seed {options.seed}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
