"""Reads of risks: the criteria in force, what guards judge, and what falls short of its rules, each as one list with a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.limits import limits_of, roles_with
from plimsoll.planning.risks.models import Risk, RiskCriteria, Treatment
from plimsoll.planning.risks.rules import BEFORE_DECISION, ENDED, LIMIT, OPPORTUNITY, RISK, CriteriaFacts, RiskFacts
from plimsoll.planning.risks.scale import Scale, in_words, read_scale

DAYS_TO_TREAT = 14  # S-081: a risk that must be treated and is not by then is a candidate for a nonconformity
SERVICE = "service"

# The rules that are no guard of a move, each with its items of the map.
UNTREATED = Rule("risk_untreated", gettext_lazy("A risk must be treated and is not"), ("S-081",))
OVERDUE = Rule("risk_review_past", gettext_lazy("The review of a risk is overdue"), ("6.1",))
LAPSED = Rule("acceptance_lapsed", gettext_lazy("The acceptance of a risk ran out"), ("S-081",))
SILENT = Rule("risk_silent_on_customers", gettext_lazy("A risk does not say what it means for customers"), ("6.1.2-b",))
NO_FAMILY = Rule("no_risk_of_a_family", gettext_lazy("There is no current risk of a family"), ("6.1.2-a",))
NO_OPPORTUNITY = Rule("no_opportunity", gettext_lazy("There is no current opportunity"), ("6.1.1-b",))
NO_CRITERIA = Rule("no_risk_criteria", gettext_lazy("No risk criteria are in force"), ("6.1.2-c",))
UNLINKED = Rule("treatment_unlinked", gettext_lazy("A treatment is carried out by no record"), ("6.1.3-b",))
ALONE = Rule("class_accepted_by_nobody", gettext_lazy("No role may accept the risks of a class"), ("W-SOD-6",))
STALE = Rule("risk_judged_by_old_criteria", gettext_lazy("A risk was judged by other criteria than those in force"), ("S-079",))


def scale_of(criteria: RiskCriteria | None) -> Scale | None:
    """Criteria as they are computed with."""
    if criteria is None:
        return None
    return read_scale(criteria.method, criteria.size, criteria.likelihood_words, criteria.impact_words, criteria.classes, criteria.matrix)


def criteria_in_force(tenant: Tenant | int) -> RiskCriteria | None:
    """The criteria that count, the last that were approved; or None."""
    rows = RiskCriteria.objects.filter(tenant=tenant, state="in_force").select_related("approved_by")
    return rows.order_by("-approved_at", "-pk").first()


def current(tenant: Tenant | int, sign: str = RISK) -> Any:
    """Risks (or opportunities) that are neither closed nor found to be none."""
    return Risk.objects.filter(tenant=tenant, sign=sign).exclude(state__in=ENDED)


def facts_of(records: Sequence[Risk]) -> list[RiskFacts]:
    """What the guards judge, in a constant number of queries."""
    if not records:
        return []
    tenant = records[0].tenant
    scale = scale_of(criteria_in_force(tenant))
    counted = {
        row["risk"]: row
        for row in Treatment.objects.filter(risk__in=[r.pk for r in records])
        .order_by()
        .values("risk")
        .annotate(
            planned=Count("pk", filter=~Q(state="dropped")),
            open=Count("pk", filter=Q(state="open")),
            unjudged=Count("pk", filter=Q(state="done", verdict="")),
        )
    }
    limits = {person: limit.most for person, limit in limits_of(tenant, LIMIT).items()}
    roles = roles_with(tenant, LIMIT)
    today = localdate()
    found = []
    for r in records:
        n: Any = counted.get(r.pk, {})
        # Moves set values before the levels that follow from them are stored.
        level = scale.level(r.likelihood, r.impact) if scale else None
        left = scale.level(r.residual_likelihood, r.residual_impact) if scale else None
        band = scale.band(left if left is not None else level) if scale else None
        able = [role.title for role, most in roles if left is not None and most >= left]
        found.append(
            RiskFacts(
                sign=r.sign,
                owner=r.owner_id,
                cause=r.cause,
                consequence=r.consequence,
                customer_impact=r.customer_impact,
                likelihood=r.likelihood,
                impact=r.impact,
                level=level,
                has_criteria=scale is not None,
                must_treat=band.must_treat if band else False,
                transferred_to=r.transferred_to,
                treatments=n.get("planned", 0),
                open_treatments=n.get("open", 0),
                unjudged_treatments=n.get("unjudged", 0),
                residual_likelihood=r.residual_likelihood,
                residual_impact=r.residual_impact,
                residual_level=left,
                review_on=r.review_on,
                accepted_until=r.accepted_until,
                today=today,
                limits=limits,
                authorities=in_words(able),
            )
        )
    return found


def criteria_facts_of(records: Sequence[RiskCriteria]) -> list[CriteriaFacts]:
    """What the guards of criteria judge."""
    return [CriteriaFacts(scale_of(c) or Scale(), c.opened_by_id, c.tenant.set_up_closed_at is None) for c in records]


def untreated(tenant: Tenant, at: date | None = None) -> list[Risk]:
    """S-043, S-081: current risks of a class that must be treated, without a treatment that is planned or done and without an acceptance
    that holds; the gravest first."""
    scale = scale_of(criteria_in_force(tenant))
    if scale is None:
        return []
    today = at or localdate()
    must = {band.name for band in scale.bands if band.must_treat}
    rows = current(tenant).annotate(planned=Count("treatments", filter=~Q(treatments__state="dropped"))).select_related("owner")
    found = [
        risk
        for risk in rows
        if risk.now_class in must
        and not risk.planned
        and not (risk.accepted_at is not None and (risk.accepted_until is None or risk.accepted_until >= today))
    ]
    return sorted(found, key=lambda risk: (-(risk.now_level or 0), risk.number))


def faults_of(tenant: Tenant, at: date | None = None) -> list[Finding]:
    """Everything that falls short of the rules of 6.1, gravest rule first."""
    today = at or localdate()
    criteria = criteria_in_force(tenant)
    scale = scale_of(criteria)
    found: list[Finding] = []
    if scale is None:
        found.append(Finding(NO_CRITERIA, _("No risk criteria are in force. Draft them, and let top management approve them.")))
    for risk in untreated(tenant, today):
        days = (today - risk.opened_at.date()).days
        if days >= DAYS_TO_TREAT:
            told = _(
                "%(risk)s must be treated (level %(level)s) and is not, %(days)d days after it was named. Plan a treatment, or let it be accepted."
            )
            found.append(Finding(UNTREATED, told % {"risk": risk.reference, "level": risk.now_level, "days": days}, source_of(risk)))
    rows = list(current(tenant).select_related("owner").order_by("number"))
    chances = list(current(tenant, OPPORTUNITY).order_by("number"))
    for risk in [*rows, *chances]:
        if risk.review_on is None and risk.state not in BEFORE_DECISION or (risk.review_on is not None and risk.review_on < today):
            found.append(
                Finding(
                    OVERDUE,
                    _("%(risk)s was to be looked at again by now. Assess it anew, or say that it stays.") % {"risk": risk.reference},
                    source_of(risk),
                )
            )
        if not risk.customer_impact.strip():
            found.append(Finding(SILENT, _("%(risk)s does not say what it means for customers.") % {"risk": risk.reference}, source_of(risk)))
    for risk in rows:
        if risk.accepted_until is not None and risk.accepted_until < today:
            found.append(Finding(LAPSED, _("%(risk)s was accepted until a day that has passed.") % {"risk": risk.reference}, source_of(risk)))
        if scale is not None and risk.likelihood and risk.impact and (risk.criteria_id != criteria.pk if criteria else False):
            found.append(
                Finding(
                    STALE,
                    _("%(risk)s was judged by other criteria than those in force. Assess it again.") % {"risk": risk.reference},
                    source_of(risk),
                )
            )
    there = {risk.family for risk in rows}
    found += [
        Finding(NO_FAMILY, _("There is no current risk of the family “%(family)s”.") % {"family": label})
        for family, label in Risk.FAMILIES
        if family not in there
    ]
    if not chances:
        found.append(Finding(NO_OPPORTUNITY, _("There is no current opportunity. Name at least one.")))
    unlinked = Treatment.objects.filter(risk__in=[r.pk for r in rows], state__in=("open", "done"), linked=None).select_related("risk")
    found += [
        Finding(
            UNLINKED,
            _("A treatment of %(risk)s names no record that carries it out: %(text)s") % {"risk": t.risk.reference, "text": t.text},
            source_of(t.risk),
        )
        for t in unlinked
    ]
    if scale is not None:
        most = max((limit for _role, limit in roles_with(tenant, LIMIT)), default=0)
        found += [
            Finding(ALONE, _("No role accepts risks of the class “%(band)s” (%(range)s).") % {"band": band.name, "range": band.range})
            for band in scale.bands
            if band.high > most
        ]
    return found


def services_of(risks: Sequence[Any], person: Person | None = None) -> dict[int, list[Card]]:
    """The services that risks are linked with, of those that a person may see (None: all); two queries."""
    keys = [r.pk for r in risks]
    links = list(
        Link.objects.filter(Q(source__in=keys, target__kind=SERVICE) | Q(target__in=keys, source__kind=SERVICE)).values_list("source_id", "target_id")
    )
    ends = {pk for pair in links for pk in pair} - set(keys)
    cards = {card.pk: card for card in Card.objects.filter(pk__in=ends, kind=SERVICE)}
    if person is not None:
        seen = visible_services(person)
        cards = {pk: card for pk, card in cards.items() if pk in seen}
    found: dict[int, list[Card]] = {}
    for one, other in links:
        risk, service = (one, other) if other in cards else (other, one)
        if service in cards and cards[service] not in found.setdefault(risk, []):
            found[risk].append(cards[service])
    return found


def visible_services(person: Person) -> set[int]:
    """The services that a person may see; by their cards, as services stand on a higher floor."""

    return {pk for part in visible_cards(person, kinds=[SERVICE]) for pk in part.values_list("pk", flat=True)}


def accepting(tenant: Tenant, scale: Scale) -> dict[str, list[str]]:
    """Which roles accept the risks of which class, by the limits that the role table prints."""
    roles = roles_with(tenant, LIMIT)
    return {band.name: [role.title for role, most in roles if most >= band.high] for band in scale.bands}


def due_soon(tenant: Tenant, days: int = 30) -> Any:
    """Current risks whose review is due within so many days."""
    return current(tenant).filter(review_on__lte=localdate() + timedelta(days=days)).order_by("review_on", "number")
