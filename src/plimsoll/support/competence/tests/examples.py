"""What tests of competence have in common: a role that is held, what it needs, and what somebody can show."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.operations import give_role
from tests.cast import House

OWN = ["qualification:read@own", "awarenessstatement:read@own", "competence:read", "competence:internal"]


def today(house: House) -> date:
    return day_of(house.tenant, now())


def ahead(house: House, days: int) -> date:
    return today(house) + timedelta(days=days)


def held(house: House, title: str, *people: Person, words: list[str] | None = None, **values: Any) -> Any:
    """A role in force, held by some people."""
    made = open_record(type_named("role"), by=house.ruth, channel="page", title=title, words=words or ["incident:read"], **values)
    role: Any = move(made, "put_in_force", by=house.ruth, channel="page")
    for person in people:
        give_role(role=role, person=person, by=house.ruth, channel="page")
    return role


def competence(house: House, role: Any, title: str = "Classify", **values: Any) -> Any:
    """A competence that is approved, by Ruth, in a role that she holds for it."""
    defining = values.pop("approver_role", None)
    if defining is None:
        defining = held(house, f"Defines {title}", house.dev, words=["competence:*"])
    given = {"description": "What it takes.", "role": role, "approver_role": defining, "level": 2, **values}
    made = open_record(type_named("competence"), by=house.ruth, channel="page", title=title, **given)
    return move(made, "approve", by=house.fresh(house.dev), channel="page")


def shows(house: House, person: Person, what: Any, level: int = 2, **values: Any) -> Any:
    """A qualification of somebody, checked by Ruth."""
    given = {"proof": "skills", "basis": "Passed the test.", "obtained_on": ahead(house, -30), **values}
    made = open_record(
        type_named("qualification"), by=house.ruth, channel="page", title=what.title, person=person, competence=what, level=level, **given
    )
    return move(made, "verify", by=house.ruth, channel="page")
