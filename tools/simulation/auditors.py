"""Steps of auditors: periods closed and opened again, and snapshots handed out."""

import hashlib
import json
import shutil

from analysts import acknowledged, own
from machine import Failed


def closing(life):
    """Closes a month, or opens it again; the books say what was acknowledged, and no more."""
    month = f"2025-{life.random.randrange(1, 11):02}"
    if month in life.closed and life.random.random() < 0.6:
        result = life.run("reopen", "period", "reopen", month, "--reason", "simulated")
        if acknowledged(life, result, "period.reopened"):
            del life.closed[month]
            life.counts["reopenings"] += 1
    elif month in life.closed:
        refused = life.run("close", "period", "close", month, codes=(64,))
        own(life, set())
        if not refused.was_killed and "closed already" not in refused.error:
            raise Failed(f"a closed month must be named: {refused}")
    else:
        if not life.is_built:
            life.catch_up()
        count = len(life.model.entries)
        result = life.run("close", "period", "close", month)
        if acknowledged(life, result, "period.closed"):
            life.closed[month] = count
            life.counts["closings"] += 1
    books(life)


def books(life):
    """What is closed by the books is what the model says; a closing's snapshot comes again."""
    listed = json.loads(life.machine.sure("period", "list", "--format", "json").out)["periods"]
    found = {item["period"]: item for item in listed if item["state"] == "closed"}
    if {month: item["entries"] for month, item in found.items()} != life.closed:
        raise Failed(f"closed by the books: {sorted(found)}; by the model: {life.closed}")
    if not found:
        return
    month = life.random.choice(sorted(found))
    place = life.machine.folder / "handed-out"
    shutil.rmtree(place, ignore_errors=True)
    life.machine.sure(
        "snapshot", "export", "--period", month, "--as-of", str(found[month]["entries"]), "--out",
        "handed-out")
    if digest(place) != found[month]["snapshot"]:
        raise Failed(f"{month} was closed with {found[month]['snapshot']}, and is {digest(place)}")
    shutil.rmtree(place)
    life.machine.sure("period", "restatements", month, codes=(0, 1))
    life.counts["closings held"] += 1


def digest(place):
    return hashlib.sha256((place / "manifest.json").read_bytes()).hexdigest()


def snapshot(life):
    """A snapshot is whole or not there; the same log and question give the same bytes."""
    if not life.is_built:
        life.catch_up()
    place = life.machine.folder / "snapshot"
    more = ["--with-entries", "--with-answers"] if life.random.random() < 0.4 else []
    digests = set()
    for _ in range(2):
        shutil.rmtree(place, ignore_errors=True)
        result = life.run(
            "snapshot" + "".join(more), "snapshot", "export", "--period", "2025-Q2", "--out",
            "snapshot", *more)
        own(life, set())
        if place.exists():
            life.machine.sure("snapshot", "verify", "snapshot")
            digests.add(digest(place))
            life.counts["snapshots"] += 1
        elif result.code == 0:
            raise Failed(f"a snapshot was made and is not there: {result}")
    if len(digests) > 1:
        raise Failed("two snapshots of one log differ")
    shutil.rmtree(place, ignore_errors=True)
