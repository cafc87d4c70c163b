"""Reads of resource needs: what is undecided, what is short, what the guards judge, and what is wrong (7.1, S-041, S-057)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.roles.limits import limits_of
from plimsoll.kernel.roles.models import Role
from plimsoll.support.holders import deciders_of
from plimsoll.support.resources.models import ResourceNeed
from plimsoll.support.resources.rules import LIMIT, UNDECIDED, WANTING, Facts

TOP = "top_management"
UNDECIDED_NEED = Rule("resource_undecided", gettext_lazy("A resource is asked for and not decided on"), ("S-041", "5.1-g"))
NO_ALTERNATIVE = Rule("resource_refused_bare", gettext_lazy("A resource was refused without an alternative"), ("5.1-g",))
SHORT = Rule("resource_short", gettext_lazy("More is needed than is there"), ("S-057", "7.1-b"))
KIND_MISSING = Rule("resource_kind_missing", gettext_lazy("Nothing is said of a kind of resources"), ("7.1-a",))
RULES = (UNDECIDED_NEED, NO_ALTERNATIVE, SHORT, KIND_MISSING)


def needs_of(tenant: Tenant) -> Any:
    """Every need that was asked for, the newest decision last."""
    rows = ResourceNeed.objects.filter(tenant=tenant).exclude(state__in=("noted", "withdrawn"))
    return rows.select_related("owner", "decided_by").order_by("opened_at", "pk")


def undecided(tenant: Tenant) -> Any:
    """S-041: what waits for a decision, the oldest first."""
    return needs_of(tenant).filter(state__in=UNDECIDED)


def shortages(tenant: Tenant) -> Any:
    """S-057: what is needed and not there, whatever was decided of it."""
    is_short = Q(needed__gt=Coalesce(F("available"), 0))
    return ResourceNeed.objects.filter(is_short, tenant=tenant, state__in=(*WANTING, "noted")).select_related("owner").order_by("needed_on", "pk")


def provided_share(tenant: Tenant) -> float | None:
    """7.1-b: what is available of what is needed, each need counting alike; None where nothing is needed."""
    rows = [r for r in needs_of(tenant).exclude(state="refused") if r.needed]
    return sum(min(1.0, (r.available or 0) / r.needed) for r in rows) / len(rows) if rows else None


def facts_of(records: Sequence[ResourceNeed]) -> list[Facts]:
    """What the guards judge; a constant number of queries."""
    if not records:
        return []
    tenant = records[0].tenant
    roles = list(Role.objects.filter(tenant=tenant, code=TOP).values_list("pk", flat=True))
    top = frozenset(person for people in deciders_of(roles).values() for person in people)
    limits = tuple(sorted((person, limit.most) for person, limit in limits_of(tenant, LIMIT).items()))
    today = day_of(tenant, now())
    return [
        Facts(
            purpose=r.purpose,
            needed=r.needed,
            unit=r.unit,
            cost=r.cost,
            owner=r.owner_id,
            alternative=r.alternative,
            deferred_until=r.deferred_until,
            top=top,
            limits=limits,
            today=today,
        )
        for r in records
    ]


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """What is wrong with resources; three queries."""
    today = day_of(tenant, at or now())
    found = []
    for r in needs_of(tenant):
        if r.state == "asked" or (r.state == "deferred" and r.deferred_until is not None and r.deferred_until < today):
            found.append(Finding(UNDECIDED_NEED, _("Nobody has decided on “%(title)s” yet.") % {"title": r.title}, source_of(r)))
        if r.state == "refused" and not r.alternative.strip():
            found.append(
                Finding(NO_ALTERNATIVE, _("“%(title)s” was refused and nothing said what is done instead.") % {"title": r.title}, source_of(r))
            )
    for r in shortages(tenant):
        said = {"n": r.short_of, "unit": r.unit, "title": r.title, "day": day_words(r.needed_on)}
        sentence = _("“%(title)s” is short of %(n)d %(unit)s by %(day)s.") if r.needed_on else _("“%(title)s” is short of %(n)d %(unit)s.")
        found.append(Finding(SHORT, sentence % said, source_of(r)))
    there = set(ResourceNeed.objects.filter(tenant=tenant).values_list("type", flat=True))
    for name, label in ResourceNeed.TYPES:
        if name not in there:
            sentence = _("Nothing says what is needed of this kind: %(kind)s. Enter what is needed, or that what is there suffices.")
            found.append(Finding(KIND_MISSING, sentence % {"kind": str(label).lower()}))
    return found
