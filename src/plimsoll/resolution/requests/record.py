"""The declarations of what can be ordered, of requests, their tasks and accesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.targets.operations import first_due
from plimsoll.kernel.workflow import faults_of
from plimsoll.resolution.incidents.queries import team_named
from plimsoll.resolution.requests.answering import answered
from plimsoll.resolution.requests.models import AccessRight, FulfilmentTask, Request, RequestModel
from plimsoll.resolution.requests.plan import PERSON, TEXT, Plan
from plimsoll.resolution.requests.queries import (
    facts_of,
    facts_of_accesses,
    facts_of_models,
    facts_of_tasks,
    form_of,
    is_entitled,
    longest_of,
    version_in_force,
)
from plimsoll.resolution.requests.rules import ACCESS_FLOW, MODEL_FLOW, REQUEST_FLOW, TASK_FLOW, AccessFacts, ends_in_time


class RequestModelBehaviour(Behaviour):
    """What a request model's guards ask, and how its own acts read."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of_models(records)  # type: ignore[arg-type]

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        said = {
            "draft plan": _("drafted version %(n)s"),
            "put in force": _("put version %(n)s in force"),
            "discard plan": _("threw the draft away"),
            "entitle": _("said who else may order it"),
            "fail to order": _("could not be ordered again"),
            "take entitlement": _("took away who may order it"),
        }.get(action, "")
        return said % {"n": values.get("version", "")} if said else ""


REQUEST_MODEL = declare(
    RecordType(
        model=RequestModel,
        prefix="RQM",
        clause="8.6.2",
        workflow=MODEL_FLOW,
        behaviour_class=RequestModelBehaviour,
        fields=(
            "title",
            "description",
            "type",
            "heading",
            "service",
            "owner",
            "usual_priority",
            "is_for_everybody",
            "instruction",
            "article",
            "instruction_review_on",
        ),
        columns=("reference", "title", "state", "heading", "type", "owner", "instruction_review_on", "changed_at"),
        filters=("state", "type", "service", "owner"),
        required=("title",),
        ahead=("instruction_review_on",),
        internal=("owner", "usual_priority", "is_for_everybody", "instruction", "article", "instruction_review_on"),
        searched=("title", "description", "heading"),
        body="description",
        icon="clipboard-list",
        group="desk",
        dues=("instruction_review_on",),
    )
)


class RequestBehaviour(Behaviour):
    """The version, the answers and what follows from them at opening; moments and counts by the moves."""

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        model = values.get("request_model")
        if values.get("origin") == "imported":
            return {}  # what was ordered elsewhere was ordered by no version of ours
        if before is not None or not isinstance(model, RequestModel) or (version := version_in_force(model)) is None:
            return {}
        plan = form_of(version)
        given = values.get("answers") or {}
        checked = answered(plan, given) if isinstance(given, dict) else None
        found: dict[str, Any] = {
            "model_version": version,
            "title": values.get("title") or title_of(model, plan, checked.answers if checked is not None else {}),
            "service": values.get("service") or model.service,
            "priority": values.get("priority") or model.usual_priority,
        }
        if values.get("team") is None and plan.team is not None:
            found["team"] = team_named(tenant, plan.team)
        # What is wrong stays as it was given, for `faults` to name; else only what counts is kept.
        return found | ({"answers": dict(checked.answers)} if checked is not None and not checked.faults else {})

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        model = values.get("request_model")
        if before is not None:
            return _faults_of_change(values, before)
        if not isinstance(model, RequestModel):
            return []
        version = values.get("model_version")
        if version is None or model.state != "offered":
            return [Fault("request_model", _("“%(title)s” can't be ordered now.") % {"title": model.title})]
        requester = values.get("requester")
        if isinstance(requester, Person) and not is_entitled(_with_home(requester), model):
            sentence = _("“%(title)s” is not among what %(who)s may order.")
            return [Fault("request_model", sentence % {"title": model.title, "who": requester.name})]
        given = values.get("answers") or {}
        if not isinstance(given, dict):
            return [Fault("answers", _("The answers are a list of names with a value each."))]
        plan = form_of(version)
        faults = list(answered(plan, given).faults)
        return faults or _faults_of_people(tenant, plan, given, requester)

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of(records)  # type: ignore[arg-type]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Request)
        at = values["at"]
        if move == "fulfil":
            return {"fulfilled_at": at, "waiting_for": ""}
        if move == "close":
            return {"closed_at": at}
        if move == "confirm":
            return {"closed_at": at, "confirmed_by_requester": True}
        if move == "reopen":
            return {"fulfilled_at": None, "closed_at": None, "confirmed_by_requester": False, "reopen_count": record.reopen_count + 1}
        if move in ("cancel", "reject"):
            return {"closed_at": at, "waiting_for": ""}
        return {"waiting_for": ""} if move == "resume" else {}

    def due(self, record: Record) -> datetime | None:
        return first_due(record)


def title_of(model: RequestModel, plan: Plan, answers: Mapping[str, Any]) -> str:
    """What an order is called: the thing, and the first line of text that was answered, so that two orders can be told apart."""
    first = next((str(answers[f.key]) for f in plan.fields if f.kind == TEXT and f.key in answers), "")
    return f"{model.title}: {first}"[:250] if first else model.title


def _with_home(person: Person) -> Person:
    """The person with their organization, as entitlement asks for it."""
    return Person.objects.select_related("tenant", "organization").get(pk=person.pk) if "organization" not in person._state.fields_cache else person


