"""A database that was migrated once is copied instead of migrated again: to run every migration takes fifteen seconds, of each start of the tests.

A snapshot holds for exactly the code that it was made by: its name has the digest of all that a migration can ask. It lies in `build/`,
which is nobody's source; to delete it costs nothing but the time. Only for SQLite, whose databases are files.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "tests"
DATABASE = "plimsoll.sqlite3"
KEPT = 4  # of each sort: those of other branches may come back
# What a migration, or what follows one, can depend on: beside migrations and models the ground that they import.
ASKED = (
    "**/migrations/*.py",
    "**/models.py",
    "**/apps.py",
    "plimsoll/kernel/lib/**/*.py",
    "plimsoll/kernel/search/*.py",
    "plimsoll/kernel/trail/*.py",
)


@cache
def digest() -> str:
    """Of everything that decides what a migrated database looks like."""
    sources = sorted({path for pattern in ASKED for path in (ROOT / "src").glob(pattern)} | {ROOT / "requirements.lock"})
    found = hashlib.sha256()
    for path in sources:
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:24]


def snapshot(sort: str) -> Path:
    """Where the snapshot of a sort lies, or would: a folder that is there whole or not at all."""
    return FOLDER / f"{sort}-{digest()}"


def keep(sort: str, *, database: Path | None = None, folder: Path | None = None) -> None:
    """Keep a migrated database, which may be open, or the whole folder of a system that no process uses; of older ones some stay."""
    path = snapshot(sort)
    if path.exists():
        return
    partial = FOLDER / f"partial-{os.getpid()}-{path.name}"
    shutil.rmtree(partial, ignore_errors=True)
    if folder is not None:
        shutil.copytree(folder, partial)
    elif database is not None:
        partial.mkdir(parents=True)
        with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(partial / DATABASE)) as target:
            source.backup(target)
    with contextlib.suppress(OSError):  # another start was first
        partial.rename(path)
    shutil.rmtree(partial, ignore_errors=True)
    for old in sorted(FOLDER.glob(f"{sort}-*"), key=lambda p: p.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
