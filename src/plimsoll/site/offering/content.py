"""The offers of the guided set-up, read once from `content/guide.toml`. It writes nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

SORTS = ("record", "person", "customer", "holders", "service", "requirement", "agreement", "processes")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to begin with. `place` counts the offers before it that are known by the same values (`there`), or are of the same sort."""

    key: str
    step: str
    title: str
    why: str
    sort: str = "record"
    kind: str = ""
    asks: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    there: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    place: int = 0


@cache
def offers() -> tuple[Offer, ...]:
    """All of them, in their order. Raises ValueError for a sort that nobody knows how to take over."""
    with (Path(settings.PLIMSOLL_CONTENT) / "guide.toml").open("rb") as file:
        rows = tomllib.load(file)["offer"]
    found: list[Offer] = []
    for row in rows:
        if row.get("sort", "record") not in SORTS:
            raise ValueError(f"guide.toml: {row['key']} is of the sort {row['sort']}, which nobody takes over.")
        told: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
        same = [o for o in found if (o.sort, o.kind, dict(o.there)) == (row.get("sort", "record"), row.get("kind", ""), row.get("there", {}))]
        found.append(Offer(**told, place=len(same)))
    return tuple(found)


def offers_of(step: str) -> list[Offer]:
    """Those of a step."""
    return [offer for offer in offers() if offer.step == step]
