"""What can be ordered in the demonstration, and what was ordered: each through the ordinary writes, at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import read_span
from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import decide, keep_stand_in
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.resolution.requests.models import FulfilmentTask, Request, RequestModel
from plimsoll.resolution.requests.operations import draft_plan, entitle, keep_deciders, order, proceed, put_in_force
from plimsoll.resolution.requests.plan import Comparison, Condition, Field, Plan, Step, TaskPlan
from plimsoll.resolution.requests.record import REQUEST_MODEL
from plimsoll.resolution.requests.recurring import keep_recurrence
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read, span

KEEPER = "ravi"


def make_requests(stage: Stage, hours: dict[str, Calendar], start: datetime, moment: datetime) -> None:
    """Everything of `requests.toml`, in its order: what is offered, who decides, what was ordered and became of it."""
    plan = read("requests")
    system = stage.people["system"]
    for key, names in plan["deciders"].items():
        keep_deciders(stage.organizations[key], [stage.people[n] for n in names], by=system, channel="set-up")
    for row in plan["stand_ins"]:
        first, last = (moment + timedelta(days=n) for n in row["days"])
        keep_stand_in(
            person=stage.people[row["person"]], stand_in=stage.people[row["stand_in"]], started_at=first, ended_at=last, by=system, channel="set-up"
        )
    models = {key: _model(row, stage, hours, start, moment) for key, row in plan["models"].items()}
    for row in plan["requests"]:
        _request(row, models[row["model"]], stage, moment)
    for row in plan["recurring"]:
        keep_recurrence(
            models[row["model"]],
            row["answers"],
            requester=stage.people[row["for"]],
            every=row["every"],
            starts_on=moment.date() + timedelta(days=row["in_days"]),
            by=stage.people[KEEPER],
            channel="page",
        )


def _model(row: dict[str, Any], stage: Stage, hours: dict[str, Calendar], at: datetime, moment: datetime) -> RequestModel:
    keeper = stage.people[KEEPER]
    made: Any = open_record(
        REQUEST_MODEL,
        by=keeper,
        channel="page",
        at=at,
        origin=ORIGIN,
        title=row["title"],
        description=row["description"],
        type=row.get("type", "service"),
        heading=row["heading"],
        service=stage.records[row["service"]],
        owner=stage.people[row["owner"]],
        usual_priority=row["priority"],
        is_for_everybody=row.get("everybody", False),
        instruction=row.get("instruction", ""),
        instruction_review_on=(moment + timedelta(days=abs(row.get("review_in_days", 90)))).date(),
    )
    for name in row.get("for", ()):
        entitle(made, organization=stage.organizations[name], by=keeper, channel="page", at=at)
    put_in_force(draft_plan(made, _plan(row, stage, hours), by=keeper, channel="page", at=at), by=keeper, channel="page", at=at)
    made = move(made, "offer", by=keeper, channel="page", at=at)
    if row.get("review_in_days", 1) < 0:  # a review that nobody did in time
        day = (moment + timedelta(days=row["review_in_days"])).date()
        made = amend(made, by=keeper, channel="page", at=at, instruction_review_on=day)
    return made


def _plan(row: dict[str, Any], stage: Stage, hours: dict[str, Calendar]) -> Plan:
    return Plan(
        fields=tuple(
            Field(key, label, kind, needed, more.get("help", ""), tuple(more.get("choices", ())), _condition(more.get("when", ())))
            for key, label, kind, needed, more in row["fields"]
        ),
        steps=tuple(_step(step, stage) for step in row["steps"]),
        tasks=tuple(
            TaskPlan(key, title, stage.teams[team].pk, n, read_span(within) if within else None, how, _condition(when))
            for key, title, team, n, within, how, when in row["tasks"]
        ),
        within=read_span(row["within"]),
        hours=frozen_hours(hours[row["hours"]]),
        cost=Decimal(row["cost"]),
        currency="GBP",
        per=row.get("per", "each"),
        access_days=row.get("access_days"),
        access_longest=row.get("access_longest"),
        team=stage.teams[row["team"]].pk if "team" in row else None,
    )


def _condition(rows: list[list[str]]) -> Condition:
    return Condition(tuple(Comparison(field, how, value) for field, how, value in rows))


def _step(row: dict[str, Any], stage: Stage) -> Step:
    amount, least = row.get("from", ("cost", None))
    people = tuple(stage.people[n].pk for n in row.get("people", ()))
    return Step(row["name"], row.get("needed", 1), people, is_line=row.get("line", False), at_least=Decimal(least) if least else None, amount=amount)


def _request(row: dict[str, Any], model: RequestModel, stage: Stage, moment: datetime) -> None:
    at = moment - span(row["ago"])
    by = stage.people[row["by"]]
    asker = stage.people[row["for"]] if "for" in row else by
    answers = {key: _answer(value, stage, moment) for key, value in row["answers"].items()}
    made = order(model, answers, by=by, channel=stage.channel_of(by), requester=asker, at=at, origin=ORIGIN)
    stage.records[row["key"]] = made
    for after, who, do, values in row["steps"]:
        at += span(after)
        _act(made, do, values, stage, who, at)
        made = proceed(made, at=at)


def _answer(value: Any, stage: Stage, moment: datetime) -> Any:
    """Days are given as so many from now (“+6d”), people by their key."""
    if isinstance(value, str) and value[:1] in "+-" and value.endswith("d"):
        return (moment.date() + timedelta(days=int(value[:-1]))).isoformat()
    return stage.people[value].pk if isinstance(value, str) and value in stage.people else value


def _act(request: Request, do: str, values: dict[str, Any], stage: Stage, who: str, at: datetime) -> None:
    by = stage.people[who]
    channel = stage.channel_of(by)
    if do in ("yes", "no"):
        approval = Approval.objects.get(card=request.pk, ended_at=None)
        decide(approval, is_yes=do == "yes", by=by, channel=channel, reason=values.get("reason", ""), at=at)
    elif do == "task":
        task = FulfilmentTask.objects.get(request=request.pk, plan_key=values["key"])
        fields = {name: stage.people[key] for name, key in values.get("values", {}).items()}
        move(task, values.get("do", "complete"), by=by, channel=channel, at=at, fields=fields or None)
    elif do in ("reply", "note"):
        parts.comment(request, text=values["text"], is_public=do == "reply", by=by, channel=channel, at=at)
    else:
        fields = {name: value for name, value in values.items() if name != "note"}
        move(request, do, by=by, channel=channel, at=at, note=values.get("note", ""), fields=fields or None)


__all__ = ["make_requests"]
