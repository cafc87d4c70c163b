"""Loading the starter roles, giving and taking roles, and closing set-up. Everything goes through the writes of records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, check_everywhere, forget_grants
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import gate_open
from plimsoll.kernel.records.operations import locked, move, open_record, store
from plimsoll.kernel.roles.content import starter_roles
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.roles.queries import members_of
from plimsoll.kernel.roles.record import ASSIGNMENT, ROLE

SET_UP = "set_up"


def load_starter_roles(*, tenant: Tenant, by: Person, channel: str, codes: Iterable[str] | None = None) -> dict[str, Role]:
    """Open the starter roles that the tenant lacks and put them in force. Returns all of them by code.

    Roles that are there, found by code, stay as the organization made them.
    """
    wanted = None if codes is None else set(codes)
    there = {role.code: role for role in Role.objects.filter(tenant=tenant).exclude(code="").order_by("-pk")}
    with writing():
        for starter in starter_roles():
            if starter.code in there or (wanted is not None and starter.code not in wanted):
                continue
            role = open_record(
                ROLE,
                by=by,
                channel=channel,
                title=starter.title,
                purpose=starter.purpose,
                responsibilities=starter.responsibilities,
                words=list(starter.words),
                limits=starter.limits,
                code=starter.code,
            )
            moved = move(role, "put_in_force", by=by, channel=channel)
            assert isinstance(moved, Role)
            there[starter.code] = moved
    return there


def give_role(
    *,
    role: Role,
    by: Person,
    channel: str,
    person: Person | None = None,
    team: Team | None = None,
    organization: Organization | None = None,
    service: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    is_deputy: bool = False,
) -> Assignment:
    """Give a role to a person or a team, for the whole tenant, one organization or one service: opens the assignment and approves it.

    Needs `assignment:open` and `assignment:approve`. Raises `Faulty` or `MoveRefused`; then nothing was written. Before set-up is
    closed the administrator may give roles to themselves; such an act is trailed as set-up and listed by `conflicts`.
    """
    is_to_oneself = person is not None and person.pk == by.pk
    tenant = by.tenant
    assert tenant is not None
    if is_to_oneself and tenant.set_up_closed_at is None:
        channel = "set-up"
    if person is not None and not person.is_active:
        raise Faulty([Fault("person", _("%(name)s has left.") % {"name": person})])
    with writing():
        opened = open_record(
            ASSIGNMENT,
            by=by,
            channel=channel,
            role=role,
            person=person,
            team=team,
            in_organization=organization,
            for_service=service,
            starts_at=starts_at,
            ends_at=ends_at,
            is_deputy=is_deputy,
        )
        made = move(opened, "approve", by=by, channel=channel)
    assert isinstance(made, Assignment)
    if person is not None:
        forget_grants(person)
    forget_grants(by)
    return made


def take_role(*, assignment: Assignment, by: Person, channel: str, note: str, at: datetime | None = None) -> Assignment:
    """End an assignment, and what it granted, at once. The note says why."""
    ended = move(assignment, "end", by=by, channel=channel, note=note, at=at)
    assert isinstance(ended, Assignment)
    return ended


def accept_role(assignment: Assignment, *, by: Person, channel: str, at: datetime | None = None) -> Assignment:
    """Its holder accepts a role that was given to them, for a team one of its people (5.3-a). No word is needed: nobody else can.

    Raises `Refused` or `Faulty`; then nothing was written.
    """
    with writing(), gate_open():
        fresh = locked(assignment)
        holders = {fresh.person_id} if fresh.person_id is not None else members_of({fresh.team_id or 0}).get(fresh.team_id or 0, frozenset())
        if by.pk not in holders:
            raise Refused(_("Only who holds it accepts it."))
        if fresh.state != "in_force":
            raise Faulty([Fault("", _("It is not in force; there is nothing to accept."))])
        if fresh.accepted_at is not None:
            raise Faulty([Fault("", _("It is accepted already."))])
        moment = at or now()
        changes = {"accepted_at": (None, moment)}
        entry = store(fresh, ASSIGNMENT, {"accepted_at": moment}, fresh.extra, changes, action="accept", by=by, channel=channel, note="", at=at)
        publish(Written(record=fresh, entry=entry, by=by, changes=changes))
    return fresh


def close_set_up(*, by: Person, channel: str) -> int:
    """End set-up: from now on nobody gives a role to themselves. The set-up role ends for all its holders; returns for how many."""
    tenant = by.tenant
    assert tenant is not None
    check_everywhere(by, "settings:change")
    with writing():
        kept = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if kept.set_up_closed_at is not None:
            raise Faulty([Fault("", _("Set-up is closed already."))])
        ending = list(Assignment.objects.filter(tenant=tenant, role__code=SET_UP, state="in_force").select_related("tenant", "organization"))
        for assignment in ending:
            take_role(assignment=assignment, by=by, channel="set-up", note=_("Set-up was closed."))
        kept.set_up_closed_at = now()
        kept.save(update_fields=["set_up_closed_at"])
        settings_changed(kept.pk)
        publish(
            KeptChanged(
                tenant_id=kept.pk,
                kind="tenant",
                subject_id=kept.pk,
                action="close set-up",
                by_id=by.pk,
                channel=channel,
                changes={"set_up_closed_at": (None, kept.set_up_closed_at)},
            )
        )
    tenant.refresh_from_db(fields=["set_up_closed_at", "settings_version"])
    forget_grants(by)
    return len(ending)
