"""Keeping what the rules of incidents read: categories, the priority matrix, assignment rules. One write each, every write in the trail."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import changed, clean_text, save_checked, snapshot
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.models import AssignmentRule, Category, PriorityRule
from plimsoll.resolution.incidents.queries import matrix_of
from plimsoll.resolution.incidents.rules import STARTING_MATRIX

WORD = "settings:change"
CATEGORY_FIELDS = ("parent", "name", "path", "is_active")
RULE_FIELDS = ("position", "name", "service", "category", "organization", "team", "is_active")


def _tenant_of(by: Person) -> Tenant:
    check_everywhere(by, WORD)
    tenant = by.tenant
    assert tenant is not None  # check() refused everybody without one
    return tenant


def _tell(thing: Any, kind: str, action: str, *, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    settings_changed(thing.tenant_id)
    if by.tenant is not None:
        by.tenant.refresh_from_db(fields=["settings_version"])
    publish(KeptChanged(tenant_id=thing.tenant_id, kind=kind, subject_id=thing.pk, action=action, by_id=by.pk, channel=channel, changes=changes))


def _of_tenant(faults: list[Fault], tenant: Tenant, **given: Any) -> None:
    faults += [Fault(name, _("There is no such thing here.")) for name, thing in given.items() if thing is not None and thing.tenant_id != tenant.pk]


def keep_category(
    *,
    by: Person,
    channel: str,
    category: Category | None = None,
    name: str | None = None,
    parent: Category | None = None,
    is_active: bool | None = None,
) -> Category:
    """Enter a category, or rename the one given or take it out of use; what is None stays. Its branches follow, their paths too.

    A category keeps its place in the tree, so that old incidents stay where they were counted. Needs `settings:change`.
    """
    tenant = _tenant_of(by)
    with writing():
        kept = (
            Category.objects.select_for_update(of=("self",)).get(pk=category.pk, tenant=tenant)
            if category
            else Category(tenant=tenant, parent=parent)
        )
        old = snapshot(kept, CATEGORY_FIELDS) if category else {}
        faults: list[Fault] = []
        _of_tenant(faults, tenant, parent=parent)
        if name is not None or not category:
            kept.name = clean_text("name", name or "", faults, most=150, needed=True)
            if " / " in kept.name:
                faults.append(Fault("name", _("“ / ” parts the branches of a path; use another sign in the name.")))
        if is_active is not None:
            kept.is_active = is_active
        above = Category.objects.filter(pk=kept.parent_id).first() if kept.parent_id else None
        kept.path = f"{above.path} / {kept.name}" if above else kept.name
        if len(kept.path) > 320:
            faults.append(Fault("name", _("The whole path is longer than %(n)d characters.") % {"n": 320}))
        if is_active and above is not None and not above.is_active:
            faults.append(Fault("is_active", _("“%(path)s” above it is out of use; take that up again first.") % {"path": above.path}))
        save_checked(kept, faults)
        if changes := changed(kept, old, CATEGORY_FIELDS):
            _tell(kept, "category", "keep" if category else "add", by=by, channel=channel, changes=changes)
            if category:
                _follow(kept, old["path"], by=by, channel=channel)
    return kept


def _follow(root: Category, old_path: str, *, by: Person, channel: str) -> None:
    """The branches below take the new path; out of use they go with their root, into use each by itself."""
    for branch in Category.objects.filter(tenant_id=root.tenant_id, path__startswith=f"{old_path} / ").exclude(pk=root.pk).order_by("path"):
        old = snapshot(branch, CATEGORY_FIELDS)
        branch.path = f"{root.path} / {branch.path.removeprefix(f'{old_path} / ')}"
        branch.is_active = branch.is_active and root.is_active
        branch.save(update_fields=["path", "is_active"])
        if changes := changed(branch, old, CATEGORY_FIELDS):
            _tell(branch, "category", "follow", by=by, channel=channel, changes=changes)


def keep_priority_cell(*, by: Person, channel: str, impact: int, urgency: int, priority: int | None, service: Service | None = None) -> None:
    """Set one cell of the matrix, for everything or for one service (1 high to 3 low; priorities 1 to 5).

    None takes the cell back: a service's falls back to the organization's, that one to what it started with. Open incidents keep
    the priority that they have; it is computed at the next change of impact, urgency or service.
    """
    tenant = _tenant_of(by)
    faults: list[Fault] = []
    _of_tenant(faults, tenant, service=service)
    if (impact, urgency) not in STARTING_MATRIX:
        faults.append(Fault("impact", _("Impact and urgency are 1 (high), 2 (medium) or 3 (low).")))
    if priority is not None and priority not in range(1, 6):
        faults.append(Fault("priority", _("A priority is between 1 and 5.")))
    if faults:
        raise Faulty(faults)
    with writing():
        there = PriorityRule.objects.select_for_update(of=("self",)).filter(tenant=tenant, service=service, impact=impact, urgency=urgency).first()
        before = matrix_of(tenant, service.pk if service else None).get((impact, urgency))
        old = there.priority if there else None
        if old == priority or (service is None and before == priority):
            return
        if priority is None:
            assert there is not None
            pk = there.pk
            there.delete()
        else:
            made = there or PriorityRule(tenant=tenant, service=service, impact=impact, urgency=urgency)
            made.priority = priority
            made.save()
            pk = made.pk
        _tell(
            PriorityRule(pk=pk, tenant=tenant),
            "priority_rule",
            "keep",
            by=by,
            channel=channel,
            changes={"impact": (impact, impact), "urgency": (urgency, urgency), "service": (service, service), "priority": (before, priority)},
        )


def keep_assignment_rule(
    *,
    by: Person,
    channel: str,
    name: str,
    team: Team,
    rule: AssignmentRule | None = None,
    service: Service | None = None,
    category: Category | None = None,
    organization: Organization | None = None,
    position: int | None = None,
    is_active: bool = True,
) -> AssignmentRule:
    """Enter a rule, or write the one given anew as a whole: what is None matches everything. The first rule by position that matches wins.

    Without a position a new rule comes last and an old one stays where it is.
    """
    tenant = _tenant_of(by)
    with writing():
        kept = AssignmentRule.objects.select_for_update(of=("self",)).get(pk=rule.pk, tenant=tenant) if rule else AssignmentRule(tenant=tenant)
        old = snapshot(kept, RULE_FIELDS) if rule else {}
        faults: list[Fault] = []
        _of_tenant(faults, tenant, team=team, service=service, category=category, organization=organization)
        kept.name = clean_text("name", name, faults, most=100, needed=True)
        kept.team, kept.service, kept.category, kept.organization, kept.is_active = team, service, category, organization, is_active
        if not team.is_active and is_active:
            faults.append(Fault("team", _("%(team)s is no longer in use.") % {"team": team}))
        if position is not None:
            kept.position = max(0, min(position, 10_000))
        elif not rule:
            kept.position = (AssignmentRule.objects.filter(tenant=tenant).aggregate(last=Max("position"))["last"] or 0) + 1
        save_checked(kept, faults)
        if changes := changed(kept, old, RULE_FIELDS):
            _tell(kept, "assignment_rule", "keep" if rule else "add", by=by, channel=channel, changes=changes)
    return kept
