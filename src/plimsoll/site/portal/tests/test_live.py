"""A thing that stands open in the portal hears of an answer; of what is not for its reader it hears nothing at all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.approvals.operations import Asked, ask
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.presence.operations import be_there
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import amend
from tests.cast import House
from tests.contracts import cost, signed_in, text_of

pytestmark = pytest.mark.django_db


def live_of(browser: Any, record: Any) -> str:
    found = re.search(r'data-record-live="([^"]+)"', text_of(browser.get(f"/portal/{record.kind}s/{record.number}/")))
    assert found
    return found[1].replace("&amp;", "&")


def test_an_answer_is_told_on_the_portals_own_page_and_nothing_costs_nothing(house: House) -> None:
    record, browser = house.incident(), signed_in(house.aoife)
    address = live_of(browser, record)
    first = browser.get(address)
    assert first.json() == {"sentence": "", "href": f"/portal/incidents/{record.number}/", "people": "", "linked": ""}
    assert browser.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    parts.comment(record, text="Try it now", is_public=True, by=house.ines, channel="page")
    told = browser.get(address, headers={"If-None-Match": first["ETag"]}).json()
    assert "Ines Okafor" in told["sentence"] and told["href"].startswith("/portal/")
    assert browser.get(live_of(browser, record)).json()["sentence"] == ""


def test_what_is_internal_is_no_news_and_nobody_of_us_is_seen_looking(house: House) -> None:
    record, browser = house.incident(), signed_in(house.aoife)
    address = live_of(browser, record)
    before = browser.get(address)
    parts.comment(record, text="Between us", is_public=False, by=house.ines, channel="page")
    be_there(person=house.ines, record=record, is_writing=True)
    assert browser.get(address, headers={"If-None-Match": before["ETag"]}).status_code == 304
    assert live_of(browser, record) == address


def test_another_customer_hears_nothing_by_typing_the_address(house: House) -> None:
    record = house.incident()
    assert signed_in(house.strand).get(f"/portal/incidents/{record.number}/live/?seen=0").status_code == 404


def test_who_looks_at_the_customers_view_or_at_older_words_hears_no_news(house: House) -> None:
    record = house.incident()
    assert "data-record-live" not in text_of(signed_in(house.ines).get(f"/portal/incidents/{record.number}/"))
    assert "data-record-live" not in text_of(signed_in(house.aoife).get(f"/portal/incidents/{record.number}/?before=5"))


def list_live_of(browser: Any, page: str) -> str:
    found = re.search(r'data-live="([^"]+)"', text_of(browser.get(page)))
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("page", "who"), [("/portal/", "aoife"), ("/portal/mine/", "aoife"), ("/portal/mine/?whose=organization&state=all", "maeve")]
)
def test_a_list_tells_which_of_its_things_changed_and_nothing_of_what_is_between_us(house: House, page: str, who: str) -> None:
    record, other, browser = house.incident(), house.incident("Lamp"), signed_in(getattr(house, who))
    address = list_live_of(browser, page)
    first = browser.get(address)
    assert first.json() == {"sentence": "", "href": page, "is_gone": False}
    parts.comment(record, text="Between us", is_public=False, by=house.ines, channel="page")
    amend(record, by=house.ines, channel="page", owner=house.dev)
    assert browser.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    parts.comment(record, text="Try it now", is_public=True, by=house.ines, channel="page")
    assert browser.get(address, headers={"If-None-Match": first["ETag"]}).json()["sentence"] == f"There is news of {record.reference}. Show it"
    parts.comment(other, text="And now", is_public=True, by=house.ines, channel="page")
    house.incident("A third")
    assert browser.get(address).json()["sentence"] == "There is news of 3. Show it"
    assert browser.get(list_live_of(browser, page)).json()["sentence"] == ""


def test_a_list_tells_of_a_decision_that_is_asked(house: House) -> None:
    record, browser = house.incident(), signed_in(house.maeve)
    address = list_live_of(browser, "/portal/")
    ask(record, question="Shall we swap it?", steps=[Asked(name="Customer", people=(house.maeve,))], by=house.ines, channel="page")
    assert browser.get(address).json()["sentence"] == "There is news. Show it"


def test_a_revoked_right_empties_a_list_that_stands_open(house: House) -> None:
    house.incident("Quicksilver lantern")
    browser = signed_in(house.aoife)
    addresses = [list_live_of(browser, page) for page in ("/portal/", "/portal/mine/")]
    Grant.objects.filter(person=house.aoife).update(ended_at=now())
    for address in addresses:
        told = browser.get(address).json()
        assert told["is_gone"] and "INC" not in told["sentence"]


def test_what_a_list_asks_costs_the_same_for_many(house: House) -> None:
    browser = signed_in(house.aoife)
    parts.comment(house.incident(), text="Said", is_public=True, by=house.ines, channel="page")
    few = [cost(lambda a=a: browser.get(a)) for a in ("/portal/live/", "/portal/mine/live/")]
    for n in range(6):
        parts.comment(house.incident(f"More {n}"), text="Said", is_public=True, by=house.ines, channel="page")
    assert [cost(lambda a=a: browser.get(a)) for a in ("/portal/live/", "/portal/mine/live/")] == few
    assert browser.get("/portal/live/?seen=,.,INC-9.,.x,%C3%A4").status_code == 200
