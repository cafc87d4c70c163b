"""Service hours on the wall clock of one place, and arithmetic with the time worked in them. It knows nothing of agreements or records.

Every answer is read off a table of openings that is built once for a span of years and widened when an instant falls outside it,
so an answer costs the same for an hour as for fifty years. All arithmetic is exact, in whole microseconds. Two rules hold
throughout: an interval contains its beginning and not its end, and nothing is worked outside the years 1 to 9999 in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from threading import Lock
from types import MappingProxyType
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from plimsoll.kernel.calendars.pauses import PauseArrays, Pauses, merge, merge_many
from plimsoll.kernel.calendars.reading import (
    DAYS,
    clock,
    in_words,
    name_days,
    not_an_instant,
    read_array,
    read_date,
    read_month_day,
    read_week,
    read_zone,
)
from plimsoll.kernel.calendars.table import EPOCH, INF, MAX, MIN, NAT, US, Ints, Table, join, open_edges, year_of

_ZERO: Final = timedelta(0)
_NOTHING: Final = np.empty(0, dtype=np.int64)


class ServiceHours:
    """The hours in which a service is worked on: a week of wall-clock intervals in a time zone, less holidays.

    `week` maps "mon" to "sun" to intervals of "HH:MM" (or "HH:MM:SS", or datetime.time); "24:00" closes a day, days left out are
    closed, and intervals that overlap or touch are merged. `holidays` are local days that are closed once, `yearly_holidays` days
    "MM-DD" that are closed every year. Wall times that a clock change skips count nothing, those that it repeats count twice.

    Instants may come in any zone; results are in UTC. Pauses are (start, end) pairs during which the clock stands still, end None
    for a pause still open; they may overlap and come in any order. Objects never change, compare by value and may be shared by
    threads. A mistake in what is passed in raises ValueError with a sentence that says where it is and what to do.
    """

    __slots__ = ("_grow", "_key", "_table", "_zone", "holidays", "timezone", "week", "yearly_holidays")

    timezone: str
    week: Mapping[str, tuple[tuple[str, str], ...]]
    holidays: frozenset[date]
    yearly_holidays: frozenset[str]
    _zone: ZoneInfo
    _table: Table
    _grow: Lock
    _key: tuple[Any, ...]

    def __init__(
        self,
        timezone: str,
        week: Mapping[str, Iterable[Sequence[str | time]]],
        holidays: Iterable[date | str] = (),
        yearly_holidays: Iterable[str] = (),
    ) -> None:
        put = object.__setattr__
        intervals = read_week(week)
        put(self, "_zone", read_zone(timezone))
        put(self, "timezone", timezone)
        put(self, "week", MappingProxyType({d: tuple((clock(a), clock(b)) for a, b in intervals[d]) for d in DAYS}))
        put(self, "holidays", frozenset(map(read_date, holidays)))
        put(self, "yearly_holidays", frozenset(map(read_month_day, yearly_holidays)))
        week_key = tuple(tuple(intervals[day]) for day in DAYS)
        put(self, "_key", (timezone, week_key, self.holidays, self.yearly_holidays))
        put(self, "_grow", Lock())
        # Calendars that are never or always open would be searched to the year 9999 for the next change: they get their whole
        # table now. Almost any other changes soon, as within 400 years every day of the year falls on every day of the week.
        if not any(week_key) or len(self.yearly_holidays) == 366:
            table = Table(_NOTHING, 1, 9999)
        elif self._is_always_open():
            table = Table(np.array([MIN, MAX], dtype=np.int64), 1, 9999)
        else:
            table = Table(_NOTHING, 1970, 1969)
            table.lo, table.hi = INF, -INF  # covers no instant: the first question builds it around what it asks for
        put(self, "_table", table)

    # Questions about one instant or one interval. Written out flat, as a call in Python costs as much as the arithmetic.

    def elapsed(self, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
        """The time worked from `start` to `end` outside the pauses; zero when `end` is not after `start`.

        A pause still open runs to `end`. Raises ValueError for a datetime without a time zone and a pause that ends before it begins.
        """
        try:
            since, until = start - EPOCH, end - EPOCH
        except TypeError:
            raise not_an_instant(start=start, end=end) from None
        a = since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds
        b = until.days * 86_400_000_000 + until.seconds * 1_000_000 + until.microseconds
        paused = merge(pauses, a) if pauses else None
        if b <= a:
            return _ZERO
        table = self._table
        if not (table.lo < a and b < table.hi):
            table = self._cover(a, b)
        edges, base = table.edges, table.base
        i, j = bisect_right(edges, a), bisect_right(edges, b)
        worked = (base[j] + b if j & 1 else base[j]) - (base[i] + a if i & 1 else base[i])
        for from_, to in paused or ():
            if from_ >= b:
                break
            worked -= _worked(table, min(to, b)) - _worked(table, from_)
        return timedelta(0, 0, worked)

    def due(self, start: datetime, target: timedelta, pauses: Pauses = ()) -> datetime | None:
        """The earliest instant, in UTC, at which the time worked since `start` outside the pauses reaches `target`.

        A target used up exactly at closing is due at closing, one used up exactly when a pause begins is due at that moment. A
        target of zero is due at the first working moment at or after `start` that lies in no pause. None when the target is never
        reached: there are no hours, or a pause without an end begins first, or the year 9999 ends first. Raises ValueError for a
        datetime without a time zone, a negative target and a pause that ends before it begins.
        """
        try:
            since = start - EPOCH
            need = target.days * 86_400_000_000 + target.seconds * 1_000_000 + target.microseconds
        except (TypeError, AttributeError):
            raise not_an_instant(start=start, target=target) from None
        if need < 0:
            raise ValueError(f"The target is {target}, which is negative. Give a target of zero or more.")
        a = since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds
        table = self._table
        if not table.lo < a < table.hi:
            table = self._cover(a, a)
        i = bisect_right(table.edges, a)
        goal = (table.base[i] + a if i & 1 else table.base[i]) + need
        if pauses:
            for from_, to in merge(pauses, a):
                if not from_ < table.hi:
                    table = self._cover(a, from_)
                before = _worked(table, from_)
                if before > goal or (before == goal and need):
                    break
                if to == INF:
                    return None
                if not to < table.hi:
                    table = self._cover(a, to)
                goal += _worked(table, to) - before
        # For zero the last of the instants at which `goal` is reached is wanted, which is where work goes on; else the first.
        search: Callable[[Any, int], int] = bisect_left if need else bisect_right
        k = search(table.totals, goal)
        while k == len(table.totals):
            if table.hi == INF or goal - table.base[-1] > MAX - table.hi:
                return None
            table = self._cover(a, table.hi)
            k = search(table.totals, goal)
        return EPOCH + timedelta(0, 0, goal - table.base[2 * k + 1])

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in the service hours. Raises ValueError for a datetime without a time zone."""
        a, table = self._locate(at)
        return bool(bisect_right(table.edges, a) & 1)

    def next_opening(self, at: datetime) -> datetime | None:
        """The first instant, in UTC, at or after `at` at which closed hours turn to open; None when there is none.

        While the service is open this is the opening after the next closing; `due(at, timedelta(0))` asks for the next moment of
        work instead. Raises ValueError for a datetime without a time zone.
        """
        a, table = self._locate(at)
        place = bisect_left(table.edges, a)
        while (place := place + (place & 1)) >= len(table.edges):
            if table.hi == INF:
                return None
            table = self._cover(a, table.hi)
            place = bisect_left(table.edges, a)
        return EPOCH + timedelta(0, 0, table.edges[place])

    # The same questions about many rows at once.

    def elapsed_many(self, starts: npt.ArrayLike, ends: npt.ArrayLike, pauses: PauseArrays | None = None) -> npt.NDArray[np.timedelta64]:
        """`elapsed` for each pair of two arrays of datetime64 in UTC, as timedelta64[us]; NaT where an instant is NaT.

        `pauses` are three arrays of one length: the index into `starts` that a pause belongs to, its start, and its end, NaT for a
        pause still open. A pause whose start is NaT makes its row NaT. Raises ValueError for arrays of another type or length, an
        index outside `starts` and a pause that ends before it begins.
        """
        a = read_array(starts, "starts", "M")
        b = read_array(ends, "ends", "M", len(a))
        unknown = (a == NAT) | (b == NAT)
        if unknown.any():
            any_instant = max(int(a.max()), 0)  # one close to the others, so that the table need not stretch for it
            a, b = np.where(unknown, any_instant, a), np.where(unknown, any_instant, b)
        table = self._cover_many(a, b)
        worked = table.worked(b)
        worked -= table.worked(a)
        np.maximum(worked, 0, out=worked)
        if pauses is not None:
            row, from_, to = merge_many(pauses, a, unknown)
            to = np.minimum(to, b[row])
            kept = from_ < to
            row, from_, to = row[kept], from_[kept], to[kept]
            np.subtract.at(worked, row, table.worked(to) - table.worked(from_))
        worked[unknown] = NAT
        return worked.view("m8[us]")

    def due_many(self, starts: npt.ArrayLike, targets: npt.ArrayLike, pauses: PauseArrays | None = None) -> npt.NDArray[np.datetime64]:
        """`due` for each start (datetime64 in UTC) and target (timedelta64) of two arrays, as datetime64[us] in UTC.

        NaT where the target is never reached and where a start or a target is NaT. Pauses and errors are those of `elapsed_many`;
        a negative target raises ValueError as well.
        """
        a = read_array(starts, "starts", "M")
        need = read_array(targets, "targets", "m", len(a))
        never = (a == NAT) | (need == NAT)
        if never.any():
            a, need = np.where(never, max(int(a.max()), 0), a), np.where(never, 0, need)
        if len(need) and need.min() < 0:
            raise ValueError(f"targets[{need.argmin()}] is negative. Give targets of zero or more.")
        table = self._cover_many(a)
        goal = table.worked(a)
        if pauses is not None:
            row, from_, to = merge_many(pauses, a, never)
            open_ = to == INF
            table = self._cover_many(a, from_, to[~open_])
            before = table.worked(from_)
            length = np.where(open_, 0, table.worked(to) - before)
            # What was worked outside pauses when each pause begins only rises along a row, so the pauses that begin before the
            # target is reached are the first ones of the row, and each of them puts the goal off by its own length.
            total = np.cumsum(length) - length
            own = before - goal[row] - (total - total[row.searchsorted(row)])
            counts = (own < need[row]) | ((own == 0) & (need[row] == 0))
            never[row[counts & open_]] = True
            np.add.at(goal, row[counts], length[counts])
        goal += np.minimum(need, MAX - MIN)  # a longer target is never reached, and the sum must not overflow
        zero = need == 0
        while table.hi < INF and (late := ~never & (goal >= table.base[-1] + ~zero) & (goal - table.base[-1] <= MAX - table.hi)).any():
            table = self._cover(int(a[late].min()), table.hi)
        place = table.np_totals.searchsorted(goal, side="left")
        if zero.any():
            place[zero] = table.np_totals.searchsorted(goal[zero], side="right")
        never |= place == len(table.np_totals)
        place[never] = 0
        due = goal - table.np_base[2 * place + 1] if len(table.np_totals) else goal
        due[never] = NAT
        return due.view("M8[us]")

    # Words and plain data.

    def describe(self) -> str:
        """The hours as a phrase, such as "Monday to Friday 08:00 to 18:00, Europe/Berlin time"."""
        if not any(self.week.values()) or len(self.yearly_holidays) == 366:
            return "no service hours"
        days_of: dict[tuple[tuple[str, str], ...], list[int]] = {}
        for number, day in enumerate(DAYS):
            days_of.setdefault(self.week[day], []).append(number)
        days_of.pop((), None)
        hours = ", ".join(f"{name_days(days)} {in_words([f'{a} to {b}' for a, b in spans])}" for spans, days in days_of.items())
        if hours == "Monday to Sunday 00:00 to 24:00":
            hours = "around the clock"
        if self.holidays or self.yearly_holidays:
            return f"{hours}, {self.timezone} time, except on holidays"
        return hours if hours == "around the clock" else f"{hours}, {self.timezone} time"

    def to_dict(self) -> dict[str, Any]:
        """The hours as data that JSON can hold, intervals merged; `from_dict` makes an equal object of it."""
        return {
            "timezone": self.timezone,
            "week": {day: [list(span) for span in spans] for day, spans in self.week.items()},
            "holidays": sorted(day.isoformat() for day in self.holidays),
            "yearly_holidays": sorted(self.yearly_holidays),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The hours that `to_dict` wrote; both kinds of holidays may be left out. Raises ValueError as the constructor does."""
        if missing := {"timezone", "week"} - set(data):
            raise ValueError(f"The service hours lack {in_words(sorted(missing))}. Add what is missing.")
        if extra := set(data) - {"timezone", "week", "holidays", "yearly_holidays"}:
            raise ValueError(f"The service hours hold {in_words(sorted(map(str, extra)))}, which mean nothing here. Remove them.")
        return cls(data["timezone"], data["week"], data.get("holidays", ()), data.get("yearly_holidays", ()))

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, ServiceHours) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return "ServiceHours({timezone!r}, {week!r}, holidays={holidays!r}, yearly_holidays={yearly_holidays!r})".format(**self.to_dict())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_dict, (self.to_dict(),)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Service hours never change, so {name} cannot be set. Make a new ServiceHours instead.")

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)

    # The table behind the answers.

    def _is_always_open(self) -> bool:
        return not self.holidays and not self.yearly_holidays and all(spans == (("00:00", "24:00"),) for spans in self.week.values())

    def _locate(self, at: datetime) -> tuple[int, Table]:
        try:
            a = (at - EPOCH) // US
        except TypeError:
            raise not_an_instant(at=at) from None
        table = self._table
        return a, table if table.lo < a < table.hi else self._cover(a, a)

    def _cover_many(self, *groups: Ints) -> Table:
        groups = tuple(group for group in groups if len(group))
        if not groups:
            return self._table
        first, last = min(int(group.min()) for group in groups), max(int(group.max()) for group in groups)
        table = self._table
        return table if table.lo < first and last < table.hi else self._cover(first, last)

    def _cover(self, first: int, last: int) -> Table:
        """A table that answers for `first` to `last`, kept for later questions; what is worked up to an instant stays the same.

        Every widening at least doubles the span of years, so widening step by step costs no more than twice the final size.
        Readers take no lock: they see the old table or the new one, and both are right.
        """
        with self._grow:
            table = self._table
            if table.lo < first and last < table.hi:
                return table
            low, high = max(year_of(first) - 1, 1), min(year_of(last) + 1, 9999)
            old_low, old_high = table.first_year, table.last_year
            span = old_high - old_low + 1
            if not span:
                low, high = max(low - 3, 1), min(high + 10, 9999)
                table = Table(self._open_edges(low, high), low, high)
            else:
                low = old_low if table.lo < first else max(min(low, old_low - span), 1)
                high = old_high if last < table.hi else min(max(high, old_high + span), 9999)
                before = self._open_edges(low, old_low - 1)
                worked_before = int(before[1::2].sum() - before[0::2].sum())
                edges = join(before, table.np_edges, self._open_edges(old_high + 1, high))
                table = Table(edges, low, high, table.base[0] - worked_before)
            object.__setattr__(self, "_table", table)
            return table

    def _open_edges(self, first_year: int, last_year: int) -> Ints:
        if first_year > last_year:
            return _NOTHING
        holidays = np.array([day.toordinal() - EPOCH.toordinal() for day in self.holidays], dtype=np.int64)
        yearly = np.zeros(1232, dtype=np.bool_)
        yearly[[int(day[:2]) * 100 + int(day[3:]) for day in self.yearly_holidays]] = True
        return open_edges(self._zone, self._key[1], holidays, yearly, first_year, last_year)


def _worked(table: Table, at: int) -> int:
    place = bisect_right(table.edges, at)
    return table.base[place] + at if place & 1 else table.base[place]
