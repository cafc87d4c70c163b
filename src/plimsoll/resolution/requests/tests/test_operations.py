"""Ordering and what follows: approvals in every combination, tasks in their turn, accesses that end, orders that recur."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import asked_of, current_step, decide, keep_stand_in
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Comment, Link
from plimsoll.kernel.records.operations import MoveRefused, Refused, amend, move
from plimsoll.kernel.targets.models import Clock
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.requests.accesses import end_what_is_over, proceed_access, revoke_of_leaver
from plimsoll.resolution.requests.models import AccessRight, FrozenPlan, FulfilmentTask, Occurrence, Recurrence, Request
from plimsoll.resolution.requests.operations import (
    close_the_fulfilled,
    draft_plan,
    entitle,
    keep_deciders,
    order,
    proceed,
    put_in_force,
    request_instead,
)
from plimsoll.resolution.requests.plan import Comparison, Condition, Field, Plan, Step, TaskPlan
from plimsoll.resolution.requests.queries import orderable
from plimsoll.resolution.requests.recurring import end_recurrence, keep_recurrence, pause_recurrence, place_due
from tests.cast import House, time_passed

ALWAYS = {"timezone": "Europe/London", "week": {d: [["00:00", "24:00"]] for d in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}


def fresh(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


def person_of(house: House, name: str, words: list[str] | None = None) -> Person:
    """One more of our people, who approves."""
    made = Person(tenant=house.tenant, organization=house.provider, name=name, email=f"{name}@northmere.example")
    made.set_unusable_password()
    made.save()
    return made


# --- Ordering ---------------------------------------------------------------------------------------------------


def test_what_needs_nothing_of_anybody_is_fulfilled_at_once_and_counts_as_automated(house: House) -> None:
    made = order(house.offered(), {}, by=house.fresh(house.aoife), channel="portal")
    assert (made.state, made.title, made.priority) == ("fulfilled", "Guest Wi-Fi", 4)
    assert made.requester_id == house.aoife.pk
    assert not FulfilmentTask.objects.filter(request=made).exists()


def test_an_order_with_wrong_answers_names_each_field_and_writes_nothing(house: House) -> None:
    model = house.offered(plan=Plan(fields=(Field("size", "Size", "number", is_required=True), Field("colour", "Colour", is_required=True))))
    with pytest.raises(Faulty) as refused:
        order(model, {"size": "big"}, by=house.fresh(house.aoife), channel="portal")
    assert [f.field for f in refused.value.faults] == ["answers.size", "answers.colour"]
    assert not Request.objects.exists()


def test_only_those_who_are_named_see_and_order_it(house: House) -> None:
    model = house.offered(everybody=False)
    entitle(model, organization=house.brannock, by=house.ruth, channel="page")
    move(model, "offer", by=house.ruth, channel="page")
    aoife, strand = house.fresh(house.aoife), house.fresh(house.strand)
    assert [o.model.pk for o in orderable(aoife)] == [model.pk]
    assert orderable(strand) == []
    order(fresh(model), {}, by=aoife, channel="portal")
    with pytest.raises(Faulty) as refused:
        order(fresh(model), {}, by=strand, channel="portal")
    assert refused.value.faults[0].field == "request_model"
    with pytest.raises(Faulty):
        order(fresh(model), {}, by=house.fresh(house.ines), channel="page", requester=strand)
    order(fresh(model), {}, by=house.fresh(house.ines), channel="page", requester=aoife)


def test_a_row_that_names_several_things_means_all_of_them(house: House) -> None:
    model = house.offered(everybody=False)
    entitle(model, organization=house.provider, team=house.network, by=house.ruth, channel="page")
    move(model, "offer", by=house.ruth, channel="page")
    assert orderable(house.fresh(house.dev))
    assert not orderable(house.fresh(house.ines))
    assert not orderable(house.fresh(house.aoife))


def test_a_request_keeps_the_version_and_the_answers_that_it_was_ordered_by(house: House) -> None:
    model = house.offered(plan=Plan(fields=(Field("a", "A"),)))
    made = order(model, {"a": "x"}, by=house.fresh(house.aoife), channel="portal")
    put_in_force(draft_plan(model, Plan(fields=(Field("b", "B", is_required=True),)), by=house.ruth, channel="page"), by=house.ruth, channel="page")
    assert (fresh(made).model_version.number, fresh(made).answers) == (1, {"a": "x"})
    with pytest.raises(Faulty):
        amend(made, by=house.fresh(house.ines), channel="page", answers={"a": "y"})
    version = fresh(made).model_version
    version.plan = {}
    with pytest.raises(FrozenPlan):
        version.save()
    with pytest.raises(FrozenPlan):
        version.delete()


def test_answers_are_concealed_in_the_trail(house: House) -> None:
    model = house.offered(plan=Plan(fields=(Field("a", "A"),)))
    made = order(model, {"a": "Quicksilver"}, by=house.fresh(house.aoife), channel="portal")
    entry = Entry.objects.get(card=made.pk, action="open")
    assert "Quicksilver" not in str(entry.changes)


# --- Approval: every combination ----------------------------------------------------------------------------------

PRICES = (500, 1000, 6000)


@pytest.fixture
def chain(house: House) -> dict[str, Any]:
    """A three-step approval: the customer's manager; two of three buyers from 1,000 on; the director, who has a stand-in, from 5,000 on."""
    people = {name: person_of(house, name) for name in ("b1", "b2", "b3", "director", "deputy")}
    people["manager"] = house.maeve
    keep_stand_in(
        person=people["director"],
        stand_in=people["deputy"],
        started_at=now() - timedelta(days=1),
        ended_at=now() + timedelta(days=9),
        by=house.fresh(house.ruth),
        channel="page",
    )
    plan = Plan(
        fields=(Field("price", "Price", "number", is_required=True),),
        steps=(
            Step("Your manager", is_line=True),
            Step("Purchase", people=tuple(people[n].pk for n in ("b1", "b2", "b3")), needed=2, at_least=Decimal(1000), amount="price"),
            Step("Director", people=(people["director"].pk,), at_least=Decimal(5000), amount="price"),
        ),
        tasks=(TaskPlan("buy", "Buy it", house.desk.pk),),
    )
    keep_deciders(house.brannock, [house.maeve], by=house.fresh(house.ruth), channel="page")
    return {"model": house.offered("New laptop", plan), "people": people}


