"""For whom a service is delivered, what it stands on, and who therefore sees it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from plimsoll.kernel.identity.models import Membership
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import RecordQuerySet
from plimsoll.kernel.records.operations import MoveRefused, Refused, amend, move
from plimsoll.kernel.records.permissions import may, why
from plimsoll.kernel.records.queries import find_by_reference, keyset_page, visible_cards
from plimsoll.kernel.search.queries import find
from plimsoll.kernel.trail.models import Entry
from plimsoll.portfolio.services.models import Service
from plimsoll.portfolio.services.operations import add_customer, add_support, end_customer
from plimsoll.portfolio.services.queries import customers_of
from tests.contracts import signed_in


def live(house: Any, title: str = "Patient record") -> Service:
    made = house.service(title, owner=house.ruth, hours=house.office_hours, description="Admission and letters.")
    return move(made, "go_live", by=house.ruth, channel="page")  # type: ignore[no-any-return]


def sees(house: Any, person: Any, service: Service) -> set[bool]:
    """What every way of looking answers; one element when they agree."""
    who = house.fresh(person)
    rows: RecordQuerySet = Service.objects.all()
    return {
        may(who, "service:read", service),
        rows.visible_to(who).filter(pk=service.pk).exists(),
        service in keyset_page(rows.parts_visible_to(who), "-changed_at").rows,
        any(part.filter(pk=service.pk).exists() for part in visible_cards(who)),
        service.pk in {hit.card.pk for hit in find(who, "letters").hits},
        find_by_reference(who, service.reference) is not None,
    }


def test_people_of_a_customer_see_what_is_delivered_to_them_and_nobody_else_does(house: Any) -> None:
    service = live(house)
    assert sees(house, house.aoife, service) == {False}
    add_customer(service, house.brannock, by=house.ruth, channel="page")
    assert sees(house, house.aoife, service) == {True}
    assert sees(house, house.maeve, service) == {True}
    for outsider in (house.strand, house.sam, house.nobody, house.mallory):
        assert sees(house, outsider, service) == {False}, outsider
    assert why(house.fresh(house.aoife), "service:read", service)[0]["ground"] == "audience"
    with pytest.raises(Refused):
        amend(service, by=house.fresh(house.aoife), channel="portal", title="Ours now")


def test_a_second_membership_lets_one_see_its_services_too(house: Any) -> None:
    service = live(house)
    add_customer(service, house.strand_housing, by=house.ruth, channel="page")
    assert sees(house, house.aoife, service) == {False}
    Membership.objects.create(person=house.aoife, organization=house.strand_housing, started_at=now() - timedelta(days=1))
    assert sees(house, house.aoife, service) == {True}


def test_sight_ends_with_the_delivery_with_the_state_and_with_an_access_class(house: Any) -> None:
    service = live(house)
    part = add_customer(service, house.brannock, by=house.ruth, channel="page")
    service = move(service, "start_retiring", by=house.ruth, channel="page", note="Replaced next year")
    assert sees(house, house.aoife, service) == {True}, "still delivered while it is being retired"
    gone = move(service, "retire", by=house.ruth, channel="page")
    assert sees(house, house.aoife, gone) == {False}
    other = live(house, "Theatre plan")
    kept = add_customer(other, house.brannock, by=house.ruth, channel="page")
    end_customer(kept, by=house.ruth, channel="page", note="Contract ended")
    assert sees(house, house.aoife, other) == {False}
    assert end_customer(kept, by=house.ruth, channel="page").ended_at is not None
    assert part.ended_at is None


def test_a_proposed_service_is_seen_by_no_customer(house: Any) -> None:
    service = house.service("Letters", description="letters")
    add_customer(service, house.brannock, by=house.ruth, channel="page")
    assert sees(house, house.aoife, service) == {False}


def test_customers_are_parts_in_the_trail_of_the_service(house: Any) -> None:
    service = live(house)
    version = service.version
    part = add_customer(service, house.brannock, by=house.ruth, channel="page")
    assert [c.organization for c in customers_of(service)] == [house.brannock]
    with pytest.raises(Faulty, match="already delivered"):
        add_customer(service, house.brannock, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="supplier"):
        add_customer(service, house.telco, by=house.ruth, channel="page")
    with pytest.raises(Refused):
        add_customer(service, house.strand_housing, by=house.ines, channel="page")
    end_customer(part, by=house.ruth, channel="page", note="Contract ended")
    assert customers_of(service) == []
    told = Entry.objects.filter(card=service.pk, action__contains="customer").order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "add customer",
        "end customer",
    ]
    assert Service.objects.get(pk=service.pk).version == version


def test_a_service_that_carries_others_is_not_retired_and_none_carries_itself(house: Any) -> None:
    network, record, letters = live(house, "Network"), live(house), live(house, "Letters")
    add_support(network, record, by=house.ruth, channel="page")
    add_support(record, letters, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="carry each other"):
        add_support(letters, network, by=house.ruth, channel="page")
    answer = signed_in(house.ruth).post(f"/services/{letters.number}/links/", {"meaning": "supports", "target": network.reference})
    assert answer.status_code == 422 and "carry each other" in unescape(answer.content.decode()), "nor by the linked records"
    network = move(network, "start_retiring", by=house.ruth, channel="page", note="New one comes")
    with pytest.raises(MoveRefused, match="stands on it"):
        move(network, "retire", by=house.ruth, channel="page")
