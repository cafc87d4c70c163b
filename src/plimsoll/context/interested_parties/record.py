"""The declaration of interested parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.context.interested_parties.models import Party
from plimsoll.context.interested_parties.parts import REQUIREMENTS
from plimsoll.context.interested_parties.rules import PARTY_FLOW, UNASKED
from plimsoll.context.parts.declaring import told_of
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record


class PartyBehaviour(Behaviour):
    """An answer about climate change has its day (4.2-c)."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        if values.get("climate", UNASKED) != UNASKED and values.get("climate_asked_on") is None:
            return [Fault("climate_asked_on", _("Say on which day this was answered."))]
        return []

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return told_of((REQUIREMENTS,), action)


PARTY = declare(
    RecordType(
        model=Party,
        prefix="PTY",
        clause="4.2",
        workflow=PARTY_FLOW,
        behaviour_class=PartyBehaviour,
        fields=("title", "description", "standing", "same_as", "owner", "climate", "climate_asked_on"),
        columns=("reference", "title", "state", "standing", "same_as", "owner", "changed_at"),
        filters=("state", "standing", "climate", "owner"),
        searched=("title", "description"),
        body="description",
        icon="users",
        group="system",
        plural="interestedparties",
    )
)