def ways() -> list[tuple[int, tuple[str, ...], tuple[str, ...], str]]:
    """(price, answers of the manager and the three buyers, who answers for the director and how, result).

    `y` yes, `n` no, `-` no answer. Buyers answer in their order until the step is decided.
    """
    found = []
    for price, manager, b1, b2, b3, director in itertools.product(PRICES, "yn-", "yn-", "yn-", "yn-", ("y", "n", "-", "sy", "sn")):
        if price < 1000 and (b1, b2, b3) != ("-", "-", "-"):
            continue
        if price < 5000 and director != "-":
            continue
        found.append((price, (manager, b1, b2, b3), (director,), expected(price, manager, (b1, b2, b3), director)))
    return found


def expected(price: int, manager: str, buyers: tuple[str, ...], director: str) -> str:
    """What must come of it, said once more in the plainest way."""
    if manager != "y":
        return "rejected" if manager == "n" else "open"
    if price >= 1000:
        yes = 0
        for answer in buyers:
            if yes == 2:
                break
            if answer == "n":
                return "rejected"
            yes += answer == "y"
        if yes < 2:
            return "open"
    if price >= 5000:
        return {"y": "approved", "sy": "approved", "n": "rejected", "sn": "rejected", "-": "open"}[director]
    return "approved"


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.once
def test_every_combination_of_answers_of_a_three_step_approval(house: House, chain: dict[str, Any], price: int) -> None:
    """2 of 3, a threshold, a stand-in: the state of the request is what the decisions say, and nothing else is stored."""
    people = chain["people"]
    counted = 0
    for amount, (manager, *buyers), (director,), result in ways():
        if amount != price:
            continue
        counted += 1
        with transaction.atomic():
            made = order(chain["model"], {"price": price}, by=house.fresh(house.aoife), channel="portal")
            assert made.state == "awaiting_approval"
            approval = Approval.objects.get(card=made.pk)
            for who, answer in [("manager", manager), *zip(("b1", "b2", "b3"), buyers, strict=True), ("director", director)]:
                by = people["deputy"] if answer.startswith("s") else people[who]
                said = answer[-1]
                if said == "-" or who not in {p.name if p.pk != house.maeve.pk else "manager" for p in _asked_now(approval)}:
                    continue
                decide(approval, is_yes=said == "y", by=house.fresh(by), channel="page", reason="Because.")
            state = fresh(made).state
            assert {"awaiting_approval": "open", "approved": "approved", "rejected": "rejected"}[state] == result, (price, manager, buyers, director)
            with pytest.raises((MoveRefused, Refused)):
                move(fresh(made), "approve" if result != "approved" else "reject", by=house.fresh(house.ruth), channel="page", note="By hand.")
            transaction.set_rollback(True)
    assert counted == {500: 3, 1000: 81, 6000: 405}[price]


