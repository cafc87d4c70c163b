"""What a clock says of itself, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.targets.rules import Promise, reckon
from plimsoll.kernel.targets.tests.test_rules import ALWAYS, OFFICE, at, life
from plimsoll.kernel.targets.words import explained

PROMISE = Promise("resolve", "resolve", {None: timedelta(hours=8)}, OFFICE)


@pytest.mark.parametrize(("now", "goes_on"), [("6 19:00", "Mon 08:00"), ("8 12:00", "Mon 08:00"), ("9 07:00", "08:00"), ("9 12:00", "")])
def test_a_clock_outside_its_hours_says_when_it_goes_on(now: str, goes_on: str) -> None:
    reading = reckon(PROMISE, life("6 17:00 new 3"))
    said = [s for s in explained(reading, at(now), {}) if "over for now" in s]
    assert (len(said), all(f"it goes on {goes_on}" in s for s in said)) == (1 if goes_on else 0, True), said


def test_one_that_stands_still_or_never_rests_says_nothing_of_hours() -> None:
    waiting = reckon(
        Promise("resolve", "resolve", {None: timedelta(hours=8)}, OFFICE, pauses={"waiting_customer": False}), life("6 17:00 waiting_customer 3")
    )
    always = reckon(Promise("resolve", "resolve", {None: timedelta(hours=8)}, ALWAYS), life("6 17:00 new 3"))
    assert not [s for reading in (waiting, always) for s in explained(reading, at("8 12:00"), {}) if "over for now" in s]
