"""The declaration of service requirements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.portfolio.requirements.models import ServiceRequirement
from plimsoll.portfolio.requirements.queries import covering
from plimsoll.portfolio.requirements.rules import REQUIREMENT_FLOW, Facts


class RequirementBehaviour(Behaviour):
    """A requirement's guards ask which agreements cover it."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        covered = covering(ServiceRequirement.objects.filter(pk__in=[r.pk for r in records]))
        return [
            Facts(r.text, r.accepted_by, r.accepted_on, r.covering_target, r.covering_reason, len(covered.get(r.pk, ())))
            for r in records
            if isinstance(r, ServiceRequirement)
        ]


REQUIREMENT = declare(
    RecordType(
        model=ServiceRequirement,
        prefix="SRQ",
        clause="8.2.2",
        workflow=REQUIREMENT_FLOW,
        behaviour_class=RequirementBehaviour,
        fields=(
            "title",
            "service",
            "type",
            "text",
            "value",
            "need",
            "stated_in",
            "owner",
            "accepted_by",
            "accepted_on",
            "covering_target",
            "covering_reason",
        ),
        columns=("reference", "title", "state", "service", "type", "need"),
        filters=("state", "service", "organization", "type", "need", "owner"),
        required=("title", "service"),
        internal=("covering_reason",),
        searched=("title", "text", "value", "stated_in"),
        body="text",
        icon="list-checks",
        group="services",
    )
)
