"""A DOCX taken apart: styles say what is a heading or a list, comments and content controls are read from their parts. No Django.

A file without styles, as one is that was made of plain text, is read line by line like the text itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from plimsoll.kernel.documents.reading.lines import BREAK, Line, read_entries
from plimsoll.kernel.documents.reading.pieces import Piece, Pieces, clean
from plimsoll.kernel.documents.reading.shapes import Control, NotReadable, Taken

PARAGRAPH = qn("w:p")
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_CONTENTS = re.compile(r"toc \d", re.IGNORECASE)
_LIST = re.compile(r"list(?: bullet| number| continue)?(?: (\d))?", re.IGNORECASE)
_LEADER = re.compile(r"(.*?\S)\s*(?:\.{2,}|\t|\s)[\s.]*(\d{1,4})")
_LABELS = re.compile(r"code|version|date|author|created|approved|owner|confidential|classification|status", re.IGNORECASE)
_STICKS = re.compile(r"[^\t]*\t.*|[^\t:|\[\]]{2,40}:\s*.{0,60}", re.DOTALL)
FLAT = 0.2  # share of empty paragraphs from which on a file without headings is read as plain lines


def read_docx(content: bytes) -> Pieces:
    """The pieces of a DOCX; raises `NotReadable`."""
    try:
        word = docx.Document(io.BytesIO(content))
        reader = _Reader(word)
        reader.read()
    except NotReadable:
        raise
    except Exception:  # noqa: BLE001 (a damaged package fails anywhere within the library)
        raise NotReadable("broken") from None
    pieces = read_entries(reader.entries, has_styles=not reader.is_flat)
    pieces.taken += reader.taken
    pieces.controls += reader.controls
    pieces.title = reader.title
    return pieces


class _Reader:
    def __init__(self, word: Word) -> None:
        self.word = word
        self.entries: list[Line | Piece] = []
        self.taken: list[Taken] = []
        self.controls: list[Control] = []
        self.title = ""
        self.number = 0
        self.styles = {style.style_id: (style.name or "").removesuffix(" Char") for style in word.styles}
        self.comments = {int(c.comment_id): (f"{c.initials or ''}{n}", c.text, c.author or "") for n, c in enumerate(word.comments, 1)}
        self.told: set[int] = set()
        self.quotes: dict[int, list[str]] = {}
        self.has_headings = False
        paragraphs = list(word.element.body.iter(PARAGRAPH))
        blank = sum(not "".join(t.text or "" for t in p.iter(qn("w:t"))).strip() for p in paragraphs)
        self.is_flat = blank >= 10 and blank / len(paragraphs) >= FLAT and not any(_HEADING.fullmatch(self._style(p)) for p in paragraphs)

    def read(self) -> None:
        self._running_lines()
        self._walk(self.word.element.body)
        for number in self.comments.keys() - self.told:
            self._remark(number)
        self._footnotes()

    def _walk(self, parent: Any) -> None:
        for element in parent:
            if element.tag == PARAGRAPH:
                self._paragraph(element)
            elif element.tag == qn("w:tbl"):
                self._table(element)
            elif element.tag == qn("w:sdt"):
                self._control(element)
                if (content := element.find(qn("w:sdtContent"))) is not None:
                    self._walk(content)
            elif element.tag in (qn("w:ins"), qn("w:smartTag"), qn("w:customXml")):
                self._walk(element)

    def _style(self, paragraph: Any) -> str:
        properties = paragraph.pPr
        held = properties.find(qn("w:pStyle")) if properties is not None else None
        return self.styles.get(held.get(qn("w:val")), "") if held is not None else ""

    # Paragraphs

    def _paragraph(self, paragraph: Any) -> None:
        self.number += 1
        number = self.number
        seen: list[int] = []
        boxes: list[str] = []
        text = "".join(self._runs(paragraph, seen, boxes))
        before, _sep, after = text.partition(BREAK)
        if _sep and not before.strip():
            self.entries.append((number, BREAK))
            text = after
        text = text.replace(BREAK, " ").strip("\n")
        style = self._style(paragraph)
        heading = _HEADING.fullmatch(style)
        listing = _LIST.fullmatch(style)
        properties = paragraph.pPr
        numbering = properties.find(qn("w:numPr")) if properties is not None else None
        if not text.strip():
            self.entries.append((number, ""))
        elif style == "Title":
            self.title = self.title or clean(text).replace("\n", " ")
            self.entries.append(Piece("paragraph", number, clean(text), is_alone=True))
        elif heading:
            self._heading(number, clean(text).replace("\n", " "), int(heading[1]))
        elif _CONTENTS.fullmatch(style) and (found := _LEADER.fullmatch(text.strip())):
            self.entries.append(Piece("contents", number, clean(found[1]), number=found[2]))
        elif numbering is not None or (listing and not self.is_flat and style.lower() not in ("list", "list paragraph")):
            depth = numbering.find(qn("w:ilvl")) if numbering is not None else None
            level = int(depth.get(qn("w:val"))) if depth is not None else int(listing[1] or 1) - 1 if listing else 0
            self.entries.append(Piece("item", number, clean(text).replace("\n", " "), level=level))
        else:
            self._plain(number, text)
        self.entries += [Piece("paragraph", number, clean(box)) for box in boxes if box.strip()]
        if _sep and before.strip():
            self.entries.append((number, BREAK))
        for comment in seen:
            self._remark(comment)

    def _plain(self, number: int, text: str) -> None:
        """A paragraph without a style is a block of its own, but for lines that belong together by their tabs or colons."""
        sticks = bool(_STICKS.fullmatch(text)) and not self.has_headings
        if not self.is_flat and not (sticks or "\t" in text.strip()):
            self.entries.append((number, ""))
        self.entries += [(number, line) for line in text.split("\n")]
        if not self.is_flat and not (sticks or "\t" in text.strip()):
            self.entries.append((number, ""))

    def _heading(self, number: int, text: str, level: int) -> None:
        self.has_headings = True
        apart = Pieces()
        if not apart.heading(number, text):
            apart.add("heading", number, text, level=level)
        self.taken += apart.taken
        apart.pieces[0].level = level
        self.entries.append(apart.pieces[0])

    def _runs(self, parent: Any, seen: list[int], boxes: list[str]) -> Iterator[str]:
        for element in parent:
            tag = element.tag
            if tag == qn("w:commentRangeStart"):
                self.quotes[int(element.get(qn("w:id")))] = []
            elif tag == qn("w:commentReference"):
                seen.append(int(element.get(qn("w:id"))))
            elif tag == qn("w:t"):
                for number, held in self.quotes.items():
                    if number not in self.told and number not in seen:
                        held.append(element.text or "")
                yield element.text or ""
            elif tag == qn("w:tab"):
                yield "\t" if parent.tag == qn("w:r") else ""
            elif tag in (qn("w:br"), qn("w:cr")):
                yield BREAK if element.get(qn("w:type")) == "page" else "\n"
            elif tag == qn("w:noBreakHyphen"):
                yield "-"
            elif tag == qn("w:del"):
                gone = "".join(t.text or "" for t in element.iter(qn("w:delText")))
                if gone.strip():
                    self.taken.append(Taken(self.number, gone, "deleted"))
            elif tag == qn("w:sdt"):
                self._control(element)
                if (content := element.find(qn("w:sdtContent"))) is not None:
                    yield from self._runs(content, seen, boxes)
            elif tag in (qn("w:drawing"), qn("w:pict")) or tag.endswith("}AlternateContent"):
                box = next(element.iter(qn("w:txbxContent")), None)  # the second one says the same for older programs
                if box is not None:
                    boxes.append("\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in box.iter(PARAGRAPH)))
            elif tag in (qn("w:r"), qn("w:hyperlink"), qn("w:ins"), qn("w:smartTag"), qn("w:fldSimple")):
                yield from self._runs(element, seen, boxes)

    def _remark(self, number: int) -> None:
        if number in self.comments and number not in self.told:
            self.told.add(number)
            key, text, author = self.comments[number]
            quote = " ".join("".join(self.quotes.get(number, ())).split())[:80]
            self.entries.append(Piece("remark", self.number, clean(text), number=key, quote=quote, author=author))

    def _control(self, element: Any) -> None:
        properties = element.find(qn("w:sdtPr"))
        if properties is None or properties.find(qn("w:docPartObj")) is not None:  # such is the table of contents itself
            return
        named = [held.get(qn("w:val")) for name in ("w:alias", "w:tag") if (held := properties.find(qn(name))) is not None]
        text = " ".join("".join(t.text or "" for t in element.iter(qn("w:t"))).split())
        is_prompt = properties.find(qn("w:showingPlcHdr")) is not None
        self.controls.append(Control(self.number + 1, next((n for n in named if n), ""), text, is_prompt))

    # Tables, and what stands outside the text

    def _table(self, table: Any) -> None:
        rows: list[tuple[int, list[str], bool]] = []
        seen: list[int] = []
        for row in table.iter(qn("w:tr")):
            if row.getparent() is not table and row.getparent().tag != qn("w:sdtContent"):
                continue  # a table within a cell is read with the cell
            cells = []
            for cell in row.iter(qn("w:tc")):
                if cell.getparent() is row or cell.getparent().tag == qn("w:sdtContent"):
                    lines = []
                    for paragraph in cell.iter(PARAGRAPH):
                        self.number += 1
                        boxes: list[str] = []
                        lines += ["".join(self._runs(paragraph, seen, boxes)).replace(BREAK, " "), *boxes]
                    cells.append(clean("\n".join(lines)))
            is_head = row.trPr is not None and row.trPr.find(qn("w:tblHeader")) is not None
            rows.append((self.number, cells, is_head))
        if rows and not self._labels(rows):
            first = rows[0][1]
            is_head = rows[0][2] or (len(rows) > 1 and len(first) > 1 and all(c and len(c) <= 60 for c in first))
            apart = Pieces()
            for place, (number, cells, _head) in enumerate(rows):
                told = tuple(clean(apart.untagged(c, number)) for c in cells)
                self.entries.append(Piece("row", number, cells=told, is_head=is_head and not place, starts=not place))
            self.taken += apart.taken
        for comment in seen:
            self._remark(comment)

    def _labels(self, rows: list[tuple[int, list[str], bool]]) -> bool:
        """The header fields of a cover often stand in a table of two columns."""
        if self.has_headings or any(len(cells) != 2 or not 0 < len(cells[0]) <= 40 for _n, cells, _h in rows):
            return False
        if not all(cells[0].endswith(":") for _n, cells, _h in rows) and sum(bool(_LABELS.search(cells[0])) for _n, cells, _h in rows) < 3:
            return False
        for number, cells, _head in rows:
            self.entries.append(Piece("label", number, cells[1].replace("\n", " "), number=cells[0].rstrip(": ")))
        return True

    def _running_lines(self) -> None:
        told: set[str] = set()
        for section in self.word.sections:
            for place in (section.header, section.first_page_header, section.footer, section.first_page_footer):
                if place.is_linked_to_previous:
                    continue
                for paragraph in place._element.iter(PARAGRAPH):
                    text = " ".join("".join(t.text or "" for t in paragraph.iter(qn("w:t"))).split())
                    if text and text not in told:
                        told.add(text)
                        self.taken.append(Taken(0, text, "running line"))

    def _footnotes(self) -> None:
        for relation in self.word.part.rels.values():
            if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
                continue
            root = parse_xml(relation.target_part.blob)
            for note in root:
                text = "".join(t.text or "" for t in note.iter(qn("w:t"))).strip()
                if text:
                    self.number += 1
                    self.entries += [(self.number, ""), (self.number, text), (self.number, "")]
