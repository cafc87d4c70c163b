"""Writes of incidents that are more than open, amend and move: parents and children, reopening, closing by time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.customs import live_customs
from plimsoll.kernel.records.declaration import type_of
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord, amend, move, open_record
from plimsoll.kernel.records.permissions import Refused, is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.resolution.incidents.keeping import keep_assignment_rule, keep_category, keep_priority_cell
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import children_of, is_too_late_to_reopen, reopen_within, working_hours
from plimsoll.resolution.incidents.rules import CLOSE_AFTER, steps_to_resolve, working_days_later

# What a follow-up takes over from the incident that it follows.
TAKEN_OVER = ("title", "requester", "service", "classification", "impact", "urgency", "location", "symptom", "configuration_item")


@dataclass(frozen=True, slots=True)
class ChildResult:
    """What became of one child: its number, and why it stayed as it was (empty: it went along)."""

    reference: str
    reasons: tuple[str, ...] = ()


def add_child(parent: Incident, child: Incident, *, by: Person, channel: str, at: datetime | None = None) -> Link:
    """Put an incident under another. The incidents' own rule says where that can't be, as for every link: `record.py`."""
    return parts.link(parent, "parent of", child, by=by, channel=channel, at=at)


def resolve_with_children(
    parent: Incident, *, by: Person, channel: str, fields: Mapping[str, Any], note: str = "", at: datetime | None = None
) -> tuple[Incident, list[ChildResult]]:
    """Resolve a parent and its open children with the same resolution, in one transaction.

    Raises what `move` raises when the parent can't be resolved; then nothing was written. A child that can't is left as it is
    and says why. Each step of a child is an ordinary move in its own trail, with a note that names the parent.
    """
    with writing():
        resolved = move(parent, "resolve", by=by, channel=channel, fields=fields, note=note, at=at)
        results = [_resolve_child(child, resolved, by=by, channel=channel, at=at) for child in children_of(resolved) if child.is_open]
    return resolved, results


def _resolve_child(child: Incident, parent: Incident, *, by: Person, channel: str, at: datetime | None) -> ChildResult:
    told = _("Resolved with its parent %(parent)s.") % {"parent": parent.reference}
    try:
        with transaction.atomic():  # a savepoint: what a child's steps began is taken back when one of them is refused
            for step in steps_to_resolve(child.state):
                child = move(child, step, by=by, channel=channel, fields=_given_to(child, parent, step), note=told, at=at)
    except MoveRefused as error:
        return ChildResult(child.reference, tuple(error.reasons))
    except (Refused, StaleRecord) as error:
        return ChildResult(child.reference, (str(error),))
    except Faulty as error:
        return ChildResult(child.reference, tuple(f.sentence for f in error.faults))
    return ChildResult(child.reference)


def _given_to(child: Incident, parent: Incident, step: str) -> dict[str, Any]:
    """What a child takes from its parent in a step: always the resolution, else only what it lacks; so too of one's own fields, where needed."""
    flow, lacks = workflow_of(parent.tenant, parent.kind), set(parent.extra) - set(child.extra)
    needed = {c.name for c in live_customs(parent.tenant, parent.kind) if flow.move(step).target in c.required_in}
    extra = {"extra": {name: parent.extra[name] for name in lacks & needed}} if lacks & needed else {}
    if step == "resolve":
        given = {name: getattr(parent, name) for name in ("resolution_code", "cause_code", "resolution_note")}
        if not child.configuration_item and not child.item_missing_reason:
            given |= {name: getattr(parent, name) for name in ("configuration_item", "item_missing_reason")}
        return given | extra
    wanted = ("service", "classification", "impact", "urgency", "team", "owner") if step == "assign" else ("owner",)
    return {name: value for name in wanted if getattr(child, name) is None and (value := getattr(parent, name)) is not None} | extra


def close_children(event: Written) -> None:
    """Wired to `Written`: when a parent is closed its resolved children close with it, in the name of the system, by rule."""
    parent = event.record
    if event.entry.action not in ("close", "confirm") or not isinstance(parent, Incident):
        return
    for child in children_of(parent):
        if child.state == "resolved":
            system = system_person(event.by.tenant)  # type: ignore[arg-type]
            try:
                with transaction.atomic():
                    move(
                        child,
                        "close",
                        by=system,
                        channel="rule",
                        at=event.entry.at if parent.origin == "demonstration" else None,
                        note=_("Closed with its parent %(parent)s.") % {"parent": parent.reference},
                    )
            except MoveRefused:
                continue  # it has open children of its own: it closes when they have