def _asked_now(approval: Approval) -> list[Person]:
    step = current_step(Approval.objects.get(pk=approval.pk))
    return [] if step is None else list(step.people.all())


def test_the_stand_in_reads_what_it_is_about_as_long_as_it_is_asked(house: House, chain: dict[str, Any]) -> None:
    made = order(chain["model"], {"price": 6000}, by=house.fresh(house.aoife), channel="portal")
    deputy = chain["people"]["deputy"]
    assert made.card.shares.filter(person=deputy, why="approver", until__gt=now()).exists()
    approval = Approval.objects.get(card=made.pk)
    for name in ("manager", "b1", "b3"):
        decide(approval, is_yes=True, by=house.fresh(chain["people"][name]), channel="page")
    assert [a.pk for a in asked_of(house.fresh(deputy))] == [approval.pk]
    decide(approval, is_yes=True, by=house.fresh(deputy), channel="page")
    assert fresh(made).state == "approved"
    assert not made.card.shares.filter(person=deputy, why="approver", until__gt=now()).exists()


def test_nobody_approves_what_was_ordered_for_them(house: House) -> None:
    model = house.offered(plan=Plan(steps=(Step("Lead", people=(house.ines.pk, house.dev.pk)),)))
    made = order(model, {}, by=house.fresh(house.ines), channel="page")
    approval = Approval.objects.get(card=made.pk)
    with pytest.raises(Refused):
        decide(approval, is_yes=True, by=house.fresh(house.ines), channel="page")
    decide(approval, is_yes=True, by=house.fresh(house.dev), channel="page")
    assert proceed(made).state == "fulfilled"


def test_an_approval_that_nobody_could_give_leaves_the_order_with_the_desk(house: House) -> None:
    model = house.offered(plan=Plan(steps=(Step("Your manager", is_line=True),)))
    made = order(model, {}, by=house.fresh(house.aoife), channel="portal")
    assert made.state == "submitted"
    assert "can't be asked" in Comment.objects.get(card=made.pk, is_public=False).text
    proceed(made)
    assert Comment.objects.filter(card=made.pk).count() == 1, "it is said once"
    keep_deciders(house.brannock, [house.maeve], by=house.fresh(house.ruth), channel="page")
    assert proceed(made).state == "awaiting_approval"


