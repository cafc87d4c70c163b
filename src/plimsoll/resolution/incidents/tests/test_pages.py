"""What people do with incidents beside the derived pages: parents and children, following what ended long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.operations import MoveRefused, Refused, amend, move, open_record
from plimsoll.kernel.records.parts import comment
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.operations import add_child
from tests.cast import House

pytestmark = pytest.mark.django_db
HOW = {"resolution_code": "restored", "cause_code": "hardware", "resolution_note": "New cable."}


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return client


def fresh(incident: Any) -> Incident:
    return Incident.objects.select_related("organization", "tenant").get(pk=incident.pk)


def worked_on(house: House, title: str, **values: Any) -> Incident:
    """An incident that Ines works on."""
    values = {
        "service": house.service(f"Service of {title}"),
        "classification": house.category,
        "impact": 2,
        "urgency": 2,
        "owner": house.ines,
    } | values
    made = house.incident(title, **values)
    made = move(made, "assign", by=house.fresh(house.ines), channel="page")
    return move(made, "start", by=house.fresh(house.ines), channel="page")  # type: ignore[return-value]


def ended(house: House, days: int) -> Incident:
    """One that was resolved so many days ago."""
    long_ago = now() - timedelta(days=days)
    made = worked_on(house, "Printer", description="It jams")
    return move(made, "resolve", by=house.fresh(house.ines), channel="page", fields=HOW, note="Looked inside.", at=long_ago)  # type: ignore[return-value]


@pytest.mark.parametrize("tail", ["merge/", "split/", "family/", "resolve-with-children/", "follow/"])
def test_walls_of_the_pages(house: House, tail: str) -> None:
    incident = house.incident()
    for person in (house.mallory, house.strand, house.nobody):
        assert signed_in(person).get(f"/incidents/{incident.number}/{tail}").status_code == 404
    assert signed_in(house.aoife).get(f"/incidents/{incident.number}/{tail}").status_code == 403
    assert signed_in(house.greta).get(f"/incidents/{incident.number}/{tail}").status_code == 403
    assert tail not in signed_in(house.aoife).get(f"/incidents/{incident.number}/").content.decode()


def test_a_child_is_added_by_number_and_a_parent_set(house: House) -> None:
    parent, child, other = house.incident("Above"), house.incident("Below"), house.incident("Beside")
    client = signed_in(house.ines)
    here = f"/incidents/{parent.number}/family/"
    assert client.post(here, {"act": "child", "other_typed": child.reference}).status_code == 302
    assert client.post(f"/incidents/{other.number}/family/", {"act": "parent", "other_typed": parent.reference}).status_code == 302
    assert set(Link.objects.filter(source=parent.pk, meaning="parent of").values_list("target", flat=True)) == {child.pk, other.pk}
    page = client.get(here).content.decode()
    assert "Below" in page and "Beside" in page
    again = client.post(f"/incidents/{other.number}/family/", {"act": "child", "other_typed": parent.reference})
    assert again.status_code == 422 and "stands above" in again.content.decode()


def test_children_are_resolved_with_their_parent_and_each_says_what_became_of_it(house: House) -> None:
    parent, child, stuck = worked_on(house, "Switch"), worked_on(house, "Ward 3"), house.incident("All wards", impact=1, urgency=1)
    ines = house.fresh(house.ines)
    client = signed_in(house.ines)
    address = f"/incidents/{parent.number}/resolve-with-children/"
    assert address not in client.get(f"/incidents/{parent.number}/").content.decode(), "offered only where there are children"
    for one in (child, stuck):
        add_child(fresh(parent), fresh(one), by=ines, channel="page")
    assert address in client.get(f"/incidents/{parent.number}/").content.decode()
    assert "Ward 3" in client.get(address).content.decode()
    done = client.post(address, {**HOW, "note": "Replaced"})
    page = done.content.decode()
    assert done.status_code == 200 and "Ward 3: resolved." in page, page
    assert "stays as it was." in page and "When the priority is Critical or High, name the item that failed" in page and "1 of 2 children" in page
    assert (fresh(parent).state, fresh(child).state, fresh(stuck).state) == ("resolved", "resolved", "new")


def test_what_ended_long_ago_is_followed_by_a_new_one(house: House) -> None:
    old = ended(house, 40)
    client = signed_in(house.ines)
    assert "follows this one" in client.get(f"/incidents/{old.number}/").content.decode()
    leads = client.get(f"/incidents/{old.number}/moves/reopen/")
    assert leads.status_code == 302 and leads["Location"] == f"/incidents/{old.number}/follow/"
    assert client.post(f"/incidents/{old.number}/follow/", {"note": ""}).status_code == 422
    answer = client.post(f"/incidents/{old.number}/follow/", {"note": "It jams again"})
    made = Incident.objects.latest("number")
    assert answer["Location"] == f"/incidents/{made.number}/" and made.description == "It jams again"
    assert Link.objects.filter(source=made.pk, meaning="follows", target=old.pk).exists()


def test_a_customer_follows_their_own_and_the_rest_is_taken_over_for_them(house: House) -> None:
    old = ended(house, 40)
    client = signed_in(house.aoife)
    answer = client.post(f"/incidents/{old.number}/follow/", {"note": "Again"})
    assert answer.status_code == 302, answer.content.decode()
    made = Incident.objects.latest("number")
    assert (made.requester, made.classification_id, made.impact) == (house.aoife, old.classification_id, old.impact)


def test_what_ended_lately_is_not_followed_but_taken_up(house: House) -> None:
    done = ended(house, 1)
    client = signed_in(house.ines)
    assert "follows this one" not in client.get(f"/incidents/{done.number}/").content.decode()
    assert client.get(f"/incidents/{done.number}/moves/reopen/").status_code == 200
    assert client.get(f"/incidents/{done.number}/follow/").status_code == 403


def test_a_customer_is_asked_only_what_they_can_know(house: House) -> None:
    page = signed_in(house.aoife).get("/incidents/new/").content.decode()
    for name in ("title", "description", "service", "impact", "urgency"):
        assert f'name="{name}' in page, name
    for name in ("team", "owner", "priority", "classification", "contact", "resolution_code", "configuration_item", "requester"):
        assert f'name="{name}' not in page, name
    answer = signed_in(house.aoife).post("/incidents/new/", {"title": "Printer", "description": "It jams", "impact": "2", "urgency": "2"})
    made = Incident.objects.latest("number")
    assert answer.status_code == 302 and (made.title, made.requester, made.impact) == ("Printer", house.aoife, 2)


@pytest.mark.parametrize("field", ["team", "owner", "priority", "classification", "contact", "resolution_note"])
def test_the_write_refuses_an_outsider_what_they_are_not_asked(house: House, field: str) -> None:
    incident_type = type_named("incident")
    value = {"team": house.desk, "owner": house.ines, "priority": 1, "classification": house.category}.get(field, "phone")
    with pytest.raises(Refused, match="own people"):
        open_record(incident_type, by=house.fresh(house.aoife), channel="api", title="x", **{field: value})
    incident = house.incident(owner=house.ines, team=house.field)
    sam = house.fresh(house.sam)
    assert amend(incident, by=sam, channel="api", symptom="No light").symptom == "No light"  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="own people"):
        amend(fresh(incident), by=sam, channel="api", **{field: value})


def test_an_outsider_asks_for_a_colleague_and_for_nobody_else(house: House) -> None:
    incident_type, aoife = type_named("incident"), house.fresh(house.aoife)
    assert open_record(incident_type, by=aoife, channel="api", title="x", requester=house.maeve).requester == house.maeve  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="own people"):
        open_record(incident_type, by=aoife, channel="api", title="x", requester=house.strand)


def test_a_closed_parent_takes_its_children_along_and_taken_up_again_it_leaves_them_closed(house: House) -> None:
    parent, child = worked_on(house, "Above"), worked_on(house, "Below")
    add_child(parent, child, by=house.ines, channel="page")
    client = signed_in(house.ines)
    here = f"/incidents/{parent.number}/"
    assert client.post(f"{here}resolve-with-children/", {**HOW, "note": "Done."}).status_code == 200
    assert client.post(f"{here}moves/close/", {}).status_code == 302
    assert [fresh(i).state for i in (parent, child)] == ["closed", "closed"]
    assert client.post(f"{here}moves/reopen/", {"note": "Again"}).status_code == 302
    assert [fresh(i).state for i in (parent, child)] == ["in_progress", "closed"], "each child is taken up again by itself"
    assert client.post(f"/incidents/{child.number}/moves/reopen/", {"note": "Again"}).status_code == 302
    assert "1 of its children is still open" in " ".join(_close(fresh(parent), house))


def _close(parent: Incident, house: House) -> list[str]:
    done = move(parent, "resolve", by=house.fresh(house.ines), channel="page", fields=HOW, note="Done.")
    with pytest.raises(MoveRefused) as refused:
        move(done, "close", by=house.fresh(house.ines), channel="page")
    return refused.value.reasons


def test_why_it_is_with_this_team_is_one_click_away(house: House) -> None:
    incident = house.incident(team=house.desk)
    page = signed_in(house.ines).get(f"/incidents/{incident.number}/").content.decode()
    assert "why/?field=team" in page
    assert "chosen by hand" in signed_in(house.ines).get(f"/incidents/{incident.number}/why/?field=team").content.decode()


def test_a_row_says_that_whoever_was_asked_has_answered(house: House) -> None:
    found = []
    for title in ("Which one", "Not yet"):
        incident = worked_on(house, title)
        comment(incident, text="Which one?", is_public=True, by=house.ines, channel="page")
        found.append(move(incident, "wait_for_customer", by=house.ines, channel="page"))

    def said() -> list[str]:
        rows = signed_in(house.ines).get("/incidents/").content.decode().split("<tr")
        return [title for title in ("Which one", "Not yet") if any(f">{title}<" in row and ">Answered<" in row for row in rows)]

    assert said() == []
    comment(found[0], text="The left one.", is_public=True, by=house.aoife, channel="portal")
    assert said() == ["Which one"]
    comment(found[0], text="Thank you. And since when?", is_public=True, by=house.ines, channel="page")
    assert said() == []
