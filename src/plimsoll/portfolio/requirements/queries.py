"""Reads of service requirements with a name: what covers them, and what is not covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.sources import Neighbour, linked, source_of
from plimsoll.portfolio.requirements.models import ServiceRequirement
from plimsoll.portfolio.services.models import Service

NOT_COVERED = Rule("requirement_not_covered", gettext_lazy("An agreed requirement has no target that covers it"), ("S-027", "8.3.3-b", "W-SL"))
NO_REQUIREMENT = Rule("service_without_requirement", gettext_lazy("A live service has no agreed requirement"), ("8.2.2-a",))

RULES = (NOT_COVERED, NO_REQUIREMENT)
AGREED = ("agreed", "covered")
COVERING = ("signed", "active", "under_review")  # only agreements in these states cover anything


def covering(rows: QuerySet[Any]) -> dict[int, list[Neighbour]]:
    """The agreements that cover each of some requirements: those linked to it, by either end, that hold. Two queries."""
    return {key: held for key, cards in linked(rows, "agreement").items() if (held := [card for card in cards if card.state in COVERING])}


def agreed_of(services: Sequence[int]) -> dict[int, int]:
    """How many agreed requirements each of some services has. One query."""
    rows = ServiceRequirement.objects.filter(service__in=services, state__in=AGREED)
    return dict(rows.order_by().values("service").annotate(n=Count("pk")).values_list("service", "n"))


def current(tenant: Tenant) -> Any:
    """The requirements that are agreed, covered or not: by service, the most needed first."""
    rows = ServiceRequirement.objects.filter(tenant=tenant, state__in=AGREED)
    return rows.select_related("service", "organization").order_by("service__title", "service", "need", "title", "pk")


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """Agreed requirements that nothing covers, and live services that nobody required anything of; four queries, whatever the rows."""
    rows = list(current(tenant))
    found = not_covered(rows, covering(current(tenant)))
    required = {row.service_id for row in rows}
    for service in Service.objects.filter(tenant=tenant, state="live").order_by("title", "pk"):
        if service.pk not in required:
            sentence = _("%(title)s is live, and no requirement of it is agreed.") % {"title": service.title}
            found.append(Finding(NO_REQUIREMENT, sentence, source_of(service)))
    return found


def not_covered(rows: Iterable[ServiceRequirement], covered: Mapping[int, Sequence[Neighbour]]) -> list[Finding]:
    """Those of some requirements that are agreed and that neither an agreement covers nor words with their reason."""
    found = []
    for row in rows:
        if row.state in AGREED and not covered.get(row.pk) and not (row.covering_target.strip() and row.covering_reason.strip()):
            said = {"service": row.service.title, "title": row.title}
            sentence = _("%(service)s: no target of an agreement covers “%(title)s”. Link the agreement that does, or say why none is needed.") % said
            found.append(Finding(NOT_COVERED, sentence, source_of(row)))
    return found
