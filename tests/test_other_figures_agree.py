"""Requests, major incidents, satisfaction: figures are the same everywhere, and as an independent script counts them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plimsoll.agreements.relationships.operations import rate
from plimsoll.evaluation.measurements import words
from plimsoll.evaluation.measurements.pages.dashboards import BOARDS
from plimsoll.kernel.exchange.commands import write_export
from plimsoll.kernel.figures.definitions import indicator_named, indicators
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.resolution.incidents.tests.test_indicators import same
from plimsoll.resolution.majors.models import MajorIncident, MajorReview
from plimsoll.resolution.majors.operations import inform_top, send_update, take_role, tick_step
from plimsoll.resolution.majors.proposing import declare_major, decline
from plimsoll.resolution.majors.queries import steps_of
from plimsoll.resolution.majors.reviewing import decide
from plimsoll.resolution.majors.tests.test_majors import vital
from plimsoll.resolution.requests.models import FulfilmentTask, Request
from plimsoll.resolution.requests.operations import draft_plan, order, proceed, put_in_force
from plimsoll.resolution.requests.plan import Plan, TaskPlan
from plimsoll.resolution.requests.tests.test_operations import ALWAYS
from plimsoll.site.cli import main as command_line
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in, text_of
from tests.figures_by_hand import month
from tests.figures_shown import shown_alike
from tests.other_figures_by_hand import Month, majors, of_incidents, requests, satisfaction

# May begins an hour earlier than the clock of the world says, and ends so.
BEGIN, END = month("2026-05", "Europe/London")
NOON = datetime(2026, 5, 12, 11, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PERIODS = ("2026-04", "2026-05", "2026-06")
PROMISED = {"Laptop": 8 * HOUR}


def ordered(house: House, model: Any, at: datetime, hours: float | None, by: Person) -> Request:
    made = order(model, {}, by=house.fresh(by), channel="portal", at=at, origin="demonstration")
    for task in FulfilmentTask.objects.filter(request=made):
        if hours is not None:
            move(task, "complete", by=house.fresh(house.ines), channel="page", at=at + hours * HOUR)
            proceed(made, at=at + hours * HOUR)
    return Request.objects.get(pk=made.pk)


def requests_of_may(house: House) -> None:
    laptop = house.offered("Laptop", Plan(tasks=(TaskPlan("a", "A", house.desk.pk),), within=8 * HOUR, hours=ALWAYS))
    password = house.offered("Password")
    for at, hours in ((BEGIN - HOUR, 0.5), (BEGIN - HOUR, 1.5), (NOON, 30), (NOON, None), (END - HOUR, 0.9), (END - HOUR, 1)):
        ordered(house, laptop, at, hours, house.aoife)
    ordered(house, laptop, NOON, 2, house.strand)
    ordered(house, password, NOON, None, house.strand)
    asked = ordered(house, laptop, NOON, None, house.aoife)
    move(asked, "wait_for_customer", by=house.ines, channel="page", fields={"waiting_for": "Which colour?"}, at=NOON + 2 * HOUR)
    parts.comment(Request.objects.get(pk=asked.pk), text="Which colour?", is_public=True, by=house.ines, channel="page", at=NOON + 3 * HOUR)
    move(Request.objects.get(pk=asked.pk), "resume", by=house.ines, channel="page", at=NOON + 20 * HOUR)
    move(FulfilmentTask.objects.get(request=asked), "complete", by=house.ines, channel="page", at=NOON + 24 * HOUR)
    proceed(asked, at=NOON + 24 * HOUR)
    given_up = ordered(house, laptop, NOON, None, house.aoife)
    move(given_up, "cancel", by=house.ines, channel="page", note="Not wanted.", at=NOON + HOUR)
    rated = ordered(house, laptop, NOON, 3, house.aoife)
    rate(rated, score=5, by=house.fresh(house.aoife), channel="portal", at=NOON + 4 * HOUR)


def majors_of_may(house: House) -> None:
    service = vital(house)

    def declared(title: str, at: datetime, **values: Any) -> MajorIncident:
        kept = {"service": service, "impact": 1, "urgency": 1, "classification": house.category}
        lead = house.incident(title, at=at, origin="demonstration", **kept)
        return declare_major(lead, by=house.ines, channel="page", at=at + 10 * MINUTE, **values)  # type: ignore[arg-type]

    def restored(major: MajorIncident, at: datetime) -> None:
        move(MajorIncident.objects.get(pk=major.pk), "resolve", by=house.ines, channel="page", fields={"outcome": "Done."}, at=at)

    good = declared("By the book", NOON)
    start = good.opened_at
    take_role(good, "owner", by=house.ines, channel="page", at=start + 2 * MINUTE)
    inform_top(good, how="Called", by=house.ines, channel="page", at=start + 5 * MINUTE)
    for step in good.steps.all():
        tick_step(step, good, is_done=True, by=house.ines, channel="page", at=start + 6 * MINUTE)
    send_update(good, text="Soon.", audience="customers", by=house.ines, channel="page", at=start + 20 * MINUTE)
    restored(good, start + 40 * MINUTE)
    review = move(MajorReview.objects.get(major=good), "begin", by=house.ruth, channel="page", fields={"participants": "All"}, at=start + 24 * HOUR)
    decide(review, kind="none", text="One-off.", by=house.ruth, channel="page", at=start + 24 * HOUR)
    move(review, "finish", by=house.ruth, channel="page", fields={"happened": "x", "cause": "y"}, at=start + 25 * HOUR)

    late = declared("By no book", END - 30 * MINUTE)  # declared in May, restored in June
    send_update(late, text="Late.", audience="internal", by=house.ines, channel="page", at=late.opened_at + 50 * MINUTE)
    inform_top(late, how="Mailed", by=house.ines, channel="page", at=late.opened_at + 55 * MINUTE)
    take_role(late, "owner", by=house.ines, channel="page", at=late.opened_at + 60 * MINUTE)
    restored(late, late.opened_at + 90 * MINUTE)

    none = declared("Turned out to be none", NOON + 24 * HOUR)
    move(none, "withdraw", by=house.ines, channel="page", note="A test.", at=none.opened_at + HOUR)
    running = declared("Still running", NOON + 48 * HOUR)
    step = running.steps.first()
    assert step is not None
    tick_step(step, running, is_done=True, by=house.ines, channel="page", at=running.opened_at + MINUTE)
    tick_step(step, running, is_done=False, by=house.ines, channel="page", at=running.opened_at + 2 * MINUTE)
    declined = house.incident("A test system", at=NOON, origin="demonstration", service=service, impact=1, urgency=1)
    decline(declined, reason="A test.", by=house.ines, channel="page", at=NOON + 5 * MINUTE)  # type: ignore[arg-type]
    house.incident("Proposed, and nobody said", at=NOON, origin="demonstration", service=service, impact=1, urgency=1)


def answers_of_may(house: House) -> None:
    service = house.service("Mail")

    kept = {"team": house.desk, "classification": house.category, "service": service, "impact": 3, "urgency": 3}

    def resolved(title: str, at: datetime) -> Any:
        made = house.incident(title, at=at - 5 * HOUR, origin="demonstration", **kept)
        made = move(made, "assign", by=house.ines, channel="page", fields={"owner": house.ines}, at=at - 4 * HOUR)
        move(made, "start", by=house.ines, channel="page", at=at - 4 * HOUR)
        fresh = type(made).objects.get(pk=made.pk)
        parts.comment(fresh, text="Restarted it.", is_public=False, by=house.ines, channel="page", at=at - HOUR)
        done = {"resolution_code": "fixed", "cause_code": "unknown", "resolution_note": "Done."}
        return move(fresh, "resolve", by=house.ines, channel="page", fields=done, at=at)

    aoife = house.fresh(house.aoife)
    rate(resolved("Good", NOON), score=4, by=aoife, channel="portal", at=NOON + HOUR)
    bad = resolved("First good, then bad", BEGIN - HOUR)  # asked in April, answered in May
    rate(bad, score=5, by=aoife, channel="portal", at=BEGIN)
    rate(bad, score=1, comment="It came back.", by=aoife, channel="portal", at=BEGIN + 24 * HOUR)
    rate(resolved("Answered in June", END - HOUR), score=3, by=aoife, channel="portal", at=END)
    resolved("No answer", NOON)
    again = resolved("Asked once only", NOON)
    move(again, "reopen", by=house.ines, channel="page", note="Back again.", at=NOON + HOUR)


def elsewhere(house: House) -> None:
    """Another tenant's month, which no figure here holds."""
    by = house.fresh(house.mallory)
    lead = open_record(
        type_named("incident"), by=by, channel="page", title="Theirs", impact=1, urgency=1, requester=by, at=NOON, origin="demonstration"
    )
    declare_major(lead, by=by, channel="page", reason="Grave.", at=NOON + MINUTE)  # type: ignore[arg-type]
    model: Any = open_record(
        type_named("requestmodel"), by=by, channel="page", title="Laptop", description="x", owner=by, is_for_everybody=True, instruction="Do."
    )
    put_in_force(draft_plan(model, Plan(), by=by, channel="page"), by=by, channel="page")
    amend(model, by=by, channel="page", instruction_review_on=datetime.now(UTC).date() + timedelta(days=90))
    offered = move(type(model).objects.get(pk=model.pk), "offer", by=by, channel="page")
    order(offered, {}, by=by, channel="page", at=NOON, origin="demonstration")  # type: ignore[arg-type]


