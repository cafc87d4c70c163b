"""8.6.2-a to 8.6.2-e: what requests prove, where they fall short, and that nothing is proved by nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.targets.models import Clock
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.requests.models import FulfilmentTask, ModelVersion, Request
from plimsoll.resolution.requests.plan import Plan, TaskPlan
from tests.cast import House
from tests.proving import asked, put, set_to, short, told

pytestmark = pytest.mark.django_db
ITEMS = ("8.6.2-a", "8.6.2-b", "8.6.2-c", "8.6.2-d")


def clock(house: House, request: Request, state: str) -> None:
    """The clock of a request that was due two days ago."""
    values = {"tenant": house.tenant, "kind": "request", "measure": "resolve", "terms": 1, "elapsed": timedelta(hours=1), "as_of": now()}
    Clock.objects.update_or_create(card=request.card, key="one", defaults={**values, "state": state, "due_at": now() - timedelta(days=2)})


def sound(house: House, **values: Any) -> Request:
    """A request as it should be: placed by a version in force, done in time, its task saying what was done."""
    model = Request.objects.filter(tenant=house.tenant).values_list("request_model", flat=True).first()
    offered = house.offered() if model is None else None
    version = ModelVersion.objects.get(request_model=model or offered.pk)  # type: ignore[union-attr]
    at = now()
    given: dict[str, Any] = {
        "state": "closed",
        "request_model_id": version.request_model_id,
        "model_version": version,
        "service": Service.objects.first() or put(house, Service, "Wireless", state="live"),
        "priority": 4,
        "due_at": at - timedelta(days=2),
        "fulfilled_at": at - timedelta(days=3),
    }
    made = put(house, Request, **{**given, **values})
    clock(house, made, "met")
    put(house, FulfilmentTask, "Do it", state="done", request=made, outcome="Done.")
    return made


@pytest.mark.parametrize("item", ITEMS)
def test_without_requests_there_is_no_evidence(house: House, item: str) -> None:
    assert asked(house, item).verdict == "no_evidence"


@pytest.mark.parametrize("item", ITEMS)
def test_requests_as_they_should_be_show_evidence(house: House, item: str) -> None:
    sound(house)
    assert told(asked(house, item)) == ("conforms", 1, 1)


@pytest.mark.parametrize(
    ("item", "values"),
    [
        ("8.6.2-a", {"service": None}),
        ("8.6.2-a", {"model_version": None}),
        ("8.6.2-b", {"priority": None}),
    ],
    ids=str,
)
def test_one_of_two_that_falls_short_is_named(house: House, item: str, values: dict[str, Any]) -> None:
    sound(house)
    wrong = sound(house)
    set_to(wrong, **values)
    found = asked(house, item)
    assert (told(found), short(found)) == (("partly", 1, 2), {wrong.pk})  # half is on the lower line


@pytest.mark.parametrize("state", ["missed", "running"])
def test_8_6_2_c_what_was_late_or_is_late_is_named(house: House, state: str) -> None:
    for _n in range(8):
        sound(house)
    late = sound(house)
    clock(house, late, state)
    assert (told(asked(house, "8.6.2-c")), short(asked(house, "8.6.2-c"))) == (("partly", 8, 9), {late.pk})
    sound(house)
    assert told(asked(house, "8.6.2-c")) == ("conforms", 9, 10)  # on the line of 90 %


def test_8_6_2_d_a_task_that_says_nothing_is_found_at_its_request(house: House) -> None:
    wrong = sound(house)
    set_to(FulfilmentTask.objects.get(request=wrong), outcome="")
    assert short(asked(house, "8.6.2-d")) == {wrong.pk}
    set_to(FulfilmentTask.objects.get(request=wrong), state="skipped")
    assert asked(house, "8.6.2-d").verdict == "conforms"


def test_8_6_2_e_what_can_be_ordered_says_how_it_is_fulfilled(house: House) -> None:
    assert asked(house, "8.6.2-e").verdict == "no_evidence"
    plan = Plan(tasks=(TaskPlan("one", "First", team=house.desk.pk),))
    house.offered("Without work")
    assert asked(house, "8.6.2-e").verdict == "no_evidence", "nothing is done by hand"
    good = house.offered("Wi-Fi", plan)
    assert told(asked(house, "8.6.2-e")) == ("conforms", 1, 1)
    set_to(good, instruction_review_on=now().date() - timedelta(days=1))
    assert short(asked(house, "8.6.2-e")) == {good.pk}
    set_to(good, instruction="", instruction_review_on=None)
    assert short(asked(house, "8.6.2-e")) == {good.pk}
    assert asked(house, "8.6.2-e", without=(good,)).verdict == "no_evidence"
