"""The pages of services: for whom they are delivered, and what they stand on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import gate_open
from plimsoll.portfolio.services.models import Service, ServiceCustomer
from tests.cast import House

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return client


def test_a_customer_is_added_with_a_day_shown_and_ended(house: House) -> None:
    service = house.service()
    client = signed_in(house.ruth)
    here = f"/services/{service.number}/customers/"
    assert here in client.get(f"/services/{service.number}/").content.decode(), "the panel leads there while it is empty"
    since = localdate() - timedelta(days=10)
    assert client.post(here, {"organization": house.brannock.pk, "since": since.isoformat()}).status_code == 302
    part = ServiceCustomer.objects.get()
    assert localdate(part.started_at) == since
    assert "Brannock Hospitals" in client.get(f"/services/{service.number}/").content.decode()
    twice = client.post(here, {"organization": house.brannock.pk})
    assert twice.status_code == 422 and "is already delivered" in twice.content.decode()
    assert client.post(here, {"end": part.pk, "until": ""}).status_code == 302
    part.refresh_from_db()
    assert part.ended_at is not None


def test_a_day_to_come_and_a_supplier_are_refused_in_words(house: House) -> None:
    service = house.service()
    client, here = signed_in(house.ruth), f"/services/{service.number}/customers/"
    later = client.post(here, {"organization": house.brannock.pk, "since": (localdate() + timedelta(days=3)).isoformat()})
    assert later.status_code == 422 and "still to come" in later.content.decode()
    supplier = client.post(here, {"organization": house.telco.pk})
    assert supplier.status_code == 422 and "is a supplier" in supplier.content.decode()
    assert not ServiceCustomer.objects.exists()


def test_a_service_stands_on_another_and_never_on_itself(house: House) -> None:
    mail, network = house.service("Mail"), house.service("Network")
    client = signed_in(house.ruth)
    assert client.post(f"/services/{mail.number}/supporting/", {"target_typed": "Network"}).status_code == 302
    assert "Network" in client.get(f"/services/{mail.number}/").content.decode()
    turned = client.post(f"/services/{network.number}/supporting/", {"target_typed": mail.reference})
    assert turned.status_code == 422 and "carry each other" in turned.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("tail", ["customers/", "supporting/"])
def test_walls(house: House, tail: str) -> None:
    service = house.service()
    for person in (house.mallory, house.nobody, house.aoife):
        assert signed_in(person).get(f"/services/{service.number}/{tail}").status_code == 404
    for person in (house.ines, house.greta):
        assert signed_in(person).get(f"/services/{service.number}/{tail}").status_code == 403


def test_a_customer_is_not_told_who_else_there_is(house: House) -> None:
    service = house.service(description="It works", owner=house.ines, hours=house.office_hours)
    ServiceCustomer.objects.bulk_create(
        ServiceCustomer(service=service, organization=o, started_at=service.opened_at) for o in (house.brannock, house.strand_housing)
    )
    with gate_open():
        Service.objects.filter(pk=service.pk).update(state="live", category="active")
    from_inside = signed_in(house.ines).get(f"/services/{service.number}/").content.decode()
    assert "Strand Housing" in from_inside
    outside = signed_in(house.aoife).get(f"/services/{service.number}/")
    assert outside.status_code == 200 and "Strand Housing" not in outside.content.decode()
