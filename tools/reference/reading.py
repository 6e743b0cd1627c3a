"""What the reference scripts share: rows of a CSV file, and times as whole milliseconds of UTC."""
import csv
import gzip
import io
import json
import sys
from datetime import datetime, timezone


def rows(path):
    """Header and rows of a CSV file, gzip or plain; the second `x` of a header is `x#2`."""
    opened = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        reader = csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline=""))
        names, header = {}, []
        for name in next(reader):
            names[name] = names.get(name, 0) + 1
            header.append(name if names[name] == 1 else f"{name}#{names[name]}")
        for row in reader:
            yield dict(zip(header, row))


def milliseconds(text, form):
    """A naive local time, read as UTC."""
    moment = datetime.strptime(text, form).replace(tzinfo=timezone.utc)
    return round(moment.timestamp()) * 1000 + moment.microsecond // 1000


def month(instant):
    return datetime.fromtimestamp(instant / 1000, timezone.utc).strftime("%Y-%m")


def month_ends(months):
    """Where each of these months ends, exclusive."""
    ends = {}
    for name in months:
        year, number = map(int, name.split("-"))
        after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=timezone.utc)
        ends[name] = round(after.timestamp()) * 1000
    return ends


def resolutions(changes):
    """What resolved a ticket and held for 7 days, of its changes of status `(time, data)`, in their
    order: each `(time, data, is_last)` at which it came to an end state from a working one."""
    ends, found = ("resolved", "closed"), []
    for place, (time, data) in enumerate(changes):
        if data["status"] not in ends or place and changes[place - 1][1]["status"] in ends:
            continue
        back = [later for later, other in changes[place:] if other["status"] not in ends]
        if not back or min(back) - time > 7 * 86_400_000:
            found.append((time, data, not back))
    return found


def show(figures):
    json.dump(figures, sys.stdout, indent=1, sort_keys=True)
    print()
