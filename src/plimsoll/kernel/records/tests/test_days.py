"""Days on the wrong side of now are refused when somebody sets them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty, day_faults
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, open_record
from tests.cast import House


@pytest.mark.once
@pytest.mark.parametrize(
    ("ahead", "days", "before", "is_right"),
    [
        (True, -2, None, False),
        (True, 0, None, True),  # still the day, or already, somewhere
        (True, 30, None, True),
        (True, -400, -400, True),  # it stays as it is: it has passed meanwhile
        (True, -400, 30, False),
        (False, -400, None, True),
        (False, 0, None, True),
        (False, 2, None, False),
    ],
)
def test_a_day_is_on_its_side_of_now(ahead: bool, days: int, before: int | None, is_right: bool) -> None:
    today = now().date()
    kind: Any = replace(type_named("supplier"), ahead=("review_on",) if ahead else (), behind=() if ahead else ("review_on",))
    record: Any = None if before is None else SimpleNamespace(review_on=today + timedelta(days=before))
    assert bool(day_faults(kind, {"review_on": today + timedelta(days=days)}, record, None)) is not is_right


def test_a_next_review_in_the_past_is_refused_at_its_field_and_an_older_story_is_told_from_its_own_day(house: House) -> None:
    opening: dict[str, Any] = {"by": house.ruth, "channel": "page", "organization": house.brannock, "title": "Network", "type": "sla"}
    kind = type_named("agreement")
    with pytest.raises(Faulty, match="That day has passed"):
        open_record(kind, **opening, review_on=date(2020, 1, 1))
    made = open_record(kind, **opening, review_on=date(2020, 1, 1), at=now() - timedelta(days=365 * 20))
    made = amend(made, by=house.ruth, channel="page", title="Networks")
    with pytest.raises(Faulty, match="still to come"):
        amend(made, by=house.ruth, channel="page", signed_on=(now() + timedelta(days=3)).date())
