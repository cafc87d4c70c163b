"""What stands before every page."""

import pytest
from django.test import Client

from plimsoll.kernel.identity.models import Person
from tests.cast import House

ADDRESSES = ("/people/", "/teams/", "/organizations/", "/choose/person/", "/portal/requests/", "/incidents/", "/nowhere/")


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("at", ADDRESSES)
def test_a_character_that_cannot_be_stored_is_refused_before_any_page(house: House, at: str) -> None:
    answer = signed_in(house.ines).get(f"{at}?q=%00&cursor=%00")
    assert answer.status_code == 400
    assert "could not be understood" in answer.content.decode()


def test_programs_get_their_problem_document_and_a_percent_sign_is_no_such_character(house: House) -> None:
    answer = signed_in(house.ines).get("/api/v1/incidents?q=%00")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert signed_in(house.ines).get("/people/", {"q": "100%00"}).status_code == 200


def test_throwing_away_a_draft_of_no_form_is_no_fault_of_ours(house: House) -> None:
    assert signed_in(house.ines).post("/drafts/", {"place": "incident\x00", "values": ""}).status_code == 200
