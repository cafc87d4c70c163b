"""Writes beside open, amend and move: a change for one record, a letter for one assignment, reminders, and what the calendar ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from plimsoll.context.parts.operations import add_part
from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.operations import begin, fill
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, locked, move, open_record
from plimsoll.kernel.records.sources import day_of, day_words
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.roles.queries import held_at
from plimsoll.kernel.roles.versions import version_in_force
from plimsoll.kernel.roles.wording import authorities, limits_in_words
from plimsoll.kernel.trail.models import Entry
from plimsoll.leadership.authorities.duties import ACCEPT_WITHIN, listed
from plimsoll.leadership.authorities.governance import governance
from plimsoll.leadership.authorities.models import DutyConflict, SmsChange
from plimsoll.leadership.authorities.parts import TOUCHED
from plimsoll.leadership.authorities.record import SMS_CHANGE

LETTER = "appointment-letter"


def open_change_for(record: Record, *, by: Person, channel: str, at: datetime | None = None) -> SmsChange:
    """Open an SMS change that names a document or a role. Needs `smschange:open` and `smschange:amend`; raises `Refused` or `Faulty`."""
    with writing():
        made = open_record(SMS_CHANGE, by=by, channel=channel, at=at, title=(_("Change of %(title)s") % {"title": record.title})[:250])
        add_part(TOUCHED, made, {"record": record.card}, by=by, channel=channel, at=at)
    assert isinstance(made, SmsChange)
    return made


def write_letter(assignment: Assignment, *, by: Person, channel: str, at: datetime | None = None) -> Document:
    """Begin the letter that appoints somebody to a role, filled with what the assignment and the role in force say now (S-048, S-049)."""
    template, version = template_named(LETTER), version_in_force(assignment.role)
    if template is None or version is None:
        raise Faulty([Fault("", _("The role is not in force; nobody is appointed to it."))])
    holder = assignment.person or assignment.team
    title = (_("Appointment: %(role)s, %(name)s") % {"role": version.title, "name": holder})[:250]
    with writing():
        document = begin(template, by=by, channel=channel, at=at, title=title)
        reason = _("As %(reference)s and the role in force say.") % {"reference": assignment.reference}
        for name, text in _said(assignment).items():
            if text:
                fill(document, f"appointment.{name}", by=by, channel=channel, text=text, reason=reason, at=at)
    return document


def _said(assignment: Assignment) -> dict[str, str]:
    """What the letter says of one appointment, by field."""
    tenant, version = assignment.tenant, version_in_force(assignment.role)
    assert version is not None
    rules = governance()
    above = rules.approves if assignment.role.code != rules.approves else ""
    over = (
        Assignment.objects.filter(held_at(tenant), role__code=above, is_deputy=False).select_related("person", "team", "role").first()
        if above
        else None
    )
    beside = (
        Assignment.objects.filter(held_at(tenant), role=assignment.role_id, is_deputy=True).exclude(pk=assignment.pk).select_related("person", "team")
    )
    found = [row for row in listed(tenant) if row.conflict.until is None and row.conflict.person.pk == assignment.person_id]
    starts, ends = assignment.starts_at, assignment.ends_at
    return {
        "person": str(assignment.person or assignment.team),
        "role": version.title + (_(" (deputy)") if assignment.is_deputy else ""),
        "starts": day_words(day_of(tenant, starts)) if starts else "",
        "ends": day_words(day_of(tenant, ends)) if ends else _("until it is ended"),
        "purpose": version.purpose,
        "responsibilities": version.responsibilities,
        "authorities": "; ".join([*authorities(version.words), *limits_in_words(version.limits)]),
        "reports_to": f"{over.role.title} ({over.person or over.team})" if over is not None else _("the governing body of the organisation"),
        "deputy": ", ".join(str(a.person or a.team) for a in beside) or _("nobody"),
        "conflicts": " ".join(row.conflict.sentence + (_(" Accepted.") if row.is_accepted else "") for row in found) or _("none found"),
        "acceptance": (
            _("accepted on %(day)s") % {"day": day_words(day_of(tenant, assignment.accepted_at))} if assignment.accepted_at else _("not yet accepted")
        ),
    }


def remind(tenant: Tenant, at: datetime | None = None) -> int:
    """Remind who was given a role and has not accepted it, once, after so many days; in the trail. Returns how many were told of."""
    moment = at or now()
    late = Assignment.objects.filter(held_at(tenant, moment), accepted_at=None, starts_at__lte=moment - timedelta(days=ACCEPT_WITHIN))
    late = late.exclude(card__trail__in=Entry.objects.filter(kind="assignment", action="remind"))
    system, count = system_person(tenant), 0
    for assignment in late.order_by("pk"):
        with writing():
            parts.tell(locked(assignment), "remind", by=system, channel="rule", at=at)
        count += 1
    return count


def expire(tenant: Tenant, at: datetime | None = None) -> int:
    """Mark accepted conflicts whose day has passed, in the name of the system. Returns how many."""
    today, system, count = day_of(tenant, at or now()), system_person(tenant), 0
    for conflict in DutyConflict.objects.filter(tenant=tenant, state="accepted", expires_date__lt=today).select_related("tenant", "organization"):
        try:
            move(conflict, "expire", by=system, channel="task", note=_("It was accepted until %(day)s.") % {"day": day_words(conflict.expires_date)})
        except MoveRefused:
            continue  # ended meanwhile
        count += 1
    return count


__all__ = ["expire", "open_change_for", "remind", "write_letter"]
