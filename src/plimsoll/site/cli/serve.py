"""`plimsoll serve` and `plimsoll run`: web, worker and scheduler. It loads no Django: what it becomes must stay small."""

import argparse
import os
import sys
from typing import Any

from plimsoll.site.serving.tree import arguments


def register(subparsers: Any) -> None:
    serve = subparsers.add_parser(
        "serve",
        help="run the web server, the worker and the scheduler",
        description="Bring the database up to date when needed, then run web server, worker and scheduler until "
        "SIGTERM or Ctrl-C. What dies is started again.",
    )
    first = subparsers.add_parser(
        "run",
        help="the same, and show the code for the first visit",
        description="As serve; while no organisation is set up, print the address and the one-time code for the first visit.",
    )
    for parser, is_first in ((serve, False), (first, True)):
        arguments(parser)
        parser.set_defaults(run=run, is_first=is_first)


def run(options: argparse.Namespace) -> int:
    """Become the parent of the tree: same process, so that signals reach it, but without what the command line had loaded."""
    command = [
        sys.executable,
        "-m",
        "plimsoll.site.serving.tree",
        "--host",
        options.host,
        "--port",
        str(options.port),
        "--workers",
        str(options.workers),
        "--threads",
        str(options.threads),
    ]
    command += ["--only", options.only] if options.only else []
    command += ["--access-log"] if options.access_log else []
    command += ["--first-visit"] if options.is_first else []
    # Links in mails and invitations lead where the server really is, unless the configuration says otherwise.
    host = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host  # noqa: S104 (compared, not bound)
    os.environ.setdefault("PLIMSOLL_URL", f"http://{host}:{options.port}")
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 (our own interpreter and module)
