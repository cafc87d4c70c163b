"""What objectives can fill into documents: the list in the order of their tree, and the plan by which they are met (D-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_words, source_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.planning.objectives.models import Objective, ObjectiveAction
from plimsoll.planning.objectives.queries import measured, tree
from plimsoll.planning.objectives.rules import number, plain

WHERE = gettext_lazy("Planning, Objectives")
PLACE = "/objectives/"


def with_unit(text: str, unit: str) -> str:
    """A number with its unit, as written; nothing for nothing."""
    value = number(text)
    return "" if value is None else f"{plain(value)} {unit}".strip()


def target_of(objective: Objective) -> str:
    """“at least 95 %”, or nothing."""
    target = with_unit(objective.target, objective.unit)
    said = _("at least %(target)s") if objective.direction == "up" else _("at most %(target)s")
    return said % {"target": target} if target else ""


def aim_of(objective: Objective) -> str:
    """“at least 95 % by 30 June 2027”, or nothing."""
    aim = target_of(objective)
    return _("%(aim)s by %(day)s") % {"aim": aim, "day": day_words(objective.due_on)} if aim and objective.due_on else aim


def objectives_list(asked: Asked) -> Value:
    """S-026: each current objective with its aim, under the one that it serves."""
    rows = []
    for depth, objective in tree(asked.tenant):
        aim = aim_of(objective)
        text = f"{objective.title}: {aim}" if aim else objective.title
        rows.append(Row(("– " * depth + text,), source_of(objective)))
    return Value(rows=tuple(rows))


def objectives_plan(asked: Asked) -> Value:
    """D-04: objective, metric, baseline, target, latest, due, owner, actions with who and when, resources, how it is judged."""
    found = tree(asked.tenant)
    objectives = [objective for _depth, objective in found]
    flow = workflow_of(asked.tenant, "objective")
    last = {pk: many[-1] for pk, many in measured(objectives).items()}
    actions: dict[int, list[str]] = {}
    for action in (
        ObjectiveAction.objects.filter(objective__in=[o.pk for o in objectives])
        .exclude(state="dropped")
        .select_related("owner")
        .order_by("due_on", "pk")
    ):
        is_done = action.state == "done"
        told = (_("done %(day)s") if is_done else _("due %(day)s")) % {"day": day_words(action.done_on if is_done else action.due_on)}
        actions.setdefault(action.objective_id, []).append(f"{action.text} ({action.owner}, {told})")
    columns = (
        _("Objective"), _("Serves"), _("What is measured"), _("From"), _("Target"), _("Latest"), _("Until"), _("Owner"), _("Actions"), _("Resources"),
        _("How it is judged"), _("State"),
    )  # fmt: skip
    titles = {o.pk: o.reference for o in objectives}
    lines = []
    for o in objectives:
        latest = last.get(o.pk)
        lines.append(
            Row(
                (
                    f"{o.reference} {o.title}",
                    titles.get(o.parent_id or 0, ""),
                    o.metric,
                    with_unit(o.baseline, o.unit),
                    target_of(o),
                    f"{plain(latest.value)} {o.unit} ({day_words(latest.on)})" if latest else "",
                    day_words(o.due_on),
                    str(o.owner or ""),
                    "; ".join(actions.get(o.pk, ())),
                    o.resources,
                    o.judged,
                    flow.state(o.state).label,
                ),
                source_of(o),
            )
        )
    return Value(columns=columns, rows=tuple(lines))


declare_blank(Blank("objectives.list", gettext_lazy("Objectives"), "list", ("objective",), WHERE, objectives_list, PLACE, ("S-026", "S-044", "D-02")))
declare_blank(
    Blank(
        "objectives.plan",
        gettext_lazy("Objectives and how they are met"),
        "table",
        ("objective",),
        WHERE,
        objectives_plan,
        PLACE,
        ("D-04", "6.2.2-a"),
    )
)

__all__ = ["aim_of", "objectives_list", "objectives_plan", "target_of", "with_unit"]
