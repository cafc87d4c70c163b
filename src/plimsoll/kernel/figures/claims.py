"""Claims: sentences of documents that records prove or contradict. Rooms declare the kinds; it reads nothing itself.

A document says `[Agreements are reviewed every year](claim:agreements.reviewed?months=12)`: the words are its author's, the kind and its
parameters are closed. Judging is a function of the tenant, a period and the parameters, and gives which records it counted and which of them
contradict it, so that documents, findings and evidence ask the same.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from plimsoll.kernel.figures.blanks import Row, Source, Value
from plimsoll.kernel.identity.models import Tenant

Words = str | Promise
Standing = Literal["holds", "contradicted", "nothing"]
HOLDS: Standing = "holds"
CONTRADICTED: Standing = "contradicted"
NOTHING: Standing = "nothing"
PREFIX = "claim:"
MOST = 200  # records that contradict, as far as they are kept one by one
YEAR = timedelta(days=365)  # the period that is looked at where nobody names one

_NAME = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+"
_ADDRESS = re.compile(rf"claim:(?P<name>{_NAME})(?:\?(?P<given>[a-z_]+=[A-Za-z0-9._-]+(?:&[a-z_]+=[A-Za-z0-9._-]+)*))?")


class BadClaim(ValueError):
    """There is no such claim, or its parameters can't be meant. `args[0]` is a sentence."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: a whole number between two bounds, one of some words, or a code (no bounds, no words). Without a default it must be given."""

    name: str
    title: Words
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = ()
    default: str = ""

    def read(self, text: str) -> int | str:
        """The value that is meant; raises `BadClaim`."""
        if self.choices:
            if text not in self.choices:
                raise BadClaim(_("“%(name)s” is one of %(choices)s, not “%(text)s”.") % self._said(text))
            return text
        if self.most:
            if not (text.isascii() and text.isdecimal() and len(text) < 10 and self.least <= int(text) <= self.most):
                raise BadClaim(_("“%(name)s” is a whole number from %(least)d to %(most)d, not “%(text)s”.") % self._said(text))
            return int(text)
        return text

    def _said(self, text: str) -> dict[str, Any]:
        return {"name": self.name, "text": text[:40], "least": self.least, "most": self.most, "choices": ", ".join(self.choices)}

    @property
    def bounds(self) -> str:
        """What may be given, for the reference page."""
        if self.choices:
            return ", ".join(f"`{choice}`" for choice in self.choices)
        return f"{self.least} to {self.most}" if self.most else "a code"


@dataclass(frozen=True, slots=True)
class Over:
    """What is judged: whose records, from when (included) until when, with which parameters.

    `about` is the number of the record that the document is about, where it is about one.
    """

    tenant: Tenant
    at: datetime
    since: datetime
    given: Mapping[str, int | str] = field(default_factory=dict)
    about: str = ""

    def number(self, name: str) -> int:
        return int(self.given[name])

    def word(self, name: str) -> str:
        return str(self.given[name])


@dataclass(frozen=True, slots=True)
class Offender:
    """A record that contradicts a claim, and how in a few words."""

    source: Source
    why: str
    also: tuple[Source, ...] = ()  # other records by which it does: the contract that ended, of what it covered


@dataclass(frozen=True, slots=True)
class Verdict:
    """What judging came to: the keys of the records that count, and those among them that contradict."""

    counted: tuple[int, ...] = ()
    offenders: tuple[Offender, ...] = ()

    @property
    def standing(self) -> Standing:
        if self.offenders:
            return CONTRADICTED
        return HOLDS if self.counted else NOTHING

    def within(self, scope: Collection[int]) -> Verdict:
        """The same over some of the records only."""
        return Verdict(tuple(pk for pk in self.counted if pk in scope), tuple(o for o in self.offenders if o.source.pk in scope))


@dataclass(frozen=True, slots=True)
class Claim:
    """A kind of claim as it is declared.

    `query` says in words what is counted and what contradicts; it stands on the reference page. `kinds` are the kinds of records and kept things
    whose change may change the verdict; of a kind that is written all day `touches` says which records may. `judge` costs a constant number of
    queries, whatever the rows, and writes nothing.
    """

    name: str
    title: Words
    query: Words
    kinds: tuple[str, ...]
    judge: Callable[[Over], Verdict]
    parameters: tuple[Parameter, ...] = ()
    ids: tuple[str, ...] = ()
    touches: Callable[[Any], bool] | None = None

    def read(self, given: Mapping[str, str]) -> dict[str, int | str]:
        """The parameters as they are meant; raises `BadClaim`."""
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                has = ", ".join(known) or _("none")
                raise BadClaim(_("“%(claim)s” has no parameter “%(name)s”; it has: %(has)s.") % {"claim": self.name, "name": name, "has": has})
        found = {}
        for name, parameter in known.items():
            text = given.get(name, parameter.default)
            if not text:
                said = {"claim": self.name, "name": name, "bounds": parameter.bounds.replace("`", "")}
                raise BadClaim(_("“%(claim)s” needs “%(name)s”: %(bounds)s.") % said)
            found[name] = parameter.read(text)
        return found


