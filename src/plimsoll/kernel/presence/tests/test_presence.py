"""Who is looking: seen by colleagues, gone after a minute, told to nobody outside."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import unread_of
from plimsoll.kernel.presence.models import Presence
from plimsoll.kernel.presence.operations import There, be_there, leave, others_at
from plimsoll.kernel.presence.tasks import clear
from tests.cast import House
from tests.contracts import fingerprint, signed_in

pytestmark = pytest.mark.django_db


def test_colleagues_see_who_looks_and_who_writes(house: House) -> None:
    record = house.incident()
    be_there(person=house.dev, record=record, is_writing=False)
    be_there(person=house.aoife, record=record, is_writing=True)
    assert others_at(house.fresh(house.ines), record) == [There("Aoife Brennan", True), There("Dev Chauhan", False)]
    assert others_at(house.fresh(house.dev), record) == [There("Aoife Brennan", True)]
    leave(person=house.aoife, record=record)
    assert others_at(house.fresh(house.dev), record) == []


@pytest.mark.parametrize("who", ["aoife", "maeve", "sam", "mallory"])
def test_people_outside_are_not_told_who_works_on_it(house: House, who: str) -> None:
    record = house.incident(team=house.field)
    be_there(person=house.dev, record=record, is_writing=True)
    assert others_at(house.fresh(getattr(house, who)), record) == []


def test_who_says_it_no_more_is_soon_gone(house: House) -> None:
    record = house.incident()
    be_there(person=house.dev, record=record, is_writing=True, at=now() - timedelta(seconds=50))
    assert others_at(house.fresh(house.ines), record) == []
    Presence.objects.update(seen_at=now() - timedelta(hours=2))
    assert clear.call() == {"looks": 1}


def test_saying_it_again_too_soon_writes_nothing(house: House) -> None:
    record = house.incident()
    first = now()
    be_there(person=house.dev, record=record, is_writing=False, at=first)
    be_there(person=house.dev, record=record, is_writing=False, at=first + timedelta(seconds=5))
    assert Presence.objects.get().seen_at == first
    be_there(person=house.dev, record=record, is_writing=True, at=first + timedelta(seconds=6))
    assert Presence.objects.get().is_writing


def test_a_look_changes_nothing_about_the_record(house: House) -> None:
    record = house.incident()
    before = fingerprint(record)
    assert signed_in(house.ines).post(f"/incidents/{record.number}/presence/", {"state": "writing"}).status_code == 204
    assert fingerprint(record) == before and Presence.objects.count() == 1


def test_what_was_told_of_a_record_is_read_once_the_record_stands_open(house: House) -> None:
    record, other = (house.incident(by=house.ruth, team=house.desk) for _n in range(2))
    assert unread_of(house.ines, record) and unread_of(house.ines, other)
    client = signed_in(house.ines)
    client.post(f"/incidents/{record.number}/presence/", {"state": "looking"})
    assert unread_of(house.ines, record)  # it stands open, but what happened since was not shown
    client.post(f"/incidents/{record.number}/presence/", {"state": "looking", "seen": "1"})
    assert not unread_of(house.ines, record) and unread_of(house.ines, other)


@pytest.mark.parametrize("who", ["mallory", "strand", "nobody", "sam"])
def test_nobody_is_at_a_record_that_is_not_theirs_to_see(house: House, who: str) -> None:
    record = house.incident()
    client = signed_in(getattr(house, who))
    assert client.post(f"/incidents/{record.number}/presence/", {"state": "looking"}).status_code == 404
    assert client.get(f"/incidents/{record.number}/live/?seen=0").status_code == 404
    assert not Presence.objects.exists()
