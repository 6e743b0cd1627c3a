"""Two writers and four readers at once, some of them killed."""

import struct

import os
import signal
import time

from lines import Lines
from machine import Failed


def crowd(life):
    """Runs them, and holds what they left and what they read against the model."""
    random, machine = life.random, life.machine
    if not life.is_built:
        life.catch_up()
    writers = []
    for _ in range(2):
        life.spaces += 1
        lines = Lines(random, space=f"-{life.spaces}-").input(random.choice([50, 300]))
        batch = random.choice([3, 16, 64])
        # Apart from each other's ids, so that what each comes to does not hang on the order.
        expected = life.model.ingest(lines, batch)
        name = life.input_file(lines)
        started = machine.start(
            "ingest", name, "--batch", str(batch), "--format", "json", name=f"writer-{name}")
        writers.append([name, expected, started, None])
    deadline = time.monotonic() + random.random() * 0.3
    victim = random.choice([None, 0, 1])
    readers, answers = [], []
    begun = 0
    stopped = None
    while True:
        if victim is not None and time.monotonic() > deadline:
            writers[victim][2][0].kill()
            victim = None
        readers = [reader for reader in readers if not done(machine, reader, answers)]
        running = [writer for writer in writers if writer[2][0].poll() is None]
        if not running and begun >= 8:
            break
        if len(readers) < 4:
            begun += 1
            readers.append(machine.start(
                "query", "ticket_volume", "--by", "channel", "--period", "2025", "--grain",
                "month", "--format", "json", name=f"reader-{begun}"))
            if random.random() < 0.2 and stopped is None:
                # A reader that holds a page, and dies of it.
                time.sleep(random.random() * 0.02)
                stopped = readers.pop()
                os.kill(stopped[0].pid, signal.SIGSTOP)
        time.sleep(0.002)
    for reader in readers:
        answers.append(machine.finish(reader))
    if stopped:
        stopped[0].kill()
        machine.finish(stopped)
        life.counts["kills"] += 1
        life.counts["kills.reader"] += 1
    settle(life, writers)
    for answer in answers:
        if answer.code != 0:
            raise Failed(f"a reader beside writers: {answer}")
        life.check_answer(answer.out)
        life.counts["reads beside writers"] += 1
    stale_readers_are_cleared(life)


def done(machine, reader, answers):
    if reader[0].poll() is None:
        return False
    answers.append(machine.finish(reader))
    return True


def settle(life, writers):
    """Each writer's entries are whole batches of its own input, all of them if it ended well."""
    new = life.entries(len(life.model.entries))
    life.take(new)
    for name, expected, started, _ in writers:
        result = life.machine.finish(started)
        if result.was_killed:
            life.counts["kills"] += 1
            life.counts["kills.timer"] += 1
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
