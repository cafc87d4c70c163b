"""Statements of policies: what carries each out, how well it is kept, and what falls short."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.agreements.levels.proving import prove
from plimsoll.agreements.levels.tests.test_levels import agreed
from plimsoll.context.parts.operations import add_part
from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.documents.source import parse
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.leadership.policies.parts import SERVINGS
from plimsoll.leadership.policies.queries import UNKNOWN, UNSERVED, UNSPOKEN, faults_of, in_force, served
from plimsoll.leadership.policies.rules import COMMITMENTS, SUBJECTS, Said, missing_subjects, named_in
from plimsoll.portfolio.services.tests.test_operations import live
from tests.cast import House
from tests.contracts import signed_in, text_of

once = pytest.mark.once
KNOWN = [
    Said(1, "S1", "We improve.", ("improvement",)),
    Said(1, "S2", "Incidents.", ("subject", "incidents")),
    Said(1, "S12", "Problems.", ("problems",)),
]
BODY = """# What we stand for

> [S1] We meet what applies and we improve. {tags: requirements, improvement}

> [S2] Every incident is resolved. {tags: subject, incidents}

> [S3] Services have the capacity they need. {tags: subject, capacity}
"""


@once
@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("S1", ["S1"]),
        ("serves s2 and S12.", ["S2", "S12"]),
        ("improvement", ["S1"]),
        ("Incidents, problems", ["S2", "S12"]),
        ("S99", []),
        ("S1 improvement incidents", ["S1"]),  # a key says it better than a word
        ("", []),
        ("reliability", []),
    ],
)
def test_s_102_what_somebody_meant_who_named_a_statement(words: str, keys: list[str]) -> None:
    assert [s.key for s in named_in(words, KNOWN)] == keys


@once
def test_s_113_to_s_118_and_5_2_1_c_what_no_statement_speaks_of_is_named() -> None:
    assert missing_subjects([]) == [*COMMITMENTS, *SUBJECTS]
    assert [item for _tag, item in missing_subjects(KNOWN)] == ["5.2.1-c", "S-113", "S-114", "S-115", "S-118"]
    template = template_named("sms-policy")
    assert template is not None
    shipped = [Said(0, s.key, s.text, s.tags) for s in parse(template.text).statements]
    assert missing_subjects(shipped) == [], "the policy that is shipped speaks of all of them"


@pytest.fixture
def policy(house: House) -> Any:
    """A policy in force: Ruth wrote it, Greta of top management approved it."""
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up", codes=["top_management", "sms_manager"])
    give_role(role=roles["top_management"], person=house.greta, by=house.system, channel="page")
    made = open_record(
        type_named("document"), by=house.ruth, channel="page", title="Service policy", sort="policy", code="POL", level="public", outside="customer",
        template="sms-policy", body=BODY, change_description="First.", owner_role=roles["top_management"], approver_role=roles["top_management"],
    )  # fmt: skip
    move(made, "submit", by=house.ruth, channel="page")
    return move(Document.objects.get(pk=made.pk), "approve", by=house.fresh(house.greta), channel="page")


def objective(house: House, statement: str) -> Any:
    return open_record(type_named("objective"), by=house.ruth, channel="page", title=f"Serves {statement}", statement=statement)


def test_s_102_what_carries_a_statement_out_is_entered_or_said_by_the_record(house: House, policy: Any) -> None:
    service = house.service("Network")
    add_part(SERVINGS, policy, {"statement": "s2", "record": service.card}, by=house.ruth, channel="page")
    aim = objective(house, "improvement")
    found = served(house.tenant, in_force(house.tenant))
    assert found == {(policy.pk, "S2"): [service.pk], (policy.pk, "S1"): [aim.pk]}
    page = text_of(signed_in(house.ruth).get("/policies/"))
    assert f"{service.reference} Network" in page
    assert aim.reference in page
    assert "1 that nothing carries out" in page
    assert "No process in the system yet" in page, "of capacity nothing runs here"


def test_only_statements_that_are_there_and_each_once(house: House, policy: Any) -> None:
    service = house.service("Network")
    for values, said in (
        ({"statement": "S9", "record": service.card}, "There is no such statement. The text has: S1, S2, S3"),
        ({"statement": "S1", "record": None}, "Say which record"),
        ({"statement": "S1", "record": policy.card}, "does not carry out its own"),
    ):
        with pytest.raises(Faulty, match=said):
            add_part(SERVINGS, policy, values, by=house.ruth, channel="page")
    add_part(SERVINGS, policy, {"statement": "S1", "record": service.card}, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="already"):
        add_part(SERVINGS, policy, {"statement": "S1", "record": service.card}, by=house.ruth, channel="page")


def test_s_102_s_135_faults_name_what_nothing_carries_out_and_what_serves_nothing(house: House, policy: Any) -> None:
    objective(house, "reliability")
    found = faults_of(house.tenant)
    assert [f.sentence for f in found if f.rule is UNSERVED] == [f"Service policy, S{n}: nothing carries it out." for n in (1, 2, 3)]
    assert {f.sentence.split("statement on ")[1] for f in found if f.rule is UNSPOKEN} == {
        "agreements (S-113).", "availability (S-115).", "problems (S-117).", "changes (S-118).",
    }  # fmt: skip
    assert ["“reliability”" in f.sentence for f in found if f.rule is UNKNOWN] == [True]


def test_nobody_sees_records_that_they_may_not(house: House, policy: Any) -> None:
    aim = objective(house, "S2")
    page = text_of(signed_in(house.aoife).get("/policies/"))
    assert "Every incident is resolved" in page, "a policy that is public is read by customers"
    assert aim.reference not in page
    assert "one that you may not see" in page
    assert "Say what carries them out" not in page
    assert "Every incident is resolved" not in text_of(signed_in(house.mallory).get("/policies/"))
    assert signed_in(house.aoife).get(f"/documents/{policy.number}/servings/").status_code == 404


def test_without_a_policy_the_page_says_what_to_do(house: House) -> None:
    assert "No policy is in force" in text_of(signed_in(house.ruth).get("/policies/"))


def test_what_the_page_costs_does_not_depend_on_how_much_there_is(house: House, policy: Any) -> None:
    browser = signed_in(house.ruth)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert browser.get("/policies/").status_code == 200
        return len(counted)

    add_part(SERVINGS, policy, {"statement": "S1", "record": house.service("A").card}, by=house.ruth, channel="page")
    objective(house, "S2")
    queries()
    few = queries()
    for n in range(5):
        add_part(SERVINGS, policy, {"statement": "S3", "record": house.service(f"B{n}").card}, by=house.ruth, channel="page")
        objective(house, "S2")
    assert queries() == few


def test_s_113_live_services_without_an_agreement_are_told(house: House) -> None:
    live(house, "Network")
    assert [(p.figure, p.level) for p in prove(house.ruth)["agreements"]] == [("0 of 1", 2.0)]
    agreed(house, house.office_hours)
    assert [(p.figure, p.level) for p in prove(house.fresh(house.ruth))["agreements"]] == [("1 of 1", 0.0)]
    assert prove(house.mallory) == {}, "another tenant's services prove nothing here"


def test_the_policy_that_is_shipped_begins_as_a_draft_with_statements(house: House) -> None:
    load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    template = template_named("sms-policy")
    assert template is not None
    made = begin(template, by=house.ruth, channel="page")
    add_part(SERVINGS, made, {"statement": "S8", "record": house.service("A").card}, by=house.ruth, channel="page")
    assert faults_of(house.tenant) == [], "a draft is no policy in force"
