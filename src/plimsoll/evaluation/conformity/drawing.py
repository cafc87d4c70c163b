"""How one requirement went, as a strip of weeks: drawn here, so that a page, a document and a pack show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plimsoll.evaluation.conformity.rules import WEIGHT

CLASSES = {"conforms": "good", "partly": "part", "does_not": "bad", "no_evidence": "bad"}
WEEKS = 53


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: where it stands, and how it is filled. The worst day of the week fills it; a week without any computation stays empty."""

    x: int
    css: str
    verdict: str
    first: date
    computed: int
    y: int = 0
    height: int = 20


def weeks(days: Sequence[tuple[date, str]]) -> list[Bar]:
    """The bars of a run of days, oldest first; the last bar ends with the last day."""
    chunks = [days[max(0, end - 7) : end] for end in range(len(days), 0, -7)][::-1]
    bars = []
    for n, chunk in enumerate(chunks):
        known = [verdict for _day, verdict in chunk if verdict]
        worst = min(known, key=lambda verdict: WEIGHT.get(verdict, 4), default="")
        css = CLASSES.get(worst, "none")
        is_full = css != "none"
        bars.append(Bar(n * 8, css, worst, chunk[0][0], len(known), 0 if is_full else 8, 20 if is_full else 12))
    return bars
