"""The declaration of incidents: everything that pages, API, import and contract tests need to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import facts_of, matrix_of, routes_of
from plimsoll.resolution.incidents.rules import INCIDENT_FLOW, Facts, priority_of, route


class IncidentBehaviour(Behaviour):
    """Priority by the matrix, team by the rules, moments and counts by the moves."""

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        assert before is None or isinstance(before, Incident)

        def now_or_before(name: str) -> Any:
            return values[name] if name in values else (getattr(before, name) if before is not None else None)

        follows: dict[str, Any] = {}
        by_hand = "priority" in values and values["priority"] is not None
        touches_matrix = {"impact", "urgency", "service"} & values.keys()
        computed = priority_of(now_or_before("impact"), now_or_before("urgency"), matrix_of(tenant, getattr(now_or_before("service"), "pk", None)))
        if by_hand and values["priority"] != computed:
            follows["is_priority_overridden"] = True
        elif by_hand or "priority" in values:
            follows |= {"priority": computed, "is_priority_overridden": False, "priority_reason": ""}
        elif touches_matrix and not (before is not None and before.is_priority_overridden):
            follows["priority"] = computed
        if before is None and values.get("team") is None:
            keys = {name: getattr(values.get(name), "pk", None) for name in ("service", "classification")}
            if (found := route(keys, routes_of(tenant))) is not None:
                follows["team"] = _team(found.team)
        if before is not None:
            is_handed_over = any(name in values and getattr(before, f"{name}_id") not in (None, getattr(values[name], "pk", None)) for name in ("team", "owner"))
            if is_handed_over:
                follows["reassignment_count"] = before.reassignment_count + 1
        return follows

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        if values.get("is_priority_overridden", getattr(before, "is_priority_overridden", False)) and not values.get("priority_reason"):
            return [Fault("priority_reason", _("A priority other than the matrix gives needs its reason."))]
        return []

    def facts(self, records: Sequence[Record]) -> list[Facts]:
        return facts_of(records)  # type: ignore[arg-type]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Incident)
        at = values["at"]
        if move == "resolve":
            return {"resolved_at": at, "waiting_for": ""}
        if move == "close":
            return {"closed_at": at}
        if move == "confirm":
            return {"closed_at": at, "confirmed_by_requester": True}
        if move == "reopen":
            return {"resolved_at": None, "closed_at": None, "confirmed_by_requester": False, "reopen_count": record.reopen_count + 1}
        if move in ("cancel", "merge"):
            return {"closed_at": at}
        if move == "resume":
            return {"waiting_for": ""}
        return {}

    def explain(self, record: Record, name: str) -> str:
        assert isinstance(record, Incident)
        if name != "priority":
            return ""
        if record.is_priority_overridden:
            return _("Set by hand: %(reason)s") % {"reason": record.priority_reason}
        if record.impact is None or record.urgency is None:
            return _("No priority yet: it follows from impact and urgency, and one of them is not known.")
        return _("Impact %(impact)s and urgency %(urgency)s give priority %(priority)s by the matrix.") % {
            "impact": record.get_impact_display().lower(), "urgency": record.get_urgency_display().lower(), "priority": record.priority or "?"}


def _team(pk: int) -> Any:
    from plimsoll.kernel.identity.models import Team  # noqa: PLC0415 (one look-up by a rule)

    return Team.objects.select_related("organization").get(pk=pk)


INCIDENT = declare(RecordType(
    model=Incident, prefix="INC", clause="8.6.1", workflow=INCIDENT_FLOW, behaviour_class=IncidentBehaviour,
    fields=("title", "description", "requester", "service", "classification", "impact", "urgency", "priority", "priority_reason", "team", "owner",
            "contact", "location", "symptom", "configuration_item", "item_missing_reason", "resolution_code", "cause_code", "resolution_note",
            "waiting_for"),
    columns=("priority", "reference", "title", "state", "owner", "team", "changed_at"),
    filters=("state", "priority", "team", "owner", "service", "organization", "classification", "impact", "urgency", "contact", "requester"),
    required=("title",),
    internal=("cause_code", "priority_reason", "item_missing_reason"),
    plain=("contact", "resolution_code", "cause_code"),
    searched=("title", "description", "symptom", "location", "configuration_item", "resolution_note", "cause_code"),
    requester="requester", body="description", icon="headset", group="desk",
))
