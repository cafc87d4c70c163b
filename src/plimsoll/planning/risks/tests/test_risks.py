"""Risks and criteria through the ordinary writes, what they fill into documents, and what falls short of the rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.figures.findings import Rule
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.roles.operations import give_role, take_role
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.trail.models import Entry
from plimsoll.planning.risks import queries
from plimsoll.planning.risks.models import Risk, RiskCriteria
from plimsoll.planning.risks.operations import end_treatment, judge_all, judge_treatment, keep_treatment
from plimsoll.planning.risks.pages.criteria import STARTER
from tests.cast import House

pytestmark = pytest.mark.django_db
AHEAD = localdate() + timedelta(days=60)
THREE = {
    "size": 3,
    "likelihood_words": "Rare\nPossible\nLikely",
    "impact_words": "Small\nMiddle\nGreat",
    "classes": "Low: 1–3\nHigh: 4–9, must be treated",
}


def criteria(house: House, **values: Any) -> RiskCriteria:
    made = open_record(type_named("riskcriteria"), by=house.ruth, channel="page", title="Criteria", **{**STARTER, **values})
    made = move(move(made, "propose", by=house.ruth, channel="page"), "approve", by=house.system, channel="page")
    assert isinstance(made, RiskCriteria)
    return made


def risk(house: House, title: str = "A line fails", **values: Any) -> Risk:
    given = {
        "family": "organization",
        "cause": "Age",
        "consequence": "Down",
        "customer_impact": "They wait.",
        "likelihood": 4,
        "impact": 5,
        "owner": house.ines,
    }
    made = open_record(type_named("risk"), by=house.ruth, channel="page", title=title, **{**given, **values})
    assert isinstance(made, Risk)
    return made


def going(record: Any, *moves: str, by: Person, **fields: Any) -> Any:
    for name in moves:
        given = {"review_on": AHEAD} if name in ("evaluate", "accept", "monitor") else {}
        record = move(record, name, by=by, channel="page", fields={**given, **(fields if name == moves[-1] else {})}, note="So be it.")
    return record


def accepts(house: House, person: Person, level: int, title: str = "Accepts") -> Any:
    role = open_record(type_named("role"), by=house.ruth, channel="page", title=title, words=["risk:read"], limits={"risk_acceptance_level": level})
    move(role, "put_in_force", by=house.ruth, channel="page")
    return give_role(role=role, person=person, by=house.system, channel="page")  # type: ignore[arg-type]


def resolved(house: House, name: str) -> Value:
    blank = blank_named(name)
    assert blank.resolve is not None
    return blank.resolve(Asked(house.tenant, now()))


# --- Levels


def test_s_079_the_level_follows_and_its_history_is_kept(house: House) -> None:
    criteria(house)
    made = risk(house)
    assert (made.level, made.level_class, made.now_level) == (20, "Severe", 20)
    made = amend(made, by=house.ruth, channel="page", likelihood=2)
    assert (made.level, made.level_class) == (10, "High")
    told = [entry.changes for entry in Entry.objects.filter(card=made.pk, action="amend").order_by("pk")]
    assert '"level"' in told[0] and "20" in told[0]


def test_without_criteria_a_risk_is_named_but_not_assessed(house: House) -> None:
    made = risk(house)
    assert made.level is None
    with pytest.raises(MoveRefused, match="No risk criteria are in force"):
        going(made, "assess", by=house.ruth)


def test_s_080_other_criteria_recompute_every_current_risk_and_keep_before_and_after(house: House) -> None:
    first = criteria(house)
    kept, lost, gone = risk(house, likelihood=2, impact=3), risk(house, likelihood=5, impact=5), risk(house)
    going(gone, "dismiss", by=house.ruth)
    second = criteria(house, **THREE)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "in_force")
    assert Job.objects.filter(task="risks.judge_all").exists()
    assert judge_all(second) == 2
    kept.refresh_from_db()
    lost.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.level, kept.level_class, lost.level, gone.level) == (6, "High", None, 20)
    rows = {row.risk_id: (row.before["level_class"], row.after["level_class"]) for row in second.recomputed.all()}
    assert rows == {kept.pk: ("Medium", "High"), lost.pk: ("Severe", "")}
    assert judge_all(second) == 0  # repeatable
    assert judge_all(first) == 0  # superseded
    assert Entry.objects.filter(card=kept.pk, action="judge by new criteria").count() == 1


def test_criteria_in_force_are_never_changed(house: House) -> None:
    made = criteria(house)
    with pytest.raises(Faulty, match="Draft the next ones"):
        amend(made, by=house.ruth, channel="page", classes="Low: 1–25, must be treated")
    assert amend(made, by=house.ruth, channel="page", title="Criteria of 2026").title == "Criteria of 2026"


def test_6_1_2_c_criteria_with_a_gap_are_not_proposed(house: House) -> None:
    made = open_record(
        type_named("riskcriteria"), by=house.ruth, channel="page", title="Gap", **{**STARTER, "classes": "Low: 1–4\nHigh: 6–25, must be treated"}
    )
    with pytest.raises(MoveRefused, match="there is a gap"):
        move(made, "propose", by=house.ruth, channel="page")


def test_nobody_approves_the_criteria_that_they_wrote(house: House) -> None:
    made = open_record(type_named("riskcriteria"), by=house.ruth, channel="page", title="Mine", **STARTER)
    made = move(made, "propose", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="Nobody approves what they wrote"):
        move(made, "approve", by=house.ruth, channel="page")


# --- Acceptance


def test_w_sod_6_no_word_suffices_without_a_limit_that_reaches_so_far(house: House) -> None:
    criteria(house)
    left = going(risk(house), "assess", "evaluate", "tolerate", by=house.ruth)
    assert (left.decision, left.residual_level) == ("tolerate", 20)
    with pytest.raises(MoveRefused, match="No role of yours accepts risks"):
        going(left, "accept", by=house.ruth, accepted_until=AHEAD)  # who may everything
    accepts(house, house.ruth, 19)
    with pytest.raises(MoveRefused, match="accepts risks up to 19"):
        going(left, "accept", by=house.fresh(house.ruth), accepted_until=AHEAD)
    accepts(house, house.ruth, 25, "Board")
    taken = going(left, "accept", by=house.fresh(house.ruth), accepted_until=AHEAD)
    assert (taken.accepted_by, taken.accepted_as, taken.accepted_until) == (house.ruth, "Board", AHEAD)
    again = going(taken, "assess_again", by=house.ruth)
    assert (again.accepted_by, again.accepted_until, again.residual_level, again.decision) == (None, None, None, "")


def test_w_sod_6_a_limit_is_that_of_the_version_in_force_and_ends_with_the_role(house: House) -> None:
    criteria(house)
    left = going(risk(house), "assess", "evaluate", "tolerate", by=house.ruth)
    given = accepts(house, house.ruth, 19)
    revised = amend(move(given.role, "revise", by=house.ruth, channel="page"), by=house.ruth, channel="page", limits={"risk_acceptance_level": 25})
    with pytest.raises(MoveRefused, match="accepts risks up to 19"):
        going(left, "accept", by=house.ruth, accepted_until=AHEAD)
    move(revised, "put_in_force", by=house.ruth, channel="page")
    assert going(left, "accept", by=house.ruth, accepted_until=AHEAD).accepted_by == house.ruth
    left = going(risk(house), "assess", "evaluate", "tolerate", by=house.ruth)
    take_role(assignment=given, by=house.ruth, channel="page", note="Left.")
    with pytest.raises(MoveRefused, match="Nobody's role reaches so far|Accepts may"):
        going(left, "accept", by=house.ruth, accepted_until=AHEAD)


def test_6_1_3_a_treatment_from_plan_to_verdict(house: House) -> None:
    criteria(house)
    made = going(risk(house), "assess", "evaluate", by=house.ruth)
    with pytest.raises(MoveRefused, match="Nothing is planned yet"):
        going(made, "treat", by=house.ruth)
    with pytest.raises(Faulty) as refused:
        keep_treatment(made, text=" ", owner=None, due_on=None, by=house.ruth, channel="page")
    assert {f.field for f in refused.value.faults} == {"text", "owner", "due_on"}
    planned = keep_treatment(made, text="Second line", owner=house.dev, due_on=AHEAD, by=house.ruth, channel="page")
    keep_treatment(made, treatment=planned, text="Second line", owner=house.dev, due_on=AHEAD, priority=1, by=house.ruth, channel="page")
    made = going(made, "treat", by=house.ruth)
    with pytest.raises(MoveRefused, match="not done yet"):
        going(made, "assess_residual", by=house.ruth, residual_likelihood=2, residual_impact=5)
    end_treatment(planned, is_done=True, by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="no verdict"):
        going(made, "assess_residual", by=house.ruth, residual_likelihood=2, residual_impact=5)
    judge_treatment(planned, verdict="effective", evaluation="Pulled the first one.", level=10, by=house.ruth, channel="page")
    left = going(made, "assess_residual", by=house.ruth, residual_likelihood=2, residual_impact=5)
    assert (left.residual_level, left.residual_class, left.level) == (10, "High", 20)
    told = list(Entry.objects.filter(card=made.pk).order_by("pk").values_list("action", flat=True))
    assert [a for a in told if "treatment" in a] == ["plan treatment", "change treatment", "finish treatment", "judge treatment"]


def test_a_dropped_treatment_needs_its_reason_and_counts_no_more(house: House) -> None:
    criteria(house)
    made = going(risk(house), "assess", "evaluate", by=house.ruth)
    planned = keep_treatment(made, text="Second line", owner=house.dev, due_on=AHEAD, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="Say why"):
        end_treatment(planned, is_done=False, by=house.ruth, channel="page")
    end_treatment(planned, is_done=False, reason="Too dear.", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="Nothing is planned yet"):
        going(made, "treat", by=house.ruth)


# --- What falls short


def rules_of(house: House, day: date | None = None) -> set[Rule]:
    return {finding.rule for finding in queries.faults_of(house.tenant, day)}


def test_s_043_s_081_what_must_be_treated_and_is_not_is_listed_at_once_and_a_fault_after_two_weeks(house: House) -> None:
    criteria(house)
    severe, low = risk(house), risk(house, "A printer jams", likelihood=1, impact=1)
    assert queries.untreated(house.tenant) == [severe]
    assert queries.UNTREATED not in rules_of(house)
    assert queries.UNTREATED in rules_of(house, localdate() + timedelta(days=queries.DAYS_TO_TREAT + 1))
    assert [row.cells[0] for row in resolved(house, "risks.untreated").rows] == [severe.reference]
    keep_treatment(severe, text="Second line", owner=house.dev, due_on=AHEAD, by=house.ruth, channel="page")
    assert queries.untreated(house.tenant) == []
    assert low.level == 1


def test_s_081_a_signed_acceptance_stands_for_a_treatment_until_it_runs_out(house: House) -> None:
    criteria(house)
    accepts(house, house.ruth, 25)
    going(risk(house), "assess", "evaluate", "tolerate", "accept", by=house.ruth, accepted_until=AHEAD)
    assert queries.untreated(house.tenant) == []
    later = AHEAD + timedelta(days=1)
    assert len(queries.untreated(house.tenant, later)) == 1
    assert {queries.LAPSED, queries.OVERDUE} <= rules_of(house, later)


def test_6_1_1_and_6_1_2_families_opportunities_customers_and_criteria_are_asked_for(house: House) -> None:
    found = rules_of(house)
    assert {queries.NO_CRITERIA, queries.NO_FAMILY, queries.NO_OPPORTUNITY} <= found
    criteria(house)
    accepts(house, house.ruth, 9)
    for family in ("organization", "requirements", "parties"):
        risk(house, family, family=family, customer_impact="")
    risk(house, "Share a store", sign="opportunity")
    found = rules_of(house)
    assert not {queries.NO_CRITERIA, queries.NO_FAMILY, queries.NO_OPPORTUNITY} & found
    assert {queries.SILENT, queries.ALONE} <= found


# --- Fields


def test_f_28_the_sentence_names_ranges_classes_and_what_must_be_treated(house: House) -> None:
    assert resolved(house, "risks.criteria_sentence").is_empty
    made = criteria(house)
    value = resolved(house, "risks.criteria_sentence")
    assert value.text == (
        "Values 1–4 and 5–9 indicate low and medium risks, which may stay as they are. Values 10–15 and 16–25 indicate high and severe risks. "
        "High and severe risks must be treated, or accepted by somebody whose role reaches so far."
    )
    assert [source.label for source in value.sources] == [f"{made.reference} Criteria"]


def test_d_13_the_table_says_who_accepts_what_by_the_limits_of_roles(house: House) -> None:
    assert resolved(house, "risks.criteria_table").is_empty
    criteria(house)
    accepts(house, house.ruth, 9, "Risk manager")
    accepts(house, house.dev, 25, "Top management")
    rows = [row.cells for row in resolved(house, "risks.criteria_table").rows]
    assert [(cells[0], cells[3]) for cells in rows] == [
        ("Low", "Risk manager and Top management"),
        ("Medium", "Risk manager and Top management"),
        ("High", "Top management"),
        ("Severe", "Top management"),
    ]


def test_d_14_the_register_lists_current_risks_the_gravest_first_with_services_and_treatments(house: House) -> None:
    assert resolved(house, "risks.register").is_empty
    assert resolved(house, "opportunities.register").is_empty
    criteria(house)
    small, great = risk(house, "Small", likelihood=1), risk(house, "Great")
    service = house.service()
    parts.link(great, "relates to", service, by=house.ruth, channel="page")
    keep_treatment(great, text="Second line", owner=house.dev, due_on=AHEAD, by=house.ruth, channel="page")
    going(risk(house, "Gone"), "dismiss", by=house.ruth)
    chance = risk(house, "Share a store", sign="opportunity")
    rows = resolved(house, "risks.register").rows
    assert [row.cells[0] for row in rows] == [great.reference, small.reference]
    assert (
        rows[0].cells[3] == "Network and Wi-Fi" and rows[0].cells[4] == "20 (Severe)" and rows[0].cells[5].startswith("Second line (Dev Chauhan, due")
    )
    assert rows[0].source is not None and (rows[0].source.pk, rows[0].source.href) == (great.pk, f"/risks/{great.number}/")
    assert [row.cells[0] for row in resolved(house, "opportunities.register").rows] == [chance.reference]


def test_d_14_the_heat_map_is_a_picture_with_its_table_twin(house: House) -> None:
    assert resolved(house, "risks.heat_map").is_empty
    criteria(house)
    made = risk(house, "<Line> & more")
    value = resolved(house, "risks.heat_map")
    assert value.svg.startswith("<svg") and made.reference in value.svg and "<title>" in value.svg
    assert value.rows[0].cells == (made.reference, "<Line> & more", "Likely", "Grave", "20 (Severe)")


def test_f_27_who_manages_risks_is_the_role_with_its_holder(house: House) -> None:
    assert resolved(house, "risks.manager").is_empty
    role = open_record(type_named("role"), by=house.ruth, channel="page", title="Risk manager", words=["risk:*"], code="risk_manager")
    move(role, "put_in_force", by=house.ruth, channel="page")
    assert resolved(house, "risks.manager").text == "Risk manager"
    give_role(role=role, person=house.dev, by=house.ruth, channel="page")  # type: ignore[arg-type]
    assert resolved(house, "risks.manager").text == "Risk manager (Dev Chauhan)"


@pytest.mark.parametrize("name", ["risks.register", "risks.untreated", "risks.heat_map", "opportunities.register", "risks.criteria_table"])
def test_fields_cost_the_same_number_of_queries_whatever_the_rows(house: House, name: str) -> None:
    criteria(house)

    def costs() -> int:
        with CaptureQueriesContext(connection) as seen:
            resolved(house, name)
        return len(seen)

    def more(n: int) -> None:
        for _ in range(n):
            for sign in ("risk", "opportunity"):
                made = risk(house, sign=sign)
                parts.link(made, "relates to", service, by=house.ruth, channel="page")
                keep_treatment(made, text="Do", owner=house.dev, due_on=AHEAD, by=house.ruth, channel="page")

    service: Record = house.service()
    more(1)
    first = costs()
    more(4)
    assert costs() == first
