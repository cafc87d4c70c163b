"""Processes with their parts, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from plimsoll.context.parts.operations import add_part
from plimsoll.context.processes.models import Process
from plimsoll.context.processes.parts import ACTIVITIES, DUTIES, FACTORS, FLOWS, INTERFACES
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role
from tests.cast import House

SOON = date(2031, 1, 1)


def role(house: House, title: str, *, held: bool = True) -> Role:
    """A role in force, held by Dev."""
    found = Role.objects.filter(tenant=house.tenant, title=title).first()
    if found is not None:
        return found
    made = open_record(type_named("role"), by=house.ruth, channel="page", title=title, words=["incident:read"])
    ready = move(made, "put_in_force", by=house.ruth, channel="page")
    assert isinstance(ready, Role)
    if held:
        give_role(role=ready, person=house.dev, by=house.ruth, channel="page")
    return ready


def process(house: House, title: str = "Incident management", *, is_whole: bool = True, is_in_force: bool = False, **values: Any) -> Process:
    """A draft by Ruth; whole with two activities, or in force."""
    given: dict[str, Any] = {}
    if is_whole:
        given = {
            "purpose": f"Why there is {title}.",
            "covers": "All of it.",
            "clauses": "8.6.1",
            "stage": "operation",
            "owner_role": role(house, "Process owner"),
            "manager_role": role(house, "Incident manager"),
            "people": "Three",
            "tools": "This system",
            "information": "Articles",
            "money": "None",
            "kinds": "incident",
            "review_on": SOON,
        }
    made = open_record(type_named("process"), by=house.ruth, channel="page", title=title, **{**given, **values})
    assert isinstance(made, Process)
    if is_whole:
        for name in ("Record", "Close"):
            activity = part(house, ACTIVITIES, made, name=name)
            part(house, DUTIES, made, activity=activity, role=given["owner_role"], letter="A")
        part(house, FACTORS, made, name="Fast", indicator="incident_volume", target="95 %", threshold="90 %")
    if not is_in_force:
        return made
    ready = move(made, "put_in_force", by=house.ruth, channel="page")
    assert isinstance(ready, Process)
    return ready


def part(house: House, part_type: Any, record: Any, **values: Any) -> Any:
    return add_part(part_type, record, values, by=house.ruth, channel="page")


def passes(house: House, one: Process, other: Process, what: str = "A notice", **values: Any) -> Any:
    return part(house, INTERFACES, one, to=other, information=what, **values)


def flow(house: House, one: Process, direction: str, what: str, outside: str = "") -> Any:
    return part(house, FLOWS, one, direction=direction, name=what, outside=outside)
