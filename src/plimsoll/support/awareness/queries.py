"""Reads of awareness: who confirmed what, the share of each team, the live value of an indicator, and what is wrong (7.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.figures.definitions import UnknownIndicator, indicator_named
from plimsoll.kernel.figures.feeding import months_of
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Person, TeamMembership, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_words, source_of
from plimsoll.kernel.roles.models import Assignment
from plimsoll.support.awareness.models import AwarenessStatement
from plimsoll.support.awareness.rules import HOLDS, LATE_AFTER, Facts

WITHOUT_STATEMENT = Rule("person_without_statement", gettext_lazy("Somebody who holds a role has no awareness statement"), ("S-058", "7.3-c"))
UNCONFIRMED = Rule("statement_unconfirmed", gettext_lazy("A statement waits to be confirmed"), ("S-058", "7.3-c"))
RULES = (WITHOUT_STATEMENT, UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Share:
    """How many people of a team confirmed a statement within a year, and who did not."""

    team: str
    people: tuple[tuple[Person, AwarenessStatement | None], ...]
    is_aware: tuple[bool, ...]

    @property
    def done(self) -> int:
        return sum(self.is_aware)

    @property
    def percent(self) -> int:
        return round(100 * self.done / len(self.people)) if self.people else 0

    @property
    def rows(self) -> list[tuple[Person, AwarenessStatement | None, bool]]:
        return [(person, statement, aware) for (person, statement), aware in zip(self.people, self.is_aware, strict=True)]


def people_in_scope(tenant: Tenant, moment: datetime | None = None) -> list[Person]:
    """Our own people who hold a role now, by name; two queries."""
    at = moment or now()
    held = Assignment.objects.filter(tenant=tenant, state="in_force", starts_at__lte=at).exclude(ends_at__lte=at)
    keys = {key for pair in held.values_list("person_id", "team_id") for key in pair[:1] if key is not None}
    teams = {team for team in held.values_list("team_id", flat=True) if team is not None}
    keys |= set(TeamMembership.objects.filter(in_force(at), team__in=teams).values_list("person_id", flat=True)) if teams else set()
    rows = Person.objects.filter(pk__in=keys, is_active=True, kind="human", organization__kind__in=("provider", "unit"))
    return list(rows.order_by("name", "pk"))


def statements_of(tenant: Tenant) -> dict[int, list[AwarenessStatement]]:
    """By person the statements that are put before them or confirmed, the newest first. One query."""
    found: dict[int, list[AwarenessStatement]] = {}
    rows = AwarenessStatement.objects.filter(tenant=tenant, state__in=("issued", "acknowledged")).exclude(person=None)
    for row in rows.select_related("person", "role").order_by("-issued_at", "-pk"):
        assert row.person_id is not None
        found.setdefault(row.person_id, []).append(row)
    return found


def is_aware(statements: Sequence[AwarenessStatement], moment: datetime) -> bool:
    """Are there statements, and was each confirmed within a year?"""
    return bool(statements) and all(
        s.acknowledged_at is not None and s.state == "acknowledged" and s.acknowledged_at > moment - HOLDS for s in statements
    )


def shares_of(tenant: Tenant, at: datetime | None = None) -> list[Share]:
    """S-062, 7.3-c: for each team who confirmed within a year; those without a team stand last. Four queries."""
    moment = at or now()
    people = people_in_scope(tenant, moment)
    statements = statements_of(tenant)
    teams: dict[int, list[str]] = {}
    rows = TeamMembership.objects.filter(in_force(moment), person__in=[p.pk for p in people]).order_by("team__name")
    for person, name in rows.values_list("person_id", "team__name"):
        teams.setdefault(person, []).append(name)
    members: dict[str, list[Person]] = {}
    for p in people:
        for name in teams.get(p.pk) or [""]:
            members.setdefault(name, []).append(p)
    found = []
    for name in sorted(members, key=lambda n: (not n, n.casefold())):
        pairs = tuple((p, next(iter(statements.get(p.pk, ())), None)) for p in members[name])
        aware = tuple(is_aware(statements.get(p.pk, ()), moment) for p in members[name])
        found.append(Share(name or str(_("in no team")), pairs, aware))
    return found


def live_value(statement: AwarenessStatement) -> str:
    """S-064: what the indicator of a statement came to in the last month that ended, in a sentence; empty where there is none."""
    if not statement.indicator:
        return ""
    try:
        indicator = indicator_named(statement.indicator)
    except UnknownIndicator:
        return ""
    months = months_of(statement.tenant_id, [statement.indicator]).get(statement.indicator, ())
    if not months:
        return _("%(title)s: no month has been stored yet.") % {"title": indicator.title}
    day, value = months[-1]
    unit = {"share": " %", "seconds": _(" minutes")}.get(indicator.unit, "")
    shown = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return _("%(title)s: %(value)s in the month until %(day)s.") % {"title": indicator.title, "value": f"{shown}{unit}", "day": day_words(day)}


def facts_of(records: Sequence[AwarenessStatement]) -> list[Facts]:
    """What the guards judge; no query."""
    return [Facts(s.person_id, s.contribution, s.policy, s.services, s.deviation) for s in records]


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """What is wrong with awareness; four queries."""
    moment = at or now()
    statements = statements_of(tenant)
    found = []
    for person in people_in_scope(tenant, moment):
        if person.pk not in statements:
            where = Source("person", person.pk, person.name, f"/people/{person.pk}/")
            sentence = _("%(name)s holds a role, and no statement says what they contribute.")
            found.append(Finding(WITHOUT_STATEMENT, sentence % {"name": person.name}, where))
        for s in statements.get(person.pk, ()):
            if s.state == "issued" and s.issued_at is not None and s.issued_at < moment - LATE_AFTER:
                said = {"name": person.name, "day": day_words(s.issued_at.date())}
                found.append(Finding(UNCONFIRMED, _("%(name)s has not confirmed the statement of %(day)s.") % said, source_of(s)))
    return found
