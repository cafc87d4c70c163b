"""The guards of objectives, each alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from plimsoll.planning.objectives import rules as r
from plimsoll.planning.objectives.drawing import trend

WHOLE = r.Facts(
    metric="Answered in time", unit="%", baseline="80", target="95", due_on=date(2027, 6, 30), owner=1, resources="One person", judged="By month",
    actions=1, latest=Decimal("95"), today=date(2026, 11, 22),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"), [("95", "95"), ("4,2", "4.2"), ("-3.50", "-3.5"), ("many", None), ("", None), ("1e9", None), (None, None)]
)
def test_a_number_is_read_as_people_write_it(text: str | None, value: str | None) -> None:
    found = r.number(text)
    assert (None if found is None else r.plain(found)) == value


@pytest.mark.parametrize("name", ["metric", "unit", "baseline", "target", "owner", "due_on"])
def test_s_026_6_2_1_b_an_objective_is_measurable_or_not_agreed(name: str) -> None:
    assert r.is_measurable(WHOLE) is None
    refused = r.is_measurable(replace(WHOLE, **{name: None if name in ("owner", "due_on") else ""}))
    assert refused is not None
    assert [fault.field for fault in refused.faults] == [name]  # type: ignore[attr-defined]


def test_a_target_lies_ahead_of_its_baseline() -> None:
    assert r.goes_somewhere(WHOLE) is None
    assert "worse than where it starts" in str(r.goes_somewhere(replace(WHOLE, target="70")))
    assert r.goes_somewhere(replace(WHOLE, target="70", direction="down")) is None


def test_6_2_2_a_running_needs_actions_resources_and_how_it_is_judged() -> None:
    assert r.is_planned(WHOLE) is None
    assert "Nothing is planned" in str(r.is_planned(replace(WHOLE, actions=0)))
    assert r.is_planned(replace(WHOLE, judged="")) is not None
    assert r.ends_ahead(replace(WHOLE, due_on=date(2026, 1, 1))) is not None


def test_achieved_is_what_the_newest_measurement_says() -> None:
    assert r.meets_its_target(WHOLE) is None
    assert "The newest measurement is 94.5; the target is at least 95." in str(r.meets_its_target(replace(WHOLE, latest=Decimal("94.5"))))
    assert "Nothing was measured yet" in str(r.meets_its_target(replace(WHOLE, latest=None)))
    assert r.meets_its_target(replace(WHOLE, baseline="120", direction="down")) is None


def test_measured_in_time_has_some_days_of_grace() -> None:
    assert r.is_measured_in_time("monthly", date(2026, 10, 20), date(2026, 11, 22))
    assert not r.is_measured_in_time("monthly", date(2026, 9, 20), date(2026, 11, 22))
    assert r.is_measured_in_time("quarterly", date(2026, 9, 20), date(2026, 11, 22))


@pytest.mark.parametrize(("value", "share"), [("80", 0.0), ("87.5", 0.5), ("99", 1.0), ("60", 0.0)])
def test_how_much_of_the_way_is_done(value: str, share: float) -> None:
    assert r.share_of_way(Decimal(value), Decimal(80), Decimal(95)) == share
    assert r.share_of_way(Decimal(value), Decimal(80), Decimal(80)) is None


def test_a_trend_is_drawn_from_the_first_day_to_the_last() -> None:
    assert trend([], target=None, baseline=None) is None
    drawn = trend([(date(2026, 1, 1), Decimal(80), False), (date(2026, 6, 1), Decimal(95), True)], target=Decimal(95), baseline=Decimal(80))
    assert drawn is not None and drawn.dots[0].x < drawn.dots[1].x and drawn.dots[0].y > drawn.dots[1].y == drawn.target_y
    one = trend([(date(2026, 1, 1), Decimal(80), False)], target=None, baseline=None)
    assert one is not None and len(one.dots) == 1
