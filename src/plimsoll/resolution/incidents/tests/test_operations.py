"""Incidents as people work on them: priorities, routing, parents, reopening, closing by time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.operations import MoveRefused, Refused, amend, move
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.incidents.models import AssignmentRule, Category, Incident
from plimsoll.resolution.incidents.operations import (
    add_child,
    close_the_confirmed,
    keep_assignment_rule,
    keep_category,
    keep_priority_cell,
    reopen_or_follow,
    resolve_with_children,
)
from plimsoll.resolution.incidents.queries import matching, matrix_of, overridden_share, routes_of
from plimsoll.resolution.incidents.rules import Route
from tests.contracts import signed_in

HOW = {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "Changed the cable."}


def worked_on(house: Any, title: str = "Wi-Fi gone", **values: Any) -> Incident:
    """An incident in progress with Ines."""
    made = house.incident(title, service=values.pop("service", None) or house.service(), classification=house.category, impact=2, urgency=2, **values)
    made = move(made, "assign", by=house.ines, channel="page", fields={"owner": house.ines})
    return move(made, "start", by=house.ines, channel="page")  # type: ignore[return-value]


def resolved(house: Any, **values: Any) -> Incident:
    return move(worked_on(house, **values), "resolve", by=house.ines, channel="page", fields=HOW, note="Swapped it.")


def explained(record: Incident, name: str) -> str:
    return type_named("incident").behaviour.explain(record, name)


# -- priority


def test_priority_follows_the_matrix_and_the_service_may_have_its_own(house: Any) -> None:
    service = house.service()
    keep_priority_cell(by=house.ruth, channel="page", impact=2, urgency=2, priority=1, service=service)
    assert house.incident(impact=2, urgency=2).priority == 3
    ours = house.incident(impact=2, urgency=2, service=service, by=house.fresh(house.ines))
    assert ours.priority == 1
    keep_priority_cell(by=house.ruth, channel="page", impact=2, urgency=2, priority=None, service=service)
    assert matrix_of(house.ruth.tenant, service.pk)[2, 2] == 3
    assert Entry.objects.filter(kind="priority_rule").count() == 2


def test_a_priority_by_hand_needs_its_reason_when_opened_and_when_amended(house: Any) -> None:
    with pytest.raises(Faulty, match="reason"):
        house.incident(impact=2, urgency=2, priority=1)
    made = house.incident(impact=2, urgency=2)
    with pytest.raises(Faulty, match="reason"):
        amend(made, by=house.ines, channel="page", priority=1)
    assert Incident.objects.get(pk=made.pk).priority == 3
    made = amend(made, by=house.ines, channel="page", priority=1, priority_reason="Minister visits")
    assert made.is_priority_overridden and explained(made, "priority") == "Set by hand: Minister visits"
    made = amend(made, by=house.ines, channel="page", impact=3)
    assert made.priority == 1, "what a hand set stays"
    made = amend(made, by=house.ines, channel="page", priority=None)
    assert (made.priority, made.is_priority_overridden, made.priority_reason) == (4, False, "")
    moment = now()
    assert (overridden_share(house.tenant, moment - timedelta(days=1), moment).part, overridden_share(house.tenant, moment, moment).value) == (
        0,
        None,
    )


def test_overridden_priorities_are_counted(house: Any) -> None:
    house.incident(impact=2, urgency=2, priority=1, priority_reason="Minister visits")
    house.incident(impact=2, urgency=2)
    house.incident()
    share = overridden_share(house.tenant, now() - timedelta(days=1), now() + timedelta(seconds=1))
    assert (share.part, share.whole, share.value) == (1, 2, 0.5)


# -- routing


def test_a_rule_gives_the_team_and_says_so(house: Any) -> None:
    radio = keep_category(by=house.ruth, channel="page", name="Wireless", parent=house.category)
    keep_assignment_rule(by=house.ruth, channel="page", name="Network things", category=house.category, team=house.network)
    keep_assignment_rule(by=house.ruth, channel="page", name="Strand's", organization=house.strand_housing, team=house.desk)
    ines = house.fresh(house.ines)
    made = house.incident(classification=radio, by=ines)
    assert made.team == house.network
    assert explained(made, "team") == "The assignment rule “Network things” gives it to this team."
    strands = house.incident(organization=house.strand_housing, requester=house.strand, by=ines)
    assert strands.team == house.desk, "a rule for a customer holds too"
    byhand = house.incident(classification=radio, team=house.desk, by=ines)
    assert byhand.team == house.desk and "would give it to Network" in explained(byhand, "team")
    assert explained(house.incident(by=ines), "team") == "No assignment rule holds for it."


def test_a_rule_helps_at_triage_while_nobody_has_it_and_never_takes_it_from_somebody(house: Any) -> None:
    keep_assignment_rule(by=house.ruth, channel="page", name="Network things", category=house.category, team=house.network)
    ines = house.fresh(house.ines)
    made = amend(house.incident(by=ines), by=ines, channel="page", classification=house.category)
    assert made.team == house.network and made.reassignment_count == 0
    theirs = amend(house.incident(team=house.desk, by=ines), by=ines, channel="page", classification=house.category)
    assert theirs.team == house.desk


def test_handovers_are_counted_between_takers_only(house: Any) -> None:
    made = house.incident()
    made = amend(made, by=house.ines, channel="page", team=house.desk)
    assert made.reassignment_count == 0
    made = amend(made, by=house.ines, channel="page", team=house.network, owner=house.dev)
    assert made.reassignment_count == 1
    made = amend(made, by=house.ines, channel="page", owner=None)
    assert made.reassignment_count == 1
    made = amend(made, by=house.ines, channel="page", team=house.network)
    assert made.reassignment_count == 1


def test_a_rule_is_tried_on_what_came_in_lately(house: Any) -> None:
    there = house.incident(classification=house.category)
    house.incident()
    route = Route("try", 0, categories=frozenset({house.category.pk}))
    assert matching(Incident.objects.filter(tenant=house.tenant), route, now() - timedelta(days=30)) == ([there], False)


def test_keeping_needs_the_word_and_stands_in_the_trail(house: Any) -> None:
    before = Entry.objects.count()
    for write in (
        lambda: keep_category(by=house.ines, channel="page", name="New"),
        lambda: keep_priority_cell(by=house.ines, channel="page", impact=1, urgency=1, priority=2),
        lambda: keep_assignment_rule(by=house.ines, channel="page", name="x", team=house.desk),
    ):
        with pytest.raises(Refused):
            write()
    assert Entry.objects.count() == before and AssignmentRule.objects.count() == 0
    rule = keep_assignment_rule(by=house.ruth, channel="page", name="x", team=house.desk)
    version = house.fresh(house.ruth).tenant.settings_version
    keep_assignment_rule(by=house.ruth, channel="page", rule=rule, name="y", team=house.desk, is_active=False)
    assert house.fresh(house.ruth).tenant.settings_version == version + 1
    assert routes_of(house.fresh(house.ruth).tenant) == ()
    assert Entry.objects.filter(kind="assignment_rule").count() == 2


def test_a_renamed_category_takes_its_branches_along_and_one_out_of_use_is_not_chosen(house: Any) -> None:
    radio = keep_category(by=house.ruth, channel="page", name="Wireless", parent=house.category)
    guest = keep_category(by=house.ruth, channel="page", name="Guests", parent=radio)
    keep_category(by=house.ruth, channel="page", category=house.category, name="Networks")
    assert Category.objects.get(pk=guest.pk).path == "Networks / Wireless / Guests"
    with pytest.raises(Faulty, match="already"):
        keep_category(by=house.ruth, channel="page", name="wireless".capitalize(), parent=house.category)
    with pytest.raises(Faulty, match="parts the branches"):
        keep_category(by=house.ruth, channel="page", name="a / b")
    old = house.incident(classification=radio)
    keep_category(by=house.ruth, channel="page", category=radio, is_active=False)
    assert not Category.objects.get(pk=guest.pk).is_active
    with pytest.raises(Faulty, match="no longer in use"):
        house.incident(classification=guest.pk)
    assert amend(old, by=house.ines, channel="page", title="Still fine").title == "Still fine"


# -- parents and children


def test_a_parent_is_resolved_with_its_children_and_closes_them(house: Any) -> None:
    parent, running, fresh_one = worked_on(house), worked_on(house), house.incident("New one")
    done = resolved(house)
    for child in (running, fresh_one, done):
        add_child(parent, child, by=house.ines, channel="page")
    with pytest.raises(MoveRefused, match="Resolving needs"):
        resolve_with_children(parent, by=house.ines, channel="page", fields={}, note="")
    assert Incident.objects.get(pk=running.pk).state == "in_progress"
    parent, results = resolve_with_children(parent, by=house.ines, channel="page", fields=HOW, note="Done.")
    assert [(r.reference, r.reasons) for r in results] == [(running.reference, ()), (fresh_one.reference, ())]
    child = Incident.objects.get(pk=fresh_one.pk)
    assert (child.state, child.cause_code, child.owner) == ("resolved", "cable", house.ines)
    assert [e.action for e in Entry.objects.filter(card=child.pk).order_by("position")] == ["open", "link", "assign", "start", "resolve"]
    last = Entry.objects.filter(card=child.pk).order_by("-position")[0]
    assert parent.reference in last.detail.values["note"][1]
    move(parent, "close", by=house.ines, channel="page")
    assert set(Incident.objects.filter(pk__in=[running.pk, fresh_one.pk, done.pk]).values_list("state", flat=True)) == {"closed"}
    assert Entry.objects.filter(card=child.pk, action="close").get().channel == "rule"


def test_a_child_that_cant_be_resolved_stays_and_says_why(house: Any) -> None:
    parent = worked_on(house)
    urgent = house.incident("Urgent", service=house.service("Other"), classification=house.category, impact=1, urgency=1)
    add_child(parent, urgent, by=house.ines, channel="page")
    _parent, results = resolve_with_children(parent, by=house.ines, channel="page", fields=HOW, note="Done.")
    assert "name the item" in " ".join(results[0].reasons)
    assert Incident.objects.get(pk=urgent.pk).state == "new", "not left half-way"
    assert not Entry.objects.filter(card=urgent.pk, action="assign").exists()
    with pytest.raises(MoveRefused, match="still open"):
        move(_parent, "close", by=house.ines, channel="page")


def test_a_field_that_resolved_ones_need_is_asked_with_the_children_and_given_to_them(house: Any) -> None:
    define_custom_field(
        tenant=house.tenant, kind="incident", name="why_so", label="Why so", type="text", by=house.ruth, channel="page", required_in=["resolved"]
    )
    parent, child = worked_on(house), house.incident("b")
    add_child(parent, child, by=house.ines, channel="page")
    client, here = signed_in(house.fresh(house.ines)), f"/incidents/{parent.number}/resolve-with-children/"
    assert 'name="extra.why_so"' in client.get(here).content.decode()
    answer = client.post(here, HOW | {"resolution_code": "restored", "cause_code": "hardware", "note": "Replaced", "extra.why_so": "Rats"})
    assert answer.status_code == 200, answer.content.decode()
    assert [(i.state, i.extra) for i in Incident.objects.filter(pk__in=(parent.pk, child.pk))] == [("resolved", {"why_so": "Rats"})] * 2


def test_a_child_has_one_parent_and_nobody_is_their_own_ancestor(house: Any) -> None:
    top, middle, low = house.incident("a"), house.incident("b"), house.incident("c")
    add_child(top, middle, by=house.ines, channel="page")
    add_child(middle, low, by=house.ines, channel="page")
    with pytest.raises(Faulty, match="stands above"):
        add_child(low, top, by=house.ines, channel="page")
    with pytest.raises(Faulty, match="already a child"):
        add_child(top, low, by=house.ines, channel="page")
    client = signed_in(house.ines)
    for above, below, why in ((low, top, "stands above"), (top, low, "already a child")):  # nor round the family's page
        answer = client.post(f"/incidents/{above.number}/links/", {"meaning": "parent of", "target": below.reference})
        assert answer.status_code == 422 and why in answer.content.decode()
    assert Link.objects.filter(meaning="parent of").count() == 2


# -- reopening and closing


def test_reopening_clears_what_was_said_at_resolving(house: Any) -> None:
    done = resolved(house)
    assert done.resolved_at is not None
    again, sentence = reopen_or_follow(done, by=house.ines, channel="page", note="Gone again")
    assert (again.state, again.resolved_at, again.resolution_note, again.reopen_count) == ("in_progress", None, "", 1)
    assert sentence == f"{done.reference} is open again."
    with pytest.raises(MoveRefused, match="Resolving needs"):
        move(again, "resolve", by=house.ines, channel="page")


def test_too_late_for_reopening_a_new_one_follows_also_for_the_customer(house: Any) -> None:
    keep_setting(house.tenant, "incident_reopen_days", 2, by=house.ruth, channel="page")
    long_ago = now() - timedelta(days=3)
    done = move(worked_on(house), "resolve", by=house.fresh(house.ines), channel="page", fields=HOW, note="Swapped.", at=long_ago)
    aoife = house.fresh(house.aoife)
    with pytest.raises(Refused):
        amend(done, by=aoife, channel="portal", title="x")
    made, sentence = reopen_or_follow(done, by=aoife, channel="portal", note="It is gone again")
    assert made.pk != done.pk and made.state == "new" and made.requester == house.aoife
    assert sentence == f"{done.reference} ended more than 2 days ago. {made.reference} was opened instead and follows it."
    assert Link.objects.get(source=made.pk).meaning == "follows"
    assert may(aoife, "incident:read", made)


def test_resolved_ones_close_by_themselves_after_some_days(house: Any) -> None:
    moment = now()
    old = move(worked_on(house), "resolve", by=house.ines, channel="page", fields=HOW, note="Swapped.", at=moment - timedelta(days=12))
    recent = resolved(house)
    parent = move(worked_on(house), "resolve", by=house.ines, channel="page", fields=HOW, note="Swapped.", at=moment - timedelta(days=13))
    add_child(parent, worked_on(house), by=house.ines, channel="page")
    assert close_the_confirmed(house.tenant) == (1, 1)
    assert Incident.objects.get(pk=old.pk).state == "closed"
    assert {Incident.objects.get(pk=i.pk).state for i in (recent, parent)} == {"resolved"}
    entry = Entry.objects.get(card=old.pk, action="close")
    assert (entry.channel, entry.actor) == ("task", house.system)
    keep_setting(house.tenant, "incident_close_days", 0, by=house.ruth, channel="page")
    assert close_the_confirmed(house.tenant, moment + timedelta(days=99)) == (0, 0)


def test_the_requester_confirms_their_own_and_nobody_elses(house: Any) -> None:
    done = resolved(house)
    with pytest.raises(Refused):
        move(done, "confirm", by=house.fresh(house.strand), channel="portal")
    closed = move(done, "confirm", by=house.fresh(house.aoife), channel="portal")
    assert (closed.state, closed.confirmed_by_requester) == ("closed", True)
