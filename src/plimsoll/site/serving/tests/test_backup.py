"""Backup and restore: what went in comes out, on either database and across; what does not fit is refused and leaves nothing."""

from __future__ import annotations

import json
import secrets
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import System, _admin, _with_name

pytestmark = pytest.mark.once  # what it asks, the rooms' own tests ask on both

INSIDE = "import sys; from plimsoll.site.serving.tests import inside; "


@pytest.fixture
def another(migrated: System, tmp_path: Path) -> Iterator[System]:
    """A second system on the database under test, neither migrated nor ever started."""
    folder = tmp_path / "another"
    folder.mkdir()
    if not migrated.database_url:
        yield System(folder)
        return
    name = f"another_{secrets.token_hex(6)}"
    admin = _with_name(migrated.database_url, "postgres")
    _admin(admin, f'CREATE DATABASE "{name}"')
    yield System(folder, _with_name(migrated.database_url, name))
    _admin(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def filled(system: System) -> System:
    system.python(INSIDE + "inside.fill()")
    return system


def rows(system: System) -> dict[str, str]:
    return json.loads(system.python(INSIDE + "inside.rows()"))


def test_there_and_back_through_sqlite(filled: System, another: System, tmp_path: Path) -> None:
    """The database under test, into an embedded one, and back: every row the same, and proved."""
    first, second = tmp_path / "first.backup", tmp_path / "second.backup"
    made = json.loads(filled.run("backup", str(first), "--json").stdout)
    assert made["notes"] == []
    assert made["files"] == 1
    before = rows(filled)
    assert made["rows"] == sum(int(told.split()[0]) for told in before.values())
    embedded = System(tmp_path / "embedded")
    embedded.folder.mkdir()
    done = json.loads(embedded.run("restore", str(first), "--json").stdout)
    assert done["is_sound"]
    assert done["unchecked"] == []
    assert done["compared"] == done["records"] > 0
    assert rows(embedded) == before
    embedded.run("backup", str(second))
    assert "is what was backed up" in another.run("restore", str(second)).stdout
    assert rows(another) == before
    another.python(INSIDE + "inside.lives_on()")
    embedded.python(INSIDE + "inside.lives_on()")


def test_keys_lie_apart_and_nobody_else_reads_them(filled: System, tmp_path: Path) -> None:
    path = tmp_path / "plimsoll.backup"
    filled.run("backup", str(path))
    keys = path.with_name("plimsoll.backup.keys")
    assert stat.S_IMODE(keys.stat().st_mode) == stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = json.loads(keys.read_text())["trail"]["0001"]
    with zipfile.ZipFile(path) as archive:
        assert not any(secret.encode() in archive.read(name) for name in archive.namelist())
    again = filled.run("backup", str(path), check=False)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    filled.python(INSIDE + "inside.a_writer_is_not_held_up()")


def test_what_does_not_fit_is_refused_and_leaves_nothing(filled: System, another: System, tmp_path: Path) -> None:
    path, other = tmp_path / "one.backup", tmp_path / "other.backup"
    filled.run("backup", str(path))
    filled.run("backup", str(other))
    another.run("migrate")
    another.python(INSIDE + "inside.refusals(sys.argv[1], sys.argv[2])", str(path), f"{other}.keys")


def test_without_keys_it_says_what_stays_unchecked(filled: System, another: System, tmp_path: Path) -> None:
    path = tmp_path / "plimsoll.backup"
    filled.run("backup", str(path), "--keys", str(tmp_path / "elsewhere.keys"))
    refused = another.run("restore", str(path), check=False)
    assert refused.returncode == 1
    assert "--without-keys" in refused.stderr
    done = json.loads(another.run("restore", str(path), "--without-keys", "--json").stdout)
    assert done["is_sound"]
    assert "can't be checked" in done["unchecked"][0]
    assert (another.folder / "keys" / "trail-0002.key").exists()
    told = another.run("verify", check=False)
    assert told.returncode == 0, told.stdout
