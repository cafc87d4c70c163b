"""Every rule of a clock as a table: what happened on the left, what it reads on the right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.targets.rules import Life, Promise, Reading, Rule, Said, Stretch, reckon

WORKDAY = {day: [("08:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = ServiceHours(timezone="UTC", week=WORKDAY)
ALWAYS = ServiceHours(timezone="UTC", week={day: [("00:00", "24:00")] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
CATEGORY = {
    "new": "new",
    "assigned": "ready",
    "in_progress": "active",
    "waiting_customer": "waiting",
    "waiting_supplier": "waiting",
    "resolved": "done",
    "closed": "closed",
    "cancelled": "dropped",
}
USUAL = {"waiting_customer": True}


def at(text: str) -> datetime:
    """ "2 14:20" is the second of November 2026, a Monday, at 14:20."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return datetime(2026, 11, int(day), int(hour), int(minute), tzinfo=UTC)


def life(*steps: str, said: tuple[str, ...] = ()) -> Life:
    """Steps "2 08:00 new 3" (moment, state, priority); messages "2 09:00 us" or "2 09:00 them"."""
    stretches = []
    for step in steps:
        day, clock, state, *rest = step.split()
        team = int(rest[1]) if len(rest) > 1 else None
        stretches.append(Stretch(at(f"{day} {clock}"), state, CATEGORY[state], int(rest[0]) if rest else 3, team))
    messages = [Said(at(text.rsplit(" ", 1)[0]), text.endswith(" us")) for text in said]
    return Life(stretches[0].started_at, stretches, messages)


def promise(measure: str = "resolve", hours: ServiceHours = OFFICE, pauses: dict[str, bool] | None = None, **given: Any) -> Promise:
    within = given.pop("within", {None: timedelta(hours=4)})
    return Promise(measure, measure, within, hours, pauses=USUAL if pauses is None else pauses, **given)


def read(which: Promise, what: Life) -> Reading:
    return reckon(which, what)


@pytest.mark.parametrize(
    ("what", "state", "due", "stopped"),
    [
        # It starts when the record is opened and counts the hours of the agreement only.
        (life("2 08:00 new"), "running", "2 12:00", None),
        (life("2 16:00 new"), "running", "3 10:00", None),
        (life("6 16:00 new"), "running", "9 10:00", None),  # over the weekend
        (life("2 06:00 new"), "running", "2 12:00", None),  # opened before the doors
        # It stops when the record is resolved, at the target still in time.
        (life("2 08:00 new", "2 12:00 resolved"), "met", "2 12:00", "2 12:00"),
        (life("2 08:00 new", "2 12:01 resolved"), "missed", "2 12:00", "2 12:01"),
        (life("2 08:00 new", "2 11:00 resolved", "9 11:00 closed"), "met", "2 12:00", "2 11:00"),
        # What is cancelled has no verdict.
        (life("2 08:00 new", "2 09:00 cancelled"), "dropped", "2 12:00", "2 09:00"),
        (life("2 08:00 new", "2 13:00 cancelled"), "missed", "2 12:00", "2 13:00"),  # what was missed by then stays missed
        (life("2 08:00 new", "2 09:00 cancelled", "2 10:00 new"), "running", "2 13:00", None),  # and taken back, it goes on
        # Reopening goes on with what was used: 3 h before, so 1 h after.
        (life("2 08:00 new", "2 11:00 resolved", "4 09:00 in_progress"), "running", "4 10:00", None),
        (life("2 08:00 new", "2 11:00 resolved", "4 09:00 in_progress", "4 09:30 resolved"), "met", "4 10:00", "4 09:30"),
        (life("2 08:00 new", "2 11:00 resolved", "4 09:00 in_progress", "4 10:30 resolved"), "missed", "4 10:00", "4 10:30"),
        # A target once missed stays missed when it is taken up again.
        (life("2 08:00 new", "2 13:00 resolved", "4 09:00 in_progress", "4 09:10 resolved"), "missed", "2 12:00", "4 09:10"),
        # Waiting without a message counts; nothing stands still in hindsight.
        (life("2 08:00 new", "2 09:00 waiting_customer"), "running", "2 12:00", None),
        (life("2 08:00 new", "2 09:00 waiting_customer", said=("2 10:00 us",)), "paused", None, None),
        (life("2 08:00 new", "2 09:00 waiting_customer", said=("2 08:50 us",)), "paused", None, None),  # written just before
        (life("2 08:00 new", "2 09:00 waiting_customer", said=("2 08:30 us",)), "running", "2 12:00", None),  # an older message asks nothing
        (life("2 08:00 new", "2 09:00 waiting_customer", "2 11:00 in_progress", said=("2 10:00 us",)), "running", "2 13:00", None),
        # The customer's answer ends the pause though nobody moved the record.
        (life("2 08:00 new", "2 09:00 waiting_customer", said=("2 09:00 us", "2 10:00 them")), "running", "2 13:00", None),
        (life("2 08:00 new", "2 09:00 waiting_customer", said=("2 08:55 us", "2 08:58 them")), "running", "2 12:00", None),
        (life("2 08:00 new", "2 09:00 waiting_customer", said=("2 09:00 us", "2 10:00 them", "2 10:30 us")), "paused", None, None),
        # A pause that began after the target was used up hides nothing.
        (life("2 08:00 new", "2 13:00 waiting_customer", said=("2 13:00 us",)), "paused", "2 12:00", None),
        # Waiting for a supplier never pauses the customer's clock.
        (life("2 08:00 new", "2 09:00 waiting_supplier", said=("2 09:00 us",)), "running", "2 12:00", None),
        # Something else that changes during the wait does not end it.
        (life("2 08:00 new", "2 09:00 waiting_customer 3", "2 10:00 waiting_customer 2", said=("2 09:00 us",)), "paused", None, None),
    ],
)
def test_time_to_resolve(what: Life, state: str, due: str | None, stopped: str | None) -> None:
    reading = read(promise(), what)
    assert (reading.state, reading.due_at, reading.stopped_at) == (state, due and at(due), stopped and at(stopped))


