"""A text that was taken in, written as a source of ours: headings with their clauses, brackets as fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plimsoll.kernel.documents.reading.brackets import brackets_in
from plimsoll.kernel.documents.reading.shapes import Block, Contents, Grid, Labelled, Listing, Paragraph, Section
from plimsoll.support.intake.matching import is_cover
from plimsoll.support.intake.ours import Read

DEEPEST = 5
_SIGNED = re.compile(r"\s*\[(?:job title|name|signature|date|organi[sz]ation logo)\]\s*", re.IGNORECASE)
_MARKS = re.compile(r"([\\`*_\[\]<>{}|&~])")
_STARTS = re.compile(r"^(\s*)([#+\-=>]|\d{1,9}[.)])")


@dataclass(slots=True)
class Draft:
    """The source, what was left out of it because documents say it of themselves, and the brackets that no field of ours fills."""

    source: str = ""
    left_out: list[str] = field(default_factory=list)
    open_brackets: int = 0
    fields: set[str] = field(default_factory=set)


def draft(read: Read, shapes: Mapping[str, str], roles: Collection[int] = ()) -> Draft:
    """Write the text as a source. `shapes`: text, list, table or picture by field; `roles`: lines of tables whose roles become records."""
    writer = _Writer(read, shapes, frozenset(roles))
    writer.write()
    return writer.made


class _Writer:
    def __init__(self, read: Read, shapes: Mapping[str, str], roles: frozenset[int]) -> None:
        self.read, self.shapes, self.roles = read, shapes, roles
        self.made = Draft()
        self.lines: list[str] = []
        self.level = 0
        # Brackets are met in the order in which they were found: alike ones in one line one after another.
        self.fields: dict[tuple[int, str], list[str]] = {}
        for place in read.places:
            self.fields.setdefault((place.bracket.line, place.bracket.text), []).append(place.field)

    def write(self) -> None:
        sections = list(self.read.text.sections())
        first_appendix = self._appendices(sections)
        matches = {m.section.heading: m for m in self.read.matched.matches}
        for place, section in enumerate(sections):
            heading = section.heading
            if heading is None or is_cover(heading, self.read.text.title):
                self._cover(section)
                continue
            title = " ".join(heading.title.split()) or heading.number
            level = min(max(1, heading.level), self.level + 1, DEEPEST)
            if place >= first_appendix and heading.level == 1:
                title = f"Appendix: {title}"
            self.level = level
            match = matches.get(heading)
            self.lines.append(f"{'#' * level} {escaped(title)}")
            if match is not None and match.ours is not None and (match.ours.clauses or match.ours.clauses_2011):
                said = [f"clauses: {', '.join(match.ours.clauses)}"] if match.ours.clauses else []
                said += [f"edition-2011: {', '.join(match.ours.clauses_2011)}"] if match.ours.clauses_2011 else []
                self.lines.append("{" + "; ".join(said) + "}")
            self.lines.append("")
            for block in section.blocks:
                self._block(block)
        self.made.source = "\n".join(self.lines).strip() + "\n" if self.lines else ""

    @staticmethod
    def _appendices(sections: Sequence[Section]) -> int:
        """From which section on everything of the first level is an appendix."""
        first = len(sections)
        for place in range(len(sections) - 1, -1, -1):
            heading = sections[place].heading
            if heading is None or heading.level > 1:
                continue
            if not re.match(r"appendix|annex", heading.number, re.IGNORECASE):
                break
            first = place
        return first

    def _cover(self, section: Section) -> None:
        """What a document of ours says of itself: cover, contents, change history. What else stands there is kept as text."""
        kept = []
        for block in section.blocks:
            if isinstance(block, Labelled):
                self.made.left_out.append(f"{block.label}: {block.value}".strip(": "))
            elif isinstance(block, Contents):
                continue
            elif isinstance(block, Grid) or (isinstance(block, Paragraph) and re.fullmatch(r"\s*\[[^\]]*\]\s*", block.text)):
                self.made.left_out.append(" / ".join(block.columns) if isinstance(block, Grid) else block.text)
            else:
                kept.append(block)
        for block in kept:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                if _SIGNED.fullmatch(block.text):
                    self.made.left_out.append(block.text)
                else:
                    self._paragraph(block.line, block.text)
            case Listing():
                self._listing(block)
            case Grid():
                self._grid(block)
            case Labelled():
                self._paragraph(block.line, f"{block.label}: {block.value}")
            case Contents():
                self._paragraph(block.line, block.text)

    def _paragraph(self, line: int, text: str) -> None:
        """A bracket that stands alone becomes the place of its field, also of a table."""
        alone = re.fullmatch(r"\s*\[([^\[\]]*)\]\s*\.?\s*", text)
        if alone and (name := self._field(line, " ".join(alone[1].split()))):
            self._place(name)
            return
        said = self._said(line, text)
        self.lines += [_start_escaped(piece) + ("  " if number < said.count("\n") else "") for number, piece in enumerate(said.split("\n"))]
        self.lines.append("")

    def _place(self, name: str) -> None:
        shape = self.shapes[name]
        self.lines += [f"{{{{ {shape} {name} }}}}" if shape != "text" else f"{{{{ {name} }}}}", ""]
        self.made.fields.add(name)

    def _listing(self, listing: Listing) -> None:
        after: list[str] = []
        depths: list[int] = []
        for item in listing.items:
            alone = re.fullmatch(r"\s*\[([^\[\]]*)\]\s*", item.text)
            inner = " ".join(alone[1].split()) if alone else ""
            if alone and (name := self._peek(item.line, inner)) and self.shapes[name] != "text":
                self._field(item.line, inner)
                after += [name] if name not in after else []
                continue
            while depths and depths[-1] >= item.depth:
                depths.pop()
            if len(depths) < DEEPEST:
                depths.append(item.depth)
            said = _start_escaped(self._said(item.line, item.text).replace("\n", " "))
            self.lines.append(f"{'  ' * (len(depths) - 1)}- {said}".rstrip())
        self.lines.append("")
        for name in after:
            self._place(name)

    def _grid(self, grid: Grid) -> None:
        if any(row.line in self.roles for row in grid.rows):
            self._place_if("roles.table")
            return
        held = [(row.line, found.text) for row in grid.rows for cell in row.cells for found in brackets_in(cell)]
        names = {self._peek(line, text) for line, text in held}
        if len(names) == 1 and (name := names.pop()) and self.shapes.get(name) == "table":
            self._place(name)
            return
        width = max([len(grid.columns), *(len(row.cells) for row in grid.rows)])
        head = [*grid.columns, *[""] * (width - len(grid.columns))]
        self.lines.append("| " + " | ".join(escaped(" ".join(c.split())) for c in head) + " |")
        self.lines.append("|" + " --- |" * width)
        for row in grid.rows:
            cells = [*row.cells, *[""] * (width - len(row.cells))]
            self.lines.append("| " + " | ".join(self._said(row.line, "; ".join(c.split("\n"))) for c in cells) + " |")
        self.lines.append("")

    def _place_if(self, name: str) -> None:
        if name in self.shapes:
            self._place(name)

    # Brackets

    def _peek(self, line: int, text: str) -> str:
        names = self.fields.get((line, text), [""])
        return names[0] if names and names[0] in self.shapes else ""

    def _field(self, line: int, text: str) -> str:
        names = self.fields.get((line, text))
        name = names.pop(0) if names and len(names) > 1 else names[0] if names else ""
        return name if name in self.shapes else ""

    def _said(self, line: int, text: str) -> str:
        """A sentence with its brackets as fields, as far as a field within a sentence fills them."""
        return "".join(self._pieces(line, text))

    def _pieces(self, line: int, text: str) -> Iterator[str]:
        rest = text
        for found in brackets_in(text):
            if found.is_damaged:
                continue
            start, end = _span(rest)
            name = self._field(line, found.text)
            yield escaped(rest[:start])
            if name and self.shapes[name] == "text":
                self.made.fields.add(name)
                yield f"{{{{ {name} }}}}"
            else:
                self.made.open_brackets += 1
                yield escaped(rest[start:end])
            rest = rest[end:]
        yield escaped(rest)


def _span(text: str) -> tuple[int, int]:
    """Where the first whole outermost bracket stands."""
    for start, letter in enumerate(text):
        if letter != "[":
            continue
        depth = 0
        for end in range(start, len(text)):
            depth += (text[end] == "[") - (text[end] == "]")
            if depth == 0:
                return start, end + 1
    return len(text), len(text)


def escaped(text: str) -> str:
    """Text as Markdown takes it for text."""
    return _MARKS.sub(r"\\\1", text)


def _start_escaped(text: str) -> str:
    """A line that begins as a heading, a list or a quote would, and is none."""
    return _STARTS.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}" if len(found[2]) > 1 else f"{found[1]}\\{found[2]}", text)