@pytest.fixture
def may(house: House) -> House:
    requests_of_may(house)
    majors_of_may(house)
    answers_of_may(house)
    elsewhere(house)
    return house


def told_by_hand(house: House, folder: Path, now: datetime) -> dict[str, dict[str, float | None]]:
    lines: dict[str, list[dict[str, Any]]] = {}
    for kind in ("incident", "request", "fulfilmenttask", "majorincident", "majorreview"):
        file = folder / f"{kind}.jsonl"
        with file.open("wb") as into:
            write_export(type_named(kind), into, by=house.fresh(house.ruth), with_history=True, form="jsonl")
        lines[kind] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert not any("Theirs" in line["title"] for line in lines[kind])
    found = {}
    for period in PERIODS:
        of = Month(period, "Europe/London")
        found[period] = {
            **requests(lines["request"], lines["fulfilmenttask"], of, PROMISED),
            **majors(
                lines["majorincident"],
                lines["majorreview"],
                of,
                now=now,
                top=30,
                manager=15,
                every={1: 30, 2: 60},
                steps=len(steps_of(house.tenant)),
            ),
            **of_incidents(lines["incident"], of, now=now, quiet=4 * HOUR),
            **satisfaction(lines["incident"], "incident", of),
            **satisfaction(lines["request"], "request", of),
        }
    return found


