"""Numbers that somebody sent, read in one place."""

import pytest

from plimsoll.kernel.lib.text import BIGGEST, whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("42", 42), ("007", 7), (str(BIGGEST), BIGGEST), (42, 42)])
def test_plain_digits_are_read(text: object, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "+1", "1.0", "1e3", "²", "٣", "1_000", "42\n", str(BIGGEST + 1), "9" * 30, "9" * 5000, None, True],
    ids=lambda t: str(t)[:12],
)
def test_anything_else_is_no_number(text: object) -> None:
    assert whole(text) is None


def test_a_bound_may_be_narrower() -> None:
    assert whole("500", 500) == 500
    assert whole("501", 500) is None
