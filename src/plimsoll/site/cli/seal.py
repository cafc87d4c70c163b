"""`plimsoll seal`: the sealing job, now."""

import argparse
from typing import Any

from plimsoll.kernel.trail.seals import seal
from plimsoll.site.cli.house import add_json, counted, print_json


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "seal",
        help="seal the newest entries of the trail",
        description="Seal every entry of the trail that is not sealed yet and passes its own check. A job does this every few seconds.",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    sealed = seal()
    if options.json:
        print_json({"sealed": sealed})
    else:
        print(f"Sealed {counted(sealed, 'entry', 'entries')}.")
