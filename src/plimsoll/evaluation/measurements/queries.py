"""Figures as people get them: from a stored month where there is one for their eyes, else counted now. The one way of pages, API and command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.evaluation.measurements.models import StoredFigure, StoredMonth, Target
from plimsoll.evaluation.measurements.rules import FREEZE_AFTER_DAYS, TREND
from plimsoll.kernel.access.queries import check, reach
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.figures.definitions import WORD, Figure, Indicator, Question, UnknownCut, indicator_named
from plimsoll.kernel.figures.periods import Month, month_of, read_month
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now

RUNNING, COUNTED, STORED, FROZEN = "running", "counted", "stored", "frozen"


@dataclass(frozen=True, slots=True)
class Answer:
    """Figures of one month and where they come from: `running` (the month is not over), `counted` (just now), `stored` (computed after the
    end, may still move) or `frozen` (moves no more). Of a stored month also its version, and since when."""

    indicator: Indicator
    month: Month
    figures: tuple[Figure, ...]
    standing: str
    version: int = 0
    at: datetime | None = None
    reason: str = ""

    @property
    def whole(self) -> Figure:
        """The figure of the whole, when it was not cut."""
        return self.figures[0] if self.figures else Figure(self.month, None)


def month_asked(person: Person, text: str = "", at: datetime | None = None) -> Month:
    """The month that somebody names, in the organisation's time zone; the running one when nothing is named. Raises `BadPeriod`."""
    assert person.tenant is not None
    zone = person.tenant.timezone or "UTC"
    return read_month(text, zone) if text else month_of(at or now(), zone)


def freeze_days(tenant: Tenant) -> int:
    """How many days after its end a month is frozen: the setting `indicator_freeze_days`."""
    return int((tenant.settings or {}).get("indicator_freeze_days", FREEZE_AFTER_DAYS))


def stored_part(person: Person, kind: str) -> tuple[str, int] | bool:
    """Which of the stored figures are exactly this person's: True for all, a member of a cut for those of one customer only, False for none.

    Stored months are computed with everything in them, so whoever sees less must not get them: theirs are counted when they look.
    """
    figures, records = reach(person, WORD), reach(person, f"{kind}:read")
    has_classes = bool(person.tenant and person.tenant.settings.get("classes_used"))
    if has_classes and not records.everything_classified:
        return False
    if figures.everything:
        return records.everything
    is_of_one = len(figures.organizations) == 1 and not figures.services
    if is_of_one and (records.everything or figures.organizations <= records.organizations):
        return "organization", next(iter(figures.organizations))
    return False


def answers(
    person: Person, wanted: Sequence[Indicator], months: Sequence[Month], *, cut: str = "", at: datetime | None = None, is_fresh: bool = False
) -> dict[tuple[str, str], Answer]:
    """The figures of some indicators over some months, by (key, month). Two queries for all that is stored; what is not is counted.

    Raises `Refused` without the word `indicator:read`, and `UnknownCut`. With `is_fresh` nothing stored is taken.
    """
    check(person, WORD)
    at = at or now()
    for indicator in wanted:
        if cut:
            indicator.dimension(cut)
    found = {} if is_fresh else _stored(person, wanted, months, cut)
    for indicator in wanted:
        for month in months:
            if (indicator.key, month.name) not in found:
                found[indicator.key, month.name] = _counted(person, indicator, month, cut, at)
    return found


def _counted(person: Person, indicator: Indicator, month: Month, cut: str, at: datetime) -> Answer:
    standing = COUNTED if month.has_ended(at) else RUNNING
    if indicator.needs(person.tenant) or month.start > at:
        return Answer(indicator, month, () if cut else (Figure(month, None),), standing, at=at)
    return Answer(indicator, month, tuple(indicator.measure(Question(person, month, at, cut))), standing, at=at)


