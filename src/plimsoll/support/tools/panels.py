"""What stands over the page of a tool: what is wrong with it."""

from __future__ import annotations

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.ui.panels import Flag
from plimsoll.support.tools.models import Tool
from plimsoll.support.tools.queries import faults_of_record


def tool_flags(record: Record, person: Person) -> list[Flag]:
    """Each finding of the tool, for insiders."""
    assert isinstance(record, Tool)
    found = faults_of_record(record, day_of(record.tenant, now())) if is_inside(person, record) else []
    return [Flag(finding.sentence) for finding in found]
