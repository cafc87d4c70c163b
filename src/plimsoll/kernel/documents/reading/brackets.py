"""The places to be filled in, in a stretch of text: `[ … ]`, nested or damaged. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

AROUND = 40  # characters of the words around
MOST = 60  # of what is quoted of a bracket that never closes
_NOT = re.compile(r"\[(?:\d+(?:[,–-]\s*\d+)*|\^[^\]]+|[xX ])\](?!\w)")  # a citation, a footnote, a box of a task
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_STATEMENT = re.compile(r"^\s*(?:>\s*)?\[[A-Z]{1,3}[0-9]{1,3}\]\s")
_EXPLAINED = re.compile(r"square brackets?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    text: str
    before: str
    after: str
    is_damaged: bool
    is_convention: bool


def brackets_in(text: str, *, is_markdown: bool = False) -> Iterator[Found]:
    """Every outermost bracket, as they stand. In Markdown links and keys of statements are none."""
    skipped = [match.span() for match in _NOT.finditer(text) if match[0] != "[ ]" or is_markdown]
    if is_markdown:
        skipped += [match.span() for match in (*_LINK.finditer(text), *_STATEMENT.finditer(text))]
    starts = dict(skipped)
    opened: list[int] = []
    place = 0
    while place < len(text):
        if place in starts and not opened:
            place = starts[place]
            continue
        if text[place] == "[":
            opened.append(place)
        elif text[place] == "]":
            if not opened:
                yield _found(text, place, place + 1, "", is_damaged=True)
            elif len(opened) == 1:
                start = opened.pop()
                yield _found(text, start, place + 1, text[start + 1 : place], is_damaged=False)
            else:
                opened.pop()
        place += 1
    if opened:
        start = opened[0]
        yield _found(text, start, len(text), text[start + 1 : start + 1 + MOST], is_damaged=True)


def _found(text: str, start: int, end: int, inner: str, *, is_damaged: bool) -> Found:
    before = " ".join(text[max(0, start - AROUND * 2) : start].split())[-AROUND:]
    return Found(
        " ".join(inner.split()), before, " ".join(text[end : end + AROUND * 2].split())[:AROUND], is_damaged, bool(_EXPLAINED.search(before))
    )
