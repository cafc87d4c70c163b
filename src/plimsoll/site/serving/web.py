"""The web server: `python -m plimsoll.site.serving.web …` with granian's arguments. It loads the product once and forks its processes from that.

Loaded in each of them, the same modules would stand in memory as many times, and both would start at half the speed on two cores.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterable
from typing import Any

from plimsoll.site.serving.processes import die_with_parent


class Settled:
    """The application; what is loaded once it has answered stays for good, and is no longer looked through for garbage.

    Looked through, its 170,000 objects held a request up for a tenth of a second every few hundred.
    """

    def __init__(self, served: Callable[[Any, Any], Iterable[bytes]]) -> None:
        self.served = served
        self.is_settled = False

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = self.served(environ, start_response)
        if not self.is_settled:
            self.is_settled = True
            gc.freeze()
        return answer


def load() -> Callable[[Any, Any], Iterable[bytes]]:
    """The WSGI application with every page's module loaded; a second call finds it loaded."""
    from django.urls import get_resolver  # noqa: PLC0415 (in the parent first, see `main`)

    from plimsoll.site.wsgi import application  # noqa: PLC0415

    _ = get_resolver().url_patterns
    return application


def in_worker() -> Settled:
    """The application in one of the server's processes; granian calls it there."""
    # KILL, as granian's processes take TERM for a wish of their parent and wait for it.
    die_with_parent(signal.SIGKILL)
    return Settled(load())


def main() -> None:
    """Load, then serve: granian forks from here."""
    load()
    from django.db import connections  # noqa: PLC0415 (after the set-up)
    from granian.cli import entrypoint  # noqa: PLC0415 (argparse of the tests does not need it)

    # A connection must not be shared by two processes, and a page of memory that the collector marks is no longer shared.
    connections.close_all()
    gc.collect()
    gc.freeze()
    entrypoint()


if __name__ == "__main__":
    main()
