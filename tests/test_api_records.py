"""The API reads, opens, changes and moves records as people do on pages, within the same walls."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.api.models import IdempotentAnswer
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.incidents.models import Incident
from tests.api import Caller
from tests.cast import House

KINDS = declared()


@pytest.fixture
def ines(house: House) -> Caller:
    return Caller(house.ines)


@pytest.fixture
def incident(house: House) -> Record:
    return house.incident(impact=2, urgency=1, classification=house.category)


def followed(caller: Caller, path: str) -> list[dict[str, Any]]:
    """Every row of a list, page after page."""
    rows, next_path = [], path
    while next_path:
        answer = caller.get(next_path)
        assert answer.status_code == 200, answer.content
        rows += answer.json()["items"]
        found = re.search(r'<([^>]*)>; rel="next"', answer.get("Link", ""))
        next_path = found[1] if found else ""
    return rows


def test_a_record_is_opened_read_changed_and_moved(house: House, ines: Caller) -> None:
    opened = ines.post(
        "incidents",
        {
            "title": "Lifts stuck",
            "organization": house.brannock.pk,
            "requester": house.aoife.pk,
            "impact": 1,
            "urgency": 1,
            "service": house.service().pk,
            "classification": house.category.pk,
        },
    )
    assert opened.status_code == 201, opened.content
    found = opened.json()
    assert opened["Location"] == found["url"]
    assert opened["ETag"] == '"1"'
    assert found["priority"] == 1
    assert found["organization"] == {"id": house.brannock.pk, "name": "Brannock Hospitals"}
    assert found["service"]["reference"].startswith("SVC-")
    assert found["opened_at"].endswith("Z")

    read = ines.get(found["url"])
    assert read.json() == found
    assert ines.get(f"incidents/{found['reference']}").json() == found

    changed = ines.patch(found["url"], {"location": "Tower B", "owner": {"id": house.ines.pk, "name": "whoever"}}, **{"If-Match": '"1"'})
    assert changed.status_code == 200, changed.content
    assert (changed.json()["location"], changed.json()["owner"]["name"], changed["ETag"]) == ("Tower B", "Ines Okafor", '"2"')

    assert ines.post(found["url"] + "/moves/assign").json()["state"] == "assigned"
    entry = Entry.objects.filter(card__number=found["number"], kind="incident").latest("id")
    assert (entry.action, entry.channel, entry.actor_id) == ("assign", "api", house.ines.pk)


@pytest.mark.parametrize("record_type", KINDS, ids=lambda t: t.kind)
def test_every_kind_is_listed_and_read(house: House, record_type: Any) -> None:
    ruth = Caller(house.ruth)
    made = house.record(record_type)
    listed = ruth.get(record_type.plural_kind).json()["items"]
    assert made.number in [row["number"] for row in listed]
    read = ruth.get(f"{record_type.plural_kind}/{made.number}")
    assert read.status_code == 200
    assert ruth.get(f"{record_type.plural_kind}/{made.number}/moves").json()["items"]


@pytest.mark.parametrize("record_type", KINDS, ids=lambda t: t.kind)
def test_another_tenant_finds_nothing_and_a_reader_changes_nothing(house: House, record_type: Any) -> None:
    made = house.record(record_type)
    address = f"{record_type.plural_kind}/{made.number}"
    mallory, greta = Caller(house.mallory), Caller(house.greta)
    entries = Entry.objects.count()
    for way in ("", "/moves", "/comments", "/links", "/attachments", "/trail", "/checklist", "/efforts", "/tags", "/watchers", "/approvals"):
        assert mallory.get(address + way).status_code == 404, way
    assert mallory.get(record_type.plural_kind).json()["items"] == []
    assert mallory.patch(address, {"title": "Mine"}).status_code == 404
    move = record_type.workflow.moves[0].name
    assert mallory.post(f"{address}/moves/{move}").status_code == 404
    assert greta.patch(address, {"title": "Mine"}).status_code == 403
    assert greta.post(f"{address}/moves/{move}").status_code == 403
    assert greta.post(f"{address}/comments", {"text": "hm", "audience": "public"}).status_code == 403
    assert greta.put(f"{address}/tags", {"tags": ["x"]}).status_code == 403
    made.refresh_from_db()
    assert made.version == 1
    assert Entry.objects.count() == entries


def test_people_of_customers_see_their_own_and_nothing_internal(house: House, incident: Record) -> None:
    parts.comment(incident, text="public word", is_public=True, by=house.ines, channel="page")
    parts.comment(incident, text="internal word", is_public=False, by=house.ines, channel="page")
    parts.attach(incident, name="secret.txt", content=b"internal word", is_public=False, by=house.ines, channel="page")
    parts.spend(incident, minutes=5, by=house.ines, channel="page", note="internal word")
    ines, aoife, strand = Caller(house.ines), Caller(house.aoife), Caller(house.strand)
    address = f"incidents/{incident.number}"
    ines.patch(address, {"cause_code": "internal word", "location": "Ward 3"})
    for way in ("", "/comments", "/attachments", "/trail", "/links", "/moves", "/checklist", "/approvals"):
        answer = aoife.get(address + way)
        assert answer.status_code == 200, (way, answer.content)
        assert b"internal word" not in answer.content, way
        assert b"secret.txt" not in answer.content, way
    assert "cause_code" not in aoife.get(address).json()
    assert [c["text"] for c in aoife.get(address + "/comments").json()["items"]] == ["public word"]
    assert "note" not in {e["action"] for e in aoife.get(address + "/trail").json()["items"]}
    assert {"note", "spend"} <= {e["action"] for e in ines.get(address + "/trail").json()["items"]}
    assert aoife.get(address + "/efforts").status_code == aoife.get(address + "/tags").status_code == 403
    assert aoife.get("incidents?cause_code=x").status_code == 400
    assert strand.get(address).status_code == 404
    assert b"internal word" not in aoife.get("incidents?fields=cause_code,title").content
    assert aoife.post("incidents", {"title": "x", "cause_code": "y"}).status_code == 403


def test_if_match_holds_off_the_second_writer_and_shows_what_is_there(ines: Caller, incident: Record) -> None:
    address = f"incidents/{incident.number}"
    assert ines.patch(address, {"location": "A"}, **{"If-Match": '"1"'}).status_code == 200
    late = ines.patch(address, {"location": "B"}, **{"If-Match": '"1"'})
    assert late.status_code == 412
    assert (late["Content-Type"], late.json()["current"]["location"], late["ETag"]) == ("application/problem+json", "A", '"2"')
    assert ines.post(f"{address}/moves/cancel", {"note": "no"}, **{"If-Match": '"1"'}).status_code == 412
    incident.refresh_from_db()
    assert (incident.location, incident.state) == ("A", "new")  # type: ignore[attr-defined]


def test_what_is_known_already_is_not_sent_again(ines: Caller, incident: Record) -> None:
    address = f"incidents/{incident.number}"
    mark = ines.get(address)["ETag"]
    same = ines.get(address, **{"If-None-Match": mark})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", mark)
    assert ines.get(address, **{"If-None-Match": '"99"'}).status_code == 200


def test_a_creation_sent_twice_makes_one_record(house: House, ines: Caller) -> None:
    body, key = {"title": "Once", "organization": house.brannock.pk}, {"Idempotency-Key": "k-1"}
    first, again = ines.post("incidents", body, **key), ines.post("incidents", body, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (first["ETag"], first["Location"]) == (again["ETag"], again["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert Incident.objects.count() == 1
    other = ines.post("incidents", {**body, "title": "Other"}, **key)
    assert other.status_code == 422
    assert other.json()["type"].endswith("key-used")
    assert Caller(house.dev).post("incidents", body, **key).status_code == 201  # keys are one's own


def test_a_refused_creation_keeps_no_answer(ines: Caller) -> None:
    assert ines.post("incidents", {"title": ""}, **{"Idempotency-Key": "k"}).status_code == 422
    assert not IdempotentAnswer.objects.exists()
    assert ines.post("incidents", {"title": "Now right"}, **{"Idempotency-Key": "k"}).status_code == 201


def test_every_row_is_on_exactly_one_page(house: House, ines: Caller) -> None:
    numbers = [house.incident(f"Number {n}").number for n in range(11)]
    for order in ("-changed_at", "changed_at", "number", "-number", "-priority", "opened_at"):
        rows = followed(ines, f"incidents?limit=3&order={order}&fields=number")
        assert sorted(r["number"] for r in rows) == numbers, order
    pages = ines.get("incidents?limit=3&order=number")
    second = ines.get(re.search(r'<([^>]*)>; rel="next"', pages["Link"])[1])  # type: ignore[index]
    back = ines.get(re.search(r'<([^>]*)>; rel="prev"', second["Link"])[1])  # type: ignore[index]
    assert back.json() == pages.json()


def test_filters_mean_the_same_as_on_pages(house: House, ines: Caller) -> None:
    mine = house.incident("Mine", owner=house.ines, impact=1, urgency=1)
    team = house.incident("Team", team=house.desk, impact=3, urgency=3)
    loose = house.incident("Loose", organization=house.strand_housing, requester=None)
    expected = {
        "owner=me": {mine},
        "owner=none": {team, loose},
        "team=mine": {team},
        "priority=1": {mine},
        "priority=1,5": {mine, team},
        "priority=none&priority=1": {loose, mine},
        f"organization={house.strand_housing.pk}": {loose},
        "q=loo": {loose},
        f"q=INC-{team.number}": {team},
        "open=false": set(),
        "open=true": {mine, team, loose},
        "state=new": {mine, team, loose},
        "opened_after=2999-01-01": set(),
        "changed_before=2999-01-01": {mine, team, loose},
        f"requester={house.aoife.pk}": {mine, team},
    }
    for query, wanted in expected.items():
        assert {r["number"] for r in followed(ines, f"incidents?{query}")} == {r.number for r in wanted}, query


def test_custom_fields_are_set_shown_and_filtered_by(house: House, ines: Caller) -> None:
    for name, kind, is_public in (("floor", "choice", True), ("bed", "number", True), ("in", "text", False)):
        define_custom_field(
            tenant=house.tenant,
            kind="incident",
            name=name,
            label=name,
            type=kind,
            choices=["One", "Two"],
            is_public=is_public,
            by=house.ruth,
            channel="page",
        )
    made = ines.post(
        "incidents",
        {"title": "Bed", "organization": house.brannock.pk, "requester": house.aoife.pk, "extra": {"floor": "Two", "bed": 7, "in": "hush"}},
    ).json()
    house.incident("Other")
    for query in ("x_floor=Two", "x_bed=7", "x_in=hush"):
        assert [r["number"] for r in followed(ines, f"incidents?{query}")] == [made["number"]], query
    assert ines.get("incidents?x_floor=Nine").status_code == 400
    aoife = Caller(house.fresh(house.aoife))
    assert aoife.get(made["url"]).json()["extra"] == {"floor": "Two", "bed": 7}
    assert aoife.get("incidents?x_in=hush").status_code == 400
    assert aoife.post("incidents", {"title": "x", "extra": {"in": "y"}}).status_code == 422


def test_moves_are_offered_with_their_reasons(house: House, ines: Caller) -> None:
    incident = house.incident()
    offered = {m["name"]: m for m in ines.get(f"incidents/{incident.number}/moves").json()["items"]}
    assert offered["cancel"]["is_possible"]
    assert not offered["merge"]["is_possible"]
    assert offered["merge"]["reasons"]
    refused = ines.post(f"incidents/{incident.number}/moves/merge")
    assert (refused.status_code, refused.json()["reasons"]) == (409, offered["merge"]["reasons"])
    assert "may not" in Caller(house.greta).get(f"incidents/{incident.number}/moves").json()["items"][0]["reasons"][0]


def test_many_are_moved_at_once_each_for_itself(house: House, ines: Caller) -> None:
    good, bad = house.incident("Good"), house.incident("Bad")
    ines.post(f"incidents/{bad.number}/moves/cancel", {"note": "done"})
    told = ines.post("incidents/moves/cancel", {"numbers": [good.number, bad.number, 999], "note": "all"}).json()["items"]
    assert [row["is_done"] for row in told] == [True, False, False]
    assert [row.get("problem", {}).get("status") for row in told] == [None, 409, 404]
    assert ines.post("incidents/moves/cancel", {"numbers": list(range(1, 52))}).status_code == 422


def test_lists_leave_long_texts_out_until_they_are_asked_for(ines: Caller, house: House) -> None:
    house.incident(description="long")
    row = ines.get("incidents").json()["items"][0]
    assert "description" not in row
    assert set(ines.get("incidents?fields=description").json()["items"][0]) == {"number", "reference", "description"}


def test_the_kinds_are_told_as_they_are_declared(house: House, ines: Caller) -> None:
    told = {k["kind"]: k for k in ines.get("kinds").json()["items"]}
    incident = type_named("incident")
    assert told["incident"]["columns"] == list(incident.columns)
    assert [f["name"] for f in told["incident"]["fields"]] == list(incident.fields)
    assert "assignment" not in told
    hers = next(k for k in Caller(house.aoife).get("kinds").json()["items"] if k["kind"] == "incident")
    assert "cause_code" not in [f["name"] for f in hers["fields"]]


def test_lists_and_reads_cost_the_same_however_many_rows_there_are(house: House, ines: Caller, django_assert_max_num_queries: Any) -> None:
    service = house.service()
    for number in range(12):
        house.incident(f"Number {number}", owner=house.ines, service=service)
    with django_assert_max_num_queries(4):
        ines.get("incidents?limit=1")
    with django_assert_max_num_queries(4):
        assert len(ines.get("incidents?limit=50").json()["items"]) == 12
    with django_assert_max_num_queries(4):
        ines.get("incidents/1")


def statements(act: Any) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        assert act().status_code == 201
    return [q["sql"] for q in seen.captured_queries if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]


def test_opening_takes_few_statements(house: House, ines: Caller) -> None:
    # Reported by the caller, so that nobody is to be told; a notice costs its own statements.
    body = {
        "title": "Costly",
        "organization": house.brannock.pk,
        "requester": house.ines.pk,
        "service": house.service().pk,
        "impact": 2,
        "urgency": 2,
        "classification": house.category.pk,
    }
    ines.post("incidents", body)
    said = statements(lambda: ines.post("incidents", body))
    assert len(said) <= 16, "\n".join(said)
    said = statements(lambda: ines.post("incidents", body, **{"Idempotency-Key": "one"}))
    assert len(said) <= 18, "\n".join(said)


def test_search_finds_over_all_kinds_within_the_walls(house: House) -> None:
    for number in range(3):
        house.incident(f"Tablet {number}", cause_code="negligence")
    ines = Caller(house.ines)
    found = ines.get("search?q=tablet&limit=2")
    assert [hit["title"] for hit in found.json()["items"]] == ["Tablet 2", "Tablet 1"]
    assert 'rel="next"' in found["Link"]
    assert ines.get("search?q=INC-1").json()["jump"]["reference"] == "INC-1"
    assert ines.get("search?q=negligence").json()["items"]
    for person in (house.aoife, house.maeve, house.mallory, house.nobody):
        assert Caller(person).get("search?q=negligence").json()["items"] == []
    assert Caller(house.mallory).get("search?q=INC-1").json()["jump"] is None
    assert ines.get("search?q=tablet&cursor=x").status_code == 400
