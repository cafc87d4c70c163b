"""When a promise is due: a clock as a pure function of what happened to a record and of what was promised for it.

Nothing is summed up as things happen. A clock is computed anew from the whole life each time, so that an agreement that is changed,
corrected or replayed gives the answer that it would have given from the beginning. Times are aware datetimes.

The rules, in the order in which people ask for them:

* It starts when the record is opened; one that runs only in some states or with some teams, when it first gets there.
* It counts the hours of the promise only, in their own zone.
* It stands still in the states that the promise names; where a message is needed, from the message on and only until it is
  answered. The message may be sent a quarter of an hour before, as people write first and then say that they wait. Nothing stands
  still in hindsight: without a message the waiting counts.
* It stops at the first message (respond), when the record is done (resolve) or closed (close). A record that is taken up again
  lets it go on with what was used before; the time between counts nothing.
* The target is that of the priority and team when it stopped, or now; a change of them changes the target and keeps what was used.
* A target may be counted in hours of its own, and hold only for what was opened outside the usual hours (a stand-by).
* It is met when it stopped at or before the moment at which the target was used up, and missed from that moment on.
* A record that is dropped (cancelled, or merged into another) is not counted, unless its target was used up by then: a miss that
  happened is not taken back by calling the record something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from plimsoll.kernel.calendars import ServiceHours

RESPOND, RESOLVE, CLOSE = "respond", "resolve", "close"
MEASURES = (RESPOND, RESOLVE, CLOSE)
RUNNING, PAUSED, MET, MISSED, UNSET, WAITING, DROPPED = "running", "paused", "met", "missed", "unset", "waiting", "dropped"
GOING = (RUNNING, PAUSED, WAITING)  # may still change by itself or by what people do
# What ends a measure: categories of states, as the kernel's workflows have them.
ENDS = {
    RESPOND: frozenset({"done", "closed", "dropped"}),
    RESOLVE: frozenset({"done", "closed", "dropped"}),
    CLOSE: frozenset({"closed", "dropped"}),
}
# The gravest first; words.py has them in the language of the reader.
PRIORITY_WORDS = {1: "Critical", 2: "High", 3: "Medium", 4: "Low", 5: "Planning"}
WRITTEN_BEFORE = timedelta(minutes=15)  # how long before the waiting its message may have been sent
_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A target of its own for some records: of one priority, while one of these teams has them, in other hours, or only for those that were
    opened while `outside` was closed (a stand-by has its own times). What says nothing holds for all."""

    within: timedelta
    hours: ServiceHours
    priority: int | None = None
    teams: frozenset[int] = frozenset()
    outside: ServiceHours | None = None

    def holds(self, priority: int | None, team: int | None, opened_at: datetime) -> bool:
        return (
            self.priority in (None, priority)
            and (not self.teams or team in self.teams)
            and (self.outside is None or not self.outside.is_open(opened_at))
        )

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """The narrower one counts: stand-by before team, team before priority."""
        return self.outside is not None, bool(self.teams), self.priority is not None


