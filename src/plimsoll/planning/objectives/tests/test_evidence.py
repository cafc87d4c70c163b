"""What objectives prove, with the policy that they serve and the plan that they stand in (5.1, 5.2.1-b, 6.2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plimsoll.context.obligations.models import Obligation
from plimsoll.kernel.documents.models import Document, Reading
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.planning.objectives.models import Measurement, Objective, ObjectiveAction
from tests.cast import House
from tests.proving import OF_90, OF_95, asked, document, join, put, set_to, short, told

pytestmark = pytest.mark.once
POLICY = "# Frame\n\n> [S6] Fewer disruptions. {tags: objectives}\n"


def objective(house: House, title: str = "Fewer disruptions", **values: Any) -> Objective:
    given = {
        "state": "running",
        "level": "sms",
        "statement": "S6",
        "requirements": "The agreement with Brannock",
        "metric": "Disruptions a month",
        "unit": "disruptions",
        "baseline": "9",
        "target": "4",
        "direction": "down",
        "due_on": now().date() + timedelta(days=90),
        "owner": house.ruth,
        "resources": "Two people",
        "judged": "By the figure",
        "review_on": now().date(),
    }
    return put(house, Objective, title, **{**given, **values})


def policy(house: House) -> Document:
    return document(house, "sms-policy", source=POLICY, sort="policy")


def action(house: House, of: Objective, *, due: int, done: int | None = None, **values: Any) -> ObjectiveAction:
    day = now().date()
    said = {"text": "Mend the cable", "owner": house.dev, "due_on": day - timedelta(days=due), **values}
    if done is not None:
        said |= {"state": "done", "done_on": day - timedelta(days=done)}
    return ObjectiveAction.objects.create(objective=of, **said)


def measure(house: House, of: Objective, value: int, *, days: int = 1) -> Measurement:
    return Measurement.objects.create(
        objective=of, value=Decimal(value), measured_on=now().date() - timedelta(days=days), made_by=house.ruth, made_at=now()
    )


SPOILT: list[tuple[str, dict[str, Any]]] = [
    ("5.2.1-b", {"statement": "S99"}),
    ("6.2.1-b", {"metric": ""}),
    ("6.2.1-c", {"requirements": " "}),
    ("6.2.1-f", {"review_on": now().date() - timedelta(days=1)}),
    ("6.2.2-a", {"resources": ""}),
]


@pytest.mark.parametrize(("bad", "verdict"), OF_95)
@pytest.mark.parametrize(("item", "spoil"), SPOILT)
def test_5_2_1_b_6_2_1_b_6_2_1_c_6_2_1_f_6_2_2_a_each_agreed_objective_is_looked_at(
    house: House, item: str, spoil: dict[str, Any], bad: int, verdict: str
) -> None:
    policy(house)
    document(house, "objectives-plan")
    spoilt = [objective(house, **spoil) for _n in range(bad)]
    good = [objective(house) for _n in range(20 - bad)]
    for row in (*spoilt, *good):
        action(house, row, due=-30)
    objective(house, state="proposed", **spoil)
    finding = asked(house, item)
    assert told(finding) == (verdict, 20 - bad, 20)
    assert short(finding) == {row.pk for row in spoilt}


@pytest.mark.parametrize("item", ["6.2.1-b", "6.2.1-c", "6.2.1-d", "6.2.1-f", "6.2.2-a", "5.1-i", "5.2.1-b"])
def test_without_agreed_objectives_there_is_no_evidence(house: House, item: str) -> None:
    """6.2.1-b, 6.2.1-c, 6.2.1-d, 6.2.1-f, 6.2.2-a, 5.1-i, 5.2.1-b: what is only proposed proves nothing."""
    policy(house)
    document(house, "objectives-plan")
    objective(house, state="proposed")
    objective(house, state="abandoned")
    assert told(asked(house, item)) == ("no_evidence", 0, 0)


@pytest.mark.parametrize("lacks", [{"unit": ""}, {"baseline": "some"}, {"target": ""}, {"due_on": None}, {"statement": "nothing of it"}])
def test_6_2_1_b_whatever_is_missing_shows(house: House, lacks: dict[str, Any]) -> None:
    policy(house)
    bad = objective(house, **lacks)
    assert told(asked(house, "6.2.1-b")) == ("does_not", 0, 1)
    assert short(asked(house, "6.2.1-b")) == {bad.pk}


def test_6_2_1_b_5_2_1_b_without_the_policy_nothing_fits_it(house: House) -> None:
    row = objective(house)
    assert short(asked(house, "6.2.1-b")) == {row.pk}
    assert told(asked(house, "5.2.1-b")) == ("does_not", 0, 1)
    kept = policy(house)
    assert asked(house, "6.2.1-b").verdict == asked(house, "5.2.1-b").verdict == "conforms"
    assert asked(house, "6.2.1-b", without=(kept,)).verdict == asked(house, "5.2.1-b", without=(kept,)).verdict == "does_not"


def test_6_2_1_c_a_link_to_an_obligation_will_do(house: House) -> None:
    row, law = objective(house, requirements=""), put(house, Obligation, state="in_force")
    join(house, row, law)
    assert told(asked(house, "6.2.1-c")) == ("conforms", 1, 1)
    assert asked(house, "6.2.1-c", attested="missing").verdict == "partly"
    assert short(asked(house, "6.2.1-c", without=(law,))) == {row.pk}


@pytest.mark.parametrize("lacks", [{"owner": None}, {"due_on": None}, {"judged": ""}])
def test_6_2_2_a_whatever_the_plan_lacks_shows(house: House, lacks: dict[str, Any]) -> None:
    bare, bad = objective(house), objective(house, **lacks)
    action(house, bad, due=-1)
    action(house, bare, due=-1, state="dropped")
    assert short(asked(house, "6.2.2-a")) == {bare.pk, bad.pk}
    action(house, bare, due=-1)
    assert short(asked(house, "6.2.2-a")) == {bad.pk}
    assert short(asked(house, "6.2.2-a", without=(f"person:{house.ruth.pk}",))) == {bare.pk, bad.pk}


def test_6_2_1_f_the_plan_of_objectives_is_in_force(house: House) -> None:
    row = objective(house)
    assert told(asked(house, "6.2.1-f")) == ("does_not", 0, 1)
    kept = document(house, "objectives-plan")
    assert told(asked(house, "6.2.1-f")) == ("conforms", 1, 1)
    set_to(row, review_on=None)
    assert short(asked(house, "6.2.1-f")) == {row.pk}
    set_to(kept, review_due_date=now().date() - timedelta(days=1))
    assert short(asked(house, "6.2.1-f")) == {kept.pk}


@pytest.mark.parametrize(("late", "verdict"), OF_95)
def test_6_2_1_d_objectives_are_measured_as_often_as_they_say(house: House, late: int, verdict: str) -> None:
    rows = [objective(house, frequency="monthly") for _n in range(20)]
    for n, row in enumerate(rows):
        measure(house, row, 3, days=35 if n < late else 34)  # a month of 31 days, and a tenth of it
    finding = asked(house, "6.2.1-d")
    assert told(finding) == (verdict, 20 - late, 20)
    assert short(finding) == {row.pk for row in rows[:late]}


def test_6_2_1_d_what_was_never_measured_falls_short_once_it_was_due(house: House) -> None:
    objective(house, frequency="yearly")
    assert told(asked(house, "6.2.1-d")) == ("no_evidence", 0, 0), "no measurement was due yet"
    never = objective(house, frequency="weekly")
    assert told(asked(house, "6.2.1-d")) == ("does_not", 0, 1)
    assert short(asked(house, "6.2.1-d")) == {never.pk}
    assert asked(house, "6.2.1-d", without=(never,)).verdict == "no_evidence"


def test_6_2_1_e_owners_and_readers_know_the_objectives(house: House) -> None:
    assert told(asked(house, "6.2.1-e")) == ("does_not", 0, 1)
    plan = document(house, "objectives-plan")
    assert told(asked(house, "6.2.1-e")) == ("no_evidence", 0, 0), "there is nothing to know"
    row = objective(house)
    assert told(asked(house, "6.2.1-e")) == ("partly", 1, 2), "nobody is asked to read it"
    reading = Reading.objects.create(version=plan.versions.get(), person=house.ines, asked_at=now(), due_on=now().date())
    assert short(asked(house, "6.2.1-e")) == {house.ines.pk}
    set_to(reading, read_at=now())
    assert told(asked(house, "6.2.1-e")) == ("conforms", 2, 2)
    assert short(asked(house, "6.2.1-e", without=(f"person:{house.ruth.pk}",))) == {row.pk}


@pytest.mark.parametrize(("bad", "verdict"), OF_90)
def test_6_2_1_e_of_twenty(house: House, bad: int, verdict: str) -> None:
    plan = document(house, "objectives-plan")
    objective(house)
    readers = Person.objects.bulk_create(
        Person(tenant=house.tenant, organization=house.provider, name=f"Reader {i}", email=f"r{i}.{house.tenant.pk}@here.example") for i in range(19)
    )
    for n, person in enumerate(readers):
        Reading.objects.create(version=plan.versions.get(), person=person, asked_at=now(), due_on=now().date(), read_at=None if n < bad else now())
    expected = 20 - min(bad, 19)
    finding = asked(house, "6.2.1-e")
    assert told(finding) == (verdict, expected, 20)
    assert len(short(finding)) == min(bad, 19)


@pytest.mark.parametrize(("late", "verdict"), OF_90)
def test_6_2_2_b_actions_are_done_by_their_day(house: House, late: int, verdict: str) -> None:
    rows = [objective(house) for _n in range(20)]
    for n, row in enumerate(rows):
        action(house, row, due=10, done=9 if n < late else 10)
    finding = asked(house, "6.2.2-b")
    assert told(finding) == (verdict, 20 - late, 20)
    assert short(finding) == {row.pk for row in rows[:late]}


def test_6_2_2_b_only_what_fell_due_in_the_period_is_asked(house: House) -> None:
    row = objective(house)
    action(house, row, due=400)
    action(house, row, due=-1)
    action(house, row, due=0)
    action(house, row, due=5, state="dropped")
    assert told(asked(house, "6.2.2-b")) == ("not_triggered", 0, 0)
    action(house, row, due=1)
    assert told(asked(house, "6.2.2-b")) == ("does_not", 0, 1)


@pytest.mark.parametrize(("missed", "verdict"), [(0, "conforms"), (4, "conforms"), (5, "partly"), (10, "partly"), (11, "does_not"), (20, "does_not")])
def test_5_1_i_objectives_stand_at_their_target(house: House, missed: int, verdict: str) -> None:
    rows = [objective(house) for _n in range(20)]
    for n, row in enumerate(rows):
        measure(house, row, 9, days=60)
        measure(house, row, 5 if n < missed else 4)
    objective(house)
    finding = asked(house, "5.1-i")
    assert told(finding) == (verdict, 20 - missed, 20), "what was never measured is no part of it"
    assert short(finding) == {row.pk for row in rows[:missed]}


def test_5_1_i_what_ended_in_the_period_counts_too(house: House) -> None:
    reached = objective(house, state="achieved", ended_at=now() - timedelta(days=30))
    old = objective(house, state="missed", ended_at=now() - timedelta(days=400))
    for row in (reached, old):
        measure(house, row, 3, days=40)
    assert told(asked(house, "5.1-i")) == ("conforms", 1, 1)
    assert told(asked(house, "5.1-i", without=(reached,))) == ("no_evidence", 0, 0)


def test_5_1_a_the_policy_stands_and_objectives_lead_up_to_the_business(house: House) -> None:
    assert told(asked(house, "5.1-a")) == ("does_not", 0, 1)
    kept = policy(house)
    assert told(asked(house, "5.1-a")) == ("partly", 1, 2), "there is no agreed objective"
    top = objective(house, "Happy customers", level="business")
    middle = objective(house, parent=top)
    low = objective(house, parent=middle)
    assert told(asked(house, "5.1-a")) == ("conforms", 4, 4)
    assert asked(house, "5.1-a", attested="missing").verdict == "partly"
    assert short(asked(house, "5.1-a", without=(top,))) == {middle.pk, low.pk}
    assert short(asked(house, "5.1-a", without=(kept,))) == set()
    assert asked(house, "5.1-a", without=(kept,)).verdict == "does_not"


@pytest.mark.parametrize(("loose", "verdict"), [(0, "conforms"), (1, "conforms"), (2, "partly"), (10, "partly"), (11, "does_not")])
def test_5_1_a_of_twenty(house: House, loose: int, verdict: str) -> None:
    policy(house)
    top = objective(house, level="business")
    bad = [objective(house) for _n in range(loose)]
    for _n in range(18 - loose):
        objective(house, parent=top)
    finding = asked(house, "5.1-a")
    assert told(finding) == (verdict, 20 - loose, 20)
    assert short(finding) == {row.pk for row in bad}


@pytest.mark.parametrize(("late", "verdict"), [(0, "conforms"), (2, "conforms"), (3, "partly"), (10, "partly"), (11, "does_not")])
def test_5_1_b_the_plan_is_followed(house: House, late: int, verdict: str) -> None:
    assert told(asked(house, "5.1-b")) == ("does_not", 0, 1), "there is none"
    plan, rows = document(house, "sms-plan", sort="plan"), [objective(house) for _n in range(19)]
    for n, row in enumerate(rows):
        action(house, row, due=10, done=None if n < late else 12)
    finding = asked(house, "5.1-b")
    assert told(finding) == (verdict, 20 - late, 20)
    assert short(finding) == {row.pk for row in rows[:late]}
    assert told(asked(house, "5.1-b", without=(plan,))) == ("does_not", 0, 1), "without the plan nothing counts"
    set_to(plan, review_due_date=now().date() - timedelta(days=1))
    assert short(asked(house, "5.1-b")) == {plan.pk}
