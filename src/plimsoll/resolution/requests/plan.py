"""What a version of a request model says: its form, its approval chain, its tasks, its promise and its cost. Read and written as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from plimsoll.kernel.lib.faults import Fault

TEXT, LONG, NUMBER, DATE, YES_NO, CHOICE, CHOICES, PERSON = "text", "long text", "number", "date", "yes/no", "choice", "several choices", "person"
KINDS = (TEXT, LONG, NUMBER, DATE, YES_NO, CHOICE, CHOICES, PERSON)
COMPARISONS = ("is", "is not", "contains")
COST = "cost"  # what a threshold is held against: the cost of the thing itself; else the key of a number field
MOST_FIELDS, MOST_STEPS, MOST_TASKS = 60, 12, 40
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test of a condition: an answer against a value."""

    field: str
    how: str
    value: str


@dataclass(frozen=True, slots=True)
class Condition:
    """When something counts. Without tests: always."""

    tests: tuple[Comparison, ...] = ()
    is_any: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the form. Its condition may ask for fields that stand before it."""

    key: str
    label: str
    kind: str = TEXT
    is_required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    shown: Condition = Condition()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the approval chain: who may say yes, how many must, and from which amount on it is asked at all."""

    name: str
    needed: int = 1
    people: tuple[int, ...] = ()
    team: int | None = None
    word: str = ""
    is_line: bool = False  # whoever decides for the customer who asks
    at_least: Decimal | None = None
    amount: str = COST


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """One task of the fulfilment. Tasks of one stage run beside each other; a stage begins when those before it are done."""

    key: str
    title: str
    team: int
    stage: int = 1
    within: timedelta | None = None
    instructions: str = ""
    needed: Condition = Condition()


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of a request model. `hours` are frozen service hours; `access_days` and `access_longest` count for accesses only (None: no end)."""

    fields: tuple[Field, ...] = ()
    steps: tuple[Step, ...] = ()
    tasks: tuple[TaskPlan, ...] = ()
    within: timedelta | None = None
    hours: Mapping[str, Any] = field(default_factory=dict)
    cost: Decimal | None = None
    currency: str = "EUR"
    per: str = "each"
    access_days: int | None = None
    access_longest: int | None = None
    team: int | None = None  # with whom the request itself lies, and who takes accesses away

    def field_named(self, key: str) -> Field | None:
        return next((f for f in self.fields if f.key == key), None)


# Reading and writing


def _condition(stored: Mapping[str, Any] | None) -> Condition:
    if not stored:
        return Condition()
    return Condition(tuple(Comparison(t["field"], t["how"], str(t["value"])) for t in stored.get("tests", ())), bool(stored.get("any")))


def write_condition(condition: Condition) -> dict[str, Any]:
    """The stored form of a condition, which the browser reads too."""
    return {"tests": [{"field": t.field, "how": t.how, "value": t.value} for t in condition.tests], "any": condition.is_any}


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def read_plan(stored: Mapping[str, Any]) -> Plan:
    """A plan from its stored form. Raises KeyError or ValueError for what no version of ours wrote."""
    return Plan(
        fields=tuple(
            Field(f["key"], f["label"], f["kind"], bool(f["required"]), f["help"], tuple(f["choices"]), _condition(f["shown"]))
            for f in stored.get("fields", ())
        ),
        steps=tuple(
            Step(s["name"], int(s["needed"]), tuple(s["people"]), s["team"], s["word"], bool(s["line"]), _decimal(s["at_least"]), s["amount"])
            for s in stored.get("steps", ())
        ),
        tasks=tuple(
            TaskPlan(t["key"], t["title"], int(t["team"]), int(t["stage"]), _span(t["seconds"]), t["instructions"], _condition(t["needed"]))
            for t in stored.get("tasks", ())
        ),
        within=_span(stored.get("seconds")),
        hours=dict(stored.get("hours", {})),
        cost=_decimal(stored.get("cost")),
        currency=str(stored.get("currency", "EUR")),
        per=str(stored.get("per", "each")),
        access_days=stored.get("access_days"),
        access_longest=stored.get("access_longest"),
        team=stored.get("team"),
    )


def write_plan(plan: Plan) -> dict[str, Any]:
    """The stored form of a plan; equal plans give equal forms."""
    return {
        "fields": [
            {
                "key": f.key,
                "label": f.label,
                "kind": f.kind,
                "required": f.is_required,
                "help": f.help,
                "choices": list(f.choices),
                "shown": write_condition(f.shown),
            }
            for f in plan.fields
        ],
        "steps": [
            {
                "name": s.name,
                "needed": s.needed,
                "people": list(s.people),
                "team": s.team,
                "word": s.word,
                "line": s.is_line,
                "at_least": _text(s.at_least),
                "amount": s.amount,
            }
            for s in plan.steps
        ],
        "tasks": [
            {
                "key": t.key,
                "title": t.title,
                "team": t.team,
                "stage": t.stage,
                "seconds": _seconds(t.within),
                "instructions": t.instructions,
                "needed": write_condition(t.needed),
            }
            for t in plan.tasks
        ],
        "seconds": _seconds(plan.within),
        "hours": dict(plan.hours),
        "cost": _text(plan.cost),
        "currency": plan.currency,
        "per": plan.per,
        "access_days": plan.access_days,
        "access_longest": plan.access_longest,
        "team": plan.team,
    }


# What keeps a plan from being put in force


def faults_of_plan(plan: Plan) -> list[Fault]:
    """Every contradiction, as a sentence that says where it is."""
    faults = [*_faults_of_fields(plan), *_faults_of_steps(plan), *_faults_of_tasks(plan)]
    if plan.within is not None and not plan.hours:
        faults.append(Fault("hours", "Choose the service hours in which the promised time runs."))
    if plan.cost is not None and plan.cost < 0:
        faults.append(Fault("cost", "A cost is not below nothing."))
    if plan.access_longest is not None and (plan.access_days or 0) > plan.access_longest:
        faults.append(Fault("access_days", "The usual time of the access is longer than the longest one."))
    return faults


def possible(asked: Field, test: Comparison) -> bool:
    """Can any answer to this question meet the test? One that none can meet would hide what depends on it, for ever and from everybody."""
    wanted = test.value.strip().casefold()
    offered = [c.strip().casefold() for c in asked.choices] if asked.kind in (CHOICE, CHOICES) else ["yes", "no"] if asked.kind == YES_NO else None
    if offered is None:
        return True
    return any(wanted in word for word in offered) if test.how == "contains" else wanted in offered


def _never(what: str, condition: Condition, asked: Mapping[str, Field]) -> list[str]:
    return [
        f"“{what}” compares “{asked[t.field].label}” with “{t.value}”, which is not among its answers."
        for t in condition.tests
        if t.field in asked and not possible(asked[t.field], t)
    ]


def _faults_of_fields(plan: Plan) -> list[Fault]:
    faults = []
    before: list[str] = []
    for f in plan.fields:
        if not _KEY.fullmatch(f.key) or f.key == COST:
            faults.append(Fault("fields", f"“{f.key}” can't be the short name of a field: small letters, figures and _ only, and not “{COST}”."))
        if f.key in before:
            faults.append(Fault("fields", f"Two fields are called “{f.key}”."))
        if f.kind in (CHOICE, CHOICES) and len(set(f.choices)) < 2:
            faults.append(Fault("fields", f"“{f.label}” needs at least two choices."))
        faults += [
            Fault("fields", f"“{f.label}” is shown by the answer to “{t.field}”, which does not stand before it.")
            for t in f.shown.tests
            if t.field not in before
        ]
        faults += [Fault("fields", sentence) for sentence in _never(f.label, f.shown, {x.key: x for x in plan.fields if x.key in before})]
        before.append(f.key)
    if len(plan.fields) > MOST_FIELDS:
        faults.append(Fault("fields", f"These are more than {MOST_FIELDS} fields."))
    return faults


def _faults_of_steps(plan: Plan) -> list[Fault]:
    faults = []
    for s in plan.steps:
        if not (s.people or s.team or s.word or s.is_line):
            faults.append(Fault("steps", f"Nobody is named in “{s.name}”: name people, a team, holders of a word, or the customer's own."))
        if s.needed < 1 or (s.people and not (s.team or s.word or s.is_line) and s.needed > len(set(s.people))):
            faults.append(Fault("steps", f"“{s.name}” needs {s.needed} to say yes, and names fewer."))
        if s.at_least is not None and s.amount != COST:
            wanted = plan.field_named(s.amount)
            if wanted is None or wanted.kind != NUMBER:
                faults.append(Fault("steps", f"“{s.name}” is asked from an amount of “{s.amount}”, which is not a number field of the form."))
    if len(plan.steps) > MOST_STEPS:
        faults.append(Fault("steps", f"These are more than {MOST_STEPS} steps."))
    return faults


def _faults_of_tasks(plan: Plan) -> list[Fault]:
    known = {f.key: f for f in plan.fields}
    faults = [Fault("tasks", sentence) for t in plan.tasks for sentence in _never(t.title, t.needed, known)]
    faults += [
        Fault("tasks", f"“{t.title}” depends on the answer to “{test.field}”, which is not in the form.")
        for t in plan.tasks
        for test in t.needed.tests
        if test.field not in known
    ]
    keys = [t.key for t in plan.tasks]
    faults += [Fault("tasks", f"Two tasks are called “{k}”.") for k in sorted({k for k in keys if keys.count(k) > 1})]
    if len(plan.tasks) > MOST_TASKS:
        faults.append(Fault("tasks", f"These are more than {MOST_TASKS} tasks."))
    return faults


def free_key(label: str, taken: Sequence[str]) -> str:
    """A short name for a label that is not taken: “Shoe size” gives shoe_size."""
    root = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:30] or "field"
    root = root if root[0].isalpha() and root != COST else f"field_{root}"
    return next(k for n in range(1, 1000) if (k := root if n == 1 else f"{root}_{n}") not in taken)


def amount_of(value: Any) -> Decimal | None:
    """A number as it was answered, for comparing with a threshold; None when it is none."""
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
