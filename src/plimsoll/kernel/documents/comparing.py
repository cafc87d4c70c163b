"""Two texts beside each other: two versions of a document by words and rows, and three of a source section by section."""

from __future__ import annotations

import difflib
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from plimsoll.kernel.documents.blocks import (
    Block,
    Bullets,
    Heading,
    Item,
    Note,
    Open,
    Paragraph,
    Picture,
    Printed,
    Runs,
    Stated,
    Table,
    TableRow,
    text_of,
)
from plimsoll.kernel.documents.upgrading import Piece, merged, three_way
from plimsoll.kernel.figures.blanks import Source

Kind = Literal["added", "removed", "changed"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE = 0.5  # from how alike on two texts are one that was changed


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text that is the same in both, or only in one."""

    kind: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came, went, or says something else; `cells` holds the stretches of each cell."""

    kind: Kind
    cells: tuple[tuple[Stretch, ...], ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is different in one place. `anchor` is the block's in the new text, or in the old one when it is gone; `section` its heading.

    A text has `pieces`; a list or a table has `rows` with those that differ.
    """

    kind: Kind
    what: str  # heading, paragraph, list, table, picture, note, statement, open
    anchor: str
    section: str
    pieces: tuple[Stretch, ...] = ()
    rows: tuple[RowChange, ...] = ()
    columns: tuple[str, ...] = ()
    field: str = ""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block with what it stands under."""

    block: Block
    section: str
    title: str


def changes(old: Printed | Sequence[Block], new: Printed | Sequence[Block]) -> tuple[Change, ...]:
    """What is different, in the order of the new text; what is gone stands where it was."""
    before, after = _placed(old), _placed(new)
    return tuple(_compared(before, after))


def by_words(old: str, new: str) -> tuple[Stretch, ...]:
    """Two texts as one, word by word."""
    if old == new:
        return (Stretch("same", new),) if new else ()
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Stretch] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Stretch("same", "".join(after[c:d])))
            continue
        if b > a:
            pieces.append(Stretch("removed", "".join(before[a:b])))
        if d > c:
            pieces.append(Stretch("added", "".join(after[c:d])))
    return tuple(pieces)


def _placed(text: Printed | Sequence[Block]) -> list[_Placed]:
    found = []
    section = title = ""
    for block in text.blocks if isinstance(text, Printed) else text:
        if isinstance(block, Heading):
            section, title = block.anchor, f"{block.number} {block.title}".strip()
        found.append(_Placed(block, section, title))
    return found


