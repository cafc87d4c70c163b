"""Live updates: cheap while nothing happens, true when something does, empty when a right is gone, silent about what is not theirs."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.presence.operations import be_there
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import Share
from plimsoll.kernel.records.operations import amend
from tests.cast import House
from tests.contracts import cost, signed_in, text_of

pytestmark = pytest.mark.django_db


def live_of(client: Client, address: str) -> str:
    """The address that the page of this record or list asks."""
    page = text_of(client.get(address))
    found = re.search(r'data-(?:record-)?live="([^"]+)"', page)
    assert found, page
    return found[1].replace("&amp;", "&")


# --- Lists -----------------------------------------------------------------------------------------------------


def test_a_list_hears_of_what_is_new_and_nothing_while_nothing_is(house: House) -> None:
    ines = signed_in(house.ines)
    house.incident("Before")
    address = live_of(ines, "/incidents/?open=true")
    first = ines.get(address)
    assert first.json()["sentence"] == ""
    same = ines.get(address, headers={"If-None-Match": first["ETag"]})
    assert same.status_code == 304 and same.content == b""
    house.incident("After")
    told = ines.get(address, headers={"If-None-Match": first["ETag"]})
    assert told.status_code == 200 and told.json()["sentence"].startswith("1 new or changed")
    assert told.json()["href"] == "/incidents/?open=true"


def test_an_answer_of_nothing_new_looks_at_no_record(house: House) -> None:
    ines = signed_in(house.ines)
    for n in range(3):
        house.incident(f"Number {n}")
    address = live_of(ines, "/incidents/?open=true&priority=3")
    tag = ines.get(address)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert ines.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert len(queries) <= 5  # session, person, grants, teams, newest entry
    assert not [q for q in queries if "incidents_incident" in q["sql"]]


def test_a_revoked_right_empties_the_next_live_update_of_a_list(house: House) -> None:
    ines = signed_in(house.ines)
    address = live_of(ines, "/incidents/?open=true")
    tag = ines.get(address)["ETag"]
    house.incident("Quicksilver")
    Grant.objects.filter(person=house.ines).update(ended_at=now())
    told = ines.get(address, headers={"If-None-Match": tag}).json()
    assert told["is_gone"] is True and "1 new" not in told["sentence"]
    assert "Quicksilver" not in text_of(ines.get("/incidents/?open=true"))


def test_a_list_of_others_hears_nothing(house: House) -> None:
    for who in ("mallory", "strand", "sam", "nobody"):
        client = signed_in(getattr(house, who))
        address = f"/incidents/news/?open=true&since={now().isoformat().replace('+', '%2B')}"
        house.incident(f"For Brannock, not {who}")
        assert client.get(address).json()["sentence"] == "", who


# --- Records ---------------------------------------------------------------------------------------------------


def test_a_record_says_what_happened_and_who_is_there(house: House) -> None:
    record = house.incident()
    ines = signed_in(house.ines)
    address = live_of(ines, f"/incidents/{record.number}/")
    first = ines.get(address)
    assert first.json() == {"sentence": "", "href": f"/incidents/{record.number}/", "people": "", "linked": ""}
    assert ines.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    be_there(person=house.dev, record=record, is_writing=True)
    amend(record, by=house.fresh(house.dev), channel="page", location="Ward 7")
    told = ines.get(address, headers={"If-None-Match": first["ETag"]}).json()
    assert told["people"] == "Dev Chauhan is writing on this."
    assert "Dev Chauhan set location to Ward 7" in told["sentence"]
    assert ines.get(live_of(ines, f"/incidents/{record.number}/")).json()["sentence"] == ""


def test_what_is_internal_moves_nothing_for_the_customer(house: House) -> None:
    record = house.incident()
    aoife = signed_in(house.aoife)
    address = live_of(aoife, f"/incidents/{record.number}/")
    tag = aoife.get(address)["ETag"]
    parts.comment(record, text="Quicksilver", is_public=False, by=house.fresh(house.ines), channel="page")
    parts.spend(record, minutes=5, by=house.fresh(house.ines), channel="page")
    amend(record, by=house.fresh(house.ines), channel="page", cause_code="quicksilver")
    be_there(person=house.ines, record=record, is_writing=True)
    assert aoife.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert live_of(aoife, f"/incidents/{record.number}/") == address  # nor does the page count what she may not see
    parts.comment(record, text="We are on it.", is_public=True, by=house.fresh(house.ines), channel="page")
    told = aoife.get(address, headers={"If-None-Match": tag}).json()
    assert "Ines Okafor wrote a message" in told["sentence"] and told["people"] == "" and "uicksilver" not in str(told)


def test_a_revoked_right_ends_the_live_update_of_a_record(house: House) -> None:
    record = house.incident(team=house.field)
    sam = signed_in(house.sam)
    address = live_of(sam, f"/incidents/{record.number}/")
    tag = sam.get(address)["ETag"]
    Share.objects.filter(card=record.pk).update(until=now())
    assert sam.get(address, headers={"If-None-Match": tag}).status_code == 404


def test_a_live_update_costs_the_same_however_much_there_is(house: House) -> None:
    record = house.incident()
    ines = signed_in(house.ines)
    address = live_of(ines, f"/incidents/{record.number}/")
    parts.comment(record, text="One", is_public=True, by=house.fresh(house.dev), channel="page")
    one = cost(lambda: ines.get(address))
    for n in range(30):
        parts.comment(record, text=f"More {n}", is_public=True, by=house.fresh(house.dev), channel="page")
    assert cost(lambda: ines.get(address)) == one
    assert ines.get(address).json()["sentence"].count("wrote a message") == 3
