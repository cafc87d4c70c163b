"""Pieces put together: running headers and footers taken out, what a page break split joined, brackets found in their places. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from plimsoll.kernel.documents.reading.brackets import brackets_in
from plimsoll.kernel.documents.reading.pieces import Piece, Pieces, is_title_like
from plimsoll.kernel.documents.reading.shapes import (
    Block,
    Bracket,
    Contents,
    Grid,
    Heading,
    Inside,
    Item,
    Labelled,
    Listing,
    Paragraph,
    Remark,
    Row,
    Section,
    Taken,
    Text,
    Why,
    pieces_of,
)

COVER = 12  # pieces at the beginning that count as the cover
_PAGE = re.compile(r"[\W_]*(?:page|seite|pagina|p\.)?\s*#(?:\s*(?:of|/|von|de)\s*#)?[\W_]*", re.IGNORECASE)
_DASH = re.compile(r"^\s*[-*•·—–]\s+")
_ENDED = re.compile(r"[.!?:;)\]”\"’»]\s*$")


def arrange(found: Pieces) -> Text:
    """The text that pieces make."""
    arranger = _Arranger(found)
    arranger.run()
    return arranger.text()


class _Arranger:
    def __init__(self, found: Pieces) -> None:
        self.found = found
        self.blocks: list[Block] = []
        self.remarks: list[Remark] = []
        self.taken: list[Taken] = list(found.taken)
        self.title = found.title
        self.section = ""
        self.sections: dict[int, str] = {}  # of what is taken out, by line
        self.breaks = self.joined = 0
        self.is_broken = False  # a page break stood between the last block and the next piece
        self.in_cell = False  # the last cell goes on after a page break

    def run(self) -> None:
        running = self._running()
        for piece in self.found.pieces:
            if piece.kind == "running" or id(piece) in running:
                self._break(piece, running.get(id(piece), "running line"))
            elif piece.kind == "break":
                self.breaks += not self.is_broken
                self.is_broken = True
            elif piece.kind == "remark":
                self.remarks.append(Remark(piece.line, piece.number, piece.text, self.section, piece.quote, piece.author))
            else:
                self._content(piece)

    def _running(self) -> dict[int, Why]:
        """Which pieces are headers, footers or page numbers: lines that stand alone, come three times or more, and stand on the cover too;
        and page numbers that come again."""
        alone = [p for p in self.found.pieces if p.is_alone and p.kind in ("paragraph", "heading") and not (p.kind == "heading" and p.number)]
        counts = Counter(_alike(p.text) for p in alone)
        cover = self._cover()
        on_cover = {_alike(p.text) for p in cover}
        first = {_alike(p.text): id(p) for p in reversed(cover)}
        found: dict[int, Why] = {}
        for piece in alone:
            alike = _alike(piece.text)
            if _PAGE.fullmatch(alike) and counts[alike] >= 2:
                found[id(piece)] = "page number"
            elif counts[alike] >= 3 and alike in on_cover and first[alike] != id(piece):
                found[id(piece)] = "running line"
        return found

    def _cover(self) -> list[Piece]:
        numbered = next((n for n, p in enumerate(self.found.pieces) if p.kind == "heading" and p.number), len(self.found.pieces))
        return [p for p in self.found.pieces[:numbered] if p.kind in ("paragraph", "heading")][:COVER]

    def _break(self, piece: Piece, why: Why) -> None:
        self.taken.append(Taken(piece.line, piece.text, why))
        self.sections[piece.line] = self.section
        self.breaks += not self.is_broken
        self.is_broken = True

    # What is kept

    def _content(self, piece: Piece) -> None:
        if not piece.text and not piece.number and not any(piece.cells):
            return
        if not ((self.is_broken or self.in_cell) and self._joined(piece)):
            self._add(piece)
        self.is_broken = False

    def _joined(self, piece: Piece) -> bool:
        """Join what goes on after a page break; False when it is something new."""
        last = self.blocks[-1] if self.blocks else None
        if isinstance(last, Grid) and last.rows and self._joined_cell(piece, last):
            return True
        self.in_cell = False
        if not self.is_broken:
            return False
        if isinstance(last, Heading) and not last.number and piece.kind == "paragraph" and _goes_on(last.title, piece.text):
            self._replace(Paragraph(last.line, f"{last.title} {piece.text}"))  # it only looked like a heading
        elif isinstance(last, Paragraph) and piece.kind == "paragraph" and _goes_on(last.text, piece.text):
            self._replace(replace(last, text=f"{last.text} {piece.text}"))
        elif isinstance(last, Listing) and piece.kind == "paragraph" and _goes_on(last.items[-1].text, piece.text):
            item = replace(last.items[-1], text=f"{last.items[-1].text} {piece.text}")
            self._replace(replace(last, items=(*last.items[:-1], item)))
        elif isinstance(last, Listing) and piece.kind == "item":
            self._replace(replace(last, items=(*last.items, Item(piece.line, piece.text, piece.level))))
        else:
            return False
        self.joined += 1
        return True

    def _joined_cell(self, piece: Piece, grid: Grid) -> bool:
        """A cell, or a table, that goes on on the next page."""
        text = next((c for c in piece.cells if c), "") if piece.kind == "row" else piece.text
        is_single = piece.kind != "row" or sum(bool(c) for c in piece.cells) == 1
        end = grid.rows[-1].cells[-1]
        if self.in_cell and is_single and piece.kind in ("row", "item") and (piece.kind == "item" or _DASH.match(text)):
            if dash := _DASH.match(text):
                self.taken.append(Taken(piece.line, dash[0].strip(), "mark"))
                text = text[dash.end() :]
            self._to_cell(grid, f"\n{text}")
            return True
        if not self.is_broken:
            return False
        if is_single and piece.kind in ("row", "paragraph") and _goes_on(end, text):
            self._to_cell(grid, f" {text}")
            self.in_cell = True
            self.joined += 1
            return True
        if piece.kind == "row" and piece.is_head and piece.cells == grid.columns:
            self.taken.append(Taken(piece.line, " ".join(piece.cells), "repeated heading"))
            self.joined += 1
            return True
        if piece.kind == "row" and not piece.is_head and len(piece.cells) == len(grid.rows[-1].cells):
            self._replace(replace(grid, rows=(*grid.rows, Row(piece.line, piece.cells))))
            self.joined += 1
            return True
        return False

    def _to_cell(self, grid: Grid, text: str) -> None:
        row = grid.rows[-1]
        cells = (*row.cells[:-1], f"{row.cells[-1]}{text}")
        self._replace(replace(grid, rows=(*grid.rows[:-1], replace(row, cells=cells))))

    def _replace(self, block: Block) -> None:
        self.blocks[-1] = block

    def _add(self, piece: Piece) -> None:
        last = self.blocks[-1] if self.blocks else None
        match piece.kind:
            case "heading":
                if not self.title and not piece.number and is_title_like(piece.text):
                    self.title = piece.text
                self.section = f"{piece.number} {piece.text}".strip()
                self.blocks.append(Heading(piece.line, piece.level or 1, piece.number, piece.text))
            case "label":
                self.blocks.append(Labelled(piece.line, piece.number, piece.text))
            case "contents":
                self.blocks.append(Contents(piece.line, piece.text, piece.number))
            case "item":
                item = Item(piece.line, piece.text, piece.level)
                if isinstance(last, Listing):
                    self._replace(replace(last, items=(*last.items, item)))
                else:
                    self.blocks.append(Listing(piece.line, (item,)))
            case "row":
                if isinstance(last, Grid) and not piece.starts:
                    self._replace(replace(last, rows=(*last.rows, Row(piece.line, piece.cells))))
                elif piece.is_head:
                    self.blocks.append(Grid(piece.line, piece.cells, ()))
                else:
                    self.blocks.append(Grid(piece.line, (), (Row(piece.line, piece.cells),)))
            case _:
                self.blocks.append(Paragraph(piece.line, piece.text))

    # What it comes to

    def text(self) -> Text:
        text = Text(self.title, tuple(self.blocks), tuple(self.remarks), (), tuple(self.taken), tuple(self.found.controls), self.breaks, self.joined)
        return replace(text, brackets=tuple(sorted(self._brackets(text), key=lambda b: b.line)))

    def _brackets(self, text: Text) -> Iterator[Bracket]:
        for section in text.sections():
            if section.heading is not None:
                yield from self._of(section.heading.line, section.heading.title, section.name, "heading")
            for block in section.blocks:
                yield from self._of_block(block, section)
        for control in text.controls:
            if control.is_prompt and not any(brackets_in(control.text)):
                yield Bracket(control.line, control.name or control.text, "", "alone")
        for remark in text.remarks:
            yield from self._of(remark.line, remark.text, remark.section, "remark")
        for taken in text.taken:
            if taken.why in ("running line", "page number"):
                yield from self._of(taken.line, taken.text, self.sections.get(taken.line, ""), "running line")

    def _of_block(self, block: Block, section: Section) -> Iterator[Bracket]:
        if isinstance(block, Grid):
            for row in block.rows:
                for place, cell in enumerate(row.cells):
                    column = block.columns[place] if place < len(block.columns) else ""
                    yield from self._of(row.line, cell, section.name, "cell", row=row.cells[0][:60] if place else "", column=column)
            return
        if isinstance(block, Listing):
            above: dict[int, str] = {}  # the last item of each depth
            for item in block.items:
                parent = next((above[depth] for depth in range(item.depth - 1, -1, -1) if depth in above), "")
                yield from self._of(item.line, item.text, section.name, "item", row=parent[:60])
                above[item.depth] = item.text
            return
        inside: Inside = "label" if isinstance(block, Labelled) else "sentence"
        for line, piece in pieces_of(block):
            yield from self._of(line, piece, section.name, inside)

    def _of(self, line: int, text: str, section: str, inside: Inside, *, row: str = "", column: str = "") -> Iterator[Bracket]:
        for found in brackets_in(text, is_markdown=self.found.is_markdown):
            is_all = inside == "sentence" and not (found.before or found.after)
            yield Bracket(
                line,
                found.text,
                section,
                "alone" if is_all else inside,
                found.before,
                found.after,
                row,
                column,
                found.is_damaged,
                found.is_convention,
            )


def _alike(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.split()))


def _goes_on(before: str, after: str) -> bool:
    """Does a sentence that stopped go on? It did not end, and the rest begins small."""
    return bool(before) and not _ENDED.search(before) and after[:1].islower()
