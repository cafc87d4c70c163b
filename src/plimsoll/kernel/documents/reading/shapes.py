"""What a text is read as: headings, paragraphs, lists, tables, header fields, remarks, brackets, and what was taken out of it.

Every character that is not blank stands either in what is read (`said`) or in what was taken out (`taken`), with the reason; a test holds that.
Lines count from 1; in a DOCX they are paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# Why something was taken out of the text.
Why = Literal["running line", "page number", "mark", "tag", "repeated heading", "deleted", "attributes", "front matter"]
Inside = Literal["alone", "sentence", "item", "cell", "heading", "remark", "running line", "label"]


class NotReadable(ValueError):
    """A file can't be read. `key` says why: empty, pdf, encrypted, old_word, broken, binary, kind or too_long."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class Heading:
    """A section begins. `number` as it is written, without its last point; “Appendix 1” for an appendix."""

    line: int
    level: int
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    line: int
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    line: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Lines within a cell are kept apart by line ends."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `columns` are empty where it has no heading."""

    line: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A field of the cover: “Version: 1.0”."""

    line: int
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A line of the table of contents."""

    line: int
    text: str
    page: str


Block = Heading | Paragraph | Listing | Grid | Labelled | Contents


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer wrote beside the text. `key` as it is shown (“AB12”), `section` where it stands, `quote` what it is about."""

    line: int
    key: str
    text: str
    section: str = ""
    quote: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    line: int
    text: str
    why: Why


@dataclass(frozen=True, slots=True)
class Control:
    """A content control of a DOCX: its name, and whether it still shows its prompt."""

    line: int
    name: str
    text: str
    is_prompt: bool


@dataclass(frozen=True, slots=True)
class Bracket:
    """A place to be filled in. `before` and `after` are the words around it, `row` and `column` where it stands in a table; in a list `row` is the
    item above it.

    `is_convention`: it only explains what brackets are for.
    """

    line: int
    text: str
    section: str
    inside: Inside
    before: str = ""
    after: str = ""
    row: str = ""
    column: str = ""
    is_damaged: bool = False
    is_convention: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.text.strip("_ ")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands up to the next one; without a heading what stands before the first."""

    heading: Heading | None
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """“3.1 Scope”."""
        return f"{self.heading.number} {self.heading.title}".strip() if self.heading else ""

    @property
    def text(self) -> str:
        return "\n".join(piece for block in self.blocks for _line, piece in pieces_of(block))


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was read."""

    title: str = ""
    blocks: tuple[Block, ...] = ()
    remarks: tuple[Remark, ...] = ()
    brackets: tuple[Bracket, ...] = ()
    taken: tuple[Taken, ...] = ()
    controls: tuple[Control, ...] = ()
    breaks: int = 0  # page breaks that were recognised
    joined: int = 0  # sentences, lists and tables that a page break had split

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Heading))

    @property
    def labels(self) -> tuple[Labelled, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Labelled))

    @property
    def contents(self) -> tuple[Contents, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Contents))

    @property
    def grids(self) -> tuple[Grid, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Grid))

    @property
    def to_fill(self) -> tuple[Bracket, ...]:
        """The brackets without the one that explains them."""
        return tuple(b for b in self.brackets if not b.is_convention)

    def sections(self) -> Iterator[Section]:
        """Every section once, as they stand; those under a heading are sections of their own."""
        heading: Heading | None = None
        held: list[Block] = []
        for block in self.blocks:
            if isinstance(block, Heading):
                if heading is not None or held:
                    yield Section(heading, tuple(held))
                heading, held = block, []
            else:
                held.append(block)
        if heading is not None or held:
            yield Section(heading, tuple(held))

    def said(self) -> Iterator[str]:
        """Everything that was read, piece by piece."""
        for block in self.blocks:
            match block:
                case Heading():
                    yield block.number
                    yield block.title
                case Grid():
                    yield from block.columns
            yield from (piece for _line, piece in pieces_of(block))
            if isinstance(block, Labelled):
                yield block.label
            elif isinstance(block, Contents):
                yield block.page
        for remark in self.remarks:
            yield remark.key
            yield remark.text


def pieces_of(block: Block) -> Iterator[tuple[int, str]]:
    """The running text of a block, piece by piece with its line: sentences of a paragraph stay together, items and cells are apart."""
    match block:
        case Paragraph() | Contents():
            yield block.line, block.text
        case Labelled():
            yield block.line, block.value
        case Listing():
            yield from ((item.line, item.text) for item in block.items)
        case Grid():
            yield from ((row.line, cell) for row in block.rows for cell in row.cells)
