"""Accesses hold their promises: no longer than allowed, ended when their time is over and not before, and taken away once at each end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plimsoll.kernel.events import KeptChanged
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.resolution.requests import accesses
from plimsoll.resolution.requests.accesses import end_what_is_over, proceed_access
from plimsoll.resolution.requests.models import AccessRight, FulfilmentTask, Recurrence, Request
from plimsoll.resolution.requests.operations import order, proceed
from plimsoll.resolution.requests.plan import Field, Plan, TaskPlan
from plimsoll.resolution.requests.queries import today_of
from plimsoll.resolution.requests.record import ACCESS_RIGHT
from plimsoll.resolution.requests.recurring import end_with_the_person, keep_recurrence
from plimsoll.resolution.requests.tests.test_operations import access, fresh
from tests.cast import House

LONDON = ZoneInfo("Europe/London")


def test_another_team_or_owner_is_no_second_end(house: House) -> None:
    made = access(house)
    ines = house.fresh(house.ines)
    proceed_access(move(made, "revoke", by=ines, channel="page", note="Left the ward."))
    amend(fresh(made), by=ines, channel="page", team=house.network, owner=house.dev)
    proceed_access(made)
    assert FulfilmentTask.objects.filter(access=made).count() == 1
    move(FulfilmentTask.objects.get(access=made), "complete", by=ines, channel="page")
    assert proceed_access(made).state == "ended"


def test_an_end_by_hand_keeps_within_the_longest_time_and_is_reminded_of_anew(house: House) -> None:
    made = access(house)
    ines = house.fresh(house.ines)
    assert made.ends_at is not None
    assert end_what_is_over(house.tenant, made.ends_at - timedelta(days=3)) == (0, 1)
    for wrong in (now() + timedelta(days=400), now() - timedelta(days=1), None):
        with pytest.raises(Faulty) as refused:
            amend(fresh(made), by=ines, channel="page", ends_at=wrong)
        assert [f.field for f in refused.value.faults] == ["ends_at"]
    kept = amend(fresh(made), by=ines, channel="page", ends_at=now() + timedelta(days=100))
    assert kept.reminded_at is None
    plan = Plan(tasks=(TaskPlan("a", "Give it", house.desk.pk),), access_longest=180)
    second = order(house.offered("Drive", plan, type="access"), {}, by=house.fresh(house.aoife), channel="portal")
    with pytest.raises(Faulty) as refused:
        open_record(
            ACCESS_RIGHT, by=house.system, channel="rule", title="Long", person=house.aoife, request=second, ends_at=now() + timedelta(days=400)
        )
    assert [f.field for f in refused.value.faults] == ["ends_at"]


def test_one_that_was_extended_or_revoked_meanwhile_does_not_end_and_stops_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(fields=(Field("who", "For whom", "person", is_required=True),), access_days=90, team=house.desk.pk)
    model = house.offered("Mailbox", plan, type="access")
    made = [AccessRight.objects.get(request=order(model, {"who": house.aoife.pk}, by=house.fresh(house.maeve), channel="portal")) for _n in range(3)]
    extended, revoked, over = made
    at = over.ends_at + timedelta(hours=1)
    ines = house.fresh(house.ines)
    with pytest.raises(MoveRefused, match="not over"):
        move(over, "expire", by=ines, channel="page")

    def meanwhile(access: AccessRight, name: str, **more: Any) -> Any:
        if access.pk == extended.pk:
            amend(fresh(extended), by=ines, channel="page", ends_at=at + timedelta(days=9))
        elif access.pk == revoked.pk:
            move(fresh(revoked), "revoke", by=ines, channel="page", note="Now.")
        return move(access, name, **more)

    monkeypatch.setattr(accesses, "move", meanwhile)
    assert end_what_is_over(house.tenant, at) == (1, 0)
    assert [fresh(a).state for a in made] == ["active", "ending", "ending"]


def test_until_a_day_means_to_the_end_of_that_day_where_we_are(house: House) -> None:
    house.tenant.timezone = "Europe/London"
    house.tenant.save()
    day = today_of(house.tenant) + timedelta(days=30)
    made = access(house, until=day.isoformat())
    assert made.ends_at is not None
    assert f"{made.ends_at.astimezone(LONDON):%Y-%m-%d %H:%M}" == f"{day} 23:59"
    end_what_is_over(house.tenant, made.ends_at - timedelta(days=2))
    note = made.card.trail.get(action="remind").detail.values["note"][1]
    assert f"{day:%-d %B %Y}" in note


def test_nothing_is_opened_for_whoever_left_and_what_recurs_for_them_ends(house: House) -> None:
    plan = Plan(fields=(Field("who", "For whom", "person", is_required=True),), tasks=(TaskPlan("a", "Give it", house.desk.pk),))
    model = house.offered("Mailbox", plan, type="access")
    made = order(model, {"who": house.aoife.pk}, by=house.fresh(house.maeve), channel="portal")
    ruth = house.fresh(house.ruth)
    row = keep_recurrence(
        house.offered("Toner"), {}, requester=house.fresh(house.aoife), every="week", starts_on=today_of(house.tenant), by=ruth, channel="page"
    )
    house.aoife.is_active, house.aoife.left_at = False, now()
    house.aoife.save()
    move(FulfilmentTask.objects.get(request=made), "complete", by=house.fresh(house.ines), channel="page")
    assert proceed(proceed(made)).state == "fulfilled"
    assert not AccessRight.objects.exists()
    assert "has left" in Comment.objects.get(card=made.pk).text
    with pytest.raises(Faulty) as refused:
        order(row.request_model, {}, by=house.fresh(house.ines), channel="page", requester=house.fresh(house.aoife))
    assert [f.field for f in refused.value.faults] == ["request_model"]
    with pytest.raises(Faulty) as refused:
        open_record(ACCESS_RIGHT, by=house.fresh(house.ines), channel="page", title="By hand", person=house.aoife)
    assert "person" in [f.field for f in refused.value.faults]
    event = KeptChanged(
        tenant_id=house.tenant.pk,
        kind="person",
        subject_id=house.aoife.pk,
        action="leave",
        by_id=house.ruth.pk,
        channel="page",
        changes={"left_at": (None, now())},
    )
    end_with_the_person(event)
    assert Recurrence.objects.get(pk=row.pk).ended_at is not None


def test_what_is_cancelled_after_it_was_reopened_takes_its_access_with_it(house: House) -> None:
    made = access(house)
    ines = house.fresh(house.ines)
    reopened: Any = move(fresh(made.request), "reopen", by=ines, channel="page", note="Wrong mailbox.")
    move(reopened, "cancel", by=ines, channel="page", note="Not needed.")
    assert fresh(made).state == "ending"
    assert Request.objects.get(pk=made.request_id).state == "cancelled"
