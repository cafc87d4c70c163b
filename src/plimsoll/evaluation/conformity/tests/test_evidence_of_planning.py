"""What risks, objectives and control of others prove for the services and operations that they are about (5.1-e, 6.1.2-a, 6.2.1-a)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.parties.models import OtherPartyOperation, Proof
from plimsoll.agreements.parties.rules import BOXES, EVIDENCE
from plimsoll.agreements.suppliers.models import Supplier
from plimsoll.context.processes.models import Process
from plimsoll.kernel.lib.time import now
from plimsoll.planning.objectives.models import Objective
from plimsoll.planning.risks.models import Risk
from plimsoll.portfolio.services.models import Service
from tests.cast import House
from tests.proving import OF_90, OF_ALL, asked, join, put, set_to, short, told

pytestmark = pytest.mark.once


def families(house: House) -> list[Risk]:
    return [put(house, Risk, family=name, state="evaluated") for name, _label in Risk.FAMILIES]


def operation(house: House, *, is_controlled: bool = False, **values: Any) -> OtherPartyOperation:
    """Something that Telco operates; with an agreement, an accountable person and all proofs where it is under control."""
    day = now().date()
    given: dict[str, Any] = {"state": "running", "organization": house.telco, "operates": "component", "component": "The line"}
    if is_controlled:
        kept = put(house, Agreement, "Line", state="active", type="contract", organization=house.telco, valid_until=day)
        given |= {"agreement": kept, "owner": house.ruth, "starts_on": day - timedelta(days=5), "evaluated_on": day - timedelta(days=6)}
    made = put(house, OtherPartyOperation, "Line to the ward", **{**given, **values})
    if is_controlled:
        for box in BOXES:
            for kind in ("contract", *EVIDENCE):
                Proof.objects.create(operation=made, box=box, kind=kind, name="Shown", dated_on=day, place="The file")
    return made


@pytest.mark.parametrize(("bare", "verdict"), OF_ALL[:-1])
def test_6_1_2_a_services_that_matter_have_a_risk(house: House, bare: int, verdict: str) -> None:
    one = families(house)[0]
    rows = [put(house, Service, state="live", criticality=1 + n % 2) for n in range(17)]
    put(house, Service, state="live", criticality=3)
    put(house, Service, state="designed", criticality=1)
    for row in rows[bare:]:
        join(house, one, row)
    finding = asked(house, "6.1.2-a")
    assert told(finding) == (verdict, 20 - bare, 20)
    assert short(finding) == {row.pk for row in rows[:bare]}


def test_6_1_2_a_every_family_and_every_operation_by_others(house: House) -> None:
    assert told(asked(house, "6.1.2-a")) == ("does_not", 0, 3)
    kept = families(house)
    assert told(asked(house, "6.1.2-a")) == ("conforms", 3, 3)
    theirs = operation(house)
    supplier = put(house, Supplier, organization=house.telco)
    assert short(asked(house, "6.1.2-a")) == {theirs.pk}
    assert told(asked(house, "6.1.2-a", without=(supplier,))) == ("conforms", 3, 3), "the operation goes with the supplier"
    join(house, theirs, kept[2])
    assert told(asked(house, "6.1.2-a")) == ("conforms", 4, 4)
    set_to(kept[2], state="closed")
    assert told(asked(house, "6.1.2-a")) == ("partly", 2, 4), "its family is bare again too"
    assert told(asked(house, "6.1.2-a", without=tuple(kept[:2]))) == ("does_not", 0, 4)


@pytest.mark.parametrize(("bare", "verdict"), OF_90[:-1])
def test_6_2_1_a_processes_and_services_that_matter_have_an_objective(house: House, bare: int, verdict: str) -> None:
    one = put(house, Objective, state="agreed", level="sms")
    rows = [put(house, Process, state="in_force") if n % 2 else put(house, Service, state="live", criticality=1) for n in range(19)]
    for row in rows[bare:]:
        join(house, row, one)
    finding = asked(house, "6.2.1-a")
    assert told(finding) == (verdict, 20 - bare, 20)
    assert short(finding) == {row.pk for row in rows[:bare]}


def test_6_2_1_a_the_whole_system_has_one_that_is_agreed(house: House) -> None:
    assert told(asked(house, "6.2.1-a")) == ("does_not", 0, 1)
    kept = put(house, Objective, state="proposed", level="sms")
    put(house, Objective, state="running", level="service")
    assert told(asked(house, "6.2.1-a")) == ("does_not", 0, 1)
    set_to(kept, state="running")
    assert told(asked(house, "6.2.1-a")) == ("conforms", 1, 1)
    assert asked(house, "6.2.1-a", without=(kept,)).verdict == "does_not"


def test_5_1_e_operations_by_others_are_under_control(house: House) -> None:
    assert told(asked(house, "5.1-e")) == ("not_triggered", 0, 0)
    good = operation(house, is_controlled=True)
    assert told(asked(house, "5.1-e")) == ("conforms", 1, 1)
    bad = operation(house)
    operation(house, state="ended")
    assert told(asked(house, "5.1-e")) == ("partly", 1, 2)
    assert short(asked(house, "5.1-e")) == {bad.pk}
    operation(house)
    assert asked(house, "5.1-e").verdict == "does_not", "one of three is less than half"
    set_to(good, until=now().date() - timedelta(days=1))
    assert good.pk in short(asked(house, "5.1-e"))


def test_5_1_e_without_the_person_or_the_agreement_control_is_lost_and_without_the_party_the_operation(house: House) -> None:
    good = operation(house, is_controlled=True)
    assert good.agreement is not None
    for gone in (f"person:{house.ruth.pk}", good.agreement):
        assert short(asked(house, "5.1-e", without=(gone,))) == {good.pk}
    assert asked(house, "5.1-e", without=(f"organization:{house.telco.pk}",)).verdict == "not_triggered"
