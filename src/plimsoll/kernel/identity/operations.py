"""Keeping organizations, people and teams, and who belongs where: one write function each, every write in the trail.

Whether `by` may do it is asked by the caller (`access` lies above): pages, API and commands check `organization:keep`,
`person:keep` and `team:keep` before they call.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import changed, clean_email, clean_keys, clean_text, clean_zone, save_checked, snapshot
from plimsoll.kernel.identity.models import Membership, Organization, Person, Team, TeamMembership, Tenant
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now

ORGANIZATION_FIELDS = ("kind", "name", "parent", "external_reference", "is_active")
PERSON_FIELDS = ("organization", "name", "email", "external_reference", "timezone", "language")
PERSONAL = frozenset({"name", "email", "external_reference"})
TEAM_FIELDS = ("organization", "name", "external_reference", "is_active")
THEMES, DENSITIES, TEXTS = ("auto", "light", "dark"), ("compact", "normal", "roomy"), ("normal", "large")


def _tenant_of(by: Person) -> Tenant:
    tenant = by.tenant
    if tenant is None:
        raise Faulty([Fault("", _("Only people of a tenant keep these."))])
    return tenant


def _tell(
    thing: Any,
    action: str,
    *,
    by: Person,
    channel: str,
    changes: dict[str, tuple[Any, Any]],
    kind: str = "",
    texts: frozenset[str] = frozenset(),
    note: str = "",
) -> None:
    publish(
        KeptChanged(
            tenant_id=by.tenant_id or thing.tenant_id,
            kind=kind or thing._meta.model_name,
            subject_id=thing.pk,
            action=action,
            by_id=by.pk,
            channel=channel,
            changes=changes,
            texts=texts & changes.keys(),
            note=note,
        )
    )


def keep_organization(
    *,
    by: Person,
    channel: str,
    organization: Organization | None = None,
    kind: str | None = None,
    name: str | None = None,
    parent: Organization | None = None,
    external_reference: str | None = None,
    is_active: bool | None = None,
) -> Organization:
    """Enter an organization, or change the one given; what is None stays. Raises `Faulty`; then nothing was written."""
    tenant = _tenant_of(by)
    with writing():
        kept = Organization.objects.select_for_update().get(pk=organization.pk, tenant=tenant) if organization else Organization(tenant=tenant)
        old = snapshot(kept, ORGANIZATION_FIELDS) if organization else {}
        faults: list[Fault] = []
        if kind is not None:
            kept.kind = kind
        if kept.kind not in dict(Organization.KINDS):
            faults.append(Fault("kind", _("Say whether it is a unit, a customer or a supplier.")))
        if name is not None or not organization:
            kept.name = clean_text("name", name or "", faults, needed=True)
        if external_reference is not None:
            kept.external_reference = clean_text("external_reference", external_reference, faults)
        if is_active is not None:
            kept.is_active = is_active
            if not is_active and kept.kind == "provider":
                faults.append(Fault("is_active", _("The provider itself can't be taken out of use.")))
        if parent is not None:
            if parent.tenant_id != tenant.pk:
                faults.append(Fault("parent", _("There is no such organisation.")))
            elif organization and _stands_under(parent, kept):
                faults.append(Fault("parent", _("An organisation can't be part of itself or of its own parts.")))
            kept.parent = parent
        save_checked(kept, faults)
        if changes := changed(kept, old, ORGANIZATION_FIELDS):
            _tell(kept, "keep" if organization else "add", by=by, channel=channel, changes=changes)
    return kept


def _stands_under(part: Organization, whole: Organization) -> bool:
    here: Organization | None = part
    while here is not None:
        if here.pk == whole.pk:
            return True
        here = here.parent
    return False


def keep_person(
    *,
    by: Person,
    channel: str,
    person: Person | None = None,
    name: str | None = None,
    email: str | None = None,
    organization: Organization | None = None,
    external_reference: str | None = None,
    timezone: str | None = None,
    language: str | None = None,
    kind: str = "human",
    at: datetime | None = None,
) -> Person:
    """Enter a person, or change the one given; what is None stays, an empty text empties. Raises `Faulty`; then nothing was written.

    A new person is a member of their organization from now on; without a password they sign in after an invitation only.
    Changing the main organization adds a membership and ends none: a person may belong to several.
    """
    tenant = _tenant_of(by)
    with writing():
        kept = (
            Person.objects.select_for_update(of=("self",)).select_related("tenant", "organization").get(pk=person.pk, tenant=tenant)
            if person
            else Person(tenant=tenant, kind=kind)
        )
        old = snapshot(kept, PERSON_FIELDS) if person else {}
        faults: list[Fault] = []
        if kept.erased_at is not None:
            raise Faulty([Fault("", _("This person was erased."))])
        if name is not None or not person:
            kept.name = clean_text("name", name or "", faults, needed=True)
        if email is not None:
            kept.email = clean_email("email", email, faults)
            if kept.email and Person.objects.filter(email__iexact=kept.email).exclude(pk=kept.pk).exists():
                faults.append(Fault("email", _("There is already a person with that e-mail address.")))
        if external_reference is not None:
            kept.external_reference = clean_text("external_reference", external_reference, faults)
        if timezone is not None:
            kept.timezone = clean_zone("timezone", timezone, faults)
        if language is not None:
            kept.language = clean_text("language", language, faults, most=16)
        if organization is not None:
            if organization.tenant_id != tenant.pk:
                faults.append(Fault("organization", _("There is no such organisation.")))
            kept.organization = organization
        elif not person:
            faults.append(Fault("organization", _("Say to which organisation this person belongs.")))
        if not person:
            kept.set_unusable_password()
        save_checked(kept, faults, but=("email",))
        if kept.organization is not None and (not person or old.get("organization") != kept.organization_id):
            _begin_membership(kept, kept.organization, at or now(), "")
        _follow_address(kept)
        if changes := changed(kept, old, PERSON_FIELDS):
            _tell(kept, "keep" if person else "add", by=by, channel=channel, changes=changes, texts=PERSONAL)
    return kept


def _follow_address(person: Person) -> None:
    """The library that signs people in keeps addresses of its own: always exactly the person's, as verified."""
    EmailAddress.objects.filter(user=person).exclude(email=person.email or "").delete()
    if person.email:
        EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


