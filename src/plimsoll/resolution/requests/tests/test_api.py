"""Requests for programs: ordered, fulfilled, approved; what can be ordered drafted and put in force; as the pages have it."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.resolution.requests.models import AccessRight, FulfilmentTask, ModelVersion, Recurrence, Request, RequestModel
from plimsoll.resolution.requests.plan import Field, Plan, Step, TaskPlan
from tests.api import Caller
from tests.cast import House

pytestmark = pytest.mark.django_db


def plan_of(house: House, **more: Any) -> dict[str, Any]:
    return {
        "fields": [
            {"key": "size", "label": "Size", "kind": "choice", "is_required": True, "choices": ["S", "M"]},
            {"key": "why", "label": "Why", "shown": {"tests": [{"field": "size", "how": "is", "value": "M"}]}},
        ],
        "steps": [{"name": "Lead", "people": [house.dev.pk], "at_least": "50.00"}],
        "tasks": [{"key": "hand", "title": "Hand it out", "team": house.desk.pk, "within_seconds": 3600}],
        "promised_seconds": 28800,
        "hours": {"calendar": house.office_hours.pk},
        "cost": "49.90",
        **more,
    }


@pytest.fixture
def model(house: House) -> RequestModel:
    made = house.offered("Jacket")
    assert isinstance(made, RequestModel)
    return made


def test_a_version_is_drafted_whole_put_in_force_and_taken_back_as_it_is_answered(house: House, model: RequestModel) -> None:
    ruth, one = Caller(house.ruth), f"requestmodels/{model.number}"
    drafted = ruth.put(f"{one}/draft", plan_of(house))
    assert drafted.status_code == 200, drafted.content
    told = drafted.json()
    assert (told["number"], told["is_draft"], told["plan"]["cost"], told["plan"]["hours"]["name"]) == (2, True, "49.90", "Office hours")
    assert ruth.put(f"{one}/draft", told["plan"]).json()["plan"] == told["plan"]
    assert ruth.post(f"{one}/draft/publish").json()["is_draft"] is False
    assert ruth.post(f"{one}/draft/publish").status_code == 422
    assert [v["number"] for v in ruth.get(f"{one}/versions").json()["items"]] == [1, 2]
    assert ruth.get(f"{one}/versions/3").status_code == 404
    assert ruth.put(f"{one}/draft", {"cost": "1"}).json()["plan"]["fields"] == []
    assert ruth.delete(f"{one}/draft").status_code == 204
    assert ruth.delete(f"{one}/draft").status_code == 422


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"steps": [{"name": "Lead", "needed": "two"}]}, "steps.0.needed"),
        ({"fields": [{"key": "a", "label": "A", "kind": "colour"}]}, "fields.0.kind"),
        ({"fields": [{"key": "a", "label": "A", "colour": "red"}]}, "fields.0"),
        ({"tasks": [{"key": "a", "title": "A"}]}, "tasks.0"),
        ({"tasks": [{"key": "a", "title": "A", "team": 999_999}]}, "tasks"),
        ({"cost": "NaN"}, "cost"),
        ({"cost": "cheap"}, "cost"),
        ({"hours": {"calendar": 999_999}}, "hours.calendar"),
        ({"promised_seconds": -1}, "promised_seconds"),
        ({"goodwill": True}, "goodwill"),
    ],
)
def test_each_fault_is_said_at_its_place_and_nothing_is_written(house: House, model: RequestModel, given: dict[str, Any], field: str) -> None:
    answer = Caller(house.ruth).put(f"requestmodels/{model.number}/draft", plan_of(house, **given))
    assert answer.status_code == 422, answer.content
    assert answer.json()["faults"][0]["field"] == field
    assert ModelVersion.objects.count() == 1


def test_what_contradicts_itself_is_not_put_in_force(house: House, model: RequestModel) -> None:
    ruth, one = Caller(house.ruth), f"requestmodels/{model.number}"
    ruth.put(f"{one}/draft", {"promised_seconds": 60, "fields": [{"key": "a", "label": "A", "kind": "choice"}]})
    assert {f["field"] for f in ruth.post(f"{one}/draft/publish").json()["faults"]} == {"hours", "fields"}


def test_what_is_ordered_is_approved_fulfilled_confirmed_and_gives_access(house: House) -> None:
    tasks = (TaskPlan("hand", "Hand it out", house.desk.pk),)
    plan = Plan(fields=(Field("size", "Size", is_required=True),), steps=(Step("Lead", people=(house.dev.pk,)),), tasks=tasks)
    model = house.offered("Key", plan, type="access")
    aoife, dev, ines = Caller(house.aoife), Caller(house.dev), Caller(house.ines)
    here = f"orderable/{model.number}/order"
    assert aoife.post(here, {}).json()["faults"][0]["field"] == "answers.size"
    assert aoife.post(here, {"answers": {"size": "M"}, "requester": house.maeve.pk}).status_code == 422, "only our own people order for others"
    made = ines.post(here, {"answers": {"size": "M"}, "requester": house.aoife.pk}, **{"Idempotency-Key": "k"})
    assert made.status_code == 201, made.content
    assert made.json()["organization"]["name"] == "Brannock Hospitals"
    assert ines.post(here, {"answers": {"size": "M"}, "requester": house.aoife.pk}, **{"Idempotency-Key": "k"}).json() == made.json()
    one = f"requests/{made.json()['number']}"
    ordered = aoife.get(f"{one}/order").json()
    assert (ordered["request_model"], ordered["version"], ordered["answers"]) == (
        model.reference,
        1,
        [{"name": "size", "label": "Size", "kind": "text", "value": "M"}],
    )
    approval = Approval.objects.get()
    assert dev.post(f"{one}/approvals/{approval.pk}/decide", {"is_yes": True}).status_code == 200
    run_waiting()
    task = FulfilmentTask.objects.get()
    for move, fields in (("start", {"owner": house.ines.pk}), ("complete", {"outcome": "Handed out."})):
        done = ines.post(f"fulfilmenttasks/{task.number}/moves/{move}", {"fields": fields})
        assert done.status_code == 200, done.content
    run_waiting()
    assert Request.objects.get().state == "fulfilled"
    run_waiting()
    access = AccessRight.objects.get()
    assert ines.post(f"accessrights/{access.number}/moves/revoke", {"note": "Left"}).status_code == 200
    assert Caller(house.strand).get(f"{one}/order").status_code == 404


def test_who_may_order_is_said_and_taken_back(house: House, model: RequestModel) -> None:
    ruth, one = Caller(house.ruth), f"requestmodels/{model.number}/entitlements"
    assert ruth.post(one, {}).status_code == 422
    assert ruth.post(one, {"team": 999_999}).json()["faults"][0]["field"] == "team"
    made = ruth.post(one, {"organization": house.brannock.pk, "person": house.aoife.pk}).json()
    assert (made["organization"]["name"], made["person"]["name"], made["team"]) == ("Brannock Hospitals", "Aoife Brennan", None)
    assert ruth.get(one).json()["items"] == [made]
    assert Caller(house.aoife).get(one).status_code == 403
    assert ruth.delete(f"{one}/{made['id']}").status_code == 204
    assert ruth.delete(f"{one}/{made['id']}").status_code == 404


def test_an_order_recurs_rests_and_ends(house: House, model: RequestModel) -> None:
    ruth, one = Caller(house.ruth), f"requestmodels/{model.number}/recurrences"
    assert ruth.post(one, {"every": "decade"}).json()["faults"][0]["field"] == "every"
    assert ruth.post(one, {"every": "month", "starts_on": "2020-01-01"}).json()["faults"][0]["field"] == "starts_on"
    made = ruth.post(one, {"every": "month", "requester": house.aoife.pk}).json()
    assert ruth.put(f"{one}/{made['id']}", {"is_paused": True}).json()["is_paused"] is True
    assert ruth.delete(f"{one}/{made['id']}").status_code == 204
    assert Recurrence.objects.get().ended_at is not None
    assert Caller(house.greta).get(one).status_code == 403


def test_who_decides_for_a_customer_is_kept_by_who_may(house: House) -> None:
    here = f"organizations/{house.brannock.pk}/deciders"
    assert Caller(house.ruth).put(here, {"people": [house.maeve.pk]}).json()["items"] == [{"id": house.maeve.pk, "name": "Maeve Dunne"}]
    assert Caller(house.ruth).get(here).json()["items"][0]["name"] == "Maeve Dunne"
    assert Caller(house.ruth).put(here, {"people": [house.mallory.pk]}).status_code == 422
    assert Caller(house.ines).put(here, {"people": []}).status_code == 403
    assert Caller(house.mallory).put(here, {"people": []}).status_code == 404


def test_an_incident_that_is_a_wish_goes_on_as_a_request(house: House, model: RequestModel) -> None:
    incident = house.incident("I need a jacket", team=house.desk)
    here = f"incidents/{incident.number}/as-request"
    assert Caller(house.aoife).post(here, {"request_model": model.pk}).status_code == 403
    assert Caller(house.ines).post(here, {"request_model": 999_999}).json()["faults"][0]["field"] == "request_model"
    made = Caller(house.ines).post(here, {"request_model": model.pk})
    assert made.status_code == 201, made.content
    incident.refresh_from_db()
    assert incident.is_open is False
    assert Caller(house.ines).post(here, {"request_model": model.pk}).status_code == 409


def test_customers_read_no_plan_and_strangers_nothing(house: House, model: RequestModel) -> None:
    one = f"requestmodels/{model.number}"
    told = Caller(house.aoife).get(f"{one}/versions").json()["items"]
    assert [(v["number"], v["plan"], v["published_by"]) for v in told] == [(1, None, None)]
    assert Caller(house.aoife).put(f"{one}/draft", {}).status_code == 403
    assert Caller(house.mallory).get(f"{one}/versions").status_code == 404
