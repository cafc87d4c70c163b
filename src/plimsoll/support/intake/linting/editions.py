"""Which editions of standards are withdrawn, and where a text names one of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class WithdrawnEdition:
    """An edition of a document that is no longer valid, since when, and what took its place."""

    name: str  # “ISO 9001:2008”
    since: date
    now: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(re.findall(r"[a-z0-9]+", self.name.casefold()))


_WORD = re.compile(r"[a-z0-9]+")


def withdrawn_in(text: str, editions: Sequence[WithdrawnEdition]) -> list[WithdrawnEdition]:
    """The withdrawn editions that a text names, however it spaces and punctuates them: “ISO/IEC 20000-1: 2011”, “iso 9001 : 2008”.

    A part of a longer number is not taken for it: “ISO/IEC 27001:2013/Amd 1” names the edition, “ISO 9001:20081” does not.
    """
    words = _WORD.findall(text.casefold())
    starts: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        starts.setdefault(word, []).append(place)
    return [
        edition
        for edition in editions
        if any(tuple(words[place : place + len(edition.words)]) == edition.words for place in starts.get(edition.words[0], ()))
    ]
