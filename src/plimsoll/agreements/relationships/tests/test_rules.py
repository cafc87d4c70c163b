"""When people are asked how it went, and who may answer."""

from datetime import UTC, datetime, timedelta

import pytest

from plimsoll.agreements.relationships.rules import is_asked, is_satisfied, why_not

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ("active", "done", True),
        ("waiting", "closed", True),
        ("done", "closed", False),
        ("active", "dropped", False),
        ("new", "dropped", False),
        ("closed", "active", False),
        ("new", "active", False),
    ],
)
def test_people_are_asked_when_it_comes_to_a_good_end_and_only_then(before: str, after: str, asked: bool) -> None:
    assert is_asked(before, after, has_requester=True) is asked
    assert not is_asked(before, after, has_requester=False)


def test_an_answer_may_be_changed_for_14_days() -> None:
    assert why_not(is_asker=True, category="closed", answered_at=NOON, moment=NOON + timedelta(days=14)) == ""
    assert "14 days" in why_not(is_asker=True, category="closed", answered_at=NOON, moment=NOON + timedelta(days=14, seconds=1))
    assert "Only the person" in why_not(is_asker=False, category="closed", answered_at=None, moment=NOON)
    assert "cancelled" in why_not(is_asker=True, category="dropped", answered_at=None, moment=NOON)


def test_four_and_five_count_as_satisfied() -> None:
    assert [is_satisfied(n) for n in range(1, 6)] == [False, False, False, True, True]
