"""Conflicts of duties as they are, each with whether it is accepted; and what falls short of authorities and their holders, by rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.roles.duties import Conflict, conflicts, decides, held_together
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.kernel.roles.queries import held_at
from plimsoll.leadership.authorities.governance import governance
from plimsoll.leadership.authorities.models import DutyConflict
from plimsoll.leadership.authorities.rules import RULES, DutyRule

RULE_OF = {rule.key: rule for rule in RULES}
ACCEPT_WITHIN = 14  # days until who was given a role is reminded, and it is a finding
ENDS_WITHIN = 30  # days before a role ends that it is a finding

NO_HOLDER = Rule("role_vacant", gettext_lazy("A role of the management system has no holder"), ("S-045", "S-048", "5.3-a", "5.3-b", "5.3-c"))
ENDS_SOON = Rule("role_ends", gettext_lazy("A role ends soon and nobody follows"), ("S-045", "5.3-a"))
NOT_ACCEPTED = Rule("role_not_accepted", gettext_lazy("A role was not accepted by who holds it"), ("S-048", "5.3-a"))
CONFLICT = Rule("duties_conflict", gettext_lazy("Duties lie in one hand and nobody accepted it"), ("S-059", "W-SOD-9", "W-SOD-12"))
EXPIRED = Rule("duties_expired", gettext_lazy("An accepted conflict of duties has expired"), ("W-SOD-12",))
HOLDER_RULES = (NO_HOLDER, ENDS_SOON, NOT_ACCEPTED, CONFLICT, EXPIRED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A conflict with the rule that it breaks, and its acceptance: the one that holds, else the last one that expired."""

    conflict: Conflict
    rule: DutyRule
    acceptance: DutyConflict | None
    is_accepted: bool


def listed(tenant: Tenant, at: datetime | None = None) -> list[Listed]:
    """Every conflict that roles show, those that were as well; whether somebody accepted it, and whether that still holds. Six queries."""
    rules = governance()
    found = [*conflicts(tenant)]
    for both in held_together(tenant, rules.starts, rules.approves):
        said = _("Holds both %(one)s and %(other)s: may submit an SMS change and approve one.")
        found.append(Conflict(both.person, _over(said, both.one, both.other, tenant, both.until), both.other, "own_change", both.until))
    words = dict(RoleVersion.objects.filter(role__tenant=tenant, ended_at=None).values_list("role", "words"))
    for both in held_together(tenant, rules.audits):
        if decides(words.get(both.other.role_id, [])):
            said = _("Holds both %(one)s and %(other)s: would audit what they decide.")
            found.append(Conflict(both.person, _over(said, both.one, both.other, tenant, both.until), both.other, "own_audit", both.until))
    today = day_of(tenant, at or now())
    accepted: dict[tuple[str, int], list[DutyConflict]] = defaultdict(list)
    for one in DutyConflict.objects.filter(tenant=tenant, state__in=("accepted", "expired")).order_by("expires_date"):
        accepted[one.rule, one.person_id or 0].append(one)
    rows = []
    for conflict in found:
        mine = accepted[conflict.rule, conflict.person.pk]
        last = mine[-1] if mine else None
        holds = last is not None and last.state == "accepted" and last.expires_date is not None and last.expires_date >= today
        rows.append(Listed(conflict, RULE_OF[conflict.rule], last, holds))
    return rows


def _over(said: str, one: Assignment, other: Assignment, tenant: Tenant, until: datetime | None) -> str:
    told = said % {"one": one.role.title, "other": other.role.title}
    return told if until is None else _("%(what)s That was so until %(day)s.") % {"what": told, "day": day_words(day_of(tenant, until))}


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """Roles without a holder or with one who leaves them soon, roles that were not accepted, conflicts that nobody accepted."""
    moment = at or now()
    return [*_of_holders(tenant, moment), *_of_conflicts(tenant, moment)]


def _of_holders(tenant: Tenant, moment: datetime) -> list[Finding]:
    rules = governance()
    found = []
    roles = {role.pk: role for role in Role.objects.filter(tenant=tenant, edition__gt=0, code__in=rules.runs)}
    held = list(Assignment.objects.filter(held_at(tenant, moment)).select_related("role", "person", "team").order_by("pk"))
    lasting = {a.role_id for a in held if not a.is_deputy and (a.ends_at is None or a.ends_at > moment + timedelta(days=ENDS_WITHIN))}
    holding = {a.role_id for a in held if not a.is_deputy}
    for role in sorted(roles.values(), key=lambda r: rules.runs.index(r.code)):
        if role.pk not in holding:
            said = (
                _("%(role)s: nobody holds it. The management system can’t be run without it.")
                if role.code in rules.needed
                else _("%(role)s: nobody holds it.")
            )
            found.append(Finding(NO_HOLDER, said % {"role": role.title}, source_of(role)))
    for a in held:
        if a.ends_at is not None and a.role_id in holding - lasting and not a.is_deputy:
            told = {"role": a.role.title, "name": a.person or a.team, "day": day_words(day_of(tenant, a.ends_at))}
            found.append(Finding(ENDS_SOON, _("%(role)s: %(name)s holds it until %(day)s, and nobody after that.") % told, source_of(a)))
    found += [
        Finding(
            NOT_ACCEPTED,
            _("%(role)s: %(name)s holds it since %(day)s and has not accepted it.")
            % {"role": a.role.title, "name": a.person or a.team, "day": day_words(day_of(tenant, a.starts_at or a.opened_at))},
            source_of(a),
        )
        for a in held
        if a.role_id in roles and a.accepted_at is None and (a.starts_at or a.opened_at) <= moment - timedelta(days=ACCEPT_WITHIN)
    ]
    return found


def _of_conflicts(tenant: Tenant, moment: datetime) -> list[Finding]:
    found = []
    for row in listed(tenant, moment):
        if row.is_accepted or row.conflict.until is not None:
            continue
        source = source_of(row.conflict.assignment) if row.conflict.assignment is not None else None
        told = {"name": row.conflict.person, "what": row.conflict.sentence}
        found.append(Finding(EXPIRED if row.acceptance is not None else CONFLICT, _("%(name)s: %(what)s") % told, source))
    return found


__all__ = ["ACCEPT_WITHIN", "HOLDER_RULES", "Listed", "faults_of", "listed"]
