"""Backup and restore: what went in comes out, on either database; what does not fit is refused and leaves nothing."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Attachment, Comment
from plimsoll.kernel.records.operations import open_record
from plimsoll.kernel.tasks.models import Heartbeat
from plimsoll.kernel.trail import keys
from plimsoll.kernel.trail.models import Entry, Seal
from plimsoll.kernel.trail.seals import seal
from plimsoll.kernel.trail.verify import verify
from plimsoll.resolution.incidents.models import Incident
from plimsoll.site.serving import restore as restoring
from plimsoll.site.serving.archive import GIVE_WAY, MANIFEST, BackupRefused, kept_models
from plimsoll.site.serving.backup import back_up
from plimsoll.site.serving.restore import restore

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, bytes made comparable."""
    return {m._meta.label_lower: [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                                  for row in m._base_manager.order_by("pk").values_list(*(f.attname for f in m._meta.concrete_fields))]
            for m in kept_models()}


@pytest.fixture
def move_in(tmp_path: Path, settings: Any) -> Callable[[str], None]:
    """Move the system to a new, empty data folder and empty the database, as if it were another installation."""

    def move(name: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        settings.PLIMSOLL_DATA_DIR, settings.PLIMSOLL_FILES = folder, folder / "files"
        settings.PLIMSOLL_TRAIL_KEYS, settings.PLIMSOLL_TRAIL_HEADS = folder / "keys", folder / "heads" / "trail.jsonl"
        settings.STATIC_ROOT = folder / "static"
        keys.secret.cache_clear()
        keys.current.cache_clear()
        call_command("flush", interactive=False, verbosity=0)

    move("first")
    return move


@pytest.fixture
def filled(move_in: Callable[[str], None], request: pytest.FixtureRequest) -> Incident:
    """A small house with a record, comments, a file, a seal."""
    house = request.getfixturevalue("house")
    record = open_record(type_named("incident"), by=house.ines, channel="page", organization=house.brannock, title="Tablets drop off")
    parts.comment(record, text="Only for us: Čačić", is_public=False, by=house.ines, channel="page")
    parts.attach(record, name="log.txt", content=b"tablet\x00log", is_public=True, by=house.ines, channel="page")
    assert seal() > 0
    return record


def test_what_goes_in_comes_out_and_verifies(filled: Incident, tmp_path: Path, move_in: Callable[[str], None], settings: Any) -> None:
    before = everything()
    made = back_up(tmp_path / "plimsoll.backup")
    assert made.notes == []
    assert made.rows == sum(map(len, before.values()))
    assert stat.S_IMODE(made.keys_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    secret = json.loads(made.keys_path.read_text())["trail"]["0001"]
    with zipfile.ZipFile(made.path) as archive:
        assert not any(secret.encode() in archive.read(name) for name in archive.namelist())
    move_in("second")
    done = restore(made.path)
    assert done.is_sound, done
    assert done.verdict.unchecked == []
    assert (done.rows, done.files) == (made.rows, 1)
    assert everything() == before
    assert Attachment.objects.get().digest == hashlib.sha256(b"tablet\x00log").hexdigest()
    # Life goes on: numbers, sequences and the trail continue.
    again = Comment.objects.create(card_id=filled.pk, author_id=filled.opened_by_id, text="x", at=filled.opened_at, channel="page")
    assert again.pk > max(row[0] for row in before["records.comment"])
    assert verify().is_sound
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_fts WHERE search_fts MATCH 'cacic'")
            assert cursor.fetchone()[0] == 1


def test_a_backup_does_not_hold_up_writers(filled: Incident, tmp_path: Path) -> None:
    from plimsoll.site.serving.backup import one_view  # noqa: PLC0415 (only here)

    count = Entry.objects.count()
    with one_view():
        assert Entry.objects.count() == count
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("INSERT INTO tasks_heartbeat (name, kind, at) VALUES ('w', 'worker', '2026-11-02 08:00:00+00:00')")
        finally:
            other.close()
        assert not Heartbeat.objects.filter(name="w").exists()
    assert Heartbeat.objects.filter(name="w").exists()


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of an archive with some members changed or left out."""
    copy = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            if (body := change(name, old.read(name))) is not None:
                new.writestr(name, body)
    return copy


def in_manifest(**values: Any) -> Callable[[str, bytes], bytes]:
    return lambda name, body: json.dumps({**json.loads(body), **values}).encode() if name == MANIFEST else body


def is_empty(settings: Any) -> bool:
    rows = any(m._base_manager.exists() for m in kept_models() if m not in GIVE_WAY)
    return not rows and not list(Path(settings.PLIMSOLL_FILES).glob("??/*")) and not Path(settings.PLIMSOLL_TRAIL_HEADS).exists()


REFUSALS: list[tuple[str, Callable[[str, bytes], bytes | None], str]] = [
    ("a row changed", lambda n, b: b.replace(b"Northmere", b"Southmere") if n == "tables/identity.tenant.jsonl" else b, "is not what was backed up"),
    ("a file changed", lambda n, b: b"other" if n.startswith("files/") else b, "is not what was backed up"),
    ("a table left out", lambda n, b: None if n == "tables/trail.detail.jsonl" else b, "is missing"),
    ("no manifest", lambda n, b: None if n == MANIFEST else b, "is no backup"),
    ("another format", in_manifest(format=99), "reads format 1"),
]


@pytest.mark.parametrize(("change", "sentence"), [pytest.param(c, s, id=i) for i, c, s in REFUSALS])
def test_a_changed_archive_is_refused(filled: Incident, tmp_path: Path, move_in: Callable[[str], None], settings: Any,
                                      change: Callable[[str, bytes], bytes | None], sentence: str) -> None:
    made = back_up(tmp_path / "plimsoll.backup")
    changed = rewritten(made.path, change)
    move_in("second")
    with pytest.raises(BackupRefused, match=sentence):
        restore(changed, made.keys_path)
    assert is_empty(settings)


def test_a_manifest_that_was_adapted_is_refused_by_the_keys(filled: Incident, tmp_path: Path, move_in: Callable[[str], None], settings: Any) -> None:
    made = back_up(tmp_path / "plimsoll.backup")
    changed = rewritten(made.path, in_manifest(vendor="other"))
    move_in("second")
    with pytest.raises(BackupRefused, match="not the one that its keys were made with"):
        restore(changed, made.keys_path)
    assert is_empty(settings)


def test_other_versions_are_refused_with_what_to_do(filled: Incident, tmp_path: Path, move_in: Callable[[str], None], settings: Any) -> None:
    made = back_up(tmp_path / "plimsoll.backup")
    with zipfile.ZipFile(made.path) as archive:
        migrations = json.loads(archive.read(MANIFEST))["migrations"]
    move_in("second")
    newer = rewritten(made.path, in_manifest(migrations={**migrations, "trail": [*migrations["trail"], "0099_later"]}))
    with pytest.raises(BackupRefused, match="trail 0099_later, which this version does not know"):
        restore(newer, without_keys=True)
    older = rewritten(made.path, in_manifest(migrations={**migrations, "trail": migrations["trail"][:-1]}))
    with pytest.raises(BackupRefused, match="then upgrade that system"):
        restore(older, without_keys=True)
    assert is_empty(settings)


def test_without_keys_it_says_what_stays_unchecked(filled: Incident, tmp_path: Path, move_in: Callable[[str], None]) -> None:
    made = back_up(tmp_path / "plimsoll.backup")
    made.keys_path.unlink()
    move_in("second")
    with pytest.raises(BackupRefused, match="--without-keys"):
        restore(made.path)
    done = restore(made.path, without_keys=True)
    assert done.is_sound
    assert "can't be checked" in done.verdict.unchecked[0]
    assert keys.live()[0] == "0002"


def test_the_wrong_keys_are_refused(filled: Incident, tmp_path: Path, move_in: Callable[[str], None]) -> None:
    made, other = back_up(tmp_path / "one.backup"), back_up(tmp_path / "other.backup")
    move_in("second")
    with pytest.raises(BackupRefused, match="keys of another backup"):
        restore(made.path, other.keys_path)


def test_only_an_empty_system_is_filled(filled: Incident, tmp_path: Path) -> None:
    made = back_up(tmp_path / "plimsoll.backup")
    before = everything()
    with pytest.raises(BackupRefused, match="not empty"):
        restore(made.path)
    assert everything() == before
    with pytest.raises(BackupRefused, match="exists already"):
        back_up(tmp_path / "plimsoll.backup")


def test_a_restore_that_fails_leaves_the_system_empty(filled: Incident, tmp_path: Path, move_in: Callable[[str], None], settings: Any,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    made = back_up(tmp_path / "plimsoll.backup")
    move_in("second")
    own = keys.live()

    def fail(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_write_secret", fail)
        with pytest.raises(OSError, match="No space"):
            restore(made.path)
    assert is_empty(settings)
    assert not list(settings.PLIMSOLL_DATA_DIR.glob("*.restoring"))
    keys.secret.cache_clear()
    keys.current.cache_clear()
    assert keys.live() == own
    assert restore(made.path).is_sound


def test_heads_of_later_seals_are_left_out(filled: Incident, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(settings.PLIMSOLL_TRAIL_HEADS)
    path.write_text(path.read_text() + json.dumps({"number": Seal.objects.count() + 1, "head": "ff", "count": 1, "at": "later"}) + "\n{torn")
    made = back_up(tmp_path / "plimsoll.backup")
    with zipfile.ZipFile(made.path) as archive:
        numbers = [json.loads(line)["number"] for line in archive.read("heads/trail.jsonl").splitlines()]
    assert numbers == list(range(1, Seal.objects.count() + 1))


def test_an_archive_of_the_other_database_comes_back_exactly(filled: Incident, tmp_path: Path, move_in: Callable[[str], None]) -> None:
    """The rows are written alike by both: values keep their type and their microseconds."""
    made = back_up(tmp_path / "plimsoll.backup")
    with zipfile.ZipFile(made.path) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        table = next(t for t in manifest["tables"] if t["label"] == "trail.entry")
        row = dict(zip(table["fields"], json.loads(archive.read("tables/trail.entry.jsonl").splitlines()[0]), strict=True))
    first = Entry.objects.order_by("pk").first()
    assert first is not None
    assert datetime.fromisoformat(row["recorded_at"]) == first.recorded_at
    assert row["uid"] == str(first.uid)
    assert date.fromisoformat(row["at"][:10])
