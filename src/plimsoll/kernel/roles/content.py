"""The starter roles as the project ships them: read from content, as plain values. It writes nothing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class StarterRole:
    """One role of the content. `code` never changes; an upgrade finds the organization's own by it."""

    code: str
    title: str
    purpose: str
    responsibilities: str
    words: tuple[str, ...]
    limits: dict[str, Any]


def starter_roles(folder: Path | None = None) -> list[StarterRole]:
    """Every starter role, in the order of files and tables. Raises ValueError with file and role when one is not whole."""
    place = (folder or Path(settings.PLIMSOLL_CONTENT)) / "roles"
    found = []
    for path in sorted(place.glob("*.toml")):
        with path.open("rb") as file:
            tables = tomllib.load(file)
        for code, table in tables.items():
            try:
                found.append(
                    StarterRole(
                        code,
                        table["title"],
                        table["purpose"].strip(),
                        table["responsibilities"].strip(),
                        tuple(table["words"]),
                        dict(table.get("limits", {})),
                    )
                )
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path.name}: the role “{code}” lacks {error}.") from None
    if not found:
        raise ValueError(f"There are no starter roles in {place}.")
    return found
