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
        # Events and rate of each rebuild in little memory.
        self.small = []

    def growth(self):
        """How much longer an event takes in the largest log than in the smallest."""
        if len(self.small) > 1:
            (few, quick), (many, slow) = self.small[0], self.small[-1]
            good = "✓" if quick / slow <= 1.5 else "✗"
            print(f"Time per event of a rebuild within 256 MiB, {many:,} against {few:,} events: "
                  f"{quick / slow:.2f}× ({good} at most 1.5×)", file=sys.stderr)

    def add(self, work, events, rekam_rate, duck_rate=None, memory=None, floor=None, ratio=None,
            unit="/s", most=None):
        """A row; `floor` is the least rate or the most milliseconds, `most` the most MiB."""
        self.rows.append((work, events, rekam_rate, duck_rate, memory, floor, ratio, unit, most))
        self.show(self.rows[-1], out=sys.stderr)

    @staticmethod
    def show(row, out):
        work, events, rate, duck, memory, floor, ratio, unit, most = row
        number = (lambda v: "–" if v is None else f"{v:,.2f}×" if unit == "×" else
                  (f"{v:,.0f}{unit}" if unit == "/s" else f"{v:,.1f} ms"))
        against = f"{rate / duck:.2f}×" if duck and unit == "/s" else "–"
        wanted = []
        if floor is not None:
            good = rate <= floor if unit == "ms" else rate >= floor
            wanted.append(f"{'✓' if good else '✗'} {number(floor)}")
        if ratio is not None and duck:
            wanted.append(f"{'✓' if rate / duck >= ratio else '✗'} {ratio}×")
        if most is not None:
            wanted.append(f"{'✓' if memory / 1024 <= most else '✗'} {most} MiB")
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
              events / duck_read, peak, 400_000, 0.8, most=512)
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
    small_memory(events, store, table, runs)
    if events <= 10_000_000:
        beside(events, folder, store, table)


def small_memory(events, store, table, runs):
    """Backfills within 256 MiB: the whole catalogue, whose time per event is compared later."""
    seconds, peaks = [], []
    for _ in range(runs):
        _, peak, out = rekam("projection", "rebuild", "--all", "--memory", "256M", "--format",
                             "json", store=store)
        seconds.append(json.loads(out)["microseconds"] / 1e6)
        peaks.append(peak)
    rate = events / statistics.median(seconds)
    table.small.append((events, rate))
    table.add("rebuild the catalogue, --memory 256M", events, rate, memory=max(peaks), most=256)


class Backfills(threading.Thread):
    """Adds a projection and builds it from history, again and again until told to stop."""

    def __init__(self, store, folder):
        super().__init__(daemon=True)
        self.store, self.folder, self.seconds, self.names = store, folder, [], []
        self.peak, self.ends = 0, False

    def run(self):
        text = (ROOT / "Schemas" / "examples" / "second-reply.yaml").read_text()
        text = text.split("\n---")[0]
        while not self.ends:
            name = f"second_reply_{len(self.names)}"
            file = self.folder / f"{name}.yaml"
            file.write_text(text.replace("projection: second_reply", f"projection: {name}"))
            rekam("projection", "add", file, store=self.store)
            seconds, peak, _ = rekam("projection", "backfill", name, "--memory", "256M",
                                     store=self.store)
            self.peak = max(self.peak, peak)
            if not self.ends:
                self.seconds.append(seconds)
            self.names.append(name)


