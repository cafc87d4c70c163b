"""What the scope statement proves (4.3-c)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.documents.models import AudienceLine
from plimsoll.kernel.lib.time import now
from tests.cast import House
from tests.proving import asked, document, set_to, short, told

pytestmark = pytest.mark.once


def test_4_3_c_the_scope_statement_is_approved_in_force_reviewed_and_read(house: House) -> None:
    assert told(asked(house, "4.3-c")) == ("does_not", 0, 1), "there is none"
    statement = document(house, "scope-statement")
    assert short(asked(house, "4.3-c")) == {statement.pk}, "nobody reads it"
    AudienceLine.objects.create(document=statement, sort="scope")
    assert told(asked(house, "4.3-c")) == ("conforms", 1, 1)
    assert told(asked(house, "4.3-c", without=(statement,))) == ("does_not", 0, 1)


@pytest.mark.parametrize(("days", "verdict"), [(0, "conforms"), (-1, "does_not")])
def test_4_3_c_its_review_is_past_the_day_after(house: House, days: int, verdict: str) -> None:
    statement = document(house, "scope-statement")
    AudienceLine.objects.create(document=statement, sort="scope")
    set_to(statement, review_due_date=now().date() + timedelta(days=days))
    assert asked(house, "4.3-c").verdict == verdict


def test_4_3_c_a_draft_or_another_approver_is_no_evidence(house: House) -> None:
    draft = document(house, "scope-statement", is_in_force=False, state="draft")
    assert short(asked(house, "4.3-c")) == {draft.pk}
    other = document(house, "scope-statement", approver="sms_manager")
    AudienceLine.objects.create(document=other, sort="scope")
    assert told(asked(house, "4.3-c")) == ("does_not", 0, 1)
