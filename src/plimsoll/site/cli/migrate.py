"""`plimsoll migrate`: tables, cache table and trail keys. The work itself is in `serving/migrating.py`, which starts use too."""

import argparse
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from plimsoll.site.serving.migrating import migrate


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "migrate",
        help="bring the database up to date",
        description="Make or change the tables as this version needs them, and make the first trail key. Safe to run again.",
    )
    parser.add_argument("--check", action="store_true", help="only say whether something is left to do (exit code 1 if so)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.check:
        left = pending()
        print("\n".join([f"Not done yet: {name}" for name in left]) or "The database is up to date.")
        return 1 if left else 0
    done = prepare()
    print(f"The database is up to date ({done} migrations were run)." if done else "The database was up to date.")
    return 0


def pending() -> list[str]:
    """Migrations that the database lacks, as `app.name`."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def prepare() -> int:
    """Bring the database up to date; returns how many migrations were left. A second start of the same installation waits for the first."""
    left = len(pending())
    migrate()  # takes the installation's lock
    return left
