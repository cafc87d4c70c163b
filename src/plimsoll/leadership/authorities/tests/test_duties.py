"""Holders and duties: accepting a role, deputies, what falls short, conflicts that are accepted and expire, who runs the system."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import localdate

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.roles.operations import accept_role, give_role, load_starter_roles, take_role
from plimsoll.kernel.roles.queries import roles_to_accept
from plimsoll.kernel.trail.models import Entry
from plimsoll.leadership.authorities.duties import ACCEPT_WITHIN, CONFLICT, ENDS_SOON, EXPIRED, NO_HOLDER, NOT_ACCEPTED, faults_of, listed
from plimsoll.leadership.authorities.operations import expire, remind, write_letter
from plimsoll.leadership.authorities.printing import undocumented
from plimsoll.leadership.authorities.tests.test_must_show_5 import governed
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def given(house: House, code: str, person: Person, **values: object) -> Assignment:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up", codes=[code])
    return give_role(role=roles[code], person=person, by=house.system, channel="page", **values)  # type: ignore[arg-type]


def told(house: House, rule: object) -> list[str]:
    return [f.sentence for f in faults_of(house.tenant) if f.rule == rule]


def resolved(house: House, name: str) -> Value:
    resolve = blank_named(name).resolve
    assert resolve is not None
    return resolve(Asked(house.tenant, now()))


def test_s_048_5_3_a_a_role_is_accepted_by_its_holder_and_by_nobody_for_them(house: House) -> None:
    made = given(house, "top_management", house.ines)
    assert roles_to_accept(house.fresh(house.ines)) == [made]
    with pytest.raises(Refused, match="Only who holds it"):
        accept_role(made, by=house.ruth, channel="page")
    assert "Accept this role" in text_of(signed_in(house.ines).get("/"))
    assert signed_in(house.mallory).post(f"/assignments/{made.number}/accept/").status_code == 404
    assert signed_in(house.ines).post(f"/assignments/{made.number}/accept/", {"back": "home"})["Location"] == "/"
    made.refresh_from_db()
    assert made.accepted_at is not None
    assert Entry.objects.get(card=made.pk, action="accept").actor == house.ines
    with pytest.raises(Faulty, match="already"):
        accept_role(made, by=house.ines, channel="page")
    assert roles_to_accept(house.fresh(house.ines)) == []


def test_s_048_a_role_that_is_not_accepted_is_reminded_of_once_and_is_a_finding(house: House) -> None:
    given(house, "top_management", house.ines)
    assert told(house, NOT_ACCEPTED) == []
    with time_machine.travel(now() + timedelta(days=ACCEPT_WITHIN + 1), tick=False):
        assert remind(house.tenant) == 1
        assert remind(house.tenant) == 0
        (said,) = told(house, NOT_ACCEPTED)
        assert "Ines" in said and "has not accepted it" in said


def test_s_045_a_role_without_holder_or_with_one_who_leaves_is_a_finding(house: House) -> None:
    made = given(house, "top_management", house.ines)
    assert told(house, NO_HOLDER) == []
    take_role(assignment=made, by=house.ruth, channel="page", note="Left.")
    assert told(house, NO_HOLDER) == ["Top management: nobody holds it. The management system can’t be run without it."]
    given(house, "top_management", house.dev, ends_at=now() + timedelta(days=10))
    (said,) = told(house, ENDS_SOON)
    assert "nobody after that" in said
    given(house, "top_management", house.greta, is_deputy=True)  # a deputy follows nobody
    assert len(told(house, ENDS_SOON)) == 1
    given(house, "top_management", house.greta)
    assert told(house, ENDS_SOON) == []


def test_s_065_who_runs_the_system_is_read_by_everybody_and_by_customers_too(house: House) -> None:
    made = given(house, "sms_manager", house.ruth)
    given(house, "sms_manager", house.dev, is_deputy=True)
    for person in (house.ines, house.aoife, house.sam, house.nobody):
        page = text_of(signed_in(person).get("/who-runs-this/"))
        assert f"{house.ruth.name}, {house.dev.name} (deputy)" in page, person
    take_role(assignment=made, by=house.system, channel="page", note="Moved on.")
    given(house, "sms_manager", house.ines)
    page = text_of(signed_in(house.aoife).get("/who-runs-this/"))
    assert house.ines.name in page and house.ruth.name not in page
    assert house.ruth.name not in text_of(signed_in(house.mallory).get("/who-runs-this/"))
    assert [row.cells for row in resolved(house, "roles.governing").rows] == [("SMS manager", f"{house.ines.name}, {house.dev.name} (deputy)")]


def test_s_059_w_sod_12_a_conflict_is_accepted_by_somebody_else_until_a_day_and_shows_again(house: House) -> None:
    for code in ("administrator", "top_management"):
        given(house, code, house.ines)
    (row,) = listed(house.tenant)
    assert (row.conflict.rule, row.is_accepted, told(house, CONFLICT)) == ("administrator", False, [f"{house.ines.name}: {row.conflict.sentence}"])
    until = localdate() + timedelta(days=30)
    entered = open_record(type_named("dutyconflict"), by=house.ruth, channel="page", title="One hand", rule="administrator", person=house.ines)
    with pytest.raises(MoveRefused, match="why it can't be avoided"):
        move(entered, "accept", by=house.system, channel="page", fields={"expires_date": until})
    entered = amend(entered, by=house.ruth, channel="page", reason="We are two.", control="The auditor looks each month.")
    for person in (house.ruth, house.ines):
        with pytest.raises((MoveRefused, Refused)):
            move(entered, "accept", by=person, channel="page", fields={"expires_date": until})
    with pytest.raises(MoveRefused, match="That day has passed"):
        move(entered, "accept", by=house.system, channel="page", fields={"expires_date": localdate()})
    move(entered, "accept", by=house.system, channel="page", fields={"expires_date": until})
    (row,) = listed(house.tenant)
    assert row.is_accepted and told(house, CONFLICT) == []
    assert "We are two." in str(resolved(house, "roles.conflicts").rows)
    assert f"/duty-conflicts/{entered.number}/" in text_of(signed_in(house.ruth).get("/duties/"))
    with time_machine.travel(now() + timedelta(days=32), tick=False):
        assert len(told(house, EXPIRED)) == 1
        assert expire(house.tenant) == 1
        assert not listed(house.tenant)[0].is_accepted
        assert resolved(house, "roles.conflicts").is_empty


def test_w_sod_9_a_conflict_stays_listed_for_good(house: House) -> None:
    given(house, "administrator", house.ines)
    decided = given(house, "top_management", house.ines)
    take_role(assignment=decided, by=house.ruth, channel="page", note="Mended.")
    (row,) = listed(house.tenant)
    assert row.conflict.sentence.startswith("Administered the system and decided as Top management until")
    assert told(house, CONFLICT) == []  # it is over, and stands in the list
    given(house, "top_management", house.dev, starts_at=now() + timedelta(days=1))
    assert len(listed(house.tenant)) == 1


@pytest.mark.parametrize(
    ("one", "other", "rule"), [("sms_manager", "top_management", "own_change"), ("internal_auditor", "sms_manager", "own_audit")]
)
def test_s_059_two_roles_in_one_hand_are_found(house: House, one: str, other: str, rule: str) -> None:
    given(house, one, house.ines)
    given(house, other, house.ines)
    assert [row.conflict.rule for row in listed(house.tenant)] == [rule]


def test_s_035_what_no_plan_prints_is_listed(house: House) -> None:
    """A role put in force before the plan's next version, and words held by no role."""
    assert undocumented(house.tenant).plan is None
    governed(house)
    found = undocumented(house.tenant)
    assert found.roles == ()
    assert found.held  # the cast of the tests holds words through no role at all
    extra = open_record(type_named("role"), by=house.ruth, channel="page", title="Unheard of", words=["incident:read"])
    assert undocumented(house.tenant).roles == ()
    with pytest.raises(MoveRefused, match="SMS change"):
        move(extra, "put_in_force", by=house.ruth, channel="page")
    page = signed_in(house.ruth).get("/authorities/")
    assert page.status_code == 200
    assert "Every role is printed as it is enforced." in text_of(page)
    assert signed_in(house.aoife).get("/authorities/").status_code == 403


def test_s_048_s_049_the_letter_says_every_responsibility_of_the_role(house: House) -> None:
    load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    made = given(house, "sms_manager", house.ines)
    answer = signed_in(house.ruth).post(f"/assignments/{made.number}/letter/")
    letter = type_named("document").model.objects.get(template="appointment-letter")
    assert answer["Location"] == f"/documents/{letter.number}/draft/"
    printed, standings, fault = draft_as_printed(letter)  # type: ignore[arg-type]
    assert fault is None and printed is not None
    assert [s.sentence for s in standings if s.is_open] == []
    text = str(printed.blocks)
    role = Role.objects.get(code="sms_manager")
    for line in role.responsibilities.splitlines():
        assert line.removeprefix("- ").strip() in text
    assert house.ines.name in text
    ended = take_role(assignment=made, by=house.system, channel="page", note="Left.")
    signed_in(house.ruth).post(f"/assignments/{ended.number}/letter/")
    assert type_named("document").model.objects.filter(template="appointment-letter").count() == 1
    assert write_letter(given(house, "top_management", house.dev), by=house.ruth, channel="page").title.startswith("Appointment: Top management")
