"""Months in a zone: half-open, without gaps, right at clock changes. No database."""

from datetime import UTC, datetime, timedelta

import pytest

from plimsoll.kernel.figures.periods import BadPeriod, Month, month_of, read_month


def test_a_month_begins_and_ends_at_midnight_of_its_zone() -> None:
    month = Month(2016, 5, "Europe/Berlin")
    assert month.start == datetime(2016, 4, 30, 22, tzinfo=UTC)
    assert month.end == datetime(2016, 5, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize(("month", "hours"), [(3, 31 * 24 - 1), (10, 31 * 24 + 1), (5, 31 * 24)])
def test_a_month_with_a_clock_change_is_an_hour_shorter_or_longer(month: int, hours: int) -> None:
    found = Month(2026, month, "Europe/London")
    assert found.end - found.start == timedelta(hours=hours)


def test_months_follow_each_other_without_a_gap_over_years() -> None:
    months = Month(2026, 2, "America/New_York").trend(30)
    assert [a.end for a in months[:-1]] == [b.start for b in months[1:]]
    assert (months[0].name, months[-1].name) == ("2023-09", "2026-02")


def test_the_end_belongs_to_the_next_month() -> None:
    month = Month(2016, 12, "Asia/Tokyo")
    assert month_of(month.end, "Asia/Tokyo") == Month(2017, 1, "Asia/Tokyo")
    assert month_of(month.end - timedelta(microseconds=1), "Asia/Tokyo") == month
    assert month.has_ended(month.end) and not month.has_ended(month.end - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2016-13", "01 to 12"),
        ("2016-00", "01 to 12"),
        ("May 2016", "write it as"),
        ("", "write it as"),
        ("0001-01", "between"),
        ("２０１６-05", "write it as"),
    ],
)
def test_what_is_no_month_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadPeriod, match=said):
        read_month(text, "UTC")


def test_a_month_is_read_as_it_is_named() -> None:
    assert read_month("2016-05", "UTC") == Month(2016, 5)
    assert str(read_month("2016-05", "UTC")) == "2016-05"
