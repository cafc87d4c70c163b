"""What obligations prove (6.3-e)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.context.obligations.models import Obligation
from plimsoll.kernel.lib.time import now
from tests.cast import House
from tests.proving import OF_95, asked, put, short, told


def obligation(house: House, **values: Any) -> Obligation:
    given = {"state": "in_force", "how_applies": "We keep it.", "owner": house.ruth, "review_on": now().date()}
    return put(house, Obligation, "Data protection law", **{**given, **values})


@pytest.mark.parametrize(("late", "verdict"), OF_95)
def test_6_3_e_obligations_in_force_are_not_past_their_review(house: House, late: int, verdict: str) -> None:
    past = [obligation(house, review_on=now().date() - timedelta(days=1)) for _n in range(late)]
    for _n in range(20 - late):
        obligation(house)
    finding = asked(house, "6.3-e")
    assert told(finding) == (verdict, 20 - late, 20)
    assert short(finding) == {row.pk for row in past}


def test_6_3_e_each_way_of_falling_short_is_named(house: House) -> None:
    good = obligation(house)
    bad = [obligation(house, how_applies=" \n"), obligation(house, owner=None), obligation(house, review_on=None)]
    finding = asked(house, "6.3-e")
    assert told(finding) == ("does_not", 1, 4)
    assert short(finding) == {row.pk for row in bad}
    assert finding.answer is not None
    assert [source.pk for source in finding.answer.sources] == [good.pk]
    words = " ".join(s.sentence for s in finding.answer.shortfalls)
    assert all(said in words for said in ("how it applies", "no owner", "no day"))


def test_6_3_e_a_draft_or_a_demonstration_is_no_evidence(house: House) -> None:
    obligation(house, state="draft")
    obligation(house, state="lapsed")
    obligation(house, origin="demonstration")
    assert told(asked(house, "6.3-e")) == ("no_evidence", 0, 0)


def test_6_3_e_without_its_owner_an_obligation_does_not_count(house: House) -> None:
    kept = obligation(house)
    assert asked(house, "6.3-e").verdict == "conforms"
    gone = asked(house, "6.3-e", without=(f"person:{house.ruth.pk}",))
    assert told(gone) == ("does_not", 0, 1)
    assert short(gone) == {kept.pk}
