"""From sets of incidents to figures: counts, shares, ages and working times, each for the whole or for every member of a cut. Reads only.

Counts and shares are those of every kind here whose columns have the same names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, Q, Sum, Value, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy

from plimsoll.kernel.calendars.hours import ServiceHours
from plimsoll.kernel.figures.definitions import Dimension, Figure, Indicator, Question, declare, ratio
from plimsoll.kernel.identity.models import Organization, Team
from plimsoll.kernel.lib.time import micros
from plimsoll.kernel.trail.models import Span
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.counting import OF_CARD, OF_INCIDENT, OF_SPAN, PAUSING, end_of, handovers, resolved, responded, solving, standing
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import working_hours

Rows = Callable[[Question], Any]
Part = Callable[[Question, Any], Any]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def counts(rows: Any, column: str) -> dict[int | None, int]:
    """How many there are of each member, or under None in all when there is no column."""
    if not column:
        return {None: rows.order_by().count()}
    return dict(rows.order_by().values(column).annotate(n=Count("pk")).values_list(column, "n"))


def count_of(rows: Rows) -> Callable[[Question], list[Figure]]:
    """A measure that counts."""

    def measure(question: Question) -> list[Figure]:
        found = counts(rows(question), OF_INCIDENT.get(question.cut, ""))
        return [Figure(question.period, n, n, None, question.cut, member) for member, n in found.items()]

    return measure


def share_of(whole: Rows, part: Part) -> Callable[[Question], list[Figure]]:
    """A measure of what share of some records is something besides."""

    def measure(question: Question) -> list[Figure]:
        column = OF_INCIDENT.get(question.cut, "")
        rows = whole(question)
        of = counts(rows, column)
        done = counts(part(question, rows), column) if any(of.values()) else {}
        return [ratio(question.period, done.get(member, 0), n, cut=question.cut, member=member) for member, n in of.items()]

    return measure


def backlog_count(question: Question) -> list[Figure]:
    """How many stand open at the end."""
    found = counts(standing(question), OF_SPAN.get(question.cut, ""))
    return [Figure(question.period, n, n, None, question.cut, member) for member, n in found.items()]


def backlog_age(question: Question) -> list[Figure]:
    """The mean age of what stands open at the end, in seconds of the clock."""
    column = OF_SPAN.get(question.cut, "")
    age = Sum(ExpressionWrapper(Value(end_of(question), output_field=DateTimeField()) - F("card__opened_at"), output_field=DurationField()))
    rows = standing(question).order_by()
    if not column:
        told = rows.aggregate(age=age, n=Count("pk"))
        return [ratio(question.period, told["age"].total_seconds() if told["age"] else 0, told["n"])]
    return [
        ratio(question.period, total.total_seconds(), n, cut=question.cut, member=member)
        for member, total, n in rows.values(column).annotate(age=age, n=Count("pk")).values_list(column, "age", "n")
    ]


def backlog_age_p90(question: Question) -> list[Figure]:
    """The age that nine in ten of the open ones do not exceed (nearest rank), in seconds of the clock."""
    column = OF_SPAN.get(question.cut, "")
    by = [F(column)] if column else None
    # The oldest come last, so the rank from the youngest on is nine tenths of the number, rounded up.
    ranked = (
        standing(question)
        .order_by()
        .annotate(
            n=Window(Count("pk"), partition_by=by),
            place=Window(RowNumber(), partition_by=by, order_by=[F("card__opened_at").desc(), F("card_id").desc()]),
        )
    )
    wanted = ranked.filter(place=ExpressionWrapper((F("n") * 9 + 9) / 10, output_field=IntegerField()))
    at = end_of(question)
    found = [
        Figure(question.period, (at - opened_at).total_seconds(), None, n, question.cut, member[0] if member else None)
        for opened_at, n, *member in wanted.values_list("card__opened_at", "n", *([column] if column else []))
    ]
    return found or ([Figure(question.period, None, None, 0)] if not column else [])


def handover_rate(question: Question) -> list[Figure]:
    """How often an incident resolved in the month had gone from team to team, on average."""
    of = counts(resolved(question), OF_INCIDENT.get(question.cut, ""))
    done = counts(handovers(question), OF_CARD.get(question.cut, "")) if any(of.values()) else {}
    return [ratio(question.period, done.get(member, 0), n, cut=question.cut, member=member) for member, n in of.items()]


def time_to_respond(question: Question) -> list[Figure]:
    """The mean working time from opening to the first response, in seconds."""
    column = OF_INCIDENT.get(question.cut, "")
    rows = responded(question).order_by().values_list("pk", "opened_at", "moment", "service_id", *([column] if column else []))
    return _mean(question, list(rows), ())


def time_to_resolve(question: Question) -> list[Figure]:
    """The mean working time from opening to resolving, without waiting for the customer and without the time between resolving and reopening."""
    column = OF_CARD.get(question.cut, "")
    spans = solving(question).order_by()
    rows = list(spans.values_list("card", "card__opened_at", "started_at", "card__incident__service_id", *([column] if column else [])))
    still = Span.objects.filter(Q(state=PAUSING) | Q(category__in=("done", "closed")), card__in=solving(question).values("card"))
    return _mean(question, rows, still.order_by("card", "id").values_list("card", "started_at", "ended_at"))


def hours_by_service(tenant: Any) -> tuple[dict[int, ServiceHours], ServiceHours]:
    """The hours of the services that have their own, and those of all others: the organisation's default, else around the clock.

    Only the calendars are kept between questions: which of them a service has is no setting, and changes without telling the cache.
    """
    kept = working_hours(tenant)
    own: Any = Service.objects.filter(tenant=tenant, hours__isnull=False)
    others = kept.get(None) or ServiceHours(tenant.timezone, {day: [("00:00", "24:00")] for day in DAYS})
    return {service: kept[calendar] for service, calendar in own.values_list("pk", "hours_id")}, others


def _mean(question: Question, rows: list[Any], pauses: Iterable[tuple[int, datetime, datetime | None]]) -> list[Figure]:
    """The mean working time of rows (record, start, end, service, perhaps member): one call a calendar, however many rows."""
    if not rows:
        return [ratio(question.period, 0, 0)] if not question.cut else []
    own, others = hours_by_service(question.person.tenant)
    groups: dict[int, tuple[ServiceHours, list[int]]] = {}
    for place, row in enumerate(rows):
        hours = own.get(row[3], others)
        groups.setdefault(id(hours), (hours, []))[1].append(place)
    still: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for card, start, end in pauses:
        if end is None or end > start:
            still[card].append((micros(start), None if end is None else micros(end)))
    worked = np.zeros(len(rows), dtype=np.int64)
    for hours, places in groups.values():
        found = [(n, start, end) for n, place in enumerate(places) for start, end in still.get(rows[place][0], ())]
        worked[places] = hours.elapsed_many(
            _instants(micros(rows[place][1]) for place in places),
            _instants(micros(rows[place][2]) for place in places),
            (np.array([f[0] for f in found], dtype=np.int64), _instants(f[1] for f in found), _instants(f[2] for f in found)) if found else None,
        ).astype(np.int64)
    if not question.cut:
        return [ratio(question.period, int(worked.sum()) / 1e6, len(rows))]
    sums: dict[int | None, list[int]] = defaultdict(lambda: [0, 0])
    for row, time in zip(rows, worked.tolist(), strict=True):
        sums[row[4]][0] += time
        sums[row[4]][1] += 1
    return [ratio(question.period, total / 1e6, n, cut=question.cut, member=member) for member, (total, n) in sums.items()]


def _instants(moments: Iterable[int | None]) -> Any:
    """Microseconds since 1970 as numpy's instants; None is an unknown one."""
    unknown = np.iinfo(np.int64).min  # NaT
    return np.array([unknown if m is None else m for m in moments], dtype=np.int64).view("M8[us]")


