"""Keeping how somebody is told, and the hours in which teams and organizations work. Each write is in the trail.

Whether `by` may keep working hours is asked by the caller: pages check `settings:change` before they call.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Organization, Person, Team, TeamMembership
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice, WorkingHours
from plimsoll.kernel.notifications.rules import ALWAYS_TOLD, ANY_TIME, NOTHING, USUAL_HOURS, Wishes, read_wishes, write_wishes


def wishes_of(person: Person) -> Wishes:
    """How this person wants to be told."""
    return read_wishes(person.preferences.get("notices") or {})


def keep_wishes(wishes: Wishes, *, person: Person, by: Person, channel: str) -> Person:
    """Keep how somebody is told; what waits to be mailed to them is planned anew. Raises `Faulty`; then nothing was written."""
    faults = [Fault(f"way_{kind}", _("You are always told of this, at least in the inbox.")) for kind in ALWAYS_TOLD if wishes.way(kind) == NOTHING]
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        faults.append(
            Fault("quiet_to" if wishes.quiet_to is None else "quiet_from", _("Quiet hours have a beginning and an end. Give both, or none."))
        )
    if wishes.hours not in (ANY_TIME, USUAL_HOURS) and not (
        wishes.hours.isdecimal() and Calendar.objects.filter(tenant=person.tenant_id, pk=int(wishes.hours)).exists()
    ):
        faults.append(Fault("hours", _("There are no such hours.")))
    if faults:
        raise Faulty(faults)
    stored = write_wishes(wishes)
    with writing():
        kept = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        before = kept.preferences.get("notices") or {}
        if before != stored:
            kept.preferences |= {"notices": stored}
            kept.save(update_fields=["preferences"])
            person.preferences = kept.preferences
            Notice.objects.filter(person=kept, mail=None, read_at=None, mail_due_at__isnull=False).update(is_mail_wanted=True, mail_due_at=None)
            publish(
                KeptChanged(
                    tenant_id=kept.tenant_id or 0,
                    kind="person",
                    subject_id=kept.pk,
                    action="prefer",
                    by_id=by.pk,
                    channel=channel,
                    changes={"notices": (before, stored)},
                )
            )
    return person


def keep_working_hours(
    *, by: Person, channel: str, calendar: Calendar | None, team: Team | None = None, organization: Organization | None = None
) -> WorkingHours | None:
    """Say in which hours a team or an organization works; None takes it away. Raises `Faulty` for things of another tenant."""
    whose = team or organization
    if whose is None or (team is not None and organization is not None) or by.tenant_id is None:
        raise Faulty([Fault("", _("Name a team or an organisation."))])
    if whose.tenant_id != by.tenant_id or (calendar is not None and calendar.tenant_id != by.tenant_id):
        raise Faulty([Fault("calendar", _("There are no such hours."))])
    with writing():
        kept = WorkingHours.objects.select_for_update(of=("self",)).filter(team=team, organization=organization).first()
        before = kept.calendar_id if kept is not None else None
        after = calendar.pk if calendar is not None else None
        if before == after:
            return kept
        if calendar is None:
            assert kept is not None
            number = kept.pk
            kept.delete()
            kept = None
        else:
            kept = kept or WorkingHours(tenant_id=by.tenant_id, team=team, organization=organization)
            kept.calendar = calendar
            kept.save()
            number = kept.pk
        publish(
            KeptChanged(
                tenant_id=by.tenant_id,
                kind="working_hours",
                subject_id=number,
                action="keep",
                by_id=by.pk,
                channel=channel,
                changes={"team" if team is not None else "organization": (None, whose.pk), "calendar": (before, after)},
            )
        )
        # Who waits for the old hours is planned anew.
        concerned = Notice.objects.filter(mail=None, read_at=None, mail_due_at__isnull=False, person__tenant_id=by.tenant_id)
        concerned.update(is_mail_wanted=True, mail_due_at=None)
    return kept


def hours_of(people: Iterable[Person]) -> dict[int, ServiceHours]:
    """The working hours of several people, in four queries at most: those they chose, their team's, their organization's, or the one's above it.

    Who has none, or chose any time, is left out. Hours that are stored unsoundly hold nobody's mail back.
    """
    wanted = {p.pk: p for p in people if wishes_of(p).hours != ANY_TIME}
    if not wanted:
        return {}
    own = {pk: int(chosen) for pk, p in wanted.items() if (chosen := wishes_of(p).hours).isdecimal()}
    rest = [pk for pk in wanted if pk not in own]
    kept = WorkingHours.objects.filter(tenant_id__in={p.tenant_id for p in wanted.values()}).values_list("team_id", "organization_id", "calendar_id")
    by_team, by_organization = dict[int, int](), dict[int, int]()
    for team, organization, calendar in kept if rest else ():
        if team is not None:
            by_team[team] = calendar
        elif organization is not None:
            by_organization[organization] = calendar
    found = dict(own)
    if by_team:
        members = TeamMembership.objects.filter(in_force(now()), person__in=rest, team__in=by_team, team__is_active=True).order_by("pk")
        for person, team in members.values_list("person_id", "team_id"):
            found.setdefault(person, by_team[team])
    if by_organization:
        above = dict(Organization.objects.filter(people__in=rest).values_list("pk", "parent_id"))
        for pk in rest:
            place = wanted[pk].organization_id
            kept_by = by_organization.get(place or 0) or by_organization.get(above.get(place or 0) or 0)
            if kept_by is not None:
                found.setdefault(pk, kept_by)
    hours: dict[int, ServiceHours] = {}
    for kept_calendar in Calendar.objects.filter(pk__in=set(found.values())):
        try:
            hours[kept_calendar.pk] = kept_calendar.hours()
        except ValueError:
            continue
    return {person: hours[calendar] for person, calendar in found.items() if calendar in hours}
