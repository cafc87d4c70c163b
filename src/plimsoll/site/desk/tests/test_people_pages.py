"""Pages of people, teams, organisations, accounts and the question why: who may open them, what they do, what stays behind walls."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import may
from plimsoll.kernel.approvals.models import StandIn
from plimsoll.kernel.approvals.operations import Asked, ask as approve, asked_of, current_step
from plimsoll.kernel.identity.models import ApiToken, Membership, Organization, Person, Team, TeamMembership
from plimsoll.kernel.identity.operations import keep_organization, keep_person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.roles.operations import load_starter_roles
from plimsoll.kernel.targets.models import EscalationRule
from plimsoll.kernel.trail.models import Entry
from tests.cast import House, build_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build_house()


def as_(person: Person) -> Client:
    browser = Client()
    browser.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return browser


PAGES = [  # address, who may (200), who may not (403)
    ("/people/", "ines", "aoife"),
    ("/people/new/", "ruth", "ines"),
    ("/people/import/", "ruth", "greta"),
    ("/teams/", "greta", "aoife"),
    ("/teams/new/", "ruth", "ines"),
    ("/organizations/", "ines", "sam"),
    ("/organizations/new/", "ruth", "ines"),
    ("/duties/", "greta", "ines"),
    ("/account/", "nobody", None),
    ("/account/edit/", "aoife", None),
    ("/account/tokens/new/", "aoife", None),
    ("/account/stand-in/", "ines", None),
    ("/preferences/", "sam", None),
    ("/why/", "aoife", None),
    ("/accounts/2fa/app/", "aoife", None),
    ("/accounts/password/change/", "sam", None),
]


@pytest.mark.parametrize(("path", "allowed", "refused"), PAGES)
def test_who_may_open_what(house: House, path: str, allowed: str, refused: str | None) -> None:
    browser = as_(getattr(house, allowed))
    answer = browser.get(path)
    if answer.status_code == 302 and "reauthenticate" in answer.headers["Location"]:
        assert browser.get(answer.headers["Location"]).status_code == 200
    else:
        assert answer.status_code == 200
    if refused:
        assert as_(getattr(house, refused)).get(path).status_code == 403
    assert Client().get(path).headers["Location"].startswith("/accounts/login/?next=")


def test_other_tenants_and_strangers_find_nobody(house: House) -> None:
    for path in (
        f"/people/{house.ines.pk}/",
        f"/people/{house.ines.pk}/edit/",
        f"/people/{house.ines.pk}/leave/",
        f"/people/{house.ines.pk}/erase/",
        f"/teams/{house.desk.pk}/",
        f"/teams/{house.desk.pk}/edit/",
        f"/organizations/{house.brannock.pk}/",
    ):
        assert as_(house.mallory).get(path).status_code == 404, path
    assert as_(house.aoife).get(f"/people/{house.ines.pk}/").status_code == 404
    assert as_(house.aoife).get(f"/people/{house.aoife.pk}/").status_code == 200
    assert as_(house.aoife).get(f"/organizations/{house.brannock.pk}/").status_code == 404
    assert house.ines.name not in as_(house.mallory).get("/people/").content.decode()
    for act in ("invite", "join", "end-sessions", "give-role"):
        assert as_(house.mallory).post(f"/people/{house.ines.pk}/{act}/").status_code == 404
    assert as_(house.greta).get(f"/people/{house.ines.pk}/edit/").status_code == 403
    assert as_(house.greta).post(f"/people/{house.ines.pk}/invite/").status_code == 403
    assert mail.outbox == []


def test_the_list_is_searched_paged_and_costs_the_same(house: House, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for n in range(120):
        Person.objects.create(tenant=house.tenant, organization=house.brannock, name=f"Nurse {n:03}", email=f"nurse{n}@b.example")
    browser = as_(house.ruth)
    with django_assert_max_num_queries(20):
        page = browser.get("/people/?q=nurse")
    assert len(page.context["rows"]) == 50
    second = browser.get("/people/" + page.context["older"])
    assert [r[0]["text"] for r in second.context["rows"]][0] == "Nurse 050"
    assert browser.get("/people/?cursor=rubbish").status_code == 200


def test_a_person_is_entered_changed_and_invited(house: House, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    browser = as_(house.ruth)
    answer = browser.post(
        "/people/new/", {"name": "Nora Byrne", "email": "nora@b.example", "organization": house.brannock.pk, "organization_typed": "x"}
    )
    nora = Person.objects.get(email="nora@b.example")
    assert answer.headers["Location"] == f"/people/{nora.pk}/"
    browser.post(f"/people/{nora.pk}/edit/", {"name": "Nora B.", "email": "nora@b.example", "organization_typed": "brannock hospitals"})
    nora.refresh_from_db()
    assert (nora.name, nora.organization) == ("Nora B.", house.brannock)
    assert browser.post("/people/new/", {"name": "", "organization_typed": "Nowhere"}).status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        page = browser.post(f"/people/{nora.pk}/invite/", follow=True).content.decode()
    assert "/invitation/" in page
    assert len(mail.outbox) == 1
    browser.post(f"/people/{nora.pk}/join/", {"organization": house.strand_housing.pk, "title": "Tenant"})
    membership = Membership.objects.get(person=nora, organization=house.strand_housing)
    browser.post(f"/people/{nora.pk}/leave-organization/{membership.pk}/")
    membership.refresh_from_db()
    assert membership.ended_at is not None


def test_roles_are_given_and_ended_on_the_page(house: House) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up", codes=["reader"])
    browser = as_(house.ruth)
    assert "reader" in browser.get(f"/people/{house.nobody.pk}/").content.decode().lower()
    browser.post(f"/people/{house.nobody.pk}/give-role/", {"role": roles["reader"].pk})
    assert may(house.fresh(house.nobody), "incident:read")
    assert "Reader" in browser.get(f"/people/{house.nobody.pk}/").content.decode()
    browser.post(f"/people/{house.nobody.pk}/take-role/{Assignment.objects.get().pk}/")
    assert not may(house.fresh(house.nobody), "incident:read")
    assert as_(house.ines).post(f"/people/{house.nobody.pk}/give-role/", {"role": roles["reader"].pk}).status_code == 403


def test_teams_and_organisations_are_kept(house: House) -> None:
    browser = as_(house.ruth)
    browser.post("/teams/new/", {"name": "Night shift", "organization": house.provider.pk, "is_active": "on"})
    team = Team.objects.get(name="Night shift")
    browser.post(f"/teams/{team.pk}/", {"someone": house.ines.pk, "is_lead": "on"})
    membership = TeamMembership.objects.get(team=team)
    assert membership.is_lead
    assert house.ines.name in browser.get(f"/teams/{team.pk}/").content.decode()
    browser.post(f"/teams/{team.pk}/", {"membership": membership.pk})
    membership.refresh_from_db()
    assert membership.ended_at is not None
    assert browser.post("/teams/new/", {"name": "Nurses", "organization": house.brannock.pk}).status_code == 400
    browser.post("/organizations/new/", {"name": "Harbour", "kind": "customer", "is_active": "on"})
    made = Organization.objects.get(name="Harbour")
    assert browser.get(f"/organizations/{made.pk}/").status_code == 200
    browser.post(f"/organizations/{made.pk}/edit/", {"name": "Harbour Trust", "kind": "customer"})
    made.refresh_from_db()
    assert (made.name, made.is_active) == ("Harbour Trust", False)
    assert as_(house.ines).post(f"/teams/{team.pk}/", {"someone": house.dev.pk}).status_code == 403


def test_a_key_is_shown_on_one_page_only(house: House) -> None:
    browser = as_(house.ines)
    day = (now() + timedelta(days=30)).date().isoformat()
    page = browser.post("/account/tokens/new/", {"name": "Monitoring", "reach": "words", "words": "incident:open incident:read", "expires_on": day})
    token = ApiToken.objects.get()
    assert f"plm_{token.prefix}_" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert f"plm_{token.prefix}_" not in browser.get("/account/").content.decode()
    assert as_(house.dev).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    browser.post(f"/account/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert browser.post("/account/tokens/new/", {"name": "K", "reach": "words", "words": "", "expires_on": day}).status_code == 400


def test_preferences_and_the_switch_of_the_menu(house: House) -> None:
    browser = as_(house.ines)
    browser.post("/preferences/", {"theme": "light", "density": "compact", "text": "large", "keys": "off"})
    browser.post("/preferences/theme/", {"theme": "dark"})
    assert house.fresh(house.ines).preferences == {"theme": "dark", "density": "compact", "text": "large", "keys": "off"}
    assert browser.post("/preferences/theme/", {"theme": "pink"}).status_code == 400
    assert browser.post("/account/edit/", {"name": "Ines O.", "timezone": "Europe/Berlin"}).status_code == 302
    assert house.fresh(house.ines).timezone == "Europe/Berlin"


def test_an_import_is_tried_looked_at_and_run(house: House, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.PLIMSOLL_FILES = tmp_path
    browser = as_(house.ruth)
    table = SimpleUploadedFile("people.csv", b"name,email,company\nNora,nora@h.example,Harbour\nBad,nope,Harbour\n", content_type="text/csv")
    tried = browser.post("/people/import/", {"file": table, "creates_organizations": "on", "kind_of_new": "customer", "act": "try"})
    assert "What would happen" in tried.content.decode()
    assert [(f.row, f.column) for f in tried.context["report"].faults] == [(3, "email")]
    assert not Person.objects.filter(name="Nora").exists()
    kept = tried.context["form"].initial["kept"]
    browser.post("/people/import/", {"kept": kept, "creates_organizations": "on", "kind_of_new": "customer", "act": "run"})
    assert Person.objects.get(name="Nora").organization.name == "Harbour"  # type: ignore[union-attr]
    assert list((tmp_path / "tried").iterdir()) == []
    assert browser.post("/people/import/", {"kept": "forged", "kind_of_new": "customer", "act": "run"}).status_code == 400


def test_a_stand_in_is_named_for_days_as_one_reads_them_and_ended(house: House) -> None:
    type(house.ines).objects.filter(pk=house.ines.pk).update(timezone="America/New_York")
    browser = as_(house.ines)
    first = (now() + timedelta(days=3)).date()
    last = first + timedelta(days=2)
    assert browser.post("/account/stand-in/", {"stand_in": house.dev.pk, "starts_on": str(first), "ends_on": str(last)}).status_code == 302
    row = StandIn.objects.get()
    zone = ZoneInfo("America/New_York")
    assert row.started_at == datetime(first.year, first.month, first.day, tzinfo=zone)
    assert row.last_at.astimezone(zone).date() == last
    page = browser.get("/account/").content.decode()
    assert f"{first:%-d %B %Y} – {last:%-d %B %Y}" in page and f"/account/stand-in/{row.pk}/end/" in page
    assert as_(house.dev).post(f"/account/stand-in/{row.pk}/end/").status_code == 404
    assert "no longer decides for you" in browser.post(f"/account/stand-in/{row.pk}/end/", follow=True).content.decode()
    assert not StandIn.objects.exists()


def test_what_was_not_tried_like_that_is_not_taken_in(house: House, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.PLIMSOLL_FILES = tmp_path
    browser, options = as_(house.ruth), {"creates_organizations": "on", "kind_of_new": "customer"}

    def table(name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile("people.csv", f"name,email,company\n{name},{name}@h.example,Harbour\n".encode(), content_type="text/csv")

    kept = browser.post("/people/import/", {"file": table("Nora"), "act": "try"} | options).context["form"].initial["kept"]
    for more in ({"file": table("Otto")}, {"kind_of_new": "supplier"}):  # another file, other options
        answer = browser.post("/people/import/", {"kept": kept, "act": "run"} | options | more)
        assert "What would happen" in answer.content.decode() and "was not tried like that yet" in answer.content.decode()
    assert not Person.objects.filter(name__in=("Nora", "Otto")).exists()
    browser.post("/people/import/", {"kept": kept, "act": "run"} | options)
    assert Person.objects.filter(name="Nora").exists()


def test_a_leaver_is_handled_on_one_page(house: House) -> None:
    incident = house.incident(owner=house.ines.pk, team=house.desk.pk)
    browser = as_(house.ruth)
    path = f"/people/{house.ines.pk}/leave/"
    assert incident.reference in browser.get(path).content.decode()
    refused = browser.post(path, {})
    assert refused.status_code == 400
    assert "has no taker" in refused.content.decode()
    assert house.fresh(house.ines).is_active
    assert browser.post(path, {"*": house.dev.pk}).status_code == 302
    incident.refresh_from_db()
    assert incident.owner_id == house.dev.pk
    assert not house.fresh(house.ines).is_active
    erase = f"/people/{house.ines.pk}/erase/"
    assert browser.post(erase, {"reason": "By letter", "confirm": "Someone"}).status_code == 400
    assert browser.post(erase, {"reason": "By letter", "confirm": house.ines.name}).status_code == 302
    assert house.fresh(house.ines).erased_at is not None


def test_a_leaver_takes_no_decision_along(house: House) -> None:
    incident = house.incident(owner=house.dev.pk)
    approval = approve(incident, question="Swap it?", steps=[Asked("Step", people=[house.ines])], by=house.dev, channel="page")
    EscalationRule.objects.create(tenant=house.tenant, percent=90, person=house.ines)
    browser, path = as_(house.ruth), f"/people/{house.ines.pk}/leave/"
    page = browser.get(path).content.decode()
    assert "Decisions that wait for them" in page
    assert "tells them by name" in page
    for asked, said in (({}, "Choose who decides in their place"), ({"decisions": house.dev.pk}, "needs somebody else to decide")):
        refused = browser.post(path, asked)
        assert refused.status_code == 400
        assert said in refused.content.decode()
        assert house.fresh(house.ines).is_active
    assert browser.post(path, {"decisions": house.ruth.pk}).status_code == 302
    assert not house.fresh(house.ines).is_active
    step = current_step(approval)
    assert step is not None
    assert [p.pk for p in step.people.all()] == [house.ruth.pk]
    assert approval in asked_of(house.fresh(house.ruth))
    assert Entry.objects.filter(action="reroute approval", card=incident.pk, actor=house.ruth).exists()
    assert "asked others for the decision instead" in as_(house.dev).get(f"/incidents/{incident.number}/").content.decode()


def ask(house: House, someone: Person, action: str, reference: str, by: Person | None = None):  # type: ignore[no-untyped-def]
    return as_(by or house.ruth).get("/why/", {"someone": someone.pk, "record": reference, "action": action})


def test_why_somebody_may(house: House) -> None:
    reference = house.incident().reference
    assert "The role Service desk agent allows seeing incidents everywhere." in ask(house, house.ines, "read", reference).content.decode()
    assert "for Brannock Hospitals" in ask(house, house.maeve, "read", reference).content.decode()
    page = ask(house, house.aoife, "read", reference).content.decode()
    assert "shared with them (asked for it)" in page
    assert "stay hidden" in page


def test_why_somebody_may_not(house: House) -> None:
    reference = house.incident().reference
    assert "no role at all" in ask(house, house.nobody, "read", reference).content.decode()
    assert "is none of these" in ask(house, house.strand, "read", reference).content.decode()
    assert "None of their roles (Internal auditor)" in ask(house, house.greta, "resolve", reference).content.decode()
    other = house.incident(organization=house.strand_housing, requester=house.strand).reference
    assert "reaches Brannock Hospitals only" in ask(house, house.maeve, "read", other).content.decode()


def test_the_question_betrays_nothing(house: House) -> None:
    reference = house.incident().reference
    unseen, absent = (ask(house, house.strand, "read", r, by=house.strand) for r in (reference, "INC-999"))
    assert unseen.status_code == absent.status_code == 400
    assert "no such record, or you may not see it" in unseen.content.decode()
    assert "You may ask about yourself" in ask(house, house.dev, "read", reference, by=house.ines).content.decode()
    assert ask(house, house.ines, "read", reference, by=house.ines).status_code == 200


def test_a_units_keeper_keeps_its_people_only(house: House) -> None:
    ward = keep_organization(by=house.ruth, channel="page", kind="customer", name="Ward")
    nora = keep_person(by=house.ruth, channel="page", name="Nora", organization=ward)
    keeper = keep_person(by=house.ruth, channel="page", name="Kim", organization=house.provider)
    Grant.objects.create(
        tenant=house.tenant,
        person=keeper,
        organization=ward,
        words=["person:keep", "person:read"],
        role_name="Keeper",
        started_at=now() - timedelta(days=1),
    )
    browser = as_(keeper)
    assert browser.get(f"/people/{nora.pk}/edit/").status_code == 200
    assert browser.get(f"/people/{house.aoife.pk}/edit/").status_code == 404
    assert browser.post(f"/people/{nora.pk}/edit/", {"name": "Nora", "organization": house.provider.pk}).status_code == 403


def test_a_lost_phone_is_no_wall_for_ever(house: House) -> None:
    Authenticator.objects.create(user=house.ines, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    assert as_(house.greta).post(f"/people/{house.ines.pk}/end-second-factor/").status_code == 403
    browser = as_(house.ruth)
    assert "Take their authenticator app away" in browser.get(f"/people/{house.ines.pk}/").content.decode()
    browser.post(f"/people/{house.ines.pk}/end-second-factor/")
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(kind="session", action="end second factor", actor=house.ruth).exists()


def test_who_keeps_people_need_not_see_what_they_work_on(house: House) -> None:
    incident = house.incident("A secret matter", owner=house.ines.pk)
    keeper = keep_person(by=house.ruth, channel="page", name="Kim", organization=house.provider)
    Grant.objects.create(tenant=house.tenant, person=keeper, words=["person:keep"], role_name="Keeper", started_at=now() - timedelta(days=1))
    page = as_(keeper).get(f"/people/{house.ines.pk}/leave/").content.decode()
    assert incident.reference in page
    assert "secret" not in page
