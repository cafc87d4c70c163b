"""Requests that were brought in from elsewhere were ordered by no version of ours: nothing of today judges them or goes on by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plimsoll.kernel.records.histories import History, Update
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.records.replay import replay
from plimsoll.kernel.targets.models import Clock
from plimsoll.resolution.requests.models import FulfilmentTask, Request
from plimsoll.resolution.requests.operations import proceed
from plimsoll.resolution.requests.plan import Plan, TaskPlan
from plimsoll.resolution.requests.record import REQUEST
from plimsoll.resolution.requests.tests.test_indicators import asked
from plimsoll.resolution.requests.tests.test_operations import ALWAYS
from tests.cast import House

START = datetime(2026, 9, 7, 9, tzinfo=UTC)


def brought(house: House, *states: str) -> Request:
    model = house.offered(plan=Plan(tasks=(TaskPlan("a", "A", house.desk.pk),), within=timedelta(hours=8), hours=ALWAYS))
    updates = [Update(START + timedelta(hours=n + 1), state=state) for n, state in enumerate(states)]
    opening = Update(START, values={"title": "Old", "request_model": model, "requester": house.aoife})
    history = History("OLD-1", house.brannock, updates, opening)
    (made,) = replay(REQUEST, [history], by=house.fresh(house.ruth), channel="import", source="elsewhere")
    return Request.objects.get(pk=made.pk)


def test_history_is_judged_by_no_later_promise_and_does_not_count_as_done_by_itself(house: House) -> None:
    made = brought(house, "approved", "in_fulfilment", "fulfilled")
    assert made.model_version_id is None
    assert not Clock.objects.filter(card=made.pk).exists()
    assert asked(house, "request_automated", house.ruth) == {None: (None, 0, 0)}
    assert asked(house, "request_cycle", house.ruth)[None][0] == 3 * 3600, "how long it took is as true as ever"


def test_a_live_move_opens_no_task_of_today(house: House) -> None:
    made = brought(house, "approved")
    made = move(made, "start", by=house.fresh(house.ines), channel="page")
    assert proceed(made).state == "in_fulfilment"
    assert not FulfilmentTask.objects.exists()
    assert move(made, "fulfil", by=house.fresh(house.ines), channel="page").state == "fulfilled"
