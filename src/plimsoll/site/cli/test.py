"""`plimsoll test`: every test on every database it promises, and an honest word on what did not run. It needs no Django itself."""

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[4]
DATABASES = {"sqlite": "SQLite", "pg": "PostgreSQL"}
OFFICES = ("soffice", "libreoffice")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_TESTS = 5  # pytest's exit code when every test was left out
COUNT = re.compile(r"(\d+) (passed|failed|error|errors|skipped|deselected|xfailed|xpassed)\b")


@dataclass(slots=True)
class Run:
    """One pytest run: what it is called, its process and its output's file."""

    title: str
    process: subprocess.Popen[bytes]
    output: Path
    code: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "test",
        help="run every test",
        allow_abbrev=False,
        description="Run the tests on SQLite and on a PostgreSQL that is started for them. What is not known here goes to pytest.",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--quick", action="store_true", help="SQLite only, without browser and slow tests, and with a kind of each shape instead of every kind"
    )
    size.add_argument("--full", action="store_true", help="also the slow tests")
    parser.add_argument("--db", choices=(*DATABASES, "both"), help="the database (default: both, with --quick SQLite)")
    parser.set_defaults(run=run, takes_rest=True)


def run(options: argparse.Namespace) -> int:
    chosen = options.db or ("sqlite" if options.quick else "both")
    databases = list(DATABASES) if chosen == "both" else [chosen]
    left_out, marks = missing(quick=options.quick, full=options.full)
    is_ci = os.environ.get("CI", "") in ("1", "true")
    if is_ci and left_out and not options.quick:
        print("In CI nothing may be left out, but:\n" + "\n".join(f"  {line}" for line in left_out))
        print("0 passed, 1 failed")
        return 1
    if len(databases) == 1:
        # One run speaks for itself, also to a debugger: nothing stands between it and the terminal.
        # A quick run uses every processor, unless somebody says otherwise.
        rest = ["-n", str(os.cpu_count() or 1), *options.rest] if options.quick and (os.cpu_count() or 1) > 1 else options.rest
        code = subprocess.run(command(databases[0], marks, rest), cwd=ROOT, env=environment(), check=False).returncode
        tell_left_out(left_out)
        return 0 if code == NO_TESTS else code
    with tempfile.TemporaryDirectory(prefix="plimsoll-tests-") as folder:
        return both(databases, marks, options.rest, left_out, Path(folder), full=options.full)


def missing(*, quick: bool, full: bool) -> tuple[list[str], str]:
    """What can't or shall not run here, as sentences, and the expression that leaves it out."""
    left_out, marks = [], []
    if quick:
        marks += ["not browser", "not office", "not slow", "not long", "not repeated"]
        left_out.append(
            "Browser, slow and long tests, those through LibreOffice, and what is asked of every kind but those of each shape: left out by --quick."
        )
    else:
        if browser() is None:
            marks.append("not browser")
            left_out.append("Browser tests: there is no Chromium (on Debian: apt install chromium). CI runs them.")
        if not any(shutil.which(name) for name in OFFICES):
            marks.append("not office")
            left_out.append(
                "Tests through LibreOffice: there is none (on Debian: apt install --no-install-recommends "
                "libreoffice-writer-nogui fonts-crosextra-caladea). CI runs them."
            )
        if not full:
            marks.append("not slow")
    if not data_folder().is_dir():
        marks.append("not data")
        left_out.append(f"Tests of the sample data: {data_folder()} is not there (PLIMSOLL_TEST_DATA names another folder).")
    return left_out, " and ".join(marks)


def browser() -> str | None:
    """The Chromium of this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def data_folder() -> Path:
    """Where the sample data lie: beside the clone unless the environment says otherwise."""
    return Path(os.environ.get("PLIMSOLL_TEST_DATA") or ROOT.parent / "shared").absolute()


def command(database: str, marks: str, rest: Sequence[str]) -> list[str]:
    """The pytest command of one run."""
    return [sys.executable, "-m", "pytest", f"--db={database}", "--durations=20", "--durations-min=0.5", *(["-m", marks] if marks else []), *rest]


def environment() -> dict[str, str]:
    """The environment of the tests: where the samples and the browser are, and nothing of a running system."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_") or name.startswith("PLIMSOLL_TEST_")}
    return {**kept, "PLIMSOLL_TEST_DATA": str(data_folder()), "PLIMSOLL_TEST_BROWSER": browser() or ""}


def both(databases: Sequence[str], marks: str, rest: Sequence[str], left_out: Sequence[str], folder: Path, *, full: bool = False) -> int:
    """Run on several databases, and the journeys beside them, all at once where there are processors for it: a browser waits more than it
    works. Their outputs are printed one after the other.

    Journeys bring an SQLite system of their own, whatever the run is on: walked once, they prove as much in half the time. What is marked
    `once` asks nothing that a database could answer otherwise: it is a run of its own on the first of them, with --full it runs on each.
    """
    at_once = (os.cpu_count() or 1) > 1
    runs: list[Run] = []
    try:
        wanted = [(DATABASES[name], name, ("not browser", *(() if full else ("not once",)))) for name in databases]
        if not full:
            wanted.append(("On one", databases[0], ("not browser", "once")))
        if "not browser" not in marks:
            wanted.append(("Chromium", databases[0], ("browser",)))
        for title, database, spared in wanted:
            # What asks nothing of a database is the most: alone it would go on for long after the others. Files stay together, for their fixtures.
            spread = ["-n", "2", "--dist", "loadfile"] if title == "On one" and at_once else []
            given = command(database, " and ".join(filter(None, (marks, *spared))), [*spread, *rest])
            # Journeys judge what a person would wait for: the others make way for them.
            runs.append(started(title, given, folder, nice=0 if title == "Chromium" else 5))
            if not at_once:
                runs[-1].process.wait()
        for one in runs:
            show(one)
    except KeyboardInterrupt:
        # Ctrl-C reached the runs too; they stop their servers themselves.
        for one in runs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(timeout=20)
        raise
    print("\nIn short:")
    for one in runs:
        print(f"  {one.title:<11} {', '.join(f'{n} {word}' for word, n in one.counts.items()) or f'stopped with code {one.code}'}")
    tell_left_out(left_out)
    passed = sum(one.counts.get("passed", 0) for one in runs)
    failed = sum(one.counts.get("failed", 0) + one.counts.get("error", 0) + one.counts.get("errors", 0) for one in runs)
    broken = [one for one in runs if one.code not in (0, NO_TESTS)]
    print(f"{passed} passed, {max(failed, len(broken))} failed")
    return 1 if broken else 0


def started(title: str, arguments: list[str], folder: Path, *, nice: int = 0) -> Run:
    output = folder / f"{title}.txt"
    print(f"Testing on {title}…", file=sys.stderr, flush=True)
    with output.open("wb") as file:
        return Run(
            title,
            subprocess.Popen(
                [*(["nice", "-n", str(nice)] if nice else []), *arguments],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            ),
            output,
        )


def show(one: Run) -> None:
    """Wait for a run, print what it said, count its results from its last line."""
    one.code = one.process.wait()
    text = one.output.read_text(encoding="utf-8", errors="replace")
    print(f"\n===== {one.title} =====\n{text}", flush=True)
    last = next((line for line in reversed(text.splitlines()) if COUNT.search(line)), "")
    one.counts = {word: int(number) for number, word in COUNT.findall(last)}


def tell_left_out(left_out: Sequence[str]) -> None:
    """Name what did not run, so that nobody takes silence for success."""
    if left_out:
        print("Did not run:\n" + "\n".join(f"  {line}" for line in left_out), flush=True)
