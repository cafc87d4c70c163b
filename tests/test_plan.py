"""The plan as a whole: what rendering it costs whatever the size, and what its approved version says once records moved on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.agreements.parties.tests.test_parties import contract, operation
from plimsoll.context.processes.tests.examples import process
from plimsoll.kernel.documents import drifting
from plimsoll.kernel.documents.models import Document, DocumentVersion
from plimsoll.kernel.documents.queries import draft_as_printed, version_in_force
from plimsoll.kernel.documents.record import is_sound
from plimsoll.kernel.identity.operations import keep_organization
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role, load_starter_roles, take_role
from plimsoll.portfolio.services.operations import add_customer
from tests.cast import House
from tests.contracts import signed_in, text_of
from tests.large import enlarge, plan_of

pytestmark = pytest.mark.django_db


def governed(house: House) -> dict[str, Role]:
    """The starter roles, with somebody at the top and somebody who runs the system."""
    roles = load_starter_roles(tenant=house.tenant, by=house.ruth, channel="set-up")
    give_role(role=roles["top_management"], person=house.greta, by=house.system, channel="set-up")
    give_role(role=roles["sms_manager"], person=house.ines, by=house.system, channel="set-up")
    return roles


def statements(plan: Document) -> int:
    with CaptureQueriesContext(connection) as seen:
        printed, _standings, _fault = draft_as_printed(Document.objects.select_related("tenant").get(pk=plan.pk))
    assert printed is not None
    return len(seen)


def test_rendering_the_plan_takes_as_many_statements_with_two_services_as_with_twenty(house: House) -> None:
    governed(house)
    enlarge(house, services=2, people=10)
    plan = plan_of(house)
    few = statements(plan)
    enlarge(house, services=20, people=60, start=20_000)
    assert statements(plan) == few


def test_must_show_2_four_records_that_moved_on_are_named_and_the_approved_plan_keeps_its_text(house: House) -> None:
    roles = governed(house)
    live = {"owner": house.dev, "hours": house.office_hours, "description": "What it does."}
    services = [house.service(title, **live) for title in ("Workplace", "Old print service")]
    for service in services:
        add_customer(service, house.brannock, by=house.ruth, channel="page")  # type: ignore[arg-type]
        move(service, "go_live", by=house.ruth, channel="page")
    incident_manager = roles["incident_manager"]
    held = give_role(role=incident_manager, person=house.dev, by=house.system, channel="page")
    run = process(house, is_in_force=True, manager_role=incident_manager)
    agreement = contract(house, title="Lines and their repair")
    operation(house, is_running=True, process=run, agreement=agreement)
    submitted = move(plan_of(house), "submit", by=house.ruth, channel="page")
    move(submitted, "approve", by=house.fresh(house.greta), channel="page")
    plan = Document.objects.get(template="sms-plan")
    version = version_in_force(plan)
    assert version is not None
    text, digest = version.printed, version.digest
    assert drifting.compare_all(house.tenant) == 0

    keep_organization(organization=house.provider, name="Northmere Group", by=house.ruth, channel="page")
    amend(type(services[1]).objects.get(pk=services[1].pk), by=house.ruth, channel="page", in_scope=False, scope_reason="It is being given up.")
    take_role(assignment=held, by=house.system, channel="page", note="Moves on.")
    give_role(role=incident_manager, person=house.ines, by=house.system, channel="page")
    move(agreement, "terminate", by=house.ruth, channel="page", note="They left.")

    drifting.compare_all(house.tenant)
    version = DocumentVersion.objects.get(pk=version.pk)
    changed = drifting.by_record(version.drifts.all())
    assert {c.label for c in changed} == {
        "Northmere Group",
        f"{services[1].reference} Old print service",
        f"{incident_manager.reference} {incident_manager.title}",
        f"{agreement.reference} Lines and their repair",
    }, [(c.label, [(d.name, d.was, d.now) for d in c.drifts]) for c in changed]
    fields = {c.label.split()[0]: {d.name for d in c.drifts} for c in changed}
    assert {"services.in_scope", "scope.sentence", "customers.in_scope"} <= fields[services[1].reference]
    assert {"organization.name", "scope.sentence"} <= fields["Northmere"]
    assert {"roles.table", "processes.list"} <= fields[incident_manager.reference]
    assert fields[agreement.reference] == {"other_parties.operations", "claim:parties.agreed"}
    # The approved version is what it was, and its hash proves it.
    assert (version.printed, version.digest, is_sound(version)) == (text, digest, True)
    ruth = signed_in(house.ruth)
    page = ruth.get(f"/documents/{plan.number}/versions/{version.number}/")
    assert "4 records say otherwise now." in text_of(page)
    assert "As it was approved" in text_of(page)
    # One click drafts the next version, which says what the records say.
    assert ruth.post(f"/documents/{plan.number}/moves/revise/", {"version": plan.version}).status_code == 302
    printed, _standings, _fault = draft_as_printed(Document.objects.select_related("tenant").get(pk=plan.pk))
    assert printed is not None
    said = str(printed.blocks)
    assert "Northmere Group" in said
    assert "does not hold" in said


def test_s_048_an_approved_letter_of_appointment_drifts_with_the_role_and_the_assignment(house: House) -> None:
    roles = governed(house)
    made = give_role(role=roles["incident_manager"], person=house.dev, by=house.system, channel="page")
    signed_in(house.ruth).post(f"/assignments/{made.number}/letter/")
    letter = Document.objects.get(template="appointment-letter")
    assert letter.about == made.reference
    move(move(letter, "submit", by=house.ruth, channel="page"), "approve", by=house.fresh(house.greta), channel="page")
    assert drifting.compare_all(house.tenant) == 0
    deputy = open_record(type_named("assignment"), by=house.ruth, channel="page", role=roles["incident_manager"], person=house.ines, is_deputy=True)
    move(deputy, "approve", by=house.system, channel="page")
    take_role(assignment=made, by=house.system, channel="page", note="Moves on.", at=now() + timedelta(seconds=1))
    drifting.compare_all(house.tenant)
    drifts = {d.name: d.label for d in letter.versions.get().drifts.all()}
    assert drifts["appointment.ends"].startswith(made.reference)
    assert drifts["appointment.deputy"].startswith((made.reference, deputy.reference))
