"""`plimsoll run`: an own, empty system: prepares the database, tells the code of the first visit, and becomes the server."""

import argparse
import os
import sys
from typing import Any

from django.conf import settings

from plimsoll.kernel.identity.setup import setup_code
from plimsoll.site.cli.migrate import prepare
from plimsoll.site.serving import tree


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("run", help="start your own system",
                                   description="Prepare the database when needed and start web server, worker and scheduler. At the first start a code is "
                                               "printed, which the first visit asks for.")
    tree.arguments(parser)
    parser.set_defaults(run=run, takes_rest=False)


def run(options: argparse.Namespace) -> None:
    prepare()
    welcome(options)
    # A new process in place of this one: the parent of the tree stays small without Django.
    arguments = sys.argv[sys.argv.index("run") + 1:]
    os.execv(sys.executable, [sys.executable, "-m", "plimsoll.site.serving.tree", *arguments])  # noqa: S606 (the purpose)


def welcome(options: argparse.Namespace) -> None:
    """Where to go, and the code of the first visit while there is nobody yet."""
    host = options.host if options.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 (only asked, not bound)
    address = os.environ.get("PLIMSOLL_URL") or f"http://{f'[{host}]' if ':' in host else host}:{options.port}"
    print(f"Data folder: {settings.PLIMSOLL_DATA_DIR}")
    if (code := setup_code()) is not None:
        print(f"\n  This system is empty. Open {address} and set it up with the code  {code}\n")
    else:
        print(f"Open {address}")
    print("Ctrl+C stops it.", flush=True)
