"""Moments in UTC. It knows nothing of time zones' rules or of calendars."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC; exact, unlike float timestamps."""
    gap = moment - EPOCH
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def from_micros(value: int) -> datetime:
    """The moment of a number of microseconds since 1970-01-01 UTC."""
    return EPOCH + value * _MICROSECOND


def months_later(day: date, months: int) -> date:
    """The same day some months later; the last of the month where it has no such day (31 January and one month: 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
