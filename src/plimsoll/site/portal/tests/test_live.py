"""A thing that stands open in the portal hears of an answer; of what is not for its reader it hears nothing at all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from plimsoll.kernel.presence.operations import be_there
from plimsoll.kernel.records import parts
from tests.cast import House
from tests.contracts import signed_in, text_of

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
