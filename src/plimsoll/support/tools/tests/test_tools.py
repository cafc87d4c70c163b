"""Tools with a database: this product enters itself, findings, and what documents print."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, Refused, amend, move, open_record
from plimsoll.kernel.records.sources import day_of
from plimsoll.support.tools.operations import register_this_product
from plimsoll.support.tools.queries import faults_of
from tests.cast import House
from tests.filling import cells, many, queries_and_seconds, value_of

pytestmark = pytest.mark.django_db


def tool(house: House, title: str, purpose: str = "records", **values: Any) -> Any:
    given = {"owner": house.ruth, "data_held": "Records", "backup": "Nightly", "validated_on": day_of(house.tenant, now()), **values}
    made = open_record(type_named("tool"), by=house.ruth, channel="page", title=title, purpose=purpose, **given)
    return move(made, "take_into_use", by=house.ruth, channel="page")


def test_s_083_no_tool_at_all_is_a_finding(house: House) -> None:
    (found,) = faults_of(house.tenant)
    assert (found.rule.key, found.source) == ("no_tools", None)
    tool(house, "Desk")
    assert faults_of(house.tenant) == []


def test_s_083_a_tool_that_was_not_validated_within_a_year_is_a_finding(house: House) -> None:
    made = tool(house, "Desk", validated_on=day_of(house.tenant, now()) - timedelta(days=366))
    assert [f.rule.key for f in faults_of(house.tenant)] == ["tool_not_validated"]
    move(made, "validate", by=house.ruth, channel="page", fields={"validated_on": day_of(house.tenant, now())}, note="Went through the checklist.")
    assert faults_of(house.tenant) == []
    amend(made, by=house.ruth, channel="page", backup="", validated_on=None)
    assert [f.rule.key for f in faults_of(house.tenant)] == ["tool_incomplete", "tool_not_validated"]


def test_s_083_this_product_enters_itself_when_it_is_wanted(house: House) -> None:
    made = register_this_product(by=house.ruth, channel="page")
    assert (made.title, made.state, made.purpose, made.owner) == ("Plimsoll", "in_use", "records", house.ruth)
    assert [f.rule.key for f in faults_of(house.tenant)] == ["tool_not_validated"], "whoever uses it says when it was tried"
    with pytest.raises(Refused):
        register_this_product(by=house.aoife, channel="page")


def test_a_tool_is_not_taken_into_use_before_it_is_answered_for(house: House) -> None:
    made = open_record(type_named("tool"), by=house.ruth, channel="page", title="Desk")
    with pytest.raises(MoveRefused) as refused:
        move(made, "take_into_use", by=house.ruth, channel="page")
    assert {fault.field for fault in refused.value.faults} == {"owner", "data_held", "backup"}


def test_f_29_names_the_tools_in_use_by_purpose(house: House) -> None:
    """F-29: four blanks, one per purpose; what is planned or retired stays out."""
    for name in ("tools.records", "tools.events", "tools.documents", "tools.other", "tools.register"):
        assert value_of(name, house.tenant).is_empty, name
    tool(house, "Plimsoll")
    tool(house, "Desk")
    tool(house, "Watcher", "events")
    tool(house, "Shelf", "documents")
    tool(house, "Lathe", "other")
    move(tool(house, "Old watcher", "events"), "retire", by=house.ruth, channel="page", note="Replaced.")
    open_record(type_named("tool"), by=house.ruth, channel="page", title="New shelf", purpose="documents")
    assert [value_of(f"tools.{p}", house.tenant).text for p in ("records", "events", "documents")] == ["Desk, Plimsoll", "Watcher", "Shelf"]
    assert [s.label.partition(" ")[2] for s in value_of("tools.records", house.tenant).all_sources()] == ["Desk", "Plimsoll"]
    assert cells(value_of("tools.other", house.tenant)) == [("Lathe",)]
    register = value_of("tools.register", house.tenant)
    assert [row.cells[0] for row in register.rows] == ["Desk", "Plimsoll", "Watcher", "Shelf", "Lathe"]
    assert register.rows[0].cells[1] == "Records of service management"


def test_a_thousand_tools_are_read_as_one_is(house: House) -> None:
    many(house, type_named("tool"), 1000, "in_use", lambda i: {"purpose": "events", "owner": house.ruth, "backup": "Nightly"})
    taken, seconds = queries_and_seconds("tools.register", house.tenant)
    assert taken == 1
    assert seconds < 0.2, seconds
