"""Lives of stores at random, with processes killed: see tools/simulate --help."""

import argparse
import collections
import concurrent.futures
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

from analysts import analyst, schema
from auditors import closing, reconcile, sample, snapshot
from crowd import crowd
from life import Life
from machine import Failed, interposer
from operators import backup, migrate, rotate

# What a step may be, and how often.
STEPS = [
    (7, "ingest", Life.ingest), (1.5, "void", Life.withdraw), (1.5, "rebuild", Life.rebuild),
    (1.5, "query", Life.query), (0.7, "two writers and four readers", crowd),
    (0.7, "compare cells", Life.compare_cells), (3, "analyst", analyst), (2, "closing", closing),
    (1.2, "backup", backup), (1.2, "snapshot", snapshot), (1.2, "key rotate", rotate),
    (1, "schema add", schema), (1, "migrate", migrate), (1, "reconcile", reconcile),
    (1, "sample", sample),
]

# What came of the steps, as it is printed at the end.
COUNTED = [
    "closings", "reopenings", "closings held", "lists held", "samples", "samples evaluated",
    "registrations", "backfills", "promotions", "drops",
    "cells held", "backups", "restores", "snapshots", "rotations", "checkpoints", "schemas",
    "migrations", "full maps", "verifications", "answers", "reads beside writers",
    "cells compared",
]


def live(seed, steps, times=1, keep=False, verbose=False):
    """One life, so many times. Returns (seed, what was counted, the failure or None)."""
    seed, counts, failure, first = live_once(seed, steps, keep, verbose)
    for time_ in range(2, times + 1):
        if failure:
            break
        _, again, failure, told = live_once(seed, steps, keep, verbose)
        counts += again
        if not failure and told != first:
            at = next((i for i, pair in enumerate(zip(first, told)) if pair[0] != pair[1]),
                      min(len(first), len(told)))
            failure = (f"its life came out otherwise the {time_}. time, at line {at + 1} of its "
                       f"trace:\n  " + "\n  ".join(first[at:at + 2]) + "\nand now\n  "
                       + "\n  ".join(told[at:at + 2]))
    return seed, counts, failure


def live_once(seed, steps, keep, verbose):
    """Returns (seed, what was counted, the failure or None, the trace)."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"rekam-simulate-{seed}-"))
    trace = open(folder / "trace.txt", "w", buffering=1)
    told = []

    def tell(text):
        told.append(text)
        print(text, file=trace)
        if verbose:
            print(text, flush=True)

    life = Life(seed, folder, tell)
    failure = None
    try:
        life.begin()
        for step in range(steps):
            weights = [weight for weight, _, _ in STEPS]
            _, name, action = life.random.choices(STEPS, weights)[0]
            tell(f"{step}: {name} ({len(life.model.entries)} entries)")
            action(life)
            life.verify()
            life.counts["steps"] += 1
            life.counts[f"steps.{name}"] += 1
        life.query()
        life.compare_cells()
        life.verify()
    except Failed as fault:
        failure = str(fault)
    except Exception:
        failure = traceback.format_exc()
    life.counts["entries"] = len(life.model.entries)
    if failure:
        failure += ("\nThe last steps:\n  " + "\n  ".join(told[-12:])
                    + f"\nThe store and its trace: {folder}")
    elif not keep:
        shutil.rmtree(folder)
    trace.close()
    return seed, life.counts, failure, told


def seeds(text):
    first, _, last = text.partition("..")
    return range(int(first), int(last or first) + 1)


def main():
    parser = argparse.ArgumentParser(
        prog="tools/simulate",
        description="Lives of stores at random: ingests, voids, queries, rebuilds, promotions, "
        "closings, snapshots, lists reconciled, samples, backups, new keys and types, stores carried "
        "over, two writers and four readers, a full map, with the process killed at any system call (and the power cut, "
        "so that writes not synced are lost). Time, chance, the turns of processes and the kills follow "
        "from the seed, so that a life repeats step by step and root by root. After each step the log is held against a plain "
        "model and against `rekam verify`. Ends with 0 when all of it holds; else it prints the "
        "seed that repeats it.",
        epilog="Example: tools/simulate --seed 1..20 --steps 60")
    parser.add_argument("--seed", default="1", help="a seed, or A..B")
    parser.add_argument("--steps", type=int, default=60, help="steps of each life")
    parser.add_argument("--times", type=int, default=1,
                        help="live each life so often; it must come out the same each time")
    parser.add_argument("--jobs", type=int, default=2, help="lives at a time")
    parser.add_argument("--kills", type=int, help="go on with further seeds until so many kills")
    parser.add_argument("--seconds", type=int, help="begin no other life after so long")
    parser.add_argument("--keep", action="store_true", help="keep the stores")
    parser.add_argument("--verbose", action="store_true", help="say what each step is")
    options = parser.parse_args()

    interposer()
    wanted = seeds(options.seed)
    started = time.monotonic()
    total, failures, lives = collections.Counter(), 0, 0
    upcoming = iter(range(wanted[0], 1 << 40)) if options.kills else iter(wanted)

    def is_enough():
        late = options.seconds and time.monotonic() - started > options.seconds
        return late or failures or bool(options.kills and total["kills"] >= options.kills)

    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        running = set()
        while True:
            while len(running) < options.jobs and not is_enough():
                seed = next(upcoming, None)
                if seed is None:
                    break
                running.add(pool.submit(
                    live, seed, options.steps, options.times, options.keep,
                    options.verbose))
            if not running:
                break
            done, running = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                seed, counts, failure = future.result()
                total += counts
                lives += 1
                if failure:
                    failures += 1
                    print(f"Seed {seed} fails: {failure}\nRepeat it: tools/simulate --seed {seed} "
                          f"--steps {options.steps} --verbose", flush=True)
                elif options.kills:
                    print(f"seed {seed}: {counts['kills']} kills, {total['kills']} so far",
                          flush=True)
    def parts(prefix):
        return ", ".join(
            f"{name.removeprefix(prefix)} {count}" for name, count in sorted(total.items())
            if name.startswith(prefix))

    minutes = (time.monotonic() - started) / 60
    print(f"{lives} seeds from {wanted[0]}, {total['steps']} steps, {total['entries']} entries, "
          f"{total['acknowledged']} events acknowledged; {minutes:.1f} minutes")
    print(f"{total['kills']} kills: {parts('kills.')}")
    print(f"Steps: {parts('steps.')}")
    print("Held: " + ", ".join(f"{name} {total[name]}" for name in COUNTED))
    print("It holds." if not failures else f"{failures} seeds failed.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
