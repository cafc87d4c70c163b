"""Everything that happens in one app because something happened in another. Read top to bottom."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plimsoll.agreements.levels import operations as levels, recalculating
from plimsoll.agreements.levels.panels import BeforeAndAfter, CurrentAgreements, Versions
from plimsoll.kernel.events import Event, KeptChanged
from plimsoll.kernel.notifications import operations as notifications
from plimsoll.kernel.records.events import Redacted, Replayed, Written
from plimsoll.kernel.search import operations as search
from plimsoll.kernel.targets import operations as targets
from plimsoll.kernel.targets.events import Escalated
from plimsoll.kernel.targets.queries import Source
from plimsoll.kernel.trail import operations as trail
from plimsoll.kernel.ui.panels import Acts, Panel
from plimsoll.portfolio.services.panels import Customers, StandsOn
from plimsoll.resolution.incidents import operations as incidents
from plimsoll.resolution.incidents.clocks import IncidentClocks
from plimsoll.resolution.incidents.panels import OpenIncidents, incident_acts
from plimsoll.resolution.requests import operations as requests
from plimsoll.resolution.requests.clocks import RequestClocks, TaskClocks
from plimsoll.resolution.requests.panels import (
    Accesses,
    Audience,
    CanBeOrdered,
    Instruction,
    Versions as PlanVersions,
    incident_to_request,
    model_acts,
)

WIRING: Mapping[type[Event], Sequence[Callable[[Any], None]]] = {
    Written: [targets.follow, search.index, notifications.tell, incidents.close_children, levels.forget, recalculating.start, requests.follow],
    Replayed: [targets.follow_many, search.index_many],
    Escalated: [notifications.tell_escalated],
    Redacted: [search.index_again],
    KeptChanged: [trail.record_kept, requests.end_with_the_person],
}

# Which kinds have clocks, and what they are promised.
CLOCKS: Mapping[str, Source] = {
    "incident": IncidentClocks(),
    "request": RequestClocks(),
    "fulfilmenttask": TaskClocks(),
}

# What an upper floor hangs on the page of a lower one, by kind.
PANELS: Mapping[str, Sequence[type[Panel]]] = {
    "service": [OpenIncidents, CanBeOrdered, CurrentAgreements, Customers, StandsOn],
    "agreement": [Versions],
    "recalculation": [BeforeAndAfter],
    "requestmodel": [PlanVersions, Audience],
    "accessright": [Accesses],
    "fulfilmenttask": [Instruction],
}

# What can be done with a record of a kind beside its moves.
ACTS: Mapping[str, Sequence[Acts]] = {
    "incident": [incident_acts, incident_to_request],
    "requestmodel": [model_acts],
}
