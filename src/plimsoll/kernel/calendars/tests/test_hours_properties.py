"""Service hours against a reference that walks minute by minute, and their algebra. It knows nothing of agreements or records.

The reference asks zoneinfo for the wall time of every single minute (or second) and shares no code with the package.
PLIMSOLL_TEST_EFFORT multiplies the number of examples.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings, strategies as st

from plimsoll.kernel.calendars import ServiceHours

EFFORT = int(os.environ.get("PLIMSOLL_TEST_EFFORT", "1"))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
US = timedelta(microseconds=1)
Stamps = npt.NDArray[np.datetime64]

# Zones, each with days on which its clocks did something: ordinary changes, half hours, midnight, two hours, whole days skipped
# (Apia, Kwajalein) or lived twice (Kwajalein 1969), changes four days apart (Freetown), and none at all.
CHANGES = [
    ("Europe/Berlin", date(2024, 3, 31)),
    ("Europe/Berlin", date(2024, 10, 27)),
    ("Europe/Berlin", date(1945, 5, 24)),
    ("America/New_York", date(2024, 3, 10)),
    ("America/New_York", date(2091, 11, 4)),
    ("Australia/Lord_Howe", date(2024, 4, 7)),
    ("Australia/Lord_Howe", date(2024, 10, 6)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Pacific/Kwajalein", date(1969, 9, 30)),
    ("Antarctica/Troll", date(2024, 3, 31)),
    ("Antarctica/Troll", date(2024, 10, 27)),
    ("Africa/Casablanca", date(2024, 3, 10)),
    ("Africa/Casablanca", date(2024, 4, 14)),
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Africa/Cairo", date(2024, 11, 1)),
    ("Africa/Freetown", date(1939, 9, 3)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Boa_Vista", date(2000, 10, 12)),
    ("America/Caracas", date(2007, 12, 9)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("Europe/Dublin", date(2024, 12, 31)),
    ("UTC", date(2024, 2, 29)),
]
# The same with offsets that are no whole minutes.
SECOND_CHANGES = [
    ("Africa/Monrovia", date(1972, 1, 7)),
    ("Europe/Amsterdam", date(1916, 5, 1)),
    ("Europe/Amsterdam", date(1892, 5, 1)),
    ("Europe/Paris", date(1911, 3, 11)),
    ("America/New_York", date(1883, 11, 18)),
    ("Asia/Kathmandu", date(1920, 1, 1)),
    ("Asia/Manila", date(1844, 12, 31)),
    ("Pacific/Kiritimati", date(1901, 1, 1)),
]


@dataclass
class Row:
    """One question; all times count steps from the beginning of the window."""

    start: int
    end: int
    target: int
    pauses: list[tuple[int, int | None]]


@dataclass
class Question:
    """A calendar, a window of some days around a change of its clocks, and rows of questions within the window."""

    service: ServiceHours
    zone: ZoneInfo
    began: datetime
    step: timedelta
    is_open: list[bool]
    rows: list[Row]

    def at(self, place: int, local: bool = False) -> datetime:
        moment = self.began + place * self.step
        return moment.astimezone(self.zone) if local else moment

    def pauses(self, row: Row) -> list[tuple[datetime, datetime | None]]:
        return [(self.at(a), None if b is None else self.at(b, local=True)) for a, b in row.pauses]

    def works(self, row: Row) -> list[bool]:
        works = list(self.is_open)
        for a, b in row.pauses:
            for place in range(max(a, 0), len(works) if b is None else min(b, len(works))):
                works[place] = False
        return works


def clock(number: int, seconds: bool) -> str:
    minutes, second = divmod(number, 60) if seconds else (number, 0)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{second:02}" if seconds and number < 86400 else "")


@st.composite
def questions(draw: st.DrawFn, seconds: bool = False) -> Question:
    name, day = draw(st.sampled_from(SECOND_CHANGES if seconds else CHANGES))
    zone, per_day = ZoneInfo(name), 86400 if seconds else 1440
    hour = per_day // 24
    moments = st.integers(0, per_day) | st.sampled_from([0, hour, 2 * hour, 2 * hour + hour // 2, 3 * hour, 23 * hour, per_day])
    interval = st.lists(moments, min_size=2, max_size=2, unique=True).map(sorted)
    intervals = {d: draw(st.lists(interval, max_size=3) | st.just([[0, per_day]])) for d in DAYS}
    near = st.integers(-3, 4).map(lambda n: day + timedelta(days=n))
    holidays = draw(st.lists(near, max_size=2))
    yearly = draw(st.lists(near.map(lambda d: d.strftime("%m-%d")), max_size=1))
    week = {d: [(clock(a, seconds), clock(b, seconds)) for a, b in spans] for d, spans in intervals.items()}
    service = ServiceHours(timezone=name, week=week, holidays=holidays, yearly_holidays=yearly)

    step = timedelta(seconds=1) if seconds else timedelta(minutes=1)
    length = 20 * 3600 if seconds else 6 * 1440
    began = datetime(day.year, day.month, day.day, tzinfo=UTC) - length * step / 2
    began = began.replace(second=0)
    is_open = []
    closed = {d for n in range(-9, 9) if (d := day + timedelta(days=n)) in holidays or d.strftime("%m-%d") in yearly}
    moment = began
    for _ in range(length):
        wall = moment.astimezone(zone)
        number = (wall.hour * 60 + wall.minute) * 60 + wall.second if seconds else wall.hour * 60 + wall.minute
        spans = intervals[DAYS[wall.weekday()]]
        is_open.append(any(a <= number < b for a, b in spans) and wall.date() not in closed)
        moment += step

    place = st.integers(0, length)
    changes = [n for n in range(1, length) if is_open[n] != is_open[n - 1]]
    if changes:
        place |= st.sampled_from(changes)
    pause = st.tuples(place | st.integers(-500, length), place | st.none()).map(
        lambda p: (p[0], None) if p[1] is None else (min(p[0], p[1]), max(p[0], p[1]))
    )
    row = st.builds(Row, place, place, st.just(0) | st.integers(0, length // 2), st.lists(pause, max_size=3))
    rows = draw(st.lists(row, min_size=1, max_size=4))
    for one in rows:  # targets used up exactly at an edge are where mistakes hide
        if draw(st.booleans()) and changes:
            one.target = sum(is_open[one.start : draw(st.sampled_from(changes))])
    return Question(service, zone, began, step, is_open, rows)


def check_elapsed(question: Question) -> None:
    service, rows = question.service, question.rows
    expected = [sum(question.works(row)[row.start : row.end]) * question.step for row in rows]
    for row, want in zip(rows, expected, strict=True):
        assert service.elapsed(question.at(row.start, local=True), question.at(row.end), question.pauses(row)) == want
    batch = service.elapsed_many(stamps(question, [r.start for r in rows]), stamps(question, [r.end for r in rows]), flat(question))
    assert batch.tolist() == expected


def check_due(question: Question) -> None:
    service, rows = question.service, question.rows
    targets = np.array([row.target * question.step for row in rows], dtype="m8[us]")
    batch = service.due_many(stamps(question, [row.start for row in rows]), targets, flat(question))
    for row, many in zip(rows, batch.tolist(), strict=True):
        due = service.due(question.at(row.start), row.target * question.step, question.pauses(row))
        assert (None if many is None else many.replace(tzinfo=UTC)) == due
        want, left = None, row.target
        for place, works in enumerate(question.works(row)[row.start :], start=row.start):
            if works and left == 0:  # only a target of zero comes here
                want = place
                break
            left -= works
            if works and left == 0:
                want = place + 1
                break
        if want is not None:
            assert due == question.at(want)
        elif any(end is None for _, end in row.pauses):
            assert due is None
        else:
            assert due is None or due >= question.at(len(question.is_open))


def stamps(question: Question, places: list[int]) -> Stamps:
    return stamp(question.at(place) for place in places)


def flat(question: Question) -> tuple[npt.NDArray[Any], Stamps, Stamps]:
    found = [(n, a, b) for n, row in enumerate(question.rows) for a, b in row.pauses]
    found.sort(key=lambda pause: pause[1])  # any order will do, so not the order of rows
    ends = [np.datetime64("NaT") if b is None else stamps(question, [b])[0] for _, _, b in found]
    return np.array([n for n, _, _ in found], dtype=int), stamps(question, [a for _, a, _ in found]), np.array(ends, dtype="M8[us]")


@given(questions())
@settings(max_examples=150 * EFFORT, deadline=None)
def test_what_has_elapsed_agrees_with_counting_minutes(question: Question) -> None:
    check_elapsed(question)


@given(questions())
@settings(max_examples=150 * EFFORT, deadline=None)
def test_what_is_due_agrees_with_counting_minutes(question: Question) -> None:
    check_due(question)


@given(questions(seconds=True))
@settings(max_examples=12 * EFFORT, deadline=None)
def test_both_agree_with_counting_seconds_where_offsets_had_seconds(question: Question) -> None:
    check_elapsed(question)
    check_due(question)


# The algebra, over centuries and to the microsecond


def calendars() -> st.SearchStrategy[ServiceHours]:
    times = st.integers(0, 1440).map(lambda n: clock(n, False))
    interval = st.lists(times, min_size=2, max_size=2, unique=True).map(lambda pair: tuple(sorted(pair)))
    weeks = st.dictionaries(st.sampled_from(DAYS), st.lists(interval, max_size=3), min_size=1)
    days = st.lists(st.dates(date(1990, 1, 1), date(2060, 1, 1)), max_size=5)
    yearly = st.lists(st.sampled_from(["01-01", "02-29", "07-14", "12-25"]), max_size=2)
    return st.builds(ServiceHours, st.sampled_from([zone for zone, _ in CHANGES + SECOND_CHANGES]), weeks, days, yearly)


instants = st.datetimes(datetime(1850, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))
targets = st.timedeltas(timedelta(0), timedelta(days=400)) | st.timedeltas(timedelta(0), timedelta(hours=50))
spans = st.lists(st.tuples(instants, instants).map(lambda pair: (min(pair), max(pair))), max_size=4)


@given(calendars(), instants, instants, instants)
@settings(max_examples=120 * EFFORT, deadline=None)
def test_what_elapses_in_two_parts_adds_up(service: ServiceHours, one: datetime, two: datetime, three: datetime) -> None:
    a, b, c = sorted([one, two, three])
    assert service.elapsed(a, b) + service.elapsed(b, c) == service.elapsed(a, c)
    assert timedelta(0) <= service.elapsed(a, c) <= c - a


@given(calendars(), instants, targets, spans)
@settings(max_examples=120 * EFFORT, deadline=None)
def test_what_is_due_is_the_first_moment_at_which_the_target_has_elapsed(
    service: ServiceHours, start: datetime, target: timedelta, pauses: list[tuple[datetime, datetime]]
) -> None:
    due = service.due(start, target, pauses)
    if due is None:
        assert service.elapsed(start, datetime.max.replace(tzinfo=UTC), pauses) < max(target, US)
        return
    assert due >= start
    assert service.elapsed(start, due, pauses) == target
    if target:
        assert service.elapsed(start, due - US, pauses) == target - US
    else:
        assert service.elapsed(start, due + US, pauses) == US
        assert service.is_open(due)


@given(calendars(), instants, instants, spans)
@settings(max_examples=80 * EFFORT, deadline=None)
def test_pauses_take_away_just_what_would_have_been_worked_in_them(
    service: ServiceHours, start: datetime, end: datetime, pauses: list[tuple[datetime, datetime]]
) -> None:
    edges = sorted({start, max(start, end), *(moment for pause in pauses for moment in pause if start < moment < end)})
    parts = [(a, b) for a, b in pairwise(edges) if not any(p <= a and b <= q for p, q in pauses)]
    assert service.elapsed(start, end, pauses) == sum((service.elapsed(a, b) for a, b in parts), timedelta(0))
    assert service.elapsed(start, end, pauses[::-1] + pauses) == service.elapsed(start, end, pauses)


def stamp(moments: Iterable[datetime]) -> Stamps:
    return np.array([moment.replace(tzinfo=None) for moment in moments], dtype="M8[us]")


@given(calendars(), st.lists(st.tuples(instants, instants, targets, spans), max_size=6))
@settings(max_examples=80 * EFFORT, deadline=None)
def test_a_batch_gives_what_its_rows_give_one_by_one(
    service: ServiceHours, rows: list[tuple[datetime, datetime, timedelta, list[tuple[datetime, datetime]]]]
) -> None:
    alone = ServiceHours.from_dict(service.to_dict())  # with a table of its own, grown by other questions
    found = [(n, a, b) for n, (_, _, _, pauses) in enumerate(rows) for a, b in pauses]
    pauses = (np.array([n for n, _, _ in found], dtype=int), stamp(a for _, a, _ in found), stamp(b for _, _, b in found))
    starts, ends = stamp(row[0] for row in rows), stamp(row[1] for row in rows)
    assert service.elapsed_many(starts, ends, pauses).tolist() == [alone.elapsed(a, b, p) for a, b, _, p in rows]
    assert service.elapsed_many(starts, ends).tolist() == [alone.elapsed(a, b) for a, b, _, _ in rows]
    due = service.due_many(starts, np.array([row[2] for row in rows], dtype="m8[us]"), pauses).tolist()
    assert [None if d is None else d.replace(tzinfo=UTC) for d in due] == [alone.due(a, t, p) for a, _, t, p in rows]
