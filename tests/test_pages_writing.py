"""New, edit, move, bulk and parts from pages: refused writes show what was typed, and nothing happened."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.models import Comment, Link, Record
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.resolution.incidents.models import Incident
from tests.cast import House, build_house
from tests.test_pages_reading import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    forget_all()
    return build_house()


def again(record: Record) -> Incident:
    return Incident.objects.get(pk=record.pk)


def form_of(client: Client, address: str) -> dict[str, str]:
    """What a browser without script would send of a form as it came."""
    page = client.get(address).content.decode()
    form = re.search(r'<form class="form"[^>]*method="post".*?</form>', page, re.S)
    assert form, page
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            sent[name[1]] = value[1] if value else ""
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form[0], re.S):
        sent[name] = inside.strip()
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[0], re.S):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', inside)
        sent[name] = chosen[1] if chosen else ""
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def test_a_customer_reports_with_names_typed_and_no_script(house: House) -> None:
    client = signed_in(house.aoife)
    answer = client.post("/incidents/new/", {"title": "No Wi-Fi", "description": "Since eight."})
    made = Incident.objects.get()
    assert answer["Location"] == f"/incidents/{made.number}/"
    assert (made.requester_id, made.organization_id) == (house.aoife.pk, house.brannock.pk)


def test_an_agent_opens_one_for_a_customer_by_exact_names(house: House) -> None:
    service = house.service()
    amend(service, by=house.ruth, channel="page", title="Network")
    answer = signed_in(house.ines).post(
        "/incidents/new/",
        {
            "title": "No Wi-Fi",
            "organization_typed": "brannock hospitals",
            "requester_typed": "Aoife Brennan",
            "service_typed": "network",
            "impact": "2",
            "urgency": "1",
        },
    )
    assert answer.status_code == 302
    made = Incident.objects.get()
    assert (made.organization_id, made.requester_id, made.service_id, made.priority) == (house.brannock.pk, house.aoife.pk, service.pk, 2)


def test_what_a_customer_rings_about_is_filed_for_the_customer(house: House) -> None:
    """Nobody at the desk types the organisation of somebody who is named already; our own is for our own people only."""
    client = signed_in(house.ines)
    sent = form_of(client, "/incidents/new/")
    assert sent["organization_typed"] == ""
    client.post("/incidents/new/", {**sent, "title": "No Wi-Fi", "requester_typed": "Aoife Brennan"})
    assert Incident.objects.get().organization_id == house.brannock.pk
    client.post("/incidents/new/", {**sent, "title": "Printer of the desk"})
    assert Incident.objects.get(title="Printer of the desk").organization_id == house.ines.organization_id


def test_similar_ones_are_offered_right_under_what_is_written(house: House) -> None:
    page = signed_in(house.ines).get("/incidents/new/").content.decode()
    assert page.index('name="description"') < page.index("data-alike=") < page.index('name="requester_typed"')


def test_a_refused_form_keeps_every_word_and_names_the_field(house: House) -> None:
    answer = signed_in(house.ines).post(
        "/incidents/new/", {"title": "", "description": "A long story", "organization_typed": "Nowhere Ltd", "service_typed": "Nothing"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and not Incident.objects.exists()
    assert "A long story" in page and "Nowhere Ltd" in page and "data-errors" in page and 'aria-invalid="true"' in page


def test_who_may_not_open_is_told_why(house: House) -> None:
    assert signed_in(house.greta).get("/incidents/new/").status_code == 403
    assert signed_in(house.greta).post("/incidents/new/", {"title": "x"}).status_code in (403, 422)
    assert not Incident.objects.exists()


def test_an_edit_changes_what_was_changed_and_nothing_else(house: House) -> None:
    incident = house.incident(impact=2, urgency=2)
    client = signed_in(house.ines)
    sent = form_of(client, f"/incidents/{incident.number}/edit/")
    assert client.post(f"/incidents/{incident.number}/edit/", {**sent, "impact": "1"}).status_code == 302
    now = again(incident)
    assert (now.impact, now.priority, now.is_priority_overridden, now.title) == (1, 2, False, incident.title)


def test_a_reader_edits_nothing(house: House) -> None:
    incident = house.incident()
    answer = signed_in(house.greta).post(f"/incidents/{incident.number}/edit/", {"title": "Mine", "version": "1"})
    assert answer.status_code == 403 and again(incident).title == incident.title


def test_one_property_is_edited_in_place(house: House) -> None:
    incident = house.incident()
    client = signed_in(house.ines)
    address = f"/incidents/{incident.number}/edit/?field=team"
    opened = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "edit-field" in opened and "<html" not in opened and 'name="title"' not in opened
    answer = client.post(address, {"team_typed": "Network", "team": str(house.network.pk), "version": "1"}, headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true" and again(incident).team_id == house.network.pk


def test_two_at_once_see_both_values_and_choose(house: House) -> None:
    incident = house.incident(impact=2, urgency=2, location="Ward 3")
    client = signed_in(house.ines)
    sent = form_of(client, f"/incidents/{incident.number}/edit/")
    amend(incident, by=house.dev, channel="page", owner=house.dev, location="Ward 4")
    answer = client.post(f"/incidents/{incident.number}/edit/", {**sent, "location": "Ward 5", "symptom": "No light"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "Dev Chauhan changed this meanwhile" in page
    assert "Ward 4" in page and "Ward 5" in page and again(incident).location == "Ward 4"
    carried = form_of(client_page(page), "")
    fields = re.findall(r'name="field" value="([^"]+)"', page)
    assert sorted(fields) == ["location", "symptom"]
    done = client.post(f"/incidents/{incident.number}/edit/", {**carried, "field": fields, "take_location": "theirs"})
    now = again(incident)
    assert done.status_code == 302 and (now.location, now.symptom, now.owner_id) == ("Ward 4", "No light", house.dev.pk)


class client_page:
    def __init__(self, page: str) -> None:
        self.page = page

    def get(self, address: str) -> object:
        return type("Answer", (), {"content": self.page.encode()})


def test_a_move_asks_its_fields_and_refuses_with_reasons(house: House) -> None:
    incident = house.incident(impact=2, urgency=2)
    client = signed_in(house.ines)
    answer = client.post(f"/incidents/{incident.number}/moves/assign/", {"team_typed": "Network", "version": "1"})
    assert answer.status_code == 422 and "Before it is assigned it needs" in answer.content.decode() and again(incident).state == "new"
    service = house.service()
    answer = client.post(
        f"/incidents/{incident.number}/moves/assign/",
        {
            "team_typed": "Network",
            "service": service.pk,
            "service_typed": service.title,
            "classification": house.category.pk,
            "classification_typed": "Network",
            "version": "1",
            "impact": "2",
            "urgency": "2",
        },
    )
    assert answer.status_code == 302 and again(incident).state == "assigned"


def test_a_move_that_needs_a_note_is_not_made_without(house: House) -> None:
    incident = house.incident()
    client = signed_in(house.ines)
    assert client.post(f"/incidents/{incident.number}/moves/cancel/", {"version": "1"}).status_code == 422
    assert again(incident).state == "new"
    assert client.post(f"/incidents/{incident.number}/moves/cancel/", {"version": "1", "note": "Reported twice"}).status_code == 302


def test_a_move_on_an_old_page_keeps_what_was_typed(house: House) -> None:
    incident = house.incident()
    amend(incident, by=house.dev, channel="page", location="Ward 4")
    answer = signed_in(house.ines).post(f"/incidents/{incident.number}/moves/cancel/", {"version": "1", "note": "Reported twice"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "Reported twice" in page and "Dev Chauhan" in page and again(incident).state == "new"


def test_a_field_that_a_state_requires_is_asked_by_the_move(house: House) -> None:
    define_custom_field(
        tenant=house.tenant, kind="incident", name="why_so", label="Why so", type="text", by=house.ruth, channel="page", required_in=["cancelled"]
    )
    incident = house.incident()
    client = signed_in(house.fresh(house.ines))
    assert "Why so" in client.get(f"/incidents/{incident.number}/moves/cancel/").content.decode()
    assert client.post(f"/incidents/{incident.number}/moves/cancel/", {"version": "1", "note": "x"}).status_code == 422
    answer = client.post(f"/incidents/{incident.number}/moves/cancel/", {"version": "1", "note": "x", "extra.why_so": "Because"})
    assert answer.status_code == 302 and again(incident).extra == {"why_so": "Because"}


def test_a_field_that_a_state_requires_is_asked_where_several_are_moved(house: House) -> None:
    define_custom_field(
        tenant=house.tenant, kind="incident", name="why_so", label="Why so", type="text", by=house.ruth, channel="page", required_in=["cancelled"]
    )
    has_one, has_none = house.incident(extra={"why_so": "Its own"}), house.incident()
    client, picked = signed_in(house.fresh(house.ines)), {"pick": [has_one.number, has_none.number], "confirmed": "1", "note": "x"}
    assert "Why so" in client.post("/incidents/moves/cancel/", {"pick": picked["pick"]}).content.decode()
    page = client.post("/incidents/moves/cancel/", picked).content.decode()
    assert again(has_one).state == "cancelled" and again(has_none).state == "new" and 'name="extra.why_so"' in page
    client.post("/incidents/moves/cancel/", picked | {"pick": [has_none.number], "extra.why_so": "Because"})
    assert again(has_none).state == "cancelled" and [again(i).extra["why_so"] for i in (has_one, has_none)] == ["Its own", "Because"]


def test_a_bulk_move_says_per_row_what_will_happen_and_what_did(house: House) -> None:
    able, ended = house.incident("One"), house.incident("Two")
    move(ended, "cancel", by=house.ines, channel="page", note="x")
    client = signed_in(house.ines)
    picked = {"pick": [able.number, ended.number]}
    choice = client.post("/incidents/bulk/", {**picked, "act": "move"}).content.decode()
    assert "1 of 2 can" in choice
    preview = client.post("/incidents/bulk/", {**picked, "act": "cancel"}).content.decode()
    assert "stays:" in preview and "Cancel 1 of 2" in preview and again(able).state == "new"
    assert client.post("/incidents/moves/cancel/", {**picked, "confirmed": "1"}).status_code == 422
    done = client.post("/incidents/moves/cancel/", {**picked, "confirmed": "1", "note": "Tidying up"}).content.decode()
    assert "1 of 2 done" in done and "stayed:" in done and again(able).state == "cancelled"


def test_a_bulk_assignment_reaches_only_what_one_may(house: House) -> None:
    incident = house.incident()
    page = (
        signed_in(house.ines).post("/incidents/assign/", {"pick": [incident.number], "confirmed": "1", "owner_typed": "Dev Chauhan"}).content.decode()
    )
    assert "1 of 1 done" in page and again(incident).owner_id == house.dev.pk
    other = house.incident("Other")
    signed_in(house.greta).post("/incidents/assign/", {"pick": [other.number], "confirmed": "1", "owner_typed": "Dev Chauhan"})
    signed_in(house.mallory).post("/incidents/assign/", {"pick": [other.number], "confirmed": "1", "owner_typed": "Dev Chauhan"})
    assert again(other).owner_id is None


def test_what_is_said_goes_where_it_was_meant(house: House) -> None:
    incident = house.incident()
    client = signed_in(house.ines)
    client.post(f"/incidents/{incident.number}/comments/", {"mode": "internal", "text": "Among us"})
    client.post(f"/incidents/{incident.number}/comments/", {"mode": "public", "text": "To you"})
    assert list(Comment.objects.order_by("id").values_list("text", "is_public")) == [("Among us", False), ("To you", True)]
    empty = client.post(f"/incidents/{incident.number}/comments/", {"mode": "public", "text": " "})
    assert empty.status_code == 422 and "Write something first." in empty.content.decode()
    refused = signed_in(house.aoife).post(f"/incidents/{incident.number}/comments/", {"mode": "internal", "text": "Let me in"})
    assert refused.status_code == 403 and Comment.objects.count() == 2


def test_records_are_linked_by_number_or_address(house: House) -> None:
    one, two, three = house.incident("One"), house.incident("Two"), house.incident("Three")
    client = signed_in(house.ines)
    client.post(f"/incidents/{one.number}/links/", {"meaning": "relates to", "target": two.reference.lower()})
    client.post(f"/incidents/{one.number}/links/", {"meaning": "parent of", "target": f"https://desk.example/incidents/{three.number}/"})
    assert set(Link.objects.values_list("meaning", "target_id")) == {("relates to", two.pk), ("parent of", three.pk)}
    wrong = client.post(f"/incidents/{one.number}/links/", {"meaning": "relates to", "target": "INC-99999"})
    assert wrong.status_code == 422 and "INC-99999" in wrong.content.decode()
    client.post(f"/incidents/{one.number}/links/", {"remove": str(Link.objects.first().pk)})  # type: ignore[union-attr]
    assert Link.objects.count() == 1


def test_checklist_tags_effort_and_watching_work_without_script(house: House) -> None:
    incident = house.incident()
    client, base = signed_in(house.ines), f"/incidents/{incident.number}/"
    client.post(f"{base}checklist/", {"text": "Call them"})
    item = incident.card.checklist.get()
    client.post(f"{base}checklist/", {"item": item.pk, "done": "1"})
    client.post(f"{base}tags/", {"tags": "Wifi, ward"})
    client.post(f"{base}efforts/", {"minutes": "45"})
    client.post(f"{base}watch/", {"watch": "1"})
    item.refresh_from_db()
    page = client.get(base).content.decode()
    assert item.done_at is not None and ">ward<" in page and ">wifi<" in page and "45 min" in page and "Stop watching" in page
    assert client.post(f"{base}efforts/", {"minutes": "much"}).status_code == 422


def test_more_than_fifty_are_moved_by_a_job(house: House) -> None:
    records = [house.incident(f"Number {n}") for n in range(51)]
    move(records[0], "cancel", by=house.ines, channel="page", note="x")
    answer = signed_in(house.ines).post("/incidents/moves/cancel/", {"pick": [r.number for r in records], "confirmed": "1", "note": "Tidying up"})
    assert answer.status_code == 302
    run_waiting()
    assert Incident.objects.filter(state="cancelled").count() == 51
    job = Job.objects.get(task="ui.bulk")
    assert job.state == "done" and job.result["done"] == 50 and list(job.result["stayed"]) == [records[0].reference]


def test_work_is_given_to_our_own_people_and_never_to_a_customer(house: House) -> None:
    client = signed_in(house.ines)
    assert "/choose/person/?who=work" in client.get(f"/incidents/{house.incident().number}/edit/?field=owner").content.decode()
    found = {row["label"] for row in client.get("/choose/person/?who=work").json()["results"]}
    assert house.dev.name in found and house.aoife.name not in found
    asked = {row["label"] for row in client.get("/choose/person/").json()["results"]}
    assert house.aoife.name in asked  # who reports something may be anybody


def test_what_was_chosen_lately_comes_first_and_never_round_a_wall(house: House) -> None:
    first, *_rest = signed_in(house.ines).get(f"/choose/person/?lately={house.dev.pk},{house.ines.pk}").json()["results"]
    assert (first["label"], first["group"]) == (house.dev.name, "Chosen lately")
    names = [row["label"] for row in signed_in(house.ines).get(f"/choose/person/?lately={house.dev.pk}").json()["results"]]
    assert names.count(house.dev.name) == 1 and names.count(house.ines.name) == 1
    told = {row["label"] for row in signed_in(house.aoife).get(f"/choose/person/?lately={house.dev.pk},x,-1,{10**30}").json()["results"]}
    assert house.dev.name not in told


def test_who_starts_the_work_is_proposed_for_it(house: House) -> None:
    record = house.incident(service=house.service(), impact=2, urgency=2, classification=house.category, team=house.desk)
    client = signed_in(house.ines)
    move(record, "assign", by=house.ines, channel="page")
    assert form_of(client, f"/incidents/{record.number}/moves/start/")["owner"] == str(house.ines.pk)
    client.post(f"/incidents/{record.number}/moves/start/", form_of(client, f"/incidents/{record.number}/moves/start/"))
    assert (again(record).state, again(record).owner_id) == ("in_progress", house.ines.pk)
