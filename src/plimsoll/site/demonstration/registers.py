"""What the provider of the demonstration must keep, lives with and works with: obligations, limitations, tools, suppliers, requirements."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read

DAY = timedelta(days=1)


def make_registers(stage: Stage, start: datetime, moment: datetime) -> None:
    """Everything of `registers.toml`, entered from `start` on, a day after the other."""
    plan = read("registers")
    maker = _Maker(stage, start, moment)
    for row in plan["obligations"]:
        maker.obligation(row)
    for row in plan["limitations"]:
        maker.limitation(row)
    for row in plan["systems"]:
        maker.system(row)
    for row in plan["tools"]:
        maker.tool(row)
    for row in plan["suppliers"]:
        maker.supplier(row)
    for row in plan["requirements"]:
        maker.requirement(row)


class _Maker:
    """Enters rows as the SMS manager, some a day."""

    def __init__(self, stage: Stage, start: datetime, moment: datetime) -> None:
        self.stage, self.at, self.moment = stage, start, moment
        self.ruth = stage.people["ruth"]

    def obligation(self, row: dict[str, Any]) -> None:
        names = ("type", "document", "edition", "issuer", "kept_at", "jurisdiction", "articles", "how_applies", "evidence", "watched_through")
        made = self._opened("obligation", row, {n: row[n] for n in names if n in row} | self._reviewed(row))
        self._late(move(made, "put_in_force", by=self.ruth, channel="page", at=self.at), row)
        self._link(made, row)

    def limitation(self, row: dict[str, Any]) -> None:
        made = self._opened("limitation", row, {n: row[n] for n in ("description", "effect", "workaround")} | self._reviewed(row))
        self._link(made, row)
        self._late(made, row)
        if "lifted" in row:
            move(made, "lift", by=self.ruth, channel="page", at=self.moment - 30 * DAY, note=row["lifted"])

    def system(self, row: dict[str, Any]) -> None:
        names = ("short_name", "type", "basis", "requirements")
        made = self._opened("managementsystem", row, {n: row[n] for n in names} | {"owner": self.stage.people[row["owner"]]})
        move(made, "take_into_use", by=self.ruth, channel="page", at=self.at)
        self._link(made, row)

    def tool(self, row: dict[str, Any]) -> None:
        names = ("purpose", "description", "data_held", "backup", "supplier")
        made = self._opened("tool", row, {n: row[n] for n in names} | {"owner": self.stage.people[row["owner"]]})
        moved = move(made, "take_into_use", by=self.ruth, channel="page", at=self.at)
        tried = self.moment - row["validated_days_ago"] * DAY
        fields = {"validated_on": tried.date()}
        at = max(tried, self.at)
        move(moved, "validate", by=self.ruth, channel="page", at=at, fields=fields, note="Went through what it is for, with sample data.")

    def supplier(self, row: dict[str, Any]) -> None:
        values = {"type": row["type"], "description": row["description"], "contacts": row["contacts"]}
        values |= {"owner": self.stage.people[row["owner"]], "organization": self.stage.organizations[row["party"]]}
        if not row["category"]:
            self._opened("supplier", row, values, by="ilona")
            return
        values |= {"supplier_category": row["category"], "criticality": row["criticality"], "review_on": self._day(row["review_in_days"])}
        move(self._opened("supplier", row, values, by="ilona"), "activate", by=self.stage.people["ilona"], channel="page", at=self.at)

    def requirement(self, row: dict[str, Any]) -> None:
        leonie = self.stage.people["leonie"]
        values: dict[str, Any] = {n: row[n] for n in ("type", "text", "value", "need", "stated_in") if n in row}
        values |= {"service": self.stage.records[row["service"]], "organization": self.stage.organizations[row["customer"]], "owner": leonie}
        made = self._opened("servicerequirement", row, values, by="leonie")
        if row.get("state") == "captured":
            return
        made = move(made, "analyse", by=leonie, channel="page", at=self.at)
        if "accepted_by" not in row:
            return
        fields: dict[str, Any] = {"accepted_by": row["accepted_by"], "accepted_on": self.at.date()}
        made = move(made, "agree", by=leonie, channel="page", at=self.at, fields=fields)
        if "covered_by" in row:
            parts.link(self.stage.records[row["covered_by"]], "implements", made, by=self.ruth, channel="page", at=self.at)
            move(made, "cover", by=leonie, channel="page", at=self.at)
        elif "target" in row:
            fields = {"covering_target": row["target"], "covering_reason": row["reason"]}
            move(made, "cover", by=leonie, channel="page", at=self.at, fields=fields)

    def _opened(self, kind: str, row: dict[str, Any], values: dict[str, Any], by: str = "ruth") -> Record:
        self.at += DAY
        return open_record(type_named(kind), by=self.stage.people[by], channel="page", at=self.at, origin=ORIGIN, title=row["title"], **values)

    def _day(self, days: int) -> date:
        return (self.moment + days * DAY).date()

    def _reviewed(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"owner": self.stage.people[row["owner"]], "review_on": self._day(abs(row["review_in_days"]))}

    def _late(self, made: Record, row: dict[str, Any]) -> None:
        """A review that nobody did in time."""
        if row["review_in_days"] < 0:
            amend(made, by=self.ruth, channel="page", at=self.at, review_on=self._day(row["review_in_days"]))

    def _link(self, made: Record, row: dict[str, Any]) -> None:
        for key in row["services"]:
            parts.link(made, "relates to", self.stage.records[key], by=self.ruth, channel="page", at=self.at)
