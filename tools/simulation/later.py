"""Steps of what analysts and operators do: new versions of projections, backups, snapshots."""

import hashlib
import shutil

from machine import Failed, Machine

PROJECTION = """projection: simulated_tickets
version: {version}
title: Tickets of version {version}
of: ticket
let:
  opened: {{first: ticket.opened}}
fact: opened
dimensions: {{{dimension}: opened.{dimension}}}
"""


def analyst(life):
    """Registers, builds, promotes or drops a version of a projection: each may be killed."""
    random = life.random
    if life.analysts_version == 0 or random.random() < 0.3:
        version = life.analysts_version + 1
        text = PROJECTION.format(
            version=version, dimension=random.choice(["channel", "origin", "reason"]))
        # A killed attempt may have registered it: the next one must say the same text.
        text = life.analysts_texts.setdefault(version, text)
        (life.machine.folder / "analyst.yaml").write_text(text)
        result = life.run("add", "projection", "add", "analyst.yaml")
        new = own(life, {"definition.registered"})
        if result.code == 0 and not new and version not in life.analysts_registered:
            raise Failed(f"registered, and not in the log: {result}")
        if new:
            life.analysts_registered.add(version)
        if result.code == 0:
            life.analysts_version = version
        return
    name = f"simulated_tickets@{life.analysts_version}"
    if random.random() < 0.5:
        life.run("backfill", "projection", "backfill", name)
        own(life, set())
        return
    before = promoted(life)
    # Not built yet, or the one that answers: refused in words.
    result = life.run(
        "promote", "projection", "promote", name, "--reason", "simulated", codes=(0, 64, 74))
    new = own(life, {"definition.promoted"})
    if result.code == 0 and not new and before != name:
        raise Failed(f"promoted, and not in the log: {result}")
    if promoted(life) != (name if new else before):
        raise Failed(f"log and registry disagree about what answers: {result}")
    life.counts["promotions"] += len(new)


def promoted(life):
    """The version that answers, by the registry."""
    status = life.machine.sure("projection", "status").out
    for line in status.split("\n"):
        if line.startswith("simulated_tickets@") and " live" in line:
            return line.split()[0]
    return None


def own(life, types):
    """New entries, which must be of the log's own types given."""
    new = life.entries(len(life.model.entries))
    for _, _, event in new:
        if event["type"] not in types:
            raise Failed(f"an entry that nobody asked for: {event}")
    life.take(new)
    return new


def backup(life):
    """A backup is whole or not there; a whole one verifies and holds the log as it was."""
    place = life.machine.folder / "backup"
    shutil.rmtree(place, ignore_errors=True)
    result = life.run("backup", "backup", "backup")
    own(life, set())
    if place.exists():
        copy = Machine(life.machine.folder, "backup", life.machine.command)
        check = copy.sure("verify")
        if f"{len(life.model.entries):,} hashed" not in check.out:
            raise Failed(f"a backup of {len(life.model.entries)} entries: {check}")
        life.counts["backups"] += 1
        restored = Machine(life.machine.folder, "restored", life.machine.command)
        shutil.rmtree(restored.store, ignore_errors=True)
        result = restored.run("restore", "backup", fault=life.lethal("restore"))
        if result.code == 0:
            restored.sure("verify")
        elif not result.was_killed:
            raise Failed(f"a whole backup must come back: {result}")
        elif restored.store.exists():
            restored.sure("verify")
        shutil.rmtree(restored.store, ignore_errors=True)
    elif result.code == 0:
        raise Failed(f"a backup was made and is not there: {result}")


def snapshot(life):
    """A snapshot is whole or not there; the same log and question give the same bytes."""
    if not life.is_built:
        life.catch_up()
    place = life.machine.folder / "snapshot"
    digests = []
    for _ in range(2):
        shutil.rmtree(place, ignore_errors=True)
        result = life.run(
            "snapshot", "snapshot", "export", "--period", "2025-Q2", "--out", "snapshot")
        own(life, set())
        if place.exists():
            life.machine.sure("snapshot", "verify", "snapshot")
            digests.append(hashlib.sha256((place / "manifest.json").read_bytes()).hexdigest())
            life.counts["snapshots"] += 1
        elif result.code == 0:
            raise Failed(f"a snapshot was made and is not there: {result}")
    if len(set(digests)) > 1:
        raise Failed("two snapshots of one log differ")
    shutil.rmtree(place, ignore_errors=True)
