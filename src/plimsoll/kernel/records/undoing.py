"""Taking an act back by another act: nothing is deleted, nothing that changed meanwhile is overwritten, and the trail tells both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import RecordType, type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, amend, locked, move
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.workflow import Move, Workflow

UNDONE_WITHIN = timedelta(days=1)


def way_back(flow: Workflow, before: str, after: str) -> Move | None:
    """The arrow that leads back from where a move led, or None: not every move can be taken back."""
    return next((m for m in flow.moves if after in m.sources and m.target == before), None)


def undo(record: Record, entry: Entry, *, by: Person, channel: str) -> list[str]:
    """Take back one's own act on a record, within a day. Returns what stays because it changed meanwhile, a sentence each.

    Raises `MoveRefused` when nothing of it can be taken back, and what `amend` and `move` raise.
    """
    if entry.card_id != record.pk or entry.actor_id != by.pk:
        raise MoveRefused([_("Only one's own acts are taken back.")])
    if now() - entry.recorded_at > UNDONE_WITHIN:
        raise MoveRefused([_("That was more than a day ago. Change it anew instead.")])
    rt = type_of(record)
    changes = _changes(entry)
    with writing():
        fresh = locked(record)
        back, stays = _back(fresh, rt, changes)
        if "state" in changes:
            _move_back(fresh, changes["state"], back, by=by, channel=channel)
        elif not back:
            raise MoveRefused(stays or [_("Nothing of it can be taken back.")])
        else:
            amend(fresh, by=by, channel=channel, note=_("Undone."), **back)
    return stays


def _move_back(record: Record, states: tuple[Any, Any], back: Mapping[str, Any], *, by: Person, channel: str) -> None:
    flow = workflow_of(record.tenant, record.kind)
    before, after = states
    if record.state != after:
        raise MoveRefused([_("It has moved on to “%(state)s” since; it stays there.") % {"state": flow.state(record.state).label}])
    arrow = way_back(flow, str(before or ""), str(after))
    if arrow is None:
        labels = {"after": flow.state(str(after)).label, "before": flow.state(str(before)).label}
        raise MoveRefused([_("The workflow has no way back from “%(after)s” to “%(before)s”.") % labels])
    move(record, arrow.name, by=by, channel=channel, fields=back, note=_("Undone."))


def _back(record: Record, rt: RecordType, changes: Mapping[str, tuple[Any, Any]]) -> tuple[dict[str, Any], list[str]]:
    """The values to go back to, and a sentence for each field that somebody changed since."""
    back: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    stays = []
    for name, (old, new) in changes.items():
        own = name.removeprefix("extra.")
        if name not in rt.fields and own == name:
            continue  # follows by itself, from the others or from the move
        current = record.extra.get(own) if own != name else getattr(record, f"{name}_id" if name in rt.foreign else name)
        if plain(current) != new and not (current in (None, "") and new in (None, "")):
            label = own.replace("_", " ") if own != name else str(rt.model_field(name).verbose_name)
            stays.append(_("%(field)s was changed since and stays as it is now.") % {"field": label.capitalize()})
        elif own != name:
            extra[own] = old
        else:
            back[name] = "" if old is None and name not in rt.foreign and isinstance(current, str) else old
    return (back | {"extra": extra} if extra else back), stays


def _changes(entry: Entry) -> dict[str, tuple[Any, Any]]:
    """{field: (old, new)} of an entry; texts from the part that may be erased, and without those that were."""
    raw: dict[str, Any] = json.loads(entry.changes)
    detail = getattr(entry, "detail", None)
    texts = detail.values if detail is not None else {}
    pairs = {name: texts.get(name) if isinstance(value, dict) else value for name, value in raw.items()}
    return {name: (pair[0], pair[1]) for name, pair in pairs.items() if isinstance(pair, list) and len(pair) == 2 and name != "note"}


__all__ = ["UNDONE_WITHIN", "undo", "way_back"]
