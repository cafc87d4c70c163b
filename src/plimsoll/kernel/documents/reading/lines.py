"""Plain text and Markdown, taken apart line by line. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from plimsoll.kernel.documents.reading.pieces import Piece, Pieces, clean, is_title_like

_REMARK = re.compile(r"(?:Comment\s*)?\[([A-Za-z]{1,4}\d{1,3})\](:)\s*(.*)|Comment\s*\[([A-Za-z]{1,4}\d{1,3})\]\s*(.*)")
_LABEL = re.compile(r"([^\t:|\[\]{}]{2,40}?)\s*:(?:\t(.*)|\s*|\s+(.{1,120}))")
_ITEM = re.compile(r"(\s*)([-*+•·◦▪‣–—]|\(?[a-z]\)|\(?\d{1,2}[.)])(?:\s+(.*)|)")
_PIPES = re.compile(r"\s*((?:[-*+]\s+)?\|)(.*)\|\s*")
_RULE = re.compile(r"[\s:|+-]*-[\s:|+-]*")
_LEADER = re.compile(r"(.*?\S)\s*(?:\.{2,}|…|\t|\s{3,})[\s.]*(\d{1,4})")
_CONTENTS = re.compile(r"(?:table of )?contents", re.IGNORECASE)
_MARKDOWN_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)(\s+#+)?\s*")
_ATTRIBUTES = re.compile(r"\{(?!\{).*\}\s*")
_HTML_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
BREAK = "\f"
COVER = 60  # lines within which header fields are looked for

Line = tuple[int, str]


def read_lines(text: str, *, is_markdown: bool = False) -> Pieces:
    """A text as pieces, in its order."""
    reader = _Lines(is_markdown)
    lines = reader.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    reader.read(reader.front(lines) if is_markdown else lines)
    return reader.out


def read_entries(entries: Sequence[Line | Piece], *, has_styles: bool) -> Pieces:
    """Lines of which some were understood already. In a file that has styles only those make a heading without a number."""
    reader = _Lines(is_markdown=False, has_styles=has_styles)
    reader.read(entries)
    return reader.out


class _Lines:
    def __init__(self, is_markdown: bool, *, has_styles: bool = False) -> None:
        self.out = Pieces(is_markdown=is_markdown)
        self.has_styles = has_styles
        self.in_contents = False
        self.has_headings = False

    def read(self, lines: Sequence[Line | Piece]) -> None:
        running = self._running(lines)
        block: list[Line] = []
        for place, entry in enumerate([*lines, (0, "")]):
            if isinstance(entry, Piece):
                self._block(block)
                block = []
                self.has_headings = self.has_headings or entry.kind == "heading"
                self.out.pieces.append(entry)
                continue
            number, line = entry
            if line == BREAK or not line.strip() or place in running:
                self._block(block)
                block = []
                if line == BREAK:
                    self.out.add("break", number)
                elif line.strip():
                    self.out.add("running", number, clean(line))
            else:
                block.append((number, line))

    def split(self, text: str) -> list[Line]:
        """Lines with their numbers; a form feed is a line of its own. Comments of Markdown are remarks."""
        if self.out.is_markdown and "<!--" in text:
            text = _HTML_COMMENT.sub(lambda found: self._comment(found, text), text)
        lines: list[Line] = []
        for number, line in enumerate(text.split("\n"), 1):
            first, *more = re.split("[\f\v]", line)
            lines.append((number, first))
            for piece in more:
                lines += [(number, BREAK), (number, piece)]
        return lines

    def _comment(self, found: re.Match[str], text: str) -> str:
        line = text.count("\n", 0, found.start()) + 1
        self.out.take("<!---->", "tag", line)
        self.out.add("remark", line, clean(found[1]))
        return "\n" * found[0].count("\n")

    def front(self, lines: list[Line]) -> list[Line]:
        """The front matter of Markdown, taken out; its title is kept as the text's."""
        if not lines or lines[0][1].strip().lstrip("\ufeff") not in ("+++", "---"):
            return lines
        fence = lines[0][1].strip().lstrip("\ufeff")
        end = next((place for place, (_n, line) in enumerate(lines) if place and line.strip() == fence), None)
        if end is None:
            return lines
        for number, line in lines[: end + 1]:
            self.out.take(line, "front matter", number)
            if found := re.fullmatch(r"title\s*[:=]\s*[\"']?(.*?)[\"']?\s*", line):
                self.out.title = found[1]
        return lines[end + 1 :]

    def _running(self, lines: Sequence[Line | Piece]) -> set[int]:
        """Which lines are headers and footers: those right before and after page breaks that come again, and their like after the first break."""
        said = [entry[1] if isinstance(entry, tuple) else "" for entry in lines]
        beside: dict[int, str] = {}
        for place, line in enumerate(said):
            if line != BREAK:
                continue
            for step in (-1, 1):
                near = place + step
                while 0 <= near < len(said) and not said[near].strip(" \t") and said[near] != BREAK and isinstance(lines[near], tuple):
                    near += step
                if 0 <= near < len(said) and said[near].strip() and not self._is_marked(said[near]):
                    beside[near] = _key(said[near])
        counts = Counter(beside.values())
        keys = {key for key, count in counts.items() if count >= 2}
        first = said.index(BREAK) if BREAK in said else len(said)
        found = {place for place, key in beside.items() if key in keys}
        return found | {place for place, line in enumerate(said) if place > first and line.strip() and keys and _key(line) in keys}

    def _is_marked(self, line: str) -> bool:
        return bool(_PIPES.fullmatch(line) or _MARKDOWN_HEADING.fullmatch(line) or _ITEM.fullmatch(line) and not re.fullmatch(r"\W*\d+\W*", line))

    # One block: lines that stand together

    def _block(self, block: list[Line]) -> None:
        if not block:
            return
        if found := _REMARK.fullmatch(block[0][1].strip()):
            self._remarks(block, found)
            return
        if self._labels(block) or self._tabs(block):
            return
        self.in_contents = self.in_contents and any(_LEADER.fullmatch(line.rstrip()) for _n, line in block)
        started = 0
        row_before = False
        for place, (number, line) in enumerate(block):
            is_row = self._line(number, line, block, place, started=place > started, row_before=row_before)
            if not row_before and is_row:
                started = place
            row_before = is_row

    def _remarks(self, block: list[Line], found: re.Match[str]) -> None:
        """A remark goes on to the next one, or to the end of its block."""
        held: list[str] = []
        key, start = "", 0
        for number, line in block:
            again = _REMARK.fullmatch(line.strip())
            if again is not None:
                if key:
                    self.out.add("remark", start, clean("\n".join(held)), number=key)
                key, start, held = again[1] or again[4], number, [again[3] if again[1] else again[5]]
                self.out.take(line[: line.index("[")] + "[]" + (":" if again[1] else ""), "mark", number)
            else:
                held.append(line)
        self.out.add("remark", start, clean("\n".join(held)), number=key)

    def _labels(self, block: list[Line]) -> bool:
        """Header fields of the cover: two lines or more of “label: value”, or one with a tab."""
        if self.has_headings or block[0][0] > COVER or self.in_contents:
            return False
        found = [_LABEL.fullmatch(line.strip() if "\t" not in line else line.lstrip()) for _n, line in block]
        if not all(found) or (len(block) < 2 and "\t" not in block[0][1]):
            return False
        for (number, _line), match in zip(block, found, strict=True):
            assert match is not None
            self.out.take(":", "mark", number)
            self.out.add("label", number, clean(match[2] or match[3] or "").replace("\n", " "), number=" ".join(match[1].split()))
        return True

    def _tabs(self, block: list[Line]) -> bool:
        """A table whose cells tabs keep apart; lines without a tab go on in the last cell."""
        with_tabs = [("\t" in line.strip("\t ")) for _n, line in block]
        if self.in_contents or not with_tabs[0] or sum(with_tabs) < 2 or any(_LEADER.fullmatch(line.rstrip()) for _n, line in block[:2]):
            return False
        rows: list[tuple[int, list[str]]] = []
        for number, line in block:
            told = self.out.untagged(line, number)
            if "\t" in line.strip("\t "):
                rows.append((number, told.strip("\n ").split("\t")))
            else:
                rows[-1][1][-1] += f"\n{told}"
        is_head = len(rows) > 1 and all(cell.strip() and len(cell) <= 60 for cell in rows[0][1])
        for place, (number, cells) in enumerate(rows):
            self.out.add("row", number, cells=tuple(clean(c) for c in cells), is_head=is_head and not place, starts=not place)
        return True

    def _line(self, number: int, line: str, block: list[Line], place: int, *, started: bool, row_before: bool) -> bool:
        """One line; answers whether it is the row of a table."""
        is_alone = len(block) == 1
        if found := _PIPES.fullmatch(line):
            self._row(number, found, block, place, starts=not row_before)
            return True
        if row_before and _RULE.fullmatch(line):
            self.out.take(line, "mark", number)
            return True
        if self.in_contents and (found := _LEADER.fullmatch(line.rstrip())):
            self.out.take(line[found.end(1) : found.start(2)], "mark", number)
            self.out.add("contents", number, clean(found[1]).replace("\n", " "), number=found[2])
            return False
        if self.out.is_markdown and (found := _MARKDOWN_HEADING.fullmatch(line)):
            self._markdown_heading(number, found)
            return False
        if self.out.is_markdown and place and _MARKDOWN_HEADING.fullmatch(block[place - 1][1]) and _ATTRIBUTES.fullmatch(line):
            self.out.take(line, "attributes", number)
            return False
        text = clean(self._plain(self.out.untagged(line, number), number))
        if not text:
            return False
        bare = text.replace("\n", " ")
        if not self.out.is_markdown and self.out.heading(number, bare, is_alone=is_alone):
            self.has_headings, self.in_contents = True, False
            return False
        if (found := _ITEM.fullmatch(line)) and (found[3] or found[2] not in ("*", "+", "–", "—")):
            self._item(number, found)
        elif is_alone and not self.out.is_markdown and not self.has_styles and is_title_like(bare):
            self.in_contents = bool(_CONTENTS.fullmatch(bare))
            self.out.add("heading", number, bare, level=1, is_alone=True)
        elif self._goes_on(block, place):
            last = self.out.pieces[-1]
            last.text = f"{last.text} {bare}".strip()
            last.is_alone = False
        else:
            self.out.add("paragraph", number, text, is_alone=is_alone)
        return False

    def _row(self, number: int, found: re.Match[str], block: list[Line], place: int, *, starts: bool) -> None:
        if _RULE.fullmatch(found[2]):
            self.out.take(f"{found[1]}{found[2]}|", "mark", number)
            return
        cells = [self._plain(self.out.untagged(c, number), number) for c in re.split(r"(?<!\\)\|", found[2])]
        self.out.take(found[1] + "|" * len(cells), "mark", number)
        is_head = starts and place + 1 < len(block) and bool(_RULE.fullmatch(block[place + 1][1]))
        self.out.add("row", number, cells=tuple(clean(c) for c in cells), is_head=is_head and any(c.strip() for c in cells), starts=starts)

    def _item(self, number: int, found: re.Match[str]) -> None:
        text = clean(self._plain(self.out.untagged(found[3] or "", number), number))
        self.out.take(found[2], "mark", number)
        indent = len(found[1].expandtabs(4))
        self.out.add("item", number, text.replace("\n", " "), level=min((indent + 1) // 2, 5))

    def _markdown_heading(self, number: int, found: re.Match[str]) -> None:
        self.has_headings = True
        self.out.take(found[1] + (found[3] or ""), "mark", number)
        title = clean(self._plain(found[2], number))
        if not self.out.heading(number, title):
            self.out.add("heading", number, title, level=len(found[1]))
        self.out.pieces[-1].level = len(found[1])

    def _goes_on(self, block: list[Line], place: int) -> bool:
        """Is this line the rest of the paragraph or the item above it?"""
        if not place or not self.out.pieces:
            return False
        before, last = block[place - 1][1].strip(), self.out.pieces[-1]
        if last.kind not in ("paragraph", "item") or last.line > block[place][0] or _PIPES.fullmatch(before):
            return False
        is_ended = before.endswith((".", "!", "?", ":")) and not 50 <= len(before) <= 120
        return self.out.is_markdown or not (is_ended and block[place][1].strip()[:1].isupper())

    def _plain(self, text: str, number: int) -> str:
        """Text without the marks of Markdown for strong text and code."""
        if self.out.is_markdown:
            for mark in re.findall(r"\*\*|`", text):
                self.out.take(mark, "mark", number)
            return re.sub(r"\*\*|`", "", text)
        return text


def _key(line: str) -> str:
    """What is alike in a header on every page: all but the figures."""
    return re.sub(r"\d+", "#", clean(line))
