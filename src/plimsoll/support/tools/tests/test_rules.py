"""The rules of tools: no database."""

from datetime import date

from plimsoll.support.tools.rules import TOOL_FLOW, Facts, is_answered_for, validation_lies_behind


def test_s_083_a_tool_in_use_has_an_owner_and_it_is_known_what_it_holds_and_how_that_is_backed_up() -> None:
    said = str(is_answered_for(Facts(owner=1)))
    assert "what it holds" in said
    assert "backed up" in said
    assert "an owner" not in said
    assert is_answered_for(Facts(owner=1, data_held="Records", backup="Nightly")) is None
    assert all(is_answered_for in TOOL_FLOW.move(name).guards for name in ("take_into_use", "validate"))


def test_a_validation_that_lies_ahead_has_not_happened() -> None:
    today = date(2026, 11, 22)
    assert "can't lie ahead" in str(validation_lies_behind(Facts(validated_on=date(2026, 11, 23), today=today)))
    assert validation_lies_behind(Facts(validated_on=today, today=today)) is None
    assert validation_lies_behind(Facts(today=today)) is None