def test_the_script_counts_something_in_may_that_is_neither_nothing_nor_all(may: House, tmp_path: Path) -> None:
    """What the counting is worth: most shares lie between, the month before and after differ."""
    found = told_by_hand(may, tmp_path, datetime.now(UTC))
    assert found["2026-05"]["major_volume"] == 3
    assert found["2026-05"]["request_on_time"] == 5 / 6
    assert found["2026-05"]["request_automated"] == 1 / 7
    assert found["2026-05"]["incident_satisfaction"] == 1 / 2
    assert found["2026-05"]["incident_satisfaction_answers"] == 2 / 4
    assert found["2026-04"]["incident_satisfaction"] is None
    assert found["2026-06"]["major_updates_in_time"] == 0


def test_page_dashboard_api_command_and_script_agree_on_a_month_with_every_edge(
    may: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counted = told_by_hand(may, tmp_path, datetime.now(UTC))
    wanted = [i for i in indicators() if i.key in counted["2026-05"]]
    by_another_script = {i.key for i in indicators() if i.key.startswith(("incident_", "agreed_"))}
    assert {i.key for i in indicators()} - {i.key for i in wanted} <= by_another_script, "an indicator that nobody counts by hand"
    ruth = may.fresh(may.ruth)
    pages, caller = signed_in(ruth), Caller(ruth)
    for period in PERIODS:
        listed = {row["key"]: row for row in caller.get(f"indicators?period={period}").json()["items"]}
        capsys.readouterr()
        asked = ["indicators", "--period", period, "--json", "--organization", may.tenant.slug]
        assert command_line.run(next(c for c in command_line.COMMANDS if c.name == "indicators"), asked) == 0
        told = {row["key"]: row["value"] for row in json.loads(capsys.readouterr().out)["indicators"]}
        index = text_of(pages.get(f"/indicators/?period={period}"))
        boards = {b.name: text_of(pages.get(f"/indicators/dashboards/{b.name}/?period={period}")) for b in BOARDS}
        for indicator in wanted:
            key = indicator.key
            value = counted[period][key]
            assert same(listed[key]["value"], value), (period, key, listed[key], value)
            assert listed[key]["value"] == caller.get(f"indicators/{key}?period={period}").json()["value"] == told[key], (period, key)
            said = words.said(indicator, value)
            shown_alike(pages, index, boards, key, period, said)
            if (whole := listed[key]["denominator"]) and period == "2026-05":
                items = caller.get(f"indicators/{key}/records?period={period}&limit=200").json()["items"]
                assert len(items) == whole, (key, whole)


def test_each_customer_is_counted_apart(may: House, tmp_path: Path) -> None:
    caller = Caller(may.fresh(may.ruth))
    found = {row["name"]: row for row in caller.get("indicators/request_on_time?period=2026-05&by=organization").json()["figures"]}
    assert (found["Brannock Hospitals"]["numerator"], found["Brannock Hospitals"]["denominator"]) == (4, 5)
    assert (found["Strand Housing"]["numerator"], found["Strand Housing"]["denominator"]) == (1, 1)
    assert indicator_named("request_on_time").kind == "request"
