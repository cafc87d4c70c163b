"""Clocks as people see them: a cell in a list, and on a record's page a block with its timeline and the reasons in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.targets.models import Clock, Escalation
from plimsoll.kernel.targets.queries import SaidRow, Source, readings_of, source_of
from plimsoll.kernel.targets.rules import DROPPED, GOING, MET, MISSED, PAUSED, RUNNING, UNSET, WAITING, Reading
from plimsoll.kernel.targets.words import MEASURE_NAMES, brief, explained, headline, moment, span
from plimsoll.kernel.ui.templatetags._dates import _day_texts
from plimsoll.kernel.workflow import Workflow

NEAR = 0.75  # the share of a target from which on a clock is shown as near its end
WIDE, ROOM = 287.0, 34.0  # units of the two drawings: the whole timeline, and the target in a list's little bar


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the timeline."""

    kind: str  # ran, held or rest
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Block:
    """One clock on a record's page."""

    tone: str
    headline: str
    what: str
    sentences: list[str]
    terms: str
    href: str
    verdict: str  # good or bad once it has stopped, else nothing
    spoken: str
    segments: list[Segment]
    now: float | None
    limit: float | None
    start_label: str
    end_label: str
    escalations: list[str]


def blocks_of(
    record: Record,
    person: Person,
    flow: Workflow,
    now: datetime,
    *,
    inside: bool,
    spans: Sequence[tuple[Any, ...]],
    said: Sequence[SaidRow] | None = None,
    has_escalations: bool = True,
    has_excerpts: bool = True,
) -> list[Block]:
    """The clocks of a record that this person may see: outsiders see what was promised to them, not what stands behind it.

    `spans` are values of `targets.queries.SPAN`, `said` those of `SAID`. `has_escalations` and `has_excerpts` are False when the caller
    knows that there are none: then they are not asked for.
    """
    source = source_of(record.kind)
    if source is None:
        return []
    readings = [r for r in readings_of(record, spans, said, has_excerpts=has_excerpts) if inside or not r.promise.is_internal]
    called: dict[str, list[Any]] = {}
    if inside and readings and has_escalations:
        for row in Escalation.objects.filter(card_id=record.pk).order_by("percent"):
            called.setdefault(row.key, []).append(row)
    told: dict[int, list[str]] = {}
    if called:
        entries = [row.entry_id for rows in called.values() for row in rows if row.entry_id]
        for entry, name in Notice.objects.filter(card_id=record.pk, entry__in=entries).order_by("pk").values_list("entry", "person__name"):
            told.setdefault(entry, []).append(name)
    names = {state.name: state.label for state in flow.states}
    ordered = sorted(readings, key=lambda r: (r.promise.is_internal, r.state not in GOING))
    return [_block(record, reading, source, names, now, called.get(reading.promise.key, []), told) for reading in ordered]


def uncovered(record: Record) -> str:
    """Why a record has no clock, as a sentence; empty for kinds that never have one."""
    source = source_of(record.kind)
    return "" if source is None else source.uncovered(record)


def _block(
    record: Record, reading: Reading, source: Source, names: dict[str, str], now: datetime, called: Sequence[Escalation], told: dict[int, list[str]]
) -> Block:
    terms, href = source.named(record, reading.promise.terms)
    is_over = reading.is_missed(now)
    segments, at_now, limit, start_label, end_label = _timeline(reading, now)
    measure = str(MEASURE_NAMES[reading.promise.measure])
    what = _("to %(measure)s") % {"measure": measure}
    if reading.due_at is not None and reading.state in (RUNNING, PAUSED):
        what = _("%(what)s, due %(at)s") % {"what": what, "at": moment(reading.due_at, now)}
    if reading.promise.is_internal:
        what = _("%(what)s, %(whose)s") % {"what": what, "whose": source.behind(record, reading.promise.terms)}
    sentences = explained(reading, now, names)
    if reading.within is not None:
        sentences.append(_("%(used)s of %(within)s used.") % {"used": span(reading.used(now)), "within": span(reading.within)})
    return Block(
        tone=tone(reading.state, is_over=is_over, share=_share(reading, now)),
        headline=headline(reading, now),
        what=what,
        sentences=sentences,
        terms=terms,
        href=href,
        verdict={MET: "good", MISSED: "bad"}.get(reading.state, ""),
        spoken=" ".join([headline(reading, now), what, *sentences]),
        segments=segments,
        now=at_now,
        limit=limit,
        start_label=start_label,
        end_label=end_label,
        escalations=[_escalated(row, told.get(row.entry_id or 0, ()), now) for row in called],
    )


def _escalated(row: Escalation, told: Sequence[str], now: datetime) -> str:
    """A share that was used up, and who was told of it."""
    known = {"percent": row.percent, "at": moment(row.reached_at, now), "who": ", ".join(told) or _("nobody")}
    if row.entry_id is None:
        return _("%(percent)d %% reached %(at)s, noticed late; nobody was told.") % known
    return (
        _("%(percent)d %% reached %(at)s, noticed late. Told: %(who)s.") if row.is_late else _("%(percent)d %% reached %(at)s. Told: %(who)s.")
    ) % known


def _share(reading: Reading, now: datetime) -> float:
    if reading.within is None or not reading.within:
        return 0.0
    return reading.used(now) / reading.within


