"""Everything that happens in one app because something happened in another. Read top to bottom."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plimsoll.kernel.events import Event, KeptChanged
from plimsoll.kernel.notifications import operations as notifications
from plimsoll.kernel.records.events import Redacted, Replayed, Written
from plimsoll.kernel.search import operations as search
from plimsoll.kernel.trail import operations as trail
from plimsoll.kernel.ui.panels import Acts, Panel
from plimsoll.portfolio.services.panels import Customers, StandsOn
from plimsoll.resolution.incidents import operations as incidents
from plimsoll.resolution.incidents.panels import OpenIncidents, incident_acts

WIRING: Mapping[type[Event], Sequence[Callable[[Any], None]]] = {
    Written: [search.index, notifications.tell, incidents.close_children],
    Replayed: [search.index_many],
    Redacted: [search.index_again],
    KeptChanged: [trail.record_kept],
}

# What an upper floor hangs on the page of a lower one, by kind.
PANELS: Mapping[str, Sequence[type[Panel]]] = {
    "service": [OpenIncidents, Customers, StandsOn],
}

# What can be done with a record of a kind beside its moves.
ACTS: Mapping[str, Sequence[Acts]] = {
    "incident": [incident_acts],
}
