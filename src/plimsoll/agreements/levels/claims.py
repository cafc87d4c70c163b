"""What documents can claim of agreements: that live services are covered by them, and that they are reviewed."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.portfolio import HOLDING, holding
from plimsoll.kernel.figures.claims import Claim, Offender, Over, Parameter, Verdict, declare_claim
from plimsoll.kernel.lib.time import months_later
from plimsoll.kernel.records.lately import last_done
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.portfolio.services.models import Service, ServiceCustomer


def services_covered(over: Over) -> Verdict:
    """Six queries, whatever the rows."""
    services = list(Service.objects.filter(tenant=over.tenant, state="live", in_scope=True, is_internal=False).order_by("number"))
    delivered: dict[int, set[int]] = defaultdict(set)
    for party, service in ServiceCustomer.objects.filter(service__in=[s.pk for s in services], ended_at=None).values_list(
        "organization_id", "service_id"
    ):
        delivered[party].add(service)
    covered: set[int] = set()
    for held in holding(over.tenant, over.at, "sla"):
        if held.terms is not None:
            covered |= {card.pk for card in held.services} or delivered[held.agreement.organization_id]
    return Verdict(
        tuple(s.pk for s in services), tuple(Offender(source_of(s), _("no agreement in force covers it")) for s in services if s.pk not in covered)
    )


def reviewed(over: Over) -> Verdict:
    """Two queries."""
    rows = list(Agreement.objects.filter(tenant=over.tenant, state__in=HOLDING).order_by("number"))
    last = last_done([a.pk for a in rows], "activate", "keep", until=over.at)
    today, months = day_of(over.tenant, over.at), over.number("months")
    late = []
    for agreement in rows:
        day = day_of(over.tenant, last.get(agreement.pk, agreement.opened_at))
        if months_later(day, months) < today:
            late.append(Offender(source_of(agreement), _("last reviewed or agreed on %(day)s") % {"day": day_words(day)}))
    return Verdict(tuple(a.pk for a in rows), tuple(late))


declare_claim(
    Claim(
        "agreements.cover_services",
        gettext_lazy("Every live service has an agreement"),
        gettext_lazy(
            "Counts the live services in scope that are not supporting services. Contradicted by each that no service level agreement in force "
            "covers: none names it, and none with one of its customers covers every service delivered to them."
        ),
        ("service", "agreement"),
        services_covered,
        ids=("S-032", "8.3.3"),
    )
)
declare_claim(
    Claim(
        "agreements.reviewed",
        gettext_lazy("Agreements are reviewed in their interval"),
        gettext_lazy(
            "Counts the agreements of every type that hold. Contradicted by each that was neither put in force nor kept after a review "
            "within so many months."
        ),
        ("agreement",),
        reviewed,
        (Parameter("months", gettext_lazy("months between two reviews"), 1, 60),),
        ids=("S-033", "8.3.3"),
    )
)
