"""A template that moved on, and a source that was made from it and changed: what each changed, section by section, and both together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from plimsoll.kernel.documents.source import parse

FRONT = ""  # the anchor of what stands before the first heading, front matter and all


@dataclass(frozen=True, slots=True)
class Piece:
    """A section of the three, with its heading's line; None where one of them has none.

    same: nobody changed it, or both did alike. ours: only we did. theirs: only the template did. both: each in another way, so somebody must choose.
    """

    anchor: str
    title: str
    kind: Literal["same", "ours", "theirs", "both"]
    base: str | None
    ours: str | None
    theirs: str | None

    @property
    def text(self) -> str | None:
        """What stands in both together; where somebody must choose, ours."""
        return self.theirs if self.kind == "theirs" else self.ours


def three_way(base: str, ours: str, theirs: str) -> tuple[Piece, ...]:
    """What was changed in two texts that were one; raises `SourceFault` for one that can't be read.

    The order is ours; a section that the template brought stands after the one that it follows there.
    """
    one, two, three = _sections(base), _sections(ours), _sections(theirs)
    order = list(two)
    for kept in (list(one), list(three)):
        for at, anchor in enumerate(kept):
            if anchor not in order:
                order.insert(order.index(kept[at - 1]) + 1 if at else 0, anchor)
    pieces = []
    for anchor in order:
        b, o, t = (held.get(anchor, ("", None)) for held in (one, two, three))
        title = o[0] or t[0] or b[0]
        pieces.append(Piece(anchor, title, _kind(b[1], o[1], t[1]), b[1], o[1], t[1]))
    return tuple(pieces)


def merged(pieces: Sequence[Piece], taken: Mapping[str, Literal["ours", "theirs"]] | None = None) -> str:
    """The source that comes of it. `taken` says, by anchor, whose text stands where it isn't to be what `Piece.text` says."""
    texts = (getattr(piece, taken[piece.anchor]) if taken and piece.anchor in taken else piece.text for piece in pieces)
    return "\n\n".join(text for text in texts if text) + "\n"


def _kind(base: str | None, ours: str | None, theirs: str | None) -> Literal["same", "ours", "theirs", "both"]:
    if ours == theirs:
        return "same"
    if ours == base:
        return "theirs"
    return "ours" if theirs == base else "both"


def _sections(text: str) -> dict[str, tuple[str, str | None]]:
    """Title and text of each section by its anchor, in order; first what stands before all of them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    heads = [(section.line, section.anchor, section.title) for section in parse(text).sections]
    found: dict[str, tuple[str, str | None]] = {}
    if before := "\n".join(lines[: heads[0][0] - 1 if heads else len(lines)]).strip("\n"):
        found[FRONT] = ("", before)
    for at, (line, anchor, title) in enumerate(heads):
        end = heads[at + 1][0] - 1 if at + 1 < len(heads) else len(lines)
        found[anchor] = (title, "\n".join(held.rstrip() for held in lines[line - 1 : end]).strip("\n"))
    return found
