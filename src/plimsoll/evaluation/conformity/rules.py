"""What an answer of the records means for a requirement. Pure: it knows neither records nor pages.

Six verdicts, and no “not applicable”: the edition of 2018 lets nobody leave a requirement out. A population of zero never shows evidence.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["conforms", "partly", "does_not", "no_evidence", "not_triggered", "not_assessed"]
VERDICTS: tuple[Verdict, ...] = ("conforms", "partly", "does_not", "no_evidence", "not_triggered", "not_assessed")
GAPS: frozenset[str] = frozenset(("partly", "does_not", "no_evidence"))
# Which of two verdicts is further from the goal; what was not triggered or is not assessed says nothing and is never a dip.
WEIGHT: Mapping[str, int] = {"conforms": 3, "partly": 2, "no_evidence": 1, "does_not": 0}
Attested = Literal["", "valid", "missing", "ended"]
Kind = Literal["computed", "partly", "attested"]
Aspect = Literal["documented", "operating", "effective"]
ASPECTS: tuple[Aspect, ...] = ("documented", "operating", "effective")


@dataclass(frozen=True, slots=True)
class Bands:
    """From which share on evidence is present, and from which it is there in part. A share on the line counts as the better."""

    present_from: float = 1.0
    partly_from: float = 0.0


def banded(numerator: int, denominator: int, bands: Bands) -> Verdict:
    """The verdict of a share of at least one record. Nothing that holds is never a part: 0 of n is missing, whatever the bands."""
    # Compared as whole numbers would be, so that 19 of 20 is on a line of 0.95 and not a rounding error below it.
    share = round(numerator / denominator, 9)
    if numerator and share >= round(bands.present_from, 9):
        return "conforms"
    return "partly" if numerator and share >= round(bands.partly_from, 9) else "does_not"


def decide(
    kind: Kind, *, numerator: int | None, denominator: int | None, bands: Bands, is_conditional: bool = False, attested: Attested = ""
) -> Verdict:
    """What a requirement shows, from what records answer (None: no query could be asked) and from what a person attested.

    A person's word fills only the human part: it never lifts what records say is missing. Without a word that is asked for, what records
    show is a part at most.
    """
    if kind == "attested":
        return "conforms" if attested == "valid" else "not_assessed"
    if numerator is None or denominator is None:
        return "not_assessed"
    if denominator == 0:
        return "not_triggered" if is_conditional else "no_evidence"
    found = banded(numerator, denominator, bands)
    return "partly" if found == "conforms" and kind == "partly" and attested != "valid" else found


def is_dip(before: str, after: str) -> bool:
    """Does a verdict say less than the one before it?"""
    return before in WEIGHT and after in WEIGHT and WEIGHT[after] < WEIGHT[before]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many requirements of a set there are by verdict."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def present(self) -> int:
        """Those that show evidence."""
        return self.counts.get("conforms", 0)

    @property
    def triggered(self) -> int:
        """Those that could be looked at in the period: neither untriggered nor without a process."""
        return self.total - self.counts.get("not_triggered", 0) - self.counts.get("not_assessed", 0)

    @property
    def gaps(self) -> int:
        return sum(n for verdict, n in self.counts.items() if verdict in GAPS)


def tally(verdicts: Iterable[str]) -> Tally:
    """Count verdicts."""
    counts: dict[str, int] = {verdict: 0 for verdict in VERDICTS}
    for verdict in verdicts:
        counts[verdict] = counts.get(verdict, 0) + 1
    return Tally(counts)


Fitness = Literal["fit", "near", "over", "unknown"]


@dataclass(frozen=True, slots=True)
class Line:
    """How many requirements fall short, held against how many may. None: nothing was measured, or nobody said how many may."""

    load: int | None
    limit: int | None
    looked_at: int | None = field(default=None, compare=False)  # requirements, of those there are; the rest says nothing yet

    @property
    def fitness(self) -> Fitness:
        """Fit below 0.8 of the limit, near up to the limit, over above it; unknown is never fit. Counted in whole numbers."""
        if self.load is None or self.limit is None:
            return "unknown"
        if self.load > self.limit:
            return "over"
        return "fit" if self.load * 10 < self.limit * 8 or self.load == 0 else "near"

    @property
    def level(self) -> float | None:
        """Load over limit; where none may fall short, nothing is dry and anything is full."""
        if self.load is None or self.limit is None:
            return None
        return self.load / self.limit if self.limit else 2.0 if self.load else 0.0

    @property
    def drawn(self) -> float | None:
        """The level as the gauge draws it, in hundredths that stay on their side of 0.8 and of the line."""
        if self.level is None:
            return None
        low, high = {"fit": (0.0, 0.79), "near": (0.8, 1.0), "over": (1.01, 2.0)}[self.fitness]
        return min(high, max(low, round(self.level, 2)))


def line_of(counts: Mapping[str, int], limit: int | None, *, excepted: int = 0) -> Line:
    """The line of a set of requirements by verdict. `excepted` are gaps that somebody bears for a while: they are no load.

    Where none of them could be looked at, nothing was measured.
    """
    counted = Tally(counts)
    return Line(max(0, counted.gaps - excepted) if counted.triggered else None, limit, counted.triggered)


def whole_number(text: str) -> int | None:
    """The number that a text consists of; None for anything else, also for a number within a sentence."""
    found = text.strip()
    return int(found) if found.isascii() and found.isdecimal() and len(found) <= 4 else None


def digest_of(told: Any) -> str:
    """SHA-256 of something as canonical JSON: sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Point:
    """What one requirement showed on a day; `shortfalls` are the keys of the records that did not count, with a sentence each."""

    day: str
    verdict: str
    shortfalls: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which a verdict became another; `causes` are the sentences of what fell short anew (or, going up, of what no longer does)."""

    day: str
    before: str
    after: str
    causes: tuple[str, ...]

    @property
    def is_dip(self) -> bool:
        return is_dip(self.before, self.after)


def turns(points: Sequence[Point]) -> list[Turn]:
    """The days on which something turned, oldest first, with the records that caused it: those in one list of shortfalls and not in the other."""
    found = []
    for before, after in zip(points, points[1:], strict=False):
        if before.verdict == after.verdict:
            continue
        fresh = [sentence for key, sentence in after.shortfalls.items() if key not in before.shortfalls]
        cured = [sentence for key, sentence in before.shortfalls.items() if key not in after.shortfalls]
        found.append(Turn(after.day, before.verdict, after.verdict, tuple(fresh if is_dip(before.verdict, after.verdict) else cured or fresh)))
    return found
