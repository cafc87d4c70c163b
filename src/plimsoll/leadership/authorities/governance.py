"""How the management system is changed, as content says: which roles start and approve, which documents are governed. It writes nothing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from plimsoll.kernel.documents.content import template_named


@dataclass(frozen=True, slots=True)
class Governance:
    """The rules of `content/governance.toml`. Roles and templates by their codes."""

    plan: str
    starts: str
    approves: str
    sorts: frozenset[str]
    applies_to: frozenset[str]
    runs: tuple[str, ...]
    needed: tuple[str, ...]
    audits: str

    def is_governed(self, sort: str, applies_to: str, template: str = "") -> bool:
        """Is a document of this kind, or begun from this template, part of what steers the management system?"""
        begun_from = template_named(template) if template else None
        kinds = [(sort, applies_to), *([(begun_from.sort, begun_from.applies_to)] if begun_from is not None else [])]
        return any(kind in self.sorts and what in self.applies_to for kind, what in kinds)


@lru_cache(maxsize=2)
def governance(folder: Path | None = None) -> Governance:
    """Raises ValueError with the file when it is not whole."""
    path = (folder or Path(settings.PLIMSOLL_CONTENT)) / "governance.toml"
    with path.open("rb") as file:
        told = tomllib.load(file)
    try:
        return Governance(
            told["plan"],
            told["starts"],
            told["approves"],
            frozenset(told["governed"]["sorts"]),
            frozenset(told["governed"]["applies_to"]),
            tuple(told["runs"]["roles"]),
            tuple(told["runs"]["needed"]),
            told["runs"]["audits"],
        )
    except KeyError as error:
        raise ValueError(f"{path} lacks “{error.args[0]}”.") from None


__all__ = ["Governance", "governance"]
