"""The agreements of the demonstration, made through the ordinary writes: drafted, put in force, signed and active."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.operations import draft_terms, put_in_force
from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import SLA, USUAL_PAUSES, ShareTarget, Target, Terms, Workload, read_span
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.site.demonstration.acts import ORIGIN, Stage
from plimsoll.site.demonstration.content import read

PARTS = ("type", "title", "party", "owner", "signed_by_them", "description", "review_in_days", "valid_for_days")


def make_agreements(stage: Stage, hours: dict[str, Calendar], start: datetime, moment: datetime) -> None:
    """Every agreement of the content, in force from `start`."""
    ruth, hamish = stage.people["ruth"], stage.people["hamish"]
    for key, row in read("agreements").items():
        versions = [part for name, part in row.items() if name not in PARTS]
        agreement = open_record(
            type_named("agreement"),
            by=ruth,
            channel="page",
            at=start,
            origin=ORIGIN,
            organization=stage.organizations[row["party"]],
            title=row["title"],
            type=row["type"],
            description=row["description"],
            owner=stage.people[row["owner"]],
            review_on=(moment + timedelta(days=row["review_in_days"])).date(),
            valid_until=(moment + timedelta(days=row["valid_for_days"])).date() if "valid_for_days" in row else None,
        )
        assert isinstance(agreement, Agreement)
        flow = workflow_of(ruth.tenant, "incident")
        for part in versions:
            draft = draft_terms(agreement, _terms(part, row["type"], stage, hours), by=ruth, channel="page", at=start)
            put_in_force(draft, started_at=start, by=ruth, channel="page", flow=flow, at=start + timedelta(hours=1))
        moved = move(agreement, "negotiate", by=ruth, channel="page", at=start)
        signed = {"signed_by_us": hamish, "signed_by_them": row["signed_by_them"], "signed_on": start.date()}
        moved = move(moved, "sign", by=hamish, channel="page", at=start + timedelta(hours=2), fields=signed)
        stage.records[f"agreement:{key}"] = move(moved, "activate", by=ruth, channel="page", at=start + timedelta(hours=3))


def _terms(part: dict[str, Any], kind: str, stage: Stage, hours: dict[str, Calendar]) -> Terms:
    return Terms(
        services=frozenset(stage.records[key].pk for key in part["services"]),
        hours=frozen_hours(hours[part["hours"]]),
        targets=tuple(Target(measure, priority or None, read_span(within)) for measure, priority, within in part["targets"]),
        shares=tuple(
            ShareTarget(measure, priority or None, read_span(within), percent) for measure, priority, within, percent in part.get("shares", ())
        ),
        workload=tuple(Workload(priority or None, most) for priority, most in part.get("workload", ())),
        pauses=part.get("pauses", USUAL_PAUSES if kind == SLA else {}),
        teams=frozenset(stage.teams[key].pk for key in part.get("teams", ())),
        exceptions=part.get("exceptions", ""),
    )
