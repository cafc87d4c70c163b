"""Who is told what: those it concerns, never oneself, never what one may not see."""

from datetime import time, timedelta

import pytest

from plimsoll.kernel.approvals.operations import Asked, ask
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.keeping import keep_wishes
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.notifications.operations import mute, read, unread, unread_count, words_of
from plimsoll.kernel.notifications.queries import inbox
from plimsoll.kernel.notifications.rules import Wishes
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.trail.models import Entry
from tests.cast import House


def told(house: House) -> dict[str, list[str]]:
    """Names of people with what they were told of and why, since the last look."""
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.select_related("person", "entry").order_by("id"):
        found.setdefault(notice.person.name.split()[0].lower(), []).append(f"{notice.entry.action}, {notice.why}")
    Notice.objects.all().delete()
    return found


def test_whoever_asked_hears_that_it_was_opened_for_them_and_nobody_hears_of_their_own_act(house: House) -> None:
    house.incident(owner=house.ines)
    assert told(house) == {"aoife": ["open, requester"]}


def test_the_team_hears_while_it_is_with_nobody_and_then_only_the_one_it_is_with(house: House) -> None:
    incident = house.incident(team=house.network)
    assert told(house) == {"aoife": ["open, requester"], "dev": ["open, team"]}
    incident = amend(incident, by=house.ruth, channel="page", owner=house.dev)
    assert told(house) == {"dev": ["amend, owner"]}
    amend(incident, by=house.ruth, channel="page", symptom="Blinks")
    assert told(house) == {"dev": ["amend, owner"]}


def test_an_internal_note_is_told_to_insiders_only(house: House) -> None:
    incident = house.incident(owner=house.dev)
    parts.watch(incident, person=house.maeve, by=house.ines, channel="page")
    told(house)
    parts.comment(incident, text="Looks like the controller.", is_public=False, by=house.ines, channel="page")
    assert told(house) == {"dev": ["note, owner"]}
    parts.comment(incident, text="We look into it.", is_public=True, by=house.ines, channel="page")
    assert told(house) == {"dev": ["comment, owner"], "maeve": ["comment, watcher"], "aoife": ["comment, requester"]}


def test_whoever_asked_hears_of_states_and_not_of_the_work_between(house: House) -> None:
    incident = house.incident()
    told(house)
    incident = amend(incident, by=house.ines, channel="page", symptom="Blinks")
    assert told(house) == {}
    move(incident, "cancel", by=house.ines, channel="page", note="Twice.")
    assert told(house) == {"aoife": ["cancel, requester"]}


def test_whoever_asked_reads_what_is_wanted_of_them_and_not_our_word_for_the_state(house: House) -> None:
    incident = house.incident(service=house.service(), classification=house.category, impact=2, urgency=2, team=house.desk, owner=house.ines)
    parts.watch(incident, person=house.dev, by=house.ines, channel="page")
    for name, fields in (
        ("assign", {}),
        ("start", {}),
        ("wait_for_customer", {}),
        ("resume", {}),
        ("resolve", {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "New cable."}),
    ):
        incident = move(incident, name, by=house.ines, channel="page", note="Which ward?", fields=fields)
    said = [words_of(n)[1] for n in Notice.objects.filter(person=house.aoife).select_related("card__tenant", "entry__actor").order_by("pk")]
    assert said[0] == "Ines Okafor opened it for you."
    assert "Ines Okafor needs an answer from you." in said
    assert said[-1] == "Ines Okafor says that it is done: confirm it, or open it again."
    assert not [s for s in said if "Waiting: customer" in s]
    watched = [words_of(n)[1] for n in Notice.objects.filter(person=house.dev).select_related("card__tenant", "entry__actor")]
    assert "Ines Okafor moved it to “Waiting: customer”." in watched


def test_who_lost_sight_of_a_record_hears_no_more_of_it(house: House) -> None:
    incident = house.incident(owner=house.dev)
    told(house)
    house.dev.grants.all().delete()
    amend(incident, by=house.ines, channel="page", symptom="Blinks")
    assert told(house) == {}


