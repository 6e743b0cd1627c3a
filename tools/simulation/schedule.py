"""Processes that take turns by a seed. Each one stops itself before some of its calls (see
REKAM_FAULT_TURNS in interpose.c), and only one is let go on at a time, so that what two of them do
to a store at once comes out the same each time."""

import os
import signal
import time

from machine import TIMEOUT_SECONDS, Failed


class Job:
    """A run that takes turns, and perhaps dies at one of them."""

    def __init__(self, name, arguments, dies=None):
        self.name = name
        self.arguments = arguments
        self.dies = dies        # the turn that it does not live to see
        self.turns = 0
        self.started = None
        self.result = None

    def turn(self, machine, random):
        """Lets it go on until it stops itself again, or ends."""
        self.turns += 1
        if self.started is None:
            self.started = machine.start(
                *self.arguments, name=self.name, turns=random.randrange(1 << 30))
        else:
            pid = self.started[0].pid
            os.kill(pid, signal.SIGKILL if self.turns == self.dies else signal.SIGCONT)
        if self.is_over():
            self.result = machine.finish(self.started)

    def is_over(self):
        """Waits for its next stop or its end; whether it has ended."""
        process, deadline = self.started[0], time.monotonic() + TIMEOUT_SECONDS
        pause = 0.00005
        while True:
            pid, status = os.waitpid(process.pid, os.WUNTRACED | os.WNOHANG)
            if pid and os.WIFSTOPPED(status):
                return False
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return True
            if time.monotonic() > deadline:
                process.kill()
                raise Failed(f"rekam {' '.join(self.arguments)} neither ends nor takes its turn")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.002)


def take_turns(machine, random, jobs, at_once):
    """Runs the jobs to their ends, at most `at_once` begun and not ended; returns the order of
    turns, as the numbers of the jobs."""
    order = []
    try:
        while open_ones := [job for job in jobs if job.result is None][:at_once]:
            job = random.choice(open_ones)
            order.append(jobs.index(job))
            job.turn(machine, random)
    finally:
        for job in jobs:
            if job.started and job.result is None:
                job.started[0].kill()
    return order
