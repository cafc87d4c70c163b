"""Lists and record pages: what they show, to whom, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.histories import SOURCE_ROW, History, Update
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.replay import replay
from tests.cast import House, build_house
from tests.contracts import text_of

BACKEND = "plimsoll.kernel.identity.backend.SignInBackend"
# What pages show is no question to a database; the rooms ask theirs on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def house() -> House:
    forget_all()
    return build_house()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def cost(fetch: Callable[[], object]) -> int:
    fetch()
    with CaptureQueriesContext(connection) as queries:
        fetch()
    return len(queries)


# --- Lists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record_type", declared(), ids=lambda t: t.kind)
def test_every_kind_has_a_list_that_costs_the_same_with_one_row_and_ten(house: House, record_type: object) -> None:
    client = signed_in(house.ruth)
    address = f"/{record_type.plural_kind}/?open="  # type: ignore[attr-defined]
    house.record(record_type)  # type: ignore[arg-type]
    one = cost(lambda: client.get(address))
    for _ in range(9):
        house.record(record_type)  # type: ignore[arg-type]
    assert cost(lambda: client.get(address)) == one
    assert client.get(address).status_code == 200


def test_a_list_of_fifty_stays_within_its_queries(house: House) -> None:
    service = house.service()
    for number in range(3):
        house.incident(f"Number {number}", service=service.pk, owner=house.ines, team=house.desk)
    client = signed_in(house.ines)
    assert cost(lambda: client.get("/incidents/")) <= 12


def test_filters_stand_in_the_address_and_as_tokens(house: House) -> None:
    house.incident("Printer", owner=house.ines)
    house.incident("Telephone", owner=house.dev)
    page = signed_in(house.ines).get(f"/incidents/?open=true&owner={house.dev.pk}").content.decode()
    assert "Telephone" in page and "Printer" not in page
    assert "<em>With</em> Dev Chauhan" in page


def test_ended_ones_are_shown_only_when_asked(house: House) -> None:
    ended = house.incident("Gone")
    move(ended, "cancel", by=house.ines, channel="page", note="by mistake")
    client = signed_in(house.ines)
    assert "Gone" not in client.get("/incidents/").content.decode()
    assert "Gone" in client.get("/incidents/?open=").content.decode()


def test_a_filter_typed_without_script_becomes_its_plain_form(house: House) -> None:
    answer = signed_in(house.ines).get("/incidents/", {"owner_typed": "dev chauhan", "owner": "", "open": "true"})
    assert answer.status_code == 302 and f"owner={house.dev.pk}" in answer["Location"] and "typed" not in answer["Location"]


def test_a_name_that_is_not_there_is_named_in_a_sentence_and_not_filtered_by(house: House) -> None:
    shown = house.incident("Still here")
    client = signed_in(house.ines)
    page = text_of(client.get("/incidents/", {"owner_typed": "Nobody <b>", "owner": "", "open": "true"}, follow=True))
    assert "nothing is called “Nobody &lt;b&gt;”" in page and "#0" not in page
    assert shown.title in page
    assert "nothing is called" not in text_of(client.get("/incidents/?open=true")), "said once"


def test_a_wrong_filter_is_a_sentence_and_no_error(house: House) -> None:
    answer = signed_in(house.ines).get("/incidents/?state=bogus")
    assert answer.status_code == 200 and "is not one of" in answer.content.decode()


def test_the_list_goes_on_from_where_one_stands(house: House) -> None:
    for number in range(52):
        house.incident(f"Number {number}")
    client = signed_in(house.ines)
    first = client.get("/incidents/").content.decode()
    older = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', first)
    assert older
    second = client.get("/incidents/" + older[1].replace("&amp;", "&")).content.decode()
    assert "Number 0<" in second and "Number 1<" in second and "Number 51<" not in second
    assert 'rel="prev"' in second


def test_htmx_is_answered_with_the_table_alone(house: House) -> None:
    house.incident()
    answer = signed_in(house.ines).get("/incidents/", headers={"HX-Request": "true"})
    assert "HX-Request" in answer["Vary"] and b"<html" not in answer.content and b"<table" in answer.content


def test_an_empty_list_says_what_it_is_and_why(house: House) -> None:
    page = signed_in(house.ruth).get("/incidents/").content.decode()
    assert "No open incidents" in page and "The standard asks for it (8.6.1)." in page and "/incidents/new/" in page


def test_news_are_told_once_and_then_not_modified(house: House) -> None:
    client = signed_in(house.ines)
    since = urlencode({"since": "2026-01-01T00:00:00+00:00"})
    assert client.get(f"/incidents/news/?{since}").json()["sentence"] == ""
    house.incident()
    answer = client.get(f"/incidents/news/?{since}")
    assert answer.json()["sentence"].startswith("1 new or changed since")
    assert client.get(f"/incidents/news/?{since}", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_strangers_are_led_to_the_sign_in_and_back() -> None:
    build_house()
    answer = Client().get("/incidents/?open=")
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/?next=/incidents/")


# --- Walls -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["", "edit/", "trail/", "workflow/", "print/", "moves/resolve/", "tags/", "efforts/", "why/?field=priority"])
def test_another_tenant_another_customer_and_nobody_find_nothing(house: House, tail: str) -> None:
    incident = house.incident()
    for person in (house.mallory, house.strand, house.nobody):
        assert signed_in(person).get(f"/incidents/{incident.number}/{tail}").status_code == 404
        assert incident.title not in signed_in(person).get("/incidents/?open=").content.decode()


def test_a_customer_sees_nothing_internal_and_no_hint_of_it(house: House) -> None:
    define_custom_field(
        tenant=house.tenant, kind="incident", name="badge", label="Badge", type="text", by=house.ruth, channel="page", is_public=False
    )
    house.tenant.refresh_from_db()
    ines = house.fresh(house.ines)
    incident = house.incident(description="It fails")
    hidden = house.incident("Somebody else's trouble", organization=house.strand_housing, requester=house.strand)
    incident = amend(incident, by=ines, channel="page", cause_code="human-error", extra={"badge": "B-77"})
    parts.comment(incident, text="They unplugged it", is_public=False, by=ines, channel="page")
    parts.comment(incident, text="We look at it", is_public=True, by=ines, channel="page")
    parts.attach(incident, name="blame.log", content=b"x", is_public=False, by=ines, channel="page")
    parts.link(incident, "relates to", hidden, by=ines, channel="page")
    parts.tag(incident, ["awkward"], by=ines, channel="page")
    parts.add_check(incident, text="Ask who did it", by=ines, channel="page")
    parts.spend(incident, minutes=45, activity="blaming", by=ines, channel="page")
    client = signed_in(house.aoife)
    for tail in ("", "trail/", "print/", "?tab=files", "?tab=linked", "?tab=checklist", "workflow/"):
        page = client.get(f"/incidents/{incident.number}/{tail}").content.decode()
        assert "It fails" in page or tail not in ("", "print/")
        for secret in (
            "unplugged",
            "human-error",
            "B-77",
            "Badge",
            "blame.log",
            hidden.reference,
            "trouble",
            "awkward",
            "who did it",
            "blaming",
            "internal note",
            "cause",
        ):
            assert secret not in page, (tail, secret)
    assert "We look at it" in client.get(f"/incidents/{incident.number}/").content.decode()
    file = incident.card.attachments.get()
    assert client.get(f"/incidents/{incident.number}/attachments/{file.pk}/").status_code == 404
    download = signed_in(house.ines).get(f"/incidents/{incident.number}/attachments/{file.pk}/")
    assert download["Content-Disposition"].startswith("attachment") and b"".join(download.streaming_content) == b"x"  # type: ignore[attr-defined]
    download.close()


def test_choosers_offer_an_outsider_their_own_people_only(house: House) -> None:
    names = {r["label"] for r in signed_in(house.aoife).get("/choose/person/").json()["results"]}
    assert names == {"Aoife Brennan", "Maeve Dunne", "Noel Brody"}
    everybody = {r["label"] for r in signed_in(house.ines).get("/choose/person/?q=e").json()["results"]}
    assert "Sten Strand" in everybody and "Mallory Vale" not in everybody


# --- The record page -------------------------------------------------------------------------------------------


def test_a_record_costs_the_same_with_one_of_everything_and_with_ten(house: House) -> None:
    incident = house.incident(description="It fails")
    others = [house.incident(f"Other {n}") for n in range(10)]

    def more(n: int) -> None:
        parts.comment(incident, text=f"Comment {n}", is_public=bool(n % 2), by=house.ines, channel="page")
        parts.link(incident, "relates to", others[n], by=house.ines, channel="page")
        parts.add_check(incident, text=f"Check {n}", by=house.ines, channel="page", owner=house.dev)
        parts.attach(incident, name=f"{n}.txt", content=b"x", is_public=True, by=house.ines, channel="page")

    more(0)
    client = signed_in(house.ines)
    one = cost(lambda: client.get(f"/incidents/{incident.number}/"))
    for n in range(1, 10):
        more(n)
    assert cost(lambda: client.get(f"/incidents/{incident.number}/")) == one
    assert one <= 26


def test_of_many_links_the_first_twenty_stand_at_the_side_those_that_go_on_first(house: House) -> None:
    incident = house.incident(description="It fails")
    others = [house.incident(f"Other {n:02}") for n in range(25)]
    move(others[24], "cancel", by=house.ines, channel="page", note="by mistake")
    client, here = signed_in(house.ines), f"/incidents/{incident.number}/"
    parts.link(incident, "relates to", others[0], by=house.ines, channel="page")
    one = cost(lambda: client.get(here))
    for other in others[1:]:
        parts.link(incident, "relates to", other, by=house.ines, channel="page")
    page = text_of(client.get(here))
    assert [n for n in range(25) if f"Other {n:02}" in page.partition("data-linked")[2]] == list(range(4, 24))
    assert "Show all 25" in page
    assert cost(lambda: client.get(here)) == one
    tab = text_of(client.get(f"{here}?tab=linked"))
    assert all(f"Other {n:02}" in tab for n in range(25)) and "Show older links" not in tab


def test_the_tab_of_links_goes_on_where_one_page_ends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plimsoll.kernel.ui.taken_in.MOST_LINKS", 30)
    incident = house.incident(description="It fails")
    for n in range(35):
        parts.link(incident, "relates to", house.incident(f"Other {n:02}"), by=house.ines, channel="page")
    client, here = signed_in(house.ines), f"/incidents/{incident.number}/"
    tab = text_of(client.get(f"{here}?tab=linked"))
    assert "Other 05" in tab and "Other 04" not in tab and "200+" in tab
    older = re.search(r'href="(\?tab=linked&amp;linked_before=\d+)"', tab)
    assert older
    rest = text_of(client.get(here + older[1].replace("&amp;", "&"))).partition("<aside")[0]
    assert "Other 04" in rest and "Other 00" in rest and "Other 05" not in rest and "Show older links" not in rest
    assert client.get(f"{here}?tab=linked&linked_before=x").status_code == 200


def test_the_conversation_shows_three_papers_and_the_trail_in_words(house: House) -> None:
    incident = house.incident(description="It fails")
    parts.comment(incident, text="Among ourselves", is_public=False, by=house.ines, channel="page")
    parts.comment(incident, text="Thank you", is_public=True, by=house.ines, channel="page")
    amend(incident, by=house.ines, channel="page", owner=house.dev)
    page = signed_in(house.ines).get(f"/incidents/{incident.number}/").content.decode()
    assert [page.count(f'data-from="{paper}"') for paper in ("customer", "internal", "us")] == [1, 1, 1]
    assert "gave it to Dev Chauhan" in page and "Send to Aoife" in page


def test_an_imported_update_that_changed_nothing_kept_says_what_it_is(house: House) -> None:
    history = History(
        "INC0001",
        house.brannock,
        [
            Update(now() - timedelta(hours=1), by=house.dev.pk, unless_changed={SOURCE_ROW: (None, "7")}),
            Update(now(), by=house.dev.pk, values={"location": "Ward 4"}, unless_changed={SOURCE_ROW: (None, "8")}),
        ],
        opening=Update(now() - timedelta(hours=2), by=house.ines.pk, values={"title": "From afar"}),
    )
    made = replay(type_named("incident"), [history], by=house.ruth, channel="import", source="test")[0]
    for address in (f"/incidents/{made.number}/", f"/incidents/{made.number}/trail/"):
        page = signed_in(house.ines).get(address).content.decode()
        assert "made update 7 of the imported log; nothing that is kept here changed" in page and "source.row" not in page, address
        assert "source row" not in page.lower() and "update 8" not in page and "Ward 4" in page


def test_a_long_conversation_shows_its_end_and_leads_to_the_rest(house: House) -> None:
    incident = house.incident(description="It fails")
    for n in range(55):
        parts.comment(incident, text=f"Word {n}.", is_public=True, by=house.ines, channel="page")
    client = signed_in(house.ines)
    page = client.get(f"/incidents/{incident.number}/").content.decode()
    assert "Word 54." in page and "Word 3." not in page
    earlier = re.search(r'href="(\?before=[0-9.]+)"', page)
    assert earlier
    before = client.get(f"/incidents/{incident.number}/{earlier[1]}").content.decode()
    assert "Word 3." in before and "It fails" in before and "Word 54." not in before


def test_a_refused_move_stays_visible_with_its_reason(house: House) -> None:
    incident = house.incident()
    page = signed_in(house.ines).get(f"/incidents/{incident.number}/").content.decode()
    assert "Merge into the other" in page and "Link the incident that this one duplicates first" in page and 'aria-disabled="true"' in page


@pytest.mark.parametrize("tail", ["", "trail/", "workflow/", "print/", "edit/", "?tab=files", "?tab=linked", "?tab=checklist", "efforts/", "tags/"])
@pytest.mark.parametrize("record_type", declared(), ids=lambda t: t.kind)
def test_every_page_of_every_kind_answers(house: House, record_type: object, tail: str) -> None:
    record = house.record(record_type)  # type: ignore[arg-type]
    answer = signed_in(house.ruth).get(f"/{record_type.plural_kind}/{record.number}/{tail}")  # type: ignore[attr-defined]
    assert answer.status_code == 200 and record.title in answer.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("address", ["/", "/search/", "/search/?q=ward", "/palette.json", "/palette.json?q=ward", "/inbox/", "/jobs/"])
def test_the_desk_answers(house: House, address: str) -> None:
    house.incident(owner=house.ruth)
    assert signed_in(house.ruth).get(address).status_code == 200


def test_a_number_in_the_search_jumps(house: House) -> None:
    incident = house.incident()
    assert signed_in(house.ines).get("/search/", {"q": f"inc {incident.number}"})["Location"] == f"/incidents/{incident.number}/"
    assert signed_in(house.mallory).get("/search/", {"q": incident.reference}).status_code == 200


def test_a_notice_leads_to_its_record_and_is_read(house: House) -> None:
    incident = house.incident()
    amend(incident, by=house.ines, channel="page", owner=house.dev)
    client = signed_in(house.dev)
    page = client.get("/inbox/").content.decode()
    assert incident.reference in page and "data-unread" in page
    notice = re.search(r"/inbox/(\d+)/", page)
    assert notice and client.get(notice[0])["Location"] == f"/incidents/{incident.number}/"
    assert "data-unread" not in client.get("/inbox/").content.decode()
    assert signed_in(house.ines).get(notice[0]).status_code == 404


def test_the_choice_of_an_export_says_what_becomes_of_attached_files(house: House) -> None:
    page = signed_in(house.ines).get("/incidents/export/").content.decode()
    assert "Attached files stay here: JSON lines name them with size and digest, tables leave them out. A backup carries them too." in page


def test_what_a_record_points_to_can_be_opened_from_its_side(house: House) -> None:
    service = house.service()
    record = house.incident(service=service)
    there = f'<a class="why" href="/services/{service.number}/">{service.reference}</a>'
    assert there in signed_in(house.ines).get(f"/incidents/{record.number}/").content.decode()
    assert there not in signed_in(house.aoife).get(f"/incidents/{record.number}/").content.decode()


def test_what_was_reported_counts_as_the_first_of_the_conversation(house: House) -> None:
    client = signed_in(house.ines)
    for record, said in ((house.incident(description="No Wi-Fi since eight."), "1"), (house.incident(), "0")):
        page = client.get(f"/incidents/{record.number}/").content.decode()
        tabs = re.sub(r"<[^>]*>|\s+", "", page[page.index('<nav class="tabs"') :])
        assert tabs.startswith(f"Conversation{said}Checklist")