def test_a_muted_record_is_quiet(house: House) -> None:
    incident = house.incident(owner=house.dev)
    told(house)
    mute(house.dev, incident, is_muted=True)
    amend(incident, by=house.ines, channel="page", symptom="Blinks")
    mute(house.dev, incident, is_muted=False)
    amend(incident, by=house.ines, channel="page", symptom="Blinks twice")
    assert told(house) == {"dev": ["amend, owner"]}


def test_the_other_tenant_hears_nothing_even_when_it_watches(house: House) -> None:
    incident = house.incident()
    with pytest.raises(Exception, match="no such person"):
        parts.watch(incident, person=house.mallory, by=house.ines, channel="page")
    assert "mallory" not in told(house)


def test_what_is_read_by_one_act_is_new_again_by_undo_and_nothing_else(house: House) -> None:
    incident = house.incident(owner=house.dev)
    amend(incident, by=house.ines, channel="page", symptom="Blinks")
    first = Notice.objects.filter(person=house.dev).order_by("id")[0]
    assert read(house.dev, [first.pk], at=now() - timedelta(hours=1)) == 1
    moment = now()
    assert read(house.dev, at=moment) == 1
    assert unread_count(house.dev) == 0
    assert unread(house.dev, moment) == 1
    assert unread_count(house.dev) == 1
    assert words_of(first)[1] == "Ines Okafor opened it."


def test_who_muted_a_record_still_hears_when_it_is_given_to_them_or_they_are_asked_by_name(house: House) -> None:
    incident = house.incident()
    mute(house.dev, incident, is_muted=True)
    told(house)
    incident = amend(incident, by=house.ines, channel="page", owner=house.dev)
    assert told(house)["dev"] == ["amend, owner"]
    ask(incident, question="May we?", steps=[Asked("Lead", people=[house.dev])], by=house.ines, channel="page")
    assert told(house)["dev"][0].startswith("ask approval")
    amend(incident, by=house.ines, channel="page", symptom="Blinks")
    assert "dev" not in told(house)


def test_what_somebody_wants_to_hear_nothing_of_is_not_told_to_them(house: House) -> None:
    incident = house.incident(owner=house.dev)
    keep_wishes(Wishes(ways={"change": "nothing", "message": "inbox"}), person=house.dev, by=house.dev, channel="page")
    told(house)
    incident = amend(incident, by=house.ines, channel="page", symptom="Blinks")
    assert "dev" not in told(house)
    parts.comment(incident, text="We look into it.", is_public=True, by=house.ines, channel="page")
    assert Notice.objects.get(person=house.dev).is_mail_wanted is False


@pytest.mark.parametrize("wishes", [Wishes(ways={"decision": "nothing"}), Wishes(quiet_from=time(22)), Wishes(hours="999999")])
def test_wishes_that_do_not_hold_are_refused_at_their_field(house: House, wishes: Wishes) -> None:
    with pytest.raises(Faulty) as refused:
        keep_wishes(wishes, person=house.dev, by=house.dev, channel="page")
    assert refused.value.faults[0].field in ("way_decision", "quiet_to", "hours")


def test_the_inbox_goes_by_the_moment_that_it_shows(house: House) -> None:
    """What was written late stands where its moment says, not where it was written."""
    first, late = (house.incident(by=house.ruth, team=house.desk) for _n in range(2))
    Notice.objects.filter(card_id=late.pk).update(created_at=now() - timedelta(days=20))
    groups, _more = inbox(house.ines)
    assert [group.card.pk for group in groups] == [first.pk, late.pk]


def test_whoever_is_asked_by_a_rule_hears_from_the_house(house: House) -> None:
    card = house.incident().card
    entry = Entry(actor=system_person(house.tenant), channel="rule", action="ask approval", changes="{}")
    told = {why: words_of(Notice(card=card, person=house.aoife, entry=entry, why=why))[1] for why in ("approver", "requester", "watcher")}
    house_says = f"{house.tenant.name} asks for a decision."
    assert told == {"approver": house_says, "requester": house_says, "watcher": "Rules asks for a decision."}
