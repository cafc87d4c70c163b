"""Starter roles load once, roles are given and taken, set-up closes; people leave whole or not at all, and can be forgotten."""

from datetime import timedelta

import pytest

from plimsoll.kernel.access.queries import Refused, grants_of, may
from plimsoll.kernel.identity.models import Membership, Person, TeamMembership
from plimsoll.kernel.identity.operations import join_organization, keep_person
from plimsoll.kernel.identity.tokens import create_token, token_named
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.models import ChecklistItem, Share
from plimsoll.kernel.records.operations import MoveRefused, move, open_record
from plimsoll.kernel.records.parts import add_check, watch
from plimsoll.kernel.roles.content import starter_roles
from plimsoll.kernel.roles.duties import conflicts
from plimsoll.kernel.roles.leaving import erase, leave, open_work
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.roles.operations import close_set_up, give_role, load_starter_roles, take_role
from plimsoll.kernel.roles.rules import WORD
from plimsoll.kernel.trail.models import Detail, Entry
from plimsoll.kernel.trail.verify import verify
from tests.cast import House, build_house

pytestmark = pytest.mark.django_db
HOUSE_WORDS = {
    "person:keep",
    "person:read",
    "person:erase",
    "team:keep",
    "organization:keep",
    "workflow:change",
    "field:define",
    "job:see",
    "trail:see",
    "import:run",
    "export:run",
    "settings:change",
    "indicator:read",
    "indicator:keep",
    "evidence:read",
    "evidence:assess",
    "evidence:tolerate",
    "view:share",
    "majorincident:inform",
    "majorincident:oversee",
    "majorincident:follow@own",
    "objective:measure",
    "class:confidential",
    "class:strict",
}


@pytest.fixture
def house() -> House:
    return build_house()


@pytest.mark.parametrize("role", starter_roles(), ids=lambda r: r.code)
def test_every_word_of_the_content_is_one_that_something_asks_for(role) -> None:  # type: ignore[no-untyped-def]
    known = {
        (t.kind, a) for t in declared() for a in ("open", "read", "amend", "comment", "internal", "redact", "*", *(m.name for m in t.workflow.moves))
    }
    for word in role.words:
        assert WORD.match(word), word
        kind, _, action = word.removesuffix("@own").partition(":")
        assert word in HOUSE_WORDS or (kind, action) in known or (kind == "*" and action in ("read", "internal")), word


def test_starter_roles_are_loaded_once_and_stay_as_they_were_made(house: House) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    assert set(roles) == {r.code for r in starter_roles()}
    assert {r.state for r in roles.values()} == {"in_force"}
    count = Role.objects.count()
    again = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    assert Role.objects.count() == count
    assert again["reader"].pk == roles["reader"].pk


def role(house: House, code: str) -> Role:
    return load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up", codes=[code])[code]


def test_a_given_role_works_at_once_and_a_taken_one_no_more(house: House) -> None:
    given = give_role(role=role(house, "customer_representative"), person=house.nobody, organization=house.brannock, by=house.ruth, channel="page")
    person = house.fresh(house.nobody)
    assert may(person, "incident:read", organization=house.brannock.pk)
    assert not may(person, "incident:read", organization=house.strand_housing.pk)
    take_role(assignment=given, by=house.ruth, channel="page", note="Changed jobs.")
    assert not may(house.fresh(house.nobody), "incident:read")


def test_a_role_of_a_team_reaches_its_people(house: House) -> None:
    TeamMembership.objects.create(person=house.nobody, team=house.desk, started_at=now())
    give_role(role=role(house, "reader"), team=house.desk, by=house.ruth, channel="page")
    assert may(house.fresh(house.nobody), "incident:read")


def test_nobody_gives_a_role_to_themselves_once_set_up_is_closed(house: House) -> None:
    with pytest.raises(MoveRefused, match="themselves"):
        give_role(role=role(house, "reader"), person=house.ruth, by=house.ruth, channel="page")
    assert not Assignment.objects.exists()


def test_who_may_not_give_roles_gives_none(house: House) -> None:
    with pytest.raises(Refused):
        give_role(role=role(house, "reader"), person=house.nobody, by=house.ines, channel="page")
    assert not Assignment.objects.exists()


def test_before_set_up_is_closed_it_is_allowed_and_listed(house: House) -> None:
    house.tenant.set_up_closed_at = None
    house.tenant.save()
    ruth = house.fresh(house.ruth)
    give_role(role=role(house, "set_up"), person=ruth, by=ruth, channel="page")
    found = conflicts(house.tenant)
    assert [c.person for c in found] == [ruth]
    assert set(Entry.objects.filter(kind="assignment").values_list("channel", flat=True)) == {"set-up"}
    assert close_set_up(by=house.fresh(house.ruth), channel="page") == 1
    assert conflicts(house.tenant) == found  # what was done stays listed
    assert [g.role for g in grants_of(house.fresh(house.ruth))] == ["SMS manager"]
    with pytest.raises(Faulty, match="closed already"):
        close_set_up(by=house.fresh(house.ruth), channel="page")


