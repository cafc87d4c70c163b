"""Bringing the database to this program's state, and telling early when that can't be: for `migrate`, `serve` and `restore`.

`python -m plimsoll.site.serving.migrating` does it in a process of its own, so that the parent of the tree never loads Django.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from plimsoll.site.configuration import Configuration

ROOT = Path(__file__).resolve().parents[2]
STAMP = "migrated.json"
LIBRARIES = ("Django", "django-allauth")  # that bring migrations of their own
NEWER = 3  # the exit code when the database is newer than the program


class DatabaseIsNewer(Exception):
    """The database holds migrations that this program does not know; `args[0]` is a sentence."""


def program_state() -> str:
    """A digest of every migration that this program has, from names and times of files: 2 ms and no Django."""
    seen = hashlib.sha256()
    for path in sorted(ROOT.glob("**/migrations/*.py")):
        info = path.stat()
        seen.update(f"{path.relative_to(ROOT)} {info.st_size} {info.st_mtime_ns}\n".encode())
    for library in LIBRARIES:
        try:
            seen.update(f"{library} {version(library)}\n".encode())
        except PackageNotFoundError:
            continue
    return seen.hexdigest()


def _applied_in_sqlite(path: Path) -> str | None:
    """A digest of the migrations that an SQLite database says it has, or None."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
            rows = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()  # before Django is there to ask
    except sqlite3.Error:
        return None
    return applied_state([tuple(row) for row in rows])


def applied_state(rows: list[tuple[str, str]]) -> str:
    """A digest of applied migrations, (app, name) each."""
    return hashlib.sha256(json.dumps(sorted(map(list, rows))).encode()).hexdigest()


def is_surely_current(configuration: Configuration) -> bool:
    """True when nothing changed since the last migrate here: same program, same rows. A quick look without Django.

    Embedded databases only; with PostgreSQL `migrate` itself looks, which costs a second.
    """
    if not configuration.database["ENGINE"].endswith("sqlite3"):
        return False
    try:
        stamp = json.loads((configuration.data_dir / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    applied = _applied_in_sqlite(Path(configuration.database["NAME"]))
    return bool(applied) and stamp == {"program": program_state(), "applied": applied}


def migrate(*, verbosity: int = 0) -> None:
    """Bring the database to this program's state and make what else must be there. Raises DatabaseIsNewer before anything is touched."""
    from django.conf import settings  # noqa: PLC0415 (the parent of the tree imports this module and must not load Django)
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.recorder import MigrationRecorder  # noqa: PLC0415

    from plimsoll.kernel.trail import keys  # noqa: PLC0415
    from plimsoll.site.serving.health import refuse_a_newer_database  # noqa: PLC0415

    database = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    refuse_a_newer_database()
    call_command("migrate", verbosity=verbosity, interactive=False)
    call_command("createcachetable", verbosity=verbosity)
    keys.ensure()
    applied = applied_state(list(MigrationRecorder(connection).applied_migrations()))
    beside = Path(settings.PLIMSOLL_DATA_DIR) / f"{STAMP}.{os.getpid()}.part"
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_text(json.dumps({"program": program_state(), "applied": applied}), encoding="utf-8")
    beside.replace(beside.with_name(STAMP))


def main() -> int:
    """Migrate in this process; 3 when the database is newer than the program."""
    import django  # noqa: PLC0415 (see above)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plimsoll.site.settings")
    django.setup()
    try:
        migrate()
    except DatabaseIsNewer as error:
        print(error, file=sys.stderr)  # noqa: T201 (the answer of a command)
        return NEWER
    return 0


if __name__ == "__main__":
    sys.exit(main())
