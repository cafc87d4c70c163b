"""The calendar of obligations: everything that falls due, as the reader may see it, on the page and at a secret address."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate
from icalendar import Calendar

from plimsoll.kernel.identity.feeds import create_feed, feed_named, revoke_feed
from plimsoll.kernel.identity.models import CalendarFeed, Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.dues import find_dues, kinds_with_dues
from plimsoll.kernel.records.operations import open_record
from plimsoll.kernel.trail.models import Entry
from plimsoll.planning.risks.operations import end_treatment, keep_treatment
from plimsoll.site.desk.calendar_page import asked_day, away
from tests.cast import House

pytestmark = pytest.mark.django_db
TODAY = localdate()


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return client


def risk(house: House, title: str = "A line fails", **values: Any) -> Any:
    given = {"family": "organization", "cause": "Age", "consequence": "Down", "customer_impact": "They wait.", "owner": house.ines}
    return open_record(type_named("risk"), by=house.ruth, channel="page", title=title, **{**given, **values})


def window(person: Person, **asked: Any) -> list[tuple[date, str, str]]:
    found = find_dues(person, since=asked.pop("since", None), until=asked.pop("until", TODAY + timedelta(days=400)), **asked)
    return [(d.day, d.what, d.about or d.title) for d in found.rows]


def test_days_of_records_and_of_their_parts_stand_in_one_list_by_day(house: House) -> None:
    made = risk(house, review_on=TODAY + timedelta(days=30))
    planned = keep_treatment(made, text="Second line", owner=house.ruth, due_on=TODAY + timedelta(days=10), by=house.ruth, channel="page")
    assert window(house.ruth) == [
        (TODAY + timedelta(days=10), "treatment", "Second line"),
        (TODAY + timedelta(days=30), "next review", "A line fails"),
    ]
    assert [row[2] for row in window(house.ruth, is_mine=True)] == ["Second line"], "Ruth answers for the treatment, Ines for the risk"
    assert window(house.ruth, kind="objective") == []
    end_treatment(planned, is_done=True, by=house.ruth, channel="page")
    assert [row[1] for row in window(house.ruth)] == ["next review"], "what is done is due no more"


def test_nobody_sees_more_than_they_may(house: House) -> None:
    risk(house, review_on=TODAY + timedelta(days=30))
    for person in (house.aoife, house.maeve, house.sam, house.mallory, house.nobody):
        assert window(person) == []
        page = client_of(person).get("/calendar/").content.decode()
        assert "A line fails" not in page
        assert "Risks" not in page or person == house.mallory, "nor that there is such a kind, but who reads those of her own house"


def test_what_is_late_stands_first_and_says_since_when(house: House) -> None:
    risk(house, "Pump in the cellar", review_on=TODAY + timedelta(days=13))
    risk(house, "Lift in the tower", review_on=TODAY + timedelta(days=21))
    with time_machine.travel(now() + timedelta(days=20), tick=False):
        page = client_of(house.ruth).get("/calendar/").content.decode()
    assert "7 days late" in page and page.index("Pump in the cellar") < page.index("Lift in the tower") and "1 is late" in page


def test_every_declared_day_is_a_day_or_a_moment_of_its_kind() -> None:
    for record_type in declared():
        for name in record_type.dues:
            assert record_type.model_field(name).get_internal_type() in ("DateField", "DateTimeField"), (record_type.kind, name)
    assert {"risk", "objective", "agreement", "document", "assignment"} <= {t.kind for t in kinds_with_dues()}


def test_the_page_says_how_far_each_day_is_and_leads_to_its_record(house: House) -> None:
    made = risk(house, review_on=TODAY + timedelta(days=3))
    page = client_of(house.ruth).get("/calendar/").content.decode()
    assert "in 3 days" in page and f'href="/risks/{made.number}/"' in page and "Next review" in page
    assert "Nothing falls due in these months" in client_of(house.ruth).get("/calendar/?kind=agreement").content.decode()
    assert client_of(house.ruth).get("/calendar/?kind=nonsense").status_code == 404
    later = client_of(house.ruth).get(f"/calendar/?from={(TODAY + timedelta(days=200)).isoformat()}").content.decode()
    assert "A line fails" not in later
    wrong = client_of(house.ruth).get("/calendar/?from=tomorrow").content.decode()
    assert "“tomorrow” is no day" in wrong and "A line fails" in wrong, "it says what is wrong and shows today"


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "day", "says"),
    [
        ("", date(2026, 5, 4), ""),
        ("2026-07-01", date(2026, 7, 1), ""),
        ("1.7.2026", date(2026, 5, 4), "is no day"),
        ("2026-02-30", date(2026, 5, 4), "is no day"),
        ("9999-12-31", date(2026, 5, 4), "ten years"),
        ("0001-01-01", date(2026, 5, 4), "ten years"),
    ],
)
def test_a_day_that_is_asked_for(text: str, day: date, says: str) -> None:
    found, sentence = asked_day(text, date(2026, 5, 4))
    assert found == day and says in sentence and bool(says) == bool(sentence)


@pytest.mark.once
@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "in 1 day"), (40, "in 40 days"), (-1, "1 day late"), (-7, "7 days late")])
def test_how_far_a_day_is(days: int, words: str) -> None:
    assert away(days) == words


def test_the_page_costs_the_same_however_much_falls_due(house: House) -> None:
    client = client_of(house.ruth)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/calendar/").status_code == 200
        return len(counted)

    risk(house, review_on=TODAY + timedelta(days=3))
    queries()
    few = queries()
    for n in range(8):
        made = risk(house, f"Risk {n}", review_on=TODAY + timedelta(days=n + 1))
        keep_treatment(made, text=f"Do {n}", owner=house.dev, due_on=TODAY + timedelta(days=n + 2), by=house.ruth, channel="page")
    assert queries() == few


def test_more_than_fits_is_said(house: House) -> None:
    for n in range(3):
        risk(house, f"Risk {n}", review_on=TODAY + timedelta(days=n))
    found = find_dues(house.ruth, since=TODAY, until=TODAY + timedelta(days=30), most=2)
    assert not found.is_whole and [d.title for d in found.rows] == ["Risk 0", "Risk 1"], "the first stay"


# --- A calendar elsewhere


def feed_of(person: Person, *, is_mine: bool = False) -> tuple[CalendarFeed, str]:
    return create_feed(person=person, name="phone", is_mine=is_mine, by=person, channel="page")


def events(secret: str) -> dict[str, Any]:
    answer = Client().get(f"/calendar/feed/{secret}.ics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    return {str(e["SUMMARY"]): e for e in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_calendar_program_reads_what_falls_due_without_signing_in(house: House) -> None:
    made = risk(house, "Über, a line; fails", review_on=TODAY + timedelta(days=30))
    _feed, secret = feed_of(house.ruth)
    found = events(secret)
    event = found[f"Next review: Über, a line; fails ({made.reference})"]
    assert event["DTSTART"].dt == TODAY + timedelta(days=30) and event["DTEND"].dt == TODAY + timedelta(days=31)
    assert str(event["URL"]).endswith(f"/risks/{made.number}/") and str(event["TRANSP"]) == "TRANSPARENT"
    assert str(event["UID"]) == f"risk-{made.pk}-review_on@testserver", "known again when it moves to another day"


def test_it_asks_again_for_nothing_when_nothing_changed(house: House) -> None:
    risk(house, review_on=TODAY + timedelta(days=30))
    _feed, secret = feed_of(house.ruth)
    first = Client().get(f"/calendar/feed/{secret}.ics")
    again = Client().get(f"/calendar/feed/{secret}.ics", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    risk(house, "Another", review_on=TODAY + timedelta(days=31))
    assert Client().get(f"/calendar/feed/{secret}.ics", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_mine_holds_only_what_its_person_answers_for(house: House) -> None:
    risk(house, "Of Ines", review_on=TODAY + timedelta(days=30))
    risk(house, "Of Ruth", review_on=TODAY + timedelta(days=30), owner=house.ruth)
    _feed, secret = feed_of(house.ruth, is_mine=True)
    assert [s for s in events(secret) if "Of " in s] == [s for s in events(secret) if "Of Ruth" in s] != []


def test_an_ended_address_and_that_of_somebody_who_left_are_gone(house: House) -> None:
    feed, secret = feed_of(house.ruth)
    assert feed_named(secret) is not None
    revoke_feed(feed=feed, by=house.ruth, channel="page")
    assert Client().get(f"/calendar/feed/{secret}.ics").status_code == 404
    _feed, of_dev = feed_of(house.dev)
    Person.objects.filter(pk=house.dev.pk).update(is_active=False)
    assert Client().get(f"/calendar/feed/{of_dev}.ics").status_code == 404
    for nonsense in ("x", "a" * 200, secret[:-1]):
        assert Client().get(f"/calendar/feed/{nonsense}.ics").status_code == 404


def test_a_lost_right_empties_the_calendar(house: House) -> None:
    risk(house, review_on=TODAY + timedelta(days=30))
    _feed, secret = feed_of(house.aoife)
    assert events(secret) == {}, "a customer's person sees no risk there either"


def test_the_secret_is_kept_nowhere_and_the_acts_are_in_the_trail(house: House) -> None:
    feed, secret = feed_of(house.ruth)
    revoke_feed(feed=feed, by=house.ruth, channel="page")
    revoke_feed(feed=feed, by=house.ruth, channel="page")
    assert list(Entry.objects.filter(kind="feed").order_by("pk").values_list("action", flat=True)) == ["create", "revoke"]
    assert secret not in str(list(CalendarFeed.objects.values())) and secret not in "".join(Entry.objects.values_list("changes", flat=True))


def test_addresses_are_made_and_ended_on_a_page(house: House) -> None:
    client = client_of(house.ruth)
    assert "No calendar program reads yours" in client.get("/calendar/feeds/").content.decode()
    assert client.post("/calendar/feeds/", {"name": "", "reach": "mine"}).status_code == 400
    made = client.post("/calendar/feeds/", {"name": "phone", "reach": "mine"})
    address = re.search(r"http://testserver/calendar/feed/([\w-]+)\.ics", made.content.decode())
    assert address and made["Cache-Control"] == "no-store"
    assert feed_named(address[1]) is not None
    feed = CalendarFeed.objects.get()
    assert client_of(house.dev).post(f"/calendar/feeds/{feed.pk}/end/").status_code == 404, "not one's own"
    assert client.post(f"/calendar/feeds/{feed.pk}/end/").status_code == 302
    assert feed_named(address[1]) is None


def test_nobody_makes_an_address_for_somebody_else_and_ten_are_enough(house: House) -> None:
    with pytest.raises(Faulty, match="themselves"):
        create_feed(person=house.dev, name="x", is_mine=True, by=house.ruth, channel="page")
    for _n in range(10):
        feed_of(house.ruth)
    with pytest.raises(Faulty, match="10 addresses already"):
        feed_of(house.ruth)
