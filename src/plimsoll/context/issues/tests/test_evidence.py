"""What issues of the context prove (4.1): present, short, and none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.context.issues.models import ContextIssue
from plimsoll.kernel.lib.time import now
from tests.cast import House
from tests.proving import asked, put, short, told

pytestmark = pytest.mark.once


def test_4_1_a_both_spheres_are_known(house: House) -> None:
    assert told(asked(house, "4.1-a")) == ("does_not", 0, 2), "an empty house knows nothing"
    inside = put(house, ContextIssue, sphere="internal")
    assert told(asked(house, "4.1-a")) == ("partly", 1, 2)
    put(house, ContextIssue, sphere="external")
    assert told(asked(house, "4.1-a")) == ("conforms", 2, 2)
    assert asked(house, "4.1-a", attested="missing").verdict == "partly", "that the list is complete is for a person to say"
    assert asked(house, "4.1-a", without=(inside,)).verdict == "partly"
    put(house, ContextIssue, sphere="internal", state="ended")
    assert asked(house, "4.1-a", without=(inside,)).verdict == "partly", "a closed issue is no current one"


@pytest.mark.parametrize(("late", "verdict"), [(0, "conforms"), (1, "conforms"), (2, "partly"), (10, "partly"), (11, "does_not")])
def test_4_1_b_issues_are_reviewed_in_time(house: House, late: int, verdict: str) -> None:
    day = now().date()
    past = [put(house, ContextIssue, review_due_date=day - timedelta(days=1)) for _n in range(late)]
    for _n in range(20 - late):
        put(house, ContextIssue, review_due_date=day)
    finding = asked(house, "4.1-b")
    assert told(finding) == (verdict, 20 - late, 20)
    assert short(finding) == {issue.pk for issue in past}


def test_4_1_b_an_issue_without_a_day_is_due_within_a_year_and_none_are_no_evidence(house: House) -> None:
    assert told(asked(house, "4.1-b")) == ("no_evidence", 0, 0)
    put(house, ContextIssue, opened_at=now() - timedelta(days=300))
    assert asked(house, "4.1-b").verdict == "conforms"
    old = put(house, ContextIssue, opened_at=now() - timedelta(days=400))
    assert short(asked(house, "4.1-b")) == {old.pk}


def test_4_1_c_the_decision_on_climate_change(house: House) -> None:
    assert told(asked(house, "4.1-c")) == ("does_not", 0, 1)
    begun = put(house, ContextIssue, is_climate=True)
    assert short(asked(house, "4.1-c")) == {begun.pk}
    put(house, ContextIssue, is_climate=True, climate_decision="irrelevant", climate_reason="All is in one office.", climate_decided_on=now().date())
    assert told(asked(house, "4.1-c")) == ("conforms", 1, 1)
