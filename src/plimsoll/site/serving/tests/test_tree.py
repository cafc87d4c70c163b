"""The process tree as people start it: answers, tells its health, stays small, restarts what died, and leaves nobody behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from plimsoll.site.serving import state, tree
from tests.system import ROOT, System

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's /proc"),
    pytest.mark.once,  # processes are the same whatever they ask
]


def children(pid: int) -> dict[int, str]:
    """All processes below one, with their command lines."""
    found: dict[int, str] = {}
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found[child] = command_of(child)
            found |= children(child)
    return found


def command_of(pid: int) -> str:
    """The command of a process; empty once it is gone, which may be between any two looks."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def kilobytes(pid: int) -> int:
    """The proportional set size of a process."""
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))


def are_gone(pids: Any, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(command_of(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def ready(address: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read())


def wait_until_ready(address: str, seconds: float = 20) -> dict[str, str]:
    deadline = time.monotonic() + seconds
    while (told := ready(address))[0] != 200:
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    return told[1]


def test_it_serves_is_small_restarts_a_dead_worker_and_ends_whole(system: System) -> None:
    address = system.serve()
    assert system.server is not None
    told = wait_until_ready(address)
    assert set(told) == {"status", "database", "migrations", "worker", "data folder", "trail key"}
    below = children(system.server.pid)
    sizes = {pid: kilobytes(pid) for pid in [system.server.pid, *below]}
    assert sizes[system.server.pid] < 25_000
    assert sum(sizes.values()) < 350 * 1024
    worker = next(pid for pid, command in below.items() if "serving.working" in command)
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while not any("serving.working" in command and pid != worker for pid, command in children(system.server.pid).items()):
        assert time.monotonic() < deadline, "The worker was not started again."
        time.sleep(0.1)
    below = children(system.server.pid)
    system.server.send_signal(signal.SIGTERM)
    assert system.server.wait(10) == 0
    assert are_gone(below, 1)


def test_nobody_outlives_a_killed_parent(system: System) -> None:
    wait_until_ready(system.serve())
    assert system.server is not None
    below = children(system.server.pid)
    assert len(below) >= 4
    os.kill(system.server.pid, signal.SIGKILL)
    system.server.wait()
    assert are_gone(below, 5)


def test_without_a_worker_it_is_alive_but_not_ready(system: System) -> None:
    address = system.serve("--only", "web")
    status, told = ready(address)
    assert status == 503
    assert told["status"] == "not ready"
    assert "No worker" in told["worker"]


def test_a_database_that_is_newer_is_refused_with_a_sentence(system: System) -> None:
    system.python(
        "from django.db.migrations.recorder import MigrationRecorder\nfrom django.db import connection\n"
        "MigrationRecorder(connection).record_applied('trail', '0099_later')"
    )
    done = system.run("serve", "--port", "0", check=False, timeout=60)
    assert done.returncode == 3
    assert "newer than this program: it has the migration trail 0099_later" in done.stderr


def test_a_port_in_use_is_said(system: System) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = system.run("serve", "--port", str(taken.getsockname()[1]), check=False, timeout=60)
    assert done.returncode == 2
    assert "Choose another with --port" in done.stderr


def test_the_parent_never_loads_django() -> None:
    code = "import sys; from plimsoll.site.serving import tree; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=False).returncode == 0


def test_sqlite_gets_few_threads_and_postgresql_more() -> None:
    given = tree.argparse.Namespace(host="127.0.0.1", port=1, workers=0, threads=0, access_log=False)
    sqlite, postgresql = (tree.web_command(given, is_sqlite=is_sqlite) for is_sqlite in (True, False))
    assert sqlite[sqlite.index("--workers") + 1 :][:1] == ["2"]
    assert sqlite[sqlite.index("--blocking-threads") + 1] == "4"
    assert postgresql[postgresql.index("--blocking-threads") + 1] == "16"


def test_the_quick_look_trusts_only_what_did_not_change(tmp_path: Path) -> None:
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "none")}
    configuration = state.Configuration(data_dir=tmp_path, database=database, secret_key="")
    assert not state.is_surely_current(configuration)
    (tmp_path / state.STAMP).write_text(json.dumps({"program": state.program_state(), "applied": None}))
    assert not state.is_surely_current(configuration)


def test_the_quick_look_knows_a_migrated_database_and_sees_it_change(system: System) -> None:
    look = (
        "from plimsoll.site import configuration; from plimsoll.site.serving import state; "
        "print('current' if state.is_surely_current(configuration.read()) else 'unsure')"
    )
    assert system.python(look).strip() == "current"
    system.python(
        "from django.db.migrations.recorder import MigrationRecorder\nfrom django.db import connection\n"
        "MigrationRecorder(connection).record_unapplied('trail', '0001_initial')"
    )
    assert system.python(look).strip() == "unsure"
