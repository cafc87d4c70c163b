"""Months in an organisation's time zone: half-open, one after the other, without a gap at a clock change. Pure; it knows no figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

_MONTH = re.compile(r"\A([0-9]{4})-([0-9]{2})\Z")
FIRST_YEAR, LAST_YEAR = 1970, 2999


class BadPeriod(ValueError):
    """Something that is no period. `args[0]` is a sentence that says how one is written."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in a time zone: [start, end), both in UTC. A month with a clock change is an hour shorter or longer."""

    year: int
    month: int
    zone: str = "UTC"

    @property
    def start(self) -> datetime:
        """The first moment of the month, in UTC."""
        return datetime(self.year, self.month, 1, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first moment that is no longer in the month, in UTC: the start of the next one."""
        return self.plus(1).start

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def name(self) -> str:
        """As addresses and commands write it, "2016-05"."""
        return f"{self.year:04d}-{self.month:02d}"

    def plus(self, months: int) -> Month:
        """The month so many after this one; before it when negative."""
        years, rest = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(years, rest + 1, self.zone)

    def trend(self, months: int) -> list[Month]:
        """So many months that end with this one, oldest first."""
        return [self.plus(n - months + 1) for n in range(months)]

    def has_ended(self, at: datetime) -> bool:
        """Is the month over at a moment?"""
        return at >= self.end

    def __str__(self) -> str:
        return self.name


def month_of(at: datetime, zone: str) -> Month:
    """The month that a moment falls in, on the wall clock of a zone."""
    local = at.astimezone(ZoneInfo(zone))
    return Month(local.year, local.month, zone)


def read_month(text: str, zone: str) -> Month:
    """The month that a text names, "2016-05"; raises `BadPeriod`."""
    found = _MONTH.match(text.strip())
    if found is None:
        raise BadPeriod(_("“%(text)s” is no month; write it as 2016-05.") % {"text": text[:40]})
    year, month = int(found[1]), int(found[2])
    if not 1 <= month <= 12:
        raise BadPeriod(_("“%(text)s” is no month: a year has the months 01 to 12.") % {"text": text[:40]})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadPeriod(_("The year must lie between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return Month(year, month, zone)
