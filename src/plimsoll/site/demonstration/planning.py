"""Risks, opportunities and objectives of the demonstration, made through the ordinary writes, each at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.planning.objectives.models import Objective
from plimsoll.planning.objectives.operations import end_action, keep_action, measure
from plimsoll.planning.risks.models import Risk
from plimsoll.planning.risks.operations import end_treatment, judge_treatment, keep_treatment
from plimsoll.planning.risks.pages.criteria import STARTER
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read

DAY = timedelta(days=1)
RISK_FIELDS = ("title", "sign", "family", "aim", "found_by", "description")
OBJECTIVE_FIELDS = (
    "title", "level", "description", "statement", "requirements", "metric", "unit", "baseline", "target", "direction", "frequency", "resources",
    "judged",
)  # fmt: skip
CHANNEL = "page"


def make_planning(stage: Stage, moment: datetime) -> None:
    """Criteria that top management approved, then every risk and every objective of the content."""
    plan = read("planning")
    petra, hamish = stage.people["petra"], stage.people["hamish"]
    begun = moment - 198 * DAY
    made = open_record(type_named("riskcriteria"), by=petra, channel=CHANNEL, at=begun, origin=ORIGIN, **plan["criteria"], **STARTER)
    made = move(made, "propose", by=petra, channel=CHANNEL, at=begun + timedelta(hours=2))
    move(made, "approve", by=hamish, channel=CHANNEL, at=begun + timedelta(hours=26), note="As discussed in the meeting.")
    for key, row in plan["risks"].items():
        stage.records[f"risk_{key}"] = _Risk(stage, row, moment).tell()
    for key, row in plan["objectives"].items():
        stage.records[f"objective_{key}"] = _objective(stage, row, moment)


class _Risk:
    """One risk, from its naming as far as the content says."""

    def __init__(self, stage: Stage, row: dict[str, Any], moment: datetime) -> None:
        self.stage, self.row, self.moment = stage, row, moment
        self.at = moment - row["ago"] * DAY
        self.petra = stage.people["petra"]

    def tell(self) -> Record:
        row, stage = self.row, self.stage
        values = {name: row[name] for name in RISK_FIELDS if name in row}
        self.record = open_record(type_named("risk"), by=self.petra, channel=CHANNEL, at=self.at, origin=ORIGIN, **values)
        for key in row["services"]:
            parts.link(self.record, "relates to", stage.records[key], by=self.petra, channel=CHANNEL, at=self._later(1))
        judged = {name: row[name] for name in ("cause", "consequence", "likelihood", "impact")} | {"owner": stage.people[row["owner"]]}
        self._move("assess", fields=judged, hours=20)
        if row["to"] == "assessed":
            return self.record
        review = (self.moment + row["review"] * DAY).date()
        self._move("evaluate", fields={"customer_impact": row["customer_impact"], "review_on": review}, hours=22)
        self._treat()
        if row["to"] in ("accepted", "monitored"):
            fields = {"review_on": review} | ({"accepted_until": (self.moment + row["until"] * DAY).date()} if "until" in row else {})
            self._move("accept", by=stage.people[row["accept_by"]], fields=fields, note=row["note"], hours=30)
        if row["to"] == "monitored":
            self._move("monitor", fields={"review_on": review}, hours=4)
        return self.record

    def _treat(self) -> None:
        row = self.row
        treatments = row.get("treatments", ())
        made = [
            (
                keep_treatment(
                    self._risk(), text=t["text"], owner=self.stage.people[t["owner"]], due_on=(self.moment + t["due"] * DAY).date(),
                    priority=t["priority"],
                    by=self.petra, channel=CHANNEL, at=self._later(1),
                ),
                t,
            )
            for t in treatments
        ]  # fmt: skip
        if row.get("tolerate"):
            self._move("tolerate", note=row["note"], hours=2)
        elif made:
            self._move("treat", hours=2)
        for treatment, t in sorted((pair for pair in made if "done" in pair[1]), key=lambda pair: pair[1]["done"]):
            self.at = max(self.at, self.moment + t["done"] * DAY)
            end_treatment(treatment, is_done=True, on=self.at.date(), by=self.petra, channel=CHANNEL, at=self.at)
            verdict = {"verdict": t["verdict"], "evaluation": t["evaluation"], "level": t["level"]}
            judge_treatment(treatment, by=self.petra, channel=CHANNEL, at=self._later(40), **verdict)
        if "residual_likelihood" in row:
            left = {name: row[name] for name in ("residual_likelihood", "residual_impact")}
            self._move("assess_residual", fields=left, hours=20)

    def _risk(self) -> Risk:
        assert isinstance(self.record, Risk)
        return self.record

    def _later(self, hours: int) -> datetime:
        self.at += timedelta(hours=hours)
        return self.at

    def _move(self, name: str, *, by: Person | None = None, fields: dict[str, Any] | None = None, note: str = "", hours: int) -> None:
        self.record = move(self.record, name, by=by or self.petra, channel=CHANNEL, fields=fields, note=note, at=self._later(hours))


def _objective(stage: Stage, row: dict[str, Any], moment: datetime) -> Record:
    """One objective: agreed, planned, measured."""
    ruth, hamish = stage.people["ruth"], stage.people["hamish"]
    at = moment - row["ago"] * DAY
    values = {name: row[name] for name in OBJECTIVE_FIELDS if name in row} | {"owner": stage.people[row["owner"]]}
    parent = stage.records[f"objective_{row['parent']}"] if "parent" in row else None
    days = {"due_on": (moment + row["due"] * DAY).date(), "review_on": (moment + 60 * DAY).date()}
    made = open_record(type_named("objective"), by=ruth, channel=CHANNEL, at=at, origin=ORIGIN, parent=parent, **values, **days)
    assert isinstance(made, Objective)
    for action in row["actions"]:
        kept = keep_action(
            made, text=action["text"], owner=stage.people[action["owner"]], due_on=(moment + action["due"] * DAY).date(),
            resources=action["resources"],
            by=ruth, channel=CHANNEL, at=at + timedelta(hours=2),
        )  # fmt: skip
        if "done" in action:
            done = moment + action["done"] * DAY
            end_action(kept, is_done=True, on=done.date(), by=ruth, channel=CHANNEL, at=done)
    record = move(made, "agree", by=hamish, channel=CHANNEL, at=at + 2 * DAY)
    if row["to"] == "agreed":
        return record
    record = move(record, "start", by=ruth, channel=CHANNEL, at=at + 3 * DAY)
    for ago, value, note in row["values"]:
        on = moment - ago * DAY
        measure(record, value=value, on=on.date(), note=note, by=ruth, channel=CHANNEL, at=on)
    if row["to"] == "achieved":
        record = move(record, "achieve", by=hamish, channel=CHANNEL, at=moment - 15 * DAY, note=row["note"])
    return record


__all__ = ["make_planning"]
