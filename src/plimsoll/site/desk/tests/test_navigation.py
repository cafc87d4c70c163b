"""The side navigation: each place only for whoever may go there."""

from __future__ import annotations

import pytest
from django.test import Client

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.ui.context import exists
from plimsoll.site.navigation import HOUSE, navigation
from tests.cast import House

pytestmark = pytest.mark.django_db


def places(person: Person) -> set[str]:
    return {item["href"] for group in navigation(person, "/", "", exists) for item in group.get("items", ())}


def test_every_place_of_the_house_stands_there_for_the_manager_and_answers(house: House) -> None:
    client = Client()
    client.force_login(house.ruth, backend="plimsoll.kernel.identity.backend.SignInBackend")
    shown = places(house.fresh(house.ruth))
    for _group, place in HOUSE:
        assert place.href in shown, place.href
        assert client.get(place.href).status_code == 200, place.href


def test_nobody_is_led_where_they_may_not_go(house: House) -> None:
    for person in (house.aoife, house.sam, house.nobody, house.ines, house.greta):
        client = Client()
        client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
        for href in places(house.fresh(person)):
            assert client.get(href).status_code == 200, (person.name, href)
    for href in ("/settings/", "/import/", "/people/", "/jobs/", "/duties/", "/why/"):
        assert href not in places(house.fresh(house.aoife))


def test_the_account_is_in_ones_own_menu(house: House) -> None:
    client = Client()
    client.force_login(house.aoife, backend="plimsoll.kernel.identity.backend.SignInBackend")
    assert 'href="/account/"' in client.get("/").content.decode()


def test_a_suppliers_people_find_what_waits_for_their_team_though_the_provider_owns_it(house: House) -> None:
    house.incident("Line to the depot is dead", team=house.field, owner=house.dev)
    client = Client()
    client.force_login(house.sam)
    page = client.get("/").content.decode()
    assert "With my teams" in page
    assert "Line to the depot is dead" in page
    client.force_login(house.dev)
    assert "With my teams" not in client.get("/").content.decode()
