"""What a plan says, as people read it: cost, promise, conditions, steps."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import ceil

from django.utils.formats import number_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.agreements.levels.rules import write_span
from plimsoll.kernel.access.wording import doing
from plimsoll.resolution.requests.plan import COST, Condition, Plan, Step

PER = {"each": gettext_lazy("each"), "month": gettext_lazy("a month"), "year": gettext_lazy("a year")}
KIND_LABELS = {
    "text": gettext_lazy("a line of text"),
    "long text": gettext_lazy("a longer text"),
    "number": gettext_lazy("a number"),
    "date": gettext_lazy("a day"),
    "yes/no": gettext_lazy("yes or no"),
    "choice": gettext_lazy("one of several"),
    "several choices": gettext_lazy("any of several"),
    "person": gettext_lazy("a person"),
}
HOW = {"is": gettext_lazy("is"), "is not": gettext_lazy("is not"), "contains": gettext_lazy("contains")}


def money(amount: Decimal) -> str:
    return str(number_format(amount, 2 if amount % 1 else 0, use_l10n=True, force_grouping=True))


def cost_words(plan: Plan) -> str:
    """ "1,200 EUR each"; empty when nothing is shown."""
    if plan.cost is None:
        return ""
    if not plan.cost:
        return _("Free of charge")
    return _("%(amount)s %(currency)s %(per)s") % {"amount": money(plan.cost), "currency": plan.currency, "per": PER.get(plan.per, plan.per)}


def promise_words(plan: Plan) -> str:
    """ "Within 16 h of our service hours (Office hours)"; empty when nothing is promised."""
    if plan.within is None:
        return ""
    if not plan.steps and not plan.tasks:
        return _("At once, by itself")
    name = plan.hours.get("name", "")
    said = _("Within %(time)s of service hours") % {"time": write_span(plan.within)}
    if days := working_days(plan):
        about = ngettext("about %(n)d working day", "about %(n)d working days", days) % {"n": days}
        name = f"{about}; {name}" if name else about
    return f"{said} ({name})" if name else said


def working_days(plan: Plan) -> int:
    """How many days with service hours the promised time fills; 0 for what is done within one, or runs around the clock."""
    intervals = [[(_minutes(start), _minutes(end)) for start, end in day] for day in dict(plan.hours.get("week", {})).values() if day]
    if plan.within is None or not intervals:
        return 0
    a_day = sum(end - start for day in intervals for start, end in day) / len(intervals)
    days = plan.within.total_seconds() / 60 / a_day
    return 0 if days <= 1 or a_day >= 20 * 60 else ceil(days - 0.05)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def condition_words(plan: Plan, condition: Condition) -> str:
    """ "when Which one is Other, and Price is 12"; empty for always."""
    if not condition.tests:
        return ""
    labels = {f.key: f.label for f in plan.fields}
    said = [f"“{labels.get(t.field, t.field)}” {HOW.get(t.how, t.how)} “{t.value}”" for t in condition.tests]
    return _("when %(tests)s") % {"tests": (_(" or ") if condition.is_any else _(" and ")).join(said)}


def threshold_words(plan: Plan, step: Step) -> str:
    """From which amount on a step is asked; empty when it always is."""
    if step.at_least is None:
        return ""
    if step.amount == COST:
        return _("only from a cost of %(amount)s %(currency)s on") % {"amount": money(step.at_least), "currency": plan.currency}
    asked = plan.field_named(step.amount)
    return _("only when “%(field)s” is at least %(amount)s") % {"field": asked.label if asked else step.amount, "amount": money(step.at_least)}


def who_words(step: Step, people: Mapping[int, str], teams: Mapping[int, str]) -> str:
    """Who is asked in a step."""
    named = [people[pk] for pk in step.people if pk in people]
    if step.team is not None and step.team in teams:
        named.append(teams[step.team])
    if step.word:
        named.append(_("everybody whose role allows %(doing)s") % {"doing": doing(step.word)})
    if step.is_line:
        named.append(_("whoever decides for the customer"))
    return ", ".join(named)


def step_words(plan: Plan, step: Step, people: Mapping[int, str], teams: Mapping[int, str]) -> str:
    """A step in one line: who, how many, from when on."""
    said = who_words(step, people, teams)
    if step.needed > 1:
        said = _("%(n)d of %(who)s") % {"n": step.needed, "who": said}
    limit = threshold_words(plan, step)
    return f"{said}, {limit}" if limit else said
