"""Up to which value a request may be approved: the limit of the role's version in force, for whoever it is (5.3, S-035)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.approvals.models import Approval, Decision
from plimsoll.kernel.approvals.operations import asked_of, decide, keep_stand_in
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.operations import give_role
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.resolution.requests.answering import value_of
from plimsoll.resolution.requests.models import Request
from plimsoll.resolution.requests.operations import order
from plimsoll.resolution.requests.plan import NUMBER, Field, Plan, Step
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in
from tests.filling import cells, value_of as value_of_field

SEES = ["request:read", "request:internal"]


def held(house: House, title: str, limit: Any, *people: Person, words: list[str] | None = None) -> Any:
    """A role in force that states the limit, held by these people."""
    limits = {} if limit is None else {"request_value": limit}
    role = open_record(type_named("role"), by=house.ruth, channel="page", title=title, words=words or SEES, limits=limits)
    role = move(role, "put_in_force", by=house.ruth, channel="page")
    for person in people:
        give_role(role=role, person=person, by=house.system, channel="page")  # type: ignore[arg-type]
    return role


def ordered(house: House, *people: Person, cost: str | None = "2000", **step: Any) -> Request:
    asked = Step("Purchase", people=tuple(p.pk for p in people), **step)
    model = house.offered("Microscope", Plan(steps=(asked,), cost=None if cost is None else Decimal(cost)))
    return order(model, {}, by=house.fresh(house.aoife), channel="portal")


def question(request: Request) -> Approval:
    return Approval.objects.get(card=request.pk, ended_at=None)


def says(house: House, request: Request, person: Person, **more: Any) -> str:
    """Nothing when it was taken, else why not."""
    try:
        decide(question(request), is_yes=True, by=house.fresh(person), channel="page", **more)
    except Refused as refused:
        return str(refused)
    return ""


@pytest.mark.once
@pytest.mark.parametrize(("cost", "price", "threshold", "worth"), [
    (None, None, False, "0"),
    ("1190", None, False, "1190"),
    ("1190", 2900, True, "2900"),
    ("1190", 900, True, "1190"),
    (None, 2900, True, "2900"),
    ("1190", 2900, False, "1190"),  # an answer that no step is held against is no amount of money
    ("-5", -9, True, "0"),
])  # fmt: skip
def test_an_order_is_worth_its_cost_or_what_a_step_is_held_against(cost: Any, price: Any, threshold: bool, worth: str) -> None:
    step = Step("Purchase", people=(1,), at_least=Decimal(1000) if threshold else None, amount="price")
    plan = Plan(fields=(Field("price", "Price", NUMBER),), steps=(step,), cost=None if cost is None else Decimal(cost))
    assert value_of(plan, {} if price is None else {"price": price}) == Decimal(worth)


@pytest.mark.parametrize(("limit", "cost", "told"), [
    (2000, "2000", ""),
    (1999, "2000", "up to a value of 1,999"),
    (0, "0.01", "up to a value of 0"),
    (0, "0", ""),
    (0, None, ""),
])  # fmt: skip
def test_a_limit_holds_to_the_last_penny(house: House, limit: int, cost: str | None, told: str) -> None:
    held(house, "Purchase", limit, house.dev)
    held(house, "Board", 100_000, house.greta)
    assert told in (said := says(house, ordered(house, house.dev, cost=cost), house.dev))
    assert bool(said) == bool(told)


def test_the_refusal_names_limit_role_version_and_who_may_instead(house: House) -> None:
    held(house, "Purchase", 1000, house.dev)
    held(house, "Board", 100_000, house.greta)
    assert says(house, ordered(house, house.dev), house.dev) == (
        "This is worth 2,000 EUR. The role “Purchase” (version 1) approves requests up to a value of 1,000. Those who may: Greta Lindqvist."
    )


def test_where_no_role_states_a_limit_nothing_is_limited(house: House) -> None:
    held(house, "Purchase", None, house.dev)
    assert says(house, ordered(house, house.dev), house.dev) == ""


def test_an_administrator_and_who_may_everything_have_no_way_past_it(house: House) -> None:
    held(house, "Board", 100_000, house.greta)
    request = ordered(house, house.ruth)
    assert says(house, request, house.ruth).startswith("This is worth 2,000 EUR, and no role states up to which value you approve requests.")
    assert says(house, request, house.greta) == ""


def test_who_decides_for_the_customer_spends_the_customer_s_money(house: House) -> None:
    held(house, "Board", 100_000, house.greta)
    assert says(house, ordered(house, house.maeve), house.maeve) == ""
    held(house, "Small", 10, house.maeve)
    assert "up to a value of 10" in says(house, ordered(house, house.maeve), house.maeve)


def test_the_decision_keeps_the_role_the_limit_and_the_version(house: House) -> None:
    held(house, "Purchase", 5000, house.dev)
    request = ordered(house, house.dev)
    assert says(house, request, house.dev) == ""
    kept = Decision.objects.get(step__approval__card=request.pk).authority["limit"]
    assignment = house.dev.assignments.get().pk
    assert kept == {
        "name": "request_value", "value": "2000", "currency": "EUR", "most": 5000, "role": "Purchase", "version": 1, "assignment": assignment,
    }  # fmt: skip


def test_what_nobody_asked_may_approve_goes_to_the_smallest_limit_that_covers_it(house: House) -> None:
    held(house, "Purchase", 1000, house.dev)
    held(house, "Manager", 5000, house.ines)
    held(house, "Board", 100_000, house.greta)
    request = ordered(house, house.dev)
    assert [(p.name, bool(asked_of(house.fresh(p)))) for p in (house.dev, house.ines, house.greta)] == [
        ("Dev Chauhan", False), ("Ines Okafor", True), ("Greta Lindqvist", False),
    ]  # fmt: skip
    assert says(house, request, house.ines) == ""


def test_must_show_5_a_draft_changes_nothing_and_the_version_in_force_routes_from_that_moment(house: House) -> None:
    role = held(house, "Purchase", 1000, house.dev)
    held(house, "Board", 100_000, house.greta)
    request = ordered(house, house.dev)
    drafted = amend(move(role, "revise", by=house.ruth, channel="page"), by=house.ruth, channel="page", limits={"request_value": 3000})
    printed = {row[0]: row for row in cells(value_of_field("roles.table", house.tenant))}
    assert "Approves requests up to a value of 3000" in printed["Purchase"]
    assert "up to a value of 1,000" in says(house, request, house.dev)
    assert (asked_of(house.fresh(house.dev)), len(asked_of(house.fresh(house.greta)))) == ([], 1)
    move(drafted, "put_in_force", by=house.ruth, channel="page")
    assert (len(asked_of(house.fresh(house.dev))), asked_of(house.fresh(house.greta))) == (1, [])
    assert says(house, request, house.dev) == ""
    assert Decision.objects.get(step__approval__card=request.pk).authority["limit"]["version"] == 2


def test_a_lowered_limit_takes_the_question_away_and_shows_it_to_who_may(house: House) -> None:
    role = held(house, "Purchase", 3000, house.dev)
    held(house, "Board", 100_000, house.nobody, words=["request:read@own"])
    request = ordered(house, house.dev)
    lower = amend(move(role, "revise", by=house.ruth, channel="page"), by=house.ruth, channel="page", limits={"request_value": 100})
    assert signed_in(house.fresh(house.nobody)).get(f"/requests/{request.number}/").status_code == 404
    move(lower, "put_in_force", by=house.ruth, channel="page")
    assert signed_in(house.fresh(house.nobody)).get(f"/requests/{request.number}/").status_code == 200
    assert says(house, request, house.nobody) == ""


def test_what_nobody_could_approve_is_asked_as_soon_as_a_role_reaches_so_far(house: House) -> None:
    role = held(house, "Purchase", 100, house.dev)
    request = ordered(house, house.dev)
    assert Request.objects.get(pk=request.pk).state == "submitted"
    higher = amend(move(role, "revise", by=house.ruth, channel="page"), by=house.ruth, channel="page", limits={"request_value": 9000})
    move(higher, "put_in_force", by=house.ruth, channel="page")
    run_waiting()
    assert Request.objects.get(pk=request.pk).state == "awaiting_approval"
    assert says(house, request, house.dev) == ""


@pytest.mark.parametrize(("own", "other", "refused"), [
    (5000, 5000, ""),
    (1000, 5000, "“Stands in” (version 1) approves requests up to a value of 1,000"),
    (None, 5000, "no role states up to which value you approve"),
    (9000, 1000, "“Purchase” (version 1) approves requests up to a value of 1,000"),
])  # fmt: skip
def test_a_stand_in_decides_up_to_their_own_limit_and_never_above_the_other_s(house: House, own: Any, other: int, refused: str) -> None:
    held(house, "Purchase", other, house.dev)
    held(house, "Board", 100_000, house.greta)
    if own is not None:
        held(house, "Stands in", own, house.ines)
    request = ordered(house, house.dev)
    keep_stand_in(person=house.dev, stand_in=house.ines, started_at=now(), ended_at=now() + timedelta(days=1), by=house.dev, channel="page")
    assert bool(asked_of(house.fresh(house.ines))) == (not refused or own == 9000)  # whom the smallest limit that covers it asks, it asks themselves
    assert refused in (said := says(house, request, house.ines, for_person=house.dev))
    assert bool(said) == bool(refused)
    if not refused:
        kept = Decision.objects.get(step__approval__card=request.pk).authority
        assert (kept["limit"]["role"], kept["limit_of_stand_in"]["role"]) == ("Purchase", "Stands in")


def test_the_page_offers_no_button_and_says_why_and_the_api_refuses_alike(house: House) -> None:
    held(house, "Purchase", 1000, house.dev)
    held(house, "Board", 100_000, house.greta)
    request = ordered(house, house.dev, house.greta)
    pk = question(request).pk
    at = f"/requests/{request.number}/approvals/"
    page = signed_in(house.fresh(house.dev)).get(at).content.decode()
    assert f"yes-{pk}" not in page and "(version 1) approves requests up to a value of 1,000" in page
    assert f"yes-{pk}" in signed_in(house.fresh(house.greta)).get(at).content.decode()
    tried = signed_in(house.fresh(house.dev)).post(at, {"act": f"yes-{pk}"})
    assert tried.status_code == 409 and "up to a value of 1,000" in tried.content.decode()
    refused = Caller(house.fresh(house.dev)).post(f"requests/{request.number}/approvals/{pk}/decide", {"is_yes": True})
    assert refused.status_code == 403 and "up to a value of 1,000" in refused.json()["detail"]
    assert signed_in(house.fresh(house.greta)).post(at, {"act": f"yes-{pk}"}).status_code == 302
    assert "By the role “Board”, version 1, up to 100000." in signed_in(house.fresh(house.dev)).get(at).content.decode()
