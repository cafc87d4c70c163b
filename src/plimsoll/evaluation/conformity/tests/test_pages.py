"""The pages of conformity, and the same for programs: who reads them, what they say on an empty system, and what they never name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.context.issues.models import ContextIssue
from plimsoll.evaluation.conformity.models import Assessment
from plimsoll.evaluation.conformity.operations import assess
from plimsoll.evaluation.conformity.queries import latest
from plimsoll.evaluation.conformity.standard import items
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import gate_open
from plimsoll.kernel.records.operations import open_record
from tests.cast import House, time_passed
from tests.contracts import cost, signed_in, text_of

PAGES = ("/conformity/", "/conformity/gaps/", "/conformity/deciding/", "/conformity/items/4.1-b/", "/conformity/?item=4.1-b&verdict=partly")


def stale(house: House, title: str = "All lines come from one supplier") -> Any:
    told = {"title": title, "sphere": "external", "review_due_date": (now() + timedelta(days=1)).date()}
    found = open_record(type_named("contextissue"), organization=house.provider, by=house.ruth, channel="page", **told)
    return time_passed(found, review_due_date=(now() - timedelta(days=9)).date())


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_for_those_who_read_conformity_alone(house: House, address: str) -> None:
    stale(house)
    assess(house.tenant, channel="task")
    assert signed_in(house.ruth).get(address).status_code == 200
    assert signed_in(house.greta).get(address).status_code == 200
    for other in (house.ines, house.aoife, house.sam, house.nobody):
        assert signed_in(other).get(address).status_code in (403, 404), other
    assert "All lines" not in text_of(signed_in(house.mallory).get(address))


def test_before_anything_was_computed_the_wall_says_so_and_offers_to(house: House) -> None:
    told = text_of(signed_in(house.ruth).get("/conformity/"))
    assert "Nothing was computed yet" in told
    assert "Compute now" in told
    assert "Compute now" not in text_of(signed_in(house.greta).get("/conformity/")).replace("Press “Compute now”", "")


def test_the_wall_counts_and_the_page_of_one_names_the_record_that_falls_short(house: House) -> None:
    found = stale(house)
    assess(house.tenant, channel="task")
    wall = text_of(signed_in(house.ruth).get("/conformity/"))
    assert "0 of 290 requirements show evidence" in wall
    page = signed_in(house.ruth).get("/conformity/items/4.1-b/").content.decode()
    assert f"/contextissues/{found.number}/" in page
    assert "missing or contrary" in page
    gaps = signed_in(house.ruth).get("/conformity/gaps/").content.decode()
    assert f"/contextissues/{found.number}/" in gaps


def test_a_day_without_a_computation_is_a_gap_and_points_to_its_neighbours(house: House) -> None:
    stale(house)
    row = assess(house.tenant, channel="task")
    before = row.day - timedelta(days=3)
    told = text_of(signed_in(house.ruth).get(f"/conformity/?day={before}"))
    assert "Nothing was computed on" in told
    assert "After it" in told
    assert "no day; write it as" in text_of(signed_in(house.ruth).get("/conformity/?day=yesterday"))
    assert signed_in(house.ruth).get("/conformity/?day=yesterday").status_code == 400
    assert signed_in(house.ruth).get("/conformity/items/99-z/").status_code == 404


def test_compute_now_is_for_those_who_may(house: House) -> None:
    assert signed_in(house.greta).post("/conformity/compute/").status_code == 403
    assert latest(house.tenant) is None
    assert signed_in(house.ruth).post("/conformity/compute/").status_code == 302


def test_a_record_that_is_not_for_the_reader_is_counted_and_not_named(house: House) -> None:
    found = stale(house, title="A buyer was seen in the house")
    with gate_open():
        ContextIssue.objects.filter(pk=found.pk).update(access_class="strict")
    type(house.tenant).objects.filter(pk=house.tenant.pk).update(settings={**house.tenant.settings, "classes_used": True})
    assess(house.tenant, channel="task")
    reader = house.fresh(house.greta)
    page = text_of(signed_in(reader).get("/conformity/items/4.1-b/"))
    assert "A buyer" not in page
    assert "not for your eyes" in page
    told = signed_in(reader).get("/api/v1/conformity").json()
    one = next(i for i in told["items"] if i["id"] == "4.1-b")
    assert "A buyer" not in str(one)
    assert one["denominator"] == 1


def test_programs_read_the_same(house: House) -> None:
    client = signed_in(house.ruth)
    assert client.get("/api/v1/conformity").status_code == 404
    found = stale(house)
    row = assess(house.tenant, channel="task")
    told = client.get("/api/v1/conformity").json()
    assert (told["day"], told["digest"], len(told["items"])) == (row.day.isoformat(), row.digest, 290)
    one = client.get("/api/v1/conformity/items/4.1-b").json()
    assert (one["verdict"], one["numerator"], one["denominator"]) == ("does_not", 0, 1)
    assert one["shortfalls"][0]["source"]["pk"] == found.pk
    assert client.get("/api/v1/conformity?at=2020-01-01").status_code == 404
    assert client.get("/api/v1/conformity?at=x").status_code == 400
    assert client.get("/api/v1/conformity/items/99-z").status_code == 404
    assert signed_in(house.ines).get("/api/v1/conformity").status_code == 403


def test_a_page_costs_the_same_with_one_gap_and_ten(house: House) -> None:
    client = signed_in(house.ruth)
    stale(house)
    assess(house.tenant, channel="task")
    for address in ("/conformity/", "/conformity/gaps/", "/conformity/items/4.1-b/"):
        one = cost(lambda a=address: client.get(a))  # type: ignore[misc]
        for n in range(3):
            stale(house, f"Another {n}")
        assess(house.tenant, channel="task", at=now() + timedelta(days=1))
        assert cost(lambda a=address: client.get(a)) == one, address  # type: ignore[misc]
    assert Assessment.objects.count() == 4
    assert len(items()) == 290


def test_what_only_lacks_a_persons_word_says_so(house: House) -> None:
    for sphere in ("external", "internal"):
        told = {"title": f"Something {sphere}", "sphere": sphere}
        open_record(type_named("contextissue"), organization=house.provider, by=house.ruth, channel="page", **told)
    assess(house.tenant, channel="task")
    for address in ("/conformity/gaps/", "/conformity/items/4.1-a/"):
        page = text_of(signed_in(house.ruth).get(address))
        assert "2 of 2: the two spheres, inside and outside, 100 %." in page
        assert "word is missing: “The list of issues is complete.”" in page
