"""Reads of what is stored of conformity: the newest assessment, that of a day, how one requirement went, and what a record serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from plimsoll.evaluation.conformity.models import Assessment, Result
from plimsoll.evaluation.conformity.rules import Point, Turn, turns
from plimsoll.evaluation.conformity.standard import Item, items
from plimsoll.kernel.figures.evidence import queries
from plimsoll.kernel.identity.models import Tenant

DAYS = 366


def latest(tenant: Tenant) -> Assessment | None:
    """The newest assessment there is."""
    return Assessment.objects.filter(tenant=tenant).order_by("-day", "-at", "-pk").first()


def of_day(tenant: Tenant, day: date) -> Assessment | None:
    """The last assessment of a day; None where none was computed then. It is never computed afterwards from the tables of another day."""
    return Assessment.objects.filter(tenant=tenant, day=day).order_by("-at", "-pk").first()


def nearest_days(tenant: Tenant, day: date) -> tuple[date | None, date | None]:
    """The days before and after one for which there is an assessment."""
    rows = Assessment.objects.filter(tenant=tenant)
    before = rows.filter(day__lt=day).order_by("-day").values_list("day", flat=True).first()
    after = rows.filter(day__gt=day).order_by("day").values_list("day", flat=True).first()
    return before, after


def verdicts_of(assessment: Assessment) -> dict[str, str]:
    """The verdict of every requirement that an assessment looked at, in the order of the standard."""
    found = dict(assessment.results.values_list("item", "verdict"))
    return {key: found[key] for key in items() if key in found}


def result_of(assessment: Assessment, item: str) -> Result | None:
    """What one requirement showed in an assessment."""
    return assessment.results.select_related("detail").filter(item=item).first()


@dataclass(frozen=True, slots=True)
class History:
    """How one requirement went: the last verdict of each day, days without one, and the days on which it turned."""

    points: tuple[Point, ...]
    turns: tuple[Turn, ...]
    first: date
    last: date

    @property
    def days(self) -> list[tuple[date, str]]:
        """Every day with its verdict; empty on a day that nothing was computed on, which is a gap and stays one."""
        known = {point.day: point.verdict for point in self.points}
        n = (self.last - self.first).days + 1
        return [(day, known.get(day.isoformat(), "")) for day in (self.first + timedelta(days=i) for i in range(n))]


def history(tenant: Tenant, item: str, last: date, days: int = DAYS) -> History:
    """How one requirement went over some days up to one; one query."""
    first = last - timedelta(days=days - 1)
    rows = (
        Result.objects.filter(assessment__tenant=tenant, assessment__day__gte=first, assessment__day__lte=last, item=item)
        .order_by("assessment__day", "assessment__at", "pk")
        .values_list("assessment__day", "verdict", "detail__body")
    )
    by_day: dict[date, Point] = {day: Point(day.isoformat(), verdict, shortfalls_in(body)) for day, verdict, body in rows}
    points = tuple(by_day[day] for day in sorted(by_day))
    return History(points, tuple(turns(points)), first, last)


def shortfalls_in(body: Mapping[str, Any] | None) -> dict[str, str]:
    """The sentences of what fell short, by the record that they are about; what is missing altogether goes by its sentence."""
    found = {}
    for short in (body or {}).get("shortfalls", ()):
        source = short.get("source")
        found[f"{source['kind']}:{source['pk']}" if source else short["sentence"]] = short["sentence"]
    return found


def items_of_kind(kind: str) -> list[Item]:
    """The requirements that records of a kind may serve: those whose query reads it."""
    reading = {query.name for query in queries().values() if kind in query.kinds}
    return [item for item in items().values() if item.query in reading]


def fell_short(assessment: Assessment, kind: str, pk: int) -> dict[str, str]:
    """For which requirements one record did not count in an assessment, and why. One query: the results of the kind's requirements only."""
    wanted = [item.id for item in items_of_kind(kind)]
    rows = assessment.results.filter(item__in=wanted).exclude(detail=None).values_list("item", "detail__body")
    told = ((item, shortfalls_in(body).get(f"{kind}:{pk}")) for item, body in rows)
    return {item: sentence for item, sentence in told if sentence}


def per_clause(verdicts: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """The verdicts by the part of the wall that they stand in."""
    found: dict[str, list[str]] = {}
    for key, verdict in verdicts.items():
        parts = items()[key].clause.split(".")
        found.setdefault(".".join(parts[:2]) if parts[0] == "8" else parts[0], []).append(verdict)
    return dict(found)
