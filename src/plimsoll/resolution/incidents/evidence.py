"""What incidents prove (8.6.1): set-based, for there may be a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.evidence import Answer, Inquiry, counted, evidence
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.incidents.models import Incident, PriorityRule
from plimsoll.resolution.incidents.queries import matrix_of
from plimsoll.resolution.incidents.rules import priority_of

NEVER_WORKED_ON = ("new", "cancelled", "merged")


def _opened(inquiry: Inquiry) -> QuerySet[Any]:
    return inquiry.rows(Incident).filter(opened_at__gte=inquiry.start, opened_at__lt=inquiry.at)


def _resolved(inquiry: Inquiry) -> QuerySet[Any]:
    return inquiry.rows(Incident).filter(resolved_at__gte=inquiry.start, resolved_at__lt=inquiry.at).exclude(state__in=NEVER_WORKED_ON)


def _lacks(*needed: tuple[str, object]) -> Callable[[Incident], str]:
    """A sentence that names what an incident has not."""

    def why(incident: Incident) -> str:
        missing = [str(word) for name, word in needed if not getattr(incident, name)]
        return _("%(ref)s lacks: %(what)s. Add it.") % {"ref": incident.reference, "what": ", ".join(missing)}

    return why


@evidence(
    "incidents_classified",
    population=gettext_lazy("incidents of the period that somebody took up"),
    counts=gettext_lazy("those with a service and a category"),
    kinds=("incident",),
    href="/incidents/",
)
def incidents_classified(inquiry: Inquiry) -> Answer:
    """8.6.1-a: what was given to somebody says which service it is about and what sort of thing it is."""
    rows = _opened(inquiry).exclude(state__in=NEVER_WORKED_ON)
    holds = Q(service__isnull=False, classification__isnull=False)
    why = _lacks(("service_id", _("service")), ("classification_id", _("category")))
    return counted(rows, holds, why=why, source=source_of)


@evidence(
    "incidents_prioritised",
    population=gettext_lazy("incidents of the period that somebody took up"),
    counts=gettext_lazy("those whose priority follows from impact and urgency, or has a reason"),
    kinds=("incident",),
    href="/incidents/",
)
def incidents_prioritised(inquiry: Inquiry) -> Answer:
    """8.6.1-b: the matrix of now is asked for each combination that occurs, not for each incident; a priority set by hand says why."""
    rows = _opened(inquiry).exclude(state__in=NEVER_WORKED_ON)
    by_hand = Q(is_priority_overridden=True)
    wrong = Q(impact=None) | Q(urgency=None) | Q(priority=None) | (by_hand & Q(priority_reason=""))
    found = rows.exclude(wrong | by_hand).values_list("service", "impact", "urgency", "priority").annotate(n=Count("pk")).order_by("service")
    combinations = list(found)
    matrices = {service: matrix_of(inquiry.tenant, service) for service in _with_matrices(inquiry, {row[0] for row in combinations})}
    usual = matrix_of(inquiry.tenant)
    for service, impact, urgency, priority, _n in combinations:
        if priority_of(impact, urgency, matrices.get(service, usual)) != priority:
            wrong |= Q(is_priority_overridden=False, service=service, impact=impact, urgency=urgency, priority=priority)

    def why(incident: Incident) -> str:
        said = {"ref": incident.reference}
        if incident.is_priority_overridden:
            return _("The priority of %(ref)s was set by hand without a reason. Give it.") % said
        if incident.impact is None or incident.urgency is None:
            return _("%(ref)s has no impact or no urgency. Judge them.") % said
        return _("The priority of %(ref)s does not follow from its impact and urgency. Look at it again.") % said

    return counted(rows, Q(pk__in=rows.exclude(wrong).values("pk")), why=why, source=source_of)


def _with_matrices(inquiry: Inquiry, services: set[int | None]) -> set[int]:
    """Those of some services that have cells of their own; one query."""
    return set(PriorityRule.objects.filter(tenant=inquiry.tenant, service__in=services - {None}).values_list("service", flat=True))


@evidence(
    "incidents_closed",
    population=gettext_lazy("incidents resolved in the period"),
    counts=gettext_lazy("those that say how, and were confirmed or closed by the rule"),
    kinds=("incident",),
    href="/incidents/?state=resolved&state=closed",
)
def incidents_closed(inquiry: Inquiry) -> Answer:
    """8.6.1-d: what waits for its confirmation within the time that the rule gives counts; closed without saying how never does."""
    rows = _resolved(inquiry)
    holds = ~Q(resolution_code="") & (~Q(resolution_note="") | Q(origin="imported")) & Q(state__in=("resolved", "closed"))

    def why(incident: Incident) -> str:
        if incident.state not in ("resolved", "closed"):
            return _("%(ref)s was resolved and is open again.") % {"ref": incident.reference}
        return _("%(ref)s does not say how it was resolved. Add it.") % {"ref": incident.reference}

    return counted(rows, holds, why=why, source=source_of, aged="resolved_at")


@evidence(
    "incidents_updated",
    population=gettext_lazy("incidents resolved in the period"),
    counts=gettext_lazy("those whose record holds a note or a change made while it was worked on"),
    kinds=("incident",),
    href="/incidents/",
)
def incidents_updated(inquiry: Inquiry) -> Answer:
    """8.6.1-e: the record was kept up to date with what was done: somebody wrote on it, or changed it, after it was opened."""
    said = Exists(Comment.objects.filter(card=OuterRef("pk")))
    done = Exists(Entry.objects.filter(card=OuterRef("pk"), position__gt=1).exclude(action__in=("resolve", "close")))

    def why(incident: Incident) -> str:
        return _("Nothing was written on %(ref)s between its opening and its resolution. Say what was done.") % {"ref": incident.reference}

    rows = _resolved(inquiry)
    return counted(rows, Q(pk__in=rows.filter(said | done).values("pk")), why=why, source=source_of, aged="resolved_at")
