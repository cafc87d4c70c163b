"""The processes of the demonstration with their parts, and what other parties operate, each through the ordinary writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plimsoll.agreements.parties.parts import PROOFS
from plimsoll.context.parts.operations import add_part
from plimsoll.context.processes.content import starter_named
from plimsoll.context.processes.models import Process
from plimsoll.context.processes.operations import begin
from plimsoll.context.processes.parts import DUTIES, FACTORS, INTERFACES
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read

CHANNEL = "page"
DAY = timedelta(days=1)
RESOURCES = ("people", "tools", "information", "money")
GIVEN = ("to", "information", "type", "method", "frequency", "trigger", "link")


def make_processes(stage: Stage, start: datetime, moment: datetime) -> None:
    """Every process of the content, a day after the other, then what passes between them, then what others operate."""
    plan, maker = read("processes"), _Maker(stage, start, moment)
    for key, row in plan["processes"].items():
        maker.process(key, row)
    for key, row in plan["processes"].items():
        maker.gives(key, row)
    for key, row in plan["processes"].items():
        maker.put_in_force(key, row)
    for row in plan["operations"].values():
        maker.operation(row)


class _Maker:
    """Enters rows as the SMS manager."""

    def __init__(self, stage: Stage, start: datetime, moment: datetime) -> None:
        self.stage, self.at, self.moment = stage, start, moment
        self.ruth = stage.people["ruth"]
        self.roles = {role.code: role for role in Role.objects.filter(tenant=self.ruth.tenant).exclude(code="")}
        self.made: dict[str, Process] = {}

    def process(self, key: str, row: dict[str, Any]) -> None:
        starter = starter_named(key)
        assert starter is not None, key
        self.at += DAY / 4
        values = {name: row[name] for name in RESOURCES}
        values |= {"owner_role": self.roles[row["owner"]], "manager_role": self.roles[row["manager"]], "rules": "\n".join(row.get("rules", ()))}
        made = self.made[key] = begin(starter, by=self.ruth, channel=CHANNEL, at=self.at, origin=ORIGIN, **values)
        self.stage.records[f"process_{key}"] = made
        for activity in made.activities.all():
            letters = {"A": [row["owner"]], "R": [row["manager"]], **row.get("raci", {}).get(activity.name, {})}
            for letter, codes in letters.items():
                for code in codes:
                    self._part(DUTIES, made, {"activity": activity, "role": self.roles[code], "letter": letter})
        for name, indicator, target, threshold in row["factors"]:
            self._part(FACTORS, made, {"name": name, "indicator": indicator, "target": target, "threshold": threshold})

    def gives(self, key: str, row: dict[str, Any]) -> None:
        for told in row["gives"]:
            values = dict(zip(GIVEN, told, strict=True))
            self._part(INTERFACES, self.made[key], values | {"to": self.made[values["to"]]})

    def put_in_force(self, key: str, row: dict[str, Any]) -> None:
        self.at += DAY / 8
        due = {"review_on": (self.moment + abs(row["review_in"]) * DAY).date()}
        ready = move(self.made[key], "put_in_force", by=self.ruth, channel=CHANNEL, fields=due, at=self.at)
        if row["review_in"] < 0:  # a review that nobody did in time
            amend(ready, by=self.ruth, channel=CHANNEL, at=self.at, review_on=(self.moment + row["review_in"] * DAY).date())
        parts.link(self.stage.records[f"objective_{row['objective']}"], "relates to", ready, by=self.ruth, channel=CHANNEL, at=self.at)

    def operation(self, row: dict[str, Any]) -> None:
        ilona, started = self.stage.people["ilona"], self.moment - row["started"] * DAY
        values = {name: row[name] for name in ("title", "party_type", "operates", "clause", "activities", "evaluation")}
        values |= {name: row[name] for name in ("part", "component") if name in row}
        values |= {
            "process": self.made[row["process"]] if "process" in row else None,
            "agreement": self.stage.records[f"agreement:{row['agreement']}"],
            "organization": self.stage.organizations[row["party"]],
            "owner": self.stage.people[row["owner"]],
            "starts_on": started.date(),
            "evaluated_on": (self.moment - row["evaluated"] * DAY).date(),
        }
        self.at += DAY / 4
        made = open_record(type_named("otherpartyoperation"), by=ilona, channel=CHANNEL, at=self.at, origin=ORIGIN, **values)
        for proof in row["proofs"]:
            said = {name: proof[name] for name in ("box", "kind", "name", "months", "place") if name in proof}
            card = {"record": self.stage.records[proof["record"]].card} if "record" in proof else {}
            day = {"dated_on": (self.moment - proof["ago"] * DAY).date()}
            add_part(PROOFS, made, {**said, **card, **day}, by=ilona, channel=CHANNEL, at=self.at)
        move(made, "start", by=ilona, channel=CHANNEL, at=self.at)

    def _part(self, part_type: Any, record: Process, values: dict[str, Any]) -> None:
        add_part(part_type, record, values, by=self.ruth, channel=CHANNEL, at=self.at)