def test_cancelling_takes_the_question_and_the_tasks_back(house: House, chain: dict[str, Any]) -> None:
    made = order(chain["model"], {"price": 10}, by=house.fresh(house.aoife), channel="portal")
    move(made, "cancel", by=house.fresh(house.aoife), channel="portal", note="No longer needed.")
    assert Approval.objects.get(card=made.pk).withdrawn_at is not None
    second = order(chain["model"], {"price": 10}, by=house.fresh(house.aoife), channel="portal")
    decide(Approval.objects.get(card=second.pk), is_yes=True, by=house.fresh(house.maeve), channel="portal")
    proceed(second)
    move(fresh(second), "cancel", by=house.fresh(house.ines), channel="page", note="Double.")
    assert [t.state for t in FulfilmentTask.objects.filter(request=second)] == ["skipped"]


# --- Fulfilment ------------------------------------------------------------------------------------------------------


def two_teams(house: House) -> Plan:
    return Plan(
        fields=(Field("vpn", "VPN", "yes/no"),),
        tasks=(
            TaskPlan("buy", "Buy it", house.desk.pk, 1, timedelta(hours=4)),
            TaskPlan("vpn", "Give VPN", house.network.pk, 2, needed=Condition((Comparison("vpn", "is", "yes"),))),
            TaskPlan("hand", "Hand it over", house.desk.pk, 2),
        ),
        within=timedelta(hours=16),
        hours=ALWAYS,
        team=house.desk.pk,
    )


def done(request: Request, key: str, by: Person) -> None:
    move(FulfilmentTask.objects.get(request=request, plan_key=key), "complete", by=by, channel="page")
    proceed(request)


def test_tasks_open_in_their_turn_and_the_last_one_fulfils(house: House) -> None:
    made = order(house.offered(plan=two_teams(house)), {"vpn": True}, by=house.fresh(house.aoife), channel="portal")
    assert (made.state, made.team_id) == ("in_fulfilment", house.desk.pk)
    assert list(FulfilmentTask.objects.filter(request=made).values_list("plan_key", flat=True)) == ["buy"]
    with pytest.raises(MoveRefused) as refused:
        move(made, "fulfil", by=house.fresh(house.ines), channel="page")
    assert "1 of its tasks is still open" in str(refused.value)
    ines, dev = house.fresh(house.ines), house.fresh(house.dev)
    done(made, "buy", ines)
    assert set(FulfilmentTask.objects.filter(request=made, is_open=True).values_list("plan_key", flat=True)) == {"vpn", "hand"}
    done(made, "vpn", dev)
    assert fresh(made).state == "in_fulfilment"
    done(made, "hand", ines)
    assert fresh(made).state == "fulfilled"
    assert Notice.objects.filter(person=house.aoife, card=made.pk).exists()
    move(fresh(made), "confirm", by=house.fresh(house.aoife), channel="portal")
    assert fresh(made).confirmed_by_requester


def test_a_task_that_the_answers_do_not_need_is_not_opened(house: House) -> None:
    made = order(house.offered(plan=two_teams(house)), {"vpn": False}, by=house.fresh(house.aoife), channel="portal")
    done(made, "buy", house.fresh(house.ines))
    done(made, "hand", house.fresh(house.ines))
    assert fresh(made).state == "fulfilled"


def test_a_skipped_task_needs_a_reason_and_lets_the_rest_go_on(house: House) -> None:
    made = order(house.offered(plan=two_teams(house)), {}, by=house.fresh(house.aoife), channel="portal")
    task = FulfilmentTask.objects.get(request=made)
    with pytest.raises(MoveRefused):
        move(task, "skip", by=house.fresh(house.ines), channel="page")
    move(task, "skip", by=house.fresh(house.ines), channel="page", note="In stock.")
    proceed(made)
    assert FulfilmentTask.objects.filter(request=made, is_open=True).count() == 1


