"""Days of objectives: until when each action is to be done, and when the next measurement is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.dues import Due, OwnDue, PartDue, declare_own_due, declare_part_due
from plimsoll.planning.objectives.models import Objective, ObjectiveAction
from plimsoll.planning.objectives.queries import measured
from plimsoll.planning.objectives.rules import next_measurement


def measurements(person: Person, since: date | None, until: date, most: int) -> Iterable[Due]:
    """When each running objective is to be measured next: an interval after it was measured last, or after it was opened. Three queries."""
    running = list(Objective.objects.visible_to(person).filter(state="running").order_by("number")[: 10 * most])
    last = {pk: rows[-1].on for pk, rows in measured(running).items()}
    found = []
    for o in running:
        day = next_measurement(o.frequency, last.get(o.pk, localdate(o.opened_at)))
        if (since is None or since <= day) and day <= until:
            found.append(
                Due(
                    day,
                    str(MEASUREMENT.label),
                    o.title,
                    o.reference,
                    f"/objectives/{o.number}/",
                    "objective",
                    f"measure-{o.pk}",
                    o.owner_id,
                    o.metric,
                )
            )
    return sorted(found, key=lambda due: due.day)[:most]


MEASUREMENT = declare_own_due(OwnDue("measurement", _("measurement"), "objective", measurements))
ACTION = declare_part_due(
    PartDue(model=ObjectiveAction, label=_("action"), record="objective", day="due_on", words="text", owner="owner", while_={"state": "open"})
)
