"""Setting the management system up, step by step (S-123): each step says how far it is, from the records, and where to go on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.processes.models import Process
from plimsoll.context.scopes.models import Scope, Unit
from plimsoll.kernel.documents.content import example_of, template_named
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.identity.models import Invitation, Organization, Person
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.kernel.roles.queries import people_holding
from plimsoll.planning.risks.models import RiskCriteria
from plimsoll.portfolio.services.models import Service
from plimsoll.site.guiding import STEPS, approving, standings
from plimsoll.site.offering.content import offers
from tests.cast import House
from tests.contracts import signed_in, text_of


@pytest.mark.once
def test_every_step_ends_with_a_document_that_can_be_begun() -> None:
    assert [step.key for step in STEPS] == ["organisation", "services", "scope", "roles", "policy", "agreements", "plan"]
    assert [step.template for step in STEPS if template_named(step.template) is None] == []


def steps(house: House) -> dict[str, tuple[bool, bool, list[bool]]]:
    return {s.step.key: (s.is_begun, s.is_done, [f.is_there for f in s.facts]) for s in standings(house.tenant)}


@pytest.mark.django_db
def test_s_123_a_step_follows_its_records_and_ends_with_its_document(house: House) -> None:
    assert steps(house)["organisation"] == (False, False, [False, False, False, False])
    open_record(type_named("unit"), by=house.ruth, channel="page", title="Service desk")
    open_record(type_named("location"), by=house.ruth, channel="page", title="House", address="1 Quay Street")
    assert steps(house)["organisation"] == (True, False, [False, True, True, False])
    assert steps(house)["roles"] == (True, False, [False, False, False, True]), "set-up of the cast is closed"

    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    give_role(role=roles["top_management"], person=house.greta, by=house.system, channel="page")
    give_role(role=roles["sms_manager"], person=house.ruth, by=house.system, channel="page")
    assert steps(house)["roles"] == (True, False, [True, True, True, True]), "its document is missing"

    template = template_named("sms-policy")
    assert template is not None
    made: Any = begin(template, by=house.ruth, channel="page")
    assert steps(house)["policy"] == (True, False, [])
    made = amend(
        made, by=house.ruth, channel="page", body="# One\n\nWords.", change_description="First.", outside="nobody", outside_reason="Not yet."
    )
    move(made, "submit", by=house.ruth, channel="page")
    move(Document.objects.get(pk=made.pk), "approve", by=house.fresh(house.greta), channel="page")
    assert steps(house)["policy"] == (True, True, [])
    page = text_of(signed_in(house.ruth).get("/guide/"))
    assert "1 of 7 steps are done" in page
    assert "version 1.0 is in force" in page
    assert "Begin “Service management system plan” from its template" in page


@pytest.mark.django_db
def test_one_person_alone_is_not_enough_for_the_roles(house: House) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    for code in ("top_management", "sms_manager"):
        give_role(role=roles[code], person=house.ruth, by=house.system, channel="page")
    assert steps(house)["roles"][2] == [True, True, False, True]


@pytest.mark.django_db
def test_it_is_for_whoever_writes_documents_and_costs_the_same_always(house: House) -> None:
    for person in (house.aoife, house.sam, house.nobody):
        assert signed_in(person).get("/guide/").status_code in (403, 404)
    browser = signed_in(house.ruth)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert browser.get("/guide/").status_code == 200
        return len(counted)

    queries()
    few = queries()
    for n in range(4):
        open_record(type_named("unit"), by=house.ruth, channel="page", title=f"Unit {n}")
        house.service(f"Service {n}")
    assert queries() == few


# What is offered to begin with


@pytest.mark.once
def test_every_offer_belongs_to_a_step_and_names_what_there_is() -> None:
    steps = {step.key for step in STEPS}
    assert [offer.key for offer in offers() if offer.step not in steps] == []
    assert len({offer.key for offer in offers()}) == len(offers())
    for offer in offers():
        if offer.sort == "record":
            known = {field.name for field in type_named(offer.kind).model._meta.get_fields()}
            assert {*offer.asks, *offer.values, *offer.mine, *offer.days, *offer.roles, *offer.there} <= known, offer.key
            flow = type_named(offer.kind).workflow
            assert {*offer.moves} <= {move.name for move in flow.moves}, offer.key


def fields_of(page: str) -> dict[str, str]:
    """What a form of the page would send, without its ticks."""
    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "checkbox" not in tag and "csrf" not in tag:
            found[name[1]] = value[1] if value else ""
    found |= {name: text.strip() for name, text in re.findall(r'<textarea [^>]*?name="([^"]+)"[^>]*>([^<]*)</textarea>', page)}
    for name, options in re.findall(r'<select [^>]*?name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def take(house: House, step: str, *keys: str, **typed: Any) -> Any:
    browser = signed_in(house.fresh(house.ruth))
    sent = fields_of(browser.get(f"/guide/{step}/").content.decode()) | {f"{key}-take": "on" for key in keys}
    return browser.post(f"/guide/{step}/", sent | {"act": "take"} | typed)


@pytest.mark.django_db
def test_s_123_nothing_is_taken_by_itself_and_what_is_ticked_is_entered_as_it_was_changed(house: House) -> None:
    page = text_of(signed_in(house.ruth).get("/guide/organisation/"))
    assert "Much is known by few" in page
    assert "Next review" in page, "what goes with it is told"
    assert "Nothing was ticked" in text_of(take(house, "organisation"))
    assert not Unit.objects.exists()
    made = take(house, "organisation", "unit", "few_people", **{"few_people-title": "Two people know it all"})
    assert made.status_code == 302, text_of(made)
    assert Unit.objects.get().title == house.provider.name
    issue = ContextIssue.objects.get()
    assert (issue.title, issue.sphere, issue.owner) == ("Two people know it all", "internal", house.ruth)
    again = text_of(signed_in(house.ruth).get("/guide/organisation/"))
    assert f"{issue.reference} Two people know it all" in again
    assert "few_people-title" not in again, "it is there, and not offered again"


@pytest.mark.django_db
def test_a_refusal_takes_nothing_and_keeps_what_was_typed(house: House) -> None:
    answer = take(house, "organisation", "unit", "location", **{"location-address": "", "unit-title": "All of us"})
    assert answer.status_code == 422
    assert "Nothing was taken over yet" in text_of(answer)
    assert 'value="All of us"' in answer.content.decode()
    assert not Unit.objects.exists()
    assert take(house, "organisation", "unit", "location", **{"location-address": "1 Quay Street", "unit-title": "All of us"}).status_code == 302


@pytest.mark.django_db
def test_somebody_who_approves_is_invited_and_asked_for_before_anything_is_written(house: House) -> None:
    load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    assert "Nobody but you could approve it" in text_of(signed_in(house.ruth).get("/guide/organisation/"))
    take(house, "organisation", "approver", **{"approver-name": "Tom Reed", "approver-email": "tom@northmere.example"})
    tom = Person.objects.get(name="Tom Reed")
    assert people_holding(house.tenant, "top_management") == {tom.pk}
    assert Invitation.objects.filter(person=tom).exists()
    assert "Tom Reed is top management" in text_of(signed_in(house.ruth).get("/guide/organisation/"))

    give_role(role=Role.objects.get(tenant=house.tenant, code="sms_manager"), person=house.ruth, by=house.system, channel="page")
    template = template_named("context-and-parties")
    assert template is not None
    found = approving(template, house.fresh(house.ruth))
    assert (found.is_own, found.meant and found.meant.code) == (True, "top_management"), "the SMS manager would approve what they wrote"
    assert "somebody else has to approve it" in text_of(signed_in(house.ruth).get("/guide/organisation/"))
    signed_in(house.ruth).post("/guide/organisation/", {"act": "begin", "approver": found.meant.pk if found.meant else ""})
    assert Document.objects.get(template="context-and-parties").approver_role == found.meant


@pytest.mark.django_db
def test_the_other_sorts_of_offers(house: House) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    give_role(role=roles["top_management"], person=house.greta, by=house.system, channel="page")
    take(house, "services", "customer", **{"customer-name": "Alder Clinics"})
    take(house, "scope", "scope", **{"scope-excludes_nothing": "on"})
    assert Organization.objects.filter(name="Alder Clinics", kind="customer").exists()
    assert Scope.objects.get().state == "in_review"
    alder = Organization.objects.get(name="Alder Clinics")
    take(house, "services", "service_1", **{"service_1-customers": [alder.pk]})
    service = Service.objects.get(title="Managed workplace")
    assert (service.state, [c.organization for c in service.customers.all()]) == ("live", [alder])
    said = {"requirement-service": service.pk, "requirement-organization": alder.pk, "requirement-accepted_by": "Ann Lee"}
    signed = {"agreement-organization": alder.pk, "agreement-signed_by_us": house.greta.pk, "agreement-signed_by_them": "Ann Lee"}
    wrong = take(house, "agreements", "requirement", "agreement", **said, **signed, **{"agreement-resolve": "soon"})
    assert wrong.status_code == 422
    assert "“soon” is not a time" in text_of(wrong)
    right = take(house, "agreements", "requirement", "agreement", **said, **signed)
    assert right.status_code == 302, text_of(right)
    assert type_named("agreement").model._default_manager.get(organization=alder).state == "active"
    assert type_named("servicerequirement").model._default_manager.get().state == "agreed"
    taken = take(house, "plan", "processes", "criteria", "standard", "objective", **{"processes-starters": ["incident", "risk"]})
    assert taken.status_code == 302, text_of(taken)
    assert set(Process.objects.values_list("state", flat=True)) == {"in_force"}
    assert RiskCriteria.objects.get().state == "proposed"
    waiting = text_of(signed_in(house.fresh(house.greta)).get("/"))
    assert "Approve: Risk criteria" in waiting
    assert "Approve: Scope of the service management system" in waiting
    assert "Approve: Risk criteria" not in text_of(signed_in(house.fresh(house.ruth)).get("/")), "nobody approves what they wrote"


@pytest.mark.django_db
def test_a_step_and_a_fact_that_are_not_there_are_not_found(house: House) -> None:
    browser = signed_in(house.ruth)
    for path in ("/guide/nothing/", "/guide/nothing/go/1/", "/guide/scope/go/0/", "/guide/scope/go/9/"):
        assert browser.get(path).status_code == 404, path
    for person in (house.aoife, house.sam, house.nobody):
        assert signed_in(person).get("/guide/scope/").status_code in (403, 404)


@pytest.mark.django_db
def test_whoever_is_sent_to_enter_something_finds_the_way_back_until_they_took_it(house: House) -> None:
    browser = signed_in(house.ruth)
    assert browser.get("/guide/organisation/go/2/").headers["Location"] == "/units/"
    assert "Back to: Set-up: Organisation" in text_of(browser.get("/units/"))
    assert "Back to:" not in text_of(browser.get("/guide/organisation/"))
    assert "Back to:" not in text_of(browser.get("/units/"))


@pytest.mark.once
def test_words_are_offered_only_for_fields_that_no_register_fills() -> None:
    assert example_of("management_review.interval")[0] == "once a year"
    assert example_of("scope.sentence") == ("", "")
