"""8.6.1-f to 8.6.1-j: what major incidents prove, where they fall short, and that none is triggered where none was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.kernel.lib.time import now
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.majors.models import KeptCriterion, MajorIncident, MajorLateness, MajorProposal, MajorReview, ReviewDecision, ToldTop
from tests.cast import House
from tests.proving import asked, put, set_to, short, told

pytestmark = pytest.mark.django_db


def sound(house: House, **values: Any) -> MajorIncident:
    """A major incident as it should be: led, told of, restored, reviewed in time with a decision."""
    lead = put(house, Incident, "All wards offline", state="resolved")
    at = now()
    given = {"state": "closed", "owner": house.ines, "restored_at": at - timedelta(days=9), **values}
    made = put(house, MajorIncident, "All wards offline", lead=lead, opened_at=at - timedelta(days=10), **given)
    MajorProposal.objects.create(incident=lead, criterion="Critical", words="It is.", at=at - timedelta(days=10), decided_at=at, major=made)
    ToldTop.objects.create(major=made, person=house.ruth, how="notice", at=at - timedelta(days=10))
    review = put(house, MajorReview, "Review", state="done", major=made, due_at=at - timedelta(days=2), done_at=at - timedelta(days=3))
    ReviewDecision.objects.create(review=review, kind="improvement", text="A second line.", decided_at=at)
    return made


CONDITIONAL = ("8.6.1-g", "8.6.1-h", "8.6.1-i", "8.6.1-j")


@pytest.mark.parametrize("item", CONDITIONAL)
def test_where_there_was_none_nothing_was_triggered(house: House, item: str) -> None:
    assert asked(house, item).verdict == "not_triggered"


@pytest.mark.parametrize("item", CONDITIONAL)
def test_one_as_it_should_be_shows_evidence(house: House, item: str) -> None:
    sound(house)
    assert told(asked(house, item)) == ("conforms", 1, 1)


@pytest.mark.parametrize("item", CONDITIONAL)
def test_one_of_two_that_falls_short_is_named(house: House, item: str) -> None:
    sound(house)
    wrong = sound(house)
    named = wrong.pk
    if item == "8.6.1-g":
        MajorProposal.objects.filter(major=wrong).update(major=None, reason="", decided_at=now())
        named = wrong.lead_id
    elif item == "8.6.1-h":
        MajorLateness.objects.create(major=wrong, clock="update", due_at=now(), noticed_at=now())
    elif item == "8.6.1-i":
        set_to(wrong, owner=None)
    else:
        ReviewDecision.objects.filter(review__major=wrong).delete()
    found = asked(house, item)
    assert (told(found), short(found)) == (("partly", 1, 2), {named})  # half is on the lower line


def test_8_6_1_f_without_a_criterion_in_force_nothing_is_ever_proposed(house: House) -> None:
    KeptCriterion.objects.filter(tenant=house.tenant).delete()
    assert told(asked(house, "8.6.1-f")) == ("does_not", 0, 1)
    KeptCriterion.objects.create(tenant=house.tenant, name="Grave", conditions={"priority": 1}, is_active=False)
    assert asked(house, "8.6.1-f").verdict == "does_not"
    KeptCriterion.objects.filter(tenant=house.tenant).update(is_active=True)
    assert told(asked(house, "8.6.1-f")) == ("conforms", 1, 1)


def test_8_6_1_g_who_decides_against_it_says_why(house: House) -> None:
    made = sound(house)
    MajorProposal.objects.filter(major=made).update(major=None, reason="One ward only.")
    assert asked(house, "8.6.1-g").verdict == "conforms"
    MajorProposal.objects.filter(incident=made.lead).update(decided_at=None)
    assert short(asked(house, "8.6.1-g")) == {made.lead_id}


def test_8_6_1_h_nobody_of_top_management_told_is_named(house: House) -> None:
    made = sound(house)
    ToldTop.objects.filter(major=made).delete()
    found = asked(house, "8.6.1-h")
    assert short(found) == {made.pk}
    assert found.answer is not None
    assert "Nobody of top management" in found.answer.shortfalls[0].sentence


def test_8_6_1_i_a_manager_who_is_taken_as_gone_manages_nothing(house: House) -> None:
    sound(house)
    assert asked(house, "8.6.1-i", without=(f"person:{house.ines.pk}",)).verdict == "does_not"


def test_8_6_1_j_a_review_that_is_not_due_yet_is_not_looked_at_and_a_late_one_falls_short(house: House) -> None:
    made = sound(house)
    set_to(MajorReview.objects.get(major=made), done_at=None, due_at=now() + timedelta(days=3))
    assert asked(house, "8.6.1-j").verdict == "not_triggered"
    set_to(MajorReview.objects.get(major=made), done_at=now(), due_at=now() - timedelta(days=3))
    assert short(asked(house, "8.6.1-j")) == {made.pk}
