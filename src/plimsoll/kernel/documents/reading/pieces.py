"""What every format is first taken apart into, and how a line that stands alone is judged. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from plimsoll.kernel.documents.reading.shapes import Control, Taken, Why

Kind = Literal["heading", "paragraph", "item", "row", "label", "contents", "remark", "running", "break"]

MOST_HEADING = 120
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})(\.?)\s*(?=[^\W\d_])(\S.*)")
_APPENDIX = re.compile(r"((?:Appendix|Annex)\s+(?:[A-Z](?:\.\d{1,2})?|\d{1,2}))(\s*[:.–—-])?(?:\s+|$)(.*)", re.IGNORECASE)
_ENDS = (".", ";", ",", ":")
_TAG = re.compile(r"</?(?:ul|ol|li|p|br|div|span|b|i|u|em|strong|font|table|tbody|tr|td|th|h[1-6]|a)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_NEW_LINE = ("<li", "<br", "<p>", "<p ", "</tr", "</p")


@dataclass(slots=True)
class Piece:
    """A line, a paragraph of a file, or a row, before anything is joined."""

    kind: Kind
    line: int
    text: str = ""
    number: str = ""  # of a heading; the page of a line of contents; the key of a remark
    level: int = 0  # of a heading; the depth of an item
    cells: tuple[str, ...] = ()
    is_head: bool = False  # the row is the heading of its table
    starts: bool = False  # a table begins with this row
    is_alone: bool = False  # nothing stood directly above or below
    quote: str = ""
    author: str = ""


@dataclass(slots=True)
class Pieces:
    """What a format was taken apart into."""

    pieces: list[Piece] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    title: str = ""
    is_markdown: bool = False

    def add(self, kind: Kind, line: int, text: str = "", **more: object) -> None:
        self.pieces.append(Piece(kind, line, text, **more))  # type: ignore[arg-type]

    def take(self, text: str, why: Why, line: int) -> None:
        """Say that something was taken out; blanks alone are nothing."""
        if text.strip():
            self.taken.append(Taken(line, text, why))

    def untagged(self, text: str, line: int) -> str:
        """A text without the tags of web pages that were left in it."""
        if "<" not in text:
            return text
        for tag in _TAG.findall(text):
            self.take(tag, "tag", line)
        return _TAG.sub(lambda found: "\n" if found[0].lower().startswith(_NEW_LINE) else " ", text)

    def heading(self, line: int, text: str, *, is_alone: bool = True) -> bool:
        """Enter a numbered heading or an appendix, if the text is one."""
        if len(text) > MOST_HEADING:
            return False
        if (found := _NUMBERED.fullmatch(text)) and not text.endswith(_ENDS) and found[3][0].isupper():
            parts = found[1].split(".")
            if len(parts) == 1 and not is_alone:
                return False
            self.take(found[2], "mark", line)
            self.add("heading", line, found[3], number=found[1], level=len(parts), is_alone=is_alone)
            return True
        if is_alone and (found := _APPENDIX.fullmatch(text)) and not text.endswith(_ENDS) and (not found[3] or found[3][0].isupper()):
            self.take(found[2] or "", "mark", line)
            self.add("heading", line, found[3], number=" ".join(found[1].split()), level=1, is_alone=True)
            return True
        return False


def is_title_like(text: str) -> bool:
    """Could a line that stands alone be a heading without a number? Short, begun with a capital, no sentence."""
    return (
        0 < len(text) <= 80
        and len(text.split()) <= 12
        and text[0].isupper()
        and not text.endswith(_ENDS)
        and not re.search(r"[.!?] ", text)
        and "\t" not in text
        and not re.search(r"[\[\]{}|]", text)
    )


def clean(text: str) -> str:
    """Blanks as one, line ends kept."""
    return "\n".join(kept for line in text.split("\n") if (kept := " ".join(line.split())))
