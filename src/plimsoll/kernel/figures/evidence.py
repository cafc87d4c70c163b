"""What records prove: the questions that rooms can answer of them, and what an answer is made of. It reads no records and knows no standard.

A room declares its queries in its `evidence.py`, imported when its app is ready. Whoever holds a list of requirements names a query for each
and decides what an answer means; here stands only how many were looked at, how many are as they should be, and which are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Min, Model, Q, QuerySet
from django.utils.functional import Promise

from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.identity.models import Tenant

Words = str | Promise
Origin = Literal["live", "imported", "late", "demonstration"]
ORIGINS: tuple[Origin, ...] = ("live", "imported", "late", "demonstration")
MOST = 50  # of records are named in an answer; how many there are is always told whole


@dataclass(frozen=True, slots=True)
class Inquiry:
    """For whom, over which time and with which bounds a query is asked.

    `start` and `at` bound the period, half-open, in UTC. `without` holds keys of sources (“service:12”, “person:5”) that are taken as gone:
    a query never counts them, so that what would be lost can be asked without writing anything.
    """

    tenant: Tenant
    start: datetime
    at: datetime
    bounds: Mapping[str, float] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    @property
    def day(self) -> date:
        """The day that it is asked, where the tenant is."""
        return self.at.astimezone(ZoneInfo(self.tenant.timezone or "UTC")).date()

    @property
    def first_day(self) -> date:
        """The first day of the period, where the tenant is."""
        return self.start.astimezone(ZoneInfo(self.tenant.timezone or "UTC")).date()

    def bound(self, name: str, default: float) -> float:
        """A bound by its name, as the requirement sets it (a number of days, months, a share)."""
        return float(self.bounds.get(name, default))

    def gone(self, *kinds: str) -> set[int]:
        """The keys of what is taken as gone, of some kinds."""
        split = (key.partition(":") for key in self.without)
        return {int(pk) for kind, _colon, pk in split if kind in kinds}

    def rows(self, model: type[Model]) -> QuerySet[Any]:
        """The records of a kind that may count: the tenant's own, without what is taken as gone, and records of a demonstration only where
        the whole tenant is one."""
        rows: QuerySet[Any] = model._default_manager.filter(tenant=self.tenant).order_by()
        if not self.tenant.is_demonstration:
            rows = rows.exclude(origin="demonstration")
        gone = self.gone(str(model._meta.model_name))
        return rows.exclude(pk__in=gone) if gone else rows


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One thing that is not as it should be: a sentence that says why it does not count and what to do, and the record where there is one."""

    sentence: str
    source: Source | None = None
    owner: int | None = None  # who answers for the record


@dataclass(frozen=True, slots=True)
class Answer:
    """How many were looked at, how many of them are as they should be, and which are not.

    `origins` counts the looked at by where they came from; `oldest` and `newest` say from when the evidence is. At most `MOST` shortfalls and
    sources are named. `note` is a sentence for what figures can't say (“no measure was taken in the period”).
    """

    numerator: int
    denominator: int
    shortfalls: tuple[Shortfall, ...] = ()
    sources: tuple[Source, ...] = ()
    origins: Mapping[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    newest: datetime | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is no share")

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where nothing was to be looked at."""
        return self.numerator / self.denominator if self.denominator else None


Ask = Callable[[Inquiry], Answer]


@dataclass(frozen=True, slots=True)
class Query:
    """A question that records answer. `kinds` are the kinds of records that it reads; `population` says in words what is looked at and
    `counts` what is as it should be; `version` goes up whenever the same records would give another answer."""

    name: str
    population: Words
    counts: Words
    kinds: tuple[str, ...]
    ask: Ask
    version: int = 1
    href: str = ""


_queries: dict[str, Query] = {}


def evidence(name: str, *, population: Words, counts: Words, kinds: Sequence[str], version: int = 1, href: str = "") -> Callable[[Ask], Ask]:
    """Declare a function as the query of a name; raises `ValueError` for a name that is taken."""

    def declare(ask: Ask) -> Ask:
        if name in _queries and _queries[name].ask.__qualname__ != ask.__qualname__:
            raise ValueError(f"There are two queries “{name}”.")
        _queries[name] = Query(name, population, counts, tuple(kinds), ask, version, href)
        return ask

    return declare


def queries() -> dict[str, Query]:
    """All of them, by name."""
    return dict(sorted(_queries.items()))


def counted(
    rows: QuerySet[Any],
    holds: Any,
    *,
    why: Callable[[Any], str],
    source: Callable[[Any], Source],
    aged: str = "opened_at",
    related: Sequence[str] = (),
) -> Answer:
    """Count records and those of them that hold, in one query, and name those that don't, in a second one.

    `holds` is a `Q` or another condition of the database that is true or false for each row, never unknown; joins to many must be asked by
    `Exists`. `aged` names the column that says from when the evidence is.
    """
    told = rows.aggregate(
        all=Count("pk"),
        good=Count("pk", filter=holds),
        oldest=Min(aged),
        newest=Max(aged),
        **{name: Count("pk", filter=Q(origin=name)) for name in ORIGINS},
    )
    short = rows.exclude(pk__in=rows.filter(holds).values("pk")) if told["good"] < told["all"] else rows.none()
    named = list(short.select_related(*related).order_by(F(aged).desc(nulls_last=True), "pk")[:MOST])
    good = list(rows.filter(holds).select_related(*related).order_by(F(aged).desc(nulls_last=True), "pk")[:MOST]) if told["good"] else []
    return Answer(
        told["good"],
        told["all"],
        tuple(Shortfall(why(row), source(row), owner_of(row)) for row in named),
        tuple(source(row) for row in good),
        {name: told[name] for name in ORIGINS if told[name]},
        as_moment(told["oldest"]),
        as_moment(told["newest"]),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that was looked at: what is wrong with it (empty: nothing), and what it rests on."""

    fault: str
    source: Source | None = None
    origin: str = "live"
    at: datetime | None = None
    owner: int | None = None


def judged(found: Iterable[Judged], note: str = "") -> Answer:
    """The answer that some things make which were judged one by one; for small populations."""
    all_of = list(found)
    short = [one for one in all_of if one.fault]
    good = [one for one in all_of if not one.fault]
    times = [one.at for one in all_of if one.at is not None]
    return Answer(
        len(good),
        len(all_of),
        tuple(Shortfall(one.fault, one.source, one.owner) for one in short[:MOST]),
        tuple(one.source for one in good[:MOST] if one.source is not None),
        {name: n for name in ORIGINS if (n := sum(1 for one in all_of if one.source is not None and one.origin == name))},
        min(times, default=None),
        max(times, default=None),
        note,
    )


def as_moment(value: Any) -> datetime | None:
    """A column's moment; a day is its first moment in UTC."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=ZoneInfo("UTC")) if isinstance(value, date) else None


def owner_of(row: Any) -> int | None:
    """Who answers for a row, where its kind has an owner."""
    return getattr(row, "owner_id", None)


__all__ = [
    "MOST",
    "ORIGINS",
    "Answer",
    "Inquiry",
    "Judged",
    "Query",
    "Shortfall",
    "counted",
    "evidence",
    "judged",
    "queries",
]
