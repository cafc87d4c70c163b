"""Communication: the five things, what was told, and what documents print (7.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, move, open_record
from plimsoll.support.communication.models import Telling
from plimsoll.support.communication.queries import by_top_management, faults_of, in_time
from plimsoll.support.communication.rules import Facts, next_after, says_the_five, was_told
from plimsoll.support.competence.tests.examples import ahead, held, today
from tests.cast import House
from tests.filling import cells, value_of


@pytest.mark.parametrize(
    ("frequency", "wanted"),
    [
        ("weekly", date(2027, 2, 7)),
        ("monthly", date(2027, 2, 28)),
        ("quarterly", date(2027, 4, 30)),
        ("halfyearly", date(2027, 7, 31)),
        ("yearly", date(2028, 1, 31)),
        ("once", None),
        ("event", None),
    ],
)
def test_the_next_follows_from_how_often(frequency: str, wanted: date | None) -> None:
    assert next_after(date(2027, 1, 31), frequency) == wanted


FULL = Facts("What", "monthly", "", date(2027, 1, 1), "Customers", "Mail", 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"what": ""}, "what is said"),
        ({"next_on": None}, "due next"),
        ({"audience": " "}, "with whom"),
        ({"means": ""}, "which means"),
        ({"role": None}, "which role"),
        ({"frequency": "event", "next_on": None}, "the event"),
        ({"frequency": "event", "next_on": None, "occasion": "Before work"}, ""),
    ],
)
def test_7_4_a_the_plan_says_what_when_with_whom_how_and_who(change: dict[str, Any], said: str) -> None:
    told = says_the_five(replace(FULL, **change))
    assert (said in str(told)) if said else told is None


def test_7_4_b_a_record_says_who_when_and_where() -> None:
    facts = replace(FULL, told_on=date(2027, 1, 2), told_by=1, told_as="Minutes", today=date(2027, 1, 2))
    assert was_told(facts) is None
    assert "still to come" in str(was_told(replace(facts, today=date(2027, 1, 1))))
    assert "where it can be found" in str(was_told(replace(facts, told_as="")))


def planned(house: House, role: Any, **values: Any) -> Any:
    given = {"description": "What", "audience": "All", "means": "Mail", "role": role, "next_on": today(house), **values}
    return move(
        open_record(type_named("communication"), by=house.ruth, channel="page", title="Letter", **given), "plan", by=house.ruth, channel="page"
    )


def tell(house: House, record: Any, by: Any, day: date, reached: int = 4) -> Any:
    fields = {"told_on": day, "told_by": by, "reached": reached, "told_as": "Minutes"}
    return move(record, "tell", by=house.ruth, channel="page", fields=fields)


@pytest.mark.django_db
def test_s_040_top_management_speaks_within_the_interval(house: House) -> None:
    """S-040, 5.1-h: counted is what a holder of the role told on that day, whoever holds it later."""
    made = planned(house, held(house, "Anybody"))
    tell(house, made, house.dev, today(house))
    assert by_top_management(house.tenant) == []
    assert "top_management_silent" in [f.rule.key for f in faults_of(house.tenant)]
    assert value_of("communication.by_top_management", house.tenant).text == "not within a year"
    held(house, "Board", house.greta, code="top_management")
    tell(house, type(made).objects.get(pk=made.pk), house.greta, today(house))
    assert [t.by for t in by_top_management(house.tenant)] == [house.greta]
    assert "Letter" in value_of("communication.by_top_management", house.tenant).text
    assert "top_management_silent" not in [f.rule.key for f in faults_of(house.tenant)]


@pytest.mark.django_db
def test_s_046_each_telling_is_kept_and_sets_when_the_next_is_due(house: House) -> None:
    made = planned(house, held(house, "Desk"), next_on=ahead(house, -2))
    assert "communication_overdue" in [f.rule.key for f in faults_of(house.tenant)]
    told = tell(house, made, house.dev, ahead(house, -1))
    assert told.next_on == next_after(ahead(house, -1), "monthly") and told.next_on > today(house)
    (row,) = Telling.objects.all()
    assert (row.due_on, row.on, row.reached, row.is_in_time) == (ahead(house, -2), ahead(house, -1), 4, False)
    assert in_time(house.tenant, ahead(house, -10), today(house)) == (0, 1)
    assert "communication_overdue" not in [f.rule.key for f in faults_of(house.tenant)]
    tell(house, told, house.dev, today(house))
    assert in_time(house.tenant, ahead(house, -10), today(house) + timedelta(days=40)) == (1, 2), "told before it was due"


@pytest.mark.django_db
def test_d_07_the_plan_and_its_records_are_printed(house: House) -> None:
    """S-046, D-07, 7.4-a, 7.4-b; drafts stay out."""
    assert value_of("communication.plan", house.tenant).is_empty and value_of("communication.records", house.tenant).is_empty
    assert value_of("communication.in_time", house.tenant).text == "nothing has been due yet"
    role = held(house, "Desk manager")
    made = planned(house, role, side="both")
    open_record(type_named("communication"), by=house.ruth, channel="page", title="Draft")
    tell(house, made, house.dev, today(house))
    (row,) = cells(value_of("communication.plan", house.tenant))
    assert (row[0], row[3], row[4], row[5], row[6]) == ("Letter", "All", "Inside and outside", "Mail", "Desk manager")
    (told,) = cells(value_of("communication.records", house.tenant))
    assert told[1:] == ("Letter", house.dev.name, "4", "in time", "Minutes")
    assert value_of("communication.in_time", house.tenant).text == "1 of 1 that were due within a year were told in time (100 %)"


@pytest.mark.django_db
def test_no_plan_at_all_is_a_finding(house: House) -> None:
    assert [f.rule.key for f in faults_of(house.tenant)] == ["no_communication_planned"]
    made = open_record(type_named("communication"), by=house.ruth, channel="page", title="Letter")
    with pytest.raises(MoveRefused, match="what is said"):
        move(made, "plan", by=house.ruth, channel="page")
