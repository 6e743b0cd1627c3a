"""Steps of those who look after the store: backups, a new key, a store carried over."""

import json
import shutil

from analysts import acknowledged, hold_live, own
from machine import Failed


def backup(life):
    """A backup is whole or not there; a whole one verifies and holds the log as it was."""
    place = life.machine.folder / "backup"
    shutil.rmtree(place, ignore_errors=True)
    result = life.run("backup", "backup", "backup")
    own(life, set())
    if place.exists():
        copy = life.machine.beside("backup")
        check = copy.sure("verify")
        if f"{len(life.model.entries):,} hashed" not in check.out:
            raise Failed(f"a backup of {len(life.model.entries)} entries: {check}")
        life.counts["backups"] += 1
        restored = life.machine.beside("restored")
        shutil.rmtree(restored.store, ignore_errors=True)
        result = restored.run("restore", "backup", fault=life.lethal("restore"))
        if result.code == 0:
            restored.sure("verify")
            life.counts["restores"] += 1
        elif not result.was_killed:
            raise Failed(f"a whole backup must come back: {result}")
        else:
            life.counts["kills"] += 1
            life.counts["kills.restore"] += 1
            if restored.store.exists():
                restored.sure("verify")
        shutil.rmtree(restored.store, ignore_errors=True)
    elif result.code == 0:
        raise Failed(f"a backup was made and is not there: {result}")


def rotate(life):
    """A new key: the log names it, the store has it, and checkpoints are signed with it."""
    result = life.run("rotate", "key", "rotate", "--reason", "simulated")
    new = acknowledged(life, result, "key.rotated")
    life.counts["rotations"] += len(new)
    sign(life)
    shown = json.loads(life.machine.sure("key", "show", "--format", "json").out)
    if new and shown["rotations"][-1]["next"] != shown["verifier"]:
        raise Failed(f"the log names another key than the store has: {shown}; {result}")
    named = [event for event in life.model.entries if event["type"] == "key.rotated"]
    if len(named) != len(shown["rotations"]):
        raise Failed(f"{len(named)} rotations are recorded: {shown}")


def sign(life):
    """A checkpoint, perhaps killed; the next one is there, of the whole log."""
    life.run("checkpoint", "checkpoint")
    own(life, set())
    note = life.machine.sure("checkpoint").out.split("\n")
    if note[1] != str(len(life.model.entries)):
        raise Failed(f"a checkpoint of {len(life.model.entries)} entries: {note}")
    life.counts["checkpoints"] += 1


def migrate(life):
    """The store carried over is whole or not there; life goes on in it, or in the old one."""
    place = life.machine.folder / "carried"
    result = life.run("migrate", "migrate", "store", "carried")
    own(life, set())
    if not place.exists():
        if result.code == 0:
            raise Failed(f"a store was carried over and is not there: {result}")
        return
    carried = life.machine.beside("carried")
    last = f"0..{len(life.model.entries) - 1}"
    if carried.sure("log", "show", last).out != life.machine.sure("log", "show", last).out:
        raise Failed(f"other entries than the old store's: {result}")
    carried.sure("verify")
    life.counts["migrations"] += 1
    if life.random.random() < 0.3:
        return shutil.rmtree(place)
    shutil.rmtree(life.machine.store)
    place.rename(life.machine.store)
    # It has what answers; what was only built is built again.
    life.is_behind = False
    if life.work.stage == "built":
        life.work.stage = "registered"
    hold_live(life)
