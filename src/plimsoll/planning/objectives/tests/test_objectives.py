"""Objectives through the ordinary writes, on their pages and by API; what they fill into documents; what falls short of the rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from plimsoll.evaluation.measurements.models import StoredFigure, StoredMonth
from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.figures.findings import Rule
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.records.permissions import Refused
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.trail.models import Entry
from plimsoll.planning.objectives import queries
from plimsoll.planning.objectives.models import Measurement, Objective, ObjectiveAction
from plimsoll.planning.objectives.operations import end_action, keep_action, measure
from plimsoll.planning.objectives.rules import plain
from tests.api import Caller
from tests.cast import House, time_passed
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def objective(house: House, title: str = "Answer in time", **values: Any) -> Objective:
    given = {
        "metric": "Answered in time", "unit": "%", "baseline": "80", "target": "95", "due_on": localdate() + timedelta(days=200), "owner": house.ines,
        "resources": "One person", "judged": "By month", "statement": "reliability", "requirements": "AGR-1",
    }  # fmt: skip
    made = open_record(type_named("objective"), by=house.ruth, channel="page", title=title, **{**given, **values})
    assert isinstance(made, Objective)
    return made


def running(house: House, **values: Any) -> Objective:
    made = objective(house, **values)
    keep_action(made, text="Hire", owner=house.dev, due_on=localdate() + timedelta(days=30), resources="Money", by=house.ruth, channel="page")
    for name in ("agree", "start"):
        made = move(made, name, by=house.ruth, channel="page")
    return made


def resolved(house: House, name: str) -> Value:
    blank = blank_named(name)
    assert blank.resolve is not None
    return blank.resolve(Asked(house.tenant, now()))


def rules_of(house: House) -> set[Rule]:
    return {finding.rule for finding in queries.faults_of(house.tenant)}


def test_s_026_without_metric_baseline_target_unit_due_or_owner_it_is_not_agreed(house: House) -> None:
    bare = open_record(type_named("objective"), by=house.ruth, channel="page", title="Be excellent")
    with pytest.raises(MoveRefused, match="An objective that can be measured needs what is measured, a unit"):
        move(bare, "agree", by=house.ruth, channel="page")
    assert queries.UNMEASURABLE in rules_of(house)
    assert objective(house).state == "proposed"


def test_s_026_a_greater_objective_may_be_measured_by_those_that_serve_it(house: House) -> None:
    top = open_record(type_named("objective"), by=house.ruth, channel="page", title="Operational excellence", level="business")
    assert [f.source for f in queries.faults_of(house.tenant) if f.rule == queries.UNMEASURABLE] == [source_of(top)]
    objective(house, parent=top)
    assert queries.UNMEASURABLE not in rules_of(house)


def test_s_044_each_objective_serves_a_greater_one_and_none_itself(house: House) -> None:
    top = objective(house, "Excellence", level="business")
    alone = objective(house, "Alone")
    assert [f.source for f in queries.faults_of(house.tenant) if f.rule == queries.ORPHAN] == [source_of(alone)]
    under = amend(alone, by=house.ruth, channel="page", parent=top)
    assert queries.ORPHAN not in rules_of(house)
    with pytest.raises(Faulty, match="serve itself"):
        amend(top, by=house.ruth, channel="page", parent=under)
    with pytest.raises(Faulty, match="serve itself"):
        amend(top, by=house.ruth, channel="page", parent=top)
    assert [(depth, o.title) for depth, o in queries.tree(house.tenant)] == [(0, "Excellence"), (1, "Alone")]


def test_numbers_are_numbers(house: House) -> None:
    with pytest.raises(Faulty, match="is no number"):
        objective(house, target="a lot")


def test_6_2_2_a_it_runs_with_a_plan_only(house: House) -> None:
    made = move(objective(house), "agree", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="Nothing is planned yet"):
        move(made, "start", by=house.ruth, channel="page")
    assert running(house, title="Another").state == "running"


def test_it_is_achieved_when_a_measurement_meets_the_target(house: House) -> None:
    made = running(house)
    with pytest.raises(MoveRefused, match="Nothing was measured yet"):
        move(made, "achieve", by=house.ruth, channel="page", note="Done.")
    measure(made, value="94,5", on=localdate(), by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="94.5; the target is at least 95"):
        move(made, "achieve", by=house.ruth, channel="page", note="Done.")
    measure(made, value="96", on=localdate(), by=house.ruth, channel="page")
    done = move(made, "achieve", by=house.ruth, channel="page", note="Done.")
    assert (done.state, done.ended_at is not None) == ("achieved", True)
    with pytest.raises(Faulty, match="has ended"):
        measure(done, value="97", on=localdate(), by=house.ruth, channel="page")


def test_a_measurement_never_changes_but_is_replaced_with_a_reason(house: House) -> None:
    made = running(house)
    wrong = measure(made, value="99", on=localdate(), by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="why the other was wrong"):
        measure(made, value="89", on=localdate(), corrects=wrong, by=house.ruth, channel="page")
    right = measure(made, value="89", on=localdate(), corrects=wrong, reason="Read the wrong month.", by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="corrected already"):
        measure(made, value="88", on=localdate(), corrects=wrong, reason="Again.", by=house.ruth, channel="page")
    assert [m.part for m in queries.measured([made])[made.pk]] == [right]
    assert Measurement.objects.count() == 2
    assert list(Entry.objects.filter(card=made.pk).order_by("pk").values_list("action", flat=True))[-2:] == ["measure", "correct measurement"]


def test_an_objective_bound_to_an_indicator_is_measured_by_its_stored_months(house: House) -> None:
    with pytest.raises(Faulty, match="There is no indicator"):
        objective(house, indicator="incident_volumes")
    made = running(house, indicator="incident_reopened", target="5", direction="down")
    today = localdate()
    for n, value in enumerate((0.2, 0.04)):
        first = (today.replace(day=1) - timedelta(days=1)).replace(day=1) if n == 0 else today.replace(day=1)
        month = StoredMonth.objects.create(
            tenant=house.tenant,
            indicator="incident_reopened",
            month=first,
            zone="Europe/London",
            formula_version=1,
            computed_at=now(),
            made_by=house.system,
        )
        StoredFigure.objects.create(stored_month=month, value=value)
    found = queries.measured([made])[made.pk]
    assert [plain(m.value) for m in found] == ["4"]  # the month before it was named is none of its measurements
    assert move(made, "achieve", by=house.ruth, channel="page", note="Four in a hundred.").state == "achieved"


def test_tomorrow_is_not_measured_and_not_everybody_measures(house: House) -> None:
    made = running(house)
    with pytest.raises(Faulty, match="still to come"):
        measure(made, value="96", on=localdate() + timedelta(days=1), by=house.ruth, channel="page")
    with pytest.raises(Refused):
        measure(made, value="96", on=localdate(), by=house.greta, channel="page")


def test_6_2_1_and_6_2_2_what_falls_short_is_named_with_its_objective(house: House) -> None:
    made = time_passed(running(house, statement="", requirements=""), review_on=localdate() - timedelta(days=1))
    ObjectiveAction.objects.update(due_on=localdate() - timedelta(days=1))
    found = rules_of(house)
    wanted = {queries.NO_TOP, queries.ORPHAN, queries.UNSTATED, queries.UNREAD, queries.UNREVIEWED, queries.LATE_ACTION}
    assert wanted <= found and not {queries.UNMEASURED, queries.UNPLANNED} & found
    later = queries.faults_of(house.tenant, localdate() + timedelta(days=300))
    assert {queries.UNMEASURED, queries.LATE} <= {f.rule for f in later}
    action = made.actions.get()
    end_action(action, is_done=True, by=house.ruth, channel="page")
    assert queries.LATE_ACTION not in rules_of(house)


# --- Fields


def test_s_026_the_list_names_each_objective_with_its_aim_under_the_one_it_serves(house: House) -> None:
    assert resolved(house, "objectives.list").is_empty
    top = objective(house, "Excellence", level="business", target="", baseline="")
    objective(house, parent=top)
    rows = resolved(house, "objectives.list").rows
    assert rows[0].cells == ("Excellence",)
    assert rows[1].cells[0].startswith("– Answer in time: at least 95 % by ")
    assert rows[0].source is not None and rows[0].source.href == f"/objectives/{top.number}/"


def test_d_04_the_plan_says_metric_baseline_target_latest_due_owner_and_actions(house: House) -> None:
    assert resolved(house, "objectives.plan").is_empty
    made = running(house)
    measure(made, value="88.50", on=localdate(), by=house.ruth, channel="page")
    value = resolved(house, "objectives.plan")
    cells = dict(zip(value.columns, value.rows[0].cells, strict=True))
    assert cells["Objective"] == f"{made.reference} Answer in time"
    assert (cells["From"], cells["Target"], cells["Owner"], cells["State"]) == ("80 %", "at least 95 %", "Ines Okafor", "Running")
    assert cells["Latest"].startswith("88.5 % (") and cells["Actions"].startswith("Hire (Dev Chauhan, due ")


@pytest.mark.parametrize("name", ["objectives.list", "objectives.plan"])
def test_fields_cost_the_same_number_of_queries_whatever_the_rows(house: House, name: str) -> None:
    def costs() -> int:
        with CaptureQueriesContext(connection) as seen:
            resolved(house, name)
        return len(seen)

    running(house)
    first = costs()
    for n in range(4):
        running(house, title=f"Objective {n}")
    assert costs() == first


# --- Pages and API


def test_the_page_shows_the_trend_with_its_table(house: House) -> None:
    made = running(house)
    client = signed_in(house.ruth)
    assert "Nothing was measured yet." in text_of(client.get(f"/objectives/{made.number}/"))  # type: ignore[arg-type]
    for days, value in ((60, "80"), (30, "87.5")):
        measure(made, value=value, on=localdate() - timedelta(days=days), by=house.ruth, channel="page")
    text = text_of(client.get(f"/objectives/{made.number}/"))  # type: ignore[arg-type]
    assert "<polyline" in text and "That is 50 % of the way." in text and "As a table" in text and "Hire" in text
    assert signed_in(house.mallory).get(f"/objectives/{made.number}/").status_code == 404


def test_actions_and_measurements_are_written_on_their_pages(house: House) -> None:
    made = move(objective(house), "agree", by=house.ruth, channel="page")
    client = signed_in(house.ruth)
    actions, measurements = f"/objectives/{made.number}/actions/", f"/objectives/{made.number}/measurements/"
    assert client.post(actions, {"act": "plan", "text": ""}).status_code == 422
    given = {"act": "plan", "text": "Hire", "owner": house.dev.pk, "due_on": localdate().isoformat(), "resources": "Money"}
    assert client.post(actions, given).status_code == 302
    action = ObjectiveAction.objects.get()
    assert client.post(actions, {**given, "act": "change", "key": action.pk, "text": "Hire two"}).status_code == 302
    assert client.post(actions, {"act": "drop", "key": action.pk}).status_code == 422
    assert client.post(actions, {"act": "finish", "key": action.pk}).status_code == 302
    action.refresh_from_db()
    assert (action.text, action.state, action.done_on) == ("Hire two", "done", localdate())
    assert client.post(measurements, {"act": "measure", "value": "many", "on": localdate().isoformat()}).status_code == 422
    assert client.post(measurements, {"act": "measure", "value": "90", "on": localdate().isoformat()}).status_code == 302
    wrong = Measurement.objects.get()
    right = {"act": "correct", "key": wrong.pk, "value": "91", "on": localdate().isoformat(), "reason": "Typed wrongly."}
    assert client.post(measurements, right).status_code == 302
    text = text_of(client.get(measurements))  # type: ignore[arg-type]
    assert "Typed wrongly." in text and "was wrong, and was replaced" in text
    assert signed_in(house.greta).post(measurements, right).status_code == 403
    assert client.post(actions, {"act": "finish", "key": "999999"}).status_code == 404
    assert signed_in(house.mallory).get(actions).status_code == 404


def test_actions_and_measurements_by_api(house: House) -> None:
    made = move(objective(house), "agree", by=house.ruth, channel="page")
    ruth, greta = Caller(house.ruth), Caller(house.greta)
    here = f"objectives/{made.number}"
    answer = ruth.post(f"{here}/actions", {"text": "Hire", "owner": house.dev.pk, "due_on": localdate().isoformat()})
    assert answer.status_code == 201, answer.content
    key = answer.json()["id"]
    changed = ruth.put(f"{here}/actions/{key}", {"text": "Hire two", "owner": house.dev.pk, "due_on": localdate().isoformat(), "resources": "Money"})
    assert changed.json()["resources"] == "Money"
    assert ruth.post(f"{here}/actions/{key}/finish", {}).json()["state"] == "done"
    measured = ruth.post(f"{here}/measurements", {"value": "90.50", "on": localdate().isoformat()})
    assert measured.status_code == 201 and measured.json()["value"] == "90.5"
    body = {"value": "91", "on": localdate().isoformat(), "corrects": measured.json()["id"], "reason": "Typed wrongly."}
    assert ruth.post(f"{here}/measurements", body).status_code == 201
    assert ruth.post(f"{here}/measurements", body).status_code == 422
    assert [row["value"] for row in greta.get(f"{here}/measurements").json()["items"]] == ["90.5", "91"]
    assert greta.post(f"{here}/measurements", {"value": "1", "on": localdate().isoformat()}).status_code == 403
    assert Caller(house.mallory).get(f"{here}/actions").status_code == 404


def test_a_measurement_is_told_with_its_day_in_words() -> None:
    said = type_named("objective").behaviour.told("measure", {"value": "79", "measured_on": "2026-11-18"})
    assert said == "measured 79 on 18 November 2026"
