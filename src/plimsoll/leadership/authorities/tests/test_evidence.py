"""What roles, their holders and what top management decides and tells prove (5.1, 5.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.context.processes.models import Process
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.support.communication.models import Communication, Telling
from plimsoll.support.competence.models import Competence, Qualification
from plimsoll.support.resources.models import ResourceNeed
from tests.cast import House
from tests.proving import OF_90, OF_95, asked, hold, put, role, set_to, short, told

pytestmark = pytest.mark.once
TOP = ["smschange:approve", "risk:accept", "document:approve", "agreement:*", "resourceneed:grant"]
FIVE = {"risk_acceptance_level": 25}


def test_5_1_c_every_sort_of_decision_has_somebody(house: House) -> None:
    assert told(asked(house, "5.1-c")) == ("does_not", 0, 5)
    role(house, "administrator", house.ruth, words=["*:*"])
    assert told(asked(house, "5.1-c")) == ("does_not", 0, 5), "a word for everything names nobody"
    top = role(house, "top_management", house.ines, words=TOP, limits=FIVE)
    assert told(asked(house, "5.1-c")) == ("conforms", 5, 5)
    alone = asked(house, "5.1-c", without=(f"person:{house.ines.pk}",))
    assert told(alone) == ("does_not", 0, 5)
    assert short(alone) == {top.pk}
    assert asked(house, "5.1-c", without=(top,)).verdict == "does_not"


@pytest.mark.parametrize(("words", "verdict", "n"), [(TOP[:4], "partly", 4), (TOP[1:4], "partly", 3), (TOP[:2], "does_not", 2)])
def test_5_1_c_some_decisions_have_nobody(house: House, words: list[str], verdict: str, n: int) -> None:
    role(house, "top_management", house.ines, words=words, limits=FIVE)
    assert told(asked(house, "5.1-c")) == (verdict, n, 5)


def test_5_1_c_risks_are_accepted_up_to_a_limit_and_by_a_current_holder(house: House) -> None:
    top = role(house, "top_management", words=TOP)
    hold(house, top, house.ines, ends_at=now() - timedelta(hours=1))
    assert told(asked(house, "5.1-c")) == ("does_not", 0, 5), "whoever held it, does not any more"
    hold(house, top, house.dev)
    assert told(asked(house, "5.1-c")) == ("partly", 4, 5), "and without a limit nobody accepts a risk"


def test_5_3_a_roles_have_holders_who_said_yes(house: House) -> None:
    assert told(asked(house, "5.3-a")) == ("does_not", 0, 2), "the two that every system needs are not there"
    top, manager = role(house, "top_management", house.ines), role(house, "sms_manager", house.ruth)
    assert told(asked(house, "5.3-a")) == ("conforms", 4, 4)
    empty = role(house, "process_owner")
    assert asked(house, "5.3-a").verdict == "conforms", "a role that runs nothing need not be held"
    put(house, Process, state="in_force", owner_role=empty)
    assert told(asked(house, "5.3-a")) == ("partly", 4, 5)
    assert short(asked(house, "5.3-a")) == {empty.pk}
    waiting = hold(house, empty, house.dev, accepted_at=None)
    assert short(asked(house, "5.3-a")) == {waiting.pk}
    assert short(asked(house, "5.3-a", without=(f"person:{house.ruth.pk}", waiting))) == {manager.pk, empty.pk}
    set_to(top, state="draft", edition=0)
    assert top.pk in short(asked(house, "5.3-a"))


def test_5_3_a_half_of_it_is_partly_there(house: House) -> None:
    rows = [hold(house, role(house, code), house.ruth, accepted_at=None) for code in ("top_management", "sms_manager")]
    assert told(asked(house, "5.3-a")) == ("partly", 2, 4)
    assert short(asked(house, "5.3-a")) == {row.pk for row in rows}
    put(house, Process, state="in_force", owner_role=role(house, "process_owner"))
    assert told(asked(house, "5.3-a")) == ("does_not", 2, 5)


def test_5_3_b_somebody_answers_for_the_system_in_their_own_right(house: House) -> None:
    assert told(asked(house, "5.3-b")) == ("does_not", 0, 1)
    manager = role(house, "sms_manager")
    assert short(asked(house, "5.3-b")) == {manager.pk}
    hold(house, manager, house.dev, is_deputy=True)
    assert told(asked(house, "5.3-b")) == ("does_not", 0, 1)
    hold(house, manager, house.ines, in_organization=house.brannock)
    assert asked(house, "5.3-b").verdict == "does_not", "for one customer is not for the system"
    hold(house, manager, house.ruth)
    assert told(asked(house, "5.3-b")) == ("conforms", 1, 1)
    assert asked(house, "5.3-b", without=(f"person:{house.ruth.pk}",)).verdict == "does_not"


@pytest.mark.parametrize(("late", "verdict"), OF_95)
def test_5_1_g_what_was_asked_for_is_decided_in_time(house: House, late: int, verdict: str) -> None:
    long_ago = now() - timedelta(days=120)
    waiting = [put(house, ResourceNeed, state="asked", opened_at=long_ago) for _n in range(late)]
    for _n in range(20 - late):
        put(house, ResourceNeed, state="granted", opened_at=long_ago, decided_at=long_ago + timedelta(days=60))
    finding = asked(house, "5.1-g")
    assert told(finding) == (verdict, 20 - late, 20)
    assert short(finding) == {need.pk for need in waiting}


def test_5_1_g_what_waits_may_wait_three_months_and_a_no_says_what_instead(house: House) -> None:
    put(house, ResourceNeed, state="asked", opened_at=now() - timedelta(days=60))
    put(house, ResourceNeed, state="noted", opened_at=now() - timedelta(days=400))
    put(house, ResourceNeed, state="granted", opened_at=now() - timedelta(days=500), decided_at=now() - timedelta(days=450))
    assert told(asked(house, "5.1-g")) == ("no_evidence", 0, 0), "nothing had to be decided"
    lately = now() - timedelta(days=10)
    bad = [
        put(house, ResourceNeed, state="refused", decided_at=lately),
        put(house, ResourceNeed, state="deferred", decided_at=lately, deferred_until=now().date() - timedelta(days=1)),
        put(house, ResourceNeed, state="granted", opened_at=now() - timedelta(days=200), decided_at=lately),
    ]
    put(house, ResourceNeed, state="refused", decided_at=lately, alternative="We share one.")
    put(house, ResourceNeed, state="deferred", decided_at=lately, deferred_until=now().date())
    assert told(asked(house, "5.1-g")) == ("does_not", 2, 5)
    assert short(asked(house, "5.1-g")) == {need.pk for need in bad}


@pytest.mark.parametrize(("days", "verdict"), [(1, "conforms"), (364, "conforms"), (367, "does_not")])
def test_5_1_h_top_management_told_its_people_in_the_period(house: House, days: int, verdict: str) -> None:
    kept = put(house, Communication)
    Telling.objects.create(communication=kept, on=now().date() - timedelta(days=days), by=house.ruth, reached=40, is_by_top=True)
    assert told(asked(house, "5.1-h")) == (verdict, int(verdict == "conforms"), 1)
    assert asked(house, "5.1-h", without=(f"person:{house.ruth.pk}",)).verdict == "does_not"


def test_5_1_h_others_do_not_count_and_it_is_known_whom_it_reached(house: House) -> None:
    assert told(asked(house, "5.1-h")) == ("does_not", 0, 1)
    kept, day = put(house, Communication), now().date()
    Telling.objects.create(communication=kept, on=day, by=house.ines, reached=40)
    assert short(asked(house, "5.1-h")) == set()
    Telling.objects.create(communication=kept, on=day, by=house.ruth, is_by_top=True)
    assert short(asked(house, "5.1-h")) == {kept.pk}


@pytest.mark.parametrize(("unable", "verdict"), OF_90)
def test_5_1_j_holders_can_do_what_their_roles_need(house: House, unable: int, verdict: str) -> None:
    desk = role(house, "desk")
    needed = put(house, Competence, "Analyses incidents", state="approved", role=desk, level=2)
    everybody = Person.objects.bulk_create(
        Person(tenant=house.tenant, organization=house.provider, name=f"Holder {i:02}", email=f"h{i}.{house.tenant.pk}@here.example")
        for i in range(20)
    )
    for n, person in enumerate(everybody):
        hold(house, desk, person)
        if n >= unable:
            put(house, Qualification, state="verified", person=person, competence=needed, level=2)
    finding = asked(house, "5.1-j")
    assert told(finding) == (verdict, 20 - unable, 20)
    assert short(finding) == ({needed.pk} if unable else set())
    assert finding.answer is not None
    assert not any("Holder" in s.sentence or s.owner for s in finding.answer.shortfalls), "whose file it is, only the matrix says (S-063)"
    if unable == 1:
        assert asked(house, "5.1-j", attested="missing").verdict == "partly"


def test_5_1_j_an_expired_proof_is_none_and_nobody_to_ask_is_no_evidence(house: House) -> None:
    assert told(asked(house, "5.1-j")) == ("no_evidence", 0, 0)
    needed = put(house, Competence, "Analyses incidents", state="approved", role=role(house, "desk", house.dev), level=2)
    put(house, Qualification, state="verified", person=house.dev, competence=needed, level=2, expires_on=now().date() - timedelta(days=1))
    assert told(asked(house, "5.1-j")) == ("does_not", 0, 1)
    assert told(asked(house, "5.1-j", without=(f"person:{house.dev.pk}",))) == ("no_evidence", 0, 0)
