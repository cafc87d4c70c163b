"""The inbox and the pages on which one says how one wants to be told, as people use them."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from plimsoll.kernel.identity.models import Organization, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.keeping import hours_of, wishes_of
from plimsoll.kernel.notifications.models import Mail, Mute, Notice
from plimsoll.kernel.notifications.operations import unread_count
from plimsoll.kernel.notifications.tasks import queue_mails
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend
from plimsoll.site.desk import inbox_page
from tests.cast import House
from tests.contracts import cost, signed_in, text_of

pytestmark = pytest.mark.django_db


def chatty(house: House, title: str, n: int = 3) -> Record:
    incident = house.incident(title, owner=house.dev)
    for k in range(n):
        parts.comment(incident, text=f"Message {k}", is_public=True, by=house.ines, channel="page")
    return incident


def undo_of(page: str) -> str:
    found = re.search(r'data-undo="([^"]+)"', page)
    assert found, page[-2000:]
    return found[1]


def rows_of(client: Client, query: str = "") -> list[str]:
    return re.findall(r'class="title" href="[^"]+">([^<]+)<', text_of(client.get(f"/inbox/{query}")))


def test_records_stand_once_the_newest_first_with_how_much_is_unread(house: House) -> None:
    first, second = chatty(house, "First"), chatty(house, "Second")
    amend(first, by=house.ines, channel="page", symptom="Blinks")
    dev = signed_in(house.dev)
    page = text_of(dev.get("/inbox/"))
    assert rows_of(dev) == ["First", "Second"]
    assert page.count("4 unread") == 1
    assert page.count("5 unread") == 1
    assert "and 3 before" in page
    assert second.reference in page


def test_one_a_record_or_everything_is_marked_as_read_and_undone(house: House) -> None:
    first = chatty(house, "First")
    chatty(house, "Second")
    dev = signed_in(house.dev)
    assert unread_count(house.dev) == 8
    one = Notice.objects.filter(person=house.dev, card=first.pk).earliest("id")
    for sent, left in (({"notice": one.pk}, 7), ({"record": first.pk}, 4), ({}, 0)):
        page = text_of(dev.post("/inbox/", sent, follow=True))
        assert unread_count(house.dev) == left
    dev.post(undo_of(page))
    assert unread_count(house.dev) == 4


def test_all_that_is_shown_is_marked_as_read_and_nothing_else(house: House) -> None:
    first = chatty(house, "First")
    dev = signed_in(house.dev)
    [newest] = re.findall(r'name="newest" value="(\d+)"', text_of(dev.get("/inbox/?kind=given")))
    for sent in ({"notice": "abc"}, {"record": "abc"}):  # what names nothing marks nothing
        dev.post("/inbox/", sent)
    assert unread_count(house.dev) == 4
    chatty(house, "Since then")
    dev.post("/inbox/?kind=given", {"newest": newest})
    assert unread_count(house.dev) == 7 and not Notice.objects.filter(person=house.dev, card=first.pk, kind="given", read_at=None).exists()
    dev.post("/inbox/?type=article", {"newest": newest})
    assert unread_count(house.dev) == 7
    dev.post("/inbox/", {"newest": newest})
    assert unread_count(house.dev) == 4, "what came since is still new"


def test_opening_one_reads_all_of_its_record(house: House) -> None:
    chatty(house, "First")
    dev = signed_in(house.dev)
    [href] = re.findall(r'class="title" href="([^"]+)"', text_of(dev.get("/inbox/")))
    assert dev.get(href).status_code == 302
    assert unread_count(house.dev) == 0


def test_a_picture_or_a_page_fetched_ahead_reads_nothing(house: House) -> None:
    chatty(house, "First")
    mark = Notice.objects.filter(person=house.dev).latest("pk").pk
    dev = signed_in(house.dev)
    for headers in ({"Sec-Fetch-Mode": "no-cors"}, {"Sec-Fetch-Mode": "navigate", "Sec-Purpose": "prefetch"}):
        assert dev.get(f"/inbox/{mark}/", headers=headers).status_code == 302
    assert unread_count(house.dev) > 0
    dev.get(f"/inbox/{mark}/", headers={"Sec-Fetch-Mode": "navigate"})
    assert unread_count(house.dev) == 0


def test_filters_by_what_happened_by_kind_of_record_and_by_unread(house: House) -> None:
    first = chatty(house, "First", 1)
    chatty(house, "Second", 0)
    dev = signed_in(house.dev)
    assert rows_of(dev, "?kind=message") == ["First"]
    assert rows_of(dev, "?type=article") == []
    assert "Nothing of that sort" in text_of(dev.get("/inbox/?type=article"))
    dev.post("/inbox/", {"record": first.pk})
    assert rows_of(dev, "?unread=1&type=incident") == ["Second"]
    assert rows_of(dev, "?kind=pigeon&before=x") == ["Second", "First"]


def test_pages_go_on_without_leaving_out_or_repeating(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [chatty(house, f"Record {n}", 1) for n in range(7)]
    amend(records[0], by=house.ines, channel="page", symptom="Blinks")
    monkeypatch.setattr(inbox_page, "inbox", partial(inbox_page.inbox, most=3))
    dev = signed_in(house.dev)
    found, query = [], ""
    for _page in range(4):
        page = text_of(dev.get(f"/inbox/{query}"))
        found += re.findall(r'class="title" href="[^"]+">([^<]+)<', page)
        nxt = re.search(r'href="([^"]+)" rel="next"', page)
        if not nxt:
            break
        query = nxt[1].replace("&amp;", "&")
    assert found == ["Record 0", *[f"Record {n}" for n in range(6, 0, -1)]]


def test_a_record_is_muted_in_the_inbox_listed_and_heard_of_again(house: House) -> None:
    incident = chatty(house, "First")
    dev = signed_in(house.dev)
    page = text_of(dev.post("/inbox/", {"mute": incident.pk}, follow=True))
    assert "You are told no more" in page
    assert Mute.objects.filter(person=house.dev, card=incident.pk).exists()
    assert incident.reference in text_of(dev.get("/inbox/muted/"))
    dev.post(undo_of(page))
    assert not Mute.objects.exists()
    assert "Nothing is muted" in text_of(dev.get("/inbox/muted/"))


def test_nobody_mutes_or_reads_of_what_they_may_not_see(house: House) -> None:
    incident = chatty(house, "Secret matter")
    mallory, strand = signed_in(house.mallory), signed_in(house.strand)
    for client in (mallory, strand):
        assert client.post("/inbox/", {"mute": incident.pk}).status_code == 404
        assert client.post(f"/inbox/muted/{incident.pk}/").status_code == 404
        assert client.get(f"/inbox/{Notice.objects.filter(person=house.dev).latest('id').pk}/").status_code == 404
    house.dev.grants.all().delete()
    assert "Secret matter" not in text_of(signed_in(house.dev).get("/inbox/"))


def test_the_bell_hears_of_what_is_new_and_answers_304_while_nothing_is(house: House) -> None:
    dev = signed_in(house.dev)
    answer = dev.get("/inbox/live/?seen=0")
    assert answer.json()["n"] == 0
    assert dev.get("/inbox/live/?seen=0", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    chatty(house, "First", 0)
    told = dev.get("/inbox/live/?seen=0", headers={"If-None-Match": answer["ETag"]}).json()
    assert (told["n"], told["label"], told["sentence"]) == (1, "Inbox, 1 unread", "1 new. Show it")


def test_the_inbox_costs_the_same_whatever_was_told(house: House) -> None:
    chatty(house, "First", 1)
    dev = signed_in(house.dev)
    before = cost(lambda: dev.get("/inbox/"))
    for n in range(9):
        chatty(house, f"Record {n}", 6)
    assert cost(lambda: dev.get("/inbox/")) == before


# --- How I am told -----------------------------------------------------------------------------------------------

FORM = {
    **{f"way_{kind}": "mail" for kind in ("escalation", "decision", "given", "message", "note", "state", "change", "reminder")},
    "digest": "weekly",
    "digest_on": "fri",
    "digest_at": "16:30",
    "hours": "usual",
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "through": ["escalation"],
}


def test_what_i_am_told_is_kept_and_shown_again(house: House) -> None:
    dev = signed_in(house.dev)
    assert dev.post("/preferences/notices/", {**FORM, "way_change": "nothing"}).status_code == 302
    kept = wishes_of(house.fresh(house.dev))
    assert (kept.way("change"), kept.digest, kept.digest_on, kept.through) == ("nothing", "weekly", "fri", frozenset({"escalation"}))
    page = text_of(dev.get("/preferences/notices/"))
    assert 'value="16:30"' in page
    assert "Quiet from 22:00 to 07:00." in page


@pytest.mark.parametrize(
    ("wrong", "field"), [({"way_decision": "nothing"}, "way_decision"), ({"quiet_to": ""}, "quiet_to"), ({"hours": "999999"}, "hours")]
)
def test_a_wrong_wish_is_said_at_its_field_and_the_rest_is_still_there(house: House, wrong: dict[str, str], field: str) -> None:
    answer = signed_in(house.dev).post("/preferences/notices/", {**FORM, **wrong})
    assert answer.status_code == 400
    assert answer.context["form"].errors[field]
    assert 'value="16:30"' in text_of(answer)


def test_outsiders_are_not_offered_the_names_of_our_hours(house: House) -> None:
    assert "Office hours" in text_of(signed_in(house.dev).get("/preferences/notices/"))
    assert "Office hours" not in text_of(signed_in(house.aoife).get("/preferences/notices/"))


def test_administrators_keep_hours_and_see_what_waits_and_why(house: House) -> None:
    ruth = signed_in(house.ruth)
    page = text_of(ruth.get("/settings/notices/"))
    assert "Nothing waits." in page
    answer = ruth.post("/settings/notices/", {"of": f"t{house.network.pk}", "calendar": house.office_hours.pk}, follow=True)
    assert "waits for the hours" in text_of(answer)
    assert set(hours_of([house.dev, house.ines])) == {house.dev.pk}
    log = text_of(ruth.get("/settings/log/"))
    assert "Changed whose working hours mail waits for" in log
    assert "Office hours" in log
    chatty(house, "First")
    queue_mails()
    Notice.objects.filter(person=house.dev).update(mail=None, waits_for="hours", mail_due_at=now() + timedelta(hours=5))
    Mail.objects.update(state="unsure")
    page = text_of(ruth.get("/settings/notices/"))
    assert "for their working hours" in page
    assert "Stopped while it was being sent" in page
    mail = Mail.objects.earliest("id")
    ruth.post("/settings/notices/", {"mail": mail.pk})
    mail.refresh_from_db()
    assert mail.state == "waiting"


def test_hours_of_teams_and_organisations_go_on_on_a_second_page_and_are_searched(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plimsoll.site.desk.notice_settings.MOST_WHOSE", 4)
    ruth, here, seen = signed_in(house.ruth), "/settings/notices/", []
    address = here
    while address:
        page = text_of(ruth.get(address))
        seen += re.findall(r'<label for="hours-((?:o|t)\d+)"', page)
        found = re.search(r'href="([^"]*whose=[^"]*)">Further ones', page)
        address = here + found[1].replace("&amp;", "&") if found else ""
    rows = {f"o{pk}" for pk in Organization.objects.filter(tenant=house.tenant, is_active=True).values_list("pk", flat=True)}
    rows |= {f"t{pk}" for pk in Team.objects.filter(tenant=house.tenant, is_active=True).values_list("pk", flat=True)}
    assert len(seen) == len(set(seen)) > 4 and set(seen) == rows
    page = text_of(ruth.get(f"{here}?q=brannock"))
    assert "Brannock" in page and f"hours-t{house.network.pk}" not in page
    assert "is called so" in text_of(ruth.get(f"{here}?q=zzz"))
    sent = {"of": f"t{house.network.pk}", "calendar": house.office_hours.pk}
    assert ruth.post(f"{here}?q=net", sent)["Location"] == f"{here}?q=net", "one stays where one is"


def test_only_who_changes_settings_sees_that_page_and_only_their_own_tenants(house: House) -> None:
    assert signed_in(house.dev).get("/settings/notices/").status_code == 403
    ruth = signed_in(house.ruth)
    for sent in ({"of": "t999999", "calendar": ""}, {"of": "x1"}, {"mail": 999999}, {"of": f"t{house.desk.pk}", "calendar": 999999}):
        assert ruth.post("/settings/notices/", sent).status_code == 404
