"""Service requirements with a database: from captured to covered, what is not covered, and what documents print."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.agreements.levels.operations import draft_terms, put_in_force
from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import Target, Terms
from plimsoll.kernel.figures.blanks import blank_named
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.operations import MoveRefused, move, open_record
from plimsoll.kernel.records.workflows import change_workflow
from plimsoll.portfolio.requirements import queries
from tests.cast import House
from tests.filling import cells, many, queries_and_seconds, value_of

pytestmark = pytest.mark.django_db


def requirement(house: House, title: str = "Answers at night", *, state: str = "agreed", **values: Any) -> Any:
    given = {"text": "The ward gets an answer at any hour.", "type": "support_hours", "organization": house.brannock, **values}
    given.setdefault("service", house.service())
    made = open_record(type_named("servicerequirement"), by=house.ruth, channel="page", title=title, **given)
    if state in ("agreed", "covered"):
        made = move(made, "analyse", by=house.ruth, channel="page")
        fields = {"accepted_by": "Maeve Dunne", "accepted_on": "2026-11-02"}
        made = move(made, "agree", by=house.ruth, channel="page", fields=fields)
    return made


def agreement(house: House, title: str = "Services for Brannock", *, is_active: bool = True) -> Any:
    made = open_record(type_named("agreement"), by=house.ruth, channel="page", organization=house.brannock, title=title, type="sla")
    if is_active:
        terms = Terms(hours=frozen_hours(house.office_hours), targets=(Target("resolve", None, timedelta(hours=8)),))
        draft = draft_terms(made, terms, by=house.ruth, channel="page")  # type: ignore[arg-type]
        put_in_force(draft, started_at=now(), by=house.ruth, channel="page", flow=type_named("incident").workflow)
        signed = {"signed_by_us": house.greta, "signed_by_them": "Maeve", "signed_on": "2026-11-01"}
        made = move(made, "sign", by=house.ruth, channel="page", fields=signed)
        made = move(made, "activate", by=house.ruth, channel="page", fields={"owner": house.ruth, "review_on": "2031-11-01"})
    return made


def live(house: House, title: str) -> Any:
    made = house.service(title, owner=house.ruth, hours=house.office_hours, description="What it is.")
    return move(made, "go_live", by=house.ruth, channel="page")


def test_s_027_an_agreed_requirement_without_a_target_is_a_finding_until_an_agreement_covers_it(house: House) -> None:
    made = requirement(house)
    (found,) = queries.faults_of(house.tenant)
    assert found.rule is queries.NOT_COVERED
    assert found.source is not None
    assert found.source.label.endswith("Answers at night")
    promised = agreement(house)
    parts.link(promised, "implements", made, by=house.ruth, channel="page")
    assert queries.faults_of(house.tenant) == []
    assert move(made, "cover", by=house.ruth, channel="page").state == "covered"
    move(promised, "terminate", by=house.ruth, channel="page", note="They left.")
    assert [f.rule for f in queries.faults_of(house.tenant)] == [queries.NOT_COVERED], "an agreement that ended covers nothing"


def test_w_sl_a_draft_of_an_agreement_covers_nothing(house: House) -> None:
    made = requirement(house)
    parts.link(made, "relates to", agreement(house, is_active=False), by=house.ruth, channel="page")
    with pytest.raises(MoveRefused) as refused:
        move(made, "cover", by=house.ruth, channel="page")
    assert {fault.field for fault in refused.value.faults} == {"covering_target", "covering_reason"}


def test_s_027_words_cover_it_with_their_reason(house: House) -> None:
    made = requirement(house)
    fields = {"covering_target": "Night watch, answered within the hour", "covering_reason": "The night watch is the customer’s own."}
    assert move(made, "cover", by=house.ruth, channel="page", fields=fields).state == "covered"
    assert queries.faults_of(house.tenant) == []


def test_s_027_agreeing_needs_who_accepted_it_and_when(house: House) -> None:
    made = move(requirement(house, state="captured"), "analyse", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused) as refused:
        move(made, "agree", by=house.ruth, channel="page")
    assert {fault.field for fault in refused.value.faults} == {"accepted_by", "accepted_on"}


def test_8_2_2_a_a_live_service_without_an_agreed_requirement_is_a_finding(house: House) -> None:
    wifi = live(house, "Wi-Fi")
    requirement(house, service=wifi, state="captured")
    assert [(f.rule.key, f.sentence) for f in queries.faults_of(house.tenant)] == [
        ("service_without_requirement", "Wi-Fi is live, and no requirement of it is agreed.")
    ]
    requirement(house, service=wifi)
    assert [f.rule.key for f in queries.faults_of(house.tenant)] == ["requirement_not_covered"]


def test_8_2_2_a_an_organisation_may_let_services_go_live_only_with_an_agreed_requirement(house: House) -> None:
    change_workflow(tenant=house.tenant, kind="service", changes={"guards": ["agreed_requirements"]}, by=house.ruth, channel="page")
    ruth = house.fresh(house.ruth)
    made = house.service("Wi-Fi", owner=house.ruth, hours=house.office_hours, description="What it is.")
    with pytest.raises(MoveRefused, match="No requirement of it is agreed"):
        move(made, "go_live", by=ruth, channel="page")
    requirement(house, service=made)
    assert move(made, "go_live", by=ruth, channel="page").state == "live"


def test_f_10_counts_the_agreed_requirements_and_leads_to_them(house: House) -> None:
    assert value_of("requirements.count", house.tenant).is_empty
    wifi = house.service("Wi-Fi")
    requirement(house, service=wifi, state="captured")
    assert value_of("requirements.count", house.tenant).is_empty
    requirement(house, service=wifi)
    assert value_of("requirements.count", house.tenant).text == "1 requirement of 1 service"
    requirement(house, "Nightly report", service=wifi)
    requirement(house)
    value = value_of("requirements.count", house.tenant)
    assert value.text == "3 requirements of 2 services"
    assert [s.label.partition(" ")[2] for s in value.all_sources()] == ["Network and Wi-Fi", "Wi-Fi"]
    assert blank_named("requirements.count").href.startswith("/servicerequirements/")


def test_d_19_lists_them_by_service_the_most_needed_first_with_what_covers_them(house: House) -> None:
    assert value_of("requirements.by_service", house.tenant).is_empty
    mail, wifi = house.service("Mail"), house.service("Wi-Fi")
    requirement(house, "Could", service=wifi, need=3, type="reporting", text="A report a month.", value="by the 5th")
    must = requirement(house, "Must", service=wifi, need=1, stated_in="Letter of May")
    requirement(house, "Post", service=mail, covering_target="House rules")
    promised = agreement(house)
    parts.link(promised, "implements", must, by=house.ruth, channel="page")
    value = value_of("requirements.by_service", house.tenant)
    assert value.columns == ("Service", "For", "Type", "Requirement", "Priority", "Source", "Accepted", "Covered by")
    assert [(r[0], r[3], r[4], r[5], r[7]) for r in cells(value)] == [
        ("Mail", "The ward gets an answer at any hour.", "Should", "", "House rules"),
        ("Wi-Fi", "The ward gets an answer at any hour.", "Must", "Letter of May", f"{promised.reference} Services for Brannock"),
        ("Wi-Fi", "A report a month. – by the 5th", "Could", "", ""),
    ]
    assert cells(value)[0][6] == "Maeve Dunne, 2 November 2026"
    assert "agreement" in {s.kind for s in value.all_sources()}


def test_a_thousand_requirements_are_read_as_one_is(house: House) -> None:
    wifi, promised = house.service("Wi-Fi"), agreement(house)
    rows = many(house, type_named("servicerequirement"), 1000, "agreed", lambda i: {"service": wifi, "text": f"Need {i}"})
    Link.objects.bulk_create([Link(source=promised.card, meaning="implements", target_id=r.pk, made_by=house.ruth, made_at=now()) for r in rows])
    taken, seconds = queries_and_seconds("requirements.by_service", house.tenant)
    assert taken == 3
    assert seconds < 0.2, seconds
