"""`plimsoll worker`: one worker alone, on any machine that reaches the database."""

import argparse
from typing import Any

from plimsoll.site.serving.working import work


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "worker",
        help="run jobs",
        description="Run jobs, schedules and the sealing of the trail until SIGTERM or Ctrl-C. `serve` starts one "
        "by itself; start more where one is not enough, on any machine that reaches "
        "the database (PostgreSQL).",
    )
    parser.add_argument("--until-empty", action="store_true", help="run what is due now, then end")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    work(until_empty=options.until_empty)
    return 0
