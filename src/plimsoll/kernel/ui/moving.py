"""Which moves a person is offered on a record, and why some are refused. The judging is done by the writes' own functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType, type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import refusals
from plimsoll.kernel.records.permissions import may_move
from plimsoll.kernel.ui.context import address
from plimsoll.kernel.ui.forms_derived import EXTRA, DerivedForm, form_class
from plimsoll.kernel.ui.side import is_long
from plimsoll.kernel.workflow import Move, Workflow


@dataclass(frozen=True, slots=True)
class Offer:
    """A move as a button: pressable, or dashed with its reasons."""

    name: str
    title: str
    href: str
    reasons: tuple[str, ...]
    asks: bool
    is_primary: bool

    @property
    def label(self) -> str:
        """An ellipsis means that more is asked before anything happens."""
        return f"{self.title}…" if self.asks else self.title


def allowed(person: Person, record: Record, move: Move) -> bool:
    """May this person make the move, leaving aside whether it can be made now?"""
    return may_move(person, record, move)


def asks_something(move: Move) -> bool:
    return bool(move.asks or move.needs or move.asks_note)


def offers(record: Record, flow: Workflow, person: Person) -> list[Offer]:
    """The moves that leave the record's state and that this person may make; facts are read once for all of them."""
    moves = [move for move in flow.moves_from(record.state) if allowed(person, record, move)]
    if not moves:
        return []
    record_type = type_of(record)
    facts: Any = record_type.behaviour.facts([record])[0]
    done: list[Offer] = []
    for move in moves:
        reasons = tuple(refusals(record, move.name, by=person, facts=facts))
        is_primary = move.is_primary and not any(o.is_primary for o in done)
        done.append(Offer(move.name, move.title, address(record_type, record.number, "moves", move.name), reasons, asks_something(move), is_primary))
    return done


def judged(records: Sequence[Record], name: str, person: Person) -> list[list[str]]:
    """Why each of some records can't make a move now (empty lists: it can); facts in a constant number of queries."""
    if not records:
        return []
    every = type_of(records[0]).behaviour.facts(records)
    return [refusals(record, name, by=person, facts=facts) for record, facts in zip(records, every, strict=True)]


def need_some(form: type[forms.Form], move: Move) -> None:
    """Mark the fields without which the move is refused; those that a guard reads are not called optional, though one of several may do."""
    read = {name for guard in move.guards for name in getattr(guard, "reads", ())}
    for name, field in form.base_fields.items():
        if name in move.needs:
            field.required = True
        field.is_asked = name in read  # type: ignore[attr-defined]


def form_of_move(
    record_type: RecordType, person: Person, arrow: Move, *, is_inside: bool, note: str, has_version: bool = False, is_for_many: bool = False
) -> type[DerivedForm]:
    """The form of a move: what it asks and needs, and one's own fields that the state after it needs.

    For many records those may stay empty: each keeps what it has, and one that has nothing says so.
    """
    customs = {c.name: c for c in customs_of(person.tenant, record_type.kind) if is_inside or c.is_public} if person.tenant else {}
    needed = [f"{EXTRA}{c.name}" for c in customs.values() if arrow.target in c.required_in and not c.is_retired]
    names = list(dict.fromkeys((*arrow.asks, *arrow.needs, *needed)))
    state = "" if is_for_many else arrow.target
    made = form_class(record_type, person, names, customs, state=state, is_inside=is_inside, note=note, has_version=has_version)
    need_some(made, arrow)
    if is_inside and record_type.requester:
        for name, field in made.base_fields.items():
            if name in record_type.fields and is_long(record_type, name) and name not in record_type.internal:
                field.help_text = _("Whoever asked for it reads this.")
    return made
