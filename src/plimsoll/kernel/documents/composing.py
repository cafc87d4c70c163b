"""Filling a parsed source: each place of a field becomes the value that it resolved to, or says why it is open. It resolves nothing itself.

Words of its own (“None.”) are in the language that is active.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import unescape

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plimsoll.kernel.documents.blocks import (
    Block,
    Bullets,
    Heading,
    Item,
    Note,
    Open,
    Paragraph,
    Picture,
    Run,
    Runs,
    Stated,
    Table,
    TableRow,
    digest,
    opens,
    text_of,
)
from plimsoll.kernel.documents.source import Gap, Hung, Parsed, Slot
from plimsoll.kernel.figures.blanks import Row, Source, Value

WIDE = 9  # columns from which a table is printed on a page of its own, lying
UNDER = "– "  # begins a line of a list that stands under the one before
_LINE_OF_A_LIST = re.compile(r"^[-*] ", re.MULTILINE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?")


@dataclass(frozen=True, slots=True)
class Filled:
    """What a field came to. `override` is the text that stands in the place of the value, for a `reason`; `sentence` says why it is open."""

    value: Value | None = None
    override: str = ""
    reason: str = ""
    is_confirmed_none: bool = False
    sentence: str = ""

    @property
    def is_open(self) -> bool:
        """Is there nothing to print?"""
        return not (self.override.strip() or (self.value and not self.value.is_empty) or self.is_confirmed_none)


def compose(parsed: Parsed, filled: Mapping[str, Filled]) -> tuple[Block, ...]:
    """The document's blocks. Costs nothing but time: every value is there already."""
    return tuple(_blocks(parsed, filled))


def _blocks(parsed: Parsed, filled: Mapping[str, Filled]) -> Iterator[Block]:
    for block in parsed.body:
        match block:
            case Slot():
                yield from _placed(block, _of(filled, block.name))
            case Paragraph() | Note() | Stated():
                yield replace(block, runs=_filled_in(block.runs, filled))
            case Bullets():
                yield _list(block, filled)
            case Table():
                rows = tuple(replace(row, cells=tuple(_filled_in(cell, filled) for cell in row.cells)) for row in block.rows)
                yield replace(block, rows=rows, widths=widths_of(block.columns, rows))
            case _:
                yield block


def _of(filled: Mapping[str, Filled], name: str) -> Filled:
    return filled.get(name) or Filled(sentence=_("There is no value for “%(name)s”.") % {"name": name})


# Within a sentence


def _filled_in(runs: Runs, filled: Mapping[str, Filled]) -> Runs:
    if not any(isinstance(run, Gap) for run in runs):
        return runs
    return tuple(_gap(run, _of(filled, run.field)) if isinstance(run, Gap) else run for run in runs)


def _gap(gap: Gap, filled: Filled) -> Run:
    run = Run("", gap.is_strong, gap.is_emphasis, href=gap.href, field=gap.field, claim=gap.claim)
    if filled.is_open:
        return replace(run, text=filled.sentence or _("“%(name)s” is open.") % {"name": gap.field}, is_open=True)
    if filled.override.strip():
        return replace(run, text=_filtered(filled.override.strip(), gap.filter), is_overridden=True)
    value = filled.value or Value()
    if gap.filter == "count":
        return replace(run, text=str(len(value.rows) or int(bool(value.text.strip()))))
    if value.is_empty:
        return replace(run, text=_filtered(_("none"), gap.filter))
    sources = list(value.all_sources())
    return replace(run, text=_filtered(sentence_of(value), gap.filter), source=sources[0] if len(sources) == 1 else None)


def _filtered(text: str, filter_: str) -> str:
    match filter_:
        case "upper":
            return text.upper()
        case "date" if found := _DAY.fullmatch(text.strip()):
            try:
                # Translators: a day in a document, as Django's date format writes it.
                return date_format(date.fromisoformat(found[1]), _("j F Y"))
            except ValueError:
                return text
    return text


def sentence_of(value: Value) -> str:
    """A value within a sentence: a list as “a, b and c”."""
    if value.text.strip() or not value.rows:
        return value.text.strip() or _title_of(value)
    said = [row.cells[0] for row in value.rows if row.cells]
    if len(said) < 2:
        return "".join(said)
    return _("%(some)s and %(last)s") % {"some": ", ".join(said[:-1]), "last": said[-1]}


