"""Indicators as they are declared, the questions put to them, and the figures that they answer with. It counts nothing itself."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Person

Words = str | Promise
Unit = Literal["count", "share", "seconds", "number"]
Better = Literal["up", "down", "neither"]
WORD = "indicator:read"
KEEP = "indicator:keep"


@dataclass(frozen=True, slots=True)
class Dimension:
    """By what a figure can be cut. `labels` names the members of a cut, in one query however many there are."""

    name: str
    title: Words
    labels: Callable[[Iterable[int]], Mapping[int, str]]
    nothing: Words  # what is said of records that have no member: “no team”


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: for which month, seen by whom and when, cut by which dimension, perhaps only of one member of it.

    Nobody's figures count more than they may see: every measure reads through `person`.
    """

    person: Person
    period: Month
    asked_at: datetime
    cut: str = ""
    only: tuple[str, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One answer. `value` is in the unit of its indicator (a share between 0 and 1, a time in seconds); None: nothing to measure.

    Shares and means carry what they were made of: `numerator` divided by `denominator`. `member` is the key in the cut's dimension.
    """

    period: Month
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    cut: str = ""
    member: int | None = None


def ratio(period: Month, numerator: float, denominator: float, *, cut: str = "", member: int | None = None) -> Figure:
    """A share or a mean; undefined, and neither 0 nor 1, when there is nothing to divide by."""
    return Figure(period, numerator / denominator if denominator else None, numerator, denominator, cut, member)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured, by which rule, and how: `measure` answers a question, `counted` gives exactly the records behind the answer.

    `parts` are the sets of records that can be looked at, by name; the first is the whole (the denominator), and a second one
    the part of it (the numerator). `formula_version` goes up whenever the same records would give another figure.
    """

    code: str
    key: str
    title: Words
    rule: Words
    formula: Words
    source: Words
    cuts: Words  # as of when service, team and the like are taken
    unit: Unit
    better: Better
    kind: str  # of the records that it counts
    dimensions: tuple[Dimension, ...]
    measure: Callable[[Question], list[Figure]]
    counted: Callable[[Question, str], Any]
    parts: Mapping[str, Words] = field(default_factory=dict)
    needs: Callable[[Any], str] = lambda tenant: ""  # what must be set before it can be measured, as a sentence; empty: nothing
    formula_version: int = 1

    def dimension(self, name: str) -> Dimension:
        """The dimension of that name; raises `UnknownCut` with a sentence that lists those there are."""
        found = next((d for d in self.dimensions if d.name == name), None)
        if found is None:
            known = ", ".join(d.name for d in self.dimensions)
            raise UnknownCut(
                _("“%(title)s” can't be cut by “%(name)s”. It can by: %(known)s.") % {"title": self.title, "name": name[:40], "known": known}
            )
        return found


class UnknownIndicator(LookupError):
    """There is no indicator of that key. `args[0]` is a sentence."""


class UnknownCut(ValueError):
    """An indicator can't be cut so. `args[0]` is a sentence."""


class UnknownPart(ValueError):
    """An indicator has no such set of records. `args[0]` is a sentence."""


_indicators: dict[str, Indicator] = {}


def declare(indicator: Indicator) -> Indicator:
    """Enter an indicator; called by a room when it is ready."""
    _indicators[indicator.key] = indicator
    return indicator


def indicators() -> list[Indicator]:
    """All of them, as they were declared."""
    return list(_indicators.values())


def indicator_named(key: str) -> Indicator:
    """The indicator of a key (`incident_volume`); raises `UnknownIndicator` with a sentence."""
    if (found := _indicators.get(key)) is None:
        near = difflib.get_close_matches(key, _indicators, n=1)
        hint = _("Did you mean “%(near)s”?") % {"near": near[0]} if near else _("The list of indicators names all.")
        raise UnknownIndicator(_("There is no indicator “%(key)s”.") % {"key": key[:60]} + " " + hint)
    return found


def check_part(indicator: Indicator, part: str) -> str:
    """The part asked for, the whole when none is; raises `UnknownPart`."""
    if not part:
        return next(iter(indicator.parts))
    if part not in indicator.parts:
        raise UnknownPart(_("There is no part “%(part)s”. There are: %(known)s.") % {"part": part[:40], "known": ", ".join(indicator.parts)})
    return part
