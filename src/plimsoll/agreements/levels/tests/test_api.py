"""Terms of agreements for programs: drafted, put in force, corrected; each fault at its place; nothing for those who may not see it."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.agreements.levels.models import Agreement, Exclusion, Recalculation, RecalculationLine, Version
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import open_record
from tests.api import Caller
from tests.cast import House

pytestmark = pytest.mark.django_db
WEEK = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
TERMS: dict[str, Any] = {
    "hours": {"name": "Ours", "timezone": "Europe/London", "week": WEEK},
    "targets": [{"measure": "resolve", "priority": 1, "within": "4 h"}, {"measure": "resolve", "within": "1 h 30 min", "team": None}],
    "shares": [{"measure": "resolve", "within": "4 h", "percent": 90}],
    "workload": [{"priority": None, "most": 40}],
    "pauses": {"waiting_customer": "message"},
    "exceptions": "Force majeure.",
}


@pytest.fixture
def agreement(house: House) -> Agreement:
    made = open_record(type_named("agreement"), by=house.ruth, channel="page", organization=house.brannock, title="Promised", type="sla")
    assert isinstance(made, Agreement)
    return made


def test_terms_are_drafted_read_put_in_force_and_corrected(house: House, agreement: Agreement) -> None:
    ruth, one = Caller(house.ruth), f"agreements/{agreement.number}"
    drafted = ruth.put(f"{one}/draft", TERMS).json()
    assert (drafted["number"], drafted["is_draft"]) == (1, True)
    assert drafted["terms"]["targets"][1] == {"measure": "resolve", "priority": None, "team": None, "is_second": False, "within": "1 h 30 min"}
    assert ruth.put(f"{one}/draft", drafted["terms"]).json()["terms"] == drafted["terms"], "what is answered is taken back as it is"
    started = ruth.post(f"{one}/draft/publish", {"started_at": "2026-01-01T00:00:00+00:00"}).json()
    assert (started["is_draft"], started["started_at"][:10]) == (False, "2026-01-01")
    correction = {**TERMS, "corrects": 1, "targets": [{"measure": "resolve", "within": "8 h"}]}
    assert ruth.put(f"{one}/draft", correction).json()["corrects"] == 1
    refused = ruth.post(f"{one}/draft/publish", {})
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["field"] == "reason"
    assert ruth.post(f"{one}/draft/publish", {"reason": "Typed wrongly"}).status_code == 200
    versions = ruth.get(f"{one}/versions").json()["items"]
    assert [v["number"] for v in versions] == [1, 2]
    assert versions[1]["reason"] == "Typed wrongly"
    assert ruth.get(f"{one}/versions/9").status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"targets": [{"measure": "resolve", "within": "4 h"}, {"measure": "resolve", "within": "2 days"}]}, "targets.1.within"),
        ({"targets": [{"measure": "fix", "within": "4 h"}]}, "targets.0.measure"),
        ({"targets": [{"measure": "resolve", "within": 4}]}, "targets.0.within"),
        ({"targets": [{"measure": "resolve", "within": "4 h", "priority": 9}]}, "targets.0.priority"),
        ({"targets": [{"measure": "resolve", "within": "4 h", "priorities": 1}]}, "targets.0.priorities"),
        ({"targets": ["4 h"]}, "targets.0"),
        ({"targets": [{"measure": "resolve", "within": "4 h", "team": 999999}]}, "teams"),
        ({"shares": [{"measure": "resolve", "within": "4 h", "percent": 101}]}, "shares.0.percent"),
        ({"workload": [{"most": 0}]}, "workload.0.most"),
        ({"pauses": {"waiting_customer": "sometimes"}}, "pauses.waiting_customer"),
        ({"services": ["SVC-999"]}, "services.0"),
        ({"hours": {"calendar": 999999}}, "hours.calendar"),
        ({"hours": {"timezone": "Mars", "week": WEEK}}, "hours"),
        ({"hours": {"timezone": "Europe/London", "week": {"mon": [["18:00", "08:00"]]}}}, "hours"),
        ({"targets": "4 h"}, "targets"),
        ({"corrects": 7}, "corrects"),
        ({"goodwill": True}, "goodwill"),
    ],
)
def test_each_fault_is_said_at_its_place_and_nothing_is_written(house: House, agreement: Agreement, given: dict[str, Any], field: str) -> None:
    answer = Caller(house.ruth).put(f"agreements/{agreement.number}/draft", {**TERMS, **given})
    assert answer.status_code == 422, answer.content
    assert answer.json()["faults"][0]["field"] == field
    assert not Version.objects.exists()


def test_what_can_not_be_put_in_force_says_why(house: House, agreement: Agreement) -> None:
    ruth, one = Caller(house.ruth), f"agreements/{agreement.number}"
    assert ruth.post(f"{one}/draft/publish", {}).json()["faults"][0]["sentence"] == "There is no draft."
    ruth.put(f"{one}/draft", {"targets": [{"measure": "resolve", "within": "4 h", "is_second": True}]})
    fields = {fault["field"] for fault in ruth.post(f"{one}/draft/publish", {}).json()["faults"]}
    assert fields == {"hours", "second_hours"}
    assert ruth.post(f"{one}/draft/publish", {"started_at": "tomorrow"}).json()["faults"][0]["field"] == "started_at"
    assert ruth.delete(f"{one}/draft").status_code == 204
    assert ruth.delete(f"{one}/draft").status_code == 422


def test_nobody_reads_or_writes_terms_that_are_not_theirs(house: House, agreement: Agreement) -> None:
    one = f"agreements/{agreement.number}"
    Caller(house.ruth).put(f"{one}/draft", TERMS)
    assert Caller(house.mallory).get(f"{one}/versions").status_code == 404
    assert Caller(house.strand).put(f"{one}/draft", TERMS).status_code == 404
    greta = Caller(house.greta)
    assert greta.get(f"{one}/versions").json()["items"] == [], "a draft is for those who may change it"
    assert greta.get(f"{one}/versions/1").status_code == 404
    assert greta.put(f"{one}/draft", TERMS).status_code == 403
    assert greta.delete(f"{one}/draft").status_code == 403
    assert greta.post(f"{one}/draft/publish", {}).status_code == 403
    assert greta.post(f"{one}/exceptions", {"record": "INC-1", "reason": "x"}).status_code == 403
    assert Caller(house.ruth, scopes=("read",)).put(f"{one}/draft", TERMS).status_code == 403


def test_exceptions_are_added_listed_and_taken_back(house: House, agreement: Agreement) -> None:
    ruth, one = Caller(house.ruth), f"agreements/{agreement.number}"
    ruth.put(f"{one}/draft", TERMS)
    ruth.post(f"{one}/draft/publish", {"started_at": "2026-01-01T00:00:00Z"})
    version = Version.objects.get()
    Agreement.objects.get(pk=agreement.pk)
    assert version.published_at is not None
    incident = house.incident()
    assert ruth.post(f"{one}/exceptions", {"record": incident.reference, "reason": "Flood"}).json()["faults"][0]["field"] == "record"
    assert ruth.post(f"{one}/exceptions", {"record": "INC-999", "reason": "Flood"}).status_code == 422
    assert ruth.get(f"{one}/exceptions").json() == {"items": []}
    assert ruth.delete(f"{one}/exceptions/1").status_code == 404
    assert not Exclusion.objects.exists()


def test_the_lines_of_a_recalculation_are_read_page_by_page_without_names_of_what_is_hidden(house: House, agreement: Agreement) -> None:
    asked = open_record(type_named("recalculation"), by=house.ruth, channel="page", title="What if", agreement=agreement)
    assert isinstance(asked, Recalculation)
    for n in range(3):
        incident = house.incident(f"Slow {n}")
        RecalculationLine.objects.create(recalculation=asked, card_id=incident.pk, before={}, after={}, is_verdict_changed=n == 1)
    ruth, lines = Caller(house.ruth), f"recalculations/{asked.number}/lines"
    first = ruth.get(f"{lines}?limit=2")
    assert [row["record"] for row in first.json()["items"]] == ["INC-1", "INC-2"]
    assert 'rel="next"' in first["Link"]
    assert [row["record"] for row in ruth.get(f"{lines}?only=verdicts").json()["items"]] == ["INC-2"]
    assert Caller(house.mallory).get(lines).status_code == 404
