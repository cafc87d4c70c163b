"""An assessment asks the records once, keeps what they said, and shows when what is kept was touched; a day without one stays a gap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.context.issues.models import ContextIssue
from plimsoll.evaluation.conformity.answers import ask, ask_all, missing_kinds, period_start
from plimsoll.evaluation.conformity.models import Assessment, KeptAnswer, Result
from plimsoll.evaluation.conformity.operations import assess, is_sound
from plimsoll.evaluation.conformity.queries import fell_short, history, items_of_kind, latest, nearest_days, of_day, verdicts_of
from plimsoll.evaluation.conformity.standard import items
from plimsoll.evaluation.conformity.tasks import assess_all, assess_one
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.figures.evidence import queries
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.models import gate_open
from plimsoll.kernel.records.operations import amend, open_record
from plimsoll.kernel.trail.models import Entry
from tests.cast import House


def issue(house: House, **values: Any) -> ContextIssue:
    told = {"title": "Energy prices", "sphere": "external", **values}
    return open_record(type_named("contextissue"), organization=house.provider, by=house.ruth, channel="page", **told)  # type: ignore[return-value]


def verdict(house: House, item: str) -> str:
    return ask(items()[item], house.tenant, now()).verdict


def test_on_an_empty_system_nothing_shows_evidence(house: House) -> None:
    found = ask_all(house.tenant, now())
    assert len(found) == 290
    assert [one.item.id for one in found if one.verdict == "conforms"] == []
    assert all(one.verdict == "not_assessed" for one in found if missing_kinds(one.item))


def test_an_item_says_which_kinds_of_records_it_waits_for(house: House) -> None:
    waiting = next(item for item in items().values() if "problem" in item.waits)
    found = ask(waiting, house.tenant, now())
    assert found.verdict == "not_assessed"
    assert "problem" in found.note


def test_what_is_stored_is_what_was_computed_and_stands_in_the_trail(house: House) -> None:
    external = issue(house)
    row = assess(house.tenant, by=house.ruth, channel="page")
    assert latest(house.tenant) == row
    stored = row.results.get(item="4.1-a")
    assert (stored.verdict, stored.numerator, stored.denominator) == ("partly", 1, 2)
    assert stored.detail is not None
    assert [s["pk"] for s in stored.detail.body["sources"]] == [external.pk]
    assert "internal" in stored.detail.body["shortfalls"][0]["sentence"]
    told = Entry.objects.get(kind="assessment", subject=row.pk)
    assert told.action == "compute"
    assert is_sound(row)


@pytest.mark.parametrize("touched", ["verdict", "numerator", "detail", "removed"])
def test_a_stored_result_that_was_touched_shows(house: House, touched: str) -> None:
    issue(house)
    row = assess(house.tenant, channel="task")
    result = row.results.get(item="4.1-a")
    if touched == "detail":
        assert result.detail is not None
        KeptAnswer.objects.filter(pk=result.detail.pk).update(body={**result.detail.body, "shortfalls": []})
    elif touched == "removed":
        result.delete()
    else:
        Result.objects.filter(pk=result.pk).update(**{touched: "conforms" if touched == "verdict" else 2})
    assert not is_sound(Assessment.objects.get(pk=row.pk))


def test_details_are_kept_once_while_nothing_changes(house: House) -> None:
    issue(house)
    assess(house.tenant, channel="task")
    once = KeptAnswer.objects.count()
    assess(house.tenant, channel="task")
    assert KeptAnswer.objects.count() == once
    assert Result.objects.count() == 2 * len(items())


def test_a_day_is_answered_from_what_was_stored_and_a_day_without_is_a_gap(house: House) -> None:
    day = date(2026, 3, 14)
    at = now().replace(year=2026, month=3, day=14, hour=6)
    issue(house)
    row = assess(house.tenant, channel="task", at=at)
    assess(house.tenant, channel="task", at=at + timedelta(days=3))
    assert of_day(house.tenant, day) == row
    assert of_day(house.tenant, day + timedelta(days=1)) is None
    assert nearest_days(house.tenant, day + timedelta(days=1)) == (day, day + timedelta(days=3))
    issue(house, sphere="internal", title="Two people leave")  # what is entered afterwards changes no day before
    assert verdicts_of(row)["4.1-a"] == "partly"
    run = history(house.tenant, "4.1-a", day + timedelta(days=3), days=5)
    assert [v for _d, v in run.days] == ["", "partly", "", "", "partly"]


def test_history_names_the_record_that_caused_a_dip(house: House) -> None:
    at = now()
    kept = issue(house, review_due_date=(at + timedelta(days=2)).date())
    assess(house.tenant, channel="task", at=at)
    late = at + timedelta(days=5)
    assess(house.tenant, channel="task", at=late)
    run = history(house.tenant, "4.1-b", (at + timedelta(days=6)).date())
    [turn] = run.turns
    assert turn.is_dip
    assert kept.title in turn.causes[0]
    row = latest(house.tenant)
    assert row is not None
    assert "4.1-b" in fell_short(row, "contextissue", kept.pk)
    assert "4.1-a" in {item.id for item in items_of_kind("contextissue")}


def test_who_may_not_is_refused_and_nothing_is_stored(house: House) -> None:
    with pytest.raises(Refused):
        assess(house.tenant, by=house.ines, channel="page")
    assert not Assessment.objects.exists()


def test_the_task_asks_once_for_every_tenant_and_on_demand_for_one(house: House) -> None:
    def count() -> int:
        return Assessment.objects.filter(tenant=house.tenant).count()

    assess_all.call()
    assess_all.call()  # begun again after its worker died
    assert count() == 1
    asked_at = now().isoformat()
    assert assess_one.call(tenant_id=house.tenant.pk, asked_at=asked_at) == {"assessments": 1}
    assert assess_one.call(tenant_id=house.tenant.pk, asked_at=asked_at) == {"assessments": 0}
    assert count() == 2


def test_records_of_another_tenant_and_of_a_demonstration_do_not_count(house: House) -> None:
    found = issue(house)
    with gate_open():
        ContextIssue.objects.filter(pk=found.pk).update(origin="demonstration")
    answer = ask(items()["4.1-a"], house.tenant, now()).answer
    assert answer is not None
    assert answer.numerator == 0
    type(house.tenant).objects.filter(pk=house.tenant.pk).update(is_demonstration=True)
    house.tenant.refresh_from_db()
    answer = ask(items()["4.1-a"], house.tenant, now()).answer
    assert answer is not None
    assert (answer.numerator, dict(answer.origins)) == (1, {"demonstration": 1})


def test_what_is_taken_as_gone_does_not_count_and_nothing_is_written(house: House) -> None:
    found = issue(house)
    before = Entry.objects.count()
    answer = ask(items()["4.1-a"], house.tenant, now(), without=frozenset({f"contextissue:{found.pk}"})).answer
    assert answer is not None
    assert answer.numerator == 0
    assert Entry.objects.count() == before


def test_all_requirements_cost_the_same_queries_with_one_issue_and_ten(house: House) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            ask_all(house.tenant, now())
        return len(asked)

    issue(house)
    one = cost()
    for n in range(9):
        issue(house, title=f"Issue {n}", sphere="internal" if n % 2 else "external")
    assert cost() == one


def test_the_period_is_a_year_to_the_day_where_the_tenant_is(house: House) -> None:
    house.tenant.timezone = "Europe/London"
    at = now().replace(year=2028, month=2, day=29, hour=12)
    assert period_start(house.tenant, at).isoformat() == "2027-02-28T00:00:00+00:00"
    assert period_start(house.tenant, at.replace(month=7, day=10)).isoformat() == "2027-07-09T23:00:00+00:00"


def test_an_issue_that_is_decided_on_climate_shows(house: House) -> None:
    found = issue(house, is_climate=True)
    assert verdict(house, "4.1-c") == "does_not"
    said = {"climate_decision": "relevant", "climate_reason": "Cooling fails in hot summers.", "climate_decided_on": date(2026, 1, 5)}
    amend(found, by=house.ruth, channel="page", **said)
    assert ask(items()["4.1-c"], house.tenant, now(), attested="valid").verdict == "conforms"
    assert verdict(house, "4.1-c") == "partly"  # the reason is a matter of judgement, and nobody has judged yet


def test_every_kind_that_a_query_reads_is_declared() -> None:
    known = {t.kind for t in declared()}
    assert {kind for query in queries().values() for kind in query.kinds} - known == set()
