"""Two writers and their readers at once, some of them killed."""

import collections
import os
import random
import struct

from lines import Lines
from machine import Failed
from schedule import Job, take_turns

READERS = 8


def crowd(life):
    """Runs them by turns, and holds what they left and what they read against the model."""
    chance = random.Random(life.random.randrange(1 << 30))
    if not life.is_built:
        life.catch_up()
    writers = [writer(life, chance) for _ in range(2)]
    if chance.random() < 0.67:
        chance.choice(writers)[1].dies = 2 + chance.randrange(150)
    readers = [
        Job(f"reader-{number}", [
            "query", "ticket_volume", "--by", "channel", "--period", "2025", "--grain", "month",
            "--format", "json"])
        for number in range(READERS)]
    if chance.random() < 0.7:
        # It dies with a page of the store in its hands.
        chance.choice(readers).dies = 2 + chance.randrange(10)
    jobs = [job for _, job, _ in writers] + readers
    order = take_turns(life.machine, chance, jobs, at_once=6)
    turns = collections.Counter(order)
    life.log("  turns: " + " ".join(str(turns[number]) for number in range(len(jobs))))
    life.log("  order: " + "".join(map(str, order)))
    settle(life, writers)
    for job in readers:
        if job.result.was_killed and job.dies == job.turns:
            life.counts["kills"] += 1
            life.counts["kills.reader"] += 1
        elif job.result.code != 0:
            raise Failed(f"a reader beside writers: {job.result}")
        else:
            life.check_answer(job.result.out)
            life.counts["reads beside writers"] += 1
    stale_readers_are_cleared(life)


def writer(life, chance):
    """A writer that has not begun: its input, its job, and what must come of it."""
    life.spaces += 1
    # Apart from each other's ids, so that what each comes to does not hang on the order.
    lines = Lines(chance, space=f"-{life.spaces}-").input(chance.choice([50, 300]))
    batch = chance.choice([3, 16, 64])
    expected = life.model.ingest(lines, batch)
    name = life.input_file(lines)
    arguments = ["ingest", name, "--batch", str(batch), "--format", "json"]
    return name, Job(f"writer-{name}", arguments), expected


def settle(life, writers):
    """Each writer's entries are whole batches of its own input, all of them if it ended well."""
    new = life.entries(len(life.model.entries))
    life.take(new)
    for name, job, expected in writers:
        result = job.result
        if result.was_killed and job.dies == job.turns:
            life.counts["kills"] += 1
            life.counts["kills.writer"] += 1
            life.is_behind = True
        elif result.code != (65 if expected.refused else 0):
            raise Failed(f"a writer beside another: {result}")
        wanted = expected.accepted
        ids = {(event["source"], event["id"]) for event in wanted}
        plain = [event for _, _, event in new if (event["source"], event["id"]) in ids]
        ends = [0]
        for accepted in expected.batches:
            ends.append(ends[-1] + len(accepted))
        if plain != wanted[:len(plain)] or len(plain) not in ends:
            raise Failed(f"not whole batches of {name}: {len(plain)} of {ends}: {result}")
        if not result.was_killed:
            if len(plain) != len(wanted):
                raise Failed(f"lost update: {len(plain)} of {len(wanted)}: {result}")
            life.check_report(result, expected)
            life.counts["acknowledged"] += len(plain)
        life.forget(name)


def stale_readers_are_cleared(life):
    """After the next writer, the table of readers names no process that is gone."""
    life.catch_up()
    bytes_ = (life.machine.store / "lock.mdb").read_bytes()
    # LMDB's layout: a header of two cache lines, then 64 bytes a slot: transaction, process, thread.
    # Slots beyond those in use hold what an earlier table left there.
    used = struct.unpack_from("<I", bytes_, 56)[0]
    for at in range(128, 128 + 64 * used, 64):
        transaction, process = struct.unpack_from("<Qi", bytes_, at)
        # A process that ended without closing leaves a slot that reads nothing: it holds no page.
        if transaction == 2**64 - 1:
            continue
        if process and not os.path.exists(f"/proc/{process}"):
            raise Failed(f"the reader slot of process {process} is still taken, and it is gone")
