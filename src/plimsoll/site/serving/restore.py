"""Restoring a backup into an empty system, whole or not at all, and proving that it is what was backed up."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models

from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.trail import keys
from plimsoll.kernel.trail.verify import Verdict, verify
from plimsoll.site.serving.archive import FORMAT, GIVE_WAY, HEADS, MANIFEST, BackupRefused, digest_of, kept_models, pieces, program_version, reader_of
from plimsoll.site.serving.migrating import DatabaseIsNewer, applied_migrations, known_migrations, migrate, refuse_a_newer_database
from plimsoll.site.serving.proving import Comparison, compare_projections

BATCH = 1000
COMPARED = 5000  # records whose projections are compared after a restore; beyond it a random sample
_read = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Restored:
    """What came back, and what its proof says."""

    rows: int = 0
    files: int = 0
    seconds: float = 0.0
    verdict: Verdict = field(default_factory=Verdict)
    comparison: Comparison = field(default_factory=Comparison)
    notes: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return self.verdict.is_sound and not self.comparison.faults


def restore(
    path: Path, keys_path: Path | None = None, *, without_keys: bool = False, progress: Callable[[int], None] = lambda rows: None
) -> Restored:
    """Restore a backup into this empty system, then verify the trail and compare the projections.

    Raises BackupRefused before anything is written when the archive is damaged, does not fit, has no keys, or the system is not empty.
    A fault on the way leaves the system empty again.
    """
    started = time.monotonic()
    outcome = Restored()
    keys_path = keys_path or path.with_name(f"{path.name}.keys")
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BackupRefused(f"There is no file {path}.") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupRefused(f"{path} can't be read as a backup: {error}.") from None
    with archive:
        manifest_bytes, manifest = _manifest(archive, path)
        secret = None if without_keys else _keys(keys_path, manifest_bytes, manifest)
        if without_keys:
            outcome.notes.append(
                "Restored without keys: no entry's proof can be checked, and links and codes that the old secret key signed are void."
            )
        _check_members(archive, manifest)
        try:
            if known_migrations() - applied_migrations():
                migrate()
            refuse_a_newer_database()
        except DatabaseIsNewer as error:
            raise BackupRefused(str(error)) from None
        _check_fit(manifest)
        _check_empty()
        _bring_in(archive, manifest, secret, outcome, progress)
    keys.secret.cache_clear()
    keys.current.cache_clear()
    ContentType.objects.clear_cache()
    outcome.verdict = verify()
    outcome.comparison = compare_projections(None if outcome.rows < 10 * COMPARED else COMPARED)
    outcome.seconds = time.monotonic() - started
    return outcome


def _manifest(archive: zipfile.ZipFile, path: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        body = archive.read(MANIFEST)
        manifest: dict[str, Any] = json.loads(body)
        made_in = int(manifest["format"])
    except (KeyError, ValueError, zipfile.BadZipFile):
        raise BackupRefused(f"{path} is no backup of this program, or is damaged: its manifest can't be read.") from None
    if made_in != FORMAT:
        raise BackupRefused(
            f"The backup has format {made_in} and was made by version {manifest.get('program')}; this version ({program_version()}) "
            f"reads format {FORMAT}. Restore it with that version, then upgrade."
        )
    return body, manifest


def _keys(keys_path: Path, manifest_bytes: bytes, manifest: dict[str, Any]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(keys_path.read_text(encoding="utf-8"))
        for_backup, for_manifest, trail = found["backup"], found["manifest"], found["trail"]
    except FileNotFoundError:
        raise BackupRefused(
            f"The keys of the backup are not in {keys_path}. Name their file with --keys, or restore --without-keys: "
            "then the proofs of the trail's entries stay unchecked."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupRefused(f"{keys_path} can't be read as the keys of a backup.") from None
    if for_backup != manifest["uid"]:
        raise BackupRefused(f"{keys_path} holds the keys of another backup. Name the right file with --keys.")
    if for_manifest != digest_of([manifest_bytes]):
        raise BackupRefused("The manifest of the backup is not the one that its keys were made with: the archive was changed.")
    if missing := [name for name in manifest["trail"]["keys"] if name not in trail]:
        raise BackupRefused(
            f"The trail key {missing[0]} is not in {keys_path}; it was missing when the backup was made. "
            "Restore --without-keys, and put the keys into the folder of keys later."
        )
    return found


def _check_members(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Every member against its digest, before a row is written."""
    wanted: dict[str, str] = manifest["members"]
    extra = set(archive.namelist()) - set(wanted) - {MANIFEST}
    if extra:
        raise BackupRefused(f"The archive was changed: it holds {min(extra)}, which its manifest does not name.")
    for name, digest in wanted.items():
        try:
            with archive.open(name) as member:
                found = digest_of(pieces(member))
        except KeyError:
            raise BackupRefused(f"The archive was changed: {name} is missing.") from None
        except (zipfile.BadZipFile, OSError, EOFError) as error:
            raise BackupRefused(f"The archive is damaged: {name} can't be read ({error}).") from None
        if found != digest:
            raise BackupRefused(f"The archive was changed: {name} is not what was backed up.")


