"""What approves an order: the chain of its version, and nothing else that is asked on it."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import Asked, ask, decide, withdraw
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.operations import MoveRefused, move
from plimsoll.resolution.requests.models import ChainApproval, Request
from plimsoll.resolution.requests.operations import order, proceed
from plimsoll.resolution.requests.plan import Plan, Step
from tests.cast import House


def fresh(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def ordered(house: House) -> Request:
    model = house.offered(plan=Plan(steps=(Step("Lead", people=(house.ruth.pk,)),)))
    return order(model, {}, by=house.fresh(house.aoife), channel="portal")


def test_what_is_asked_beside_the_chain_approves_nothing(house: House, ordered: Request) -> None:
    ines = house.fresh(house.ines)
    withdraw(Approval.objects.get(card=ordered.pk), by=ines, channel="page", reason="Slow.")
    ask(ordered, question="OK?", steps=[Asked("Yes", people=[house.dev])], by=ines, channel="page")
    decide(Approval.objects.get(card=ordered.pk, ended_at=None), is_yes=True, by=house.fresh(house.dev), channel="page")
    with pytest.raises(MoveRefused, match="not decided"):
        move(fresh(ordered), "approve", by=ines, channel="page")
    assert fresh(ordered).state == "awaiting_approval"
    proceed(ordered)
    assert ChainApproval.objects.filter(request=ordered, approval__ended_at=None).count() == 1, "what was taken back is asked again"


def test_nobody_asks_for_what_only_the_chain_decides(house: House, ordered: Request) -> None:
    withdraw(Approval.objects.get(card=ordered.pk), by=house.fresh(house.ines), channel="page", reason="Slow.")
    for name in ("move_when_approved", "move_when_refused"):
        with pytest.raises(Faulty) as refused:
            ask(
                ordered,
                question="OK?",
                steps=[Asked("Yes", people=[house.dev])],
                by=house.fresh(house.ines),
                channel="page",
                **{name: "approve" if name == "move_when_approved" else "reject"},
            )
        assert [f.field for f in refused.value.faults] == [name]
    assert not Approval.objects.filter(card=ordered.pk, ended_at=None).exists()


def test_a_chain_that_was_taken_back_is_asked_again(house: House, ordered: Request) -> None:
    first = Approval.objects.get(card=ordered.pk)
    withdraw(first, by=house.fresh(house.ines), channel="page", reason="The lead changed.")
    proceed(ordered)
    again = Approval.objects.get(card=ordered.pk, ended_at=None)
    assert again.pk != first.pk
    decide(again, is_yes=True, by=house.fresh(house.ruth), channel="page")
    assert fresh(ordered).state == "approved"
