"""Decisions, muting, redaction and export, as people meet them on the pages of any record type."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.approvals.operations import Asked, ask, decide
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.trail.models import Entry
from tests.cast import House

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return client


def cost(fetch: Callable[[], object]) -> int:
    fetch()
    with CaptureQueriesContext(connection) as queries:
        fetch()
    return len(queries)


def asked(house: House, incident: Any, *steps: Asked) -> Any:
    return ask(incident, question="May we stop it?", steps=steps or [Asked("Lead", people=[house.dev])], by=house.fresh(house.ines), channel="page")


# --- Decisions -------------------------------------------------------------------------------------------------


def test_the_head_says_on_whom_it_waits_and_who_may_decides_there(house: House) -> None:
    incident = house.incident()
    here = f"/incidents/{incident.number}/"
    before = signed_in(house.ines).get(here).content.decode()
    assert "Ask for a decision…" in before and "waits for a decision" not in before
    approval = asked(house, incident)
    page = signed_in(house.ines).get(here).content.decode()
    assert "waits for a decision by Dev Chauhan" in page and f"yes-{approval.pk}" not in page and "Ask for a decision…" not in page
    theirs = signed_in(house.dev).get(here).content.decode()
    assert f'value="yes-{approval.pk}"' in theirs and f'value="no-{approval.pk}"' in theirs
    decide(approval, is_yes=True, by=house.fresh(house.dev), channel="page")
    after = signed_in(house.dev).get(here).content.decode()
    assert "Dev Chauhan said yes." in after and "waits for a decision" not in after


def test_a_team_and_a_word_may_decide_and_see_their_buttons(house: House) -> None:
    by_team, by_word = house.incident("One"), house.incident("Two")
    team = asked(house, by_team, Asked("Network", team=house.network))
    word = asked(house, by_word, Asked("Whoever may", word="service:retire"))
    assert f"yes-{team.pk}" in signed_in(house.dev).get(f"/incidents/{by_team.number}/").content.decode()
    assert f"yes-{team.pk}" not in signed_in(house.ruth).get(f"/incidents/{by_team.number}/").content.decode()
    assert f"yes-{word.pk}" in signed_in(house.ruth).get(f"/incidents/{by_word.number}/").content.decode()
    assert f"yes-{word.pk}" not in signed_in(house.dev).get(f"/incidents/{by_word.number}/").content.decode()


def test_outsiders_see_the_decisions_that_they_are_asked_and_no_others(house: House) -> None:
    inner, outer = house.incident("Inner"), house.incident("Outer")
    asked(house, inner)
    approval = asked(house, outer, Asked("Customer", people=[house.aoife]))
    client = signed_in(house.aoife)
    for tail in ("", "approvals/"):
        page = client.get(f"/incidents/{inner.number}/{tail}").content.decode()
        assert "May we stop it?" not in page and "waits for a decision" not in page, tail
    assert f"yes-{approval.pk}" in client.get(f"/incidents/{outer.number}/").content.decode()


def test_decisions_cost_the_same_however_many_there_were(house: House) -> None:
    incident = house.incident()
    client = signed_in(house.ines)
    here = f"/incidents/{incident.number}/"

    def one_more(number: int) -> None:
        steps = [Asked(f"Step {n}", people=[house.dev, house.ruth]) for n in range(number)]
        decide(asked(house, incident, *steps), is_yes=False, by=house.fresh(house.dev), channel="page", reason="No.")

    one_more(1)
    first = cost(lambda: client.get(here))
    one_more(2)
    one_more(3)
    assert cost(lambda: client.get(here)) == first
    assert first <= 32


# --- Muting ----------------------------------------------------------------------------------------------------


def test_one_is_told_no_more_and_again(house: House) -> None:
    incident = house.incident(owner=house.ines)
    client = signed_in(house.ines)
    here = f"/incidents/{incident.number}/"
    assert "Tell me no more of it" in client.get(here).content.decode()
    client.post(f"{here}mute/", {"mute": "1"})
    assert "Tell me of it again" in client.get(here).content.decode()
    Notice.objects.all().delete()
    parts.comment(incident, text="Hello", is_public=True, by=house.fresh(house.dev), channel="page")
    assert not Notice.objects.filter(person=house.ines).exists()
    client.post(f"{here}mute/", {"mute": "0"})
    parts.comment(incident, text="Hello", is_public=True, by=house.fresh(house.dev), channel="page")
    assert Notice.objects.filter(person=house.ines).exists()
    assert signed_in(house.strand).post(f"{here}mute/").status_code == 404


# --- Redaction -------------------------------------------------------------------------------------------------


def test_words_are_taken_out_by_order_and_the_number_typed(house: House) -> None:
    incident = house.incident(description="Her name is Rose")
    said = parts.comment(incident, text="Rose rang again", is_public=True, by=house.fresh(house.ines), channel="page")
    client, here = signed_in(house.ruth), f"/incidents/{incident.number}/redact/"
    assert here in client.get(f"/incidents/{incident.number}/").content.decode()
    assert "Rose rang again" in client.get(here).content.decode()
    chosen = {"fields_": ["description"], "comments": [said.pk], "reason": "Order 7 of the data protection officer"}
    wrong = client.post(here, {**chosen, "confirm": "INC-0"})
    assert wrong.status_code == 422 and "This is not its number" in wrong.content.decode() and "Order 7" in wrong.content.decode()
    nothing = client.post(here, {"reason": "Order 7", "confirm": incident.reference})
    assert nothing.status_code == 422 and "Say what is to be redacted." in nothing.content.decode()
    assert client.post(here, {**chosen, "confirm": incident.reference}).status_code == 302
    page = client.get(f"/incidents/{incident.number}/").content.decode()
    assert "Rose" not in page and Comment.objects.get(pk=said.pk).redacted_at is not None
    assert Entry.objects.filter(card=incident.pk, action="redact").count() == 1


def test_walls_of_redaction(house: House) -> None:
    here = f"/incidents/{house.incident().number}/redact/"
    for person in (house.mallory, house.strand, house.nobody):
        assert signed_in(person).get(here).status_code == 404
    for person in (house.aoife, house.greta):
        assert signed_in(person).get(here).status_code == 403
        assert signed_in(person).post(here, {"reason": "x"}).status_code == 403


# --- Export ----------------------------------------------------------------------------------------------------


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_list_leaves_as_it_is_filtered_in_three_formats(house: House) -> None:
    house.incident("=1+1", owner=house.ines)
    house.incident("Telephone", owner=house.dev)
    client = signed_in(house.ines)
    assert "/incidents/export/?" in client.get("/incidents/").content.decode()
    asked_for = f"/incidents/export/?open=true&owner={house.ines.pk}"
    page = client.get(asked_for).content.decode()
    assert "<em>With</em> Ines Okafor" in page and 'name="owner"' in page
    table = client.get(f"{asked_for}&format=csv")
    assert table["Content-Disposition"].endswith('.csv"') and "attachment" in table["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(body(table).decode())))
    assert [row["title"] for row in rows] == ["'=1+1"], "no spreadsheet computes it"
    sheet = load_workbook(io.BytesIO(body(client.get(f"{asked_for}&format=xlsx")))).active
    assert [c.value for c in sheet[2]][1] == "'=1+1" and sheet.max_row == 2
    lines = [json.loads(line) for line in body(client.get("/incidents/export/?open=&format=jsonl&history=1")).splitlines()]
    assert [line["title"] for line in lines] == ["=1+1", "Telephone"] and lines[0]["trail"][0]["action"] == "open"


def test_an_export_needs_its_word_and_holds_what_one_sees(house: House) -> None:
    theirs, other = (
        house.incident("Ours", cause_code="secret-cause"),
        house.incident("Not hers", organization=house.strand_housing, requester=house.strand),
    )
    assert signed_in(house.aoife).get("/incidents/export/").status_code == 403
    assert "export/" not in signed_in(house.aoife).get("/incidents/").content.decode()
    Grant.objects.create(tenant=house.tenant, person=house.aoife, words=["export:run"], role_name="Exporter", started_at=theirs.opened_at)
    parts.comment(theirs, text="Psst", is_public=False, by=house.fresh(house.ines), channel="page")
    for form in ("csv", "jsonl"):
        text = body(signed_in(house.aoife).get(f"/incidents/export/?open=&format={form}")).decode()
        assert "Ours" in text
        for secret in (other.title, "Psst", "secret-cause", "cause_code"):
            assert secret not in text, (form, secret)
    assert b"Ours" not in body(signed_in(house.mallory).get("/incidents/export/?open=&format=csv"))


def test_a_wrong_format_or_filter_is_a_sentence(house: House) -> None:
    client = signed_in(house.ines)
    assert "is not a format" in client.get("/incidents/export/?format=doc").content.decode()
    wrong = client.get("/incidents/export/?state=bogus&format=csv")
    assert wrong.status_code == 422 and "is not one of" in wrong.content.decode()
