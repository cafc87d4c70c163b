"""What incidents show on the pages of lower floors: the open ones of a service, as far as the reader may see them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.panels import PanelRow
from plimsoll.resolution.incidents.models import Incident

MOST = 5


class OpenIncidents:
    """The open incidents of a service, the most urgent and newest first."""

    @property
    def title(self) -> str:
        return _("Open incidents")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        flow = workflow_of(person.tenant, "incident")
        parts: list[Any] = Incident.objects.parts_visible_to(person)
        found = [
            incident
            for part in parts
            for incident in part.filter(service_id=record.pk, is_open=True)
            .order_by("priority", "-changed_at")
            .values_list("pk", "number", "title", "priority", "category", "state")[:MOST]
        ]
        newest = sorted(dict.fromkeys(found), key=lambda row: (row[3] or 9, -row[0]))[:MOST]
        return [
            PanelRow(
                f"/incidents/{number}/",
                title,
                f"INC-{number}",
                (_("Priority %(n)d. %(state)s") % {"n": priority, "state": flow.state(state).label}) if priority else flow.state(state).label,
                category,
            )
            for _pk, number, title, priority, category, state in newest
        ]

    def more(self, record: Record) -> str:
        return f"/incidents/?open=true&service={record.pk}"
