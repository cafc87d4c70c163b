"""What agreements promise of a month, worked out by hand: shares that meet a time, limits of workload, and exceptions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.agreements.levels.models import Agreement, Exclusion
from plimsoll.agreements.levels.operations import draft_terms, exclude, include, put_in_force
from plimsoll.agreements.levels.queries import frozen_hours, limits_agreed, shares_agreed
from plimsoll.agreements.levels.rules import ShareTarget, Target, Terms, Workload
from plimsoll.evaluation.measurements.operations import compute_ended_months
from plimsoll.evaluation.measurements.panels import KeptThisMonth, is_share_kept
from plimsoll.evaluation.measurements.queries import FROZEN, answer, month_asked
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.figures.definitions import Figure, Question, indicator_named
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.register.models import Card
from tests.cast import House
from tests.contracts import signed_in, text_of
from tests.lives import lived, resolved

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FLOW = type_named("incident").workflow
MARCH, APRIL = Month(2026, 3, "Europe/London"), Month(2026, 4, "Europe/London")
LATER = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def always(house: House) -> Calendar:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return Calendar.objects.create(tenant=house.tenant, name="Always", timezone="Europe/London", week={d: [["00:00", "24:00"]] for d in days})


def agreed(house: House, calendar: Calendar, **terms: Any) -> Agreement:
    made = open_record(type_named("agreement"), by=house.ruth, channel="page", organization=house.brannock, title="What was promised", type="sla")
    draft = draft_terms(made, Terms(hours=frozen_hours(calendar), **terms), by=house.ruth, channel="page")  # type: ignore[arg-type]
    put_in_force(draft, started_at=datetime(2026, 1, 1, tzinfo=UTC), by=house.ruth, channel="page", flow=FLOW)
    signed = {"signed_by_us": house.greta, "signed_by_them": "Maeve", "signed_on": "2026-01-01"}
    return move(made, "sign", by=house.fresh(house.ruth), channel="page", fields=signed)  # type: ignore[return-value]


def met_and_missed(house: House, key: int, month: Month = MARCH, at: datetime = LATER) -> tuple[set[str], set[str]]:
    """Titles of what a share judged in a month."""
    indicator = indicator_named("agreed_shares")
    question = Question(house.fresh(house.ruth), month, at, only=("agreed", key))
    return tuple({i.title.removeprefix("Opened ") for i in indicator.counted(question, part)} for part in ("done", "missed"))  # type: ignore[return-value]


def key_of(house: House, place: int = 0) -> int:
    return shares_agreed(house.fresh(house.ruth).tenant)[place].key  # type: ignore[arg-type]


def test_a_share_judges_each_incident_in_the_month_in_which_its_time_passed_or_was_met(house: House, always: Calendar) -> None:
    agreed(house, always, targets=(Target("resolve", None, 8 * HOUR),), shares=(ShareTarget("resolve", None, 4 * HOUR, 90.0),))
    lived(house, "2026-03-02T10:00", resolved("2026-03-02T13:00"))  # 3 h: met
    lived(house, "2026-03-03T10:00", resolved("2026-03-03T14:00"))  # 4 h exactly: met
    lived(house, "2026-03-04T10:00", resolved("2026-03-04T15:00"))  # 5 h: over the share's time, within the target's
    lived(house, "2026-03-05T10:00", resolved("2026-04-02T10:00"))  # used up on 5 March: counts there, though resolved in April
    lived(house, "2026-03-31T22:00", resolved("2026-04-01T01:00"))  # met in April
    lived(house, "2026-03-31T21:00", resolved("2026-04-01T05:00"))  # used up at 1:00 of April
    lived(house, "2026-03-30T10:00")  # still open: over its time since 14:00
    lived(house, "2026-02-28T22:00", resolved("2026-03-01T01:00"))  # opened in February, met in March
    lived(house, "2026-03-06T10:00", ("2026-03-06T11:00", {"state": "cancelled"}))  # never counted
    assert met_and_missed(house, key_of(house)) == (
        {"2026-03-02T10:00", "2026-03-03T10:00", "2026-02-28T22:00"},
        {"2026-03-04T10:00", "2026-03-05T10:00", "2026-03-30T10:00"},
    )
    assert met_and_missed(house, key_of(house), APRIL) == ({"2026-03-31T22:00"}, {"2026-03-31T21:00"})
    # As seen on 30 March at noon, the one opened that morning was not yet over.
    assert "2026-03-30T10:00" not in met_and_missed(house, key_of(house), MARCH, datetime(2026, 3, 30, 12, tzinfo=UTC))[1]


def test_waiting_and_priority_count_as_for_the_clock(house: House, always: Calendar) -> None:
    agreed(
        house,
        always,
        targets=(Target("resolve", None, 8 * HOUR),),
        shares=(ShareTarget("resolve", 2, 2 * HOUR, 80.0), ShareTarget("resolve", None, 6 * HOUR, 95.0)),
        pauses={"waiting_customer": "always"},
    )
    waits = ("2026-03-02T11:00", {"state": "waiting_customer"}), ("2026-03-02T15:00", {"state": "in_progress"})
    lived(house, "2026-03-02T10:00", *waits, resolved("2026-03-02T15:30"), priority=2)  # 1 h 30 min worked
    lived(house, "2026-03-03T10:00", resolved("2026-03-03T13:00"), priority=2)  # 3 h
    lived(house, "2026-03-04T10:00", ("2026-03-04T10:30", {"priority": 2}), resolved("2026-03-04T11:30"), priority=4)  # became priority 2
    lived(house, "2026-03-05T10:00", resolved("2026-03-05T17:00"), priority=4)  # 7 h: only under the share of all
    by_place = [s.row.priority for s in shares_agreed(house.fresh(house.ruth).tenant)]  # type: ignore[arg-type, union-attr]
    of_two, of_all = by_place.index(2), by_place.index(None)
    assert met_and_missed(house, key_of(house, of_two)) == ({"2026-03-02T10:00", "2026-03-04T10:00"}, {"2026-03-03T10:00"})
    assert met_and_missed(house, key_of(house, of_all)) == (
        {"2026-03-02T10:00", "2026-03-03T10:00", "2026-03-04T10:00"},
        {"2026-03-05T10:00"},
    )
    [whole] = indicator_named("agreed_shares").measure(Question(house.fresh(house.ruth), MARCH, LATER))
    assert (whole.numerator, whole.denominator) == (2, 4), "each once, and within the time when it kept every share that judged it"


def test_a_limit_of_workload_counts_what_was_opened_and_lists_what_lies_beyond(house: House, always: Calendar) -> None:
    agreed(house, always, targets=(Target("resolve", None, 8 * HOUR),), workload=(Workload(2, 1), Workload(None, 2)))
    for day, priority in ((2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 5)):
        lived(house, f"2026-03-0{day}T10:00", priority=priority)
    lived(house, "2026-04-01T10:00", priority=2)
    indicator = indicator_named("agreed_workload")
    found = {f.member: (f.numerator, f.denominator) for f in indicator.measure(Question(house.fresh(house.ruth), MARCH, LATER, "agreed"))}
    limits = {a.row.priority: a.key for a in limits_agreed(house.fresh(house.ruth).tenant)}  # type: ignore[arg-type]
    assert found == {limits[2]: (1, 2), limits[None]: (2, 4)}
    beyond = indicator.counted(Question(house.fresh(house.ruth), MARCH, LATER), "beyond")
    assert {i.title for i in beyond} == {"Opened 2026-03-03T10:00", "Opened 2026-03-06T10:00", "Opened 2026-03-07T10:00"}


def test_an_exception_is_left_out_listed_told_and_counted_again(house: House, always: Calendar) -> None:
    agreement = agreed(house, always, targets=(Target("resolve", None, 4 * HOUR),), shares=(ShareTarget("resolve", None, 4 * HOUR, 90.0),))
    lived(house, "2026-03-02T10:00", resolved("2026-03-02T13:00"))
    late = lived(house, "2026-03-03T10:00", resolved("2026-03-03T20:00"))
    ruth = signed_in(house.ruth)
    address = f"/agreements/{agreement.number}/exceptions/"
    assert "No exceptions" in text_of(ruth.get(address))
    assert ruth.post(address, {"record": late.reference, "reason": ""}).status_code == 422
    assert ruth.post(address, {"record": "INC-999999", "reason": "Flood"}).status_code == 422
    other = lived(house, "2026-03-04T10:00", organization=house.strand_housing)
    assert "is not under this agreement" in text_of(ruth.post(address, {"record": other.reference, "reason": "Flood"}))
    page = text_of(ruth.post(address, {"record": late.reference, "reason": "Force majeure: the flood of 3 March."}, follow=True))
    assert "the flood of 3 March" in page
    assert met_and_missed(house, key_of(house)) == ({"2026-03-02T10:00"}, set())
    question = Question(house.fresh(house.ruth), MARCH, LATER, only=("agreed", key_of(house)))
    assert [i.pk for i in indicator_named("agreed_shares").counted(question, "excluded")] == [late.pk]
    assert "does not count" in text_of(ruth.get(f"/agreements/{agreement.number}/trail/"))
    with pytest.raises(Faulty, match="is not counted already"):
        exclude(agreement, Card.objects.get(pk=late.pk), reason="Twice", by=house.ruth, channel="page")
    made = Exclusion.objects.get()
    assert signed_in(house.maeve).post(address, {"include": made.pk}).status_code in (403, 404)
    ruth.post(address, {"include": made.pk})
    assert met_and_missed(house, key_of(house))[1] == {"2026-03-03T10:00"}
    include(made, by=house.ruth, channel="page")  # twice says nothing


def test_the_agreements_page_says_what_was_kept_and_leads_to_exactly_the_records(house: House, always: Calendar) -> None:
    agreement = agreed(
        house,
        always,
        targets=(Target("resolve", None, 4 * HOUR),),
        shares=(ShareTarget("resolve", None, 4 * HOUR, 60.0), ShareTarget("resolve", 1, 4 * HOUR, 99.0)),
        workload=(Workload(None, 1),),
    )
    start = now().replace(day=1, hour=0, minute=30)
    for minutes in (0, 1):
        lived(
            house,
            (start + timedelta(minutes=minutes)).isoformat()[:16],
            resolved((start + timedelta(minutes=minutes + 5)).isoformat()[:16]),
            zone="UTC",
        )
    rows = {row.title: row for row in KeptThisMonth().rows(agreement, house.fresh(house.ruth))}
    kept = rows["60 % resolved within 4 h"]
    assert kept.how == "so far: kept, 100.0 % (2 of 2)"
    assert rows["99 % resolved within 4 h, priority Critical"].how == "so far: nothing to judge"
    assert rows["up to 1 a month"].how == "2 opened this month; 1 beyond it, for which the targets were not promised"
    page = text_of(signed_in(house.ruth).get(kept.href))
    assert page.count('data-row="INC-') == 2
    assert "Kept this month" in text_of(signed_in(house.ruth).get(f"/agreements/{agreement.number}/"))
    assert KeptThisMonth().rows(agreement, house.fresh(house.dev)) == [], "without the word for figures there is nothing"


def test_a_month_is_stored_and_frozen_with_its_shares(house: House, always: Calendar) -> None:
    agreed(house, always, targets=(Target("resolve", None, 4 * HOUR),), shares=(ShareTarget("resolve", None, 4 * HOUR, 90.0),))
    late = lived(house, "2026-03-03T10:00", resolved("2026-03-03T20:00"))
    lived(house, "2026-03-04T10:00", resolved("2026-03-04T11:00"))
    compute_ended_months(house.fresh(house.ruth).tenant, LATER)  # type: ignore[arg-type]
    found = answer(house.fresh(house.ruth), indicator_named("agreed_shares"), MARCH, cut="agreed", at=LATER)
    assert (found.standing, [(f.member, f.numerator, f.denominator) for f in found.figures]) == (FROZEN, [(key_of(house), 1, 2)])
    agreement = Agreement.objects.get()
    exclude(agreement, Card.objects.get(pk=late.pk), reason="Flood", by=house.ruth, channel="page")
    again = answer(house.fresh(house.ruth), indicator_named("agreed_shares"), MARCH, cut="agreed", at=LATER)
    assert [(f.numerator, f.denominator) for f in again.figures] == [(1, 2)], "what is frozen does not move"


def test_a_customer_sees_only_their_own_shares_and_limits(house: House, always: Calendar) -> None:
    agreed(
        house,
        always,
        targets=(Target("resolve", None, 4 * HOUR),),
        shares=(ShareTarget("resolve", None, 4 * HOUR, 90.0),),
        workload=(Workload(None, 5),),
    )
    lived(house, "2026-03-04T10:00", resolved("2026-03-04T11:00"))
    Grant.objects.create(
        tenant=house.tenant,
        person=house.strand,
        organization=house.strand_housing,
        words=["incident:read", "indicator:read"],
        role_name="R",
        started_at=now(),
    )
    for key in ("agreed_shares", "agreed_workload"):
        eyes: Person = house.fresh(house.strand)
        assert indicator_named(key).measure(Question(eyes, MARCH, LATER, "agreed")) == []
        assert indicator_named(key).counted(Question(eyes, MARCH, LATER, only=("agreed", key_of(house))), "whole").count() == 0


def test_judging_costs_the_same_for_few_and_for_many(house: House, always: Calendar) -> None:
    agreed(house, always, targets=(Target("resolve", None, 8 * HOUR),), shares=(ShareTarget("resolve", None, 4 * HOUR, 90.0),))
    indicator, eyes = indicator_named("agreed_shares"), system_person(house.fresh(house.ruth).tenant)  # type: ignore[arg-type]
    lived(house, "2026-03-04T10:00", resolved("2026-03-04T15:00"))

    def statements() -> int:
        indicator.measure(Question(eyes, MARCH, LATER))
        with CaptureQueriesContext(connection) as asked:
            indicator.measure(Question(eyes, MARCH, LATER))
        return len(asked)

    before = statements()
    for minute in range(10, 30):
        lived(house, f"2026-03-04T10:{minute}", resolved("2026-03-04T15:00"))
    assert statements() == before


@pytest.mark.parametrize(("met", "of", "percent", "is_kept"), [(9, 10, 90, True), (89, 100, 90, False), (2, 3, 66.67, False), (1, 1, 100, True)])
def test_a_share_is_kept_exactly(met: int, of: int, percent: float, is_kept: bool) -> None:
    assert is_share_kept(Figure(MARCH, met / of, met, of), percent) is is_kept


def test_two_versions_that_judge_one_month_are_told_apart(house: House, always: Calendar) -> None:
    agreement = agreed(house, always, targets=(Target("resolve", None, 4 * HOUR),), shares=(ShareTarget("resolve", None, 4 * HOUR, 90.0),))
    start = month_asked(house.fresh(house.ruth)).start
    lived(house, start.isoformat()[:16], resolved((start + timedelta(minutes=5)).isoformat()[:16]), zone="UTC")
    assert [r.title for r in KeptThisMonth().rows(agreement, house.fresh(house.ruth))] == ["90 % resolved within 4 h"]
    terms = Terms(
        hours=frozen_hours(always),
        targets=(Target("resolve", None, 4 * HOUR),),
        shares=(ShareTarget("resolve", None, 4 * HOUR, 90.0),),
        exceptions="None",
    )
    draft = draft_terms(agreement, terms, corrects=agreement.versions.get(), by=house.ruth, channel="page")
    put_in_force(draft, started_at=None, by=house.ruth, channel="page", flow=FLOW, reason="A comma.")
    lived(house, start.isoformat()[:16], resolved((start + timedelta(minutes=7)).isoformat()[:16]), zone="UTC")
    said = [r.title for r in KeptThisMonth().rows(agreement, house.fresh(house.ruth))]
    assert said == ["90 % resolved within 4 h, version 1", "90 % resolved within 4 h, version 2"]
