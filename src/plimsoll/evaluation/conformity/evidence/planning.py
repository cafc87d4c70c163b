"""What risks, objectives and control of others prove for the services and operations that they are about (5.1, 6.1, 6.2)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.parties.queries import faults_of
from plimsoll.context.processes.models import Process
from plimsoll.evaluation.conformity.evidence.plan import operations
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, evidence, judged
from plimsoll.kernel.records.sources import linked, source_of
from plimsoll.planning.objectives.evidence import agreed
from plimsoll.planning.risks.evidence import current, with_risk
from plimsoll.planning.risks.models import Risk
from plimsoll.planning.risks.rules import RISK
from plimsoll.portfolio.services.models import Service

HIGH = (1, 2)  # the criticalities that are called vital and high


def weighty(inquiry: Inquiry) -> Any:
    """Live services that are vital or high."""
    return inquiry.rows(Service).filter(state__in=("live", "retiring"), criticality__in=HIGH, in_scope=True)


@evidence(
    "risks_in_every_family",
    population=gettext_lazy("three families of risks, vital and high services, and operations by other parties"),
    counts=gettext_lazy("those with a current risk"),
    kinds=("risk", "service", "otherpartyoperation"),
    href="/risks/",
)
def risks_in_every_family(inquiry: Inquiry) -> Answer:
    """6.1.2-a: each family has a current risk; so has each service that matters, and each thing that others operate."""
    rows = list(current(inquiry).filter(sign=RISK).order_by("opened_at", "pk"))
    found = []
    for name, label in Risk.FAMILIES:
        first = next((r for r in rows if r.family == name), None)
        told = _("There is no current risk of this family: %(family)s. Name one.") % {"family": str(label).lower()}
        found.append(_of(first, "") if first is not None else Judged(told))
    others = operations(inquiry)
    services = weighty(inquiry)
    led = with_risk(inquiry, services)
    led |= with_risk(inquiry, type(others[0]).objects.filter(pk__in=[o.pk for o in others])) if others else set()
    told = _("No current risk is linked with “%(name)s”. Name what may happen to it, and link it.")
    found += [_of(one, "" if one.pk in led else told % {"name": one.title}) for one in (*services.order_by("number"), *others)]
    return judged(found)


@evidence(
    "objectives_at_every_level",
    population=gettext_lazy("the whole system, processes in force, and vital and high services"),
    counts=gettext_lazy("those with an agreed objective"),
    kinds=("objective", "process", "service"),
    href="/objectives/",
)
def objectives_at_every_level(inquiry: Inquiry) -> Answer:
    """6.2.1-a: the system as a whole, each process and each service that matters is to reach something."""
    rows = agreed(inquiry)
    keys = {o.pk for o in rows}
    first = next((o for o in rows if o.level in ("sms", "business")), None)
    found = [_of(first, "") if first is not None else Judged(_("There is no agreed objective of the whole system. Propose one, and agree it."))]
    told = _("No agreed objective is linked with “%(name)s”. Link the one that it serves.")
    for some in (inquiry.rows(Process).filter(state="in_force"), weighty(inquiry)):
        served = {pk for pk, cards in linked(some, "objective").items() if any(card.pk in keys for card in cards)}
        found += [_of(one, "" if one.pk in served else told % {"name": one.title}) for one in some.order_by("number")]
    return judged(found)


@evidence(
    "other_parties_under_control",
    population=gettext_lazy("operations by other parties that run"),
    counts=gettext_lazy("those at which nothing on the control of other parties falls short"),
    kinds=("otherpartyoperation",),
    href="/other-parties/?state=running",
)
def other_parties_under_control(inquiry: Inquiry) -> Answer:
    """5.1-e: whoever operates something for us works under an agreement, with one of ours accountable, and with fresh proofs of control."""
    short: dict[int, list[str]] = defaultdict(list)
    for finding in faults_of(inquiry.tenant, inquiry.at):
        if finding.source is not None:
            short[finding.source.pk].append(finding.sentence)
    people, agreements = inquiry.gone("person"), inquiry.gone("agreement")
    found = []
    for row in operations(inquiry):
        fault = " ".join(short.get(row.pk, ())[:3])
        if not fault and row.owner_id in people:
            fault = _("Nobody of ours is accountable for “%(name)s”. Name somebody.") % {"name": row.title}
        if not fault and row.agreement_id in agreements:
            fault = _("“%(name)s” rests on no agreement. Name the one under which they work.") % {"name": row.title}
        found.append(_of(row, fault))
    return judged(found)


def _of(record: Any, fault: str) -> Judged:
    return Judged(fault, source_of(record), record.origin, record.opened_at, getattr(record, "owner_id", None))
