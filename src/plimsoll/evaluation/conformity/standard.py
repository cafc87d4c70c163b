"""The requirements as data: sub-clauses and items of `content/standard/`, in their order. Read once; what is wrong there stops the start.

Texts are paraphrases in our own words; the standard itself is not here and is read in one's own copy.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from plimsoll.evaluation.conformity.rules import ASPECTS, Aspect, Bands, Kind

EDITION = "ISO/IEC 20000-1:2018 with Amendment 1:2024"
BANDS = ("present_from", "partly_from")


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement: what must exist, how it is shown, and what is asked of whom. `waits` names kinds of records that are not built yet."""

    id: str
    clause: str
    exists: str
    kind: Kind
    computes: str = ""
    attests: str = ""
    clause_2011: str = ""
    aspects: tuple[Aspect, ...] = ()
    query: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    interval: str = "year"
    role: str = ""
    condition: str = ""
    waits: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    same_as: str = ""

    @property
    def letter(self) -> str:
        """“b” of 8.3.3-b."""
        return self.id.rpartition("-")[2]

    @property
    def bands(self) -> Bands:
        return Bands(self.parameters.get("present_from", 1.0), self.parameters.get("partly_from", 0.0))

    @property
    def bounds(self) -> dict[str, float]:
        """What the query is told; the bands are not its business."""
        return {name: value for name, value in self.parameters.items() if name not in BANDS}


@dataclass(frozen=True, slots=True)
class Subclause:
    """A numbered part of the standard with its items."""

    number: str
    title: str
    short: str
    clause_2011: str
    documents: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def clause(self) -> str:
        """What the wall groups by: clause 8 by its parts (8.1 to 8.7), the others whole."""
        parts = self.number.split(".")
        return ".".join(parts[:2]) if parts[0] == "8" else parts[0]


def folder() -> Path:
    return Path(settings.PLIMSOLL_CONTENT) / "standard"


@cache
def subclauses() -> tuple[Subclause, ...]:
    """Every sub-clause, in the order of the standard."""
    found = []
    for path in sorted((folder() / "iso-20000-1").glob("*.toml")):
        with path.open("rb") as file:
            found += [_subclause(row) for row in tomllib.load(file)["subclause"]]
    return tuple(found)


def _subclause(row: Mapping[str, Any]) -> Subclause:
    number, old = str(row["number"]), str(row.get("clause_2011", ""))
    return Subclause(
        number,
        str(row["title"]),
        str(row.get("short") or row["title"]),
        old,
        tuple(row.get("documents", ())),
        tuple(_item(i, number, old) for i in row["item"]),
    )


def _item(row: Mapping[str, Any], clause: str, clause_2011: str) -> Item:
    unknown = set(row) - set(Item.__dataclass_fields__)
    if unknown:
        raise ValueError(f"{row['id']}: unknown words {', '.join(sorted(unknown))}")
    if wrong := set(row.get("aspects", ())) - set(ASPECTS):
        raise ValueError(f"{row['id']}: no such aspect {', '.join(sorted(wrong))}")
    lists = {name: tuple(row.get(name, ())) for name in ("aspects", "waits", "related")}
    plain = {name: value for name, value in row.items() if name not in (*lists, "clause_2011", "parameters")}
    made = {**plain, **lists, "clause": clause, "clause_2011": row.get("clause_2011") or clause_2011}
    return Item(**made, parameters={name: float(value) for name, value in row.get("parameters", {}).items()})


@cache
def items() -> dict[str, Item]:
    """Every item by its id, in the order of the standard."""
    return {item.id: item for sub in subclauses() for item in sub.items}


# The parts that the wall shows, with the names that it gives them.
CLAUSES: tuple[str, ...] = ("4", "5", "6", "7", "8.1", "8.2", "8.3", "8.4", "8.5", "8.6", "8.7", "9", "10")


def of_clause(clause: str) -> list[Subclause]:
    """The sub-clauses of a part of the wall."""
    return [sub for sub in subclauses() if sub.clause == clause]
