"""The declaration of what other parties operate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plimsoll.agreements.parties.models import OtherPartyOperation
from plimsoll.agreements.parties.parts import PROOFS
from plimsoll.agreements.parties.queries import operation_facts
from plimsoll.agreements.parties.rules import OPERATION_FLOW, wrong_agreement
from plimsoll.context.parts.declaring import told_of
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record


class OperationBehaviour(Behaviour):
    """Suppliers work under contracts, internal groups and customers under internal agreements (S-073)."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        agreement = values.get("agreement")
        wrong = wrong_agreement(values.get("party_type") or "supplier", agreement.type if agreement is not None else "")
        return [Fault("agreement", wrong)] if wrong else []

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return operation_facts([r for r in records if isinstance(r, OtherPartyOperation)])

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return told_of((PROOFS,), action)


OPERATION = declare(
    RecordType(
        model=OtherPartyOperation,
        prefix="OPO",
        clause="8.2.3",
        workflow=OPERATION_FLOW,
        behaviour_class=OperationBehaviour,
        fields=(
            "title",
            "party_type",
            "operates",
            "process",
            "service",
            "component",
            "part",
            "agreement",
            "clause",
            "activities",
            "owner",
            "starts_on",
            "until",
            "evaluated_on",
            "evaluation",
        ),
        columns=("reference", "title", "state", "party_type", "operates", "agreement", "owner", "until"),
        filters=("state", "party_type", "operates", "process", "service", "organization", "owner"),
        required=("title",),
        internal=("evaluated_on", "evaluation"),
        searched=("title", "activities", "component"),
        body="activities",
        icon="handshake",
        group="services",
        plural="other-parties",
    )
)
