"""What a share means, at each side of each line; what a person's word can do and what it never can; which day turned, and by what."""

from __future__ import annotations

from itertools import product

import pytest

from plimsoll.evaluation.conformity.rules import GAPS, VERDICTS, Bands, Point, banded, decide, digest_of, is_dip, tally, turns

NINETY_FIVE = Bands(0.95, 0.5)
WHOLE = Bands()


@pytest.mark.parametrize(
    ("numerator", "denominator", "bands", "verdict"),
    [
        (20, 20, NINETY_FIVE, "conforms"),
        (19, 20, NINETY_FIVE, "conforms"),  # on the line
        (94, 100, NINETY_FIVE, "partly"),
        (10, 20, NINETY_FIVE, "partly"),  # on the lower line
        (9, 20, NINETY_FIVE, "does_not"),
        (0, 20, NINETY_FIVE, "does_not"),
        (1, 1, WHOLE, "conforms"),
        (0, 1, WHOLE, "does_not"),
        (99, 100, WHOLE, "partly"),
        (1, 100, WHOLE, "partly"),
        (0, 3, Bands(0.0, 0.0), "does_not"),  # a line at nothing is still not passed by nothing
        (7, 10, Bands(0.7, 0.1), "conforms"),  # 0.7 as the machine keeps it
    ],
)
def test_a_share_on_the_line_counts_as_the_better(numerator: int, denominator: int, bands: Bands, verdict: str) -> None:
    assert banded(numerator, denominator, bands) == verdict


def test_a_population_of_zero_never_shows_evidence() -> None:
    for kind, is_conditional, attested in product(("computed", "partly"), (True, False), ("", "valid", "missing", "ended")):
        found = decide(kind, numerator=0, denominator=0, bands=Bands(0, 0), is_conditional=is_conditional, attested=attested)  # type: ignore[arg-type]
        assert found == ("not_triggered" if is_conditional else "no_evidence")


@pytest.mark.parametrize("attested", ["", "valid", "missing", "ended"])
def test_a_word_never_lifts_what_records_say_is_missing(attested: str) -> None:
    assert decide("partly", numerator=0, denominator=4, bands=WHOLE, attested=attested) == "does_not"  # type: ignore[arg-type]
    assert decide("partly", numerator=3, denominator=4, bands=WHOLE, attested=attested) == "partly"  # type: ignore[arg-type]
    whole = decide("partly", numerator=4, denominator=4, bands=WHOLE, attested=attested)  # type: ignore[arg-type]
    assert whole == ("conforms" if attested == "valid" else "partly")
    alone = decide("attested", numerator=None, denominator=None, bands=WHOLE, attested=attested)  # type: ignore[arg-type]
    assert alone == ("conforms" if attested == "valid" else "not_assessed")


def test_without_a_question_nothing_is_assessed() -> None:
    assert decide("computed", numerator=None, denominator=None, bands=WHOLE) == "not_assessed"


def test_gaps_and_triggered_are_counted_apart() -> None:
    counted = tally(["conforms", "conforms", "partly", "does_not", "no_evidence", "not_triggered", "not_assessed", "not_assessed"])
    assert (counted.total, counted.present, counted.gaps, counted.triggered) == (8, 2, 3, 5)
    assert set(counted.counts) == set(VERDICTS)
    assert len(GAPS) == 3


@pytest.mark.parametrize(
    ("before", "after", "dips"),
    [
        ("conforms", "partly", True),
        ("partly", "does_not", True),
        ("conforms", "no_evidence", True),
        ("partly", "conforms", False),
        ("not_assessed", "does_not", False),
        ("conforms", "not_triggered", False),
    ],
)
def test_a_dip_is_what_says_less(before: str, after: str, dips: bool) -> None:
    assert is_dip(before, after) is dips


def test_a_dip_names_what_fell_short_anew_and_a_rise_what_no_longer_does() -> None:
    old, new = {"service:1": "SVC-1 has no agreement."}, {"service:1": "SVC-1 has no agreement.", "service:2": "SVC-2 has no agreement."}
    points = [
        Point("2026-03-01", "partly", old),
        Point("2026-03-02", "partly", old),
        Point("2026-03-04", "does_not", new),
        Point("2026-03-05", "conforms", {}),
    ]
    down, up = turns(points)
    assert (down.day, down.is_dip, down.causes) == ("2026-03-04", True, ("SVC-2 has no agreement.",))
    assert (up.day, up.is_dip, set(up.causes)) == ("2026-03-05", False, set(new.values()))
    assert turns(points[:1]) == []


def test_the_digest_knows_no_order_of_keys_and_every_letter() -> None:
    assert digest_of({"a": 1, "b": "ü"}) == digest_of({"b": "ü", "a": 1})
    assert digest_of({"a": 1, "b": "ü"}) != digest_of({"a": 1, "b": "u"})