def test_an_instruction_whose_review_is_overdue_holds_the_fulfilment(house: House) -> None:
    model = house.offered(plan=Plan(tasks=(TaskPlan("a", "Do it", house.desk.pk),)))
    made = order(model, {}, by=house.fresh(house.aoife), channel="portal")
    time_passed(model, instruction_review_on=date(2026, 1, 1))
    done(made, "a", house.fresh(house.ines))
    assert fresh(made).state == "in_fulfilment"
    with pytest.raises(MoveRefused, match="review it first"):
        move(fresh(made), "fulfil", by=house.fresh(house.ines), channel="page")
    amend(model, by=house.ruth, channel="page", instruction_review_on=date(2036, 1, 1))
    assert proceed(made).state == "fulfilled"


def test_a_request_and_its_tasks_have_clocks(house: House) -> None:
    made = order(house.offered(plan=two_teams(house)), {}, by=house.fresh(house.aoife), channel="portal")
    clock = Clock.objects.get(card=made.pk)
    assert clock.within == timedelta(hours=16)
    assert fresh(made).due_at is not None
    assert abs(fresh(made).due_at - made.opened_at - timedelta(hours=16)) < timedelta(seconds=5)
    task = FulfilmentTask.objects.get(request=made)
    assert task.due_at is not None
    assert task.card.due_at == task.due_at


def test_what_was_fulfilled_long_enough_ago_closes_by_itself(house: House) -> None:
    made = order(house.offered(), {}, by=house.fresh(house.aoife), channel="portal")
    assert close_the_fulfilled(house.tenant) == (0, 0)
    assert close_the_fulfilled(house.tenant, now() + timedelta(days=30)) == (1, 0)
    assert fresh(made).state == "closed"


def test_an_incident_becomes_a_request_and_both_keep_their_numbers(house: House) -> None:
    incident = house.incident("I need a mailbox")
    made = request_instead(incident, house.offered(), {}, by=house.fresh(house.ines), channel="page")
    assert fresh(incident).state == "cancelled"
    assert made.requester_id == house.aoife.pk
    assert Link.objects.filter(source=made.pk, target=incident.pk, meaning="follows").exists()


# --- Accesses --------------------------------------------------------------------------------------------------------


def access(house: House, **more: Any) -> AccessRight:
    plan = Plan(
        fields=(Field("who", "For whom", "person", is_required=True), Field("until", "Until", "date")),
        access_days=90,
        access_longest=180,
        team=house.desk.pk,
    )
    made = order(house.offered("Shared mailbox", plan, type="access"), {"who": house.aoife.pk, **more}, by=house.fresh(house.maeve), channel="portal")
    proceed(made)
    return AccessRight.objects.get(request=made)


def test_fulfilling_records_the_access_once_with_its_end(house: House) -> None:
    made = access(house)
    assert (made.person_id, made.state) == (house.aoife.pk, "active")
    assert made.ends_at is not None
    assert timedelta(days=89) < made.ends_at - now() < timedelta(days=91)
    proceed(made.request)
    assert AccessRight.objects.count() == 1
    assert AccessRight.objects.visible_to(house.fresh(house.aoife)).exists()


def test_no_access_lasts_longer_than_the_longest(house: House) -> None:
    made = access(house, until="2036-01-01")
    assert made.ends_at is not None
    assert made.ends_at - now() < timedelta(days=181)
    with pytest.raises(MoveRefused, match="at the longest"):
        move(made, "extend", by=house.fresh(house.ines), channel="page", fields={"ends_at": now() + timedelta(days=400)}, note="More.")


def test_an_end_is_reminded_of_once_then_taken_away_by_a_task(house: House) -> None:
    made = access(house)
    assert made.ends_at is not None
    soon = made.ends_at - timedelta(days=3)
    assert end_what_is_over(house.tenant, soon) == (0, 1)
    assert end_what_is_over(house.tenant, soon) == (0, 0)
    assert Notice.objects.filter(person=house.aoife, card=made.pk).exists()
    assert end_what_is_over(house.tenant, made.ends_at) == (1, 0)
    task = FulfilmentTask.objects.get(access=made)
    assert (task.team_id, fresh(made).state) == (house.desk.pk, "ending")
    proceed_access(made)
    assert FulfilmentTask.objects.filter(access=made).count() == 1
    with pytest.raises(MoveRefused):
        move(fresh(made), "end", by=house.fresh(house.ines), channel="page")
    move(task, "complete", by=house.fresh(house.ines), channel="page")
    assert proceed_access(made).state == "ended"


