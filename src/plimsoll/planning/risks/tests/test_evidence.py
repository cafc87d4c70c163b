"""What risks, opportunities and their treatments prove (6.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.context.issues.models import ContextIssue
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.models import Assignment
from plimsoll.planning.risks.models import Risk, RiskCriteria, Treatment
from tests.cast import House
from tests.proving import OF_90, OF_95, OF_ALL, asked, document, join, put, role, set_to, short, told

pytestmark = pytest.mark.once
WHOLE = {
    "size": 3,
    "likelihood_words": "Rare\nPossible\nLikely",
    "impact_words": "Light\nFelt\nSevere",
    "classes": "Low: 1–3\nHigh: 4–9, must be treated",
}


def risk(house: House, title: str = "Power fails", **values: Any) -> Risk:
    return put(house, Risk, title, **{"family": "organization", "customer_impact": "They can't work.", "state": "evaluated", **values})


def criteria(house: House, **values: Any) -> RiskCriteria:
    given = {"state": "in_force", "approved_by": house.ruth, "approved_at": now() - timedelta(days=9), **WHOLE}
    return put(house, RiskCriteria, "Our criteria", **{**given, **values})


def treatment(house: House, of: Risk, **values: Any) -> Treatment:
    return Treatment.objects.create(**{"risk": of, "text": "A second line", "owner": house.dev, "due_on": now().date(), **values})


@pytest.mark.parametrize(("loose", "verdict"), OF_90)
def test_6_1_1_a_issues_lead_to_risks(house: House, loose: int, verdict: str) -> None:
    found = risk(house)
    issues = [put(house, ContextIssue) for _n in range(20)]
    for issue in issues[loose:]:
        join(house, found, issue)
    finding = asked(house, "6.1.1-a")
    assert told(finding) == (verdict, 20 - loose, 20)
    assert short(finding) == {issue.pk for issue in issues[:loose]}
    assert told(asked(house, "6.1.1-a", without=(found,))) == ("does_not", 0, 20)


def test_6_1_1_a_requirements_lead_to_risks_themselves_or_by_their_party(house: House) -> None:
    assert told(asked(house, "6.1.1-a")) == ("no_evidence", 0, 0)
    party, other, found = put(house, Party), put(house, Party), risk(house)
    PartyRequirement.objects.create(party=party, kind="legal", text="Keep it secret")
    PartyRequirement.objects.create(party=other, kind="legal", text="Be there", addressed_by=found.card)
    assert short(asked(house, "6.1.1-a")) == {party.pk}
    join(house, party, found)
    assert told(asked(house, "6.1.1-a")) == ("conforms", 2, 2)
    set_to(found, state="closed")
    assert told(asked(house, "6.1.1-a")) == ("does_not", 0, 2), "a risk that is closed is no current one"


def test_6_1_1_b_every_aim_and_at_least_one_opportunity(house: House) -> None:
    assert told(asked(house, "6.1.1-b")) == ("does_not", 0, 4)
    risk(house, aim="prevention")
    assert told(asked(house, "6.1.1-b")) == ("does_not", 1, 4)
    risk(house, aim="outcomes")
    assert told(asked(house, "6.1.1-b")) == ("partly", 2, 4)
    chance = risk(house, aim="improvement", sign="opportunity")
    assert told(asked(house, "6.1.1-b")) == ("conforms", 4, 4)
    assert asked(house, "6.1.1-b", attested="missing").verdict == "partly"
    assert told(asked(house, "6.1.1-b", without=(chance,))) == ("partly", 2, 4)


@pytest.mark.parametrize(("silent", "verdict"), OF_95)
def test_6_1_2_b_risks_say_what_customers_would_feel(house: House, silent: int, verdict: str) -> None:
    bad = [risk(house, customer_impact=" ") for _n in range(silent)]
    for n in range(20 - silent):
        risk(house, sign="opportunity" if n % 2 else "risk")
    risk(house, state="closed", customer_impact="")
    finding = asked(house, "6.1.2-b")
    assert told(finding) == (verdict, 20 - silent, 20)
    assert short(finding) == {row.pk for row in bad}


def test_6_1_2_b_without_risks_there_is_no_evidence(house: House) -> None:
    risk(house, state="dismissed")
    assert told(asked(house, "6.1.2-b")) == ("no_evidence", 0, 0)


def test_6_1_2_c_criteria_in_force_are_whole_and_approved(house: House) -> None:
    assert told(asked(house, "6.1.2-c")) == ("does_not", 0, 1)
    draft = criteria(house, state="draft")
    assert short(asked(house, "6.1.2-c")) == {draft.pk}
    kept = criteria(house)
    assert told(asked(house, "6.1.2-c")) == ("conforms", 1, 1)
    assert asked(house, "6.1.2-c", without=(kept,)).verdict == "does_not"


@pytest.mark.parametrize("fault", [{"classes": "Low: 1–3\nHigh: 5–9, must be treated"}, {"classes": "Low: 1–4\nHigh: 4–9"}, {"approved_by": None}])
def test_6_1_2_c_a_gap_an_overlap_or_no_approval_shows(house: House, fault: dict[str, Any]) -> None:
    bad = criteria(house, **fault)
    assert told(asked(house, "6.1.2-c")) == ("does_not", 0, 1)
    assert short(asked(house, "6.1.2-c")) == {bad.pk}


def test_6_1_2_d_the_method_is_approved_and_in_force(house: House) -> None:
    assert told(asked(house, "6.1.2-d")) == ("does_not", 0, 1)
    draft = document(house, "risk-method", is_in_force=False, state="draft")
    assert short(asked(house, "6.1.2-d")) == {draft.pk}
    kept = document(house, "risk-method")
    assert told(asked(house, "6.1.2-d")) == ("conforms", 1, 1)
    set_to(kept, review_due_date=now().date() - timedelta(days=1))
    assert short(asked(house, "6.1.2-d")) == {kept.pk}


@pytest.mark.parametrize(("bare", "verdict"), OF_ALL)
def test_6_1_3_a_what_must_be_treated_is(house: House, bare: int, verdict: str) -> None:
    criteria(house)
    rows = [risk(house, level=6, level_class="High") for _n in range(20)]
    for row in rows[bare:]:
        treatment(house, row)
    risk(house, level=2, level_class="Low")
    finding = asked(house, "6.1.3-a")
    assert told(finding) == (verdict, 20 - bare, 20)
    assert short(finding) == {row.pk for row in rows[:bare]}


def test_6_1_3_a_or_is_accepted_until_a_day(house: House) -> None:
    criteria(house)
    role(house, "top_management", house.ruth, limits={"risk_acceptance_level": 6})
    risk(house, level=2, level_class="Low")
    assert told(asked(house, "6.1.3-a")) == ("not_triggered", 0, 0), "nothing must be treated"
    day = now().date()
    borne = risk(house, level=6, level_class="High", accepted_at=now(), accepted_by=house.ruth, accepted_until=day)
    assert told(asked(house, "6.1.3-a")) == ("conforms", 1, 1)
    assert short(asked(house, "6.1.3-a", without=(f"person:{house.ruth.pk}",))) == {borne.pk}
    set_to(borne, accepted_until=None)
    assert short(asked(house, "6.1.3-a")) == {borne.pk}, "such a risk is never accepted for good"
    set_to(borne, accepted_until=day - timedelta(days=1))
    assert told(asked(house, "6.1.3-a")) == ("does_not", 0, 1)
    treatment(house, borne, state="dropped")
    assert asked(house, "6.1.3-a").verdict == "does_not", "what was dropped is no treatment"


def test_6_1_3_a_an_acceptance_holds_by_the_authority_of_its_moment(house: House) -> None:
    criteria(house)
    desk = role(house, "desk", limits={"risk_acceptance_level": 6})
    moment = now()
    borne = risk(house, level=6, level_class="High", accepted_at=moment, accepted_by=house.ines, accepted_until=moment.date())
    assert short(asked(house, "6.1.3-a")) == {borne.pk}, "without any role"
    held = put(house, Assignment, state="in_force", role=desk, team=house.desk, starts_at=moment - timedelta(hours=2))
    assert asked(house, "6.1.3-a").verdict == "conforms", "by a team of theirs"
    set_to(held, state="ended", ends_at=moment + timedelta(seconds=1))
    assert asked(house, "6.1.3-a").verdict == "conforms", "what ended later held then"
    set_to(held, ends_at=moment - timedelta(hours=1))
    assert short(asked(house, "6.1.3-a")) == {borne.pk}, "what ended before did not"
    set_to(held, ends_at=None)
    set_to(borne, level=9)
    assert short(asked(house, "6.1.3-a")) == {borne.pk}, "beyond their limit"
    set_to(borne, accepted_by=None, level=6)
    assert short(asked(house, "6.1.3-a")) == {borne.pk}, "by nobody"


def test_6_1_3_a_without_criteria_no_risk_can_be_judged(house: House) -> None:
    found = risk(house)
    assert short(asked(house, "6.1.3-a")) == {found.pk}


@pytest.mark.parametrize(("loose", "verdict"), OF_90)
def test_6_1_3_b_treatments_name_what_carries_them_out(house: House, loose: int, verdict: str) -> None:
    assert told(asked(house, "6.1.3-b")) == ("not_triggered", 0, 0)
    carrier, rows = put(house, ContextIssue), [risk(house) for _n in range(20)]
    for n, row in enumerate(rows):
        treatment(house, row, linked=None if n < loose else carrier.card)
        treatment(house, row, state="dropped")
    finding = asked(house, "6.1.3-b")
    assert told(finding) == (verdict, 20 - loose, 20)
    assert short(finding) == {row.pk for row in rows[:loose]}
    assert asked(house, "6.1.3-b", without=(carrier,)).verdict == "does_not"


@pytest.mark.parametrize(("unjudged", "verdict"), OF_95)
def test_6_1_3_c_what_was_done_is_judged(house: House, unjudged: int, verdict: str) -> None:
    day, rows = now().date(), [risk(house) for _n in range(20)]
    for n, row in enumerate(rows):
        judged = {} if n < unjudged else {"verdict": "effective", "residual_level": 2}
        treatment(house, row, state="done", done_on=day - timedelta(days=3), **judged)
    finding = asked(house, "6.1.3-c")
    assert told(finding) == (verdict, 20 - unjudged, 20)
    assert short(finding) == {row.pk for row in rows[:unjudged]}


def test_6_1_3_c_what_was_done_before_the_period_is_not_asked(house: House) -> None:
    found = risk(house)
    treatment(house, found, state="done", done_on=now().date() - timedelta(days=368))
    treatment(house, found)
    assert told(asked(house, "6.1.3-c")) == ("not_triggered", 0, 0)
    treatment(house, found, state="done", done_on=now().date(), verdict="effective")
    assert told(asked(house, "6.1.3-c")) == ("does_not", 0, 1), "the level that is left is missing"
