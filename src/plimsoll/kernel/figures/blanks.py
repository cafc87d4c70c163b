"""The fields that documents are filled from, as rooms declare them, and the typed values that they resolve to. It reads nothing itself.

A field says `{{ scope.sentence }}` in a document. What a room can fill it declares in its `fields.py`, imported when its app is ready;
what belongs to a register that is not built yet is declared by `declare_later`, so that a document names it and says why it is open.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant

Words = str | Promise
# text: words within a sentence · list: one item a line · table: columns and rows · picture: SVG with a title and its table twin
Shape = Literal["text", "list", "table", "picture"]


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom and as of when fields are resolved. Values are the organisation's, not a reader's: an approved document is one text.

    `about` is the number of the record that the document is about (“PRC-3”), where it is about one.
    """

    tenant: Tenant
    at: datetime
    about: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What a value came from: a record by its card (`card` set), or a kept thing such as the organisation itself, by kind and key."""

    kind: str
    pk: int
    label: str  # “RSK-4 Power fails”
    href: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list or a table. Its source makes a change nameable: two versions are compared row by row by it.

    `also` are other records whose words stand in its cells: a line may change because one of them did.
    """

    cells: tuple[str, ...]
    source: Source | None = None
    also: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """What a field resolved to. A table has `columns`; a list has rows of one cell; a picture has `svg` and says in rows what it shows."""

    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    svg: str = ""
    sources: tuple[Source, ...] = ()  # beyond those of the rows

    def all_sources(self) -> Iterator[Source]:
        """Every source once, those of the rows first."""
        seen = set()
        for source in (*(r.source for r in self.rows if r.source), *self.sources):
            if source.key not in seen:
                seen.add(source.key)
                yield source

    @property
    def is_empty(self) -> bool:
        """Nothing is there to be printed: an open text, or a list that must be confirmed as “none”."""
        return not (self.text.strip() or self.rows or self.svg)


def as_json(value: Value) -> dict[str, Any]:
    """A value as plain JSON, to be frozen with a version; `from_json` gives it back equal."""
    return asdict(value)


def from_json(kept: Mapping[str, Any]) -> Value:
    def source(told: Mapping[str, Any] | None) -> Source | None:
        return Source(**told) if told else None

    return Value(
        text=kept["text"],
        columns=tuple(kept["columns"]),
        rows=tuple(Row(tuple(row["cells"]), source(row["source"]), tuple(Source(**one) for one in row.get("also", ()))) for row in kept["rows"]),
        svg=kept["svg"],
        sources=tuple(Source(**told) for told in kept["sources"]),
    )


@dataclass(frozen=True, slots=True)
class Blank:
    """A field as it is declared.

    `kinds` are the kinds of records and kept things whose change may change the value: the trail is watched for them. `where` says in words
    where it is filled, `href` is that page. `ids` name it in the requirements map (F-05). An empty `list` or `table` must be confirmed as
    "none"; an empty `text` is open, whatever is said. `resolve` costs a constant number of queries, whatever the rows.
    """

    name: str
    title: Words
    shape: Shape
    kinds: tuple[str, ...]
    where: Words
    resolve: Callable[[Asked], Value] | None
    href: str = ""
    ids: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Is there a register behind it?"""
        return self.resolve is not None


class UnknownBlank(LookupError):
    """There is no such field. `args[0]` is a sentence."""


_blanks: dict[str, Blank] = {}
_watched: frozenset[str] = frozenset()  # asked with every write, so it is made when a field is declared


def declare_blank(blank: Blank) -> Blank:
    """Enter a field; one declared for later gives way to the register's own."""
    global _watched  # noqa: PLW0603
    _blanks[blank.name] = blank
    _watched = frozenset(kind for one in _blanks.values() for kind in one.kinds)
    return blank


def watched_kinds() -> frozenset[str]:
    """The kinds of records and kept things that some field is filled from."""
    return _watched


def declare_later(name: str, title: Words, shape: Shape, clause: str, *ids: str) -> None:
    """Enter a field whose register is not built yet, unless it is: it resolves to nothing, and a document says “not kept in this system yet”."""
    if name not in _blanks:
        _blanks[name] = Blank(name, title, shape, (), _("Not kept in this system yet (%(clause)s).") % {"clause": clause}, None, ids=ids)


def blanks() -> list[Blank]:
    """All fields, by name."""
    return [_blanks[name] for name in sorted(_blanks)]


def blank_named(name: str) -> Blank:
    """The field of a name; raises `UnknownBlank` with a sentence."""
    if (found := _blanks.get(name)) is None:
        near = difflib.get_close_matches(name, _blanks, n=1)
        hint = _("Did you mean “%(near)s”?") % {"near": near[0]} if near else _("The list of fields names all.")
        raise UnknownBlank(_("There is no field “%(name)s”.") % {"name": name[:60]} + " " + hint)
    return found


__all__ = [
    "Asked",
    "Blank",
    "Row",
    "Shape",
    "Source",
    "UnknownBlank",
    "Value",
    "as_json",
    "blank_named",
    "blanks",
    "declare_blank",
    "declare_later",
    "from_json",
    "watched_kinds",
]
