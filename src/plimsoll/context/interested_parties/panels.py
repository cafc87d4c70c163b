"""What an interested party shows on its page: what it requires."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.context.interested_parties.models import PartyRequirement
from plimsoll.context.interested_parties.parts import REQUIREMENTS
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.ui.panels import PanelRow

MOST = 8


class Requirements:
    """What it requires; the record that addresses it stands on the page of requirements, for those who may see that."""

    @property
    def title(self) -> str:
        return str(REQUIREMENTS.title)

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        return [
            PanelRow(
                self.more(record), row.text, "", row.how or ("" if row.is_answered else _("Not addressed yet.")), "done" if row.is_answered else "new"
            )
            for row in PartyRequirement.objects.filter(party=record.pk)[:MOST]
        ]

    def more(self, record: Record) -> str:
        return f"/interestedparties/{record.number}/requirements/"

    def change(self, record: Record, person: Person) -> str:
        return self.more(record) if is_inside(person, record) and may(person, "party:amend", record) else ""
