"""What the tests of backup do inside a system of its own: each function runs in a process of that system, and asserts there."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import canonical, plain
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Attachment, Comment
from plimsoll.kernel.records.operations import open_record
from plimsoll.kernel.search.models import SearchRow
from plimsoll.kernel.tasks.models import Heartbeat
from plimsoll.kernel.trail import keys
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.seals import seal
from plimsoll.kernel.trail.verify import verify
from plimsoll.site.serving import restore as restoring
from plimsoll.site.serving.archive import GIVE_WAY, MANIFEST, BackupRefused, kept_models
from plimsoll.site.serving.backup import one_view
from plimsoll.site.serving.restore import restore
from tests.cast import build_house

CONTENT = b"tablet\x00log"


def fill() -> None:
    """A house with a record, an internal comment, a file and a seal."""
    house = build_house()
    record = open_record(
        type_named("incident"),
        by=house.ines,
        channel="page",
        organization=house.brannock,
        title="Tablets drop off",
        **{"service": house.service().pk, "impact": 2, "urgency": 2},
    )
    parts.comment(record, text="Only for us: Čačić", is_public=False, by=house.ines, channel="page")
    parts.attach(record, name="log.txt", content=CONTENT, is_public=True, by=house.ines, channel="page")
    assert seal() > 0
    assert seal() == 0


def rows() -> None:
    """Print a digest of the rows of each table, the same for the same rows on either database."""
    found = {}
    for model in kept_models():
        names = [f.attname for f in model._meta.concrete_fields]
        lines = [
            canonical([bytes(v).hex() if isinstance(v, memoryview | bytes) else plain(v) for v in row])
            for row in model._base_manager.order_by("pk").values_list(*names)
        ]
        found[model._meta.label_lower] = f"{len(lines)} {hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}"
    sys.stdout.write(json.dumps(found))


def lives_on() -> None:
    """After a restore: the file is there, the search finds, new rows get new numbers, the trail goes on."""
    attachment = Attachment.objects.get()
    assert attachment.digest == hashlib.sha256(CONTENT).hexdigest()
    assert (settings.PLIMSOLL_FILES / attachment.digest[:2] / attachment.digest).read_bytes() == CONTENT
    newest = Comment.objects.order_by("-pk").values_list("pk", flat=True)[0]
    record = type_named("incident").model._base_manager.get(pk=attachment.card_id)
    by = Person.objects.select_related("tenant", "organization").get(pk=record.opened_by_id)
    said = parts.comment(record, text="Life goes on", is_public=True, by=by, channel="page")
    assert said.pk > newest
    assert "cacic" in SearchRow.objects.get(card=record.pk).internal
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_fts WHERE search_fts MATCH 'cacic'")
            assert cursor.fetchone()[0] == 1
    seal()
    verdict = verify()
    assert verdict.is_sound, verdict.faults
    assert not verdict.unchecked


def a_writer_is_not_held_up() -> None:
    """During the view of a backup others write, and the view does not see it."""
    with one_view():
        assert Entry.objects.exists()
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("INSERT INTO tasks_heartbeat (name, kind, at) VALUES ('w', 'worker', '2026-11-02 08:00:00+00:00')")
        other.close()
        assert not Heartbeat.objects.filter(name="w").exists()
    assert Heartbeat.objects.filter(name="w").exists()


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of an archive with some members changed or left out."""
    copy = Path(settings.PLIMSOLL_DATA_DIR) / "changed.backup"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            if (body := change(name, old.read(name))) is not None:
                new.writestr(name, body)
    return copy


def in_manifest(**values: Any) -> Callable[[str, bytes], bytes]:
    return lambda name, body: json.dumps({**json.loads(body), **values}).encode() if name == MANIFEST else body


def assert_empty() -> None:
    for model in kept_models():
        assert model in GIVE_WAY or not model._base_manager.exists(), model
    assert not list(Path(settings.PLIMSOLL_FILES).glob("??/*"))
    assert not Path(settings.PLIMSOLL_TRAIL_HEADS).exists()


def refusals(path: str, other_keys: str) -> None:
    """Everything that is refused, each with its sentence and with nothing left behind."""
    whole = Path(path)
    with zipfile.ZipFile(whole) as archive:
        migrations = json.loads(archive.read(MANIFEST))["migrations"]
    own_keys = whole.with_name(f"{whole.name}.keys")
    later = {**migrations, "trail": [*migrations["trail"], "0099_later"]}
    earlier = {**migrations, "trail": migrations["trail"][:-1]}

    def table(label: str) -> str:
        return f"tables/{label}.jsonl"

    cases: list[tuple[str, Callable[[str, bytes], bytes | None], dict[str, Any], str]] = [
        ("a row changed", lambda n, b: b.replace(b"Northm", b"Southm") if n == table("identity.tenant") else b, {}, "is not what was backed up"),
        ("a file changed", lambda n, b: b"other" if n.startswith("files/") else b, {}, "is not what was backed up"),
        ("a table left out", lambda n, b: None if n == table("trail.detail") else b, {}, "is missing"),
        ("no manifest", lambda n, b: None if n == MANIFEST else b, {}, "is no backup"),
        ("another format", in_manifest(format=99), {}, "reads format 1"),
        ("an adapted manifest", in_manifest(vendor="other"), {}, "not the one that its keys were made with"),
        ("keys of another", lambda n, b: b, {"keys_path": Path(other_keys)}, "keys of another backup"),
        ("no keys", lambda n, b: b, {"keys_path": Path("/nowhere")}, "--without-keys"),
        ("from a later version", in_manifest(migrations=later), {"without_keys": True}, "trail 0099_later, which this version does not know"),
        ("from an earlier version", in_manifest(migrations=earlier), {"without_keys": True}, "then upgrade that system"),
    ]
    for _name, change, given, sentence in cases:
        with pytest.raises(BackupRefused, match=re.escape(sentence)):
            restore(rewritten(whole, change), **{"keys_path": own_keys, **given})
        assert_empty()
    _fails_on_the_way(whole)


def _fails_on_the_way(whole: Path) -> None:
    """A full disk while the keys are written, at the very end: everything is as it was, and the next try succeeds."""
    own = keys.live()
    full = OSError(28, "No space left on device")
    with mock.patch.object(restoring, "_write_secret", side_effect=full), pytest.raises(OSError, match="No space"):
        restore(whole)
    assert_empty()
    assert not list(Path(settings.PLIMSOLL_DATA_DIR).glob("*.restoring"))
    keys.secret.cache_clear()
    keys.current.cache_clear()
    assert keys.live() == own
    assert restore(whole).is_sound
    with pytest.raises(BackupRefused, match="not empty"):
        restore(whole)