MOST_PINS = 12


def keep_preferences(
    *,
    person: Person,
    channel: str,
    by: Person,
    theme: str | None = None,
    density: str | None = None,
    text: str | None = None,
    keys: str | None = None,
    pins: list[int] | None = None,
) -> Person:
    """How the pages look and answer to keys for one person, and which views they pinned. What is None stays."""
    given = {"theme": (theme, THEMES), "density": (density, DENSITIES), "text": (text, TEXTS)}
    faults = [
        Fault(name, _("Choose one of: %(known)s.") % {"known": ", ".join(known)})
        for name, (value, known) in given.items()
        if value is not None and value not in known
    ]
    if keys is not None:
        clean_keys(keys, faults)
    if pins is not None and len(pins) > MOST_PINS:
        faults.append(Fault("pins", _("At most %(n)d views are pinned.") % {"n": MOST_PINS}))
    if faults:
        raise Faulty(faults)
    wanted: dict[str, Any] = {name: value for name, (value, _known) in given.items() if value is not None} | ({} if keys is None else {"keys": keys})
    wanted |= {} if pins is None else {"pins": pins}
    with writing():
        kept = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        changes = {name: (kept.preferences.get(name), value) for name, value in wanted.items() if kept.preferences.get(name) != value}
        if changes:
            kept.preferences |= wanted
            kept.save(update_fields=["preferences"])
            person.preferences = kept.preferences
            _tell(kept, "prefer", by=by, channel=channel, changes=changes)
    return person


def join_organization(
    *, person: Person, organization: Organization, by: Person, channel: str, title: str = "", at: datetime | None = None
) -> Membership:
    """Make somebody a member of one more organization from a moment on. Raises `Faulty` when they are already."""
    tenant = _tenant_of(by)
    faults: list[Fault] = []
    if person.tenant_id != tenant.pk or organization.tenant_id != tenant.pk:
        faults.append(Fault("organization", _("There is no such organisation.")))
    if not person.is_active:
        faults.append(Fault("person", _("%(name)s has left.") % {"name": person}))
    clean_title = clean_text("title", title, faults)
    if faults:
        raise Faulty(faults)
    with writing():
        if Membership.objects.filter(person=person, organization=organization, ended_at=None).exists():
            raise Faulty(
                [Fault("organization", _("%(name)s is already a member of %(organization)s.") % {"name": person, "organization": organization})]
            )
        made = _begin_membership(person, organization, at or now(), clean_title)
        _tell(
            person,
            "join",
            kind="person",
            by=by,
            channel=channel,
            changes={"membership": (None, organization.pk), "title": (None, clean_title), "started_at": (None, made.started_at)},
        )
    return made


def _begin_membership(person: Person, organization: Organization, at: datetime, title: str) -> Membership:
    return Membership.objects.get_or_create(person=person, organization=organization, ended_at=None, defaults={"started_at": at, "title": title})[0]


def leave_organization(*, membership: Membership, by: Person, channel: str, at: datetime | None = None) -> Membership:
    """End a membership. The main organization's can't end while the person is here: choose another main one first."""
    with writing():
        kept = Membership.objects.select_for_update(of=("self",)).select_related("person", "organization").get(pk=membership.pk)
        if kept.person.tenant_id != by.tenant_id:
            raise Faulty([Fault("membership", _("There is no such membership."))])
        if kept.ended_at is not None:
            return kept
        if kept.person.is_active and kept.person.organization_id == kept.organization_id:
            raise Faulty(
                [Fault("membership", _("This is the main organisation of %(name)s. Choose another main one first.") % {"name": kept.person})]
            )
        kept.ended_at = max(at or now(), kept.started_at)
        kept.save(update_fields=["ended_at"])
        _tell(
            kept.person,
            "leave",
            kind="person",
            by=by,
            channel=channel,
            changes={"membership": (kept.organization_id, None), "ended_at": (None, kept.ended_at)},
        )
    return kept


