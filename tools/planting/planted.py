"""Faults that the tests must find, planted one by one: see tools/planted --help."""

import argparse
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PATCHES = ROOT / "Tests" / "Planted"
COPY = ROOT / ".build-planted" / "tree"
BUILD = ROOT / ".build-planted" / "build"


@dataclasses.dataclass
class Plant:
    """A patch with its heading: what is wrong with it in, and which tests must say so.

        # what: a rank decides nothing
        # tests: CaseOrderTests            suites by a regular expression, as for swift test --filter
        # run: tools/permute --only calls  or a command that must fail
    """
    path: pathlib.Path
    what: str
    tests: str
    run: str

    @classmethod
    def read(cls, path):
        said = dict(re.findall(r"^# (what|tests|run): (.+)$", path.read_text(), re.MULTILINE))
        if "what" not in said or ("tests" in said) == ("run" in said):
            raise SystemExit(f"tools/planted: {path.name} must say \"# what:\" and either "
                             "\"# tests:\" or \"# run:\".")
        return cls(path, said["what"], said.get("tests", ""), said.get("run", ""))


def sh(*arguments, folder=COPY, **options):
    return subprocess.run(
        arguments, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        **options)


def copy_tree():
    """The tree as it is, uncommitted changes too; files that are equal keep their times."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.split(b"\0")
    wanted = {name.decode() for name in listed if name and (ROOT / name.decode()).is_file()}
    wanted |= {"Package.resolved"} if (ROOT / "Package.resolved").exists() else set()
    for name in wanted:
        source, target = ROOT / name, COPY / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != source.read_bytes():
            shutil.copy(source, target)
    for path in list(COPY.rglob("*")):
        if path.is_file() and str(path.relative_to(COPY)) not in wanted:
            path.unlink()
    # Nothing is fetched: what the packages need is here already.
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("checkouts", "repositories", "artifacts", "workspace-state.json"):
        source, target = ROOT / ".build" / name, BUILD / name
        if source.is_dir() and not target.exists():
            shutil.copytree(source, target, symlinks=True)
        elif source.is_file() and not target.exists():
            shutil.copy(source, target)


def apply(plant, *more, folder=COPY):
    """Applies a patch; git's own word where that fails."""
    # The copy lies in the repository's folder, but is no part of it.
    done = sh("git", "apply", *more, str(plant.path), folder=folder,
              env=os.environ | {"GIT_CEILING_DIRECTORIES": str(COPY.parent)})
    return None if done.returncode == 0 else done.stdout.strip()


def build():
    done = sh("swift", "build", "--build-tests", "--scratch-path", str(BUILD))
    faults = [line for line in done.stdout.splitlines() if "error:" in line]
    return None if done.returncode == 0 else "\n".join(faults[:3]) or done.stdout[-500:]


def found(tests, run):
    """Whether the tests fail: (it does, what they said)."""
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("REKAM_BINARY", "REKAM_THOROUGH")}
    if run:
        done = sh("bash", "-c", run, env=environment | {"REKAM_BINARY": str(BUILD / "debug/rekam")})
        return done.returncode == 1, done.stdout[-1500:]
    done = sh("swift", "test", "--disable-xctest", "--skip-build", "--scratch-path", str(BUILD),
              "--filter", tests, env=environment)
    said = "\n".join(line for line in done.stdout.splitlines() if line.startswith("✘"))
    # No test at all is no finding, nor is a run that could not begin.
    ran = re.search(r"Test run with [1-9]\d* tests?", done.stdout)
    return bool(ran) and done.returncode != 0 and "✘ Test" in said, said or done.stdout[-1500:]


def try_plant(plant):
    """Plants one fault; returns what was wrong about it, or None where it was found."""
    refused = apply(plant)
    if refused:
        return f"the patch no longer applies; make it anew\n{refused}"
    try:
        fault = build()
        if fault:
            return f"it does not compile\n{fault}"
        is_found, said = found(plant.tests, plant.run)
        return None if is_found else f"nothing failed\n{said}"
    finally:
        apply(plant, "--reverse")


def main():
    parser = argparse.ArgumentParser(
        prog="tools/planted",
        description="Applies each patch of Tests/Planted to a copy of the tree, builds it and runs "
        "the tests that the patch names: they must fail. A patch that no longer applies, or does not "
        "compile, is an error as well. Ends with 0 where every fault was found.",
        epilog="Example: tools/planted --only 2-")
    parser.add_argument("--only", help="patches whose names begin so")
    parser.add_argument("--check", action="store_true", help="only whether each still applies")
    options = parser.parse_args()

    plants = [Plant.read(path) for path in sorted(PATCHES.glob("*.patch"))
              if path.name.startswith(options.only or "")]
    if not plants:
        raise SystemExit("tools/planted: no patch is there.")
    if options.check:
        results = [(plant, apply(plant, "--check", folder=ROOT)) for plant in plants]
    else:
        copy_tree()
        fault = build()
        if fault:
            raise SystemExit(f"tools/planted: the tree itself does not build.\n{fault}")
        results = []
        for plant in plants:
            started = time.monotonic()
            results.append((plant, try_plant(plant)))
            print(f"{plant.path.stem}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    width = max(len(plant.path.stem) for plant in plants)
    for plant, problem in results:
        word = "FAILS" if problem else "applies" if options.check else "found"
        print(f"{plant.path.stem:<{width}}  {word:<7}  {plant.what}")
        if problem:
            print("    " + problem.replace("\n", "\n    "))
    failures = sum(problem is not None for _, problem in results)
    print("It holds." if not failures else f"{failures} of {len(results)} patches fail.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
