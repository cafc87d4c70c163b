"""What service requirements show on pages: on a service what is required of it, and over a requirement that nothing covers it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.panels import Flag, PanelRow
from plimsoll.portfolio.requirements.models import ServiceRequirement
from plimsoll.portfolio.requirements.queries import covering, not_covered

MOST = 6


def requirement_flags(record: Record, person: Person) -> list[Flag]:
    """That an agreed requirement is not covered, for insiders."""
    assert isinstance(record, ServiceRequirement)
    if not is_inside(person, record):
        return []
    return [Flag(finding.sentence) for finding in not_covered([record], covering(ServiceRequirement.objects.filter(pk=record.pk)))]


class Requirements:
    """What is required of a service, the most needed first, as far as the reader may see it."""

    @property
    def title(self) -> str:
        return _("Requirements")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        flow = workflow_of(person.tenant, "servicerequirement")
        visible: Any = ServiceRequirement.objects.visible_to(person)
        found = visible.filter(service=record.pk).exclude(state="obsolete").order_by("need", "title", "pk")[:MOST]
        return [PanelRow(f"/servicerequirements/{r.number}/", r.title, r.reference, flow.state(r.state).label, r.category) for r in found]

    def more(self, record: Record) -> str:
        return f"/servicerequirements/?service={record.pk}"

    def change(self, record: Record, person: Person) -> str:
        return ""
