"""The context of the demonstration: units, locations, issues, interested parties, and a scope that was reviewed and approved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plimsoll.context.interested_parties.parts import REQUIREMENTS
from plimsoll.context.parts.declaring import PartType
from plimsoll.context.parts.operations import add_part
from plimsoll.context.scopes.parts import EXCLUSIONS, MILESTONES, RESOURCES
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read

PEOPLE = ("owner", "head")
ORGANIZATIONS = ("same_as", "customer")


class _Telling:
    """Who tells it, and when: each record by the SMS manager, half a year ago."""

    def __init__(self, stage: Stage, start: datetime, moment: datetime) -> None:
        self.stage, self.start, self.moment = stage, start, moment
        self.ruth, self.hamish = stage.people["ruth"], stage.people["hamish"]

    def day(self, ago: int) -> Any:
        return (self.moment - timedelta(days=ago)).date()

    def open(self, kind: str, row: dict[str, Any]) -> Record:
        values: dict[str, Any] = {}
        for name, value in row.items():
            if name in PEOPLE:
                values[name] = self.stage.people[value]
            elif name in ORGANIZATIONS:
                values[name] = self.stage.organizations[value]
            elif name in ("works_as", "team"):
                values[name] = self.stage.teams[value]
            else:
                values[name] = value
        if "scope_reason" in row:
            values["in_scope"] = False
        return open_record(type_named(kind), by=self.ruth, channel="page", at=self.start, origin=ORIGIN, **values)

    def part(self, part_type: PartType, record: Record, row: dict[str, Any], at: datetime) -> None:
        add_part(part_type, record, row, by=self.ruth, channel="page", at=at)

    def link(self, record: Record, meaning: str, other: Record) -> None:
        parts.link(record, meaning, other, by=self.ruth, channel="page", at=self.start)


def make_context(stage: Stage, hours: dict[str, Calendar], start: datetime, moment: datetime) -> None:
    """Everything of the content, as it was entered at `start` and looked at again since."""
    plan, told = read("context"), _Telling(stage, start, moment)
    for key, row in plan["services"].items():
        made = told.open("service", {**row, "hours": hours[row["hours"]]})
        stage.records[key] = move(made, "go_live", by=told.hamish, channel="page", at=start)
    units: dict[str, Record] = {}
    for key, row in plan["units"].items():
        units[key] = told.open("unit", {**row, **({"parent": units[row["parent"]]} if "parent" in row else {})})
    for row in plan["locations"].values():
        place = told.open("location", {name: value for name, value in row.items() if name != "supports"})
        for key in row.get("supports", ()):
            told.link(place, "supports", stage.records[key])
    grounds = _issues(plan["issues"], told) | _parties(plan["parties"], told)
    _scope(plan["scope"], told, grounds)


def _issues(plan: dict[str, dict[str, Any]], told: _Telling) -> dict[str, Record]:
    made = {}
    for key, row in plan.items():
        values = {name: value for name, value in row.items() if name not in ("reviewed_ago", "review_in", "decided_ago")}
        if "decided_ago" in row:
            values["climate_decided_on"] = told.day(row["decided_ago"])
        issue = told.open("contextissue", values)
        at = told.moment - timedelta(days=row["reviewed_ago"])
        due = {"review_due_date": told.day(-row["review_in"])}
        made[key] = move(issue, "review", by=told.ruth, channel="page", fields=due, at=at)
    return made


def _parties(plan: dict[str, dict[str, Any]], told: _Telling) -> dict[str, Record]:
    made = {}
    for key, row in plan.items():
        values = {name: value for name, value in row.items() if name not in ("requirements", "asked_ago")}
        party = made[f"party:{key}"] = told.open("party", {**values, "climate_asked_on": told.day(row["asked_ago"])})
        for wanted in row["requirements"]:
            said = {name: value for name, value in wanted.items() if name not in ("ago", "addressed_by")}
            if "addressed_by" in wanted:
                said["addressed_by"] = told.stage.records[wanted["addressed_by"]].card
            told.part(REQUIREMENTS, party, {**said, "decided_on": told.day(wanted["ago"])}, told.moment - timedelta(days=wanted["ago"]))
    return made


def _scope(plan: dict[str, Any], told: _Telling, grounds: dict[str, Record]) -> None:
    values = {name: value for name, value in plan.items() if name not in ("exclusions", "milestones", "resources", "relates_to")}
    scope = told.open("scope", values)
    for row in plan["exclusions"]:
        card = {"record": told.stage.records[row["record"]].card} if "record" in row else {}
        told.part(EXCLUSIONS, scope, {**row, **card}, told.start)
    for row in plan["milestones"]:
        done = {"done_on": told.day(row["done_ago"])} if "done_ago" in row else {}
        told.part(MILESTONES, scope, {"name": row["name"], "due_on": told.day(row["due_ago"]), **done}, told.start)
    for row in plan["resources"]:
        told.part(RESOURCES, scope, row, told.start)
    for key in plan["relates_to"]:
        told.link(scope, "relates to", grounds[key])
    reviewed = move(scope, "submit", by=told.ruth, channel="page", at=told.start + timedelta(days=2))
    move(reviewed, "approve", by=told.hamish, channel="page", at=told.start + timedelta(days=6))
