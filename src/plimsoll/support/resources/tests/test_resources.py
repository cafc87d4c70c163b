"""Resource needs: who decides, what a decision says, what is short, and what documents print (7.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, move, open_record
from plimsoll.support.competence.tests.examples import ahead, held
from plimsoll.support.resources.queries import faults_of, provided_share, shortages, undecided
from plimsoll.support.resources.rules import Facts, comes_again, may_decide, names_an_alternative, says_what_is_asked
from tests.cast import House
from tests.filling import cells, value_of

FACTS = Facts("Desk", 2, "people", 50, owner=1, top=frozenset({9}), limits=((5, 60), (6, 10)), today=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("mover", "cost", "said"),
    [
        (9, 50, ""),
        (9, None, ""),
        (5, 50, ""),
        (5, None, "Say what it costs"),
        (6, 50, "your role decides up to 10"),
        (7, 1, "Top management decides"),
        (1, 1, "Nobody decides on what they ask for"),
    ],
)
def test_s_041_top_management_decides_or_a_role_up_to_its_limit(mover: int, cost: int | None, said: str) -> None:
    told = may_decide(replace(FACTS, mover=mover, cost=cost))
    assert (said in str(told)) if said else told is None


def test_5_1_g_a_refusal_names_an_alternative_and_a_deferral_its_day() -> None:
    assert "instead" in str(names_an_alternative(FACTS)) and names_an_alternative(replace(FACTS, alternative="Work on.")) is None
    assert "by when" in str(comes_again(FACTS)) and "has passed" in str(comes_again(replace(FACTS, deferred_until=date(2027, 1, 1))))
    assert comes_again(replace(FACTS, deferred_until=date(2027, 1, 2))) is None
    assert says_what_is_asked(FACTS) is None and "for what" in str(says_what_is_asked(replace(FACTS, purpose="")))


def need(house: House, title: str = "Engineers", **values: Any) -> Any:
    given = {"purpose": "Nights", "needed": 3, "available": 1, "unit": "people", "cost": 40, "owner": house.dev, **values}
    return move(open_record(type_named("resourceneed"), by=house.ruth, channel="page", title=title, **given), "ask", by=house.ruth, channel="page")


@pytest.mark.django_db
def test_s_041_what_is_asked_waits_until_somebody_who_may_decides(house: House) -> None:
    made = need(house)
    assert list(undecided(house.tenant)) == [made]
    assert "resource_undecided" in [f.rule.key for f in faults_of(house.tenant)]
    with pytest.raises(MoveRefused, match="Top management decides"):
        move(made, "grant", by=house.ruth, channel="page", note="Yes.")  # every word, and no role that decides
    held(house, "Board", house.greta, words=["resourceneed:*"], code="top_management")
    held(house, "Small", house.ines, words=["resourceneed:*"], limits={"resource_cost": 39})
    with pytest.raises(MoveRefused, match="up to 39"):
        move(made, "grant", by=house.fresh(house.ines), channel="page", note="Yes.")
    granted = move(made, "grant", by=house.fresh(house.greta), channel="page", note="Yes.")
    assert (granted.state, granted.decided_by) == ("granted", house.greta)
    assert list(undecided(house.tenant)) == []


@pytest.mark.django_db
def test_s_057_what_is_short_is_listed_whatever_was_decided(house: House) -> None:
    made = need(house)
    need(house, "Licences", needed=2, available=2)
    assert list(shortages(house.tenant)) == [made] and made.short_of == 2
    assert provided_share(house.tenant) == pytest.approx((1 / 3 + 1) / 2)
    assert [f.sentence for f in faults_of(house.tenant) if f.rule.key == "resource_short"] == ["“Engineers” is short of 2 people."]
    assert len([f for f in faults_of(house.tenant) if f.rule.key == "resource_kind_missing"]) == 3, "7.1-a: of each kind something is said"
    assert cells(value_of("resources.short", house.tenant)) == [("Engineers", "Nights", "2 people", "")]


@pytest.mark.django_db
def test_s_041_s_057_every_need_is_printed_with_its_decision(house: House) -> None:
    assert value_of("resources.asked", house.tenant).is_empty and value_of("resources.undecided", house.tenant).is_empty
    held(house, "Board", house.greta, words=["resourceneed:*"], code="top_management")
    board = house.fresh(house.greta)
    move(need(house, "A"), "refuse", by=board, channel="page", note="Too dear.", fields={"alternative": "Work on."})
    move(need(house, "B"), "defer", by=board, channel="page", note="Later.", fields={"deferred_until": ahead(house, 30)})
    need(house, "C")
    open_record(type_named("resourceneed"), by=house.ruth, channel="page", title="Noted only")
    rows = {row[0]: row for row in cells(value_of("resources.asked", house.tenant))}
    assert list(rows) == ["A", "B", "C"]
    assert rows["A"][1:6] == ("People", "Nights", "3 people", "1 people", house.dev.name)
    assert rows["A"][6].startswith(f"Refused by {house.greta.name} on ") and rows["A"][6].endswith(": Work on.")
    assert ", again by " in rows["B"][6] and rows["C"][6] == "Asked for"
    assert cells(value_of("resources.undecided", house.tenant)) == [("B",), ("C",)]
