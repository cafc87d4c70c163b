"""What suppliers show on their pages: the agreements with them, and what is wrong."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.suppliers.models import Supplier
from plimsoll.agreements.suppliers.queries import agreements_with, faults_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.sources import day_words
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.panels import Flag, PanelRow

MOST = 8


def supplier_flags(record: Record, person: Person) -> list[Flag]:
    """Each finding of the supplier, for insiders."""
    assert isinstance(record, Supplier)
    if record.state != "active" or not is_inside(person, record):
        return []
    found = faults_of(record.tenant, party=record.organization_id)
    return [Flag(finding.sentence) for finding in found if finding.source is not None and finding.source.pk == record.pk]


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
                _("%(state)s, until %(day)s") % {"state": flow.state(a.state).label, "day": day_words(a.valid_until)}
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
