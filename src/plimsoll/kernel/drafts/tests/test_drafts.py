"""Drafts: kept for their writer alone, bounded, forgotten in the end, gone when sent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.drafts.models import Draft
from plimsoll.kernel.drafts.operations import MOST_CHARACTERS, MOST_DRAFTS, draft_of, draft_sent, forget_draft, keep_draft
from plimsoll.kernel.drafts.tasks import clear
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.roles.leaving import erase
from plimsoll.kernel.trail.models import Entry
from tests.cast import House
from tests.contracts import signed_in

pytestmark = pytest.mark.django_db
HERE = "/incidents/7/comments/"


def post(client: Client, place: str = HERE, values: object = None) -> object:
    return client.post("/drafts/", {"place": place, "values": json.dumps(values) if values is not None else ""})


def test_what_was_typed_comes_back_to_its_writer_and_to_nobody_else(house: House) -> None:
    ines = signed_in(house.ines)
    told = post(ines, values={"text": ["Half a sentence"], "mode": ["internal"]}).json()
    assert told["who"] == house.ines.pk and told["token"] and told["kept_at"]
    assert ines.get("/drafts/", {"place": HERE}).json()["values"] == {"text": ["Half a sentence"], "mode": ["internal"]}
    for who in ("dev", "ruth", "aoife", "mallory"):
        assert signed_in(getattr(house, who)).get("/drafts/", {"place": HERE}).json()["values"] is None
    assert not Entry.objects.filter(kind="draft").exists()


def test_it_outlives_the_session(house: House) -> None:
    client = signed_in(house.ines)
    post(client, values={"text": ["Before"]})
    client.logout()
    assert client.get("/drafts/", {"place": HERE}, headers={"Accept": "application/json"}).status_code == 401
    assert signed_in(house.ines).get("/drafts/", {"place": HERE}).json()["values"] == {"text": ["Before"]}


def test_without_a_session_nothing_is_kept_and_the_answer_is_no_sign_in_page(house: House) -> None:
    answer = Client().post("/drafts/", {"place": HERE, "values": "{}"}, headers={"Accept": "application/json"})
    assert answer.status_code == 401 and not Draft.objects.exists()


def test_a_page_of_somebody_else_keeps_nothing_in_ones_name(house: House) -> None:
    answer = signed_in(house.dev).post("/drafts/", {"place": HERE, "values": '{"text": ["x"]}', "who": str(house.ines.pk)})
    assert answer.status_code == 409 and answer.json()["who"] == house.dev.pk and not Draft.objects.exists()


@pytest.mark.parametrize("values", [[], "text", {"text": "no list"}, {"text": [1]}, {"text": ["\x00"]}, {"text": ["\ud83d"]}])
def test_what_is_no_form_is_refused(house: House, values: object) -> None:
    with pytest.raises(Faulty):
        keep_draft(person=house.ines, place=HERE, values=values)
    assert not Draft.objects.exists()


def test_what_is_no_json_is_refused(house: House) -> None:
    assert signed_in(house.ines).post("/drafts/", {"place": HERE, "values": "{"}).status_code == 422
    assert post(signed_in(house.ines), place="", values={"a": ["b"]}).status_code == 422
    assert post(signed_in(house.ines), place="x" * 201, values={"a": ["b"]}).status_code == 422


def test_drafts_are_bounded_in_size_and_number(house: House) -> None:
    with pytest.raises(Faulty, match="stays in your browser"):
        keep_draft(person=house.ines, place=HERE, values={"text": ["x" * MOST_CHARACTERS]})
    for n in range(MOST_DRAFTS + 5):
        keep_draft(person=house.ines, place=f"/{n}/", values={"text": [str(n)]}, at=now() + timedelta(seconds=n))
    keep_draft(person=house.dev, place="/1/", values={"text": ["Dev’s"]})
    assert Draft.objects.filter(person=house.ines).count() == MOST_DRAFTS
    assert draft_of(house.ines, "/0/") is None and draft_of(house.ines, f"/{MOST_DRAFTS + 4}/") is not None


def test_old_ones_are_forgotten(house: House) -> None:
    keep_draft(person=house.ines, place="/old/", values={"text": ["x"]}, at=now() - timedelta(days=31))
    keep_draft(person=house.ines, place="/new/", values={"text": ["x"]}, at=now() - timedelta(days=29))
    assert clear.call() == {"drafts": 1}
    assert [d.place for d in Draft.objects.all()] == ["/new/"]


def test_one_can_throw_ones_own_away(house: House) -> None:
    keep_draft(person=house.ines, place=HERE, values={"text": ["x"]})
    keep_draft(person=house.dev, place=HERE, values={"text": ["y"]})
    forget_draft(person=house.ines, place=HERE)
    assert draft_of(house.ines, HERE) is None and draft_of(house.dev, HERE) is not None


def test_what_was_sent_leaves_its_moment_only(house: House) -> None:
    keep_draft(person=house.ines, place=HERE, values={"text": ["x"]})
    draft_sent(person=house.ines, place=HERE)
    kept = draft_of(house.ines, HERE)
    assert kept is not None and kept.values == {} and kept.sent_at is not None


def test_a_comment_that_is_sent_ends_its_draft_and_a_refused_one_does_not(house: House) -> None:
    record = house.incident()
    place = f"/incidents/{record.number}/comments/"
    client = signed_in(house.ines)
    post(client, place, {"text": ["Hello"]})
    assert client.post(place, {"text": "  ", "mode": "public", "draft": place}).status_code == 422
    assert draft_of(house.ines, place).values == {"text": ["Hello"]}  # type: ignore[union-attr]
    assert client.post(place, {"text": "Hello", "mode": "public", "draft": place}).status_code == 302
    assert Comment.objects.get().text == "Hello"
    assert draft_of(house.ines, place).values == {}  # type: ignore[union-attr]


def test_the_same_sending_again_is_led_to_where_it_led_and_writes_nothing(house: House) -> None:
    record = house.incident()
    place = f"/incidents/{record.number}/comments/"
    client = signed_in(house.ines)
    post(client, place, {"text": ["Hello"]})
    sent = {"text": "Hello", "mode": "public", "draft": place, "sending": "a1"}
    first, again = client.post(place, sent), client.post(place, sent)
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert Comment.objects.count() == 1
    post(client, place, {"text": ["Hello"]})  # the same words once more, on purpose
    client.post(place, sent | {"sending": "b2"})
    assert Comment.objects.count() == 2
    signed_in(house.dev).post(place, sent | {"sending": "b2"})  # somebody else's is not known by another's name
    assert Comment.objects.count() == 3


def test_a_sending_that_arrives_while_the_first_is_written_writes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    record = house.incident()
    place = f"/incidents/{record.number}/comments/"
    client, again, meanwhile = signed_in(house.ines), signed_in(house.ines), []
    sent = {"text": "Hello", "mode": "public", "draft": place, "sending": "a1"}
    said = parts.comment

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if not meanwhile:  # the browser lost its patience, and sends the same again
            meanwhile.append(None)
            meanwhile[0] = again.post(place, sent)
        return said(*args, **kwargs)

    monkeypatch.setattr("plimsoll.kernel.ui.context.WAITS", (0.01,))
    monkeypatch.setattr("plimsoll.kernel.ui.parts_pages.parts.comment", slowly)
    first = client.post(place, sent)
    assert Comment.objects.count() == 1 and meanwhile[0].status_code == 302
    assert "Look for it before you send it again." in again.get(f"/incidents/{record.number}/").content.decode()
    assert client.post(place, sent)["Location"] == first["Location"] and Comment.objects.count() == 1


def test_a_refused_sending_may_be_sent_again_and_one_that_broke_is_looked_for_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    record = house.incident()
    place = f"/incidents/{record.number}/comments/"
    client = signed_in(house.ines)
    sent = {"text": "Hello", "mode": "public", "draft": place, "sending": "a1"}
    assert client.post(place, sent | {"text": " "}).status_code == 422
    assert draft_of(house.ines, place) is None  # nothing was typed there, so nothing is kept
    with monkeypatch.context() as broken:
        broken.setattr("plimsoll.kernel.ui.parts_pages.parts.comment", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            client.post(place, sent)
    monkeypatch.setattr("plimsoll.kernel.ui.context.WAITS", (0.01,))
    client.post(place, sent)  # the page of the fault, loaded again
    assert "Look for it before you send it again." in client.get(f"/incidents/{record.number}/").content.decode()
    assert not Comment.objects.exists(), "nobody knows whether it was written, so it is not written by itself"
    assert client.post(place, sent | {"sending": "b2"}).status_code == 302 and Comment.objects.count() == 1  # sent once more, on purpose


def test_nobody_ends_somebody_elses_draft(house: House) -> None:
    record = house.incident()
    place = f"/incidents/{record.number}/comments/"
    keep_draft(person=house.dev, place=place, values={"text": ["Dev’s"]})
    signed_in(house.ines).post(place, {"text": "Hello", "mode": "public", "draft": place})
    post(signed_in(house.ines), place)
    assert draft_of(house.dev, place).values == {"text": ["Dev’s"]}  # type: ignore[union-attr]


def test_who_is_erased_leaves_no_draft(house: House) -> None:
    keep_draft(person=house.dev, place=HERE, values={"text": ["x"]})
    type(house.dev).objects.filter(pk=house.dev.pk).update(is_active=False)
    erase(person=house.fresh(house.dev), by=house.fresh(house.ruth), channel="page", reason="On their order.")
    assert not Draft.objects.filter(person=house.dev).exists()


def test_forms_say_where_their_draft_lies(house: House) -> None:
    record = house.incident()
    client = signed_in(house.ines)
    for address, place in (
        ("/incidents/new/", "/incidents/new/"),
        (f"/incidents/{record.number}/edit/", f"/incidents/{record.number}/edit/"),
        (f"/incidents/{record.number}/moves/cancel/", f"/incidents/{record.number}/moves/cancel/"),
        (f"/incidents/{record.number}/", f"/incidents/{record.number}/comments/"),
    ):
        assert f'data-draft="{place}"' in client.get(address).content.decode(), address