@dataclass(frozen=True, slots=True)
class Promise:
    """One target that a record is under.

    `key` names it among the clocks of a record and stays the same from version to version of the terms. `within` maps a priority to
    worked time; None stands for every priority that is not named. `pauses` maps the states in which it stands still to whether that
    takes a message. `runs_in` and `teams`, when not empty, are the only states and teams in which it runs.
    """

    key: str
    measure: str
    within: Mapping[int | None, timedelta]
    hours: ServiceHours
    terms: int = 0  # which version of which terms it is from
    pauses: Mapping[str, bool] = field(default_factory=dict)
    runs_in: frozenset[str] = frozenset()
    teams: frozenset[int] = frozenset()
    is_internal: bool = False  # promised to us, not by us: no business of the customer's
    others: tuple[Allowance, ...] = ()  # targets that hold only for some records, each in its hours

    def allowed(self, priority: int | None, team: int | None, opened_at: datetime) -> tuple[timedelta | None, ServiceHours]:
        """The worked time allowed, None when nothing is promised, and the hours in which it is counted."""
        found = self.target(priority)
        best = (False, False, priority in self.within) if found is not None else None
        hours = self.hours
        for other in self.others:
            if other.holds(priority, team, opened_at) and (best is None or other.rank > best):
                best, found, hours = other.rank, other.within, other.hours
        return found, hours

    def target(self, priority: int | None) -> timedelta | None:
        """The worked time allowed at a priority; None when nothing is promised for it."""
        found = self.within.get(priority)
        return self.within.get(None) if found is None else found


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a moment on, the record was so; until the next stretch."""

    started_at: datetime
    state: str
    category: str
    priority: int | None = None
    team: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message that both sides see; `is_ours` when the side wrote it that made the promise."""

    at: datetime
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Life:
    """What happened to a record, as far as clocks are concerned; both lists in the order of time."""

    opened_at: datetime
    stretches: Sequence[Stretch]
    said: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stood still, half-open; `why` is the state, or "ended" between an end and being taken up again."""

    started_at: datetime
    ended_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Retarget:
    """The target changed at a moment; `was_passed` when the one before was used up by then."""

    at: datetime
    before: timedelta | None
    after: timedelta | None
    was_passed: bool
    by_team: bool = False  # because another team has it, not because of its priority


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock reads: what a promise has come to. `due_at` is when the target is used up, None while it stands still or has no target.

    `elapsed` is the worked time used at `as_of`, the last thing that happened (or when it stopped). A running clock whose `due_at` has
    gone by is missed, though its state still says running: only time passed, and nobody wrote anything.
    """

    promise: Promise
    state: str
    priority: int | None
    within: timedelta | None
    started_at: datetime | None
    due_at: datetime | None
    stopped_at: datetime | None
    elapsed: timedelta
    as_of: datetime
    pauses: tuple[Pause, ...] = ()
    retargets: tuple[Retarget, ...] = ()
    other_hours: ServiceHours | None = None  # in which it is counted, where they are not those of the promise

    @property
    def hours(self) -> ServiceHours:
        """The hours in which it is counted."""
        return self.other_hours or self.promise.hours

    def used(self, moment: datetime) -> timedelta:
        """The worked time used at a moment; what it stopped at, after that."""
        if self.started_at is None:
            return _ZERO
        return self.hours.elapsed(self.started_at, min(moment, self.stopped_at or moment), _pairs(self.pauses))

    def left(self, moment: datetime) -> timedelta | None:
        """Worked time left at a moment, negative when it is used up; None without a target."""
        return None if self.within is None else self.within - self.used(moment)

    def is_missed(self, moment: datetime) -> bool:
        """Was the target used up before it stopped, or before this moment?"""
        return self.state == MISSED or (self.state in GOING and self.due_at is not None and self.due_at < moment)

    def marks(self, thresholds: Iterable[int]) -> tuple[tuple[int, datetime], ...]:
        """When which share of the target was or will be used up, in percent; those that will not be reached as things stand are left out."""
        if self.started_at is None or self.within is None or self.state == DROPPED:
            return ()
        pairs = _pairs(self.pauses)
        found = ((percent, self.hours.due(self.started_at, self.within * percent / 100, pairs)) for percent in thresholds)
        return tuple((percent, at) for percent, at in found if at is not None and (self.stopped_at is None or at < self.stopped_at))


def reckon(promise: Promise, life: Life) -> Reading:
    """The clock of a promise over a life. Cost: linear in the life; never in the time that it took."""
    end = _end(promise.measure, life)
    stopped_at = None if end is None else end.started_at
    as_of = stopped_at or max(life.stretches[-1].started_at, life.said[-1].at if life.said else life.opened_at)
    started_at = _started(promise, life)
    if started_at is None or (stopped_at is not None and started_at > stopped_at):
        return Reading(promise, WAITING if end is None else DROPPED, None, None, None, None, stopped_at, _ZERO, as_of)
    pauses = tuple(_pauses(promise, life, stopped_at))
    last = end or life.stretches[-1]
    priority = last.priority
    within, hours = promise.allowed(priority, last.team, life.opened_at)
    pairs = _pairs(pauses)
    elapsed = hours.elapsed(started_at, as_of, pairs)
    due_at = None if within is None else hours.due(started_at, within, pairs)
    if end is not None and end.category == "dropped":
        state = MISSED if due_at is not None and due_at < end.started_at else DROPPED
    elif within is None:
        state = UNSET
    elif stopped_at is not None:
        state = MET if due_at is None or stopped_at <= due_at else MISSED
    else:
        state = PAUSED if pauses and pauses[-1].ended_at is None else RUNNING
    retargets = _retargets(promise, life, started_at, pairs, stopped_at)
    other = None if hours is promise.hours else hours
    return Reading(promise, state, priority, within, started_at, due_at, stopped_at, elapsed, as_of, pauses, retargets, other)


def verdict(reading: Reading, within: timedelta) -> tuple[bool, datetime] | None:
    """Whether a clock kept within some worked time, which need not be its own target, and the moment that decides its month: of the stop when it
    did, of the time being used up when it did not, or will not have if nothing happens. None while neither is known, and for what is not counted."""
    if reading.started_at is None or reading.state == DROPPED:
        return None
    due_at = reading.hours.due(reading.started_at, within, _pairs(reading.pauses))
    if reading.stopped_at is None:
        return None if due_at is None else (False, due_at)
    return (True, reading.stopped_at) if due_at is None or reading.stopped_at <= due_at else (False, due_at)


def _end(measure: str, life: Life) -> Stretch | None:
    """Where it stopped for good: when, at which priority, and in which category of state; None while it goes on."""
    ends = ENDS[measure]
    if measure == RESPOND:  # a response is not taken back by taking the record up again
        kept = next((i for i in range(len(life.stretches), 0, -1) if life.stretches[i - 1].category != "dropped"), 0)
        end = next((s for i, s in enumerate(life.stretches) if s.category in ends and (s.category != "dropped" or i >= kept)), None)
        first = next((said.at for said in life.said if said.is_ours), None)
        if first is not None and (end is None or first < end.started_at):
            return replace(_at(life.stretches, first), started_at=first, category="")
        return end
    end = None
    for stretch in reversed(life.stretches):
        if stretch.category not in ends:
            break
        end = stretch
    if end is not None and life.stretches[-1].category == "dropped":
        end = replace(end, category="dropped")
    return end