def _compared(before: Sequence[_Placed], after: Sequence[_Placed]) -> Iterator[Change]:
    """Section by section first, so that a text that moved to another number is still itself; within one, block by block."""
    matcher = difflib.SequenceMatcher(None, [_mark(p) for p in before], [_mark(p) for p in after], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, come = list(before[a:b]), list(after[c:d])
        pairs = _pairs(gone, come)
        paired = {id(new) for _old, new in pairs}
        of_old = {id(old): new for old, new in pairs}
        done: set[int] = set()
        for old in gone:
            if id(old) not in of_old:
                yield from _alone("removed", old)
            else:
                new = of_old[id(old)]
                # What came before the new one and belongs to no old one is told first.
                for other in come[: come.index(new)]:
                    if id(other) not in paired and id(other) not in done:
                        done.add(id(other))
                        yield from _alone("added", other)
                yield from _changed(old, new)
        for new in come:
            if id(new) not in paired and id(new) not in done:
                yield from _alone("added", new)


def _mark(placed: _Placed) -> Hashable:
    """What makes two blocks the same, whatever their anchor and number: what they say."""
    block = placed.block
    rows = tuple((row.source.key if row.source else "", *cells) for row, cells in _rows_of(block))
    return (type(block).__name__, _said(block), _columns(block), rows)


def _pairs(gone: Sequence[_Placed], come: Sequence[_Placed]) -> list[tuple[_Placed, _Placed]]:
    """Which old block became which new one: of one kind, filled from one field or alike enough. In order, each once."""
    pairs: list[tuple[_Placed, _Placed]] = []
    first = 0
    for old in gone:
        for at in range(first, len(come)):
            if _are_one(old, come[at]):
                pairs.append((old, come[at]))
                first = at + 1
                break
    return pairs


def _are_one(old: _Placed, new: _Placed) -> bool:
    a, b = old.block, new.block
    if type(a) is type(b) and _columns(a) != _columns(b):
        return False
    if (named := _field_of(a)) and named == _field_of(b):
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, Heading) and isinstance(b, Heading) and a.anchor == b.anchor:
        return True
    if isinstance(a, Stated) and isinstance(b, Stated):
        return a.key == b.key
    if isinstance(a, Table):
        return True
    if isinstance(a, Bullets):
        return old.section == new.section
    before, after = _said(a), _said(b)
    matcher = difflib.SequenceMatcher(None, _WORDS.findall(before), _WORDS.findall(after), autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _field_of(block: Block) -> str:
    match block:
        case Bullets() | Table() | Picture():
            return block.field
        case Open():
            return block.name
        case Paragraph() if block.runs and all(run.field for run in block.runs):
            return block.runs[0].field
    return ""


def _what(block: Block) -> str:
    names = {"Bullets": "list", "Stated": "statement"}
    return names.get(type(block).__name__, type(block).__name__.lower())


def _said(block: Block) -> str:
    match block:
        case Heading():
            return block.title
        case Paragraph() | Note():
            return text_of(block.runs)
        case Stated():
            return f"{block.key} {text_of(block.runs)}" + (f" ({', '.join(block.tags)})" if block.tags else "")
        case Open():
            return f"[{block.sentence}]"
        case Picture():
            return block.title
        case Table():
            return block.note
    return ""


def _rows_of(block: Block) -> list[tuple[TableRow, tuple[str, ...]]]:
    """What a list, a table or a picture says, as rows."""
    match block:
        case Table():
            return [(row, tuple(text_of(cell) for cell in row.cells)) for row in block.rows]
        case Picture():
            return _rows_of(block.twin) if block.twin else []
        case Bullets():
            return [(TableRow((runs,), source), ("  " * depth + text_of(runs),)) for runs, source, depth in _items(block.items, 0)]
    return []


def _items(items: Sequence[Item], depth: int) -> Iterator[tuple[Runs, Source | None, int]]:
    for item in items:
        yield item.runs, item.source, depth
        for under in item.under:
            yield from _items(under.items, depth + 1)


def _columns(block: Block) -> tuple[str, ...]:
    match block:
        case Table():
            return block.columns
        case Picture() if block.twin:
            return block.twin.columns
    return ()


def _alone(kind: Literal["added", "removed"], placed: _Placed) -> Iterator[Change]:
    block = placed.block
    said = _said(block)
    rows = tuple(RowChange(kind, tuple((Stretch(kind, cell),) if cell else () for cell in cells), row.source) for row, cells in _rows_of(block))
    if said or rows:
        pieces = (Stretch(kind, said),) if said else ()
        yield Change(kind, _what(block), block.anchor, placed.title, pieces, rows, _columns(block), _field_of(block))


def _changed(old: _Placed, new: _Placed) -> Iterator[Change]:
    rows = tuple(_row_changes(_rows_of(old.block), _rows_of(new.block)))
    before, after = _said(old.block), _said(new.block)
    if old.block.__class__ is not new.block.__class__ and not (_rows_of(old.block) and _rows_of(new.block)):
        # An open place that is filled now, or a list that became a sentence: the old words go, the new ones come.
        gone = tuple(Stretch("removed", text) for text in [before] if text)
        come = tuple(Stretch("added", text) for text in [after] if text)
        pieces = (*gone, *come)
    else:
        pieces = by_words(before, after) if before != after else ()
    if rows or pieces:
        yield Change("changed", _what(new.block), new.block.anchor, new.title, pieces, rows, _columns(new.block), _field_of(new.block))


_Rows = list[tuple[TableRow, tuple[str, ...]]]


def _row_changes(old: _Rows, new: _Rows) -> Iterator[RowChange]:
    """Rows by their source, those without one by what they say first."""
    before = dict(_keyed(old))
    after = dict(_keyed(new))
    for key, (row, cells) in after.items():
        if key not in before:
            yield RowChange("added", tuple((Stretch("added", cell),) if cell else () for cell in cells), row.source)
        elif before[key][1] != cells:
            was = before[key][1]
            longest = max(len(was), len(cells))
            pairs = zip((*was, *[""] * longest)[:longest], (*cells, *[""] * longest)[:longest], strict=True)
            yield RowChange("changed", tuple(by_words(a, b) for a, b in pairs), row.source)
    for key, (row, cells) in before.items():
        if key not in after:
            yield RowChange("removed", tuple((Stretch("removed", cell),) if cell else () for cell in cells), row.source)


def _keyed(rows: _Rows) -> Iterator[tuple[Hashable, tuple[TableRow, tuple[str, ...]]]]:
    seen: dict[str, int] = {}
    for row, cells in rows:
        key = row.source.key if row.source else cells[0].strip() if cells else ""
        seen[key] = seen.get(key, 0) + 1
        yield (key, seen[key]), (row, cells)


__all__ = ["Change", "Piece", "RowChange", "Stretch", "by_words", "changes", "merged", "three_way"]
