"""The pages of agreements in a client: drafting, putting in force, what customers see, and what stays inside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.agreements.levels.operations import put_in_force
from plimsoll.agreements.levels.rules import Target
from plimsoll.agreements.levels.tests.test_levels import HOUR, agreed, always, in_progress, reported
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.resolution.incidents.models import Incident
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in, text_of

__all__ = ["always"]
pytestmark = pytest.mark.django_db


def speaks_for_brannock(house: House) -> Any:
    """Maeve, who may read her organisation's agreements and incidents."""
    words = ["agreement:read", "incident:read", "incident:comment"]
    Grant.objects.create(tenant=house.tenant, person=house.maeve, organization=house.brannock, words=words, role_name="Speaks", started_at=now())
    return house.fresh(house.maeve)


def test_terms_are_drafted_refused_with_reasons_and_put_in_force(house: House, always: Calendar) -> None:
    agreement: Any = house.record(type_named("agreement"), organization=house.brannock, title="Network", type="sla")
    ruth, base = signed_in(house.ruth), f"/agreements/{agreement.number}/"
    assert "Nothing is written down yet" in text_of(ruth.get(f"{base}versions/"))
    sent = {"has_commitment": "on", "hours": str(always.pk), "resolve-1": "4 days", "resolve-any": "8 h", "share-0-percent": "90"}
    refused = ruth.post(f"{base}draft/", sent)
    page = text_of(refused)
    assert refused.status_code == 422
    assert "days are not taken" in page
    assert "Fill in the row or empty it" in page
    assert 'value="4 days"' in page  # nothing typed is lost
    assert not agreement.versions.exists()
    sent |= {"resolve-1": "4 h", "share-0-measure": "resolve", "share-0-within": "24 h", "pause-waiting_customer": "message", "most-1": "6"}
    made = ruth.post(f"{base}draft/", sent)
    assert made.headers["Location"] == f"{base}versions/1/"
    page = text_of(ruth.get(f"{base}versions/1/"))
    for words in ("Critical (1)", "4 h", "90 % within 24 h", "once a message was sent", "Put it in force"):
        assert words in page
    assert ruth.post(f"{base}versions/1/", {"act": "publish", "starts_on": ""}).status_code == 302
    version = agreement.versions.get()
    assert version.published_by == house.ruth
    assert version.terms["workload"] == [{"priority": 1, "most": 6}]
    again = ruth.post(f"{base}versions/1/", {"act": "publish", "starts_on": ""})
    assert again.status_code == 302
    page = text_of(ruth.get(f"{base}versions/1/"))
    assert "in force already" in page
    assert "Put it in force" not in page
    assert ruth.get(f"{base}versions/7/").status_code == 404
    assert ruth.get(f"{base}draft/?corrects=7").status_code == 404
    assert "Correction of version 1" in text_of(ruth.get(f"{base}draft/?corrects=1"))


def test_a_reader_drafts_nothing_and_a_draft_is_shown_to_nobody_else(house: House, always: Calendar) -> None:
    agreement = agreed(house, always)
    signed_in(house.ruth).post(f"/agreements/{agreement.number}/draft/", {"has_commitment": "", "hours": ""})
    assert agreement.versions.count() == 2
    maeve = signed_in(speaks_for_brannock(house))
    base = f"/agreements/{agreement.number}/"
    assert maeve.get(f"{base}versions/1/").status_code == 200
    assert maeve.get(f"{base}versions/2/").status_code == 404
    assert "Version 2" not in text_of(maeve.get(f"{base}versions/"))
    assert maeve.get(f"{base}draft/").status_code == 403
    assert maeve.post(f"{base}draft/", {"has_commitment": ""}).status_code == 403
    sten = signed_in(house.sten) if hasattr(house, "sten") else signed_in(house.strand)
    assert sten.get(f"{base}versions/1/").status_code == 404


def test_customers_see_what_was_promised_to_them_and_not_what_stands_behind_it(house: House, always: Calendar) -> None:
    service = house.service("Network")
    agreed(house, always)
    behind = {"services": frozenset({service.pk}), "pauses": {}, "targets": (Target("resolve", None, HOUR),)}
    contract = agreed(house, always, kind="contract", party=house.telco, **behind)
    incident = in_progress(house, service=service, requester=house.maeve)
    maeve = speaks_for_brannock(house)
    inside = text_of(signed_in(house.ruth).get(f"/incidents/{incident.number}/"))
    outside = text_of(signed_in(maeve).get(f"/incidents/{incident.number}/"))
    assert contract.reference in inside
    assert f"to resolve, the supplier&#x27;s, by {contract.reference}" in inside or f"to resolve, the supplier's, by {contract.reference}" in inside
    assert "Every service that is delivered to them" not in text_of(signed_in(house.ruth).get(f"/agreements/{contract.number}/versions/1/"))
    assert "Clocks" in outside
    assert contract.reference not in outside
    assert {c["key"] for c in Caller(house.fresh(house.ruth)).get(f"incidents/{incident.number}/clocks").json()["items"]} == {
        "respond",
        "resolve",
        f"{contract.reference} resolve",
    }
    told = Caller(maeve).get(f"incidents/{incident.number}/clocks").json()["items"]
    assert {c["key"] for c in told} == {"respond", "resolve"}
    assert all(c["explained"] and c["headline"] for c in told)
    assert f"/agreements/{contract.number}/" not in text_of(signed_in(maeve).get("/agreements/"))


def test_a_record_without_an_agreement_says_so_and_lists_find_it(house: House, always: Calendar) -> None:
    agreed(house, always, party=house.strand_housing)
    incident = reported(house, service=house.service("Network"))
    ruth = signed_in(house.ruth)
    assert "No agreement covers this" in text_of(ruth.get(f"/incidents/{incident.number}/"))
    assert incident.reference in text_of(ruth.get("/incidents/?time=uncovered"))
    assert incident.reference not in text_of(ruth.get("/incidents/?time=over"))


