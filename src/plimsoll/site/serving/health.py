"""Is the house in order? Each question with its answer as a line, for `/readyz`, the start and the restore. No secrets in any answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks.models import Heartbeat
from plimsoll.kernel.trail import keys
from plimsoll.site.serving.migrating import DatabaseIsNewer

WORKER_IS_MISSED_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question: whether it is well, and a sentence that says so or why not."""

    name: str
    is_well: bool
    sentence: str


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations that this program has, (app, name); they don't change while it runs."""
    return frozenset((str(app), str(name)) for app, name in MigrationLoader(None, ignore_no_initial=True).disk_migrations)


def applied_migrations() -> frozenset[tuple[str, str]]:
    """The migrations that the database has, of the apps that this program has."""
    apps = {app for app, _ in known_migrations()}
    return frozenset((app, name) for app, name in MigrationRecorder(connection).applied_migrations() if app in apps)


def refuse_a_newer_database() -> None:
    """Raise DatabaseIsNewer when the database was migrated by a later program."""
    unknown = sorted(applied_migrations() - known_migrations())
    if unknown:
        app, name = unknown[0]
        raise DatabaseIsNewer(f"The database is newer than this program: it has the migration {app} {name}, which this version does not know"
                              f"{f', and {len(unknown) - 1} more' if len(unknown) > 1 else ''}. Start the version that it was last used with, or a later one.")


def _database() -> str:
    connection.ensure_connection()
    Heartbeat.objects.exists()
    return ""


def _migrations() -> str:
    missing = known_migrations() - applied_migrations()
    return f"{len(missing)} migrations are not applied; run plimsoll migrate." if missing else ""


def _worker() -> str:
    newest = Heartbeat.objects.filter(kind="worker").order_by("-at").values_list("at", flat=True).first()
    if newest is None:
        return "No worker has ever reported; jobs wait. Run plimsoll serve or plimsoll worker."
    age = now() - newest
    return f"The last worker reported {int(age.total_seconds())} s ago; jobs wait. Run plimsoll worker." if age > WORKER_IS_MISSED_AFTER else ""


def _data_folder() -> str:
    folder = Path(settings.PLIMSOLL_DATA_DIR)
    return "" if os.access(folder, os.W_OK | os.X_OK) else "The data folder can't be written."


def _trail_key() -> str:
    try:
        keys.live()
    except (keys.NoKey, OSError, ValueError):
        return "The key of the trail can't be read; nothing can be written."
    return ""


QUESTIONS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("database", "The database answers.", _database),
    ("migrations", "The database is at this program's state.", _migrations),
    ("worker", "A worker reported within the last minute.", _worker),
    ("data folder", "The data folder can be written.", _data_folder),
    ("trail key", "The key of the trail is there.", _trail_key),
)


def answers() -> list[Answer]:
    """Ask everything. A database that does not answer is one fault, not an error."""
    found = []
    for name, well, ask in QUESTIONS:
        try:
            fault = ask()
        except (DatabaseError, InterfaceError):
            fault = "The database does not answer, or was never migrated."
        found.append(Answer(name, not fault, fault or well))
    return found
