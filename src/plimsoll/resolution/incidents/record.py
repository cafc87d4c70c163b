"""The declaration of incidents: everything that pages, API, import and contract tests need to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Link, Record
from plimsoll.kernel.targets.operations import first_due
from plimsoll.kernel.workflow import Move, Workflow
from plimsoll.resolution.incidents.clocks import covering
from plimsoll.resolution.incidents.merging import told_of_merging
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import (
    ancestors_of,
    before_merging,
    facts_of,
    matrix_of,
    routes_of,
    span_before_merging,
    team_named,
)
from plimsoll.resolution.incidents.rules import INCIDENT_FLOW, Facts, Route, priority_of, route


class IncidentBehaviour(Behaviour):
    """Priority by the matrix, team by the rules, moments and counts by the moves."""

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        assert before is None or isinstance(before, Incident)
        return {
            **_priority(tenant, values, before),
            **_team(tenant, values, before),
            **_handovers(values, before),
            **covering(tenant, values, before),
        }

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        faults = []
        if values.get("is_priority_overridden", getattr(before, "is_priority_overridden", False)) and not values.get("priority_reason"):
            faults.append(Fault("priority_reason", _("A priority that doesn’t follow from impact and urgency needs its reason.")))
        chosen = values.get("classification")
        if chosen is not None and not chosen.is_active and (before is None or getattr(before, "classification_id", None) != chosen.pk):
            faults.append(Fault("classification", _("The category “%(path)s” is no longer in use; choose another.") % {"path": chosen.path}))
        return faults

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
            # What was said at resolving stands in the trail; the next resolving says it anew.
            return {
                "resolved_at": None,
                "closed_at": None,
                "confirmed_by_requester": False,
                "reopen_count": record.reopen_count + 1,
                "resolution_code": "",
                "cause_code": "",
                "resolution_note": "",
            }
        if move in ("cancel", "merge"):
            return {"closed_at": at, "waiting_for": ""}
        if move == "unmerge":
            return {"closed_at": None, **before_merging(record)}
        if move in ("resume", "assign"):
            return {"waiting_for": ""}
        return {}

    def leads_to(self, record: Record, move: Move, flow: Workflow) -> str:
        """Taking a merging apart leads back to where the incident was, as long as that state is still there and open."""
        span = span_before_merging(record) if move.name == "unmerge" else None
        is_there = span is not None and any(s.name == span.state and s.is_open for s in flow.states)
        return span.state if span is not None and is_there else move.target

    def link_faults(self, source: Record, meaning: str, target: Record) -> list[Fault]:
        """A child has one parent, and nobody is their own ancestor."""
        if meaning != "parent of" or not isinstance(source, Incident) or not isinstance(target, Incident):
            return []
        said = {"child": target.reference, "parent": source.reference}
        others = Link.objects.filter(target_id=target.pk, meaning=meaning).exclude(source_id=source.pk).select_related("source")
        if (there := others.first()) is not None:
            return [Fault("target", _("%(child)s is already a child of %(parent)s.") % (said | {"parent": there.source.reference}))]
        if target.pk in ancestors_of(source):
            return [Fault("target", _("%(child)s stands above %(parent)s; it can't be its child too.") % said)]
        return []

    def due(self, record: Record) -> datetime | None:
        return first_due(record)

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return told_of_merging(action, values) or {
            "recalculate": _("put it under another version of its agreement"),
            "propose major": _("found that it meets the criteria of a major incident: %(why)s") % {"why": values.get("criterion", "")},
            "declare major": _("declared it a major incident, %(major)s") % {"major": values.get("major", "")},
            "decline major": _("found it to be no major incident"),
        }.get(action, "")

    def explain(self, record: Record, name: str) -> str:
        assert isinstance(record, Incident)
        if name == "priority":
            return _explain_priority(record)
        return _explain_team(record) if name == "team" else ""


def _priority(tenant: Tenant, values: Mapping[str, Any], before: Incident | None) -> dict[str, Any]:
    """The priority as it follows from impact, urgency and service, and whether a hand overrides it."""
    is_overridden = before is not None and before.is_priority_overridden
    if "priority" not in values and (is_overridden or not {"impact", "urgency", "service"} & values.keys()):
        return {}

    def now_or_before(name: str) -> Any:
        value = values[name] if name in values else getattr(before, before._meta.get_field(name).attname) if before is not None else None  # type: ignore[union-attr]
        return getattr(value, "pk", value)

    computed = priority_of(now_or_before("impact"), now_or_before("urgency"), matrix_of(tenant, now_or_before("service")))
    given = values.get("priority")
    if given is not None and given != computed:
        return {"is_priority_overridden": True}
    if "priority" in values:
        return {"priority": computed, "is_priority_overridden": False, "priority_reason": ""}
    return {"priority": computed}


def _team(tenant: Tenant, values: Mapping[str, Any], before: Incident | None) -> dict[str, Any]:
    """The team that a rule gives: at opening, and later while nobody has the incident and service or category become known."""
    if before is not None and (before.team_id is not None or "team" in values or not {"service", "classification"} & values.keys()):
        return {}
    if values.get("team") is not None:
        return {}
    found = route(_keys(values, before), routes_of(tenant))
    team = team_named(tenant, found.team) if found is not None else None
    return {"team": team} if team is not None else {}


def _keys(values: Mapping[str, Any], before: Incident | None) -> dict[str, int | None]:
    """The ids that the rules ask for."""
    return {
        name: getattr(values[name], "pk", None) if name in values else getattr(before, f"{name}_id", None)
        for name in ("service", "classification", "organization")
    }


def _handovers(values: Mapping[str, Any], before: Incident | None) -> dict[str, Any]:
    """Given from one team or person to another; giving it to the first, or to nobody, is no handover."""
    if before is None:
        return {}
    is_handed_over = any(values.get(name) is not None and getattr(before, f"{name}_id") not in (None, values[name].pk) for name in ("team", "owner"))
    return {"reassignment_count": before.reassignment_count + 1} if is_handed_over else {}


def _explain_priority(record: Incident) -> str:
    if record.is_priority_overridden:
        return _("Set by hand: %(reason)s") % {"reason": record.priority_reason}
    if record.impact is None or record.urgency is None:
        return _("No priority yet: it follows from impact and urgency, and one of them is not known.")
    return _("Impact %(impact)s and urgency %(urgency)s give the priority %(priority)s by the matrix.") % {
        "impact": record.get_impact_display().lower(),
        "urgency": record.get_urgency_display().lower(),
        "priority": record.get_priority_display() or "?",
    }


def _explain_team(record: Incident) -> str:
    """Which rule gives it to whom today; a rule may have changed since, so it is said in the present."""
    found: Route | None = route(_keys({}, record), routes_of(record.tenant))
    if found is None:
        return _("No assignment rule holds for it; the team was chosen by hand.") if record.team_id else _("No assignment rule holds for it.")
    if found.team == record.team_id:
        return _("The assignment rule “%(rule)s” gives it to this team.") % {"rule": found.name}
    team = team_named(record.tenant, found.team)
    return _("Chosen by hand: the assignment rule “%(rule)s” would give it to %(team)s.") % {"rule": found.name, "team": team or "?"}


INCIDENT = declare(
    RecordType(
        model=Incident,
        prefix="INC",
        clause="8.6.1",
        workflow=INCIDENT_FLOW,
        behaviour_class=IncidentBehaviour,
        fields=(
            "title",
            "description",
            "requester",
            "service",
            "classification",
            "impact",
            "urgency",
            "priority",
            "priority_reason",
            "team",
            "owner",
            "contact",
            "location",
            "symptom",
            "configuration_item",
            "item_missing_reason",
            "resolution_code",
            "cause_code",
            "resolution_note",
            "waiting_for",
        ),
        columns=("priority", "reference", "title", "state", "owner", "due_at", "changed_at"),
        filters=("state", "priority", "team", "owner", "service", "organization", "classification", "impact", "urgency", "contact", "requester"),
        required=("title",),
        internal=("cause_code", "priority_reason", "item_missing_reason"),
        asked_outside=("title", "description", "service", "impact", "urgency", "location", "symptom"),
        plain=("contact", "resolution_code", "cause_code"),
        searched=("title", "description", "symptom", "location", "configuration_item", "resolution_note", "cause_code"),
        requester="requester",
        derived=("covered_by", "backed_by", "due_at"),
        body="description",
        icon="headset",
        group="desk",
    )
)
