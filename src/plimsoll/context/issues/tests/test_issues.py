"""Issues of the context (4.1): the guards without a database, then writes, what is found, and what is filled into documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from plimsoll.context.issues import queries
from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.issues.record import CONTEXT_ISSUE
from plimsoll.context.issues.rules import Facts, climate_is_decided, will_be_looked_at_again
from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import MoveRefused, move, open_record
from tests.cast import House, time_passed

GOOD = Facts(owner=1, now=datetime(2026, 11, 22, tzinfo=UTC), next_review=date(2027, 5, 1))


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        (GOOD, []),
        (replace(GOOD, owner=None), ["owner"]),
        (replace(GOOD, next_review=None), ["review_due_date"]),
        (replace(GOOD, next_review=date(2026, 11, 22)), ["review_due_date"]),
    ],
)
def test_4_1_b_a_review_ends_with_the_day_of_the_next_one(facts: Facts, fields: list[str]) -> None:
    refusal = will_be_looked_at_again(facts)
    assert [fault.field for fault in getattr(refusal, "faults", ())] == fields


def test_4_1_c_an_issue_about_climate_change_carries_decision_reason_and_day() -> None:
    assert climate_is_decided(GOOD) is None
    asked = replace(GOOD, is_climate=True)
    assert [f.field for f in climate_is_decided(asked).faults] == ["climate_decision", "climate_reason", "climate_decided_on"]  # type: ignore[union-attr]
    assert climate_is_decided(replace(asked, decision="irrelevant", reason="No.", decided_on=date(2026, 1, 1))) is None


def issue(house: House, title: str, **values: object) -> ContextIssue:
    made = open_record(CONTEXT_ISSUE, by=house.ruth, channel="page", title=title, **values)
    assert isinstance(made, ContextIssue)
    return made


def rules(house: House, day: date | None = None) -> set[str]:
    return {finding.rule.key for finding in queries.faults_of(house.tenant, day or now().date())}


def field(house: House, name: str) -> Value:
    blank = blank_named(name)
    assert blank.resolve is not None
    return blank.resolve(Asked(house.tenant, now()))


def test_4_1_a_both_spheres_are_asked_for(house: House) -> None:
    assert queries.BOTH_SPHERES.key in rules(house)
    issue(house, "Few engineers", sphere="external")
    sentences = [f.sentence for f in queries.faults_of(house.tenant, now().date()) if f.rule is queries.BOTH_SPHERES]
    assert sentences == ["There is no issue of this sphere: internal. Enter what is known."]
    issue(house, "One desk", sphere="internal")
    assert queries.BOTH_SPHERES.key not in rules(house)


def test_4_1_b_an_overdue_issue_is_found_and_a_review_clears_it(house: House) -> None:
    due, today = now().date() - timedelta(days=3), now().date()
    late = time_passed(issue(house, "Few engineers", owner=house.dev), review_due_date=due)
    never = issue(house, "Never looked at")
    assert queries.overdue(house.tenant, today) == [late]
    assert queries.overdue(house.tenant, today + timedelta(days=366)) == [late, never]
    with pytest.raises(MoveRefused):
        move(late, "review", by=house.ruth, channel="page")
    reviewed = move(late, "review", by=house.ruth, channel="page", fields={"review_due_date": today + timedelta(days=90)})
    assert reviewed.reviewed_at is not None
    assert reviewed.state == "current"
    assert queries.overdue(house.tenant, today) == []
    move(never, "end", by=house.ruth, channel="page", note="Solved.")
    assert queries.overdue(house.tenant, today + timedelta(days=366)) == [reviewed]


def test_4_1_c_the_decision_on_climate_change_is_asked_for_until_it_is_complete(house: House) -> None:
    assert queries.CLIMATE_DECIDED.key in rules(house)
    issue(house, "Climate", is_climate=True, climate_decision="relevant")
    assert queries.CLIMATE_DECIDED.key in rules(house)
    assert field(house, "issues.climate").is_empty
    issue(house, "Climate again", is_climate=True, climate_decision="irrelevant", climate_reason="We looked.", climate_decided_on=date(2026, 3, 2))
    assert queries.CLIMATE_DECIDED.key not in rules(house)
    assert field(house, "issues.climate").text == "Climate change is not a relevant issue (decided on 2 March 2026). We looked."


def test_4_1_a_issues_are_filled_in_by_sphere(house: House) -> None:
    assert field(house, "issues.internal").is_empty
    issue(house, "One desk", sphere="internal", effect="positive", description="Known by name.", owner=house.ines)
    issue(house, "Few engineers", sphere="external")
    assert [row.cells for row in field(house, "issues.internal").rows] == [("One desk", "Known by name.", "It helps", "Ines Okafor", "not yet")]
    assert len(field(house, "issues.external").rows) == 1
