"""Bringing the database to this program's state, and refusing early when that can't be: for `migrate`, `serve` and `restore`.

`python -m plimsoll.site.serving.migrating` does it in a process of its own, so that the parent of the tree never loads Django.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from functools import lru_cache
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from plimsoll.kernel.trail import keys
from plimsoll.site.serving.state import STAMP, applied_state, program_state

NEWER = 3  # the exit code when the database is newer than the program


class DatabaseIsNewer(Exception):
    """The database holds migrations that this program does not know; `args[0]` is a sentence."""


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations that this program has, (app, name); they don't change while it runs."""
    return frozenset((str(app), str(name)) for app, name in MigrationLoader(None).disk_migrations)


def applied_migrations() -> frozenset[tuple[str, str]]:
    """The migrations that the database has, of the apps that this program has."""
    apps = {app for app, _ in known_migrations()}
    return frozenset((app, name) for app, name in MigrationRecorder(connection).applied_migrations() if app in apps)


def refuse_a_newer_database() -> None:
    """Raise DatabaseIsNewer when the database was migrated by a later program."""
    unknown = sorted(applied_migrations() - known_migrations())
    if unknown:
        app, name = unknown[0]
        more = f", and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise DatabaseIsNewer(
            f"The database is newer than this program: it has the migration {app} {name}, which this version does not know{more}. "
            "Start the version that it was last used with, or a later one."
        )


def migrate(*, verbosity: int = 0) -> None:
    """Bring the database to this program's state and make what else must be there. Raises DatabaseIsNewer before anything is touched."""
    folder = Path(settings.PLIMSOLL_DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    if connection.vendor == "sqlite" and ":memory:" not in str(connection.settings_dict["NAME"]):
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    with (folder / "migrate.lock").open("w") as lock:  # a second start of the same installation waits for the first
        fcntl.flock(lock, fcntl.LOCK_EX)
        refuse_a_newer_database()
        call_command("migrate", verbosity=verbosity, interactive=False)
        call_command("createcachetable", verbosity=verbosity)
        keys.ensure()
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # WhiteNoise warns of a folder that is not there
    applied = applied_state(list(MigrationRecorder(connection).applied_migrations()))
    beside = folder / f"{STAMP}.{os.getpid()}.part"
    beside.write_text(json.dumps({"program": program_state(), "applied": applied}), encoding="utf-8")
    beside.replace(folder / STAMP)


def main() -> int:
    """Migrate in this process; 3 when the database is newer than the program."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plimsoll.site.settings")
    django.setup()
    try:
        migrate()
    except DatabaseIsNewer as error:
        sys.stderr.write(f"{error}\n")
        return NEWER
    return 0


if __name__ == "__main__":
    sys.exit(main())
