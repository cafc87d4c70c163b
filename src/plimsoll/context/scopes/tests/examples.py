"""A scope with everything that it needs, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from plimsoll.context.parts.operations import add_part
from plimsoll.context.scopes.models import Location, Scope, Unit
from plimsoll.context.scopes.parts import EXCLUSIONS, MILESTONES, RESOURCES
from plimsoll.context.scopes.record import LOCATION, SCOPE, UNIT
from plimsoll.context.scopes.rules import DIMENSIONS
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import move, open_record
from tests.cast import House

ANSWERS = {f"{name}_answer": "considered" for name in DIMENSIONS} | {f"{name}_text": f"What {name} means." for name in DIMENSIONS}


def unit(house: House, title: str, **values: Any) -> Unit:
    made = open_record(UNIT, by=house.ruth, channel="page", title=title, **values)
    assert isinstance(made, Unit)
    return made


def location(house: House, title: str, **values: Any) -> Location:
    made = open_record(LOCATION, by=house.ruth, channel="page", title=title, **values)
    assert isinstance(made, Location)
    return made


def scope(house: House, title: str = "Our scope", *, is_whole: bool = True, **values: Any) -> Scope:
    """A draft by Ruth, with a row of each part where it is to be whole."""
    made = open_record(SCOPE, by=house.ruth, channel="page", title=title, **{**(ANSWERS if is_whole else {}), **values})
    assert isinstance(made, Scope)
    if is_whole:
        add_part(EXCLUSIONS, made, {"kind": "other", "text": "Print shop", "reason": "It was sold."}, by=house.ruth, channel="page")
        add_part(MILESTONES, made, {"name": "Policy in force", "due_on": date(2031, 3, 1)}, by=house.ruth, channel="page")
        add_part(RESOURCES, made, {"kind": "people", "text": "SMS manager", "amount": "1 post"}, by=house.ruth, channel="page")
    return made


def approved(house: House, made: Scope, by: Person | None = None) -> Scope:
    """Submitted by Ruth, approved by somebody who may and did not write it."""
    made = move(made, "submit", by=house.ruth, channel="page")
    return move(made, "approve", by=by or head(house), channel="page")


def head(house: House) -> Person:
    """Ines with the words of top management."""
    words = ["scope:approve", "scope:read", "scope:internal", "scope:send_back", "unit:read", "location:read"]
    if not Grant.objects.filter(person=house.ines, role_name="Top management").exists():
        Grant.objects.create(tenant=house.tenant, person=house.ines, words=words, role_name="Top management", started_at=now())
    return house.fresh(house.ines)