def test_an_administrator_who_also_decides_is_a_conflict(house: House) -> None:
    for code in ("administrator", "top_management"):
        give_role(role=role(house, code), person=house.nobody, by=house.ruth, channel="page")
    assert [c.sentence for c in conflicts(house.tenant)] == ["Administers the system and decides as Top management."]


def working_ines(house: House):  # type: ignore[no-untyped-def]
    service = open_record(type_named("service"), by=house.ruth, channel="page", title="Wi-Fi", owner=house.ines.pk)
    incident = house.incident()
    incident = move(
        incident,
        "assign",
        by=house.ines,
        channel="page",
        fields={"team": house.desk.pk, "owner": house.ines.pk, "classification": house.category.pk, "service": service.pk, "impact": 2, "urgency": 2},
    )
    other = house.incident("Printer")
    add_check(other, text="Ask the ward", owner=house.ines, by=house.ines, channel="page")
    watch(other, by=house.ines, channel="page")
    return service, incident, other


def test_a_leaver_with_open_work_needs_takers(house: House) -> None:
    service, incident, other = working_ines(house)
    with pytest.raises(Faulty) as refused:
        leave(person=house.ines, successors={"incident": house.dev}, by=house.ruth, channel="page")
    assert [f.field for f in refused.value.faults] == [service.reference]
    assert "has no taker" in refused.value.faults[0].sentence
    with pytest.raises(Faulty, match="may not work on"):
        leave(person=house.ines, successors={"*": house.dev, service.reference: house.nobody}, by=house.ruth, channel="page")
    assert house.fresh(house.ines).is_active
    incident.refresh_from_db()
    assert incident.owner_id == house.ines.pk
    assert not Entry.objects.filter(action="leave").exists()


def test_everything_of_a_leaver_ends_in_one_act(house: House) -> None:
    service, incident, other = working_ines(house)
    given = give_role(role=role(house, "reader"), person=house.ines, by=house.ruth, channel="page")
    join_organization(person=house.ines, organization=house.telco, by=house.ruth, channel="page")
    until = now() + timedelta(days=30)
    _token, raw = create_token(person=house.ines, name="K", scopes=["*"], expires_at=until, by=house.ines, channel="page")
    leave(person=house.ines, successors={"*": house.dev, "service": house.ruth}, by=house.ruth, channel="page")
    ines = house.fresh(house.ines)
    assert not ines.is_active
    assert not may(ines, "incident:read")
    assert grants_of(ines) == ()
    assert token_named(raw) is None
    assert not Membership.objects.filter(person=ines, ended_at=None).exists()
    assert not TeamMembership.objects.filter(person=ines, ended_at=None).exists()
    assert not Share.objects.filter(person=ines, until=None).exists()
    given.refresh_from_db()
    assert given.state == "ended"
    for record, owner in ((incident, house.dev), (service, house.ruth)):
        record.refresh_from_db()
        assert record.owner_id == owner.pk
    assert ChecklistItem.objects.get().owner == house.dev
    assert open_work(ines).is_empty
    assert verify().is_sound
    with pytest.raises(Faulty, match="left already"):
        leave(person=ines, successors={}, by=house.ruth, channel="page")


def test_whoever_keeps_people_hands_over_work_that_they_may_not_touch(house: House) -> None:
    _service, incident, _other = working_ines(house)
    give_role(role=role(house, "administrator"), person=house.nobody, by=house.ruth, channel="page")
    leave(person=house.ines, successors={"*": house.ruth}, by=house.fresh(house.nobody), channel="page")
    incident.refresh_from_db()
    assert incident.owner_id == house.ruth.pk
    told = Entry.objects.filter(kind="person", subject=house.ines.pk, action="leave").get()
    assert told.actor_id == house.nobody.pk
    assert incident.reference in told.changes


def test_leaving_is_not_for_oneself_nor_for_strangers(house: House) -> None:
    with pytest.raises(Faulty, match="own account"):
        leave(person=house.ruth, successors={}, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="no such person"):
        leave(person=house.ines, successors={"*": house.dev}, by=house.mallory, channel="page")
    with pytest.raises(Refused):
        leave(person=house.aoife, successors={}, by=house.ines, channel="page")


def test_who_somebody_was_is_erased_and_the_trail_still_holds(house: House) -> None:

    made = keep_person(by=house.ruth, channel="page", name="Forget Me", email="forget@x.example", organization=house.brannock)
    with pytest.raises(Faulty, match="not left yet"):
        erase(person=made, by=house.ruth, channel="page", reason="Asked by letter.")
    leave(person=made, successors={}, by=house.ruth, channel="page")
    erase(person=made, by=house.ruth, channel="page", reason="Asked by letter.")
    gone = Person.objects.get(pk=made.pk)
    assert (gone.name, gone.email, gone.erased_at is not None) == (f"Erased person {made.pk}", None, True)
    assert "Forget" not in str(list(Detail.objects.values_list("values", flat=True)))
    assert verify().is_sound
