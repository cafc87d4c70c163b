"""The decisions of articles, without a database; and the comparison of two texts."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.support.knowledge import rules
from plimsoll.support.knowledge.rules import ARTICLE_FLOW, Facts, Line, compare

GUARDS = [
    (rules.has_a_text, {"body": "Text"}, None),
    (rules.has_a_text, {"body": " \n"}, "Write the article first"),
    (rules.has_an_owner_and_review, {"owner": 1, "has_review_date": True}, None),
    (rules.has_an_owner_and_review, {"has_review_date": True}, "needs an owner"),
    (rules.has_an_owner_and_review, {"owner": 1}, "a day on which it is reviewed"),
    (rules.not_by_its_author, {"mover": 1, "last_author": 2}, None),
    (rules.not_by_its_author, {"mover": None, "last_author": 2}, None),
    (rules.not_by_its_author, {"mover": 2, "last_author": 2}, "Somebody else"),
    (rules.its_document_is_in_force, {"waits_for": ""}, None),  # W-KN-2
    (rules.its_document_is_in_force, {"waits_for": "DOC-3"}, "DOC-3, which is not in force"),
    (rules.as_it_was_reviewed, {}, None),
    (rules.as_it_was_reviewed, {"is_text_changing": True}, "before the review"),
]


@pytest.mark.parametrize(("guard", "facts", "reason"), GUARDS)
def test_a_guard_lets_pass_or_says_why_not(guard: Any, facts: dict[str, Any], reason: str | None) -> None:
    said = guard(Facts(**facts))
    assert said is None if reason is None else reason in (said or "")


def test_every_guard_is_in_the_table() -> None:
    assert {g for m in ARTICLE_FLOW.moves for g in m.guards} == {guard for guard, _f, _r in GUARDS}


def test_two_texts_are_compared_line_by_line() -> None:
    assert compare("a\nb", "a\nb") == []
    assert compare("a\nb\nc", "a\nB\nc") == [Line("same", "a"), Line("removed", "b"), Line("added", "B"), Line("same", "c")]
    old = "\n".join(map(str, range(20)))
    assert compare(old, f"{old}\nnew") == [Line("gap", "…"), Line("same", "17"), Line("same", "18"), Line("same", "19"), Line("added", "new")]
    assert [line.kind for line in compare("", "first")] == ["added"]
