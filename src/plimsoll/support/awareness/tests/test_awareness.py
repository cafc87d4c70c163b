"""Awareness statements: what they say, who confirms, reminders, the yearly round, shares, the live figure, and what documents print (7.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from plimsoll.kernel.figures import feeding
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.trail.models import Entry
from plimsoll.support.awareness.operations import ask_anew, remind, write_for_role
from plimsoll.support.awareness.queries import faults_of, live_value, shares_of
from plimsoll.support.awareness.rules import Facts, is_reminder_due, only_by_its_person, says_the_four
from plimsoll.support.competence.tests.examples import OWN, held
from tests.cast import House
from tests.contracts import cost, signed_in, text_of
from tests.filling import cells, value_of

FULL = Facts(1, "I help.", "Be true.", "Network.", "Wards work on paper.")
SAID = {"contribution": "I help.", "policy": "Be true.", "services": "Network.", "deviation": "Wards work on paper."}


@pytest.mark.parametrize(
    ("name", "said"),
    [("person", "the person"), ("contribution", "contribute"), ("policy", "policy"), ("services", "services"), ("deviation", "not met")],
)
def test_7_3_a_to_d_a_statement_says_the_four_things(name: str, said: str) -> None:
    assert says_the_four(FULL) is None
    assert said in str(says_the_four(replace(FULL, **{name: None if name == "person" else " "})))


def test_nobody_confirms_for_somebody_else() -> None:
    assert only_by_its_person(replace(FULL, mover=1)) is None
    assert "Only the person" in str(only_by_its_person(replace(FULL, mover=2)))


@pytest.mark.parametrize(("days", "told", "wanted"), [(6, (), None), (7, (), 1), (13, (1,), None), (14, (1,), 2), (40, (), 5)])
def test_a_reminder_is_due_once_a_week(days: int, told: tuple[int, ...], wanted: int | None) -> None:
    assert is_reminder_due(date(2027, 1, 1), date(2027, 1, 1) + timedelta(days=days), frozenset(told)) == wanted


def issued(house: House, person: Any, **values: Any) -> Any:
    made = open_record(type_named("awarenessstatement"), by=house.ruth, channel="page", title="My part", person=person, **{**SAID, **values})
    return move(made, "issue", by=house.ruth, channel="page")


@pytest.mark.django_db
def test_s_058_it_waits_on_my_work_until_its_person_confirms_it(house: House) -> None:
    held(house, "Staff", house.ines, words=OWN)
    made = issued(house, house.ines)
    ines = house.fresh(house.ines)
    assert "My part" in text_of(signed_in(ines).get("/"))  # type: ignore[arg-type]
    with pytest.raises(MoveRefused, match="Only the person"):
        move(made, "acknowledge", by=house.ruth, channel="page")
    answer = signed_in(ines).post(f"/awarenessstatements/{made.number}/moves/acknowledge/", {"version": str(made.version)})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.state == "acknowledged" and made.acknowledged_at is not None
    assert "My part" not in text_of(signed_in(ines).get("/"))  # type: ignore[arg-type]
    with pytest.raises(Faulty, match="Revise it first"):
        amend(made, by=house.ruth, channel="page", contribution="Something else.")
    assert signed_in(house.fresh(house.dev)).get(f"/awarenessstatements/{made.number}/").status_code == 404


@pytest.mark.django_db
def test_s_058_what_is_not_confirmed_is_reminded_of_and_found(house: House) -> None:
    held(house, "Staff", house.ines, words=OWN)
    made = issued(house, house.ines)
    later = now() + timedelta(days=15)
    assert remind(house.tenant, later) == 1 and remind(house.tenant, later) == 0
    assert Entry.objects.filter(card=made.pk, action="remind").count() == 1
    assert [f.rule.key for f in faults_of(house.tenant, later)] == ["statement_unconfirmed"]
    move(made, "acknowledge", by=house.fresh(house.ines), channel="page")
    assert faults_of(house.tenant, later) == [] and remind(house.tenant, later + timedelta(days=9)) == 0


@pytest.mark.django_db
def test_s_058_a_year_later_it_is_put_before_its_person_again(house: House) -> None:
    held(house, "Staff", house.ines, words=OWN)
    made = move(issued(house, house.ines), "acknowledge", by=house.fresh(house.ines), channel="page")
    assert ask_anew(house.tenant) == 0
    assert ask_anew(house.tenant, now() + timedelta(days=366)) == 1
    made.refresh_from_db()
    assert (made.state, made.acknowledged_at) == ("issued", None)


@pytest.mark.django_db
def test_s_062_7_3_c_the_share_of_each_team_and_who_is_missing(house: House) -> None:
    role = held(house, "Staff", house.ines, house.dev, house.sam, words=OWN)
    made = write_for_role(role, title="My part", by=house.ruth, channel="page", **SAID)
    assert {s.person for s in made} == {house.ines, house.dev, house.sam}
    assert write_for_role(role, title="My part", by=house.ruth, channel="page", **SAID) == []
    assert {f.rule.key for f in faults_of(house.tenant)} == {"person_without_statement"}
    own = next(s for s in made if s.person == house.ines)
    move(move(own, "issue", by=house.ruth, channel="page"), "acknowledge", by=house.fresh(house.ines), channel="page")
    shares = {s.team: (s.done, len(s.people)) for s in shares_of(house.tenant)}
    assert shares[house.desk.name] == (1, 1) and shares[house.network.name] == (0, 1)
    assert all(p.organization_id == house.provider.pk for s in shares_of(house.tenant) for p, _statement, _aware in s.rows), "suppliers are not ours"
    text = text_of(signed_in(house.ruth).get("/awarenessstatements/shares/"))  # type: ignore[arg-type]
    assert house.desk.name in text and "100 %" in text
    assert signed_in(house.fresh(house.ines)).get("/awarenessstatements/shares/").status_code == 403
    assert {row[0]: row[3] for row in cells(value_of("awareness.shares", house.tenant))}[house.desk.name] == "100 %"
    (printed,) = cells(value_of("awareness.statements", house.tenant))
    assert printed[:3] == (house.ines.name, "Staff", "I help.") and printed[3] != "not yet"


@pytest.mark.django_db
def test_the_round_is_written_on_a_page(house: House) -> None:
    role = held(house, "Staff", house.ines, words=OWN)
    client = signed_in(house.ruth)
    assert client.get("/awarenessstatements/round/").status_code == 200
    assert client.post("/awarenessstatements/round/", {"role": str(role.pk), "title": "My part"}).status_code == 422
    assert client.post("/awarenessstatements/round/", {"role": str(role.pk), "title": "My part", **SAID}).status_code == 302
    assert signed_in(house.fresh(house.ines)).get("/awarenessstatements/round/").status_code == 403
    assert cost(lambda: client.get("/awarenessstatements/shares/")) < 40


@pytest.mark.django_db
def test_s_064_the_statement_quotes_the_live_value_of_its_indicator(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    held(house, "Staff", house.ines, words=OWN)
    made = issued(house, house.ines, indicator="incident_first_level", target="half of them")
    monkeypatch.setattr(feeding, "_from", [lambda tenant, keys: {"incident_first_level": [(date(2027, 1, 31), Decimal("48.50"))]}])
    assert "48.5 % in the month until 31 January 2027" in live_value(made)
    text = text_of(signed_in(house.fresh(house.ines)).get(f"/awarenessstatements/{made.number}/"))  # type: ignore[arg-type]
    assert "48.5 %" in text and "We aim at: half of them." in text
    assert "48.5 %" in text_of(signed_in(house.fresh(house.ines)).get(f"/competences/people/{house.ines.pk}/"))  # type: ignore[arg-type]
    with pytest.raises(Faulty, match="no indicator"):
        open_record(type_named("awarenessstatement"), by=house.ruth, channel="page", title="X", indicator="nonsense")
