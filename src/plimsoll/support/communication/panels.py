"""What a communication shows on its page: what was told, and that it is overdue."""

from __future__ import annotations

from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.sources import day_of, day_words
from plimsoll.kernel.ui.panels import Flag, PanelRow
from plimsoll.support.communication.models import Communication, Telling

MOST = 12


class Tellings:
    """What was really communicated, newest first."""

    @property
    def title(self) -> str:
        return _("What was told")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        found = Telling.objects.filter(communication=record.pk).select_related("by").order_by("-on", "-pk")[:MOST]
        return [PanelRow("", day_words(row.on), "", how(row), "done", "" if row.is_in_time else "watch") for row in found]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""


def how(row: Telling) -> str:
    """By whom, to how many, in time or not, and where it can be found."""
    said = [str(row.by or "")]
    if row.reached is not None:
        said.append(ngettext("one person reached", "%(n)d people reached", row.reached) % {"n": row.reached})
    if not row.is_in_time:
        said.append(_("had been due on %(day)s") % {"day": day_words(row.due_on)})
    return ", ".join(filter(None, (*said, row.reference)))


def communication_flags(record: Record, person: Person) -> list[Flag]:
    """That it is overdue, for insiders."""
    assert isinstance(record, Communication)
    late = record.state == "in_plan" and record.next_on is not None and record.next_on < day_of(record.tenant, now())
    if not late or not is_inside(person, record):
        return []
    return [Flag(_("It was due on %(day)s. Tell it, and say so here.") % {"day": day_words(record.next_on)})]
