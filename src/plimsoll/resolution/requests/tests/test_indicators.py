"""K-21 counted by hand: in time, how long, by themselves; and only what the asking person may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from plimsoll.kernel.figures.definitions import Question, indicator_named
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.operations import move
from plimsoll.resolution.requests.models import FulfilmentTask, Request
from plimsoll.resolution.requests.operations import order, proceed
from plimsoll.resolution.requests.plan import Plan, TaskPlan
from plimsoll.resolution.requests.tests.test_operations import ALWAYS
from tests.cast import House

START = datetime(2026, 9, 7, 9, tzinfo=UTC)
SEPTEMBER = Month(2026, 9, "UTC")


def ordered(house: House, model: object, at: datetime, hours: int | None, by: Person) -> Request:
    """An order, done some hours later; without hours it is left open."""
    made = order(model, {}, by=house.fresh(by), channel="portal", at=at, origin="demonstration")  # type: ignore[arg-type]
    for task in FulfilmentTask.objects.filter(request=made):
        if hours is not None:
            end = at + timedelta(hours=hours)
            move(task, "complete", by=house.fresh(house.ines), channel="page", at=end)
            proceed(made, at=end)
    return Request.objects.get(pk=made.pk)


@pytest.fixture
def month(house: House) -> None:
    """Four fulfilled of Brannock (3, 5, 30 and 0 hours), one open; one of Strand (2 hours); promised are 8 hours, but for the one by itself."""
    by_hand = house.offered("Laptop", Plan(tasks=(TaskPlan("a", "A", house.desk.pk),), within=timedelta(hours=8), hours=ALWAYS))
    by_itself = house.offered("Password")
    for n, hours in enumerate((3, 5, 30, None)):
        ordered(house, by_hand, START + timedelta(days=n), hours, house.aoife)
    ordered(house, by_itself, START, None, house.aoife)
    ordered(house, by_hand, START, 2, house.strand)


def asked(house: House, key: str, by: Person, cut: str = "") -> dict[int | None, tuple[float | None, float | None, float | None]]:
    question = Question(house.fresh(by), SEPTEMBER, START + timedelta(days=60), cut)
    return {f.member: (f.value, f.numerator, f.denominator) for f in indicator_named(key).measure(question)}


def test_in_time_is_counted_of_those_with_a_promise(house: House, month: None) -> None:
    assert asked(house, "request_on_time", house.ruth) == {None: (0.75, 3, 4)}
    assert asked(house, "request_on_time", house.ruth, "organization") == {house.brannock.pk: (2 / 3, 2, 3), house.strand_housing.pk: (1.0, 1, 1)}


def test_the_median_is_of_all_that_were_fulfilled(house: House, month: None) -> None:
    assert asked(house, "request_cycle", house.ruth) == {None: (3 * 3600, None, 5)}  # 0, 2, 3, 5, 30 hours


def test_by_itself_means_without_a_task(house: House, month: None) -> None:
    assert asked(house, "request_automated", house.ruth) == {None: (0.2, 1, 5)}


def test_an_empty_month_is_nothing_and_not_zero(house: House) -> None:
    for key in ("request_on_time", "request_cycle", "request_automated"):
        assert [v for v, _n, _d in asked(house, key, house.ruth).values()] == [None]


def test_the_records_behind_a_figure_are_exactly_those_counted(house: House, month: None) -> None:
    question = Question(house.fresh(house.ruth), SEPTEMBER, START)
    for key, whole, part in (("request_on_time", 4, 3), ("request_automated", 5, 1)):
        indicator = indicator_named(key)
        assert (indicator.counted(question, "whole").count(), indicator.counted(question, "done").count()) == (whole, part)


def test_nobody_counts_what_they_may_not_see(house: House, month: None) -> None:
    assert asked(house, "request_automated", house.aoife) == {None: (None, 0, 0)}
