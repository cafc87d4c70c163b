"""Every kind of claim: it holds, records contradict it by name, or there is nothing to judge; its cost does not grow; and it can be read over a part.

A kind that is declared without a cast in `tests/claiming.py` fails here.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.figures.claims import CONTRADICTED, HOLDS, NOTHING, Verdict, claim_at, claims, may_touch
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.resolution.incidents.models import Incident
from tests.cast import House
from tests.claiming import CASTS

MANY = 12  # records; judging them takes fewer statements than that

every_claim = pytest.mark.parametrize("claim", CASTS)


def judged(claim: str, tenant: Tenant) -> Verdict:
    return claim_at(f"claim:{claim}").judge(tenant, now() + timedelta(seconds=1))


@pytest.mark.once
def test_every_kind_has_a_cast() -> None:
    assert sorted({claim.partition("?")[0] for claim in CASTS}) == [claim.name for claim in claims()]
    assert len(claims()) >= 12


@pytest.mark.once
@every_claim
def test_nothing_to_judge(house: House, claim: str) -> None:
    assert judged(claim, house.tenant).standing == NOTHING


@pytest.mark.once
@every_claim
def test_it_holds(house: House, claim: str) -> None:
    CASTS[claim](house, 2, True)
    verdict = judged(claim, house.tenant)
    assert (verdict.standing, verdict.offenders) == (HOLDS, ())
    assert judged(claim, house.other_tenant).standing == NOTHING


@every_claim
def test_records_contradict_it_by_number_at_a_cost_that_does_not_grow(house: House, claim: str) -> None:
    bad = CASTS[claim](house, MANY, False)
    if "code=" in claim:
        bad = bad[:1]  # the claim is of one document
    with CaptureQueriesContext(connection) as seen:
        verdict = judged(claim, house.tenant)
    assert verdict.standing == CONTRADICTED
    assert sorted(o.source.label for o in verdict.offenders) == sorted(f"{r.reference} {r.title}" for r in bad)
    assert all(o.why for o in verdict.offenders)
    assert len(seen) < MANY
    one = bad[0].pk
    assert [o.source.pk for o in verdict.within({one}).offenders] == [one]
    assert verdict.within(set()) == Verdict()


@pytest.mark.once
def test_only_urgent_incidents_lead_to_a_comparison(house: House) -> None:
    for priority, is_watched in ((1, True), (2, True), (3, False), (None, False)):
        assert may_touch("incident", Incident(priority=priority)) is is_watched
    assert may_touch("incident")
    assert not may_touch("comment")
