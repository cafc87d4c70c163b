"""Duties that should lie in different hands and do not, as far as roles say so. What was once so stays listed for good (W-SOD-9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.records.sources import day_of, day_words
from plimsoll.kernel.roles.models import Assignment, RoleVersion

ADMINISTRATOR = "administrator"
DECIDING = frozenset({"approve", "publish", "go_live", "retire"})
HELD = ("in_force", "ended")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Duties that lie in one hand. `sentence` says which, and until when where it is over; `rule` which of the rules it breaks."""

    person: Person
    sentence: str
    assignment: Assignment | None = None
    rule: str = "other"
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Both:
    """Two roles that one person held at the same time; `until` when that was over."""

    person: Person
    one: Assignment
    other: Assignment
    until: datetime | None


def conflicts(tenant: Tenant) -> list[Conflict]:
    """Roles that the administrator gave to themselves during set-up, and administrators who also decide or did so. For whoever may see
    assignments; three queries."""
    found = [
        Conflict(a.opened_by, _("%(role)s was approved by its holder alone, during set-up.") % {"role": a.role.title}, a, "set_up")
        for a in Assignment.objects.filter(tenant=tenant, is_set_up=True).select_related("opened_by", "role").order_by("pk")
    ]
    words: dict[int, list[RoleVersion]] = defaultdict(list)
    for version in RoleVersion.objects.filter(role__tenant=tenant).order_by("pk"):
        words[version.role_id].append(version)
    for both in held_together(tenant, ADMINISTRATOR):
        if not _decided(words[both.other.role_id], both):
            continue
        if both.until is None:
            said = _("Administers the system and decides as %(role)s.") % {"role": both.other.role.title}
        else:
            day = {"role": both.other.role.title, "day": day_words(day_of(tenant, both.until))}
            said = _("Administered the system and decided as %(role)s until %(day)s.") % day
        found.append(Conflict(both.person, said, both.other, "administrator", both.until))
    return found


def held_together(tenant: Tenant, code: str, other: str = "") -> list[Both]:
    """Who holds or held the role of a code together with another one (any, or that of a code), those of now first. One query."""
    held: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.filter(tenant=tenant, state__in=HELD).exclude(person=None).select_related("person", "role").order_by("pk")
    for a in rows:
        held[a.person_id or 0].append(a)
    found = []
    for assignments in held.values():
        for one in assignments:
            if one.role.code != code:
                continue
            for second in assignments:
                if second.role.code == code or (other and second.role.code != other):
                    continue
                until = _least((one.ends_at if one.state == "ended" else None, second.ends_at if second.state == "ended" else None))
                if (until is None or _greatest((one.starts_at, second.starts_at), until)) and one.person is not None:
                    found.append(Both(one.person, one, second, until))
    return sorted(found, key=lambda both: both.until is not None)


def _least(moments: Iterable[datetime | None]) -> datetime | None:
    return min((m for m in moments if m is not None), default=None)


def _greatest(starts: Iterable[datetime | None], until: datetime) -> bool:
    """Did both begin before one of them was over?"""
    return all(start is None or start < until for start in starts)


def _decided(versions: Iterable[RoleVersion], both: Both) -> bool:
    """Did a version of the other role that was in force while both were held decide anything?"""
    begun = max((a.starts_at for a in (both.one, both.other) if a.starts_at is not None), default=None)
    return any(
        decides(v.words) and (begun is None or v.ended_at is None or v.ended_at > begun) and (both.until is None or v.started_at < both.until)
        for v in versions
    )


def decides(words: Iterable[str]) -> bool:
    """Do some of these words decide for others?"""
    return any((action := w.partition(":")[2].partition("@")[0]) == "*" or action in DECIDING for w in words)


__all__ = ["ADMINISTRATOR", "Both", "Conflict", "conflicts", "decides", "held_together"]
