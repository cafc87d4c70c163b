"""A role given "only for" one organization: it keeps that organization's people, and nothing that is everybody's."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.identity.models import Membership, Organization, Person, Team, TeamMembership, Tenant
from plimsoll.kernel.identity.operations import join_organization, join_team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.operations import give_role
from tests.cast import House

# What a narrow role may look into: these keep to what its words reach. Everything else of the house is everybody's.
FOR_PARTS = {
    "/people/", "/people/new/", "/teams/", "/teams/new/", "/organizations/", "/why/", "/api/v1/docs",
}  # fmt: skip
EVERYBODYS = ("/settings/", "/duties/", "/jobs/", "/import/", "/people/import/", "/organizations/new/")


@pytest.fixture
def narrow(house: House) -> Client:
    """Dev may everything, for the customer Brannock and the supplier Telco only."""
    Grant.objects.filter(person=house.dev).delete()
    for only in (house.brannock, house.telco):
        Grant.objects.create(tenant=house.tenant, person=house.dev, organization=only, words=["*:*"], role_name="All", started_at=now())
    return signed_in(house.dev)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def addresses(under: tuple[str, ...]) -> list[str]:
    """Every address of the house below these, with a 1 for each number and the first word for each text."""
    found = []
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            at = "/" + re.sub(r"<str:kind>|<kind>", "incident", str(pattern.pattern))
            at = re.sub(r"<(int:)?\w+>", "1", at)
            if at.startswith(under) and "<" not in at:
                found.append(at)
    return found


def kept(house: House) -> list[object]:
    """What stands in the tables that are everybody's."""
    return [
        Tenant.objects.filter(pk=house.tenant.pk).values().get(),
        *(list(model.objects.order_by("pk").values()) for model in (Organization, Team, TeamMembership)),
    ]


def test_no_settings_page_opens_to_it_nor_takes_anything(house: House, narrow: Client) -> None:
    walked = addresses(EVERYBODYS)
    assert len(walked) > 25, walked
    before = kept(house)
    for at in walked:
        for method in ("get", "post"):
            answer = getattr(narrow, method)(at, {"name": "Brannock rules", "act": "run"} if method == "post" else {})
            assert answer.status_code in (302, 403, 404, 405), (method, at, answer.status_code)
            assert answer.status_code != 302 or method == "get", (at, answer["Location"])
            if answer.status_code == 302:
                assert answer["Location"].startswith(EVERYBODYS), (at, answer["Location"])
    assert kept(house) == before


def test_the_people_of_its_organization_are_there_and_no_others(house: House, narrow: Client) -> None:
    page = narrow.get("/people/").content.decode()
    assert "Aoife Brennan" in page and "Ines Okafor" not in page
    assert "Network" not in narrow.get("/teams/").content.decode()
    organizations = narrow.get("/organizations/").content.decode()
    assert "Brannock" in organizations and "Strand Housing" not in organizations
    assert narrow.get(f"/organizations/{house.brannock.pk}/").status_code == 200
    for at in (f"/organizations/{house.strand_housing.pk}/", f"/teams/{house.network.pk}/", f"/people/{house.ines.pk}/"):
        assert narrow.get(at).status_code == 404, at
        assert narrow.get(f"{at}edit/").status_code == 404, at


def test_it_keeps_its_own_people_teams_and_organization(house: House, narrow: Client) -> None:
    home = house.brannock.pk
    assert narrow.post("/people/new/", {"name": "Una New", "organization": home}).status_code == 302
    assert Person.objects.filter(name="Una New", organization=home).exists()
    assert narrow.post("/teams/new/", {"name": "Telco night", "organization": house.telco.pk, "is_active": "on"}).status_code == 302
    team = Team.objects.get(name="Telco night")
    assert narrow.post(f"/teams/{team.pk}/", {"someone": house.sam.pk}).status_code == 302
    assert TeamMembership.objects.filter(team=team, person=house.sam).exists()
    assert narrow.post(f"/teams/{team.pk}/edit/", {"name": "Ours", "organization": house.provider.pk}).status_code == 403
    changed = {"name": "Brannock Hospitals Trust", "kind": "customer", "is_active": "on"}
    assert narrow.post(f"/organizations/{home}/edit/", changed).status_code == 302
    assert narrow.post(f"/organizations/{home}/edit/", changed | {"kind": "supplier"}).status_code == 403
    assert Organization.objects.get(pk=home).kind == "customer"


def test_it_lets_its_people_into_no_other_organization(house: House, narrow: Client) -> None:
    assert narrow.post(f"/people/{house.aoife.pk}/join/", {"organization": house.provider.pk}).status_code == 403
    assert not Membership.objects.filter(person=house.aoife, organization=house.provider).exists()
    assert narrow.post(f"/people/{house.aoife.pk}/join/", {"organization": house.telco.pk}).status_code == 302
    made = Membership.objects.get(person=house.aoife, organization=house.telco)
    join_organization(person=house.aoife, organization=house.strand_housing, by=house.ruth, channel="page")
    other = Membership.objects.get(person=house.aoife, organization=house.strand_housing)
    assert narrow.post(f"/people/{house.aoife.pk}/leave-organization/{other.pk}/").status_code == 403
    assert narrow.post(f"/people/{house.aoife.pk}/leave-organization/{made.pk}/").status_code == 302


def test_a_team_whose_roles_reach_further_is_not_its_to_fill(house: House, narrow: Client) -> None:
    team = Team.objects.create(tenant=house.tenant, organization=house.telco, name="Telco duty")
    Grant.objects.create(tenant=house.tenant, team=team, words=["incident:*"], role_name="Everywhere", started_at=now())
    assert narrow.post(f"/teams/{team.pk}/", {"someone": house.dev.pk}).status_code == 403
    assert not TeamMembership.objects.filter(team=team).exists()
    join_team(person=house.sam, team=team, by=house.ruth, channel="page")
    assert "Sam Porter" in narrow.get(f"/teams/{team.pk}/").content.decode()


def test_it_gives_no_role_that_reaches_further_than_itself(house: House, narrow: Client) -> None:
    role = open_record(type_named("role"), by=house.ruth, channel="page", title="All of it", words=["*:*"])
    role = move(role, "put_in_force", by=house.ruth, channel="page")
    Grant.objects.create(tenant=house.tenant, person=house.nobody, organization=house.brannock, words=["*:*"], role_name="All", started_at=now())
    by = house.fresh(house.nobody)
    for organization in (None, house.provider):
        with pytest.raises(Refused, match="for a part only"):
            give_role(role=role, by=by, channel="page", person=house.fresh(house.aoife), organization=organization)  # type: ignore[arg-type]
    give_role(role=role, by=by, channel="page", person=house.fresh(house.aoife), organization=house.brannock)  # type: ignore[arg-type]
    assert Grant.objects.filter(person=house.aoife, organization=house.brannock, role_name="All of it").exists()
    assert narrow.post(f"/people/{house.aoife.pk}/give-role/", {"role": role.pk}).status_code == 403


def test_the_navigation_leads_it_to_no_page_that_refuses_it(narrow: Client) -> None:
    page = narrow.get("/people/").content.decode()
    for at in ("/settings/", "/duties/", "/jobs/", "/import/"):
        assert f'href="{at}"' not in page, at
