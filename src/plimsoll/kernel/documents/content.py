"""The templates that the project ships: read from content. It writes nothing."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from plimsoll.kernel.documents.source import parse
from plimsoll.kernel.figures.blanks import declare_later


@dataclass(frozen=True, slots=True)
class Template:
    """One document to begin from. `ids` name what of the requirements map it answers (D-02); roles are named by their codes."""

    key: str
    title: str
    about: str
    sort: str
    code: str
    applies_to: str
    owner_role: str
    approver_role: str
    review_months: int
    clauses: tuple[str, ...]
    ids: tuple[str, ...]
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@lru_cache(maxsize=4)
def templates(folder: Path | None = None) -> tuple[Template, ...]:
    """Every template by its key. Raises ValueError with the file's name when one is not whole."""
    found = []
    for path in sorted(((folder or Path(settings.PLIMSOLL_CONTENT)) / "documents").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        front = parse(text).front
        try:
            found.append(
                Template(
                    key=path.stem,
                    title=front["title"],
                    about=front["about"],
                    sort=front["sort"],
                    code=front.get("code", ""),
                    applies_to=front.get("applies_to", "sms"),
                    owner_role=front["owner_role"],
                    approver_role=front["approver_role"],
                    review_months=int(front.get("review_months", 12)),
                    clauses=tuple(front.get("clauses", ())),
                    ids=tuple(front.get("ids", ())),
                    text=text,
                )
            )
        except KeyError as error:
            raise ValueError(f"{path.name}: its front matter lacks {error}.") from None
    return tuple(found)


def template_named(key: str) -> Template | None:
    return next((t for t in templates() if t.key == key), None)


def declare_what_waits(folder: Path | None = None) -> None:
    """Declare the fields that templates name and whose register is not built yet; a room's own takes the place of each."""
    path = (folder or Path(settings.PLIMSOLL_CONTENT)) / "documents" / "later.toml"
    if path.exists():
        for name, told in tomllib.loads(path.read_text(encoding="utf-8")).items():
            declare_later(name, told["title"], told["shape"], told["clause"], *told.get("ids", ()))


@lru_cache(maxsize=1)
def _examples() -> dict[str, dict[str, str]]:
    path = Path(settings.PLIMSOLL_CONTENT) / "documents" / "examples.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def example_of(name: str) -> tuple[str, str]:
    """Words that are offered for a field that no register fills yet, and the reason; both empty where there are none."""
    told = _examples().get(name, {})
    return told.get("words", ""), told.get("reason", "")
