"""What helps while somebody writes, and around it: similar ones, known answers, kinds of the conversation, time spent, the menus of rows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Attachment, Effort, Link
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.search.alike import alike, telling_words
from plimsoll.kernel.ui.reading_pages import PrintPage
from plimsoll.resolution.incidents.models import Incident
from tests.cast import House

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return client


def asked(person: Person, address: str) -> dict[str, list[str]]:
    answer = signed_in(person).get(address, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.content
    return {group["title"]: [item["ref"] for item in group["items"]] for group in answer.json()["groups"]}


def article(house: House, title: str, *, is_published: bool = True, **values: Any) -> Any:
    due = now().date() + timedelta(days=90)
    given = {"body": "As it was done before.", "owner": house.ines, "review_due_date": due} | values
    made = open_record(type_named("article"), by=house.ines, channel="page", title=title, **given)
    return move(move(made, "submit", by=house.ines, channel="page"), "publish", by=house.dev, channel="page") if is_published else made


def test_the_longest_words_tell_most() -> None:
    assert telling_words("The Wi-Fi on ward 4 drops tablets and tablets again") == ["tablets", "again", "drops", "ward"]
    assert telling_words("an it of") == []


def test_those_alike_in_most_words_come_first_then_those_of_the_same_service(house: House) -> None:
    wifi, mail = house.service("Wi-Fi"), house.service("Mail")
    far, near = house.incident("Tablets offline", service=mail), house.incident("Tablets offline", service=wifi)
    best = house.incident("Tablets offline since update")
    house.incident("Printer jams")
    found = alike(house.fresh(house.ines), "Tablets offline after the update", kinds=["incident"], service=wifi.pk)
    assert [card.pk for card in found] == [best.pk, near.pk, far.pk] or [card.pk for card in found][:1] == [best.pk]


def test_what_is_still_written_answers_nothing(house: House) -> None:
    article(house, "What to do when tablets drop off", is_published=False)
    assert asked(house.ines, "/incidents/alike/?q=Tablets+drop+again") == {}


def test_while_a_new_one_is_written_similar_ones_and_answers_are_offered(house: House) -> None:
    same, known = house.incident("Tablets drop off Wi-Fi"), article(house, "What to do when tablets drop off")
    assert asked(house.ines, "/incidents/alike/?q=Tablets+drop+again") == {"Known answers": [known.reference], "Similar ones": [same.reference]}
    assert asked(house.ines, "/incidents/alike/?q=of") == {}
    page = signed_in(house.ines).get("/incidents/new/").content.decode()
    assert 'data-alike="/incidents/alike/"' in page
    sent = {"title": "Tablets drop", "uses": known.reference, "organization": house.brannock.pk}
    assert signed_in(house.ines).post("/incidents/new/", sent).status_code == 302
    made = Incident.objects.get(title="Tablets drop")
    assert Link.objects.get(source=made.pk).meaning == "uses"


def test_nobody_is_offered_what_they_may_not_see(house: House) -> None:
    house.incident("Tablets drop off Wi-Fi")
    theirs = house.incident("Tablets drop at Strand", organization=house.strand_housing, requester=house.strand)
    article(house, "Tablets drop: an internal draft")
    assert asked(house.strand, "/incidents/alike/?q=Tablets+drop") == {"Similar ones": [theirs.reference]}
    assert asked(house.mallory, "/incidents/alike/?q=Tablets+drop") == {}
    assert signed_in(house.strand).get(f"/incidents/{theirs.number - 1}/alike/").status_code == 404


def test_an_answer_is_used_with_one_act_also_without_script(house: House) -> None:
    record, known = house.incident("Tablets drop off Wi-Fi"), article(house, "What to do when tablets drop off")
    client = signed_in(house.ines)
    page = client.get(f"/incidents/{record.number}/alike/").content.decode()
    assert "Use it" in page and known.title in page
    assert client.post(f"/incidents/{record.number}/links/", {"meaning": "uses", "target": known.reference}).status_code == 302
    again = client.get(f"/incidents/{record.number}/alike/").content.decode()
    assert "Used" in again and "Use it" not in again
    assert "Nothing like it" in client.get(f"/incidents/{house.incident('Lift').number}/alike/").content.decode()


def test_the_conversation_shows_one_kind_alone(house: House) -> None:
    record = house.incident(description="At first.")
    parts.comment(record, text="Said to her.", is_public=True, by=house.ines, channel="page")
    parts.comment(record, text="Among ourselves.", is_public=False, by=house.ines, channel="page")
    parts.tag(record, ["ward"], by=house.ines, channel="page")
    here = f"/incidents/{record.number}/"

    def shows(person: Person, kind: str) -> list[bool]:
        page = signed_in(person).get(f"{here}?show={kind}").content.decode()
        return [text in page for text in ("Said to her.", "Among ourselves.", "tagged it")]

    assert shows(house.ines, "") == [True, True, True]
    assert shows(house.ines, "messages") == [True, False, False]
    assert shows(house.ines, "notes") == [False, True, False]
    assert shows(house.ines, "acts") == [False, False, True]
    assert shows(house.aoife, "notes") == [True, False, False], "outsiders have no such kind, and see what is theirs"


def test_the_whole_conversation_is_printed_and_where_it_is_not_the_paper_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    record = house.incident()
    for n in range(55):
        parts.comment(record, text=f"Message {n};", is_public=True, by=house.ines, channel="page")
    client, here = signed_in(house.ines), f"/incidents/{record.number}/"
    assert "Message 0;" not in client.get(here).content.decode()
    paper = client.get(f"{here}print/").content.decode()
    assert all(f"Message {n};" in paper for n in range(55)) and "are printed here" not in paper
    monkeypatch.setattr(PrintPage, "most", 20)
    paper = client.get(f"{here}print/").content.decode()
    assert "Message 0;" not in paper and "Only the last 20 messages and acts are printed here." in paper and 'href="?before=' in paper


def test_time_spent_goes_along_with_a_reply_or_nothing_does(house: House) -> None:
    record = house.incident()
    client = signed_in(house.ines)
    here = f"/incidents/{record.number}/"
    assert client.post(f"{here}comments/", {"mode": "public", "text": "Done.", "minutes": "25"}).status_code == 302
    assert Effort.objects.get().minutes == 25
    wrong = client.post(f"{here}comments/", {"mode": "public", "text": "Keep me", "minutes": "an hour"})
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "whole minutes" in page and "Keep me" in page and 'value="an hour"' in page
    assert record.card.comments.count() == 1
    assert 'name="minutes"' not in signed_in(house.aoife).get(here).content.decode()


def test_the_files_of_a_refused_reply_wait_for_it_and_go_along_when_it_is_sent_again(house: House) -> None:
    record = house.incident()
    here = f"/incidents/{record.number}/"
    sent = {
        "mode": "public",
        "text": "See the picture.",
        "minutes": "12,5",
        "files": [SimpleUploadedFile("scréen.png", b"x"), SimpleUploadedFile("log.txt", b"y")],
    }
    assert 'pattern="' in signed_in(house.ines).get(here).content.decode(), "the browser refuses first, and keeps the files"
    refused = signed_in(house.ines).post(f"{here}comments/", sent)
    page = refused.content.decode()
    assert refused.status_code == 422 and "These go along:" in page and "scréen.png" in page and "log.txt" in page
    marks = re.findall(r'name="held" value="([^"]+)" checked', page)
    assert len(marks) == 2 and not Attachment.objects.exists()
    plain = signed_in(house.ines).post(f"{here}comments/", {"mode": "public", "text": "x", "minutes": "a"}).content.decode()
    assert "These go along" not in plain
    signed_in(house.ines).post(f"{here}comments/", {**sent, "minutes": "12", "files": [], "held": marks[:1]})
    assert [a.name for a in Attachment.objects.filter(card=record.card)] == ["scréen.png"], "the one that was unticked stays behind"


def test_a_row_has_the_acts_of_its_page_in_a_menu_and_as_a_page(house: House) -> None:
    record = house.incident()
    client = signed_in(house.ines)
    rows = client.get("/incidents/?open=").content.decode()
    assert f'href="/incidents/{record.number}/acts/" data-row-menu' in rows and 'data-cell="owner"' in rows
    part = client.get(f"/incidents/{record.number}/acts/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    for said in ("Change “With”…", "Merge with another…", "Assign…", f'data-copy="{record.reference}"', "Copy as Markdown", "data-edit-field"):
        assert said in part, said
    assert "<html" in client.get(f"/incidents/{record.number}/acts/").content.decode()
    assert signed_in(house.strand).get(f"/incidents/{record.number}/acts/").status_code == 404
    outside = signed_in(house.aoife).get(f"/incidents/{record.number}/acts/", headers={"HX-Request": "true"}).content.decode()
    assert "Merge" not in outside and "Change" not in outside and "Copy the link" in outside


def test_the_clock_stands_at_the_top_for_narrow_screens(house: House) -> None:
    from plimsoll.agreements.levels.tests.test_levels import agreed  # noqa: PLC0415

    agreed(house, house.office_hours)
    record = house.incident(by=house.fresh(house.ruth))
    assert 'class="clock-line"' in signed_in(house.ines).get(f"/incidents/{record.number}/").content.decode()


def test_linked_records_are_cards_with_state_owner_and_due_added_by_number_or_address(house: House) -> None:
    from plimsoll.agreements.levels.tests.test_levels import agreed  # noqa: PLC0415

    agreed(house, house.office_hours)
    record = house.incident()
    other, third = house.incident("The switch", by=house.fresh(house.ruth), owner=house.dev), house.incident("The router")
    client = signed_in(house.ines)
    here = f"/incidents/{record.number}/"
    assert client.post(f"{here}links/", {"meaning": "caused by", "target": other.reference}).status_code == 302
    assert (
        client.post(f"{here}links/", {"meaning": "relates to", "target": f"https://desk.example/incidents/{third.number}/?tab=files"}).status_code
        == 302
    )
    page = client.get(here).content.decode()
    assert "Caused by. New · Dev Chauhan · due " in page and "Relates to. New" in page
    assert client.post(f"{here}links/", {"meaning": "relates to", "target": "INC-99999"}).status_code == 422


def test_an_open_record_hears_when_what_it_is_linked_to_changes(house: House) -> None:
    one, other = house.incident(), house.incident(by=house.dev)
    client = signed_in(house.ines)

    def linked(person: Client) -> str:
        return str(person.get(f"/incidents/{one.number}/live/?seen=0").json()["linked"])

    assert linked(client) == ""
    parts.link(one, "relates to", other.card, by=house.ines, channel="page")
    first = linked(client)
    assert first and first == linked(client)
    amend(other, by=house.dev, channel="page", owner=house.dev)
    assert linked(client) not in ("", first)


def test_the_notice_of_somebody_faster_tells_people_outside_nothing_internal(house: House) -> None:
    define_custom_field(
        tenant=house.tenant, kind="incident", name="blame", label="Blame", type="text", is_public=False, by=house.ruth, channel="page"
    )
    incident = house.incident("Ward tablets")
    incident = amend(incident, by=house.ines, channel="page", team=house.field)
    seen = incident.version
    amend(incident, by=house.ines, channel="page", cause_code="changed", title="Ward tablets, all", extra={"blame": "The night shift"})
    browser = Client()
    browser.force_login(house.sam)
    answer = browser.post(f"/incidents/{incident.number}/edit/?field=title", {"field": "title", "title": "Mine", "version": seen})
    page = answer.content.decode()
    assert "Ward tablets, all" in page
    assert "night shift" not in page and "Blame" not in page and "Cause" not in page
    browser.force_login(house.dev)
    assert "night shift" in browser.post(f"/incidents/{incident.number}/edit/", {"title": "Mine", "version": seen}).content.decode()
