"""Keys that prove trail entries; kept outside the database, so that whoever writes there can't prove what they wrote."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings


class NoKey(Exception):
    """The key of an entry is not here: its proof can't be checked. `args[0]` is a sentence."""


def folder() -> Path:
    """Where the keys lie: `keys/` in the data folder, unless `PLIMSOLL_TRAIL_KEYS` says otherwise."""
    return Path(settings.PLIMSOLL_TRAIL_KEYS)


def ensure() -> str:
    """Make the first key when there is none; return the id of the newest. Called by `migrate` and at start."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if found := sorted(place.glob("trail-*.key")):
        return found[-1].stem.removeprefix("trail-")
    return rotate()


def rotate() -> str:
    """Add a key; from now on it proves new entries, the old ones keep proving theirs. Returns its id."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = 1 + max((int(p.stem.removeprefix("trail-")) for p in place.glob("trail-*.key")), default=0)
    name = f"{number:04d}"
    path = place / f"trail-{name}.key"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    current.cache_clear()
    return name


@lru_cache(maxsize=32)
def secret(name: str, place: str) -> bytes:
    """The secret of one key id, or `NoKey`."""
    try:
        return bytes.fromhex((Path(place) / f"trail-{name}.key").read_text().strip())
    except FileNotFoundError:
        raise NoKey(f"The trail key {name} is not in {place}; the proofs of its entries can't be checked.") from None


@lru_cache(maxsize=4)
def current(place: str) -> tuple[str, bytes]:
    """The newest key's id and secret."""
    name = ensure()
    return name, secret(name, place)


def live() -> tuple[str, bytes]:
    """The key that proves new entries."""
    return current(str(settings.PLIMSOLL_TRAIL_KEYS))


def of(name: str) -> bytes:
    """The secret of a key id, or `NoKey`."""
    return secret(name, str(settings.PLIMSOLL_TRAIL_KEYS))
