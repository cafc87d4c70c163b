"""Whole lives of incidents for tests of clocks and figures: opened, given away, waited, answered and resolved at moments of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from plimsoll.kernel.identity.models import Organization, Team
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.histories import Said
from plimsoll.kernel.records.replay import History, Update, replay
from plimsoll.resolution.incidents.models import Incident
from tests.cast import House

Step = tuple[str, dict[str, Any]]  # a local moment, and what changed then: state, team, priority, said


def moment(text: str, zone: str = "Europe/London") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def lived(
    house: House,
    opened: str,
    *steps: Step,
    priority: int | None = 3,
    zone: str = "Europe/London",
    team: Team | None = None,
    organization: Organization | None = None,
) -> Incident:
    """An incident that was opened at a local moment and went through these steps. Ines did all of it."""

    def update(at: str, values: dict[str, Any]) -> Update:
        given = dict(values)
        state, said = given.pop("state", ""), given.pop("said", "")
        if isinstance(found := given.get("team"), Team):
            given["team"] = found.pk
        if "priority" in given:
            given["is_priority_overridden"] = True
        return Update(at=moment(at, zone), by=house.ines.pk, state=state, values=given, comment=Said(said, is_public=True) if said else None)

    by = house.fresh(house.ruth)
    opening: dict[str, Any] = {"title": f"Opened {opened}", "state": "new"}
    if priority is not None:
        opening["priority"] = priority
    if team is not None:
        opening["team"] = team
    history = History(
        external_reference=f"{opened} {Incident.objects.count()}",
        organization=organization or house.brannock,
        opening=update(opened, opening),
        updates=[update(at, values) for at, values in steps],
    )
    return replay(type_named("incident"), [history], by=by, channel="import", source="test")[0]  # type: ignore[return-value]


def resolved(at: str) -> Step:
    return at, {"state": "resolved"}


__all__: Sequence[str] = ["Step", "lived", "moment", "resolved"]
