"""Writes of request models beside open, amend and move: drafting a version, putting it in force, and who may order."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check as check_word
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import canonical, seen_mark
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.roles.models import Role
from plimsoll.resolution.requests.models import Decider, Entitlement, ModelVersion, RequestModel
from plimsoll.resolution.requests.plan import Plan, faults_of_plan, read_plan, write_plan


def mark_of(version: ModelVersion | None) -> str:
    """A mark of the version that the next draft begins with, or goes on with."""
    return seen_mark(version.pk, version.plan) if version is not None else seen_mark(0, {})


def draft_plan(model: RequestModel, plan: Plan, *, by: Person, channel: str, seen: str | None = None, at: datetime | None = None) -> ModelVersion:
    """Write down the next version, or change its draft. Returns the draft; raises `Refused` or `Faulty`. Needs `requestmodel:amend`.

    A draft may be half done: what contradicts itself is said when it is put in force. `seen` is the mark of what was changed; when it is
    another meanwhile nothing is written.
    """
    with writing():
        fresh = locked(model)
        check(by, "requestmodel:amend", fresh)
        if fresh.state == "retired":
            raise Faulty([Fault("", _("%(model)s is retired. Take it up again first.") % {"model": fresh.reference})])
        if seen is not None and seen != mark_of(ModelVersion.objects.filter(request_model=fresh).order_by("-number").first()):
            raise Faulty([Fault("", _("The draft was changed meanwhile. Go back to it, see how it is now, and change it there."))])
        if faults := _unknown_things(fresh, plan):
            raise Faulty(faults)
        stored = write_plan(plan)
        draft = ModelVersion.objects.select_for_update().filter(request_model=fresh, published_at=None).first()
        old = draft.plan if draft else {}
        if draft is None:
            last = ModelVersion.objects.filter(request_model=fresh).order_by("-number").first()
            draft = ModelVersion(request_model=fresh, number=(last.number if last else 0) + 1)
        changes = {f"plan.{n}": (old.get(n), v) for n, v in stored.items() if old.get(n) != v}
        if not changes and draft.pk is not None:
            return draft
        draft.plan = stored
        draft.save()
        parts.tell(fresh, "draft plan", by=by, channel=channel, changes={"version": (None, draft.number), **changes}, at=at)
    return draft


def _unknown_things(model: RequestModel, plan: Plan) -> list[Fault]:
    """People and teams that are not here."""
    people = {pk for s in plan.steps for pk in s.people}
    teams = {t for t in (plan.team, *(s.team for s in plan.steps), *(t.team for t in plan.tasks)) if t is not None}
    faults = []
    if Person.objects.filter(tenant_id=model.tenant_id, pk__in=people, is_active=True).count() != len(people):
        faults.append(Fault("steps", _("One of these people is not here any more.")))
    if Team.objects.filter(tenant_id=model.tenant_id, pk__in=teams, is_active=True).count() != len(teams):
        faults.append(Fault("tasks", _("One of these teams is not here any more.")))
    return faults


def discard_draft(model: RequestModel, *, by: Person, channel: str) -> None:
    """Throw the draft of the next version away; what is in force stays."""
    with writing():
        fresh = locked(model)
        check(by, "requestmodel:amend", fresh)
        draft = ModelVersion.objects.select_for_update().filter(request_model=fresh, published_at=None).first()
        if draft is None:
            raise Faulty([Fault("", _("There is no draft."))])
        number = draft.number
        draft.delete()
        parts.tell(fresh, "discard plan", by=by, channel=channel, changes={"version": (number, None)})


def put_in_force(draft: ModelVersion, *, by: Person, channel: str, at: datetime | None = None) -> ModelVersion:
    """Put a draft in force: from now on it is ordered by this version, and it never changes. Needs `requestmodel:publish`; raises `Faulty`.

    What was ordered before keeps the version that it was ordered by.
    """
    with writing():
        fresh = locked(draft.request_model)
        check(by, "requestmodel:publish", fresh)
        kept = ModelVersion.objects.select_for_update().filter(pk=draft.pk).first()
        if kept is None:
            raise Faulty([Fault("", _("The draft was thrown away meanwhile."))])
        if kept.published_at is not None:
            raise Faulty([Fault("", _("Version %(n)d is in force already.") % {"n": kept.number})])
        plan = read_plan(kept.plan)
        faults = [*faults_of_plan(plan), *_unknown_things(fresh, plan)]
        if faults:
            raise Faulty(faults)
        kept.published_at, kept.published_by = at or now(), by
        kept.digest = hashlib.sha256(canonical(kept.plan).encode()).hexdigest()
        kept.save()
        parts.tell(fresh, "put in force", by=by, channel=channel, changes={"version": (None, kept.number), "digest": (None, kept.digest)}, at=at)
        settings_changed(fresh.tenant_id)
    return kept


def entitle(
    model: RequestModel,
    *,
    by: Person,
    channel: str,
    organization: Organization | None = None,
    team: Team | None = None,
    role: Role | None = None,
    person: Person | None = None,
    at: datetime | None = None,
) -> Entitlement:
    """Say who else may order it: whoever meets all that is named. Needs `requestmodel:amend`; raises `Faulty`."""
    named = {"organization": organization, "team": team, "role": role, "person": person}
    with writing():
        fresh = locked(model)
        check(by, "requestmodel:amend", fresh)
        if not any(named.values()):
            raise Faulty([Fault("", _("Name an organisation, a team, a role or a person."))])
        faults = [
            Fault(name, _("There is no such thing here."))
            for name, thing in named.items()
            if thing is not None and thing.tenant_id != fresh.tenant_id
        ]
        if faults:
            raise Faulty(faults)
        there = Entitlement.objects.filter(request_model=fresh, **named).first()
        if there is not None:
            return there
        made = Entitlement.objects.create(request_model=fresh, **named)
        changes = {name: (None, thing.pk) for name, thing in named.items() if thing is not None}
        parts.tell(fresh, "entitle", by=by, channel=channel, changes=changes, at=at)
    return made


def take_entitlement(row: Entitlement, *, by: Person, channel: str) -> None:
    """They may no longer order it; what they ordered goes on."""
    with writing():
        fresh = locked(row.request_model)
        check(by, "requestmodel:amend", fresh)
        named = {"organization": row.organization_id, "team": row.team_id, "role": row.role_id, "person": row.person_id}
        row.delete()
        parts.tell(fresh, "take entitlement", by=by, channel=channel, changes={n: (pk, None) for n, pk in named.items() if pk is not None})


def keep_deciders(organization: Organization, people: list[Person], *, by: Person, channel: str) -> list[Person]:
    """Say who decides for an organization what its people order; exactly these. Needs `organization:keep`."""
    check_word(by, "organization:keep", organization=organization.pk)
    if organization.tenant_id != by.tenant_id or any(p.tenant_id != by.tenant_id or not p.is_active for p in people):
        raise Faulty([Fault("people", _("There is no such person."))])
    with writing():
        old = sorted(Decider.objects.filter(organization=organization).values_list("person_id", flat=True))
        new = sorted({p.pk for p in people})
        if old == new:
            return people
        Decider.objects.filter(organization=organization).exclude(person__in=new).delete()
        for pk in set(new) - set(old):
            Decider.objects.create(organization=organization, person_id=pk)
        publish(
            KeptChanged(
                tenant_id=organization.tenant_id,
                kind="organization",
                subject_id=organization.pk,
                action="name deciders",
                by_id=by.pk,
                channel=channel,
                changes={"deciders": (old, new)},
            )
        )
    return people


__all__ = ["discard_draft", "draft_plan", "entitle", "keep_deciders", "mark_of", "put_in_force", "take_entitlement"]
