"""The same facts in other orders and other parts: see tools/permute --help."""

import argparse
import concurrent.futures
import pathlib
import random
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "simulation"))

from exports import DATA, REAL  # noqa: E402
from figures import Desk, differences  # noqa: E402
from machine import Failed, Machine  # noqa: E402
from orders import Part, file_orders, order  # noqa: E402
import zendesk  # noqa: E402


def told(feed, parts, folder, kpis):
    """The figures of a store of its own to which the parts were handed one after the other."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    desk = Desk(folder, feed.zone)
    for number, part in enumerate(parts):
        desk.ingest(part, number)
    return desk.figures(kpis, feed.period)


def expected(feed, folder, kpis):
    """The figures of the files as they are."""
    return told(feed, [Part(table, table.rows) for table in feed.tables], folder, kpis)


def orders(feed, seed, count, every_file):
    """Numbered orders of a feed, each drawn from the seed and its number alone."""
    result = [(number, *order(feed, number, random.Random(f"{seed} {feed.name} {number}")))
              for number in range(count)]
    if every_file:
        result += [(f"files {number}", *one) for number, one in enumerate(file_orders(feed), 1)]
    return result


def try_feed(feed, options, root, kpis):
    """Tries the orders of a feed; returns what was printed, and how many failed."""
    lines, failures = [], 0
    started = time.monotonic()
    base = expected(feed, root / feed.name / "base", kpis)
    tried = [one for one in orders(feed, options.seed, options.orders, options.thorough)
             if options.order is None or str(one[0]) == options.order]
    for number, name, parts in tried:
        folder = root / feed.name / str(number).replace(" ", "-")
        try:
            found = differences(base, told(feed, parts, folder, kpis))
        except Failed as fault:
            found = [str(fault)]
        if not found:
            shutil.rmtree(folder)
            continue
        failures += 1
        lines.append(
            f"{feed.name}, order {number} ({name}, {len(parts)} files): {len(found)} figures differ\n  "
            + "\n  ".join(found[:options.show])
            + f"\n  Repeat it: tools/permute --seed {options.seed} --only {feed.name} --order "
            f"'{number}' --orders {options.orders}{' --thorough' if options.thorough else ''} --keep"
            f"\n  The store: {folder}")
    rows = sum(len(table.rows) for table in feed.tables)
    figures = sum(map(len, base.values()))
    lines.append(
        f"{feed.name}: {rows} rows, {figures} figures, {len(tried)} orders, {failures} differ; "
        f"{time.monotonic() - started:.0f} s")
    return "\n".join(lines), failures


def wanted_feeds(options, root):
    """The real files where they are, and the generated year."""
    if DATA.is_dir():
        for real in REAL:
            if options.only is None or real.mapping in options.only:
                yield real.feed().sample(1 if options.thorough else real.one_in)
    else:
        print("skipped: ../shared/data is not here", flush=True)
    for feed in zendesk.feeds(Machine(root), options.events, options.seed):
        if options.only is None or feed.name in options.only:
            yield feed


def main():
    parser = argparse.ArgumentParser(
        prog="tools/permute",
        description="Hands the same rows over in other orders and other parts, each time to a new "
        "store, and holds every KPI by agent, team, channel and month against what the files as they "
        "are give: the shipped mappings' real files, and a generated year as a helpdesk exports it. "
        "Ends with 0 when all are equal.",
        epilog="Example: tools/permute --only servicenow --orders 20")
    parser.add_argument("--seed", type=int, default=1, help="the orders' and the year's seed")
    parser.add_argument("--orders", type=int, help="orders of each feed: 5, thorough 50")
    parser.add_argument("--order", help="this one alone, by its number")
    parser.add_argument("--only", action="append", metavar="FEED", help="this feed alone")
    parser.add_argument("--events", type=int, default=8000, help="events of the generated year")
    parser.add_argument("--thorough", action="store_true",
                        help="whole files, 50 orders, and the files in every order of them")
    parser.add_argument("--show", type=int, default=8, help="differences to print of an order")
    parser.add_argument("--jobs", type=int, default=2, help="feeds at a time")
    parser.add_argument("--keep", action="store_true", help="keep the stores of orders that differ")
    options = parser.parse_args()
    options.orders = options.orders or (50 if options.thorough else 5)

    root = pathlib.Path(tempfile.mkdtemp(prefix="rekam-permute-"))
    kpis = Desk(root / "kpis", "UTC").kpis()
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = [pool.submit(try_feed, feed, options, root, kpis)
                   for feed in wanted_feeds(options, root)]
        for future in running:
            text, failed = future.result()
            print(text, flush=True)
            failures += failed
    if not failures or not options.keep:
        shutil.rmtree(root)
    print("It holds." if running and not failures else f"{failures} orders differ.")
    return 1 if failures or not running else 0


if __name__ == "__main__":
    sys.exit(main())
