"""What services show on their pages: for whom they are delivered, and what they stand on."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.panels import PanelRow
from plimsoll.portfolio.services.models import Service
from plimsoll.portfolio.services.queries import customers_of

MOST = 8


class Customers:
    """The organizations that a service is delivered to now. For insiders: a customer is not told who else there is."""

    @property
    def title(self) -> str:
        return _("Delivered to")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not isinstance(record, Service) or not is_inside(person, record):
            return []
        reads_people = not reach(person, "person:read").is_empty
        here = f"/services/{record.number}/"
        return [
            PanelRow(
                f"/organizations/{part.organization_id}/" if reads_people else here,
                part.organization.name,
                "",
                _("Since %(day)s.") % {"day": date_format(localtime(part.started_at), "j F Y")},
                "active",
            )
            for part in customers_of(record)[:MOST]
        ]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return f"/services/{record.number}/customers/" if is_inside(person, record) and may(person, "service:amend", record) else ""


class StandsOn:
    """The services that carry this one, as far as the reader may see them."""

    @property
    def title(self) -> str:
        return _("Stands on")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        flow = workflow_of(person.tenant, "service")
        visible: Any = Service.objects.visible_to(person)
        found = visible.filter(card__links_out__target=record.pk, card__links_out__meaning="supports").order_by("title")[:MOST]
        return [PanelRow(f"/services/{s.number}/", s.title, s.reference, flow.state(s.state).label, s.category) for s in found]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return f"/services/{record.number}/supporting/" if may(person, "service:amend", record) else ""