def tone(state: str, *, is_over: bool, share: float) -> str:
    """How a clock is painted; the word beside it says the same."""
    if state in (DROPPED, UNSET, WAITING):
        return "none"
    if state == MET:
        return "met"
    if is_over or state == MISSED:
        return "late"
    if state == PAUSED:
        return "paused"
    return "near" if share >= NEAR else "run"


def _timeline(reading: Reading, now: datetime) -> tuple[list[Segment], float | None, float | None, str, str]:
    """The life of a clock from left to right on the wall clock: ran, stood still, what is left; the target, and now."""
    start = reading.started_at
    if start is None or reading.within is None:
        return [], None, None, "", ""
    reached = min(reading.stopped_at or now, now)
    end = max(reading.due_at or reached, reached)
    whole = (end - start) / timedelta(microseconds=1)
    if whole <= 0:
        return [], None, None, "", ""

    def x(at: datetime) -> float:
        return round(WIDE * ((min(max(at, start), end) - start) / timedelta(microseconds=1)) / whole, 1)

    segments = [Segment("rest", 0, WIDE), Segment("ran", 0, x(reached))]
    for pause in reading.pauses:
        left, right = x(pause.started_at), x(min(pause.ended_at or reached, reached))
        if right - left >= 1:
            segments += [Segment("rest", left, right - left), Segment("held", left + 0.5, right - left - 1)]
    is_going = reading.state in GOING
    return (
        segments,
        x(now) if is_going else None,
        x(reading.due_at) if reading.due_at is not None else None,
        moment(start, now),
        moment(end, now),
    )


class Cells:
    """The clock cells of one page of a list: one query for all its rows, and no query for the hours, which are known."""

    def __init__(self, kind: str, tenant: Any, cards: Sequence[int], now: datetime) -> None:
        self.source, self.tenant, self.now = source_of(kind), tenant, now
        self.rows: dict[int, Any] = {}
        if self.source is None or not cards:
            return
        found = Clock.objects.filter(card__in=cards, is_internal=False)
        for row in found.values_list("card_id", "measure", "state", "within", "due_at", "elapsed", "terms", "in_other_hours", named=True):
            kept = self.rows.get(row.card_id)
            if kept is None or _rank(row) < _rank(kept):
                self.rows[row.card_id] = row

    def html(self, card: int) -> str:
        """The cell of a row: the clock that runs out first, else the one that stands still, else how it ended."""
        row = self.rows.get(card)
        if row is None:
            return f'<span class="clock" data-clock="none"><span class="ref">{escape(_("No agreement"))}</span></span>'
        hours = self.source.hours(self.tenant, row.terms, other=row.in_other_hours) if self.source is not None else None
        share, left = 0.0, None
        if row.within and hours is not None:
            if row.state == RUNNING and row.due_at is not None:
                left = hours.elapsed(self.now, row.due_at) if row.due_at >= self.now else -hours.elapsed(row.due_at, self.now)
            else:
                left = row.within - row.elapsed
            share = 1 - left / row.within
        is_over = row.state == MISSED or (row.state in GOING and row.due_at is not None and row.due_at < self.now)
        look = tone(row.state, is_over=is_over, share=share)
        due = _plain_moment(row.due_at) if row.state == RUNNING and row.due_at is not None else ""
        return _cell(look, share, _cell_words(row, left, is_over=is_over), due)


def _rank(row: Any) -> tuple[int, Any]:
    order = {RUNNING: 0, PAUSED: 1, WAITING: 2, UNSET: 3, MISSED: 4, MET: 5, DROPPED: 6}
    return order[row.state], row.due_at.timestamp() if row.due_at else 0


def _cell_words(row: Any, left: timedelta | None, *, is_over: bool) -> str:
    measure = escape(str(MEASURE_NAMES[row.measure]))
    if row.state == DROPPED:
        return f'<span class="ref">{escape(_("Not counted"))}</span>'
    if row.state in (UNSET, WAITING) or left is None:
        return f'<span class="ref">{escape(_("No target"))}</span>'
    if row.state == MET:
        return f'<span class="ref">{escape(_("Met"))}</span>'
    if row.state == MISSED:
        return f'<span class="ref">{escape(_("Missed"))}</span>'
    if is_over:
        return f'<span class="ref">{measure}</span> <b>{escape(_("%(span)s late") % {"span": brief(left)})}</b>'
    if row.state == PAUSED:
        return f'<span class="ref">{escape(_("paused, %(span)s left") % {"span": brief(left)})}</span>'
    return f'<span class="ref">{escape(_("%(measure)s in") % {"measure": measure})}</span> <b>{escape(brief(left))}</b>'


def _plain_moment(value: datetime) -> str:
    """The title of a cell: when exactly."""
    local = localtime(value)
    return f"{_day_texts(local.year, local.month, local.day, 0, get_language())[1]}, {local.hour:02d}:{local.minute:02d}"


def _cell(look: str, share: float, words: str, due: str = "") -> SafeString:
    bar = ""
    if look != "none":
        used = min(max(share, 0.0) * ROOM, 44.0)
        bar = (
            f'<svg class="tide" viewBox="0 0 44 10" aria-hidden="true"><rect class="trk" y="3" width="34" height="4"/>'
            f'<rect class="run" y="3" width="{used:.1f}" height="4"/><path class="lim" d="M34 0v10"/></svg>'
        )
    title = f' title="{due}"' if due else ""
    return SafeString(f'<span class="clock" data-clock="{look}"{title}>{bar}<span>{words}</span></span>')
