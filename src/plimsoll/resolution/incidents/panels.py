"""What incidents show on pages: on a service its open ones, on an incident what can be done with it beside its moves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Link, Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.targets.words import priority_name
from plimsoll.kernel.ui.moving import allowed
from plimsoll.kernel.ui.panels import Act, PanelRow
from plimsoll.kernel.workflow import Move, Workflow
from plimsoll.resolution.incidents.merging import may_split
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import OPEN_CATEGORIES, is_too_late_to_reopen

MOST = 5


class OpenIncidents:
    """The open incidents of a service, the most urgent and newest first."""

    @property
    def title(self) -> str:
        return _("Open incidents")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        flow = workflow_of(person.tenant, "incident")
        parts: list[Any] = Incident.objects.parts_visible_to(person)
        found = [
            incident
            for part in parts
            for incident in part.filter(service_id=record.pk, is_open=True)
            .order_by("priority", "-changed_at")
            .values_list("pk", "number", "title", "priority", "category", "state")[:MOST]
        ]
        newest = sorted(dict.fromkeys(found), key=lambda row: (row[3] or 9, -row[0]))[:MOST]
        return [
            PanelRow(
                f"/incidents/{number}/",
                title,
                f"INC-{number}",
                (_("Priority %(name)s. %(state)s") % {"name": priority_name(priority), "state": flow.state(state).label})
                if priority
                else flow.state(state).label,
                category,
            )
            for _pk, number, title, priority, category, state in newest
        ]

    def more(self, record: Record) -> str:
        return f"/incidents/?open=true&service={record.pk}"

    def change(self, record: Record, person: Person) -> str:
        return ""


def move_named(flow: Workflow, name: str) -> Move | None:
    """The move, unless this house's workflow does not have it."""
    return next((m for m in flow.moves if m.name == name), None)


def incident_acts(record: Record, person: Person) -> list[Act]:
    """Merge, split, parent and children, resolve with the children, follow: for whoever may, with the reason where it can't be now."""
    assert isinstance(record, Incident)
    flow = workflow_of(person.tenant, "incident")
    base = f"/incidents/{record.number}/"
    can_amend = may(person, "incident:amend", record) and is_inside(person, record)
    found = []
    merge, resolve, reopen = (move_named(flow, name) for name in ("merge", "resolve", "reopen"))
    if can_amend and merge is not None and allowed(person, record, merge):
        found.append(Act(_("Merge with another…"), f"{base}merge/", "copy", reasons_of_place(flow, record, merge)))
    if can_amend and may_split(person, record) and not reach(person, "incident:open").is_empty:
        found.append(Act(_("Split messages off…"), f"{base}split/", "git-branch"))
    if can_amend:
        found.append(Act(_("Parent and children…"), f"{base}family/", "layers"))
    if can_amend and resolve is not None and record.state in resolve.sources and allowed(person, record, resolve) and _has_open_children(record):
        found.append(Act(_("Resolve with its children…"), f"{base}resolve-with-children/", "check"))
    if reopen is not None and can_follow(record, person, reopen):
        found.append(Act(_("Report a new incident that follows this one…"), f"{base}follow/", "reply"))
    return found


def reasons_of_place(flow: Workflow, record: Incident, move: Move) -> tuple[str, ...]:
    """Why the move does not leave the state that the record is in; empty when it does."""
    return () if record.state in move.sources else tuple(flow.refusals(move, record.state, None, {}))


def can_follow(record: Incident, person: Person, reopen: Move) -> bool:
    """Is it too late to take it up again, and may this person report a new one instead?"""
    return (
        person.tenant is not None
        and is_too_late_to_reopen(record, person.tenant)
        and allowed(person, record, reopen)
        and not reach(person, "incident:open").is_empty
    )


def _has_open_children(record: Incident) -> bool:
    return record.may_have_had("link") and Link.objects.filter(source=record.pk, meaning="parent of", target__category__in=OPEN_CATEGORIES).exists()
