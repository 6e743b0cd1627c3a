"""Steps of auditors: periods closed and opened again, snapshots handed out, a source's own list held
against the log, samples drawn and evaluated."""

import csv
import hashlib
import io
import json
import math
import shutil

from analysts import acknowledged, own
from machine import Failed
from model import month as month_of, nanoseconds


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


LIST = """mapping: list
version: 1
title: List
source: {source}
times: {{opened: "{{time}}"}}
case: "{{case}}"
at: opened
events:
  - type: ticket.opened
    id: "{{id}}"
    data: {{channel: "{{channel}}", origin: "{{origin}}", reason: "{{reason}}", title: "{{title}}"}}
"""
FIELDS = ["channel", "origin", "reason", "title"]


def reconcile(life):
    """The source's own list of opened tickets, some dropped, altered and added: each is named."""
    source, period = life.lines.source, life.random.choice(["2025", "2025-03", "2025-07"])
    cases = {}
    for sequence, event in enumerate(life.model.entries):
        if event["type"] == "ticket.opened" and event["source"] == source \
                and sequence not in life.model.voided:
            row = {"id": event["id"], "case": event["subject"], "time": event["time"]}
            cases.setdefault(event["subject"], []).append(row | event["data"])
    if not cases:
        return
    dropped, altered, found = set(), {}, []
    for subject, rows in cases.items():
        draw = life.random.random()
        inside = [row for row in rows if month_of(nanoseconds(row["time"])).startswith(period)]
        if draw < 0.1:
            dropped.add(subject)
            found += [("missing_there", subject, "")] if inside else []
        elif draw < 0.2:
            row = life.random.choice(rows)
            altered[subject] = row["id"]
            row["channel"] = "portal"
            found += [("differs", subject, "channel")] if row in inside else []
    rows = [row for subject, rows in cases.items() if subject not in dropped for row in rows]
    for number in range(life.random.randrange(3)):
        made = life.random.choice(rows)["time"] if rows else "2025-03-03T03:03:03Z"
        rows.append({"id": f"made{number}", "case": f"ticket/made{number}", "time": made,
                     "channel": "web", "origin": "customer", "reason": "inquiry", "title": "T"})
        if month_of(nanoseconds(made)).startswith(period):
            found.append(("missing_here", f"ticket/made{number}", ""))
    if not rows:
        return
    life.random.shuffle(rows)
    with open(life.machine.folder / "list.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "case", "time", *FIELDS])
        writer.writeheader()
        writer.writerows(rows)
    (life.machine.folder / "list.yaml").write_text(LIST.format(source=source))
    result = life.run(
        "reconcile", "audit", "reconcile", "list.csv", "--mapping", "list.yaml", "--period", period,
        "--format", "json", codes=(1 if found else 0,))
    recorded = acknowledged(life, result, "audit.reconciled")
    if not result.was_killed:
        said = json.loads(result.out)
        listed = [(row["verdict"], row["subject"], row["field"] or "")
                  for row in said["differences"]]
        if sorted(listed) != sorted(found):
            raise Failed(f"the list differs in {sorted(found)}: {result}")
        if said["refused"] or said["rows"] != len(rows):
            raise Failed(f"{len(rows)} rows can be read: {result}")
        life.counts["lists held"] += 1
    counted = {kind: sum(1 for verdict, _, _ in found if verdict == kind)
               for kind in ("missing_here", "missing_there", "differs")}
    for _, _, event in recorded:
        data = event["data"]
        if (data["missing_here"], data["missing_there"], data["different"]) \
                != tuple(counted.values()):
            raise Failed(f"the list differs in {counted}, and recorded is {data}")


def sample(life):
    """Facts drawn by a seed are those of the model, the same again; what errors among them show of all
    is the exact bound."""
    if not life.is_built:
        life.catch_up()
    facts = {}
    for subject, history in life.model.cases(len(life.model.entries)).items():
        if {event["type"] for _, _, event in history} & {"ticket.merged", "ticket.removed"}:
            continue
        opened = next((item for item in history if item[2]["type"] == "ticket.opened"), None)
        if opened and month_of(opened[0]).startswith("2025"):
            facts[subject] = opened[1]
    if not facts:
        return
    seed = str(life.random.randrange(1000))
    wanted = life.random.randrange(1, 31)
    drawn = draw(life, wanted, seed)
    if len(drawn) != min(wanted, len(facts)) or len({row["case"] for row in drawn}) != len(drawn):
        raise Failed(f"{wanted} of {len(facts)} facts were asked for: {drawn}")
    for row in drawn:
        if facts.get(row["case"]) != int(row["sequence"]) or int(row["population"]) != len(facts):
            raise Failed(f"no fact of the model, among {len(facts)}: {row}")
    if draw(life, max(1, wanted // 2), seed) != drawn[:max(1, wanted // 2)]:
        raise Failed(f"a smaller sample of seed {seed} is not the beginning of the larger one")
    life.counts["samples"] += 1
    evaluate(life, drawn)


def draw(life, size, seed):
    result = life.machine.sure(
        "sample", "ticket_volume", "--period", "2025", "--size", str(size), "--seed", seed,
        "--format", "csv")
    return list(csv.DictReader(io.StringIO(result.out)))


def evaluate(life, drawn):
    """Errors at random among what was drawn."""
    errors = 0
    with open(life.machine.folder / "results.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, [*drawn[0], "result"])
        writer.writeheader()
        for row in drawn:
            isError = life.random.random() < 0.2
            errors += isError
            writer.writerow(row | {"result": "error" if isError else "ok"})
    bound = upper_bound(errors, len(drawn), 0.05)
    result = life.run(
        "evaluate", "sample", "evaluate", "results.csv", "--tolerable", "20", "--format", "json",
        codes=(1 if bound > 0.2 else 0,))
    for _, _, event in acknowledged(life, result, "audit.sampled"):
        data = event["data"]
        if (data["act"], data["size"], data["errors"]) != ("evaluated", len(drawn), errors):
            raise Failed(f"{errors} errors of {len(drawn)}, and recorded is {data}")
    if not result.was_killed:
        said = json.loads(result.out)
        if abs(said["upper_bound"] - bound) > 2e-9 or said["errors"] != errors:
            raise Failed(f"the bound of {errors} errors of {len(drawn)} is {bound}: {result}")
        life.counts["samples evaluated"] += 1


def upper_bound(errors, tested, doubt):
    """Clopper and Pearson's: the share at which so few errors come with that probability."""
    low, high = errors / tested, 1.0
    for _ in range(200):
        share = (low + high) / 2
        few = math.fsum(
            math.comb(tested, k) * share ** k * (1 - share) ** (tested - k)
            for k in range(errors + 1))
        low, high = (share, high) if few > doubt else (low, share)
    return high if errors < tested else 1.0
