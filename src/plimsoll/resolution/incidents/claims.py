"""What documents can claim of incidents: within which time the urgent ones are answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.claims import MOST, Claim, Offender, Over, Parameter, Verdict, declare_claim
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.targets.models import Clock
from plimsoll.resolution.incidents.models import Incident

URGENT = (1, 2)  # only these are watched at every write: the others are written all day


def answered(over: Over) -> Verdict:
    """Two queries."""
    minutes = over.number("minutes")
    clocks = Clock.objects.filter(
        tenant=over.tenant,
        kind="incident",
        measure="respond",
        is_internal=False,
        priority=over.number("priority"),
        started_at__gte=over.since,
        started_at__lt=over.at,
    )
    longest = timedelta(minutes=minutes)
    judged = clocks.filter(Q(stopped_at__isnull=False) | Q(elapsed__gt=longest)).order_by("card", "pk")
    slow: dict[int, timedelta] = {}
    counted: dict[int, None] = {}
    for card, elapsed in judged.values_list("card_id", "elapsed"):
        counted[card] = None
        if elapsed > longest:
            slow[card] = elapsed
    first = sorted(slow)[-MOST:]
    known = {i.pk: i for i in Incident.objects.filter(pk__in=first)}
    said = _("answered after %(minutes)d minutes")
    wrong = [Offender(source_of(known[pk]), said % {"minutes": slow[pk] // timedelta(minutes=1)}) for pk in first if pk in known]
    return Verdict(tuple(counted), tuple(wrong))


def _is_urgent(record: Any) -> bool:
    return getattr(record, "priority", None) in URGENT


declare_claim(
    Claim(
        "incidents.answered",
        gettext_lazy("Urgent incidents are answered within a time"),
        gettext_lazy(
            "Counts the incidents of the priority that were opened in the period under an agreement with a target to respond, and were answered or "
            "have waited longer than the minutes. Time is counted in the hours of the agreement. Contradicted by each that took longer."
        ),
        ("incident",),
        answered,
        (
            Parameter("priority", gettext_lazy("priority"), 1, 2),
            Parameter("minutes", gettext_lazy("minutes until the answer"), 1, 10_000),
        ),
        ids=("K-13", "8.6.1"),
        touches=_is_urgent,
    )
)
