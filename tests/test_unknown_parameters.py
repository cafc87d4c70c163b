"""A list page uses what it knows of its address and says what it does not; an export is not made of half an address."""

from __future__ import annotations

import re

import pytest

from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.records.declaration import declared
from plimsoll.kernel.records.operations import move
from tests.cast import House, build_house
from tests.test_pages_reading import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    forget_all()
    return build_house()


def told(page: str) -> list[str]:
    return re.findall(r'role="status">.*?<span>(The filters?[^<]*)</span>', page, re.S)


def test_every_list_says_what_it_did_not_use_and_answers_all_the_same(house: House) -> None:
    client = signed_in(house.ruth)
    addresses = [f"/{t.plural_kind}/" for t in declared()] + ["/people/", "/teams/", "/organizations/", "/jobs/", "/search/"]
    for address in addresses:
        answer = client.get(f"{address}?colour=red")
        assert answer.status_code == 200, address
        assert told(answer.content.decode()) == ["The filter “colour” is not known here and was not used."], address
        assert told(client.get(address).content.decode()) == []


def test_what_is_unknown_neither_lifts_the_default_nor_stays_in_the_links(house: House) -> None:
    house.incident("Open one")
    move(house.incident("Ended one"), "cancel", by=house.ines, channel="page", note="x")
    page = signed_in(house.ines).get("/incidents/?colour=red&shape=round").content.decode()
    assert told(page) == ["The filters “colour”, “shape” are not known here and were not used."]
    assert "Open one" in page and "Ended one" not in page
    assert "colour=red" not in page.replace(page[: page.index("<main")], "")
    many = "&".join(f"x{n}=1" for n in range(40))
    assert told(signed_in(house.ines).get(f"/incidents/?{many}").content.decode())[0].count("“") == 5


def test_what_the_page_itself_reads_is_not_reported(house: House) -> None:
    house.incident()
    client = signed_in(house.ines)
    for query in ("open=true&order=-number", "owner_typed=Dev+Chauhan", "after=&before=", "q=ward", "since=2026-11-22"):
        page = client.get(f"/incidents/?{query}", follow=True, headers={"HX-Request": "true"} if "order" in query else {}).content.decode()
        assert told(page) == [], query


def test_a_filter_for_insiders_is_unknown_outside_as_any_other(house: House) -> None:
    client = signed_in(house.aoife)
    page = client.get("/incidents/?cause_code=cable").content.decode()
    other = client.get("/incidents/?colour=red").content.decode()
    assert [t.replace("cause_code", "colour") for t in told(page)] == told(other) != []


def test_markup_in_a_name_is_text(house: House) -> None:
    page = signed_in(house.ines).get("/incidents/", {"<b>": "1"}).content.decode()
    assert "“&lt;b&gt;”" in page and "“<b>”" not in page


def test_an_export_is_not_made_of_half_an_address(house: House) -> None:
    house.incident()
    client = signed_in(house.ines)
    asked = client.get("/incidents/export/?colour=red")
    assert asked.status_code == 200 and "“colour” is not known here" in asked.content.decode()
    refused = client.get("/incidents/export/?colour=red&format=csv")
    assert refused.status_code == 422 and refused["Content-Type"].startswith("text/html") and "“colour” is not known here" in refused.content.decode()
    assert client.get("/incidents/export/?open=true&order=-number&format=csv").status_code == 200
