"""The environment is read once, checked whole, and faults are sentences. No database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from plimsoll.site.configuration import SETTINGS, read

README = Path(__file__).parents[4] / "deploy" / "README.md"


def told(tmp_path: Path, **env: str) -> list[str]:
    return read({"PLIMSOLL_DATA_DIR": str(tmp_path / "data"), **env}).faults


def test_nothing_needs_to_be_said(tmp_path: Path) -> None:
    found = read({"PLIMSOLL_DATA_DIR": str(tmp_path / "data")})
    assert found.faults == []
    assert found.database["NAME"] == str(tmp_path / "data" / "plimsoll.sqlite3")


def test_the_key_is_made_once_also_by_many_starts_at_once(tmp_path: Path) -> None:
    env = {"PLIMSOLL_DATA_DIR": str(tmp_path / "data")}
    with ThreadPoolExecutor(8) as starts:
        keys = {found.secret_key for found in starts.map(lambda _: read(env), range(24))}
    assert len(keys) == 1
    assert len(keys.pop()) > 40
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["secret-key"]
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PLIMSOLL_DATABASE_URL", "mysql://x/y", "PLIMSOLL_DATABASE_URL starts with “mysql”; it must start with sqlite:/// or postgresql://."),
        ("PLIMSOLL_URL", "desk", "PLIMSOLL_URL is “desk”; it must be the address people use, such as https://desk.example.org."),
        ("PLIMSOLL_SECRET_KEY", "short", "PLIMSOLL_SECRET_KEY is shorter than 32 characters; take a long random text."),
        ("PLIMSOLL_DEBUG", "perhaps", "PLIMSOLL_DEBUG is “perhaps”; it must be 1 or 0."),
        ("PLIMSOLL_SMTP_PORT", "99999", "PLIMSOLL_SMTP_PORT is “99999”; it must be a whole number from 1 to 65535."),
        ("PLIMSOLL_SECRET_KEY_FILE", "/nowhere", "PLIMSOLL_SECRET_KEY_FILE names “/nowhere”, which can't be read: No such file or directory."),
        ("PLIMSOLL_HOST", "desk", "PLIMSOLL_HOST is not a setting. Did you mean PLIMSOLL_HOSTS?"),
    ],
)
def test_each_fault_is_a_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    assert told(tmp_path, **{name: value}) == [sentence]


def test_several_faults_are_told_together(tmp_path: Path) -> None:
    assert len(told(tmp_path, PLIMSOLL_DEBUG="x", PLIMSOLL_SMTP_TLS="x", PLIMSOLL_URL="x")) == 3


def test_a_data_folder_that_cannot_be_written_is_named() -> None:
    assert "which can't be written" in read({"PLIMSOLL_DATA_DIR": "/proc/plimsoll"}).faults[0]


def test_a_postgresql_address_is_taken_apart(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("p@ss\n", encoding="utf-8")
    found = read(
        {
            "PLIMSOLL_DATA_DIR": str(tmp_path),
            "PLIMSOLL_DATABASE_URL": "postgresql://me@db.example:5433/desk?sslmode=require",
            "PLIMSOLL_DATABASE_PASSWORD_FILE": str(secret),
        }
    )
    assert found.faults == []
    assert {k: found.database[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "desk",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"options": "-c join_collapse_limit=4 -c jit=off", "sslmode": "require"},
    }


def test_the_address_is_a_host_that_is_answered(tmp_path: Path) -> None:
    assert "desk.example.org" in read({"PLIMSOLL_DATA_DIR": str(tmp_path), "PLIMSOLL_URL": "https://desk.example.org"}).hosts


def test_the_readme_of_deploy_names_every_setting() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"`{name}`" not in text] == []
