"""What stands on the page of a policy: the statements that something carries out."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.ui.panels import PanelRow
from plimsoll.leadership.policies.models import Serving
from plimsoll.leadership.policies.queries import cards_seen

MOST = 8


class CarriedOut:
    """What was entered as carrying out a statement of this policy, as far as the reader may see it."""

    @property
    def title(self) -> str:
        return _("Carried out by")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, Document)
        if record.sort != "policy" or not is_inside(person, record):
            return []
        rows = list(Serving.objects.filter(document=record.pk)[: 4 * MOST])
        seen = cards_seen(person, {row.record_id for row in rows if row.record_id is not None})
        shown = [(row, seen[row.record_id]) for row in rows if row.record_id in seen][:MOST]
        return [PanelRow(self.more(record), card.title, card.reference, row.statement, card.category) for row, card in shown]

    def more(self, record: Record) -> str:
        return f"/documents/{record.number}/servings/"

    def change(self, record: Record, person: Person) -> str:
        assert isinstance(record, Document)
        is_theirs = record.sort == "policy" and is_inside(person, record) and may(person, "document:amend", record)
        return self.more(record) if is_theirs else ""
