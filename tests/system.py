"""A whole system of its own for tests that need real processes: a data folder, a database, servers, commands, kills.

A test's own transaction can't be shared with another process, and the trail refuses to be emptied between tests; so each such test
gets a fresh system, copied from one that was migrated once.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests import snapshots

ROOT = Path(__file__).resolve().parent.parent


class System:
    """One installation: `run` a command of the product, `python` a piece of code in it, `serve` it."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder, self.database_url = folder, database_url
        self.server: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PLIMSOLL_") and k != "DJANGO_SETTINGS_MODULE"}
        named = {
            "PLIMSOLL_DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "plimsoll.site.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "PYTHONWARNINGS": "ignore",
            "PLIMSOLL_SECRET_KEY": "for tests only, " * 4,
            "PLIMSOLL_URL": f"http://127.0.0.1:{self.port or 8000}",
        }
        return kept | named | ({"PLIMSOLL_DATABASE_URL": self.database_url} if self.database_url else {})

    def run(self, *arguments: str, check: bool = True, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """A command, as a user would give it."""
        done = subprocess.run(
            [sys.executable, "-m", "plimsoll.site.cli.main", *arguments],
            env=self.env,
            cwd=self.folder,
            check=False,
            text=True,
            capture_output=True,
            timeout=timeout,
        )
        assert not check or done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    def start(self, code: str, *arguments: str) -> subprocess.Popen[str]:
        """A piece of Python in this system, with Django ready, in the background."""
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", "import django; django.setup()\n" + code, *arguments],
            env=self.env,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def python(self, code: str, *arguments: str, timeout: float = 300) -> str:
        """As `start`, waited for; returns what it printed."""
        out, err = (process := self.start(code, *arguments)).communicate(timeout=timeout)
        assert process.returncode == 0, err
        return out

    def serve(self, *arguments: str, port: int = 0) -> str:
        """Start the server, at a free port or where it was before; returns its address once it answers."""
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
            self.port = free.getsockname()[1]
        with (self.folder / "served.txt").open("wb") as told:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "plimsoll.site.cli.main", "serve", "--port", str(self.port), *arguments],
                env=self.env,
                cwd=self.folder,
                stdout=told,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        address = f"http://127.0.0.1:{self.port}"
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{address}/livez", timeout=2).close()
            except OSError:
                assert self.server.poll() is None, (self.folder / "served.txt").read_text()
                time.sleep(0.05)
            else:
                return address
        raise AssertionError(f"No answer: {(self.folder / 'served.txt').read_text()}")

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            try:
                self.server.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.server.pid, signal.SIGKILL)
        self.server = None


def _admin(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _with_name(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> System:
    """One migrated, empty system per session, to copy from."""
    folder = tmp_path_factory.mktemp("migrated")
    url = os.environ.get("PLIMSOLL_DATABASE_URL", "")
    if url.startswith("postgres"):
        name = f"template_{secrets.token_hex(6)}"
        _admin(url, f'CREATE DATABASE "{name}"')
        system = System(folder, _with_name(url, name))
        system.run("migrate")
        return system
    system, kept = System(folder), snapshots.snapshot("system")
    if kept.exists():
        shutil.copytree(kept, folder, dirs_exist_ok=True)
    else:
        system.run("migrate")
        snapshots.keep("system", folder=folder)
    return system


@pytest.fixture
def system(migrated: System, tmp_path: Path) -> Iterator[System]:
    """A fresh system: migrated, empty, on the database under test."""
    folder = tmp_path / "system"
    shutil.copytree(migrated.folder, folder)
    url, name = "", f"system_{secrets.token_hex(6)}"
    if migrated.database_url:
        admin = _with_name(migrated.database_url, "postgres")
        _admin(admin, f'CREATE DATABASE "{name}" TEMPLATE "{urlsplit(migrated.database_url).path[1:]}"')
        url = _with_name(migrated.database_url, name)
    made = System(folder, url)
    yield made
    made.stop()
    if url:
        _admin(_with_name(url, "postgres"), f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def peopled(system: System) -> System:
    """A fresh system with the cast of `tests/cast.py` in it."""
    system.python("from tests.cast import build_house; build_house()")
    return system


def results(processes: list[subprocess.Popen[str]], timeout: float = 120) -> list[Any]:
    """What some background pieces printed, once all have ended well."""
    told = []
    for process in processes:
        out, err = process.communicate(timeout=timeout)
        assert process.returncode == 0, err
        told.append(out)
    return told