def _faults_of_change(values: Mapping[str, Any], before: Record) -> list[Fault]:
    assert isinstance(before, Request)
    faults = []
    if "request_model" in values and getattr(values["request_model"], "pk", None) != before.request_model_id:
        faults.append(Fault("request_model", _("What was ordered stays. Cancel it and order the other.")))
    if "answers" in values and values["answers"] != before.answers:
        faults.append(Fault("answers", _("The answers stay as they were given. Write a message, or cancel it and order anew.")))
    return faults


def _faults_of_people(tenant: Tenant, plan: Plan, answers: Mapping[str, Any], requester: Any) -> list[Fault]:
    """People who are named are there, and customers name their own."""
    named = {f.key: answers[f.key] for f in plan.fields if f.kind == PERSON and f.key in answers}
    if not named:
        return []
    homes = dict(Person.objects.filter(pk__in=set(named.values()), tenant=tenant, is_active=True).values_list("pk", "organization_id"))
    home = requester.organization if isinstance(requester, Person) else None
    is_customers = home is not None and home.kind not in ("provider", "unit")
    return [
        Fault(f"answers.{key}", _("There is no such person."))
        for key, pk in named.items()
        if int(pk) not in homes or (home is not None and is_customers and homes[int(pk)] != home.pk)
    ]


REQUEST = declare(
    RecordType(
        model=Request,
        prefix="REQ",
        clause="8.6.2",
        workflow=REQUEST_FLOW,
        behaviour_class=RequestBehaviour,
        fields=(
            "title",
            "description",
            "requester",
            "request_model",
            "answers",
            "service",
            "priority",
            "team",
            "owner",
            "outcome",
            "waiting_for",
        ),
        columns=("priority", "reference", "title", "state", "request_model", "owner", "due_at", "changed_at"),
        filters=("state", "priority", "team", "owner", "service", "organization", "request_model", "requester"),
        required=("title", "request_model"),
        asked_outside=("title", "description", "request_model", "answers"),
        searched=("title", "description", "outcome"),
        requester="requester",
        derived=("due_at", "model_version"),
        at_opening=("request_model", "answers"),
        side=("requester", "request_model", "service", "priority", "team", "owner", "waiting_for"),
        body="description",
        icon="package",
        group="desk",
    )
)


class TaskBehaviour(Behaviour):
    """What a task's guards ask; the moment at which it ended."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        request, key = values.get("request"), values.get("plan_key")
        others = FulfilmentTask.objects.filter(request=request, plan_key=key).exclude(pk=before.pk if before else None)
        if request is not None and key and others.exists():
            return [Fault("plan_key", _("This task of the request was opened already."))]
        return []

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of_tasks(records)  # type: ignore[arg-type]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move in ("complete", "skip"):
            return {"ended_at": values["at"]}
        return {"ended_at": None} if move == "reopen" else {}

    def due(self, record: Record) -> datetime | None:
        return first_due(record)


FULFILMENT_TASK = declare(
    RecordType(
        model=FulfilmentTask,
        prefix="TSK",
        clause="8.6.2",
        workflow=TASK_FLOW,
        behaviour_class=TaskBehaviour,
        fields=("title", "request", "access", "plan_key", "stage", "instructions", "minutes", "team", "owner", "outcome"),
        columns=("reference", "title", "state", "team", "owner", "due_at", "changed_at"),
        filters=("state", "team", "owner", "request", "organization"),
        required=("title",),
        plain=("plan_key",),
        searched=("title", "instructions", "outcome"),
        at_opening=("plan_key", "access"),
        derived=("due_at", "request", "access", "plan_key"),
        side=("request", "stage", "minutes", "team", "owner"),
        body="instructions",
        icon="square-check",
        group="desk",
    )
)


class AccessBehaviour(Behaviour):
    """What an access's guards ask, and when it ended."""

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        if isinstance(before, AccessRight) and "ends_at" in values and values["ends_at"] != before.ends_at:
            return {"reminded_at": None}  # of a new end one is reminded anew
        return {}

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        person, request, ends_at = values.get("person"), values.get("request"), values.get("ends_at")
        faults = []
        if isinstance(person, Person) and not person.is_active and (before is None or getattr(before, "person_id", None) != person.pk):
            faults.append(Fault("person", _("%(who)s has left and is given nothing any more.") % {"who": person.name}))
        is_new_end = not isinstance(before, AccessRight) or (before.is_open and before.ends_at != ends_at)
        longest = longest_of(request, now()) if isinstance(request, Request) and is_new_end else None
        judged = AccessFacts(ends_at=ends_at, longest=longest, now=now() if before is not None else None)
        if is_new_end and (reason := ends_in_time(judged)):
            faults += faults_of([reason])
        return faults

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of_accesses(records)  # type: ignore[arg-type]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move == "end":
            return {"ended_at": values["at"]}
        return {"reminded_at": None, "ended_at": None} if move in ("extend", "restore") else {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return _("says that it ends soon") if action == "remind" else ""


ACCESS_RIGHT = declare(
    RecordType(
        model=AccessRight,
        prefix="ACC",
        clause="8.6.2",
        workflow=ACCESS_FLOW,
        behaviour_class=AccessBehaviour,
        fields=("title", "person", "service", "request", "ends_at", "team", "owner"),
        columns=("reference", "person", "title", "state", "ends_at", "team", "changed_at"),
        filters=("state", "person", "service", "team", "organization"),
        required=("title", "person"),
        asked_outside=("title",),
        searched=("title",),
        derived=("reminded_at", "ended_at", "request"),
        icon="key-round",
        group="desk",
        dues=("ends_at",),
    )
)
