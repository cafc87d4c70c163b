"""The line of the whole system: where it stands at its boundaries, and that only an approved plan moves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.evaluation.conformity.fitness import FIELD, decided, line_at, newest_line, tolerated
from plimsoll.evaluation.conformity.models import Assessment
from plimsoll.evaluation.conformity.operations import assess, tolerate
from plimsoll.evaluation.conformity.rules import Line, line_of, whole_number
from plimsoll.evaluation.conformity.words import line_said
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.documents.models import Document, DocumentVersion
from plimsoll.kernel.documents.operations import fill
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.kernel.trail.models import Entry
from tests.cast import House
from tests.contracts import signed_in, text_of

TEXT = "# Limit\n{clauses: 9.1-a}\n\nSo many may fall short: {{ conformity.gaps_tolerated }}.\n"


@pytest.mark.once
@pytest.mark.parametrize(
    ("load", "limit", "fitness", "drawn"),
    [
        (0, 10, "fit", 0.0),
        (7, 10, "fit", 0.7),
        (8, 10, "near", 0.8),
        (10, 10, "near", 1.0),
        (11, 10, "over", 1.1),
        (199, 249, "fit", 0.79),  # 0.7992 is not drawn as 0.8
        (251, 250, "over", 1.01),  # 1.004 is not drawn as 1
        (500, 10, "over", 2.0),
        (0, 0, "fit", 0.0),
        (1, 0, "over", 2.0),
        (0, None, "unknown", None),
        (None, 10, "unknown", None),
        (None, None, "unknown", None),
    ],
)
def test_the_line_at_its_boundaries(load: int | None, limit: int | None, fitness: str, drawn: float | None) -> None:
    line = Line(load, limit)
    assert (line.fitness, line.drawn) == (fitness, drawn)


@pytest.mark.once
def test_only_what_could_be_looked_at_is_a_load_and_what_is_borne_is_none() -> None:
    assert line_of({"conforms": 3, "partly": 1, "does_not": 2, "no_evidence": 1, "not_triggered": 9, "not_assessed": 9}, 5) == Line(4, 5)
    assert line_of({"partly": 3}, 5, excepted=2) == Line(1, 5)
    assert line_of({"not_assessed": 290}, 5).fitness == "unknown"  # nothing was measured, and that is never fit


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), (" 0 ", 0), ("not decided", None), ("about 12", None), ("-1", None), ("1.5", None), ("", None), ("٣", None)]
)
def test_a_plan_says_a_number_or_none(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.fixture
def roles(house: House) -> dict[str, Role]:
    found = load_starter_roles(tenant=house.tenant, by=house.ruth, channel="set-up")
    give_role(role=found["top_management"], person=house.greta, by=house.system, channel="set-up")
    give_role(role=found["sms_manager"], person=house.ines, by=house.system, channel="set-up")
    return found


def top(house: House) -> Person:
    return house.fresh(house.greta)


def plan(house: House, roles: dict[str, Role]) -> Document:
    told: dict[str, Any] = {"title": "Plan of the system", "code": "SMS-PLAN", "sort": "plan", "body": TEXT, "change_description": "First version."}
    held = {"owner_role": roles["sms_manager"], "approver_role": roles["top_management"], "owner": house.ruth}
    return open_record(type_named("document"), by=house.ruth, channel="page", **told, **held)  # type: ignore[return-value]


def approved(house: House, document: Any) -> Any:
    submitted = move(type(document).objects.get(pk=document.pk), "submit", by=house.ruth, channel="page")
    return move(submitted, "approve", by=top(house), channel="page", note="Right.")


def test_a_limit_counts_only_as_the_approved_plan_says_it(house: House, roles: dict[str, Role]) -> None:
    assess(house.tenant, channel="task")
    assert newest_line(house.tenant).limit is None
    tolerate(house.tenant, 12, by=top(house), channel="page")
    document = plan(house, roles)
    assert (decided(house.tenant), tolerated(house.tenant)) == (12, None)
    approved(house, document)
    assert tolerated(house.tenant) == 12
    tolerate(house.tenant, 250, by=top(house), channel="page")
    assert tolerated(house.tenant) == 12  # what was decided since waits for the next approval
    line = newest_line(house.tenant)
    row = Assessment.objects.get()
    assert (line.limit, line.load) == (12, sum(row.counts[v] for v in ("partly", "does_not", "no_evidence")))
    assert line_at(row) == line
    assert tolerated(house.tenant, row.day - timedelta(days=1)) is None  # no plan was in force then
    version = DocumentVersion.objects.get(document=document)
    assert version.values[FIELD]["value"]["text"] == "12"


def test_what_the_author_wrote_over_the_field_is_what_the_plan_says(house: House, roles: dict[str, Role]) -> None:
    tolerate(house.tenant, 12, by=top(house), channel="page")
    document = plan(house, roles)
    fill(document, FIELD, text="3", reason="As minuted.", by=house.ruth, channel="page")
    approved(house, document)
    assert tolerated(house.tenant) == 3


def test_a_plan_without_a_decision_can_be_approved_and_is_no_measure(house: House, roles: dict[str, Role]) -> None:
    assess(house.tenant, channel="task")
    approved(house, plan(house, roles))
    assert newest_line(house.tenant).fitness == "unknown"
    assert "says no limit" in line_said(newest_line(house.tenant))


def test_only_top_management_decides_and_only_a_number_that_can_be(house: House, roles: dict[str, Role]) -> None:
    with pytest.raises(Refused):
        tolerate(house.tenant, 5, by=house.fresh(house.ines), channel="page")
    for wrong in (-1, 291):
        with pytest.raises(Faulty):
            tolerate(house.tenant, wrong, by=top(house), channel="page")
    assert decided(house.tenant) is None
    tolerate(house.tenant, 0, by=top(house), channel="page")
    assert decided(house.tenant) == 0
    assert Entry.objects.filter(kind="setting", action="set").count() == 1


def test_the_page_of_the_limit_says_when_it_counts(house: House, roles: dict[str, Role]) -> None:
    assert signed_in(house.fresh(house.ines)).get("/settings/conformity/").status_code == 403
    client = signed_in(top(house))
    assert "/settings/conformity/" in client.get("/settings/").content.decode()
    assert "No plan in force says a number" in text_of(client.get("/settings/conformity/"))
    kept = client.post("/settings/conformity/", {"tolerated": "12"}, follow=True)
    assert "counts once a version of the plan" in text_of(kept)
    assert "from 0 to 290" in text_of(client.post("/settings/conformity/", {"tolerated": "291"}))
    approved(house, plan(house, roles))
    assert "The plan in force says 12." in text_of(client.get("/settings/conformity/"))


def test_head_foot_and_programs_say_the_same(house: House, roles: dict[str, Role]) -> None:
    tolerate(house.tenant, 1, by=top(house), channel="page")
    approved(house, plan(house, roles))
    client = signed_in(top(house))
    assert "Nothing was computed yet" in text_of(client.get("/contextissues/"))
    row = assess(house.tenant, channel="task")
    line = newest_line(house.tenant)
    said = line_said(line)
    assert text_of(client.get("/conformity/")).count(said) == 2  # the head and the foot
    assert said in text_of(client.get("/contextissues/"))
    told = client.get("/api/v1/conformity").json()["line"]
    assert told == {"load": line.load, "limit": 1, "level": float(line.load or 0), "fitness": "over", "words": "Over the line"}
    assert row.day
    assert said not in text_of(signed_in(house.sam).get("/"))
    assert "Over the line" not in text_of(signed_in(house.sam).get("/"))


def test_the_line_costs_one_query(house: House) -> None:
    for n in range(3):
        assess(house.tenant, channel="task", at=now() + timedelta(days=n))
    with CaptureQueriesContext(connection) as asked:
        newest_line(house.tenant)
    assert len(asked) == 1
