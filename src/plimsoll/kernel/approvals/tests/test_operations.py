"""Decisions on records: steps, N of M, stand-ins, re-routing; computed at the decision, told in the trail."""

from datetime import timedelta

import pytest

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.approvals.models import Decision, StandIn
from plimsoll.kernel.approvals.operations import (
    Asked,
    ask,
    asked_of,
    current_step,
    decide,
    end_stand_in,
    keep_stand_in,
    reroute,
    state_of,
    withdraw,
)
from plimsoll.kernel.approvals.queries import visible_approvals
from plimsoll.kernel.approvals.stuck import stuck_for
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Share
from plimsoll.kernel.records.operations import MoveRefused, Refused, amend, move, open_record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import record_of
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.verify import verify
from tests.cast import House


def asked(house: House, *steps: Asked, **values: str):  # type: ignore[no-untyped-def]
    incident = house.incident("A new server for the ward")
    return ask(
        incident, question="May we stop it at noon?", steps=steps or (Asked("Lead", people=[house.dev]),), by=house.ines, channel="page", **values
    )


def test_one_yes_approves_and_makes_the_move(house: House) -> None:
    approval = asked(house, move_when_approved="cancel")
    decide(approval, is_yes=True, by=house.fresh(house.dev), channel="page", reason="Go ahead.")
    assert state_of(approval) == "approved"
    assert record_of(approval.card).state == "cancelled"
    told = list(Entry.objects.filter(card=approval.card).order_by("id").values_list("action", flat=True))
    assert told == ["open", "ask approval", "approve", "cancel"]
    assert verify().is_sound


def test_the_requester_never_approves_alone(house: House) -> None:
    with pytest.raises(Faulty, match="asked for themselves"):
        asked(house, Asked("Me", people=[house.ines]))
    approval = asked(house, Asked("Two of us", people=[house.ines, house.dev]))
    with pytest.raises(Refused, match="asked for themselves"):
        decide(approval, is_yes=True, by=house.fresh(house.ines), channel="page")
    assert Decision.objects.count() == 0
    assert state_of(approval) == ""


def test_a_no_needs_its_reason_and_ends_it(house: House) -> None:
    approval = asked(house)
    with pytest.raises(Faulty, match="Say why not"):
        decide(approval, is_yes=False, by=house.fresh(house.dev), channel="page")
    decide(approval, is_yes=False, by=house.fresh(house.dev), channel="page", reason="Month end.")
    assert state_of(approval) == "refused"
    assert record_of(approval.card).state == "new"


def test_steps_come_one_after_the_other_and_each_needs_its_number(house: House) -> None:
    approval = asked(
        house, Asked("Two of three", needed=2, people=[house.dev, house.ruth, house.greta]), Asked("Then the customer", people=[house.maeve])
    )
    with pytest.raises(Refused, match="not among"):
        decide(approval, is_yes=True, by=house.fresh(house.maeve), channel="page")
    decide(approval, is_yes=True, by=house.fresh(house.dev), channel="page")
    assert current_step(approval).name == "Two of three"
    with pytest.raises(Refused, match="already decided"):
        decide(approval, is_yes=True, by=house.fresh(house.dev), channel="page")
    decide(approval, is_yes=True, by=house.fresh(house.greta), channel="page")
    assert current_step(approval).name == "Then the customer"
    decide(approval, is_yes=True, by=house.fresh(house.maeve), channel="page")
    assert state_of(approval) == "approved"


def test_whoever_is_asked_may_read_the_record_while_it_is_asked(house: House) -> None:
    incident = house.incident()
    nobody = house.fresh(house.nobody)
    Grant.objects.create(tenant=house.tenant, person=nobody, words=["incident:read@own"], role_name="Approver", started_at=now() - timedelta(hours=1))
    assert not may(house.fresh(nobody), "incident:read", incident)
    approval = ask(incident, question="Agreed?", steps=[Asked("Manager", people=[nobody])], by=house.ines, channel="page")
    assert may(house.fresh(nobody), "incident:read", incident)
    assert [a.pk for a in asked_of(house.fresh(nobody))] == [approval.pk]
    decide(approval, is_yes=True, by=house.fresh(nobody), channel="page")
    assert not may(house.fresh(nobody), "incident:read", incident), "the right ends with what gave it"


