"""What suppliers show on their pages: the contracts and internal agreements with them."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.suppliers.models import Supplier
from plimsoll.agreements.suppliers.queries import agreements_with
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.panels import PanelRow

MOST = 8


class Contracts:
    """The agreements with a supplier, as far as the reader may see them."""

    @property
    def title(self) -> str:
        return _("Contracts and agreements")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, Supplier)
        found = agreements_with([record])[record.pk]
        visible = set(Agreement.objects.visible_to(person).filter(pk__in={a.pk for a in found}).values_list("pk", flat=True))
        flow = workflow_of(person.tenant, "agreement")
        return [
            PanelRow(
                f"/agreements/{a.number}/",
                a.title,
                a.reference,
                _("%(state)s, until %(day)s") % {"state": flow.state(a.state).label, "day": date_format(a.valid_until, "j F Y")}
                if a.valid_until
                else flow.state(a.state).label,
                a.category,
            )
            for a in found
            if a.pk in visible
        ][:MOST]

    def more(self, record: Record) -> str:
        return f"/agreements/?organization={record.organization_id}"

    def change(self, record: Record, person: Person) -> str:
        return ""
