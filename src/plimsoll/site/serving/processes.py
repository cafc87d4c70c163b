"""Child processes that never outlive their parent. Standard library only: the parent must stay small."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1
STEADY = 10.0  # seconds after which a child counts as well started
LONGEST_DELAY = 30.0

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Have the kernel send this process a signal when its parent is gone, also by kill -9. Linux only; elsewhere nothing happens."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


class Child:
    """One program that is kept running: started again when it dies, after 1, 2, 4 … 30 seconds."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name, self.command, self.env = name, list(command), dict(env)
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.fell = 0  # times in a row that it died soon after its start
        self.start_at = 0.0

    def start(self) -> None:
        """Start it now."""
        parent = os.getpid()

        def prepare() -> None:
            die_with_parent()
            if os.getppid() != parent:  # the parent died before the kernel knew our wish
                os._exit(1)

        # A session of its own: Ctrl-C reaches the parent alone, which ends the children in order.
        self.process = subprocess.Popen(self.command, env=self.env, preexec_fn=prepare, start_new_session=True)  # noqa: PLW1509, S603 (one thread only here; our own programs)
        self.started_at = time.monotonic()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def note_death(self) -> float:
        """It died: plan its next start; returns in how many seconds."""
        steady = time.monotonic() - self.started_at >= STEADY
        self.fell = 1 if steady else self.fell + 1
        wait = min(2.0 ** (self.fell - 1), LONGEST_DELAY)
        self.start_at = time.monotonic() + wait
        return wait

    def signal(self, number: int) -> None:
        if self.process is not None and self.is_alive():
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """The last resort: the program and all that it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            self.process.wait()