def test_a_stand_in_decides_within_their_days_only(house: House) -> None:
    approval = asked(house)
    ruth = house.fresh(house.ruth)
    keep_stand_in(
        person=house.dev,
        stand_in=ruth,
        started_at=now() + timedelta(days=1),
        ended_at=now() + timedelta(days=3),
        by=house.fresh(house.dev),
        channel="page",
    )
    with pytest.raises(Refused):
        decide(approval, is_yes=True, by=ruth, channel="page", for_person=house.dev)
    keep_stand_in(
        person=house.dev,
        stand_in=ruth,
        started_at=now() - timedelta(days=1),
        ended_at=now() + timedelta(days=1),
        by=house.fresh(house.dev),
        channel="page",
    )
    decide(approval, is_yes=True, by=ruth, channel="page")
    made = Decision.objects.get()
    assert (made.person, made.for_person, made.authority["stand_in_for"]) == (house.ruth, house.dev, house.dev.pk)


def test_a_stand_in_that_is_ended_decides_and_sees_no_more_but_where_another_is_asked_too(house: House) -> None:
    alone, both = asked(house), asked(house, Asked("Either", people=[house.dev, house.ines]))
    days = {"started_at": now() - timedelta(days=1), "ended_at": now() + timedelta(days=2), "channel": "page"}
    for_ines = {**days, "ended_at": now() + timedelta(days=1)}
    keep_stand_in(person=house.ines, stand_in=house.nobody, by=house.fresh(house.ines), **for_ines)
    row = keep_stand_in(person=house.dev, stand_in=house.nobody, by=house.fresh(house.dev), **days)
    assert {a.pk for a in asked_of(house.fresh(house.nobody))} == {alone.pk, both.pk}
    with pytest.raises(Refused):
        end_stand_in(row, by=house.fresh(house.aoife), channel="page")
    end_stand_in(row, by=house.fresh(house.dev), channel="page")
    end_stand_in(row, by=house.fresh(house.dev), channel="page")  # again changes nothing
    assert [a.pk for a in asked_of(house.fresh(house.nobody))] == [both.pk]
    sights = dict(Share.objects.filter(person=house.nobody, why="approver").values_list("card_id", "until"))
    assert sights[alone.card_id] < now() and sights[both.card_id] == for_ines["ended_at"]
    later = keep_stand_in(person=house.dev, stand_in=house.nobody, by=house.fresh(house.dev), **days | {"started_at": now() + timedelta(days=1)})
    end_stand_in(later, by=house.fresh(house.dev), channel="page")
    assert not StandIn.objects.filter(pk=later.pk).exists(), "one that never began is not there"


def test_who_may_decide_is_computed_at_the_decision(house: House) -> None:
    approval = asked(house, Asked("Whoever may close", word="incident:close"))
    Grant.objects.filter(person=house.dev).update(ended_at=now())
    with pytest.raises(Refused, match="not among"):
        decide(approval, is_yes=True, by=house.fresh(house.dev), channel="page")
    decide(approval, is_yes=True, by=house.fresh(house.ruth), channel="page")
    assert Decision.objects.get().authority["grants"][0]["role"] == "SMS manager"


def test_a_step_whose_holder_lost_the_authority_is_found_and_rerouted(house: House) -> None:
    approval = asked(house)
    type(house.dev).objects.filter(pk=house.dev.pk).update(is_active=False)
    assert [(s.approval, s.step.name) for s in stuck_for(house.fresh(house.ines)).stuck] == [(approval, "Lead")]
    with pytest.raises(Faulty, match="not only whoever asked"):
        reroute(approval, people=[house.fresh(house.dev)], by=house.fresh(house.ines), channel="page", reason="Dev left.")
    reroute(approval, people=[house.ruth], by=house.fresh(house.ines), channel="page", reason="Dev left.")
    assert stuck_for(house.fresh(house.ines)).stuck == []
    decide(approval, is_yes=True, by=house.fresh(house.ruth), channel="page")
    assert "reroute approval" in Entry.objects.filter(card=approval.card).values_list("action", flat=True)


def test_a_question_that_nobody_can_answer_is_not_asked(house: House) -> None:
    for steps in (
        [Asked("None", people=[])],
        [Asked("Too many", needed=3, people=[house.dev, house.ruth])],
        [Asked("Other tenant", people=[house.mallory])],
        [],
    ):
        with pytest.raises(Faulty):
            ask(house.incident(), question="?", steps=steps, by=house.ines, channel="page")


def test_it_can_be_withdrawn_and_asked_again_but_not_twice_at_once(house: House) -> None:
    approval = asked(house)
    incident = record_of(approval.card)
    with pytest.raises(Faulty, match="already asked"):
        ask(incident, question="Again?", steps=[Asked("Lead", people=[house.dev])], by=house.ines, channel="page")
    approval = withdraw(approval, by=house.ines, channel="page", reason="Not needed.")
    with pytest.raises(MoveRefused):
        withdraw(approval, by=house.ines, channel="page", reason="Twice.")
    assert state_of(approval) == "withdrawn"
    ask(incident, question="Again?", steps=[Asked("Lead", people=[house.dev])], by=house.ines, channel="page")


