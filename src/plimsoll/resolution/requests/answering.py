"""What a plan makes of answers: which fields are shown, what is missing, which steps are asked, which tasks are needed. No database.

The browser asks the same conditions (`static/requests/conditions.js`); what it hides is not asked for here either, and is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.lib.faults import Fault
from plimsoll.kernel.lib.numbers import UnclearNumber, plain_number
from plimsoll.resolution.requests.plan import (
    CHOICE,
    CHOICES,
    COST,
    DATE,
    LONG,
    NUMBER,
    PERSON,
    TEXT,
    YES_NO,
    Comparison,
    Condition,
    Field,
    Plan,
    Step,
    TaskPlan,
    amount_of,
)

LONGEST_TEXT, LONGEST_LONG = 300, 5000
PREFIX = "answers."


def words_of(value: Any) -> list[str]:
    """An answer as the words that a condition is compared with, in small letters; nothing has none."""
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, list | tuple):
        return [str(v).casefold() for v in value]
    return [str(value).casefold()]


def _holds(test: Comparison, answers: Mapping[str, Any]) -> bool:
    said, wanted = words_of(answers.get(test.field)), test.value.strip().casefold()
    if not said:
        return False  # what was not answered, or is hidden itself, shows nothing
    if test.how == "is":
        return said == [wanted]
    if test.how == "is not":
        return said != [wanted]
    return any(wanted in word for word in said)


def counts(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Does the condition hold for these answers? What is hidden has no answer."""
    held = [_holds(test, answers) for test in condition.tests]
    return not held or (any(held) if condition.is_any else all(held))


class _Unfit(ValueError):
    """An answer that its field can't take. `args[0]` says why."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was made of given answers: those that count, which fields were shown, and what is wrong, each at `answers.KEY`."""

    answers: Mapping[str, Any]
    shown: tuple[str, ...]
    faults: tuple[Fault, ...]


def answered(plan: Plan, given: Mapping[str, Any]) -> Answered:
    """Check answers. A hidden field is neither asked for nor kept; an unknown one is a fault."""
    kept: dict[str, Any] = {}
    shown: list[str] = []
    faults = [Fault(f"{PREFIX}{key}", _("There is no such field in the form.")) for key in given if plan.field_named(key) is None]
    for asked in plan.fields:
        if not counts(asked.shown, kept):
            continue
        shown.append(asked.key)
        try:
            value = _taken(asked, given.get(asked.key))
        except _Unfit as error:
            faults.append(Fault(f"{PREFIX}{asked.key}", str(error)))
            continue
        if value is not None:
            kept[asked.key] = value
        elif asked.is_required:
            faults.append(Fault(f"{PREFIX}{asked.key}", _("“%(question)s” is needed.") % {"question": asked.label}))
    return Answered(kept, tuple(shown), tuple(faults))


def _taken(asked: Field, value: Any) -> Any:
    """The answer as it is kept; None for none. Raises `_Unfit`."""
    if value is None or value == "" or value == []:
        return None
    if asked.kind in (TEXT, LONG):
        return _text(asked, value)
    if asked.kind == NUMBER:
        return _number(value)
    if asked.kind == DATE:
        return _day(value)
    if asked.kind == YES_NO:
        return _yes(value)
    if asked.kind == PERSON:
        return _person(value)
    return _chosen(asked, value)


def _text(asked: Field, value: Any) -> str | None:
    if not isinstance(value, str) or "\x00" in value:
        raise _Unfit(_("A text is needed."))
    most = LONGEST_LONG if asked.kind == LONG else LONGEST_TEXT
    if len(value) > most:
        raise _Unfit(_("The text is longer than %(n)d characters.") % {"n": most})
    return value.strip() or None


def _number(value: Any) -> int | float:
    try:
        number = amount_of(plain_number(value) if isinstance(value, str) else value)
    except UnclearNumber as error:
        raise _Unfit(*error.args) from None
    if number is None or abs(number) > 10**12:
        raise _Unfit(_("A number is needed, such as 12 or 12.50."))
    return int(number) if number == number.to_integral_value() else float(number)


def _day(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except (ValueError, AttributeError):
        raise _Unfit(_("A day is needed, such as 2026-11-30.")) from None


def _yes(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if (said := str(value).strip().casefold()) in ("yes", "true", "on", "no", "false"):
        return said in ("yes", "true", "on")
    raise _Unfit(_("Yes or no is needed."))


def _person(value: Any) -> int:
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit() or int(str(value)) > 2**62:
        raise _Unfit(_("Choose a person."))
    return int(str(value))


def _chosen(asked: Field, value: Any) -> Any:
    several = list(value) if isinstance(value, list | tuple) else [value]
    if asked.kind == CHOICE and len(several) != 1:
        raise _Unfit(_("Choose one."))
    if unknown := [v for v in several if v not in asked.choices]:
        raise _Unfit(_("“%(said)s” is not among the choices: %(choices)s.") % {"said": str(unknown[0])[:60], "choices": ", ".join(asked.choices)})
    return [c for c in asked.choices if c in several] if asked.kind == CHOICES else several[0]


def steps_for(plan: Plan, answers: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps that are asked for these answers: those without a threshold, and those whose amount reaches it."""
    return tuple(step for step in plan.steps if step.at_least is None or (_amount(plan, step, answers) or Decimal(0)) >= step.at_least)


def _amount(plan: Plan, step: Step, answers: Mapping[str, Any]) -> Decimal | None:
    return plan.cost if step.amount == COST else amount_of(answers.get(step.amount))


def value_of(plan: Plan, answers: Mapping[str, Any]) -> Decimal:
    """What an order is worth: its cost, or an amount that a step of its chain is held against, whichever is more. Nothing is worth below nothing."""
    held = [_amount(plan, step, answers) for step in plan.steps if step.at_least is not None]
    return max([Decimal(0), *(amount for amount in (plan.cost, *held) if amount is not None)])


def tasks_for(plan: Plan, answers: Mapping[str, Any]) -> tuple[TaskPlan, ...]:
    """The tasks that these answers need, in the order of their stages."""
    return tuple(sorted((t for t in plan.tasks if counts(t.needed, answers)), key=lambda t: t.stage))


def due_tasks(tasks: Sequence[TaskPlan], ended: Mapping[str, bool]) -> tuple[TaskPlan, ...]:
    """The tasks whose turn it is and that are not opened yet. `ended` says of each opened task whether it is done or skipped."""
    open_stages = [t.stage for t in tasks if not ended.get(t.key, False)]
    stage = min(open_stages, default=None)
    return tuple(t for t in tasks if t.stage == stage and t.key not in ended)


__all__ = ["CHOICE", "Answered", "answered", "counts", "due_tasks", "steps_for", "tasks_for", "value_of", "words_of"]
