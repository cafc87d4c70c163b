"""What happens, by which way it is told to somebody, and when its mail may leave. No Django.

An act is one of a few kinds. For each kind a person chooses a way: in the inbox only, by mail at once, in a digest, or not at all. Mail
waits for the person's working hours and for the end of their quiet hours; escalation itself never waits for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plimsoll.kernel.calendars import ServiceHours

ESCALATION, DECISION, GIVEN, MESSAGE, NOTE, STATE, CHANGE, REMINDER = (
    "escalation",
    "decision",
    "given",
    "message",
    "note",
    "state",
    "change",
    "reminder",
)
KINDS = (ESCALATION, DECISION, GIVEN, MESSAGE, NOTE, STATE, CHANGE, REMINDER)
INBOX, MAIL, DIGEST, NOTHING = "inbox", "mail", "digest", "nothing"
WAYS = (INBOX, MAIL, DIGEST, NOTHING)
USUAL = {ESCALATION: MAIL, DECISION: MAIL, GIVEN: MAIL, MESSAGE: MAIL, NOTE: MAIL, STATE: MAIL, CHANGE: DIGEST, REMINDER: MAIL}
# Who is asked by name, and for whom time runs out, hears of it at least in the inbox, and also where they muted the record.
ALWAYS_TOLD = frozenset({ESCALATION, DECISION})
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY, WEEKLY = "daily", "weekly"
ANY_TIME, USUAL_HOURS = "any", "usual"  # of `Wishes.hours`; else the number of a calendar
SEARCH = timedelta(days=60)

# Why a mail waits, as stored; the words stand in `words`.
AT_ONCE, FOR_DIGEST, FOR_HOURS, FOR_QUIET = "at once", "digest", "hours", "quiet"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one person wants to be told."""

    ways: Mapping[str, str] = field(default_factory=dict)  # kind -> way; a kind left out has the usual one
    digest: str = DAILY
    digest_at: time = time(8, 0)
    digest_on: str = "mon"  # of a weekly digest
    hours: str = USUAL_HOURS
    quiet_from: time | None = None
    quiet_to: time | None = None
    through: frozenset[str] = frozenset()  # kinds whose mail does not wait for any hours

    def way(self, kind: str) -> str:
        return self.ways.get(kind) or USUAL.get(kind, INBOX)


@dataclass(frozen=True, slots=True)
class Plan:
    """When the mail of a notice leaves, and what it waits for."""

    due_at: datetime
    because: str


def kind_of(action: str, *, is_note: bool, is_public_message: bool, is_given: bool, is_asked: bool, changes_state: bool) -> str:
    """The kind of an act, for one of those whom it concerns. The one that asks most of them wins."""
    if action == "escalate":
        return ESCALATION
    if action == "remind":
        return REMINDER
    if is_asked:
        return DECISION
    if is_given or action == "open":
        return GIVEN
    if is_note:
        return NOTE
    if is_public_message:
        return MESSAGE
    return STATE if changes_state else CHANGE


def way_of(kind: str, wishes: Wishes, *, has_address: bool, is_late: bool = False) -> str:
    """By which way somebody is told. What was found late goes by no mail: after a standstill there would be a burst of them."""
    way = wishes.way(kind)
    if way == NOTHING:
        return INBOX if kind in ALWAYS_TOLD else NOTHING
    return INBOX if not has_address or is_late else way


def plan(kind: str, way: str, at: datetime, wishes: Wishes, hours: ServiceHours | None, zone: str) -> Plan:
    """When a mail that is wanted at a moment may leave. `hours` are the person's working hours, None for any time."""
    if way == DIGEST:
        return Plan(next_digest(at, wishes, zone), FOR_DIGEST)
    if kind in wishes.through:
        return Plan(at, AT_ONCE)
    due_at = next_moment(at, hours, quiet_of(wishes, zone))
    if due_at <= at:
        return Plan(at, AT_ONCE)
    return Plan(due_at, FOR_HOURS if hours is not None and not hours.is_open(at) else FOR_QUIET)


def quiet_of(wishes: Wishes, zone: str) -> ServiceHours | None:
    """The hours that are not quiet, as hours in which mail may come; None where no quiet hours are kept."""
    start, end = wishes.quiet_from, wishes.quiet_to
    if start is None or end is None or start == end:
        return None
    first, last = f"{start:%H:%M}", f"{end:%H:%M}"
    if start > end:  # over midnight: open from the end to the beginning
        pairs = [[last, first]]
    else:
        pairs = [pair for pair in (["00:00", first], [last, "24:00"]) if pair[0] != pair[1]]
    return ServiceHours(zone, dict.fromkeys(DAYS, pairs))


def next_moment(at: datetime, *both: ServiceHours | None) -> datetime:
    """The first moment from `at` on that lies in all the hours given.

    Hours that are never open hold nothing back for ever: they don't count. Where hours of work lie wholly in quiet hours, the quiet hours count.
    """
    kept = [h for h in both if h is not None and h.due(at, timedelta(0)) is not None]
    moment = at
    while moment - at < SEARCH:
        later = moment
        for hours in kept:
            later = hours.due(later, timedelta(0)) or later
        if later == moment:
            return moment
        moment = later
    return (kept[-1].due(at, timedelta(0)) or at) if kept else at


def next_digest(after: datetime, wishes: Wishes, zone: str) -> datetime:
    """The first digest that lies after a moment: at the chosen wall time, once a day or week, whatever clocks do that night."""
    place = ZoneInfo(zone)
    day = after.astimezone(place).date()
    while True:
        if wishes.digest == DAILY or DAYS[day.weekday()] == wishes.digest_on:
            found = datetime.combine(day, wishes.digest_at, place).astimezone(UTC)
            if found > after:
                return found
        day = date.fromordinal(day.toordinal() + 1)


def read_wishes(stored: Mapping[str, Any]) -> Wishes:
    """Wishes from their stored form; what is not understood (an older or newer program wrote it) is as usual."""
    usual = Wishes()
    ways = stored.get("ways")
    return Wishes(
        ways={k: w for k, w in ways.items() if k in KINDS and w in WAYS} if isinstance(ways, Mapping) else {},
        digest=WEEKLY if stored.get("digest") == WEEKLY else DAILY,
        digest_at=_time(stored.get("digest_at")) or usual.digest_at,
        digest_on=str(stored.get("digest_on")) if stored.get("digest_on") in DAYS else usual.digest_on,
        hours=str(stored.get("hours") or USUAL_HOURS),
        quiet_from=_time(stored.get("quiet_from")),
        quiet_to=_time(stored.get("quiet_to")),
        through=frozenset(k for k in stored.get("through") or () if k in KINDS),
    )


def write_wishes(wishes: Wishes) -> dict[str, Any]:
    """The stored form: only what differs from the usual."""
    usual = Wishes()
    stored: dict[str, Any] = {"ways": {k: wishes.ways[k] for k in KINDS if wishes.ways.get(k, USUAL[k]) != USUAL[k]}}
    stored |= {"digest": wishes.digest, "digest_at": f"{wishes.digest_at:%H:%M}", "digest_on": wishes.digest_on, "hours": wishes.hours}
    stored |= {name: f"{at:%H:%M}" if (at := getattr(wishes, name)) else "" for name in ("quiet_from", "quiet_to")}
    stored["through"] = sorted(wishes.through)
    same = {"ways": {}, "digest": usual.digest, "digest_at": f"{usual.digest_at:%H:%M}", "digest_on": usual.digest_on, "hours": usual.hours}
    return {name: value for name, value in stored.items() if value and value != same.get(name)}


def _time(value: Any) -> time | None:
    try:
        return time.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
