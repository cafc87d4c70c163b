"""The process tree: a small parent that migrates, then keeps the web server and the worker running, and ends both when it is told to.

`python -m plimsoll.site.serving.tree` is that parent. It never imports Django: it stays below 15 MB and starts in 50 ms.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from plimsoll.kernel.lib.text import whole
from plimsoll.site import configuration
from plimsoll.site.serving import state
from plimsoll.site.serving.processes import Child

GRACE = 25.0  # seconds until what still lives after SIGTERM is killed; the worker's own grace is 20
HEAD_START = 1.5  # seconds that the worker waits for: started together on two cores, it takes a third from the first page
SERVING = "serving.lock"  # in the data folder; whoever serves shares it, and what must not happen meanwhile asks for it alone
STILLBORN = 3  # the web server may fall so often at the start before the tree gives up


def _from_to(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds, for argparse."""

    def number(text: str) -> int:
        if (asked := whole(text, most)) is None or asked < least:
            raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from {least} to {most}.")
        return asked

    return number


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `plimsoll serve` and `plimsoll run`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=_from_to(0, 65535), default=8000, help="port to listen on (default: 8000)")
    parser.add_argument("--workers", type=_from_to(0, 64), default=0, help="web processes (default: 2 on SQLite, one per core on PostgreSQL)")
    parser.add_argument("--threads", type=_from_to(0, 256), default=0, help="threads of each web process (default: 4 on SQLite, 16 on PostgreSQL)")
    parser.add_argument("--only", choices=("web", "worker"), help="start only this part")
    parser.add_argument("--access-log", action="store_true", help="write a line for each request")


def web_command(given: argparse.Namespace, *, is_sqlite: bool) -> list[str]:
    """How the web server is started. SQLite has one writer: more threads there cost throughput and the slowest request's time."""
    workers = given.workers or (2 if is_sqlite else os.cpu_count() or 2)
    threads = given.threads or (4 if is_sqlite else 16)
    return [
        sys.executable,
        "-m",
        "plimsoll.site.serving.web",
        "--interface",
        "wsgi",
        "--host",
        given.host,
        "--port",
        str(given.port),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads),
        "--no-ws",
        "--respawn-failed-workers",
        "--workers-kill-timeout",
        "1",
        "--log-level",
        "warning",
        "--access-log" if given.access_log else "--no-access-log",
        "--factory",
        "plimsoll.site.serving.web:in_worker",
    ]


def environment() -> dict[str, str]:
    """The children's environment: ours, and a malloc that does not keep an arena for each thread."""
    return {
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_TRIM_THRESHOLD_": "131072",
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "plimsoll.site.settings"),
    }


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 (the parent of the tree has no logging)


def port_fault(host: str, port: int) -> str:
    """Why nobody can listen there, as a sentence; empty when it is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            return f"Nothing can listen on {host} port {port}: {getattr(error, 'strerror', None) or error}. Choose another with --port."
    return ""


class Tree:
    """The parent: starts the children, starts again what died, ends all of them."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.beside: Child | None = None  # runs once, is not started again
        self.asked_to_end = False
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.set_blocking(self._reader, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # so that a death wakes `_wait`

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_end = True

    def _wait(self, seconds: float) -> None:
        if select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 4096)

    def run(self) -> int:
        """Keep everything running until told to end; returns the exit code."""
        for child in self.children:
            if child.start_at <= time.monotonic():
                child.start()
        if self.beside:
            self.beside.start()
        while not self.asked_to_end:
            soonest = 60.0
            if self.beside and not self.beside.is_alive():
                self.beside = None
            for child in self.children:
                if child.is_alive():
                    continue
                if child.start_at <= child.started_at:
                    code = child.process.returncode if child.process else None
                    wait = child.note_death()
                    if child.name == "web" and child.fell >= STILLBORN:
                        say(f"The web server ended {STILLBORN} times right after its start (code {code}); see its message above.")
                        self._finish()
                        return 1
                    say(f"The {child.name} ended (code {code}); it is started again in {wait:.0f} s.")
                if child.start_at <= time.monotonic():
                    child.start()
                else:
                    soonest = min(soonest, child.start_at - time.monotonic())
            self._wait(soonest)
        return self._finish()

    def _finish(self) -> int:
        for child in self.children:
            child.signal(signal.SIGTERM)
        end = time.monotonic() + GRACE
        while any(child.is_alive() for child in self.children) and time.monotonic() < end:
            self._wait(0.1)
        late = [child for child in self.children if child.is_alive()]
        for child in self.children:
            child.kill_group()
        if late:
            say(f"Had to be killed: {', '.join(child.name for child in late)}.")
        return 1 if late else 0


def serve(given: argparse.Namespace) -> int:
    """Check, migrate when needed, then run the tree until it is told to end. Returns the exit code."""
    asked = configuration.read()
    if asked.faults:
        for fault in asked.faults:
            say(fault)
        return 2
    if given.only != "worker" and (fault := port_fault(given.host, given.port)):
        say(fault)
        return 2
    env = environment()
    if not state.is_surely_current(asked):
        done = subprocess.run([sys.executable, "-W", "ignore", "-m", "plimsoll.site.serving.migrating"], env=env, check=False)
        if done.returncode:
            return done.returncode
    serving = os.open(asked.data_dir / SERVING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(serving, fcntl.LOCK_SH)  # until this process ends
    children = []
    if given.only != "worker":
        children.append(Child("web", web_command(given, is_sqlite=asked.database["ENGINE"].endswith("sqlite3")), env))
    if given.only != "web":
        worker = Child("worker", [sys.executable, "-m", "plimsoll.site.serving.working"], env)
        worker.start_at = time.monotonic() + HEAD_START if children else 0.0
        children.append(worker)
    tree = Tree(children)
    if given.first_visit:
        # A process of its own, as it reads the database and the parent must stay small; beside the others, as the first page must not wait.
        address = f"http://{given.host}:{given.port}/"
        tree.beside = Child("first visit", [sys.executable, "-W", "ignore", "-m", "plimsoll.site.serving.first_visit", address], env)
    return tree.run()


def main() -> int:
    parser = argparse.ArgumentParser(prog="plimsoll serve")
    arguments(parser)
    parser.add_argument("--first-visit", action="store_true", help=argparse.SUPPRESS)
    return serve(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
