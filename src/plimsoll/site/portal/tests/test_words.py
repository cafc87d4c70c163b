"""What people of customers read about their things: whose turn it is, who asked, what it costs; no word of the desk's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import Asked, ask, decide
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import move
from plimsoll.resolution.requests.operations import order
from plimsoll.resolution.requests.plan import Plan, Step as PlanStep
from plimsoll.site.portal.rules import next_step, progress
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def asked_back(house: House, title: str = "Ward tablets drop off Wi-Fi") -> Any:
    record = house.incident(title, service=house.service(), team=house.desk, owner=house.ines, classification=house.category, impact=2, urgency=2)
    for name in ("assign", "start"):
        record = move(record, name, by=house.ines, channel="page")
    parts.comment(record, text="Which ward is it?", is_public=True, by=house.ines, channel="page")
    return move(record, "wait_for_customer", by=house.ines, channel="page")


def test_who_answered_is_not_asked_again() -> None:
    assert progress("waiting", is_their_turn=True)[1] == ("Waiting for you", "now")
    assert progress("waiting", is_their_turn=True, answered=True)[1] == ("Being worked on", "now")
    assert next_step("decide", decides=True) == "It waits for your decision."


def test_what_waits_for_somebody_stands_first_and_not_among_the_rest(house: House) -> None:
    first = asked_back(house, "Asked back long ago")
    for n in range(12):
        house.incident(f"Later {n}")
    page = text_of(signed_in(house.aoife).get("/portal/"))
    assert page.index("Waiting for you") < page.index("Asked back long ago") < page.index("Your open requests") < page.index("Later 11")
    assert page.count(f'<span class="ref">{first.reference}</span>') == 1


def test_the_page_says_waiting_for_you_and_after_the_answer_that_it_is_with_us(house: House) -> None:
    record = asked_back(house)
    browser, address = signed_in(house.aoife), f"/portal/incidents/{record.number}/"
    page = text_of(browser.get(address))
    assert "<b>Waiting for you.</b>" in page and "Waiting: customer" not in page
    parts.comment(record, text="Ward 4.", is_public=True, by=house.aoife, channel="portal")
    page = text_of(browser.get(address))
    assert "<b>With us again.</b>" in page and "Waiting for you" not in page


def test_what_is_to_be_confirmed_waits_for_them_whoever_spoke_last(house: House) -> None:
    record = move(asked_back(house), "resume", by=house.ines, channel="page")
    parts.comment(record, text="It is well, thanks.", is_public=True, by=house.aoife, channel="portal")
    fields = {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "New cable."}
    move(record, "resolve", by=house.ines, channel="page", fields=fields, note="Done")
    page = text_of(signed_in(house.aoife).get("/portal/"))
    assert page.index("Waiting for you") < page.index(f">{record.reference}<") < page.index("Your open requests")


def test_a_representatives_list_says_who_asked(house: House) -> None:
    house.incident("Lamp of the ward")
    assert f"by {house.aoife.name}" in text_of(signed_in(house.maeve).get("/portal/mine/?whose=organization"))
    assert "by Aoife" not in text_of(signed_in(house.aoife).get("/portal/mine/"))


def test_what_waits_for_somebody_waits_for_them_by_name_where_another_of_their_organisation_reads_it(house: House) -> None:
    record = asked_back(house)
    browser, list_of_all = signed_in(house.maeve), "/portal/mine/?whose=organization"
    page = text_of(browser.get(list_of_all))
    assert "Waiting for Aoife Brennan" in page and "waits for you" not in page and "Waiting for you" not in page
    page = text_of(browser.get(f"/portal/incidents/{record.number}/"))
    assert "We need an answer from Aoife Brennan before we can go on." in page and "Waiting for you" not in page
    assert "Waiting for you" in text_of(signed_in(house.ines).get(f"/portal/incidents/{record.number}/")), "what the one who asked sees"
    fields = {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "New cable."}
    move(move(record, "resume", by=house.ines, channel="page"), "resolve", by=house.ines, channel="page", fields=fields, note="Done")
    page = text_of(browser.get(list_of_all))
    assert "Done, Aoife Brennan confirms" in page and "waits for you" not in page
    assert "Aoife Brennan is asked to confirm it" in text_of(browser.get(f"/portal/incidents/{record.number}/"))
    assert "Done, you confirm" in text_of(signed_in(house.aoife).get("/portal/mine/"))


def test_whoever_decides_reads_what_it_costs_and_that_it_is_their_turn(house: House) -> None:
    model = house.offered("New laptop", Plan(cost=Decimal(1190), currency="GBP"))
    made = order(model, {}, by=house.aoife, channel="portal", requester=house.aoife)
    ask(made, question="Approve it?", steps=[Asked(name="Manager", people=[house.maeve])], by=house.ruth, channel="page")
    page = text_of(signed_in(house.fresh(house.maeve)).get(f"/portal/requests/{made.number}/"))
    assert "1,190 GBP each" in page and "Approve" in page


def test_a_refusal_is_read_with_its_reason_by_whoever_asked_and_without_a_name(house: House) -> None:
    plan = Plan(steps=(PlanStep("Owner of the licences", people=(house.ruth.pk,)),))
    made = order(house.offered("Statistics", plan), {}, by=house.aoife, channel="portal", requester=house.aoife)
    decide(
        Approval.objects.get(card=made.card), is_yes=False, by=house.fresh(house.ruth), channel="page", reason="The licences are used up until May."
    )
    page = text_of(signed_in(house.aoife).get(f"/portal/requests/{made.number}/"))
    assert "“Owner of the licences” said no:" in page and "The licences are used up until May." in page
    assert house.ruth.name not in page


def test_ones_own_reason_stands_where_one_gave_it(house: House) -> None:
    made = order(house.offered("New laptop"), {}, by=house.aoife, channel="portal", requester=house.aoife)
    reopened = move(made, "reopen", by=house.fresh(house.aoife), channel="portal", note="It has no charger.")
    assert reopened.is_open
    assert "It has no charger." in text_of(signed_in(house.aoife).get(f"/portal/requests/{made.number}/"))


def test_cancelling_says_which_button_does_what(house: House) -> None:
    made = order(house.offered("New laptop"), {}, by=house.aoife, channel="portal", requester=house.aoife)
    page = text_of(signed_in(house.aoife).get(f"/portal/requests/{made.number}/moves/cancel/"))
    assert "Yes, cancel it" in page and "No, keep it" in page


def test_a_report_without_its_two_answers_says_what_to_do(house: House) -> None:
    page = text_of(signed_in(house.aoife).post("/portal/report/", {"title": ""}))
    assert "Say in one sentence what is wrong." in page and "Choose how bad it is." in page and "This field is required" not in page
