"""The indicators of major incidents, against figures counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from plimsoll.kernel.figures.definitions import Question, indicator_named, indicators
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import move
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.majors.models import MajorIncident, MajorReview, ToldTop
from plimsoll.resolution.majors.operations import inform_top, send_update, take_role, tick_step
from plimsoll.resolution.majors.proposing import declare_major, decline
from plimsoll.resolution.majors.reviewing import decide
from plimsoll.resolution.majors.tests.test_majors import vital
from tests.cast import House

MAY = Month(2026, 5, "Europe/London")
NOON = datetime(2026, 5, 12, 11, tzinfo=UTC)


def value(person: Person, key: str, cut: str = "") -> float | None:
    found = indicator_named(key).measure(Question(person, MAY, NOON + timedelta(days=60), cut))
    return found[0].value if found else None


@pytest.fixture
def month(house: House) -> House:
    """Two major incidents: one by the book (declared after 10 min, told after 5, managed after 2, reviewed), one by no book at all."""
    service = vital(house)

    def opened(title: str, at: datetime) -> MajorIncident:
        values = {"service": service, "impact": 1, "urgency": 1, "classification": house.category}
        lead = house.incident(title, at=at, origin="demonstration", **values)
        return declare_major(lead, by=house.ines, channel="page", at=at + timedelta(minutes=10))  # type: ignore[arg-type]

    good = opened("By the book", NOON)
    start = good.opened_at
    good = take_role(good, "owner", by=house.ines, channel="page", at=start + timedelta(minutes=2))
    inform_top(good, how="Called", by=house.ines, channel="page", at=start + timedelta(minutes=5))
    for step in good.steps.all():
        tick_step(step, good, is_done=True, by=house.ines, channel="page", at=start + timedelta(minutes=6))
    send_update(good, text="Soon.", audience="customers", by=house.ines, channel="page", at=start + timedelta(minutes=20))
    good = move(good, "resolve", by=house.ines, channel="page", fields={"outcome": "Done."}, at=start + timedelta(minutes=40))
    review = MajorReview.objects.get(major=good)
    review = move(review, "begin", by=house.ruth, channel="page", fields={"participants": "All"}, at=start + timedelta(days=1))
    decide(review, kind="none", text="One-off.", by=house.ruth, channel="page", at=start + timedelta(days=1))
    move(review, "finish", by=house.ruth, channel="page", fields={"happened": "x", "cause": "y"}, at=start + timedelta(days=1, hours=1))

    bad = opened("By no book", NOON + timedelta(days=1))
    send_update(bad, text="Late.", audience="internal", by=house.ines, channel="page", at=bad.opened_at + timedelta(minutes=50))
    bad = take_role(bad, "owner", by=house.ines, channel="page", at=bad.opened_at + timedelta(minutes=60))
    move(bad, "resolve", by=house.ines, channel="page", fields={"outcome": "Done."}, at=bad.opened_at + timedelta(minutes=90))
    assert ToldTop.objects.count() == 1

    declined = house.incident("A test system", at=NOON, origin="demonstration", service=service, impact=1, urgency=1)
    decline(declined, reason="A test.", by=house.ines, channel="page", at=NOON + timedelta(minutes=5))  # type: ignore[arg-type]
    return house


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("major_volume", 2),
        ("major_reviewed_in_time", 1 / 2),
        ("major_time_to_declare", 600),
        ("major_time_to_inform", 300),
        ("major_informed_in_time", 1 / 2),
        ("major_updates_in_time", 1 / 2),
        ("major_managed_in_time", 1 / 2),
        ("major_time_to_manager", (120 + 3600) / 2),
        ("major_by_procedure", 1 / 2),
        ("major_proposals_decided", 1),
    ],
)
def test_a_figure_is_what_was_counted_by_hand(month: House, key: str, wanted: float) -> None:
    ruth = month.fresh(month.ruth)
    assert value(ruth, key) == wanted
    assert value(ruth, key, "service") == wanted  # all of one service


def test_behind_every_figure_stand_exactly_the_records_counted(month: House) -> None:
    question = Question(month.fresh(month.ruth), MAY, NOON + timedelta(days=60))
    for indicator in indicators():
        if indicator.kind == "majorincident" and indicator.unit == "share":
            figure = indicator.measure(question)[0]
            assert indicator.counted(question, "whole").count() == figure.denominator, indicator.key
            assert indicator.counted(question, "done").count() == figure.numerator, indicator.key


def test_nobody_counts_what_they_may_not_see(month: House) -> None:
    for who in ("mallory", "aoife", "maeve", "sam"):
        question = Question(month.fresh(getattr(month, who)), MAY, NOON + timedelta(days=60))
        assert not any(indicator_named("major_volume").counted(question, "whole"))


def test_urgent_incidents_that_were_quiet_for_too_long_are_found(house: House) -> None:
    def opened(title: str, urgency: int = 1) -> Incident:
        made = house.incident(title, at=NOON, origin="demonstration", impact=1, urgency=urgency)
        assert isinstance(made, Incident)
        return made

    def note(incident: Incident, hours: int) -> None:
        parts.comment(incident, text="On it.", is_public=False, by=house.ines, channel="page", at=NOON + timedelta(hours=hours))

    opened("Silent")
    opened("Silent, not urgent", urgency=3)
    talked, trailing = opened("Talked"), opened("Talked, then silent")
    for hours in (3, 6, 9):
        note(talked, hours)
    note(trailing, 3)
    question = Question(house.fresh(house.ruth), MAY, NOON + timedelta(hours=12))
    indicator = indicator_named("urgent_incident_gap")
    assert {i.title for i in indicator.counted(question, "done")} == {"Silent", "Talked, then silent"}
    assert indicator.measure(question)[0].value == 2 / 3
