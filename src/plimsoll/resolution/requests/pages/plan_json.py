"""A version of a request model in JSON: what is answered is taken back as it is. The API's document is made from the same classes."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from django.utils.translation import gettext as _
from msgspec import Meta, Struct

from plimsoll.agreements.levels.pages.terms_json import hours_taken
from plimsoll.kernel.api.problems import faulty
from plimsoll.kernel.identity.models import Person
from plimsoll.resolution.requests.plan import COST, MOST_FIELDS, MOST_STEPS, MOST_TASKS, Comparison, Condition, Field, Plan, Step, TaskPlan

Key = Annotated[str, Meta(min_length=1, max_length=40)]
Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Small = Annotated[int, Meta(ge=1, le=100)]
Seconds = Annotated[int, Meta(ge=1, le=315_360_000)]
Days = Annotated[int, Meta(ge=1, le=36_500)]
Title = Annotated[str, Meta(min_length=1, max_length=150)]
BIGGEST_COST = Decimal(10) ** 12


class PlanTest(Struct, forbid_unknown_fields=True):
    field: Key
    how: Literal["is", "is not", "contains"]
    value: Annotated[str, Meta(max_length=200)]


class PlanCondition(Struct, forbid_unknown_fields=True):
    tests: Annotated[list[PlanTest], Meta(max_length=20)] = []
    any: bool = False


class PlanField(Struct, forbid_unknown_fields=True):
    key: Key
    label: Title
    kind: Literal["text", "long text", "number", "date", "yes/no", "choice", "several choices", "person"] = "text"
    is_required: bool = False
    help: Annotated[str, Meta(max_length=300)] = ""
    choices: Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=200)] = []
    shown: PlanCondition = msgspec.field(default_factory=PlanCondition)


class PlanStep(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    needed: Small = 1
    people: Annotated[list[Id], Meta(max_length=50)] = []
    team: Id | None = None
    word: Annotated[str, Meta(max_length=80)] = ""
    is_line: bool = False
    at_least: Decimal | None = None
    amount: Key = COST


class PlanTask(Struct, forbid_unknown_fields=True):
    key: Key
    title: Title
    team: Id
    stage: Small = 1
    within_seconds: Seconds | None = None
    instructions: Annotated[str, Meta(max_length=5000)] = ""
    needed: PlanCondition = msgspec.field(default_factory=PlanCondition)


class RequestPlan(Struct, forbid_unknown_fields=True):
    """What a version says. `hours` are those of a calendar ({"calendar": id}), or written out; `access_*` count for accesses only."""

    fields: Annotated[list[PlanField], Meta(max_length=MOST_FIELDS)] = []
    steps: Annotated[list[PlanStep], Meta(max_length=MOST_STEPS)] = []
    tasks: Annotated[list[PlanTask], Meta(max_length=MOST_TASKS)] = []
    promised_seconds: Seconds | None = None
    hours: dict[str, Any] | None = None
    cost: Decimal | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"
    per: Literal["each", "month", "year"] = "each"
    access_days: Days | None = None
    access_longest: Days | None = None
    team: Id | None = None


PLAN_SCHEMAS: dict[str, Any] = msgspec.json.schema_components([RequestPlan], ref_template="#/components/schemas/{name}")[1]
PLAN_MEMBERS = RequestPlan.__struct_fields__


def plan_written(plan: Plan) -> RequestPlan:
    """A plan as it is answered, and taken back."""
    return RequestPlan(
        fields=[PlanField(f.key, f.label, f.kind, f.is_required, f.help, list(f.choices), _condition(f.shown)) for f in plan.fields],  # type: ignore[arg-type]
        steps=[PlanStep(s.name, s.needed, list(s.people), s.team, s.word, s.is_line, s.at_least, s.amount) for s in plan.steps],
        tasks=[PlanTask(t.key, t.title, t.team, t.stage, _seconds(t.within), t.instructions, _condition(t.needed)) for t in plan.tasks],
        promised_seconds=_seconds(plan.within),
        hours=dict(plan.hours) or None,
        cost=plan.cost,
        currency=plan.currency,
        per=plan.per,  # type: ignore[arg-type]
        access_days=plan.access_days,
        access_longest=plan.access_longest,
        team=plan.team,
    )


def _condition(condition: Condition) -> PlanCondition:
    return PlanCondition([PlanTest(t.field, t.how, t.value) for t in condition.tests], condition.is_any)  # type: ignore[arg-type]


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def plan_taken(body: dict[str, Any], person: Person) -> Plan:
    """A plan from a body; raises `Problem` with the fault at its place, such as `steps.2.needed`."""
    try:
        given = msgspec.convert(body, RequestPlan)
    except msgspec.ValidationError as error:
        what, _at, where = str(error).partition(" - at `$")
        place = re.sub(r"\[(\d+)\]", r".\1", where.strip("`")).strip(".")
        raise faulty(place, _("This can't be taken: %(why)s") % {"why": what}) from None
    for place, amount in (("cost", given.cost), *((f"steps.{n}.at_least", s.at_least) for n, s in enumerate(given.steps))):
        if amount is not None and not (amount.is_finite() and abs(amount) < BIGGEST_COST):
            raise faulty(place, _("This is no amount."))
    return Plan(
        fields=tuple(Field(f.key, f.label, f.kind, f.is_required, f.help, tuple(f.choices), _read(f.shown)) for f in given.fields),
        steps=tuple(Step(s.name, s.needed, tuple(s.people), s.team, s.word, s.is_line, s.at_least, s.amount) for s in given.steps),
        tasks=tuple(TaskPlan(t.key, t.title, t.team, t.stage, _span(t.within_seconds), t.instructions, _read(t.needed)) for t in given.tasks),
        within=_span(given.promised_seconds),
        hours=hours_taken(body, "hours", person),
        cost=given.cost,
        currency=given.currency,
        per=given.per,
        access_days=given.access_days,
        access_longest=given.access_longest,
        team=given.team,
    )


def _read(condition: PlanCondition) -> Condition:
    return Condition(tuple(Comparison(t.field, t.how, t.value) for t in condition.tests), condition.any)


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
