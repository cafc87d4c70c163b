"""People, communication and resources of the demonstration: each record opened, decided and confirmed by whom it concerns, at its own time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read
from plimsoll.support.competence.models import Training
from plimsoll.support.competence.operations import name_participants, note_participation, write_qualifications

CHANNEL = "page"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGUN = 186  # days ago: the competences were defined first


def make_support(stage: Stage, moment: datetime) -> None:
    """Everything of `support.toml`."""
    plan, maker = read("support"), _Maker(stage, moment)
    for key, row in plan["competences"].items():
        maker.competence(key, row)
    for row in plan["qualifications"]:
        maker.qualification(row)
    for row in plan["training"]:
        maker.training(row)
    for row in plan["statements"]:
        maker.statement(row, plan["statement"])
    for row in plan["communications"]:
        maker.communication(row)
    for row in plan["needs"]:
        maker.need(row)


class _Maker:
    """Enters rows as those who keep them: the training coordinator, the SMS manager, whoever asks."""

    def __init__(self, stage: Stage, moment: datetime) -> None:
        self.stage, self.moment = stage, moment
        self.una, self.ruth, self.hamish = (stage.people[key] for key in ("una", "ruth", "hamish"))
        self.roles = {role.code: role for role in Role.objects.filter(tenant=self.ruth.tenant).exclude(code="")}

    def ago(self, days: int) -> datetime:
        return self.moment - days * DAY

    def day(self, days: int) -> date:
        """The day so many days ago; ahead where it is negative."""
        return self.ago(days).date()

    def within_the_year(self, days: int) -> date:
        """The same, moved into the year of loading: the plan is that year's."""
        year = self.moment.year
        return min(max(self.day(days), date(year, 1, 1)), date(year, 12, 31))

    def opened(self, kind: str, by: Any, at: datetime, **values: Any) -> Record:
        return open_record(type_named(kind), by=by, channel=CHANNEL, at=at, origin=ORIGIN, **values)

    def competence(self, key: str, row: dict[str, Any]) -> None:
        values = {name: row[name] for name in ("title", "description", "level", "shown_by", "job_class") if name in row}
        roles = {"role": self.roles[row["role"]], "approver_role": self.roles[row["approver_role"]]}
        made = self.opened("competence", self.una, self.ago(BEGUN), **values, **roles)
        approver = self.stage.people[row["approver"]]
        self.stage.records[f"competence_{key}"] = move(made, "approve", by=approver, channel=CHANNEL, at=self.ago(BEGUN - 2))

    def qualification(self, row: dict[str, Any]) -> None:
        competence: Any = self.stage.records[f"competence_{row['competence']}"]
        at = self.ago(min(row["ago"], BEGUN - 4))
        values = {name: row[name] for name in ("level", "proof", "basis")}
        values |= {"person": self.stage.people[row["person"]], "competence": competence, "title": competence.title}
        if "expires_in" in row:
            values["expires_on"] = self.day(-row["expires_in"])
        made = self.opened("qualification", self.una, at, obtained_on=self.day(row["ago"]), **values)
        move(made, "verify", by=self.una, channel=CHANNEL, at=at + HOUR)

    def training(self, row: dict[str, Any]) -> None:
        values: dict[str, Any] = {name: row[name] for name in ("title", "audience", "type", "provider", "cost", "aim") if name in row}
        values |= {"description": row["need"], "owner": self.una}
        if "competence" in row:
            values["competence"] = self.stage.records[f"competence_{row['competence']}"]
        planned = row.get("planned_ago", -row.get("planned_in", 0))
        begun = self.ago(max(planned, 0) + 12)
        made: Any = self.opened("training", self.una, begun, planned_on=self.within_the_year(planned), **values)
        people = [self.stage.people[key] for key in row["people"]]
        name_participants(made, people, by=self.una, channel=CHANNEL, at=begun + HOUR)
        made = move(made, "plan", by=self.una, channel=CHANNEL, at=begun + 2 * HOUR)
        if "done_ago" not in row:
            return
        held = self.ago(row["done_ago"])
        absent = {self.stage.people[key].pk for key in row.get("absent", ())}
        note_participation(made, {p.pk: p.pk not in absent for p in people}, by=self.una, channel=CHANNEL, at=held)
        made = move(made, "finish", by=self.una, channel=CHANNEL, at=held + HOUR, fields={"done_on": held.date()})
        assert isinstance(made, Training)
        if "shows" in row:
            for one in write_qualifications(made, by=self.una, channel=CHANNEL, at=held + 2 * HOUR, **row["shows"]):
                move(one, "verify", by=self.una, channel=CHANNEL, at=held + 3 * HOUR)
        if "judged" in row:
            found = {name: row["judged"][name] for name in ("method", "evaluation")}
            move(made, row["judged"]["move"], by=self.una, channel=CHANNEL, at=self.ago(row["judged_ago"]), fields=found)

    def statement(self, row: dict[str, Any], shared: dict[str, Any]) -> None:
        values = {name: row[name] for name in ("title", "contribution", "services", "indicator", "target") if name in row} | shared
        person = self.stage.people[row["person"]]
        at = self.ago(row["ago"])
        made = self.opened("awarenessstatement", self.una, at, person=person, role=self.roles[row["role"]], **values)
        made = move(made, "issue", by=self.una, channel=CHANNEL, at=at + HOUR)
        if "confirmed_ago" in row:
            move(made, "acknowledge", by=person, channel=CHANNEL, at=self.ago(row["confirmed_ago"]))

    def communication(self, row: dict[str, Any]) -> None:
        values: dict[str, Any] = {name: row[name] for name in ("title", "frequency", "occasion", "audience", "side", "means") if name in row}
        told = row.get("told", [])
        first = told[0]["due_ago"] if told else row["next_ago"]
        values |= {"description": row["what"], "role": self.roles[row["role"]]}
        if row["frequency"] != "event":
            values["next_on"] = self.day(first)
        made = self.opened("communication", self.ruth, self.ago(172), **values)
        made = move(made, "plan", by=self.ruth, channel=CHANNEL, at=self.ago(172) + HOUR)
        for one in told:
            if one["due_ago"]:
                made = amend(made, by=self.ruth, channel=CHANNEL, at=self.ago(one["ago"]) - HOUR, next_on=self.day(one["due_ago"]))
            who = self.stage.people[one["by"]]
            fields = {"told_on": self.day(one["ago"]), "told_by": who, "reached": one["reached"], "told_as": one["as"]}
            made = move(made, "tell", by=self.ruth, channel=CHANNEL, at=self.ago(one["ago"]), fields=fields)

    def need(self, row: dict[str, Any]) -> None:
        values = {name: row[name] for name in ("title", "type", "purpose", "unit", "needed", "cost")}
        values |= {"description": row["why"], "available": 0 if "provided_ago" in row else row["available"], "owner": self.stage.people[row["owner"]]}
        at = self.ago(row["ago"])
        made = self.opened("resourceneed", self.ruth, at, **values)
        made = move(made, "ask", by=self.ruth, channel=CHANNEL, at=at + HOUR)
        if "decision" not in row:
            return
        decided = row["decision"]
        fields: dict[str, Any] = {"alternative": decided["alternative"]} if "alternative" in decided else {}
        if "again_in" in decided:
            fields["deferred_until"] = self.day(-decided["again_in"])
        made = move(made, decided["move"], by=self.hamish, channel=CHANNEL, at=self.ago(decided["ago"]), fields=fields, note=decided["note"])
        if "provided_ago" in row:
            move(made, "provide", by=self.ruth, channel=CHANNEL, at=self.ago(row["provided_ago"]), fields={"available": row["available"]})
