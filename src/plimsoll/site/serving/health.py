"""Is the house in order? Each question with its answer as a line, for `/readyz`, the start and the restore. No secrets in any answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks.models import Heartbeat
from plimsoll.kernel.trail import keys
from plimsoll.site.serving.migrating import applied_migrations, known_migrations

WORKER_IS_MISSED_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question: whether it is well, and a sentence that says so or why not."""

    name: str
    is_well: bool
    sentence: str


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