def beside(events, folder, store, table):
    """Ingest alone, then beside backfills of the whole log, on the same cores."""
    more = min(events // 2, 2_500_000)
    rates = {}
    backfills = Backfills(store, folder)
    for seed, way in ((2, "alone"), (3, "beside")):
        file = folder / f"more-{seed}.ndjson"
        made = subprocess.run(
            [REKAM, "generate", "--events", str(more), "--seed", str(seed), "--origin", way],
            stdout=subprocess.PIPE, check=True).stdout
        # Cases of its own: these events go on with no case of the log.
        for kind in (b"ticket", b"call", b"customer", b"agent", b"respondent"):
            made = made.replace(b'"' + kind + b"/", b'"' + kind + b"/" + way.encode() + b"-")
        file.write_bytes(made)
        if way == "beside":
            backfills.start()
        _, _, out = rekam("ingest", file, "--format", "json", store=store)
        rates[way] = more * 1000 / json.loads(out)["milliseconds_durable"]
        file.unlink()
    backfills.ends = True
    backfills.join()
    entries = events + 2 * more
    print(f"{len(backfills.seconds)} backfills of {events + more:,} events and more while "
          f"{more:,} came in: {statistics.median(backfills.seconds or [0]):.1f} s each; ingest "
          f"{rates['alone']:,.0f}/s alone, {rates['beside']:,.0f}/s beside.", file=sys.stderr)
    table.add("ingest beside backfills, of its rate alone", events,
              rates["beside"] / rates["alone"], memory=backfills.peak, floor=0.5, unit="×",
              most=256)
    name = backfills.names[-1]
    rekam("projection", "promote", name, "--reason", "bench", store=store)
    built = rekam("projection", "cells", name, "--format", "csv", store=store)[2]
    rekam("projection", "rebuild", name, store=store)
    after = rekam("projection", "cells", name, "--format", "csv", store=store)[2]
    if built != after:
        sys.exit(f"{name} built beside ingest differs from {name} built after {entries:,} events")
    print("The backfilled projection equals one built after the fact, cell for cell.",
          file=sys.stderr)


def long_cases(folder, table):
    """One event more for a ticket of 100,000 events, and for an agent of as many states."""
    store = folder / "store-long"
    shutil.rmtree(store, ignore_errors=True)
    count, start = 100_000, 1_735_689_600

    def line(key, kind, subject, second, data):
        time_ = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start + second))
        return json.dumps({"specversion": "1.0", "id": key, "source": "bench", "type": kind,
                           "subject": subject, "time": time_, "data": data}) + "\n"

    def message(number, second):
        out = number % 3 == 0
        return line(f"m{number}", "message.posted", "ticket/LONG", second, {
            "direction": "out" if out else "in", "visibility": "public",
            "actor_kind": "agent" if out else "customer", "actor": f"a{number % 40}"})

    def state(number, second):
        states = ("available", "busy", "wrap", "break", "offline")
        return line(f"s{number}", "agent.state_changed", "agent/a1", second,
                    {"state": states[number % 5]})

    file = folder / "long.ndjson"
    with open(file, "w") as out:
        out.write(line("o", "ticket.opened", "ticket/LONG", 0,
                       {"origin": "customer", "channel": "email", "reason": "complaint"}))
        for number in range(count):
            status = ("open", "pending", "resolved", "open")[number // 10 % 4]
            if number % 10 == 5:
                out.write(line(f"m{number}", "ticket.status_changed", "ticket/LONG", 240 * number,
                               {"status": status}))
            elif number % 10 == 7:
                out.write(line(f"m{number}", "ticket.assigned", "ticket/LONG", 240 * number,
                               {"agent": f"a{number // 10 % 40}", "team": f"t{number % 4}"}))
            else:
                out.write(message(number, 240 * number))
            out.write(state(number, 240 * number))
    rekam("init", "--time-zone", "Asia/Jakarta", store=store)
    rekam("ingest", file, store=store)
    for what, make in (("a ticket of 100,000 events", message),
                       ("an agent of 100,000 states", state)):
        seconds = []
        for index in range(15):
            one = folder / "one.ndjson"
            one.write_text(make(count + index, 240 * (count + index)))
            seconds.append(rekam("ingest", one, store=store)[0])
        table.add(f"one event more for {what}", 2 * count, statistics.median(seconds) * 1000,
                  floor=50, unit="ms")


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
        long_cases(folder, table)
        table.growth()
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    table.print()


if __name__ == "__main__":
    main()
