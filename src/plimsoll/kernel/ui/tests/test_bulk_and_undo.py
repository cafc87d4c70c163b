"""Several at once, and taking it back: per-row results, undo as another act, nothing overwritten that changed meanwhile, long ones with progress."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, amend, move
from plimsoll.kernel.records.undoing import undo
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.ui import bulk
from tests.cast import House

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return client


def fresh(record: Any) -> Any:
    return type(record).objects.select_related("organization", "tenant").get(pk=record.pk)


def last(record: Record) -> Entry:
    return Entry.objects.filter(card=record.pk).order_by("-id")[0]


def entries_in(page: str) -> list[str]:
    return re.findall(r'name="entry" value="(\d+)"', page)


def confirmed(*records: Any, **values: Any) -> dict[str, Any]:
    return {"pick": [r.number for r in records], "confirmed": "1", **values}


# -- taking one act back


def test_an_amendment_is_taken_back_by_another_and_both_stand_in_the_trail(house: House) -> None:
    record = house.incident(impact=2, urgency=2, symptom="Slow")
    changed = amend(record, by=house.ines, channel="page", impact=1, symptom="Gone", owner=house.dev, extra={})
    assert undo(changed, last(changed), by=house.ines, channel="page") == []
    back = fresh(record)
    assert (back.impact, back.priority, back.symptom, back.owner, back.is_priority_overridden) == (2, 3, "Slow", None, False)
    assert [e.action for e in Entry.objects.filter(card=record.pk).order_by("position")] == ["open", "amend", "amend"]


def test_a_priority_by_hand_is_taken_back_with_its_reason(house: House) -> None:
    record = amend(house.incident(impact=2, urgency=2), by=house.ines, channel="page", priority=1, priority_reason="Minister visits")
    undo(record, last(record), by=house.ines, channel="page")
    assert (fresh(record).priority, fresh(record).is_priority_overridden) == (3, False)
    undo(fresh(record), last(record), by=house.ines, channel="page")
    assert (fresh(record).priority, fresh(record).priority_reason) == (1, "Minister visits"), "and the undoing can be undone"


def test_what_changed_meanwhile_stays_and_is_said(house: House) -> None:
    record = amend(house.incident(), by=house.ines, channel="page", owner=house.ines, team=house.desk)
    mine = last(record)
    amend(record, by=house.dev, channel="page", owner=house.dev)
    assert undo(fresh(record), mine, by=house.ines, channel="page") == ["With was changed since and stays as it is now."]
    assert (fresh(record).owner, fresh(record).team) == (house.dev, None)
    with pytest.raises(MoveRefused, match="was changed since"):
        undo(fresh(record), mine, by=house.ines, channel="page")


def test_a_move_is_taken_back_where_the_workflow_goes_back(house: House) -> None:
    record = house.incident(service=house.service(), classification=house.category, impact=2, urgency=2)
    assigned = move(record, "assign", by=house.ines, channel="page", fields={"owner": house.ines})
    with pytest.raises(MoveRefused, match="no way back"):
        undo(assigned, last(assigned), by=house.ines, channel="page")
    started = move(assigned, "start", by=house.ines, channel="page")
    waiting = move(started, "wait_for_supplier", by=house.ines, channel="page", fields={"waiting_for": "A part"})
    mine = last(waiting)
    undo(waiting, mine, by=house.ines, channel="page")
    assert (fresh(record).state, fresh(record).waiting_for) == ("in_progress", "")
    with pytest.raises(MoveRefused, match="has moved on"):
        undo(fresh(record), mine, by=house.ines, channel="page")


def test_only_ones_own_and_only_within_a_day(house: House) -> None:
    record = amend(house.incident(), by=house.ines, channel="page", owner=house.ines)
    with pytest.raises(MoveRefused, match="own acts"):
        undo(record, last(record), by=house.dev, channel="page")
    with time_machine.travel(now() + timedelta(hours=25)), pytest.raises(MoveRefused, match="more than a day"):
        undo(record, last(record), by=house.ines, channel="page")


# -- the pages


def test_fields_of_several_are_set_and_taken_back(house: House) -> None:
    one, two, theirs = house.incident("One", impact=3), house.incident("Two"), house.incident("Three")
    client = signed_in(house.ines)
    offered = client.get("/incidents/?open=").content.decode()
    assert 'value="fields"' in offered
    preview = client.post("/incidents/bulk/", {"act": "fields", "pick": [one.number, two.number, theirs.number]}).content.decode()
    assert "Change 3 of 3" in preview and "Change which fields?" in preview and fresh(one).impact == 3
    assert preview.index("What you leave empty stays") < preview.index(f">{one.reference}</a>"), "the fields stand before the rows"
    assert "Set at least one field" in client.post("/incidents/fields/", confirmed(one, two)).content.decode()
    done = client.post("/incidents/fields/", confirmed(one, two, theirs, impact=1, urgency=2, team_typed="Network")).content.decode()
    assert [fresh(r).priority for r in (one, two, theirs)] == [2, 2, 2] and fresh(one).team == house.network
    assert len(entries_in(done)) == 3 and "Undo all 3" in done
    assert "Impact: High" in done and "Team: Network" in done, "what was set is named, not only its value"
    assert done.index("Undo all 3") < done.index(f">{one.reference}</a>"), "however many rows there are, it is at hand"
    amend(fresh(theirs), by=house.dev, channel="page", impact=3)
    back = client.post("/incidents/undo/", {"entry": entries_in(done)}).content.decode()
    assert "3 of 3 done" in back and "Impact was changed since and stays" in back
    assert (fresh(one).impact, fresh(two).impact, fresh(theirs).impact, fresh(theirs).team) == (3, None, 3, None)


def test_a_row_that_refuses_says_why_and_the_others_are_done(house: House) -> None:
    ready, bare = house.incident("Ready", service=house.service(), classification=house.category, impact=2, urgency=2), house.incident("Bare")
    page = signed_in(house.ines).post("/incidents/moves/assign/", confirmed(ready, bare, owner_typed="Ines Okafor")).content.decode()
    assert "Before it is assigned it needs" in page and fresh(ready).state == "assigned" and fresh(bare).state == "new"
    assert entries_in(page) == [], "there is no way back to new, so none is offered"


def test_nobody_takes_back_what_others_did_or_what_they_do_not_see(house: House) -> None:
    record = amend(house.incident(), by=house.ines, channel="page", owner=house.ines)
    mine = last(record).pk
    for person in (house.dev, house.mallory, house.strand):
        assert signed_in(person).post("/incidents/undo/", {"entry": mine}).status_code == 404
    assert signed_in(house.ines).post("/services/undo/", {"entry": mine}).status_code == 404
    assert signed_in(house.ines).post("/incidents/undo/", {"entry": "x"}).status_code == 404
    assert fresh(record).owner == house.ines


def test_the_toast_offers_to_take_it_back_and_says_so_when_it_can_not(house: House) -> None:
    record = house.incident()
    client = signed_in(house.ines)
    here = f"/incidents/{record.number}/"
    client.post(f"{here}edit/?field=owner", {"field": "owner", "owner_typed": "Dev Chauhan", "version": record.version})
    page = client.get(here).content.decode()
    address = re.search(r'data-undo="([^"]+)"', page)
    assert address and fresh(record).owner == house.dev
    assert client.post(address[1]).status_code == 204
    assert fresh(record).owner is None and "undone" in client.get(here).content.decode()
    client.post(f"{here}moves/cancel/", {"note": "Twice"})
    assert "/undo/" not in client.get(here).content.decode(), "the workflow has no way back from cancelled"


def test_many_are_done_by_a_job_whose_page_says_how_far_it_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    records = [house.incident(f"No {n}") for n in range(3)]
    client = signed_in(house.ines)
    answer = client.post("/incidents/fields/", confirmed(*records, impact=2))
    assert answer.status_code == 302 and re.fullmatch(r"/incidents/bulk/\d+/", answer["Location"])
    waiting = client.get(answer["Location"]).content.decode()
    assert "hx-trigger" in waiting and "3" in waiting
    assert signed_in(house.dev).get(answer["Location"]).status_code == 404
    run_waiting()
    done = client.get(answer["Location"]).content.decode()
    assert "3 records are done" in done and "hx-trigger" not in done and [fresh(r).impact for r in records] == [2, 2, 2]
    job = Job.objects.get(task="ui.bulk")
    back = client.post("/incidents/undo/", {"job": job.pk}).content.decode()
    assert "3 of 3 done" in back and [fresh(r).impact for r in records] == [None] * 3


def test_the_way_back_leads_to_the_list_with_its_filters(house: House) -> None:
    record = house.incident()
    client = signed_in(house.ines)
    listed = client.get("/incidents/?state=new&order=opened_at").content.decode()
    assert (hidden := re.search(r'name="back" value="([^"]*)"', listed)) and hidden[1] == "state=new&amp;order=opened_at"
    picked = {"pick": record.number, "back": "state=new&order=opened_at"}
    back = 'href="/incidents/?state=new&amp;order=opened_at" data-back'
    for sent in ({"act": "move"}, {"act": "cancel"}):
        assert back in client.post("/incidents/bulk/", {**picked, **sent}).content.decode()
    done = client.post("/incidents/moves/cancel/", {**confirmed(record, note="By mistake."), "back": picked["back"]})
    assert back in done.content.decode()
    odd = client.post("/incidents/bulk/", {**picked, "act": "cancel", "back": '"><b>//x'}).content.decode()
    assert "<b>//x" not in odd and "<b>%2F" not in odd