# What figures are cut by.


def _named(model: Any, column: str) -> Callable[[Iterable[int]], Mapping[int, str]]:
    return lambda keys: dict(model.objects.filter(pk__in=list(keys)).values_list("pk", column))


def _priorities(keys: Iterable[int]) -> Mapping[int, str]:
    """The priorities with their words."""
    words = dict(Incident.PRIORITIES)
    return {key: f"{key}, {words[key]}" if key in words else str(key) for key in keys}


SERVICE = Dimension("service", gettext_lazy("Service"), _named(Service, "title"), gettext_lazy("no service"))
ORGANIZATION = Dimension("organization", gettext_lazy("Customer"), _named(Organization, "name"), gettext_lazy("nobody"))
TEAM = Dimension("team", gettext_lazy("Team"), _named(Team, "name"), gettext_lazy("no team"))
PRIORITY = Dimension("priority", gettext_lazy("Priority"), _priorities, gettext_lazy("no priority"))
DIMENSIONS = (SERVICE, ORGANIZATION, TEAM, PRIORITY)


def share(kind: str, whole: Rows, part: Part, labels: tuple[Any, Any], *, dimensions: Any = DIMENSIONS, **said: Any) -> Indicator:
    """Declare what share of some records is something besides: both sets as they are counted, and as they are called."""
    return declare(
        Indicator(
            unit="share",
            kind=kind,
            dimensions=dimensions,
            measure=share_of(whole, part),
            counted=lambda question, name: part(question, whole(question)) if name == "done" else whole(question),
            parts={"whole": labels[0], "done": labels[1]},
            **said,
        )
    )
