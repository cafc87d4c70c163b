"""What a figure promises without a database: undefined is not zero, and unknown names get a sentence."""

import pytest

from plimsoll.kernel.figures.definitions import UnknownCut, UnknownIndicator, indicator_named, indicators, ratio
from plimsoll.kernel.figures.periods import Month


def test_a_ratio_of_nothing_is_undefined_and_neither_0_nor_1() -> None:
    assert ratio(Month(2026, 1), 0, 0).value is None
    assert ratio(Month(2026, 1), 0, 4).value == 0
    assert ratio(Month(2026, 1), 4, 4).value == 1


def test_an_unknown_indicator_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownIndicator, match="Did you mean"):
        indicator_named(indicators()[0].key + "s")


def test_an_unknown_cut_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownCut, match="It can by"):
        indicators()[0].dimension("moon")
