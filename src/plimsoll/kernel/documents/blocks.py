"""What a document is made of once its fields are filled: blocks of text and values, as every output prints them and every version keeps them.

Nothing here knows where a value came from but by its source. `as_json` and `from_json` are exact: what is read back is what was kept.
What has its default is left out, so that a block may learn something new and old versions still give the digest that they gave.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar

from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.lib.text import canonical


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one look. A line end in it is a line break.

    `href` is https, mailto, or `doc:CODE` for another document. `field` names the field that it was filled from; when that is open, the text is the
    sentence that says why.
    """

    text: str
    is_strong: bool = False
    is_emphasis: bool = False
    is_code: bool = False
    href: str = ""
    field: str = ""
    is_open: bool = False
    is_overridden: bool = False  # a text with a reason stands in the place of the value
    source: Source | None = None
    claim: str = ""  # the words claim what records prove or contradict; no output prints more than the words


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's heading. Levels start at 1; `number` is “3.1”, or “A1” for an appendix."""

    anchor: str
    level: int
    number: str
    title: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    anchor: str
    runs: Runs


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list, with the lists under it."""

    runs: Runs
    under: tuple[Bullets, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; numbered from `start` when that is not 0."""

    anchor: str
    items: tuple[Item, ...]
    start: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    cells: tuple[Runs, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `widths` are hundredths, by what stands in the columns."""

    anchor: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    widths: tuple[int, ...] = ()
    note: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, with the table that says the same."""

    anchor: str
    svg: str
    title: str
    twin: Table | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    anchor: str
    runs: Runs


@dataclass(frozen=True, slots=True)
class Stated:
    """A numbered statement, which other records can point to by its key."""

    anchor: str
    key: str
    runs: Runs
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """The place of a field that is unresolved, and the sentence that says why."""

    anchor: str
    name: str
    sentence: str


Block = Heading | Paragraph | Bullets | Table | Picture | Note | Stated | Open


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to be signed, or what was signed."""

    role: str
    name: str
    date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as it is printed: everything on its cover and its pages."""

    title: str
    kind: str  # “Plan”, “Policy”, in words
    organization: str
    logo: bytes | None = None
    logo_type: str = ""  # png, jpeg or svg
    header: tuple[tuple[str, str], ...] = ()
    history: tuple[tuple[str, str, str, str], ...] = ()  # date, version, by, description
    blocks: tuple[Block, ...] = ()
    signatures: tuple[Signature, ...] = ()
    watermark: str = ""
    language: str = "en-GB"
    code: str = ""
    version: str = ""
    day: str = ""  # of this text, as 2026-03-02; printed nowhere, it is the date of the file
    FORMAT: ClassVar[int] = 1


_BY_NAME: dict[str, type[Any]] = {
    c.__name__: c for c in (Run, Heading, Paragraph, Item, Bullets, TableRow, Table, Picture, Note, Stated, Open, Signature, Source)
}


_FIELDS = {kind: tuple((f.name, f.default) for f in fields(kind)) for kind in (*_BY_NAME.values(), Printed)}


def _out(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_out(v) for v in value]
    if isinstance(value, str | int) or value is None:
        return value
    kind = type(value)
    said = {name: _out(held) for name, default in _FIELDS[kind] if (held := getattr(value, name)) != default or default is MISSING}
    # A run of plain text is by far the most frequent thing, and is written as the text itself.
    return said["text"] if kind is Run and len(said) == 1 else {"is": kind.__name__} | said


def _in(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_in(v) for v in value)
    if isinstance(value, dict):
        kind = _BY_NAME[value["is"]]
        return kind(**{key: _runs_in(v) if key == "runs" else _cells_in(v) if key == "cells" else _in(v) for key, v in value.items() if key != "is"})
    return value


def _runs_in(value: list[Any]) -> Runs:
    return tuple(Run(v) if isinstance(v, str) else _in(v) for v in value)


def _cells_in(value: list[Any]) -> tuple[Runs, ...]:
    return tuple(_runs_in(v) for v in value)


def blocks_as_json(blocks: Iterable[Block]) -> list[Any]:
    """Blocks as JSON can hold them."""
    return [_out(block) for block in blocks]


def blocks_from_json(kept: Iterable[Any]) -> tuple[Block, ...]:
    """Blocks as they were kept."""
    return tuple(_in(block) for block in kept)


def as_json(printed: Printed) -> dict[str, Any]:
    """A printed document as JSON can hold it; what `from_json` reads back is equal to it."""
    said = {name: _out(held) for name, default in _FIELDS[Printed] if name != "logo" and (held := getattr(printed, name)) != default}
    if printed.logo is not None:
        said["logo"] = base64.b64encode(printed.logo).decode()
    return {"format": Printed.FORMAT} | said


def from_json(kept: Mapping[str, Any]) -> Printed:
    """A printed document as it was kept."""
    if kept["format"] != Printed.FORMAT:
        raise ValueError(f"Documents of format {kept['format']} can't be read by this version.")
    said = {key: _in(value) for key, value in kept.items() if key not in ("format", "logo")}
    return Printed(**said, logo=base64.b64decode(kept["logo"]) if "logo" in kept else None)


def digest(blocks: Iterable[Block]) -> str:
    """SHA-256 over the canonical text of all text and values, as hexadecimal digits."""
    return hashlib.sha256(canonical(blocks_as_json(blocks)).encode(errors="surrogatepass")).hexdigest()


def text_of(runs: Iterable[Run]) -> str:
    """What runs say, without their looks."""
    return "".join(run.text for run in runs)


def lists_of(bullets: Bullets) -> Iterator[Item]:
    """All items of a list and of those under it, as they are read."""
    for item in bullets.items:
        yield item
        for under in item.under:
            yield from lists_of(under)


def runs_of(block: Block) -> Iterator[Run]:
    """All runs of a block."""
    match block:
        case Paragraph() | Note() | Stated():
            yield from block.runs
        case Bullets():
            for item in lists_of(block):
                yield from item.runs
        case Table():
            for row in block.rows:
                for cell in row.cells:
                    yield from cell


def opens(blocks: Iterable[Block]) -> Iterator[Open]:
    """Every open place, those within a sentence too."""
    for block in blocks:
        if isinstance(block, Open):
            yield block
        else:
            yield from (Open(block.anchor, run.field, run.text) for run in runs_of(block) if run.is_open)


def sections_of(blocks: Iterable[Block]) -> Iterator[tuple[Heading | None, tuple[Block, ...]]]:
    """Each heading with the blocks up to the next one; first those before any heading, if there are."""
    heading: Heading | None = None
    held: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            if heading or held:
                yield heading, tuple(held)
            heading, held = block, []
        else:
            held.append(block)
    if heading or held:
        yield heading, tuple(held)
