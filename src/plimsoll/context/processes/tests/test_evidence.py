"""What processes prove (4.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.processes.content import starters
from plimsoll.context.processes.models import Interface, Process
from plimsoll.context.processes.rules import listed
from plimsoll.kernel.lib.time import now
from tests.cast import House
from tests.proving import OF_95, asked, put, short, told

pytestmark = pytest.mark.once
CLAUSES = [clause for starter in starters() for clause in listed(starter.clauses)]


def process(house: House, **values: Any) -> Process:
    return put(house, Process, "Issues of the context", **{"state": "in_force", "kinds": "contextissue", "reviewed_on": now().date(), **values})


def test_4_4_a_every_clause_has_a_process_and_none_stands_alone(house: House) -> None:
    assert told(asked(house, "4.4-a")) == ("does_not", 0, len(CLAUSES))
    one, other = process(house, clauses=", ".join(CLAUSES)), process(house, clauses="")
    Interface.objects.create(process=one, to=other, information="A notice")
    assert short(asked(house, "4.4-a")) == {one.pk, other.pk}, "one receives nothing, the other gives nothing"
    assert asked(house, "4.4-a").verdict == "partly"
    Interface.objects.create(process=other, to=one, information="An answer")
    assert told(asked(house, "4.4-a")) == ("conforms", len(CLAUSES) + 2, len(CLAUSES) + 2)
    assert asked(house, "4.4-a", without=(one,)).verdict == "does_not", "its clauses are bare, and the other stands alone"


def test_4_4_a_a_draft_serves_no_clause(house: House) -> None:
    process(house, clauses=", ".join(CLAUSES), state="draft")
    assert told(asked(house, "4.4-a")) == ("does_not", 0, len(CLAUSES))


@pytest.mark.parametrize(("stale", "verdict"), OF_95)
def test_4_4_b_processes_in_force_are_reviewed_in_the_period(house: House, stale: int, verdict: str) -> None:
    put(house, ContextIssue)
    old = [process(house, reviewed_on=now().date() - timedelta(days=367)) for _n in range(stale)]
    for _n in range(20 - stale):
        process(house)
    finding = asked(house, "4.4-b")
    assert told(finding) == (verdict, 20 - stale, 20)
    assert short(finding) == {row.pk for row in old}


def test_4_4_b_a_process_leaves_records_of_its_kinds(house: House) -> None:
    assert told(asked(house, "4.4-b")) == ("no_evidence", 0, 0)
    dead, nameless = process(house), process(house, kinds="")
    fresh = process(house, reviewed_on=None, approved_at=now() - timedelta(days=1), kinds="party, contextissue")
    assert short(asked(house, "4.4-b")) == {dead.pk, nameless.pk, fresh.pk}
    put(house, ContextIssue, opened_at=now() - timedelta(days=400))
    assert short(asked(house, "4.4-b")) == {dead.pk, nameless.pk, fresh.pk}, "long ago is not in the period"
    put(house, ContextIssue)
    assert short(asked(house, "4.4-b")) == {nameless.pk}