def test_lists_order_by_the_time_left_with_nothing_due_last_both_ways(house: House, always: Calendar) -> None:
    agreed(house, always)
    without = house.incident("Without", by=house.fresh(house.ruth), organization=house.strand_housing)
    late = reported(house, at=now() - timedelta(days=2))
    soon = reported(house)
    paused = in_progress(house)
    parts.comment(paused, text="Which one?", is_public=True, by=house.ruth, channel="page")
    caller = Caller(house.fresh(house.ruth))
    expected = [late.number, soon.number]
    rising = [r["number"] for r in caller.get("incidents?order=due_at&open=true").json()["items"]]
    falling = [r["number"] for r in caller.get("incidents?order=-due_at&open=true").json()["items"]]
    assert [n for n in rising if n in expected] == expected
    assert [n for n in falling if n in expected] == expected[::-1]
    assert rising[-1] == falling[-1] == without.number
    found: list[int] = []
    address = "incidents?order=due_at&open=true&limit=1"
    while address:
        answer = caller.get(address)
        found += [r["number"] for r in answer.json()["items"]]
        link = next((part for part in answer.headers.get("Link", "").split(",") if 'rel="next"' in part), "")
        address = link.partition("/api/v1/")[2].partition(">")[0]
    assert found == rising
    assert "late" in text_of(signed_in(house.ruth).get("/incidents/?order=due_at"))
    assert Incident.objects.get(pk=without.pk).due_at is None


def test_whoever_opens_an_agreement_says_with_whom_it_is(house: House) -> None:
    """Else it was always with ourselves, and no agreement with a customer could be entered on a page."""
    ruth = signed_in(house.ruth)
    page = text_of(ruth.get("/agreements/new/"))
    assert page.index("For which organisation") < page.index("Description")
    assert "Northmere" not in page[page.index("For which organisation") : page.index("Description")]  # nobody guesses it
    sent = {"title": "Network for Brannock", "type": "sla"}
    assert ruth.post("/agreements/new/", sent).status_code == 422
    assert ruth.post("/agreements/new/", {**sent, "organization": str(house.brannock.pk)}).status_code == 302
    assert type_named("agreement").model.objects.get(title="Network for Brannock").organization == house.brannock


def test_a_priority_without_a_target_of_its_own_shows_the_one_that_it_is_held_against(house: House, always: Calendar) -> None:
    """The clock of a priority 1 runs towards what is promised for every other: a dash would say that nothing is promised."""
    agreement: Any = house.record(type_named("agreement"), organization=house.brannock, title="Network", type="sla")
    ruth, base = signed_in(house.ruth), f"/agreements/{agreement.number}/"
    sent = {"has_commitment": "on", "hours": str(always.pk), "respond-any": "2 h", "resolve-1": "3 h", "resolve-any": "8 h"}
    assert ruth.post(f"{base}draft/", sent).status_code == 302
    page = text_of(ruth.get(f"{base}versions/1/"))
    row = next(r for r in page.split("<tr")[1:] if "Critical (1)" in r)
    assert "2 h" in row and "3 h" in row and "–" not in row.split("</tr>")[0]


def test_a_correction_asks_for_no_day_and_a_first_day_in_the_past_needs_a_reason(house: House, always: Calendar) -> None:
    agreement: Any = house.record(type_named("agreement"), organization=house.brannock, title="Network", type="sla")
    ruth, base = signed_in(house.ruth), f"/agreements/{agreement.number}/"
    ruth.post(f"{base}draft/", {"has_commitment": "on", "hours": str(always.pk), "resolve-any": "8 h"})
    past = {"act": "publish", "starts_on": "2020-01-01"}
    refused = ruth.post(f"{base}versions/1/", past)
    assert refused.status_code == 422
    assert "1 January 2020 is past. Say why" in text_of(refused)
    assert agreement.versions.get().published_at is None
    assert ruth.post(f"{base}versions/1/", {**past, "reason": "Signed then, on paper"}).status_code == 302
    first = agreement.versions.get()
    ruth.post(f"{base}draft/?corrects=1", {"has_commitment": "on", "hours": str(always.pk), "resolve-any": "4 h"})
    page = text_of(ruth.get(f"{base}versions/2/"))
    assert "In force from" not in page
    assert "It takes the place of version 1 from 1 January 2020" in page
    assert "/recalculations/new/?agreement" not in page
    refused = ruth.post(f"{base}versions/2/", {"act": "publish"})
    assert refused.status_code == 422
    assert "Say what was wrong" in text_of(refused)
    assert ruth.post(f"{base}versions/2/", {"act": "publish", "reason": "Four were signed"}).status_code == 302
    assert agreement.versions.get(number=2).started_at == first.started_at
    assert f"/recalculations/new/?agreement={agreement.pk}" in ruth.get(f"{base}versions/2/").content.decode()
    assert f'value="{house.ruth.pk}"' in ruth.get("/recalculations/new/").content.decode(), "whoever enters it sees to it"
    third: Any = ruth.post(f"{base}draft/?corrects=2", {"has_commitment": "on", "hours": str(always.pk), "resolve-any": "5 h"})
    assert third.status_code == 302
    with pytest.raises(Faulty, match="A correction starts where"):
        put_in_force(
            agreement.versions.get(number=3), started_at=now(), by=house.ruth, channel="page", flow=workflow_of(house.tenant, "incident"), reason="x"
        )
    assert agreement.versions.get(number=3).published_at is None
