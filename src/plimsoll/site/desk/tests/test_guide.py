"""Setting the management system up, step by step (S-123): each step says how far it is, from the records, and where to go on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.site.guiding import STEPS, standings
from tests.cast import House
from tests.contracts import signed_in, text_of


@pytest.mark.once
def test_every_step_ends_with_a_document_that_can_be_begun() -> None:
    assert [step.key for step in STEPS] == ["organisation", "scope", "services", "roles", "policy", "agreements", "plan"]
    assert [step.template for step in STEPS if template_named(step.template) is None] == []


def steps(house: House) -> dict[str, tuple[bool, bool, list[bool]]]:
    return {s.step.key: (s.is_begun, s.is_done, [f.is_there for f in s.facts]) for s in standings(house.tenant)}


@pytest.mark.django_db
def test_s_123_a_step_follows_its_records_and_ends_with_its_document(house: House) -> None:
    assert steps(house)["organisation"] == (False, False, [False, False, False])
    open_record(type_named("unit"), by=house.ruth, channel="page", title="Service desk")
    open_record(type_named("location"), by=house.ruth, channel="page", title="House", address="1 Quay Street")
    assert steps(house)["organisation"] == (True, False, [True, True, False])
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
