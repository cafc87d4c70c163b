"""My work: what waits for whoever looks comes first, and nothing is said that is not so."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.parts import comment
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.workflow import Workflow, WorkflowError, states
from plimsoll.resolution.incidents.rules import INCIDENT_FLOW
from plimsoll.resolution.requests.operations import keep_deciders, order, proceed
from plimsoll.resolution.requests.plan import Plan, Step
from tests.cast import House

pytestmark = pytest.mark.django_db


def home(person: Person) -> str:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return client.get("/").content.decode()


def bands(page: str) -> dict[str, list[str]]:
    """{group: titles} in the order of the page."""
    found = {}
    for body in re.findall(r"<tbody.*?</tbody>", page, re.S):
        head = re.search(r'scope="rowgroup">([^<]*)<', body)
        assert head
        found[head[1]] = re.findall(r'class="title"[^>]*>([^<]*)<', body)
    return found


def worked_on(house: House, title: str, **values: Any) -> Any:
    incident = house.incident(title, service=house.service(), classification=house.category, impact=2, urgency=2, owner=house.dev, **values)
    for step in ("assign", "start"):
        move(incident, step, by=house.dev, channel="page")
    return incident


def resolved(house: House, title: str) -> Any:
    incident = worked_on(house, title)
    return move(
        incident,
        "resolve",
        by=house.dev,
        channel="page",
        note="Done.",
        fields={"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "Swapped it."},
    )


def test_a_customer_sees_first_what_waits_for_their_answer_or_word(house: House) -> None:
    move(worked_on(house, "Which ward?"), "wait_for_customer", by=house.dev, channel="page")
    resolved(house, "Printer prints again")
    worked_on(house, "Being looked at")
    page = home(house.aoife)
    assert bands(page) == {"Waiting for me": ["Which ward?", "Printer prints again"], "What else I asked for": ["Being looked at"]}
    for asks in ("waits for your answer", "waits for you to confirm"):
        assert page.count(f"<b>{asks}</b>") == 2, "beside the number on a phone, below the title elsewhere"
    assert "2 wait for you" in page and "1 more that you asked for is open" in page


def test_nothing_waits_is_never_said_above_open_reports(house: House) -> None:
    assert "Nothing waits for you" in home(house.aoife) and "What you report stands here" in home(house.aoife)
    worked_on(house, "Being looked at")
    page = home(house.aoife)
    assert bands(page) == {"What I asked for": ["Being looked at"]}
    assert "Nothing waits for you" not in page and "1 that you asked for is open" in page


def test_whoever_answered_is_not_waited_for_any_more(house: House) -> None:
    incident = worked_on(house, "Which ward?")
    comment(incident, text="Since eight.", is_public=True, by=house.aoife, channel="page")
    move(incident, "wait_for_customer", by=house.dev, channel="page", at=now() + timedelta(seconds=1))
    assert "Waiting for me" in bands(home(house.aoife))
    comment(incident, text="Ward 4.", is_public=True, by=house.aoife, channel="page", at=now() + timedelta(seconds=2))
    amend(incident, by=house.dev, channel="page", owner=house.ines)
    assert bands(home(house.aoife)) == {"What I asked for": ["Which ward?"]}


def test_somebody_else_of_the_customer_is_not_asked(house: House) -> None:
    move(worked_on(house, "Which ward?"), "wait_for_customer", by=house.dev, channel="page")
    assert bands(home(house.maeve)) == {} and bands(home(house.strand)) == {}


def test_whoever_works_here_is_told_too_when_their_own_report_waits_for_them(house: House) -> None:
    move(worked_on(house, "Which ward?", requester=house.ines), "wait_for_customer", by=house.dev, channel="page")
    assert list(bands(home(house.ines))) == ["Waiting for me"]


def test_a_suppliers_person_sees_what_lies_with_the_team_and_what_they_asked_for(house: House) -> None:
    house.incident("Line to the depot is dead", team=house.field, owner=house.dev)
    worked_on(house, "My own screen", requester=house.sam, organization=house.telco)
    page = home(house.sam)
    assert bands(page) == {"With my teams": ["Line to the depot is dead"], "What I asked for": ["My own screen"]}
    assert "1 waits for you" in page and "1 more that you asked for is open" in page


def test_what_a_suppliers_team_handed_back_to_the_customer_is_not_counted_as_waiting_for_them(house: House) -> None:
    house.incident("Line to the depot is dead", team=house.field, owner=house.dev)
    move(worked_on(house, "Which line?", team=house.field), "wait_for_customer", by=house.dev, channel="page")
    page = home(house.sam)
    assert bands(page) == {"With my teams": ["Line to the depot is dead"], "With my teams, waiting for the customer": ["Which line?"]}
    assert "1 waits for you" in page


def test_a_workflow_names_states_that_it_has_as_the_requesters_turn() -> None:
    assert {INCIDENT_FLOW.state(n).category for n in INCIDENT_FLOW.requesters_turn} == {"waiting", "done"}
    assert INCIDENT_FLOW.with_changes({"labels": {"new": "Fresh"}}).requesters_turn == INCIDENT_FLOW.requesters_turn
    with pytest.raises(WorkflowError, match="nowhere"):
        Workflow("new", states(("new", "new", "New")), (), requesters_turn=("nowhere",))


def test_what_is_due_first_stands_first_whatever_its_priority(house: House) -> None:
    """A report that nobody has looked at yet has no priority, and its first answer is due all the same."""
    later, soon, never = (house.incident(title, team=house.desk) for title in ("Due on Friday", "Due in an hour", "Never due"))
    for record, hours, priority in ((later, 100, 1), (soon, 1, None), (never, None, 1)):
        due = now() + timedelta(hours=hours) if hours else None
        Card.objects.filter(pk=record.pk).update(due_at=due, priority=priority)
    assert bands(home(house.ines))["My teams, with nobody yet"] == ["Due in an hour", "Due on Friday", "Never due"]


def test_what_waits_for_a_decision_waits_for_whoever_decides(house: House) -> None:
    keep_deciders(house.brannock, [house.maeve], by=house.fresh(house.ruth), channel="page")
    model = house.offered(plan=Plan(steps=(Step("Your manager", is_line=True),)))
    made = proceed(order(model, {}, by=house.fresh(house.aoife), channel="portal"))
    made = amend(made, by=house.fresh(house.ruth), channel="page", team=house.desk)
    assert (made.state, made.team_id, made.owner_id) == ("awaiting_approval", house.desk.pk, None)
    assert "My teams, with nobody yet" not in bands(home(house.ines))
