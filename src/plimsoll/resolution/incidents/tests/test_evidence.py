"""8.6.1-a to 8.6.1-e: what incidents prove, where they fall short, and that nothing is proved by nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Comment
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.models import Incident, PriorityRule
from tests.cast import House
from tests.proving import asked, put, short

pytestmark = pytest.mark.django_db
ITEMS = ("8.6.1-a", "8.6.1-b", "8.6.1-d", "8.6.1-e")


def service_of(house: House) -> Service:
    return Service.objects.filter(tenant=house.tenant).first() or put(house, Service, "Wireless", state="live")


def sound(house: House, **values: Any) -> Incident:
    """An incident as it should be: taken up, judged, resolved and told of."""
    if not PriorityRule.objects.filter(tenant=house.tenant, service=None, impact=2, urgency=2).exists():
        PriorityRule.objects.create(tenant=house.tenant, impact=2, urgency=2, priority=3)
    given: dict[str, Any] = {
        "state": "closed",
        "service": service_of(house),
        "classification": house.category,
        "impact": 2,
        "urgency": 2,
        "priority": 3,
        "resolution_code": "fixed",
        "resolution_note": "A new cable.",
        "resolved_at": now() - timedelta(days=3),
    }
    made = put(house, Incident, **{**given, **values})
    Comment.objects.create(card=made.card, author=house.ines, text="Looked at.", at=now(), channel="page")
    return made


WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("8.6.1-a", {"service": None}),
    ("8.6.1-a", {"classification": None}),
    ("8.6.1-b", {"impact": None}),
    ("8.6.1-b", {"priority": 1}),
    ("8.6.1-b", {"priority": 1, "is_priority_overridden": True}),
    ("8.6.1-d", {"resolution_note": ""}),
    ("8.6.1-d", {"state": "in_progress"}),
)


@pytest.mark.parametrize("item", ITEMS)
def test_without_incidents_there_is_no_evidence(house: House, item: str) -> None:
    assert asked(house, item).verdict == "no_evidence"
    sound(house, opened_at=now() - timedelta(days=500), resolved_at=now() - timedelta(days=490))
    assert asked(house, item).verdict == "no_evidence", "what was before the period proves nothing of it"


@pytest.mark.parametrize("item", ITEMS)
def test_incidents_as_they_should_be_show_evidence(house: House, item: str) -> None:
    made = sound(house)
    found = asked(house, item)
    assert found.verdict == "conforms"
    assert found.answer is not None
    assert [s.pk for s in found.answer.sources] == [made.pk]


@pytest.mark.parametrize(("item", "values"), WRONG, ids=str)
def test_one_that_falls_short_is_named_and_one_in_twenty_is_on_the_line(house: House, item: str, values: dict[str, Any]) -> None:
    wrong = sound(house, **values)
    assert asked(house, item).verdict == "does_not"
    assert short(asked(house, item)) == {wrong.pk}
    for _n in range(18):
        sound(house)
    assert asked(house, item).verdict == "partly"  # 18 of 19
    sound(house)
    found = asked(house, item)
    assert (found.verdict, short(asked(house, item))) == ("conforms", {wrong.pk})  # 19 of 20, and it is still named


def test_8_6_1_b_a_reason_makes_a_priority_by_hand_count(house: House) -> None:
    sound(house, priority=1, is_priority_overridden=True, priority_reason="The board meets in an hour.")
    assert asked(house, "8.6.1-b").verdict == "conforms"


def test_8_6_1_b_a_service_with_a_matrix_of_its_own_is_judged_by_it(house: House) -> None:
    own = sound(house)
    PriorityRule.objects.create(tenant=house.tenant, service=service_of(house), impact=2, urgency=2, priority=2)
    assert short(asked(house, "8.6.1-b")) == {own.pk}


def test_8_6_1_e_a_record_on_which_nothing_was_written_is_named(house: House) -> None:
    silent = sound(house)
    Comment.objects.filter(card=silent.card).delete()
    assert short(asked(house, "8.6.1-e")) == {silent.pk}


def test_what_nobody_took_up_and_what_is_gone_is_no_population(house: House) -> None:
    sound(house, state="cancelled", service=None)
    assert asked(house, "8.6.1-a").verdict == "no_evidence"
    made = sound(house)
    assert asked(house, "8.6.1-a", without=(made,)).verdict == "no_evidence"
