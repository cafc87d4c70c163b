"""The customer agreement portfolio: which agreements hold, what they come to, which of them end soon. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement, Version
from plimsoll.agreements.levels.rules import Terms, read_terms, write_span
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.rules import MEASURES
from plimsoll.kernel.targets.words import MEASURE_NAMES

EXPIRES_WITHIN = 90  # days
HOLDING = ("active", "under_review")

ENDS_SOON = Rule("agreement_ends_soon", gettext_lazy("An agreement ends within 90 days"), ("S-033",))
ENDED = Rule("agreement_past_its_end", gettext_lazy("An agreement is active after its last day"), ("S-033",))
AGREEMENT_REVIEW_PAST = Rule("agreement_review_past", gettext_lazy("The review of an agreement is overdue"), ("S-033", "8.3.3"))

RULES = (ENDS_SOON, ENDED, AGREEMENT_REVIEW_PAST)


def is_valid(agreement: Agreement, day: date) -> bool:
    """Does it hold on a day: active, and not after its last day?"""
    return agreement.state in HOLDING and (agreement.valid_until is None or agreement.valid_until >= day)


def ends_within(agreement: Agreement, day: date, days: int = EXPIRES_WITHIN) -> bool:
    """Does it end by its date within some days of a day, that day and the last one included?"""
    return agreement.valid_until is not None and day <= agreement.valid_until <= day + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Holding:
    """An agreement that holds, with the terms that are in force and the services that they name (none: every service delivered)."""

    agreement: Agreement
    terms: Terms | None
    since: datetime | None
    services: tuple[Card, ...]


def holding(tenant: Tenant, at: datetime, *types: str) -> list[Holding]:
    """Every agreement of some types that holds at a moment, by party and title; three queries, whatever the rows."""
    day = day_of(tenant, at)
    rows = Agreement.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), tenant=tenant, state__in=HOLDING, type__in=types)
    agreements = list(rows.select_related("organization", "owner").order_by("organization__name", "title", "pk"))
    in_force = Version.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), agreement__in=rows.order_by().values("pk"), published_at__isnull=False, started_at__lte=at
    )
    versions = {v.agreement_id: v for v in in_force.exclude(corrections__published_at__isnull=False).order_by("started_at", "number")}
    terms = {pk: read_terms(v.terms) for pk, v in versions.items()}
    wanted = {service for known in terms.values() for service in known.services}
    cards = Card.objects.in_bulk(wanted) if wanted else {}
    return [
        Holding(
            a,
            terms.get(a.pk),
            versions[a.pk].started_at if a.pk in versions else None,
            tuple(sorted((cards[s] for s in terms[a.pk].services if s in cards), key=lambda card: card.title.casefold())) if a.pk in terms else (),
        )
        for a in agreements
    ]


def key_targets(terms: Terms | None) -> str:
    """The targets in a line: “respond P1 15 min, P2 30 min, others 8 h; resolve …”, the shares of a month behind them."""
    if terms is None:
        return ""
    if not terms.has_commitment:
        return _("Nothing is promised.")
    said = []
    for measure in MEASURES:
        targets = sorted((t for t in terms.targets if t.measure == measure and not t.is_special), key=lambda t: t.priority or 9)
        if targets:
            named = any(t.priority for t in targets)
            spans = [f"{_priority(t.priority, is_beside_others=named)} {write_span(t.within)}".strip() for t in targets]
            said.append(f"{MEASURE_NAMES[measure]} {', '.join(spans)}")
    for share in terms.shares:
        words = {"percent": f"{share.percent:g}", "measure": MEASURE_NAMES[share.measure], "within": write_span(share.within)}
        said.append(_("%(percent)s %% of a month: %(measure)s within %(within)s") % words)
    return "; ".join(said)


def _priority(priority: int | None, *, is_beside_others: bool) -> str:
    if priority:
        return f"P{priority}"
    return _("others") if is_beside_others else ""


def expiring(tenant: Tenant, at: datetime | None = None, days: int = EXPIRES_WITHIN) -> list[Agreement]:
    """The agreements of every type that hold and end within some days, the soonest first (S-033)."""
    day = day_of(tenant, at or now())
    rows = Agreement.objects.filter(tenant=tenant, state__in=HOLDING, valid_until__gte=day, valid_until__lte=day + timedelta(days=days))
    return list(rows.select_related("organization", "owner").order_by("valid_until", "pk"))


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """Agreements that end soon, that are active after their end, or whose review is overdue; one query."""
    day = day_of(tenant, at or now())
    rows = Agreement.objects.filter(tenant=tenant, state__in=HOLDING)
    found = rows.select_related("organization").order_by("valid_until", "pk")
    return [finding for agreement in found for finding in faults_of_record(agreement, day)]


def faults_of_record(agreement: Agreement, day: date) -> list[Finding]:
    """What is wrong with one agreement that is active, on a day. No query."""
    return list(_of(agreement, day)) if agreement.state in HOLDING else []


def _of(agreement: Agreement, day: date) -> Iterator[Finding]:
    said = {
        "title": agreement.title,
        "name": agreement.organization.name,
        "end": day_words(agreement.valid_until),
        "review": day_words(agreement.review_on),
    }
    if agreement.valid_until is not None and agreement.valid_until < day:
        sentence = _("“%(title)s” with %(name)s ended on %(end)s, and is still active. Let it expire, or say until when it holds.") % said
        yield Finding(ENDED, sentence, source_of(agreement))
    elif ends_within(agreement, day):
        yield Finding(ENDS_SOON, _("“%(title)s” with %(name)s ends on %(end)s.") % said, source_of(agreement))
    if agreement.review_on is not None and agreement.review_on < day:
        yield Finding(AGREEMENT_REVIEW_PAST, _("“%(title)s” with %(name)s was to be reviewed on %(review)s.") % said, source_of(agreement))


def names_of(cards: Sequence[Card]) -> str:
    """The services of an agreement in words."""
    return ", ".join(card.title for card in cards) if cards else _("Every service delivered")
