"""When and how something is told to somebody: a table of the choices, and what holds in every zone on every night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.notifications.rules import (
    DAYS,
    KINDS,
    WAYS,
    Wishes,
    kind_of,
    next_digest,
    next_moment,
    plan,
    quiet_of,
    read_wishes,
    way_of,
    write_wishes,
)

LONDON = "Europe/London"
OFFICE = ServiceHours(LONDON, {day: [("09:00", "17:00")] for day in DAYS[:5]}, yearly_holidays=["12-25", "12-28"])
NEVER = ServiceHours(LONDON, {})
QUIET = {"quiet_from": time(22), "quiet_to": time(7)}
NO_ACT = {"is_note": False, "is_public_message": False, "is_given": False, "is_asked": False, "changes_state": False}


def at(text: str, zone: str = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("action", "how", "kind"),
    [
        ("escalate", {"is_given": True}, "escalation"),
        ("remind", {}, "reminder"),
        ("ask approval", {"is_asked": True}, "decision"),
        ("ask approval", {}, "change"),
        ("open", {}, "given"),
        ("amend", {"is_given": True, "is_note": True}, "given"),
        ("note", {"is_note": True}, "note"),
        ("comment", {"is_public_message": True}, "message"),
        ("resolve", {"is_public_message": True, "changes_state": True}, "message"),
        ("resolve", {"changes_state": True}, "state"),
        ("amend", {}, "change"),
    ],
)
def test_the_kind_of_an_act(action: str, how: dict[str, bool], kind: str) -> None:
    assert kind_of(action, **{**NO_ACT, **how}) == kind


@pytest.mark.parametrize(
    ("kind", "chosen", "has_address", "is_late", "way"),
    [
        ("message", {}, True, False, "mail"),
        ("change", {}, True, False, "digest"),
        ("message", {"message": "digest"}, True, False, "digest"),
        ("message", {"message": "inbox"}, True, False, "inbox"),
        ("message", {"message": "nothing"}, True, False, "nothing"),
        ("message", {}, False, False, "inbox"),
        ("escalation", {}, True, True, "inbox"),  # found late: never by mail
        ("escalation", {"escalation": "nothing"}, True, False, "inbox"),  # time that runs out is always told
        ("decision", {"decision": "nothing"}, True, False, "inbox"),
        ("", {}, True, False, "inbox"),  # told by an older program
    ],
)
def test_the_way_by_which_it_is_told(kind: str, chosen: dict[str, str], has_address: bool, is_late: bool, way: str) -> None:
    assert way_of(kind, Wishes(ways=chosen), has_address=has_address, is_late=is_late) == way


@pytest.mark.parametrize(
    ("told", "wishes", "hours", "due", "because"),
    [
        # In the working hours, and where none are kept: at once.
        ("2026-11-20T10:00", {}, OFFICE, "2026-11-20T10:00", "at once"),
        ("2026-11-22T03:00", {}, None, "2026-11-22T03:00", "at once"),
        # An interval holds its beginning and not its end.
        ("2026-11-20T09:00", {}, OFFICE, "2026-11-20T09:00", "at once"),
        ("2026-11-20T17:00", {}, OFFICE, "2026-11-23T09:00", "hours"),
        # Over the week-end, and over a holiday.
        ("2026-11-21T12:00", {}, OFFICE, "2026-11-23T09:00", "hours"),
        ("2026-12-24T18:00", {}, OFFICE, "2026-12-29T09:00", "hours"),  # Christmas on a Friday, the substitute day on Monday
        # Quiet hours over midnight, and within a day.
        ("2026-11-20T23:00", QUIET, None, "2026-11-21T07:00", "quiet"),
        ("2026-11-20T06:59", QUIET, None, "2026-11-20T07:00", "quiet"),
        ("2026-11-20T12:30", {"quiet_from": time(12), "quiet_to": time(13)}, None, "2026-11-20T13:00", "quiet"),
        ("2026-11-20T00:30", {"quiet_from": time(0), "quiet_to": time(6)}, None, "2026-11-20T06:00", "quiet"),
        ("2026-11-20T12:00", {"quiet_from": time(9), "quiet_to": time(9)}, None, "2026-11-20T12:00", "at once"),
        # Both: the first moment that lies in neither's way.
        ("2026-11-20T18:00", {"quiet_from": time(17), "quiet_to": time(10)}, OFFICE, "2026-11-23T10:00", "hours"),
        # Hours that never open hold nothing back for ever; working hours that are all quiet neither.
        ("2026-11-20T23:00", {}, NEVER, "2026-11-20T23:00", "at once"),
        ("2026-11-20T12:00", {"quiet_from": time(8), "quiet_to": time(20)}, OFFICE, "2026-11-20T20:00", "quiet"),
        # What may break through does, and nothing else.
        ("2026-11-21T12:00", {"through": frozenset({"message"})}, OFFICE, "2026-11-21T12:00", "at once"),
        ("2026-11-21T12:00", {"through": frozenset({"escalation"})}, OFFICE, "2026-11-23T09:00", "hours"),
        # A digest comes at its own time.
        ("2026-11-21T12:00", {"ways": {"message": "digest"}}, OFFICE, "2026-11-22T08:00", "digest"),
        ("2026-11-22T08:00", {"ways": {"message": "digest"}}, None, "2026-11-23T08:00", "digest"),
        ("2026-11-22T12:00", {"ways": {"message": "digest"}, "digest": "weekly", "digest_on": "fri", "digest_at": time(16)}, None,
         "2026-11-27T16:00", "digest"),
    ],
)  # fmt: skip
def test_when_its_mail_leaves_and_what_it_waits_for(told: str, wishes: dict[str, object], hours: ServiceHours | None, due: str, because: str) -> None:
    kept = Wishes(**wishes)  # type: ignore[arg-type]
    found = plan("message", kept.way("message"), at(told), kept, hours, LONDON)
    assert (found.due_at, found.because) == (at(due), because)


ZONES = st.sampled_from(["Europe/London", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC"])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (the strategy takes bounds without a zone)
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(MOMENTS, ZONES, TIMES, TIMES)
@settings(max_examples=300, deadline=None)
def test_in_every_zone_mail_leaves_at_the_first_moment_that_is_not_quiet(moment: datetime, zone: str, start: time, end: time) -> None:
    quiet = quiet_of(Wishes(quiet_from=start, quiet_to=end), zone)
    due = next_moment(moment, quiet)
    assert moment <= due <= moment + timedelta(hours=26)

    def is_quiet(t: datetime) -> bool:
        wall = t.astimezone(ZoneInfo(zone)).time().replace(tzinfo=None)
        return start != end and (start <= wall < end if start < end else wall >= start or wall < end)

    assert not is_quiet(due)
    if due > moment:
        assert is_quiet(due - timedelta(microseconds=1))


@given(MOMENTS, ZONES, TIMES, st.sampled_from(DAYS), st.sampled_from(["daily", "weekly"]))
@settings(max_examples=300, deadline=None)
def test_in_every_zone_there_is_one_digest_a_local_day_or_week(moment: datetime, zone: str, wall: time, day: str, rhythm: str) -> None:
    wishes, place = Wishes(digest=rhythm, digest_at=wall, digest_on=day), ZoneInfo(zone)
    first = next_digest(moment, wishes, zone)
    second = next_digest(first, wishes, zone)
    days = 1 if rhythm == "daily" else 7
    assert first > moment
    # A day that a zone leaves out altogether (Samoa, 2011) lies outside; a wall time that a clock change skips comes as much later.
    assert second - first <= timedelta(days=days, hours=2)
    between = (second.astimezone(place).date() - first.astimezone(place).date()).days
    assert between == days
    assert next_digest(second - timedelta(microseconds=1), wishes, zone) == second


@given(
    st.dictionaries(st.sampled_from(KINDS), st.sampled_from(WAYS)), st.sampled_from(["daily", "weekly"]), TIMES, st.sampled_from(DAYS),
    st.sampled_from(["any", "usual", "17"]), st.none() | TIMES, st.none() | TIMES, st.frozensets(st.sampled_from(KINDS)),
)  # fmt: skip
def test_wishes_are_read_back_as_they_were_kept(ways, digest, digest_at, digest_on, hours, quiet_from, quiet_to, through) -> None:  # type: ignore[no-untyped-def]
    kept = Wishes(ways, digest, digest_at, digest_on, hours, quiet_from, quiet_to, through)
    back = read_wishes(write_wishes(kept))
    assert {kind: back.way(kind) for kind in KINDS} == {kind: kept.way(kind) for kind in KINDS}
    assert (back.digest, back.digest_at, back.digest_on, back.hours) == (kept.digest, kept.digest_at, kept.digest_on, kept.hours)
    assert (back.quiet_from, back.quiet_to, back.through) == (kept.quiet_from, kept.quiet_to, kept.through)


@pytest.mark.parametrize("stored", [{"ways": "x"}, {"ways": {"message": "pigeon"}}, {"digest_at": "25:00"}, {"quiet_from": 7}, {"through": ["x"]}])
def test_what_an_older_or_newer_program_stored_is_as_usual(stored: dict[str, object]) -> None:
    assert read_wishes(stored) == Wishes()
