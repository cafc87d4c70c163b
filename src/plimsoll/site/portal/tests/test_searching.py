"""Searching as people speak: whole sentences, other forms of words, and still only what is theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.search.alike import apart, beginning, nearest
from plimsoll.support.knowledge.record import ARTICLE
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db
SOON = date(2030, 1, 1)


def published(house: House, title: str, text: str) -> Any:
    made = open_record(ARTICLE, by=house.ines, channel="page", title=title, body=text, audience="customers", owner=house.ines, review_due_date=SOON)
    return move(move(made, "submit", by=house.ines, channel="page"), "publish", by=house.dev, channel="page")


@pytest.mark.parametrize(
    "said", ["printer does not print", "My printer won't print anything", "printing is broken", "the printers in our office", "label printer"]
)
def test_a_sentence_finds_the_guide_that_has_its_telling_words(house: House, said: str) -> None:
    published(house, "The label printer gives empty labels", "Open the lid. Is the ribbon torn?")
    browser = signed_in(house.aoife)
    assert "The label printer gives empty labels" in text_of(browser.get("/portal/search/", {"q": said}))
    assert "The label printer gives empty labels" in text_of(browser.get("/portal/similar/", {"title": said}))
    assert "The label printer gives empty labels" in text_of(browser.get("/portal/articles/", {"q": said}))


def test_what_comes_nearest_is_said_to_be_no_more_than_that(house: House) -> None:
    published(house, "The label printer gives empty labels", "Open the lid.")
    browser = signed_in(house.aoife)
    assert "This comes nearest" in text_of(browser.get("/portal/search/", {"q": "printer makes funny noises"}))
    assert "This comes nearest" not in text_of(browser.get("/portal/search/", {"q": "label printer"}))


def test_our_own_people_search_as_they_speak_too(house: House) -> None:
    wifi, locked = house.incident("Ward tablets drop off Wi-Fi on Ward 4"), house.incident("Can't sign in after the weekend")
    browser = signed_in(house.ines)
    for said, meant in (("wifi ward 4", wifi), ("cant sign in", locked), ("tablet dropping off wlan", wifi)):
        page = text_of(browser.get("/search/", {"q": said}))
        assert meant.title.split()[1] in page and meant.reference in page and "This comes nearest" in page, said
        assert meant.reference in [row["ref"] for row in browser.get("/palette.json", {"q": said}).json()["results"]], said
    assert "This comes nearest" not in text_of(browser.get("/search/", {"q": "ward tablets"}))
    assert "Nothing found" in text_of(browser.get("/search/", {"q": "xylophone"}))
    assert "Ward tablets" not in text_of(signed_in(house.mallory).get("/search/", {"q": "wifi ward 4"})), "only what is theirs"


def test_a_hyphen_or_an_apostrophe_may_be_left_out(house: House) -> None:
    wifi, locked = house.incident("Tablets drop off Wi-Fi on Ward 4"), house.incident("Can't sign in after the weekend")
    for n in range(6):
        house.incident(f"Ward lamp {n}")
    assert nearest(house.ines, "wifi ward 4", kinds=["incident"], size=1)[0].pk == wifi.pk
    assert nearest(house.ines, "i cant sign in", kinds=["incident"], size=1)[0].pk == locked.pk
    assert apart("wifi")[0] == "wi fi" and apart("cant")[1] == "can t" and apart("email")[2] == "e mail" and apart("telephone") == []


def test_the_most_and_the_longest_words_come_first(house: House) -> None:
    published(house, "Choosing a password", "Long is good.")
    published(house, "The printer of the office", "Switch it on.")
    published(house, "Office hours", "Nine to five.")
    titles = [card.title for card in nearest(house.aoife, "our office printer is dead", kinds=["article"])]
    assert titles == ["The printer of the office", "Office hours"]
    assert (beginning("printing"), beginning("does"), beginning("password")) == ("print", "does", "passw")


def test_what_comes_nearest_is_never_another_customers(house: House) -> None:
    theirs = house.incident(title="Printer of the tenants' office", by=house.ines, organization=house.strand_housing, requester=house.strand)
    page = text_of(signed_in(house.aoife).get("/portal/search/", {"q": "printer of ours does nothing"}))
    assert theirs.reference not in page and "tenants" not in page
