"""The declaration of objectives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from plimsoll.kernel.figures.definitions import UnknownIndicator, indicator_named
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.sources import day_words
from plimsoll.planning.objectives.models import Objective
from plimsoll.planning.objectives.queries import circle, facts_of
from plimsoll.planning.objectives.rules import ENDED, OBJECTIVE_FLOW, number


class ObjectiveBehaviour(Behaviour):
    """Numbers are numbers, and no objective serves itself."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        found = [
            Fault(name, _("“%(text)s” is no number. Write it as 95 or 4.2; the unit stands beside.") % {"text": str(values[name])[:20]})
            for name in ("baseline", "target")
            if values.get(name) and number(str(values[name])) is None
        ]
        if key := values.get("indicator"):
            try:
                indicator_named(str(key))
            except UnknownIndicator as error:
                found.append(Fault("indicator", str(error.args[0])))
        parent = values.get("parent")
        above = getattr(parent, "pk", parent)
        if before is not None and above and circle(before.pk, above):
            found.append(Fault("parent", _("It would serve itself, by way of others. Choose another.")))
        return found

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of([r for r in records if isinstance(r, Objective)])

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        target = OBJECTIVE_FLOW.move(move).target if any(m.name == move for m in OBJECTIVE_FLOW.moves) else ""
        if target in ENDED:
            return {"ended_at": values["at"]}
        return {"ended_at": None} if move == "take_up" else {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        said = {
            "plan action": _("planned an action: %(action)s"),
            "change action": _("changed an action: %(action)s"),
            "finish action": _("finished an action: %(action)s"),
            "drop action": _("dropped an action: %(action)s"),
            "measure": _("measured %(value)s on %(on)s"),
            "correct measurement": _("corrected a measurement: %(value)s on %(on)s"),
        }.get(action, "")
        on = parse_date(str(values.get("measured_on") or ""))
        return said % {"action": values.get("action") or "", "value": values.get("value", ""), "on": day_words(on)} if said else ""


OBJECTIVE = declare(
    RecordType(
        model=Objective,
        prefix="OBJ",
        clause="6.2",
        workflow=OBJECTIVE_FLOW,
        behaviour_class=ObjectiveBehaviour,
        fields=(
            "title", "description", "level", "parent", "statement", "requirements", "metric", "unit", "baseline", "target", "direction", "due_on",
            "owner", "frequency", "indicator", "resources", "judged", "review_on",
        ),
        columns=("reference", "title", "state", "level", "parent", "target", "unit", "due_on", "owner"),
        filters=("state", "level", "owner", "parent", "direction", "frequency"),
        required=("title",),
        ahead=("review_on",),
        searched=("title", "description", "metric"),
        plain=("baseline", "target", "unit", "indicator", "statement"),
        body="description",
        icon="target",
        group="system",
        dues=("due_on", "review_on"),
    )
)  # fmt: skip
