"""Major incidents for programs: the acts of the room as its pages have them, with the same refusals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Comment, Record
from plimsoll.kernel.records.operations import amend
from plimsoll.resolution.majors.models import MajorProposal, MajorUpdate
from tests.api import Caller
from tests.cast import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(house: House) -> Record:
    service = house.service("Network")
    return house.incident(service=service, impact=1, urgency=1)


@pytest.fixture
def room(house: House, incident: Record) -> str:
    made = Caller(house.ines).post(f"incidents/{incident.number}/major/declare", {"reason": "Wards are cut off.", "title": "Wards cut off"})
    assert made.status_code == 201, made.content
    assert made["Location"] == f"/api/v1/majors/{made.json()['number']}"
    return f"majors/{made.json()['number']}"


def test_what_was_proposed_is_declined_with_a_reason_or_declared(house: House) -> None:
    ines = Caller(house.ines)
    one = house.incident("First", service=house.service("Grave", criticality=1), impact=1, urgency=1)
    amend(one, by=house.ines, channel="page", urgency=1)
    proposals = f"incidents/{one.number}/major/proposals"
    assert ines.post(f"incidents/{one.number}/major/decline", {}).json()["faults"][0]["field"] == "reason"
    if not MajorProposal.objects.filter(incident=one.pk).exists():
        MajorProposal.objects.create(incident_id=one.pk, criterion="Long", words="It takes long.", at=now())
    declined = ines.post(f"incidents/{one.number}/major/decline", {"reason": "Only one ward."})
    assert (declined.status_code, declined.json()["decided_by"]["name"]) == (200, "Ines Okafor")
    assert ines.get(proposals).json()["items"][0]["reason"] == "Only one ward."
    assert ines.post(f"incidents/{one.number}/major/decline", {"reason": "Again"}).status_code == 422
    assert ines.post(f"incidents/{one.number}/major/declare", {}).json()["faults"][0]["field"] == "reason"
    assert ines.post(f"incidents/{one.number}/major/declare", {"reason": "After all."}).status_code == 201
    again = ines.post(f"incidents/{one.number}/major/declare", {"reason": "Twice"})
    assert again.status_code == 422
    assert "already" in again.json()["faults"][0]["sentence"]


def test_a_role_is_taken_or_given_and_with_a_manager_the_handling_begins(house: House, room: str) -> None:
    ines = Caller(house.ines)
    assert ines.put(f"{room}/roles/owner").json()["state"] == "being_handled"
    assert ines.put(f"{room}/roles/scribe", {"person": house.dev.pk}).json()["scribe"]["name"] == "Dev Chauhan"
    roles = ines.get(f"{room}/room").json()["roles"]
    assert (roles["owner"]["name"], roles["communications"], roles["scribe"]["name"]) == ("Ines Okafor", None, "Dev Chauhan")
    assert ines.put(f"{room}/roles/king").status_code == 404
    assert ines.put(f"{room}/roles/scribe", {"person": house.mallory.pk}).status_code == 422


def test_people_are_told_and_the_clock_begins_anew(house: House, room: str) -> None:
    ines = Caller(house.ines)
    later = (now() + timedelta(minutes=20)).isoformat()
    told = ines.post(f"{room}/updates", {"text": "We know of it.", "audience": "customers", "next_due_at": later})
    assert told.status_code == 201, told.content
    assert (told.json()["author"]["name"], told.json()["audience"]) == ("Ines Okafor", "customers")
    clocks = {c["name"]: c for c in ines.get(f"{room}/room").json()["clocks"]}
    assert clocks["update"]["due_at"][:16] == later[:16]
    assert Comment.objects.filter(text="We know of it.").count() == 2, "and as a reply on the incident that leads"
    assert ines.post(f"{room}/updates", {"text": "x", "audience": "everybody"}).json()["faults"][0]["field"] == "audience"
    past = (now() - timedelta(minutes=1)).isoformat()
    assert ines.post(f"{room}/updates", {"text": "x", "audience": "internal", "next_due_at": past}).json()["faults"][0]["field"] == "next_due_at"
    assert [u["text"] for u in ines.get(f"{room}/updates").json()["items"]] == ["We know of it."]
    assert MajorUpdate.objects.count() == 1


def test_the_room_is_kept_notes_steps_top_management_and_the_affected(house: House, room: str) -> None:
    ines = Caller(house.ines)
    assert ines.post(f"{room}/notes", {"text": "Called the supplier."}).json()["audience"] == "internal"
    assert ines.post(f"{room}/notes", {"text": "Tomorrow", "at": (now() + timedelta(days=1)).isoformat()}).json()["faults"][0]["field"] == "at"
    step = ines.put(f"{room}/steps/1", {"is_done": True}).json()
    assert (step["is_done"], step["done_by"]["name"]) == (True, "Ines Okafor")
    assert ines.put(f"{room}/steps/1", {"is_done": False}).json()["done_at"] is None
    assert ines.put(f"{room}/steps/99", {"is_done": True}).status_code == 404
    assert ines.post(f"{room}/told", {"how": "Called the director."}).status_code == 201
    affected = ines.post(f"{room}/affected", {"organization": house.strand_housing.pk}).json()["items"]
    assert {o["name"] for o in affected} == {"Brannock Hospitals", "Strand Housing"}
    assert ines.post(f"{room}/affected", {"organization": house.telco.pk}).status_code == 422
    assert [o["name"] for o in ines.delete(f"{room}/affected/{house.strand_housing.pk}").json()["items"]] == ["Brannock Hospitals"]
    assert ines.delete(f"{room}/affected/{house.brannock.pk}").json()["faults"][0]["field"] == "organization", "its service says so"
    assert ines.delete(f"{room}/affected/999999").status_code == 404
    said = [h["text"] or h["what"] for h in ines.get(f"{room}/timeline").json()["items"]]
    assert "Called the supplier." in said
    assert "told top management: Called the director." in said


def test_it_ends_by_moves_is_reviewed_and_reported(house: House, room: str) -> None:
    ines = Caller(house.ines)
    ines.put(f"{room}/roles/owner")
    assert ines.post(f"{room}/moves/resolve", {"fields": {"outcome": "Took it back."}}).status_code == 200
    review = ines.get("majorreviews").json()["items"][0]
    one = f"majorreviews/{review['number']}"
    assert ines.get(f"{one}/reports/now").json()["content"]["major"]["outcome"] == "Took it back."
    decided = ines.post(f"{one}/decisions", {"kind": "problem", "text": "Look for the cause.", "owner": house.dev.pk, "due_on": "2031-01-01"})
    assert (decided.status_code, decided.json()["owner"]["name"]) == (201, "Dev Chauhan")
    assert ines.post(f"{one}/decisions", {"kind": "wish", "text": "x"}).json()["faults"][0]["field"] == "kind"
    ines.post(f"{one}/moves/begin", {})
    given = {"participants": "All", "happened": "It broke", "cause": "Age", "owner": house.ines.pk}
    assert ines.patch(one, given).status_code == 200
    assert ines.post(f"{one}/moves/finish", {}).status_code == 200, ines.get(f"{one}/moves").content
    assert [(r["number"], r["is_sound"]) for r in ines.get(f"{one}/reports").json()["items"]] == [(1, True)]
    assert ines.get(f"{one}/reports/1").json()["content"]["decisions"][0]["text"] == "Look for the cause."
    assert ines.get(f"{one}/reports/2").status_code == 404
    assert ines.post(f"{one}/decisions", {"kind": "none", "text": "x"}).status_code == 422
    assert ines.post(f"{room}/moves/close", {}).status_code == 200
    assert ines.post(f"{room}/updates", {"text": "x", "audience": "internal"}).status_code == 422


def test_customers_read_the_status_and_nothing_of_the_room(house: House, room: str) -> None:
    Caller(house.ines).post(f"{room}/updates", {"text": "We know of it.", "audience": "customers"})
    Caller(house.ines).post(f"{room}/updates", {"text": "The cable is cut.", "audience": "internal"})
    told = Caller(house.aoife).get("status").json()["running"]
    assert [(m["reference"], [t["text"] for t in m["texts"]]) for m in told] == [(None, ["We know of it."])]
    assert Caller(house.strand).get("status").json() == {"running": [], "lately": []}
    assert Caller(house.nobody).get("status").status_code == 403
    for path in ("room", "updates", "timeline"):
        assert Caller(house.aoife).get(f"{room}/{path}").status_code == 404
        assert Caller(house.mallory).get(f"{room}/{path}").status_code == 404
    greta = Caller(house.greta)
    assert greta.get(f"{room}/room").status_code == 200
    assert greta.put(f"{room}/roles/scribe").status_code == 403
