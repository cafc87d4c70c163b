"""`plimsoll migrate`: tables, cache table and trail keys."""

import argparse
import fcntl
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from plimsoll.kernel.trail import keys


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("migrate", help="bring the database up to date",
                                   description="Make or change the tables as this version needs them, and make the first trail key. Safe to run again.")
    parser.add_argument("--check", action="store_true", help="only say whether something is left to do (exit code 1 if so)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    left = pending()
    if options.check:
        print("\n".join([f"Not done yet: {name}" for name in left]) or "The database is up to date.")
        return 1 if left else 0
    prepare()
    print(f"The database is up to date ({len(left)} migrations were run)." if left else "The database was up to date.")
    return 0


def pending() -> list[str]:
    """Migrations that the database lacks, as `app.name`."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def prepare() -> None:
    """Bring the database up to date. A second start of the same installation waits for the first."""
    settings.PLIMSOLL_DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.PLIMSOLL_DATA_DIR / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        keys.ensure()
