"""Reads of communication: what was told, what is overdue, how much was in time, and whether top management spoke (7.4, S-040, S-046)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.documents.queries import approvers_of
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.roles.models import Role
from plimsoll.support.communication.models import Communication, Telling
from plimsoll.support.communication.rules import Facts

TOP = "top_management"
INTERVAL = 365  # days within which top management is to have spoken

NO_PLAN = Rule("no_communication_planned", gettext_lazy("No communication is planned"), ("S-046", "7.4-a"))
OVERDUE = Rule("communication_overdue", gettext_lazy("A communication is overdue"), ("S-046", "7.4-b"))
TOP_SILENT = Rule("top_management_silent", gettext_lazy("Top management told nothing within a year"), ("S-040", "5.1-h"))
RULES = (NO_PLAN, OVERDUE, TOP_SILENT)


def planned(tenant: Tenant) -> Any:
    """What is in the plan, by the day on which it is due next."""
    return Communication.objects.filter(tenant=tenant, state="in_plan").select_related("role").order_by("next_on", "title", "pk")


def tellings(communications: Iterable[Communication]) -> dict[int, list[Telling]]:
    """What was told of each, oldest first. One query."""
    found: dict[int, list[Telling]] = {}
    rows = Telling.objects.filter(communication__in=[c.pk for c in communications]).select_related("by")
    for row in rows.order_by("on", "pk"):
        found.setdefault(row.communication_id, []).append(row)
    return found


def facts_of(records: Sequence[Communication]) -> list[Facts]:
    """What the guards judge; no query."""
    moment = now()
    return [
        Facts(
            what=c.description,
            frequency=c.frequency,
            occasion=c.occasion,
            next_on=c.next_on,
            audience=c.audience,
            means=c.means,
            role=c.role_id,
            told_on=c.told_on,
            told_by=c.told_by_id,
            told_as=c.told_as,
            today=day_of(c.tenant, moment),
        )
        for c in records
    ]


def is_top(tenant: int, person: int) -> bool:
    """Does a person hold the role of top management now? Who stands in decides in its place, and does not speak as it."""
    roles = list(Role.objects.filter(tenant=tenant, code=TOP).values_list("pk", flat=True))
    return any(person in people for people in approvers_of(roles).values())


def in_time(tenant: Tenant, since: date, until: date) -> tuple[int, int]:
    """S-046, 7.4-b: of what was due in these days, how much was told in time, and how much was due at all. Two queries."""
    done = list(Telling.objects.filter(communication__tenant=tenant, due_on__gte=since, due_on__lte=until))
    open_now = planned(tenant).filter(next_on__gte=since, next_on__lte=until).count()
    return sum(1 for row in done if row.is_in_time), len(done) + open_now


def by_top_management(tenant: Tenant, at: datetime | None = None) -> list[Telling]:
    """S-040: what top management told within the interval, newest first."""
    since = day_of(tenant, at or now()) - timedelta(days=INTERVAL)
    rows = Telling.objects.filter(communication__tenant=tenant, is_by_top=True, on__gte=since)
    return list(rows.select_related("communication", "by").order_by("-on", "-pk"))


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """What is wrong with the plan of communication; two queries."""
    today = day_of(tenant, at or now())
    rows = list(planned(tenant))
    if not rows:
        return [Finding(NO_PLAN, _("No communication is in the plan. Say what is told, when, with whom, how and by which role."))]
    found = [
        Finding(OVERDUE, _("“%(title)s” was due on %(day)s.") % {"title": c.title, "day": day_words(c.next_on)}, source_of(c))
        for c in rows
        if c.next_on is not None and c.next_on < today
    ]
    if not by_top_management(tenant, at):
        found.append(
            Finding(TOP_SILENT, _("Top management told nothing within a year. Plan and hold what it says of requirements, law and contracts."))
        )
    return found
