"""What relationships show on the pages of records: how satisfied the one was who asked for it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.rules import is_satisfied
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.ui.panels import PanelRow


class HowItWent:
    """The answer of who asked, for our own people; nothing while it is open, and then not asked of the database either."""

    @property
    def title(self) -> str:
        return _("How it went")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if record.is_open or not is_inside(person, record):
            return []
        found = Satisfaction.objects.filter(card_id=record.pk).select_related("person").first()
        if found is None:
            return []
        seen = f"/portal/{type_of(record).plural_kind}/{record.number}/"  # the page on which it is asked
        if found.score is None:
            return [PanelRow(seen, _("No answer yet"), "", _("asked %(who)s") % {"who": found.person.name}, "waiting")]
        words = _("%(n)d of 5, %(word)s") % {"n": found.score, "word": str(dict(Satisfaction.SCORES)[found.score]).lower()}
        category = "done" if is_satisfied(found.score) else "decide"
        how = f"{found.person.name}, {words}" if found.comment else found.person.name
        return [PanelRow(seen, found.comment or words, "", how, category)]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""
