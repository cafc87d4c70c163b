"""Obligations, limitations and management systems with a database: reviews, findings, and what documents print of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from plimsoll.context.obligations import queries
from plimsoll.context.obligations.models import Obligation
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.records.sources import day_of
from tests.api import Caller
from tests.cast import House, time_passed
from tests.contracts import signed_in
from tests.filling import cells, many, queries_and_seconds, value_of

pytestmark = pytest.mark.django_db
SOON = date(2031, 1, 1)


def obligation(house: House, title: str = "Data protection", *, is_in_force: bool = True, **values: Any) -> Any:
    given = {"type": "law", "how_applies": "We keep no more than we need.", "owner": house.ruth, "review_on": SOON, **values}
    made = open_record(type_named("obligation"), by=house.ruth, channel="page", title=title, **given)
    return move(made, "put_in_force", by=house.ruth, channel="page") if is_in_force else made


def limitation(house: House, title: str = "No support at night", **values: Any) -> Any:
    given = {"effect": "Answers come in the morning.", "owner": house.ruth, "review_on": SOON, **values}
    return open_record(type_named("limitation"), by=house.ruth, channel="page", title=title, **given)


def system(house: House, title: str = "Information security management", **values: Any) -> Any:
    given = {"type": "security", "short_name": "ISMS", "requirements": "Access is looked through twice a year.", "owner": house.ruth, **values}
    made = open_record(type_named("managementsystem"), by=house.ruth, channel="page", title=title, **given)
    return move(made, "take_into_use", by=house.ruth, channel="page")


def rules_found(house: House) -> list[str]:
    return [finding.rule.key for finding in queries.faults_of(house.tenant)]


# Reviews


def test_a_review_keeps_when_and_by_whom_and_sets_the_next(house: House) -> None:
    made = obligation(house, review_on=day_of(house.tenant, now()) + timedelta(days=1))
    reviewed = move(made, "review", by=house.ruth, channel="page", fields={"review_on": "2032-01-01"}, note="Nothing changed.")
    assert (reviewed.reviewed_by, reviewed.reviewed_on, reviewed.review_on) == (house.ruth, day_of(house.tenant, now()), date(2032, 1, 1))
    with pytest.raises(MoveRefused, match="must lie ahead"):
        move(reviewed, "review", by=house.ruth, channel="page", fields={"review_on": "2026-01-01"}, note="Nothing changed.")


def test_s_030_nothing_is_put_in_force_without_how_it_applies_and_an_owner(house: House) -> None:
    bare = obligation(house, is_in_force=False, how_applies="", owner=None)
    with pytest.raises(MoveRefused) as refused:
        move(bare, "put_in_force", by=house.ruth, channel="page")
    assert {fault.field for fault in refused.value.faults} == {"how_applies", "owner"}


# Findings


def test_s_031_a_standard_without_how_it_applies_is_a_finding(house: House) -> None:
    made = obligation(house, "ISO 22301", type="standard")
    assert rules_found(house) == []
    amend(made, by=house.ruth, channel="page", how_applies="")
    found = queries.faults_of(house.tenant)
    assert [(f.rule, f.source.label if f.source else "") for f in found] == [(queries.NO_APPLICATION, f"{made.reference} ISO 22301")]
    assert found[0].source is not None
    assert found[0].source.href == f"/obligations/{made.number}/"


def test_s_030_an_obligation_without_an_owner_is_a_finding(house: House) -> None:
    amend(obligation(house), by=house.ruth, channel="page", owner=None)
    assert rules_found(house) == ["obligation_without_owner"]


def test_s_032_a_past_review_is_a_finding_and_stands_in_the_overdue_list_until_a_day_ahead_clears_it(house: House) -> None:
    made = obligation(house)
    time_passed(made, review_on=day_of(house.tenant, now()) - timedelta(days=1))
    assert rules_found(house) == ["obligation_review_past"]
    desk = signed_in(house.ruth)
    assert made.title in desk.get("/obligations/?review_on=past").content.decode()
    assert Caller(house.ruth).get("obligations?review_on=past").json()["items"][0]["number"] == made.number
    move(made, "review", by=house.ruth, channel="page", fields={"review_on": "2032-01-01"}, note="Read the amendment.")
    assert rules_found(house) == []
    assert Caller(house.ruth).get("obligations?review_on=past").json()["items"] == []


def test_s_032_what_has_no_day_of_review_is_a_finding_and_in_a_list_of_its_own(house: House) -> None:
    made = obligation(house, is_in_force=False, review_on=None)
    assert rules_found(house) == ["obligation_without_review"]
    assert [row["number"] for row in Caller(house.ruth).get("obligations?review_on=none").json()["items"]] == [made.number]


def test_l_05_a_withdrawn_edition_is_a_finding(house: House) -> None:
    made = obligation(house, "Service management", type="standard", document="ISO/IEC 20000-1", edition="2011")
    found = queries.faults_of(house.tenant)
    assert [f.rule for f in found] == [queries.EDITION_WITHDRAWN]
    assert "ISO/IEC 20000-1:2018" in found[0].sentence
    amend(made, by=house.ruth, channel="page", edition="2018")
    assert rules_found(house) == []
    system(house, basis="ISO 9001:2008")
    assert rules_found(house) == ["edition_withdrawn"]


def test_s_029_a_limitation_past_its_review_is_a_finding_until_it_is_lifted(house: House) -> None:
    made = time_passed(limitation(house), review_on=day_of(house.tenant, now()) - timedelta(days=1))
    assert rules_found(house) == ["limitation_review_past"]
    move(made, "lift", by=house.ruth, channel="page", note="The night shift is there.")
    assert rules_found(house) == []


def test_s_029_a_limitation_says_what_it_does_and_who_looks_after_it(house: House) -> None:
    made = limitation(house, effect="", owner=None, review_on=None)
    (found,) = queries.faults_of(house.tenant)
    assert found.rule is queries.LIMITATION_LOOSE
    assert found.sentence == "No support at night needs an owner, what it does to the services and the day of its next review."
    page = signed_in(house.ruth).get(f"/limitations/{made.number}/").content.decode()
    assert found.sentence in page, "it stands over the page of the record too"


def test_s_028_a_management_system_whose_owner_went_is_a_finding(house: House) -> None:
    amend(system(house), by=house.ruth, channel="page", owner=None)
    assert rules_found(house) == ["system_incomplete"]


def test_findings_of_another_tenant_are_never_ours(house: House) -> None:
    limitation(house, owner=None)
    assert queries.faults_of(house.other_tenant) == []


# Fields of documents


@pytest.mark.parametrize(
    "name",
    ["obligations.policies", "obligations.standards", "obligations.laws", "obligations.contracts", "limitations.open", "systems.others"],
)
def test_an_empty_list_is_empty_and_must_be_confirmed_as_none(house: House, name: str) -> None:
    assert value_of(name, house.tenant).is_empty


@pytest.mark.parametrize(("kind", "field"), [("policy", "policies"), ("standard", "standards"), ("contract", "contracts")])
def test_f_15_f_16_list_the_policies_and_standards_that_are_in_force_by_name(house: House, kind: str, field: str) -> None:
    """F-15, F-16 and what contracts ask: by name; drafts and what lapsed stay out."""
    obligation(house, "Zoning", type=kind, document="Rule book", edition="3")
    obligation(house, "Access", type=kind)
    obligation(house, "Not yet", type=kind, is_in_force=False)
    move(obligation(house, "Gone", type=kind), "lapse", by=house.ruth, channel="page", note="Taken back.")
    value = value_of(f"obligations.{field}", house.tenant)
    assert value.columns == ("Name", "Document", "How it applies", "Services", "Owner", "Next review")
    assert cells(value) == [
        ("Access", "", "We keep no more than we need.", "", "Ruth Castellano", "1 January 2031"),
        ("Zoning", "Rule book, 3", "We keep no more than we need.", "", "Ruth Castellano", "1 January 2031"),
    ]
    assert value.rows[0].source is not None
    assert value.rows[0].source.kind == "obligation"


def test_f_17_lists_the_laws_with_jurisdiction_and_articles_and_the_services_they_touch(house: House) -> None:
    made = obligation(house, jurisdiction="European Union", articles="5, 32 to 34")
    wifi, mail = house.service("Wi-Fi"), house.service("Mail")
    parts.link(made, "relates to", wifi, by=house.ruth, channel="page")
    parts.link(mail, "relates to", made, by=house.ruth, channel="page")
    value = value_of("obligations.laws", house.tenant)
    assert value.rows[0].cells[2:5] == ("European Union", "5, 32 to 34", "We keep no more than we need.")
    assert value.rows[0].cells[5] == "Mail, Wi-Fi"
    assert {s.kind for s in value.all_sources()} == {"obligation", "service"}


def test_f_14_lists_the_open_limitations(house: House) -> None:
    limitation(house, workaround="Call the hotline of the supplier.")
    move(limitation(house, "Old"), "lift", by=house.ruth, channel="page", note="Gone.")
    assert cells(value_of("limitations.open", house.tenant)) == [
        ("No support at night", "Answers come in the morning.", "", "Call the hotline of the supplier.", "Ruth Castellano", "1 January 2031")
    ]


def test_f_11_f_12_f_13_list_the_other_management_systems_and_what_the_services_must_meet(house: House) -> None:
    system(house)
    system(house, "Quality management", short_name="", type="quality", basis="ISO 9001:2015")
    assert [row[:3] for row in cells(value_of("systems.others", house.tenant))] == [
        ("Information security management (ISMS)", "", "Access is looked through twice a year."),
        ("Quality management", "ISO 9001:2015", "Access is looked through twice a year."),
    ]


def test_a_thousand_obligations_are_read_as_one_is(house: House) -> None:
    rt = type_named("obligation")
    wifi = house.service("Wi-Fi")
    rows = many(house, rt, 1000, "in_force", lambda i: {"type": "law", "owner": house.ruth, "how_applies": f"So {i}", "review_on": SOON})
    Link.objects.bulk_create([Link(source_id=r.pk, meaning="relates to", target_id=wifi.pk, made_by=house.ruth, made_at=now()) for r in rows])
    assert Obligation.objects.count() == 1000
    queries_taken, seconds = queries_and_seconds("obligations.laws", house.tenant)
    assert queries_taken == 3
    assert seconds < 0.2, seconds


def test_services_are_linked_by_page_and_by_program(house: House) -> None:
    made, wifi = obligation(house), house.service("Wi-Fi")
    answer = Caller(house.ruth).post(f"obligations/{made.number}/links", {"meaning": "relates to", "target": wifi.reference})
    assert answer.status_code in (200, 201), answer.content
    other = limitation(house)
    sent = signed_in(house.ruth).post(f"/limitations/{other.number}/links/", {"meaning": "relates to", "target": wifi.reference})
    assert sent.status_code == 302
    assert cells(value_of("limitations.open", house.tenant))[0][2] == "Wi-Fi"
    assert cells(value_of("obligations.laws", house.tenant))[0][5] == "Wi-Fi"
