"""What scope, context and services prove together (4.3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.scopes.models import Exclusion, Scope
from plimsoll.context.scopes.rules import OPEN
from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, evidence, judged
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.sources import source_of
from plimsoll.portfolio.services.models import Service
from plimsoll.support.documented_information.proving import printed_keys, standing_of


@evidence(
    "scope_rests_on_context",
    population=gettext_lazy("what the boundaries are drawn from: issues, requirements of parties, services, and four dimensions"),
    counts=gettext_lazy("those that the approved scope names or answers in words"),
    kinds=("scope", "contextissue", "party", "service"),
    href="/scopes/",
)
def scope_rests_on_context(inquiry: Inquiry) -> Answer:
    """4.3-a: the approved scope is linked to issues and to parties that require something, covers services, and answers each dimension."""
    scope = approved_scope(inquiry)
    if scope is None:
        return judged([_absent(inquiry)])
    ends = set(Link.objects.filter(source=scope.pk).values_list("target_id", flat=True))
    ends |= set(Link.objects.filter(target=scope.pk).values_list("source_id", flat=True))
    requiring = PartyRequirement.objects.filter(party__in=ends).values("party")
    issues = inquiry.rows(ContextIssue).filter(is_open=True, pk__in=ends)
    parties = inquiry.rows(Party).filter(is_open=True, pk__in=requiring)
    services = inquiry.rows(Service).filter(state__in=("live", "retiring"), in_scope=True)
    sought: tuple[tuple[Any, str], ...] = (
        (issues, _("“%(scope)s” is linked to no current issue. Link those that it was drawn from.")),
        (parties, _("“%(scope)s” is linked to no interested party that requires something. Link those that it was drawn from.")),
        (services, _("No live service is in scope of “%(scope)s”. Mark those that are.")),
    )
    found = []
    for rows, sentence in sought:
        first = rows.order_by("pk").first()
        found.append(_of(first, "") if first is not None else _of(scope, sentence % {"scope": scope.title}))
    labels = {f.name: str(f.verbose_name) for f in Scope._meta.fields}
    for name, (answer, text) in scope.answers().items():
        said = {"scope": scope.title, "dimension": labels[f"{name}_answer"]}
        fault = _("“%(scope)s” does not say in words what this dimension means for it: %(dimension)s. Add it.") % said
        found.append(_of(scope, fault if answer == OPEN or not text else ""))
    return judged(found)


@evidence(
    "scope_names_services",
    population=gettext_lazy("live services in scope, and the organisation that delivers them"),
    counts=gettext_lazy("those that the approved scope names"),
    kinds=("scope", "service", "document"),
    href="/scopes/",
)
def scope_names_services(inquiry: Inquiry) -> Answer:
    """4.3-b: the approved scope names the organisation and every service in scope, in its sentence or in the statement in force."""
    scope = approved_scope(inquiry)
    if scope is None:
        return judged([_absent(inquiry)])
    said = scope.sentence.casefold()
    keys = printed_keys(standing_of(inquiry, "scope-statement", heavy=("values",)).version)
    found = []
    provider = provider_of(inquiry.tenant)
    if provider is not None:
        is_named = provider.name.casefold() in said
        told = _("“%(scope)s” does not name “%(name)s”, which delivers the services. Name it, and approve it anew.")
        found.append(_of(scope, "" if is_named else told % {"scope": scope.title, "name": provider.name}))
    services = list(inquiry.rows(Service).filter(state__in=("live", "retiring"), in_scope=True).order_by("number"))
    if not services:
        return judged([_of(scope, _("No live service is in scope of “%(scope)s”. Mark those that are.") % {"scope": scope.title})])
    for service in services:
        is_named = service.title.casefold() in said or f"service:{service.pk}" in keys
        told = _("“%(name)s” is in scope, and “%(scope)s” does not name it. Approve a scope that does.")
        found.append(_of(service, "" if is_named else told % {"scope": scope.title, "name": service.title}))
    return judged(found)


@evidence(
    "scope_matches_services",
    population=gettext_lazy("live services"),
    counts=gettext_lazy("those in scope, or excluded with a reason, as the approved scope says"),
    kinds=("service", "scope"),
    href="/services/?state=live",
)
def scope_matches_services(inquiry: Inquiry) -> Answer:
    """4.3-d: of each live service it is said whether it is covered, and the approved scope says the same."""
    scope = approved_scope(inquiry)
    excluded = dict(Exclusion.objects.filter(scope=scope, kind="service").exclude(record=None).values_list("record_id", "reason")) if scope else {}
    found = []
    for service in inquiry.rows(Service).filter(state__in=("live", "retiring")).order_by("number"):
        said = {"name": service.title, "scope": scope.title if scope is not None else ""}
        if scope is None:
            fault = _("“%(name)s” is live, and no approved scope says whether it is covered. Approve a scope.") % said
        elif service.in_scope:
            fault = _("“%(name)s” is marked as in scope, and “%(scope)s” excludes it. Correct one of them.") % said if service.pk in excluded else ""
        elif service.pk not in excluded and service.title.casefold() not in scope.sentence.casefold():
            fault = _("“%(name)s” is live and not in scope, and “%(scope)s” does not exclude it. Cover it, or exclude it with a reason.") % said
        elif not (service.scope_reason.strip() or excluded.get(service.pk, "").strip()):
            fault = _("“%(name)s” is left out without a reason. Say why.") % said
        else:
            fault = ""
        found.append(_of(service, fault))
    return judged(found)


def approved_scope(inquiry: Inquiry) -> Scope | None:
    """The scope that is approved, on the day."""
    rows = inquiry.rows(Scope).filter(Q(approved_at=None) | Q(approved_at__lte=inquiry.at), state="approved")
    found: Scope | None = rows.order_by("-number").first()
    return found


def _absent(inquiry: Inquiry) -> Judged:
    draft = inquiry.rows(Scope).filter(is_open=True).order_by("-number").first()
    if draft is None:
        return Judged(_("There is no scope. Write one, and let top management approve it."))
    return _of(draft, _("“%(scope)s” is not approved yet. Let top management approve it.") % {"scope": draft.title})


def _of(record: Any, fault: str) -> Judged:
    source: Source = source_of(record)
    return Judged(fault, source, record.origin, getattr(record, "approved_at", None) or record.opened_at, getattr(record, "owner_id", None))
