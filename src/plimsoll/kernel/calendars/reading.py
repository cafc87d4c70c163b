"""Reading what callers pass in, and saying a weekly calendar in words. It knows nothing of working time or records."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from plimsoll.kernel.calendars.table import DAY, MAX, MIN, NAT, Ints

DAYS: Final = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"
}  # fmt: skip
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{6}))?)?", re.ASCII)
_MONTH_DAY: Final = re.compile(r"(\d\d)-(\d\d)", re.ASCII)


def read_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises ValueError for a name that is unknown."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError, AttributeError):
        raise ValueError(f"The time zone {name!r} is unknown. Use a name of the IANA database, such as Europe/Berlin.") from None


def read_week(week: Mapping[str, Iterable[Sequence[str | time]]]) -> dict[str, list[tuple[int, int]]]:
    """For each day the intervals in microseconds of the day, in order, merged where they overlap or touch.

    Raises ValueError for unknown days, malformed times and intervals that end at or before they begin.
    """
    if not isinstance(week, Mapping):
        raise ValueError(f"The week is {week!r}. Give a mapping of day names to intervals.")
    for day in week:
        if day not in DAYS:
            raise ValueError(f"The week holds the unknown day {day!r}. Use {', '.join(DAYS)}.")
    merged: dict[str, list[tuple[int, int]]] = {}
    for day in DAYS:
        spans = []
        intervals = week.get(day, ())
        if isinstance(intervals, str) or not isinstance(intervals, Iterable):
            raise ValueError(f"The hours on {day} are {intervals!r}. Give a list of intervals, [] for none.")
        for interval in intervals:
            if not isinstance(interval, (tuple, list)) or len(interval) != 2:
                raise ValueError(f'The interval {interval!r} on {day} is not a pair. Give two times, such as ("08:00", "18:00").')
            a, b = _read_time(interval[0], day), _read_time(interval[1], day)
            if b <= a:
                raise ValueError(
                    f"The interval {clock(a)} to {clock(b)} on {day} ends at or before it begins. "
                    'Split it at "24:00": close this day at "24:00" and open the next day at "00:00".'
                )
            spans.append((a, b))
        kept = merged.setdefault(day, [])
        for a, b in sorted(spans):
            if kept and a <= kept[-1][1]:
                kept[-1] = kept[-1][0], max(b, kept[-1][1])
            else:
                kept.append((a, b))
    return merged


def _read_time(value: str | time, day: str) -> int:
    text = value.isoformat() if isinstance(value, time) else value
    if text in ("24:00", "24:00:00"):
        return DAY
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f'The time {value!r} on {day} is malformed. Write "HH:MM" or "HH:MM:SS" from "00:00" to "24:00", without a zone.')
    hour, minute, second, micro = (int(part or 0) for part in found.groups())
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro


def clock(micro: int) -> str:
    """Microseconds of the day as "HH:MM", with seconds where there are any."""
    seconds, rest = divmod(micro, 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{rest:06}" if rest else "")
    return text.removesuffix(":00") if not rest else text


def read_date(value: date | str) -> date:
    """A day given as a date or in ISO text; raises ValueError for anything else, a datetime included."""
    try:
        return value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(cast(str, value))
    except (TypeError, ValueError):
        raise ValueError(f"The holiday {value!r} is not a day. Give a datetime.date, or text such as 2026-12-25.") from None


def read_month_day(value: str) -> str:
    """A day of the year "MM-DD"; raises ValueError for what is none."""
    found = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        if found and date(2000, int(found[1]), int(found[2])):  # a leap year, so that 02-29 is a day
            return value
    except ValueError:
        pass
    raise ValueError(f'The yearly holiday {value!r} is not a day of the year. Write "MM-DD", such as "12-25".')


def name_days(days: list[int]) -> str:
    """Day numbers as words; three or more in a row become "first to last"."""
    names, parts = list(DAYS.values()), list[str]()
    for day in days:
        if day - 1 in days and day + 1 in days:
            continue
        run_ends = day - 1 in days and day - 2 in days
        if run_ends:
            parts[-1] += f" to {names[day]}"
        else:
            parts.append(names[day])
    return in_words(parts)


def in_words(parts: Sequence[str]) -> str:
    """Several parts as "a, b and c"."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def read_array(values: npt.ArrayLike, name: str, kind: str, length: int | None = None) -> Ints:
    """One row of instants (kind "M") or spans (kind "m") in microseconds, NaT kept; a single value is repeated to the length."""
    array = np.asarray(values)
    want = "datetime64 in UTC" if kind == "M" else "timedelta64"
    if array.dtype.kind != kind and array.size:
        raise ValueError(f"The {name} are {array.dtype}. Give a numpy array of {want}.")
    if length is not None and array.ndim == 0:
        array = np.broadcast_to(array, length)
    if array.ndim != 1 or length not in (None, len(array)):
        raise ValueError(f"The {name} have the shape {array.shape}. Give one row{'' if length is None else f' of {length}'}.")
    numbers = array.astype(f"{kind}8[us]").view(np.int64)
    if kind == "M" and len(numbers) and (numbers.min() < MIN or numbers.max() > MAX):
        numbers = np.where(numbers == NAT, NAT, numbers.clip(MIN, MAX))  # nothing is worked outside, so nothing changes
    return numbers


def not_an_instant(**given: object) -> Exception:
    """What to raise for values that could not be subtracted: ValueError where a time zone is missing, TypeError for other types."""
    for name, value in given.items():
        if isinstance(value, datetime):
            if value.utcoffset() is None:
                return ValueError(f"The {name} {value} has no time zone. Give a datetime with a tzinfo, such as datetime.UTC.")
        elif name != "target":
            return TypeError(f"The {name} is {value!r}. Give a datetime with a tzinfo.")
        elif not isinstance(value, timedelta):
            return TypeError(f"The {name} is {value!r}. Give a timedelta.")
    return TypeError(f"These values do not work together: {given!r}. Give datetimes with a tzinfo and timedeltas.")