@pytest.mark.parametrize(
    ("what", "state", "stopped"),
    [
        (life("2 08:00 new"), "running", None),
        (life("2 08:00 new", said=("2 09:00 us",)), "met", "2 09:00"),
        (life("2 08:00 new", said=("2 13:00 us",)), "missed", "2 13:00"),
        (life("2 08:00 new", said=("2 09:00 them",)), "running", None),  # their own words are no response
        (life("2 08:00 new", "2 10:00 resolved"), "met", "2 10:00"),  # resolved without a word
        (life("2 08:00 new", "2 10:00 resolved", "2 11:00 in_progress"), "met", "2 10:00"),  # not taken back by reopening
        (life("2 08:00 new", "2 10:00 cancelled"), "dropped", "2 10:00"),
        (life("2 08:00 new", "2 13:00 cancelled"), "missed", "2 13:00"),
        (life("2 08:00 new", "2 10:00 cancelled", "2 11:00 new"), "running", None),  # a dropping that was taken back is no response
        (life("2 08:00 new", "2 10:00 cancelled", "2 11:00 new", "2 12:30 resolved"), "met", "2 12:30"),
        (life("2 08:00 new", "2 10:00 cancelled", said=("2 09:00 us",)), "met", "2 09:00"),  # it had been answered
    ],
)
def test_time_to_respond(what: Life, state: str, stopped: str | None) -> None:
    reading = read(promise("respond"), what)
    assert (reading.state, reading.stopped_at) == (state, stopped and at(stopped))


def test_time_to_close_goes_on_after_resolving() -> None:
    assert read(promise("close"), life("2 08:00 new", "2 09:00 resolved")).state == "running"
    assert read(promise("close"), life("2 08:00 new", "2 09:00 resolved", "2 13:00 closed")).state == "missed"


BY_PRIORITY: dict[int | None, timedelta] = {1: timedelta(hours=1), 2: timedelta(hours=2), 3: timedelta(hours=8)}


@pytest.mark.parametrize(
    ("what", "state", "due"),
    [
        (life("2 08:00 new 3", "2 09:00 assigned 2"), "running", "2 10:00"),  # keeps the hour that was used
        (life("2 08:00 new 3", "2 12:00 assigned 1"), "running", "2 09:00"),  # and may be over at once
        (life("2 08:00 new 1", "2 12:00 assigned 3"), "running", "2 16:00"),
        (life("2 08:00 new 3", "2 12:00 assigned 5"), "unset", None),  # nothing is promised for it
        (life("2 08:00 new 1", "2 08:30 resolved 1", "2 09:00 closed 3"), "met", "2 09:00"),  # the target when it stopped
    ],
)
def test_a_change_of_priority_changes_the_target_and_keeps_what_was_used(what: Life, state: str, due: str | None) -> None:
    reading = read(promise(within=BY_PRIORITY), what)
    assert (reading.state, reading.due_at) == (state, due and at(due))


def test_a_target_that_was_used_up_and_then_made_longer_stays_known() -> None:
    reading = read(promise(within=BY_PRIORITY), life("2 08:00 new 1", "2 10:00 assigned 3"))
    assert [(r.before, r.after, r.was_passed) for r in reading.retargets] == [(timedelta(hours=1), timedelta(hours=8), True)]
    in_time = read(promise(within=BY_PRIORITY), life("2 08:00 new 1", "2 08:30 assigned 3"))
    assert [r.was_passed for r in in_time.retargets] == [False]


def test_a_priority_without_a_target_of_its_own_has_the_one_for_all() -> None:
    both = promise(within={None: timedelta(hours=8), 1: timedelta(hours=1)})
    assert read(both, life("2 08:00 new 4")).due_at == at("2 16:00")
    assert read(both, life("2 08:00 new 1")).due_at == at("2 09:00")


