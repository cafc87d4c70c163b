"""What stands over the page of an awareness statement: its figure as it is now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.ui.panels import Flag
from plimsoll.support.awareness.models import AwarenessStatement
from plimsoll.support.awareness.queries import live_value


def statement_flags(record: Record, person: Person) -> list[Flag]:
    """S-064: the live value of the indicator, beside what is aimed at; and that it waits for its person."""
    assert isinstance(record, AwarenessStatement)
    found = []
    if value := live_value(record):
        aim = _("We aim at: %(target)s.") % {"target": record.target.rstrip(".")} if record.target else ""
        found.append(Flag(f"{value} {aim}".strip(), "still"))
    if record.state == "issued" and record.person_id == person.pk:
        found.append(Flag(_("Read it, and confirm that you know it.")))
    return found
