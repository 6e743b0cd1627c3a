"""Rekam beside DuckDB, doing the same work on the same events in one run.

Every figure is a median of repeated runs where a run is short enough to repeat; a rate is events of
the whole log per second of wall-clock time. A rebuild is timed from mapped columns to committed
cells, as the command reports it, and DuckDB's from its native table, warm, to a committed table, with
two threads and the SQL of tools/oracle; queries and single events are timed as whole processes, their
start included. Results are compared cell for cell.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools" / "oracle"))
import oracle  # noqa: E402  (the independent SQL, shared with the tests)

REKAM = os.environ["REKAM_BINARY"]
ONE_PROJECTION = "first_response"


class Memory(threading.Thread):
    """Samples a process's anonymous resident memory and keeps the peak, in KiB."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.path = f"/proc/{pid}/status"
        self.peak = 0

    def run(self):
        while True:
            try:
                with open(self.path) as file:
                    for line in file:
                        if line.startswith("RssAnon:"):
                            self.peak = max(self.peak, int(line.split()[1]))
            except OSError:
                return
            time.sleep(0.01)


def rekam(*arguments, store=None, quiet=False):
    """Runs the command; gives (seconds, peak KiB, standard output)."""
    environment = dict(os.environ)
    if store:
        environment["REKAM_STORE"] = str(store)
    start = time.perf_counter()
    process = subprocess.Popen(
        [REKAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment)
    memory = Memory(process.pid)
    memory.start()
    out, err = process.communicate()
    seconds = time.perf_counter() - start
    if process.returncode not in (0, 65):
        sys.exit(f"rekam {' '.join(map(str, arguments))} ended with {process.returncode}:\n"
                 + err.decode())
    memory.join(1)
    return seconds, memory.peak, out.decode()


def median(count, work):
    return statistics.median(work() for _ in range(count))


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Table:
    def __init__(self):
        self.rows = []

    def add(self, work, events, rekam_rate, duck_rate=None, memory=None, floor=None, ratio=None,
            unit="/s"):
        self.rows.append((work, events, rekam_rate, duck_rate, memory, floor, ratio, unit))
        self.show(self.rows[-1], out=sys.stderr)

    @staticmethod
    def show(row, out):
        work, events, rate, duck, memory, floor, ratio, unit = row
        number = (lambda v: "–" if v is None else
                  (f"{v:,.0f}{unit}" if unit == "/s" else f"{v:,.1f} ms"))
        against = f"{rate / duck:.2f}×" if duck and unit == "/s" else "–"
        wanted = []
        if floor is not None:
            good = rate >= floor if unit == "/s" else rate <= floor
            wanted.append(f"{'✓' if good else '✗'} {number(floor)}")
        if ratio is not None and duck:
            wanted.append(f"{'✓' if rate / duck >= ratio else '✗'} {ratio}×")
        print(f"| {work} | {events:,} | {number(rate)} | {number(duck)} | {against} | "
              f"{'–' if memory is None else f'{memory / 1024:,.0f} MiB'} | "
              f"{', '.join(wanted) or '–'} |", file=out, flush=True)

    def print(self):
        print("| work | events | Rekam | DuckDB | ratio | peak RssAnon | asked |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
        for row in self.rows:
            self.show(row, sys.stdout)


def measure(events, folder, table, runs):
    file = folder / f"events-{events}.ndjson"
    store = folder / f"store-{events}"
    shutil.rmtree(store, ignore_errors=True)

    def generate():
        with open(file, "wb") as out:
            subprocess.run(
                [REKAM, "generate", "--events", str(events), "--seed", "1"], stdout=out, check=True)
    table.add("generate", events, events / timed(generate), floor=300_000)

    # DuckDB first reads the file, so that both sides find it in the page cache.
    duck = oracle.Database(folder / f"duck-{events}.db", threads=2)
    duck_read = timed(lambda: duck.load([file]))
    duck.prepare()

    environment_now = {"REKAM_NOW": "2026-01-15T00:00:00Z"}
    os.environ.update(environment_now)
    rekam("init", "--time-zone", "Asia/Jakarta", store=store)
    seconds, peak, out = rekam("ingest", file, "--format", "json", store=store)
    answer = json.loads(out)
    table.add("ingest, file to durable", events, events * 1000 / answer["milliseconds_durable"],
              events / duck_read, peak, 400_000, 0.8)
    table.add("the same, whole catalogue caught up", events, events / seconds, None, peak, 250_000)

    one_seconds, one_peak = [], 0
    for _ in range(runs):
        _, peak, out = rekam("projection", "rebuild", ONE_PROJECTION, "--format", "json",
                             store=store)
        one_seconds.append(json.loads(out)["microseconds"] / 1e6)
        one_peak = max(one_peak, peak)
    duck_one = median(runs, lambda: timed(lambda: duck.build(ONE_PROJECTION)))
    table.add(f"rebuild {ONE_PROJECTION}", events, events / statistics.median(one_seconds),
              events / duck_one, one_peak, 10_000_000, 3)

    all_seconds, all_peak = [], 0
    for _ in range(runs):
        _, peak, out = rekam("projection", "rebuild", "--all", "--format", "json", store=store)
        all_seconds.append(json.loads(out)["microseconds"] / 1e6)
        all_peak = max(all_peak, peak)
    names = json.loads(rekam("projection", "list", "--format", "json", store=store)[2])
    names = [projection["name"] for projection in names if projection["name"] in duck.projections]
    duck_all = median(min(runs, 2), lambda: timed(lambda: [duck.build(n) for n in names]))
    table.add(f"rebuild the catalogue ({len(names)} projections)", events,
              events / statistics.median(all_seconds), events / duck_all, all_peak, 2_000_000, 5)

    for name in names:
        duck.compare_cells(name, rekam("projection", "cells", name, "--format", "csv",
                                       store=store)[2])
    print(f"{len(names)} projections agree with DuckDB, cell for cell.", file=sys.stderr)

    agent = duck.busiest_agent()
    query = ("query", "first_response_time", "first_response_time.p90", "--agent", agent,
             "--period", "2025-07", "--format", "json")
    rekam(*query, store=store)
    seconds = median(15, lambda: rekam(*query, store=store)[0])
    table.add("query one agent, one month", events, seconds * 1000, floor=50, unit="ms")

    seconds = []
    for index in range(15):
        line = json.dumps({
            "specversion": "1.0", "id": f"bench-{index}", "source": "bench",
            "type": "message.posted", "subject": "ticket/T-1", "time": "2025-12-30T08:00:00Z",
            "data": {"direction": "in", "visibility": "public", "actor_kind": "customer"}})
        one = folder / "one.ndjson"
        one.write_text(line + "\n")
        seconds.append(rekam("ingest", one, store=store)[0])
    table.add("append one event, caught up", events, statistics.median(seconds) * 1000, floor=50,
              unit="ms")
    size = sum(f.stat().st_size for f in store.rglob("*") if f.is_file())
    print(f"{events:,} events: {size / events:.0f} bytes each in the store, "
          f"{file.stat().st_size / events:.0f} in the file.", file=sys.stderr)
    duck.close()


def main():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__)
    parser.add_argument("--events", default="1000000,10000000,30000000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="rekam-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    table = Table()
    try:
        for events in map(int, options.events.split(",")):
            measure(events, folder, table, options.runs)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    table.print()


if __name__ == "__main__":
    main()
