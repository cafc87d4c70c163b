"""Writes of objectives beside open, amend and move: actions, and measurements, which never change but are replaced."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.permissions import check
from plimsoll.planning.objectives.models import Measurement, Objective, ObjectiveAction
from plimsoll.planning.objectives.rules import ENDED, number, plain

MOST_TEXT, MOST_RESOURCES = 500, 250
TEXTS = frozenset({"action", "note", "reason", "action.resources"})


def _words(text: str) -> str:
    return " ".join(text.split())


def _too_long(name: str, text: str, most: int = MOST_TEXT) -> list[Fault]:
    if len(text) > most or "\x00" in text:
        return [Fault(name, _("It is longer than %(n)d characters, or holds one that can't be stored.") % {"n": most})]
    return []


def keep_action(
    objective: Objective,
    *,
    text: str,
    owner: Person | None,
    due_on: date | None,
    resources: str = "",
    action: ObjectiveAction | None = None,
    by: Person,
    channel: str,
    at: datetime | None = None,
) -> ObjectiveAction:
    """Plan an action, or change one that is still to do. Needs `objective:amend`; raises `Refused` or `Faulty`."""
    words, means = _words(text), _words(resources)
    faults = [*_too_long("text", words), *_too_long("resources", means, MOST_RESOURCES)]
    if not words:
        faults.append(Fault("text", _("Say what is done.")))
    if owner is None or owner.tenant_id != objective.tenant_id:
        faults.append(Fault("owner", _("Say who does it.")))
    if due_on is None:
        faults.append(Fault("due_on", _("Say until when.")))
    with writing():
        fresh = locked(objective)
        check(by, "objective:amend", fresh)
        kept = ObjectiveAction(objective=fresh) if action is None else ObjectiveAction.objects.select_for_update().get(pk=action.pk, objective=fresh)
        if fresh.state in ENDED:
            faults.append(Fault("", _("%(objective)s has ended; nothing more is planned for it.") % {"objective": fresh.reference}))
        if kept.state != "open":
            faults.append(Fault("", _("It is no longer to do. Plan another action.")))
        if faults:
            raise Faulty(faults)
        given: dict[str, Any] = {"text": words, "owner": owner, "due_on": due_on, "resources": means}
        is_new = kept.pk is None
        changed = {n: (None if is_new else getattr(kept, n), v) for n, v in given.items() if is_new or getattr(kept, n) != v}
        if not changed:
            return kept
        for name, value in given.items():
            setattr(kept, name, value)
        kept.save()
        told: dict[str, tuple[Any, Any]] = {"action": (None, words)}
        told |= {f"action.{name}": pair for name, pair in changed.items() if name != "text"}
        parts.tell(fresh, "plan action" if is_new else "change action", by=by, channel=channel, changes=told, texts=TEXTS, at=at)
    return kept


def end_action(
    action: ObjectiveAction, *, is_done: bool, by: Person, channel: str, on: date | None = None, reason: str = "", at: datetime | None = None
) -> ObjectiveAction:
    """An action is done, or dropped with its reason. Needs `objective:amend`; asked again it changes nothing."""
    day, words = on or localdate(at), _words(reason)
    faults = _too_long("reason", words)
    if not is_done and not words:
        faults.append(Fault("reason", _("Say why it is dropped.")))
    if is_done and day > localdate():
        faults.append(Fault("on", _("That day is still to come.")))
    with writing():
        fresh = locked(action.objective)
        check(by, "objective:amend", fresh)
        kept = ObjectiveAction.objects.select_for_update().get(pk=action.pk, objective=fresh)
        if kept.state != "open":
            return kept
        if faults:
            raise Faulty(faults)
        kept.state, kept.done_on = ("done", day) if is_done else ("dropped", None)
        kept.save(update_fields=["state", "done_on"])
        changes: dict[str, tuple[Any, Any]] = {"action": (None, kept.text), "action.state": ("open", kept.state)}
        parts.tell(fresh, "finish action" if is_done else "drop action", by=by, channel=channel, changes=changes, texts=TEXTS, note=words, at=at)
    return kept


def measure(
    objective: Objective,
    *,
    value: str | Decimal,
    on: date | None,
    by: Person,
    channel: str,
    note: str = "",
    corrects: Measurement | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> Measurement:
    """Write down what was measured on a day, or replace a measurement that was wrong, with the reason. Needs `objective:measure`.

    A measurement never changes: the wrong one stays, and says by which it was replaced.
    """
    found = number(value) if isinstance(value, str) else value
    said, why = _words(note), _words(reason)
    faults = [*_too_long("note", said), *_too_long("reason", why)]
    if found is None:
        faults.append(Fault("value", _("A number is needed, such as 95 or 4.2.")))
    if on is None:
        faults.append(Fault("on", _("Say on which day it was measured.")))
    elif on > localdate():
        faults.append(Fault("on", _("That day is still to come.")))
    if corrects is not None and not why:
        faults.append(Fault("reason", _("Say why the other was wrong.")))
    with writing():
        fresh = locked(objective)
        check(by, "objective:measure", fresh)
        if corrects is not None and (corrects.objective_id != fresh.pk or Measurement.objects.filter(corrects=corrects).exists()):
            faults.append(Fault("", _("It was corrected already, or belongs to another objective.")))
        if fresh.state in ENDED and corrects is None:
            faults.append(Fault("", _("%(objective)s has ended; nothing more is measured of it.") % {"objective": fresh.reference}))
        if faults or found is None or on is None:
            raise Faulty(faults)
        made = Measurement.objects.create(
            objective=fresh, value=found, measured_on=on, made_by=by, made_at=at or now(), note=said, corrects=corrects, reason=why
        )
        changes: dict[str, tuple[Any, Any]] = {
            "value": (plain(corrects.value) if corrects else None, plain(found)),
            "measured_on": (None, on),
            "note": (None, said),
        }
        name = "correct measurement" if corrects is not None else "measure"
        parts.tell(fresh, name, by=by, channel=channel, changes={n: p for n, p in changes.items() if p[1] != ""}, texts=TEXTS, note=why, at=at)
    return made
