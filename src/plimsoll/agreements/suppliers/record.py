"""The declaration of suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.agreements.suppliers.models import Supplier
from plimsoll.agreements.suppliers.rules import SUPPLIER_FLOW, Facts
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.sources import day_of


class SupplierBehaviour(Behaviour):
    """A supplier's guards ask what kind of organisation it is."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        parties = {r.organization_id for r in records}
        kinds = dict(Organization.objects.filter(pk__in=parties).values_list("pk", "kind"))
        moment = now()
        return [
            Facts(
                r.type,
                kinds.get(r.organization_id, ""),
                r.owner_id,
                r.supplier_category,
                r.criticality,
                r.review_on,
                day_of(r.tenant, moment),
            )
            for r in records
            if isinstance(r, Supplier)
        ]


SUPPLIER = declare(
    RecordType(
        model=Supplier,
        prefix="SUP",
        clause="8.3.4",
        workflow=SUPPLIER_FLOW,
        behaviour_class=SupplierBehaviour,
        fields=("title", "type", "description", "supplier_category", "criticality", "owner", "contacts", "review_on"),
        columns=("reference", "title", "state", "supplier_category", "criticality", "owner", "review_on"),
        filters=("state", "type", "supplier_category", "criticality", "owner", "organization", "review_on"),
        required=("title",),
        internal=("supplier_category", "criticality"),
        ahead=("review_on",),
        searched=("title", "description", "contacts"),
        body="description",
        icon="handshake",
        group="services",
        dues=("review_on",),
    )
)