# On a line of its own


def _placed(slot: Slot, filled: Filled) -> Iterator[Block]:
    if filled.is_open:
        yield Open(slot.anchor, slot.name, filled.sentence or _("“%(name)s” is open.") % {"name": slot.name})
    elif filled.override.strip():
        yield from _overridden(slot, filled.override)
    elif not filled.value or filled.value.is_empty:
        yield Paragraph(slot.anchor, (Run(_("None."), field=slot.name),))
    else:
        yield _valued(slot, filled.value)


def _overridden(slot: Slot, text: str) -> Iterator[Block]:
    """Paragraphs between empty lines; lines that all begin with a hyphen are a list."""
    for number, part in enumerate((p for p in re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n")) if p.strip()), 1):
        anchor = slot.anchor if number == 1 else f"{slot.anchor}-{number}"
        lines = part.strip().split("\n")
        if all(line.startswith(("- ", "* ")) for line in lines):
            items = tuple(Item((Run(line[2:].strip(), field=slot.name, is_overridden=True),)) for line in lines)
            yield Bullets(anchor, items, field=slot.name)
        else:
            yield Paragraph(anchor, (Run(part.strip(), field=slot.name, is_overridden=True),))


def _valued(slot: Slot, value: Value) -> Block:
    """The shape that the place asks for, as far as the value has it: what has no columns can't be a table."""
    if slot.shape == "picture" and value.svg:
        twin = table_of(slot.anchor + "-twin", value, slot.name) if value.columns and value.rows else None
        return Picture(slot.anchor, value.svg, _title_of(value), twin, slot.name)
    if value.columns and slot.shape != "list":
        return table_of(slot.anchor, value, slot.name)
    if value.rows:
        return Bullets(slot.anchor, _items(value.rows), field=slot.name)
    one = next(iter(value.all_sources()), None)
    return Paragraph(slot.anchor, (Run(sentence_of(value), field=slot.name, source=one),))


def table_of(anchor: str, value: Value, field: str = "") -> Table:
    """A value as a table."""
    many = len(value.columns)
    rows = tuple(
        TableRow(tuple((Run(_LINE_OF_A_LIST.sub("• ", cell)),) if cell else () for cell in (*row.cells, *[""] * many)[:many]), row.source)
        for row in value.rows
    )
    return Table(anchor, value.columns, rows, widths_of(value.columns, rows), field=field)


def _items(rows: Sequence[Row]) -> tuple[Item, ...]:
    """Rows as items; those that begin with so many “– ” stand so deep under the one before."""
    found: list[Item] = []
    at = 0
    while at < len(rows):
        below = at + 1
        while below < len(rows) and _said(rows[below]).startswith(UNDER):
            below += 1
        said = _said(rows[at])
        while said.startswith(UNDER):
            said = said.removeprefix(UNDER)
        deeper = [replace(row, cells=(_said(row).removeprefix(UNDER),)) for row in rows[at + 1 : below]]
        under = (Bullets("", _items(deeper)),) if deeper else ()
        found.append(Item((Run(said),), under, source=rows[at].source))
        at = below
    return tuple(found)


def _said(row: Row) -> str:
    return ", ".join(cell for cell in row.cells if cell)


def _title_of(value: Value) -> str:
    found = _TITLE.search(value.svg)
    return unescape(found[1].strip()) if found else value.text.strip()


def _list(bullets: Bullets, filled: Mapping[str, Filled]) -> Bullets:
    return replace(bullets, items=tuple(_item(item, filled) for item in bullets.items))


def _item(item: Item, filled: Mapping[str, Filled]) -> Item:
    runs = _filled_in(item.runs, filled)
    under = tuple(_list(b, filled) for b in item.under)
    if not isinstance(item, Hung) or item.slot is None:
        return replace(item, runs=runs, under=under)
    slot, said = item.slot, _of(filled, item.slot.name)
    if said.is_open or said.override.strip() or not said.value or not said.value.rows:
        one = _gap(Gap("", field=slot.name), said)
        return Item((*runs, *([Run("\n")] if runs else []), one), under)
    return Item(runs, (Bullets(slot.anchor, _items(said.value.rows), field=slot.name), *under))


# Widths


def widths_of(columns: Sequence[str], rows: Sequence[TableRow]) -> tuple[int, ...]:
    """Hundredths for each column: what its texts need, if a line has room for it; else what its longest word needs, and its share of the rest."""
    wholes, needs, words = [], [], []
    for at, title in enumerate(columns):
        texts = [title, *(text_of(row.cells[at]) for row in rows[:400] if at < len(row.cells))]
        most = max(map(len, texts))
        # Heads are bold, so their words are wider than others of as many letters.
        longest = max((len(word) + len(word) // 4 * (text is title) for text in texts for word in text.split()), default=1)
        wholes.append(most + 3.0)
        needs.append(max(min(longest, 20), min(most, 14)) + 3.0)
        words.append(min(longest, 16) + 2.0)
    # So many letters a line holds: the more columns, the smaller they are printed, the widest across the page.
    line = 100 if len(columns) < 5 else 112 if len(columns) < WIDE else 165
    if sum(wholes) <= line:
        return shares(wholes)
    if sum(needs) > 0.7 * line:
        needs = words
    return shares(_shortest(needs, int(line - sum(needs)), [[len(text_of(cell)) for cell in row.cells] for row in rows[:400]]))


def _shortest(needs: Sequence[float], left: int, lengths: Sequence[Sequence[int]]) -> list[float]:
    """Widths in letters: what is left goes, letter by letter, to the column that makes the table shortest. The longest rows decide."""
    widths = list(needs)
    many = sorted((row for row in lengths if len(row) == len(widths)), key=sum, reverse=True)[:40]
    for _letter in range(left if many else 0):
        won = [0.0] * len(widths)
        for row in many:
            high = [amount / width for amount, width in zip(row, widths, strict=True)]
            at = max(range(len(high)), key=high.__getitem__)
            others = max((h for n, h in enumerate(high) if n != at), default=0.0)
            won[at] += high[at] - max(others, row[at] / (widths[at] + 1))
        if max(won) <= 0:
            break
        widths[max(range(len(won)), key=won.__getitem__)] += 1
    return widths


def lying(blocks: Sequence[Block]) -> Iterator[tuple[tuple[Block, ...], Block]]:
    """Blocks in their order; a table that lies on a page of its own comes with what leads to it: a heading, and one paragraph under that."""
    held: list[Block] = []
    for block in blocks:
        if isinstance(block, Table) and len(block.columns) >= WIDE:
            first = len(held) - 1 if held and isinstance(held[-1], Paragraph | Note) else len(held)
            above = first
            while above and isinstance(held[above - 1], Heading):
                above -= 1
            first = above if above < first else len(held)
            yield from (((), one) for one in held[:first])
            yield tuple(held[first:]), block
            held = []
        else:
            held.append(block)
    yield from (((), one) for one in held)


def shares(weights: Sequence[float]) -> tuple[int, ...]:
    """Weights as whole hundredths that come to exactly 100; each at least 1."""
    if not weights:
        return ()
    total = sum(weights)
    parts = [max(1, int(weight * 100 / total)) for weight in weights]
    order = sorted(range(len(parts)), key=lambda at: weights[at] * 100 / total - parts[at], reverse=True)
    for step in range(abs(100 - sum(parts))):
        parts[order[step % len(order)]] += 1 if sum(parts) < 100 else -1
    return tuple(parts)


def sources_of(blocks: Iterable[Block]) -> Iterator[Source]:
    """Every source that is printed, each once."""
    seen = set()
    for block in blocks:
        for source in _sources(block):
            if source.key not in seen:
                seen.add(source.key)
                yield source


def _sources(block: Block) -> Iterator[Source]:
    match block:
        case Paragraph() | Note() | Stated():
            yield from (run.source for run in block.runs if run.source)
        case Bullets():
            for item in block.items:
                yield from (s for s in (item.source, *(run.source for run in item.runs)) if s)
                for under in item.under:
                    yield from _sources(under)
        case Table():
            yield from (row.source for row in block.rows if row.source)
        case Picture() if block.twin:
            yield from _sources(block.twin)


__all__ = ["WIDE", "Filled", "compose", "digest", "lying", "opens", "sentence_of", "shares", "sources_of", "table_of", "widths_of"]
