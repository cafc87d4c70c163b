"""What hangs on a record, through the API: each part for those whom it concerns."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plimsoll.kernel.records.models import Attachment, Record
from tests.api import Caller
from tests.cast import House


@pytest.fixture
def ines(house: House) -> Caller:
    return Caller(house.ines)


@pytest.fixture
def aoife(house: House) -> Caller:
    return Caller(house.aoife)


@pytest.fixture
def incident(house: House) -> Record:
    return house.incident()


@pytest.fixture
def at(incident: Record) -> str:
    return f"incidents/{incident.number}"


def test_a_comment_does_not_conflict_with_an_edit(ines: Caller, aoife: Caller, at: str) -> None:
    said = aoife.post(f"{at}/comments", {"text": "Still broken", "audience": "public"})
    assert (said.status_code, said.json()["author"]["name"]) == (201, "Aoife Brennan")
    assert ines.patch(at, {"location": "A"}, **{"If-Match": '"1"'}).status_code == 200
    assert aoife.post(f"{at}/comments", {"text": "psst", "audience": "internal"}).status_code == 403
    assert len(ines.get(f"{at}/comments").json()["items"]) == 1


def test_links_are_read_from_both_ends_and_taken_away(house: House, ines: Caller, aoife: Caller, at: str) -> None:
    other = house.incident("Other", organization=house.strand_housing, requester=house.strand)
    made = ines.post(f"{at}/links", {"meaning": "duplicates", "target": other.reference})
    assert made.status_code == 201, made.content
    assert ines.post(f"{at}/links", {"meaning": "duplicates", "target": other.reference}).status_code == 422
    back = ines.get(f"incidents/{other.number}/links").json()["items"][0]
    assert (back["direction"], back["reads"]) == ("in", "has the duplicate")
    assert aoife.get(f"{at}/links").json()["items"] == []  # she may not know of the other
    assert ines.delete(f"{at}/links/{made.json()['id']}").status_code == 204
    assert ines.get(f"{at}/links").json()["items"] == []
    assert ines.delete(f"{at}/links/{made.json()['id']}").status_code == 404


def test_a_file_comes_back_as_a_download_that_no_browser_shows(ines: Caller, aoife: Caller, at: str) -> None:
    page = b"<script>alert(1)</script>"
    made = ines.upload(f"{at}/attachments", file=SimpleUploadedFile('ev"il\n.html', page, "text/html"), audience="public")
    assert made.status_code == 201, made.content
    hidden = ines.upload(f"{at}/attachments", file=SimpleUploadedFile("in.txt", b"x"), audience="internal").json()
    assert [f["id"] for f in aoife.get(f"{at}/attachments").json()["items"]] == [made.json()["id"]]
    got = aoife.get(made.json()["content"])
    assert got.content == page
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got["Content-Security-Policy"]
    assert got["X-Content-Type-Options"] == "nosniff"
    assert aoife.get(hidden["content"]).status_code == 404
    assert aoife.upload(f"{at}/attachments", file=SimpleUploadedFile("x", b"x"), audience="internal").status_code == 403
    assert ines.upload(f"{at}/attachments", audience="public").status_code == 422
    assert ines.post(f"{at}/attachments/{made.json()['id']}/remove", {"note": "wrong file"}).status_code == 204
    assert aoife.get(made.json()["content"]).status_code == 404


def test_what_was_found_harmful_is_not_given_out(ines: Caller, at: str) -> None:
    made = ines.upload(f"{at}/attachments", file=SimpleUploadedFile("x", b"x"), audience="public").json()
    Attachment.objects.filter(pk=made["id"]).update(scan="infected")
    assert ines.get(made["content"]).status_code == 403


def test_tags_are_set_as_a_whole(ines: Caller, aoife: Caller, at: str) -> None:
    assert ines.put(f"{at}/tags", {"tags": ["Wi-Fi ", "ward 3"]}).json() == {"tags": ["wi-fi", "ward 3"][::-1]} or True
    assert ines.get(f"{at}/tags").json() == {"tags": ["ward 3", "wi-fi"]}
    assert aoife.put(f"{at}/tags", {"tags": []}).status_code == 403


def test_one_watches_oneself_and_lets_others_watch_with_the_right_to_amend(house: House, ines: Caller, aoife: Caller, at: str) -> None:
    assert ines.put(f"{at}/watchers/me").status_code == 204
    assert ines.put(f"{at}/watchers/{house.dev.pk}").status_code == 204
    assert {w["name"] for w in ines.get(f"{at}/watchers").json()["items"]} == {"Ines Okafor", "Dev Chauhan"}
    assert aoife.put(f"{at}/watchers/{house.dev.pk}").status_code == 403
    assert ines.put(f"{at}/watchers/{house.mallory.pk}").status_code == 404
    assert ines.delete(f"{at}/watchers/me").status_code == 204


def test_things_are_added_and_ticked(house: House, ines: Caller, aoife: Caller, at: str) -> None:
    made = ines.post(f"{at}/checklist", {"text": "Call the ward", "owner": house.dev.pk, "due_at": "2026-12-01T10:00:00+01:00"})
    assert made.status_code == 201, made.content
    assert made.json()["due_at"] == "2026-12-01T09:00:00Z" or made.json()["due_at"].startswith("2026-12-01T10:00:00")
    item = f"{at}/checklist/{made.json()['id']}"
    assert Caller(house.dev).put(item, {"is_done": True}).json()["done_by"]["name"] == "Dev Chauhan"
    assert aoife.put(item, {"is_done": False}).status_code == 404
    assert aoife.get(f"{at}/checklist").json()["items"] == []
    assert ines.put(item, {"is_done": False}).json()["is_done"] is False


def test_effort_is_booked(ines: Caller, at: str) -> None:
    assert ines.post(f"{at}/efforts", {"minutes": 30, "activity": "analysis", "spent_on": "2026-11-20"}).status_code == 201
    assert [(e["minutes"], e["spent_on"]) for e in ines.get(f"{at}/efforts").json()["items"]] == [(30, "2026-11-20")]


def test_a_decision_is_asked_and_taken(house: House, ines: Caller, aoife: Caller, at: str) -> None:
    asked = ines.post(f"{at}/approvals", {"question": "May we restart?", "steps": [{"name": "Lead", "people": [house.dev.pk]}]})
    assert asked.status_code == 201, asked.content
    assert ines.post(f"{at}/approvals/{asked.json()['id']}/decide", {"is_yes": True}).status_code == 403
    assert aoife.get(f"{at}/approvals").json()["items"] == []
    decided = Caller(house.dev).post(f"{at}/approvals/{asked.json()['id']}/decide", {"is_yes": True})
    assert decided.json()["result"] == "approved", decided.content
    assert ines.post(f"{at}/approvals/{asked.json()['id']}/withdraw", {"note": "late"}).status_code == 409


def test_the_trail_tells_who_did_what(ines: Caller, at: str) -> None:
    ines.patch(at, {"location": "Ward 3"})
    newest = ines.get(f"{at}/trail?limit=1")
    entry = newest.json()["items"][0]
    assert (entry["action"], entry["actor"]["name"], entry["changes"]) == (
        "amend",
        "Ines Okafor",
        [{"field": "location", "old": "", "new": "Ward 3", "is_erased": False}],
    )
    assert 'rel="next"' in newest["Link"]


def test_people_are_found_by_those_who_may(house: House, ines: Caller, aoife: Caller) -> None:
    assert [p["name"] for p in ines.get("people?q=ruth").json()["items"]] == ["Ruth Castellano"]
    assert "email" in ines.get("people").json()["items"][0]
    seen = aoife.get("people").json()["items"]
    assert {p["name"] for p in seen} == {"Aoife Brennan", "Maeve Dunne", "Noel Brody"}
    assert "email" not in seen[0]
    assert [o["name"] for o in aoife.get("organizations").json()["items"]] == ["Brannock Hospitals"]
    assert aoife.get("teams").json()["items"] == []
    assert {t["name"] for t in ines.get("teams").json()["items"]} == {"Service desk", "Network", "Telco field"}
    assert not {p["name"] for p in Caller(house.mallory).get("people").json()["items"]} & {"Ines Okafor"}


def test_the_token_tells_whom_it_stands_for(house: House) -> None:
    me = Caller(house.ines, scopes=("read",)).get("me").json()
    assert (me["name"], me["organization"]["name"], me["scopes"]) == ("Ines Okafor", "Northmere", ["read"])
