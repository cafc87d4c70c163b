"""Writes beside open, amend and move: a change for one record, a letter for one assignment, reminders, and what the calendar ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from plimsoll.context.parts.operations import add_part
from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.operations import begin
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
from plimsoll.kernel.trail.models import Entry
from plimsoll.leadership.authorities.duties import ACCEPT_WITHIN
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
    """Begin the letter that appoints somebody to a role: it is about the assignment, which fills it with the role in force (S-048, S-049)."""
    template, version = template_named(LETTER), version_in_force(assignment.role)
    if template is None or version is None:
        raise Faulty([Fault("", _("The role is not in force; nobody is appointed to it."))])
    holder = assignment.person or assignment.team
    title = (_("Appointment: %(role)s, %(name)s") % {"role": version.title, "name": holder})[:250]
    return begin(template, by=by, channel=channel, at=at, title=title, about=assignment.reference)


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
