"""The processes that the product ships to start from: read once from `content/processes.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Starter:
    """A process as it may begin. An input is what it is, and who outside gives it (nobody: another process does)."""

    key: str
    title: str
    clauses: str
    purpose: str
    covers: str
    stage: str
    kinds: str
    activities: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]


@cache
def starters() -> tuple[Starter, ...]:
    """All of them, in the order of the standard."""
    with (Path(settings.PLIMSOLL_CONTENT) / "processes.toml").open("rb") as file:
        rows = tomllib.load(file)
    return tuple(
        Starter(
            key=key,
            **{name: row[name] for name in ("title", "clauses", "purpose", "covers", "stage", "kinds")},
            activities=tuple(row["activities"]),
            inputs=tuple((what, outside) for what, outside in row["inputs"]),
            outputs=tuple(row["outputs"]),
        )
        for key, row in rows.items()
    )


def starter_named(key: str) -> Starter | None:
    """The one of a key."""
    return next((starter for starter in starters() if starter.key == key), None)
