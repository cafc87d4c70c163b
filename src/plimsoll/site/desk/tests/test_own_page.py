"""What I do here: one's own page, from the records of now; somebody else's for whoever keeps all files, and for nobody else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.context.parts.operations import add_part
from plimsoll.context.processes.content import starter_named
from plimsoll.context.processes.operations import begin
from plimsoll.context.processes.parts import DUTIES
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_it_says_roles_services_teams_processes_gaps_and_what_is_owned(house: House) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    give_role(role=roles["incident_manager"], person=house.ruth, by=house.system, channel="page")
    house.service("Network", owner=house.ruth)
    starter = starter_named("incident")
    assert starter is not None
    role = roles["incident_manager"]
    made = begin(starter, by=house.ruth, channel="page", owner_role=role, manager_role=role, review_on="2099-01-01")
    for activity in made.activities.all():
        add_part(DUTIES, made, {"activity": activity, "role": role, "letter": "A"}, by=house.ruth, channel="page")
    move(made, "put_in_force", by=house.ruth, channel="page")
    needed = {"title": "Leads a call", "description": "Calmly.", "role": role, "approver_role": role}
    move(open_record(type_named("competence"), by=house.ruth, channel="page", **needed), "approve", by=house.fresh(house.ruth), channel="page")
    open_record(type_named("limitation"), by=house.ruth, channel="page", title="One line only", owner=house.ruth)
    page = text_of(signed_in(house.fresh(house.ruth)).get("/me/"))
    for said in ("What I do here", "Incident manager", "Network", starter.title, "A: is accountable", "Leads a call", "One line only"):
        assert said in page, said


def test_it_is_for_insiders_and_of_others_only_for_who_keeps_all_files(house: House) -> None:
    ines = f"/people/{house.ines.pk}/here/"
    assert signed_in(house.ines).get("/me/").status_code == 200
    assert signed_in(house.ines).get(ines).status_code == 200
    assert "What Ines Okafor does here" in text_of(signed_in(house.ruth).get(ines))
    assert "/here/" in signed_in(house.ruth).get(f"/people/{house.ines.pk}/").content.decode()
    for person in (house.aoife, house.sam, house.nobody):
        assert signed_in(person).get(ines).status_code == 404
    for person in (house.aoife, house.sam):
        assert signed_in(person).get("/me/").status_code == 404
    assert signed_in(house.ines).get(f"/people/{house.ruth.pk}/here/").status_code == 404
    assert signed_in(house.ruth).get(f"/people/{house.aoife.pk}/here/").status_code == 404


def test_it_costs_the_same_whatever_the_rows(house: House) -> None:
    browser = signed_in(house.ruth)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert browser.get("/me/").status_code == 200
        return len(counted)

    house.service("First", owner=house.ruth)
    open_record(type_named("limitation"), by=house.ruth, channel="page", title="One", owner=house.ruth)
    queries()
    few = queries()
    for n in range(4):
        house.service(f"Service {n}", owner=house.ruth)
        open_record(type_named("limitation"), by=house.ruth, channel="page", title=f"Limit {n}", owner=house.ruth)
    assert queries() == few
