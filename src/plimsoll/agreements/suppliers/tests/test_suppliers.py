"""Suppliers with a database: their agreements, what is wrong, and what documents print of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.suppliers import queries
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import gate_open
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.records.sources import day_of
from tests.api import Caller
from tests.cast import House, time_passed
from tests.contracts import signed_in
from tests.filling import cells, many, queries_and_seconds, value_of

pytestmark = pytest.mark.django_db
SOON = date(2031, 1, 1)


def supplier(house: House, party: Organization | None = None, kind: str = "external", **values: Any) -> Any:
    given = {"title": "Lines", "owner": house.ruth, "supplier_category": "strategic", "criticality": 1, "review_on": SOON, **values}
    made = open_record(type_named("supplier"), by=house.ruth, channel="page", organization=party or house.telco, type=kind, **given)
    return move(made, "activate", by=house.ruth, channel="page")


def contract(house: House, party: Organization | None = None, kind: str = "contract", *, until: date | None = None) -> Any:
    """An agreement that is active, however it became so."""
    made = open_record(
        type_named("agreement"), by=house.ruth, channel="page", organization=party or house.telco, title="Leased lines", type=kind, valid_until=until
    )
    with gate_open():
        Agreement.objects.filter(pk=made.pk).update(state="active", category="active")
    return Agreement.objects.get(pk=made.pk)


def rules_found(house: House) -> list[str]:
    return [finding.rule.key for finding in queries.faults_of(house.tenant)]


def test_7_5_4_e_an_active_supplier_without_a_valid_contract_is_a_finding(house: House) -> None:
    supplier(house)
    assert rules_found(house) == ["supplier_without_agreement"]
    contract(house, house.provider, "ola")
    assert rules_found(house) == ["supplier_without_agreement"], "an internal agreement with ourselves is no contract with them"
    contract(house, until=day_of(house.tenant, now()) - timedelta(days=1))
    assert rules_found(house) == ["supplier_without_agreement"], "a contract that ended is none"
    contract(house)
    assert rules_found(house) == []


@pytest.mark.parametrize(("kind", "who"), [("internal", "provider"), ("customer", "brannock")])
def test_7_5_4_e_internal_suppliers_and_customers_who_supply_need_an_internal_agreement(house: House, kind: str, who: str) -> None:
    party = getattr(house, who)
    supplier(house, party, kind)
    assert rules_found(house) == ["supplier_without_agreement"]
    contract(house, party, "ola")
    assert rules_found(house) == []


def test_s_033_a_last_contract_that_ends_within_ninety_days_is_a_finding(house: House) -> None:
    supplier(house)
    today = day_of(house.tenant, now())
    last = contract(house, until=today + timedelta(days=90))
    (found,) = queries.faults_of(house.tenant)
    assert found.rule is queries.AGREEMENT_ENDS
    assert last.reference in found.sentence
    amend(last, by=house.ruth, channel="page", valid_until=today + timedelta(days=91))
    assert rules_found(house) == []
    amend(last, by=house.ruth, channel="page", valid_until=today)
    assert rules_found(house) == ["supplier_agreement_ends"]
    contract(house)
    assert rules_found(house) == [], "another one follows it"


def test_8_3_4_1_g_a_review_that_is_past_and_a_manager_who_went_are_findings(house: House) -> None:
    contract(house)
    made = supplier(house)
    amend(made, by=house.ruth, channel="page", owner=None)
    time_passed(made, review_on=day_of(house.tenant, now()) - timedelta(days=1))
    assert rules_found(house) == ["supplier_review_past", "supplier_without_manager"]


def test_one_organisation_twice_is_a_finding(house: House) -> None:
    contract(house)
    supplier(house)
    supplier(house, title="Lines again")
    assert rules_found(house) == ["supplier_twice", "supplier_twice"]


def test_8_3_4_a_customer_is_no_external_supplier(house: House) -> None:
    with pytest.raises(MoveRefused, match="of kind supplier"):
        supplier(house, house.brannock)


def test_the_page_of_a_supplier_shows_the_agreements_with_it(house: House) -> None:
    made, there = supplier(house), contract(house, until=SOON)
    page = signed_in(house.ruth).get(f"/suppliers/{made.number}/").content.decode()
    assert there.reference in page
    assert "until 1 January 2031" in page


def test_what_is_thought_of_a_supplier_is_not_told_to_it(house: House) -> None:
    made = supplier(house)
    assert Caller(house.sam).get(f"suppliers/{made.number}").status_code == 404


def test_suppliers_active_lists_them_with_the_agreements_that_hold(house: House) -> None:
    assert value_of("suppliers.active", house.tenant).is_empty
    there = contract(house, until=SOON)
    contract(house, until=day_of(house.tenant, now()) - timedelta(days=1))
    supplier(house, description="Leased lines and field engineers")
    open_record(type_named("supplier"), by=house.ruth, channel="page", organization=house.telco, title="Only a candidate")
    value = value_of("suppliers.active", house.tenant)
    assert cells(value) == [
        (
            "Telco",
            "Supplier",
            "Leased lines and field engineers",
            "Strategic",
            "Vital",
            "Ruth Castellano",
            f"{there.reference} Leased lines, until 1 January 2031",
        )
    ]
    assert {s.kind for s in value.all_sources()} == {"supplier", "agreement"}


def test_a_thousand_suppliers_are_read_as_one_is(house: House) -> None:
    contract(house)
    many(house, type_named("supplier"), 1000, "active", lambda i: {"organization": house.telco, "owner": house.ruth, "type": "external"})
    taken, seconds = queries_and_seconds("suppliers.active", house.tenant)
    assert taken == 2
    assert seconds < 0.2, seconds


def test_who_to_call_stands_at_the_head_of_the_page(house: House) -> None:
    made = supplier(house, description="Leased lines.", contacts="Duty desk: 0800 496 0112")
    page = signed_in(house.ruth).get(f"/suppliers/{made.number}/").content.decode()
    assert ">Contacts</h2>" in page
    assert "0800 496 0112" in page
    printed = signed_in(house.ruth).get(f"/suppliers/{made.number}/print/").content.decode()
    assert printed.count("0800 496 0112") == 1
