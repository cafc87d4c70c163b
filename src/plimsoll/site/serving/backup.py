"""Making a backup: one consistent view of the database, the attachments and the heads in one file, the keys in another."""

from __future__ import annotations

import json
import os
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from django.conf import settings
from django.db import connection, connections, models, transaction

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.trail.models import Entry, Seal
from plimsoll.site.serving.archive import FORMAT, HEADS, MANIFEST, BackupRefused, Digesting, Table, digest_of, kept_models, pieces, program_version
from plimsoll.site.serving.migrating import applied_migrations, known_migrations

CHUNK = 2000
_line = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Made:
    """What a backup holds, and what it could not hold (sentences)."""

    path: Path
    keys_path: Path
    tables: int = 0
    rows: int = 0
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


@contextmanager
def one_view() -> Iterator[None]:
    """A read transaction that sees the database at one moment and holds up no writer."""
    connection.close()
    if connection.vendor == "sqlite":
        connection.ensure_connection()  # which sets the mode
        # Our transactions begin IMMEDIATE, which takes the writers' lock; a reader must not.
        wrapper: Any = connections["default"]  # the mode is SQLite's own attribute
        before, wrapper.transaction_mode = wrapper.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            wrapper.transaction_mode = before
        return
    connection.ensure_connection()
    connection.connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.connection.read_only = True
    try:
        with transaction.atomic():
            yield
    finally:
        connection.close()


def back_up(path: Path, keys_path: Path | None = None, progress: Callable[[int], None] = lambda rows: None) -> Made:
    """Write a backup to a new file and its keys to another (mode 0600). Either is complete or not there. Raises BackupRefused."""
    keys_path = keys_path or path.with_name(f"{path.name}.keys")
    started = time.monotonic()
    for there in (path, keys_path):
        if there.exists():
            raise BackupRefused(f"{there} exists already; a backup never writes over another. Choose a new name.")
        if not there.absolute().parent.is_dir():
            raise BackupRefused(f"There is no folder {there.absolute().parent}; make it first.")
    if missing := known_migrations() - applied_migrations():
        raise BackupRefused(f"{len(missing)} migrations are not applied; run plimsoll migrate first.")
    made = Made(path, keys_path)
    beside, keys_beside = path.with_name(f"{path.name}.part"), keys_path.with_name(f"{keys_path.name}.part")
    try:
        manifest = _write_archive(beside, made, progress)
        _write_keys(keys_beside, manifest, made)
        # The keys first: where an archive is, its keys are.
        keys_beside.replace(keys_path)
        beside.replace(path)
    except BaseException:
        for left in (beside, keys_beside):
            left.unlink(missing_ok=True)
        raise
    made.bytes, made.seconds = path.stat().st_size, time.monotonic() - started
    return made


def _write_archive(beside: Path, made: Made, progress: Callable[[int], None]) -> bytes:
    """The archive; returns the manifest's bytes."""
    members: dict[str, str] = {}
    tables: list[Table] = []
    handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=3) as archive:
            with one_view():
                for model in kept_models():
                    table, digest = _write_table(archive, model, lambda rows: progress(made.rows + rows))
                    tables.append(table)
                    members[table.member] = digest
                    made.rows += table.rows
                trail = _trail_state()
            # After the view: whatever file a row names was there before the row.
            _write_files(archive, members, made)
            if heads := _heads_up_to(trail["seal"]):
                members[HEADS] = _write_member(archive, HEADS, [heads])
            made.tables = len(tables)
            migrations: dict[str, list[str]] = {}
            for app, name in sorted(applied_migrations()):
                migrations.setdefault(app, []).append(name)
            manifest = json.dumps(
                {
                    "format": FORMAT,
                    "uid": str(uuid.uuid4()),
                    "program": program_version(),
                    "made_at": now().isoformat(),
                    "vendor": connection.vendor,
                    "migrations": migrations,
                    "trail": trail,
                    "tables": [{"label": t.label, "fields": t.fields, "rows": t.rows} for t in tables],
                    "members": members,
                },
                indent=1,
            ).encode()
            archive.writestr(MANIFEST, manifest)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _write_table(archive: zipfile.ZipFile, model: type[models.Model], progress: Callable[[int], None]) -> tuple[Table, str]:
    names = tuple(f.attname for f in model._meta.concrete_fields)
    rows = 0
    with archive.open(f"tables/{model._meta.label_lower}.jsonl", "w", force_zip64=True) as member:
        out = Digesting(member)
        lines: list[bytes] = []
        for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK):
            lines.append(_line(row))
            rows += 1
            if len(lines) == CHUNK:
                out.write(b"\n".join(lines) + b"\n")
                lines.clear()
                progress(rows)
        if lines:
            out.write(b"\n".join(lines) + b"\n")
    return Table(model._meta.label_lower, names, rows), out.digest