def _check_fit(manifest: dict[str, Any]) -> None:
    """The backup's migrations must be this program's."""
    theirs = {(app, name) for app, names in manifest["migrations"].items() for name in names}
    ours = applied_migrations()
    where = f"The backup was made by version {manifest['program']}, this is version {program_version()}."
    if later := sorted(theirs - ours):
        raise BackupRefused(
            f"{where} The backup has the migration {later[0][0]} {later[0][1]}, which this version does not know. "
            "Restore it with the version that made it, or a later one."
        )
    if earlier := sorted(ours - theirs):
        raise BackupRefused(
            f"{where} The backup lacks the migration {earlier[0][0]} {earlier[0][1]}. "
            "Restore it with the version that made it, then upgrade that system."
        )


def _check_empty() -> None:
    for model in kept_models():
        if model not in GIVE_WAY and model._base_manager.exists():
            raise BackupRefused(
                f"This system is not empty: there are rows of {model._meta.label_lower}. Restore into a new database and a new data folder."
            )
    for name, place in (("files", Path(settings.PLIMSOLL_FILES)), ("heads", Path(settings.PLIMSOLL_TRAIL_HEADS))):
        if place.is_file() and place.stat().st_size or place.is_dir() and any(p.is_file() for p in place.glob("??/*")):
            raise BackupRefused(f"This system is not empty: there are {name} in {place}. Restore into a new database and a new data folder.")


def _bring_in(
    archive: zipfile.ZipFile, manifest: dict[str, Any], secret: dict[str, Any] | None, outcome: Restored, progress: Callable[[int], None]
) -> None:
    """Rows, files, heads and keys: the rows in one transaction, the rest put in place at its end and taken away again if it fails."""
    with ExitStack() as undo:
        waiting = _unpack_files(archive, manifest, outcome, undo)
        try:
            with writing():
                _load(archive, manifest, outcome, progress)
                _place_files(waiting, undo)
                _place_heads(archive, manifest, undo)
                _place_keys(manifest, secret, outcome, undo)
        except DatabaseError as error:
            raise BackupRefused(f"The database refused the rows of the backup: {str(error).strip()}. The system is empty as before.") from error
        undo.pop_all()
    shutil.rmtree(waiting, ignore_errors=True)


def _load(archive: zipfile.ZipFile, manifest: dict[str, Any], outcome: Restored, progress: Callable[[int], None]) -> None:
    tables = {table["label"]: table for table in manifest["tables"]}
    wanted = kept_models()
    for model in reversed(wanted):
        if model in GIVE_WAY:
            model._base_manager.all().delete()
    for model in wanted:
        table = tables.get(model._meta.label_lower)
        if table is None:
            raise BackupRefused(f"The backup has no table {model._meta.label_lower}; it was made by another program than its manifest says.")
        count = _load_table(archive, model, table["fields"], lambda rows: progress(outcome.rows + rows))
        if count != table["rows"]:
            raise BackupRefused(f"The backup has {count} rows of {model._meta.label_lower}; its manifest says {table['rows']}.")
        outcome.rows += count
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), wanted):
            cursor.execute(statement)


