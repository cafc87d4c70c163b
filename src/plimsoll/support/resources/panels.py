"""What stands over the page of a resource need."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.ui.panels import Flag
from plimsoll.support.resources.models import ResourceNeed
from plimsoll.support.resources.rules import WANTING


def need_flags(record: Record, person: Person) -> list[Flag]:
    """How much is missing, for insiders."""
    assert isinstance(record, ResourceNeed)
    if not record.short_of or record.state not in WANTING or not is_inside(person, record):
        return []
    return [Flag(_("%(n)d %(unit)s more are needed than are there.") % {"n": record.short_of, "unit": record.unit})]
