"""Reads of objectives: what guards judge, what was measured last, and what falls short of the rules of 6.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.feeding import months_of
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.sources import source_of
from plimsoll.planning.objectives.models import Measurement, Objective, ObjectiveAction
from plimsoll.planning.objectives.rules import Facts, goes_somewhere, is_measurable, is_measured_in_time

# The rules that are no guard of a move, each with its items of the map.
UNMEASURABLE = Rule("objective_not_measurable", gettext_lazy("An objective can't be measured"), ("S-026",))
ORPHAN = Rule("objective_serves_none", gettext_lazy("An objective serves no greater one"), ("S-044",))
NO_TOP = Rule("no_business_objective", gettext_lazy("There is no objective of the business"), ("6.2.1-a",))
UNSTATED = Rule("objective_without_statement", gettext_lazy("An objective serves no statement of the policy"), ("6.2.1-b",))
UNREAD = Rule("objective_without_requirements", gettext_lazy("An objective does not say which requirements it takes into account"), ("6.2.1-c",))
UNMEASURED = Rule("objective_unmeasured", gettext_lazy("An objective was not measured in its interval"), ("6.2.1-d",))
UNPLANNED = Rule("objective_unplanned", gettext_lazy("An objective has no whole plan"), ("6.2.2-a",))
LATE = Rule("objective_past_its_day", gettext_lazy("An objective is past its day"), ("6.2.2-b",))
LATE_ACTION = Rule("action_past_its_day", gettext_lazy("An action of an objective is past its day"), ("6.2.2-b",))
UNREVIEWED = Rule("objective_review_past", gettext_lazy("The review of an objective is overdue"), ("6.2.1-f",))
BACKWARDS = Rule("objective_backwards", gettext_lazy("The target of an objective is worse than where it starts"), ("6.2.1-b",))


@dataclass(frozen=True, slots=True)
class Measured:
    """One value of a day, with where it stands: a measurement by hand, or a stored month of an indicator."""

    value: Decimal
    on: date
    by: str = ""
    note: str = ""
    part: Measurement | None = None


def current(tenant: Tenant | int) -> Any:
    """Objectives that are proposed, agreed or running."""
    return Objective.objects.filter(tenant=tenant, is_open=True)


def measured(objectives: Sequence[Objective]) -> dict[int, list[Measured]]:
    """What was measured of each, oldest first: by hand, without what was corrected, and the stored months of its indicator. Two queries."""
    found: dict[int, list[Measured]] = {}
    rows = Measurement.objects.filter(objective__in=[o.pk for o in objectives], corrected_by=None).select_related("made_by")
    for row in rows.order_by("measured_on", "pk"):
        found.setdefault(row.objective_id, []).append(Measured(row.value, row.measured_on, str(row.made_by), row.note, row))
    fed = [o for o in objectives if o.indicator]
    months = months_of(fed[0].tenant_id, sorted({o.indicator for o in fed})) if fed else {}
    for o in fed:
        since = localdate(o.opened_at).replace(day=1)
        stored = [Measured(value, on, _("by the indicator")) for on, value in months.get(o.indicator, ()) if on >= since]
        if stored:
            found[o.pk] = sorted([*stored, *found.get(o.pk, [])], key=lambda m: m.on)
    return found


def facts_of(records: Sequence[Objective]) -> list[Facts]:
    """What the guards judge; two queries."""
    keys = [r.pk for r in records]
    actions = dict(
        ObjectiveAction.objects.filter(objective__in=keys)
        .exclude(state="dropped")
        .order_by()
        .values("objective")
        .annotate(n=Count("pk"))
        .values_list("objective", "n")
    )
    last = {pk: rows[-1] for pk, rows in measured(records).items()}
    today = localdate()
    return [
        Facts(
            metric=r.metric,
            unit=r.unit,
            baseline=r.baseline,
            target=r.target,
            direction=r.direction,
            due_on=r.due_on,
            owner=r.owner_id,
            resources=r.resources,
            judged=r.judged,
            actions=actions.get(r.pk, 0),
            latest=last[r.pk].value if r.pk in last else None,
            latest_on=last[r.pk].on if r.pk in last else None,
            today=today,
        )
        for r in records
    ]


def tree(tenant: Tenant | int) -> list[tuple[int, Objective]]:
    """Current objectives in the order of their tree, each with its depth; what serves none that is current stands at the top. One query."""
    rows = list(current(tenant).select_related("owner").order_by("number"))
    there = {o.pk for o in rows}
    under: dict[int | None, list[Objective]] = {}
    for o in rows:
        under.setdefault(o.parent_id if o.parent_id in there else None, []).append(o)
    found: list[tuple[int, Objective]] = []

    def walk(parent: int | None, depth: int) -> None:
        for o in under.get(parent, ()):
            found.append((depth, o))
            walk(o.pk, depth + 1)

    walk(None, 0)
    return found


def circle(objective: int, parent: int) -> bool:
    """Would this parent make an objective serve itself, by way of others? A query per step of the way up."""
    seen: set[int] = {objective}
    above: int | None = parent
    while above is not None:
        if above in seen:
            return True
        seen.add(above)
        above = Objective.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    return False


def faults_of(tenant: Tenant, at: date | datetime | None = None) -> list[Finding]:
    """Everything that falls short of the rules of 6.2; a constant number of queries."""
    today = localdate(at) if isinstance(at, datetime) else at or localdate()
    rows = list(current(tenant).select_related("owner").order_by("number"))
    facts = dict(zip([o.pk for o in rows], facts_of(rows), strict=True))
    last = {pk: many[-1].on for pk, many in measured(rows).items()}
    parents = {o.parent_id for o in rows}
    found: list[Finding] = []

    def say(rule: Rule, sentence: str, o: Objective) -> None:
        found.append(Finding(rule, sentence % {"objective": o.reference}, source_of(o)))

    if rows and not any(o.level == "business" for o in rows):
        found.append(Finding(NO_TOP, _("No current objective is one of the business. Name what the others serve.")))
    for o in rows:
        told = facts[o.pk]
        # A greater objective may be measured by those that serve it (S-026).
        if is_measurable(told) and o.pk not in parents:
            say(UNMEASURABLE, _("%(objective)s is not measurable: say what is measured, its unit, from where, to where, until when and by whom."), o)
        if goes_somewhere(told):
            say(BACKWARDS, _("The target of %(objective)s is worse than where it starts."), o)
        if o.level != "business" and o.parent_id is None:
            say(ORPHAN, _("%(objective)s serves no greater objective."), o)
        if not o.statement.strip():
            say(UNSTATED, _("%(objective)s names no statement of the policy that it serves."), o)
        if not o.requirements.strip():
            say(UNREAD, _("%(objective)s does not say which requirements it takes into account."), o)
        if o.review_on is not None and o.review_on < today:
            say(UNREVIEWED, _("%(objective)s was to be looked at again by now."), o)
        if o.state != "running":
            continue
        if not is_measured_in_time(o.frequency, last.get(o.pk, localdate(o.opened_at)), today):
            say(UNMEASURED, _("%(objective)s was not measured in its interval."), o)
        if not (told.actions and told.resources.strip() and told.judged.strip()):
            say(UNPLANNED, _("%(objective)s has no whole plan: actions, resources, how it is judged."), o)
        if o.due_on is not None and o.due_on < today:
            say(LATE, _("%(objective)s is past its day. Say whether it was achieved or missed."), o)
    late = ObjectiveAction.objects.filter(objective__in=[o.pk for o in rows], state="open", due_on__lt=today).select_related("objective")
    found += [
        Finding(
            LATE_ACTION,
            _("An action of %(objective)s is past its day: %(text)s") % {"objective": a.objective.reference, "text": a.text},
            source_of(a.objective),
        )
        for a in late.filter(Q(objective__state="running"))
    ]
    return found