def _load_table(archive: zipfile.ZipFile, model: type[models.Model], names: list[str], progress: Callable[[int], None]) -> int:
    """Insert the rows as they were: past `save`, past the four writes and past moments that set themselves. Triggers run."""
    fields = {f.attname: f for f in model._meta.concrete_fields}
    if set(names) != set(fields):
        raise BackupRefused(f"The columns of {model._meta.label_lower} in the backup are not those of this version.")
    readers = [(index, read) for index, name in enumerate(names) if (read := reader_of(fields[name])) is not None]
    most = max(1, min(BATCH, connection.ops.bulk_batch_size(list(fields.values()), [model()] * BATCH)))
    count = 0
    waiting: list[models.Model] = []

    def insert() -> None:
        model._base_manager.get_queryset()._insert(waiting, fields=list(fields.values()), using=connection.alias, raw=True)  # type: ignore[attr-defined]  # as loading a fixture does: no public call inserts many rows untouched
        waiting.clear()

    with archive.open(f"tables/{model._meta.label_lower}.jsonl") as member:
        for line in member:
            row = _read(line)
            for index, read in readers:
                if row[index] is not None:
                    row[index] = read(row[index])
            waiting.append(model(**dict(zip(names, row, strict=True))))
            count += 1
            if len(waiting) >= most:
                insert()
                progress(count)
    if waiting:
        insert()
    return count


def _unpack_files(archive: zipfile.ZipFile, manifest: dict[str, Any], outcome: Restored, undo: ExitStack) -> Path:
    """The attachments beside their place; what a killed restore left there goes first."""
    place = Path(settings.PLIMSOLL_FILES)
    waiting = place.with_name(f"{place.name}.restoring")
    shutil.rmtree(waiting, ignore_errors=True)
    undo.callback(shutil.rmtree, waiting, ignore_errors=True)
    for name in manifest["members"]:
        if not name.startswith("files/"):
            continue
        parts = name.split("/")[1:]
        if len(parts) != 2 or any(p in ("", ".", "..") or "\\" in p for p in parts):
            raise BackupRefused(f"The archive holds a file at {name}, where none may lie.")
        target = waiting.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as member, target.open("wb") as file:
            shutil.copyfileobj(member, file, 1 << 20)
        outcome.files += 1
    return waiting


def _place_files(waiting: Path, undo: ExitStack) -> None:
    place = Path(settings.PLIMSOLL_FILES)
    for path in sorted(waiting.glob("*/*")):
        target = place / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        undo.callback(target.unlink, missing_ok=True)


def _place_heads(archive: zipfile.ZipFile, manifest: dict[str, Any], undo: ExitStack) -> None:
    if HEADS in manifest["members"]:
        path = Path(settings.PLIMSOLL_TRAIL_HEADS)
        path.parent.mkdir(parents=True, exist_ok=True)
        undo.callback(path.unlink, missing_ok=True)
        path.write_bytes(archive.read(HEADS))


def _place_keys(manifest: dict[str, Any], secret: dict[str, Any] | None, outcome: Restored, undo: ExitStack) -> None:
    """The backup's keys in place of the one that an empty system made for itself, which has proved nothing and is set aside."""
    place = Path(settings.PLIMSOLL_TRAIL_KEYS)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in place.glob("trail-*.key"):
        aside = path.with_name(f"unused-{manifest['uid'][:8]}-{path.name}")
        path.replace(aside)
        undo.callback(aside.replace, path)
    if secret is None:
        # A number above all that were used: an entry's key is then missing, and not wrong.
        number = 1 + max((int(name) for name in manifest["trail"]["keys"] if name.isdigit()), default=0)
        _write_secret(place / f"trail-{number:04d}.key", secrets.token_hex(32), undo)
        return
    for name, value in secret["trail"].items():
        _write_secret(place / f"trail-{Path(name).name}.key", value, undo)
    if os.environ.get("PLIMSOLL_SECRET_KEY") or os.environ.get("PLIMSOLL_SECRET_KEY_FILE"):
        outcome.notes.append(
            "The secret key comes from the environment and was left alone; what the key of the backup signed "
            "(links in mails, for instance) is void unless it is the same."
        )
    elif secret["secret_key"]:
        path = Path(settings.PLIMSOLL_DATA_DIR) / "secret-key"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before:
            undo.callback(_write_secret, path, before)
        _write_secret(path, secret["secret_key"], undo)


def _write_secret(path: Path, value: str, undo: ExitStack | None = None) -> None:
    beside = path.with_name(f"{path.name}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(value)
    beside.replace(path)
    if undo is not None:
        undo.callback(path.unlink, missing_ok=True)
