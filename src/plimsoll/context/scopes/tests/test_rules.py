"""The guards of units and of the scope, without a database."""

from dataclasses import replace

import pytest

from plimsoll.context.scopes.rules import (
    DIMENSIONS,
    PlaceFacts,
    ScopeFacts,
    answers_every_dimension,
    as_it_was_reviewed,
    every_exclusion_has_a_reason,
    has_all_four_blocks,
    not_by_its_author,
    nothing_belongs_to_it,
    says_what_kind,
)

WHOLE = ScopeFacts(
    service_kind="IT", answers={name: ("considered", "As agreed.") for name in DIMENSIONS}, exclusions=1, milestones=1, resources=1, last_author=1
)
ALL = (says_what_kind, answers_every_dimension, every_exclusion_has_a_reason, has_all_four_blocks, not_by_its_author, as_it_was_reviewed)


def test_a_whole_scope_is_approved_by_somebody_else() -> None:
    assert [guard(replace(WHOLE, mover=2)) for guard in ALL] == [None] * len(ALL)


def test_a_unit_is_dissolved_when_nothing_belongs_to_it() -> None:
    assert nothing_belongs_to_it(PlaceFacts()) is None
    assert nothing_belongs_to_it(PlaceFacts(1)) == "1 unit belongs to it. Give them another one first."
    assert nothing_belongs_to_it(PlaceFacts(2)) == "2 units belong to it. Give them another one first."


@pytest.mark.parametrize("name", DIMENSIONS)
def test_s_019_each_dimension_is_answered_with_words_before_approval(name: str) -> None:
    answers = dict(WHOLE.answers)
    for answer, at in (("open", f"{name}_answer"), ("considered", f"{name}_text"), ("irrelevant", f"{name}_text")):
        refusal = answers_every_dimension(replace(WHOLE, answers={**answers, name: (answer, "")}))
        assert refusal is not None
        assert [fault.field for fault in refusal.faults] == [at]  # type: ignore[attr-defined]
    assert answers_every_dimension(replace(WHOLE, answers={**answers, name: ("irrelevant", "All of them alike.")})) is None


def test_s_021_an_exclusion_without_a_reason_is_refused() -> None:
    assert "1 exclusion has no reason" in str(every_exclusion_has_a_reason(replace(WHOLE, exclusions_without_reason=1)))
    assert "2 exclusions have no reason" in str(every_exclusion_has_a_reason(replace(WHOLE, exclusions_without_reason=2)))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (replace(WHOLE, exclusions=0), "A scope says what is excluded, or that nothing is."),
        (replace(WHOLE, milestones=0), "A scope says the timeline: at least one milestone."),
        (replace(WHOLE, resources=0), "A scope says the resources: at least one."),
        (
            replace(WHOLE, exclusions=0, milestones=0, resources=0),
            "A scope says what is excluded, or that nothing is, the timeline: at least one milestone and the resources: at least one.",
        ),
        (replace(WHOLE, excludes_nothing=True), "It says that nothing is excluded, and names exclusions. Only one can be true."),
        (replace(WHOLE, excludes_nothing=True, exclusions=0), None),
    ],
)
def test_s_120_a_scope_has_all_four_blocks(facts: ScopeFacts, said: str | None) -> None:
    assert has_all_four_blocks(facts) == said


def test_f_08_the_kind_of_services_is_said() -> None:
    assert says_what_kind(replace(WHOLE, service_kind=" ")) == "Say what kind of services it is about, such as IT."


def test_w_sod_1_nobody_approves_what_they_wrote_last() -> None:
    assert "Nobody approves what they wrote last" in str(not_by_its_author(replace(WHOLE, mover=1)))


def test_what_was_read_is_what_is_approved() -> None:
    assert "changes before the review" in str(as_it_was_reviewed(replace(WHOLE, is_text_changing=True)))
