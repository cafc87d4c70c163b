"""The configuration: read from the environment only, checked at start, with a sentence per fault. Plain Python."""

from __future__ import annotations

import difflib
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from plimsoll.kernel.lib.text import whole

# Every setting, for deploy/README.md (a test compares) and for the guess at a misspelt one. Those in SECRETS may also be given as a file.
SETTINGS = (
    "PLIMSOLL_DATA_DIR",
    "PLIMSOLL_DATABASE_URL",
    "PLIMSOLL_DATABASE_PASSWORD",
    "PLIMSOLL_SECRET_KEY",
    "PLIMSOLL_URL",
    "PLIMSOLL_HOSTS",
    "PLIMSOLL_TRAIL_KEYS",
    "PLIMSOLL_TRAIL_HEADS",
    "PLIMSOLL_FILES",
    "PLIMSOLL_ATTACHMENT_MB",
    "PLIMSOLL_SMTP_HOST",
    "PLIMSOLL_SMTP_PORT",
    "PLIMSOLL_SMTP_USER",
    "PLIMSOLL_SMTP_PASSWORD",
    "PLIMSOLL_SMTP_TLS",
    "PLIMSOLL_MAIL_FROM",
    "PLIMSOLL_DEBUG",
)
SECRETS = ("PLIMSOLL_DATABASE_PASSWORD", "PLIMSOLL_SECRET_KEY", "PLIMSOLL_SMTP_PASSWORD")


@dataclass(slots=True)
class Configuration:
    """What the environment says, with defaults that start an embedded system. `faults` are sentences."""

    data_dir: Path
    database: dict[str, Any]
    secret_key: str
    debug: bool = False
    hosts: list[str] = field(default_factory=list)
    url: str = ""
    trail_keys: Path = Path()
    trail_heads: Path = Path()
    files: Path = Path()
    attachment_bytes: int = 25_000_000
    mail: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read(env: Mapping[str, str] = os.environ) -> Configuration:
    """Read and check the environment. Faults are collected, not raised: the command line prints them all at once."""
    faults = _misspelt(env)
    data_dir = Path(env.get("PLIMSOLL_DATA_DIR", "data")).absolute()
    database = _database(env.get("PLIMSOLL_DATABASE_URL", ""), data_dir, faults)
    if (password := _secret(env, "PLIMSOLL_DATABASE_PASSWORD", faults)) and "PASSWORD" in database:
        database["PASSWORD"] = password
    debug = _flag(env, "PLIMSOLL_DEBUG", faults)
    hosts = [h.strip() for h in env.get("PLIMSOLL_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h.strip()]
    url = env.get("PLIMSOLL_URL", "http://127.0.0.1:8000").rstrip("/")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        faults.append(f"PLIMSOLL_URL is “{url}”; it must be the address people use, such as https://desk.example.org.")
    elif (host := str(urlsplit(url).hostname)) not in hosts and "*" not in hosts:
        hosts.append(host)  # whoever names the address means to be reached by it
    mail = {
        "host": env.get("PLIMSOLL_SMTP_HOST", ""),
        "port": _number(env, "PLIMSOLL_SMTP_PORT", 587, 1, 65535, faults),
        "user": env.get("PLIMSOLL_SMTP_USER", ""),
        "password": _secret(env, "PLIMSOLL_SMTP_PASSWORD", faults) or "",
        "tls": env.get("PLIMSOLL_SMTP_TLS", "starttls"),
        "from": env.get("PLIMSOLL_MAIL_FROM", "plimsoll@localhost"),
    }
    if mail["tls"] not in ("starttls", "tls", "none"):
        faults.append(f"PLIMSOLL_SMTP_TLS is “{mail['tls']}”; it must be starttls, tls or none.")
    return Configuration(
        data_dir=data_dir,
        database=database,
        secret_key=_secret_key(env, data_dir, faults),
        debug=debug,
        hosts=hosts,
        url=url,
        trail_keys=Path(env.get("PLIMSOLL_TRAIL_KEYS", data_dir / "keys")).absolute(),
        trail_heads=Path(env.get("PLIMSOLL_TRAIL_HEADS", data_dir / "heads" / "trail.jsonl")).absolute(),
        files=Path(env.get("PLIMSOLL_FILES", data_dir / "files")).absolute(),
        attachment_bytes=_number(env, "PLIMSOLL_ATTACHMENT_MB", 25, 1, 1000, faults) * 1_000_000,
        mail=mail,
        faults=faults,
    )


def _flag(env: Mapping[str, str], name: str, faults: list[str]) -> bool:
    value = env.get(name, "").lower()
    if value not in ("", "0", "1", "no", "yes", "false", "true"):
        faults.append(f"{name} is “{value}”; it must be 1 or 0.")
    return value in ("1", "yes", "true")


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int, faults: list[str]) -> int:
    value = env.get(name, "")
    if not value:
        return default
    number = whole(value, most)
    if number is None or number < least:
        faults.append(f"{name} is “{value}”; it must be a whole number from {least} to {most}.")
        return default
    return number


def _secret(env: Mapping[str, str], name: str, faults: list[str]) -> str | None:
    """A secret from NAME or from the file that NAME_FILE names."""
    if path := env.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            faults.append(f"{name}_FILE names “{path}”, which can't be read: {error.strerror}.")
            return None
    return env.get(name)


def _secret_key(env: Mapping[str, str], data_dir: Path, faults: list[str]) -> str:
    """The key that signs sessions and links: from the environment, else made once and kept in the data folder."""
    given = _secret(env, "PLIMSOLL_SECRET_KEY", faults)
    if given is not None:
        if len(given) < 32:
            faults.append("PLIMSOLL_SECRET_KEY is shorter than 32 characters; take a long random text.")
        return given
    path = data_dir / "secret-key"
    try:
        if path.exists():
            return path.read_text(encoding="utf-8").strip()
        data_dir.mkdir(parents=True, exist_ok=True)
        # Written aside and linked into place: of two starts at once, both end with the same whole key.
        handle, aside = tempfile.mkstemp(dir=data_dir, prefix="secret-key-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(aside, path)
        os.unlink(aside)
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        faults.append(f"PLIMSOLL_DATA_DIR is “{data_dir}”, which can't be written: {error.strerror}.")
        return "unusable"


def _misspelt(env: Mapping[str, str]) -> list[str]:
    """Names that look like a setting and are none: a typing error would otherwise be a setting silently ignored."""
    known = {*SETTINGS, *(f"{name}_FILE" for name in SECRETS)}
    return [
        f"{name} is not a setting. Did you mean {near[0]}?"
        for name in sorted(env)
        if name.startswith("PLIMSOLL_")
        and name not in known
        and not name.startswith("PLIMSOLL_TEST_")
        and (near := difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.85))
    ]


def _database(url: str, data_dir: Path, faults: list[str]) -> dict[str, Any]:
    if not url:
        return sqlite(data_dir / "plimsoll.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in ("postgres", "postgresql"):
        faults.append(f"PLIMSOLL_DATABASE_URL starts with “{parts.scheme}”; it must start with sqlite:/// or postgresql://.")
        return sqlite(data_dir / "plimsoll.sqlite3")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": False,
        # A list joins seven small tables to one large; planning every order of them cost 15 ms a query, and joins in the order written are
        # right for it. Compiling plans (JIT) never pays for questions that answer in a millisecond.
        "OPTIONS": {"options": "-c join_collapse_limit=4 -c jit=off", **options},
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite as it serves several processes: WAL, one writer that takes its lock at once, and patience for it."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;PRAGMA cache_size=-16000;",
        },
    }