def _write_member(archive: zipfile.ZipFile, name: str, chunks: Any, compression: int = zipfile.ZIP_DEFLATED) -> str:
    info = zipfile.ZipInfo(name, now().timetuple()[:6])
    info.compress_type = compression
    with archive.open(info, "w", force_zip64=True) as member:
        out = Digesting(member)
        for chunk in chunks:
            out.write(chunk)
    return out.digest


def _write_files(archive: zipfile.ZipFile, members: dict[str, str], made: Made) -> None:
    """Attachments, as they lie in the store under their digests. One that is no longer what it was is taken along, and named."""
    place = Path(settings.PLIMSOLL_FILES)
    for path in sorted(p for p in place.glob("??/*") if p.is_file() and p.suffix != ".part"):
        name = f"files/{path.parent.name}/{path.name}"
        with path.open("rb") as file:
            members[name] = _write_member(archive, name, pieces(file), zipfile.ZIP_STORED)
        if members[name] != path.name:
            made.notes.append(f"The file {path.name} was changed in the store; it is in the backup as it is now.")
        made.files += 1


def _trail_state() -> dict[str, Any]:
    last = Seal.objects.order_by("-number").first()
    used = {key for model in (Entry, Seal) for key in model._base_manager.order_by().values_list("key", flat=True).distinct()}
    return {
        "entries": Entry.objects.count(),
        "seal": last.number if last else 0,
        "head": bytes(last.head).hex() if last else "",
        "keys": sorted(used),
    }


def _heads_up_to(seal: int) -> bytes:
    """The lines of the file of heads that belong to the view; a head that was sealed meanwhile would seem cut off from the rows."""
    path = Path(settings.PLIMSOLL_TRAIL_HEADS)
    kept = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):  # a line torn by a crash
                if json.loads(line)["number"] <= seal:
                    kept.append(line)
    return "".join(f"{line}\n" for line in kept).encode()


def _write_keys(beside: Path, manifest: bytes, made: Made) -> None:
    """The keys, apart: whoever has the archive alone can't prove what they changed in it."""
    told = json.loads(manifest)
    paths = sorted(Path(settings.PLIMSOLL_TRAIL_KEYS).glob("trail-*.key"))
    trail = {p.stem.removeprefix("trail-"): p.read_text(encoding="utf-8").strip() for p in paths}
    for name in told["trail"]["keys"]:
        if name not in trail:
            made.notes.append(f"The trail key {name} is not here, so it is not among the keys; the proofs of its entries can't be checked.")
    secret = Path(settings.PLIMSOLL_DATA_DIR) / "secret-key"
    body = {
        "format": FORMAT,
        "backup": told["uid"],
        "manifest": digest_of([manifest]),
        "trail": trail,
        "secret_key": secret.read_text(encoding="utf-8").strip() if secret.exists() else "",
    }
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(body, indent=1))
        file.flush()
        os.fsync(file.fileno())