def _stored(person: Person, wanted: Sequence[Indicator], months: Sequence[Month], cut: str) -> dict[tuple[str, str], Answer]:
    parts = {i.key: stored_part(person, i.kind) for i in wanted}
    # The part of one organization is stored where the indicator is cut by it; elsewhere it is counted for whoever sees no more.
    by_key = {
        i.key: i
        for i in wanted
        if (part := parts[i.key]) is True or (isinstance(part, tuple) and not cut and any(d.name == part[0] for d in i.dimensions))
    }
    if not by_key:
        return {}
    names = {m.first_day: m for m in months}
    rows = {
        row.pk: row
        for row in StoredMonth.objects.filter(tenant_id=person.tenant_id or 0, is_current=True, indicator__in=by_key, month__in=names)
        if row.frozen_at or row.zone == names[row.month].zone  # what is frozen stays, whatever zone its organization keeps now
    }
    figures: dict[int, list[Figure]] = {pk: [] for pk in rows}
    dimensions = {cut, *(part[0] for part in parts.values() if isinstance(part, tuple))}
    for f in StoredFigure.objects.filter(stored_month__in=rows, dimension__in=dimensions) if rows else ():
        row = rows[f.stored_month_id]
        part = parts[row.indicator]
        if isinstance(part, tuple):
            if (f.dimension, f.member) == part:
                figures[row.pk].append(Figure(names[row.month], f.value, f.numerator, f.denominator))
        elif f.dimension == cut:
            figures[row.pk].append(Figure(names[row.month], f.value, f.numerator, f.denominator, cut, f.member))
    return {
        (row.indicator, names[row.month].name): Answer(
            by_key[row.indicator],
            names[row.month],
            tuple(figures[pk]) or (() if cut else (_nothing(by_key[row.indicator], names[row.month]),)),
            FROZEN if row.frozen_at else STORED,
            row.version,
            row.frozen_at or row.computed_at,
            row.reason,
        )
        for pk, row in rows.items()
    }


def _nothing(indicator: Indicator, month: Month) -> Figure:
    """The figure of a member that has no row: it had no records in that month."""
    return Figure(month, 0, 0) if indicator.unit == "count" else Figure(month, None, 0, 0)


def answer(person: Person, indicator: Indicator, month: Month, *, cut: str = "", at: datetime | None = None, is_fresh: bool = False) -> Answer:
    """One indicator over one month."""
    return answers(person, [indicator], [month], cut=cut, at=at, is_fresh=is_fresh)[indicator.key, month.name]


def trend(person: Person, wanted: Sequence[Indicator], month: Month, length: int = TREND, at: datetime | None = None) -> dict[str, list[Answer]]:
    """The answers of the months that end with this one, oldest first, by indicator."""
    months = month.trend(length)
    found = answers(person, wanted, months, at=at)
    return {i.key: [found[i.key, m.name] for m in months] for i in wanted}


def versions(tenant: Tenant, indicator: Indicator, month: Month) -> list[tuple[StoredMonth, float | None]]:
    """Every version that was stored of a month, newest first, each with its value."""
    rows = StoredMonth.objects.filter(tenant=tenant, indicator=indicator.key, month=month.first_day).select_related("made_by").order_by("-version")
    found = list(rows)
    values = dict(StoredFigure.objects.filter(stored_month__in=found, dimension="").values_list("stored_month", "value"))
    return [(row, values.get(row.pk)) for row in found]


def targets(tenant: Tenant) -> dict[str, Target]:
    """The targets kept, by indicator."""
    return {t.indicator: t for t in Target.objects.filter(tenant=tenant)}


def labels_of(indicator: Indicator, cut: str, members: Iterable[int | None]) -> dict[int | None, str]:
    """The names of the members of a cut."""
    dimension = indicator.dimension(cut)
    keys = [m for m in members if m is not None]
    named = dimension.labels(keys) if keys else {}
    return {None: str(dimension.nothing)} | {key: str(named.get(key, key)) for key in keys}


def basis_of(tenant: Tenant) -> dict[str, Any]:
    """What figures rest on beside the records: the settings of their rules and the service hours, as they are now."""
    kept = {name: value for name, value in (tenant.settings or {}).items() if name.startswith("indicator_")}
    hours = {c.name: [c.timezone, c.week, c.holidays, c.yearly_holidays, c.is_default] for c in Calendar.objects.filter(tenant=tenant)}
    return {"settings": kept, "hours": hours}


def member_asked(indicator: Indicator, by: str, of: str) -> tuple[str, int | None] | None:
    """The member of a cut that an address names: its number, or “none”. Raises `UnknownCut` with a sentence."""
    if not by and not of:
        return None
    name = indicator.dimension(by).name
    if of == "none":
        return name, None
    if (number := whole(of)) is None:
        raise UnknownCut(_("“%(of)s” is no number of a %(what)s; write it as of=12, or of=none.") % {"of": of[:40], "what": name})
    return name, number


def stored_values(tenant: int, keys: Sequence[str]) -> dict[str, list[tuple[date, Decimal]]]:
    """For whoever holds something against indicators: their stored months, (last day, value) oldest first, shares in percent, times in minutes."""
    rows = StoredFigure.objects.filter(
        stored_month__tenant=tenant, stored_month__indicator__in=keys, stored_month__is_current=True, dimension="", member=None
    ).exclude(value=None)
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for key, month, value in rows.order_by("stored_month__month").values_list("stored_month__indicator", "stored_month__month", "value"):
        unit = indicator_named(key).unit
        told = value * 100 if unit == "share" else value / 60 if unit == "seconds" else value
        last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        found.setdefault(key, []).append((last, Decimal(str(round(told, 2)))))
    return found