def keep_team(
    *,
    by: Person,
    channel: str,
    team: Team | None = None,
    name: str | None = None,
    organization: Organization | None = None,
    external_reference: str | None = None,
    is_active: bool | None = None,
) -> Team:
    """Enter a team, or change the one given. It belongs to the provider, one of its units, or a supplier."""
    tenant = _tenant_of(by)
    with writing():
        kept = (
            Team.objects.select_for_update(of=("self",)).select_related("organization").get(pk=team.pk, tenant=tenant)
            if team
            else Team(tenant=tenant)
        )
        old = snapshot(kept, TEAM_FIELDS) if team else {}
        faults: list[Fault] = []
        if name is not None or not team:
            kept.name = clean_text("name", name or "", faults, needed=True)
        if external_reference is not None:
            kept.external_reference = clean_text("external_reference", external_reference, faults)
        if is_active is not None:
            kept.is_active = is_active
        if organization is not None:
            kept.organization = organization
        if not team and organization is None:
            faults.append(Fault("organization", _("Say to which organisation this team belongs.")))
        elif kept.organization.tenant_id != tenant.pk or kept.organization.kind == "customer":
            faults.append(Fault("organization", _("A team belongs to the provider, one of its units, or a supplier.")))
        save_checked(kept, faults)
        if changes := changed(kept, old, TEAM_FIELDS):
            _tell(kept, "keep" if team else "add", by=by, channel=channel, changes=changes)
            settings_changed(tenant.pk)  # rules that route to teams are kept in memory
    return kept


def join_team(*, person: Person, team: Team, by: Person, channel: str, is_lead: bool = False, at: datetime | None = None) -> TeamMembership:
    """Put somebody into a team from a moment on; asked again it only says who leads. They may from then on what the team's roles allow."""
    if person.tenant_id != by.tenant_id or team.tenant_id != by.tenant_id:
        raise Faulty([Fault("person", _("There is no such person."))])
    if not person.is_active:
        raise Faulty([Fault("person", _("%(name)s has left.") % {"name": person})])
    if not team.is_active:
        raise Faulty([Fault("team", _("%(team)s is no longer in use.") % {"team": team})])
    with writing():
        made, is_new = TeamMembership.objects.get_or_create(
            person=person, team=team, ended_at=None, defaults={"started_at": at or now(), "is_lead": is_lead}
        )
        if is_new:
            _tell(
                team,
                "join",
                kind="team",
                by=by,
                channel=channel,
                changes={"person": (None, person.pk), "is_lead": (None, is_lead), "started_at": (None, made.started_at)},
            )
        elif made.is_lead != is_lead:
            made.is_lead = is_lead
            made.save(update_fields=["is_lead"])
            _tell(team, "lead", kind="team", by=by, channel=channel, changes={"person": (person.pk, person.pk), "is_lead": (not is_lead, is_lead)})
    return made


def leave_team(*, membership: TeamMembership, by: Person, channel: str, at: datetime | None = None) -> TeamMembership:
    """Take somebody out of a team; what the team's roles allowed ends for them at once."""
    with writing():
        kept = TeamMembership.objects.select_for_update(of=("self",)).select_related("team").get(pk=membership.pk)
        if kept.team.tenant_id != by.tenant_id:
            raise Faulty([Fault("membership", _("There is no such membership."))])
        if kept.ended_at is None:
            kept.ended_at = max(at or now(), kept.started_at)
            kept.save(update_fields=["ended_at"])
            _tell(
                kept.team, "leave", kind="team", by=by, channel=channel, changes={"person": (kept.person_id, None), "ended_at": (None, kept.ended_at)}
            )
    return kept


def keep_tenant(*, name: str, timezone: str, by: Person, channel: str) -> Tenant:
    """Name the tenant and its zone; periods and due days are counted in it. Raises `Faulty`. Callers check `settings:change`."""
    with writing():
        kept = Tenant.objects.select_for_update().get(pk=_tenant_of(by).pk)
        old = snapshot(kept, ("name", "timezone"))
        faults: list[Fault] = []
        kept.name = clean_text("name", name, faults, needed=True)
        kept.timezone = clean_zone("timezone", timezone, faults, needed=True)
        changes = changed(kept, old, ("name", "timezone"))
        if faults or changes:
            kept.settings_version += 1
            save_checked(kept, faults)
            _tell(kept, "keep", by=by, channel=channel, changes=changes)
    return kept
