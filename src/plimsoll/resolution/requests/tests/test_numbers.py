"""Numbers as people write them in a request's form: a wrong reading would pass below the threshold of an approval."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.resolution.requests.answering import answered
from plimsoll.resolution.requests.plan import Field, Plan, Step
from plimsoll.resolution.requests.words import promise_words, working_days

PLAN = Plan(fields=(Field("price", "Price", "number"),))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1450", 1450),
        ("£1450", 1450),
        (" 1 450 ", 1450),
        ("£1,450.00", 1450),
        ("1.450,50 €", 1450.5),
        ("1,450,000", 1_450_000),
        ("12,5", 12.5),
        ("12.50", 12.5),
        ("0.125", 0.125),
        ("-3", -3),
    ],
)
def test_a_number_is_read_as_it_was_meant(said: str, meant: float) -> None:
    result = answered(PLAN, {"price": said})
    assert not result.faults and result.answers["price"] == meant


@pytest.mark.parametrize("said", ["1,450", "1.450", "£2,500"])
def test_what_can_be_read_in_two_ways_is_asked_again_in_words(said: str) -> None:
    (fault,) = answered(PLAN, {"price": said}).faults
    assert "without marks between thousands" in fault.sentence


@pytest.mark.parametrize("said", ["a lot", "12 pounds", "1,45,0.3.2", "nan", "∞"])
def test_what_is_no_number_is_refused(said: str) -> None:
    (fault,) = answered(PLAN, {"price": said}).faults
    assert "A number is needed" in fault.sentence


OFFICE = {"timezone": "Europe/London", "name": "Office hours", "week": {d: [("09:00", "17:00")] for d in ("mon", "tue", "wed", "thu", "fri")}}
ALWAYS = {"timezone": "UTC", "week": {d: [("00:00", "24:00")] for d in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}


@pytest.mark.parametrize(
    ("hours", "within", "days"),
    [(OFFICE, 4, 0), (OFFICE, 8, 0), (OFFICE, 9, 2), (OFFICE, 16, 2), (OFFICE, 40, 5), (ALWAYS, 48, 0), ({}, 40, 0)],
)
def test_a_promise_in_hours_is_said_in_working_days_too(hours: dict[str, object], within: int, days: int) -> None:
    assert working_days(Plan(hours=hours, within=timedelta(hours=within))) == days


def test_the_promise_as_customers_read_it() -> None:
    told = promise_words(Plan(hours=OFFICE, within=timedelta(hours=40), steps=(Step("Manager"),)))
    assert told == "Within 40 h of service hours (about 5 working days; Office hours)"
