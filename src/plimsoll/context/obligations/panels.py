"""What stands over the pages of obligations, limitations and management systems: what is wrong with them."""

from __future__ import annotations

from plimsoll.context.obligations.queries import faults_of_record
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.ui.panels import Flag


def obligation_flags(record: Record, person: Person) -> list[Flag]:
    """Each finding of the record, for insiders."""
    found = faults_of_record(record, day_of(record.tenant, now())) if is_inside(person, record) else []
    return [Flag(finding.sentence) for finding in found]
