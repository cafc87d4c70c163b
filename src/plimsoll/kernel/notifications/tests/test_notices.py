"""Who is told what: those it concerns, never oneself, never what one may not see."""

import pytest
from django.core import mail

from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.notifications.operations import mail_notice, mute, queue_mails, read, unread_count, words_of
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.tasks.models import Job
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


def test_a_mail_says_where_to_read_and_nothing_that_people_wrote(house: House) -> None:
    incident = house.incident("Patient list gone", description="Mary Quinn's list")
    notice = Notice.objects.get(person=house.aoife)
    mail_notice.call(notice=notice.pk)
    mail_notice.call(notice=notice.pk)
    assert len(mail.outbox) == 1, "once, also when the job runs twice"
    assert incident.reference in mail.outbox[0].subject
    assert "Quinn" not in mail.outbox[0].body
    assert f"/go/{incident.reference}/" in mail.outbox[0].body


def test_a_notice_that_was_read_is_not_mailed(house: House) -> None:
    house.incident()
    notice = Notice.objects.get(person=house.aoife)
    assert unread_count(house.aoife) == 1
    assert read(house.aoife) == 1
    mail_notice.call(notice=notice.pk)
    assert mail.outbox == []
    assert unread_count(house.aoife) == 0
    assert words_of(notice)[1] == "Ines Okafor opened it."


def test_a_tick_makes_a_mail_job_of_each_notice_once(house: House) -> None:
    house.incident(team=house.network)
    assert queue_mails() == 2
    assert queue_mails() == 0
    assert Job.objects.filter(task="notifications.mail", state="waiting").count() == 2


def test_who_wants_no_mail_gets_none(house: House) -> None:
    type(house.aoife).objects.filter(pk=house.aoife.pk).update(preferences={"mail": False})
    house.incident(requester=house.fresh(house.aoife))
    assert Notice.objects.get().is_mail_wanted is False
