"""Clocks in words: what a person reads beside a record, on a list and in a notice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.targets.rules import CLOSE, DROPPED, MET, MISSED, PAUSED, RESOLVE, RESPOND, RUNNING, UNSET, WAITING, Reading, Retarget
from plimsoll.kernel.trail.models import Entry

MEASURE_NAMES = {RESPOND: gettext_lazy("respond"), RESOLVE: gettext_lazy("resolve"), CLOSE: gettext_lazy("close")}
PRIORITIES = (
    (1, gettext_lazy("Critical")),
    (2, gettext_lazy("High")),
    (3, gettext_lazy("Medium")),
    (4, gettext_lazy("Low")),
    (5, gettext_lazy("Planning")),
)
_PRIORITY_NAMES = dict(PRIORITIES)


def priority_name(number: int) -> str:
    """A priority by its name, as it stands in sentences and tables."""
    return str(_PRIORITY_NAMES.get(number, number))


def span(value: timedelta) -> str:
    """A span of worked time in its two largest units: "3 h 10 min", "12 min", "41 s"; days are not used, as a working day has no length."""
    seconds = int(abs(value).total_seconds())
    if seconds < 60:
        return _("%(s)d s") % {"s": seconds}
    minutes = seconds // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(m)d min") % {"m": minutes}
    return _("%(h)d h %(m)02d min") % {"h": hours, "m": minutes} if minutes else _("%(h)d h") % {"h": hours}


def brief(value: timedelta) -> str:
    """The same where there is little room: from ten hours on without the minutes."""
    hours = int(abs(value).total_seconds()) // 3600
    return _("%(h)d h") % {"h": hours} if hours >= 10 else span(value)


def moment(value: datetime, now: datetime) -> str:
    """A moment in the reader's zone: the weekday and time when it is within a week, else the day too."""
    local = localtime(value)
    if local.date() == localtime(now).date():
        return date_format(local, "H:i")
    return date_format(local, "D H:i") if abs(value - now) < timedelta(days=6) else date_format(local, "j M Y H:i")


def headline(reading: Reading, now: datetime) -> str:
    """The one thing to know: how long is left, or how it ended."""
    left = reading.left(now)
    if reading.state == DROPPED and reading.started_at is None:
        return _("Never started")
    if reading.state == DROPPED:
        return _("Not counted: it was cancelled or merged")
    if reading.state == WAITING:
        return _("Not started")
    if reading.state == UNSET or left is None:
        return _("No target for this priority") if reading.priority else _("No target until it has a priority")
    if reading.state == MET:
        return _("Met: %(used)s of %(within)s") % {"used": span(reading.used(now)), "within": span(left + reading.used(now))}
    if reading.is_missed(now):
        if reading.state == MISSED:
            return _("Missed by %(over)s") % {"over": span(left)}
        return _("%(over)s over") % {"over": span(left)}
    if reading.state == PAUSED:
        return _("Paused with %(left)s left") % {"left": span(left)}
    return _("%(left)s left") % {"left": span(left)}


def explained(reading: Reading, now: datetime, state_names: dict[str, str]) -> list[str]:
    """Why the clock reads what it reads, a sentence each: its hours, what it stood still for, its target and when it is due."""
    sentences = [_("Runs %(hours)s.") % {"hours": reading.hours.describe()}]
    if reading.state == RUNNING and not reading.hours.is_open(now) and (opening := reading.hours.next_opening(now)) is not None:
        sentences.append(_("These hours are over for now: it goes on %(at)s.") % {"at": moment(opening, now)})
    for why, total, count in _pauses(reading, now):
        if why == "ended":
            sentences.append(_("Stood still %(span)s after it had ended, before it was taken up again.") % {"span": span(total)})
        elif why == "elsewhere":
            sentences.append(_("Stood still %(span)s while it was in other hands.") % {"span": span(total)})
        else:
            sentences.append(
                ngettext("Paused %(span)s in the state “%(state)s”.", "Paused %(span)s in the state “%(state)s”, %(n)d times.", count)
                % {"span": span(total), "state": state_names.get(why, why), "n": count}
            )
    if reading.within is not None and reading.priority is not None:
        sentences.append(
            _("The target for priority %(name)s is %(within)s.") % {"name": priority_name(reading.priority), "within": span(reading.within)}
        )
    elif reading.within is not None:
        sentences.append(_("The target is %(within)s.") % {"within": span(reading.within)})
    sentences += [_retarget(r, moment(r.at, now)) for r in reading.retargets]
    if reading.stopped_at is not None and reading.state in (MET, MISSED):
        sentences.append(_("It stopped %(at)s.") % {"at": moment(reading.stopped_at, now)})
    if reading.due_at is not None:
        sentences.append((_("It was due %(at)s.") if reading.due_at < now else _("It is due %(at)s.")) % {"at": moment(reading.due_at, now)})
    elif reading.state == PAUSED:
        sentences.append(_("It is due again once it goes on."))
    return sentences


def _pauses(reading: Reading, now: datetime) -> list[tuple[str, timedelta, int]]:
    """What it stood still for: the worked time that was not counted, and how often, by reason."""
    found: dict[str, tuple[timedelta, int]] = {}
    for pause in reading.pauses:
        total, count = found.get(pause.why, (timedelta(0), 0))
        found[pause.why] = total + reading.hours.elapsed(pause.started_at, pause.ended_at or now), count + 1
    return [(why, total, count) for why, (total, count) in found.items()]


def _retarget(change: Retarget, at: str) -> str:
    old, new = (span(v) if v is not None else _("none") for v in (change.before, change.after))
    said = _("The team changed %(at)s") if change.by_team else _("The priority changed %(at)s")
    said = _("%(what)s: the target went from %(old)s to %(new)s.") % {"what": said % {"at": at}, "old": old, "new": new}
    return f"{said} {_('The earlier target had been used up by then.')}" if change.was_passed else said


def escalation_words(entry: Entry) -> str:
    """What an escalation says in a notice."""
    return escalation_sentence({name: pair[1] for name, pair in json.loads(entry.changes).items()}, entry.recorded_at)


def escalation_sentence(told: Mapping[str, Any], recorded_at: datetime) -> str:
    """What an escalation says, of its values as the trail keeps them."""
    percent, key = told["percent"], str(told["clock"])
    reached = told["reached_at"]
    reached = datetime.fromisoformat(reached) if isinstance(reached, str) else reached
    what = MEASURE_NAMES.get(key.rsplit(" ", 1)[-1], key)
    said = _("%(percent)d %% of the time to %(what)s was used up %(at)s.") % {
        "percent": percent,
        "what": what,
        "at": moment(reached, recorded_at),
    }
    return f"{said} {_('Noticed late.')}" if told.get("is_late") else said