def test_the_other_tenant_decides_nothing(house: House) -> None:
    approval = asked(house)
    with pytest.raises(Refused):
        decide(approval, is_yes=True, by=house.fresh(house.mallory), channel="page")
    assert asked_of(house.fresh(house.mallory)) == []


def test_the_last_yes_of_somebody_without_the_word_still_makes_the_move(house: House) -> None:
    approval = asked(house, Asked("Customer", people=[house.maeve]), move_when_approved="cancel")
    decide(approval, is_yes=True, by=house.fresh(house.maeve), channel="page", reason="Agreed by telephone.")
    assert record_of(approval.card).state == "cancelled"
    assert Entry.objects.filter(card=approval.card, action="cancel").get().actor.kind == "system"
    assert type_named("incident").kind == "incident"


def test_asking_lends_nobody_a_move(house: House) -> None:
    incident = house.incident()
    amend(incident, by=house.ines, channel="page", team=house.field)
    asking = {"question": "May it go?", "by": house.fresh(house.sam), "channel": "page"}
    for moves in ({"move_when_approved": "cancel"}, {"move_when_refused": "cancel"}):
        with pytest.raises(Refused, match="can't follow"):
            ask(incident, steps=[Asked("A colleague", people=[house.dev])], **asking, **moves)
    first_a_colleague = [Asked("A colleague", people=[house.maeve]), Asked("Who may", word="incident:cancel")]
    with pytest.raises(Refused, match="can't follow"):
        ask(incident, steps=first_a_colleague, **asking, move_when_refused="cancel")
    approval = ask(incident, steps=first_a_colleague, **asking, move_when_approved="cancel")
    decide(approval, is_yes=True, by=house.fresh(house.maeve), channel="page")
    decide(approval, is_yes=True, by=house.fresh(house.dev), channel="page")
    assert Entry.objects.get(card=approval.card, action="cancel").actor_id == house.dev.pk


def test_naming_others_lends_nobody_a_move_either(house: House) -> None:
    incident = house.incident()
    amend(incident, by=house.ines, channel="page", team=house.field)
    approval = ask(
        incident, question="May it go?", steps=[Asked("Lead", people=[house.dev])], by=house.ines, channel="page", move_when_approved="cancel"
    )
    with pytest.raises(Refused, match="can't follow"):
        reroute(approval, people=[house.maeve], by=house.fresh(house.sam), channel="page", reason="On leave.")


def test_a_role_is_given_to_oneself_by_no_decision(house: House) -> None:
    role = open_record(type_named("role"), by=house.ruth, channel="page", title="All of it", words=["*:*"])
    move(role, "put_in_force", by=house.ruth, channel="page")
    for holder, by in ((house.ines, house.ruth), (house.ruth, house.dev)):
        Grant.objects.filter(person=holder).update(words=["assignment:*", "role:*", "incident:*"])
        assignment = open_record(type_named("assignment"), by=house.fresh(holder), channel="page", role=role, person=holder)
        Grant.objects.filter(person=by).update(words=["assignment:read"])
        approval = ask(
            assignment,
            question="May I?",
            steps=[Asked("A colleague", people=[by])],
            by=house.fresh(holder),
            channel="page",
            move_when_approved="approve",
        )
        with pytest.raises(MoveRefused, match="to themselves"):
            decide(approval, is_yes=True, by=house.fresh(by), channel="page")
        assert not Grant.objects.filter(person=holder, role_name="All of it").exists()


def test_people_outside_take_back_only_what_they_asked(house: House) -> None:
    incident = house.incident()
    amend(incident, by=house.ines, channel="page", team=house.field)
    approval = ask(incident, question="Among ourselves?", steps=[Asked("Lead", people=[house.dev])], by=house.ines, channel="page")
    assert visible_approvals(incident, house.fresh(house.sam), inside=False) == []
    with pytest.raises(Refused):
        withdraw(approval, by=house.fresh(house.sam), channel="page", reason="No.")
    withdraw(approval, by=house.fresh(house.dev), channel="page", reason="Not needed.")
    own = ask(incident, question="May we come at noon?", steps=[Asked("Lead", people=[house.dev])], by=house.fresh(house.sam), channel="page")
    assert visible_approvals(incident, house.fresh(house.sam), inside=False) == [own]
    assert withdraw(own, by=house.fresh(house.sam), channel="page", reason="Done by telephone.").withdrawn_at