def reopen_or_follow(incident: Incident, *, by: Person, channel: str, note: str, at: datetime | None = None) -> tuple[Incident, str]:
    """Take an incident up again, or, when it ended too long ago, open a new one that follows it. Returns the record and a sentence.

    Raises what `move` and `open_record` raise. The sentence says which of the two happened, and why.
    """
    within = reopen_within(by.tenant)  # type: ignore[arg-type]
    if not is_too_late_to_reopen(incident, by.tenant, at):  # type: ignore[arg-type]
        taken_up = move(incident, "reopen", by=by, channel=channel, note=note, at=at)
        return taken_up, _("%(incident)s is open again.") % {"incident": taken_up.reference}
    with writing():
        values = {name: getattr(incident, name) for name in TAKEN_OVER}
        if values["classification"] is not None and not values["classification"].is_active:
            values["classification"] = None
        record_type = type_of(incident)
        # What outsiders are not asked is the system's to take over.
        later = {} if is_inside(by, kind="incident") else {n: values.pop(n) for n in TAKEN_OVER if not record_type.may_open_with(n)}
        made = open_record(
            record_type,
            by=by,
            channel=channel,
            organization=incident.organization,
            description=note,
            at=at,
            origin="demonstration" if incident.origin == "demonstration" else "live",
            **values,
        )
        assert isinstance(made, Incident)
        if any(value not in (None, "") for value in later.values()):
            made = amend(made, by=system_person(by.tenant), channel="rule", at=at, **later)  # type: ignore[arg-type]
        # Customers may not link; that the new one follows the old one is the system's to say.
        linker = by if may(by, "incident:amend", made) else system_person(by.tenant)  # type: ignore[arg-type]
        parts.link(made, "follows", incident, by=linker, channel=channel if linker is by else "rule", at=at)
    return made, ngettext(
        "%(old)s ended more than %(n)d day ago. %(new)s was opened instead and follows it.",
        "%(old)s ended more than %(n)d days ago. %(new)s was opened instead and follows it.",
        within.days,
    ) % {"old": incident.reference, "new": made.reference, "n": within.days}


def close_the_confirmed(tenant: Tenant, moment: datetime | None = None) -> tuple[int, int]:
    """Close what has been resolved for long enough without an objection, each in its own transaction. Returns how many closed and stayed.

    The days are the setting `incident_close_days`, counted as working days of the service (else of the organization's usual hours);
    0 switches it off. Acts in the name of the system.
    """
    days = (tenant.settings or {}).get("incident_close_days", CLOSE_AFTER.days)
    if not days:
        return 0, 0
    at = moment or now()
    system = system_person(tenant)
    closed = stayed = 0
    # So many working days are at least so many days less one: the first of them may be the day of resolving itself.
    due = Incident.objects.filter(tenant=tenant, state="resolved", resolved_at__lt=at - timedelta(days=days - 1)).order_by("resolved_at")
    hours = working_hours(tenant)
    for incident in due.select_related("organization", "service").iterator(chunk_size=500):
        kept = hours.get(incident.service.hours_id if incident.service else None) or hours.get(None)
        if incident.resolved_at is None or working_days_later(kept, incident.resolved_at, days) > at:
            continue
        told = ngettext(
            "Closed by itself: resolved for %(n)d day, and nobody objected.", "Closed by itself: resolved for %(n)d days, and nobody objected.", days
        ) % {"n": days}
        try:
            move(incident, "close", by=system, channel="task", note=told)
            closed += 1
        except MoveRefused:  # closed meanwhile, or with open children: it closes when they have
            stayed += 1
    return closed, stayed


__all__ = [
    "ChildResult",
    "add_child",
    "close_children",
    "close_the_confirmed",
    "keep_assignment_rule",
    "keep_category",
    "keep_priority_cell",
    "reopen_or_follow",
    "resolve_with_children",
]
