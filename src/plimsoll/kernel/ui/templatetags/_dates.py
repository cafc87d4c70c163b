"""Dates and durations as people say them. Called some hundreds of times on a list page, so nothing is asked twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape as _escape
from typing import Any

from django.utils import dates as names
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, gettext, ngettext


def escape(value: object) -> str:
    """Django's own looks for lazy text on every call; here that is most of the cost of a row."""
    return _escape(str(value))


class _Words:
    """The words of dates in one language. Asking gettext two hundred times a page costs more than the page."""

    def __init__(self) -> None:
        self.months = [""] + [str(names.MONTHS[n]) for n in range(1, 13)]
        self.months_short = [""] + [str(names.MONTHS_3[n]).capitalize() for n in range(1, 13)]
        self.weekdays = [str(names.WEEKDAYS[n]) for n in range(7)]
        self.weekdays_short = [str(names.WEEKDAYS_ABBR[n]) for n in range(7)]
        # Translators: a date in full, such as 2 March 2026
        self.long = gettext("{day} {month} {year}")
        # Translators: a date of this week, such as Tue 17 Nov
        self.near = gettext("{weekday} {day} {month}")
        # Translators: what a pointer over a date shows, such as Thursday 12 November 2026; time and zone follow
        self.exact_day = gettext("{weekday} {day} {month} {year}")
        # Translators: a time to come, such as in 25 min
        self.ahead = gettext("in {duration}")
        self.now = gettext("now")
        self.minutes = gettext("{n} min")
        self.hours = gettext("{n} h")
        self.today, self.tomorrow, self.yesterday = (
            gettext("today"),
            gettext("tomorrow"),
            gettext("yesterday"),
        )


@lru_cache(maxsize=32)
def _words(language: str | None) -> _Words:
    return _Words()


@lru_cache(maxsize=4096)
def _days(number: int, language: str | None) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": number}


@lru_cache(maxsize=8192)
def _duration(minutes: int, units: int, language: str | None) -> str:
    words = _words(language)
    if minutes < 60:
        return words.minutes.format(n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        out = words.hours.format(n=hours)
        # Two figures after the hour, so that columns of times stand under one another.
        return f"{out} {words.minutes.format(n=f'{rest:02d}')}" if rest and units > 1 else out
    days, hours = divmod(hours, 24)
    out = _days(days, language)
    return f"{out} {words.hours.format(n=hours)}" if hours and units > 1 and days < 7 else out


def _minutes(value: Any) -> int:
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    return int(abs(seconds) // 60)


def duration(value: timedelta | float | None) -> str:
    """``{{ timedelta|duration }}``: "1 h 47 min", two units at most. A number is taken as seconds; the sign is dropped."""
    if value is None or value == "":
        return ""
    return _duration(_minutes(value), 2, get_language())


def ago(value: datetime | date | None) -> str:
    """``{{ dt|ago }}``: how long since, as plain text in one unit: "6 min", "1 h", "2 days"."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=get_current_timezone())
    zone = value.tzinfo or get_current_timezone()
    seconds = (datetime.now(zone) - (value if value.tzinfo else value.replace(tzinfo=zone))).total_seconds()
    return _duration(int(abs(seconds) // 60), 1, get_language())


@lru_cache(maxsize=4096)
def _day_texts(year: int, month: int, day: int, today: int, language: str | None) -> tuple[str, str]:
    """The short and the exact text of a day. ``today`` is an ordinal, so that yesterday's answer is not kept."""
    words, that = _words(language), date(year, month, day)
    weekday = that.weekday()
    exact = words.exact_day.format(weekday=words.weekdays[weekday], day=day, month=words.months[month], year=year)
    if abs(that.toordinal() - today) < 7:
        short = words.near.format(
            weekday=words.weekdays_short[weekday],
            day=day,
            month=words.months_short[month],
        )
    else:
        short = words.long.format(day=day, month=words.months[month], year=year)
    return escape(short), escape(exact)


def _date_tag(value: date, language: str | None) -> SafeString:
    """A day without a time: today, tomorrow, a weekday, or the date."""
    today = datetime.now(get_current_timezone()).toordinal()
    short, exact = _day_texts(value.year, value.month, value.day, today, language)
    words, apart = _words(language), value.toordinal() - today
    if -1 <= apart <= 1:
        short = (words.yesterday, words.today, words.tomorrow)[apart + 1]
    return SafeString(f'<time datetime="{value.isoformat()}" title="{exact}">{short}</time>')


def _time_tag(local: datetime, text: str, exact_day: str, zone: Any) -> SafeString:
    """``text`` and ``exact_day`` are safe already; the name of a zone comes from the zone database."""
    title = f"{exact_day}, {local.hour:02d}:{local.minute:02d}, {getattr(zone, 'key', None) or escape(zone)}"
    return SafeString(f'<time datetime="{local.isoformat(timespec="minutes")}" title="{title}">{text}</time>')


def moment(value: datetime | date | None) -> SafeString:
    """``{{ dt|moment }}``: within a day "4 min" or "in 25 min", this week "Tue 17 Nov", else "2 March 2026".

    The exact time and the zone of the reader stand in the title.
    """
    if not value:
        return SafeString("")
    language = get_language()
    if not isinstance(value, datetime):
        return _date_tag(value, language)
    zone = get_current_timezone()
    local = value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)
    now = datetime.now(zone)
    words = _words(language)
    short, exact = _day_texts(local.year, local.month, local.day, now.toordinal(), language)
    seconds = (now - local).total_seconds()
    if -60 < seconds < 60:
        short = words.now
    elif 0 < seconds < 86400:
        short = _duration(int(seconds // 60), 1, language)
    elif -86400 < seconds < 0:
        # Rounded, so that what is due in 25 minutes and 40 seconds is not announced a minute too early all day.
        short = words.ahead.format(duration=_duration(round(-seconds / 60), 2, language))
    return _time_tag(local, short, exact, zone)


def at(value: datetime | None) -> SafeString:
    """``{{ dt|at }}``: the clock time where order matters (conversation, trail): "08:04", else "Tue 17 Nov, 08:04"."""
    if not value:
        return SafeString("")
    language, zone = get_language(), get_current_timezone()
    local = value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)
    today = datetime.now(zone).toordinal()
    short, exact = _day_texts(local.year, local.month, local.day, today, language)
    text = f"{local.hour:02d}:{local.minute:02d}"
    if local.toordinal() != today:
        text = f"{short}, {text}"
    return _time_tag(local, text, exact, zone)