@dataclass(frozen=True, slots=True)
class Meant:
    """A claim with its parameters, as a document makes it."""

    claim: Claim
    given: Mapping[str, int | str]

    def judge(self, tenant: Tenant, at: datetime, *, since: datetime | None = None, scope: Collection[int] | None = None, about: str = "") -> Verdict:
        """Over a period (a year where none is named) and, with `scope`, over some records only."""
        verdict = self.claim.judge(Over(tenant, at, since or at - YEAR, self.given, about))
        return verdict if scope is None else verdict.within(scope)


_claims: dict[str, Claim] = {}
_always: frozenset[str] = frozenset()  # asked with every write, so it is made when a claim is declared
_sometimes: dict[str, tuple[Callable[[Any], bool], ...]] = {}


def declare_claim(claim: Claim) -> Claim:
    """Enter a kind of claim."""
    global _always  # noqa: PLW0603
    _claims[claim.name] = claim
    _always = frozenset(kind for one in _claims.values() if one.touches is None for kind in one.kinds)
    if claim.touches is not None:
        for kind in claim.kinds:
            _sometimes[kind] = (*_sometimes.get(kind, ()), claim.touches)
    return claim


def claims() -> list[Claim]:
    """All kinds, by name."""
    return [_claims[name] for name in sorted(_claims)]


def may_touch(kind: str, record: Any = None) -> bool:
    """May the writing of such a record, or kept thing, change a verdict? Without a record in hand: of any of them."""
    if kind in _always:
        return True
    return kind in _sometimes and (record is None or any(touches(record) for touches in _sometimes[kind]))


def split(address: str) -> tuple[str, dict[str, str]]:
    """The name and the parameters in `claim:agreements.reviewed?months=12`; raises `BadClaim` where it is not written so."""
    if not (found := _ADDRESS.fullmatch(address)):
        raise BadClaim(_("“%(address)s” is no claim: write such as claim:agreements.reviewed?months=12.") % {"address": address[:80]})
    pairs = [part.split("=", 1) for part in found["given"].split("&")] if found["given"] else []
    if len({name for name, _value in pairs}) < len(pairs):
        raise BadClaim(_("“%(address)s” gives a parameter twice.") % {"address": address[:80]})
    return found["name"], {name: value for name, value in pairs}


def address_of(name: str, given: Mapping[str, str]) -> str:
    """The one way in which a claim is written: its parameters by name."""
    return f"{PREFIX}{name}" + ("?" + "&".join(f"{key}={given[key]}" for key in sorted(given)) if given else "")


def claim_at(address: str) -> Meant:
    """The claim that an address means; raises `BadClaim`."""
    name, given = split(address)
    if (claim := _claims.get(name)) is None:
        near = difflib.get_close_matches(name, _claims, n=1)
        hint = _("Did you mean “%(near)s”?") % {"near": near[0]} if near else _("The list of claims names all.")
        raise BadClaim(_("There is no claim “%(name)s”.") % {"name": name[:60]} + " " + hint)
    return Meant(claim, claim.read(given))


def as_value(verdict: Verdict) -> Value:
    """A verdict as a version freezes it: its standing, and the records that contradict (of very many the first)."""
    return Value(text=verdict.standing, rows=tuple(Row((o.source.label, o.why), o.source, o.also) for o in verdict.offenders[:MOST]))


def standing_words(standing: str) -> str:
    """How a claim stands, in words."""
    return {HOLDS: _("holds"), CONTRADICTED: _("does not hold"), NOTHING: _("nothing to judge")}.get(standing, standing)  # type: ignore[call-overload, no-any-return]


__all__ = [
    "CONTRADICTED",
    "HOLDS",
    "NOTHING",
    "PREFIX",
    "YEAR",
    "BadClaim",
    "Claim",
    "Meant",
    "Offender",
    "Over",
    "Parameter",
    "Standing",
    "Verdict",
    "address_of",
    "as_value",
    "claim_at",
    "claims",
    "declare_claim",
    "may_touch",
    "split",
    "standing_words",
]
