"""Runs the real binary as a process, and lets it be killed or its system calls fail."""

import dataclasses
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NOW = "2026-01-05T01:00:00Z"
TIMEOUT_SECONDS = 120


class Failed(Exception):
    """Something that must hold did not; the text says what."""


def binary():
    """The command: REKAM_BINARY, else the release build, else the debug build."""
    named = os.environ.get("REKAM_BINARY")
    for path in [named] if named else [ROOT / ".build/release/rekam", ROOT / ".build/debug/rekam"]:
        if os.access(path, os.X_OK):
            return str(path)
    raise SystemExit("tools/simulate: no binary; run `swift build` first, or set REKAM_BINARY.")


def interposer():
    """The library that stands before the system's calls, built where it is not there yet."""
    source = HERE / "interpose.c"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    folder = pathlib.Path(tempfile.gettempdir()) / f"rekam-interpose-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    library = folder / f"{digest}.so"
    if not library.exists():
        compiler = next((c for c in ("cc", "clang", "gcc") if shutil.which(c)), None)
        if compiler is None:
            raise SystemExit("tools/simulate: a C compiler (cc) is needed and there is none.")
        made = folder / f"{digest}.{os.getpid()}"
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"], check=True)
        made.rename(library)
    return str(library)


@dataclasses.dataclass
class Fault:
    """What happens at one watched call: see interpose.c."""
    kind: str
    at: int = 0
    site: str = ""
    nth: int = 1
    sticky: bool = False
    seed: int = 0

    def environment(self):
        result = {"REKAM_FAULT_KIND": self.kind, "REKAM_FAULT_SEED": str(self.seed)}
        if self.at:
            result["REKAM_FAULT_AT"] = str(self.at)
        if self.site:
            result |= {"REKAM_FAULT_SITE": self.site, "REKAM_FAULT_NTH": str(self.nth)}
        if self.sticky:
            result["REKAM_FAULT_STICKY"] = "1"
        return result


@dataclasses.dataclass
class Result:
    """How a run ended: exit code (negative: the signal that ended it) and what it said."""
    arguments: tuple
    code: int
    out: str
    error: str
    hit: str = ""
    calls: list = dataclasses.field(default_factory=list)

    @property
    def was_killed(self):
        return self.code == -signal.SIGKILL

    def __str__(self):
        return (f"rekam {' '.join(self.arguments)}: code {self.code}"
                f"{', hit ' + self.hit.strip() if self.hit else ''}\n"
                f"--- out\n{self.out[-2000:]}--- error\n{self.error[-2000:]}")


class Machine:
    """A folder with a store, and the command to work on it."""

    def __init__(self, folder, store="store", command=None, seed=None):
        """Where a seed is given, each run's random bytes follow from it and the run's number."""
        self.seed = seed
        self.runs = 0
        self.folder = pathlib.Path(folder).resolve()
        self.store = self.folder / store
        self.command = command or binary()
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith("REKAM_")
        } | {"REKAM_NOW": NOW, "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"}
        self.scratch = self.folder / ".scratch"
        self.scratch.mkdir(exist_ok=True)

    def start(
            self, *arguments, fault=None, log=None, extra=None, name="run", stdin=None, turns=None):
        """Begins a run; `finish` waits for it. With `turns`, a number, it stops itself before some
        calls, which the number chooses: see schedule.py."""
        environment = dict(self.environment)
        environment["REKAM_STORE"] = str(self.store)
        environment |= extra or {}
        hit = self.scratch / f"{name}.hit"
        hit.unlink(missing_ok=True)
        self.runs += 1
        if fault or log or turns is not None or self.seed is not None:
            environment |= {
                "LD_PRELOAD": interposer(), "REKAM_FAULT_ROOTS": str(self.folder),
                "REKAM_FAULT_HIT": str(hit)}
            if self.seed is not None:
                environment["REKAM_FAULT_RANDOM"] = str(self.seed + self.runs)
            if turns is not None:
                environment["REKAM_FAULT_TURNS"] = str(turns)
            if fault:
                environment |= fault.environment()
            if log:
                environment["REKAM_FAULT_LOG"] = str(log)
        out = open(self.scratch / f"{name}.out", "w+b")
        # Not in the watched folder: on a full disk a message must still come through.
        error = tempfile.TemporaryFile()
        process = subprocess.Popen(
            [self.command, *arguments], stdin=stdin or subprocess.DEVNULL, stdout=out,
            stderr=error, env=environment, cwd=self.folder)
        return process, out, error, arguments, hit

    def finish(self, started, timeout=TIMEOUT_SECONDS):
        process, out, error, arguments, hit = started
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"rekam {' '.join(arguments)} hangs: not done after {timeout} s") from None
        texts = []
        for file in (out, error):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
            file.close()
        return Result(arguments, code, *texts, hit.read_text() if hit.exists() else "")

    def run(self, *arguments, fault=None, extra=None, stdin=None):
        """Runs the command to its end."""
        return self.finish(self.start(*arguments, fault=fault, extra=extra, stdin=stdin))

    def traced(self, *arguments, extra=None, stdin=None):
        """Runs the command and notes its watched calls: (number, call, path, site)."""
        log = self.scratch / "calls"
        log.unlink(missing_ok=True)
        result = self.finish(self.start(*arguments, log=log, extra=extra, stdin=stdin))
        if log.exists():
            result.calls = [line.split("\t") for line in log.read_text().splitlines()]
        return result

    def sure(self, *arguments, codes=(0,), extra=None):
        """Runs the command, which must end with one of some codes."""
        result = self.run(*arguments, extra=extra)
        if result.code not in codes:
            raise Failed(f"must end with {' or '.join(map(str, codes))}: {result}")
        return result

    def beside(self, name):
        """A machine for another store of the folder; its runs have random bytes of their own."""
        self.runs += 1
        seed = None if self.seed is None else (self.seed + self.runs) << 20
        return Machine(self.folder, name, self.command, seed)

    def copy(self, name):
        """A copy of the store, with a machine of its own; no process may be writing."""
        other = self.beside(name)
        shutil.rmtree(other.store, ignore_errors=True)
        shutil.copytree(self.store, other.store)
        return other
