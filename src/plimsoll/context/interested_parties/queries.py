"""Reads with a name: parties and requirements, and what is not as it should be (4.2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.context.interested_parties.rules import UNASKED
from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Organization, Tenant
from plimsoll.kernel.records.sources import source_of

WANTED = (("customer",), ("supplier",), ("regulator", "owner"), ("staff",))

EVERY_STANDING = Rule("parties_of_every_standing", gettext_lazy("Customers, suppliers, a regulator or owner, and staff are named"), ("4.2-a",))
EVERY_ORGANIZATION = Rule("organization_without_party", gettext_lazy("Every customer and supplier is an interested party"), ("4.2-a",))
WITHOUT_REQUIREMENT = Rule("party_without_requirement", gettext_lazy("Every interested party has a requirement"), ("4.2-b",))
NOT_ADDRESSED = Rule("requirement_not_addressed", gettext_lazy("Every requirement says where it is addressed, or why it is not"), ("4.2-b",))
CLIMATE_ASKED = Rule("climate_not_asked", gettext_lazy("Of every party it is answered whether it requires anything about climate change"), ("4.2-c",))


def parties_of(tenant: Tenant) -> list[Party]:
    """The relevant parties: by what they are to us, then by name."""
    order = [name for name, _label in Party.STANDINGS]
    rows = Party.objects.filter(tenant=tenant, is_open=True).select_related("owner", "same_as").order_by("title", "number")
    return sorted(rows, key=lambda p: order.index(p.standing))


def requirements_of(parties: Iterable[Party]) -> dict[int, list[PartyRequirement]]:
    """The requirements of some parties, in the order of entry. One query."""
    found: dict[int, list[PartyRequirement]] = {}
    rows = PartyRequirement.objects.filter(party__in=[p.pk for p in parties]).select_related("addressed_by")
    for row in rows.order_by("pk"):
        found.setdefault(row.party_id, []).append(row)
    return found


def shares(tenant: Tenant) -> tuple[float | None, float | None]:
    """4.2-b in figures: the share of parties with a requirement, and of requirements that are addressed by a record. None: there are none."""
    parties = parties_of(tenant)
    requirements = requirements_of(parties)
    rows = [row for some in requirements.values() for row in some]
    addressed = sum(row.addressed_by_id is not None for row in rows)
    return (len(requirements) / len(parties) if parties else None, addressed / len(rows) if rows else None)


def faults_of(tenant: Tenant) -> list[Finding]:
    """What is not as it should be with the interested parties. Three queries."""
    parties = parties_of(tenant)
    requirements = requirements_of(parties)
    labels = {name: str(label).lower() for name, label in Party.STANDINGS}
    found = []
    for wanted in WANTED:
        if not any(p.standing in wanted for p in parties):
            what = " / ".join(labels[name] for name in wanted)
            found.append(Finding(EVERY_STANDING, _("No interested party is named of this sort: %(what)s.") % {"what": what}))
    named = {p.same_as_id for p in parties}
    for organization in Organization.objects.filter(tenant=tenant, is_active=True, kind__in=("customer", "supplier")).order_by("name"):
        if organization.pk not in named:
            sentence = _("%(name)s is a %(kind)s and no interested party. Enter it.")
            said = {"name": organization.name, "kind": str(organization.get_kind_display()).lower()}
            where = Source("organization", organization.pk, organization.name, f"/organizations/{organization.pk}/")
            found.append(Finding(EVERY_ORGANIZATION, sentence % said, where))
    for party in parties:
        here, own = source_of(party), requirements.get(party.pk, [])
        if not own:
            found.append(Finding(WITHOUT_REQUIREMENT, _("Nothing says what %(name)s requires.") % {"name": party.title}, here))
        for row in own:
            if not row.is_answered:
                said = {"name": party.title, "text": row.text}
                found.append(Finding(NOT_ADDRESSED, _("%(name)s requires “%(text)s”; nothing says where that is addressed.") % said, here))
        if party.climate == UNASKED or party.climate_asked_on is None:
            sentence = _("It is not answered whether %(name)s requires anything about climate change, or not since when.")
            found.append(Finding(CLIMATE_ASKED, sentence % {"name": party.title}, here))
    return found
