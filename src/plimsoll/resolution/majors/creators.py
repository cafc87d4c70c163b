"""How an import finds and makes the major incidents that a file names: by their title, each with an incident of that title as its lead."""

from __future__ import annotations

from typing import Any

from plimsoll.kernel.exchange.creating import Creator, Making, creator_of, register_creator
from plimsoll.kernel.exchange.drafts import Named
from plimsoll.kernel.records.operations import open_record
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.majors.models import MajorIncident
from plimsoll.resolution.majors.record import MAJOR

_titled = creator_of(MajorIncident)
_incidents = creator_of(Incident)


def make(making: Making, named: list[Named]) -> dict[str, Any]:
    """Make what is named, and what leads it where no incident of that title is there."""
    assert _incidents is not None and _incidents.make is not None
    leads = _incidents.find(making.tenant, [row.name for row in named])
    leads |= _incidents.make(making, [Named(Incident, row.name, row.name) for row in named if row.name not in leads])
    made = {}
    for row in named:
        lead = leads[row.name]
        made[row.key] = open_record(
            MAJOR,
            by=making.by,
            channel=making.channel,
            origin="imported",
            source=making.source,
            title=row.name,
            organization=lead.organization,
            lead=lead,
        )
        making.made.add((MAJOR.kind, row.key))
    return made


assert _titled is not None
register_creator(MajorIncident, Creator(_titled.find, make, _titled.key))
