"""The form of a backup: a zip with a manifest, a file of JSON lines per table, attachments and the file of heads. Reads and writes nothing itself.

Rows are written as neither database stores them: moments in ISO 8601 UTC, bytes in base64, decimals as text, JSON as it is. So a
backup of SQLite goes into PostgreSQL, and back.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from plimsoll.kernel.tasks.models import Heartbeat, Schedule

FORMAT = 1
MANIFEST, HEADS = "manifest.json", "heads/trail.jsonl"
# Made anew by migrate and by workers: their rows in the target are no content, and give way.
GIVE_WAY: frozenset[type[models.Model]] = frozenset({ContentType, Permission, Schedule})


class BackupRefused(Exception):
    """A backup can't be made or restored; `args[0]` is a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table in the archive."""

    label: str  # "incidents.incident"
    fields: tuple[str, ...]
    rows: int

    @property
    def member(self) -> str:
        return f"tables/{self.label}.jsonl"


def program_version() -> str:
    """This program's version."""
    try:
        return version("plimsoll")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"


def kept_models() -> list[type[models.Model]]:
    """Every table that is backed up, those that others name first. Left out: sessions, which a restore must not bring back to life,
    and heartbeats of processes that are gone."""
    wanted = [
        m
        for m in apps.get_models(include_auto_created=True)
        if m._meta.managed and not m._meta.proxy and not issubclass(m, AbstractBaseSession) and m is not Heartbeat
    ]
    ordered: list[type[models.Model]] = []
    seen: set[type[models.Model]] = set()

    def place(model: type[models.Model]) -> None:
        if model in seen or model not in wanted:
            return
        seen.add(model)  # before its targets: a circle is cut somewhere, as constraints are checked at the end of the transaction
        for field in model._meta.concrete_fields:
            if isinstance(field.related_model, type):
                place(field.related_model)
        ordered.append(model)

    for model in sorted(wanted, key=lambda m: m._meta.label_lower):
        place(model)
    return ordered


_READERS: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Any]], ...] = (
    (models.DateTimeField, datetime.fromisoformat),
    (models.DateField, date.fromisoformat),
    (models.DecimalField, Decimal),
    (models.UUIDField, UUID),
    (models.BinaryField, b64decode),
)


def reader_of(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value of this field is made from its JSON form; None when it is that already. Never called for an empty value."""
    while field.remote_field is not None and isinstance(field, models.ForeignKey):
        field = field.target_field
    return next((read for kind, read in _READERS if isinstance(field, kind)), None)


class Digesting:
    """A file that is written through, with the SHA-256 and the size of what went in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def digest_of(chunks: Iterable[bytes]) -> str:
    """The SHA-256 of pieces in a row."""
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


def pieces(file: IO[bytes], size: int = 1 << 20) -> Iterable[bytes]:
    """A file in pieces of a megabyte."""
    while piece := file.read(size):
        yield piece