def _started(promise: Promise, life: Life) -> datetime | None:
    if not promise.runs_in and not promise.teams:
        return life.opened_at
    return next((stretch.started_at for stretch in life.stretches if _runs(promise, stretch)), None)


def _runs(promise: Promise, stretch: Stretch) -> bool:
    """Is this a stretch in which the promise is asked of its side at all?"""
    if not promise.runs_in and not promise.teams:
        return True
    return stretch.state in promise.runs_in or stretch.team in promise.teams


def _pauses(promise: Promise, life: Life, stopped_at: datetime | None) -> Iterable[Pause]:
    """The times before it stopped in which it stood still, in order; touching ones of one reason as one."""
    last: Pause | None = None
    for start, until, stretch in _waits(life.stretches, stopped_at):
        for pause in _still(promise, life.said, stretch, start, until):
            if last is not None and last.ended_at == pause.started_at and last.why == pause.why:
                last = Pause(last.started_at, pause.ended_at, pause.why)
            else:
                if last is not None:
                    yield last
                last = pause
    if last is not None:
        yield last


def _waits(stretches: Sequence[Stretch], stopped_at: datetime | None) -> Iterable[tuple[datetime, datetime | None, Stretch]]:
    """Stretches before it stopped with where they end; those of one state and team in a row as one, whatever changed between."""
    index = 0
    while index < len(stretches):
        first = stretches[index]
        while index + 1 < len(stretches) and (stretches[index + 1].state, stretches[index + 1].team) == (first.state, first.team):
            index += 1
        index += 1
        until = stretches[index].started_at if index < len(stretches) else None
        if stopped_at is not None:
            until = stopped_at if until is None else min(until, stopped_at)
        if until is None or until > first.started_at:
            yield first.started_at, until, first


def _still(promise: Promise, said: Sequence[Said], stretch: Stretch, start: datetime, until: datetime | None) -> Iterable[Pause]:
    if stretch.category in ENDS[promise.measure]:
        yield Pause(start, until, "ended")
    elif not _runs(promise, stretch):
        yield Pause(start, until, "elsewhere")
    elif stretch.state in promise.pauses:
        if not promise.pauses[stretch.state]:
            yield Pause(start, until, stretch.state)
            return
        asked_at: datetime | None = None
        for message in said:
            if until is not None and message.at >= until:
                break
            if not message.is_ours:
                if asked_at is not None and message.at > start:
                    yield Pause(max(asked_at, start), message.at, stretch.state)
                asked_at = None
            elif asked_at is None and message.at >= start - WRITTEN_BEFORE:
                asked_at = message.at
        if asked_at is not None:
            yield Pause(max(asked_at, start), until, stretch.state)


def _retargets(
    promise: Promise, life: Life, started_at: datetime, pairs: list[tuple[datetime, datetime | None]], stopped_at: datetime | None
) -> tuple[Retarget, ...]:
    """Each change of the target while it ran: a target that was missed and then made longer is not to vanish unseen."""
    if len(set(promise.within.values())) < 2 and None in promise.within and not promise.others:
        return ()
    found: list[Retarget] = []
    first = life.stretches[0]
    before, hours = promise.allowed(first.priority, first.team, life.opened_at)
    priority = first.priority
    for stretch in life.stretches[1:]:
        if stopped_at is not None and stretch.started_at > stopped_at:
            break
        after, later = promise.allowed(stretch.priority, stretch.team, life.opened_at)
        if after != before or later is not hours:
            due = None if before is None else hours.due(started_at, before, pairs)
            is_passed = due is not None and due < stretch.started_at
            found.append(Retarget(stretch.started_at, before, after, is_passed, by_team=stretch.priority == priority))
            before, hours = after, later
        priority = stretch.priority
    return tuple(found)


def _at(stretches: Sequence[Stretch], moment: datetime) -> Stretch:
    """The stretch that holds a moment; the first for moments before it."""
    found = stretches[0]
    for stretch in stretches:
        if stretch.started_at > moment:
            break
        found = stretch
    return found


def _pairs(pauses: Sequence[Pause]) -> list[tuple[datetime, datetime | None]]:
    return [(pause.started_at, pause.ended_at) for pause in pauses]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is told at a share of a target, and to which team the record is given. `priority` 2 means priorities 1 and 2; None any."""

    percent: int
    tell: tuple[str, ...] = ()
    measure: str = ""
    priority: int | None = None
    person: int | None = None
    give_to: int | None = None

    def holds(self, measure: str, priority: int | None) -> bool:
        """Is it for this measure and priority? A record without a priority is under the rules for any."""
        return self.measure in ("", measure) and (self.priority is None or (priority is not None and priority <= self.priority))


# What a new organization starts with and changes as data: functional first, hierarchic from three quarters on.
STARTING_RULES = (
    Rule(50, ("owner",)),
    Rule(75, ("owner", "leads")),
    Rule(90, ("owner", "leads", "answerable")),
    Rule(100, ("owner", "leads", "answerable")),
)
