"""Mail about notices: when it leaves, in one piece, at most once, and never of what may no longer be seen."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from smtplib import SMTPServerDisconnected
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.keeping import hours_of, keep_wishes, keep_working_hours
from plimsoll.kernel.notifications.mailing import gather_mails, plan_mails, send
from plimsoll.kernel.notifications.models import Mail, Notice
from plimsoll.kernel.notifications.operations import read
from plimsoll.kernel.notifications.rules import Wishes
from plimsoll.kernel.notifications.tasks import queue_mails, send_again
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import amend
from plimsoll.kernel.tasks.models import Job
from tests.cast import House

SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("Europe/London"))
MONDAY_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/London"))


def all_told_at(moment: datetime) -> None:
    Notice.objects.update(created_at=moment)


def only(person: Person) -> None:
    Notice.objects.exclude(person=person).delete()


def test_a_mail_says_where_to_read_and_nothing_that_people_wrote_and_is_sent_once(house: House) -> None:
    incident = house.incident("Patient list gone", description="Mary Quinn's list")
    assert queue_mails() == 1
    assert queue_mails() == 0
    mail = Mail.objects.get()
    assert Job.objects.filter(task="notifications.send", state="waiting").count() == 1
    assert [send(mail.pk), send(mail.pk)] == ["sent", "sent"]
    assert len(outbox.outbox) == 1, "once, also when the job runs twice"
    sent = outbox.outbox[0]
    assert incident.reference in sent.subject
    assert "Quinn" not in str(sent.message())
    assert f"/go/{incident.reference}/" in sent.body
    assert sent.extra_headers["List-Unsubscribe"].endswith("/preferences/notices/>")
    assert "/preferences/notices/" in sent.body
    assert sent.alternatives[0][1] == "text/html"
    assert Notice.objects.get().mailed_at is not None


def test_a_notice_that_was_read_is_not_mailed(house: House) -> None:
    house.incident()
    queue_mails()
    read(house.aoife)
    assert send(Mail.objects.get().pk) == "dropped"
    house.incident("Again")
    plan_mails()
    read(house.aoife)
    assert gather_mails() == []
    assert outbox.outbox == []


def test_what_may_no_longer_be_seen_is_not_mailed(house: House) -> None:
    house.incident(owner=house.dev)
    only(house.dev)
    queue_mails()
    house.dev.grants.all().delete()
    assert send(Mail.objects.get().pk) == "dropped"


def test_a_mail_that_was_being_sent_when_the_program_stopped_is_not_sent_twice_and_says_so(house: House) -> None:
    house.incident()
    queue_mails()
    mail = Mail.objects.get()
    Mail.objects.update(state="sending")
    assert send(mail.pk) == "unsure"
    assert outbox.outbox == []
    send_again(mail)
    assert send(mail.pk) == "sent"


def test_a_refusing_server_leaves_the_mail_waiting_with_what_it_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.incident()
    queue_mails()
    mail = Mail.objects.get()

    def refuse(self: object) -> int:
        raise SMTPServerDisconnected("come back later")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        with pytest.raises(SMTPServerDisconnected):
            send(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("waiting", "come back later")
    assert send(mail.pk) == "sent"


def test_a_stop_between_planning_gathering_and_sending_loses_nothing(house: House) -> None:
    house.incident()
    plan_mails()
    made = gather_mails()  # and here the program stops, before the job is written: both are one transaction, so neither is there
    Mail.objects.all().delete()
    assert len(made) == 1
    assert queue_mails() == 1
    assert send(Mail.objects.get().pk) == "sent"


# --- Hours ----------------------------------------------------------------------------------------------------


def test_mail_waits_for_the_hours_of_the_receivers_team_and_comes_as_one(house: House) -> None:
    keep_working_hours(by=house.ruth, channel="page", calendar=house.office_hours, team=house.network)
    incident = house.incident(owner=house.dev)
    parts.comment(incident, text="Any news?", is_public=True, by=house.ines, channel="page")
    only(house.dev)
    all_told_at(SUNDAY_NIGHT)
    plan_mails(SUNDAY_NIGHT)
    assert set(Notice.objects.values_list("waits_for", flat=True)) == {"hours"}
    due = set(Notice.objects.values_list("mail_due_at", flat=True))
    opening = house.office_hours.hours().due(SUNDAY_NIGHT, timedelta(0))
    assert due == {opening}
    assert gather_mails(SUNDAY_NIGHT) == []
    [mail] = gather_mails(opening)
    assert send(mail.pk) == "sent"
    assert len(outbox.outbox) == 1
    assert "This waited for your hours." in outbox.outbox[0].body


def test_an_organizations_hours_hold_for_its_people_and_a_teams_come_first(house: House) -> None:
    keep_working_hours(by=house.ruth, channel="page", calendar=house.office_hours, organization=house.provider)
    assert set(hours_of([house.dev, house.ines, house.aoife])) == {house.dev.pk, house.ines.pk}
    keep_wishes(Wishes(hours="any"), person=house.dev, by=house.dev, channel="page")
    assert set(hours_of([house.dev, house.ines])) == {house.ines.pk}
    keep_working_hours(by=house.ruth, channel="page", calendar=None, organization=house.provider)
    assert hours_of([house.ines]) == {}


def test_what_waits_is_planned_anew_when_wishes_change(house: House) -> None:
    keep_wishes(Wishes(ways={"given": "digest"}), person=house.dev, by=house.dev, channel="page")
    house.incident(owner=house.dev)
    only(house.dev)
    plan_mails()
    assert Notice.objects.get().waits_for == "digest"
    keep_wishes(Wishes(), person=house.dev, by=house.dev, channel="page")
    plan_mails()
    assert Notice.objects.get().waits_for == "at once"


def test_a_digest_takes_along_what_waits_and_groups_it_by_record(house: House) -> None:
    keep_wishes(
        Wishes(ways={"change": "digest"}, quiet_from=time(21), quiet_to=time(9, 30), digest_at=time(9)),
        person=house.dev,
        by=house.dev,
        channel="page",
    )
    Person.objects.filter(pk=house.dev.pk).update(timezone="Europe/London")
    first = house.incident("First", owner=house.dev)
    amend(first, by=house.ines, channel="page", symptom="Blinks")
    house.incident("Second", owner=house.dev)
    only(house.dev)
    all_told_at(SUNDAY_NIGHT)
    plan_mails(SUNDAY_NIGHT)
    assert sorted(Notice.objects.values_list("waits_for", flat=True)) == ["digest", "quiet", "quiet"]
    assert gather_mails(MONDAY_NINE - timedelta(minutes=1)) == []
    [mail] = gather_mails(MONDAY_NINE)
    assert mail.is_digest
    assert send(mail.pk) == "sent"
    body = outbox.outbox[0].body
    assert body.count("/go/") == 2
    assert "This is your digest" in body
    assert gather_mails(MONDAY_NINE + timedelta(hours=2)) == []


def test_costs_of_a_tick_do_not_grow_with_what_waits(house: House, django_assert_max_num_queries: object) -> None:
    keep_working_hours(by=house.ruth, channel="page", calendar=house.office_hours, team=house.network)
    for n in range(12):
        house.incident(f"Incident {n}", owner=(house.dev, house.ines)[n % 2])
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert plan_mails(now()) >= 12
