"""Interested parties and their requirements (4.2): writes, what is found, what is filled into documents."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.context.interested_parties import queries
from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.context.interested_parties.parts import REQUIREMENTS
from plimsoll.context.interested_parties.record import PARTY
from plimsoll.context.parts.operations import add_part
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db
ANSWERED = {"climate": "none", "climate_asked_on": date(2026, 10, 1)}


def party(house: House, title: str = "Brannock Hospitals", **values: Any) -> Party:
    made = open_record(PARTY, by=house.ruth, channel="page", title=title, **values)
    assert isinstance(made, Party)
    return made


def require(house: House, of: Party, text: str = "To be told", **values: Any) -> Any:
    return add_part(REQUIREMENTS, of, {"kind": "information", "text": text, **values}, by=house.ruth, channel="page")


def found(house: House) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for finding in queries.faults_of(house.tenant):
        told.setdefault(finding.rule.key, []).append(finding.sentence)
    return told


def field(house: House, name: str) -> Value:
    blank = blank_named(name)
    assert blank.resolve is not None
    return blank.resolve(Asked(house.tenant, now()))


def test_4_2_a_every_sort_of_party_and_every_customer_and_supplier_is_asked_for(house: House) -> None:
    assert len(found(house)[queries.EVERY_STANDING.key]) == 4
    assert len(found(house)[queries.EVERY_ORGANIZATION.key]) == 3
    for title, standing, same_as in (
        ("Brannock", "customer", house.brannock),
        ("Strand", "customer", house.strand_housing),
        ("Telco", "supplier", house.telco),
        ("Shareholders", "owner", None),
        ("Staff", "staff", None),
    ):
        party(house, title, standing=standing, same_as=same_as)
    assert not found(house).keys() & {queries.EVERY_STANDING.key, queries.EVERY_ORGANIZATION.key}


def test_4_2_b_a_party_without_requirement_and_a_requirement_without_answer_are_found(house: House) -> None:
    one = party(house, **ANSWERED)
    assert queries.shares(house.tenant) == (0.0, None)
    assert found(house)[queries.WITHOUT_REQUIREMENT.key] == ["Nothing says what Brannock Hospitals requires."]
    require(house, one)
    assert queries.WITHOUT_REQUIREMENT.key not in found(house)
    assert len(found(house)[queries.NOT_ADDRESSED.key]) == 1
    service = house.service("Wi-Fi")
    require(house, one, "It works", addressed_by=service.card, decided_on=date(2026, 3, 1))
    require(house, one, "It is free", how="It is not: it costs us.", decided_on=date(2026, 3, 1))
    assert len(found(house)[queries.NOT_ADDRESSED.key]) == 1
    assert queries.shares(house.tenant) == (1.0, 1 / 3)


def test_4_2_c_the_question_of_climate_change_is_answered_with_its_day(house: House) -> None:
    with pytest.raises(Faulty) as refused:
        party(house, climate="some")
    assert [fault.field for fault in refused.value.faults] == ["climate_asked_on"]
    party(house, "Asked", **ANSWERED)
    party(house, "Not asked")
    assert len(found(house)[queries.CLIMATE_ASKED.key]) == 1
    assert [row.cells for row in field(house, "parties.climate").rows] == [("Asked", "Requires nothing about climate change", "1 October 2026")]


def test_an_answer_says_since_when_it_holds(house: House) -> None:
    with pytest.raises(Faulty) as refused:
        require(house, party(house), how="By the report.")
    assert [fault.field for fault in refused.value.faults] == ["decided_on"]


def test_requirements_of_a_party_that_is_no_longer_relevant_stay_as_they_are(house: House) -> None:
    past = move(party(house), "end", by=house.ruth, channel="page", note="The contract ended.")
    with pytest.raises(Faulty, match="no longer relevant"):
        require(house, past)


def test_4_2_a_and_4_2_b_parties_and_requirements_are_filled_in(house: House) -> None:
    assert field(house, "parties.list").is_empty
    assert field(house, "parties.requirements").is_empty
    staff, customer = party(house, "Our people", standing="staff"), party(house, owner=house.dev, description="They pay.")
    service = house.service("Wi-Fi")
    require(house, customer, "It works", addressed_by=service.card, how="Measured.", decided_on=date(2026, 3, 1))
    require(house, staff, "Free weekends")
    assert [row.cells[0] for row in field(house, "parties.list").rows] == ["Brannock Hospitals", "Our people"]
    filled = field(house, "parties.requirements")
    assert [row.cells for row in filled.rows] == [
        ("Brannock Hospitals", "It works", "To be told", f"{service.reference} Wi-Fi: Measured."),
        ("Our people", "Free weekends", "To be told", "not addressed yet"),
    ]
    assert {source.pk for source in filled.all_sources()} == {customer.pk, staff.pk, service.pk}


def test_requirements_are_entered_on_their_page_and_by_the_api(house: House) -> None:
    one, service = party(house), house.service("Wi-Fi")
    where = f"/interestedparties/{one.number}/requirements/"
    client = signed_in(house.ruth)
    assert "No requirement yet." in text_of(client.get(where))
    given = {"kind": "service", "text": "It works", "addressed_by": service.reference, "decided_on": "2026-03-01"}
    assert client.post(where, given).status_code == 302
    assert PartyRequirement.objects.get(party=one).addressed_by_id == service.pk
    caller = Caller(house.fresh(house.ruth))
    made = caller.post(f"interestedparties/{one.number}/requirements", {"kind": "other", "text": "More", "is_climate": True})
    assert made.status_code == 201, made.content
    assert made.json()["is_climate"] is True
    assert "It works" in text_of(client.get(f"/interestedparties/{one.number}/"))


def test_whoever_may_not_see_the_record_that_addresses_a_requirement_is_not_told_its_name(house: House) -> None:
    one, secret = party(house), house.record(type_named("agreement"), title="Secret terms")
    require(house, one, addressed_by=secret.card, decided_on=date(2026, 3, 1))
    Grant.objects.create(tenant=house.tenant, person=house.dev, words=["party:read", "party:internal"], role_name="Reader", started_at=now())
    page = text_of(signed_in(house.fresh(house.dev)).get(f"/interestedparties/{one.number}/requirements/"))
    assert "Secret terms" not in page
    assert "A record that you may not see" in page
    told = Caller(house.fresh(house.dev)).get(f"interestedparties/{one.number}/requirements").json()["items"]
    assert told[0]["addressed_by"] is None


@pytest.mark.parametrize("name", ["parties.list", "parties.requirements", "parties.climate"])
def test_a_field_costs_the_same_however_much_there_is(house: House, name: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            field(house, name)
        return len(seen)

    service = house.service("Wi-Fi")
    require(house, party(house, "First"), addressed_by=service.card, decided_on=date(2026, 3, 1))
    few = cost()
    for n in range(3):
        require(house, party(house, f"Party {n}", **ANSWERED), addressed_by=service.card, decided_on=date(2026, 3, 1))
    assert cost() == few
