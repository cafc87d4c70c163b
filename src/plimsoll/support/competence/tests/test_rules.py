"""The rules of competence: who approves, who meets what, what a training must show. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plimsoll.support.competence.rules import (
    CompetenceFacts,
    QualificationFacts,
    Shown,
    TrainingFacts,
    began_already,
    by_somebody_else,
    has_a_proof,
    is_judged,
    is_planned,
    is_to_be_judged,
    only_by_who_defines_it,
    says_what_is_needed,
    says_who_and_what,
    standing,
    was_held,
)

TODAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("shown", "shown_by", "wanted"),
    [
        ([], "any", "gap"),
        ([Shown(1, "skills")], "any", "gap"),
        ([Shown(2, "skills")], "any", "met"),
        ([Shown(3, "skills")], "certificate", "gap"),
        ([Shown(3, "certificate", date(2027, 2, 28))], "certificate", "gap"),
        ([Shown(3, "certificate", TODAY)], "certificate", "expiring"),
        ([Shown(3, "certificate", date(2027, 4, 30))], "certificate", "expiring"),
        ([Shown(3, "certificate", date(2027, 5, 1))], "certificate", "met"),
        ([Shown(2, "skills", date(2027, 3, 9)), Shown(2, "experience")], "any", "met"),
    ],
)
def test_the_best_proof_that_still_holds_counts(shown: list[Shown], shown_by: str, wanted: str) -> None:
    assert standing(2, shown_by, shown, TODAY) == wanted


def test_s_066_only_a_holder_of_the_role_named_in_it_approves() -> None:
    facts = CompetenceFacts("What", 1, 2, "Process manager", frozenset({7}), mover=8)
    assert "Only a holder of “Process manager”" in str(only_by_who_defines_it(facts))
    assert only_by_who_defines_it(replace(facts, mover=7)) is None
    assert says_what_is_needed(facts) is None
    assert "the role that defines it" in str(says_what_is_needed(replace(facts, approver_role=None)))


@pytest.mark.parametrize(
    ("guard", "change", "said"),
    [
        (says_who_and_what, {"person": None}, "the person"),
        (says_who_and_what, {"competence": None}, "the competence"),
        (has_a_proof, {"basis": " "}, "attach the proof"),
        (has_a_proof, {"basis": "", "files": 1}, ""),
        (by_somebody_else, {"mover": 5}, "Nobody checks their own"),
        (by_somebody_else, {"mover": 6}, ""),
        (began_already, {"obtained_on": date(2027, 3, 2)}, "still to come"),
        (began_already, {"expires_on": date(2027, 2, 28)}, "no longer valid"),
        (began_already, {}, ""),
    ],
)
def test_s_063_a_qualification_is_checked_by_somebody_else_and_rests_on_something(guard: Any, change: dict[str, Any], said: str) -> None:
    facts = QualificationFacts(5, 1, "Seen it.", date(2026, 1, 1), None, 0, TODAY)
    told = guard(replace(facts, **change))
    assert (said in str(told)) if said else told is None


@pytest.mark.parametrize(
    ("guard", "change", "said"),
    [
        (is_planned, {}, ""),
        (is_planned, {"description": ""}, "the need"),
        (is_planned, {"competence": None}, "the competence"),
        (is_planned, {"competence": None, "aim": "awareness"}, ""),
        (is_planned, {"audience": "", "people": 0}, "for whom"),
        (was_held, {"done_on": None}, "which day"),
        (was_held, {"done_on": date(2027, 3, 2)}, "still to come"),
        (was_held, {"took_part": 0}, "who took part"),
        (was_held, {}, ""),
        (is_judged, {}, "the method"),
        (is_judged, {"method": "test", "evaluation": "All passed."}, ""),
    ],
)
def test_s_060_s_061_a_training_says_its_need_who_took_part_and_how_it_was_judged(guard: Any, change: dict[str, Any], said: str) -> None:
    facts = TrainingFacts("Need", "competence", 1, "Desk", 2, 1, TODAY, date(2027, 2, 1), "", "", TODAY)
    told = guard(replace(facts, **change))
    assert (said in str(told)) if said else told is None


def test_s_061_a_training_is_to_be_judged_when_its_days_are_over() -> None:
    assert not is_to_be_judged(date(2027, 1, 1), 59, TODAY)
    assert is_to_be_judged(date(2027, 1, 1), 58, TODAY)
    assert not is_to_be_judged(None, 1, TODAY)
