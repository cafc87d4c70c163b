"""Changes of the management system and accepted conflicts of the demonstration, each through the ordinary writes at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plimsoll.context.parts.operations import add_part
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.leadership.authorities.parts import TOUCHED
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read

CHANNEL = "page"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def make_authorities(stage: Stage, moment: datetime) -> None:
    """Every change and every accepted conflict of the content. Documents that a change names are in review already."""
    told = read("authorities")
    for row in told["changes"].values():
        _change(stage, row, moment)
    for row in told["conflicts"].values():
        _conflict(stage, row, moment)


def _change(stage: Stage, row: dict[str, Any], moment: datetime) -> None:
    ruth, at = stage.people["ruth"], moment - row["opened"] * DAY
    touched: list[Record] = [stage.records[f"document_{template}"] for template in row.get("documents", ())]
    for code, values in row.get("roles", {}).items():
        role = Role.objects.get(tenant=ruth.tenant, code=code)
        role = move(role, "revise", by=ruth, channel=CHANNEL, at=at - HOUR)
        touched.append(amend(role, by=ruth, channel=CHANNEL, at=at - HOUR / 2, **values))
    said = {name: row[name] for name in ("title", "reason", "effect")}
    change = open_record(type_named("smschange"), by=ruth, channel=CHANNEL, at=at, origin=ORIGIN, **said)
    for number, record in enumerate(touched, 1):
        add_part(TOUCHED, change, {"record": record.card}, by=ruth, channel=CHANNEL, at=at + number * HOUR / 4)
    change = move(change, "submit", by=ruth, channel=CHANNEL, at=moment - row["submitted"] * DAY)
    if "approved" in row:
        move(change, "approve", by=stage.people[row["approver"]], channel=CHANNEL, at=moment - row["approved"] * DAY, note=row["note"])


def _conflict(stage: Stage, row: dict[str, Any], moment: datetime) -> None:
    made = open_record(
        type_named("dutyconflict"),
        by=stage.people["ruth"],
        channel=CHANNEL,
        at=moment - row["opened"] * DAY,
        origin=ORIGIN,
        person=stage.people[row["person"]],
        expires_date=(moment + row["until"] * DAY).date(),
        **{name: row[name] for name in ("title", "rule", "reason", "control")},
    )
    move(made, "accept", by=stage.people[row["approver"]], channel=CHANNEL, at=moment - row["accepted"] * DAY, note=row["note"])
