"""The guards of risks and criteria, each alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from plimsoll.planning.risks import rules as r
from plimsoll.planning.risks.scale import Scale

TODAY = date(2026, 11, 22)
RISK = r.RiskFacts(
    owner=1, cause="Age", consequence="Down", customer_impact="They wait.", likelihood=4, impact=5, level=20, has_criteria=True, must_treat=True,
    treatments=1, residual_likelihood=4, residual_impact=4, residual_level=16, review_on=date(2027, 1, 1), accepted_until=date(2027, 1, 1), today=TODAY,
    limits={7: 25, 8: 9, 1: 15}, authorities="Top management", mover=7,
)  # fmt: skip


def test_without_criteria_nothing_is_judged() -> None:
    assert r.there_are_criteria(RISK) is None
    assert "Let top management approve them" in str(r.there_are_criteria(replace(RISK, has_criteria=False)))


def test_an_assessed_risk_is_described() -> None:
    assert r.is_described(RISK) is None
    assert r.is_described(replace(RISK, cause="", impact=None)) == "An assessed risk needs a cause and an effect."


def test_6_1_2_b_what_customers_feel_is_said_before_it_is_evaluated() -> None:
    assert r.says_what_customers_feel(RISK) is None
    assert r.says_what_customers_feel(replace(RISK, customer_impact=" ")) is not None


def test_a_step_beyond_the_scale_has_no_level() -> None:
    assert r.has_a_level(RISK) is None
    assert "beyond the scale" in str(r.has_a_level(replace(RISK, level=None)))


def test_w_rk_a_review_date_is_mandatory_and_lies_ahead() -> None:
    assert r.will_be_looked_at_again(RISK) is None
    assert r.will_be_looked_at_again(replace(RISK, review_on=None)) == "Say when it is looked at again."
    assert "has passed" in str(r.will_be_looked_at_again(replace(RISK, review_on=date(2026, 1, 1))))
    assert r.will_be_looked_at_again(replace(RISK, review_on=date(2026, 1, 1), now=datetime(2025, 12, 1, tzinfo=UTC))) is None


def test_6_1_3_a_treating_means_that_something_is_planned() -> None:
    assert r.has_a_treatment(RISK) is None
    assert r.has_a_treatment(replace(RISK, treatments=0)) is not None


def test_transferring_says_to_whom() -> None:
    assert r.says_to_whom(replace(RISK, transferred_to="The insurer")) is None
    assert r.says_to_whom(RISK) is not None


def test_6_1_3_c_what_is_left_is_judged_when_treatments_are_done_and_judged() -> None:
    assert r.treatments_are_done_and_judged(RISK) is None
    assert "2 treatments are not done yet" in str(r.treatments_are_done_and_judged(replace(RISK, open_treatments=2)))
    assert "has no verdict" in str(r.treatments_are_done_and_judged(replace(RISK, unjudged_treatments=1)))


def test_what_is_left_is_never_more_than_what_there_was() -> None:
    assert r.has_a_residual_level(RISK) is None
    assert "can't be more" in str(r.has_a_residual_level(replace(RISK, residual_level=25)))
    assert r.has_a_residual_level(replace(RISK, residual_impact=None)) is not None


def test_w_sod_6_acceptance_needs_an_authority_whose_limit_covers_the_level() -> None:
    assert r.may_accept_so_much(RISK) is None
    assert "Your role accepts risks up to 9. Top management may." in str(r.may_accept_so_much(replace(RISK, mover=8)))
    assert "No role of yours accepts risks." in str(r.may_accept_so_much(replace(RISK, mover=99)))  # administrators too
    assert r.may_accept_so_much(replace(RISK, mover=8, residual_level=9)) is None


def test_w_sod_6_the_owner_does_not_accept_their_own_above_the_limit() -> None:
    assert "owner does not accept it above their own limit" in str(r.may_accept_so_much(replace(RISK, mover=1)))
    assert r.may_accept_so_much(replace(RISK, mover=1, residual_level=15)) is None


def test_opportunities_are_taken_without_such_a_limit() -> None:
    assert r.may_accept_so_much(replace(RISK, sign="opportunity", mover=99)) is None


def test_s_081_a_risk_that_must_be_treated_is_accepted_until_a_day_only() -> None:
    assert r.acceptance_ends(RISK) is None
    assert "until a day only" in str(r.acceptance_ends(replace(RISK, accepted_until=None)))
    assert r.acceptance_ends(replace(RISK, accepted_until=None, must_treat=False)) is None


def test_an_acceptance_that_ran_out_does_not_hold() -> None:
    assert r.acceptance_holds(RISK) is None
    assert r.acceptance_holds(replace(RISK, accepted_until=date(2026, 11, 21))) is not None


def test_criteria_are_whole_and_approved_by_somebody_else() -> None:
    assert r.is_whole(r.CriteriaFacts(Scale())) is not None
    facts = r.CriteriaFacts(author=1, mover=1)
    assert r.not_by_its_author(facts) is not None
    assert r.not_by_its_author(replace(facts, mover=2)) is None
    assert r.not_by_its_author(replace(facts, is_set_up_open=True)) is None
