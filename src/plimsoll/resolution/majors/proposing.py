"""Proposing incidents as major ones when they meet a criterion, and deciding on it: declare, or say why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import notify
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.operations import locked, open_record
from plimsoll.kernel.records.permissions import may
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.majors.models import MajorIncident, MajorProposal
from plimsoll.resolution.majors.queries import DECLARE, criteria_of, holders_of, running_major_of, situation_of, situations_of
from plimsoll.resolution.majors.record import MAJOR
from plimsoll.resolution.majors.rules import Criterion, Situation, could_meet, explain, first_met, meets

# What a change of these says about measures: only criteria that ask for one of them are looked at.
TOUCHED = {
    "service": "criticality",
    "impact": "impact",
    "urgency": "urgency",
    "priority": "priority",
    "parent of": "incidents",
}
MOST = 500


def propose(event: Written) -> None:
    """Wired to `Written`: an incident that meets a criterion now is proposed as a major one. Most cost no question at all."""
    incident, action = event.record, event.entry.action
    if not isinstance(incident, Incident) or event.entry.origin == "imported" or not incident.is_open:
        return
    touched = {measure for name, measure in TOUCHED.items() if name in event.changes}
    if not touched or action == "unlink":
        return
    if "incidents" in touched:
        touched.add("reporters")
    known = Situation(impact=incident.impact, urgency=incident.urgency, priority=incident.priority)
    wanted = [c for c in criteria_of(incident.tenant) if could_meet(c, known) and touched & {one.measure for one in c.conditions}]
    # Opening links nothing yet, so how many belong together is known: one.
    if action == "open":
        wanted = [c for c in wanted if could_meet(c, Situation(None, incident.impact, incident.urgency, incident.priority, 1, 1, 0))]
    if wanted and (met := first_met(wanted, situation_of(incident, event.entry.at))) is not None:
        propose_one(incident, met, at=event.entry.at)


def propose_one(incident: Incident, criterion: Criterion, *, at: datetime) -> MajorProposal | None:
    """Propose one incident by a criterion; nothing happens when it is handled already, or this criterion was decided on before."""
    system = system_person(incident.tenant)
    with writing():
        if MajorProposal.objects.filter(Q(decided_at=None) | Q(criterion=criterion.name), incident=incident).exists() or running_major_of(
            [incident.pk]
        ):
            return None
        words = explain(criterion)
        made = MajorProposal.objects.create(incident=incident, criterion=criterion.name, words=words[:500], at=at)
        backdated = at if incident.origin == "demonstration" else None
        changes = {"criterion": (None, f"{criterion.name}: {words}")}
        entry = parts.tell(incident, "propose major", by=system, channel="rule", changes=changes, at=backdated)
        notify(incident, holders_of(incident.tenant, DECLARE, at), entry=entry, why="declares", at=backdated)
    return made


def propose_by_time(tenant: Tenant, moment: datetime | None = None) -> int:
    """Propose what meets a criterion by now because time went by; for a tick. Returns how many."""
    at = moment or now()
    timed = [c for c in criteria_of(tenant) if any(one.measure == "minutes" for one in c.conditions)]
    found = 0
    for criterion in timed:
        # Those that wait longest first: what is looked at is bounded, and nobody may be overlooked for being old.
        decided = MajorProposal.objects.filter(Q(decided_at=None) | Q(criterion=criterion.name), incident=OuterRef("pk"))
        for incident in matching(criterion, looked_at(tenant, criterion, at, among=~Exists(decided), order=("opened_at", "card"))[0], at):
            found += propose_one(incident, criterion, at=at) is not None
    return found


def looked_at(
    tenant: Tenant,
    criterion: Criterion,
    moment: datetime | None = None,
    *,
    among: Q | Combinable | None = None,
    order: Sequence[str] = ("priority", "-changed_at", "-card"),
) -> tuple[list[Incident], bool]:
    """The open incidents that a criterion may hold for, the most urgent first; and whether there are more than are looked at."""
    at = moment or now()
    rows: Any = Incident.objects.filter(tenant=tenant, is_open=True)
    if among is not None:
        rows = rows.filter(among)
    if criterion.needs_all:  # what the table itself can say
        for condition in criterion.conditions:
            if condition.measure in ("impact", "urgency", "priority"):
                rows = rows.filter(**{f"{condition.measure}__lte": condition.limit})
            elif condition.measure == "criticality":
                rows = rows.filter(service__criticality__lte=condition.limit)
            elif condition.measure == "minutes":
                rows = rows.filter(opened_at__lte=at - timedelta(minutes=condition.limit))
    found = list(rows.select_related("service", "tenant", "organization").order_by(*order)[: MOST + 1])
    return found[:MOST], len(found) > MOST


def matching(criterion: Criterion, incidents: Sequence[Incident], moment: datetime | None = None) -> list[Incident]:
    """Those of some that a criterion holds for now."""
    situations = situations_of(incidents, moment or now())
    return [incident for incident, situation in zip(incidents, situations, strict=True) if meets(criterion, situation)]


def declare_major(
    incident: Incident,
    *,
    by: Person,
    channel: str,
    reason: str = "",
    title: str = "",
    owner: Person | None = None,
    began_at: datetime | None = None,
    at: datetime | None = None,
) -> MajorIncident:
    """Declare an incident a major one: by the criterion that it was proposed for, else by hand with a reason.

    Needs `majorincident:open` and sight of the incident; raises `Refused` or `Faulty`.
    """
    with writing():
        fresh = locked(incident)
        if not may(by, "incident:read", fresh):
            raise Refused(sentence(by, "incident:read"))
        proposal = MajorProposal.objects.select_for_update().filter(incident=fresh, decided_at=None).first()
        values: dict[str, Any] = {"began_at": began_at} if began_at is not None else {}
        made = open_record(
            MAJOR,
            by=by,
            channel=channel,
            at=at,
            origin="demonstration" if fresh.origin == "demonstration" else "live",
            title=title.strip() or fresh.title,
            lead=fresh,
            owner=owner,
            reason=reason.strip(),
            criterion=f"{proposal.criterion}: {proposal.words}"[:250] if proposal else "",
            **values,
        )
        assert isinstance(made, MajorIncident)
    return made


def settle_proposal(major: MajorIncident, *, by: Person, at: datetime) -> None:
    """Whatever way it was declared by: what was proposed of its incident is decided now."""
    MajorProposal.objects.filter(incident_id=major.lead_id, decided_at=None).update(decided_at=at, decided_by=by, major=major)


def decline(incident: Incident, *, reason: str, by: Person, channel: str, at: datetime | None = None) -> MajorProposal:
    """Say why an incident that meets a criterion is no major one. By that criterion it is not proposed again. Needs `majorincident:open`."""
    words = " ".join(reason.split())
    with writing():
        fresh = locked(incident)
        if not may(by, "incident:read", fresh) or not may(by, DECLARE, fresh):
            raise Refused(sentence(by, DECLARE))
        proposal = MajorProposal.objects.select_for_update().filter(incident=fresh, decided_at=None).first()
        if proposal is None:
            raise Faulty([Fault("", _("It is not proposed, so there is nothing to decline."))])
        if not words or len(words) > 500:
            raise Faulty([Fault("reason", _("Say why it is no major incident, in up to 500 characters."))])
        proposal.decided_at, proposal.decided_by, proposal.reason = at or now(), by, words
        proposal.save(update_fields=["decided_at", "decided_by", "reason"])
        parts.tell(fresh, "decline major", by=by, channel=channel, note=words, changes={"criterion": (proposal.criterion, None)}, at=at)
    return proposal
