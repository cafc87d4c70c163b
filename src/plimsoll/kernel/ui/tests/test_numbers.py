"""What people type into a box for a number, and what is taken from it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from plimsoll.kernel.ui.numbers import NumberField


@pytest.mark.parametrize(
    ("typed", "meant"), [("95,5", "95.5"), ("95.5", "95.5"), ("1450,50", "1450.50"), ("1.450,50", "1450.50"), ("£ 1,450.50", "1450.50"), ("16", "16")]
)
def test_a_decimal_comma_is_never_dropped(typed: str, meant: str) -> None:
    assert NumberField(decimal_places=2, max_digits=12).clean(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["1,450", "many", "1e999999", "NaN", "Infinity", "1,2,3"])
def test_what_is_unclear_or_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        NumberField(decimal_places=2, max_digits=12).clean(typed)


def test_the_browser_is_given_a_box_of_text_with_the_keys_for_numbers() -> None:
    drawn = NumberField().widget.render("n", None)
    assert 'type="text"' in drawn
    assert 'inputmode="decimal"' in drawn
    assert NumberField(required=False).clean(" ") is None
