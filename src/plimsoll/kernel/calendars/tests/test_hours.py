"""Service hours, case by case. It knows nothing of agreements or records."""

import copy
import json
import os
import pickle
import subprocess
import sys
import threading
import timeit
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest

from plimsoll.kernel.calendars import ServiceHours

ROOT = Path(__file__).parents[5]
COPY = ROOT / "tests/data/sla_cases_format_sample.json"
PUBLISHED = Path(os.environ.get("PLIMSOLL_TEST_DATA", ROOT.parent / "shared")) / "data/sla_cases_format_sample.json"
CASES = json.loads(COPY.read_text())["cases"]

OFFICE = {day: [("08:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
ALL_DAY = {day: [("00:00", "24:00")] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
EVERY_DAY_OF_THE_YEAR = [(date(2000, 1, 1) + timedelta(days=n)).strftime("%m-%d") for n in range(366)]
BERLIN = ZoneInfo("Europe/Berlin")
ZERO = timedelta(0)
Invalid = Callable[[], object]
Stamps = npt.NDArray[np.datetime64]


def office(**more: Any) -> ServiceHours:
    return ServiceHours(timezone="Europe/Berlin", week=OFFICE, **more)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold)  # type: ignore[misc,arg-type]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# Published cases


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_every_published_case_comes_out_as_published(case: dict[str, Any]) -> None:
    calendar = case["calendar"]
    service = ServiceHours(calendar["tz"], calendar["hours"], calendar["holidays"], calendar["holidays_yearly"])
    read = datetime.fromisoformat
    pauses = [(read(p["start"]), read(p["end"]) if p["end"] else None) for p in case["pauses"]]
    start = read(case["start"])
    stamp = np.array([case["start"].removesuffix("Z")], dtype="M8[us]")
    if case["kind"] == "due":
        answers = [read(case["expected_due"]), *map(read, case.get("expected_due_alternatives", ()))]
        target = timedelta(minutes=case["target_minutes"])
        assert service.due(start, target, pauses) in answers
        if not pauses:
            assert service.due_many(stamp, np.array([target], dtype="m8[us]"))[0].item().replace(tzinfo=UTC) in answers
    else:
        answer = timedelta(minutes=case["expected_elapsed_minutes"])
        assert service.elapsed(start, read(case["end"]), pauses) == answer
        if not pauses:
            assert service.elapsed_many(stamp, np.array([case["end"].removesuffix("Z")], dtype="M8[us]"))[0].item() == answer


def test_the_copied_cases_are_the_published_ones() -> None:
    if not PUBLISHED.exists():
        pytest.skip(f"{PUBLISHED} is not here")
    assert json.loads(PUBLISHED.read_text())["cases"] == CASES


# When a target is due


def test_a_target_used_up_exactly_at_closing_is_due_at_closing() -> None:
    assert office().due(berlin(2024, 5, 3, 14), hours(4)) == berlin(2024, 5, 3, 18)


def test_a_target_runs_on_over_the_weekend_and_a_holiday() -> None:
    assert office(holidays=[date(2024, 5, 6)]).due(berlin(2024, 5, 3, 17), hours(2)) == berlin(2024, 5, 7, 9)


def test_a_target_of_zero_is_due_at_once_during_work() -> None:
    assert office().due(berlin(2024, 5, 3, 8), ZERO) == berlin(2024, 5, 3, 8)


def test_a_target_of_zero_at_closing_is_due_at_the_next_opening() -> None:
    assert office().due(berlin(2024, 5, 3, 18), ZERO) == berlin(2024, 5, 6, 8)


def test_a_target_of_zero_is_never_due_inside_a_pause() -> None:
    pauses = [(berlin(2024, 5, 6, 9), berlin(2024, 5, 6, 10)), (berlin(2024, 5, 4), berlin(2024, 5, 6, 9))]
    assert office().due(berlin(2024, 5, 3, 18), ZERO, pauses) == berlin(2024, 5, 6, 10)
    assert office().due(berlin(2024, 5, 6, 9, 30), ZERO, pauses) == berlin(2024, 5, 6, 10)
    assert office().due(berlin(2024, 5, 6, 10), ZERO, pauses) == berlin(2024, 5, 6, 10)


def test_a_target_of_zero_is_never_due_in_a_pause_without_an_end() -> None:
    assert office().due(berlin(2024, 5, 3, 18), ZERO, [(berlin(2024, 5, 6, 8), None)]) is None
    assert office().due(berlin(2024, 5, 3, 18), ZERO, [(berlin(2024, 5, 6, 8, 1), None)]) == berlin(2024, 5, 6, 8)


def test_a_target_used_up_exactly_when_a_pause_begins_is_due_at_that_moment() -> None:
    pause = berlin(2024, 5, 3, 12)
    assert office().due(berlin(2024, 5, 3, 10), hours(2), [(pause, berlin(2024, 5, 3, 13))]) == pause
    assert office().due(berlin(2024, 5, 3, 10), hours(2), [(pause, None)]) == pause


def test_a_target_not_used_up_when_an_open_pause_begins_is_never_due() -> None:
    assert office().due(berlin(2024, 5, 3, 10), hours(2), [(berlin(2024, 5, 3, 11), None)]) is None


def test_a_pause_over_closed_hours_puts_nothing_off() -> None:
    assert office().due(berlin(2024, 5, 3, 17), hours(2), [(berlin(2024, 5, 3, 18), berlin(2024, 5, 6, 8))]) == berlin(2024, 5, 6, 9)


def test_overlapping_pauses_count_once() -> None:
    pauses = [(berlin(2024, 5, 3, 11), berlin(2024, 5, 3, 13)), (berlin(2024, 5, 3, 10), berlin(2024, 5, 3, 12))]
    assert office().due(berlin(2024, 5, 3, 9), hours(2), pauses) == berlin(2024, 5, 3, 14)
    assert office().elapsed(berlin(2024, 5, 3, 9), berlin(2024, 5, 3, 14), iter(pauses)) == hours(2)


def test_the_due_moment_comes_in_utc() -> None:
    due = office().due(berlin(2024, 5, 3, 14), hours(1))
    assert due is not None
    assert due.tzinfo is UTC
    assert due.hour == 13


def test_without_hours_nothing_elapses_and_nothing_is_due() -> None:
    for never in (ServiceHours("UTC", {}), ServiceHours("UTC", ALL_DAY, yearly_holidays=EVERY_DAY_OF_THE_YEAR)):
        assert never.due(utc(2024, 1, 1), ZERO) is None
        assert never.due(utc(2024, 1, 1), hours(1)) is None
        assert never.elapsed(utc(1, 1, 1), utc(9999, 12, 31)) == ZERO
        assert never.next_opening(utc(2024, 1, 1)) is None
        assert not never.is_open(utc(2024, 1, 1))
        assert np.isnat(
            never.due_many(
                np.array(["2024-01-01"], dtype="M8[us]"),
                np.array(
                    [
                        0,
                    ],
                    dtype="m8[us]",
                ),
            )
        ).all()


def test_a_calendar_open_only_on_a_29_february_that_is_a_sunday_finds_its_day() -> None:
    rare = ServiceHours("UTC", {"sun": [("10:00", "11:00")]}, yearly_holidays=[day for day in EVERY_DAY_OF_THE_YEAR if day != "02-29"])
    assert rare.due(utc(2004, 3, 1), timedelta(minutes=30)) == utc(2032, 2, 29, 10, 30)
    assert rare.due(utc(2004, 3, 1), hours(2)) == utc(2060, 2, 29, 11)
    assert rare.next_opening(utc(2033, 1, 1)) == utc(2060, 2, 29, 10)
    due = rare.due_many(np.array(["2004-03-01"] * 2, dtype="M8[us]"), np.array([0, 90], dtype="m8[m]"))
    assert due.tolist() == [datetime(2032, 2, 29, 10), datetime(2060, 2, 29, 10, 30)]


def test_an_opening_beyond_the_years_first_looked_at_is_found() -> None:
    rare = ServiceHours("UTC", {"sun": [("10:00", "11:00")]}, yearly_holidays=[day for day in EVERY_DAY_OF_THE_YEAR if day != "02-29"])
    assert rare.due_many(np.array(["2004-03-01"], dtype="M8[us]"), np.array([0], dtype="m8[m]")).tolist() == [datetime(2032, 2, 29, 10)]
    assert copy.copy(rare).next_opening(utc(2004, 3, 1)) == utc(2032, 2, 29, 10)
    assert copy.copy(rare).due(utc(2004, 3, 1), ZERO) == utc(2032, 2, 29, 10)


def test_hours_that_only_ever_fall_into_a_skipped_hour_are_never_reached() -> None:
    closed = [day for day in EVERY_DAY_OF_THE_YEAR if day != "03-31"]
    skipped = ServiceHours("Europe/Berlin", {"sun": [("02:00", "03:00")]}, yearly_holidays=closed)
    assert skipped.due(utc(2024, 1, 1), timedelta(seconds=1)) is None
    assert skipped.elapsed(utc(1996, 1, 1), utc(9999, 1, 1)) == ZERO


def test_a_target_beyond_the_year_9999_is_never_reached() -> None:
    assert office().due(utc(2024, 1, 1), timedelta.max) is None
    assert office().due(datetime.max.replace(tzinfo=UTC), ZERO) is None
    assert np.isnat(office().due_many(np.array(["2024-01-01"], dtype="M8[us]"), np.timedelta64(2**63 - 1, "us"))).all()


# What has elapsed


def test_an_end_before_the_start_has_nothing_elapsed() -> None:
    assert office().elapsed(berlin(2024, 5, 3, 12), berlin(2024, 5, 3, 9)) == ZERO


def test_an_open_pause_runs_to_the_end() -> None:
    assert office().elapsed(berlin(2024, 5, 3, 9), berlin(2024, 5, 3, 12), [(berlin(2024, 5, 3, 10), None)]) == hours(1)


def test_pauses_outside_the_interval_change_nothing() -> None:
    pauses = [
        (berlin(2024, 5, 2, 9), berlin(2024, 5, 3, 9)),
        (berlin(2024, 5, 3, 12), None),
        (berlin(2024, 5, 3, 10), berlin(2024, 5, 3, 10)),
    ]
    assert office().elapsed(berlin(2024, 5, 3, 9), berlin(2024, 5, 3, 12), pauses) == hours(3)


def test_overlapping_service_hours_merge() -> None:
    overlapping = ServiceHours("UTC", {"mon": [("10:00", "12:00"), ("08:00", "11:00"), ("12:00", "13:00")]})
    assert overlapping.elapsed(utc(2024, 5, 6), utc(2024, 5, 7)) == hours(5)
    assert overlapping == ServiceHours("UTC", {"mon": [("08:00", "13:00")]})


def test_hours_may_run_to_the_end_of_the_day_and_into_the_next() -> None:
    night = ServiceHours("UTC", {"mon": [("18:00", "24:00")], "tue": [("00:00", "08:00")]})
    assert night.elapsed(utc(2024, 5, 6), utc(2024, 5, 8)) == hours(14)
    assert night.next_opening(utc(2024, 5, 6, 19)) == utc(2024, 5, 13, 18)


def test_times_may_have_seconds_or_be_time_objects() -> None:
    exact = ServiceHours("UTC", {"mon": [("08:00:30", time(9, 0, 1)), (time(12), "12:00:00.000001")]})
    assert exact.elapsed(utc(2024, 5, 6), utc(2024, 5, 7)) == timedelta(minutes=59, seconds=31, microseconds=1)
    assert exact.week["mon"] == (("08:00:30", "09:00:01"), ("12:00", "12:00:00.000001"))
    assert ServiceHours.from_dict(exact.to_dict()) == exact


def test_a_yearly_holiday_on_29_february_closes_leap_years_only() -> None:
    leap = ServiceHours("UTC", ALL_DAY, yearly_holidays=["02-29"])
    assert leap.elapsed(utc(2024, 2, 28), utc(2024, 3, 2)) == timedelta(days=2)
    assert leap.elapsed(utc(2023, 2, 28), utc(2023, 3, 2)) == timedelta(days=2)


def test_a_holiday_is_a_local_day() -> None:
    closed = ServiceHours("Pacific/Auckland", ALL_DAY, holidays=[date(2024, 7, 1)])
    assert closed.elapsed(utc(2024, 6, 30), utc(2024, 7, 2)) == timedelta(days=1)
    assert not closed.is_open(utc(2024, 6, 30, 12))
    assert closed.is_open(utc(2024, 6, 30, 11, 59, 59))


# Clock changes


def test_wall_times_that_a_clock_change_skips_count_nothing() -> None:
    night = ServiceHours("Europe/Berlin", {"sun": [("01:00", "04:00")]})
    assert night.elapsed(utc(2024, 3, 30), utc(2024, 4, 1)) == hours(2)
    assert ServiceHours("Europe/Berlin", {"sun": [("02:15", "02:45")]}).elapsed(utc(2024, 3, 30), utc(2024, 4, 1)) == ZERO


def test_hours_that_a_clock_change_skips_whole_do_not_open() -> None:
    night = ServiceHours("Europe/Berlin", {"sun": [("02:00", "03:00")]})
    assert night.next_opening(utc(2024, 3, 30)) == berlin(2024, 4, 7, 2)
    assert night.due(utc(2024, 3, 30), ZERO) == berlin(2024, 4, 7, 2)


def test_wall_times_that_a_clock_change_repeats_count_twice() -> None:
    night = ServiceHours("Europe/Berlin", {"sun": [("02:00", "03:00")]})
    assert night.elapsed(utc(2024, 10, 26), utc(2024, 10, 28)) == hours(2)
    quarter = ServiceHours("Europe/Berlin", {"sun": [("02:15", "02:30")]})
    assert quarter.due(utc(2024, 10, 26), timedelta(minutes=20)) == utc(2024, 10, 27, 1, 20)


def test_the_second_of_two_equal_wall_times_is_told_by_its_fold() -> None:
    always = ServiceHours("Europe/Berlin", ALL_DAY)
    assert always.elapsed(berlin(2024, 10, 27, 2, 30), berlin(2024, 10, 27, 2, 30, fold=1)) == hours(1)
    assert always.due(berlin(2024, 10, 27, 2, 30, fold=1), ZERO) == utc(2024, 10, 27, 1, 30)


@pytest.mark.parametrize(
    ("zone", "day", "open_hours"),
    [
        ("Australia/Lord_Howe", date(2024, 10, 6), 23.5),
        ("Australia/Lord_Howe", date(2024, 4, 7), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Antarctica/Troll", date(2024, 3, 31), 22),
        ("Antarctica/Troll", date(2024, 10, 27), 26),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("Africa/Cairo", date(2024, 4, 26), 23),
        ("Africa/Casablanca", date(2024, 3, 10), 25),
        ("Asia/Kathmandu", date(1986, 1, 1), 23.75),
        ("Africa/Monrovia", date(1972, 1, 7), 24 - 44.5 / 60),
    ],
)
def test_a_day_with_a_clock_change_is_as_long_as_it_was_in_its_zone(zone: str, day: date, open_hours: float) -> None:
    week = {("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]: [("00:00", "24:00")]}
    noon = datetime.combine(day, time(12), UTC)
    assert ServiceHours(zone, week).elapsed(noon - timedelta(days=2), noon + timedelta(days=2)) == hours(open_hours)


# The ends of time


def test_dates_from_year_1_to_9999_do_not_crash() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        service = ServiceHours(zone, OFFICE)
        assert service.due(first, ZERO) is not None
        assert service.due(last, ZERO) is None
        whole = service.elapsed(first, last)
        assert whole == service.elapsed(first, utc(2024, 1, 1)) + service.elapsed(utc(2024, 1, 1), last)
        assert service.due(first, whole + timedelta(microseconds=1)) is None
        assert service.elapsed(first, service.due(first, whole) or first) == whole
        assert service.next_opening(last) is None
    east, west = timezone(hours(14)), timezone(hours(-12))
    service = ServiceHours("UTC", OFFICE)
    assert service.elapsed(datetime(1, 1, 1, tzinfo=east), datetime.max.replace(tzinfo=west)) == service.elapsed(first, last)
    assert service.due(datetime(1, 1, 1, tzinfo=east), ZERO) == service.due(first, ZERO) == utc(1, 1, 1, 8)


def test_instants_far_outside_the_calendar_of_datetime_are_taken_in_batches() -> None:
    starts = np.array(["-50000-01-01", "2024-05-03T08:00", "200000-01-01"], dtype="M8[us]")
    ends = np.array(["-40000-01-01", "2024-05-03T09:00", "290000-01-01"], dtype="M8[us]")
    service = office()
    assert service.elapsed_many(starts, ends).tolist() == [ZERO, hours(1), ZERO]
    assert np.isnat(service.due_many(starts, np.timedelta64(1, "h"))).tolist() == [False, False, True]


def test_a_table_widened_step_by_step_answers_like_a_new_one() -> None:
    grown = office(yearly_holidays=["12-25"])
    for year in (2024, 2100, 1990, 2500, 1500, 2025):
        span = utc(year, 1, 1), utc(year + 3, 7, 1, 9)
        assert grown.elapsed(*span) == office(yearly_holidays=["12-25"]).elapsed(*span)
        assert grown.due(span[0], hours(9000)) == office(yearly_holidays=["12-25"]).due(span[0], hours(9000))


def test_a_widened_table_has_no_seams() -> None:
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles", "Pacific/Apia"):
        service = ServiceHours(zone, ALL_DAY, ["2024-07-01"])
        assert service.elapsed(utc(2024, 6, 1), utc(2024, 8, 1)) == timedelta(days=60)
        assert service.elapsed(utc(1700, 1, 1), utc(2024, 6, 1)) == utc(2024, 6, 1) - utc(1700, 1, 1)
        assert service.elapsed(utc(2024, 8, 1), utc(2500, 1, 1)) == utc(2500, 1, 1) - utc(2024, 8, 1)
        assert service.due(utc(2024, 7, 3), timedelta(days=365_000)) == utc(2024, 7, 3) + timedelta(days=365_000)


def test_what_is_worked_up_to_an_instant_stays_the_same_when_another_thread_widens_the_table() -> None:
    service, instant = office(), np.array([1_700_000_000_000_000])
    service.is_open(utc(2023, 1, 1))
    before = service._table.worked(instant)
    service.elapsed(utc(1900, 1, 1), utc(2200, 1, 1))
    assert service._table.worked(instant) == before


def test_threads_that_widen_the_table_at_once_all_get_right_answers() -> None:
    shared, wrong = office(), list[int]()
    expected = {year: office().elapsed(utc(year, 1, 1), utc(year + 1, 1, 1)) for year in range(1800, 2200, 7)}

    def ask(years: list[int]) -> None:
        wrong.extend(y for y in years if shared.elapsed(utc(y, 1, 1), utc(y + 1, 1, 1)) != expected[y])

    threads = [threading.Thread(target=ask, args=(list(expected)[:: 1 if n % 2 else -1],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# Batches


def test_nat_in_a_batch_gives_nat() -> None:
    starts = np.array(["2024-05-03T08:00", "NaT", "2024-05-03T08:00"], dtype="M8[s]")
    ends = np.array(["2024-05-03T10:00", "2024-05-03T10:00", "NaT"], dtype="M8[s]")
    assert np.isnat(office().elapsed_many(starts, ends)).tolist() == [False, True, True]
    assert np.isnat(office().due_many(starts, np.array([5, 5, "NaT"], dtype="m8[m]"))).tolist() == [False, True, True]
    all_nat = np.array(["NaT"], dtype="M8[us]")
    assert np.isnat(office().elapsed_many(all_nat, all_nat)).all()


def test_a_pause_whose_start_is_nat_makes_its_row_nat() -> None:
    starts = np.array(["2024-05-03T08:00"] * 2, dtype="M8[us]")
    pauses = (np.array([1]), np.array(["NaT"], dtype="M8[us]"), np.array(["2024-05-03T09:00"], dtype="M8[us]"))
    assert np.isnat(office().elapsed_many(starts, starts, pauses)).tolist() == [False, True]
    assert np.isnat(office().due_many(starts, np.timedelta64(1, "h"), pauses)).tolist() == [False, True]


def test_an_empty_batch_gives_an_empty_batch() -> None:
    none: tuple[Any, Any, Any] = ([], [], [])
    assert office().elapsed_many([], [], none).dtype == np.dtype("m8[us]")
    assert office().due_many([], [], none).dtype == np.dtype("M8[us]")
    assert len(office().due_many([], [])) == 0


def test_a_batch_takes_pauses_in_any_order_and_open_ones() -> None:
    starts = np.array(["2024-05-03T07:00", "2024-05-03T07:00", "2024-05-03T07:00"], dtype="M8[us]")  # 09:00 in Berlin

    def at(*clock: str) -> Stamps:
        return np.array([f"2024-05-03T{c}" if c != "NaT" else c for c in clock], dtype="M8[us]")

    pauses = (np.array([2, 0, 0, 1]), at("08:00", "09:00", "08:00", "08:30"), at("NaT", "11:00", "10:00", "09:00"))
    due = office().due_many(starts, np.timedelta64(2, "h"), pauses)
    assert due[:2].tolist() == [datetime(2024, 5, 3, 12), datetime(2024, 5, 3, 9, 30)]
    assert np.isnat(due[2])
    assert office().elapsed_many(starts, np.datetime64("2024-05-03T12:00"), pauses).tolist() == [hours(2), hours(4.5), hours(1)]


# Errors


def at_noon(**given: Any) -> Invalid:
    values: dict[str, Any] = {"start": utc(2024, 5, 3, 12), "end": utc(2024, 5, 3, 13), "target": hours(1), "pauses": ()} | given
    if "target" in given:
        return lambda: office().due(values["start"], values["target"], values["pauses"])
    return lambda: office().elapsed(values["start"], values["end"], values["pauses"])


def week_of(week: Any) -> Invalid:
    return lambda: ServiceHours("UTC", week)


def batch(method: str, *given: Any) -> Invalid:
    return lambda: getattr(office(), method)(*given)


NAIVE, NOON = datetime(2024, 5, 3, 12), utc(2024, 5, 3, 12)
STAMPS = np.array(["2024-05-03T12:00"] * 2, dtype="M8[us]")
HOUR = np.timedelta64(1, "h")


@pytest.mark.parametrize(
    ("invalid", "says"),
    [
        (at_noon(start=NAIVE), "start 2024-05-03 12:00:00 has no time zone"),
        (at_noon(end=NAIVE), "end 2024-05-03 12:00:00 has no time zone"),
        (at_noon(start=NAIVE, target=hours(1)), "start .* has no time zone"),
        (at_noon(pauses=[(NAIVE, None)]), "start of pause 0 .* has no time zone"),
        (at_noon(pauses=[(NOON, None), (NOON, NAIVE)]), "end of pause 1 .* has no time zone"),
        (at_noon(pauses=[(NOON, NOON - hours(1))]), "Pause 0 ends at .* before it starts"),
        (at_noon(target=ZERO, pauses=[(NOON, NOON - hours(1))]), "Pause 0 ends at .* before it starts"),
        (at_noon(end=NOON - hours(9), pauses=[(NOON, NOON - hours(1))]), "Pause 0 ends at .* before it starts"),
        (at_noon(target=-timedelta(microseconds=1)), "negative"),
        (lambda: office().is_open(NAIVE), "has no time zone"),
        (lambda: office().next_opening(NAIVE), "has no time zone"),
        (week_of({"mon": [("18:00", "08:00")]}), '18:00 to 08:00 on mon ends at or before it begins. Split it at "24:00"'),
        (week_of({"mon": [("08:00", "08:00")]}), "ends at or before"),
        (week_of({"mon": [("08:00", "00:00")]}), "ends at or before"),
        (week_of({"mon": [("24:00", "24:00")]}), "ends at or before"),
        (week_of({"monday": []}), "unknown day 'monday'. Use mon, tue"),
        (week_of({"tue": [("8:00", "18:00")]}), "'8:00' on tue is malformed"),
        (week_of({"tue": [("08:00", "24:01")]}), "'24:01' on tue is malformed"),
        (week_of({"tue": [("08:60", "18:00")]}), "malformed"),
        (week_of({"tue": [("08:00", "18:00\n")]}), "malformed"),
        (week_of({"tue": [(time(8, tzinfo=UTC), "18:00")]}), "malformed"),
        (week_of({"tue": [(8, 18)]}), "malformed"),
        (week_of({"tue": [("08:00",)]}), "not a pair"),
        (week_of({"tue": ("08:00", "18:00")}), "not a pair"),
        (week_of({"tue": "08:00-18:00"}), "Give a list of intervals"),
        (week_of({"tue": None}), "Give a list of intervals"),
        (week_of([("mon", [])]), "Give a mapping"),
        (lambda: ServiceHours("Europe/Atlantis", OFFICE), "time zone 'Europe/Atlantis' is unknown"),
        (lambda: ServiceHours("../etc/passwd", OFFICE), "unknown"),
        (lambda: ServiceHours("Europe", OFFICE), "unknown"),
        (lambda: ServiceHours("", OFFICE), "unknown"),
        (lambda: ServiceHours(None, OFFICE), "unknown"),  # type: ignore[arg-type]
        (lambda: office(yearly_holidays=["02-30"]), "'02-30' is not a day of the year"),
        (lambda: office(yearly_holidays=["13-01"]), "not a day of the year"),
        (lambda: office(yearly_holidays=["1-1"]), "not a day of the year"),
        (lambda: office(yearly_holidays=[101]), "not a day of the year"),
        (lambda: office(holidays=["2024-02-30"]), "not a day"),
        (lambda: office(holidays=[NAIVE]), "not a day"),
        (lambda: office(holidays=[20240101]), "not a day"),
        (lambda: ServiceHours.from_dict({"week": {}}), "lack timezone"),
        (lambda: ServiceHours.from_dict({"week": {}, "timezone": "UTC", "hollidays": []}), "hold hollidays"),
        (batch("due_many", STAMPS, np.array([1, -1], dtype="m8[h]")), r"targets\[1\] is negative"),
        (batch("due_many", STAMPS, np.array([1.0, 2.0])), "targets are float64"),
        (batch("elapsed_many", STAMPS, STAMPS[:1]), "one row of 2"),
        (batch("elapsed_many", STAMPS.reshape(1, 2), STAMPS), "shape"),
        (batch("elapsed_many", [NOON], [NOON]), "starts are object"),
        (batch("elapsed_many", STAMPS, STAMPS, ([2], STAMPS[:1], STAMPS[:1])), "run from 2 to 2. Keep them within 0 to 1"),
        (batch("due_many", STAMPS, HOUR, ([-1], STAMPS[:1], STAMPS[:1])), "run from -1"),
        (batch("due_many", STAMPS, HOUR, ([0.5], STAMPS[:1], STAMPS[:1])), "whole numbers"),
        (batch("due_many", STAMPS, HOUR, ([0, 1], STAMPS, STAMPS[:1])), "one row of 2"),
        (batch("due_many", STAMPS, HOUR, ([0, 1], STAMPS, STAMPS - np.array([0, 1], dtype="m8[us]"))), "Pause 1 ends before"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(invalid: Invalid, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        invalid()
    assert str(caught.value).endswith((".", '"00:00".'))


def test_values_of_another_type_are_refused() -> None:
    with pytest.raises(TypeError, match="start is"):
        office().elapsed(date(2024, 5, 3), NOON)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"target is 4\. Give a timedelta"):
        office().due(NOON, 4)  # type: ignore[arg-type]


# Values, words and plain data


def test_equal_hours_are_equal_and_hash_alike() -> None:
    one, other = office(holidays=[date(2024, 1, 1)]), office(holidays=["2024-01-01", "2024-01-01"])
    assert one == other
    assert hash(one) == hash(other)
    assert one != office()
    assert one != "Europe/Berlin"


def test_hours_never_change() -> None:
    with pytest.raises(AttributeError, match="never change"):
        office().timezone = "UTC"
    with pytest.raises(AttributeError, match="never change"):
        del office().timezone
    with pytest.raises(TypeError):
        office().week["mon"] = ()  # type: ignore[index]


def test_hours_survive_pickling_copying_json_and_repr() -> None:
    original = office(holidays=[date(2024, 1, 1)], yearly_holidays=["12-25", "02-29"])
    original.elapsed(utc(2024, 1, 1), utc(2024, 2, 1))
    assert pickle.loads(pickle.dumps(original)) == original
    assert copy.deepcopy(original) == original
    assert ServiceHours.from_dict(json.loads(json.dumps(original.to_dict()))) == original
    assert eval(repr(original), {"ServiceHours": ServiceHours}) == original


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (office(), "Monday to Friday 08:00 to 18:00, Europe/Berlin time"),
        (office(yearly_holidays=["12-25"]), "Monday to Friday 08:00 to 18:00, Europe/Berlin time, except on holidays"),
        (ServiceHours("UTC", ALL_DAY), "around the clock"),
        (ServiceHours("UTC", ALL_DAY, ["2024-01-01"]), "around the clock, UTC time, except on holidays"),
        (ServiceHours("UTC", {"mon": []}), "no service hours"),
        (ServiceHours("UTC", ALL_DAY, yearly_holidays=EVERY_DAY_OF_THE_YEAR), "no service hours"),
        (
            ServiceHours("UTC", OFFICE | {"fri": [("08:00", "12:00"), ("13:00", "16:00")], "sat": [], "sun": [("10:00", "11:30:15")]}),
            "Monday to Thursday 08:00 to 18:00, Friday 08:00 to 12:00 and 13:00 to 16:00, Sunday 10:00 to 11:30:15, UTC time",
        ),
        (
            ServiceHours("UTC", {day: [("09:00", "24:00")] for day in ("mon", "tue", "thu", "fri", "sat")}),
            "Monday, Tuesday and Thursday to Saturday 09:00 to 24:00, UTC time",
        ),
    ],
)
def test_hours_are_described_in_words(service: ServiceHours, words: str) -> None:
    assert service.describe() == words


def test_the_service_is_open_from_opening_until_just_before_closing() -> None:
    moments = [berlin(2024, 5, 3, 8), berlin(2024, 5, 3, 17, 59, 59, 999999), berlin(2024, 5, 3, 18), berlin(2024, 5, 3, 7, 59)]
    assert [office().is_open(moment) for moment in moments] == [True, True, False, False]


def test_the_next_opening_is_the_first_at_or_after_the_moment() -> None:
    assert office().next_opening(berlin(2024, 5, 3, 8)) == berlin(2024, 5, 3, 8)
    assert office().next_opening(berlin(2024, 5, 3, 8, 0, 1)) == berlin(2024, 5, 6, 8)
    assert office().next_opening(berlin(2024, 5, 3, 18)) == berlin(2024, 5, 6, 8)
    assert ServiceHours("UTC", ALL_DAY).next_opening(utc(2024, 1, 1)) is None
    assert ServiceHours("UTC", ALL_DAY, ["2024-01-01"]).next_opening(utc(2020, 1, 1)) == utc(2024, 1, 2)


# What is promised about cost and about what is needed


def test_an_answer_over_fifty_years_costs_no_more_than_one_over_a_day() -> None:
    service = office(yearly_holidays=["12-25"])
    start = utc(2000, 1, 3, 9)
    day, years = utc(2000, 1, 4, 9), utc(2050, 1, 4, 9)
    target_day, target_years = hours(8), service.elapsed(start, years)

    def cost(question: Callable[[], object]) -> float:
        question()
        return min(timeit.repeat(question, number=2000, repeat=9))

    assert cost(lambda: service.elapsed(start, years)) < 3 * cost(lambda: service.elapsed(start, day))
    assert cost(lambda: service.due(start, target_years)) < 3 * cost(lambda: service.due(start, target_day))


def test_the_service_hours_need_no_django() -> None:
    program = "import sys; sys.modules['django'] = None; import plimsoll.kernel.calendars as c; c.ServiceHours('UTC', {})"
    subprocess.run([sys.executable, "-c", program], check=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")})
