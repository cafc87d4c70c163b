"""The customer agreement portfolio (F-18, D-24): what it lists, what ends soon, and what it costs to read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from plimsoll.agreements.levels import portfolio
from plimsoll.agreements.levels.models import Agreement, Version
from plimsoll.agreements.levels.operations import draft_terms, put_in_force
from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import ShareTarget, Target, Terms, write_terms
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.records.sources import day_of
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in
from tests.filling import cells, many, queries_and_seconds, value_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FLOW = type_named("incident").workflow


def agreed(house: House, title: str, *, kind: str = "sla", party: Any = None, until: date | None = None, **terms: Any) -> Agreement:
    made = open_record(
        type_named("agreement"), by=house.ruth, channel="page", organization=party or house.brannock, title=title, type=kind, valid_until=until
    )
    given = {"targets": (Target("resolve", 1, 4 * HOUR), Target("resolve", None, 8 * HOUR)), **terms}
    draft = draft_terms(made, Terms(hours=frozen_hours(house.office_hours), **given), by=house.ruth, channel="page")  # type: ignore[arg-type]
    put_in_force(draft, started_at=now() - timedelta(days=1), by=house.ruth, channel="page", flow=FLOW)
    signed = {"signed_by_us": house.greta, "signed_by_them": "Maeve", "signed_on": "2026-11-01"}
    moved = move(made, "sign", by=house.ruth, channel="page", fields=signed)
    moved = move(moved, "activate", by=house.ruth, channel="page", fields={"owner": house.ruth, "review_on": "2031-11-01"})
    assert isinstance(moved, Agreement)
    return moved


def test_f_18_d_24_the_portfolio_lists_customer_services_validity_owner_review_and_targets(house: House) -> None:
    assert value_of("agreements.portfolio", house.tenant).is_empty
    wifi, mail = house.service("Wi-Fi"), house.service("Mail")
    agreed(house, "Strand", party=house.strand_housing, until=date(2031, 3, 31))
    agreed(house, "Brannock", services=frozenset({wifi.pk, mail.pk}), shares=(ShareTarget("resolve", None, 24 * HOUR, 90.0),))
    agreed(house, "Lines", kind="contract", party=house.telco)
    open_record(type_named("agreement"), by=house.ruth, channel="page", organization=house.brannock, title="Only a draft")
    value = value_of("agreements.portfolio", house.tenant)
    since = portfolio.day_of(house.tenant, now() - timedelta(days=1))
    assert value.columns == ("Customer", "Agreement", "Services", "Validity", "Owner", "Next review", "Key targets")
    first, second = cells(value)
    assert first == (
        "Brannock Hospitals",
        "Brannock",
        "Mail, Wi-Fi",
        f"from {since.day} {since:%B %Y}",
        "Ruth Castellano",
        "1 November 2031",
        "resolve P1 4 h, others 8 h; 90 % of a month: resolve within 24 h",
    )
    assert second[:3] == ("Strand Housing", "Strand", "Every service delivered")
    assert second[3].endswith("to 31 March 2031")
    assert {s.kind for s in value.all_sources()} == {"agreement", "service"}


def test_d_24_internal_agreements_and_contracts_have_a_table_of_their_own(house: House) -> None:
    assert value_of("agreements.supporting", house.tenant).is_empty
    agreed(house, "Lines", kind="contract", party=house.telco)
    agreed(house, "Desk and network", kind="ola", party=house.provider)
    agreed(house, "Brannock")
    assert [row[:3] for row in cells(value_of("agreements.supporting", house.tenant))] == [
        ("Northmere", "Internal agreement", "Desk and network"),
        ("Telco", "Contract with a supplier", "Lines"),
    ]


def test_8_3_4_2_a_customer_who_supplies_us_has_an_internal_agreement(house: House) -> None:
    assert agreed(house, "Their porters carry our parcels", kind="ola", party=house.brannock).state == "active"


def test_s_033_what_ends_within_ninety_days_is_listed_and_nothing_else(house: House) -> None:
    today = day_of(house.tenant, now())
    for title, days in (("Yesterday", -1), ("Today", 0), ("Last day", 90), ("Later", 91)):
        agreed(house, title, until=today + timedelta(days=days))
    agreed(house, "Without an end")
    assert [a.title for a in portfolio.expiring(house.tenant)] == ["Today", "Last day"]
    assert [row[3] for row in cells(value_of("agreements.expiring", house.tenant))] == ["Today", "Last day"]
    page = signed_in(house.ruth).get("/agreements/?valid_until=90").content.decode()
    assert [title in page for title in ("Yesterday", "Today", "Last day", "Later", "Without an end")] == [False, True, True, False, False]
    assert len(Caller(house.ruth).get("agreements?valid_until=past").json()["items"]) == 1
    assert [f.rule.key for f in portfolio.faults_of(house.tenant)] == ["agreement_past_its_end", "agreement_ends_soon", "agreement_ends_soon"]


def test_s_033_a_review_that_is_past_is_a_finding(house: House) -> None:
    made = agreed(house, "Brannock")
    amend(made, by=house.ruth, channel="page", at=now() - timedelta(days=3), review_on=day_of(house.tenant, now()) - timedelta(days=1))
    (found,) = portfolio.faults_of(house.tenant)
    assert found.rule is portfolio.AGREEMENT_REVIEW_PAST
    assert portfolio.faults_of(house.other_tenant) == []


def test_f_18_a_correction_is_what_counts_from_its_publishing_on(house: House) -> None:
    made = agreed(house, "Brannock")
    first = made.versions.get()
    terms = Terms(hours=frozen_hours(house.office_hours), targets=(Target("resolve", None, 2 * HOUR),))
    draft = draft_terms(made, terms, by=house.ruth, channel="page", corrects=first)
    put_in_force(draft, started_at=first.started_at, by=house.ruth, channel="page", flow=FLOW, reason="It said four.")
    assert cells(value_of("agreements.portfolio", house.tenant))[0][-1] == "resolve 2 h"


def test_a_thousand_agreements_are_read_as_one_is(house: House) -> None:
    wifi = house.service("Wi-Fi")
    rows = many(house, type_named("agreement"), 1000, "active", lambda i: {"type": "sla", "owner": house.ruth})
    terms = write_terms(Terms(hours=frozen_hours(house.office_hours), services=frozenset({wifi.pk}), targets=(Target("resolve", None, HOUR),)))
    moment = now() - HOUR
    Version.objects.bulk_create(
        [Version(agreement_id=r.pk, number=1, terms=terms, started_at=moment, published_at=moment, published_by=house.ruth) for r in rows]
    )
    taken, seconds = queries_and_seconds("agreements.portfolio", house.tenant)
    assert taken == 3
    assert seconds < 0.2, seconds
