"""Decisions that nobody can take any more: who finds them, and asking others to the end."""

from __future__ import annotations

from typing import Any

from plimsoll.kernel.approvals.operations import Asked, ask, asked_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.trail.models import Entry
from tests.cast import House
from tests.contracts import signed_in, text_of


def stuck(house: House, needed: int = 1) -> Any:
    incident = house.incident("A new server for the ward")
    people = [house.dev, house.ruth][:needed]
    asked = ask(incident, question="May we stop it?", steps=[Asked("Lead", needed, people)], by=house.ines, channel="page")
    Person.objects.filter(pk=house.dev.pk).update(is_active=False)
    return asked


def test_what_is_stuck_is_asked_of_others_and_goes_on(house: House) -> None:
    approval = stuck(house)
    browser, path = signed_in(house.fresh(house.ines)), f"/decisions/{approval.pk}/"
    listed = browser.get("/decisions/").content.decode()
    assert approval.card.reference in listed
    assert path in listed
    assert path in browser.get(f"/incidents/{approval.card.number}/approvals/").content.decode()
    for sent, said in (
        ({"reason": "Dev left."}, "This field is required"),
        ({"person_1": house.ruth.pk}, "This field is required"),
        ({"person_1": house.ines.pk, "reason": "Dev left."}, "not only whoever asked"),
    ):
        refused = browser.post(path, sent)
        assert refused.status_code == 400
        assert said in text_of(refused)
    assert browser.post(path, {"person_1": house.ruth.pk, "reason": "Dev left."}).status_code == 302
    assert approval in asked_of(house.fresh(house.ruth))
    assert Entry.objects.filter(action="reroute approval", card=approval.card_id, actor=house.ines).exists()
    assert "No decision is stuck" in text_of(browser.get("/decisions/"))
    assert browser.get(path).status_code == 404, "it is not stuck any more"


def test_who_is_still_asked_stays_asked(house: House) -> None:
    approval = stuck(house, needed=2)
    browser = signed_in(house.fresh(house.ines))
    few = browser.post(f"/decisions/{approval.pk}/", {"person_1": house.ruth.pk, "reason": "Dev left."})
    assert "fewer people may give them" in text_of(few)
    assert browser.post(f"/decisions/{approval.pk}/", {"person_1": house.maeve.pk, "reason": "Dev left."}).status_code == 302
    assert {p.pk for p in approval.steps.get().people.all()} == {house.ruth.pk, house.maeve.pk}


def test_only_those_who_may_change_the_record_find_it(house: House) -> None:
    approval = stuck(house)
    for other in (house.aoife, house.sam, house.mallory, house.nobody):
        browser = signed_in(other)
        assert approval.card.reference not in text_of(browser.get("/decisions/"))
        assert browser.get(f"/decisions/{approval.pk}/").status_code in (302, 403, 404), other
