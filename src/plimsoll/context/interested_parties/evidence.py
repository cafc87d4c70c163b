"""What interested parties prove (4.2)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.context.interested_parties.queries import WANTED
from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, evidence, judged
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.records.sources import source_of


@evidence(
    "parties_named",
    population=gettext_lazy("four sorts of parties, and the customer and supplier organisations that are kept"),
    counts=gettext_lazy("sorts of which a party is named, and organisations that are a party"),
    kinds=("party",),
    href="/interestedparties/",
)
def parties_named(inquiry: Inquiry) -> Answer:
    """4.2-a: customers, suppliers, a regulator or owner, and staff are named; so is each organisation that is served or supplies."""
    away = inquiry.gone("organization")
    rows = [p for p in inquiry.rows(Party).filter(is_open=True).order_by("opened_at", "pk") if p.same_as_id not in away]
    labels = {name: str(label).lower() for name, label in Party.STANDINGS}
    found = []
    for wanted in WANTED:
        first = next((p for p in rows if p.standing in wanted), None)
        what = _(" or ").join(labels[name] for name in wanted)
        found.append(_of(first, "" if first else _("No interested party of this sort is named: %(what)s. Enter one.") % {"what": what}))
    by_organization: dict[int | None, Party] = {p.same_as_id: p for p in reversed(rows)}
    kept = Organization.objects.filter(tenant=inquiry.tenant, is_active=True, kind__in=("customer", "supplier")).exclude(pk__in=away)
    for organization in kept.order_by("name", "pk"):
        if (party := by_organization.get(organization.pk)) is not None:
            found.append(_of(party, ""))
        else:
            sentence = _("“%(name)s” is kept as an organisation and is no interested party. Enter it as one.") % {"name": organization.name}
            here = Source("organization", organization.pk, organization.name, f"/organizations/{organization.pk}/")
            found.append(Judged(sentence, here))
    return judged(found)


@evidence(
    "party_requirements_addressed",
    population=gettext_lazy("interested parties, and what they require"),
    counts=gettext_lazy("parties with a requirement, and requirements that say where they are addressed or why not"),
    kinds=("party",),
    href="/interestedparties/",
)
def party_requirements_addressed(inquiry: Inquiry) -> Answer:
    """4.2-b: each party requires something, and for each requirement it is said where it is met."""
    parties = list(inquiry.rows(Party).filter(is_open=True).order_by("pk"))
    own: dict[int, list[PartyRequirement]] = {}
    for row in PartyRequirement.objects.filter(party__in=[p.pk for p in parties]).select_related("addressed_by").order_by("pk"):
        own.setdefault(row.party_id, []).append(row)
    found = []
    for party in parties:
        requirements = own.get(party.pk, [])
        told = "" if requirements else _("Nothing says what “%(name)s” requires. Enter its requirements.") % {"name": party.title}
        found.append(_of(party, told))
        for row in requirements:
            card = row.addressed_by
            is_met = bool(row.how.strip()) or (card is not None and f"{card.kind}:{card.pk}" not in inquiry.without)
            said = {"name": party.title, "text": row.text}
            fault = "" if is_met else _("“%(name)s” requires “%(text)s”. Say where that is addressed, or why it is not.") % said
            found.append(_of(party, fault))
    return judged(found)


def _of(party: Party | None, fault: str) -> Judged:
    if party is None:
        return Judged(fault)
    return Judged(fault, source_of(party), party.origin, party.opened_at, party.owner_id)