def test_an_access_that_is_kept_after_all_needs_no_task_and_may_be_revoked_again(house: House) -> None:
    made = access(house)
    ines = house.fresh(house.ines)
    with pytest.raises(MoveRefused):
        move(made, "revoke", by=ines, channel="page")
    proceed_access(move(made, "revoke", by=ines, channel="page", note="Left the ward."))
    proceed_access(move(fresh(made), "restore", by=ines, channel="page", note="She is back.", fields={"ends_at": now() + timedelta(days=30)}))
    assert [t.state for t in FulfilmentTask.objects.filter(access=made)] == ["skipped"]
    proceed_access(move(fresh(made), "revoke", by=ines, channel="page", note="Now she left."))
    assert [t.state for t in FulfilmentTask.objects.filter(access=made).order_by("pk")] == ["skipped", "open"]


def test_whoever_leaves_keeps_no_access(house: House) -> None:
    made = access(house)
    assert revoke_of_leaver(house.aoife) == 1
    assert fresh(made).state == "ending"


# --- Again and again -------------------------------------------------------------------------------------------------


def test_a_recurring_order_is_placed_once_a_day_of_its_rhythm_also_after_downtime(house: House) -> None:
    model = house.offered(plan=Plan(fields=(Field("a", "A", is_required=True),)))
    ruth, aoife, today = house.fresh(house.ruth), house.fresh(house.aoife), timezone.localdate()
    with pytest.raises(Faulty):
        keep_recurrence(model, {}, requester=aoife, every="week", starts_on=today, by=ruth, channel="page")
    row = keep_recurrence(model, {"a": "x"}, requester=aoife, every="week", starts_on=today, by=ruth, channel="page")
    assert place_due(house.tenant, today - timedelta(days=1)) == (0, 0)
    assert place_due(house.tenant, today) == (1, 0)
    assert place_due(house.tenant, today) == (0, 0)
    assert place_due(house.tenant, today + timedelta(days=15)) == (2, 0), "what was missed is placed, once each"
    assert place_due(house.tenant, today + timedelta(days=15)) == (0, 0)
    assert [o.due_on for o in Occurrence.objects.order_by("due_on")] == [today, today + timedelta(days=7), today + timedelta(days=14)]
    assert set(Request.objects.values_list("requester", flat=True)) == {house.aoife.pk}
    pause_recurrence(row, is_paused=True, by=ruth, channel="page")
    assert place_due(house.tenant, today + timedelta(days=60)) == (0, 0)
    pause_recurrence(row, is_paused=False, by=ruth, channel="page")
    assert place_due(house.tenant, today + timedelta(days=21)) == (1, 0)
    end_recurrence(row, by=ruth, channel="page")
    assert place_due(house.tenant, today + timedelta(days=99)) == (0, 0)


def test_a_recurring_order_that_can_not_be_placed_says_why_and_is_tried_again(house: House) -> None:
    model = house.offered()
    ruth, today = house.fresh(house.ruth), timezone.localdate()
    keep_recurrence(model, {}, requester=house.fresh(house.aoife), every="month", starts_on=today, by=ruth, channel="page")
    move(model, "pause", by=ruth, channel="page", note="Out of stock.")
    assert place_due(house.tenant, today) == (0, 1)
    assert "can't be ordered now" in Recurrence.objects.get().trouble
    move(fresh(model), "offer", by=ruth, channel="page")
    assert place_due(house.tenant, today) == (1, 0)
    assert Recurrence.objects.get().trouble == ""
