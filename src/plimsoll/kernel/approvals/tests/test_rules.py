"""When a step is passed, refused or stuck, and who may decide it."""

import pytest

from plimsoll.kernel.approvals.rules import StepView, is_stuck, refusal, result_of, result_of_all


@pytest.mark.parametrize(
    ("needed", "yes", "no", "result"),
    [
        (1, (), (), ""),
        (1, (1,), (), "approved"),
        (2, (1,), (), ""),
        (2, (1, 2), (), "approved"),
        (2, (1, 2), (3,), "refused"),
        (1, (), (3,), "refused"),
    ],
)
def test_a_step_needs_so_many_yes_and_no_no(needed: int, yes: tuple[int, ...], no: tuple[int, ...], result: str) -> None:
    assert result_of(StepView(needed, frozenset({1, 2, 3}), frozenset(yes), frozenset(no))) == result


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [("yes", "", ""), ("yes", "yes", "approved"), ("yes", "no", "refused"), ("no", "yes", "refused"), ("no", "", "refused"), ("", "", "")],
)
def test_the_whole_is_derived_from_its_steps(first: str, second: str, result: str) -> None:
    steps = [
        StepView(1, frozenset({1}), frozenset({1}) if said == "yes" else frozenset(), frozenset({1}) if said == "no" else frozenset())
        for said in (first, second)
    ]
    assert result_of_all(steps) == result


def test_nothing_asked_is_not_approved() -> None:
    assert result_of_all([]) == ""


def test_a_step_is_stuck_when_too_few_may_still_decide() -> None:
    assert is_stuck(StepView(2, frozenset({1})))
    assert not is_stuck(StepView(2, frozenset({1}), yes=frozenset({2})))


@pytest.mark.parametrize(
    ("person", "for_person", "current", "already", "words"),
    [
        (1, 1, True, frozenset(), None),
        (9, 9, True, frozenset(), "asked for themselves"),
        (2, 9, True, frozenset(), "asked for themselves"),
        (1, 1, False, frozenset(), "not open"),
        (1, 1, True, frozenset({1}), "already decided"),
        (5, 5, True, frozenset(), "not among those"),
        (5, 1, True, frozenset(), None),
    ],
)
def test_who_may_decide(person: int, for_person: int, current: bool, already: frozenset[int], words: str | None) -> None:
    said = refusal(person=person, for_person=for_person, requester=9, may_decide=frozenset({1, 2}), already=already, is_current=current)
    assert (said is None) if words is None else (words in (said or ""))
