"""Keeping organizations, people and teams: what is taken, what is refused, and that each write is in the trail."""

import pytest
from allauth.account.models import EmailAddress

from plimsoll.kernel.identity.models import Membership, Person, Team
from plimsoll.kernel.identity.operations import (
    join_organization,
    join_team,
    keep_organization,
    keep_person,
    keep_preferences,
    keep_team,
    leave_organization,
    leave_team,
)
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.verify import verify
from tests.cast import House, build_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build_house()


def entries(kind: str) -> list[str]:
    return list(Entry.objects.filter(kind=kind).order_by("id").values_list("action", flat=True))


def test_a_person_is_entered_with_membership_and_address(house: House) -> None:
    made = keep_person(by=house.ruth, channel="page", name="  Nora   Byrne ", email="Nora@Brannock.Example", organization=house.brannock)
    assert (made.name, made.email) == ("Nora Byrne", "nora@brannock.example")
    assert not made.has_usable_password()
    assert Membership.objects.get(person=made).organization == house.brannock
    assert EmailAddress.objects.filter(user=made, email="nora@brannock.example", verified=True, primary=True).exists()
    assert entries("person") == ["add"]
    assert "Nora" not in Entry.objects.get(kind="person").changes
    assert verify().is_sound


def test_changing_the_address_leaves_one_address_to_sign_in_with(house: House) -> None:
    made = keep_person(by=house.ruth, channel="page", name="Nora", email="a@x.example", organization=house.brannock)
    keep_person(by=house.ruth, channel="page", person=made, email="b@x.example")
    assert list(EmailAddress.objects.filter(user=made).values_list("email", flat=True)) == ["b@x.example"]
    keep_person(by=house.ruth, channel="page", person=made, email="")
    assert not EmailAddress.objects.filter(user=made).exists()


def test_nothing_is_written_when_nothing_changes(house: House) -> None:
    keep_person(by=house.ruth, channel="page", person=house.ines, name=house.ines.name)
    assert entries("person") == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"email": "not an address"}, "email"),
        ({"timezone": "Mars/Base"}, "timezone"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(house: House, values: dict[str, str], field: str) -> None:
    count = Person.objects.count()
    with pytest.raises(Faulty) as refused:
        keep_person(**{"by": house.ruth, "channel": "page", "name": "Nora", "organization": house.brannock, **values})  # type: ignore[arg-type]
    assert [f.field for f in refused.value.faults] == [field]
    assert Person.objects.count() == count


def test_an_address_belongs_to_one_person(house: House) -> None:
    with pytest.raises(Faulty, match="already a person"):
        keep_person(by=house.ruth, channel="page", name="Other", email=(house.ines.email or "").upper(), organization=house.brannock)


def test_an_external_reference_belongs_to_one_person(house: House) -> None:
    keep_person(by=house.ruth, channel="page", person=house.ines, external_reference="42")
    with pytest.raises(Faulty, match="already a person with that external reference"):
        keep_person(by=house.ruth, channel="page", person=house.dev, external_reference="42")


def test_nobody_enters_people_into_another_tenant(house: House) -> None:
    with pytest.raises(Faulty, match="no such organisation"):
        keep_person(by=house.mallory, channel="page", name="Spy", organization=house.brannock)
    with pytest.raises(Person.DoesNotExist):
        keep_person(by=house.mallory, channel="page", person=house.ines, name="Renamed")


def test_a_person_may_belong_to_several_organizations(house: House) -> None:
    made = join_organization(person=house.aoife, organization=house.strand_housing, title="Tenant", by=house.ruth, channel="page")
    assert made.ended_at is None
    with pytest.raises(Faulty, match="already a member"):
        join_organization(person=house.aoife, organization=house.strand_housing, by=house.ruth, channel="page")
    leave_organization(membership=made, by=house.ruth, channel="page")
    assert entries("person") == ["join", "leave"]
    join_organization(person=house.aoife, organization=house.strand_housing, by=house.ruth, channel="page")
    assert Membership.objects.filter(person=house.aoife, organization=house.strand_housing).count() == 2


def test_the_main_membership_does_not_end_while_somebody_is_here(house: House) -> None:
    made = join_organization(person=house.aoife, organization=house.brannock, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="main organisation"):
        leave_organization(membership=made, by=house.ruth, channel="page")
    made.refresh_from_db()
    assert made.ended_at is None


def test_an_organization_is_not_part_of_itself(house: House) -> None:
    ward = keep_organization(by=house.ruth, channel="page", kind="customer", name="Ward 4", parent=house.brannock)
    with pytest.raises(Faulty, match="part of itself"):
        keep_organization(by=house.ruth, channel="page", organization=house.brannock, parent=ward)


def test_there_is_one_provider_and_names_are_given_once(house: House) -> None:
    with pytest.raises(Faulty, match="already a provider"):
        keep_organization(by=house.ruth, channel="page", kind="provider", name="Second")
    with pytest.raises(Faulty, match="already an organisation of that name"):
        keep_organization(by=house.ruth, channel="page", kind="customer", name="BRANNOCK hospitals")


def test_a_customer_has_no_teams(house: House) -> None:
    with pytest.raises(Faulty, match="provider, one of its units, or a supplier"):
        keep_team(by=house.ruth, channel="page", name="Nurses", organization=house.brannock)
    assert not Team.objects.filter(name="Nurses").exists()


def test_joining_and_leaving_a_team_is_trailed(house: House) -> None:
    made = join_team(person=house.ines, team=house.network, by=house.ruth, channel="page")
    assert join_team(person=house.ines, team=house.network, is_lead=True, by=house.ruth, channel="page").pk == made.pk
    leave_team(membership=made, by=house.ruth, channel="page")
    made.refresh_from_db()
    assert made.ended_at is not None
    assert made.is_lead
    assert entries("team") == ["join", "lead", "leave"]


def test_a_team_change_moves_the_settings_on(house: House) -> None:
    before = house.tenant.settings_version
    keep_team(by=house.ruth, channel="page", team=house.desk, name="First line")
    house.tenant.refresh_from_db()
    assert house.tenant.settings_version == before + 1


def test_preferences_are_checked_and_kept(house: House) -> None:
    keep_preferences(person=house.ines, by=house.ines, channel="page", theme="dark", keys="j=n")
    assert house.fresh(house.ines).preferences == {"theme": "dark", "keys": "j=n"}
    with pytest.raises(Faulty):
        keep_preferences(person=house.ines, by=house.ines, channel="page", theme="pink")