@pytest.mark.parametrize(
    ("what", "state", "due", "used"),
    [
        (life("2 08:00 new"), "waiting", None, 0),
        (life("2 08:00 new", "2 09:00 waiting_supplier"), "running", "2 13:00", 1),
        (life("2 08:00 new", "2 09:00 waiting_supplier", "2 10:00 in_progress"), "paused", None, 1),
        (life("2 08:00 new", "2 09:00 waiting_supplier", "2 10:00 in_progress", "2 15:00 waiting_supplier"), "running", "2 18:00", 1),
        (life("2 08:00 new", "2 09:00 resolved"), "dropped", None, 0),  # the supplier was never asked
    ],
)
def test_waiting_for_a_supplier_starts_the_contracts_clock(what: Life, state: str, due: str | None, used: int) -> None:
    reading = read(promise(runs_in=frozenset({"waiting_supplier"}), pauses={}), what)
    assert (reading.state, reading.due_at) == (state, due and at(due))
    assert reading.used(at("2 10:00") if len(what.stretches) < 4 else at("2 15:00")) == timedelta(hours=used)


def test_an_internal_agreement_counts_while_its_team_has_it() -> None:
    ola = promise(teams=frozenset({7}), pauses={})
    what = life("2 08:00 new 3 5", "2 09:00 assigned 3 7", "2 11:00 assigned 3 5", "2 12:00 resolved 3 5")
    assert (read(ola, what).state, read(ola, what).used(at("2 17:00"))) == ("met", timedelta(hours=2))


def test_the_calendar_is_the_agreements_and_knows_its_clock_changes() -> None:
    # Complaint 3 of the neighbours' users: a clock that runs around the clock whatever the hours are.
    berlin = ServiceHours(timezone="Europe/Berlin", week=WORKDAY)
    reading = read(promise(hours=berlin), life("2 16:00 new"))  # 17:00 there
    assert reading.due_at == datetime(2026, 11, 3, 10, 0, tzinfo=UTC)  # an hour is left that day; three more from 08:00 there
    assert "Europe/Berlin" in reading.promise.hours.describe()


def test_a_lunch_break_counts_nothing() -> None:
    # Complaint 2: sums are wrong, and there is no lunch break.
    lunch = ServiceHours(timezone="UTC", week={day: [("08:00", "12:00"), ("13:00", "18:00")] for day in WORKDAY})
    assert read(promise(hours=lunch), life("2 10:00 new")).due_at == at("2 15:00")


def test_changing_the_agreement_answers_from_the_beginning() -> None:
    # Complaint 1: the pause is lost when the agreement changes. Nothing is summed up as things happen, so there is nothing to lose.
    what = life("2 08:00 new", "2 09:00 waiting_customer", "2 11:00 in_progress", said=("2 09:00 us",))
    assert read(promise(within={None: timedelta(hours=4)}), what).due_at == at("2 14:00")
    assert read(promise(within={None: timedelta(hours=6)}), what).due_at == at("2 16:00")
    assert read(promise(pauses={}), what).due_at == at("2 12:00")


def test_the_customers_own_hours_decide_also_at_night() -> None:
    # Complaint 4: the calendar comes from the agreement, so two customers' records opened in one minute are due at different times.
    assert read(promise(hours=OFFICE), life("2 20:00 new")).due_at == at("3 12:00")
    assert read(promise(hours=ALWAYS), life("2 20:00 new")).due_at == at("3 00:00")


def test_without_a_target_nothing_is_due_and_nothing_is_missed() -> None:
    # Complaint 5: a ticket without an agreement is valid.
    reading = read(promise(within={}), life("2 08:00 new", "9 08:00 resolved"))
    assert (reading.state, reading.due_at, reading.is_missed(at("20 08:00"))) == ("unset", None, False)


def test_shares_of_the_target_are_reached_in_worked_time() -> None:
    reading = read(promise(), life("2 16:00 new"))
    assert dict(reading.marks((50, 75, 90, 100))) == {50: at("2 18:00"), 75: at("3 09:00"), 90: at("3 09:36"), 100: at("3 10:00")}
    paused = read(promise(), life("2 08:00 new", "2 10:30 waiting_customer", said=("2 10:30 us",)))
    assert dict(paused.marks((50, 75, 90, 100))) == {50: at("2 10:00")}
    stopped = read(promise(), life("2 08:00 new", "2 11:00 resolved"))
    assert dict(stopped.marks((50, 75, 100))) == {50: at("2 10:00")}


def test_a_running_clock_is_missed_by_time_alone() -> None:
    reading = read(promise(), life("2 08:00 new"))
    assert not reading.is_missed(at("2 12:00"))
    assert reading.is_missed(at("2 12:01"))
    assert reading.left(at("2 13:00")) == timedelta(hours=-1)


def test_rules_hold_for_a_measure_and_down_to_a_priority() -> None:
    rule = Rule(75, ("leads",), "resolve", 2)
    assert rule.holds("resolve", 1)
    assert rule.holds("resolve", 2)
    assert not rule.holds("resolve", 3)
    assert not rule.holds("resolve", None)
    assert not rule.holds("respond", 1)
    assert Rule(75).holds("respond", None)
