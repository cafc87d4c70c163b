"""How claims are written and read, without any room: names, parameters and their bounds, verdicts and parts of them."""

from __future__ import annotations

import pytest

from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.figures.claims import (
    BadClaim,
    Claim,
    Offender,
    Parameter,
    Verdict,
    address_of,
    as_value,
    split,
    standing_words,
)

pytestmark = pytest.mark.once
CLAIM = Claim(
    "things.counted",
    "Things are counted",
    "Counts things.",
    ("thing",),
    lambda over: Verdict(),
    (
        Parameter("months", "months", 1, 60),
        Parameter("which", "which", choices=("all", "some"), default="all"),
        Parameter("role", "role", default="x"),
    ),
)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("claim:things", "is no claim"),
        ("claim:Things.counted", "is no claim"),
        ("claim:things.counted?", "is no claim"),
        ("claim:things.counted?months", "is no claim"),
        ("claim:things.counted?months=1&months=2", "gives a parameter twice"),
        ("claim:things.counted?months=a b", "is no claim"),
    ],
)
def test_what_is_not_written_as_a_claim_is_named(address: str, sentence: str) -> None:
    with pytest.raises(BadClaim, match=sentence):
        split(address)


def test_parameters_are_written_in_one_order() -> None:
    name, given = split("claim:things.counted?which=all&months=12")
    assert address_of(name, given) == "claim:things.counted?months=12&which=all"
    assert address_of("things.counted", {}) == "claim:things.counted"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "needs “months”: 1 to 60"),
        ({"months": "0"}, "a whole number from 1 to 60, not “0”"),
        ({"months": "61"}, "a whole number from 1 to 60"),
        ({"months": "-1"}, "a whole number"),
        ({"months": "١"}, "a whole number"),
        ({"months": "1.5"}, "a whole number"),
        ({"months": "12", "which": "none"}, "one of all, some, not “none”"),
        ({"months": "12", "other": "1"}, "has no parameter “other”; it has: months, which, role"),
    ],
)
def test_a_parameter_that_cannot_be_meant_is_refused_with_a_sentence(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadClaim, match=sentence):
        CLAIM.read(given)


def test_parameters_have_their_types_and_defaults() -> None:
    assert CLAIM.read({"months": "12"}) == {"months": 12, "which": "all", "role": "x"}


def test_a_verdict_over_some_records_counts_only_those() -> None:
    verdict = Verdict((1, 2, 3), (Offender(Source("thing", 2, "T-2 Two"), "late"),))
    assert verdict.standing == "contradicted"
    assert verdict.within({1, 3}) == Verdict((1, 3))
    assert verdict.within({1, 3}).standing == "holds"
    assert verdict.within(()).standing == "nothing"
    assert as_value(verdict).rows[0].cells == ("T-2 Two", "late")
    assert [standing_words(s) for s in ("holds", "contradicted", "nothing")] == ["holds", "does not hold", "nothing to judge"]
